"""What is asked of the requests, links and limits."""

from .acesso import acesso_de, arquivos, documento_para, municipio_de, obter, visiveis
from .catalogo import motivos, oferta, preco, suspensao_de, tipo, tipos, validacao_suspensa
from .limites import Uso, concedido, concedido_para, limite_de, uso

__all__ = [
    "Uso",
    "acesso_de",
    "arquivos",
    "concedido",
    "concedido_para",
    "documento_para",
    "limite_de",
    "motivos",
    "municipio_de",
    "obter",
    "oferta",
    "preco",
    "suspensao_de",
    "tipo",
    "tipos",
    "uso",
    "validacao_suspensa",
    "visiveis",
]
