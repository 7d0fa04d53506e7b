"""The table of rules: complete, readable, and the page generated from it is current (INS-04, INS-05)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from nucleo.regras import GRUPOS, NAO_PREVALECE, REGRAS, VERSAO, VIGENTE_DESDE, em_markdown, por_grupo, regra

QUANTAS = {"ADS": 17, "SS": 12, "LNK": 8, "IP": 10, "PRZ": 5, "DES": 3, "INC": 1, "INS": 5, "CRA": 17}


def test_every_rule_of_the_domain_is_there_once_and_in_order() -> None:
    assert [r.codigo for r in REGRAS] == [f"{letras}-{n:02d}" for letras in GRUPOS for n in range(1, QUANTAS[letras] + 1)]
    assert sum(len(regras) for _, regras in por_grupo()) == sum(QUANTAS.values()) == 78


@pytest.mark.parametrize("codigo", [r.codigo for r in REGRAS])
def test_each_rule_is_short_plain_portuguese_with_its_source(codigo: str) -> None:
    r = regra(codigo)
    assert r.fonte
    for frase in filter(None, (r.texto, r.pratica)):
        assert frase[0].isupper()
        assert frase.endswith(".")
        assert "!" not in frase
        assert "  " not in frase
        assert len(frase) < 300
        assert not re.search(r"\b(the|shall|law)\b", frase)
    assert bool(r.valores) == bool(r.unidade)


@pytest.mark.parametrize(
    ("codigo", "valores"),
    [
        ("PRZ-05", {"conferencia": 20, "correcao": 7, "decisao": 20, "total": 120}),
        ("PRZ-01", {"aceite": 10}),
        ("LNK-01", {"links": 20}),
        ("LNK-02", {"capacidade": 16}),
        ("LNK-03", {"links": 1}),
        ("ADS-07", {"privados": 20, "publicos": 1}),
        ("IP-02", {"prefixo": 28, "hosts": 14, "sub_blocos": 20}),
        ("IP-03", {"prefixo": 30, "hosts": 2, "sub_blocos": 1}),
    ],
)
def test_the_numbers_the_code_uses_are_those_of_the_sources(codigo: str, valores: dict[str, int]) -> None:
    r = regra(codigo)
    assert r.valores == valores
    assert r.valor == (next(iter(valores.values())) if len(valores) == 1 else None)
    alterar: Any = r.valores
    with pytest.raises(TypeError):
        alterar["links"] = 99


def test_numbers_written_in_a_sentence_are_the_numbers_of_the_rule() -> None:
    for codigo in ("PRZ-01", "PRZ-05", "LNK-01", "LNK-02", "ADS-07", "IP-02", "IP-03", "SS-04", "CRA-07", "CRA-08"):
        r = regra(codigo)
        escritos = {int(n) for n in re.findall(r"[0-9]+", r.texto)}
        assert set(r.valores.values()) <= escritos


def test_rules_carry_version_and_date_and_say_that_the_manual_does_not_prevail() -> None:
    assert re.fullmatch(r"[0-9]+\.[0-9]+", VERSAO)
    assert VIGENTE_DESDE.year >= 2026
    assert "não prevalece" in NAO_PREVALECE
    assert "não prevalece" in regra("INS-04").texto
    assert regra("ADS-03").seguindo_o_manual
    assert not regra("ADS-10").seguindo_o_manual


def test_an_unknown_rule_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        regra("ADS-99")


def test_docs_regras_md_is_current() -> None:
    call_command("gerar_docs_regras", "--conferir")
    assert (settings.BASE_DIR / "docs" / "regras.md").read_text(encoding="utf-8") == em_markdown()


def test_an_outdated_page_is_told(tmp_path: Any, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="desatualizado"):
        call_command("gerar_docs_regras", "--conferir")
    call_command("gerar_docs_regras", verbosity=0)
    call_command("gerar_docs_regras", "--conferir")
