"""What an exchange of sub-blocks does to the links (IP-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import Case, Value, When

from nucleo.fluxo import Ator
from saog.estados import OCUPAM
from saog.models import Acesso

from .comum import anotar_links


def trocar_sub_blocos(*, municipio_id: int, pares: Mapping[str, str], por: Ator, agora: dt.datetime) -> None:
    """Move the open links of a prefeitura from each network to its new one (``pares``: from → to), with a row in the history of each.
    Their state stays. Three statements, however many links there are.

    Registered in ``enderecamento.registros.AO_TROCAR``: runs in the transaction of the act that confirms the exchange, which holds the
    adhesion and has checked who acts. A link whose request was returned is sent again with the new one chosen.
    """
    abertos = Acesso.objects.filter(municipio_id=municipio_id, sub_bloco__in=list(pares), estado__in=OCUPAM)
    links = list(abertos.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not links:
        return
    novos = Case(*(When(sub_bloco=de, then=Value(para)) for de, para in pares.items()))
    Acesso.objects.filter(pk__in=[link.pk for link in links]).update(sub_bloco=novos)
    dados = ((link, {"sub_bloco": {"de": link.sub_bloco, "para": pares[link.sub_bloco]}}) for link in links)
    anotar_links(dados, "trocar_bloco", por=por, agora=agora)
