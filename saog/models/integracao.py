"""The Operadora's systems: who they are, their tokens, the addresses they may be told at, and what they are told."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from nucleo.models import Historico


class De(models.TextChoices):
    """Whose system it is: each side has an API of its own, and a token opens only that of its side."""

    OPERADORA = "OPERADORA", "Operadora"
    PRODESP = "PRODESP", "PRODESP"


class Escopo(models.TextChoices):
    """What a token may be used for."""

    LER = "ler", "Ler as ordens"
    ATENDER = "atender", "Atender as ordens"
    HUB = "hub", "Assinar avisos"
    BLOCOS = "blocos", "Ler os blocos"


#: Whose system → what its tokens may be used for.
ESCOPOS_DE: dict[str, tuple[Escopo, ...]] = {
    De.OPERADORA: (Escopo.LER, Escopo.ATENDER, Escopo.HUB),
    De.PRODESP: (Escopo.BLOCOS,),
}


class Evento(models.TextChoices):
    """Events of TMF641 that the portal tells of."""

    CRIADA = "serviceOrderCreateEvent", "Ordem nova"
    MUDOU = "serviceOrderStateChangeEvent", "Ordem mudou de estado"


_ATOS = {
    "registrar": "Sistema registrado",
    "desligar": "Sistema desligado",
    "criar_token": "Token criado",
    "revogar_token": "Token revogado",
    "permitir_endereco": "Endereço permitido",
    "retirar_endereco": "Endereço retirado",
    "reenviar_aviso": "Aviso posto de novo na fila",
    "desistir_de_aviso": "Aviso sem entrega",
    "assinar": "Avisos assinados",
    "cancelar_assinatura": "Assinatura encerrada",
}


class SistemaDaOperadora(models.Model):
    """One system that uses an API: of the Operadora (orders), or of PRODESP (address blocks). ``de`` says whose, and never changes.

    ``usuario`` is its service account: without password, inactive and without links, so nobody enters with it; it is what ``por`` of a
    history row points at. Rights come from the token alone.
    """

    de = models.CharField(max_length=9, choices=De.choices, default=De.OPERADORA)
    nome = models.CharField(max_length=60, unique=True)
    contato = models.EmailField()
    usuario = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sistema")
    criado_em = models.DateTimeField()
    desligado_em = models.DateTimeField(null=True)

    class Meta:
        ordering = ("nome",)

    def __str__(self) -> str:
        return self.nome

    @property
    def estado(self) -> str:
        """``ligado`` or ``desligado``: what its history rows say."""
        return "desligado" if self.desligado_em else "ligado"

    @property
    def nome_no_historico(self) -> str:
        """How the history of a request names it."""
        return f"Sistema da {self.get_de_display()}: {self.nome}"

    @property
    def recebe_avisos(self) -> bool:
        """Whether it may be told of events: only of orders, so only the Operadora's."""
        return self.de == De.OPERADORA


class HistoricoSistema(Historico):
    """One act of the gestor, or of the system itself on its subscriptions. The audit of the integration."""

    processo = models.ForeignKey(SistemaDaOperadora, models.PROTECT, related_name="historico")

    class Meta(Historico.Meta):
        indexes = [models.Index(fields=["processo", "em"], name="saog_historico_sistema")]

    @property
    def em_palavras(self) -> str:
        """What was done, for people."""
        return _ATOS[self.transicao]


class TokenDeSistema(models.Model):
    """A bearer token: 256 random bits shown once, only their SHA-256 kept. ``comeco`` is how people tell one from another."""

    sistema = models.ForeignKey(SistemaDaOperadora, models.PROTECT, related_name="tokens")
    sha256 = models.CharField(max_length=64, unique=True)
    comeco = models.CharField(max_length=12)
    nome = models.CharField(max_length=60)
    escopos = models.JSONField(default=list)
    criado_em = models.DateTimeField()
    expira_em = models.DateTimeField()
    revogado_em = models.DateTimeField(null=True)
    ultimo_uso_em = models.DateTimeField(null=True)
    ultimo_ip = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ("-criado_em", "-pk")
        constraints = [models.CheckConstraint(condition=Q(expira_em__gt=models.F("criado_em")), name="saog_token_em_ordem")]

    def __str__(self) -> str:
        return f"{self.sistema}: {self.nome}"

    def vale(self, agora: dt.datetime) -> bool:
        """Whether it still opens the door at ``agora``."""
        return self.revogado_em is None and agora < self.expira_em

    @property
    def em_palavras(self) -> str:
        """What it may do, for people."""
        return ", ".join(str(Escopo(e).label).lower() for e in self.escopos)


class EnderecoDeAviso(models.Model):
    """An address the gestor allows the portal to call for one system: a callback must be it or below it."""

    sistema = models.ForeignKey(SistemaDaOperadora, models.PROTECT, related_name="enderecos")
    url = models.CharField(max_length=300)
    criado_em = models.DateTimeField()
    retirado_em = models.DateTimeField(null=True)

    class Meta:
        ordering = ("url", "pk")
        constraints = [models.UniqueConstraint(fields=["sistema", "url"], condition=Q(retirado_em__isnull=True), name="saog_um_endereco")]

    def __str__(self) -> str:
        return self.url


class AssinaturaDeAvisos(models.Model):
    """A subscription made at ``/hub``. ``segredo`` signs what is sent to it: kept sealed (``contas.segredos``), shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sistema = models.ForeignKey(SistemaDaOperadora, models.PROTECT, related_name="assinaturas")
    endereco = models.ForeignKey(EnderecoDeAviso, models.PROTECT, related_name="assinaturas")
    callback = models.CharField(max_length=500)
    eventos = models.JSONField(default=list)
    segredo = models.CharField(max_length=200)
    criada_em = models.DateTimeField()
    encerrada_em = models.DateTimeField(null=True)

    class Meta:
        ordering = ("criada_em", "pk")

    def __str__(self) -> str:
        return self.callback


class AvisoDeSistema(models.Model):
    """One event for one subscription, written in the transaction of the act it tells of; sending is the worker's business.

    ``chave`` makes it exist once. ``tentar_em`` is when the next try is due; null once sent or given up.
    """

    class Situacao(models.TextChoices):
        """Life of a notice."""

        PENDENTE = "pendente", "Na fila"
        ENVIADO = "enviado", "Entregue"
        DESISTIDO = "desistido", "Sem entrega"

    chave = models.CharField(max_length=120, unique=True)
    assinatura = models.ForeignKey(AssinaturaDeAvisos, models.PROTECT, related_name="avisos")
    solicitacao = models.ForeignKey("saog.SolicitacaoServico", models.PROTECT, related_name="+")
    evento = models.CharField(max_length=40, choices=Evento.choices)
    corpo = models.TextField()
    situacao = models.CharField(max_length=10, choices=Situacao.choices, default=Situacao.PENDENTE)
    tentativas = models.PositiveSmallIntegerField(default=0)
    tentar_em = models.DateTimeField(null=True)
    reservado_ate = models.DateTimeField(null=True)
    erro = models.CharField(max_length=120, blank=True)
    criado_em = models.DateTimeField()
    enviado_em = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-criado_em", "-pk")
        constraints = [
            models.CheckConstraint(condition=~Q(situacao="pendente") | Q(tentar_em__isnull=False), name="saog_aviso_pendente_tem_hora")
        ]
        indexes = [
            models.Index(fields=["tentar_em"], name="saog_avisos_a_enviar", condition=Q(situacao="pendente")),
            models.Index(fields=["-criado_em"], name="saog_avisos_sem_entrega", condition=Q(situacao="desistido")),
            models.Index(fields=["enviado_em"], name="saog_avisos_entregues", condition=Q(situacao="enviado")),
        ]

    def __str__(self) -> str:
        return self.chave


class ChaveDeIdempotencia(models.Model):
    """The answer first given to an ``Idempotency-Key`` of a system; kept for a day."""

    sistema = models.ForeignKey(SistemaDaOperadora, models.CASCADE, related_name="+")
    chave = models.CharField(max_length=100)
    pedido_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    corpo = models.TextField(blank=True)
    cabecalhos = models.JSONField(default=dict)
    criada_em = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sistema", "chave"], name="saog_uma_chave_por_sistema")]

    def __str__(self) -> str:
        return f"{self.sistema_id} {self.chave}"
