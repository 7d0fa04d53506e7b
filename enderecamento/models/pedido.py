"""What a prefeitura may hold beyond its first Anexo II: changes of quantity, granted limits, and its responsável técnico."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from enderecamento.estados import TETO, Origem, Perfil


class QuantidadeDeBlocos(models.Model):
    """A change of how many sub-blocks a prefeitura asks for, on top of its approved Anexo II (ADS-13): a ledger, never changed.

    ``quantidade`` is signed: an updated Anexo II adds, giving a block back takes one away. ``referencia`` says which paper or block.
    """

    adesao = models.ForeignKey("adesao.Adesao", models.PROTECT, related_name="quantidades_de_blocos")
    perfil = models.CharField(max_length=8, choices=Perfil.choices)
    quantidade = models.SmallIntegerField()
    origem = models.CharField(max_length=12, choices=Origem.choices)
    referencia = models.CharField(max_length=200)
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    por_nome = models.CharField(max_length=150)

    class Meta:
        ordering = ("em", "pk")
        constraints = [models.CheckConstraint(condition=~Q(quantidade=0), name="enderecamento_quantidade_muda")]

    def __str__(self) -> str:
        return f"{self.adesao}: {self.quantidade:+d} {self.perfil}"


class LimiteConcedido(models.Model):
    """More than 20 intranet links, and the private sub-blocks that go with them (IP-02), for one prefeitura: granted by PRODESP with a
    reason, until a day or without end (LNK-06).
    """

    municipio = models.ForeignKey("contas.Municipio", models.PROTECT, related_name="limites_concedidos")
    links = models.PositiveSmallIntegerField()
    vale_de = models.DateField()
    vale_ate = models.DateField(null=True, blank=True)
    motivo = models.CharField(max_length=500)
    concedido_em = models.DateTimeField()
    concedido_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    retirado_em = models.DateTimeField(null=True, blank=True)

    historia = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipio"], condition=Q(retirado_em__isnull=True), name="saog_um_limite_concedido"),
            models.CheckConstraint(condition=Q(links__gt=TETO["PRIVADO"]), name="saog_limite_concedido_maior"),
            models.CheckConstraint(condition=Q(vale_ate__isnull=True) | Q(vale_ate__gte=F("vale_de")), name="saog_limite_em_ordem"),
        ]

    def __str__(self) -> str:
        return f"{self.municipio}: {self.links}"

    @property
    def concedido_ate(self) -> dt.date | None:
        """The last day it was granted for, whatever was decided later (read from ``fins``)."""
        adiantado = next((f for f in self.fins.all() if f.ultimo_dia), None)
        return adiantado.antes if adiantado else self.vale_ate

    @property
    def substituido_em(self) -> dt.datetime | None:
        """When another grant took its place, if one did (read from ``fins``)."""
        encerrado = any(f.ultimo_dia is None for f in self.fins.all())
        return None if encerrado else self.retirado_em


class FimDoLimite(models.Model):
    """A decision to end a granted limit before its time (LNK-06): a ledger, never changed.

    ``ultimo_dia`` is the last day the limit holds; without one it ended at that instant. ``antes`` is the last day it had until then, if
    any.
    """

    limite = models.ForeignKey(LimiteConcedido, models.PROTECT, related_name="fins")
    ultimo_dia = models.DateField(null=True)
    antes = models.DateField(null=True)
    motivo = models.CharField(max_length=500)
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    por_nome = models.CharField(max_length=150)

    class Meta:
        ordering = ("em", "pk")

    def __str__(self) -> str:
        return f"{self.limite}: {self.ultimo_dia or 'encerrado'}"


class ResponsavelTecnico(models.Model):
    """Who answers for the equipment of a prefeitura since Anexo II was sent (ADS-15): told to PRODESP at once. The first is in Anexo II."""

    adesao = models.ForeignKey("adesao.Adesao", models.PROTECT, related_name="responsaveis_tecnicos")
    nome = models.CharField(max_length=120)
    telefone = models.CharField(max_length=21)
    email = models.EmailField()
    desde = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    por_nome = models.CharField(max_length=150)
    lido_em = models.DateTimeField(null=True)
    lido_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("desde", "pk")

    def __str__(self) -> str:
        return f"{self.adesao}: {self.nome}"
