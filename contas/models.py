"""Who is who: municipalities, bodies, users, and the dated links between a user, a body and a role."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from contas.papeis import PAPEIS_DA_PREFEITURA, PAPEIS_DO_ESTADO, Papel

__all__ = [
    "CONTA_DESATIVADA",
    "CONTA_REATIVADA",
    "DE_SISTEMA",
    "PAPEIS_DA_PREFEITURA",
    "PAPEIS_DO_ESTADO",
    "CadastroPendente",
    "Convite",
    "GerenteDeUsuarios",
    "LinkDeAcesso",
    "LinkDeUsoUnico",
    "Municipio",
    "Orgao",
    "Papel",
    "PedidoDeEntrada",
    "TrocaDeEmail",
    "Usuario",
    "Vinculo",
    "VinculoQuerySet",
]


class Municipio(models.Model):
    """One of the 645 municipalities of São Paulo, by IBGE code. ``busca`` is the name folded for searching."""

    codigo_ibge = models.PositiveIntegerField(primary_key=True)
    nome = models.CharField(max_length=60)
    busca = models.CharField(max_length=120, db_index=True)
    ddd = models.CharField(max_length=2, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)

    class Meta:
        ordering = ("nome",)

    def __str__(self) -> str:
        return self.nome

    @property
    def regiao(self) -> str:
        """Region shown on queues: the area of the DDD (settled question 16), or ""."""
        return f"DDD {self.ddd}" if self.ddd else ""


class Orgao(models.Model):
    """A body people act for: a prefeitura (one per municipality) or a State body."""

    class Tipo(models.TextChoices):
        """Kinds of body."""

        PREFEITURA = "prefeitura", "Prefeitura"
        PRODESP = "prodesp", "PRODESP"
        APROVADOR = "aprovador", "Órgão aprovador"
        OPERADORA = "operadora", "Operadora"
        CONTROLE = "controle", "Controle"

    tipo = models.CharField(max_length=12, choices=Tipo.choices)
    nome = models.CharField(max_length=120)
    municipio = models.OneToOneField(Municipio, models.PROTECT, null=True, blank=True, related_name="prefeitura")

    historia = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tipo="prefeitura", municipio__isnull=False) | (~Q(tipo="prefeitura") & Q(municipio__isnull=True)),
                name="contas_prefeitura_tem_municipio",
            ),
            models.UniqueConstraint(fields=["tipo"], condition=~Q(tipo="prefeitura"), name="contas_um_orgao_por_tipo_do_estado"),
        ]

    def __str__(self) -> str:
        return self.nome


class GerenteDeUsuarios(BaseUserManager["Usuario"]):
    """Creates users by e-mail."""

    def create_user(self, email: str, password: str | None = None, **campos: Any) -> Usuario:
        """Create an active user; without a password the account waits for its activation link."""
        usuario = self.model(email=self.normalize_email(email).lower(), **campos)
        if password:
            usuario.set_password(password)
        else:
            usuario.set_unusable_password()
        usuario.save(using=self._db)
        return usuario


#: How the e-mail of a system's service account ends: nobody enters with it.
DE_SISTEMA = "@sistemas.invalid"
#: How the register's history says that an account was closed or opened again; the reason follows a colon.
CONTA_DESATIVADA = "Conta desativada"
CONTA_REATIVADA = "Conta reativada"


class Usuario(AbstractBaseUser):
    """A person with an account; enters by e-mail. Rights come only from ``Vinculo``, never from flags."""

    email = models.EmailField("e-mail", unique=True)
    nome = models.CharField("nome", max_length=120)
    cpf = models.CharField("CPF", max_length=11, blank=True)
    cargo = models.CharField("cargo", max_length=80, blank=True)
    is_active = models.BooleanField("conta ativa", default=True)
    criado_em = models.DateTimeField(default=timezone.now, editable=False)

    objects = GerenteDeUsuarios()
    historia = HistoricalRecords(
        excluded_fields=["password", "last_login"],
        history_change_reason_field=models.TextField(null=True),
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["nome"]

    class Meta:
        verbose_name = "usuário"
        constraints = [
            models.UniqueConstraint(fields=["cpf"], condition=~Q(cpf=""), name="contas_cpf_unico"),
        ]

    def __str__(self) -> str:
        return self.nome

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; an entry (``last_login``) or a new password is no change of the register and leaves no history row."""
        campos = kwargs.get("update_fields")
        if campos and set(campos) <= {"last_login", "password"}:
            self.skip_history_when_saving = True
        try:
            super().save(*args, **kwargs)
        finally:
            self.__dict__.pop("skip_history_when_saving", None)

    @property
    def de_sistema(self) -> bool:
        """Whether this is the service account of a system, which was never open to anybody."""
        return self.email.endswith(DE_SISTEMA)

    @property
    def fora_do_gov(self) -> bool:
        """Whether the e-mail is not in ``.gov.br``: a mark for the analyst, never a refusal (settled question 2)."""
        return not self.email.lower().endswith(".gov.br")


class VinculoQuerySet(models.QuerySet["Vinculo"]):
    """Reading links by their dates."""

    def vigentes(self, em: Any) -> VinculoQuerySet:
        """Links that hold at the instant ``em`` (start included, end excluded)."""
        return self.filter(Q(fim_em__isnull=True) | Q(fim_em__gt=em), inicio_em__lte=em)


class Vinculo(models.Model):
    """A user holds a role in a body from an instant to another. Several may hold at once; ended ones stay as history.

    ``encerrado_por`` is who ended it; null while it holds, and when the portal itself did.
    """

    usuario = models.ForeignKey(Usuario, models.PROTECT, related_name="vinculos")
    orgao = models.ForeignKey(Orgao, models.PROTECT, related_name="vinculos")
    papel = models.CharField(max_length=12, choices=Papel.choices)
    inicio_em = models.DateTimeField()
    fim_em = models.DateTimeField(null=True, blank=True)
    motivo_do_fim = models.CharField(max_length=200, blank=True)
    encerrado_por = models.ForeignKey(Usuario, models.PROTECT, null=True, blank=True, related_name="+")

    objects = VinculoQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["usuario", "orgao", "papel"], condition=Q(fim_em__isnull=True), name="contas_vinculo_vigente_unico"
            ),
            models.CheckConstraint(condition=Q(fim_em__isnull=True) | Q(fim_em__gte=models.F("inicio_em")), name="contas_vinculo_em_ordem"),
        ]

    def __str__(self) -> str:
        return f"{self.get_papel_display()} · {self.orgao}"

    @property
    def em_palavras(self) -> str:
        """``Requerente, Prefeitura de Bofete``; the body once only when the role already says it (``Operadora``)."""
        papel = self.get_papel_display()
        return papel if self.orgao.nome.casefold() in papel.casefold() else f"{papel}, {self.orgao}"


class LinkDeUsoUnico(models.Model):
    """A link sent by e-mail: only the digest of its token is kept, it works once and until ``expira_em`` (exclusive)."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    criado_em = models.DateTimeField()
    expira_em = models.DateTimeField(db_index=True)
    usado_em = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def vale(self, agora: dt.datetime) -> bool:
        """Whether the link still works at ``agora``."""
        return self.usado_em is None and agora < self.expira_em


class LinkDeAcesso(LinkDeUsoUnico):
    """First access of an account created without a password: 24 hours, one use (ADS-11)."""

    usuario = models.ForeignKey(Usuario, models.CASCADE, related_name="links_de_acesso")
    criado_por = models.ForeignKey(Usuario, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"primeiro acesso {self.pk}"


class Convite(LinkDeUsoUnico):
    """An invitation to act for a body in a role; the mailbox proves who accepts (settled question 2)."""

    orgao = models.ForeignKey(Orgao, models.PROTECT, related_name="convites")
    email = models.EmailField()
    nome = models.CharField(max_length=120)
    papel = models.CharField(max_length=12, choices=Papel.choices)
    criado_por = models.ForeignKey(Usuario, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"convite {self.pk}"


class CadastroPendente(LinkDeUsoUnico):
    """A sign-up whose e-mail is not confirmed: no account exists yet, so nobody's e-mail or CPF is taken by it.

    ``senha`` holds the Argon2 hash. Personal data is erased when confirmed or expired; ``municipio`` says what was asked for.
    """

    municipio = models.ForeignKey(Municipio, models.PROTECT, related_name="+")
    email = models.EmailField()
    nome = models.CharField(max_length=120, blank=True)
    cpf = models.CharField(max_length=11, blank=True)
    cargo = models.CharField(max_length=80, blank=True)
    senha = models.CharField(max_length=128, blank=True)
    usuario = models.ForeignKey(Usuario, models.CASCADE, null=True, related_name="cadastros")

    def __str__(self) -> str:
        return f"cadastro {self.pk}"


class TrocaDeEmail(LinkDeUsoUnico):
    """A change of the e-mail one enters with, waiting for the new mailbox to confirm; nothing of the account changes until then."""

    usuario = models.ForeignKey(Usuario, models.CASCADE, related_name="trocas_de_email")
    email_anterior = models.EmailField()
    email_novo = models.EmailField()

    def __str__(self) -> str:
        return f"troca de e-mail {self.pk}"


class PedidoDeEntrada(models.Model):
    """Somebody asks to act for a prefeitura that already has a requerente or an adhesion (settled question 2, ADS-10).

    ``novo_pedido_em`` is set by a refusal: from then on the same person may ask the same prefeitura again.
    """

    usuario = models.ForeignKey(Usuario, models.CASCADE, related_name="pedidos_de_entrada")
    municipio = models.ForeignKey(Municipio, models.PROTECT, related_name="pedidos_de_entrada")
    pedido_em = models.DateTimeField()
    decidido_em = models.DateTimeField(null=True, blank=True)
    decidido_por = models.ForeignKey(Usuario, models.PROTECT, null=True, related_name="+")
    aceito = models.BooleanField(null=True)
    motivo = models.CharField(max_length=300, blank=True)
    novo_pedido_em = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pedido_em", "pk")
        constraints = [
            models.UniqueConstraint(fields=["usuario", "municipio"], condition=Q(decidido_em__isnull=True), name="contas_um_pedido_aberto"),
            models.CheckConstraint(
                condition=Q(decidido_em__isnull=True, aceito__isnull=True) | Q(decidido_em__isnull=False, aceito__isnull=False),
                name="contas_pedido_decidido_tem_resposta",
            ),
            models.CheckConstraint(
                condition=Q(novo_pedido_em__isnull=True) | Q(aceito=False, aceito__isnull=False),  # NULL = false would let it pass
                name="contas_so_a_recusa_faz_esperar",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.usuario} · {self.municipio}"

    @property
    def estado(self) -> str:
        """``aberto``, ``aceito`` or ``recusado``."""
        return "aberto" if self.aceito is None else "aceito" if self.aceito else "recusado"
