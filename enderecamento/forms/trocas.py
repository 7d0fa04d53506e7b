"""Forms of renumbering (IP-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from enderecamento.estados import DIAS_DA_TROCA
from nucleo import campos

TODOS, MARCADOS = "todos", "marcados"


class _CampoMotivo(campos.CampoTexto):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(linhas=True, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class FormularioRenumeracao(forms.Form):
    """What to change, into what, why and until when. ``blocos``: (first address, label) of those that may be picked; ``inteiro``: label of
    "the whole pool", or "" when blocks were picked before; ``destinos`` and ``regioes``: (value, label).
    """

    sem_opcional = True

    quais = forms.ChoiceField(label="O que trocar", widget=forms.RadioSelect)
    blocos = forms.TypedMultipleChoiceField(
        label="Sub-blocos a trocar",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Um dos sub-blocos marcados já não está em uso."},
    )
    destinos = forms.TypedMultipleChoiceField(
        label="De onde saem os novos",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sem nenhum marcado, vale qualquer bloco aberto: o portal pega os endereços livres mais baixos.",
        error_messages={"invalid_choice": "Um dos blocos marcados já não recebe novas entregas."},
    )
    regiao = forms.ChoiceField(label="Só de blocos da região", required=False)
    ultimo_dia = campos.CampoDia(
        label="Último dia em que o antigo e o novo valem juntos",
        help_text="No dia seguinte os antigos param. As prefeituras são lembradas 15, 5 e 1 dia antes.",
    )
    motivo = _CampoMotivo(
        label="Motivo",
        help_text="As prefeituras leem este texto. Por exemplo: troca do equipamento central da região de Sorocaba",
        error_messages={"required": "Escreva o motivo da troca. As prefeituras vão ler."},
    )

    def __init__(
        self,
        dados: Any = None,
        *,
        blocos: Sequence[tuple[int, str]],
        inteiro: str,
        destinos: Sequence[tuple[int, str]],
        regioes: Sequence[tuple[str, str]],
        hoje: dt.date,
    ) -> None:
        inicial = {
            "quais": TODOS,
            "ultimo_dia": hoje + dt.timedelta(days=DIAS_DA_TROCA),
            "blocos": [] if inteiro else [b for b, _ in blocos],
        }
        super().__init__(dados, label_suffix="", initial=inicial)
        if inteiro and blocos:
            self.fields["quais"].choices = [(TODOS, inteiro), (MARCADOS, "Só os que eu marcar")]  # type: ignore[attr-defined]
        else:
            del self.fields["quais"]
        if blocos:
            self.fields["blocos"].choices = blocos  # type: ignore[attr-defined]
        else:
            del self.fields["blocos"]
        self.fields["destinos"].choices = destinos  # type: ignore[attr-defined]
        if regioes:
            self.fields["regiao"].choices = [("", "Qualquer região"), *regioes]  # type: ignore[attr-defined]
        else:
            del self.fields["regiao"]
        self.inteiro = bool(inteiro)

    @property
    def e_inteiro(self) -> bool:
        """Whether the whole pool is to be emptied (after ``is_valid``)."""
        return self.inteiro and self.cleaned_data.get("quais", TODOS) == TODOS

    def clean(self) -> dict[str, Any]:
        """At least one block, when they are picked one by one."""
        limpos: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.e_inteiro and not limpos.get("blocos"):
            self.add_error("blocos", "Marque ao menos um sub-bloco.")
        return limpos

    def escondidos(self) -> list[tuple[str, str]]:
        """The typed values again, for the page that asks to confirm."""
        return [(nome, valor) for nome in self.fields for valor in self.data.getlist(nome)]  # type: ignore[attr-defined]


class FormularioAdiamento(forms.Form):
    """A later date, and why."""

    ultimo_dia = campos.CampoDia(label="Novo último dia em que os dois valem")
    motivo = _CampoMotivo(
        label="Por que a data muda",
        help_text="As prefeituras leem este texto.",
        error_messages={"required": "Escreva por que a data muda. As prefeituras vão ler."},
    )


class FormularioDesfazer(forms.Form):
    """Why it is undone."""

    motivo = _CampoMotivo(
        label="Por que a troca é desfeita",
        help_text="As prefeituras leem este texto.",
        error_messages={"required": "Escreva por que a troca é desfeita. As prefeituras vão ler."},
    )
