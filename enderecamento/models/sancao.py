"""Sanctions (IP-07): from a warning to the blocking of all of a prefeitura's Acessos, each with reason, evidence, term and lifting."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, transition

from enderecamento import guardas
from enderecamento.estados import APARENCIA_DA_SANCAO, Aparencia, EspecieDeSancao, EstadoDaSancao
from nucleo import prazos
from nucleo.models import ComEstado, Historico


class Sancao(ComEstado, models.Model):
    """One sanction of one prefeitura. ``vence_em`` is an exclusive local midnight, null while it has no end; ``sub_blocos`` only of a
    partial blocking. ``documento`` is the evidence as a file, when there is one.
    """

    adesao = models.ForeignKey("adesao.Adesao", models.PROTECT, related_name="sancoes")
    especie = models.CharField(max_length=16, choices=EspecieDeSancao.choices)
    estado = FSMField(max_length=10, choices=EstadoDaSancao.choices, default=EstadoDaSancao.VIGENTE, protected=True)
    desde = models.DateTimeField()
    motivo = models.CharField(max_length=1000)
    evidencia = models.TextField(max_length=4000, blank=True)
    documento = models.ForeignKey("documentos.Documento", models.PROTECT, null=True, related_name="+")
    sub_blocos = models.ManyToManyField("enderecamento.SubBlocoCIDR", related_name="sancoes")
    vence_em = models.DateTimeField(null=True)
    aplicada_em = models.DateTimeField()
    aplicada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    aplicada_por_nome = models.CharField(max_length=150)
    fim_motivo = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("-aplicada_em", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(vence_em__isnull=True) | Q(vence_em__gt=F("aplicada_em")), name="enderecamento_sancao_em_ordem"
            ),
            models.CheckConstraint(
                condition=Q(estado="VIGENTE", fim_motivo="") | (Q(estado="ENCERRADA") & ~Q(fim_motivo="")),
                name="enderecamento_fim_da_sancao",
            ),
        ]
        indexes = [
            models.Index(fields=["vence_em"], condition=Q(estado="VIGENTE"), name="enderecamento_sancao_a_vencer"),
            models.Index(fields=["adesao", "especie"], condition=Q(estado="VIGENTE"), name="enderecamento_sancao_vigente"),
        ]

    def __str__(self) -> str:
        return f"{self.get_especie_display()} de {self.adesao.municipio.nome}"

    @property
    def municipio_id(self) -> int:
        """IBGE code of the prefeitura: what its roles are asked by."""
        return self.adesao.municipio_id

    @property
    def dono(self) -> str:
        """How its letters and its file name it."""
        return f"sancao:{self.pk}"

    @property
    def rotulo(self) -> str:
        """Label of the state for people."""
        return str(EstadoDaSancao(self.estado).label)

    @property
    def aparencia(self) -> Aparencia:
        """Tint and icon of the state."""
        return APARENCIA_DA_SANCAO[self.estado]

    @property
    def vigente(self) -> bool:
        """Whether it holds."""
        return bool(self.estado == EstadoDaSancao.VIGENTE)

    @property
    def ultimo_dia(self) -> dt.date | None:
        """The last day of its term."""
        return prazos.ultimo_dia(self.vence_em) if self.vence_em else None

    @transition(
        field=estado,
        source=EstadoDaSancao.VIGENTE,
        target=EstadoDaSancao.ENCERRADA,
        permission=guardas.sanciona,
        custom={"rotulo": "Encerrar a sanção"},
    )
    def levantar(self, *, agora: dt.datetime, motivo: str) -> None:
        """The gestor ends it, with a reason."""
        self.desde, self.fim_motivo = agora, motivo

    @transition(
        field=estado,
        source=EstadoDaSancao.VIGENTE,
        target=EstadoDaSancao.ENCERRADA,
        permission=guardas.sistema,
        custom={"rotulo": "Encerrar no fim do prazo"},
    )
    def vencer(self, *, agora: dt.datetime) -> None:
        """Its term ended."""
        self.desde, self.fim_motivo = agora, "O prazo terminou."


class HistoricoSancao(Historico):
    """One act on a sanction."""

    processo = models.ForeignKey(Sancao, models.PROTECT, related_name="historico")

    class Meta(Historico.Meta):
        indexes = [models.Index(fields=["processo", "em"], name="enderecamento_hist_sancao")]
