"""The spreadsheets of allocations that PRODESP already had: kept on the server between the dry run and the writing, and afterwards as the
proof of where those allocations came from.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImportacaoDeBlocos(models.Model):
    """One file that was sent: ``texto`` is what was read of it, ``sha256`` of its bytes.

    ``gravada_em`` is set once, with how much was written: ``blocos`` of so many ``prefeituras``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    nome = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    texto = models.TextField()
    enviada_em = models.DateTimeField()
    enviada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    gravada_em = models.DateTimeField(null=True)
    gravada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    gravada_por_nome = models.CharField(max_length=150, blank=True)
    blocos = models.PositiveIntegerField(default=0)
    prefeituras = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-enviada_em", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(gravada_em__isnull=True, gravada_por__isnull=True, blocos=0) | Q(gravada_em__isnull=False, blocos__gt=0),
                name="enderecamento_importacao_em_ordem",
            )
        ]
        indexes = [models.Index(fields=["-gravada_em"], name="enderecamento_importadas", condition=Q(gravada_em__isnull=False))]

    def __str__(self) -> str:
        return self.nome
