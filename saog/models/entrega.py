"""What the Operadora reports: milestones and deliveries, with the prefeitura's answer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from .solicitacao import SolicitacaoServico


class Marco(models.Model):
    """A milestone of the attendance, expected or reached; one per code and request."""

    solicitacao = models.ForeignKey(SolicitacaoServico, models.PROTECT, related_name="marcos")
    codigo = models.SlugField(max_length=30)
    nome = models.CharField(max_length=80)
    previsto_em = models.DateTimeField(null=True)
    atingido_em = models.DateTimeField(null=True)
    texto = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["solicitacao", "codigo"], name="saog_um_marco_por_codigo")]

    def __str__(self) -> str:
        return f"{self.solicitacao}: {self.nome}"


class Entrega(models.Model):
    """One delivery with its test results, and the answer to it. ``velocidade_medida`` in Mbps, ``perda`` in %, ``atraso`` in ms."""

    solicitacao = models.ForeignKey(SolicitacaoServico, models.PROTECT, related_name="lista_de_entregas")
    ordem = models.PositiveSmallIntegerField()
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    por_nome = models.CharField(max_length=150)
    circuito = models.CharField(max_length=40, blank=True)
    equipamento = models.CharField(max_length=120, blank=True)
    velocidade_medida = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    perda = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    atraso = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    observacao = models.TextField(blank=True)
    aceite_vence_em = models.DateTimeField()

    aceita = models.BooleanField(null=True)
    respondida_em = models.DateTimeField(null=True)
    respondida_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    motivo = models.TextField(blank=True)

    class Meta:
        ordering = ("ordem",)
        constraints = [
            models.UniqueConstraint(fields=["solicitacao", "ordem"], name="saog_entrega_unica"),
            models.UniqueConstraint(fields=["solicitacao"], condition=Q(respondida_em__isnull=True), name="saog_uma_entrega_sem_resposta"),
            models.UniqueConstraint(
                Upper("circuito"),
                condition=Q(respondida_em__isnull=True) & ~Q(circuito=""),
                name="saog_circuito_sem_resposta",
            ),
            models.CheckConstraint(
                condition=Q(aceita__isnull=True, respondida_em__isnull=True) | Q(aceita__isnull=False, respondida_em__isnull=False),
                name="saog_entrega_respondida_tem_data",
            ),
            models.CheckConstraint(condition=~Q(aceita=False) | ~Q(motivo=""), name="saog_recusa_tem_motivo"),
        ]

    def __str__(self) -> str:
        return f"{self.solicitacao} entrega {self.ordem}"

    @property
    def mediu_pouco(self) -> bool:
        """Whether the measured speed is below 90 % of what was ordered: said before the acceptance (SS-04)."""
        pedida = self.solicitacao.velocidade
        return pedida is not None and self.velocidade_medida is not None and self.velocidade_medida * 10 < pedida * 9
