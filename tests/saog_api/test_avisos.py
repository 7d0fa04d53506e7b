"""Webhooks: what is written with each act, to whom it goes, how it is signed, retried and refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import uuid
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from nucleo import fluxo
from nucleo.erros import TransicaoIndisponivel
from nucleo.fluxo import SISTEMA
from saog import acoes
from saog.acoes import avisos, integracao
from saog.api import entrega, rede
from saog.models import AssinaturaDeAvisos, AvisoDeSistema, ChaveDeIdempotencia, SolicitacaoServico
from tests.apoio.correio import FilaNaHora
from tests.apoio.elenco import AGORA
from tests.apoio.solicitacoes import DIA
from tests.saog.conftest import Atores

from .conftest import ENTREGA, Ordens, Ouvinte, Sistema

pytestmark = pytest.mark.django_db
CRIADA, MUDOU = "serviceOrderCreateEvent", "serviceOrderStateChangeEvent"


def escritos() -> list[tuple[str, str]]:
    """(event, state) of what was written, oldest first."""
    return [(a.evento, json.loads(a.corpo)["event"]["serviceOrder"]["state"]) for a in AvisoDeSistema.objects.order_by("pk")]


# --- What is written --------------------------------------------------------------------------------------------------------
def test_each_act_the_operadora_sees_is_told_once_whoever_did_it(assinado: Any, sistema: Sistema, ordens: Ordens, atores: Atores):
    ss = ordens.em("EMITIDA")
    sistema.mudar(ss, {"state": "inProgress"})
    sistema.mudar(ss, {"note": [{"text": "Sem mudança de estado."}]})
    acoes.pendenciar(ss_id=ss.pk, texto="Falta a tomada.", por=atores.operadora, agora=AGORA)
    acoes.retomar(ss_id=ss.pk, texto="Está lá.", por=atores.ana, agora=AGORA)
    sistema.mudar(ss, {"state": "completed", "serviceOrderItem": ENTREGA})
    acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=atores.ana, agora=AGORA)
    sistema.mudar(ss, {"state": "inProgress"})
    sistema.mudar(ss, {"state": "completed", "serviceOrderItem": ENTREGA})
    acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
    estados = ["inProgress", "pending", "inProgress", "inProgress", "inProgress", "inProgress", "inProgress", "completed"]
    assert escritos() == [(CRIADA, "acknowledged"), *((MUDOU, e) for e in estados)]
    entregue = json.loads(AvisoDeSistema.objects.order_by("pk")[4].corpo)
    assert entregue["event"]["serviceOrder"]["milestone"] == [{"id": "entregue", "status": "reached"}]
    assert "Rua" not in entregue["event"]["serviceOrder"]


def test_what_was_never_emitted_is_nobody_elses_business(assinado: Any, ordens: Ordens, atores: Atores):
    ss = ordens.em("EM_VALIDACAO")
    acoes.cancelar(ss_id=ss.pk, motivo="", por=atores.ana, agora=AGORA)
    assert escritos() == []


def test_an_act_that_is_undone_tells_nothing(assinado: Any, ordens: Ordens, atores: Atores):
    ss = ordens.em("EMITIDA")
    AvisoDeSistema.objects.all().delete()
    with transaction.atomic():
        acoes.atender(ss_id=ss.pk, por=atores.operadora, agora=AGORA)
        assert escritos() != []
        transaction.set_rollback(True)
    assert escritos() == []


def test_the_same_act_of_the_door_never_tells_twice(assinado: Any, ordens: Ordens):
    ss = ordens.em("EM_ATENDIMENTO")
    ato = ss.historico.order_by("-pk")[0]
    antes = AvisoDeSistema.objects.count()
    avisos.avisar([(ss, ato), (ss, ato)])
    assert AvisoDeSistema.objects.count() == antes


def test_a_cancellation_tells_of_the_order_it_stops(assinado: Any, ordens: Ordens, atores: Atores):
    from tests.apoio import solicitacoes

    alvo = ordens.em("EM_ATENDIMENTO")
    fim = acoes.iniciar(municipio_id=alvo.municipio_id, tipo="cancelamento", alvo_id=alvo.pk, por=atores.ana, agora=AGORA)
    acoes.salvar(ss_id=fim.pk, dados={"justificativa": "Fechou."}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=fim.pk, por=atores.ana, agora=AGORA)
    AvisoDeSistema.objects.all().delete()
    solicitacoes.emitida(fim, analista=atores.analista, responsavel=atores.ana)
    solicitacoes.entregue(fim, operadora=atores.operadora)
    acoes.aceitar(ss_id=fim.pk, por=atores.ana, agora=AGORA + DIA)
    do_alvo = [
        json.loads(a.corpo)["event"]["serviceOrder"]["state"] for a in AvisoDeSistema.objects.filter(solicitacao=alvo).order_by("pk")
    ]
    assert do_alvo == ["assessingCancellation", "pendingCancellation", "pendingCancellation", "cancelled"]


def test_without_subscriptions_an_act_costs_one_query_more_and_writes_nothing(ordens: Ordens, atores: Atores, monkeypatch: Any):
    def contar(ss: SolicitacaoServico) -> int:
        with CaptureQueriesContext(connection) as consultas:
            acoes.atender(ss_id=ss.pk, por=atores.operadora, agora=AGORA)
        return len(consultas)

    um, outro = ordens.em("EMITIDA"), ordens.em("EMITIDA")
    com = contar(um)
    monkeypatch.setattr(fluxo, "OUVINTES", {})
    assert com - contar(outro) <= 2
    assert not AvisoDeSistema.objects.exists()


def test_the_door_has_exactly_these_listeners():
    assert {"saog.solicitacaoservico": avisos.avisar} == fluxo.OUVINTES


def test_a_batch_tells_of_all_with_the_same_writes(assinado: Any, ordens: Ordens):
    feitas = [ordens.em("AGUARDANDO_ACEITE") for _ in range(3)]
    AvisoDeSistema.objects.all().delete()
    pares = []
    with transaction.atomic():
        for ss in feitas:
            pares.append(fluxo.executar(SolicitacaoServico, ss.pk, "vencer", por=SISTEMA, agora=AGORA + DIA))
    AvisoDeSistema.objects.all().delete()
    with CaptureQueriesContext(connection) as consultas, transaction.atomic():
        fluxo.contar(SolicitacaoServico, pares)
    assert AvisoDeSistema.objects.count() == 3
    assert len([c for c in consultas if c["sql"].startswith(("SELECT", "INSERT"))]) == 2


# --- Subscribing ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "callback",
    [
        "http://127.0.0.1:1/avisos",
        "{}x",
        "{}/../outro",
        "{}/%2e%2e/outro",
        "{}//x",
        "https://outro.example/avisos",
        "{}#x",
        "http://eu@127.0.0.1/avisos",
        "http://0x7f.1/avisos",
        "http://2130706433/avisos",
        "file:///etc/passwd",
        "{}\\@x",
    ],
)
def test_only_what_lies_under_an_allowed_address_may_be_subscribed(callback: str, assinado: Any, sistema: Sistema, ouvinte: Ouvinte):
    resposta = sistema.postar("/hub", {"callback": callback.format(ouvinte.url)})
    assert resposta.status_code == 422, resposta.content
    assert resposta.json()["erros"][0]["campo"] == "callback"


def test_one_event_may_be_chosen_and_a_subscription_ended_by_its_own_system_only(
    assinado: dict[str, str], sistema: Sistema, ouvinte: Ouvinte, ordens: Ordens, atores: Atores
):
    so_mudou = sistema.postar("/hub", {"callback": ouvinte.url, "query": f"eventType={MUDOU}"}).json()
    ordens.em("EM_ATENDIMENTO")
    assert sorted(str(a.assinatura_id) for a in AvisoDeSistema.objects.all()) == sorted([assinado["id"]] * 2 + [so_mudou["id"]])
    outra = integracao.registrar_sistema(nome="Outro", contato="a@b.example", por=atores.gestor, agora=AGORA)
    from .conftest import token_com

    assert Sistema(token_com(outra, atores, "hub")).apagar(f"/hub/{assinado['id']}").status_code == 404
    assert sistema.apagar(f"/hub/{assinado['id']}").status_code == 204
    assert sistema.apagar(f"/hub/{assinado['id']}").status_code == 404
    assert sistema.apagar(f"/hub/{uuid.uuid4()}").status_code == 404
    assert not AvisoDeSistema.objects.filter(assinatura_id=assinado["id"], situacao="pendente").exists()


def test_a_system_has_ten_subscriptions_at_most(assinado: Any, sistema: Sistema, ouvinte: Ouvinte):
    codigos = [sistema.postar("/hub", {"callback": f"{ouvinte.url}/{n}"}).status_code for n in range(10)]
    assert codigos == [201] * 9 + [422]


# --- Sending ------------------------------------------------------------------------------------------------------------------
def test_a_notice_arrives_signed_once_by_the_sweep(assinado: dict[str, str], ordens: Ordens, ouvinte: Ouvinte, relogio: Any):
    ordens.em("EMITIDA")
    assert entrega.varrer(relogio=lambda: AGORA) == 1
    assert entrega.varrer(relogio=lambda: AGORA) == 0
    ((caminho, cabecalhos, corpo),) = ouvinte.chegaram
    instante = cabecalhos["X-Intragov-Instante"]
    assinatura = hmac.new(assinado["secret"].encode(), f"{instante}.".encode() + corpo, hashlib.sha256).hexdigest()
    assert (caminho, cabecalhos["X-Intragov-Assinatura"]) == ("/avisos/ordens", f"sha256={assinatura}")
    assert int(instante) == int(AGORA.timestamp())
    assert json.loads(corpo)["eventType"] == cabecalhos["X-Intragov-Evento"] == CRIADA
    guardado = [*AssinaturaDeAvisos.objects.values_list("segredo"), *ChaveDeIdempotencia.objects.values_list("corpo")]
    assert assinado["secret"] not in str(guardado)


def test_the_act_wakes_the_worker_after_the_commit(
    assinado: Any, ordens: Ordens, ouvinte: Ouvinte, fila_na_hora: FilaNaHora, ao_confirmar: Any
):
    with ao_confirmar():
        ordens.em("EMITIDA")
    assert ("saog.avisar", {}) in fila_na_hora.pedidas
    assert len(ouvinte.chegaram) == 1


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_another_answer_is_tried_again_by_the_table_and_then_given_up(
    status: int, assinado: Any, ordens: Ordens, ouvinte: Ouvinte, atores: Atores
):
    ordens.em("EMITIDA")
    ouvinte.status = status
    agora, esperas = AGORA, []
    for _ in range(entrega.TENTATIVAS):
        parado = partial(lambda instante: instante, agora)
        assert entrega.varrer(relogio=parado) == 0
        assert entrega.varrer(relogio=parado) == 0  # not before its time
        aviso = AvisoDeSistema.objects.get()
        if aviso.tentar_em is not None:
            esperas.append(aviso.tentar_em - agora)
            agora = aviso.tentar_em
    assert esperas == [dt.timedelta(minutes=m) for m in (1, 5, 30, 120, 360)]
    assert (aviso.situacao, aviso.erro, len(ouvinte.chegaram)) == ("desistido", f"Respondeu {status}", 6)  # no redirect was followed
    dito = aviso.assinatura.sistema.historico.order_by("-pk")[0]  # in the trail of audit, as done by the portal
    assert (dito.em_palavras, dito.por_id, dito.em) == ("Aviso sem entrega", None, agora)
    assert f"Respondeu {status}" in dito.comentario
    assert all(caminho == "/avisos/ordens" for caminho, _, _ in ouvinte.chegaram)
    ouvinte.status = 200
    integracao.reenviar_aviso(aviso_id=aviso.pk, por=atores.gestor, agora=agora)
    assert entrega.varrer(relogio=lambda: agora) == 1
    assert ouvinte.chegaram[0][2] == ouvinte.chegaram[-1][2]  # the same eventId: a copy is recognised


def test_a_server_that_answers_drop_by_drop_is_cut(assinado: Any, ordens: Ordens, ouvinte: Ouvinte, monkeypatch: Any):
    monkeypatch.setattr(rede, "PRAZO", 1.0)
    ouvinte.pinga = True
    ordens.em("EMITIDA")
    assert entrega.varrer(relogio=lambda: AGORA) == 0
    assert AvisoDeSistema.objects.get().tentativas == 1


def test_a_closed_port_and_a_name_that_does_not_resolve_are_only_tries(assinado: Any, ordens: Ordens, ouvinte: Ouvinte, monkeypatch: Any):
    ordens.em("EMITIDA")
    AssinaturaDeAvisos.objects.update(callback="http://127.0.0.1:9/avisos")
    entrega.varrer(relogio=lambda: AGORA)
    assert AvisoDeSistema.objects.get().erro == "ConnectionRefusedError"
    AssinaturaDeAvisos.objects.update(callback="http://nada.invalid/avisos")
    entrega.varrer(relogio=lambda: AGORA + DIA)
    assert AvisoDeSistema.objects.get().erro == "O nome não resolve"


def test_a_silent_server_does_not_hold_the_others(assinado: Any, ordens: Ordens, sistema: Sistema, ouvinte: Ouvinte):
    mudo = sistema.postar("/hub", {"callback": ouvinte.url + "/mudo"}).json()["id"]
    AssinaturaDeAvisos.objects.filter(pk=mudo).update(callback="http://127.0.0.1:9/x")
    for _ in range(3):
        ordens.em("EMITIDA")
    assert entrega.varrer(relogio=lambda: AGORA) == 3
    assert sorted(AvisoDeSistema.objects.filter(assinatura_id=mudo).values_list("tentativas", flat=True)) == [0, 0, 1]


def test_a_worker_that_died_holding_a_notice_loses_nothing(assinado: Any, ordens: Ordens, ouvinte: Ouvinte):
    ordens.em("EMITIDA")
    assert entrega.reservar(agora=AGORA) is not None
    assert entrega.varrer(relogio=lambda: AGORA) == 0
    assert entrega.varrer(relogio=lambda: AGORA + entrega.RESERVA) == 1


def test_an_address_taken_out_is_not_called_again(assinado: dict[str, str], ordens: Ordens, ouvinte: Ouvinte, atores: Atores):
    ordens.em("EMITIDA")
    endereco = AssinaturaDeAvisos.objects.get().endereco
    integracao.retirar_endereco(endereco_id=endereco.pk, por=atores.gestor, agora=AGORA)
    assert entrega.varrer(relogio=lambda: AGORA) == 0
    ordens.em("EMITIDA")
    assert ouvinte.chegaram == []
    aviso = AvisoDeSistema.objects.get()
    with pytest.raises(TransicaoIndisponivel):
        integracao.reenviar_aviso(aviso_id=aviso.pk, por=atores.gestor, agora=AGORA)


def test_delivered_notices_are_kept_for_their_days_and_the_others_stay(assinado: Any, ordens: Ordens, ouvinte: Ouvinte, settings: Any):
    settings.GUARDA_DOS_AVISOS_DIAS = 7
    for _ in range(3):
        ordens.em("EMITIDA")
    entrega.varrer(relogio=lambda: AGORA)
    ordens.em("EMITIDA")  # waits
    desistido = AvisoDeSistema.objects.order_by("pk")[0]
    AvisoDeSistema.objects.filter(pk=desistido.pk).update(situacao="desistido", enviado_em=None)
    assert integracao.limpar_avisos(agora=AGORA + 7 * DIA) == 0
    with CaptureQueriesContext(connection) as consultas:
        assert integracao.limpar_avisos(agora=AGORA + 7 * DIA + dt.timedelta(seconds=1), pedaco=1) == 2
    assert sum("DELETE" in c["sql"] for c in consultas) == 2  # one chunk at a time
    assert sorted(AvisoDeSistema.objects.values_list("situacao", flat=True)) == ["desistido", "pendente"]
