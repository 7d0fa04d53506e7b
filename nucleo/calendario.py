"""The calendar of office hours, as data (PRZ-04): public holidays by library; pontos facultativos, municipal days and outages by table."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays
from django.db.models import Q

from nucleo.models import DiaSemExpediente, Indisponibilidade
from nucleo.prazos import Calendario, dia_local

#: The capital has holidays of its own in the library (25 January, Corpus Christi).
CODIGO_DA_CAPITAL = 3550308

#: Pontos facultativos of the State by year. 2026: Decreto 70.273 of 23/12/2025 (`pesquisa_dominio.md` 3.8). The next decree comes each
#: December: add it here, or as rows of ``DiaSemExpediente``.
PONTOS_FACULTATIVOS: dict[int, tuple[tuple[dt.date, str], ...]] = {
    2026: (
        (dt.date(2026, 2, 16), "Carnaval"),
        (dt.date(2026, 2, 17), "Carnaval"),
        (dt.date(2026, 2, 18), "Quarta-feira de Cinzas (expediente só a partir das 12h)"),
        (dt.date(2026, 4, 20), "Véspera de Tiradentes"),
        (dt.date(2026, 6, 4), "Corpus Christi"),
        (dt.date(2026, 6, 5), "Dia seguinte a Corpus Christi"),
        (dt.date(2026, 7, 10), "Dia seguinte à Revolução Constitucionalista"),
        (dt.date(2026, 10, 28), "Dia do Servidor Público"),
        (dt.date(2026, 12, 24), "Véspera de Natal"),
        (dt.date(2026, 12, 31), "Véspera de Ano-Novo"),
    ),
}


@lru_cache(maxsize=256)
def feriados(ano: int, *, capital: bool = False) -> dict[dt.date, str]:
    """Public holidays of São Paulo in a year, day → name; ``capital`` adds those of the city of São Paulo. Do not change the answer."""
    return dict(holidays.country_holidays("BR", subdiv="São Paulo Capital" if capital else "SP", years=ano, language="pt_BR"))


def calendario(codigo_ibge: int | None = None) -> Calendario:
    """The calendar of PRODESP, or of a prefeitura by IBGE code (PRODESP's days and its own). Each table is read once, at the call.

    A day that a recorded outage touched still counts, but no deadline ends on it (PRZ-04). An outage ending at midnight sharp leaves the
    next day alone.
    """
    capital = codigo_ibge == CODIGO_DA_CAPITAL
    de_quem = Q(codigo_ibge__isnull=True) | (Q(codigo_ibge=codigo_ibge) if codigo_ibge else Q(pk__in=[]))
    sem_expediente = frozenset(DiaSemExpediente.objects.filter(de_quem).values_list("data", flat=True))
    quedas = tuple(
        (dia_local(inicio), dia_local(fim - dt.timedelta(microseconds=1)))
        for inicio, fim in Indisponibilidade.objects.values_list("inicio_em", "fim_em")
    )

    def fechado(dia: dt.date) -> bool:
        return dia in sem_expediente or dia in feriados(dia.year, capital=capital)

    def fora_do_ar(dia: dt.date) -> bool:
        return any(inicio <= dia <= fim for inicio, fim in quedas)

    return Calendario(fechados=fechado, fora_do_ar=fora_do_ar)


def carregar_pontos_facultativos() -> int:
    """Put ``PONTOS_FACULTATIVOS`` in the table, leaving days that are there as they are. Returns how many days the data has."""
    dias = [DiaSemExpediente(data=data, descricao=descricao) for ano in PONTOS_FACULTATIVOS.values() for data, descricao in ano]
    DiaSemExpediente.objects.bulk_create(dias, ignore_conflicts=True)
    return len(dias)
