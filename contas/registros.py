"""What floors above tell this one: typed callables registered in their ``apps.ready()`` ("How floors below hear floors above")."""

from __future__ import annotations

from collections.abc import Callable

#: ``adesao`` registers ``ha_adesao(municipio_id) -> bool``: whether an adhesion is in progress or in force there (ADS-10).
SITUACAO_DO_MUNICIPIO: list[Callable[[int], bool]] = []


def ha_adesao(municipio_id: int) -> bool:
    """Whether any registered floor says that the municipality has an adhesion in progress or in force."""
    return any(pergunta(municipio_id) for pergunta in SITUACAO_DO_MUNICIPIO)
