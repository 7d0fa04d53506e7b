"""Reading orders, and what each state answers to each PATCH."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saog import acoes
from saog.estados import Estado, EstadoDoAcesso
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.correio import CaixaDeSaida
from tests.apoio.elenco import AGORA
from tests.apoio.solicitacoes import DIA
from tests.saog.conftest import Atores

from .conftest import ENTREGA, ESTADOS, Ordens, Sistema

pytestmark = pytest.mark.django_db

NOME_TMF = {
    "EMITIDA": "acknowledged",
    "EM_ATENDIMENTO": "inProgress",
    "PENDENTE": "pending",
    "AGUARDANDO_ACEITE": "inProgress",
    "PRAZO_VENCIDO": "inProgress",
    "RECUSADA": "inProgress",
    "ACEITA": "completed",
    "CANCELADA": "cancelled",
    "INVIAVEL": "rejected",
}


def de_novo(ss: SolicitacaoServico) -> SolicitacaoServico:
    return SolicitacaoServico.objects.get(pk=ss.pk)


@pytest.mark.parametrize("estado", ESTADOS)
def test_each_state_has_its_name_in_tmf641_and_is_found_by_it(estado: str, sistema: Sistema, ordens: Ordens):
    ss = ordens.em(estado)
    lida = sistema.ler(f"/serviceOrder/{ss.slug}").json()
    assert lida["state"] == lida["serviceOrderItem"][0]["state"] == NOME_TMF[estado]
    assert [o["id"] for o in sistema.ler(f"/serviceOrder?state={NOME_TMF[estado]}").json()] == [ss.slug]
    outros = set(NOME_TMF.values()) | {"held", "failed", "partial", "assessingCancellation", "pendingCancellation"}
    for outro in outros - {NOME_TMF[estado]}:
        assert sistema.ler(f"/serviceOrder?state={outro}").json() == []


def test_delivered_and_not_accepted_is_in_progress_with_the_milestone(sistema: Sistema, ordens: Ordens):
    lida = sistema.ler(f"/serviceOrder/{ordens.em('AGUARDANDO_ACEITE').slug}").json()
    assert [(m["id"], m["status"]) for m in lida["milestone"]] == [("entregue", "reached"), ("aceite", "expected")]
    recusada = sistema.ler(f"/serviceOrder/{ordens.em('RECUSADA').slug}").json()
    assert recusada["errorMessage"][0]["message"] == "Sem sinal."
    assert [(m["id"], m["status"]) for m in recusada["milestone"]] == [("entregue", "refused")]


def test_what_the_prefeitura_has_not_emitted_does_not_exist_for_the_operadora(sistema: Sistema, ordens: Ordens):
    ss = ordens.em("EM_VALIDACAO")
    assert sistema.ler(f"/serviceOrder/{ss.slug}").status_code == 404
    assert sistema.ler("/serviceOrder").json() == []
    assert sistema.mudar(ss, {"state": "inProgress"}).status_code == 404


def test_an_order_says_all_the_operadora_needs_and_no_cpf(sistema: Sistema, ordens: Ordens, responsavel_a1: Any):
    ss = ordens.em("EM_ATENDIMENTO")
    lida = sistema.ler(f"/serviceOrder/{ss.slug}").json()
    assert (lida["externalId"], lida["category"], lida["serviceOrderItem"][0]["action"]) == (ss.numero, "ativacao", "add")
    valores = {c["name"]: c["value"] for c in lida["serviceOrderItem"][0]["service"]["serviceCharacteristic"]}
    esperados = {
        "servico": "SCM",
        "velocidadeMbps": 8,
        "tipoDeEndereco": "privado",
        "logradouro": "Rua das Acácias",
        "contatoTelefone": "(14) 3811-1400",
        "funcionamento": "segunda a sexta, 7h às 17h",
        "cep": "18600-000",
    }
    assert esperados.items() <= valores.items()
    assert [p["role"] for p in lida["relatedParty"]] == ["solicitante", "gestora"]
    assert lida["orderDate"] == "2026-11-09T10:12:00-03:00"
    assert responsavel_a1.usuario.cpf not in json.dumps(lida)


def test_kinds_of_request_become_actions_and_a_cancellation_points_at_its_target(sistema: Sistema, ordens: Ordens, atores: Atores):
    acesso = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    acao = {}
    for tipo, dados in (
        ("alteracao-capacidade", {"servico": "SCM_SAI", "velocidade": "16"}),
        ("desativacao", {"desligar_em": "30/11/2026", "justificativa": "Fechou."}),
    ):
        ss = acoes.iniciar(municipio_id=acesso.municipio_id, tipo=tipo, acesso_id=acesso.pk, por=atores.ana, agora=AGORA)
        acoes.salvar(ss_id=ss.pk, dados=dados, versao=0, por=atores.ana, agora=AGORA)
        acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
        solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
        acao[tipo] = sistema.ler(f"/serviceOrder/{ss.slug}").json()["serviceOrderItem"][0]["action"]
        assert sistema.mudar(ss, {"state": "inProgress"}).status_code == 200
        assert sistema.mudar(ss, {"state": "completed"}).json()["state"] == "inProgress"
        acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
    assert acao == {"alteracao-capacidade": "modify", "desativacao": "delete"}

    alvo = ordens.em("EM_ATENDIMENTO")
    fim = acoes.iniciar(municipio_id=alvo.municipio_id, tipo="cancelamento", alvo_id=alvo.pk, por=atores.ana, agora=AGORA)
    acoes.salvar(ss_id=fim.pk, dados={"justificativa": "A escola fechou."}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=fim.pk, por=atores.ana, agora=AGORA)
    assert sistema.ler(f"/serviceOrder/{alvo.slug}").json()["state"] == "inProgress"  # PRODESP has not validated yet
    solicitacoes.emitida(fim, analista=atores.analista, responsavel=atores.ana)
    lida = sistema.ler(f"/serviceOrder/{fim.slug}").json()
    assert lida["serviceOrderRelationship"][0]["id"] == alvo.slug
    for passo, nome in (({}, "assessingCancellation"), ({"state": "inProgress"}, "pendingCancellation")):
        if passo:
            sistema.mudar(fim, passo)
        assert sistema.ler(f"/serviceOrder/{alvo.slug}").json()["state"] == nome
        assert [o["id"] for o in sistema.ler(f"/serviceOrder?state={nome}").json()] == [alvo.slug]


def test_the_list_is_paged_counted_and_cut_by_date(sistema: Sistema, ordens: Ordens):
    feitas = [ordens.em("EMITIDA", agora=AGORA + n * DIA) for n in range(5)]
    resposta = sistema.ler("/serviceOrder?offset=1&limit=2")
    assert [o["id"] for o in resposta.json()] == [s.slug for s in feitas[1:3]]
    assert (resposta["X-Total-Count"], resposta["X-Result-Count"]) == ("5", "2")
    resposta = sistema.ler("/serviceOrder?orderDate.gte=2026-11-10T00:00:00-03:00&orderDate.lt=2026-11-12T00:00:00-03:00")
    assert [o["id"] for o in resposta.json()] == [s.slug for s in feitas[1:3]]
    so_dois = sistema.ler("/serviceOrder?fields=state,orderDate&limit=1").json()
    assert set(so_dois[0]) == {"id", "href", "state", "orderDate"}


def test_ten_orders_cost_no_more_queries_than_one(sistema: Sistema, ordens: Ordens):
    def contar() -> int:
        sistema.ler("/serviceOrder")
        with CaptureQueriesContext(connection) as consultas:
            assert sistema.ler("/serviceOrder").status_code == 200
        return len(consultas)

    ordens.em("AGUARDANDO_ACEITE")
    uma = contar()
    for estado in ("RECUSADA", "EM_ATENDIMENTO", "PENDENTE", "AGUARDANDO_ACEITE"):
        ordens.em(estado)
    assert contar() == uma <= 8


@pytest.mark.parametrize(
    "consulta",
    [
        "state=aberta",
        "limit=0",
        "limit=101",
        "offset=-1",
        "fields=senha",
        "orderDate.gte=ontem",
        "orderDate.gte=2026-11-10",
        "estado=x",
        "limit=1&limit=2",
        "orderDate.gte=1999-01-01T00:00:00Z",
        "orderDate.gte=2026-02-30T00:00:00Z",
        "state=%00",
        "limit=9" + "9" * 30,
    ],
)
def test_a_slip_in_the_filter_is_told_and_reads_nothing(consulta: str, sistema: Sistema):
    resposta = sistema.ler(f"/serviceOrder?{consulta}")
    assert (resposta.status_code, resposta["Content-Type"]) == (422, "application/problem+json")
    assert resposta.json()["erros"]


# --- PATCH ----------------------------------------------------------------------------------------------------------------
PEDIDOS: dict[str, dict[str, Any]] = {
    "inProgress": {"state": "inProgress"},
    "pending": {"state": "pending", "note": [{"text": "Falta a tomada do rack."}]},
    "completed": {"state": "completed", "serviceOrderItem": ENTREGA},
    "rejected": {"state": "rejected", "note": [{"text": "Sem rede na rua."}]},
    "marco": {
        "milestone": [{"id": "vistoria", "name": "Vistoria feita", "status": "reached", "milestoneDate": "2026-11-09T09:00:00-03:00"}]
    },
    "nota": {"note": [{"text": "Equipe a caminho."}]},
    "previsao": {"expectedCompletionDate": "2026-11-20T00:00:00-03:00"},
}
#: State × PATCH → the state after, or the status of the refusal.
QUADRO: dict[str, dict[str, str | int]] = {
    "EMITIDA": {"inProgress": "EM_ATENDIMENTO", "pending": 409, "completed": 409, "rejected": "INVIAVEL", "marco": 409, "nota": "EMITIDA"}
    | {"previsao": "EMITIDA"},
    "EM_ATENDIMENTO": {
        "inProgress": "EM_ATENDIMENTO",
        "pending": "EM_ATENDIMENTO",
        "completed": "AGUARDANDO_ACEITE",
        "rejected": "INVIAVEL",
        "marco": "EM_ATENDIMENTO",
        "nota": "EM_ATENDIMENTO",
        "previsao": "EM_ATENDIMENTO",
    },
    "PENDENTE": {
        "inProgress": "EM_ATENDIMENTO",
        "pending": 409,
        "completed": "AGUARDANDO_ACEITE",
        "rejected": "INVIAVEL",
        "marco": "EM_ATENDIMENTO",
        "nota": "EM_ATENDIMENTO",
        "previsao": "EM_ATENDIMENTO",
    },
    "AGUARDANDO_ACEITE": {"nota": "AGUARDANDO_ACEITE"},
    "PRAZO_VENCIDO": {"nota": "PRAZO_VENCIDO"},
    "RECUSADA": {"inProgress": "EM_ATENDIMENTO", "nota": "RECUSADA", "previsao": "RECUSADA"},
    "ACEITA": {},
    "CANCELADA": {},
    "INVIAVEL": {},
}


@pytest.mark.parametrize("pedido", PEDIDOS)
@pytest.mark.parametrize("estado", ESTADOS)
def test_every_state_answers_every_patch_as_the_table_says(estado: str, pedido: str, sistema: Sistema, ordens: Ordens):
    ss = ordens.em(estado)
    antes = ss.historico.count()
    resposta = sistema.mudar(ss, PEDIDOS[pedido])
    esperado = QUADRO[estado].get(pedido, 409)
    if isinstance(esperado, int):
        assert resposta.status_code == esperado, resposta.content
        assert resposta.json()["detail"]
        assert (de_novo(ss).estado, ss.historico.count()) == (ss.estado, antes)
    else:
        assert resposta.status_code == 200, resposta.content
        assert de_novo(ss).estado == esperado


def test_the_history_names_the_system_and_points_at_its_account(sistema: Sistema, ordens: Ordens, linha: Any):
    ss = ordens.em("EMITIDA")
    sistema.mudar(ss, {"state": "inProgress", "expectedCompletionDate": "2026-11-20T12:00:00-03:00"})
    ato = ss.historico.order_by("-pk")[0]
    assert (ato.transicao, ato.por_nome, ato.por_papel, ato.por_id) == (
        "prever" if ato.transicao == "prever" else "atender",
        "Sistema da Operadora: Campo",
        "operadora",
        linha.usuario_id,
    )
    assert str(de_novo(ss).previsao) == "2026-11-20"


def test_the_same_order_goes_the_same_way_by_the_api_and_by_the_screens_actions(
    sistema: Sistema, ordens: Ordens, atores: Atores, correio: CaixaDeSaida
):
    pela_api, pela_tela = ordens.em("EMITIDA"), ordens.em("EMITIDA")
    por = atores.operadora
    sistema.mudar(pela_api, {"state": "inProgress"})
    sistema.mudar(
        pela_api,
        {"milestone": [{"id": "visita", "name": "Visita", "status": "expected", "milestoneDate": "2026-11-12T14:00:00-03:00"}]},
    )
    sistema.mudar(pela_api, PEDIDOS["pending"])
    sistema.mudar(pela_api, {"state": "inProgress", "note": [{"text": "A tomada está lá."}]})
    resposta = sistema.mudar(pela_api, {"state": "completed", "serviceOrderItem": ENTREGA, "note": [{"text": "Testado."}]})
    assert resposta.status_code == 200, resposta.content

    import datetime as dt
    from decimal import Decimal

    acoes.atender(ss_id=pela_tela.pk, por=por, agora=AGORA)
    acoes.agendar(ss_id=pela_tela.pk, visita_em=AGORA + 3 * DIA + dt.timedelta(hours=3, minutes=48), texto="", por=por, agora=AGORA)
    acoes.pendenciar(ss_id=pela_tela.pk, texto="Falta a tomada do rack.", por=por, agora=AGORA)
    acoes.retomar(ss_id=pela_tela.pk, texto="A tomada está lá.", por=por, agora=AGORA)
    dados = acoes.DadosDaEntrega(
        circuito="BTU-SCM-004418",  # the other link's number is refused below
        equipamento="Roteador 2 portas, nº de série 7QX-20931",
        velocidade_medida=Decimal("7.90"),
        observacao="Testado.",
    )
    acoes.entregar(ss_id=pela_tela.pk, dados=dados, por=por, agora=AGORA)

    def rastro(ss: SolicitacaoServico) -> list[tuple[Any, ...]]:
        return [(h.transicao, h.de, h.para, h.comentario, h.dados) for h in ss.historico.order_by("pk")]

    assert rastro(pela_api) == rastro(pela_tela)
    assert [e.circuito for ss in (pela_api, pela_tela) for e in ss.lista_de_entregas.all()] == ["BTU-SCM-004417", "BTU-SCM-004418"]
    campos = ("equipamento", "velocidade_medida", "observacao", "aceite_vence_em")
    assert list(pela_api.lista_de_entregas.values_list(*campos)) == list(pela_tela.lista_de_entregas.values_list(*campos))
    cartas = [sorted(m.assunto_tipo for m in correio.mensagens() if m.dono == ss.dono) for ss in (pela_api, pela_tela)]
    assert cartas[0] == cartas[1]
    for ss in (pela_api, pela_tela):
        acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
    assert set(Acesso.objects.values_list("estado", flat=True)) == {EstadoDoAcesso.EM_SERVICO}
    assert sistema.ler(f"/serviceOrder/{pela_api.slug}").json()["state"] == "completed"


def test_a_state_that_does_not_exist_is_refused_without_a_word_of_english(sistema: Sistema):
    [erro] = sistema.ler("/serviceOrder?state=zzz").json()["erros"]
    assert " ou " in erro["mensagem"]
    assert " or " not in erro["mensagem"]


def test_the_circuit_of_another_link_is_refused_with_the_name_of_the_field(sistema: Sistema, ordens: Ordens):
    corpo = {"state": "completed", "serviceOrderItem": ENTREGA}
    assert sistema.mudar(ordens.em("EM_ATENDIMENTO"), corpo).status_code == 200
    resposta = sistema.mudar(ordens.em("EM_ATENDIMENTO"), corpo)
    assert resposta.status_code == 422
    [erro] = resposta.json()["erros"]
    assert erro["campo"].endswith("serviceCharacteristic.circuito")
    assert erro["mensagem"].startswith("Este circuito já é do link ")


@pytest.mark.parametrize(
    ("corpo", "campo"),
    [
        ({"state": "completed"}, "circuito"),
        ({"state": "rejected"}, "note"),
        ({"state": "pending"}, "note"),
        ({"state": "pending", "note": [{"text": "   "}]}, "note"),
        ({"state": "held"}, "state"),
        ({"state": None}, "state"),
        ({"estado": "ACEITA"}, "estado"),
        ({"serviceOrderItem": ENTREGA}, "serviceOrderItem"),
        ({"note": [{"text": "a\u0000b"}]}, "note.0.text"),
        ({"note": [{"text": "x" * 2001}]}, "note.0.text"),
        ({"expectedCompletionDate": "2020-01-01T00:00:00Z"}, "expectedCompletionDate"),
        ({"milestone": [{"id": "entregue", "name": "x", "status": "reached", "milestoneDate": "2026-11-09T09:00:00Z"}]}, "milestone.id"),
        ({"milestone": [{"id": "obra", "name": "x", "status": "reached", "milestoneDate": "2027-11-09T09:00:00Z"}]}, "milestoneDate"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_half_done(corpo: dict[str, Any], campo: str, sistema: Sistema, ordens: Ordens):
    ss = ordens.em("EM_ATENDIMENTO")
    resposta = sistema.mudar(ss, {**corpo} if "note" in corpo or corpo.get("state") else {**corpo, "note": [{"text": "Antes."}]})
    assert resposta.status_code == 422, resposta.content
    assert any(campo in e["campo"] for e in resposta.json()["erros"]), resposta.json()
    assert (de_novo(ss).estado, ss.historico.order_by("-pk")[0].transicao) == (Estado.EM_ATENDIMENTO, "atender")


@pytest.mark.parametrize("valor", ["NaN", "-1", "1e9", "sete", "Infinity"])
def test_a_measure_is_a_number_within_reason(valor: str, sistema: Sistema, ordens: Ordens):
    itens = [{"id": "1", "service": {"serviceCharacteristic": [{"name": "velocidadeMedida", "value": valor}]}}]
    resposta = sistema.mudar(ordens.em("EM_ATENDIMENTO"), {"state": "completed", "serviceOrderItem": itens})
    assert resposta.status_code == 422
    assert "velocidadeMedida" in resposta.json()["erros"][0]["campo"]


def test_the_operadora_ends_an_order_only_as_inviavel_and_before_the_delivery(sistema: Sistema, ordens: Ordens):
    for estado in ESTADOS:
        ss = ordens.em(estado)
        corpo = {"cancellationReason": "Sem rede na rua.", "serviceOrder": {"id": ss.slug}}
        resposta = sistema.postar("/cancelServiceOrder", corpo)
        assert resposta.status_code == 201, resposta.content
        if estado in ("EMITIDA", "EM_ATENDIMENTO", "PENDENTE"):
            assert (resposta.json()["state"], de_novo(ss).estado) == ("done", Estado.INVIAVEL)
        else:
            assert (resposta.json()["state"], de_novo(ss).estado) == ("terminatedWithError", ss.estado)
            assert resposta.json()["errorMessage"]["message"]


# --- Only on what was read (If-Match) -----------------------------------------------------------------------------------------
def test_a_change_over_an_older_reading_is_refused_and_does_nothing(sistema: Sistema, ordens: Ordens):
    ss = ordens.em("EM_ATENDIMENTO")
    lida = sistema.ler(f"/serviceOrder/{ss.slug}")["ETag"]
    assert sistema.ler(f"/serviceOrder/{ss.slug}?fields=state")["ETag"] == lida  # of the whole order
    primeira = sistema.mudar(ss, {"note": [{"text": "Cabo lançado."}]}, **{"If-Match": lida})
    assert primeira.status_code == 200
    assert primeira["ETag"] == sistema.ler(f"/serviceOrder/{ss.slug}")["ETag"] != lida
    for velha in (lida, f"W/{primeira['ETag']}", '"outra", "e-mais-uma"'):
        recusada = sistema.mudar(ss, {"state": "rejected", "note": [{"text": "Sem rede."}]}, **{"If-Match": velha})
        assert (recusada.status_code, recusada["Content-Type"]) == (412, "application/problem+json")
    assert de_novo(ss).estado == Estado.EM_ATENDIMENTO
    torta = sistema.mudar(ss, {"state": "inProgress"}, **{"If-Match": "sem aspas"})
    assert (torta.status_code, torta.json()["erros"][0]["campo"]) == (422, "If-Match")
    for certa in (f'"outra", {primeira["ETag"]}', "*"):
        assert sistema.mudar(ss, {"note": [{"text": "Ainda lá."}]}, **{"If-Match": certa}).status_code == 200


def test_what_the_prefeitura_does_changes_the_tag_and_a_repeat_gets_its_first_answer(sistema: Sistema, ordens: Ordens, atores: Atores):
    ss = ordens.em("PENDENTE")
    lida = sistema.ler(f"/serviceOrder/{ss.slug}")["ETag"]
    chave = {"If-Match": lida, "Idempotency-Key": "visita-1"}
    corpo = {"note": [{"text": "Ligamos para a unidade."}]}
    primeira = sistema.mudar(ss, corpo, **chave)
    repetida = sistema.mudar(ss, corpo, **chave)  # its tag is old by now, and the key says that it is the same request
    assert (primeira.status_code, repetida.status_code, repetida["ETag"]) == (200, 200, primeira["ETag"])
    acoes.retomar(ss_id=ss.pk, texto="Está lá.", por=atores.ana, agora=AGORA)
    assert sistema.mudar(ss, {"state": "rejected", "note": [{"text": "x"}]}, **{"If-Match": primeira["ETag"]}).status_code == 412
