"""The adhesion process: the process itself, its draft, its sendings and its checking."""

from .conferencia import ItemConferido, MotivoPadrao, Pendencia
from .envio import Aplicacao, DeclaracaoAceita, Envio, EnvioPeca, Responsavel
from .processo import Adesao, HistoricoAdesao
from .rascunho import CopiaAssinada, RascunhoAnterior, RascunhoTarefa

__all__ = [
    "Adesao",
    "Aplicacao",
    "CopiaAssinada",
    "DeclaracaoAceita",
    "Envio",
    "EnvioPeca",
    "HistoricoAdesao",
    "ItemConferido",
    "MotivoPadrao",
    "Pendencia",
    "RascunhoAnterior",
    "RascunhoTarefa",
    "Responsavel",
]
