"""What the portal itself does with exchanges (IP-05): reminders, the end at the date, and undoing, one transaction per prefeitura.

Each prefeitura's part is asked again under the lock of its adhesion, so that two beats at once, a late one, or a worker killed half-way do
each thing once. Lock order: adhesion → renumbering → slots.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from adesao.models import Adesao
from enderecamento import notificacoes, registros
from enderecamento.consultas import renumeracao as leitura
from enderecamento.estados import LEMBRETES_DA_TROCA, EstadoDaRenumeracao
from enderecamento.models import Renumeracao, SubBlocoCIDR, Troca
from nucleo import fluxo, prazos
from nucleo.fluxo import SISTEMA, Ator

from .blocos import esvaziar

registro = structlog.get_logger("portal.enderecamento")

#: Up to so many exchanges are undone in the gestor's own transaction; more go to the worker.
NA_HORA = 200
#: Local hours in which a reminder may be sent.
HORAS_DE_LEMBRAR = range(7, 20)

_VENCIDA = Q(renumeracao__estado=EstadoDaRenumeracao.EM_CURSO)
_DESFEITA = Q(renumeracao__estado=EstadoDaRenumeracao.DESFEITA)


def mover_links(trocas: Sequence[Troca], *, municipio_id: int, por: Ator, agora: dt.datetime, de_volta: bool = False) -> None:
    """Tell the floors above that what used the old networks now uses the new ones, or ``de_volta`` the other way round."""
    pares = {t.velho.rede.cidr: t.novo.rede.cidr for t in trocas}
    if de_volta:
        pares = {novo: velho for velho, novo in pares.items()}
    for mover in registros.AO_TROCAR if pares else ():
        mover(municipio_id=municipio_id, pares=pares, por=por, agora=agora)


# --- The date, and undoing: one prefeitura at a time ------------------------------------------------------------------
def trocar(*, agora: dt.datetime) -> dict[str, int]:
    """Go on with everything that is due: prefeituras whose date came, those of a renumbering that was undone, and renumberings with nothing
    left open. Returns how many prefeituras were done, how many failed, and how many renumberings ended.

    A prefeitura that fails is logged and tried again by the next sweep; the others go on.
    """
    total = {"prefeituras": 0, "falhas": 0, "concluidas": 0}
    abertas = Troca.objects.filter(encerrada_em__isnull=True).order_by("renumeracao_id", "adesao_id")
    passos: list[tuple[Q, Callable[..., bool]]] = [
        (_DESFEITA, desfazer_da_prefeitura),
        (_VENCIDA & Q(renumeracao__vence_em__lte=agora), encerrar_da_prefeitura),
    ]
    for onde, fazer in passos:
        for renumeracao_id, adesao_id in list(abertas.filter(onde).values_list("renumeracao_id", "adesao_id").distinct()):
            try:
                total["prefeituras"] += fazer(renumeracao_id, adesao_id, agora=agora)
            except (OperationalError, InterfaceError):  # the database, not the row
                raise
            except Exception as erro:
                total["falhas"] += 1
                registro.error("troca_falhou", renumeracao=renumeracao_id, adesao=adesao_id, erro=type(erro).__name__)
    vencidas = Renumeracao.objects.filter(estado=EstadoDaRenumeracao.EM_CURSO, vence_em__lte=agora).order_by("pk")
    for pk in list(vencidas.exclude(trocas__encerrada_em__isnull=True).values_list("pk", flat=True)):
        total["concluidas"] += _concluir(pk, agora=agora)
    return total


@transaction.atomic
def encerrar_da_prefeitura(renumeracao_id: int, adesao_id: int, *, agora: dt.datetime) -> bool:
    """The date came for one prefeitura: the old ones rest (IP-08), links move over, also those nobody confirmed; told by letter.

    Returns whether there was something to do.
    """
    adesao, renumeracao, trocas = _travadas(renumeracao_id, adesao_id)
    if not trocas or not renumeracao.em_curso or renumeracao.vence_em > agora:
        return False
    mover_links(trocas, municipio_id=adesao.municipio_id, por=SISTEMA, agora=agora)
    esvaziar(_slots(t.velho_id for t in trocas), motivo=f"Fim da troca: renumeração {renumeracao.numero}", por=SISTEMA, agora=agora)
    _encerrar(trocas, agora)
    notificacoes.troca_terminou(renumeracao, adesao, trocas, agora=agora)
    return True


@transaction.atomic
def desfazer_da_prefeitura(renumeracao_id: int, adesao_id: int, *, agora: dt.datetime) -> bool:
    """One prefeitura of a renumbering that was undone: the new ones rest and the old ones get their places back, links too; told by letter.

    Returns whether there was something to do.
    """
    adesao, renumeracao, trocas = _travadas(renumeracao_id, adesao_id)
    if not trocas or renumeracao.estado != EstadoDaRenumeracao.DESFEITA:
        return False
    novos = {n.pk: n for n in _slots(t.novo_id for t in trocas)}
    lugares: dict[int | None, dict[int, int | None]] = {}
    for troca in trocas:
        novo = novos[troca.novo_id]
        lugares.setdefault(novo.excedente_id, {})[troca.velho_id] = novo.ordinal
    mover_links(trocas, municipio_id=adesao.municipio_id, por=SISTEMA, agora=agora, de_volta=True)
    desfeita = renumeracao.historico.filter(transicao="desfazer").order_by("pk").last()
    quem = SISTEMA
    if desfeita:
        quem = Ator(desfeita.por_id, desfeita.por_nome, frozenset({(desfeita.por_papel, None)}), desfeita.ip)
    esvaziar(list(novos.values()), motivo=f"Troca desfeita: renumeração {renumeracao.numero}", por=quem, agora=agora)
    for excedente, ordinais in lugares.items():  # one, or two with a granted limit
        de_volta = Case(*(When(pk=pk, then=Value(ordinal)) for pk, ordinal in ordinais.items()))
        SubBlocoCIDR.objects.filter(pk__in=ordinais).update(ordinal=de_volta, excedente=excedente, troca_ate=None)
    _encerrar(trocas, agora)
    notificacoes.troca_desfeita(renumeracao, adesao, trocas, desfeita.comentario if desfeita else "", agora=agora)
    return True


@transaction.atomic
def _concluir(renumeracao_id: int, *, agora: dt.datetime) -> bool:
    renumeracao = fluxo.travar(Renumeracao, renumeracao_id)
    if not renumeracao.em_curso or renumeracao.vence_em > agora or renumeracao.trocas.filter(encerrada_em__isnull=True).exists():
        return False
    feito = leitura.progresso(renumeracao)
    dados = {"trocas": feito.total, "sem_confirmacao": feito.atrasadas}
    renumeracao, _ = fluxo.executar(Renumeracao, renumeracao_id, "concluir", por=SISTEMA, agora=agora, dados=dados)
    notificacoes.renumeracao_concluida(renumeracao, total=feito.total, atrasadas=feito.atrasadas, agora=agora)
    return True


def _travadas(renumeracao_id: int, adesao_id: int) -> tuple[Adesao, Renumeracao, list[Troca]]:
    adesao = fluxo.travar(Adesao, adesao_id)
    renumeracao = fluxo.travar(Renumeracao, renumeracao_id)
    abertas = Troca.objects.filter(renumeracao_id=renumeracao_id, adesao_id=adesao_id, encerrada_em__isnull=True)
    return adesao, renumeracao, list(abertas.select_related("velho", "novo").order_by("velho__perfil", "lugar", "pk"))


def _slots(pks: Iterable[int]) -> list[SubBlocoCIDR]:
    return list(SubBlocoCIDR.objects.filter(pk__in=list(pks)).select_for_update(of=("self",), no_key=True).order_by("vez"))


def _encerrar(trocas: list[Troca], agora: dt.datetime) -> None:
    Troca.objects.filter(pk__in=[t.pk for t in trocas]).update(encerrada_em=agora)


# --- Reminders --------------------------------------------------------------------------------------------------------
def lembrar_trocas(*, agora: dt.datetime) -> int:
    """Remind the prefeituras that have not confirmed when 15, 5 and 1 days are left, one letter per step, date and person.

    Only the nearest step, when a sweep slept over some; nothing before seven in the morning or after eight at night. Returns how many
    letters are new.
    """
    if timezone.localtime(agora).hour not in HORAS_DE_LEMBRAR:
        return 0
    ate = prazos.meia_noite(prazos.dia_local(agora) + dt.timedelta(days=max(LEMBRETES_DA_TROCA) + 1))
    proximas = Renumeracao.objects.filter(estado=EstadoDaRenumeracao.EM_CURSO, vence_em__gt=agora, vence_em__lte=ate)
    return sum(_lembrar(pk, agora=agora) for pk in list(proximas.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _lembrar(renumeracao_id: int, *, agora: dt.datetime) -> int:
    renumeracao = fluxo.travar(Renumeracao, renumeracao_id)
    if not renumeracao.pode_mudar(agora):
        return 0
    faltam = prazos.faltam(renumeracao.vence_em, agora)
    ao_avisar = prazos.faltam(renumeracao.vence_em, renumeracao.avisada_em)
    degrau = min((d for d in LEMBRETES_DA_TROCA if faltam <= d < ao_avisar), default=None)
    if degrau is None:
        return 0
    pendentes = renumeracao.trocas.filter(confirmada_em__isnull=True, encerrada_em__isnull=True)
    linhas = pendentes.select_related("velho", "novo", "adesao__municipio").order_by("adesao_id", "velho__perfil", "lugar")
    grupos = [(t[0].adesao, t) for t in (list(g) for _, g in groupby(linhas, key=lambda t: t.adesao_id))]
    return notificacoes.lembrar_trocas(renumeracao, grupos, degrau=degrau, agora=agora)
