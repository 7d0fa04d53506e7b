"""The declarations cite the official words and cover every duty of ADS-08, ADS-09, ADS-16 and ADS-17."""

from __future__ import annotations

import hashlib
import re

import pytest

from nucleo.declaracoes import DECLARACOES, Declaracao, declaracao
from tests.pecas import papeis

#: (version, first 12 digits of the SHA-256 of text + clause). A change here without a new version would falsify what was recorded.
GRAVADAS: dict[str, tuple[int, str]] = {
    "termo": (1, "7fdc2ce13f38"),
    "consulta_ao_site": (1, "347d23d962bd"),
    "infraestrutura": (1, "8be62c723fd8"),
    "taxas_e_custeio": (1, "d4fe5462c28d"),
    "orcamento": (1, "b11594905daf"),
    "responsabilidade": (1, "0944d8d887b9"),
    "desistencia": (1, "19fd35a86379"),
    "desativacao": (1, "b8926b85e4aa"),
    "suspensao_da_validacao": (1, "fbf13dc935e9"),
    "prodesp_nao_responde": (1, "bca9f6610002"),
    "suspensao_ou_cancelamento": (1, "421df7aaf36c"),
    "representante_legal": (1, "9b5788188ecb"),
    "autorizacao_das_aplicacoes": (1, "cf3d5de170a0"),
}


def _resumo(d: Declaracao) -> str:
    return hashlib.sha256(f"{d.texto}\n{d.clausula}".encode()).hexdigest()[:12]


@pytest.mark.parametrize("d", DECLARACOES, ids=lambda d: d.codigo)
def test_the_clause_is_the_official_wording_letter_by_letter(d: Declaracao) -> None:
    oficio = [re.sub(r"^\d[\d.]*\s+", "", linha) for linha in papeis.modelo_oficial("oficio").splitlines()]
    manual = [linha.removeprefix("· ") for linha in papeis.modelo_oficial("manual_2_1").splitlines()]
    for linha in d.clausula.split("\n"):
        assert linha in (manual if d.fonte.startswith("manual") else oficio)


@pytest.mark.parametrize("d", [d for d in DECLARACOES if d.fonte.startswith("cláusula")], ids=lambda d: d.codigo)
def test_the_clause_number_cited_is_the_one_it_has_in_the_oficio(d: Declaracao) -> None:
    numeros = re.findall(r"\d(?:\.\d)+", d.fonte)
    linhas = papeis.modelo_oficial("oficio").splitlines()
    for numero, trecho in zip(numeros, d.clausula.split("\n"), strict=True):
        assert any(re.fullmatch(re.escape(numero) + r"\.?\s+" + re.escape(trecho), linha) for linha in linhas)


def test_every_clause_of_the_oficio_that_states_a_duty_has_its_declaration() -> None:
    no_oficio = re.findall(r"^(\d(?:\.\d)+)", papeis.modelo_oficial("oficio"), flags=re.MULTILINE)
    citadas = {numero for d in DECLARACOES if "ofício" in d.fonte for numero in re.findall(r"\d(?:\.\d)+", d.fonte)}
    assert set(no_oficio) - citadas == {"3.1"}  # 3.1 only opens the list


def test_each_rule_has_its_declarations() -> None:
    por_regra = {regra: {d.codigo for d in DECLARACOES if d.regra == regra} for regra in ("ADS-08", "ADS-09", "ADS-16", "ADS-17")}
    assert por_regra["ADS-08"] == {"autorizacao_das_aplicacoes"}
    assert por_regra["ADS-17"] == {"infraestrutura"}
    assert por_regra["ADS-09"] == {"taxas_e_custeio", "orcamento", "responsabilidade", "prodesp_nao_responde"}
    assert len(por_regra["ADS-16"]) == 7
    assert sum(len(codigos) for codigos in por_regra.values()) == len(DECLARACOES) == len({d.codigo for d in DECLARACOES})


def test_a_text_changes_only_together_with_its_version() -> None:
    assert {d.codigo: (d.versao, _resumo(d)) for d in DECLARACOES} == GRAVADAS


def test_texts_are_plain_and_short() -> None:
    for d in DECLARACOES:
        assert len(d.texto) <= 160
        assert d.texto.endswith(".")
        assert "!" not in d.texto
    assert "Anexo III" in declaracao("desistencia").observacao


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        declaracao("inexistente")
