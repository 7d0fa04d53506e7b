"""Pools and prefeituras with blocks to receive."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from nucleo.fluxo import Ator
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa

if TYPE_CHECKING:
    from adesao.models import Adesao
    from enderecamento.models import PoolCIDR


def pool(
    rede: str = "10.64.16.0/20", *, por: Ator, perfil: str = "PRIVADO", agora: dt.datetime = AGORA, vagas: int = 0, **mudancas: str
) -> PoolCIDR:
    """A pool with all its slots, or only the first ``vagas`` (public ones: give a documentation network)."""
    from enderecamento import acoes

    novo = acoes.registrar_pool(
        rede=rede, perfil=perfil, por=por, agora=agora, **({"nome": "Região de Sorocaba", "origem": "Faixa da PRODESP"} | mudancas)
    )
    while acoes.criar_vagas(novo.pk, agora=agora, **({"pedaco": vagas} if vagas else {})) and not vagas:
        pass
    novo.refresh_from_db()
    return novo


def em_vigor(pessoa: Pessoa, municipio_id: int = BOTUCATU, *, privados: int = 20, publicos: int = 1, agora: dt.datetime = AGORA) -> Adesao:
    """An adhesion in force whose Anexo II asks for these quantities."""
    adesao: Adesao = solicitacoes.em_vigor(pessoa, municipio_id, agora=agora)
    adesao.blocos_privados, adesao.blocos_publicos = privados or None, publicos or None
    adesao.save(update_fields=["blocos_privados", "blocos_publicos"])
    return adesao
