"""The one table of what is printed where (settled question 8), proved against what the templates receive."""

from __future__ import annotations

from typing import Any

import pytest

from adesao import fichas, pecas
from adesao.models import Adesao
from contas.models import Municipio
from documentos import pdf
from tests.apoio.adesoes import rascunho

#: Another valid value for each field.
OUTRO = {
    "numero": "99", "cnpj": "11.222.333/0001-81", "cep": "18591-000", "representante_cpf": "161.803.398-05", "r1_cpf": "161.803.398-05",
    "r2_cpf": "161.803.398-05", "r1_telefone": "(14) 3883-9999", "r2_telefone": "(14) 3883-9998", "r1_celular": "(14) 99999-9999",
    "r2_celular": "(14) 99999-9998", "r1_email": "outra@bofete.sp.gov.br", "r2_email": "outro@bofete.sp.gov.br",
    "oficio_numero": "999/2026",
    "oficio_data": "10/11/2026", "data": "10/11/2026", "blocos_privados": "7", "blocos_publicos": "", "tecnico_telefone": "(14) 3883-9997",
    "tecnico_email": "outro.ti@bofete.sp.gov.br",
}  # fmt: skip


def _adesao() -> Adesao:
    return Adesao(pk=1, municipio=Municipio(codigo_ibge=3506904, nome="Bofete"), numero="2026/00042-7")


def _resumos(brutos: dict[str, dict[str, str]]) -> dict[str, str]:
    limpos = pecas.validar(brutos).limpos
    return {p: pdf.resumo(modelo=p, dados=pecas.conteudo(_adesao(), limpos, p)) for p in pecas.PECAS}


def _campos() -> list[tuple[str, str]]:
    brutos = rascunho("Bofete")
    pares = []
    for tarefa in fichas.COM_FICHA:
        if tarefa.slug == "declaracoes":
            continue
        assert tarefa.ficha is not None
        pares += [(tarefa.slug, nome) for nome in tarefa.ficha(brutos[tarefa.slug]).fields]
    return [par for par in pares if par[1] not in ("quem_assina", "representante_nome", "representante_cargo")]


@pytest.mark.parametrize(("tarefa", "campo"), _campos())
def test_changing_a_field_changes_exactly_the_papers_of_the_table(tarefa: str, campo: str) -> None:
    """Only those need new signatures."""
    antes = rascunho("Bofete")
    depois = {t: dict(d) for t, d in antes.items()}
    depois[tarefa][campo] = OUTRO.get(campo, "Outro texto qualquer")
    a, d = _resumos(antes), _resumos(depois)
    mudaram = {p for p in pecas.PECAS if a[p] != d[p]}
    esperado = set(pecas.impresso_em(tarefa, campo))
    assert mudaram == esperado


def test_who_signs_the_annexes_changes_only_the_annexes() -> None:
    """A delegate's name is printed on the annexes, never on the ofício."""
    antes = rascunho("Bofete")
    delegado = {"quem_assina": "delegado", "representante_nome": "Ana Lima", "representante_cargo": "Secretária"}
    depois = rascunho("Bofete", {"prefeitura": delegado})
    a, d = _resumos(antes), _resumos(depois)
    assert {p for p in pecas.PECAS if a[p] != d[p]} == {"anexo1", "anexo2"}


def test_the_reading_has_every_field_of_the_forms() -> None:
    """What the analista reads and what diffs compare leaves out no field with a value."""
    brutos = rascunho(
        "Bofete", {"prefeitura": {"quem_assina": "delegado", "representante_nome": "Ana Lima", "representante_cargo": "Chefe"}}
    )
    lidos = {chave for chave, c in pecas.campos_da_leitura(pecas.leitura(_adesao(), pecas.validar(brutos).limpos)).items()}
    esperados = {
        (t.slug, nome)
        for t in fichas.COM_FICHA
        if t.slug != "declaracoes" and t.ficha is not None
        for nome in t.ficha(brutos[t.slug]).fields
        if not nome.endswith("_orgao")  # read together with the application's name
    }
    assert esperados <= lidos
    assert lidos - esperados == {("prefeitura", "municipio"), ("anexo1", "acao"), ("timbre", "brasao")}


def test_changes_are_told_field_by_field() -> None:
    """Before and after, with the part and group; nothing for what stayed."""
    antes = pecas.leitura(_adesao(), pecas.validar(rascunho("Bofete")).limpos)
    mudado = rascunho(
        "Bofete", {"anexo1": {"r2_cpf": "161.803.398-05"}, "anexo2": {"aplicacao_3_nome": "SIAFEM", "aplicacao_3_orgao": "Fazenda"}}
    )
    lista: list[dict[str, Any]] = pecas.mudancas(antes, pecas.leitura(_adesao(), pecas.validar(mudado).limpos))
    assert lista == [
        {"parte": "Anexo I", "grupo": "2º Responsável", "rotulo": "CPF", "antes": "271.828.182-05", "depois": "161.803.398-05"},
        {"parte": "Anexo II", "grupo": "Aplicações", "rotulo": "Aplicação 3", "antes": "", "depois": "SIAFEM (Fazenda)"},
    ]


@pytest.mark.parametrize(
    ("antes", "depois", "pares", "ditas"),
    [
        ("A B C", "A C", {1: 1, 2: 3}, [("B", "")]),  # the middle one out
        ("A B C", "C B A", {1: 3, 2: 2, 3: 1}, []),  # only the order
        ("A B C", "A X C", {1: 1, 2: 2, 3: 3}, [("B", "X")]),  # another in the same place
        ("A B", "X A B", {2: 1, 3: 2}, [("", "X")]),  # a new one on top
        ("A B C", "á c X", {1: 1, 2: 3}, [("A", "á"), ("B", ""), ("C", "c"), ("", "X")]),  # accents and case are the same name
        ("A A", "A A A", {1: 1, 2: 2}, [("", "A")]),
        ("", "A", {}, [("", "A")]),
    ],
)
def test_rows_of_applications_are_matched_by_content_then_by_place(
    antes: str, depois: str, pares: dict[int, int], ditas: list[tuple[str, str]]
) -> None:
    def lida(nomes: str) -> list[dict[str, Any]]:
        linhas = [
            {"tarefa": "anexo2", "campo": f"aplicacao_{i}_nome", "rotulo": f"Aplicação {i}", "valor": f"{nome} (Fazenda)"}
            for i, nome in enumerate(nomes.split(), 1)
        ]
        return [{"peca": "anexo2", "titulo": "Anexo II", "grupos": [{"titulo": "Aplicações", "campos": linhas}]}]

    achados = pecas.correspondencia(lida(antes), lida(depois))
    assert {int(nova[1].split("_")[1]): int(velha[1].split("_")[1]) for nova, velha in achados.items()} == pares
    com_orgao = [tuple(f"{nome} (Fazenda)" if nome else "" for nome in par) for par in ditas]
    assert [(m["antes"], m["depois"]) for m in pecas.mudancas(lida(antes), lida(depois))] == com_orgao


def test_the_same_name_with_another_orgao_is_the_same_application_wherever_it_stands() -> None:
    def lida(*linhas: tuple[str, str]) -> list[dict[str, Any]]:
        limpos = {f"aplicacao_{i}_{c}": v for i, par in enumerate(linhas, 1) for c, v in zip(("nome", "orgao"), par, strict=True)}
        vazias = {"aplicacao_1_nome": "", "aplicacao_1_orgao": "", "aplicacao_2_nome": "", "aplicacao_2_orgao": ""}
        return pecas.leitura(_adesao(), pecas.validar(rascunho("Bofete", {"anexo2": vazias | limpos})).limpos)

    mudou = pecas.mudancas(lida(("Alfa", "X"), ("Beta (nova)", "Y")), lida(("Beta (nova)", "Z"),))  # fmt: skip
    assert [(m["rotulo"], m["antes"], m["depois"]) for m in mudou] == [
        ("Aplicação 1", "Alfa (X)", ""),
        ("Aplicação 1", "Beta (nova) (Y)", "Beta (nova) (Z)"),
    ]
