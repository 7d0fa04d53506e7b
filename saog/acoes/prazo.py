"""The ten days to answer a delivery: what silence does, reminders, and more time after an outage (SS-04, PRZ-01 to PRZ-04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from comunicacao.caixa import Carta, enfileirar_varias
from comunicacao.consultas import chaves_existentes
from contas.consultas import do_estado, responsaveis_de
from contas.models import Papel
from nucleo import fluxo, prazos
from nucleo.calendario import calendario
from nucleo.fluxo import SISTEMA, Ator, Lote
from saog import notificacoes
from saog.estados import EM_ACEITE, EfeitoDoSilencio, Estado
from saog.models import FalhaDaVarredura, SolicitacaoServico

from .aceite import concluir
from .comum import anotar

registro = structlog.get_logger("portal.saog")

#: Rows of one transaction of the sweep.
TAMANHO_DO_LOTE = 1000
#: Local hours in which a reminder may be sent.
HORAS_DE_LEMBRAR = range(7, 20)
#: How long a request that failed waits before the second, third, … try; the last one repeats for ever.
ESPERAS = (dt.timedelta(minutes=5), dt.timedelta(minutes=30), dt.timedelta(hours=2), dt.timedelta(hours=12))
_COM = ("municipio", "tipo", "alvo")
#: Columns that neither the end of the ten days nor its letters read.
_SEM = ("rascunho", "rascunho_anterior", "salvo_em", "criada_em", "desde", "envio_em", "validada_em", "atendimento_em")


@dataclass(frozen=True, slots=True)
class Varredura:
    """What the sweep did, or with ``simular`` would do. ``vencidas`` are the requests found, oldest deadline first (only simulated);
    ``deixadas`` were held or answered by somebody meanwhile; ``de_lado`` wait for their next try.
    """

    efeito: EfeitoDoSilencio
    vencidas: list[SolicitacaoServico]
    feitas: int = 0
    deixadas: int = 0
    falhas: int = 0
    de_lado: int = 0


# --- The end of the ten days ------------------------------------------------------------------------------------------
def _acabou(agora: dt.datetime) -> Q:
    """The ten days are over and silence had no effect yet (index ``saog_aceite_a_vencer``)."""
    return Q(estado=Estado.AGUARDANDO_ACEITE, silencio_em__isnull=True, aceite_vence_em__lte=agora)


def _vencidas(agora: dt.datetime) -> QuerySet[SolicitacaoServico]:
    de_lado = FalhaDaVarredura.objects.filter(pk=OuterRef("pk"), tentar_em__gt=agora)
    return SolicitacaoServico.objects.filter(_acabou(agora)).exclude(Exists(de_lado)).order_by("aceite_vence_em", "pk")


def vencer_prazos(*, agora: dt.datetime, limite: int = 5000, simular: bool = False) -> Varredura:
    """Do what the setting says to the requests whose ten days ended without an answer, oldest first, at most ``limite`` (PRZ-02).

    Once per delivery however often and by however many it is run: each row is asked again under its lock. A row that fails is set aside
    (``FalhaDaVarredura``) and the others go on. ``simular`` changes nothing.
    """
    efeito = EfeitoDoSilencio(settings.EFEITO_DO_SILENCIO)
    de_lado = FalhaDaVarredura.objects.filter(tentar_em__gt=agora).count()
    if simular:
        return Varredura(efeito, list(_vencidas(agora).select_related("municipio", "tipo")[:limite]), de_lado=de_lado)
    pks = list(_vencidas(agora).values_list("pk", flat=True)[:limite])
    lote = _EFEITOS[efeito](pks, agora) if pks else Lote()
    _por_de_lado(lote, agora=agora)
    return Varredura(efeito, [], feitas=len(lote.feitas), deixadas=len(lote.deixadas), falhas=len(lote.falhas), de_lado=de_lado)


def _escalar(pks: list[int], agora: dt.datetime) -> Lote:
    prodesp = do_estado((Papel.ANALISTA, Papel.GESTOR), agora)

    def avisar(pares: list[tuple[SolicitacaoServico, Any]]) -> None:
        vencidas = [ss for ss, _ in pares]
        pessoas = responsaveis_de((ss.municipio_id for ss in vencidas), agora)
        cartas = [c for ss in vencidas for c in notificacoes.cartas_do_vencimento(ss, pessoas.get(ss.municipio_id, []))]
        enfileirar_varias([*cartas, *notificacoes.cartas_do_vencimento_a_prodesp(vencidas, prodesp)], agora=agora)

    return _em_lote(pks, "vencer", agora=agora, depois=avisar)


def _anotar_o_silencio(pks: list[int], agora: dt.datetime) -> Lote:
    return _em_lote(pks, "anotar_silencio", agora=agora, depois=None)


def _em_lote(
    pks: list[int], transicao: str, *, agora: dt.datetime, depois: Callable[[list[tuple[SolicitacaoServico, Any]]], None] | None
) -> Lote:
    return fluxo.executar_lote(
        SolicitacaoServico,
        pks,
        transicao,
        agora=agora,
        onde=_acabou(agora),
        com=_COM,
        sem=_SEM,
        dados=lambda ss: {"entrega": ss.entregas},
        depois=depois,
        tamanho=TAMANHO_DO_LOTE,
    )


def _aceitar_pelo_silencio(pks: list[int], agora: dt.datetime) -> Lote:
    """Each in its own transaction: an acceptance also changes the link. Lock order: request, then link."""
    lote = Lote()
    for pk in pks:
        try:
            feita = _aceitar_uma(pk, agora)
        except (OperationalError, InterfaceError):  # the database, not the row
            raise
        except Exception as erro:  # the row's own fault: set aside
            lote.falhas[pk] = erro
        else:
            (lote.feitas if feita else lote.deixadas).append(pk)
    return lote


@transaction.atomic
def _aceitar_uma(pk: int, agora: dt.datetime) -> bool:
    livre = SolicitacaoServico.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(_acabou(agora), pk=pk)
    if not livre.exists():
        return False
    ss, _ = fluxo.executar(SolicitacaoServico, pk, "aceitar_pelo_silencio", por=SISTEMA, agora=agora)
    concluir(ss, por=SISTEMA, agora=agora)
    notificacoes.aceita(ss, pelo_silencio=True, agora=agora)
    return True


_EFEITOS: dict[EfeitoDoSilencio, Callable[[list[int], dt.datetime], Lote]] = {
    EfeitoDoSilencio.ESCALAR: _escalar,
    EfeitoDoSilencio.ACEITE_TACITO: _aceitar_pelo_silencio,
    EfeitoDoSilencio.PENDENTE: _anotar_o_silencio,
}


@transaction.atomic
def _por_de_lado(lote: Lote, *, agora: dt.datetime) -> None:
    """Note each failure with its next try; forget those that are done."""
    if lote.feitas:
        FalhaDaVarredura.objects.filter(pk__in=lote.feitas).delete()
    antes = FalhaDaVarredura.objects.in_bulk(lote.falhas)
    linhas = []
    for pk, erro in lote.falhas.items():
        tentativas = antes[pk].tentativas + 1 if pk in antes else 1
        desde = antes[pk].desde if pk in antes else agora
        tentar_em = agora + ESPERAS[min(tentativas, len(ESPERAS)) - 1]
        nome = type(erro).__name__
        linhas.append(FalhaDaVarredura(pk=pk, tentativas=tentativas, desde=desde, tentar_em=tentar_em, erro=nome[:80]))
        registro.error("prazo_falhou", ss=pk, erro=nome, tentativas=tentativas)
    campos = ["tentativas", "tentar_em", "erro"]
    FalhaDaVarredura.objects.bulk_create(linhas, update_conflicts=True, unique_fields=["solicitacao"], update_fields=campos)


# --- Reminders --------------------------------------------------------------------------------------------------------
def _degrau(ss: SolicitacaoServico, agora: dt.datetime) -> tuple[int, int] | None:
    """(the step that is due, the days really left), or None: the nearest step only, when a sweep slept over some."""
    assert ss.aceite_vence_em is not None
    faltam = prazos.faltam(ss.aceite_vence_em, agora)
    devido = min((d for d in settings.LEMBRETES_DIAS if faltam <= d), default=None)
    return None if devido is None else (devido, faltam)


def _a_lembrar(agora: dt.datetime) -> Q:
    ate = prazos.meia_noite(prazos.dia_local(agora) + dt.timedelta(days=max(settings.LEMBRETES_DIAS) + 1))
    return Q(estado=Estado.AGUARDANDO_ACEITE, silencio_em__isnull=True, aceite_vence_em__gt=agora, aceite_vence_em__lte=ate)


def lembrar_aceite(*, agora: dt.datetime) -> dict[str, int]:
    """Remind the prefeituras whose answer is due in ``settings.LEMBRETES_DIAS`` days, one letter per delivery, step and person (PRZ-03).

    Nothing goes out before seven in the morning or after eight at night. Returns how many letters were written and requests failed.
    """
    total = {"cartas": 0, "falhas": 0}
    if not settings.LEMBRETES_DIAS or timezone.localtime(agora).hour not in HORAS_DE_LEMBRAR:
        return total
    proximas = list(SolicitacaoServico.objects.filter(_a_lembrar(agora)).defer(*_SEM).order_by("pk"))
    pessoas = responsaveis_de((ss.municipio_id for ss in proximas), agora)
    chaves = {ss.pk: _chaves_do_lembrete(ss, pessoas.get(ss.municipio_id, []), agora) for ss in proximas}
    ja = chaves_existentes(c for lista in chaves.values() for c in lista)
    faltam = [pk for pk, lista in chaves.items() if not ja.issuperset(lista)]
    for inicio in range(0, len(faltam), TAMANHO_DO_LOTE):
        parte = faltam[inicio : inicio + TAMANHO_DO_LOTE]
        for grupo in (parte, *([pk] for pk in parte)):  # one by one only when the whole chunk failed
            try:
                total["cartas"] += _lembrar(grupo, pessoas, agora)
            except (OperationalError, InterfaceError):
                raise
            except Exception as erro:  # one bad row must not stop the others; it is logged and tried again by the next sweep
                if len(grupo) == 1:
                    total["falhas"] += 1
                    registro.error("lembrete_falhou", ss=grupo[0], erro=type(erro).__name__)
            else:
                if grupo is parte:
                    break
    return total


def _cartas_do_lembrete(ss: SolicitacaoServico, pessoas: list[Any], agora: dt.datetime) -> list[Carta]:
    devido = _degrau(ss, agora)
    return notificacoes.cartas_do_lembrete(ss, pessoas, degrau=devido[0], faltam=devido[1]) if devido else []


def _chaves_do_lembrete(ss: SolicitacaoServico, pessoas: list[Any], agora: dt.datetime) -> list[str]:
    devido = _degrau(ss, agora)
    return notificacoes.chaves_do_lembrete(ss, pessoas, degrau=devido[0]) if devido else []


@transaction.atomic
def _lembrar(pks: list[int], pessoas: dict[int, list[Any]], agora: dt.datetime) -> int:
    """Write the letters of these requests, those of them that still wait for the answer; return how many are new."""
    linhas = (
        SolicitacaoServico.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(_a_lembrar(agora), pk__in=pks)
        .select_related(*_COM)
        .order_by("pk")
    )
    cartas = [c for ss in linhas for c in _cartas_do_lembrete(ss, pessoas.get(ss.municipio_id, []), agora)]
    return enfileirar_varias(cartas, agora=agora)


# --- More time (PRZ-04) -----------------------------------------------------------------------------------------------
def prorrogar_pela_queda(fins: list[dt.datetime], *, motivo: str, por: Ator, agora: dt.datetime) -> int:
    """Move on the deadlines that end on a day the portal was out; return how many requests moved. Called by ``adesao.acoes``, in its
    transaction, with the outage already on the calendar. Locks in order of pk.

    Ten days that the sweep had already ended go on: PRAZO_VENCIDO waits for the answer again. What was accepted by silence stays so.
    """
    em_aceite = Q(aceite_vence_em__in=fins, estado__in=EM_ACEITE)
    na_analise = Q(vence_em__in=fins, estado__in=(Estado.EM_VALIDACAO, Estado.DEVOLVIDA))
    pks = SolicitacaoServico.objects.filter(em_aceite | na_analise).order_by("pk").values_list("pk", flat=True)
    dias = cache(calendario)
    return sum(_prorrogar(pk, fins, motivo=motivo, dias=dias, por=por, agora=agora) for pk in list(pks))


def _prorrogar(
    pk: int, fins: Iterable[dt.datetime], *, motivo: str, dias: Callable[[int | None], prazos.Calendario], por: Ator, agora: dt.datetime
) -> bool:
    ss = fluxo.travar(SolicitacaoServico, pk)
    da_prefeitura = ss.estado != Estado.EM_VALIDACAO
    atual = ss.ate_quando
    if atual is None or atual not in fins or ss.estado not in (*EM_ACEITE, Estado.EM_VALIDACAO, Estado.DEVOLVIDA):
        return False
    novo = prazos.prorrogar(atual, calendario=dias(ss.municipio_id if da_prefeitura else None))
    if novo == atual or (ss.estado == Estado.PRAZO_VENCIDO and novo <= agora):
        return False
    comentario = f"Portal fora do ar: {motivo}"
    if ss.estado == Estado.PRAZO_VENCIDO:
        dados = {"aceite_vence_em": novo.isoformat()}
        ss, linha = fluxo.executar(
            SolicitacaoServico, pk, "reabrir_prazo", por=por, agora=agora, aceite_vence_em=novo, comentario=comentario, dados=dados
        )
    else:
        campo = "aceite_vence_em" if ss.estado == Estado.AGUARDANDO_ACEITE else "vence_em"
        setattr(ss, campo, novo)
        if novo > agora:
            ss.silencio_em = None
        ss.save(update_fields=[campo, "silencio_em"])
        linha = anotar(ss, "prorrogar", por=por, agora=agora, comentario=comentario, dados={campo: novo.isoformat()})
    if ss.estado in EM_ACEITE:
        ss.lista_de_entregas.filter(ordem=ss.entregas).update(aceite_vence_em=novo)
    if da_prefeitura:
        notificacoes.prorrogada(ss, volta=linha.pk, agora=agora)
    return True
