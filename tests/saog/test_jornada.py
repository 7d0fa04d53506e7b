"""The way of a request, by the actions: asked, validated, emitted, delivered, answered (SS-01 to SS-07)."""

from __future__ import annotations

import pytest

from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import acoes, consultas
from saog.estados import Conexao, Estado, EstadoDoAcesso
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.correio import CaixaDeSaida
from tests.apoio.elenco import AGORA
from tests.apoio.solicitacoes import DIA

from .conftest import Atores

pytestmark = pytest.mark.django_db


def de_novo(ss: SolicitacaoServico) -> SolicitacaoServico:
    return SolicitacaoServico.objects.get(pk=ss.pk)


def test_an_activation_goes_from_the_draft_to_a_link_in_service(atores: Atores, correio: CaixaDeSaida):
    ss = solicitacoes.enviada(atores.ana)
    assert (ss.estado, ss.titulo, ss.servico, ss.velocidade) == (Estado.EM_VALIDACAO, "UBS Vila Maria", "SCM", 8)
    acesso = Acesso.objects.get()
    assert (acesso.estado, acesso.ordinal, acesso.conexao) == (EstadoDoAcesso.RESERVADO, 1, Conexao.INTRANET)
    acoes.validar(ss_id=ss.pk, por=atores.analista, agora=AGORA + DIA)
    acoes.emitir(ss_id=ss.pk, por=atores.bene, agora=AGORA + DIA)  # either of the two (SS-01)
    assert Acesso.objects.get().estado == EstadoDoAcesso.EM_IMPLANTACAO
    solicitacoes.entregue(ss, operadora=atores.operadora, agora=AGORA + 2 * DIA)
    assert consultas.uso(ss.municipio_id, AGORA)[Conexao.INTRANET].pedidos == 1
    pronta = acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + 3 * DIA)
    acesso.refresh_from_db()
    assert (pronta.estado, acesso.estado, acesso.circuito) == (Estado.ACEITA, EstadoDoAcesso.EM_SERVICO, "BTU-SCM-004417")
    assert [h.transicao for h in ss.historico.order_by("pk")] == [
        "iniciar",
        "enviar",
        "validar",
        "emitir",
        "atender",
        "entregar",
        "aceitar",
    ]
    assert [h.transicao for h in acesso.historico.order_by("pk")] == ["reservar", "implantar", "ativar"]
    assert len(correio.mensagens(tipo="ss_emitida")) == 1  # the Operadora
    assert len(correio.mensagens(tipo="ss_entregue")) == 2  # both responsáveis


def test_a_returned_request_is_corrected_and_keeps_its_place(atores: Atores):
    ss = solicitacoes.devolvida(solicitacoes.enviada(atores.ana), por=atores.analista, agora=AGORA + DIA)
    assert ss.estado == Estado.DEVOLVIDA
    acoes.salvar(
        ss_id=ss.pk,
        dados={**solicitacoes.UBS, "velocidade": "10", "numero": "122", "funcionamento": "dias úteis"},
        versao=1,
        por=atores.bene,
        agora=AGORA + 2 * DIA,
    )
    acoes.enviar(ss_id=ss.pk, por=atores.bene, agora=AGORA + 2 * DIA)
    acesso = Acesso.objects.get()
    assert (acesso.velocidade, acesso.unidade.numero, acesso.ordinal) == (10, "122", 1)
    antes, depois = ss.lista_de_envios.order_by("ordem")
    assert antes.dados["limpos"]["velocidade"] == 8  # what was sent stays as it was (SS-10)
    assert depois.dados["limpos"]["velocidade"] == 10


def test_a_refusal_needs_a_reason_and_the_days_start_again(atores: Atores):
    ss = solicitacoes.emitida(solicitacoes.enviada(atores.ana), analista=atores.analista, responsavel=atores.ana)
    primeira = solicitacoes.entregue(ss, operadora=atores.operadora, agora=AGORA).aceite_vence_em
    with pytest.raises(RegraViolada, match="motivo da recusa"):
        acoes.recusar(ss_id=ss.pk, motivo="  ", por=atores.ana, agora=AGORA + DIA)
    acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=atores.ana, agora=AGORA + DIA)
    assert de_novo(ss).estado == Estado.RECUSADA
    segunda = solicitacoes.entregue(ss, operadora=atores.operadora, agora=AGORA + 5 * DIA).aceite_vence_em
    assert primeira is not None
    assert segunda is not None
    assert segunda > primeira
    acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + 6 * DIA)
    assert [e.aceita for e in ss.lista_de_entregas.all()] == [False, True]


def test_an_alteration_shows_before_and_after_and_changes_the_link(atores: Atores):
    acesso = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    ss = acoes.iniciar(municipio_id=acesso.municipio_id, tipo="alteracao-capacidade", acesso_id=acesso.pk, por=atores.ana, agora=AGORA)
    acoes.salvar(ss_id=ss.pk, dados={"servico": "SCM_SAI", "velocidade": "16"}, versao=0, por=atores.ana, agora=AGORA)
    envio = acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    campos = {c["campo"]: c for g in envio.dados["leitura"] for c in g["campos"]}
    assert (campos["velocidade"]["antes"], campos["velocidade"]["valor"]) == ("8 Mbps", "16 Mbps")
    solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
    solicitacoes.entregue(ss, operadora=atores.operadora)
    acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
    acesso.refresh_from_db()
    assert (acesso.servico, acesso.velocidade, acesso.estado) == ("SCM_SAI", 16, EstadoDoAcesso.EM_SERVICO)
    ultimo = acesso.historico.order_by("-pk").first()
    assert ultimo is not None
    assert ultimo.dados["velocidade"] == {"de": 8, "para": 16}


def test_a_change_of_address_is_a_pair(atores: Atores):
    acesso = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    nova, velha = acoes.iniciar_mudanca(acesso_id=acesso.pk, por=atores.ana, agora=AGORA)
    assert nova.mudanca == velha.mudanca is not None
    assert (nova.natureza, velha.natureza, velha.acesso_id) == ("ATIVACAO", "DESATIVACAO", acesso.pk)


def test_a_deactivation_frees_the_place(atores: Atores):
    acesso = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    ss = acoes.iniciar(municipio_id=acesso.municipio_id, tipo="desativacao", acesso_id=acesso.pk, por=atores.ana, agora=AGORA)
    acoes.salvar(ss_id=ss.pk, dados={"desligar_em": "30/11/2026", "justificativa": "Fechou."}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
    solicitacoes.entregue(ss, operadora=atores.operadora, circuito="", equipamento="")
    acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
    assert Acesso.objects.get(pk=acesso.pk).estado == EstadoDoAcesso.DESATIVADO
    assert consultas.uso(acesso.municipio_id, AGORA)[Conexao.INTRANET].usados == 0
    assert solicitacoes.enviada(atores.ana).estado == Estado.EM_VALIDACAO  # the same address serves again


def test_a_cancellation_stops_what_was_begun(atores: Atores):
    alvo = solicitacoes.emitida(solicitacoes.enviada(atores.ana), analista=atores.analista, responsavel=atores.ana)
    with pytest.raises(RegraViolada, match="Você mesmo pode cancelá-la"):
        acoes.iniciar(municipio_id=alvo.municipio_id, tipo="cancelamento", alvo_id=alvo.pk, por=atores.ana, agora=AGORA)
    acoes.atender(ss_id=alvo.pk, por=atores.operadora, agora=AGORA)
    with pytest.raises(TransicaoIndisponivel):
        acoes.cancelar(ss_id=alvo.pk, motivo="", por=atores.ana, agora=AGORA)
    ss = acoes.iniciar(municipio_id=alvo.municipio_id, tipo="cancelamento", alvo_id=alvo.pk, por=atores.ana, agora=AGORA)
    acoes.salvar(ss_id=ss.pk, dados={"justificativa": "A escola fechou."}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
    solicitacoes.entregue(ss, operadora=atores.operadora)
    dados = acoes.DadosDaEntrega(circuito="X", equipamento="Y")
    with pytest.raises(RegraViolada, match="espera o aceite"):
        acoes.entregar(ss_id=alvo.pk, dados=dados, por=atores.operadora, agora=AGORA)
    with pytest.raises(RegraViolada, match="espera o aceite"):  # else nobody could accept the interruption any more
        acoes.declarar_inviavel(ss_id=alvo.pk, motivo="Sem rota.", por=atores.operadora, agora=AGORA)
    acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
    assert de_novo(alvo).estado == Estado.CANCELADA
    assert Acesso.objects.get().estado == EstadoDoAcesso.LIBERADO


def test_the_operadora_may_find_it_impossible_and_the_place_is_free(atores: Atores):
    ss = solicitacoes.emitida(solicitacoes.enviada(atores.ana), analista=atores.analista, responsavel=atores.ana)
    with pytest.raises(RegraViolada, match="por que não é possível"):
        acoes.declarar_inviavel(ss_id=ss.pk, motivo="", por=atores.operadora, agora=AGORA)
    acoes.declarar_inviavel(ss_id=ss.pk, motivo="Sem rede na rua.", por=atores.operadora, agora=AGORA)
    assert de_novo(ss).estado == Estado.INVIAVEL
    assert Acesso.objects.get().estado == EstadoDoAcesso.LIBERADO


def test_another_prefeitura_cannot_touch_it(atores: Atores):
    ss = solicitacoes.enviada(atores.ana)
    for ato in (
        lambda: acoes.cancelar(ss_id=ss.pk, motivo="", por=atores.vizinha, agora=AGORA),
        lambda: acoes.emitir(ss_id=ss.pk, por=atores.vizinha, agora=AGORA),
        lambda: acoes.enviar(ss_id=ss.pk, por=atores.vizinha, agora=AGORA),
        lambda: acoes.validar(ss_id=ss.pk, por=atores.ana, agora=AGORA),
        lambda: acoes.atender(ss_id=ss.pk, por=Ator(usuario_id=None, nome="Visitante"), agora=AGORA),
    ):
        with pytest.raises((SemPermissao, TransicaoIndisponivel)):
            ato()
    assert de_novo(ss).estado == Estado.EM_VALIDACAO


def test_a_second_request_on_the_same_link_or_target_waits(atores: Atores):
    acesso = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    par = [
        acoes.iniciar(municipio_id=acesso.municipio_id, tipo="alteracao-titularidade", acesso_id=acesso.pk, por=atores.ana, agora=AGORA)
        for _ in range(2)
    ]
    for ss in par:
        acoes.salvar(ss_id=ss.pk, dados={"titular": "Secretaria de Saúde"}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=par[0].pk, por=atores.ana, agora=AGORA)
    with pytest.raises(RegraViolada, match="Já há um pedido em andamento para este link"):
        acoes.enviar(ss_id=par[1].pk, por=atores.ana, agora=AGORA)
    alvo = solicitacoes.emitida(par[0], analista=atores.analista, responsavel=atores.ana)
    acoes.atender(ss_id=alvo.pk, por=atores.operadora, agora=AGORA)
    cancelamentos = [
        acoes.iniciar(municipio_id=alvo.municipio_id, tipo="cancelamento", alvo_id=alvo.pk, por=atores.ana, agora=AGORA) for _ in range(2)
    ]
    for ss in cancelamentos:
        acoes.salvar(ss_id=ss.pk, dados={"justificativa": "Desistimos."}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=cancelamentos[0].pk, por=atores.ana, agora=AGORA)
    with pytest.raises(RegraViolada, match="Já há um pedido de cancelamento em andamento"):
        acoes.enviar(ss_id=cancelamentos[1].pk, por=atores.ana, agora=AGORA)


def test_a_cancellation_is_not_delivered_when_its_target_was(atores: Atores):
    alvo = solicitacoes.emitida(solicitacoes.enviada(atores.ana), analista=atores.analista, responsavel=atores.ana)
    acoes.atender(ss_id=alvo.pk, por=atores.operadora, agora=AGORA)
    ss = acoes.iniciar(municipio_id=alvo.municipio_id, tipo="cancelamento", alvo_id=alvo.pk, por=atores.ana, agora=AGORA)
    acoes.salvar(ss_id=ss.pk, dados={"justificativa": "Desistimos."}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
    dados = acoes.DadosDaEntrega(circuito="X", equipamento="Y")
    acoes.entregar(ss_id=alvo.pk, dados=dados, por=atores.operadora, agora=AGORA)
    acoes.atender(ss_id=ss.pk, por=atores.operadora, agora=AGORA)
    with pytest.raises(RegraViolada, match="ainda não entregou"):
        acoes.entregar(ss_id=ss.pk, dados=dados, por=atores.operadora, agora=AGORA)
    acoes.declarar_inviavel(ss_id=ss.pk, motivo="O link já foi entregue.", por=atores.operadora, agora=AGORA)
    assert de_novo(alvo).estado == Estado.AGUARDANDO_ACEITE
