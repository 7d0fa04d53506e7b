"""The papers of an adhesion: what each one prints, how it stands, and the reading of the whole form that people and diffs use."""

from .conteudo import (
    ANEXO1,
    ANEXO2,
    CONFERIDAS,
    DELEGACAO,
    IMPRESSO_EM,
    OFICIO,
    PECAS,
    PRECISA,
    TITULO_DELEGACAO,
    Limpos,
    Peca,
    Validacao,
    conteudo,
    impresso_em,
    validar,
)
from .leitura import campos_da_leitura, leitura, mudancas
from .situacao import SituacaoDaPeca, gera_pdf, para_imprimir, pronto, situacao_das_pecas

__all__ = [
    "ANEXO1",
    "ANEXO2",
    "CONFERIDAS",
    "DELEGACAO",
    "IMPRESSO_EM",
    "OFICIO",
    "PECAS",
    "PRECISA",
    "TITULO_DELEGACAO",
    "Limpos",
    "Peca",
    "SituacaoDaPeca",
    "Validacao",
    "campos_da_leitura",
    "conteudo",
    "gera_pdf",
    "impresso_em",
    "leitura",
    "mudancas",
    "para_imprimir",
    "pronto",
    "situacao_das_pecas",
    "validar",
]
