"""Who may run each transition. Guards look only at the object and the ``Ator``, never at the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contas.permissoes import pode

if TYPE_CHECKING:
    from nucleo.fluxo import Ator


def sanciona(sancao: Any, por: Ator) -> bool:
    """PRODESP's gestor (IP-07)."""
    return pode(por, "sancoes.aplicar") and not por.e_sistema


def renumera(renumeracao: Any, por: Ator) -> bool:
    """PRODESP's gestor (IP-01, IP-05)."""
    return pode(por, "blocos.renumerar")


def sistema(objeto: Any, por: Ator) -> bool:
    """Only the portal itself."""
    return por.e_sistema
