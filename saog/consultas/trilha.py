"""What requests, links, PRODESP's decisions and the systems that use the APIs tell the trail of audit (SS-08, SS-10, LNK-06, PRZ-02)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from adesao.registros import FonteDaTrilha, LinhaDaTrilha
from contas.municipios import dobrar_busca
from enderecamento.models import FimDoLimite, LimiteConcedido
from nucleo.campos import minuscula
from nucleo.models import Historico
from saog.models import HistoricoAcesso, HistoricoSistema, HistoricoSS, SuspensaoDeValidacao

from .tempo import o_que_houve

#: The acts on a link, in words.
ATOS_DO_LINK: dict[str, str] = {
    "reservar": "Pedido",
    "corrigir": "Pedido corrigido",
    "implantar": "Emitido à Operadora",
    "ativar": "Em serviço",
    "alterar": "Alterado",
    "desativar": "Desativado",
    "informar_bloco": "Sub-bloco informado",
    "trocar_bloco": "Sub-bloco trocado",
    "liberar": "Não instalado",
}


def _linha(r: Historico, *, o_que: str, sobre: str, numero: str, caminho: str) -> LinhaDaTrilha:
    return LinhaDaTrilha(
        em=r.em,
        o_que=o_que,
        comentario=r.comentario,
        sobre=sobre,
        numero=numero,
        caminho=caminho,
        quem=r.por_nome,
        papel=r.por_papel,
        ip=r.ip or "",
    )


def _do_municipio(texto: str) -> Q:
    return Q(processo__municipio__busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else Q()


def _atos_ss(texto: str) -> QuerySet[HistoricoSS]:
    lista = HistoricoSS.objects.all()
    if texto:
        numero = texto if "/" in texto else texto.replace("-", "/", 1)
        lista = lista.filter(_do_municipio(texto) | Q(processo__numero__startswith=numero) | Q(por_nome__contem=texto))
    return lista


def _ler_ss(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    """A request that was never sent is the prefeitura's own: its acts are told, its page is not for others."""
    return {
        r.pk: _linha(
            r,
            o_que=o_que_houve(r),
            sobre=r.processo.municipio.nome,
            numero=f"Solicitação {r.processo.numero}",
            caminho=reverse("saog:historico", args=[r.processo.slug]) if r.processo.envios else "",
        )
        for r in HistoricoSS.objects.filter(pk__in=pks).select_related("processo__municipio").order_by("pk")
    }


def _atos_do_link(texto: str) -> QuerySet[HistoricoAcesso]:
    lista = HistoricoAcesso.objects.all()
    if texto:
        lista = lista.filter(_do_municipio(texto) | Q(processo__circuito__startswith=texto) | Q(por_nome__contem=texto))
    return lista


def _ler_do_link(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    return {
        r.pk: _linha(
            r,
            o_que=f"Link: {minuscula(ATOS_DO_LINK.get(r.transicao, r.transicao))}",
            sobre=r.processo.municipio.nome,
            numero=f"Link {r.processo.unidade.nome}",
            caminho=reverse("saog:link", args=[r.processo_id]),
        )
        for r in HistoricoAcesso.objects.filter(pk__in=pks).select_related("processo__municipio", "processo__unidade").order_by("pk")
    }


def _atos_do_sistema(texto: str) -> QuerySet[HistoricoSistema]:
    lista = HistoricoSistema.objects.all()
    return lista.filter(Q(processo__nome__contem=texto) | Q(por_nome__contem=texto)) if texto else lista


def _ler_do_sistema(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    return {
        r.pk: _linha(r, o_que=r.em_palavras, sobre=r.processo.nome, numero=f"Sistema da {r.processo.get_de_display()}", caminho="")
        for r in HistoricoSistema.objects.filter(pk__in=pks).select_related("processo").order_by("pk")
    }


# --- What PRODESP decided about a prefeitura: no process has these acts, the registers tell them ----------------------------
def _decisao(municipio: Any, *, em: dt.datetime, o_que: str, comentario: str, quem: str) -> LinhaDaTrilha:
    return LinhaDaTrilha(
        em=em,
        o_que=o_que,
        comentario=comentario,
        sobre=municipio.nome,
        numero="Limites e suspensões",
        caminho=reverse("saog:prefeitura_ss", args=[municipio.pk]),
        quem=quem,
        papel="",
        ip="",
    )


def _da_decisao(texto: str, *, municipio: str, quem: str) -> Q:
    if not texto:
        return Q()
    nome = Q(**{f"{municipio}__busca__contains": dobrar_busca(texto)}) if dobrar_busca(texto) else Q()
    return nome | Q(**{f"{quem}__contem": texto})


def _suspensoes(texto: str) -> QuerySet[SuspensaoDeValidacao]:
    return SuspensaoDeValidacao.objects.annotate(em=F("inicio_em")).filter(_da_decisao(texto, municipio="municipio", quem="por__nome"))


def _ler_suspensoes(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    lidas = SuspensaoDeValidacao.objects.filter(pk__in=pks).select_related("municipio", "por").order_by("pk")
    return {s.pk: _decisao(s.municipio, em=s.inicio_em, o_que="Validação suspensa", comentario=s.motivo, quem=s.por.nome) for s in lidas}


def _retomadas(texto: str) -> QuerySet[SuspensaoDeValidacao]:
    fins = SuspensaoDeValidacao.objects.filter(fim_em__isnull=False).annotate(em=F("fim_em"))
    return fins.filter(_da_decisao(texto, municipio="municipio", quem="fim_por__nome"))


def _ler_retomadas(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    lidas = SuspensaoDeValidacao.objects.filter(pk__in=pks).select_related("municipio", "fim_por").order_by("pk")
    return {
        s.pk: _decisao(
            s.municipio,
            em=s.fim_em or s.inicio_em,
            o_que="Validação retomada",
            comentario=s.motivo_do_fim,
            quem=s.fim_por.nome if s.fim_por else "",
        )
        for s in lidas
    }


def _limites(texto: str) -> QuerySet[LimiteConcedido]:
    return LimiteConcedido.objects.annotate(em=F("concedido_em")).filter(
        _da_decisao(texto, municipio="municipio", quem="concedido_por__nome")
    )


def _ler_limites(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    lidos = LimiteConcedido.objects.filter(pk__in=pks).select_related("municipio", "concedido_por").prefetch_related("fins").order_by("pk")
    return {
        x.pk: _decisao(
            x.municipio,
            em=x.concedido_em,
            o_que=f"Limite de {x.links} links concedido" + (f", até {x.concedido_ate:%d/%m/%Y}" if x.concedido_ate else ""),
            comentario=x.motivo,
            quem=x.concedido_por.nome,
        )
        for x in lidos
    }


def _fins(texto: str) -> QuerySet[FimDoLimite]:
    return FimDoLimite.objects.filter(_da_decisao(texto, municipio="limite__municipio", quem="por_nome"))


def _ler_fins(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    return {
        f.pk: _decisao(
            f.limite.municipio,
            em=f.em,
            o_que=f"Limite de {f.limite.links} links " + (f"só até {f.ultimo_dia:%d/%m/%Y}" if f.ultimo_dia else "encerrado"),
            comentario=f.motivo,
            quem=f.por_nome,
        )
        for f in FimDoLimite.objects.filter(pk__in=pks).select_related("limite__municipio").order_by("pk")
    }


_DECISOES = ("decisao", "Limites e suspensões")
DA_TRILHA = (
    FonteDaTrilha("ss", "ss", "Solicitações", _atos_ss, _ler_ss),
    FonteDaTrilha("link", "link", "Links", _atos_do_link, _ler_do_link),
    FonteDaTrilha("suspensao", *_DECISOES, _suspensoes, _ler_suspensoes),
    FonteDaTrilha("suspensao-fim", *_DECISOES, _retomadas, _ler_retomadas),
    FonteDaTrilha("limite", *_DECISOES, _limites, _ler_limites),
    FonteDaTrilha("limite-fim", *_DECISOES, _fins, _ler_fins),
    FonteDaTrilha("sistema", "sistema", "Sistemas", _atos_do_sistema, _ler_do_sistema),
)
