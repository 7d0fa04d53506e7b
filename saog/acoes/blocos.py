"""What an exchange of sub-blocks does to the links (IP-05)."""

from __future__ import annotations

import datetime as dt

from nucleo import fluxo
from nucleo.fluxo import Ator
from saog.estados import OCUPAM
from saog.models import Acesso

from .comum import anotar


def trocar_sub_bloco(*, municipio_id: int, de: str, para: str, por: Ator, agora: dt.datetime) -> None:
    """Move the open links of a prefeitura from the network ``de`` to ``para``, with a row in the history of each. Their state stays.

    Registered in ``enderecamento.registros.AO_TROCAR``: runs in the transaction of the act that confirms the exchange, which holds the
    adhesion and has checked who acts. A link whose request was returned is sent again with the new one chosen.
    """
    for pk in Acesso.objects.filter(municipio_id=municipio_id, sub_bloco=de, estado__in=OCUPAM).order_by("pk").values_list("pk", flat=True):
        acesso = fluxo.travar(Acesso, pk)
        if acesso.sub_bloco != de or acesso.estado not in OCUPAM:
            continue
        acesso.sub_bloco = para
        acesso.save(update_fields=["sub_bloco"])
        anotar(acesso, "trocar_bloco", por=por, agora=agora, dados={"sub_bloco": {"de": de, "para": para}})
