"""Queues and searches of those who work on requests: PRODESP's queue, the Operadora's orders and its agenda."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from adesao.estados import Estado as EstadoDaAdesao
from adesao.models import Adesao, Responsavel
from contas.consultas import responsaveis
from contas.models import Municipio, Usuario
from contas.municipios import dobrar_busca
from contas.permissoes import pode
from documentos.models import Documento
from enderecamento.models import LimiteConcedido, SubBlocoCIDR
from nucleo import prazos
from nucleo.campos import alfabetica
from nucleo.fluxo import Ator
from saog.estados import ABERTAS, NA_OPERADORA, OCUPAM, Conexao, Estado, Natureza, Servico
from saog.models import Acesso, PendenciaSS, SolicitacaoServico, SuspensaoDeValidacao

TERMINADAS = (Estado.ACEITA, Estado.CANCELADA, Estado.INVIAVEL)

# --- PRODESP ------------------------------------------------------------------------------------------------------
#: Cut of PRODESP's queue → what the tab says.
CORTES = {
    "validacao": "Em validação",
    "vencidas": "Vencidas",
    "prefeitura": "Na prefeitura",
    "operadora": "Na Operadora",
    "aceite": "Em aceite",
    "escaladas": "Prazo vencido",
    "concluidas": "Concluídas",
    "todas": "Todas",
}
_ESTADOS_DO_CORTE: dict[str, tuple[str, ...]] = {
    "validacao": (Estado.EM_VALIDACAO,),
    "vencidas": (Estado.EM_VALIDACAO,),
    "prefeitura": (Estado.DEVOLVIDA, Estado.VALIDADA),
    "operadora": NA_OPERADORA,
    "aceite": (Estado.AGUARDANDO_ACEITE,),
    "escaladas": (Estado.PRAZO_VENCIDO,),
    "concluidas": TERMINADAS,
    "todas": (*ABERTAS, *TERMINADAS),
}


def contagens_da_fila(agora: dt.datetime) -> dict[str, int]:
    """How many requests each cut of PRODESP's queue holds (two queries)."""
    por_estado = _por_estado(SolicitacaoServico.objects.filter(envios__gte=1))
    somas = {corte: sum(por_estado.get(e, 0) for e in estados) for corte, estados in _ESTADOS_DO_CORTE.items()}
    return {**somas, "vencidas": _vencidas(agora).count()}


def _por_estado(lista: QuerySet[SolicitacaoServico]) -> dict[str, int]:
    return dict(lista.values_list("estado").annotate(n=Count("pk")).order_by("estado"))


def _vencidas(agora: dt.datetime) -> QuerySet[SolicitacaoServico]:
    return SolicitacaoServico.objects.filter(estado=Estado.EM_VALIDACAO, vence_em__lte=agora)


def fila(filtros: dict[str, str], agora: dt.datetime) -> QuerySet[SolicitacaoServico]:
    """Requests that were sent, in one cut of PRODESP's queue, the nearest due first; what has no deadline, the oldest first; what ended,
    the newest first.

    ``filtros``: ``corte``, ``busca`` (municipality, number, unit or circuit), ``tipo``, ``servico`` and ``regiao`` (DDD). Unknown values
    filter nothing. Each row says ``marcada``: whether a pendência waits to be told.
    """
    corte = filtros.get("corte", "")
    lista = SolicitacaoServico.objects.filter(envios__gte=1, estado__in=_ESTADOS_DO_CORTE.get(corte, _ESTADOS_DO_CORTE["todas"]))
    if corte == "vencidas":
        lista = lista.filter(vence_em__lte=agora)
    lista = lista.filter(busca(filtros.get("busca", "")))
    if filtros.get("tipo"):
        lista = lista.filter(tipo_id=filtros["tipo"])
    if filtros.get("servico") in Servico.values:
        lista = lista.filter(servico=filtros["servico"])
    if filtros.get("regiao", "").isdecimal():
        lista = lista.filter(municipio__ddd=filtros["regiao"])
    nao_ditas = PendenciaSS.objects.filter(envio__solicitacao=OuterRef("pk"), comunicada_em__isnull=True)
    lista = lista.select_related("municipio", "tipo").annotate(marcada=Exists(nao_ditas))
    if corte in ("validacao", "vencidas"):
        return lista.order_by("vence_em", "pk")
    if corte == "concluidas":
        return lista.order_by("-concluida_em", "-pk")
    prazo = Coalesce("aceite_vence_em", "vence_em")
    return lista.order_by(prazo.asc(nulls_last=True), F("concluida_em").desc(nulls_first=True), "desde", "pk")


def busca(texto: str) -> Q:
    """Condition for what somebody types in a search box: a municipality (accents forgiven), a number, a unit or a circuit."""
    texto = texto.replace("\0", "").strip()[:60]
    if not texto:
        return Q()
    condicao = Q(titulo__contem=texto)
    if dobrar_busca(texto):
        condicao |= Q(municipio__busca__contains=dobrar_busca(texto))
    if any(c.isdigit() for c in texto) and len(texto) >= 4:
        condicao |= Q(numero__startswith=texto.replace("-", "/", 1) if "/" not in texto else texto)
    if len(texto) >= 3:
        condicao |= Q(acesso__circuito__istartswith=texto)
        condicao |= Q(pk__in=SolicitacaoServico.objects.filter(lista_de_entregas__circuito__istartswith=texto).values("pk"))
    return condicao


def suspensas(municipios: list[int]) -> set[int]:
    """Which of these prefeituras have their validation suspended (SS-08), one query."""
    return set(SuspensaoDeValidacao.objects.filter(municipio_id__in=municipios, fim_em__isnull=True).values_list("municipio_id", flat=True))


def com_pendencia(ids: list[int]) -> set[int]:
    """Which of these requests have a pendência marked and not yet told (one query)."""
    nao_ditas = PendenciaSS.objects.filter(envio__solicitacao_id__in=ids, comunicada_em__isnull=True)
    return set(nao_ditas.values_list("envio__solicitacao_id", flat=True))


def escolhidas(slugs: list[str]) -> QuerySet[SolicitacaoServico]:
    """The sent requests with these numbers, in the order of the queue."""
    numeros = [s.replace("-", "/", 1) for s in slugs]
    return (
        SolicitacaoServico.objects.filter(envios__gte=1, numero__in=numeros).select_related("municipio", "tipo").order_by("vence_em", "pk")
    )


def com_quem_falar(municipio_id: int, agora: dt.datetime) -> list[tuple[Usuario, Responsavel | None]]:
    """The responsáveis with access and, of each, the line of the Anexo I in force, where the telephones are (two queries)."""
    no_anexo = Responsavel.objects.filter(adesao__municipio_id=municipio_id, adesao__estado=EstadoDaAdesao.APROVADA)
    por_email = {r.email.lower(): r for r in no_anexo}
    return [(pessoa, por_email.get(pessoa.email.lower())) for pessoa in responsaveis(municipio_id, agora)]


def outras_da_prefeitura(ss: SolicitacaoServico) -> list[SolicitacaoServico]:
    """The other requests in progress of the same prefeitura, the newest first."""
    lista = SolicitacaoServico.objects.filter(municipio_id=ss.municipio_id, estado__in=ABERTAS).exclude(pk=ss.pk)
    return list(lista.select_related("tipo").order_by("-envio_em", "-pk")[:50])


def links_da_prefeitura(municipio_id: int) -> list[Acesso]:
    """Its links in service and on the way, by site (one query)."""
    return list(
        Acesso.objects.filter(municipio_id=municipio_id, estado__in=OCUPAM).select_related("unidade").order_by("unidade__nome", "pk")
    )


def adesao_aprovada(municipio_id: int) -> Adesao | None:
    """The adhesion in force, with the sub-blocks of its Anexo II (one query)."""
    return Adesao.objects.filter(municipio_id=municipio_id, estado=EstadoDaAdesao.APROVADA).order_by("-decidida_em", "-pk").first()


def blocos_atribuidos(municipio_id: int) -> dict[str, int]:
    """How many sub-blocks of each kind the prefeitura holds and counts, ``privados`` and ``publicos`` (one query)."""
    da_prefeitura = SubBlocoCIDR.objects.filter(adesao__municipio_id=municipio_id, ordinal__isnull=False)
    somas = {nome: Count("pk", filter=Q(perfil=perfil)) for nome, perfil in (("privados", "PRIVADO"), ("publicos", "PUBLICO"))}
    contados: dict[str, int] = da_prefeitura.aggregate(**somas)
    return contados


def nunca_suspensa(ss: SolicitacaoServico) -> bool:
    """Whether a suspension does not hold this request: it ends payments (SS-08)."""
    return ss.natureza in (Natureza.DESATIVACAO, Natureza.CANCELAMENTO)


@dataclass(frozen=True, slots=True)
class SituacaoDaPrefeitura:
    """One row of the list of prefeituras: links that count, the limit of intranet links, and the open suspension."""

    municipio: Municipio
    intranet: int
    internet: int
    limite: LimiteConcedido | None
    suspensao: SuspensaoDeValidacao | None


def prefeituras(filtros: dict[str, str]) -> list[Municipio]:
    """Municipalities with an adhesion in force, by name as people alphabetise it.

    ``filtros``: ``busca``, and ``so`` (``suspensas`` or ``limite``).
    """
    lista = Municipio.objects.filter(pk__in=Adesao.objects.filter(estado=EstadoDaAdesao.APROVADA).values("municipio_id"))
    texto = filtros.get("busca", "")
    if texto:
        lista = lista.filter(busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else lista.none()
    if filtros.get("so") == "suspensas":
        lista = lista.filter(pk__in=SuspensaoDeValidacao.objects.filter(fim_em__isnull=True).values("municipio_id"))
    if filtros.get("so") == "limite":
        lista = lista.filter(pk__in=LimiteConcedido.objects.filter(retirado_em__isnull=True).values("municipio_id"))
    return sorted(lista.order_by("pk"), key=lambda m: (alfabetica(m.nome), m.pk))


def situacao_das_prefeituras(ids: list[int], hoje: dt.date) -> list[SituacaoDaPrefeitura]:
    """How these prefeituras stand, in the order given (four queries)."""
    municipios = Municipio.objects.in_bulk(ids)
    usos = {
        (linha["municipio_id"], linha["conexao"]): linha["n"]
        for linha in Acesso.objects.filter(municipio_id__in=ids, estado__in=OCUPAM)
        .values("municipio_id", "conexao")
        .annotate(n=Count("pk"))
        .order_by("municipio_id", "conexao")
    }
    vigentes = Q(vale_ate__isnull=True) | Q(vale_ate__gte=hoje)
    limites = {x.municipio_id: x for x in LimiteConcedido.objects.filter(vigentes, municipio_id__in=ids, retirado_em__isnull=True)}
    abertas = {x.municipio_id: x for x in SuspensaoDeValidacao.objects.filter(municipio_id__in=ids, fim_em__isnull=True)}
    return [
        SituacaoDaPrefeitura(
            municipios[pk],
            intranet=usos.get((pk, Conexao.INTRANET.value), 0),
            internet=usos.get((pk, Conexao.INTERNET.value), 0),
            limite=limites.get(pk),
            suspensao=abertas.get(pk),
        )
        for pk in ids
    ]


def historia_da_prefeitura(municipio_id: int) -> tuple[list[SuspensaoDeValidacao], list[LimiteConcedido]]:
    """Every suspension and every granted limit of a prefeitura with its endings (``fins``), the newest first (three queries)."""
    suspensoes = (
        SuspensaoDeValidacao.objects.filter(municipio_id=municipio_id).select_related("por", "fim_por").order_by("-inicio_em", "-pk")
    )
    limites = LimiteConcedido.objects.filter(municipio_id=municipio_id).select_related("concedido_por").prefetch_related("fins")
    return list(suspensoes), list(limites.order_by("-concedido_em", "-pk"))


# --- Operadora ----------------------------------------------------------------------------------------------------
#: Cut of the orders → what the tab says.
CORTES_DAS_ORDENS = {
    "novas": "Novas",
    "atendimento": "Em atendimento",
    "pendentes": "Pendentes com a prefeitura",
    "recusadas": "Recusadas",
    "aceite": "Em aceite",
    "concluidas": "Concluídas",
}


def _corte_das_ordens(corte: str) -> Q:
    return {
        "novas": Q(estado=Estado.EMITIDA),
        "atendimento": Q(estado=Estado.EM_ATENDIMENTO, pendente_desde__isnull=True),
        "pendentes": Q(estado=Estado.EM_ATENDIMENTO, pendente_desde__isnull=False),
        "recusadas": Q(estado=Estado.RECUSADA),
        "aceite": Q(estado__in=(Estado.AGUARDANDO_ACEITE, Estado.PRAZO_VENCIDO)),
        "concluidas": Q(estado__in=TERMINADAS),
    }.get(corte, Q(estado=Estado.EMITIDA))


def contagens_das_ordens() -> dict[str, int]:
    """How many orders each cut holds (one query)."""
    lista = SolicitacaoServico.objects.filter(emitida_em__isnull=False)
    somas = {corte: Count("pk", filter=_corte_das_ordens(corte)) for corte in CORTES_DAS_ORDENS}
    contagens: dict[str, int] = lista.aggregate(**somas)
    return contagens


def ordens(filtros: dict[str, str]) -> QuerySet[SolicitacaoServico]:
    """Emitted requests in one cut, the wished day first, then the emission; what ended, the newest first."""
    corte = filtros.get("corte", "")
    lista = SolicitacaoServico.objects.filter(emitida_em__isnull=False).filter(_corte_das_ordens(corte))
    lista = lista.filter(busca(filtros.get("busca", ""))).select_related("municipio", "tipo", "acesso__unidade")
    if corte == "concluidas":
        return lista.order_by("-concluida_em", "-pk")
    return lista.order_by(F("data_desejada").asc(nulls_last=True), "emitida_em", "pk")


def agenda(agora: dt.datetime, *, passadas: bool = False) -> QuerySet[SolicitacaoServico]:
    """Orders in attendance with a visit from today on, the next first; or those whose day has passed, the latest first."""
    hoje = prazos.meia_noite(prazos.dia_local(agora))
    lista = SolicitacaoServico.objects.filter(estado=Estado.EM_ATENDIMENTO).select_related("municipio", "tipo", "acesso__unidade")
    if passadas:
        return lista.filter(visita_em__lt=hoje).order_by("-visita_em", "pk")
    return lista.filter(visita_em__gte=hoje).order_by("visita_em", "pk")


def espera_pela_prefeitura(ss: SolicitacaoServico, agora: dt.datetime) -> dt.timedelta:
    """How long the Operadora waited for the prefeitura in this order, the present wait included (one query)."""
    linhas = ss.historico.filter(transicao="retomar").values_list("dados", flat=True)
    total = sum(int(dados.get("segundos_de_espera", 0)) for dados in linhas)
    if ss.pendente_desde is not None:
        total += max(0, int((agora - ss.pendente_desde).total_seconds()))
    return dt.timedelta(seconds=total)


def ordem_impressa(ss: SolicitacaoServico) -> Documento | None:
    """The printed order, ready or to be made (one query)."""
    return Documento.objects.filter(dono=ss.dono, especie="ordem").order_by("-criado_em", "-pk").first()


def cancelamentos_de(ss: SolicitacaoServico) -> list[SolicitacaoServico]:
    """Emitted requests that ask to stop this one (SS-06), one query."""
    return list(ss.cancelamentos.filter(estado__in=ABERTAS, emitida_em__isnull=False).order_by("pk"))


def contadores(por: Ator) -> dict[str, int]:
    """Counts beside the items of the navigation that have a real queue: address name → how many."""
    saida: dict[str, int] = {}
    if pode(por, "fila_ss.ver"):
        saida["saog:fila"] = SolicitacaoServico.objects.filter(estado=Estado.EM_VALIDACAO).count()
    if pode(por, "ordens.ver"):
        saida["saog:ordens"] = SolicitacaoServico.objects.filter(estado__in=NA_OPERADORA).count()
    return saida
