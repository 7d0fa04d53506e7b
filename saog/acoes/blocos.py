"""The sub-block a link uses: told after the request was emitted (IP-04), and what an exchange does to it (IP-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Case, Value, When

from nucleo import fluxo
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import consultas, fichas
from saog.estados import OCUPAM, RECEBE_SUB_BLOCO
from saog.guardas import informa_sub_bloco
from saog.models import Acesso

from .comum import anotar, anotar_links
from .rascunho import adesao_em_vigor


@transaction.atomic
def informar_sub_bloco(*, acesso_id: int, cidr: str, por: Ator, agora: dt.datetime) -> Acesso:
    """Say which of the prefeitura's free sub-blocks a link uses, when it was asked for without one (IP-01 to IP-04).

    Only from the emission on: until then the request itself may be corrected. Lock order: adhesion, then link. Raises ``RegraViolada``
    beside ``sub_bloco``, ``TransicaoIndisponivel`` (409) when the link has one already or is no more, ``SemPermissao``.
    """
    municipio_id = Acesso.objects.values_list("municipio_id", flat=True).get(pk=acesso_id)
    adesao_em_vigor(municipio_id, travar=True)
    acesso = fluxo.travar(Acesso, acesso_id)
    if not informa_sub_bloco(acesso, por):
        raise SemPermissao("Este ato não é do seu papel neste link.")
    if acesso.sub_bloco:
        raise TransicaoIndisponivel(f"Este link já usa o sub-bloco {acesso.sub_bloco}.")
    if acesso.estado not in RECEBE_SUB_BLOCO:
        raise TransicaoIndisponivel(f"Não é hora de informar o sub-bloco: o link está em “{acesso.rotulo}”.")
    if not cidr:
        raise RegraViolada("Escolha um sub-bloco.", campo="sub_bloco")
    oferta = consultas.oferta(agora, acesso=acesso, sub_blocos=consultas.sub_blocos_de(municipio_id))
    if recusa := fichas.recusa_do_sub_bloco(cidr, acesso.conexao, oferta):
        raise RegraViolada(recusa.replace(", ou “Ainda não sei”", ""), campo="sub_bloco")
    acesso.sub_bloco = cidr
    acesso.save(update_fields=["sub_bloco"])
    anotar(acesso, "informar_bloco", por=por, agora=agora, dados={"sub_bloco": cidr})
    return acesso


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
