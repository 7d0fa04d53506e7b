"""Registers that PRODESP keeps: kinds of request, speeds, prices, standard reasons, granted limits, suspensions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from nucleo.regras import regra
from saog.estados import NATUREZA_DO_COMPORTAMENTO, Comportamento, Natureza, Servico

#: LNK-02, in Mbps.
CAPACIDADE_MAXIMA = regra("LNK-02").valores["capacidade"]
#: LNK-01, links.
LIMITE_DE_INTRANET = regra("LNK-01").valores["links"]


_NATUREZA_CERTA = Q()
for _comportamento, _natureza in NATUREZA_DO_COMPORTAMENTO.items():
    _NATUREZA_CERTA |= Q(comportamento=_comportamento, natureza=_natureza)


class TipoDeSolicitacao(models.Model):
    """A kind of request of the contract in force: a row, not code (SS-06). ``natureza`` says what it does to the link, ``comportamento``
    what it asks for; neither changes afterwards, so that what was sent reads as it was. Never deleted: out of use, it is only not offered.
    """

    codigo = models.SlugField(max_length=30, primary_key=True)
    comportamento = models.CharField(max_length=12, choices=Comportamento.choices)
    natureza = models.CharField(max_length=12, choices=Natureza.choices)
    nome = models.CharField(max_length=60)
    explicacao = models.CharField(max_length=200)
    ordem = models.PositiveSmallIntegerField(default=0)
    ativo = models.BooleanField(default=True)

    historia = HistoricalRecords()

    class Meta:
        ordering = ("ordem", "codigo")
        constraints = [
            models.CheckConstraint(condition=Q(natureza__in=Natureza.values), name="saog_natureza_conhecida"),
            models.CheckConstraint(condition=_NATUREZA_CERTA, name="saog_comportamento_da_natureza"),
        ]

    def __str__(self) -> str:
        return self.nome


class Velocidade(models.Model):
    """A speed on offer, in Mbps, never above 16 (LNK-02)."""

    mbps = models.PositiveSmallIntegerField(primary_key=True)
    ativa = models.BooleanField(default=True)

    historia = HistoricalRecords()

    class Meta:
        ordering = ("mbps",)
        constraints = [models.CheckConstraint(condition=Q(mbps__range=(1, CAPACIDADE_MAXIMA)), name="saog_velocidade_ate_16")]

    def __str__(self) -> str:
        return f"{self.mbps} Mbps"


class Preco(models.Model):
    """The monthly price of a service at a speed, in reais, from a day until another (INS-03). Shown as an estimate only."""

    servico = models.CharField(max_length=8, choices=Servico.choices)
    mbps = models.PositiveSmallIntegerField()
    mensal = models.DecimalField(max_digits=10, decimal_places=2)
    vale_de = models.DateField()
    vale_ate = models.DateField(null=True, blank=True)
    tabela = models.CharField(max_length=60)

    historia = HistoricalRecords()

    class Meta:
        ordering = ("servico", "mbps", "-vale_de")
        constraints = [
            models.UniqueConstraint(fields=["servico", "mbps", "vale_de"], name="saog_um_preco_por_dia"),
            models.CheckConstraint(condition=Q(mensal__gte=0), name="saog_preco_positivo"),
            models.CheckConstraint(condition=Q(vale_ate__isnull=True) | Q(vale_ate__gte=F("vale_de")), name="saog_preco_em_ordem"),
        ]

    def __str__(self) -> str:
        return f"{self.get_servico_display()} {self.mbps} Mbps: R$ {self.mensal}"


class MotivoDeDevolucao(models.Model):
    """A standard reason to return a request, with the words the prefeitura reads."""

    titulo = models.CharField(max_length=80, unique=True)
    texto = models.CharField(max_length=300)
    ativo = models.BooleanField(default=True)

    historia = HistoricalRecords()

    class Meta:
        ordering = ("titulo",)

    def __str__(self) -> str:
        return self.titulo


class SuspensaoDeValidacao(models.Model):
    """While it is open, PRODESP validates no new request of that prefeitura, except of deactivation (SS-08)."""

    municipio = models.ForeignKey("contas.Municipio", models.PROTECT, related_name="suspensoes_de_validacao")
    motivo = models.CharField(max_length=300)
    inicio_em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fim_em = models.DateTimeField(null=True, blank=True)
    fim_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    motivo_do_fim = models.CharField(max_length=300, blank=True)

    historia = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["municipio"], condition=Q(fim_em__isnull=True), name="saog_uma_suspensao_aberta"),
            models.CheckConstraint(
                condition=Q(fim_em__isnull=True, fim_por__isnull=True) | Q(fim_em__gte=F("inicio_em"), fim_por__isnull=False),
                name="saog_suspensao_em_ordem",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipio}: {self.motivo}"
