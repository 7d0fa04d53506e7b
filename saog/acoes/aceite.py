"""The answer to a delivery, and what an acceptance does to the link (SS-04, SS-05, PRZ-02)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from nucleo import fluxo
from nucleo.erros import RegraViolada, texto_exigido
from nucleo.fluxo import SISTEMA, Ator
from saog import notificacoes
from saog.estados import Natureza
from saog.models import Acesso, Entrega, SolicitacaoServico

from .comum import dono_do_circuito, travada
from .envio import liberar_lugar


@transaction.atomic
def aceitar(*, ss_id: int, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Accept the last delivery, also after the date (SS-04): the link goes in service, changes, or ends."""
    travada(ss_id, por=por, ato="ss.aceitar")
    ss, _ = fluxo.executar(SolicitacaoServico, ss_id, "aceitar", por=por, agora=agora)
    concluir(ss, por=por, agora=agora)
    notificacoes.aceita(ss, agora=agora)
    return ss


@transaction.atomic
def recusar(*, ss_id: int, motivo: str, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Refuse the last delivery with a reason: back to the Operadora (SS-05)."""
    motivo = texto_exigido(motivo, frase="Escreva o motivo da recusa: a Operadora vai ler.", campo="motivo", regra="SS-05")
    ss, _ = fluxo.executar(SolicitacaoServico, ss_id, "recusar", por=por, agora=agora, comentario=motivo, motivo=motivo)
    _responder(ss, aceita=False, motivo=motivo, por=por, agora=agora)
    notificacoes.recusada(ss, agora=agora)
    return ss


def concluir(ss: SolicitacaoServico, *, por: Ator, agora: dt.datetime) -> None:
    """What an accepted delivery does (SS-06). Lock order: request, then link."""
    entrega = _responder(ss, aceita=True, por=por, agora=agora)
    if ss.natureza == Natureza.CANCELAMENTO:
        _interromper(ss, agora=agora)
        return
    if ss.natureza != Natureza.DESATIVACAO and dono_do_circuito(entrega.circuito, ss) is not None:
        raise RegraViolada(
            f"O circuito {entrega.circuito} já é de outro link. Recuse a entrega e diga isso à Operadora, para ela corrigir o número.",
            regra="SS-04",
        )
    if ss.natureza == Natureza.ATIVACAO:
        fluxo.executar(Acesso, ss.acesso_id, "ativar", por=por, agora=agora, circuito=entrega.circuito, equipamento=entrega.equipamento)
    elif ss.natureza == Natureza.DESATIVACAO:
        fluxo.executar(Acesso, ss.acesso_id, "desativar", por=por, agora=agora)
    else:
        _alterar(ss, entrega, por=por, agora=agora)


def _responder(ss: SolicitacaoServico, *, aceita: bool, por: Ator, agora: dt.datetime, motivo: str = "") -> Entrega:
    entrega = ss.lista_de_entregas.get(ordem=ss.entregas)
    entrega.aceita, entrega.respondida_em, entrega.respondida_por_id, entrega.motivo = aceita, agora, por.usuario_id, motivo
    entrega.save(update_fields=["aceita", "respondida_em", "respondida_por", "motivo"])
    return entrega


def _alterar(ss: SolicitacaoServico, entrega: Entrega, *, por: Ator, agora: dt.datetime) -> None:
    acesso = fluxo.travar(Acesso, ss.acesso_id)
    pedidos: dict[str, Any] = ss.lista_de_envios.get(ordem=ss.envios).dados["limpos"]
    campos: dict[str, Any] = {n: pedidos[n] for n in ("servico", "velocidade", "titular", "configuracao") if pedidos.get(n)}
    campos |= {n: getattr(entrega, n) for n in ("circuito", "equipamento") if getattr(entrega, n)}
    mudou = {n: {"de": getattr(acesso, n), "para": v} for n, v in campos.items() if getattr(acesso, n) != v}
    fluxo.executar(Acesso, acesso.pk, "alterar", por=por, agora=agora, campos=campos, dados={"ss": ss.numero, **mudou})


def _interromper(ss: SolicitacaoServico, *, agora: dt.datetime) -> None:
    """The request that the accepted cancelamento stops ends here, and its place is free again (LNK-07)."""
    frase = f"Interrompida pela solicitação {ss.numero}."
    alvo, _ = fluxo.executar(SolicitacaoServico, ss.alvo_id, "interromper", por=SISTEMA, agora=agora, comentario=frase, motivo=frase)
    liberar_lugar(alvo, por=SISTEMA, agora=agora)
