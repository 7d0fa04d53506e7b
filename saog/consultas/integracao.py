"""What the Operadora's systems ask: orders, the names TMF641 gives their states, and who holds a token."""

from __future__ import annotations

import datetime as dt
import hmac

from django.db import models
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from contas.segredos import resumo
from nucleo.fluxo import Ator
from saog.estados import ABERTAS, EM_ACEITE, EMITIDAS, INTERROMPIVEIS, Estado, Natureza
from saog.models import AvisoDeSistema, HistoricoSS, SistemaDaOperadora, SolicitacaoServico, TokenDeSistema

from .acesso import obter, visiveis


class EstadoTMF(models.TextChoices):
    """States of a ServiceOrder in TMF641 v4.1. The portal never uses ``held``, ``failed`` and ``partial``: they find nothing."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"
    ASSESSING_CANCELLATION = "assessingCancellation"
    PENDING_CANCELLATION = "pendingCancellation"


#: State of the portal → name in TMF641, when nothing else is going on.
_DO_ESTADO: dict[str, EstadoTMF] = {
    Estado.EMITIDA: EstadoTMF.ACKNOWLEDGED,
    Estado.EM_ATENDIMENTO: EstadoTMF.IN_PROGRESS,
    Estado.AGUARDANDO_ACEITE: EstadoTMF.IN_PROGRESS,
    Estado.PRAZO_VENCIDO: EstadoTMF.IN_PROGRESS,
    Estado.RECUSADA: EstadoTMF.IN_PROGRESS,
    Estado.ACEITA: EstadoTMF.COMPLETED,
    Estado.CANCELADA: EstadoTMF.CANCELLED,
    Estado.INVIAVEL: EstadoTMF.REJECTED,
}
#: An order of kind cancelamento is with the Operadora: what its target reads meanwhile.
_EM_CANCELAMENTO = tuple(e for e in EMITIDAS if e in ABERTAS and e != Estado.EMITIDA)


def estado_tmf(ss: SolicitacaoServico, *, cancelamento: str | None) -> EstadoTMF:
    """The state of an emitted request in TMF641. ``cancelamento`` is the state of the order that stops it, when one is with the Operadora.

    Raises ``KeyError`` for a state the Operadora never sees.
    """
    if ss.estado in INTERROMPIVEIS and cancelamento:
        return EstadoTMF.ASSESSING_CANCELLATION if cancelamento == Estado.EMITIDA else EstadoTMF.PENDING_CANCELLATION
    if ss.estado == Estado.EM_ATENDIMENTO and ss.pendente_desde is not None:
        return EstadoTMF.PENDING
    return _DO_ESTADO[ss.estado]


def no_estado_tmf(estado: str) -> Q:
    """The condition of ``estado_tmf``, for a queryset with ``cancelamento_estado`` (see ``ordens``)."""
    livre = Q(cancelamento_estado__isnull=True)
    parando = Q(estado__in=INTERROMPIVEIS)
    if estado == EstadoTMF.IN_PROGRESS:
        andando = Q(estado=Estado.EM_ATENDIMENTO, pendente_desde__isnull=True) | Q(estado=Estado.RECUSADA)
        return Q(estado__in=EM_ACEITE) | (andando & livre)
    if estado == EstadoTMF.PENDING:
        return Q(estado=Estado.EM_ATENDIMENTO, pendente_desde__isnull=False) & livre
    if estado == EstadoTMF.ASSESSING_CANCELLATION:
        return parando & Q(cancelamento_estado=Estado.EMITIDA)
    if estado == EstadoTMF.PENDING_CANCELLATION:
        return parando & Q(cancelamento_estado__in=_EM_CANCELAMENTO)
    return Q(estado__in=[e for e, nome in _DO_ESTADO.items() if nome == estado])


def cancelamento_de(ss: SolicitacaoServico) -> str | None:
    """The state of the open cancelamento of this request that is with the Operadora, if any (one query, none where it cannot be)."""
    if ss.estado not in INTERROMPIVEIS:
        return None
    return ss.cancelamentos.filter(estado__in=ABERTAS, emitida_em__isnull=False).values_list("estado", flat=True).first()


def ordens(por: Ator) -> QuerySet[SolicitacaoServico]:
    """The emitted requests this actor may see, oldest order first, with ``cancelamento_estado``."""
    abertos = SolicitacaoServico.objects.filter(alvo=OuterRef("pk"), estado__in=ABERTAS, emitida_em__isnull=False)
    return (
        visiveis(por)
        .filter(emitida_em__isnull=False)
        .annotate(cancelamento_estado=Subquery(abertos.values("estado")[:1]))
        .order_by("emitida_em", "pk")
    )


def com_tudo(lista: QuerySet[SolicitacaoServico]) -> QuerySet[SolicitacaoServico]:
    """With all that an order says, in a fixed number of queries."""
    notas = HistoricoSS.objects.exclude(comentario="").order_by("em", "pk")
    return lista.select_related("municipio", "tipo", "acesso__unidade", "alvo").prefetch_related(
        "marcos", "lista_de_entregas", "lista_de_envios", Prefetch("historico", queryset=notas, to_attr="notas")
    )


def ordem(por: Ator, slug: str) -> SolicitacaoServico:
    """One order, whole. Raises ``Http404``."""
    return com_tudo(ordens(por)).get(pk=obter(por, slug, "ordens.ver").pk)


def natureza_em_acao(natureza: str) -> str:
    """Kind of request → action of the order's item. A cancelamento takes away what its target asked for."""
    return {Natureza.ATIVACAO: "add", Natureza.ALTERACAO: "modify"}.get(Natureza(natureza), "delete")


# --- Tokens and systems -------------------------------------------------------------------------------------------------
def token_de(texto: str, agora: dt.datetime) -> TokenDeSistema | None:
    """The token with this text, when it is valid now. Found by its digest, so that the time says nothing about the text (one query)."""
    digesto = resumo(texto)
    achado = TokenDeSistema.objects.filter(sha256=digesto).select_related("sistema").first()
    if achado is None or not hmac.compare_digest(achado.sha256, digesto):
        return None
    return achado if achado.vale(agora) and achado.sistema.desligado_em is None else None


def sistemas() -> list[SistemaDaOperadora]:
    """Every system, with its tokens and addresses."""
    return list(SistemaDaOperadora.objects.prefetch_related("tokens", "enderecos"))


def avisos_sem_entrega(sistema: SistemaDaOperadora | None = None, *, ate: int = 50) -> list[AvisoDeSistema]:
    """Notices that were given up, newest first."""
    lista = AvisoDeSistema.objects.filter(situacao=AvisoDeSistema.Situacao.DESISTIDO).select_related("assinatura__sistema", "solicitacao")
    if sistema is not None:
        lista = lista.filter(assinatura__sistema=sistema)
    return list(lista.order_by("-criado_em", "-pk")[:ate])
