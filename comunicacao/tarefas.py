"""The worker's door to the outbox. Every task may run twice, at once, or late."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from comunicacao import caixa, envio

registro = structlog.get_logger("portal.comunicacao")


@shared_task(name="comunicacao.enviar")
def enviar(id: int) -> None:
    """Send the message ``id`` if it is due and free."""
    envio.enviar(id, relogio=timezone.now)


@shared_task(name="comunicacao.varrer")
def varrer() -> None:
    """Send whatever is due: what a lost wake-up, a killed worker or a dead server left behind. Every 15 s."""
    envio.varrer(relogio=timezone.now)


@shared_task(name="comunicacao.esvaziar")
def esvaziar() -> None:
    """Empty the messages whose time is over (``GUARDA_DAS_MENSAGENS_DIAS``). Once a day."""
    registro.info("mensagens_esvaziadas", quantas=caixa.esvaziar(agora=timezone.now()))
