"""What floors above tell this one: typed callables registered in their ``apps.ready()`` ("How floors below hear floors above")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from nucleo.fluxo import Ator


class AoSair(Protocol):
    """What a floor above does, in the same transaction, when somebody's work for the State ends."""

    def __call__(self, *, usuario_id: int, por: Ator, agora: dt.datetime) -> None:
        """Take out of this person's hands what only she could go on with."""


#: ``adesao`` registers ``ha_adesao(municipio_id) -> bool``: whether an adhesion is in progress or in force there (ADS-10).
SITUACAO_DO_MUNICIPIO: list[Callable[[int], bool]] = []


def ha_adesao(municipio_id: int) -> bool:
    """Whether any registered floor says that the municipality has an adhesion in progress or in force."""
    return any(pergunta(municipio_id) for pergunta in SITUACAO_DO_MUNICIPIO)


#: ``adesao`` registers the return of the processes that the person holds to the queue.
AO_SAIR_DA_CONFERENCIA: list[AoSair] = []


def saiu_da_conferencia(*, usuario_id: int, por: Ator, agora: dt.datetime) -> None:
    """Tell the floors above that this person no longer checks anything. Needs a transaction: what they do stands or falls with the end."""
    for fazer in AO_SAIR_DA_CONFERENCIA:
        fazer(usuario_id=usuario_id, por=por, agora=agora)
