"""What PRODESP asked for in a returned request: corrected, or answered with a reason (SS-02)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from nucleo.erros import RegraViolada, texto_exigido
from nucleo.fluxo import Ator
from saog import consultas, pecas
from saog.models import PendenciaSS, SolicitacaoServico

from .rascunho import editavel


class SemCorrecao(RegraViolada):
    """What PRODESP pointed at stands as it was sent, and nobody said why: ``pendencias`` of ``ss``."""

    def __init__(self, ss: SolicitacaoServico, pendencias: list[PendenciaSS]) -> None:
        nomes = ", ".join(p.rotulo for p in pendencias)
        super().__init__(f"{nomes}: continua como estava. Corrija, ou responda à PRODESP por que está certo.", regra="SS-02")
        self.ss, self.pendencias = ss, pendencias


def sem_correcao(ss: SolicitacaoServico, limpos: dict[str, Any]) -> list[PendenciaSS]:
    """The pendências of a returned request whose field has the value it was sent with, and no answer (two queries at most).

    ``limpos`` are the cleaned values of the form now.
    """
    abertas = [p for p in consultas.pendencias_comunicadas(ss) if not p.resposta]
    envio = consultas.ultimo_envio(ss) if abertas else None
    if envio is None:
        return []
    antes, hoje = (
        {c["campo"]: c["valor"] for g in grupos for c in g["campos"]} for grupos in (envio.dados["leitura"], pecas.leitura(ss, limpos))
    )
    return [p for p in abertas if antes.get(p.campo, "") == hoje.get(p.campo, "")]


def exigir_correcao(ss: SolicitacaoServico, limpos: dict[str, Any]) -> None:
    """Raise ``SemCorrecao`` while a pendência is neither corrected nor answered."""
    if restam := sem_correcao(ss, limpos):
        raise SemCorrecao(ss, restam)


@transaction.atomic
def responder_pendencia(*, ss_id: int, pendencia_id: int, resposta: str, por: Ator, agora: dt.datetime) -> PendenciaSS:
    """Say why the value is right as it stands; PRODESP reads it beside the field. Sent with the next sending.

    Raises ``RegraViolada`` for a pendência that is not open, and without words; ``TransicaoIndisponivel`` when nothing may change now.
    """
    resposta = texto_exigido(resposta, frase="Escreva por que está certo: a PRODESP vai ler.", campo="resposta", maximo=500, regra="SS-02")
    ss = editavel(ss_id, por=por)
    pendencia = next((p for p in consultas.pendencias_comunicadas(ss) if p.pk == pendencia_id), None)
    if pendencia is None:
        raise RegraViolada("Esta pendência não está aberta.", regra="SS-02")
    pendencia.resposta = resposta
    pendencia.save(update_fields=["resposta"])
    return pendencia
