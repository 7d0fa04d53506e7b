"""Files of the portal: PDFs it makes from frozen data, and files people send. Kept privately under a uuid, never changed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

#: In place of the antivirus' word: an image made again by us, of which nothing sent is left.
REPROCESSADA = "reprocessada"


class Documento(models.Model):
    """One file, or the order to make one.

    ``origem`` GERADO: ``modelo`` (a template under ``templates/pdf/``) and ``dados`` (frozen JSON) say how to make it; it is born
    PENDENTE and the worker (or ``documentos.pdf.garantir``) turns it PRONTO. ``origem`` RECEBIDO: the original bytes of an upload that
    passed the gate; ``situacao`` is EM_VERIFICACAO until the antivirus answers. ``sha256`` is of the bytes; ``tamanho`` in bytes.
    ``codigo`` is the public verification code printed on generated papers (settled question 3). ``dono`` is an opaque address of who it
    belongs to, such as ``adesao:42``, for quotas and sweeps; the access check is the owner app's.

    ``tentar_em`` is when the sweep should wake a worker for this row (to render, to scan, or to make the page images); null = nothing
    left to do. ``reservado_ate`` is the lease of the worker that has it now. ``tentativas`` counts the tries of the present step.
    For a received PDF ``dados`` holds what the gate read: ``assinaturas``, ``revisoes``, ``codigos_no_texto``.
    """

    class Origem(models.TextChoices):
        """Made here, or received."""

        GERADO = "gerado", "Gerado pelo portal"
        RECEBIDO = "recebido", "Recebido"

    class Situacao(models.TextChoices):
        """Life of a file."""

        PENDENTE = "pendente", "A gerar"
        EM_VERIFICACAO = "em_verificacao", "Em verificação"
        PRONTO = "pronto", "Pronto"
        INFECTADO = "infectado", "Recusado pelo antivírus"
        FALHOU = "falhou", "Não foi possível gerar"

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    origem = models.CharField(max_length=8, choices=Origem.choices)
    especie = models.CharField(max_length=30)
    situacao = models.CharField(max_length=14, choices=Situacao.choices)
    dono = models.CharField(max_length=40, db_index=True)
    titulo = models.CharField(max_length=150)
    nome_original = models.CharField(max_length=200, blank=True)
    tipo_mime = models.CharField(max_length=60, default="application/pdf")
    modelo = models.CharField(max_length=60, blank=True)
    dados = models.JSONField(default=dict)
    dados_sha256 = models.CharField(max_length=64, blank=True)
    codigo = models.CharField(max_length=9, unique=True, null=True)
    arquivo = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    tamanho = models.PositiveIntegerField(default=0)
    paginas = models.PositiveSmallIntegerField(default=0)
    paginas_prontas = models.BooleanField(default=False)
    antivirus = models.CharField(max_length=20, blank=True)
    criado_em = models.DateTimeField()
    criado_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    pronto_em = models.DateTimeField(null=True)
    tentativas = models.PositiveSmallIntegerField(default=0)
    tentar_em = models.DateTimeField(null=True)
    reservado_ate = models.DateTimeField(null=True)
    erro = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dono", "especie", "dados_sha256"],
                condition=Q(origem="gerado"),
                name="documentos_uma_versao_por_conteudo",
            ),
            models.CheckConstraint(
                condition=~Q(situacao="pronto") | (~Q(arquivo="") & ~Q(sha256="")), name="documentos_pronto_tem_arquivo"
            ),
        ]
        indexes = [models.Index(fields=["tentar_em"], name="documentos_a_fazer", condition=Q(tentar_em__isnull=False))]

    def __str__(self) -> str:
        return self.titulo


class Cota(models.Model):
    """One row per ``dono``, locked while a file is counted in, so that two uploads at once cannot both take the last place (ASVS 5.2.4)."""

    dono = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.dono
