"""Old messages lose their words and their recipient, keep their key, and never go again (LGPD, art. 15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from celery.schedules import crontab
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comunicacao import caixa, envio, tarefas
from comunicacao.models import MensagemSaida
from intragov_portal.celery import app
from tests.apoio.elenco import AGORA
from tests.comunicacao.conftest import CARTA

pytestmark = pytest.mark.django_db
DIA = dt.timedelta(days=1)
FIM = AGORA + 30 * DIA + dt.timedelta(seconds=1)


@pytest.fixture
def velhas(escrever: Callable[..., MensagemSaida], settings: Any) -> list[MensagemSaida]:
    """One sent, one given up, one still to go, and one sent later; kept for 30 days."""
    settings.GUARDA_DAS_MENSAGENS_DIAS = 30
    todas = [escrever(chave=f"prova:{n}") for n in range(4)]
    for mensagem, situacao, quando in ((todas[0], "enviada", AGORA), (todas[1], "desistida", None), (todas[3], "enviada", AGORA + DIA)):
        MensagemSaida.objects.filter(pk=mensagem.pk).update(situacao=situacao, enviada_em=quando, tentar_em=None)
    return todas


def test_past_its_days_a_message_loses_words_and_recipient_keeps_its_key_and_never_goes_again(velhas: list[MensagemSaida]) -> None:
    assert caixa.esvaziar(agora=AGORA + 30 * DIA) == 0
    with CaptureQueriesContext(connection) as consultas:
        assert caixa.esvaziar(agora=FIM, pedaco=1) == 2
    assert sum(c["sql"].startswith("UPDATE") for c in consultas) == 2  # one chunk at a time
    assert caixa.esvaziar(agora=FIM) == 0
    lidas = list(MensagemSaida.objects.order_by("pk"))
    assert [m.esvaziada for m in lidas] == [True, True, False, False]
    assert {(m.para, m.para_nome, m.conteudo) for m in lidas[:2]} == {("", "", "")}
    assert [(m.chave, m.message_id, m.assunto) for m in lidas] == [(m.chave, m.message_id, m.assunto) for m in velhas]
    with transaction.atomic():
        assert caixa.enfileirar(**{**CARTA, "chave": "prova:0"}, agora=FIM) is None
        assert caixa.reabrir(agora=FIM) == 0
    assert [envio.reservar(agora=FIM, pk=m.pk) is not None for m in lidas] == [False, False, True, False]


def test_pages_that_show_an_emptied_message_say_so(velhas: list[MensagemSaida], settings: Any) -> None:
    settings.DEMONSTRACAO = True
    caixa.esvaziar(agora=FIM)
    assert "apagado" in Client().get("/demo/correio/").content.decode()
    pagina = Client().get(f"/demo/correio/{velhas[0].pk}/")
    assert (pagina.status_code, "terminou o tempo de guarda" in pagina.content.decode()) == (200, True)
    assert MensagemSaida.objects.get(pk=velhas[0].pk).html
    assert Client().get("/privacidade/").content.decode().count("30 dias depois do envio") == 1


def test_the_schedule_empties_them_once_a_day() -> None:
    assert app.conf.beat_schedule[tarefas.esvaziar.name] == {"task": "comunicacao.esvaziar", "schedule": crontab(hour=3, minute=10)}
    tarefas.esvaziar()
