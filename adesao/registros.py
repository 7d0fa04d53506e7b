"""What floors above tell this one: typed callables registered in their ``apps.ready()`` ("How floors below hear floors above")."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from nucleo.fluxo import Ator


class Prorrogar(Protocol):
    """Move on the deadlines of a floor that end on one of ``fins`` (exclusive local midnights); return how many processes moved."""

    def __call__(self, fins: list[dt.datetime], *, motivo: str, por: Ator, agora: dt.datetime) -> int: ...


#: Asked, in order and in the same transaction, when an outage of the portal is recorded (PRZ-04). ``saog`` registers its own.
PRORROGADORES: list[Prorrogar] = []
