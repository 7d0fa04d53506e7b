"""Reminders before the ten days end (PRZ-03), the tasks of the queue, and the command that shows what the sweep would do."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from comunicacao.models import MensagemSaida
from saog import acoes, tarefas
from saog.estados import Estado
from tests.apoio import solicitacoes
from tests.apoio.correio import CaixaDeSaida
from tests.apoio.elenco import AGORA

from .conftest import Atores
from .test_prazo import de_novo, em, entregue

pytestmark = pytest.mark.django_db


# --- Reminders (PRZ-03) ------------------------------------------------------------------------------------------------
def lembretes(correio: CaixaDeSaida) -> list[str]:
    return sorted(m.assunto for m in correio.mensagens("aparecida@botucatu.sp.gov.br") if m.assunto_tipo == "ss_lembrete")


def test_reminders_come_five_two_and_zero_days_before_one_each(atores: Atores, correio: CaixaDeSaida):
    entregue(atores)
    ditos = {}
    for dia in range(9, 21):
        antes = lembretes(correio)
        for hora in (8, 9, 15):
            acoes.lembrar_aceite(agora=em(11, dia, hora))
        ditos[dia] = len(lembretes(correio)) - len(antes)
    assert {d for d, n in ditos.items() if n} == {14, 17, 19}
    assert set(ditos.values()) == {0, 1}
    assert [a.split(":")[0].removeprefix("O prazo para aceitar ou recusar ") for a in lembretes(correio)] == [
        "vence em 2 dias",
        "vence em 5 dias",
        "vence hoje",
    ]


def test_a_reminder_waits_for_the_morning_and_a_sweep_that_slept_sends_only_the_nearest(atores: Atores, correio: CaixaDeSaida):
    entregue(atores)
    for hora in (0, 6, 20, 23):
        assert acoes.lembrar_aceite(agora=em(11, 18, hora)) == {"cartas": 0, "falhas": 0}
    assert acoes.lembrar_aceite(agora=em(11, 18, 7)) == {"cartas": 2, "falhas": 0}  # 1 day left: the step of 2, and not that of 5
    assert lembretes(correio) == ["O prazo para aceitar ou recusar vence amanhã: UBS Vila Maria"]
    assert acoes.lembrar_aceite(agora=em(11, 18, 19)) == {"cartas": 0, "falhas": 0}


def test_who_answered_is_not_reminded_and_a_new_delivery_is(atores: Atores, correio: CaixaDeSaida, settings: Any):
    ss = entregue(atores)
    acoes.lembrar_aceite(agora=em(11, 19, 9))
    acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=atores.ana, agora=em(11, 19, 10))
    acoes.lembrar_aceite(agora=em(11, 19, 11))
    assert len(lembretes(correio)) == 1
    solicitacoes.entregue(ss, operadora=atores.operadora, agora=em(11, 23))
    assert acoes.lembrar_aceite(agora=em(12, 3))["cartas"] == 2
    settings.LEMBRETES_DIAS = []
    assert acoes.lembrar_aceite(agora=em(12, 3))["cartas"] == 0


def test_one_bad_address_does_not_keep_the_other_reminders(atores: Atores, responsavel_b: Any, correio: CaixaDeSaida):
    from contas.models import Usuario

    outra = solicitacoes.emitida(
        solicitacoes.enviada(atores.vizinha, municipio_id=3522406), analista=atores.analista, responsavel=atores.vizinha
    )
    solicitacoes.entregue(outra, operadora=atores.operadora, agora=AGORA)
    entregue(atores)
    Usuario.objects.filter(pk=responsavel_b.usuario.pk).update(email="sem arroba")
    assert acoes.lembrar_aceite(agora=em(11, 19)) == {"cartas": 2, "falhas": 1}
    assert len(lembretes(correio)) == 1


# --- The tasks and the command -----------------------------------------------------------------------------------------
def test_beat_runs_both_tasks_every_five_minutes():
    from intragov_portal.celery import app

    for nome in ("saog.vencer", "saog.lembrar"):
        assert app.conf.beat_schedule[nome] == {"task": nome, "schedule": 300.0}
        assert nome in app.tasks


def test_the_tasks_use_the_clock_of_the_machine(atores: Atores, relogio: Any):
    ss = entregue(atores)
    relogio.move_to(em(11, 19, 9))
    assert tarefas.lembrar() == {"cartas": 2, "falhas": 0}
    relogio.move_to(em(11, 20, 0))
    assert tarefas.vencer() == {"feitas": 1, "deixadas": 0, "falhas": 0}
    assert tarefas.vencer() == {"feitas": 0, "deixadas": 0, "falhas": 0}
    assert de_novo(ss).estado == Estado.PRAZO_VENCIDO


def test_the_command_shows_what_the_sweep_would_do_and_changes_nothing(atores: Atores, relogio: Any):
    ss = entregue(atores)
    antes = MensagemSaida.objects.count()
    saida = StringIO()
    call_command("vencer_prazos", "--simular", "--agora", "2026-11-20T00:00", stdout=saida)
    dito = saida.getvalue()
    assert "sexta-feira, 20/11/2026, 00h00" in dito
    assert "nada mudou" in dito
    assert f"{ss.numero}  Botucatu: UBS Vila Maria. O prazo era quinta-feira, 19/11/2026." in dito
    assert (de_novo(ss).estado, MensagemSaida.objects.count()) == (Estado.AGUARDANDO_ACEITE, antes)
    relogio.move_to(em(11, 20))
    saida = StringIO()
    call_command("vencer_prazos", stdout=saida)
    assert "Feitas: 1." in saida.getvalue()
    assert de_novo(ss).estado == Estado.PRAZO_VENCIDO


@pytest.mark.parametrize("opcoes", [["--agora", "amanhã"], ["--agora", "2027-01-01T00:00"]])
def test_the_command_refuses_a_wrong_or_future_instant(relogio: Any, opcoes: list[str]):
    with pytest.raises(CommandError, match="--agora"):
        call_command("vencer_prazos", *opcoes, stdout=StringIO())
