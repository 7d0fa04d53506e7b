"""Every page of the prefeitura answers, in each state where it means something."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from saog import acoes
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU
from tests.apoio.solicitacoes import DIA

from .conftest import Gente, url

pytestmark = pytest.mark.django_db


def abre(gente: Gente, endereco: str) -> str:
    resposta = gente.ana.cliente.get(endereco)
    assert resposta.status_code == 200, f"{endereco}: {resposta.status_code}"
    return str(resposta.content.decode())


def test_the_first_page_is_calm_when_there_is_nothing_to_do(gente: Gente) -> None:
    texto = abre(gente, url("para_fazer"))
    assert "Nada para fazer agora" in texto
    assert "Nenhum pedido em andamento" in texto
    assert "Preciso de mais de 20" in texto
    assert "Nenhuma novidade nos últimos 30 dias." in texto


def test_what_waits_for_the_prefeitura_comes_nearest_due_first(
    gente: Gente, entregue: SolicitacaoServico, encher: Callable[..., list[Acesso]]
) -> None:
    ana, analista, operadora = gente.ana.ator, gente.analista.ator, gente.operadora.ator
    solicitacoes.devolvida(solicitacoes.enviada(ana, n=1), por=analista, agora=AGORA + DIA)
    acoes.validar(ss_id=solicitacoes.enviada(ana, n=2).pk, por=analista, agora=AGORA + DIA)
    espera = solicitacoes.emitida(solicitacoes.enviada(ana, n=3), analista=analista, responsavel=ana)
    acoes.atender(ss_id=espera.pk, por=operadora, agora=AGORA)
    acoes.pendenciar(ss_id=espera.pk, texto="Qual é a chave da sala?", por=operadora, agora=AGORA + DIA)
    solicitacoes.enviada(ana, n=4)
    andando = solicitacoes.emitida(solicitacoes.enviada(ana, n=5), analista=analista, responsavel=ana)
    acoes.atender(ss_id=andando.pk, por=operadora, agora=AGORA + DIA)
    texto = abre(gente, url("para_fazer"))
    assert f'<a href="{url("solicitacao", andando)}">A Operadora começou: Escola 5</a>' in texto
    ordem = [
        "Corrigir e enviar de novo: Escola 1",
        "Aceitar ou recusar a entrega: UBS",
        "Emitir à Operadora: Escola 2",
        "Responder à Operadora",
    ]
    lugares = [texto.find(t) for t in ordem]
    assert -1 not in lugares
    assert lugares[0] < lugares[1] < min(lugares[2:])
    assert "Qual é a chave da sala?" in texto
    assert "Devolvida, 1 pendência" in texto
    assert texto.count("btn-primary") == 1
    assert '<span class="ig-conta"><span class="visually-hidden">: </span>4</span>' in texto
    assert texto.find("Em andamento") < texto.find("Escola 4")


def test_every_page_of_a_draft_and_of_what_follows_opens(gente: Gente, rascunho: SolicitacaoServico, em_servico: Acesso) -> None:
    for nome in ("solicitacao", "preencher", "conferir", "descartar", "historico"):
        abre(gente, url(nome, rascunho))
    for endereco in ("solicitacoes", "nova", "qual_servico", "mais_links", "links", "enviar_varias", "emitir_varias"):
        abre(gente, url(endereco))
    for tipo in ("alteracao-capacidade", "desativacao", "mudanca", "cancelamento"):
        abre(gente, url("escolher") + f"?tipo={tipo}")
    assert gente.ana.cliente.get(url("escolher") + "?tipo=ativacao").status_code == 404
    assert "O que você pode pedir" in abre(gente, url("link", None, em_servico.pk))
    feita = em_servico.solicitacoes.get()
    for nome, *args in (("solicitacao",), ("historico",), ("envio", 1), ("enviada", 1)):
        abre(gente, url(nome, feita, *args))


def test_the_pages_of_each_decision_open_in_their_state_and_go_back_out_of_it(gente: Gente, entregue: SolicitacaoServico) -> None:
    for nome in ("aceitar", "recusar"):
        abre(gente, url(nome, entregue))
    for nome in ("emitir", "cancelar", "descartar", "responder"):
        assert gente.ana.cliente.get(url(nome, entregue)).url == url("solicitacao", entregue)
    validada = acoes.validar(ss_id=solicitacoes.enviada(gente.ana.ator, n=1).pk, por=gente.analista.ator, agora=AGORA)
    for nome in ("emitir", "cancelar"):
        abre(gente, url(nome, validada))


def test_while_validation_is_suspended_the_pages_say_so(gente: Gente, rascunho: SolicitacaoServico) -> None:
    acoes.suspender_validacao(municipio_id=BOTUCATU, motivo="Fatura de setembro em aberto.", por=gente.gestor.ator, agora=AGORA)
    for endereco in (url("para_fazer"), url("nova"), url("conferir", rascunho)):
        assert "Fatura de setembro em aberto." in abre(gente, endereco)
