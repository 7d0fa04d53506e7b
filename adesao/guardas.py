"""Who may run each transition. Guards look only at the object and the ``Ator``, never at the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contas.permissoes import pode

if TYPE_CHECKING:
    from nucleo.fluxo import Ator


def preenche(adesao: Any, por: Ator) -> bool:
    """A requerente of this very prefeitura (settled question 1)."""
    return pode(por, "adesao.enviar", adesao.municipio_id)


def descarta(adesao: Any, por: Ator) -> bool:
    """A requerente of this very prefeitura throws the draft away."""
    return pode(por, "adesao.descartar", adesao.municipio_id)


def assume(adesao: Any, por: Ator) -> bool:
    """Any analista or gestor takes what nobody holds."""
    return pode(por, "conferencia.assumir")


def confere(adesao: Any, por: Ator) -> bool:
    """The analista who holds the process, or a gestor."""
    return pode(por, "conferencia.conferir") and (adesao.analista_id == por.usuario_id or pode(por, "conferencia.passar_alheia"))


def decide(adesao: Any, por: Ator) -> bool:
    """The órgão aprovador (ADS-04)."""
    return pode(por, "aprovacao.decidir")
