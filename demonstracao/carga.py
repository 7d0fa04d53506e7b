"""Loads the demonstration: municipalities, calendar, reasons, people, some sixty adhesions and four hundred
requests, played in order of time.

Only in that mode, in one transaction, and only once: when its accounts exist nothing is touched, so what people did stays.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Case, F, Q, When

from adesao.dados.motivos import carregar_motivos
from adesao.estados import EDITAVEIS, Estado
from adesao.models import Adesao, MotivoPadrao
from adesao.pecas import PECAS
from comunicacao.models import MensagemSaida
from contas import municipios
from contas.models import Usuario
from demonstracao import enderecos
from demonstracao.contas import DOMINIO
from demonstracao.elenco import Elenco
from demonstracao.encenacao import Cena, Peca
from demonstracao.pedidos import CIDADES, PRIMEIRAS
from demonstracao.quadro import Quadro, em_ordem
from demonstracao.roteiro import ROTEIROS, SEM_ADESAO
from demonstracao.tempo import Relogio
from documentos.models import Documento
from nucleo import fluxo
from nucleo.calendario import calendario, carregar_pontos_facultativos
from saog.dados.catalogo import carregar_catalogo
from saog.estados import EstadoDoAcesso
from saog.models import Acesso, MotivoDeDevolucao, SolicitacaoServico, TipoDeSolicitacao, Velocidade

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
    solicitacoes: int
    links: int
    pessoas: int
    mensagens: int


def carregar(*, agora: dt.datetime, em_teste: bool = False, tudo: bool = True) -> Resumo | None:
    """Fill an empty portal; ``agora`` is the only clock, everything else is relative to it. None when it was loaded before.

    Without ``tudo`` the requests are those of ``PRIMEIRAS`` only: ``continuar`` brings the other prefeituras' while people already look.
    ``em_teste`` lets the tests' mode in (an argument of this function, never of the command). Raises ``ForaDaDemonstracao``.
    """
    _so_na_demonstracao(em_teste)
    if ja_carregada():
        return None
    agora = agora.replace(microsecond=0)
    with transaction.atomic():
        esperando = len(transaction.get_connection().run_on_commit)
        total = municipios.carregar()
        carregar_pontos_facultativos()
        carregar_motivos()
        carregar_catalogo(TipoDeSolicitacao, Velocidade, MotivoDeDevolucao)
        elenco, relogio = _encenar(agora), Relogio(agora, calendario())
        enderecos.encenar(elenco, relogio)
        quadro = Quadro(elenco=elenco, relogio=relogio)
        quadro.encenar(None if tudo else frozenset(PRIMEIRAS))
        _assentar(agora)
        # Nobody has to be woken: letters of the past have left, and papers are made when first opened.
        del transaction.get_connection().run_on_commit[esperando:]
    cache.delete_many(["institucional.situacoes", "institucional.mapa"])
    em_servico = Acesso.objects.filter(estado=EstadoDoAcesso.EM_SERVICO).count()
    contagens = (Adesao.objects.count(), SolicitacaoServico.objects.count(), em_servico, Usuario.objects.count())
    return Resumo(total, *contagens, MensagemSaida.objects.count())


def continuar(*, agora: dt.datetime, em_teste: bool = False) -> str | None:
    """Play the requests of one more prefeitura, in one transaction; its name, or None when all are here (or nothing was loaded).

    A prefeitura that has any request is left alone, so it may be called again whatever happened before. Raises ``ForaDaDemonstracao``.
    """
    _so_na_demonstracao(em_teste)
    falta = _proxima()
    if falta is None:
        return None
    agora = agora.replace(microsecond=0)
    with transaction.atomic():
        adesao = fluxo.travar(Adesao, falta.pk)  # two at once: the second finds the first one's requests
        if not SolicitacaoServico.objects.filter(municipio_id=adesao.municipio_id).exists():
            esperando = len(transaction.get_connection().run_on_commit)
            nome = falta.municipio.nome
            elenco = Elenco(agora=agora)
            elenco.reencontrar_equipes()
            Quadro(elenco=elenco, relogio=Relogio(agora, calendario())).encenar(frozenset({nome}))
            _assentar_pedidos(adesao.municipio_id)
            del transaction.get_connection().run_on_commit[esperando:]
    return falta.municipio.nome


def _so_na_demonstracao(em_teste: bool) -> None:
    if not (settings.DEMONSTRACAO or (em_teste and settings.MODO == "teste")):
        raise ForaDaDemonstracao("Os dados da demonstração só entram com MODO=demonstracao. Nada foi gravado.")


def _proxima() -> Adesao | None:
    """The adhesion of the next prefeitura of the script without any request, in the order of the script (two queries)."""
    if not ja_carregada():
        return None
    com_pedido = SolicitacaoServico.objects.order_by().values("municipio_id")
    sem = Adesao.objects.filter(estado=Estado.APROVADA).exclude(municipio_id__in=com_pedido).select_related("municipio")
    por_nome = {a.municipio.nome: a for a in sem.order_by("pk")}
    return next((por_nome[c.nome] for c in CIDADES if c.nome in por_nome), None)


def ja_carregada() -> bool:
    """Whether the accounts of the demonstration exist."""
    return Usuario.objects.filter(email__endswith=f"@{DOMINIO}").exists()


def _encenar(agora: dt.datetime) -> Elenco:
    """Play every script at once, always resuming the one whose next act is the earliest."""
    elenco = Elenco(agora=agora)
    elenco.contratar_equipes()
    relogio = Relogio(agora, calendario())
    motivos = {m.titulo: m for m in MotivoPadrao.objects.all()}
    pecas: list[Peca] = [
        Cena(r, ordem=n, sorteio=elenco.sorteio(r.municipio, n), relogio=relogio, elenco=elenco, motivos=motivos).encenar()
        for n, r in enumerate(ROTEIROS)
    ]
    em_ordem(pecas)
    elenco.cadastrar_pela_pagina(SEM_ADESAO, agora=agora - dt.timedelta(hours=26))
    elenco.visitas(agora=agora)
    return elenco


def _assentar(agora: dt.datetime) -> None:
    """The past is past: its letters have left, and its papers wait for whoever opens them first (no sweep makes 270 PDFs at the start).

    Only the papers of processes that a prefeitura may edit are ordered, one at a time and Bofete's first, because their page shows the
    progress of the making.
    """
    _enviadas(Q())
    _sem_pressa(Q(dono__startswith="ss:"))
    pendentes = Documento.objects.filter(origem=Documento.Origem.GERADO, situacao=Documento.Situacao.PENDENTE)
    pendentes.update(tentar_em=None)
    editaveis = Adesao.objects.filter(estado__in=EDITAVEIS).annotate(primeiro=Case(When(municipio__nome=VITRINE, then=0), default=1))
    ordem = {adesao.dono: n for n, adesao in enumerate(editaveis.order_by("primeiro", "pk"))}
    papeis = sorted(pendentes.filter(dono__in=ordem, especie__in=PECAS).order_by("criado_em", "pk"), key=lambda d: ordem[d.dono])
    for n, papel in enumerate(papeis):
        papel.tentar_em = agora + PRIMEIRO_PAPEL + n * ENTRE_PAPEIS
    Documento.objects.bulk_update(papeis, ["tentar_em"])


def _assentar_pedidos(municipio_id: int) -> None:
    """The same for the requests of one prefeitura, while others may be writing letters of today."""
    donos = [f"ss:{pk}" for pk in SolicitacaoServico.objects.filter(municipio_id=municipio_id).order_by("pk").values_list("pk", flat=True)]
    da_casa = Usuario.objects.filter(vinculos__orgao__municipio_id=municipio_id).values("email")
    _enviadas(Q(dono__in=donos) | Q(dono="", para__in=da_casa, assunto_tipo__startswith="ss_"))
    Documento.objects.filter(dono__in=donos, situacao=Documento.Situacao.PENDENTE).update(tentar_em=None)
    _sem_pressa(Q(dono__in=donos))


def _sem_pressa(quais: Q) -> None:
    """The files that came with a delivery are handed over as they are: no sweep draws their pages."""
    Documento.objects.filter(quais, origem=Documento.Origem.RECEBIDO).update(tentar_em=None)


def _enviadas(quais: Q) -> None:
    """Those letters left a moment after they were written."""
    MensagemSaida.objects.filter(quais, situacao=MensagemSaida.Situacao.PENDENTE).update(
        situacao=MensagemSaida.Situacao.ENVIADA, tentativas=1, tentar_em=None, enviada_em=F("criada_em") + ENTREGA
    )
