"""What floors above tell this one: typed callables registered in their ``apps.ready()`` ("How floors below hear floors above")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

from django.db.models import QuerySet

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


@dataclass(frozen=True, slots=True)
class LinhaDaTrilha:
    """One act as the auditor reads it: when, what, on which process (``caminho``: its page, path without domain, or ""), who, from where.

    ``papel`` is a code of ``contas.models.Papel`` or "". ``so_o_dia``: the hour of ``em`` is not known.
    """

    em: dt.datetime
    o_que: str
    comentario: str
    sobre: str
    numero: str
    caminho: str
    quem: str
    papel: str
    ip: str
    so_o_dia: bool = False


@dataclass(frozen=True, slots=True)
class FonteDaTrilha:
    """Where acts of the trail come from (SS-10, PRZ-02).

    ``atos(texto)``: the rows with ``em`` (the instant of the act) whose municipality, number or person has ``texto``; "" for all.
    ``ler(pks)``: the lines of some of them, with as many queries as for one. ``grupo`` and ``rotulo`` are the choice of the filter;
    several sources may share a group.
    """

    codigo: str
    grupo: str
    rotulo: str
    atos: Callable[[str], QuerySet[Any]]
    ler: Callable[[list[int]], dict[int, LinhaDaTrilha]]


#: The sources of the trail by code, read in one ordered list. ``adesao``, ``enderecamento`` and ``saog`` register their own.
FONTES_DA_TRILHA: dict[str, FonteDaTrilha] = {}
