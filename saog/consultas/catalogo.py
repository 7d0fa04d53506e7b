"""Kinds, speeds, prices, reasons and suspensions."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max, Q

from nucleo import prazos
from saog.estados import Natureza
from saog.fichas import Oferta, SubBlocoOferecido
from saog.models import Acesso, MotivoDeDevolucao, Preco, SolicitacaoServico, SuspensaoDeValidacao, TipoDeSolicitacao, Velocidade


def tipos() -> list[TipoDeSolicitacao]:
    """The kinds in use, in order (SS-06)."""
    return list(TipoDeSolicitacao.objects.filter(ativo=True))


def tipo(codigo: str) -> TipoDeSolicitacao | None:
    """A kind in use, or None."""
    return TipoDeSolicitacao.objects.filter(pk=codigo[:30], ativo=True).first()


def tipo_de(natureza: str) -> str:
    """The code of the first kind in use that does this, or "" (one query)."""
    primeiro = TipoDeSolicitacao.objects.filter(natureza=natureza, ativo=True).first()
    return primeiro.pk if primeiro else ""


def velocidades() -> tuple[int, ...]:
    """The speeds on offer, in Mbps (LNK-02)."""
    return tuple(Velocidade.objects.filter(ativa=True).values_list("mbps", flat=True))


def oferta(
    agora: dt.datetime,
    *,
    acesso: Acesso | None = None,
    mbps: tuple[int, ...] | None = None,
    sub_blocos: tuple[SubBlocoOferecido, ...] = (),
) -> Oferta:
    """What a form may offer now, for the link it acts on when there is one. ``mbps``: the speeds, when several forms are judged at once.
    ``sub_blocos`` come from ``sub_blocos_de``: only an ativação asks for one.
    """
    return Oferta(
        acesso_id=acesso.pk if acesso else None,
        sub_blocos=sub_blocos,
        velocidades=velocidades() if mbps is None else mbps,
        hoje=prazos.dia_local(agora),
        servico=acesso.servico if acesso else "",
        velocidade=acesso.velocidade if acesso else 0,
    )


def preco(servico: str, mbps: int | None, dia: dt.date) -> Preco | None:
    """The price that holds on ``dia``, or None when the table has none (INS-03)."""
    if not servico or not mbps:
        return None
    vigentes = Preco.objects.filter(Q(vale_ate__isnull=True) | Q(vale_ate__gte=dia), servico=servico, mbps=mbps, vale_de__lte=dia)
    return vigentes.order_by("-vale_de").first()


def precos_vigentes(dia: dt.date) -> dict[tuple[str, int], Preco]:
    """The prices that hold on ``dia`` by service and speed in Mbps (one query)."""
    vigentes = Preco.objects.filter(Q(vale_ate__isnull=True) | Q(vale_ate__gte=dia), vale_de__lte=dia)
    return {(p.servico, p.mbps): p for p in vigentes.order_by("vale_de")}  # the newest wins


def motivos() -> list[MotivoDeDevolucao]:
    """The standard reasons in use."""
    return list(MotivoDeDevolucao.objects.filter(ativo=True))


def suspensao_de(municipio_id: int) -> SuspensaoDeValidacao | None:
    """The open suspension of a prefeitura, if any (SS-08)."""
    return SuspensaoDeValidacao.objects.filter(municipio_id=municipio_id, fim_em__isnull=True).select_related("por").first()


def validacao_suspensa(ss: SolicitacaoServico) -> SuspensaoDeValidacao | None:
    """The suspension that keeps this request from being validated. What ends payments is never held (SS-08)."""
    if ss.natureza in (Natureza.DESATIVACAO, Natureza.CANCELAMENTO):
        return None
    return suspensao_de(ss.municipio_id)


# --- For the gestor, in use or not -----------------------------------------------------------------------------------
def posicao_seguinte() -> int:
    """The place after the last kind."""
    return (TipoDeSolicitacao.objects.aggregate(ultima=Max("ordem"))["ultima"] or 0) + 1


def todos_os_tipos() -> list[TipoDeSolicitacao]:
    """Every kind, in order."""
    return list(TipoDeSolicitacao.objects.order_by("ordem", "codigo"))


def todas_as_velocidades() -> list[Velocidade]:
    """Every speed, the lowest first."""
    return list(Velocidade.objects.order_by("mbps"))


def ha_velocidade(mbps: int) -> bool:
    """Whether the table has that speed."""
    return Velocidade.objects.filter(pk=mbps).exists()


def precos() -> list[Preco]:
    """The last thousand prices of the table, by service and speed, the newest first."""
    return list(Preco.objects.order_by("servico", "mbps", "-vale_de")[:1000])


def todos_os_motivos() -> list[MotivoDeDevolucao]:
    """Every standard reason, those in use first."""
    return list(MotivoDeDevolucao.objects.order_by("-ativo", "titulo"))
