"""The ten days with a moved clock, and one order driven by the Operadora's system and by its screens, in a real browser (SS-04, PRZ-02)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from saog import acoes
from saog.acoes import integracao
from saog.estados import Estado
from saog.models import Acesso, SolicitacaoServico
from tests.apoio.elenco import AGORA
from tests.apoio.navegador import entrar, sem_violacoes

from .conftest import Gente, url

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
MINUTO = dt.timedelta(minutes=1)


def estado(ss: SolicitacaoServico) -> str:
    return str(SolicitacaoServico.objects.values_list("estado", flat=True).get(pk=ss.pk))


def test_the_ten_days_run_out_prodesp_is_told_and_a_late_answer_still_counts(
    pagina: Any, gente: Gente, entregue: SolicitacaoServico, relogio: Any
) -> None:
    vence = SolicitacaoServico.objects.get(pk=entregue.pk).aceite_vence_em
    assert vence is not None
    relogio.move_to(vence - MINUTO)
    acoes.vencer_prazos(agora=vence - MINUTO)
    entrar(pagina, gente.ana)
    pagina.goto(url("para_fazer"))
    pagina.locator(".ig-afazeres").get_by_text("vence hoje").wait_for()
    assert estado(entregue) == Estado.AGUARDANDO_ACEITE

    relogio.move_to(vence)
    for _ in range(2):  # two beats, one effect
        acoes.vencer_prazos(agora=vence)
    pagina.reload()
    pagina.locator(".ig-afazeres").get_by_text("vencida há 1 dia").wait_for()
    pagina.locator(".ig-afazeres .btn", has_text="Conferir a entrega").click()
    pagina.get_by_text("Ainda dá para aceitar ou recusar.").first.wait_for()
    sem_violacoes(pagina)

    entrar(pagina, gente.analista)
    pagina.goto(url("fila"))
    pagina.get_by_role("link", name="Prazo vencido").click()
    pagina.locator("tbody a", has_text="Botucatu").first.wait_for()
    pagina.locator("tbody").get_by_text("vencida há 1 dia").wait_for()

    entrar(pagina, gente.bene)
    pagina.goto(url("solicitacao", entregue))
    pagina.get_by_role("link", name="Aceitar a entrega").click()
    pagina.get_by_role("button", name="Aceitar a entrega").click()
    pagina.get_by_text("Entrega aceita: UBS Vila Maria.").wait_for()
    assert [h.transicao for h in entregue.historico.order_by("pk")][-2:] == ["vencer", "aceitar"]


def test_one_order_is_driven_by_the_api_and_by_the_screens(
    pagina: Any, gente: Gente, emitida: SolicitacaoServico, live_server: Any
) -> None:
    gestor = gente.gestor.ator
    sistema = integracao.registrar_sistema(nome="Campo", contato="ti@operadora.example", por=gestor, agora=AGORA)
    _, token = integracao.criar_token(sistema_id=sistema.pk, nome="Produção", escopos=["ler", "atender"], dias=90, por=gestor, agora=AGORA)
    ordem = f"{live_server.url}/api/operadora/v1/serviceOrder/{emitida.slug}"
    cabecalhos = {"Authorization": f"Bearer {token}"}

    def mandar(corpo: dict[str, Any]) -> dict[str, Any]:
        resposta = pagina.request.patch(ordem, headers=cabecalhos, data=corpo)
        assert resposta.status == 200, resposta.text()
        return dict(resposta.json())

    def ler() -> dict[str, Any]:
        return dict(pagina.request.get(ordem, headers=cabecalhos).json())

    assert ler()["state"] == "acknowledged"
    assert mandar({"state": "inProgress"})["state"] == "inProgress"
    entrar(pagina, gente.operadora)
    pagina.goto(url("ordem", emitida))
    pagina.get_by_text("Sistema da Operadora: Campo").first.wait_for()
    pagina.get_by_role("link", name="Agendar visita").click()
    pagina.get_by_label("Dia da visita").fill("20/11/2026")
    pagina.get_by_label("Hora").fill("09:30")
    pagina.get_by_role("button", name="Agendar a visita").click()
    pagina.get_by_text("Visita agendada.").wait_for()
    assert "visita" in {m["id"] for m in ler()["milestone"]}
    caracteristicas = [{"name": "circuito", "value": "BTU-SCM-004417"}, {"name": "equipamento", "value": "Roteador 2 portas"}]
    item = {"id": "1", "service": {"serviceCharacteristic": caracteristicas}}
    entregue = mandar({"state": "completed", "serviceOrderItem": [item]})
    assert (entregue["state"], "entregue" in {m["id"] for m in entregue["milestone"]}) == ("inProgress", True)
    pagina.goto(url("ordem", emitida))
    pagina.get_by_text("Aguardando aceite").first.wait_for()
    sem_violacoes(pagina)

    entrar(pagina, gente.ana)
    pagina.goto(url("aceitar", emitida))
    pagina.get_by_role("button", name="Aceitar a entrega").click()
    pagina.get_by_text("Entrega aceita: UBS Vila Maria.").wait_for()
    assert ler()["state"] == "completed"
    assert Acesso.objects.get().circuito == "BTU-SCM-004417"
