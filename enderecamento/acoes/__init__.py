"""One function per act on pools and sub-blocks."""

from .blocos import atribuir, atribuir_juntos, devolver, exigir_devolvivel, prever_atribuicao, registrar_anexo_ii
from .ficha import encomendar_ficha
from .importacao import ImportacaoComProblemas, gravar_importacao, guardar_planilha
from .pools import ampliar_pool, apagar_pool, criar_vagas, fechar_pool, pools_por_criar, reabrir_pool, registrar_pool
from .procura import Lote, PoolEsgotado
from .renumeracao import Pedido, Plano, adiar_renumeracao, confirmar_trocas, desfazer_renumeracao, prever_renumeracao, renumerar
from .sancoes import aplicar_sancao, encerrar_sancoes, levantar_sancao
from .tecnico import marcar_lida, trocar_tecnico
from .trocas import lembrar_trocas, trocar

__all__ = [
    "ImportacaoComProblemas",
    "Lote",
    "Pedido",
    "Plano",
    "PoolEsgotado",
    "adiar_renumeracao",
    "ampliar_pool",
    "apagar_pool",
    "aplicar_sancao",
    "atribuir",
    "atribuir_juntos",
    "confirmar_trocas",
    "criar_vagas",
    "desfazer_renumeracao",
    "devolver",
    "encerrar_sancoes",
    "encomendar_ficha",
    "exigir_devolvivel",
    "fechar_pool",
    "gravar_importacao",
    "guardar_planilha",
    "lembrar_trocas",
    "levantar_sancao",
    "marcar_lida",
    "pools_por_criar",
    "prever_atribuicao",
    "prever_renumeracao",
    "reabrir_pool",
    "registrar_anexo_ii",
    "registrar_pool",
    "renumerar",
    "trocar",
    "trocar_tecnico",
]
