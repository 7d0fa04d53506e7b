"""Sanctions in force and past (IP-07)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db.models import QuerySet

from adesao.models import Adesao
from contas.municipios import procurar
from enderecamento.estados import EspecieDeSancao, EstadoDaSancao
from enderecamento.models import Sancao
from nucleo.erros import RegraViolada

from .quantidades import COM_BLOCOS


def sancoes(filtros: Mapping[str, str]) -> QuerySet[Sancao]:
    """Every sanction, newest first, by ``situacao`` ("" = in force), ``especie`` and municipality (``busca``)."""
    lista = Sancao.objects.select_related("adesao__municipio")
    if filtros.get("situacao", "") in ("", "encerradas"):
        lista = lista.filter(estado=EstadoDaSancao.ENCERRADA if filtros.get("situacao") else EstadoDaSancao.VIGENTE)
    if filtros.get("especie"):
        lista = lista.filter(especie=filtros["especie"].upper())
    if filtros.get("busca"):
        lista = lista.filter(adesao__municipio__in=[m.pk for m in procurar(filtros["busca"])])
    return lista.order_by("-aplicada_em", "-pk")


def sancoes_de(municipios: Iterable[int], *, so_vigentes: bool = False) -> list[Sancao]:
    """The sanctions of these prefeituras with their sub-blocks, those in force first (two queries)."""
    lista = Sancao.objects.filter(adesao__municipio__in=set(municipios)).select_related("adesao__municipio", "documento")
    if so_vigentes:
        lista = lista.filter(estado=EstadoDaSancao.VIGENTE)
    return sorted(lista.prefetch_related("sub_blocos").order_by("-aplicada_em", "-pk"), key=lambda s: not s.vigente)


def bloqueados(vigentes: Iterable[Sancao], blocos: Iterable[int]) -> set[int]:
    """Which of these sub-blocks (pks of one prefeitura) its sanctions in force block: all of them, or those a partial one names."""
    achados: set[int] = set()
    for sancao in vigentes:
        if sancao.especie == EspecieDeSancao.BLOQUEIO_TOTAL:
            return set(blocos)
        achados |= {b.pk for b in sancao.sub_blocos.all()}
    return achados & set(blocos)


def exigir_que_possa_emitir(municipio_id: int) -> None:
    """Raise ``RegraViolada`` (IP-07) when ``BLOQUEADA_PODE_EMITIR`` is off and a total blocking of this prefeitura is in force."""
    if settings.BLOQUEADA_PODE_EMITIR:
        return
    totais = Sancao.objects.filter(adesao__municipio=municipio_id, estado=EstadoDaSancao.VIGENTE, especie=EspecieDeSancao.BLOQUEIO_TOTAL)
    if totais.exists():
        raise RegraViolada(
            "Os links da prefeitura estão bloqueados. Enquanto durar o bloqueio, ela não emite: fale com a PRODESP.", regra="IP-07"
        )


def sancionaveis() -> list[Adesao]:
    """The adhesions in force, by name of the municipality (one query)."""
    return list(Adesao.objects.filter(estado__in=COM_BLOCOS).select_related("municipio").order_by("municipio__nome", "pk"))
