"""What tests of the address blocks share."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from adesao.models import Adesao
from enderecamento.models import PoolCIDR
from nucleo.fluxo import Ator
from tests.apoio import enderecos
from tests.apoio.elenco import BOTUCATU, ITAPEVA, Pessoa


@dataclass(frozen=True)
class Cena:
    """Two prefeituras in force that ask for 20 private and 1 public block each, a private /24 pool (16 slots) and a public /28 (4)."""

    botucatu: Adesao
    itapeva: Adesao
    privado: PoolCIDR
    publico: PoolCIDR
    analista: Ator
    gestor: Ator
    ana: Ator


@pytest.fixture
def cena(responsavel_a1: Pessoa, responsavel_b: Pessoa, analista: Pessoa, gestor_prodesp: Pessoa) -> Cena:
    """See ``Cena``."""
    gestor = gestor_prodesp.ator
    return Cena(
        botucatu=enderecos.em_vigor(responsavel_a1, BOTUCATU),
        itapeva=enderecos.em_vigor(responsavel_b, ITAPEVA),
        privado=enderecos.pool("10.64.16.0/24", por=gestor),
        publico=enderecos.pool("203.0.113.0/28", por=gestor, perfil="PUBLICO"),
        analista=analista.ator,
        gestor=gestor,
        ana=responsavel_a1.ator,
    )
