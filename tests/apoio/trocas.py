"""Renumberings under way (IP-05)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from nucleo import prazos
from tests.apoio.elenco import AGORA

if TYPE_CHECKING:
    from enderecamento.models import PoolCIDR, Renumeracao, SubBlocoCIDR
    from nucleo.fluxo import Ator

DIA = dt.timedelta(days=1)
#: Last day both hold, sixty days after AGORA, and the instant the old ones stop.
ULTIMO = prazos.dia_local(AGORA) + 60 * DIA
FIM = prazos.meia_noite(ULTIMO + DIA)


def renumerar(*, por: Ator, pool: PoolCIDR | None = None, blocos: list[SubBlocoCIDR] | None = None, **mudancas: Any) -> Renumeracao:
    """A renumbering of a whole pool, or of these blocks, begun at AGORA, until ULTIMO."""
    from enderecamento import acoes

    agora = mudancas.pop("agora", AGORA)
    dados: dict[str, Any] = {
        "pool_id": pool.pk if pool else None,
        "escolhidos": tuple(b.inicio for b in blocos or ()),
        "motivo": "Troca do equipamento central da região",
        "ultimo_dia": ULTIMO,
    }
    return acoes.renumerar(acoes.Pedido(**(dados | mudancas)), por=por, agora=agora)
