"""Reading: access functions that return the object or refuse, the queues, and what screens show. Nothing here writes."""

from .acesso import (
    cpfs_do_envio,
    da_prefeitura,
    documento_da,
    documento_para,
    ha_adesao,
    leitura_para,
    municipio_de,
    obter,
    responsaveis_com_acesso,
    visiveis,
)
from .filas import CORTES, IDADES, analistas, busca, contadores, contagens_da_fila, decididas, fila, para_aprovar, processos
from .publico import situacao_publica, verificar_codigo, verificar_da_adesao
from .rascunho import brutos, pecas_do_envio, pendencias_abertas, texto_anterior, ultimo_envio
from .tempo import ACONTECEU, NAO_MOVEM, SO_DA_EQUIPE, linha_do_tempo, o_que_houve
from .trilha import DA_ADESAO, DAS_CONTAS, grupos_da_trilha, ler_da_trilha, trilha

__all__ = [
    "ACONTECEU",
    "CORTES",
    "DAS_CONTAS",
    "DA_ADESAO",
    "IDADES",
    "NAO_MOVEM",
    "SO_DA_EQUIPE",
    "analistas",
    "brutos",
    "busca",
    "contadores",
    "contagens_da_fila",
    "cpfs_do_envio",
    "da_prefeitura",
    "decididas",
    "documento_da",
    "documento_para",
    "fila",
    "grupos_da_trilha",
    "ha_adesao",
    "leitura_para",
    "ler_da_trilha",
    "linha_do_tempo",
    "municipio_de",
    "o_que_houve",
    "obter",
    "para_aprovar",
    "pecas_do_envio",
    "pendencias_abertas",
    "processos",
    "responsaveis_com_acesso",
    "situacao_publica",
    "texto_anterior",
    "trilha",
    "ultimo_envio",
    "verificar_codigo",
    "verificar_da_adesao",
    "visiveis",
]
