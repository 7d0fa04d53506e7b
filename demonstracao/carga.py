"""Loads the demonstration: municipalities, calendar, reasons, people, and some sixty adhesions played in order of time.

Only in that mode, in one transaction, and only once: when its accounts exist nothing is touched, so what people did stays.
"""

from __future__ import annotations

import datetime as dt
import heapq
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Case, F, When

from adesao.dados.motivos import carregar_motivos
from adesao.estados import EDITAVEIS
from adesao.models import Adesao, MotivoPadrao
from adesao.pecas import PECAS
from comunicacao.models import MensagemSaida
from contas import municipios
from contas.models import Usuario
from demonstracao.contas import DOMINIO
from demonstracao.elenco import Elenco
from demonstracao.encenacao import Cena, Peca
from demonstracao.roteiro import ROTEIROS, SEM_ADESAO
from demonstracao.tempo import Relogio
from documentos.models import Documento
from nucleo.calendario import calendario, carregar_pontos_facultativos

#: How long a letter of the past took to leave.
ENTREGA = dt.timedelta(seconds=4)
#: When the first paper is made, and the pace of the next ones, so that they never compete with the first pages.
PRIMEIRO_PAPEL, ENTRE_PAPEIS = dt.timedelta(seconds=20), dt.timedelta(seconds=30)
#: The first look of the guide: its papers come first.
VITRINE = "Bofete"


class ForaDaDemonstracao(Exception):
    """Demonstration data were asked for in another mode. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Resumo:
    """How much there is after loading."""

    municipios: int
    adesoes: int
    pessoas: int
    mensagens: int


def carregar(*, agora: dt.datetime, em_teste: bool = False) -> Resumo | None:
    """Fill an empty portal; ``agora`` is the only clock, everything else is relative to it. None when it was loaded before.

    ``em_teste`` lets the tests' mode in (an argument of this function, never of the command). Raises ``ForaDaDemonstracao``.
    """
    if not (settings.DEMONSTRACAO or (em_teste and settings.MODO == "teste")):
        raise ForaDaDemonstracao("Os dados da demonstração só entram com MODO=demonstracao. Nada foi gravado.")
    if ja_carregada():
        return None
    agora = agora.replace(microsecond=0)
    with transaction.atomic():
        esperando = len(transaction.get_connection().run_on_commit)
        total = municipios.carregar()
        carregar_pontos_facultativos()
        carregar_motivos()
        _encenar(agora)
        _assentar(agora)
        # Nobody has to be woken: letters of the past have left, and papers are made when first opened.
        del transaction.get_connection().run_on_commit[esperando:]
    cache.delete_many(["institucional.situacoes", "institucional.mapa"])
    return Resumo(total, Adesao.objects.count(), Usuario.objects.count(), MensagemSaida.objects.count())


def ja_carregada() -> bool:
    """Whether the accounts of the demonstration exist."""
    return Usuario.objects.filter(email__endswith=f"@{DOMINIO}").exists()


def _encenar(agora: dt.datetime) -> None:
    """Play every script at once, always resuming the one whose next act is the earliest."""
    elenco = Elenco(agora=agora)
    elenco.contratar_equipes()
    relogio = Relogio(agora, calendario())
    motivos = {m.titulo: m for m in MotivoPadrao.objects.all()}
    pecas: list[Peca] = [
        Cena(r, ordem=n, sorteio=elenco.sorteio(r.municipio, n), relogio=relogio, elenco=elenco, motivos=motivos).encenar()
        for n, r in enumerate(ROTEIROS)
    ]
    proximos = [(next(peca), n) for n, peca in enumerate(pecas)]
    heapq.heapify(proximos)
    while proximos:
        _, n = proximos[0]
        seguinte = next(pecas[n], None)
        if seguinte is None:
            heapq.heappop(proximos)
        else:
            heapq.heapreplace(proximos, (seguinte, n))
    elenco.cadastrar_pela_pagina(SEM_ADESAO, agora=agora - dt.timedelta(hours=26))
    elenco.visitas(agora=agora)


def _assentar(agora: dt.datetime) -> None:
    """The past is past: its letters have left, and its papers wait for whoever opens them first (no sweep makes 270 PDFs at the start).

    Only the papers of processes that a prefeitura may edit are ordered, one at a time and Bofete's first, because their page shows the
    progress of the making.
    """
    MensagemSaida.objects.filter(situacao=MensagemSaida.Situacao.PENDENTE).update(
        situacao=MensagemSaida.Situacao.ENVIADA, tentativas=1, tentar_em=None, enviada_em=F("criada_em") + ENTREGA
    )
    pendentes = Documento.objects.filter(origem=Documento.Origem.GERADO, situacao=Documento.Situacao.PENDENTE)
    pendentes.update(tentar_em=None)
    editaveis = Adesao.objects.filter(estado__in=EDITAVEIS).annotate(primeiro=Case(When(municipio__nome=VITRINE, then=0), default=1))
    ordem = {adesao.dono: n for n, adesao in enumerate(editaveis.order_by("primeiro", "pk"))}
    papeis = sorted(pendentes.filter(dono__in=ordem, especie__in=PECAS).order_by("criado_em", "pk"), key=lambda d: ordem[d.dono])
    for n, papel in enumerate(papeis):
        papel.tentar_em = agora + PRIMEIRO_PAPEL + n * ENTRE_PAPEIS
    Documento.objects.bulk_update(papeis, ["tentar_em"])
