"""The legs of the notices: claim one with a lease, send it outside any transaction, mark it after. At least once, as the e-mails.

What is sent twice carries the same ``eventId``, so that the receiver recognises the copy.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from contas.segredos import abrir
from saog.acoes import integracao
from saog.api import rede
from saog.models import AssinaturaDeAvisos, AvisoDeSistema

registro = structlog.get_logger("portal.api")

#: How long a claim holds: longer than a sending (``rede.PRAZO``) and the hard limit of a task (settings: 300 s).
RESERVA = dt.timedelta(minutes=5, seconds=30)
#: Wait before the second, third, … try; after the last one the notice is given up and shown to the gestor.
ESPERAS = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
)
TENTATIVAS = len(ESPERAS) + 1
Relogio = Callable[[], dt.datetime]


def assinar(segredo: str, instante: int, corpo: bytes) -> str:
    """``sha256=`` and the HMAC-SHA256, in hexadecimal, of the instant in seconds, a point, and the body."""
    return "sha256=" + hmac.new(segredo.encode(), f"{instante}.".encode() + corpo, hashlib.sha256).hexdigest()


def varrer(*, relogio: Relogio, limite: int = 200, prazo: dt.timedelta = dt.timedelta(seconds=180)) -> int:
    """Send what is due, one claim at a time, oldest first; return how many arrived.

    A subscription whose server does not answer is left alone for the rest of this sweep, so that it does not hold the others.
    """
    inicio, enviados = relogio(), 0
    mudas: set[Any] = set()
    for _ in range(limite):
        agora = relogio()
        if agora - inicio >= prazo:
            break
        aviso = reservar(agora=agora, exceto=mudas)
        if aviso is None:
            break
        if _entregar(aviso, relogio=relogio):
            enviados += 1
        else:
            mudas.add(aviso.assinatura_id)
    return enviados


def reservar(*, agora: dt.datetime, exceto: set[Any] | None = None) -> AvisoDeSistema | None:
    """Claim one due notice and count the try (here, so that one that kills its worker ends too). None when there is none."""
    livres = (
        AvisoDeSistema.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(Q(reservado_ate__isnull=True) | Q(reservado_ate__lte=agora))
        .filter(situacao=AvisoDeSistema.Situacao.PENDENTE, tentar_em__lte=agora)
        .exclude(assinatura_id__in=exceto or ())
        .order_by("tentar_em", "pk")
    )
    with transaction.atomic():
        aviso = livres.first()
        if aviso is None:
            return None
        aviso.tentativas += 1
        aviso.reservado_ate = agora + RESERVA
        aviso.save(update_fields=["tentativas", "reservado_ate"])
    return aviso


def _entregar(aviso: AvisoDeSistema, *, relogio: Relogio) -> bool:
    """Send what was claimed and mark it; no transaction is open while the other side is spoken to."""
    if aviso.tentativas > TENTATIVAS:
        _desistir(aviso, "Interrompido", agora=relogio())
        return False
    assinatura = AssinaturaDeAvisos.objects.select_related("endereco", "sistema").get(pk=aviso.assinatura_id)
    if assinatura.encerrada_em or assinatura.endereco.retirado_em or assinatura.sistema.desligado_em:
        _desistir(aviso, "A assinatura terminou", agora=relogio())
        return False
    corpo = aviso.corpo.encode()
    instante = int(relogio().timestamp())
    cabecalhos = {
        "Content-Type": "application/json",
        "User-Agent": "Portal-INTRAGOV",
        "X-Intragov-Evento": aviso.evento,
        "X-Intragov-Instante": str(instante),
        "X-Intragov-Assinatura": assinar(abrir(assinatura.segredo), instante, corpo),
    }
    try:
        status = rede.postar(assinatura.callback, corpo, cabecalhos)
    except rede.Recusada as erro:
        _falhou(aviso, str(erro), agora=relogio())
        return False
    if not 200 <= status < 300:
        _falhou(aviso, f"Respondeu {status}", agora=relogio())
        return False
    AvisoDeSistema.objects.filter(pk=aviso.pk).exclude(situacao=AvisoDeSistema.Situacao.ENVIADO).update(
        situacao=AvisoDeSistema.Situacao.ENVIADO, enviado_em=relogio(), tentar_em=None, reservado_ate=None, erro=""
    )
    registro.info("aviso_entregue", aviso=aviso.pk, tentativa=aviso.tentativas)
    return True


def _falhou(aviso: AvisoDeSistema, erro: str, *, agora: dt.datetime) -> None:
    if aviso.tentativas >= TENTATIVAS:
        _desistir(aviso, erro, agora=agora)
        return
    _meu(aviso).update(tentar_em=agora + ESPERAS[aviso.tentativas - 1], reservado_ate=None, erro=erro[:120])
    registro.warning("aviso_adiado", aviso=aviso.pk, erro=erro, tentativa=aviso.tentativas)


def _desistir(aviso: AvisoDeSistema, erro: str, *, agora: dt.datetime) -> None:
    integracao.desistir_do_aviso(aviso, erro, agora=agora)
    registro.error("aviso_sem_entrega", aviso=aviso.pk, erro=erro)


def _meu(aviso: AvisoDeSistema) -> Any:
    """The row only while this worker's lease holds."""
    return AvisoDeSistema.objects.filter(pk=aviso.pk, situacao=AvisoDeSistema.Situacao.PENDENTE, reservado_ate=aviso.reservado_ate)
