"""A returned request is corrected or answered before it is sent again (SS-02)."""

from __future__ import annotations

from typing import Any

import pytest

from nucleo.erros import RegraViolada
from saog import acoes
from saog.estados import Estado
from saog.models import PendenciaSS, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU
from tests.apoio.solicitacoes import DIA, UBS

from .conftest import Gente, url

pytestmark = pytest.mark.django_db

FRASE = "Dias e horários de funcionamento: continua como estava."


def texto(resposta: Any) -> str:
    """The page's text, spaces folded."""
    return " ".join(resposta.content.decode().split())


def estado(ss: SolicitacaoServico) -> str:
    return str(SolicitacaoServico.objects.values_list("estado", flat=True).get(pk=ss.pk))


def pendencia(ss: SolicitacaoServico) -> PendenciaSS:
    return PendenciaSS.objects.get(envio__solicitacao=ss)


def responder(gente: Gente, ss: SolicitacaoServico, resposta: str) -> Any:
    return gente.ana.cliente.post(url("responder_pendencia", ss, pendencia(ss).pk), {"resposta": resposta})


def test_sent_again_unchanged_it_is_refused_and_says_which_field(gente: Gente, devolvida: SolicitacaoServico) -> None:
    ana = gente.ana.cliente
    pagina = texto(ana.get(url("conferir", devolvida)))
    assert FRASE in pagina
    assert "Enviar de novo à PRODESP" not in pagina
    assert url("preencher", devolvida) + "#id_funcionamento" in pagina
    recusa = ana.post(url("enviar", devolvida), {})
    assert recusa.status_code == 422
    assert "O pedido não foi enviado" in texto(recusa)
    assert FRASE in texto(recusa)
    assert estado(devolvida) == Estado.DEVOLVIDA


def test_a_corrected_field_is_sent(gente: Gente, devolvida: SolicitacaoServico) -> None:
    acoes.salvar(ss_id=devolvida.pk, dados=UBS | {"funcionamento": "dias úteis"}, versao=1, por=gente.ana.ator, agora=AGORA + DIA)
    pagina = texto(gente.ana.cliente.get(url("conferir", devolvida)))
    assert "continua como estava" not in pagina
    assert "Enviar de novo à PRODESP" in pagina
    acoes.enviar(ss_id=devolvida.pk, por=gente.ana.ator, agora=AGORA + DIA)
    assert estado(devolvida) == Estado.EM_VALIDACAO


def test_an_answer_goes_with_the_sending_and_the_analyst_reads_it(gente: Gente, devolvida: SolicitacaoServico) -> None:
    preencher = texto(gente.ana.cliente.get(url("preencher", devolvida)))
    assert "Responder sem mudar" in preencher
    vazia = responder(gente, devolvida, "  ")
    assert vazia.status_code == 422
    assert "Escreva por que está certo: a PRODESP vai ler." in texto(vazia)
    assert responder(gente, devolvida, "A UBS abre só nesse horário.").status_code == 302
    assert "Sua resposta: A UBS abre só nesse horário." in texto(gente.ana.cliente.get(url("preencher", devolvida)))
    acoes.enviar(ss_id=devolvida.pk, por=gente.bene.ator, agora=AGORA + DIA)
    analise = texto(gente.analista.cliente.get(url("analise", devolvida)))
    assert analise.count("<strong>A prefeitura respondeu:</strong> A UBS abre só nesse horário.") == 2  # beside the field, and below


def test_only_an_open_pendencia_of_ones_own_request_is_answered(gente: Gente, devolvida: SolicitacaoServico) -> None:
    p = pendencia(devolvida)
    assert gente.vizinha.cliente.get(url("responder_pendencia", devolvida, p.pk)).status_code == 404
    assert gente.analista.cliente.get(url("responder_pendencia", devolvida, p.pk)).status_code == 403
    outra = solicitacoes.enviada(gente.ana.ator, n=2)
    assert gente.ana.cliente.get(url("responder_pendencia", outra, p.pk)).status_code == 404
    with pytest.raises(RegraViolada, match="não está aberta"):
        acoes.responder_pendencia(ss_id=devolvida.pk, pendencia_id=p.pk + 1, resposta="x", por=gente.ana.ator, agora=AGORA)
    responder(gente, devolvida, "Está certo.")
    acoes.enviar(ss_id=devolvida.pk, por=gente.ana.ator, agora=AGORA + DIA)
    assert responder(gente, devolvida, "Tarde.").status_code == 404


def test_what_is_not_in_the_form_can_only_be_answered(gente: Gente, em_servico: Any) -> None:
    ss = acoes.iniciar(municipio_id=BOTUCATU, tipo="desativacao", acesso_id=em_servico.pk, por=gente.ana.ator, agora=AGORA)
    acoes.salvar(
        ss_id=ss.pk, dados={"desligar_em": "20/12/2026", "justificativa": "Posto fechou."}, versao=0, por=gente.ana.ator, agora=AGORA
    )
    acoes.enviar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    solicitacoes.devolvida(ss, por=gente.analista.ator, campo="circuito")
    pagina = texto(gente.ana.cliente.get(url("conferir", ss)))
    assert "Circuito: continua como estava." in pagina
    assert "#id_circuito" not in pagina
    assert "Responder sem mudar" in texto(gente.ana.cliente.get(url("preencher", ss)))
    responder(gente, ss, "O circuito é esse mesmo.")
    acoes.enviar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    assert estado(ss) == Estado.EM_VALIDACAO
