"""Tables of the service requests: catalogue, sites, links, requests, deliveries."""

from .acesso import Acesso, HistoricoAcesso
from .catalogo import LimiteConcedido, MotivoDeDevolucao, Preco, SuspensaoDeValidacao, TipoDeSolicitacao, Velocidade
from .entrega import Entrega, Marco
from .envio import EnvioSS, PendenciaSS
from .lugar import Unidade, chave_do_local
from .solicitacao import HistoricoSS, SolicitacaoServico
from .varredura import FalhaDaVarredura

__all__ = [
    "Acesso",
    "Entrega",
    "EnvioSS",
    "FalhaDaVarredura",
    "HistoricoAcesso",
    "HistoricoSS",
    "LimiteConcedido",
    "Marco",
    "MotivoDeDevolucao",
    "PendenciaSS",
    "Preco",
    "SolicitacaoServico",
    "SuspensaoDeValidacao",
    "TipoDeSolicitacao",
    "Unidade",
    "Velocidade",
    "chave_do_local",
]
