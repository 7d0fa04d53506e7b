"""The link: what the limits count, what alteração and desativação act on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django_fsm import FSMField, transition

from nucleo.models import ComEstado, Historico
from nucleo.regras import regra
from saog import guardas
from saog.estados import APARENCIA_DO_ACESSO, OCUPAM, Aparencia, Conexao, EstadoDoAcesso, Servico

from .catalogo import CAPACIDADE_MAXIMA, LIMITE_DE_INTRANET


class Acesso(ComEstado, models.Model):
    """A link of a prefeitura at a site, born reserved when its activation is sent (LNK-07).

    ``ordinal`` is its place among the prefeitura's links of that connection type, taken under the lock of the adhesion and held by the
    database: at most 20 for intranet, or with ``excedente`` pointing at the granted limit (LNK-06), and 1 for Internet. ``velocidade`` in
    Mbps. ``sub_bloco`` is the CIDR the link uses, one of the prefeitura's own when it was chosen; as text, since
    links older than the blocks carry what was told then. ``circuito`` is of one link that counts, whatever its case (SS-04).
    """

    municipio = models.ForeignKey("contas.Municipio", models.PROTECT, related_name="acessos")
    unidade = models.ForeignKey("saog.Unidade", models.PROTECT, related_name="acessos")
    estado = FSMField(max_length=20, choices=EstadoDoAcesso.choices, default=EstadoDoAcesso.RESERVADO, protected=True)
    desde = models.DateTimeField()
    servico = models.CharField(max_length=8, choices=Servico.choices)
    conexao = models.CharField(max_length=8, choices=Conexao.choices)
    ordinal = models.PositiveSmallIntegerField()
    excedente = models.ForeignKey("enderecamento.LimiteConcedido", models.PROTECT, null=True, blank=True, related_name="acessos")
    velocidade = models.PositiveSmallIntegerField()
    sub_bloco = models.CharField(max_length=18, blank=True)
    titular = models.CharField(max_length=120, blank=True)
    circuito = models.CharField(max_length=40, blank=True)
    equipamento = models.CharField(max_length=120, blank=True)
    configuracao = models.CharField(max_length=500, blank=True)
    em_servico_desde = models.DateTimeField(null=True)
    desativado_em = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipio", "conexao", "ordinal"], condition=Q(estado__in=OCUPAM), name="saog_um_lugar_por_link"
            ),
            models.UniqueConstraint(
                fields=["unidade", "conexao"],
                condition=Q(estado__in=OCUPAM),
                name="saog_sem_redundancia",
                violation_error_message="Este local já tem um link deste tipo. Não há redundância (LNK-04).",
            ),
            models.UniqueConstraint(Upper("circuito"), condition=Q(estado__in=OCUPAM) & ~Q(circuito=""), name="saog_um_link_por_circuito"),
            models.CheckConstraint(
                condition=Q(conexao=Conexao.INTERNET, ordinal__range=(1, regra("LNK-03").valores["links"]), excedente__isnull=True)
                | Q(conexao=Conexao.INTRANET, ordinal__range=(1, LIMITE_DE_INTRANET))
                | Q(conexao=Conexao.INTRANET, ordinal__gt=LIMITE_DE_INTRANET, excedente__isnull=False),
                name="saog_links_ate_o_limite",
            ),
            models.CheckConstraint(condition=Q(velocidade__range=(1, CAPACIDADE_MAXIMA)), name="saog_link_ate_16_mbps"),
            models.CheckConstraint(
                condition=Q(servico__in=[Servico.SCM, Servico.SCM_SAI], conexao=Conexao.INTRANET)
                | Q(servico=Servico.SCM_STI, conexao=Conexao.INTERNET),
                name="saog_conexao_do_servico",
            ),
            models.CheckConstraint(condition=Q(estado__in=EstadoDoAcesso.values), name="saog_acesso_estado_conhecido"),
            models.CheckConstraint(
                condition=~Q(estado=EstadoDoAcesso.EM_SERVICO) | Q(em_servico_desde__isnull=False), name="saog_em_servico_tem_data"
            ),
        ]
        indexes = [models.Index(fields=["municipio", "estado"], name="saog_acesso_da_prefeitura")]

    def __str__(self) -> str:
        return f"{self.unidade} · {self.get_servico_display()}, {self.velocidade} Mbps"

    @property
    def aparencia(self) -> Aparencia:
        """Tint, icon and sentence of the state."""
        return APARENCIA_DO_ACESSO[self.estado]

    @property
    def rotulo(self) -> str:
        """Label of the state for people."""
        return str(EstadoDoAcesso(self.estado).label)

    @transition(
        field=estado,
        source=EstadoDoAcesso.RESERVADO,
        target=EstadoDoAcesso.RESERVADO,
        permission=guardas.corrige,
        custom={"rotulo": "Corrigir o pedido"},
    )
    def corrigir(self, *, agora: dt.datetime, campos: dict[str, Any]) -> None:
        """A returned request was corrected and sent again: the place is kept, what is asked for may change."""
        for nome, valor in campos.items():
            setattr(self, nome, valor)

    @transition(
        field=estado,
        source=EstadoDoAcesso.RESERVADO,
        target=EstadoDoAcesso.EM_IMPLANTACAO,
        permission=guardas.implanta,
        custom={"rotulo": "Implantar"},
    )
    def implantar(self, *, agora: dt.datetime) -> None:
        """Its activation was emitted to the Operadora (SS-03)."""
        self.desde = agora

    @transition(
        field=estado,
        source=EstadoDoAcesso.EM_IMPLANTACAO,
        target=EstadoDoAcesso.EM_SERVICO,
        permission=guardas.conclui,
        custom={"rotulo": "Pôr em serviço"},
    )
    def ativar(self, *, agora: dt.datetime, circuito: str, equipamento: str) -> None:
        """Its delivery was accepted (SS-04)."""
        self.desde = self.em_servico_desde = agora
        self.circuito, self.equipamento = circuito, equipamento

    @transition(
        field=estado,
        source=EstadoDoAcesso.EM_SERVICO,
        target=EstadoDoAcesso.EM_SERVICO,
        permission=guardas.conclui,
        custom={"rotulo": "Alterar"},
    )
    def alterar(self, *, agora: dt.datetime, campos: dict[str, Any]) -> None:
        """An alteração was accepted: the fields it changes, old and new in the history row (SS-10)."""
        for nome, valor in campos.items():
            setattr(self, nome, valor)

    @transition(
        field=estado,
        source=EstadoDoAcesso.EM_SERVICO,
        target=EstadoDoAcesso.DESATIVADO,
        permission=guardas.conclui,
        custom={"rotulo": "Desativar"},
    )
    def desativar(self, *, agora: dt.datetime) -> None:
        """A desativação was accepted: the place is free again (LNK-07)."""
        self.desde = self.desativado_em = agora

    @transition(
        field=estado,
        source=[EstadoDoAcesso.RESERVADO, EstadoDoAcesso.EM_IMPLANTACAO],
        target=EstadoDoAcesso.LIBERADO,
        permission=guardas.libera,
        custom={"rotulo": "Liberar o lugar"},
    )
    def liberar(self, *, agora: dt.datetime) -> None:
        """Its activation was cancelled or declared inviável: the place is free again (LNK-07)."""
        self.desde = agora


class HistoricoAcesso(Historico):
    """One step of a link: states, and in ``dados`` what changed (speeds, sub-block) with old and new value."""

    processo = models.ForeignKey(Acesso, models.PROTECT, related_name="historico")

    class Meta(Historico.Meta):
        indexes = [models.Index(fields=["processo", "em"], name="saog_historico_acesso")]
