"""What a ``PATCH`` and a ``cancelServiceOrder`` do: nothing of their own, only the actions the Operadora's screens run."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.http import parse_etags

from nucleo import fluxo
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import acoes
from saog.acoes import integracao
from saog.api import retrato
from saog.api.esquemas import ItemEntregue, MarcoNovo, Mudanca, PedidoDeCancelamento
from saog.api.problemas import Problema
from saog.consultas.integracao import ordem
from saog.estados import EM_ACEITE, Estado
from saog.models import SolicitacaoServico

VISITA = "visita"
#: Written by the portal itself: nobody reports them.
MARCOS_DO_PORTAL = frozenset({"entregue", "aceite"})
#: Largest value each column of a measure holds.
_MEDIDAS = {"velocidadeMedida": ("velocidade_medida", 9999), "perda": ("perda", 100), "atraso": ("atraso", 99999)}


def ainda(ss: SolicitacaoServico, lida: str | None, *, por: Ator) -> SolicitacaoServico:
    """The order as it is now, under lock, when it still reads as in ``lida`` (an ``If-Match``; without one, ``ss`` as it came).

    Raises ``Problema`` (412) when it changed meanwhile. A weak tag never matches (RFC 9110, 13.1.1). Needs a transaction.
    """
    if not lida:
        return ss
    fluxo.travar(SolicitacaoServico, ss.pk)
    agora_e = ordem(por, ss.slug)
    if lida != "*" and retrato.marca(agora_e) not in parse_etags(lida):
        raise Problema(412)
    return agora_e


def mudar(ss: SolicitacaoServico, mudanca: Mudanca, *, por: Ator, agora: dt.datetime) -> None:
    """Apply a ``PATCH``, all of it or nothing (the caller holds the transaction): first what starts, then what reports, last what ends.

    Raises ``TransicaoIndisponivel`` (409), ``RegraViolada`` (422), ``SemPermissao`` (403): the same as on the screens.
    """
    previsao = timezone.localdate(mudanca.expectedCompletionDate) if mudanca.expectedCompletionDate else None
    razao = "\n".join(n.text for n in mudanca.note or [])
    usa_a_nota = mudanca.state in ("pending", "rejected")
    if mudanca.state == "inProgress":
        usa_a_nota = _comecar(ss, previsao, razao, por=por, agora=agora)
    if previsao is not None and (mudanca.state != "inProgress" or ss.estado == Estado.EM_ATENDIMENTO):
        integracao.prever(ss_id=ss.pk, previsao=previsao, por=por, agora=agora)
    for marco in mudanca.milestone or []:
        _marcar(ss, marco, por=por, agora=agora)
    if not usa_a_nota and mudanca.state != "completed":
        for nota in mudanca.note or []:
            integracao.comentar(ss_id=ss.pk, texto=nota.text, por=por, agora=agora)
    if mudanca.serviceOrderItem and mudanca.state != "completed":
        raise RegraViolada("Os dados do circuito vão com a conclusão: mande também o estado completed.", campo="serviceOrderItem")
    _terminar(ss, mudanca, razao, por=por, agora=agora)


def _comecar(ss: SolicitacaoServico, previsao: dt.date | None, razao: str, *, por: Ator, agora: dt.datetime) -> bool:
    """``inProgress``: start, start again after a refusal, or go on after waiting. Returns whether the note went with it."""
    if ss.estado == Estado.EM_ATENDIMENTO:
        if ss.pendente_desde is None:
            return False  # it is so already
        acoes.retomar(ss_id=ss.pk, texto=razao, por=por, agora=agora)
        return True
    if ss.estado in EM_ACEITE:
        raise TransicaoIndisponivel("A ordem foi entregue e espera a resposta da prefeitura.")
    acoes.atender(ss_id=ss.pk, por=por, agora=agora, previsao=previsao)
    return False


def _marcar(ss: SolicitacaoServico, marco: MarcoNovo, *, por: Ator, agora: dt.datetime) -> None:
    if marco.id in MARCOS_DO_PORTAL:
        raise RegraViolada(f"O marco “{marco.id}” é do portal: ele aparece sozinho.", campo="milestone.id")
    if marco.id == VISITA and marco.status == "expected":
        acoes.agendar(ss_id=ss.pk, visita_em=marco.milestoneDate, texto=marco.description, por=por, agora=agora)
        return
    quando = {"atingido_em": marco.milestoneDate} if marco.status == "reached" else {"previsto_em": marco.milestoneDate}
    acoes.registrar_marco(ss_id=ss.pk, codigo=marco.id, nome=marco.name, texto=marco.description, por=por, agora=agora, **quando)


def _terminar(ss: SolicitacaoServico, mudanca: Mudanca, razao: str, *, por: Ator, agora: dt.datetime) -> None:
    if mudanca.state == "pending":
        acoes.pendenciar(ss_id=ss.pk, texto=razao, por=por, agora=agora)
    elif mudanca.state == "rejected":
        acoes.declarar_inviavel(ss_id=ss.pk, motivo=razao, por=por, agora=agora)
    elif mudanca.state == "completed":
        dados = dados_da_entrega(mudanca.serviceOrderItem or [], razao)
        acoes.entregar(ss_id=ss.pk, dados=dados, por=por, agora=agora)


def dados_da_entrega(itens: list[ItemEntregue], observacao: str) -> acoes.DadosDaEntrega:
    """Characteristics of the item → what the action takes. Raises ``RegraViolada`` for a measure that is no number."""
    lidos: dict[str, Any] = {"observacao": observacao}
    for c in (c for item in itens for c in item.service.serviceCharacteristic):
        coluna, maximo = _MEDIDAS.get(c.name, (c.name, 0))
        if coluna in lidos:
            raise RegraViolada(f"“{c.name}” veio duas vezes.", campo=_campo(c.name))
        lidos[coluna] = _medida(c.name, c.value, maximo) if maximo else c.value
    if len(lidos.get("circuito", "")) > 40:
        raise RegraViolada("O número do circuito tem até 40 letras.", campo=_campo("circuito"))
    return acoes.DadosDaEntrega(**lidos)


def _campo(nome: str) -> str:
    return f"serviceOrderItem.service.serviceCharacteristic.{nome}"


def _medida(nome: str, texto: str, maximo: int) -> Decimal:
    try:
        valor = Decimal(texto)
    except InvalidOperation:
        valor = Decimal("NaN")
    if not valor.is_finite() or not 0 <= valor <= maximo:
        raise RegraViolada(f"Escreva um número de 0 a {maximo}, com ponto: 7.9", campo=_campo(nome))
    return valor.quantize(Decimal("0.01"))


def cancelar(ss: SolicitacaoServico, pedido: PedidoDeCancelamento, *, por: Ator, agora: dt.datetime) -> dict[str, Any]:
    """The portal's answer to a ``cancelServiceOrder``: the Operadora ends an order only as inviável, and only before the delivery."""
    resposta: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "state": "done",
        "cancellationReason": pedido.cancellationReason,
        "requestedCancellationDate": retrato.instante(agora),
    }
    if ss.estado in (Estado.EMITIDA, Estado.EM_ATENDIMENTO):
        acoes.declarar_inviavel(ss_id=ss.pk, motivo=pedido.cancellationReason, por=por, agora=agora)
        resposta["effectiveCancellationDate"] = retrato.instante(agora)
    else:
        resposta["state"] = "terminatedWithError"
        resposta["errorMessage"] = {
            "code": "SS-06",
            "reason": "A Operadora não cancela uma ordem",
            "message": f"A ordem está em “{ss.rotulo}”. Quem pede o cancelamento é a prefeitura.",
            "timestamp": retrato.instante(agora),
        }
    resposta["serviceOrder"] = retrato.retratar(ordem(por, ss.slug))
    return resposta
