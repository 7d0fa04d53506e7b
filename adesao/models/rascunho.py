"""The draft: raw text per task (invalid values kept), older texts that were overtaken, and signed copies waiting for the sending."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .processo import Adesao


class RascunhoTarefa(models.Model):
    """What was typed in one task, exactly as typed, with a version (settled question 7)."""

    adesao = models.ForeignKey(Adesao, models.CASCADE, related_name="rascunhos")
    tarefa = models.CharField(max_length=20)
    dados = models.JSONField(default=dict)
    versao = models.PositiveIntegerField(default=0)
    salvo_em = models.DateTimeField()
    salvo_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adesao", "tarefa"], name="adesao_rascunho_unico")]


class RascunhoAnterior(models.Model):
    """A text that a newer save of another tab or person overtook. Kept, so that nothing is silently lost."""

    adesao = models.ForeignKey(Adesao, models.CASCADE, related_name="rascunhos_anteriores")
    tarefa = models.CharField(max_length=20)
    dados = models.JSONField()
    versao = models.PositiveIntegerField()
    salvo_em = models.DateTimeField()
    salvo_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


class CopiaAssinada(models.Model):
    """A signed copy sent in for one paper. ``gerado`` is the version it answers to (null for the delegation act, which has no model)."""

    adesao = models.ForeignKey(Adesao, models.PROTECT, related_name="copias")
    peca = models.CharField(max_length=12)
    documento = models.OneToOneField("documentos.Documento", models.PROTECT, related_name="+")
    gerado = models.ForeignKey("documentos.Documento", models.PROTECT, null=True, related_name="+")
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    substituida_em = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adesao", "peca"], condition=Q(substituida_em__isnull=True), name="adesao_copia_atual_unica")
        ]
