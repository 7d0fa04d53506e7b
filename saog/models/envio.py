"""Each sending, frozen, and what PRODESP asks to correct in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .solicitacao import SolicitacaoServico


class EnvioSS(models.Model):
    """One sending, frozen: what was asked for can be read again exactly as it was (SS-10)."""

    solicitacao = models.ForeignKey(SolicitacaoServico, models.PROTECT, related_name="lista_de_envios")
    ordem = models.PositiveSmallIntegerField()
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dados = models.JSONField()
    dados_sha256 = models.CharField(max_length=64)
    recibo = models.ForeignKey("documentos.Documento", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("ordem",)
        constraints = [models.UniqueConstraint(fields=["solicitacao", "ordem"], name="saog_envio_unico")]

    def __str__(self) -> str:
        return f"{self.solicitacao} envio {self.ordem}"


class PendenciaSS(models.Model):
    """What PRODESP asks to correct in a sending, on one field (SS-02). The prefeitura reads it only after the return.

    ``resposta`` is what the prefeitura answers instead of changing the value.
    """

    envio = models.ForeignKey(EnvioSS, models.PROTECT, related_name="pendencias")
    campo = models.CharField(max_length=40)
    rotulo = models.CharField(max_length=120)
    motivo = models.ForeignKey("saog.MotivoDeDevolucao", models.PROTECT, null=True, related_name="+")
    texto = models.CharField(max_length=500)
    criada_em = models.DateTimeField()
    criada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    comunicada_em = models.DateTimeField(null=True)
    resposta = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["envio", "campo"], name="saog_uma_pendencia_por_campo")]

    def __str__(self) -> str:
        return f"{self.envio}: {self.rotulo}"
