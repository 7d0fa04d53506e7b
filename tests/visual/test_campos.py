"""The field template and the error summary: ids, ARIA, widths, order (visual guide 5, WCAG 1.3.1, 3.3.1)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.template import engines


class Formulario(forms.Form):
    """One of each."""

    nome = forms.CharField(label="Nome", help_text="Completo, como no documento")
    ramal = forms.CharField(label="Ramal", required=False, widget=forms.TextInput(attrs={"largura": "curta"}))
    pedido = forms.ChoiceField(
        label="Pedido", choices=[("a", "Inclusão"), ("b", "Alteração")], widget=forms.RadioSelect(attrs={"em_linha": True})
    )
    ciente = forms.BooleanField(label="Li e concordo")

    def clean(self) -> dict[str, Any]:
        """An error of the whole form."""
        self.add_error(None, "Informe um dos dois.")
        return self.cleaned_data


def _resumo(**contexto: Any) -> str:
    return engines["django"].from_string('{% include "partes/resumo_de_erros.html" %}').render(contexto)


def test_the_hint_and_the_error_are_tied_to_the_input() -> None:
    html = Formulario({})["nome"].as_field_group()
    assert 'id="id_nome_helptext"' in html
    assert 'id="id_nome_error"' in html
    assert 'aria-describedby="id_nome_helptext id_nome_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'for="id_nome"' in html


def test_the_message_comes_above_the_input_and_below_the_hint() -> None:
    html = Formulario({})["nome"].as_field_group()
    assert html.index("<label") < html.index("_helptext") < html.index('id="id_nome_error"') < html.index("<input")


def test_an_optional_field_says_so_and_a_required_one_does_not() -> None:
    assert "(se houver)" in Formulario()["ramal"].as_field_group()
    assert "(se houver)" not in Formulario()["nome"].as_field_group()


def test_a_filter_form_does_not_mark_its_fields_as_optional() -> None:
    formulario = Formulario()
    formulario.sem_opcional = True  # type: ignore[attr-defined]
    assert "(se houver)" not in formulario["ramal"].as_field_group()


def test_the_width_becomes_a_class_and_never_an_attribute() -> None:
    html = Formulario()["ramal"].as_field_group()
    assert 'class="ig-largura-curta"' in html
    assert "largura=" not in html


def test_radios_are_a_fieldset_with_a_legend_described_by_the_error() -> None:
    html = Formulario({})["pedido"].as_field_group()
    assert re.search(r'<fieldset[^>]+aria-describedby="id_pedido_error"', html)
    assert "<legend>Pedido</legend>" in html
    assert html.count('type="radio"') == 2
    assert "ig-escolhas-em-linha" in html
    assert "em_linha" not in html.replace("ig-escolhas-em-linha", "")


def test_a_single_checkbox_has_its_label_after_it() -> None:
    html = Formulario()["ciente"].as_field_group()
    assert html.index('type="checkbox"') < html.index("<label")
    assert html.count("<label") == 1


def test_the_summary_repeats_the_words_of_the_fields_and_links_to_them() -> None:
    html = _resumo(form=Formulario({"nome": ""}))
    assert "Há 4 campos para corrigir" in html
    assert "Informe um dos dois." in html
    assert '<a href="#id_nome">Nome: este campo é obrigatório.</a>' in html
    assert 'href="#id_pedido_0"' in html
    assert 'role="alert"' in html


def test_a_field_with_two_messages_is_one_field_to_correct() -> None:
    formulario = Formulario({"nome": "Clara", "pedido": "a", "ciente": "on"})
    formulario.add_error("nome", ["É curto.", "É comum."])
    html = _resumo(form=formulario)
    assert "Nome: é curto. É comum." in html
    assert html.count('href="#id_nome"') == 1


def test_a_refusal_that_belongs_to_no_field_is_not_counted_as_one() -> None:
    formulario = forms.Form({})
    formulario.add_error(None, "Este sub-bloco está em troca.")
    html = _resumo(form=formulario)
    assert "Não foi possível concluir" in html
    assert "<li>Este sub-bloco está em troca.</li>" in html
    assert "para corrigir" not in html


def test_the_summary_gathers_several_forms_and_formsets_in_order() -> None:
    conjunto = forms.formset_factory(Formulario)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-nome": "", "form-0-ciente": "on"}
    )
    primeiro = Formulario({"nome": "Clara", "pedido": "a", "ciente": "on"}, prefix="r1")
    html = _resumo(formularios=[primeiro, conjunto])
    assert html.index("Informe um dos dois.") < html.index('href="#id_form-0-nome"')
    assert 'href="#id_form-0-pedido_0"' in html


def test_the_summary_says_nothing_when_nothing_is_wrong() -> None:
    assert _resumo(form=Formulario()).strip() == ""
    assert _resumo().strip() == ""


def test_the_title_says_erro_only_when_a_form_has_errors(rf: Any) -> None:
    from django.contrib.auth.models import AnonymousUser

    pedido = rf.get("/")
    pedido.user = AnonymousUser()
    modelo = engines["django"].from_string('{% extends "base.html" %}{% block titulo %}Anexo I{% endblock %}')
    assert "<title>Erro: Anexo I · INTRAGOV</title>" in modelo.render({"form": Formulario({})}, pedido)
    assert "<title>Anexo I · INTRAGOV</title>" in modelo.render({"form": Formulario()}, pedido)


def test_what_a_person_typed_is_escaped_in_the_summary() -> None:
    class Maldoso(forms.Form):
        """Its error carries markup."""

        nome = forms.CharField(label="Nome")

        def clean_nome(self) -> str:
            """Refuse."""
            raise forms.ValidationError("<script>alert(1)</script>")

    assert "<script>" not in _resumo(form=Maldoso({"nome": "x"}))
