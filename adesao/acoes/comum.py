"""What several actions share: reading under lock, permission, clocks, and history rows for acts that change no state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from adesao.models import Adesao
from contas.permissoes import pode
from nucleo import fluxo, prazos
from nucleo.calendario import calendario
from nucleo.erros import SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator
from nucleo.regras import regra


def travada(adesao_id: int, *, por: Ator, ato: str) -> Adesao:
    """The process under lock, when the actor may do ``ato`` on it. Raises ``SemPermissao``. Needs a transaction."""
    adesao = fluxo.travar(Adesao, adesao_id)
    if not pode(por, ato, adesao.municipio_id):
        raise SemPermissao("Este ato não é do seu papel neste processo.")
    return adesao


def editavel(adesao_id: int, *, por: Ator) -> Adesao:
    """The process under lock, for a requerente, while its papers may change. Raises ``SemPermissao``, ``TransicaoIndisponivel``."""
    adesao = travada(adesao_id, por=por, ato="adesao.preencher")
    if not adesao.editavel:
        raise TransicaoIndisponivel(
            f"Os documentos não podem mudar agora: a adesão está em “{adesao.rotulo}”. Se a PRODESP devolver, você poderá corrigir."
        )
    return adesao


def vence_em(agora: dt.datetime, passo: str, *, municipio_id: int | None = None) -> dt.datetime:
    """Deadline of a step of PRZ-05 (``conferencia``, ``correcao``, ``decisao``, ``total``) started now, by the calendar of who acts
    (PRZ-04).
    """
    return prazos.vence_em(agora, prazo_em_dias(passo), calendario=calendario(municipio_id), uteis=settings.PRAZO_EM_DIAS_UTEIS)


def prazo_em_dias(passo: str) -> int:
    """Days of a step of PRZ-05."""
    return regra("PRZ-05").valores[passo]


def anotar(adesao: Adesao, ato: str, *, por: Ator, agora: dt.datetime, comentario: str = "", dados: dict[str, Any] | None = None) -> None:
    """A history row for an act that leaves the state as it is."""
    adesao.historico.create(
        transicao=ato,
        de=adesao.estado,
        para=adesao.estado,
        em=agora,
        por_id=por.usuario_id,
        por_nome=por.nome,
        por_papel=fluxo.papel_de(adesao, por),
        ip=por.ip,
        comentario=comentario,
        dados=dados or {},
    )


def prazo_da_conferencia(agora: dt.datetime) -> dt.datetime:
    """When PRODESP's check would be due if the papers were sent now."""
    return vence_em(agora, "conferencia")
