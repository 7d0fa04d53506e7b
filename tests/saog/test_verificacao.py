"""Receipts and orders of requests at ``/verificar/``, and the number of links on the public page of a prefeitura."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from adesao.consultas import verificar_da_adesao
from adesao.registros import VERIFICADORES
from documentos.models import Documento
from enderecamento.pecas import verificar_da_ficha
from nucleo.regras import REGRAS
from saog import acoes
from saog.consultas import verificar_da_solicitacao
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA
from tests.apoio.navegador import sem_rolagem_lateral, sem_violacoes

from .conftest import Atores

pytestmark = pytest.mark.django_db


def _papel(dono: str, especie: str) -> Documento:
    return Documento.objects.get(dono=dono, especie=especie)


def _pagina(anonimo: Any, codigo: str | None) -> tuple[int, str]:
    resposta = anonimo.cliente.get(reverse("verificar"), {"codigo": codigo or ""})
    return resposta.status_code, resposta.content.decode()


def test_exactly_these_floors_tell_of_papers() -> None:
    assert {"adesao": verificar_da_adesao, "bloco": verificar_da_ficha, "ss": verificar_da_solicitacao} == VERIFICADORES


def test_a_receipt_and_an_order_are_verified_without_personal_data(atores: Atores, anonimo: Any) -> None:
    ss = solicitacoes.emitida(solicitacoes.enviada(atores.ana), analista=atores.analista, responsavel=atores.ana)
    for especie, titulo in (("recibo-1", "Recibo do 1º envio da Solicitação de Serviço"), ("ordem", "Ordem à Operadora")):
        status, texto = _pagina(anonimo, _papel(ss.dono, especie).codigo)
        assert status == 200
        for parte in (titulo, "Botucatu", ss.numero, "Versão atual"):
            assert parte in texto
        for segredo in ("Rua das Acácias", "UBS Vila Maria", "3811", "Gerente", atores.ana.nome):
            assert segredo not in texto


def test_each_receipt_stays_current_and_the_order_of_a_cancelled_request_does_not(atores: Atores, anonimo: Any) -> None:
    ss = solicitacoes.devolvida(solicitacoes.enviada(atores.ana), por=atores.analista)
    acoes.salvar(
        ss_id=ss.pk, dados={**solicitacoes.UBS, "velocidade": "10", "funcionamento": "dias úteis"}, versao=1, por=atores.ana, agora=AGORA
    )
    acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
    acoes.cancelar(ss_id=ss.pk, motivo="Mudou de ideia.", por=atores.ana, agora=AGORA)
    for especie in ("recibo-1", "recibo-2"):
        assert "Versão atual" in _pagina(anonimo, _papel(ss.dono, especie).codigo)[1]
    texto = _pagina(anonimo, _papel(ss.dono, "ordem").codigo)[1]
    assert "Sem efeito" in texto
    assert "A solicitação foi cancelada: esta ordem não vale mais." in texto
    assert "Há uma versão mais nova" not in texto
    assert "Mudou de ideia" not in texto


@pytest.mark.parametrize("dono", ["ss:999999", "cracha:1", "ss:x", ""])
def test_a_code_of_nobody_known_is_not_found(dono: str, anonimo: Any) -> None:
    especie = "recibo-1" if dono != "ss:x" else "entrega-1"
    Documento.objects.create(
        origem=Documento.Origem.GERADO, dono=dono, especie=especie, titulo="x", modelo="recibo_ss", codigo="7F3K-9QAM", criado_em=AGORA
    )
    assert _pagina(anonimo, "7F3K-9QAM")[0] == 404


def test_the_public_page_counts_links_in_service_and_says_no_address(atores: Atores, anonimo: Any) -> None:
    solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    solicitacoes.enviada(atores.ana, n=1)  # ordered only: not counted
    texto = anonimo.cliente.get(reverse("prefeitura", args=[BOTUCATU])).content.decode()
    assert "1 link em serviço" in texto
    assert "Acácias" not in texto
    assert "em serviço" not in anonimo.cliente.get(reverse("prefeitura", args=[ITAPEVA])).content.decode()


def test_the_rules_page_says_which_rules_the_portal_does_not_handle_yet(anonimo: Any) -> None:
    texto = anonimo.cliente.get(reverse("regras")).content.decode()
    depois = [r for r in REGRAS if not r.no_portal]
    assert [r.codigo for r in depois if r.grupo in ("SS", "LNK", "PRZ")] == ["LNK-08"]  # monitoring
    assert {"ADS-14", "CRA-01"} <= {r.codigo for r in depois}
    assert texto.count("O portal ainda não cuida disto") == len(depois)


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
def test_somebody_checks_a_receipt_by_its_code(atores: Atores, pagina: Any, pagina_390: Any, live_server: Any) -> None:
    ss = solicitacoes.enviada(atores.ana)
    codigo = _papel(ss.dono, "recibo-1").codigo or ""
    for folha in (pagina, pagina_390):
        folha.goto(f"{live_server.url}/verificar/")
        folha.get_by_label("Código do documento").fill(codigo.lower().replace("-", " "))
        folha.get_by_role("button", name="Verificar").click()
        folha.get_by_text("Recibo do 1º envio da Solicitação de Serviço").wait_for()
        folha.get_by_text("Versão atual", exact=True).wait_for()
        sem_violacoes(folha)
        sem_rolagem_lateral(folha)
