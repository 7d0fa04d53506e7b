"""Filters and tags of every template (visual guide, 4 and 6)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.template import Context, Template

from nucleo.prazos import FUSO, meia_noite
from nucleo.templatetags.portal import ICONE_DO_NIVEL, TONS

AGORA = dt.datetime(2026, 11, 22, 14, 32, tzinfo=FUSO)


def mostrar(texto: str, **contexto: Any) -> str:
    """The text of a small template, with ``agora`` fixed."""
    return Template(texto).render(Context({"agora": AGORA, **contexto}))


@pytest.mark.parametrize(
    ("filtro", "valor", "texto"),
    [
        ("cpf", "52998224725", "529.982.247-25"),
        ("cpf_mascarado", "52998224725", "***.982.247-**"),
        ("cnpj", "12ABC34501DE35", "12.ABC.345/01DE-35"),
        ("cep", "18590000", "18590-000"),
        ("telefone", "14997654321", "(14) 99765-4321"),
        ("dia", dt.date(2026, 11, 25), "25/11/2026"),
        ("dia_extenso", dt.date(2026, 11, 25), "quarta-feira, 25/11/2026"),
        ("data_extenso", dt.date(2026, 11, 1), "1º de novembro de 2026"),
        ("dia", dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC), "22/11/2026"),
        ("instante", dt.datetime(2026, 11, 23, 1, 5, tzinfo=dt.UTC), "22/11/2026, 22h05"),
        ("hora", dt.datetime(2026, 11, 22, 17, 32, tzinfo=dt.UTC), "14h32"),
        ("ultimo_dia|dia_extenso", meia_noite(dt.date(2026, 11, 26)), "quarta-feira, 25/11/2026"),
        ("tamanho", 1, "1 byte"),
        ("tamanho", 412, "412 bytes"),
        ("tamanho", 318_200, "318 kB"),
        ("tamanho", 999_600, "1,0 MB"),
        ("tamanho", 1_234_567, "1,2 MB"),
        ("tamanho", 2_500_000_000, "2,5 GB"),
    ],
)
def test_filters_show_values_as_people_read_them(filtro: str, valor: object, texto: str) -> None:
    assert mostrar("{{ v|" + filtro + " }}", v=valor) == texto


@pytest.mark.parametrize(
    "filtro", ["cpf", "cpf_mascarado", "cnpj", "cep", "telefone", "dia", "dia_extenso", "hora", "instante", "desde", "prazo_rotulo"]
)
def test_nothing_shows_as_nothing(filtro: str) -> None:
    assert mostrar("{{ v|" + filtro + " }}", v=None) == ""


def test_what_a_filter_shows_is_escaped() -> None:
    assert "<b>" not in mostrar(
        "{{ v|cpf }}{{ v|telefone }}{% situacao 'curso' 'relogio' v %}{% prazo q de_outro=v %}", v="<b>x</b>", q=AGORA
    )


@pytest.mark.parametrize(
    ("ultimo", "nivel", "palavras"),
    [
        (4, "vermelho", "vencida há 18 dias"),
        (22, "laranja", "vence hoje"),
        (26, "amarelo", "faltam 4 dias"),
        (30, "livre", "faltam 8 dias"),
    ],
)
def test_the_due_label_has_words_icon_and_tint(ultimo: int, nivel: str, palavras: str) -> None:
    rotulo = mostrar("{% prazo v %}", v=meia_noite(dt.date(2026, 11, ultimo) + dt.timedelta(days=1)))
    assert f"ig-prazo-{nivel}" in rotulo
    assert f"icones.svg#{ICONE_DO_NIVEL[nivel]}" in rotulo
    assert rotulo.endswith(f"{palavras}</span>")


def test_without_a_deadline_there_is_no_label_and_somebody_elses_clock_is_grey() -> None:
    assert mostrar("{% prazo v %}", v=None) == ""
    de_outro = mostrar("{% prazo v de_outro='prazo da prefeitura' %}", v=AGORA)
    assert "ig-prazo-outro" in de_outro
    assert "icones.svg#pausa" in de_outro


def test_the_icons_of_the_due_label_are_those_of_the_visual_guide() -> None:
    assert ICONE_DO_NIVEL == {"livre": "calendario", "amarelo": "relogio", "laranja": "relogio", "vermelho": "alerta"}


@pytest.mark.parametrize("tom", sorted(TONS))
def test_the_state_label_takes_each_tone(tom: str) -> None:
    rotulo = mostrar("{% situacao tom 'relogio' 'Em conferência' %}", tom=tom)
    assert f"ig-situacao-{tom}" in rotulo
    assert "Em conferência" in rotulo


def test_an_unknown_tone_is_grey() -> None:
    assert "ig-situacao-parado" in mostrar("{% situacao 'rosa' 'relogio' 'X' %}")


def test_icons_are_decoration_for_those_who_listen() -> None:
    assert 'aria-hidden="true"' in mostrar("{% icone 'lupa' %}")


def test_each_form_gets_its_own_key() -> None:
    chaves = re.findall(r'<input type="hidden" name="chave" value="([^"]+)">', mostrar("{% chave_unica %}{% chave_unica %}"))
    assert len({uuid.UUID(c) for c in chaves}) == 2


def test_a_rule_is_a_small_link_to_its_place_on_the_page_of_rules() -> None:
    link = mostrar("{% regra 'ADS-10' %}")
    assert 'href="/regras/#ADS-10"' in link
    assert link.endswith("ADS-10</a>")


def test_every_icon_a_label_uses_is_in_the_sprite() -> None:
    from django.contrib.staticfiles import finders

    with open(str(finders.find("portal/icones.svg")), encoding="utf-8") as arquivo:
        sprite = arquivo.read()
    for nome in set(ICONE_DO_NIVEL.values()):
        assert f'id="{nome}"' in sprite
