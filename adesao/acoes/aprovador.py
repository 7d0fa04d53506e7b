"""What the órgão aprovador does: approves, refuses, or asks PRODESP (ADS-01, ADS-04)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from adesao import notificacoes
from adesao.models import Adesao
from contas import acoes as contas
from nucleo import fluxo
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator

from .comum import vence_em


@transaction.atomic
def aprovar(*, adesao_id: int, por: Ator, agora: dt.datetime) -> Adesao:
    """Approve: in force, and the two responsáveis get their access (ADS-11), all or nothing."""
    adesao, _ = fluxo.executar(Adesao, adesao_id, "aprovar", por=por, agora=agora)
    for responsavel in adesao.responsaveis.all():
        contas.ativar_responsavel(
            municipio_id=adesao.municipio_id,
            nome=responsavel.nome,
            cpf=responsavel.cpf,
            email=responsavel.email,
            cargo=responsavel.cargo,
            por=por,
            agora=agora,
        )
    notificacoes.aprovada(adesao, agora=agora)
    return adesao


@transaction.atomic
def aprovar_varias(*, adesoes_ids: list[int], por: Ator, agora: dt.datetime) -> list[Adesao]:
    """Approve several with one confirmation: all or none. Locks in order of pk, so that two approvers never wait for each other."""
    if not adesoes_ids:
        raise RegraViolada("Escolha ao menos uma adesão.")
    if len(adesoes_ids) > 50:
        raise RegraViolada("Aprove até 50 adesões de cada vez.")
    return [aprovar(adesao_id=pk, por=por, agora=agora) for pk in sorted(set(adesoes_ids))]


@transaction.atomic
def indeferir(*, adesao_id: int, motivo: str, por: Ator, agora: dt.datetime) -> Adesao:
    """Refuse with a reason (ADS-04). The municipality may begin another (ADS-10)."""
    motivo = motivo.strip()[:2000]
    if not motivo:
        raise RegraViolada("Escreva o motivo da recusa: a prefeitura vai ler.", regra="ADS-04", campo="motivo")
    adesao, _ = fluxo.executar(Adesao, adesao_id, "indeferir", por=por, agora=agora, comentario=motivo, motivo=motivo)
    notificacoes.indeferida(adesao, agora=agora)
    return adesao


@transaction.atomic
def perguntar(*, adesao_id: int, pergunta: str, por: Ator, agora: dt.datetime) -> Adesao:
    """Send it back to PRODESP with a question (ENCAMINHADA → EM_CONFERENCIA)."""
    pergunta = pergunta.strip()[:2000]
    if not pergunta:
        raise RegraViolada("Escreva a pergunta para a PRODESP.", campo="pergunta")
    adesao, registro = fluxo.executar(
        Adesao,
        adesao_id,
        "perguntar",
        por=por,
        agora=agora,
        comentario=pergunta,
        vence_em=vence_em(agora, "conferencia"),
        pergunta=pergunta,
    )
    notificacoes.perguntada(adesao, registro.pk, agora=agora)
    return adesao
