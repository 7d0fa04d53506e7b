"""PRODESP's checking: standard reasons, pendências per field, and the check-list per paper."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from .envio import Envio
from .processo import Adesao


class MotivoPadrao(models.Model):
    """A standard reason to return something, so that the same fault always reads the same (research, section 5). Edited by the gestor."""

    titulo = models.CharField("título", max_length=80, unique=True)
    texto = models.CharField("o que a prefeitura lê", max_length=300)
    onde = models.CharField("vale para", max_length=40, blank=True)
    ativo = models.BooleanField("em uso", default=True)

    historia = HistoricalRecords()

    class Meta:
        ordering = ("titulo",)

    def __str__(self) -> str:
        return self.titulo


class Pendencia(models.Model):
    """Something the prefeitura must correct, anchored to a field of a task or to a paper's signed copy (``campo="assinado"``).

    While ``comunicada_em`` is empty it is the analista's working note; the return fills it in. ``resposta`` is what the prefeitura
    answers when it keeps the value. The next sending fills ``encerrada_em``.
    """

    adesao = models.ForeignKey(Adesao, models.PROTECT, related_name="pendencias")
    envio = models.ForeignKey(Envio, models.PROTECT, related_name="pendencias")
    tarefa = models.CharField(max_length=20)
    campo = models.CharField(max_length=40)
    rotulo = models.CharField(max_length=120)
    motivo = models.ForeignKey(MotivoPadrao, models.PROTECT, null=True, related_name="+")
    titulo = models.CharField(max_length=80)
    texto = models.CharField(max_length=500)
    criada_em = models.DateTimeField()
    criada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    comunicada_em = models.DateTimeField(null=True)
    resposta = models.CharField(max_length=500, blank=True)
    encerrada_em = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["envio", "tarefa", "campo"], name="adesao_uma_pendencia_por_campo"),
            models.CheckConstraint(
                condition=Q(encerrada_em__isnull=True) | Q(comunicada_em__isnull=False), name="adesao_pendencia_em_ordem"
            ),
        ]


class ItemConferido(models.Model):
    """One line of the check-list of a paper, ticked by somebody for one sending."""

    envio = models.ForeignKey(Envio, models.CASCADE, related_name="conferidos")
    peca = models.CharField(max_length=12)
    item = models.CharField(max_length=30)
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["envio", "peca", "item"], name="adesao_item_conferido_uma_vez")]
