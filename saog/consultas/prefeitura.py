"""What the pages of a prefeitura list: what waits for it, what is on its way, drafts, history, links."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from adesao.estados import Estado as EstadoDaAdesao
from adesao.models import Adesao
from contas.models import Papel
from contas.municipios import dobrar_busca
from contas.permissoes import pode
from enderecamento.consultas import quantas_a_confirmar
from nucleo.fluxo import Ator
from saog.estados import (
    ABERTAS,
    COM_A_PREFEITURA,
    CONCLUIDAS,
    COPIAVEIS,
    INTERROMPIVEIS,
    OCUPAM,
    Estado,
    EstadoDoAcesso,
    Natureza,
)
from saog.models import Acesso, SolicitacaoServico

from .acesso import visiveis
from .leitura import uma_por_mudanca

#: The state filter of the list: code → (label, states).
CORTES: dict[str, tuple[str, tuple[str, ...]]] = {
    "": ("Todas", ()),
    "andamento": ("Em andamento", ABERTAS),
    "com-a-prefeitura": ("Com a prefeitura", COM_A_PREFEITURA),
    **{e.value: (str(e.label), (e.value,)) for e in Estado if e not in (Estado.RASCUNHO, Estado.DESCARTADA)},
}
_A_FAZER = Q(estado__in=COM_A_PREFEITURA) | Q(estado=Estado.EM_ATENDIMENTO, pendente_desde__isnull=False)


def adesao_vigente(municipio_id: int) -> bool:
    """Whether the prefeitura's adhesion is in force: without it nothing is asked for (ADS-01)."""
    return Adesao.objects.filter(municipio_id=municipio_id, estado=EstadoDaAdesao.APROVADA).exists()


def para_fazer(municipio_id: int) -> list[SolicitacaoServico]:
    """What waits for the prefeitura, the nearest due first; ``quantas_pendencias`` of each returned one (one query)."""
    lista = (
        SolicitacaoServico.objects.filter(_A_FAZER, municipio_id=municipio_id)
        .select_related("tipo", "acesso", "alvo")
        .annotate(
            quantas_pendencias=Count(
                "lista_de_envios__pendencias",
                filter=Q(lista_de_envios__ordem=F("envios"), lista_de_envios__pendencias__comunicada_em__isnull=False),
            )
        )
        .order_by("pk")
    )
    longe = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(lista, key=lambda ss: (ss.ate_quando or longe, ss.pendente_desde or ss.desde, ss.pk))


def em_andamento(municipio_id: int) -> QuerySet[SolicitacaoServico]:
    """What others are working on, the newest first."""
    lista = SolicitacaoServico.objects.filter(municipio_id=municipio_id, estado__in=ABERTAS).exclude(_A_FAZER)
    return lista.select_related("tipo", "acesso", "alvo").order_by("-desde", "-pk")


def rascunhos(municipio_id: int) -> list[SolicitacaoServico]:
    """Drafts never sent, the last one touched first."""
    lista = SolicitacaoServico.objects.filter(municipio_id=municipio_id, estado=Estado.RASCUNHO)
    return list(lista.select_related("tipo", "acesso__unidade", "alvo", "salvo_por").order_by(F("salvo_em").desc(nulls_last=True), "-pk"))


def solicitacoes(por: Ator, filtros: dict[str, str]) -> QuerySet[SolicitacaoServico]:
    """The requests this person may see, drafts and thrown away ones left out: in progress first, then the others, newest first; a change of
    address once.

    ``filtros``: ``busca`` (number, unit, circuit or municipality) and ``situacao`` (a key of ``CORTES``). Unknown values filter nothing.
    """
    lista = visiveis(por).exclude(estado__in=[Estado.RASCUNHO, Estado.DESCARTADA])
    estados = CORTES.get(filtros.get("situacao", ""), ("", ()))[1]
    if estados:
        lista = lista.filter(estado__in=estados)
    texto = filtros.get("busca", "").strip()[:60]
    if texto:
        numero = texto if "/" in texto else texto.replace("-", "/", 1)
        condicao = Q(titulo__contem=texto) | Q(numero__startswith=numero) | Q(acesso__circuito__icontains=texto)
        lista = lista.filter(condicao | Q(municipio__busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else condicao)
    lista = uma_por_mudanca(lista)
    concluida = Case(When(estado__in=CONCLUIDAS, then=Value(1)), default=Value(0))
    return lista.select_related("tipo", "municipio", "acesso", "alvo").annotate(concluida=concluida).order_by("concluida", "-desde", "-pk")


def das_marcadas(por: Ator, slugs: list[str], estado: str = "") -> list[SolicitacaoServico]:
    """The own prefeitura's requests among the ticked ones that are in ``estado`` (any without it), oldest first; anything else is left
    out.
    """
    numeros = [s.replace("-", "/", 1) for s in slugs[:50] if len(s) <= 12]
    proprias = SolicitacaoServico.objects.filter(municipio_id__in=por.municipios(Papel.RESPONSAVEL), numero__in=numeros)
    proprias = proprias.filter(estado=estado) if estado else proprias.exclude(estado=Estado.DESCARTADA)
    return list(proprias.select_related("tipo", "acesso__unidade", "alvo__tipo", "municipio").order_by("pk"))


def copiaveis(municipio_id: int) -> list[SolicitacaoServico]:
    """The last requests sent whose form may be copied, to begin another like them."""
    lista = SolicitacaoServico.objects.filter(municipio_id=municipio_id, natureza__in=COPIAVEIS, envios__gte=1)
    return list(lista.select_related("tipo", "acesso").order_by("-envio_em", "-pk")[:5])


def interrompiveis(municipio_id: int) -> list[SolicitacaoServico]:
    """What the Operadora began and did not deliver, and no other request already asks to stop (SS-06)."""
    lista = SolicitacaoServico.objects.filter(municipio_id=municipio_id, estado__in=INTERROMPIVEIS)
    lista = lista.exclude(natureza=Natureza.CANCELAMENTO).exclude(cancelamentos__estado__in=ABERTAS)
    return list(lista.select_related("tipo", "acesso", "alvo").order_by("titulo", "pk"))


def links(por: Ator, filtros: dict[str, str]) -> QuerySet[Acesso]:
    """The links this person may see: those that take a place first, by unit. ``filtros``: ``busca`` and ``situacao``."""
    lista = Acesso.objects.select_related("municipio", "unidade")
    if not pode(por, "fila_ss.ver"):
        lista = lista.filter(municipio_id__in=por.municipios(Papel.RESPONSAVEL))
    if filtros.get("situacao") in EstadoDoAcesso.values:
        lista = lista.filter(estado=filtros["situacao"])
    texto = filtros.get("busca", "").strip()[:60]
    if texto:
        condicao = Q(unidade__nome__contem=texto) | Q(circuito__icontains=texto) | Q(unidade__logradouro__contem=texto)
        lista = lista.filter(condicao | Q(municipio__busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else condicao)
    fora = Case(When(estado__in=OCUPAM, then=Value(0)), default=Value(1))
    return lista.annotate(fora=fora).order_by("fora", "unidade__nome", "pk")


def pedidos_abertos(ids: list[int]) -> dict[int, SolicitacaoServico]:
    """Link id → the request in progress on it (one query)."""
    lista = SolicitacaoServico.objects.filter(acesso_id__in=ids, estado__in=ABERTAS).exclude(natureza=Natureza.CANCELAMENTO)
    return {ss.acesso_id: ss for ss in lista.select_related("tipo").order_by("pk") if ss.acesso_id is not None}


def sobre_o_mesmo(ss: SolicitacaoServico) -> list[SolicitacaoServico]:
    """Other requests on the link of this draft, or that would stop what it would stop: only one of them can be sent (one query). Those in
    progress first, then drafts.
    """
    if ss.estado != Estado.RASCUNHO or ss.natureza == Natureza.ATIVACAO:
        return []
    mesmo = Q(alvo=ss.alvo_id) if ss.alvo_id else Q(acesso=ss.acesso_id) & ~Q(natureza=Natureza.CANCELAMENTO)
    lista = SolicitacaoServico.objects.filter(mesmo, estado__in=(Estado.RASCUNHO, *ABERTAS)).exclude(pk=ss.pk)
    rascunho = Case(When(estado=Estado.RASCUNHO, then=Value(1)), default=Value(0))
    return list(lista.select_related("tipo").annotate(so_rascunho=rascunho).order_by("so_rascunho", "pk"))


def em_servico(municipio_id: int) -> list[Acesso]:
    """The links an alteração or a desativação may act on, by unit."""
    lista = Acesso.objects.filter(municipio_id=municipio_id, estado=EstadoDoAcesso.EM_SERVICO)
    return list(lista.select_related("unidade").order_by("unidade__nome", "pk"))


def contadores(por: Ator) -> dict[str, int]:
    """Counts beside the items of the navigation that have a real queue: address name → how many."""
    municipios = por.municipios(Papel.RESPONSAVEL)
    if not municipios:
        return {}
    pedidos = SolicitacaoServico.objects.filter(_A_FAZER, municipio_id__in=municipios).count()
    return {"saog:para_fazer": pedidos + quantas_a_confirmar(municipios)}
