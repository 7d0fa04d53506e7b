"""Reading the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from comunicacao.models import MensagemSaida

#: Past either of these the outbox asks for somebody (fault F10 of `seguranca.md`).
ALARME_PENDENTES = 50
ALARME_IDADE = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Saude:
    """How the outbox is: messages waiting, age in whole seconds of the oldest one, messages given up, and whether to call somebody."""

    pendentes: int
    mais_antiga_segundos: int
    desistidas: int
    alarme: bool


def saude(agora: dt.datetime) -> Saude:
    """The outbox's health at ``agora``, in one query; the alarm rings above 50 waiting or 15 minutes of waiting."""
    situacoes = MensagemSaida.Situacao
    dados = MensagemSaida.objects.filter(situacao__in=[situacoes.PENDENTE, situacoes.DESISTIDA]).aggregate(
        pendentes=Count("pk", filter=Q(situacao=situacoes.PENDENTE)),
        desistidas=Count("pk", filter=Q(situacao=situacoes.DESISTIDA)),
        desde=Min("criada_em", filter=Q(situacao=situacoes.PENDENTE)),
    )
    idade = max(agora - dados["desde"], dt.timedelta()) if dados["desde"] else dt.timedelta()
    return Saude(
        pendentes=dados["pendentes"],
        mais_antiga_segundos=int(idade.total_seconds()),
        desistidas=dados["desistidas"],
        alarme=dados["pendentes"] > ALARME_PENDENTES or idade > ALARME_IDADE,
    )


def chaves_existentes(chaves: Iterable[str]) -> set[str]:
    """Which of these keys have their message already, sent or not (one query): what need not be written again."""
    return set(MensagemSaida.objects.filter(chave__um_de=list(chaves)).values_list("chave", flat=True))
