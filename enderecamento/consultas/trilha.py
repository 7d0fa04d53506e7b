"""What the address blocks tell the trail of audit: who got which sub-block, how each holding ended, renumberings and sanctions (IP-05 to
IP-07, SS-10).
"""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from adesao.registros import FonteDaTrilha, LinhaDaTrilha
from contas.models import Municipio
from contas.municipios import dobrar_busca
from enderecamento.estados import ATOS_DA_RENUMERACAO, ATOS_DA_SANCAO
from enderecamento.models import Alocacao, HistoricoRenumeracao, HistoricoSancao, SubBlocoCIDR, Troca
from nucleo.models import Historico
from nucleo.redes import ler_faixa

from .posse import sub_blocos_em


def _do_endereco(texto: str) -> QuerySet[SubBlocoCIDR] | None:
    """The sub-blocks of a typed address or network; None when the text is not one."""
    try:
        return sub_blocos_em(*ler_faixa(texto)).order_by() if "." in texto else None
    except ValueError:
        return None


def _da_busca(texto: str, *, quem: str) -> Q:
    if not texto:
        return Q()
    if (blocos := _do_endereco(texto)) is not None:
        return Q(sub_bloco__in=blocos)
    nome = Q(adesao__municipio__busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else Q()
    return nome | Q(adesao__numero__startswith=texto) | Q(**{f"{quem}__contem": texto})


def _comecos(texto: str) -> QuerySet[Alocacao]:
    return Alocacao.objects.annotate(em=F("de")).filter(_da_busca(texto, quem="por_nome"))


def _fins(texto: str) -> QuerySet[Alocacao]:
    return Alocacao.objects.filter(ate__isnull=False).annotate(em=F("ate")).filter(_da_busca(texto, quem="fim_por_nome"))


def _linha(
    a: Alocacao, *, em: dt.datetime, o_que: str, quem: tuple[str, str, str | None], motivo: str, so_o_dia: bool = False
) -> LinhaDaTrilha:
    nome, papel, ip = quem
    return LinhaDaTrilha(
        em=em,
        o_que=o_que,
        comentario=motivo,
        sobre=a.adesao.municipio.nome,
        numero=f"Adesão {a.adesao.numero}",
        caminho="",
        quem=nome,
        papel=papel,
        ip=ip or "",
        so_o_dia=so_o_dia,
    )


def _lidas(pks: list[int]) -> QuerySet[Alocacao]:
    return Alocacao.objects.filter(pk__in=pks).select_related("sub_bloco__pool", "adesao__municipio").order_by("pk")


def _ler_comecos(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    """An imported holding stands at its own day, without an hour."""
    return {
        a.pk: _linha(
            a,
            em=a.de,
            o_que=f"Bloco {a.sub_bloco} {'com a prefeitura desde este dia' if a.so_o_dia else 'atribuído'}",
            quem=(a.por_nome, a.por_papel, a.ip),
            motivo=a.motivo,
            so_o_dia=a.so_o_dia,
        )
        for a in _lidas(pks)
    }


def _ler_fins(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    return {
        a.pk: _linha(
            a,
            em=a.ate or a.de,
            o_que=f"Bloco {a.sub_bloco} retirado",
            quem=(a.fim_por_nome, a.fim_por_papel, a.fim_ip),
            motivo=a.fim_motivo,
        )
        for a in _lidas(pks)
    }


# --- Renumberings and sanctions ------------------------------------------------------------------------------------------
def _renumeracoes(texto: str) -> QuerySet[HistoricoRenumeracao]:
    lista = HistoricoRenumeracao.objects.all()
    if not texto:
        return lista
    if (blocos := _do_endereco(texto)) is not None:
        com_ele = Troca.objects.filter(Q(velho__in=blocos) | Q(novo__in=blocos))
        return lista.filter(processo__in=com_ele.order_by().values("renumeracao"))
    numero = texto if "/" in texto else texto.replace("-", "/", 1)
    da_busca = Municipio.objects.filter(busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else Municipio.objects.none()
    municipios = list(da_busca.order_by("pk").values_list("pk", flat=True))  # as values: what is in a JSON has no type of its own
    return lista.filter(Q(processo__numero__startswith=numero) | Q(por_nome__contem=texto) | Q(dados__municipio__in=municipios))


def _ler_renumeracoes(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    linhas = list(HistoricoRenumeracao.objects.filter(pk__in=pks).select_related("processo").order_by("pk"))
    nomes = dict(Municipio.objects.filter(pk__in={h.dados.get("municipio") for h in linhas}).order_by("pk").values_list("pk", "nome"))
    return {
        h.pk: _do_historico(
            h,
            o_que=f"Renumeração: {ATOS_DA_RENUMERACAO[h.transicao].lower()}",
            sobre=nomes.get(h.dados.get("municipio"), "Várias prefeituras"),
            numero=f"Renumeração {h.processo.numero}",
            caminho=reverse("enderecamento:renumeracao", args=[h.processo.slug]),
        )
        for h in linhas
    }


def _sancoes(texto: str) -> QuerySet[HistoricoSancao]:
    lista = HistoricoSancao.objects.all()
    if not texto:
        return lista
    nome = Q(processo__adesao__municipio__busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else Q()
    return lista.filter(nome | Q(por_nome__contem=texto))


def _ler_sancoes(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    return {
        h.pk: _do_historico(
            h,
            o_que=ATOS_DA_SANCAO[h.transicao],
            sobre=h.processo.adesao.municipio.nome,
            numero=h.processo.get_especie_display(),
            caminho=reverse("enderecamento:sancao", args=[h.processo_id]),
        )
        for h in HistoricoSancao.objects.filter(pk__in=pks).select_related("processo__adesao__municipio").order_by("pk")
    }


def _do_historico(h: Historico, *, o_que: str, sobre: str, numero: str, caminho: str) -> LinhaDaTrilha:
    return LinhaDaTrilha(
        em=h.em,
        o_que=o_que,
        comentario=h.comentario,
        sobre=sobre,
        numero=numero,
        caminho=caminho,
        quem=h.por_nome,
        papel=h.por_papel,
        ip=h.ip or "",
    )


_GRUPO = ("bloco", "Blocos de endereços")
DA_TRILHA = (
    FonteDaTrilha("bloco", *_GRUPO, _comecos, _ler_comecos),
    FonteDaTrilha("bloco-fim", *_GRUPO, _fins, _ler_fins),
    FonteDaTrilha("renumeracao", *_GRUPO, _renumeracoes, _ler_renumeracoes),
    FonteDaTrilha("sancao", *_GRUPO, _sancoes, _ler_sancoes),
)
