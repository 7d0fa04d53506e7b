"""The picture of a pool: 16 × 16 squares, first of networks with a fill level, at the bottom of the sub-blocks themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Q, QuerySet

from enderecamento.estados import ENDERECOS, Situacao
from enderecamento.models import PoolCIDR, SubBlocoCIDR
from nucleo.redes import Rede, ler_rede, tamanho

from .blocos import Ocupacao, contas_por_situacao, na_situacao

#: Squares of one row.
LADO = 16
#: How many bits a map shows: 16 × 16 squares.
_BITS = 8


@dataclass(frozen=True, slots=True)
class Faixa:
    """What one map shows: a pool, or a network inside it that is drilled into.

    ``celula`` is the length of one square's network, ``linha`` that of a row; at the bottom (``e_folha``) a square is a sub-block.
    """

    pool: PoolCIDR
    rede: Rede

    @property
    def e_folha(self) -> bool:
        """Whether each square is one sub-block."""
        return self.rede.prefixo >= self.pool.prefixo_da_vaga - _BITS

    @property
    def celula(self) -> int:
        """Length of the network of one square: 28, 24 or 20 (30, 26 or 22 of a public pool)."""
        vaga = self.pool.prefixo_da_vaga
        return vaga if self.e_folha else vaga - 4 if self.rede.prefixo >= vaga - 12 else vaga - _BITS

    @property
    def linha(self) -> int:
        """Length of the network of one row of 16 squares."""
        return self.celula - 4

    @property
    def vagas(self) -> int:
        """How many sub-blocks it holds."""
        return tamanho(self.rede.prefixo) // ENDERECOS[self.pool.perfil]

    @property
    def slug(self) -> str:
        """As it goes in an address."""
        return self.rede.cidr.replace("/", "-")

    @property
    def acima(self) -> list[Faixa]:
        """The ranges it was drilled through, from the pool down, without itself."""
        niveis = (self.pool.prefixo, *_niveis(self.pool))
        return [_dentro(self.pool, self.rede.inicio, n) for n in niveis if n < self.rede.prefixo]


@dataclass(frozen=True, slots=True)
class Quadro:
    """A square that stands for a network: how full it is."""

    rede: Rede
    ocupacao: Ocupacao

    @property
    def ocupados(self) -> int:
        """In use or in exchange."""
        return self.ocupacao.em_uso + self.ocupacao.em_troca

    @property
    def nivel(self) -> float:
        """How full, from 0 to 1: all that cannot be handed out now counts."""
        return (self.ocupacao.total - self.ocupacao.livres) / self.ocupacao.total if self.ocupacao.total else 0.0


def _niveis(pool: PoolCIDR) -> tuple[int, ...]:
    """Lengths that can be drilled into: /16 and /20 of a private pool, /18 and /22 of a public one."""
    return tuple(n for n in (pool.prefixo_da_vaga - 12, pool.prefixo_da_vaga - _BITS) if n > pool.prefixo)


def _dentro(pool: PoolCIDR, endereco: int, prefixo: int) -> Faixa:
    if prefixo <= pool.prefixo:
        return Faixa(pool, pool.rede)
    return Faixa(pool, Rede(endereco - endereco % tamanho(prefixo), prefixo))


def faixa(pool: PoolCIDR, slug: str = "") -> Faixa | None:
    """What the map of this address shows: the pool, or ``10.64.16.0-20`` inside it; None when that is not one of its ranges."""
    if not slug or slug == pool.slug:
        return Faixa(pool, pool.rede)
    try:
        inicio, prefixo = ler_rede(slug.replace("-", "/", 1))
    except ValueError:
        return None
    if prefixo not in _niveis(pool) or not pool.inicio <= inicio < pool.fim:
        return None
    return Faixa(pool, Rede(inicio, prefixo))


def faixa_de(pool: PoolCIDR, endereco: int, *, prefixo: int | None = None) -> Faixa:
    """The range that shows an address: the one of that length, or the one at the bottom, where its sub-block is a square."""
    return _dentro(pool, endereco, pool.prefixo_da_vaga - _BITS if prefixo is None else prefixo)


def quadros(onde: Faixa, hoje: dt.date) -> list[Quadro]:
    """The squares of a range above the bottom, in order (one query, added up by the database)."""
    passo = tamanho(onde.celula)
    contas = contas_por_situacao(hoje)
    linhas: Any = na_faixa(onde).order_by().annotate(quadro=F("inicio") / passo).values("quadro").annotate(**contas)
    achados = {linha["quadro"] * passo: Ocupacao(**{nome: linha[nome] for nome in contas}) for linha in linhas}
    vazio = Ocupacao(0, 0, 0, 0)
    return [Quadro(Rede(i, onde.celula), achados.get(i, vazio)) for i in range(onde.rede.inicio, onde.rede.fim, passo)]


def na_faixa(onde: Faixa) -> QuerySet[SubBlocoCIDR]:
    """The sub-blocks of a range, in order of address. Pools never overlap, so addresses alone tell (and have the index)."""
    return SubBlocoCIDR.objects.filter(inicio__gte=onde.rede.inicio, inicio__lt=onde.rede.fim).order_by("inicio")


def somar(partes: list[Quadro]) -> Ocupacao:
    """The counts of all squares together."""
    return Ocupacao(
        em_uso=sum(q.ocupacao.em_uso for q in partes),
        em_troca=sum(q.ocupacao.em_troca for q in partes),
        quarentena=sum(q.ocupacao.quarentena for q in partes),
        livres=sum(q.ocupacao.livres for q in partes),
    )


def contar(vagas: list[SubBlocoCIDR], hoje: dt.date) -> Ocupacao:
    """The counts of sub-blocks already read."""
    quantas = {s.value: 0 for s in Situacao}
    for vaga in vagas:
        quantas[vaga.situacao(hoje)] += 1
    return Ocupacao(
        em_uso=quantas[Situacao.EM_USO],
        em_troca=quantas[Situacao.EM_TROCA],
        quarentena=quantas[Situacao.QUARENTENA],
        livres=quantas[Situacao.LIVRE],
    )


def ocupadas(hoje: dt.date) -> Q:
    """The condition of a sub-block that is not free: in use, in exchange or resting."""
    return reduce(or_, (na_situacao(s, hoje) for s in Situacao if s != Situacao.LIVRE))
