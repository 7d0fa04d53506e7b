"""Pools and their slots: every sub-block exists from the day its pool is registered, so that handing one out is one UPDATE."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from enderecamento.estados import APARENCIA, ENDERECOS, PREFIXO, TETO, Aparencia, Perfil, Situacao
from nucleo import prazos
from nucleo.redes import Rede, tamanho


class PoolCIDR(models.Model):
    """A parent block that PRODESP registered (IP-01), from ``inicio`` (integer) with length ``prefixo``.

    ``fim`` is exclusive and written on saving, so that the database itself refuses two pools that overlap. ``prontas`` counts how far the
    creation of its slots went. ``regiao`` is the DDD the pool serves, or null for the whole State.
    """

    perfil = models.CharField(max_length=8, choices=Perfil.choices)
    inicio = models.BigIntegerField(unique=True)
    prefixo = models.PositiveSmallIntegerField()
    fim = models.BigIntegerField(editable=False)
    nome = models.CharField(max_length=80)
    origem = models.CharField(max_length=300)
    regiao = models.CharField(max_length=2, blank=True)
    prontas = models.PositiveIntegerField(default=0)
    criado_em = models.DateTimeField()
    criado_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    fechado_em = models.DateTimeField(null=True, blank=True)
    fechado_motivo = models.CharField(max_length=300, blank=True)

    historia = HistoricalRecords(excluded_fields=["prontas"])

    class Meta:
        ordering = ("inicio",)
        constraints = [  # migration 0002 adds the one that no two overlap (IP-04)
            models.CheckConstraint(condition=Q(inicio__gte=0, fim__lte=2**32, fim__gt=F("inicio")), name="enderecamento_pool_em_ordem"),
            models.CheckConstraint(
                condition=Q(perfil=Perfil.PRIVADO, prefixo__range=(12, PREFIXO["PRIVADO"]))
                | Q(perfil=Perfil.PUBLICO, prefixo__range=(14, PREFIXO["PUBLICO"])),
                name="enderecamento_pool_tamanho",
            ),
            models.CheckConstraint(condition=Q(fechado_em__isnull=True) | ~Q(fechado_motivo=""), name="enderecamento_pool_fechado"),
        ]

    def __str__(self) -> str:
        return self.rede.cidr

    def save(self, *args: object, **kwargs: object) -> None:
        """``fim`` follows ``inicio`` and ``prefixo``."""
        self.fim = self.inicio + tamanho(self.prefixo)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def rede(self) -> Rede:
        """The network with its facts."""
        return Rede(self.inicio, self.prefixo)

    @property
    def prefixo_da_vaga(self) -> int:
        """Length of its sub-blocks: 28 or 30."""
        return PREFIXO[self.perfil]

    @property
    def vagas(self) -> int:
        """How many sub-blocks it holds."""
        return tamanho(self.prefixo) // ENDERECOS[self.perfil]

    @property
    def pronto(self) -> bool:
        """Whether every slot exists."""
        return self.prontas >= self.vagas

    @property
    def slug(self) -> str:
        """The network as it goes in an address: ``10.64.0.0-12``."""
        return self.rede.cidr.replace("/", "-")


class SubBlocoCIDR(models.Model):
    """One slot of a pool: a /28 or a /30, from ``inicio`` (integer). Unique and never moved, so that no two in use can overlap (IP-04).

    - free: nobody holds it and ``livre_desde`` has come; in quarantine: it has not yet (IP-08);
    - in use: ``adesao`` holds it with ``ordinal``, its place among those of its kind; at most 20 or 1, above only with ``excedente``;
    - in exchange: ``troca_ate`` is set (an exclusive local midnight): its place belongs to the new one, and both hold until then (IP-05).

    ``vez`` is ``inicio`` again, indexed only among the free: ordering by it is what keeps the planner off the unique index, which would
    walk over everything in use.
    """

    pool = models.ForeignKey(PoolCIDR, models.PROTECT, related_name="sub_blocos", db_index=False)
    perfil = models.CharField(max_length=8, choices=Perfil.choices)
    inicio = models.BigIntegerField(unique=True)
    vez = models.BigIntegerField()
    adesao = models.ForeignKey("adesao.Adesao", models.PROTECT, null=True, related_name="sub_blocos", db_index=False)
    ordinal = models.PositiveSmallIntegerField(null=True)
    excedente = models.ForeignKey("enderecamento.LimiteConcedido", models.PROTECT, null=True, related_name="sub_blocos", db_index=False)
    troca_ate = models.DateTimeField(null=True)
    livre_desde = models.DateField()

    class Meta:
        ordering = ("inicio",)
        constraints = [
            models.UniqueConstraint(
                fields=["adesao", "perfil", "ordinal"],
                condition=Q(ordinal__isnull=False),
                name="enderecamento_um_bloco_por_lugar",
            ),
            models.CheckConstraint(
                condition=Q(adesao__isnull=True, ordinal__isnull=True, troca_ate__isnull=True, excedente__isnull=True)
                | Q(adesao__isnull=False, ordinal__isnull=False, troca_ate__isnull=True)
                | Q(adesao__isnull=False, ordinal__isnull=True, troca_ate__isnull=False, excedente__isnull=True),
                name="enderecamento_bloco_em_ordem",
            ),
            models.CheckConstraint(
                condition=Q(ordinal__isnull=True)
                | Q(perfil=Perfil.PRIVADO, ordinal__range=(1, TETO["PRIVADO"]), excedente__isnull=True)
                | Q(perfil=Perfil.PRIVADO, ordinal__gt=TETO["PRIVADO"], excedente__isnull=False)
                | Q(perfil=Perfil.PUBLICO, ordinal__range=(1, TETO["PUBLICO"]), excedente__isnull=True),
                name="enderecamento_ate_o_teto",
            ),
            models.CheckConstraint(condition=Q(vez=F("inicio")), name="enderecamento_vez_e_inicio"),
        ]
        indexes = [
            models.Index(fields=["pool", "vez"], condition=Q(adesao__isnull=True), name="enderecamento_livres"),
            models.Index(fields=["perfil", "vez"], condition=Q(adesao__isnull=True), name="enderecamento_livres_de_todos"),
            models.Index(fields=["adesao", "perfil"], condition=Q(adesao__isnull=False), name="enderecamento_da_adesao"),
            models.Index(fields=["troca_ate"], condition=Q(troca_ate__isnull=False), name="enderecamento_em_troca"),
        ]

    def __str__(self) -> str:
        return self.rede.cidr

    @property
    def rede(self) -> Rede:
        """The network with its facts."""
        return Rede(self.inicio, PREFIXO[self.perfil])

    @property
    def slug(self) -> str:
        """The network as it goes in an address: ``10.64.18.96-28``."""
        return self.rede.cidr.replace("/", "-")

    def situacao(self, hoje: dt.date) -> Situacao:
        """How it stands on that local day."""
        if self.adesao_id is not None:
            return Situacao.EM_TROCA if self.troca_ate is not None else Situacao.EM_USO
        return Situacao.LIVRE if self.livre_desde <= hoje else Situacao.QUARENTENA

    def aparencia(self, hoje: dt.date) -> Aparencia:
        """Tint and icon of that."""
        return APARENCIA[self.situacao(hoje)]

    @property
    def vale_ate(self) -> dt.date | None:
        """The last day of one in exchange."""
        return prazos.ultimo_dia(self.troca_ate) if self.troca_ate else None


class Alocacao(models.Model):
    """Who held a sub-block from when to when (IP-06): one row per holding, kept for ever. ``ate`` is exclusive, null while it lasts.

    Both ends say who acted, in which role and from where (SS-10); rows older than those columns say only who.
    """

    sub_bloco = models.ForeignKey(SubBlocoCIDR, models.PROTECT, related_name="alocacoes", db_index=False)
    adesao = models.ForeignKey("adesao.Adesao", models.PROTECT, related_name="alocacoes", db_index=False)
    de = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    por_nome = models.CharField(max_length=150)
    por_papel = models.CharField(max_length=20, blank=True, default="")
    ip = models.GenericIPAddressField(null=True, blank=True)
    motivo = models.CharField(max_length=200)
    ate = models.DateTimeField(null=True)
    fim_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    fim_por_nome = models.CharField(max_length=150, blank=True)
    fim_por_papel = models.CharField(max_length=20, blank=True, default="")
    fim_ip = models.GenericIPAddressField(null=True, blank=True)
    fim_motivo = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("de", "pk")
        constraints = [
            models.UniqueConstraint(fields=["sub_bloco"], condition=Q(ate__isnull=True), name="enderecamento_uma_posse_por_bloco"),
            models.CheckConstraint(condition=Q(ate__isnull=True) | Q(ate__gte=F("de")), name="enderecamento_posse_em_ordem"),
            models.CheckConstraint(condition=Q(ate__isnull=True) | ~Q(fim_motivo=""), name="enderecamento_fim_tem_motivo"),
        ]
        indexes = [
            models.Index(fields=["sub_bloco", "de"], name="enderecamento_posse_do_bloco"),
            models.Index(fields=["adesao", "de"], name="enderecamento_posse_da_adesao"),
        ]

    def __str__(self) -> str:
        return f"{self.sub_bloco} · {self.adesao}"

    @property
    def so_o_dia(self) -> bool:
        """Whether only the day of its beginning is known: it was imported, and begins with that day."""
        return self.de == prazos.meia_noite(prazos.dia_local(self.de))
