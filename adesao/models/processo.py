"""The process: one adhesion of one municipality, its state, its clocks and its history."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from adesao import guardas
from adesao.estados import ENVIADAS, OCUPAM, Aparencia, Estado, aparencia, rotulo
from nucleo.models import ComEstado, Historico


class Adesao(ComEstado, models.Model):
    """The adhesion of a municipality to the Termo de Cooperação Técnica 001/2024 (ADS-01).

    ``numero`` is given when the draft begins (``AAAA/NNNNN-D``). ``vence_em`` is the deadline of whoever acts now, an exclusive local
    midnight
    computed once when the clock started (PRZ-05); ``conferencia_vence_em`` keeps PRODESP's for the current sending, ``limite_em`` the
    120 days of
    the whole run. ``envios`` is the ordinal of the last sending; ``tocada`` says that the prefeitura has worked on a returned process.
    """

    municipio = models.ForeignKey("contas.Municipio", models.PROTECT, related_name="adesoes")
    numero = models.CharField(max_length=12, unique=True)
    estado = FSMField(max_length=20, choices=Estado.choices, default=Estado.RASCUNHO, protected=True)
    desde = models.DateTimeField()
    criada_em = models.DateTimeField()
    criada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    envios = models.PositiveSmallIntegerField(default=0)
    primeiro_envio_em = models.DateTimeField(null=True)
    envio_em = models.DateTimeField(null=True)
    vence_em = models.DateTimeField(null=True)
    conferencia_vence_em = models.DateTimeField(null=True)
    limite_em = models.DateTimeField(null=True)
    analista = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    tocada = models.BooleanField(default=False)
    parecer = models.TextField(blank=True)
    pergunta = models.TextField(blank=True)
    motivo = models.TextField(blank=True)
    decidida_em = models.DateTimeField(null=True)
    brasao = models.ForeignKey("documentos.Documento", models.PROTECT, null=True, related_name="+")
    cnpj = models.CharField(max_length=14, blank=True)
    blocos_privados = models.PositiveSmallIntegerField(null=True)
    blocos_publicos = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["municipio"],
                condition=Q(estado__in=OCUPAM),
                name="adesao_uma_por_municipio",
                violation_error_message="Este município já tem uma adesão em andamento ou em vigor.",
            ),
            models.CheckConstraint(condition=Q(estado__in=Estado.values), name="adesao_estado_conhecido"),
            models.CheckConstraint(
                condition=~Q(estado__in=ENVIADAS) | Q(primeiro_envio_em__isnull=False, envio_em__isnull=False, envios__gte=1),
                name="adesao_enviada_tem_envio",
            ),
            models.CheckConstraint(
                condition=~Q(estado__in=[Estado.ENVIADA, Estado.EM_CONFERENCIA, Estado.DEVOLVIDA, Estado.ENCAMINHADA])
                | Q(vence_em__isnull=False),
                name="adesao_aberta_tem_prazo",
            ),
            models.CheckConstraint(
                condition=~Q(estado=Estado.EM_CONFERENCIA) | Q(analista__isnull=False), name="adesao_em_conferencia_tem_analista"
            ),
            models.CheckConstraint(
                condition=~Q(estado__in=[Estado.APROVADA, Estado.INDEFERIDA]) | Q(decidida_em__isnull=False),
                name="adesao_decidida_tem_data",
            ),
            models.CheckConstraint(condition=~Q(estado=Estado.INDEFERIDA) | ~Q(motivo=""), name="adesao_recusada_tem_motivo"),
            models.CheckConstraint(
                condition=Q(blocos_privados__isnull=True) | Q(blocos_privados__range=(1, 20)), name="adesao_blocos_privados_ate_20"
            ),
            models.CheckConstraint(condition=Q(blocos_publicos__isnull=True) | Q(blocos_publicos=1), name="adesao_bloco_publico_um"),
        ]
        indexes = [
            models.Index(fields=["estado", "vence_em", "id"], name="adesao_fila"),
            models.Index(fields=["analista", "estado"], name="adesao_por_analista"),
            models.Index(fields=["vence_em"], name="adesao_correcao_a_vencer", condition=Q(estado=Estado.DEVOLVIDA)),
        ]

    def __str__(self) -> str:
        return f"{self.numero} · {self.municipio}"

    # --- Words for people ---------------------------------------------------------------------------------------
    @property
    def slug(self) -> str:
        """The number as it goes in an address: ``2026-00042-7``."""
        return self.numero.replace("/", "-")

    @property
    def rotulo(self) -> str:
        """Label of the state for people."""
        return rotulo(self.estado, self.envios)

    @property
    def aparencia(self) -> Aparencia:
        """Tint, icon, who acts and sentence of the state."""
        return aparencia(self.estado, self.envios)

    @property
    def editavel(self) -> bool:
        """Whether the prefeitura may change the papers now."""
        return self.estado in (Estado.RASCUNHO, Estado.DEVOLVIDA)

    @property
    def quem_age(self) -> str:
        """Who acts now, in words; the órgão aprovador by its configured name."""
        return f"a {settings.ORGAO_APROVADOR}" if self.estado == Estado.ENCAMINHADA else self.aparencia.quem_age

    @property
    def dono(self) -> str:
        """Opaque owner of its files and messages."""
        return f"adesao:{self.pk}"

    # --- Transitions: they only assign fields ---------------------------------------------------------------------
    @transition(
        field=estado,
        source=[Estado.RASCUNHO, Estado.DEVOLVIDA],
        target=Estado.ENVIADA,
        permission=guardas.preenche,
        custom={"rotulo": "Enviar à PRODESP"},
    )
    def enviar(self, *, agora: dt.datetime, vence_em: dt.datetime, limite_em: dt.datetime) -> None:
        """A sending: the first starts the 120 days, each starts PRODESP's 20 (PRZ-05)."""
        self.envios += 1
        self.desde = self.envio_em = agora
        self.primeiro_envio_em = self.primeiro_envio_em or agora
        self.limite_em = self.limite_em or limite_em
        self.vence_em = self.conferencia_vence_em = vence_em
        self.tocada = False
        self.analista = None

    @transition(
        field=estado,
        source=Estado.RASCUNHO,
        target=Estado.DESCARTADA,
        permission=guardas.descarta,
        custom={"rotulo": "Descartar o rascunho"},
    )
    def descartar(self, *, agora: dt.datetime) -> None:
        """The draft is thrown away; the municipality is free again (ADS-10)."""
        self.desde = agora

    @transition(
        field=estado,
        source=Estado.ENVIADA,
        target=Estado.EM_CONFERENCIA,
        permission=guardas.assume,
        custom={"rotulo": "Assumir"},
    )
    def assumir(self, *, agora: dt.datetime, analista_id: int) -> None:
        """An analista takes the process; PRODESP's clock runs on."""
        self.desde = agora
        self.analista_id = analista_id

    @transition(
        field=estado,
        source=Estado.EM_CONFERENCIA,
        target=Estado.EM_CONFERENCIA,
        permission=guardas.confere,
        custom={"rotulo": "Passar a outro analista"},
    )
    def passar(self, *, agora: dt.datetime, analista_id: int) -> None:
        """Handed over to another analista."""
        self.analista_id = analista_id

    @transition(
        field=estado,
        source=Estado.EM_CONFERENCIA,
        target=Estado.ENVIADA,
        permission=guardas.confere,
        custom={"rotulo": "Deixar sem analista"},
    )
    def liberar(self, *, agora: dt.datetime) -> None:
        """Released: back to the queue with the same deadline."""
        self.desde = agora
        self.analista = None

    @transition(
        field=estado,
        source=Estado.EM_CONFERENCIA,
        target=Estado.DEVOLVIDA,
        permission=guardas.confere,
        custom={"rotulo": "Devolver para correção"},
    )
    def devolver(self, *, agora: dt.datetime, vence_em: dt.datetime) -> None:
        """Back to the prefeitura with pendências (ADS-03); its 7 days start."""
        self.desde = agora
        self.vence_em = vence_em
        self.tocada = False

    @transition(
        field=estado,
        source=Estado.DEVOLVIDA,
        target=Estado.EM_CONFERENCIA,
        conditions=[lambda adesao: not adesao.tocada],
        permission=guardas.confere,
        custom={"rotulo": "Desfazer a devolução"},
    )
    def desfazer_devolucao(self, *, agora: dt.datetime) -> None:
        """A wrong return is taken back while the prefeitura has not touched it; PRODESP's own deadline holds again."""
        self.desde = agora
        self.vence_em = self.conferencia_vence_em

    @transition(
        field=estado,
        source=Estado.EM_CONFERENCIA,
        target=Estado.ENCAMINHADA,
        permission=guardas.confere,
        custom={"rotulo": "Encaminhar para aprovação"},
    )
    def encaminhar(self, *, agora: dt.datetime, vence_em: dt.datetime, parecer: str) -> None:
        """To the órgão aprovador with an opinion (ADS-04); its own 20 days start."""
        self.desde = agora
        self.vence_em = vence_em
        self.parecer = parecer
        self.pergunta = ""

    @transition(
        field=estado,
        source=Estado.ENCAMINHADA,
        target=Estado.EM_CONFERENCIA,
        permission=guardas.decide,
        custom={"rotulo": "Perguntar à PRODESP"},
    )
    def perguntar(self, *, agora: dt.datetime, vence_em: dt.datetime, pergunta: str) -> None:
        """The approver sends it back to PRODESP with a question; a new 20 days for the answer."""
        self.desde = agora
        self.vence_em = self.conferencia_vence_em = vence_em
        self.pergunta = pergunta

    @transition(
        field=estado,
        source=Estado.ENCAMINHADA,
        target=Estado.APROVADA,
        permission=guardas.decide,
        custom={"rotulo": "Aprovar"},
    )
    def aprovar(self, *, agora: dt.datetime) -> None:
        """In force from now on (ADS-01, ADS-04)."""
        self.desde = self.decidida_em = agora
        self.vence_em = None

    @transition(
        field=estado,
        source=Estado.ENCAMINHADA,
        target=Estado.INDEFERIDA,
        permission=guardas.decide,
        custom={"rotulo": "Recusar"},
    )
    def indeferir(self, *, agora: dt.datetime, motivo: str) -> None:
        """Refused with a reason (ADS-04); the municipality may begin another."""
        self.desde = self.decidida_em = agora
        self.vence_em = None
        self.motivo = motivo


class HistoricoAdesao(Historico):
    """One act on an adhesion."""

    processo = models.ForeignKey(Adesao, models.PROTECT, related_name="historico")

    class Meta(Historico.Meta):
        indexes = [models.Index(fields=["processo", "em"], name="adesao_historico")]
