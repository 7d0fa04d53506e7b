"""Where each square of a map stands, and what is read of it: numbers and words only, the template draws."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from enderecamento.consultas.blocos import Ocupacao
from enderecamento.consultas.mapa import LADO, Faixa, Quadro
from enderecamento.estados import Situacao
from enderecamento.models import SubBlocoCIDR
from nucleo.redes import ip, tamanho

#: Units of the drawing: a square, from one to the next, the labels at the left and above.
QUADRO, PASSO, MARGEM, TOPO = 32, 36, 104, 28
#: A square that is not empty shows at least this much.
NIVEL_MINIMO = 3


@dataclass(frozen=True, slots=True)
class Marca:
    """One square. ``situacao`` is that of a sub-block, "" for a square that stands for a network, filled up to ``nivel`` units,
    and "criando" while that network has no sub-blocks yet. One that is ``repetida`` leads where its row does: the keyboard stops
    at the name of the row alone.
    """

    x: int
    y: int
    endereco: str
    titulo: str
    situacao: str = ""
    nivel: int = 0
    escolhida: bool = False
    repetida: bool = False

    @property
    def nivel_y(self) -> int:
        """Where the filling begins."""
        return self.y + QUADRO - self.nivel


@dataclass(frozen=True, slots=True)
class Rotulo:
    """The name of a row or of a column; ``endereco`` when it leads somewhere."""

    x: int
    y: int
    texto: str
    endereco: str = ""
    titulo: str = ""


@dataclass(frozen=True, slots=True)
class Desenho:
    """The whole picture."""

    legenda: str
    marcas: list[Marca] = field(default_factory=list)
    linhas: list[Rotulo] = field(default_factory=list)
    colunas: list[Rotulo] = field(default_factory=list)

    lado: int = QUADRO
    largura: int = MARGEM + LADO * PASSO
    margem: int = MARGEM - 12

    @property
    def altura(self) -> int:
        """Rows and the labels above."""
        return TOPO + len(self.linhas) * PASSO


def da_folha(
    onde: Faixa, vagas: Sequence[SubBlocoCIDR], hoje: dt.date, *, endereco: Callable[[SubBlocoCIDR], str], escolhido: int | None
) -> Desenho:
    """A square is a sub-block."""
    quadro = tamanho(onde.celula)
    marcas = []
    for vaga in vagas:
        x, y = _lugar((vaga.inicio - onde.rede.inicio) // quadro)
        situacao = vaga.situacao(hoje)
        dono = f", {vaga.adesao.municipio.nome}" if vaga.adesao is not None else ""
        marcas.append(
            Marca(x, y, endereco(vaga), f"{vaga.rede.cidr}: {situacao.label.lower()}{dono}", situacao.value, escolhida=vaga.pk == escolhido)
        )
    return Desenho(
        f"Cada linha é um /{onde.linha}; cada quadro, um /{onde.celula}", marcas, _linhas(onde, lambda _: ("", "")), _colunas(onde)
    )


def de_cima(
    onde: Faixa, quadros: Sequence[Quadro], *, endereco: Callable[[int], str], da_linha: Callable[[int], tuple[str, str]]
) -> Desenho:
    """A square is a network, filled from below as it fills up."""
    marcas, passo = [], tamanho(onde.linha)
    das_linhas = {inicio: da_linha(inicio)[0] for inicio in {q.rede.inicio - q.rede.inicio % passo for q in quadros}}
    for n, q in enumerate(quadros):
        x, y = _lugar(n)
        o = q.ocupacao
        nivel = max(NIVEL_MINIMO, round(q.nivel * QUADRO)) if o.total > o.livres else 0
        criando = not o.total and not onde.pool.pronto
        partes = ["sub-blocos ainda sendo criados" if criando else f"{q.ocupados} de {o.total} em uso"]
        if o.em_troca:
            partes.append(f"{o.em_troca} em troca")
        if o.quarentena:
            partes.append(f"{o.quarentena} em quarentena")
        leva = endereco(q.rede.inicio)
        repetida = leva == das_linhas[q.rede.inicio - q.rede.inicio % passo]
        titulo = f"{q.rede.cidr}: {', '.join(partes)}"
        marcas.append(Marca(x, y, leva, titulo, "criando" if criando else "", nivel=nivel, repetida=repetida))
    return Desenho(f"Cada linha é um /{onde.linha}; cada quadro, um /{onde.celula}", marcas, _linhas(onde, da_linha), _colunas(onde))


def _lugar(n: int) -> tuple[int, int]:
    return MARGEM + n % LADO * PASSO, TOPO + n // LADO * PASSO


def _linhas(onde: Faixa, da_linha: Callable[[int], tuple[str, str]]) -> list[Rotulo]:
    passo = tamanho(onde.linha)
    return [
        Rotulo(MARGEM - 12, TOPO + n * PASSO + QUADRO // 2 + 5, _curto(inicio, onde.linha), *da_linha(inicio))
        for n, inicio in enumerate(range(onde.rede.inicio - onde.rede.inicio % passo, onde.rede.fim, passo))
    ]


def _curto(inicio: int, prefixo: int) -> str:
    """The part of an address that a row shares: ``10.64.18`` of a /24, ``10.64`` of a /16, else all of it."""
    return ".".join(ip(inicio).split(".")[: prefixo // 8]) if prefixo % 8 == 0 else ip(inicio)


def _colunas(onde: Faixa) -> list[Rotulo]:
    passo = tamanho(onde.celula)
    quantas = min(LADO, tamanho(onde.rede.prefixo) // passo)
    return [Rotulo(MARGEM + n * PASSO + QUADRO // 2, TOPO - 9, _mais(n * passo, onde)) for n in range(quantas)]


def _mais(distancia: int, onde: Faixa) -> str:
    """What a column adds to its row: ``.96`` where it is the next part of the address, ``+6`` where it is added to it."""
    if onde.linha % 8 == 0:
        return f".{distancia >> (24 - onde.linha)}"
    return f"+{distancia >> 8}" if onde.celula <= 24 else f"+{distancia}"


def barra(tem: Ocupacao, vagas: int) -> dict[str, int]:
    """Widths of the parts of the bar of a list, of 200 units in all; what is there shows at least 2."""

    def largura(n: int) -> int:
        return max(2, round(200 * n / vagas)) if n else 0

    uso, troca, quarentena = largura(tem.em_uso), largura(tem.em_troca), largura(tem.quarentena)
    uso = min(uso, 200 - troca - quarentena)
    return {"uso": uso, "troca": troca, "quarentena": quarentena, "antes_da_quarentena": uso + troca}


#: In the order of the legend and of the table.
ORDEM = (Situacao.EM_USO, Situacao.EM_TROCA, Situacao.QUARENTENA, Situacao.LIVRE)
