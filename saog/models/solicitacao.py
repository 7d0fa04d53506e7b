"""The request: one order of one prefeitura, its state, its clocks and its history."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from nucleo.models import ComEstado, Historico
from saog import guardas
from saog.estados import (
    ABERTAS,
    APARENCIA,
    CANCELAVEIS,
    EDITAVEIS,
    EM_ACEITE,
    EMITIDAS,
    INTERROMPIVEIS,
    Aparencia,
    Estado,
    Natureza,
    Servico,
)


class SolicitacaoServico(ComEstado, models.Model):
    """A Solicitação de Serviço (SS-01 to SS-12).

    ``rascunho`` is the raw text of the form (invalid values kept) with its ``versao``; typed columns are written on sending. ``vence_em``
    is the deadline of whoever acts now, an exclusive local midnight (PRZ-05); ``aceite_vence_em`` the 10 days of the last delivery,
    computed once (PRZ-01). ``motivo`` says why it stands as it is: refused, cancelled or
    impossible; else it is empty. ``alvo`` is the request a cancelamento stops; ``mudanca`` joins the two requests of a change of address.
    """

    municipio = models.ForeignKey("contas.Municipio", models.PROTECT, related_name="solicitacoes")
    numero = models.CharField(max_length=12, unique=True)
    tipo = models.ForeignKey("saog.TipoDeSolicitacao", models.PROTECT, related_name="+")
    natureza = models.CharField(max_length=12, choices=Natureza.choices)
    estado = FSMField(max_length=20, choices=Estado.choices, default=Estado.RASCUNHO, protected=True)
    desde = models.DateTimeField()
    criada_em = models.DateTimeField()
    criada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    acesso = models.ForeignKey("saog.Acesso", models.PROTECT, null=True, related_name="solicitacoes")
    alvo = models.ForeignKey("self", models.PROTECT, null=True, related_name="cancelamentos")
    mudanca = models.UUIDField(null=True, db_index=True)

    rascunho = models.JSONField(default=dict)
    rascunho_anterior = models.JSONField(default=dict)
    versao = models.PositiveIntegerField(default=0)
    salvo_em = models.DateTimeField(null=True)
    salvo_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    titulo = models.CharField(max_length=120, blank=True)
    servico = models.CharField(max_length=8, choices=Servico.choices, blank=True)
    velocidade = models.PositiveSmallIntegerField(null=True)
    data_desejada = models.DateField(null=True)

    envios = models.PositiveSmallIntegerField(default=0)
    envio_em = models.DateTimeField(null=True)
    vence_em = models.DateTimeField(null=True)
    validada_em = models.DateTimeField(null=True)
    emitida_em = models.DateTimeField(null=True)
    atendimento_em = models.DateTimeField(null=True)
    previsao = models.DateField(null=True)
    visita_em = models.DateTimeField(null=True)
    pendente_desde = models.DateTimeField(null=True)
    pendente_texto = models.CharField(max_length=500, blank=True)
    entregas = models.PositiveSmallIntegerField(default=0)
    aceite_vence_em = models.DateTimeField(null=True)
    silencio_em = models.DateTimeField(null=True)
    concluida_em = models.DateTimeField(null=True)
    motivo = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["acesso"],
                condition=Q(estado__in=ABERTAS) & ~Q(natureza=Natureza.CANCELAMENTO),
                name="saog_um_pedido_aberto_por_link",
                violation_error_message="Já há um pedido em andamento para este link.",
            ),
            models.UniqueConstraint(
                fields=["alvo"],
                condition=Q(estado__in=ABERTAS),
                name="saog_um_cancelamento_aberto",
                violation_error_message="Já há um pedido de cancelamento em andamento.",
            ),
            models.CheckConstraint(condition=Q(estado__in=Estado.values), name="saog_estado_conhecido"),
            models.CheckConstraint(
                condition=~Q(estado__in=[*ABERTAS, Estado.ACEITA, Estado.INVIAVEL]) | Q(envio_em__isnull=False, envios__gte=1),
                name="saog_enviada_tem_envio",
            ),
            models.CheckConstraint(
                condition=~Q(estado__in=[Estado.EM_VALIDACAO, Estado.DEVOLVIDA]) | Q(vence_em__isnull=False),
                name="saog_validacao_tem_prazo",
            ),
            models.CheckConstraint(condition=~Q(estado__in=EMITIDAS) | Q(emitida_em__isnull=False), name="saog_emitida_tem_data"),
            models.CheckConstraint(
                condition=~Q(estado__in=EM_ACEITE) | Q(aceite_vence_em__isnull=False, entregas__gte=1), name="saog_aceite_tem_prazo"
            ),
            models.CheckConstraint(
                condition=~Q(estado__in=[*ABERTAS, Estado.ACEITA]) | Q(acesso__isnull=False) | Q(alvo__isnull=False),
                name="saog_enviada_tem_objeto",
            ),
            models.CheckConstraint(condition=~Q(natureza=Natureza.CANCELAMENTO) | Q(alvo__isnull=False), name="saog_cancelamento_tem_alvo"),
            models.CheckConstraint(condition=~Q(estado=Estado.INVIAVEL) | ~Q(motivo=""), name="saog_inviavel_tem_motivo"),
            models.CheckConstraint(
                condition=Q(motivo="") | Q(estado__in=[Estado.RECUSADA, Estado.CANCELADA, Estado.INVIAVEL]), name="saog_motivo_do_estado"
            ),
        ]
        indexes = [
            models.Index(fields=["municipio", "estado"], name="saog_da_prefeitura"),
            models.Index(fields=["estado", "vence_em", "id"], name="saog_fila"),
            models.Index(fields=["emitida_em", "id"], name="saog_emitidas", condition=Q(emitida_em__isnull=False)),
            models.Index(
                fields=["aceite_vence_em", "id"],
                name="saog_aceite_a_vencer",
                condition=Q(estado=Estado.AGUARDANDO_ACEITE, silencio_em__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"SS {self.numero}"

    # --- Words for people ---------------------------------------------------------------------------------------
    @property
    def slug(self) -> str:
        """The number as it goes in an address: ``2026-01187-3``."""
        return self.numero.replace("/", "-")

    @property
    def rotulo(self) -> str:
        """Label of the state for people."""
        return str(Estado(self.estado).label)

    @property
    def aparencia(self) -> Aparencia:
        """Tint, icon, who acts and sentence of the state."""
        return APARENCIA[self.estado]

    @property
    def quem_age(self) -> str:
        """Who acts now, in words; while the Operadora waits for something, the prefeitura."""
        return "a prefeitura" if self.pendente_desde and self.estado == Estado.EM_ATENDIMENTO else self.aparencia.quem_age

    @property
    def ate_quando(self) -> dt.datetime | None:
        """The deadline of whoever acts now (an exclusive local midnight), if there is one."""
        return self.aceite_vence_em if self.estado in EM_ACEITE else self.vence_em

    @property
    def editavel(self) -> bool:
        """Whether the prefeitura may change what it asks for."""
        return self.estado in EDITAVEIS

    @property
    def dono(self) -> str:
        """Opaque owner of its files and messages."""
        return f"ss:{self.pk}"

    # --- Transitions: they only assign fields ---------------------------------------------------------------------
    @transition(
        field=estado,
        source=list(EDITAVEIS),
        target=Estado.EM_VALIDACAO,
        permission=guardas.pede,
        custom={"rotulo": "Enviar à PRODESP"},
    )
    def enviar(self, *, agora: dt.datetime, vence_em: dt.datetime) -> None:
        """A sending: PRODESP's days start (SS-01, PRZ-05)."""
        self.envios += 1
        self.desde = self.envio_em = agora
        self.vence_em = vence_em

    @transition(
        field=estado, source=Estado.RASCUNHO, target=Estado.DESCARTADA, permission=guardas.pede, custom={"rotulo": "Descartar o rascunho"}
    )
    def descartar(self, *, agora: dt.datetime) -> None:
        """A draft that was never sent is thrown away."""
        self.desde = self.concluida_em = agora

    @transition(
        field=estado,
        source=Estado.EM_VALIDACAO,
        target=Estado.DEVOLVIDA,
        permission=guardas.valida,
        custom={"rotulo": "Devolver para correção"},
    )
    def devolver(self, *, agora: dt.datetime, vence_em: dt.datetime) -> None:
        """Back to the prefeitura with pendências (SS-02); its days start."""
        self.desde = agora
        self.vence_em = vence_em

    @transition(field=estado, source=Estado.EM_VALIDACAO, target=Estado.VALIDADA, permission=guardas.valida, custom={"rotulo": "Validar"})
    def validar(self, *, agora: dt.datetime) -> None:
        """Right as it is: goes back to the responsável to be emitted (SS-02, SS-03)."""
        self.desde = self.validada_em = agora
        self.vence_em = None

    @transition(
        field=estado, source=Estado.VALIDADA, target=Estado.EMITIDA, permission=guardas.emite, custom={"rotulo": "Emitir à Operadora"}
    )
    def emitir(self, *, agora: dt.datetime) -> None:
        """Ordered: only now does the Operadora start (SS-03)."""
        self.desde = self.emitida_em = agora

    @transition(
        field=estado, source=list(CANCELAVEIS), target=Estado.CANCELADA, permission=guardas.cancela, custom={"rotulo": "Cancelar o pedido"}
    )
    def cancelar(self, *, agora: dt.datetime, motivo: str) -> None:
        """Taken back by the prefeitura before attendance."""
        self.desde = self.concluida_em = agora
        self.vence_em = None
        self.motivo = motivo

    @transition(
        field=estado,
        source=[Estado.EMITIDA, Estado.RECUSADA],
        target=Estado.EM_ATENDIMENTO,
        permission=guardas.atende,
        custom={"rotulo": "Começar o atendimento"},
    )
    def atender(self, *, agora: dt.datetime, previsao: dt.date | None = None) -> None:
        """The Operadora starts, or starts again after a refusal (SS-05), whose reason stays with the delivery that was refused."""
        self.desde = agora
        self.motivo = ""
        self.atendimento_em = self.atendimento_em or agora
        self.previsao = previsao or self.previsao

    @transition(
        field=estado,
        source=Estado.EM_ATENDIMENTO,
        target=Estado.EM_ATENDIMENTO,
        permission=guardas.atende,
        custom={"rotulo": "Agendar visita"},
    )
    def agendar(self, *, agora: dt.datetime, visita_em: dt.datetime) -> None:
        """A visit to the site is scheduled."""
        self.visita_em = visita_em

    @transition(
        field=estado,
        source=Estado.EM_ATENDIMENTO,
        target=Estado.EM_ATENDIMENTO,
        conditions=[lambda ss: ss.pendente_desde is None],
        permission=guardas.atende,
        custom={"rotulo": "Pedir algo à prefeitura"},
    )
    def pendenciar(self, *, agora: dt.datetime, texto: str) -> None:
        """The Operadora waits for the prefeitura; since when is noted."""
        self.pendente_desde = agora
        self.pendente_texto = texto

    @transition(
        field=estado,
        source=Estado.EM_ATENDIMENTO,
        target=Estado.EM_ATENDIMENTO,
        conditions=[lambda ss: ss.pendente_desde is not None],
        permission=guardas.retoma,
        custom={"rotulo": "Retomar"},
    )
    def retomar(self, *, agora: dt.datetime) -> None:
        """What the Operadora waited for is there."""
        self.pendente_desde = None
        self.pendente_texto = ""

    @transition(
        field=estado,
        source=Estado.EM_ATENDIMENTO,
        target=Estado.AGUARDANDO_ACEITE,
        permission=guardas.atende,
        custom={"rotulo": "Entregar e pedir o aceite"},
    )
    def entregar(self, *, agora: dt.datetime, aceite_vence_em: dt.datetime) -> None:
        """Concluded: the prefeitura's 10 days start at the same instant (SS-04, PRZ-01)."""
        self.desde = agora
        self.entregas += 1
        self.aceite_vence_em = aceite_vence_em
        self.pendente_desde = self.silencio_em = None
        self.pendente_texto = ""

    @transition(
        field=estado,
        source=list(EM_ACEITE),
        target=Estado.ACEITA,
        permission=guardas.responde,
        custom={"rotulo": "Aceitar a entrega"},
    )
    def aceitar(self, *, agora: dt.datetime) -> None:
        """The prefeitura accepts (SS-04), also after the date."""
        self.desde = self.concluida_em = agora
        self.aceite_vence_em = None

    @transition(
        field=estado,
        source=list(EM_ACEITE),
        target=Estado.RECUSADA,
        permission=guardas.responde,
        custom={"rotulo": "Recusar e dizer o motivo"},
    )
    def recusar(self, *, agora: dt.datetime, motivo: str) -> None:
        """The prefeitura refuses with a reason: back to the Operadora, the days start again at the next delivery (SS-05)."""
        self.desde = agora
        self.aceite_vence_em = None
        self.motivo = motivo

    @transition(
        field=estado,
        source=Estado.AGUARDANDO_ACEITE,
        target=Estado.PRAZO_VENCIDO,
        permission=guardas.sistema,
        custom={"rotulo": "Vencer o prazo"},
    )
    def vencer(self, *, agora: dt.datetime) -> None:
        """Ten days of silence, setting ``escalar``: PRODESP is told (PRZ-02)."""
        self.desde = self.silencio_em = agora

    @transition(
        field=estado,
        source=Estado.AGUARDANDO_ACEITE,
        target=Estado.ACEITA,
        permission=guardas.sistema,
        custom={"rotulo": "Aceitar pelo silêncio"},
    )
    def aceitar_pelo_silencio(self, *, agora: dt.datetime) -> None:
        """Ten days of silence, setting ``aceite_tacito`` (PRZ-02)."""
        self.desde = self.concluida_em = self.silencio_em = agora
        self.aceite_vence_em = None

    @transition(
        field=estado,
        source=Estado.AGUARDANDO_ACEITE,
        target=Estado.AGUARDANDO_ACEITE,
        conditions=[lambda ss: ss.silencio_em is None],
        permission=guardas.sistema,
        custom={"rotulo": "Anotar o silêncio"},
    )
    def anotar_silencio(self, *, agora: dt.datetime) -> None:
        """Ten days of silence, setting ``pendente``: noted once, nothing else (PRZ-02)."""
        self.silencio_em = agora

    @transition(
        field=estado,
        source=Estado.PRAZO_VENCIDO,
        target=Estado.AGUARDANDO_ACEITE,
        permission=guardas.prorroga,
        custom={"rotulo": "Reabrir o prazo"},
    )
    def reabrir_prazo(self, *, agora: dt.datetime, aceite_vence_em: dt.datetime) -> None:
        """An outage on the last day was recorded after the ten days had ended: they go on (PRZ-04)."""
        self.desde = agora
        self.aceite_vence_em = aceite_vence_em
        self.silencio_em = None

    @transition(
        field=estado,
        source=[Estado.EMITIDA, Estado.EM_ATENDIMENTO],
        target=Estado.INVIAVEL,
        permission=guardas.atende,
        custom={"rotulo": "Declarar inviável"},
    )
    def declarar_inviavel(self, *, agora: dt.datetime, motivo: str) -> None:
        """The Operadora cannot do it, and says why; the place is free again (LNK-07)."""
        self.desde = self.concluida_em = agora
        self.motivo = motivo

    @transition(
        field=estado,
        source=list(INTERROMPIVEIS),
        target=Estado.CANCELADA,
        permission=guardas.sistema,
        custom={"rotulo": "Interromper"},
    )
    def interromper(self, *, agora: dt.datetime, motivo: str) -> None:
        """Its cancelamento was accepted: what was begun and not delivered stops (SS-06)."""
        self.desde = self.concluida_em = agora
        self.motivo = motivo


class HistoricoSS(Historico):
    """One act on a request."""

    processo = models.ForeignKey(SolicitacaoServico, models.PROTECT, related_name="historico")

    class Meta(Historico.Meta):
        indexes = [models.Index(fields=["processo", "em"], name="saog_historico_ss")]
