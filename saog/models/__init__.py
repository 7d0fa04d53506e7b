"""Tables of the service requests: catalogue, sites, links, requests, deliveries."""

from .acesso import Acesso, HistoricoAcesso
from .catalogo import LimiteConcedido, MotivoDeDevolucao, Preco, SuspensaoDeValidacao, TipoDeSolicitacao, Velocidade
from .entrega import Entrega, Marco
from .envio import EnvioSS, PendenciaSS
from .integracao import (
    AssinaturaDeAvisos,
    AvisoDeSistema,
    ChaveDeIdempotencia,
    EnderecoDeAviso,
    Escopo,
    Evento,
    HistoricoSistema,
    SistemaDaOperadora,
    TokenDeSistema,
)
from .lugar import Unidade, chave_do_local
from .solicitacao import HistoricoSS, SolicitacaoServico
from .varredura import FalhaDaVarredura

__all__ = [
    "Acesso",
    "AssinaturaDeAvisos",
    "AvisoDeSistema",
    "ChaveDeIdempotencia",
    "EnderecoDeAviso",
    "Entrega",
    "EnvioSS",
    "Escopo",
    "Evento",
    "FalhaDaVarredura",
    "HistoricoAcesso",
    "HistoricoSS",
    "HistoricoSistema",
    "LimiteConcedido",
    "Marco",
    "MotivoDeDevolucao",
    "PendenciaSS",
    "Preco",
    "SistemaDaOperadora",
    "SolicitacaoServico",
    "SuspensaoDeValidacao",
    "TipoDeSolicitacao",
    "TokenDeSistema",
    "Unidade",
    "Velocidade",
    "chave_do_local",
]
