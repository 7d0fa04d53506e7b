"""The calendar as data (PRZ-04): days without office hours, and outages of the portal that move the deadlines which end on them."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q

from adesao import notificacoes
from adesao.estados import Estado
from adesao.models import Adesao
from adesao.registros import PRORROGADORES
from contas.permissoes import id_de, pode
from nucleo import fluxo, prazos
from nucleo.calendario import calendario
from nucleo.erros import RegraViolada, SemPermissao
from nucleo.fluxo import Ator
from nucleo.models import DiaSemExpediente, Indisponibilidade

from .comum import anotar

MAXIMO_DA_QUEDA = dt.timedelta(days=15)


def _exigir(por: Ator) -> None:
    if not pode(por, "calendario.editar"):
        raise SemPermissao("Só o gestor mexe no calendário.")


@transaction.atomic
def registrar_dia(*, data: dt.date, descricao: str, codigo_ibge: int | None, por: Ator) -> DiaSemExpediente:
    """A day without office hours, of the State (``codigo_ibge`` None) or of one municipality. Counts for deadlines that start from now on.

    Raises ``RegraViolada`` (campo ``data``) for a day that is there already.
    """
    _exigir(por)
    try:
        with transaction.atomic():
            return DiaSemExpediente.objects.create(data=data, descricao=descricao, codigo_ibge=codigo_ibge)
    except IntegrityError as erro:
        raise RegraViolada("Este dia já está no calendário.", regra="PRZ-04", campo="data") from erro


@transaction.atomic
def retirar_dia(*, dia_id: int, por: Ator) -> None:
    """Take a day back. Deadlines already counted with it stay as they are; one that is gone already is no error."""
    _exigir(por)
    DiaSemExpediente.objects.filter(pk=dia_id).delete()


@transaction.atomic
def registrar_queda(*, inicio_em: dt.datetime, fim_em: dt.datetime, motivo: str, por: Ator, agora: dt.datetime) -> int:
    """Record an outage of the portal and move on every open deadline that ends on one of its days (PRZ-04); return how many moved.

    The floors above move theirs (``adesao.registros``). Each move is a row of that process's history; a prefeitura whose correction gets
    more time is told. Locks in order of pk.
    Raises ``RegraViolada`` with ``campo`` for an outage of the future, out of order, or longer than 15 days.
    """
    _exigir(por)
    if inicio_em > agora:
        raise RegraViolada("Registre a queda depois que ela começar.", regra="PRZ-04", campo="inicio")
    if fim_em <= inicio_em:
        raise RegraViolada("O fim vem depois do começo.", regra="PRZ-04", campo="fim")
    if fim_em - inicio_em > MAXIMO_DA_QUEDA:
        raise RegraViolada("A queda passa de 15 dias. Confira as datas.", regra="PRZ-04", campo="fim")
    Indisponibilidade.objects.create(inicio_em=inicio_em, fim_em=fim_em, motivo=motivo, registrada_por_id=id_de(por))
    primeiro, ultimo = prazos.dia_local(inicio_em), prazos.dia_local(fim_em - dt.timedelta(microseconds=1))
    fins = [prazos.meia_noite(primeiro + dt.timedelta(days=n + 1)) for n in range((ultimo - primeiro).days + 1)]
    terminam = Q(vence_em__in=fins) | Q(conferencia_vence_em__in=fins) | Q(limite_em__in=fins)
    tocadas = list(Adesao.objects.filter(terminam, vence_em__isnull=False).order_by("pk").values_list("pk", flat=True))
    do_estado = calendario()
    movidos = sum(_prorrogar(pk, fins, motivo, do_estado=do_estado, por=por, agora=agora) for pk in tocadas)
    return movidos + sum(prorrogar(fins, motivo=motivo, por=por, agora=agora) for prorrogar in PRORROGADORES)


def _prorrogar(
    adesao_id: int, fins: list[dt.datetime], motivo: str, *, do_estado: prazos.Calendario, por: Ator, agora: dt.datetime
) -> bool:
    """Move the deadlines of one process that end on a day of ``fins``; whether any moved."""
    adesao = fluxo.travar(Adesao, adesao_id)
    dela = adesao.estado == Estado.DEVOLVIDA
    calendarios = {
        "vence_em": calendario(adesao.municipio_id) if dela else do_estado,
        "conferencia_vence_em": do_estado,
        "limite_em": do_estado,
    }
    movidos = {}
    for campo, dias in calendarios.items():
        atual = getattr(adesao, campo)
        if atual in fins and (novo := prazos.prorrogar(atual, calendario=dias)) != atual:
            movidos[campo] = novo
            setattr(adesao, campo, novo)
    if not movidos:
        return False
    adesao.save(update_fields=[*movidos])
    anotar(
        adesao,
        "prorrogar",
        por=por,
        agora=agora,
        comentario=f"Portal fora do ar: {motivo}",
        dados={campo: novo.isoformat() for campo, novo in movidos.items()},
    )
    if dela and "vence_em" in movidos:
        notificacoes.prorrogada(adesao, agora=agora)
    return True
