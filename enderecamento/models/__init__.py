"""Address blocks: pools and slots, who held them, what may be held, exchanges and sanctions."""

from .importacao import ImportacaoDeBlocos
from .pedido import FimDoLimite, LimiteConcedido, QuantidadeDeBlocos, ResponsavelTecnico
from .pool import Alocacao, PoolCIDR, SubBlocoCIDR
from .renumeracao import HistoricoRenumeracao, Renumeracao, Troca
from .sancao import HistoricoSancao, Sancao

__all__ = [
    "Alocacao",
    "FimDoLimite",
    "HistoricoRenumeracao",
    "HistoricoSancao",
    "ImportacaoDeBlocos",
    "LimiteConcedido",
    "PoolCIDR",
    "QuantidadeDeBlocos",
    "Renumeracao",
    "ResponsavelTecnico",
    "Sancao",
    "SubBlocoCIDR",
    "Troca",
]
