"""What the address blocks tell the trail of audit: who got which sub-block, and how each holding ended (IP-06, SS-10)."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q, QuerySet

from adesao.registros import FonteDaTrilha, LinhaDaTrilha
from contas.municipios import dobrar
from enderecamento.models import Alocacao


def _da_busca(texto: str, *, quem: str) -> Q:
    if not texto:
        return Q()
    nome = Q(adesao__municipio__busca__contains=dobrar(texto)) if dobrar(texto) else Q()
    return nome | Q(adesao__numero__startswith=texto) | Q(**{f"{quem}__icontains": texto})


def _comecos(texto: str) -> QuerySet[Alocacao]:
    return Alocacao.objects.annotate(em=F("de")).filter(_da_busca(texto, quem="por_nome"))


def _fins(texto: str) -> QuerySet[Alocacao]:
    return Alocacao.objects.filter(ate__isnull=False).annotate(em=F("ate")).filter(_da_busca(texto, quem="fim_por_nome"))


def _linha(a: Alocacao, *, em: dt.datetime, o_que: str, quem: str, motivo: str) -> LinhaDaTrilha:
    return LinhaDaTrilha(
        em=em,
        o_que=o_que,
        comentario=motivo,
        sobre=a.adesao.municipio.nome,
        numero=f"Adesão {a.adesao.numero}",
        caminho="",
        quem=quem,
        papel="",
        ip="",
    )


def _lidas(pks: list[int]) -> QuerySet[Alocacao]:
    return Alocacao.objects.filter(pk__in=pks).select_related("sub_bloco__pool", "adesao__municipio").order_by("pk")


def _ler_comecos(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    return {a.pk: _linha(a, em=a.de, o_que=f"Bloco {a.sub_bloco} atribuído", quem=a.por_nome, motivo=a.motivo) for a in _lidas(pks)}


def _ler_fins(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    return {
        a.pk: _linha(a, em=a.ate or a.de, o_que=f"Bloco {a.sub_bloco} retirado", quem=a.fim_por_nome, motivo=a.fim_motivo)
        for a in _lidas(pks)
    }


DA_TRILHA = (
    FonteDaTrilha("bloco", "bloco", "Blocos de endereços", _comecos, _ler_comecos),
    FonteDaTrilha("bloco-fim", "bloco", "Blocos de endereços", _fins, _ler_fins),
)
