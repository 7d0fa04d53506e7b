"""Tables that serve every app: numbering, one-time form keys, calendar, outages, and the abstract append-only history."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django_fsm import ConcurrentTransitionMixin, FSMFieldMixin


class ComEstado(ConcurrentTransitionMixin):
    """``ConcurrentTransitionMixin`` that looks once per model, and not at every object read, for which fields hold a state."""

    @property
    def state_fields(self) -> list[FSMFieldMixin]:
        """The fields that only a transition may change."""
        return _campos_de_estado(type(self))  # type: ignore[arg-type]  # a class is hashable


@cache
def _campos_de_estado(modelo: type[Any]) -> list[FSMFieldMixin]:
    return [campo for campo in modelo._meta.fields if isinstance(campo, FSMFieldMixin)]


class SoAcrescenta(models.QuerySet):
    """A queryset whose rows can be added and read, never changed or removed."""

    def update(self, **campos: Any) -> int:
        """Refused. Raises ``TypeError``."""
        raise TypeError("O histórico não se altera.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused. Raises ``TypeError``."""
        raise TypeError("O histórico não se apaga.")


class Historico(models.Model):
    """One act on a process: who, when, from where, from which state to which. Append-only (SS-10, PRZ-02).

    Concrete models add ``processo``, a foreign key with ``related_name="historico"``.
    """

    transicao = models.CharField(max_length=40)
    de = models.CharField(max_length=30, blank=True)
    para = models.CharField(max_length=30)
    em = models.DateTimeField()
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    por_nome = models.CharField(max_length=150)
    por_papel = models.CharField(max_length=20, blank=True)
    ip = models.GenericIPAddressField(null=True)
    comentario = models.TextField(blank=True)
    dados = models.JSONField(default=dict)

    objects = SoAcrescenta.as_manager()

    class Meta:
        abstract = True
        ordering = ("em", "pk")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only. Raises ``TypeError`` on a row that exists."""
        if not self._state.adding:
            raise TypeError("O histórico não se altera.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused. Raises ``TypeError``."""
        raise TypeError("O histórico não se apaga.")


class ContadorAnual(models.Model):
    """The last number given in a year for a series; read and raised under a row lock (settled question 3)."""

    serie = models.CharField(max_length=20)
    ano = models.PositiveSmallIntegerField()
    ultimo = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["serie", "ano"], name="nucleo_contador_unico")]

    def __str__(self) -> str:
        return f"{self.serie} {self.ano}: {self.ultimo}"


class ChaveDeFormulario(models.Model):
    """The one-time key of a form that was posted, with what it led to: a second post gets the first result."""

    chave = models.UUIDField(primary_key=True, default=uuid.uuid4)
    usuario = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    ato = models.CharField(max_length=60)
    resultado = models.JSONField(default=dict)
    criada_em = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.ato} {self.chave}"


class DiaSemExpediente(models.Model):
    """A day without office hours beyond the public holidays the library knows: pontos facultativos, municipal holidays (PRZ-04).

    ``codigo_ibge`` empty = the calendar of PRODESP; filled = that municipality's own.
    """

    data = models.DateField()
    descricao = models.CharField(max_length=120)
    codigo_ibge = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["data"], condition=models.Q(codigo_ibge__isnull=True), name="nucleo_dia_unico_do_estado"),
            models.UniqueConstraint(fields=["data", "codigo_ibge"], name="nucleo_dia_unico_do_municipio"),
        ]

    def __str__(self) -> str:
        return f"{self.data:%d/%m/%Y} {self.descricao}"


class Indisponibilidade(models.Model):
    """A recorded outage of the portal: a deadline that would end on one of its days is extended (PRZ-04)."""

    inicio_em = models.DateTimeField()
    fim_em = models.DateTimeField()
    motivo = models.CharField(max_length=200)
    registrada_por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(fim_em__gt=models.F("inicio_em")), name="nucleo_queda_em_ordem")]

    def __str__(self) -> str:
        return f"{self.inicio_em:%d/%m/%Y} {self.motivo}"
