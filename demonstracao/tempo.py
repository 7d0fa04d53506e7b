"""Instants of the play: relative to one reference ``agora``, in office hours, always in order and never in the future."""

from __future__ import annotations

import datetime as dt
import random

from nucleo import prazos


class Relogio:
    """Turns ages in days into instants before ``agora``; ``calendario`` says when the State's offices are open (PRZ-04)."""

    def __init__(self, agora: dt.datetime, calendario: prazos.Calendario) -> None:
        self.agora, self.calendario, self.hoje = agora, calendario, prazos.dia_local(agora)

    def ha(self, dias: int, *, r: random.Random, depois_de: dt.datetime | None = None, expediente: bool = False) -> dt.datetime:
        """About ``dias`` days ago in working hours, later than ``depois_de``; with ``expediente`` on a day with office hours.

        When what is asked does not fit before ``agora``, the instant falls between ``depois_de`` and ``agora``.
        """
        dia = self.hoje - dt.timedelta(days=dias)
        hora = dt.timedelta(minutes=r.randrange(8 * 60 + 30, 17 * 60 + 30))
        anterior = depois_de or self.agora - dt.timedelta(days=4000)
        if expediente:
            dia = self._aberto(dia, nao_antes=prazos.dia_local(anterior) if depois_de else None)
        instante = prazos.meia_noite(dia) + hora
        if instante <= anterior:
            instante = anterior + dt.timedelta(minutes=r.randrange(25, 90))
        if instante >= self.agora:
            instante = anterior + (self.agora - anterior) / 3 if depois_de else self.agora - dt.timedelta(hours=1)
        return instante

    def depois(self, anterior: dt.datetime, minutos: float, *, r: random.Random) -> dt.datetime:
        """About so many minutes later, put off to the next morning when that is late in the day; before ``agora`` in any case."""
        instante = anterior + dt.timedelta(minutes=round(minutos * r.uniform(0.6, 1.4)))
        local = instante.astimezone(prazos.FUSO)
        if not 8 <= local.hour < 19:
            dia = local.date() + dt.timedelta(days=local.hour >= 19)
            instante = prazos.meia_noite(dia) + dt.timedelta(minutes=r.randrange(8 * 60 + 10, 9 * 60 + 30))
        if instante >= self.agora:
            instante = anterior + (self.agora - anterior) / 3
        return instante

    def idade_do_prazo(self, dias: int, *, faltam: int, expediente: bool) -> int:
        """How many days ago a deadline of ``dias`` began, to have ``faltam`` left now. A negative ``faltam`` is made sure to be overdue,
        whatever weekends and holidays lie between (PRZ-04); the others may have a few days more."""
        idade = max(0, dias - faltam)
        while faltam < 0 and idade < dias + 30:
            dia = self.hoje - dt.timedelta(days=idade)
            if expediente:
                dia = self._aberto(dia, nao_antes=None)
            fim = prazos.vence_em(prazos.meia_noite(dia), dias, calendario=self.calendario)
            if prazos.faltam(fim, self.agora) <= faltam:
                break
            idade += 1
        return idade

    def _aberto(self, dia: dt.date, *, nao_antes: dt.date | None) -> dt.date:
        """The nearest day with office hours: forward if it has come, else backward, else the day itself."""
        for n in range(1, 8):
            frente, atras = dia + dt.timedelta(days=n - 1), dia - dt.timedelta(days=n)
            if frente <= self.hoje and self.calendario.aberto(frente):
                return frente
            if frente > self.hoje and (nao_antes is None or atras >= nao_antes) and self.calendario.aberto(atras):
                return atras
        return dia
