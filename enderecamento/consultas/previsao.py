"""When a pool fills up, going on as in the last twelve months: told in words, and only when there is enough to go by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Min, Q

from enderecamento.models import Alocacao
from nucleo import prazos

from .blocos import Ocupacao
from .mapa import Faixa

ANO = dt.timedelta(days=365)
#: Below this there is nothing to go by.
HISTORIA_MINIMA, ENTREGAS_MINIMAS = dt.timedelta(days=90), 12
#: Further than this nobody plans.
MAIS_LONGE = 10
_MESES = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")


@dataclass(frozen=True, slots=True)
class Previsao:
    """``frase`` for the head of a card, and ``porque``: what it was reckoned from."""

    frase: str
    porque: str


def previsao(onde: Faixa, tem: Ocupacao, agora: dt.datetime) -> Previsao:
    """When the range fills up (one query). Handed out less given back over the last 12 months, in a straight line; what rests counts as
    free, since it comes back, and what is in exchange as given back: its new one was handed out already.
    """
    if dito := _sem_conta(onde, tem):
        return dito
    desde = agora - ANO
    contas = Alocacao.objects.filter(sub_bloco__inicio__gte=onde.rede.inicio, sub_bloco__inicio__lt=onde.rede.fim).aggregate(
        primeira=Min("de"), entregues=Count("pk", filter=Q(de__gte=desde)), devolvidos=Count("pk", filter=Q(ate__gte=desde))
    )
    primeira, entregues, devolvidos = contas["primeira"], contas["entregues"], contas["devolvidos"]
    if primeira is None or agora - primeira < HISTORIA_MINIMA or entregues < ENTREGAS_MINIMAS:
        return Previsao("ainda sem previsão", f"A previsão precisa de 3 meses de história e de {ENTREGAS_MINIMAS} atribuições em 12 meses.")
    periodo = min(ANO, agora - primeira)
    saldo = entregues - devolvidos - tem.em_troca
    voltam = f"{_quantos(devolvidos, 'devolvido', 'devolvidos')}{f', mais {tem.em_troca} em troca,' if tem.em_troca else ''}"
    base = f"{_quantos(entregues, 'atribuído', 'atribuídos')} e {voltam} {_em(periodo)}"
    if saldo <= 0:
        return Previsao("não está enchendo", f"{base}.")
    anos = (tem.livres + tem.quarentena + tem.em_troca) / saldo * (periodo / ANO)
    if anos > MAIS_LONGE:
        return Previsao(f"há lugar para mais de {MAIS_LONGE} anos", f"{base}, no mesmo ritmo.")
    dia = prazos.dia_local(agora + anos * ANO)
    return Previsao(f"cheio por volta de {_MESES[dia.month - 1]}/{dia.year}", f"{base}, no mesmo ritmo.")


def _sem_conta(onde: Faixa, tem: Ocupacao) -> Previsao | None:
    """What is told without reckoning: closed, still being made, full."""
    if onde.pool.fechado_em is not None:
        return Previsao("fechado: não enche mais", "Nada novo sai deste bloco.")
    if not onde.pool.pronto:
        feitos = f"{intcomma(onde.pool.prontas)} de {intcomma(onde.pool.vagas)}"
        return Previsao(f"criando sub-blocos: {feitos}", "A previsão começa quando todos existirem.")
    if not tem.livres + tem.quarentena:
        return Previsao("cheio", "Não há sub-bloco livre nem em quarentena.")
    return None


def _quantos(n: int, um: str, varios: str) -> str:
    return f"{n} {um if n == 1 else varios}"


def _em(periodo: dt.timedelta) -> str:
    return "nos últimos 12 meses" if periodo >= ANO else f"nos últimos {round(periodo / ANO * 12)} meses"
