"""Who holds an address, and who held it on a given day (IP-06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from enderecamento.estados import ENDERECOS
from enderecamento.models import Alocacao, SubBlocoCIDR
from nucleo import prazos
from nucleo.redes import ler_faixa

#: Largest sub-block, in addresses: how far before an address the slot that holds it may begin.
_MAIOR = max(ENDERECOS.values())


def sub_blocos_em(inicio: int, fim: int) -> QuerySet[SubBlocoCIDR]:
    """The slots that share an address with [inicio, fim)."""
    return SubBlocoCIDR.objects.filter(
        Q(perfil="PRIVADO", inicio__gt=inicio - ENDERECOS["PRIVADO"]) | Q(perfil="PUBLICO", inicio__gt=inicio - ENDERECOS["PUBLICO"]),
        inicio__gt=inicio - _MAIOR,
        inicio__lt=fim,
    ).order_by("inicio")


def posses(inicio: int, fim: int, *, dia: dt.date | None = None) -> QuerySet[Alocacao]:
    """Who held addresses of [inicio, fim), newest first; with ``dia``, only who held them at some instant of that local day."""
    lista = Alocacao.objects.filter(sub_bloco__in=sub_blocos_em(inicio, fim).order_by()).select_related("sub_bloco", "adesao__municipio")
    if dia is not None:
        comeca, acaba = prazos.meia_noite(dia), prazos.meia_noite(dia + dt.timedelta(days=1))
        lista = lista.filter(Q(ate__isnull=True) | Q(ate__gt=comeca), de__lt=acaba)
    return lista.order_by("-de", "-pk")


def procurar(texto: str, *, dia: dt.date | None = None) -> QuerySet[Alocacao]:
    """``posses`` of whatever a person typed (an IP, a network, the beginning of one, two addresses). Raises ``ValueError``."""
    inicio, fim = ler_faixa(texto)
    return posses(inicio, fim, dia=dia)


def ultimas_posses(blocos: Iterable[SubBlocoCIDR]) -> dict[int, Alocacao]:
    """pk of a sub-block → its newest holding, with the prefeitura (one query)."""
    pks = [b.pk for b in blocos]
    linhas = Alocacao.objects.filter(sub_bloco__in=pks).select_related("adesao__municipio").order_by("de", "pk")
    return {linha.sub_bloco_id: linha for linha in linhas}


def historia_do_bloco(bloco: SubBlocoCIDR) -> QuerySet[Alocacao]:
    """Everybody who held it, newest first (IP-06)."""
    return Alocacao.objects.filter(sub_bloco=bloco).select_related("adesao__municipio").order_by("-de", "-pk")
