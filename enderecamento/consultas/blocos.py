"""Pools and sub-blocks, and how full the pools are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, Q, QuerySet

from enderecamento.estados import Situacao
from enderecamento.models import PoolCIDR, SubBlocoCIDR
from nucleo.redes import ler_rede

M = TypeVar("M", PoolCIDR, SubBlocoCIDR)

_SITUACOES: dict[str, str] = {
    Situacao.EM_USO: "em_uso",
    Situacao.EM_TROCA: "em_troca",
    Situacao.QUARENTENA: "quarentena",
    Situacao.LIVRE: "livres",
}


@dataclass(frozen=True, slots=True)
class Ocupacao:
    """How many sub-blocks stand in each way. ``total`` counts those that exist."""

    em_uso: int
    em_troca: int
    quarentena: int
    livres: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.em_uso + self.em_troca + self.quarentena + self.livres


def na_situacao(situacao: str, hoje: dt.date) -> Q:
    """The condition of a sub-block that stands so on that local day."""
    return {
        Situacao.EM_USO: Q(adesao__isnull=False, troca_ate__isnull=True),
        Situacao.EM_TROCA: Q(adesao__isnull=False, troca_ate__isnull=False),
        Situacao.QUARENTENA: Q(adesao__isnull=True, livre_desde__gt=hoje),
        Situacao.LIVRE: Q(adesao__isnull=True, livre_desde__lte=hoje),
    }[Situacao(situacao)]


def contas_por_situacao(hoje: dt.date) -> dict[str, Count]:
    """Fields of ``Ocupacao`` → the count of each, to annotate or to aggregate."""
    return {nome: Count("pk", filter=na_situacao(s, hoje)) for s, nome in _SITUACOES.items()}


def ocupacao(blocos: QuerySet[SubBlocoCIDR], hoje: dt.date) -> Ocupacao:
    """Counts of these slots (one query)."""
    return Ocupacao(**blocos.aggregate(**contas_por_situacao(hoje)))


def ocupacao_por_pool(hoje: dt.date) -> dict[int, Ocupacao]:
    """Counts of each pool (one query): pk → counts. A pool without slots yet is not there."""
    contas = contas_por_situacao(hoje)
    linhas: Any = SubBlocoCIDR.objects.order_by().values("pool").annotate(**contas)
    return {linha["pool"]: Ocupacao(**{nome: linha[nome] for nome in contas}) for linha in linhas}


def pools() -> QuerySet[PoolCIDR]:
    """All pools, in order of address."""
    return PoolCIDR.objects.order_by("inicio")


def teve_entregas(pool: PoolCIDR) -> bool:
    """Whether any of its sub-blocks was ever handed out: such a pool is never removed (IP-01)."""
    return pool.sub_blocos.filter(alocacoes__isnull=False).exists()


def pool_por_slug(slug: str) -> PoolCIDR | None:
    """The pool whose network is written ``10.64.0.0-12``, or None."""
    return _por_slug(PoolCIDR.objects.all(), slug)


def sub_bloco_por_slug(slug: str) -> SubBlocoCIDR | None:
    """The sub-block whose network is written ``10.64.18.96-28``, with its prefeitura, or None."""
    return _por_slug(SubBlocoCIDR.objects.select_related("pool", "adesao__municipio"), slug)


def _por_slug(linhas: QuerySet[M], slug: str) -> M | None:
    try:
        inicio, _ = ler_rede(slug.replace("-", "/", 1))
    except ValueError:
        return None
    achada = linhas.filter(inicio=inicio).first()
    return achada if achada is not None and achada.slug == slug else None


def da_prefeitura(adesao_id: int) -> QuerySet[SubBlocoCIDR]:
    """The sub-blocks a prefeitura holds, private first, each kind in order of address, those in exchange included."""
    return SubBlocoCIDR.objects.filter(adesao_id=adesao_id).order_by("perfil", "inicio")
