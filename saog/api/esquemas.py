"""What goes in and out, by the names of TMF641 v4.1. Input refuses what it does not know; output is described whole.

No field takes ``null``: what is not sent stays as it is.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from saog.consultas.integracao import EstadoTMF
from saog.models import Evento

#: The value of a field that was not sent: its type has no ``None``, so ``null`` is refused.
AUSENTE: Any = None
#: Text without control characters, except the line break and the tab.
SEM_CONTROLE = r"^[^\u0000-\u0008\u000b-\u001f\u007f]*$"
_RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})")
_ATRIBUTOS = (
    "id",
    "href",
    "externalId",
    "category",
    "description",
    "state",
    "orderDate",
    "requestedStartDate",
    "expectedCompletionDate",
    "startDate",
    "completionDate",
    "cancellationDate",
    "cancellationReason",
    "serviceOrderItem",
    "serviceOrderRelationship",
    "relatedParty",
    "milestone",
    "errorMessage",
    "note",
)
_UM = "(?:" + "|".join(_ATRIBUTOS) + ")"
FIELDS = rf"^{_UM}(?:,{_UM}){{0,18}}$"


def _instante(valor: Any) -> dt.datetime:
    """An instant of RFC 3339, with its offset, between 2000 and 2100. Raises ``ValueError``."""
    if not isinstance(valor, str) or len(valor) > 40 or not _RFC_3339.fullmatch(valor):
        raise ValueError("Escreva o instante como em 2026-11-23T14:30:00-03:00.")
    try:
        lido = dt.datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", valor.upper()).replace("Z", "+00:00"))
    except ValueError:
        raise ValueError("Esta data não existe.") from None
    if not 2000 <= lido.year < 2100:
        raise ValueError("O ano vai de 2000 a 2099.")
    return lido


Instante = Annotated[dt.datetime, BeforeValidator(_instante), WithJsonSchema({"type": "string", "format": "date-time"})]
Texto = Annotated[str, Field(min_length=1, max_length=2000, pattern=SEM_CONTROLE)]
Curto = Annotated[str, Field(min_length=1, max_length=120, pattern=SEM_CONTROLE)]


class Entrada(Schema):
    """What comes in: nothing unknown."""

    model_config = ConfigDict(extra="forbid")


class NotaNova(Entrada):
    """A note."""

    text: Texto


class MarcoNovo(Entrada):
    """A milestone, expected or reached. ``visita`` with an expected date schedules the visit."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=SEM_CONTROLE)]
    status: Literal["expected", "reached"]
    milestoneDate: Instante
    description: Annotated[str, Field(max_length=300, pattern=SEM_CONTROLE)] = ""


class CaracteristicaNova(Entrada):
    """One result of the delivery. Measures are written with a point: ``7.9``."""

    name: Literal["circuito", "equipamento", "velocidadeMedida", "perda", "atraso"]
    value: Curto


class ServicoEntregue(Entrada):
    """What was installed."""

    serviceCharacteristic: Annotated[list[CaracteristicaNova], Field(min_length=1, max_length=5)]


class ItemEntregue(Entrada):
    """The item that was concluded: an order has one."""

    id: Literal["1"]
    service: ServicoEntregue


class Mudanca(Entrada):
    """What ``PATCH /serviceOrder/{id}`` takes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"minProperties": 1})

    state: Literal["inProgress", "pending", "completed", "rejected"] = Field(default=AUSENTE)
    expectedCompletionDate: Instante = Field(default=AUSENTE)
    milestone: Annotated[list[MarcoNovo], Field(min_length=1, max_length=20)] = Field(default=AUSENTE)
    note: Annotated[list[NotaNova], Field(min_length=1, max_length=10)] = Field(default=AUSENTE)
    serviceOrderItem: Annotated[list[ItemEntregue], Field(min_length=1, max_length=1)] = Field(default=AUSENTE)


class RefDaOrdem(Entrada):
    """Which order."""

    id: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{5}-[0-9]$")]


class PedidoDeCancelamento(Entrada):
    """What ``POST /cancelServiceOrder`` takes."""

    cancellationReason: Texto
    serviceOrder: RefDaOrdem


class AssinaturaNova(Entrada):
    """What ``POST /hub`` takes. Without ``query`` both events are told."""

    callback: Annotated[str, Field(min_length=8, max_length=300, pattern=r"^https?://[!-~]+$")]
    query: Annotated[
        str,
        Field(
            pattern=r"^eventType=(?:serviceOrderCreateEvent|serviceOrderStateChangeEvent)"
            r"(?:,(?:serviceOrderCreateEvent|serviceOrderStateChangeEvent))?$"
        ),
    ] = ",".join(["eventType=serviceOrderCreateEvent", "serviceOrderStateChangeEvent"])

    @property
    def eventos(self) -> list[str]:
        """The events asked for."""
        return [e.value for e in Evento if e.value in self.query]


# --- Out ------------------------------------------------------------------------------------------------------------------
class Saida(Schema):
    """What goes out: exactly what is described."""

    model_config = ConfigDict(extra="forbid")


class Caracteristica(Saida):
    """A characteristic of the service, in ``value`` as text or number."""

    name: str
    valueType: Literal["string", "integer"]
    value: str | int


class Servico(Saida):
    """The service of an item."""

    name: str
    serviceType: str
    serviceCharacteristic: list[Caracteristica]


class Item(Saida):
    """The one item of an order."""

    id: str
    action: Literal["add", "modify", "delete", "noChange"]
    state: EstadoTMF
    service: Servico


class Parte(Saida):
    """Who takes part: the prefeitura and PRODESP."""

    id: str
    name: str
    role: str
    referredType: str = Field(alias="@referredType")


class MarcoLido(Saida):
    """A milestone."""

    id: str
    name: str
    status: Literal["expected", "reached", "refused"]
    milestoneDate: Instante
    description: str


class Erro(Saida):
    """Why a delivery was refused, or why the order could not be met."""

    code: str
    reason: str
    message: str
    timestamp: Instante


class Nota(Saida):
    """A note of anybody on the order."""

    id: str
    author: str
    date: Instante
    text: str


class Relacao(Saida):
    """The order that this one asks to stop."""

    id: str
    href: str
    relationshipType: Literal["cancels"]


class Ordem(Saida):
    """A service order. With ``fields`` only what was asked for comes, besides ``id`` and ``href``."""

    type_: Literal["ServiceOrder"] = Field(default=AUSENTE, alias="@type")
    id: str
    href: str
    externalId: str = Field(default=AUSENTE)
    category: str = Field(default=AUSENTE)
    description: str = Field(default=AUSENTE)
    state: EstadoTMF = Field(default=AUSENTE)
    orderDate: Instante = Field(default=AUSENTE)
    requestedStartDate: Instante = Field(default=AUSENTE)
    expectedCompletionDate: Instante = Field(default=AUSENTE)
    startDate: Instante = Field(default=AUSENTE)
    completionDate: Instante = Field(default=AUSENTE)
    cancellationDate: Instante = Field(default=AUSENTE)
    cancellationReason: str = Field(default=AUSENTE)
    serviceOrderItem: list[Item] = Field(default=AUSENTE)
    serviceOrderRelationship: list[Relacao] = Field(default=AUSENTE)
    relatedParty: list[Parte] = Field(default=AUSENTE)
    milestone: list[MarcoLido] = Field(default=AUSENTE)
    errorMessage: list[Erro] = Field(default=AUSENTE)
    note: list[Nota] = Field(default=AUSENTE)


class Cancelamento(Saida):
    """The portal's answer: ``done`` (the order became ``rejected``) or ``terminatedWithError``, with the reason."""

    id: str
    state: Literal["done", "terminatedWithError"]
    cancellationReason: str
    requestedCancellationDate: Instante
    effectiveCancellationDate: Instante = Field(default=AUSENTE)
    serviceOrder: Ordem
    errorMessage: Erro = Field(default=AUSENTE)


class Assinatura(Saida):
    """A subscription. ``secret`` signs what is sent to the callback and comes only here."""

    id: str
    callback: str
    query: str
    secret: str


class ErroDeCampo(Saida):
    """What is wrong in one field."""

    campo: str
    mensagem: str


class ProblemaLido(Saida):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    regra: str = Field(default=AUSENTE)
    erros: list[ErroDeCampo] = Field(default=AUSENTE)
