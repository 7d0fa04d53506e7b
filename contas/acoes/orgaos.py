"""The bodies people act for, created when first needed, and the locks that put acts on one body in a line."""

from __future__ import annotations

from django.conf import settings

from contas.models import Municipio, Orgao
from contas.papeis import ORGAO_DO_PAPEL

_NOMES_DO_ESTADO = {Orgao.Tipo.PRODESP: "PRODESP", Orgao.Tipo.OPERADORA: "Operadora", Orgao.Tipo.CONTROLE: "Controle"}


def prefeitura_de(municipio_id: int) -> Orgao:
    """The body of a municipality's prefeitura, created the first time. Raises ``Municipio.DoesNotExist``."""
    achada = Orgao.objects.filter(municipio_id=municipio_id).first()
    if achada:
        return achada
    municipio = Municipio.objects.get(pk=municipio_id)
    orgao, _ = Orgao.objects.get_or_create(
        municipio=municipio, defaults={"tipo": Orgao.Tipo.PREFEITURA, "nome": f"Prefeitura de {municipio.nome}"}
    )
    return orgao


def orgao_do_estado(papel: str) -> Orgao:
    """The State body a State role belongs to, created the first time. Raises ``KeyError`` for a prefeitura's role."""
    tipo = Orgao.Tipo(ORGAO_DO_PAPEL[papel])
    nome = _NOMES_DO_ESTADO.get(tipo, settings.ORGAO_APROVADOR)
    orgao, _ = Orgao.objects.get_or_create(tipo=tipo, defaults={"nome": nome})
    return orgao
