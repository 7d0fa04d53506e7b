"""Events for the Operadora's systems: written in the transaction of the act, one per subscription, whoever did the act and wherever.

``avisar`` is the listener that ``saog.apps`` registers at the one door (``nucleo.fluxo.ouvir``): every act passes it, once.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from nucleo import fila
from saog.consultas.integracao import cancelamento_de, estado_tmf
from saog.estados import EM_ACEITE, INTERROMPIVEIS, Estado, Natureza
from saog.models import AssinaturaDeAvisos, AvisoDeSistema, Evento, HistoricoSS, SolicitacaoServico

#: Acts that keep the portal's state and change what TMF641 calls it (inProgress, pending).
_MUDAM_SO_O_NOME = frozenset({"pendenciar", "retomar"})


def avisar(pares: Sequence[tuple[SolicitacaoServico, HistoricoSS]]) -> None:
    """Write the notices of these acts. No query when none of them is the Operadora's business."""
    casos = [caso for ss, registro in pares for caso in _casos(ss, registro)]
    if not casos:
        return
    assinaturas = list(
        AssinaturaDeAvisos.objects.filter(encerrada_em__isnull=True, sistema__desligado_em__isnull=True).order_by("criada_em", "pk")
    )
    novos = [
        AvisoDeSistema(
            chave=f"{registro.pk}:{ss.pk}:{assinatura.pk}",
            assinatura=assinatura,
            solicitacao_id=ss.pk,
            evento=evento,
            corpo=json.dumps(corpo, ensure_ascii=False, sort_keys=True),
            tentar_em=registro.em,
            criado_em=registro.em,
        )
        for ss, registro, evento in casos
        if any(evento in a.eventos for a in assinaturas)
        for corpo in [_corpo(ss, registro, evento)]
        for assinatura in assinaturas
        if evento in assinatura.eventos
    ]
    if novos:
        AvisoDeSistema.objects.bulk_create(novos, ignore_conflicts=True)
        fila.apos_commit("saog.avisar")


def _casos(ss: SolicitacaoServico, registro: HistoricoSS) -> list[tuple[SolicitacaoServico, HistoricoSS, Evento]]:
    """The events of one act: on the request itself, and on the one it asks to stop."""
    if ss.emitida_em is None:
        return []
    if registro.transicao == "emitir":
        casos = [(ss, registro, Evento.CRIADA)]
    elif registro.de != registro.para or registro.transicao in _MUDAM_SO_O_NOME:
        casos = [(ss, registro, Evento.MUDOU)]
    else:
        return []
    # An accepted cancelamento is told of by the act that stops its target.
    para_o_alvo = ss.natureza == Natureza.CANCELAMENTO and registro.de != registro.para != Estado.ACEITA
    if para_o_alvo and ss.alvo is not None and ss.alvo.estado in INTERROMPIVEIS:
        casos.append((ss.alvo, registro, Evento.MUDOU))
    return casos


def _corpo(ss: SolicitacaoServico, registro: HistoricoSS, evento: Evento) -> dict[str, Any]:
    """What is told: which order, and what it reads now. Who wants more asks for the order: no address or contact travels here."""
    href = f"{settings.ENDERECO_PUBLICO}/api/operadora/v1/serviceOrder/{ss.slug}"
    return {
        "eventId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{href}#{registro.pk}")),
        "eventTime": registro.em.isoformat(),
        "eventType": str(evento),
        "event": {
            "serviceOrder": {
                "@type": "ServiceOrder",
                "id": ss.slug,
                "href": href,
                "externalId": ss.numero,
                "state": str(estado_tmf(ss, cancelamento=cancelamento_de(ss))),
                "milestone": [{"id": "entregue", "status": "reached"}] if ss.estado in EM_ACEITE else [],
            }
        },
    }
