"""What was sent: a frozen copy of data and files, and the typed rows that later floors read."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .processo import Adesao


class Envio(models.Model):
    """One numbered sending: ``dados`` is the whole form as sent (task → field → value ready to read), never changed."""

    adesao = models.ForeignKey(Adesao, models.PROTECT, related_name="lista_de_envios")
    ordem = models.PositiveSmallIntegerField()
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dados = models.JSONField()
    dados_sha256 = models.CharField(max_length=64)
    recibo = models.ForeignKey("documentos.Documento", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adesao", "ordem"], name="adesao_envio_numerado")]
        ordering = ("ordem",)


class EnvioPeca(models.Model):
    """One paper of a sending: the version the portal made and the signed copy that answers to it."""

    envio = models.ForeignKey(Envio, models.PROTECT, related_name="pecas")
    peca = models.CharField(max_length=12)
    gerado = models.ForeignKey("documentos.Documento", models.PROTECT, null=True, related_name="+")
    assinado = models.ForeignKey("documentos.Documento", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["envio", "peca"], name="adesao_peca_unica_no_envio")]


class DeclaracaoAceita(models.Model):
    """A declaration taken by a person, with the version of its text (ADS-09, ADS-16)."""

    envio = models.ForeignKey(Envio, models.PROTECT, related_name="declaracoes")
    codigo = models.CharField(max_length=40)
    versao = models.PositiveSmallIntegerField()
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["envio", "codigo"], name="adesao_declaracao_unica")]


class Responsavel(models.Model):
    """One of the two civil servants designated in Anexo I (ADS-06), as last sent. Values bare."""

    adesao = models.ForeignKey(Adesao, models.PROTECT, related_name="responsaveis")
    ordem = models.PositiveSmallIntegerField()
    matricula = models.CharField(max_length=30, blank=True)
    nome = models.CharField(max_length=120)
    cpf = models.CharField(max_length=11)
    telefone = models.CharField(max_length=11, blank=True)
    ramal = models.CharField(max_length=10, blank=True)
    celular = models.CharField(max_length=11, blank=True)
    email = models.EmailField()
    cargo = models.CharField(max_length=80)
    departamento = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("ordem",)
        constraints = [
            models.UniqueConstraint(fields=["adesao", "ordem"], name="adesao_responsavel_numerado"),
            models.UniqueConstraint(fields=["adesao", "cpf"], name="adesao_responsaveis_cpfs_diferentes"),
            models.UniqueConstraint(fields=["adesao", "email"], name="adesao_responsaveis_emails_diferentes"),
            models.CheckConstraint(condition=models.Q(ordem__in=(1, 2)), name="adesao_dois_responsaveis"),
        ]


class Aplicacao(models.Model):
    """A State application that the prefeitura will use, and how its owner's authorisation stands (ADS-07, ADS-08)."""

    class Autorizacao(models.TextChoices):
        """Where the owner's authorisation stands."""

        PENDENTE = "pendente", "Ainda não pedida"
        SOLICITADA = "solicitada", "Pedida"
        AUTORIZADA = "autorizada", "Autorizada"
        NEGADA = "negada", "Negada"

    adesao = models.ForeignKey(Adesao, models.PROTECT, related_name="aplicacoes")
    ordem = models.PositiveSmallIntegerField()
    nome = models.CharField(max_length=120)
    orgao = models.CharField(max_length=120)
    autorizacao = models.CharField(max_length=10, choices=Autorizacao.choices, default=Autorizacao.PENDENTE)
    autorizacao_data = models.DateField(null=True, blank=True)
    autorizacao_documento = models.CharField(max_length=120, blank=True)
    atualizada_em = models.DateTimeField(null=True)
    atualizada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("ordem",)
        constraints = [models.UniqueConstraint(fields=["adesao", "nome", "orgao"], name="adesao_aplicacao_unica")]
