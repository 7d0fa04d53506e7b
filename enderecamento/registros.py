"""What floors above tell this one: typed callables registered in their ``apps.ready()`` ("How floors below hear floors above")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from nucleo.fluxo import Ator


@dataclass(frozen=True, slots=True)
class Uso:
    """What uses a sub-block: a link, in words, and where its page is (path without domain, or "")."""

    titulo: str
    situacao: str
    caminho: str = ""


#: ``saog`` registers ``links_que_usam(cidrs) -> {cidr: Uso}``: the open links that use these networks (one query).
QUEM_USA: list[Callable[[Iterable[str]], dict[str, Uso]]] = []


class Trocar(Protocol):
    """Move what uses each of these networks of a prefeitura (``pares``: from → to) over to its new one, in the transaction of the act that
    confirms the exchange (IP-05): a fixed number of queries, however many they are.
    """

    def __call__(self, *, municipio_id: int, pares: Mapping[str, str], por: Ator, agora: dt.datetime) -> None: ...


#: ``saog`` registers the change of the links' network.
AO_TROCAR: list[Trocar] = []


def usos(cidrs: Iterable[str]) -> dict[str, Uso]:
    """CIDR → what uses it, of those that something uses."""
    lista = list(cidrs)
    achados: dict[str, Uso] = {}
    for perguntar in QUEM_USA:
        achados |= perguntar(lista)
    return achados
