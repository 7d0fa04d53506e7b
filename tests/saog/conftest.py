"""What tests of the requests share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from nucleo.fluxo import Ator
from tests.apoio import solicitacoes
from tests.apoio.elenco import BOTUCATU, ITAPEVA, Pessoa
from tests.enderecamento.conftest import Cena, cena

__all__ = ["Atores", "Cena", "cena"]


@dataclass(frozen=True)
class Atores:
    """The actors of the way through, read once."""

    ana: Ator
    bene: Ator
    vizinha: Ator
    analista: Ator
    gestor: Ator
    operadora: Ator


@pytest.fixture
def atores(
    responsavel_a1: Pessoa, responsavel_a2: Pessoa, responsavel_b: Pessoa, analista: Pessoa, gestor_prodesp: Pessoa, operadora: Pessoa
) -> Atores:
    """Both responsáveis of Botucatu, one of Itapeva, PRODESP and the Operadora; both adhesions in force."""
    solicitacoes.em_vigor(responsavel_a1, BOTUCATU)
    solicitacoes.em_vigor(responsavel_b, ITAPEVA)
    pessoas: dict[str, Any] = {
        "ana": responsavel_a1,
        "bene": responsavel_a2,
        "vizinha": responsavel_b,
        "analista": analista,
        "gestor": gestor_prodesp,
        "operadora": operadora,
    }
    return Atores(**{nome: p.ator for nome, p in pessoas.items()})
