"""What the requests, the links and the Operadora's systems tell the trail of audit (SS-10, PRZ-02)."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import reverse

from adesao.registros import FonteDaTrilha, LinhaDaTrilha
from contas.municipios import dobrar
from nucleo.campos import minuscula
from nucleo.models import Historico
from saog.models import HistoricoAcesso, HistoricoSistema, HistoricoSS

from .tempo import o_que_houve

#: The acts on a link, in words.
ATOS_DO_LINK: dict[str, str] = {
    "reservar": "Pedido",
    "corrigir": "Pedido corrigido",
    "implantar": "Emitido à Operadora",
    "ativar": "Em serviço",
    "alterar": "Alterado",
    "desativar": "Desativado",
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
    return Q(processo__municipio__busca__contains=dobrar(texto)) if dobrar(texto) else Q()


def _atos_ss(texto: str) -> QuerySet[HistoricoSS]:
    lista = HistoricoSS.objects.all()
    if texto:
        numero = texto if "/" in texto else texto.replace("-", "/", 1)
        lista = lista.filter(_do_municipio(texto) | Q(processo__numero__startswith=numero) | Q(por_nome__icontains=texto))
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
        lista = lista.filter(_do_municipio(texto) | Q(processo__circuito__startswith=texto) | Q(por_nome__icontains=texto))
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
    return lista.filter(Q(processo__nome__icontains=texto) | Q(por_nome__icontains=texto)) if texto else lista


def _ler_do_sistema(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    return {
        r.pk: _linha(r, o_que=r.em_palavras, sobre=r.processo.nome, numero="Sistema da Operadora", caminho="")
        for r in HistoricoSistema.objects.filter(pk__in=pks).select_related("processo").order_by("pk")
    }


DA_TRILHA = (
    FonteDaTrilha("ss", "ss", "Solicitações", _atos_ss, _ler_ss),
    FonteDaTrilha("link", "link", "Links", _atos_do_link, _ler_do_link),
    FonteDaTrilha("sistema", "sistema", "Sistemas da Operadora", _atos_do_sistema, _ler_do_sistema),
)
