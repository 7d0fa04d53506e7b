"""Work of the queue: the end of the ten days, and reminders before it."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from saog import acoes


@shared_task(name="saog.vencer")
def vencer() -> dict[str, int]:
    """End the ten days that are over, by the setting (PRZ-02). Safe to run twice, at once or late."""
    feito = acoes.vencer_prazos(agora=timezone.now())
    return {"feitas": feito.feitas, "deixadas": feito.deixadas, "falhas": feito.falhas}


@shared_task(name="saog.lembrar")
def lembrar() -> dict[str, int]:
    """Remind of the answers that are due soon (PRZ-03)."""
    return acoes.lembrar_aceite(agora=timezone.now())
