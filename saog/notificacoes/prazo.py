"""The ten days: reminders, the end of the time, and more time (PRZ-01 to PRZ-04). The people are given, so that a sweep of a thousand asks
for them once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from comunicacao.caixa import Carta
from nucleo import prazos
from saog.models import SolicitacaoServico

from .comum import Pessoa, a_prefeitura, cartas, chave, endereco

RODAPE_DA_PRODESP = "Você recebe este e-mail porque analisa as solicitações na PRODESP."
#: Requests named in one letter to PRODESP; the others are in the queue.
CITADAS = 30


def _evento(ss: SolicitacaoServico, nome: str) -> str:
    """The delivery and its last day: a deadline that was moved on (PRZ-04) ends, and is told, once more."""
    assert ss.aceite_vence_em is not None
    return f"{nome}:{ss.entregas}:{prazos.ultimo_dia(ss.aceite_vence_em):%Y%m%d}"


def cartas_do_vencimento(ss: SolicitacaoServico, prefeitura: Sequence[Pessoa]) -> list[Carta]:
    """Ten days of silence with ``escalar``, to the prefeitura: it may still answer."""
    return cartas(
        ss,
        evento=_evento(ss, "vencida"),
        tipo="ss_vencida",
        pessoas=prefeitura,
        titulo=f"O prazo para aceitar a entrega venceu: {ss.titulo}",
        paragrafos=["Os 10 dias para responder à entrega passaram. A PRODESP foi avisada.", "Ainda dá para aceitar ou recusar."],
        botao=("Conferir a entrega", endereco(ss)),
    )


def cartas_do_vencimento_a_prodesp(vencidas: Sequence[SolicitacaoServico], prodesp: Sequence[Pessoa]) -> list[Carta]:
    """The same to PRODESP: one letter per person for all that ended in one go, so that a thousand are not a thousand e-mails.

    Keyed by the first of them, which ends once.
    """
    primeira = min(vencidas, key=lambda ss: ss.pk)
    evento = _evento(primeira, "vencida_prodesp")
    if len(vencidas) == 1:
        return cartas(
            primeira,
            evento=evento,
            tipo="ss_vencida_prodesp",
            pessoas=prodesp,
            titulo=f"Sem resposta em 10 dias: {primeira.municipio.nome}, solicitação {primeira.numero}",
            paragrafos=["A prefeitura não aceitou nem recusou a entrega da Operadora. Fale com os responsáveis."],
            botao=("Ver a solicitação", endereco(primeira, de="fila-ss")),
            rodape=RODAPE_DA_PRODESP,
        )
    ordem = sorted(vencidas, key=lambda ss: (ss.municipio.nome, ss.numero))
    restam = len(ordem) - CITADAS
    paragrafos = ["As prefeituras não aceitaram nem recusaram estas entregas da Operadora. Fale com os responsáveis."]
    if restam > 0:
        paragrafos.append(f"As {CITADAS} primeiras estão abaixo; as outras {restam} estão na fila.")
    return [
        Carta(
            chave=chave(primeira, evento, pessoa),
            tipo="ss_vencida_prodesp",
            para=pessoa.email,
            para_nome=pessoa.nome,
            titulo=f"Sem resposta em 10 dias: {len(ordem)} solicitações",
            paragrafos=paragrafos,
            fatos=[(f"SS {ss.numero}", f"{ss.municipio.nome}\n{ss.titulo}") for ss in ordem[:CITADAS]],
            botao=("Ver a fila", f"{settings.ENDERECO_PUBLICO}/fila-ss/"),
            dono=primeira.dono,
            rodape=RODAPE_DA_PRODESP,
        )
        for pessoa in prodesp
    ]


def chaves_do_lembrete(ss: SolicitacaoServico, pessoas: Sequence[Pessoa], *, degrau: int) -> list[str]:
    """The keys of ``cartas_do_lembrete``, to ask which are written already."""
    evento = _evento(ss, f"lembrete_aceite{degrau}")
    return [chave(ss, evento, pessoa) for pessoa in pessoas]


def cartas_do_lembrete(ss: SolicitacaoServico, pessoas: Sequence[Pessoa], *, degrau: int, faltam: int) -> list[Carta]:
    """To the prefeitura: the answer is due soon. One per delivery and step, whatever the sweep does (PRZ-03).

    ``degrau`` is the step (days before); ``faltam`` the days really left, which a sweep that slept finds fewer.
    """
    assert ss.aceite_vence_em is not None
    ate = prazos.dia_por_extenso(prazos.ultimo_dia(ss.aceite_vence_em))
    quando = {0: "vence hoje", 1: "vence amanhã"}.get(faltam, f"vence em {faltam} dias")
    return cartas(
        ss,
        evento=_evento(ss, f"lembrete_aceite{degrau}"),
        tipo="ss_lembrete",
        pessoas=pessoas,
        titulo=f"O prazo para aceitar ou recusar {quando}: {ss.titulo}",
        paragrafos=[f"A Operadora concluiu e espera a sua resposta até {ate}."],
        botao=("Conferir a entrega", endereco(ss)),
    )


def prorrogada(ss: SolicitacaoServico, *, volta: int, agora: dt.datetime) -> None:
    """To the prefeitura: more time, because the portal was out on the last day (PRZ-04)."""
    assert ss.ate_quando is not None
    ate = prazos.dia_por_extenso(prazos.ultimo_dia(ss.ate_quando))
    a_prefeitura(
        ss,
        f"prorrogada:{volta}",
        "ss_prorrogada",
        f"Novo prazo, {ate}: {ss.titulo or ss.numero}",
        [f"O portal ficou fora do ar no último dia do prazo da solicitação {ss.numero}.", f"Você tem até {ate}."],
        agora=agora,
    )
