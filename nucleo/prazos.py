"""Deadlines: from an instant to a due day and back to words. Pure functions; the only code that turns instants into days (PRZ-01, PRZ-04).

Counting (Lei 14.133/2021 art. 183, Lei 9.784/1999 art. 66, Decretos estaduais 67.759/2023 and 68.107/2023): the first day is left out,
the last one is counted, and a last day without office hours rolls to the next one that has them. A due instant is stored as an
*exclusive* local midnight: due on 23/11 means ``vence_em`` = 24/11 00:00 in São Paulo.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

#: The zone of every deadline. No daylight saving time since 2019.
FUSO = ZoneInfo("America/Sao_Paulo")
#: A calendar closed for longer than this is an error in the data, not a long holiday.
LIMITE_DE_DIAS_FECHADOS = 400

DIAS_DA_SEMANA = ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo")
MESES = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip

Nivel = Literal["livre", "amarelo", "laranja", "vermelho"]


def _nunca(dia: dt.date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Calendario:
    """Which days have office hours (PRZ-04).

    ``fechados`` says whether a day has no office hours (holiday, ponto facultativo); Saturdays and Sundays are always closed.
    ``fora_do_ar`` says whether a recorded outage of the portal touched a day: such a day still counts, but no deadline may end on it.
    """

    fechados: Callable[[dt.date], bool]
    fora_do_ar: Callable[[dt.date], bool] = _nunca

    def aberto(self, dia: dt.date) -> bool:
        """Whether the day has office hours."""
        return dia.weekday() < 5 and not self.fechados(dia)

    def pode_vencer(self, dia: dt.date) -> bool:
        """Whether a deadline may end on the day: office hours, and the portal was up."""
        return self.aberto(dia) and not self.fora_do_ar(dia)


def dia_local(instante: dt.datetime) -> dt.date:
    """The calendar day of an aware instant in São Paulo. Raises ``ValueError`` on a naive one."""
    if instante.tzinfo is None:
        raise ValueError("instante sem fuso")
    return instante.astimezone(FUSO).date()


def meia_noite(dia: dt.date) -> dt.datetime:
    """The first instant of a day in São Paulo."""
    return dt.datetime(dia.year, dia.month, dia.day, tzinfo=FUSO)


def vence_em(inicio: dt.datetime, dias: int, *, calendario: Calendario, uteis: bool = False) -> dt.datetime:
    """When a deadline of ``dias`` that starts at ``inicio`` ends, as an exclusive local midnight (PRZ-01).

    The day of ``inicio`` (local: 22h in São Paulo is still that day, though already the next in UTC) is left out. ``uteis`` counts only
    days with office hours, else all days run. The end always falls on a day with office hours and no outage.
    Raises ``ValueError`` on a naive instant, on ``dias`` < 0, or on a calendar that never opens.
    """
    if dias < 0:
        raise ValueError("prazo negativo")
    dia = dia_local(inicio)
    if uteis:
        for _ in range(dias):
            dia = _ate(dia + dt.timedelta(days=1), calendario.aberto)
    else:
        dia += dt.timedelta(days=dias)
    return meia_noite(_ate(dia, calendario.pode_vencer) + dt.timedelta(days=1))


def dias_depois(inicio: dt.datetime, dias: int) -> dt.datetime:
    """The first instant of the local day that comes ``dias`` days after the one of ``inicio``: a wait, which no holiday stretches.

    Raises ``ValueError`` on a naive instant.
    """
    return meia_noite(dia_local(inicio) + dt.timedelta(days=dias))


def prorrogar(vence_em: dt.datetime, *, calendario: Calendario) -> dt.datetime:
    """The same deadline, moved on while the calendar says that it cannot end on its last day (a recorded outage, PRZ-04)."""
    return meia_noite(_ate(ultimo_dia(vence_em), calendario.pode_vencer) + dt.timedelta(days=1))


def _ate(dia: dt.date, serve: Callable[[dt.date], bool]) -> dt.date:
    for _ in range(LIMITE_DE_DIAS_FECHADOS):
        if serve(dia):
            return dia
        dia += dt.timedelta(days=1)
    raise ValueError("calendário sem dia de expediente")


def ultimo_dia(vence_em: dt.datetime) -> dt.date:
    """The last day of the deadline, the one a person reads."""
    return dia_local(vence_em) - dt.timedelta(days=1)


def faltam(vence_em: dt.datetime, agora: dt.datetime) -> int:
    """Whole local days left: 0 on the last day, negative when overdue."""
    return (ultimo_dia(vence_em) - dia_local(agora)).days


def em_palavras(vence_em: dt.datetime, agora: dt.datetime) -> str:
    """The due label: "faltam 12 dias", "falta 1 dia", "vence hoje", "vencida há 2 dias"."""
    dias = faltam(vence_em, agora)
    if dias > 1:
        return f"faltam {dias} dias"
    if dias == 1:
        return "falta 1 dia"
    if dias == 0:
        return "vence hoje"
    return f"vencida há {_dias(-dias)}"


def nivel(vence_em: dt.datetime, agora: dt.datetime, *, amarelo: int = 5, laranja: int = 3) -> Nivel:
    """The colour of the due label by days left: ``vermelho`` past due, ``laranja`` or ``amarelo`` up to those many days, else ``livre``."""
    dias = faltam(vence_em, agora)
    if dias < 0:
        return "vermelho"
    if dias <= laranja:
        return "laranja"
    return "amarelo" if dias <= amarelo else "livre"


def dia_por_extenso(dia: dt.date) -> str:
    """``quarta-feira, 25/11/2026``."""
    return f"{DIAS_DA_SEMANA[dia.weekday()]}, {dia:%d/%m}/{dia.year:04d}"


def no_dia(dia: dt.date) -> str:
    """``na quarta-feira, 25/11/2026``, ``no sábado, 28/11/2026``."""
    return f"{'no' if dia.weekday() >= 5 else 'na'} {dia_por_extenso(dia)}"


def data_por_extenso(dia: dt.date) -> str:
    """``22 de novembro de 2026``; the first of a month is ``1º``."""
    return f"{'1º' if dia.day == 1 else dia.day} de {MESES[dia.month - 1]} de {dia.year}"


def hora(instante: dt.datetime) -> str:
    """Local time of day, ``14h32``."""
    return f"{instante.astimezone(FUSO):%Hh%M}"


def tempo_desde(instante: dt.datetime, agora: dt.datetime) -> str:
    """How long ago, in words: minutes and hours within the same local day, then whole local days ("há 5 dias"), then months and years."""
    dias = (dia_local(agora) - dia_local(instante)).days
    if dias <= 0:
        minutos = int((agora - instante).total_seconds() // 60)
        if minutos < 1:
            return "agora"
        if minutos < 60:
            return f"há {minutos} {'minuto' if minutos == 1 else 'minutos'}"
        horas = minutos // 60
        return f"há {horas} {'hora' if horas == 1 else 'horas'}"
    if dias < 60:
        return f"há {_dias(dias)}"
    meses = dias // 30
    if dias < 730:
        return f"há {min(meses, 23)} meses"
    return f"há {dias // 365} anos"


def _dias(n: int) -> str:
    return "1 dia" if n == 1 else f"{n} dias"
