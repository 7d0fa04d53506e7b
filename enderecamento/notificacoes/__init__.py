"""What people are told of their blocks: one outbox row per event and person, in the transaction of the act itself."""

from .blocos import atribuidos, devolvido, importados, tecnico_trocado
from .comum import avisar, endereco
from .sancoes import sancao_aplicada, sancoes_encerradas
from .trocas import (
    COMO_TROCAR,
    lembrar_trocas,
    renumeracao_concluida,
    troca_desfeita,
    troca_terminou,
    trocas_adiadas,
    trocas_comecaram,
)

__all__ = [
    "COMO_TROCAR",
    "atribuidos",
    "avisar",
    "devolvido",
    "endereco",
    "importados",
    "lembrar_trocas",
    "renumeracao_concluida",
    "sancao_aplicada",
    "sancoes_encerradas",
    "tecnico_trocado",
    "troca_desfeita",
    "troca_terminou",
    "trocas_adiadas",
    "trocas_comecaram",
]
