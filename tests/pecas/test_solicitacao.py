"""The papers of a request, the receipt and the order: ordinary, stretched to their limits, and of an alteração with before and after."""

from __future__ import annotations

import io
from copy import deepcopy
from typing import Any

import pikepdf
import pytest

from tests.pecas import dados, papeis

LONGO = "Centro Municipal de Educação Infantil e Ensino Fundamental Prof.ª Maria Antonieta de Albuquerque Sá"
SALA = ("Bloco B, 2º andar, sala 214: rack de piso de 24U, à direita da porta; a chave fica com o vigilante. " * 4)[:300]
UNIDADE = {
    "titulo": "Onde",
    "campos": [
        {"campo": "unidade_nome", "rotulo": "Nome da unidade", "valor": "UBS Vila Maria"},
        {"campo": "logradouro", "rotulo": "Rua, avenida ou praça", "valor": "Rua das Acácias"},
        {"campo": "complemento", "rotulo": "Complemento", "valor": ""},
        {"campo": "sala", "rotulo": "Sala e rack", "valor": "Térreo, sala da TI"},
    ],
}
LINK = {
    "titulo": "O link",
    "campos": [
        {"campo": "servico", "rotulo": "Serviço", "valor": "SCM + SAI"},
        {"campo": "velocidade", "rotulo": "Velocidade", "valor": "10 Mbps"},
    ],
}
MUDA = {
    "titulo": "O que muda",
    "campos": [
        {"campo": "servico", "rotulo": "Serviço depois da alteração", "valor": "SCM", "antes": "SCM"},
        {"campo": "velocidade", "rotulo": "Velocidade depois da alteração", "valor": "16 Mbps", "antes": "8 Mbps"},
    ],
}
BASE: dict[str, Any] = {
    "processo": "2026/01187-3",
    "codigo": "7F3K-9QAM",
    "municipio": "São Luiz do Paraitinga",
    "o_que": "ativação de link SCM + SAI, 10 Mbps",
    "titulo": "UBS Vila Maria",
    "por": "Antônio Gonçalves de Araújo",
    "grupos": [UNIDADE, LINK],
    "resumo_sha256": dados.SHA,
    "endereco_verificar": "intragov.sp.gov.br/verificar",
    "qr": "https://intragov.sp.gov.br/verificar/?codigo={codigo}",
}
RECIBO = {
    **BASE,
    "envio": 1,
    "enviado_em": "domingo, 22/11/2026, 10h12",
    "preco": {"valor": "R$ 1.412,60", "tabela": "tabela de exemplo 2026"},
    "ate_quando": "segunda-feira, 14/12/2026",
}
ORDEM = {**BASE, "emitida_em": "terça-feira, 24/11/2026, 08h30"}
CASOS: dict[str, dict[str, Any]] = {"recibo_ss": RECIBO, "ordem_ss": ORDEM}


def _longo(modelo: str) -> dict[str, Any]:
    d = deepcopy(CASOS[modelo])
    d |= {"titulo": LONGO, "por": dados.NOME_80, "municipio": "Santa Rita do Passa Quatro"}
    d["grupos"][0]["campos"][0]["valor"] = LONGO
    d["grupos"][0]["campos"][1]["valor"] = dados.SEM_ESPACO
    d["grupos"][0]["campos"][3]["valor"] = SALA
    return d


def _todos() -> list[tuple[str, dict[str, Any]]]:
    return [(m, d) for m in CASOS for d in (CASOS[m], _longo(m), {**CASOS[m], "grupos": [MUDA], "preco": None})]


@pytest.mark.parametrize(("modelo", "d"), _todos(), ids=lambda v: v if isinstance(v, str) else "")
def test_no_letter_leaves_the_margins_and_no_variable_is_missing(modelo: str, d: dict[str, Any]) -> None:
    d = {"preco": None, **d}
    assert "VARIÁVEL-INDEFINIDA" not in papeis.html(modelo, d)
    conteudo = papeis.pdf(modelo, d)
    assert papeis.fora_das_margens(conteudo) == []
    assert len(papeis.folhas(conteudo)) <= 2


def test_the_receipt_says_what_was_asked_what_comes_next_until_when_and_what_it_may_cost() -> None:
    texto = papeis.corpo(papeis.pdf("recibo_ss", RECIBO))
    for trecho in (
        "Recibo da solicitação 2026/01187-3",
        "Município São Luiz do Paraitinga",
        "Rua das Acácias",
        "Quem age agora a PRODESP",
        "Até quando segunda-feira, 14/12/2026",
        "R$ 1.412,60 (tabela de exemplo 2026)",
        dados.SHA,
        "digite o código 7F3K-9QAM",
    ):
        assert trecho in texto
    assert "Complemento" not in texto  # an empty field is not printed


def test_the_order_carries_the_whole_room_and_no_price() -> None:
    texto = papeis.corpo(papeis.pdf("ordem_ss", {**_longo("ordem_ss"), "preco": None}))
    assert " ".join(SALA.split()) in texto
    assert "R$" not in texto
    assert "Emitida em terça-feira, 24/11/2026, 08h30" in texto


def test_an_alteration_shows_before_and_after_and_says_what_does_not_change() -> None:
    texto = papeis.corpo(papeis.pdf("recibo_ss", {**RECIBO, "grupos": [MUDA]}))
    assert "de 8 Mbps para 16 Mbps" in texto
    assert "SCM, sem mudança" in texto
    assert "de SCM para SCM" not in texto


@pytest.mark.parametrize(
    ("modelo", "titulo"), [("recibo_ss", "Recibo da solicitação 2026/01187-3, envio 1"), ("ordem_ss", "Ordem 2026/01187-3")]
)
def test_each_is_a_tagged_archival_file_and_the_same_data_give_the_same_bytes(modelo: str, titulo: str) -> None:
    d = {"preco": None, **CASOS[modelo]}
    conteudo = papeis.pdf(modelo, d)
    assert conteudo == papeis.pdf(modelo, deepcopy(d))
    with pikepdf.open(io.BytesIO(conteudo)) as arquivo:
        assert str(arquivo.Root.Lang) == "pt-BR"
        assert "/StructTreeRoot" in arquivo.Root
        with arquivo.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["dc:title"]) == ("2", "A", titulo)
        figuras = [o for o in arquivo.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        assert [str(f.Alt)[:10] for f in figuras] == ["Código QR "]
