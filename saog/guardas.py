"""Who may run each transition. Guards look only at the object and the ``Ator``, never at the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contas.permissoes import pode

if TYPE_CHECKING:
    from nucleo.fluxo import Ator


def pede(ss: Any, por: Ator) -> bool:
    """A responsável of this prefeitura, alone (SS-01)."""
    return pode(por, "ss.enviar", ss.municipio_id)


def valida(ss: Any, por: Ator) -> bool:
    """PRODESP (SS-02)."""
    return pode(por, "ss.validar")


def emite(ss: Any, por: Ator) -> bool:
    """A responsável of this prefeitura (SS-03)."""
    return pode(por, "ss.emitir", ss.municipio_id)


def cancela(ss: Any, por: Ator) -> bool:
    """A responsável of this prefeitura."""
    return pode(por, "ss.cancelar", ss.municipio_id)


def atende(ss: Any, por: Ator) -> bool:
    """The Operadora."""
    return pode(por, "ordens.atender")


def retoma(ss: Any, por: Ator) -> bool:
    """The Operadora, or the prefeitura that answered what was asked."""
    return atende(ss, por) or pode(por, "ss.emitir", ss.municipio_id)


def responde(ss: Any, por: Ator) -> bool:
    """A responsável of this prefeitura (SS-04)."""
    return pode(por, "ss.aceitar", ss.municipio_id)


def sistema(ss: Any, por: Ator) -> bool:
    """Only the portal itself (PRZ-02)."""
    return por.e_sistema


def prorroga(ss: Any, por: Ator) -> bool:
    """Whoever records an outage of the portal (PRZ-04)."""
    return pode(por, "calendario.editar")


# --- The link follows its request: whoever may take the request's step may take the link's -----------------------------
def implanta(acesso: Any, por: Ator) -> bool:
    """The emission (SS-03)."""
    return emite(acesso, por)


def conclui(acesso: Any, por: Ator) -> bool:
    """The acceptance, or the portal when silence accepts (PRZ-02)."""
    return responde(acesso, por)


def informa_sub_bloco(acesso: Any, por: Ator) -> bool:
    """A responsável of this prefeitura, or who hands out sub-blocks at PRODESP (IP-04)."""
    return pode(por, "ss.enviar", acesso.municipio_id) or pode(por, "blocos.atribuir")


def libera(acesso: Any, por: Ator) -> bool:
    """A cancellation by the prefeitura, or the Operadora's "inviável" (LNK-07)."""
    return cancela(acesso, por) or atende(acesso, por)


def corrige(acesso: Any, por: Ator) -> bool:
    """A request that was returned and is sent again with another address, service or speed."""
    return pede(acesso, por)
