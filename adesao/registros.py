"""What floors above tell this one: typed callables registered in their ``apps.ready()`` ("How floors below hear floors above")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol, TypedDict

from documentos.models import Documento
from nucleo.fluxo import Ator


class Prorrogar(Protocol):
    """Move on the deadlines of a floor that end on one of ``fins`` (exclusive local midnights); return how many processes moved."""

    def __call__(self, fins: list[dt.datetime], *, motivo: str, por: Ator, agora: dt.datetime) -> int: ...


#: Asked, in order and in the same transaction, when an outage of the portal is recorded (PRZ-04). ``saog`` registers its own.
PRORROGADORES: list[Prorrogar] = []


class Verificado(TypedDict):
    """What the public may know of a paper. ``sem_efeito`` says in a sentence why a genuine paper does not hold any more, or ""."""

    especie: str
    municipio: str
    processo: str
    em: dt.datetime
    sha256: str
    atual: bool
    sem_efeito: str


#: Owner's prefix → who tells of its papers at ``/verificar/`` (settled question 3). ``adesao`` and ``saog`` register their own.
VERIFICADORES: dict[str, Callable[[Documento], Verificado | None]] = {}
