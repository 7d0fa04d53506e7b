"""Work of the queue: reminders of pending corrections, and old texts of drafts thrown away."""

from __future__ import annotations

import datetime as dt

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from adesao import acoes
from adesao.estados import Estado
from adesao.models import Adesao

registro = structlog.get_logger("portal.adesao")

#: Local hours in which a reminder may be sent.
HORAS_DE_LEMBRAR = range(7, 20)


@shared_task(name="adesao.lembrar")
def lembrar() -> dict[str, int]:
    """Remind prefeituras whose correction is near its date or past it; one transaction per process, safe to run twice (PRZ-03).

    Nothing goes out before seven in the morning or after eight at night: the sweep after that finds the same rows.
    """
    agora = timezone.now()
    return lembrar_em(agora) if timezone.localtime(agora).hour in HORAS_DE_LEMBRAR else {"vistas": 0, "falhas": 0}


def lembrar_em(agora: dt.datetime) -> dict[str, int]:
    """The same at a given instant. Returns how many were looked at and how many failed.

    No more rows than municipalities (ADS-10), so all are looked at: with a ceiling the oldest overdue would keep the others waiting.
    """
    ate = agora + dt.timedelta(days=max(settings.LEMBRETES_DIAS, default=0) + 1)
    pks = list(Adesao.objects.filter(estado=Estado.DEVOLVIDA, vence_em__lte=ate).order_by("vence_em").values_list("pk", flat=True))
    falhas = 0
    for pk in pks:
        try:
            acoes.lembrar_correcao(adesao_id=pk, dias=settings.LEMBRETES_DIAS, agora=agora)
        except Exception as erro:  # one bad row must not stop the others; it is logged and tried again by the next sweep
            falhas += 1
            registro.error("lembrete_falhou", adesao=pk, erro=type(erro).__name__)
    return {"vistas": len(pks), "falhas": falhas}


@shared_task(name="adesao.esquecer_rascunhos")
def esquecer_rascunhos() -> None:
    """Delete overtaken texts of drafts whose time is over (``GUARDA_DOS_RASCUNHOS_DIAS``). Once a day."""
    registro.info("rascunhos_esquecidos", quantos=acoes.esquecer_rascunhos(agora=timezone.now()))
