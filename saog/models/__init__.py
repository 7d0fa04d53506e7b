"""Tables of the service requests: catalogue, sites, links, requests, deliveries."""

from .acesso import Acesso, HistoricoAcesso
from .catalogo import MotivoDeDevolucao, Preco, SuspensaoDeValidacao, TipoDeSolicitacao, Velocidade
from .entrega import Entrega, Marco
from .envio import EnvioSS, PendenciaSS
from .integracao import (
    ESCOPOS_DE,
    AssinaturaDeAvisos,
    AvisoDeSistema,
    ChaveDeIdempotencia,
    De,
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
    "ESCOPOS_DE",
    "Acesso",
    "AssinaturaDeAvisos",
    "AvisoDeSistema",
    "ChaveDeIdempotencia",
    "De",
    "EnderecoDeAviso",
    "Entrega",
    "EnvioSS",
    "Escopo",
    "Evento",
    "FalhaDaVarredura",
    "HistoricoAcesso",
    "HistoricoSS",
    "HistoricoSistema",
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
