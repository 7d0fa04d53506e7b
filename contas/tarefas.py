"""Work of the worker for accounts."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from contas.acoes.limpeza import limpar as limpar_agora

registro = structlog.get_logger("portal.contas")


@shared_task(name="contas.limpar")
def limpar() -> None:
    """Once a day: throw away expired links, unconfirmed sign-ups, dead sessions and old form keys."""
    registro.info("contas_limpas", **limpar_agora(agora=timezone.now()))
