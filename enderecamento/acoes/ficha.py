"""The technical sheet of a sub-block: a paper of the portal, made by the worker."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from contas.permissoes import exigir
from documentos.models import Documento
from enderecamento import consultas, pecas
from enderecamento.models import SubBlocoCIDR
from nucleo.erros import TransicaoIndisponivel
from nucleo.fluxo import Ator


@transaction.atomic
def encomendar_ficha(sub_bloco_id: int, *, por: Ator, agora: dt.datetime) -> Documento:
    """Order the technical sheet with what holds now; asking twice on a day in which nothing changed gives the same paper.

    Raises ``SemPermissao``, and ``TransicaoIndisponivel`` when nobody holds the sub-block any more.
    """
    bloco = SubBlocoCIDR.objects.select_related("adesao__municipio").get(pk=sub_bloco_id)
    if bloco.adesao is None:
        raise TransicaoIndisponivel("Este sub-bloco já não está com a prefeitura.")
    exigir(por, "enderecos.ver", bloco.adesao.municipio_id)
    posse = consultas.posse_atual(bloco)
    tecnico = next(iter(consultas.tecnicos(bloco.adesao)), None)
    return pecas.encomendar_ficha(
        bloco, posse, uso=consultas.uso_de(bloco), tecnico=tecnico, bloqueios=consultas.que_bloqueiam(bloco), por=por, agora=agora
    )
