"""Renumbering (IP-05): sub-blocks that PRODESP changes, with a period in which old and new both hold."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from enderecamento import guardas
from enderecamento.estados import APARENCIA_DA_RENUMERACAO, Aparencia, EstadoDaRenumeracao
from nucleo import prazos
from nucleo.models import ComEstado, Historico


class Renumeracao(ComEstado, models.Model):
    """One decision of the gestor to change sub-blocks. ``pool`` is the one being emptied, null when blocks were picked one by one or a
    part of a pool was (the row of history of the beginning says which).

    ``vence_em`` is the exclusive local midnight after the last day on which both hold; computed from the chosen date, and again only when
    the gestor postpones it. ``avisada_em`` is when the prefeituras were last told of the date: a reminder of a step already past then would
    come on top of that letter.
    """

    numero = models.CharField(max_length=12, unique=True)
    estado = FSMField(max_length=10, choices=EstadoDaRenumeracao.choices, default=EstadoDaRenumeracao.EM_CURSO, protected=True)
    desde = models.DateTimeField()
    pool = models.ForeignKey("enderecamento.PoolCIDR", models.PROTECT, null=True, related_name="renumeracoes")
    motivo = models.CharField(max_length=500)
    vence_em = models.DateTimeField()
    avisada_em = models.DateTimeField()
    criada_em = models.DateTimeField()
    criada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    criada_por_nome = models.CharField(max_length=150)

    class Meta:
        ordering = ("-criada_em", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(estado__in=EstadoDaRenumeracao.values), name="enderecamento_renumeracao_conhecida"),
            models.CheckConstraint(condition=Q(vence_em__gt=models.F("criada_em")), name="enderecamento_renumeracao_em_ordem"),
        ]
        indexes = [models.Index(fields=["vence_em"], condition=Q(estado="EM_CURSO"), name="enderecamento_troca_a_vencer")]

    def __str__(self) -> str:
        return f"Renumeração {self.numero}"

    @property
    def slug(self) -> str:
        """The number as it goes in an address: ``2026-00042-7``."""
        return self.numero.replace("/", "-")

    @property
    def rotulo(self) -> str:
        """Label of the state for people."""
        return str(EstadoDaRenumeracao(self.estado).label)

    @property
    def aparencia(self) -> Aparencia:
        """Tint and icon of the state."""
        return APARENCIA_DA_RENUMERACAO[self.estado]

    @property
    def em_curso(self) -> bool:
        """Whether old and new both hold."""
        return bool(self.estado == EstadoDaRenumeracao.EM_CURSO)

    @property
    def desfeita(self) -> bool:
        """Whether the old ones stayed."""
        return bool(self.estado == EstadoDaRenumeracao.DESFEITA)

    @property
    def ultimo_dia(self) -> dt.date:
        """The last day on which both hold: the one a person reads."""
        return prazos.ultimo_dia(self.vence_em)

    def pode_mudar(self, agora: dt.datetime) -> bool:
        """Whether it may still be postponed or undone: before its date only."""
        return self.em_curso and agora < self.vence_em

    @transition(
        field=estado,
        source=EstadoDaRenumeracao.EM_CURSO,
        target=EstadoDaRenumeracao.EM_CURSO,
        permission=guardas.renumera,
        custom={"rotulo": "Adiar a data"},
    )
    def adiar(self, *, agora: dt.datetime, vence_em: dt.datetime) -> None:
        """A later date."""
        self.vence_em = vence_em
        self.avisada_em = agora

    @transition(
        field=estado,
        source=EstadoDaRenumeracao.EM_CURSO,
        target=EstadoDaRenumeracao.DESFEITA,
        permission=guardas.renumera,
        custom={"rotulo": "Desfazer"},
    )
    def desfazer(self, *, agora: dt.datetime) -> None:
        """The old ones stay, the new ones rest."""
        self.desde = agora

    @transition(
        field=estado,
        source=EstadoDaRenumeracao.EM_CURSO,
        target=EstadoDaRenumeracao.CONCLUIDA,
        permission=guardas.sistema,
        custom={"rotulo": "Concluir na data"},
    )
    def concluir(self, *, agora: dt.datetime) -> None:
        """The date came and no exchange is left open."""
        self.desde = agora


class HistoricoRenumeracao(Historico):
    """One act on a renumbering: those of the gestor and the portal, and each confirmation of a prefeitura."""

    processo = models.ForeignKey(Renumeracao, models.PROTECT, related_name="historico")

    class Meta(Historico.Meta):
        indexes = [models.Index(fields=["processo", "em"], name="enderecamento_hist_renumeracao")]


class Troca(models.Model):
    """One sub-block of one prefeitura on its way from ``velho`` to ``novo``.

    Open (``encerrada_em`` null) while both hold: ``novo`` then has the place (``lugar``) that was the old one's. ``confirmada_em`` is
    when a responsável said that its equipment already uses the new one; null past the date means overdue.
    """

    renumeracao = models.ForeignKey(Renumeracao, models.PROTECT, related_name="trocas")
    adesao = models.ForeignKey("adesao.Adesao", models.PROTECT, related_name="trocas_de_bloco")
    velho = models.ForeignKey("enderecamento.SubBlocoCIDR", models.PROTECT, related_name="trocas_de_saida")
    novo = models.ForeignKey("enderecamento.SubBlocoCIDR", models.PROTECT, related_name="trocas_de_entrada")
    lugar = models.PositiveSmallIntegerField()
    confirmada_em = models.DateTimeField(null=True)
    confirmada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmada_por_nome = models.CharField(max_length=150, blank=True)
    encerrada_em = models.DateTimeField(null=True)

    class Meta:
        ordering = ("renumeracao", "adesao", "lugar", "pk")
        constraints = [
            models.UniqueConstraint(fields=["velho"], condition=Q(encerrada_em__isnull=True), name="enderecamento_uma_troca_por_velho"),
            models.UniqueConstraint(fields=["novo"], condition=Q(encerrada_em__isnull=True), name="enderecamento_uma_troca_por_novo"),
            models.CheckConstraint(condition=~Q(velho=models.F("novo")), name="enderecamento_troca_muda"),
            models.CheckConstraint(
                condition=Q(confirmada_em__isnull=True, confirmada_por__isnull=True)
                | Q(confirmada_em__isnull=False, confirmada_por__isnull=False),
                name="enderecamento_confirmada_tem_quem",
            ),
        ]
        indexes = [
            models.Index(fields=["renumeracao", "adesao"], condition=Q(encerrada_em__isnull=True), name="enderecamento_trocas_abertas"),
        ]

    def __str__(self) -> str:
        return f"{self.velho} → {self.novo}"

    @property
    def atrasada(self) -> bool:
        """Whether it ended at its date without being confirmed."""
        return self.confirmada_em is None and self.encerrada_em is not None
