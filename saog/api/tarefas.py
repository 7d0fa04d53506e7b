"""Work of the queue for the Operadora's systems. May run twice, at once, or late."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from saog.acoes import integracao
from saog.api import entrega


@shared_task(name="saog.avisar")
def avisar() -> None:
    """Send the notices that are due: woken after each act, and every 15 s for what a lost wake-up left behind."""
    entrega.varrer(relogio=timezone.now)


@shared_task(name="saog.limpar_chaves")
def limpar_chaves() -> None:
    """Throw away the answers kept for ``Idempotency-Key`` longer than a day. Every hour."""
    integracao.limpar_chaves(agora=timezone.now())


@shared_task(name="saog.limpar_avisos")
def limpar_avisos() -> None:
    """Throw away the notices delivered long ago (``GUARDA_DOS_AVISOS_DIAS``). Every hour."""
    integracao.limpar_avisos(agora=timezone.now())
