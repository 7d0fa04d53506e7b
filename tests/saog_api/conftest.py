"""What tests of the API share: a system with a token of every scope, orders in every state, a client that speaks JSON."""

from __future__ import annotations

import datetime as dt
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from saog import acoes
from saog.acoes import integracao
from saog.models import SistemaDaOperadora, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA
from tests.saog.conftest import Atores, atores

__all__ = ["atores"]

RAIZ = "/api/operadora/v1"
ENTREGA = [
    {
        "id": "1",
        "service": {
            "serviceCharacteristic": [
                {"name": "circuito", "value": "BTU-SCM-004417"},
                {"name": "equipamento", "value": "Roteador 2 portas, nº de série 7QX-20931"},
                {"name": "velocidadeMedida", "value": "7.9"},
            ]
        },
    }
]


@dataclass
class Sistema:
    """A client with a token."""

    token: str
    cliente: Client = field(default_factory=Client)

    def _pedir(self, metodo: str, caminho: str, corpo: Any = None, **cabecalhos: str) -> HttpResponse:
        opcoes: dict[str, Any] = {} if corpo is None else {"data": corpo, "content_type": "application/json"}
        resposta: HttpResponse = getattr(self.cliente, metodo)(
            RAIZ + caminho, headers={"Authorization": f"Bearer {self.token}", **cabecalhos}, **opcoes
        )
        return resposta

    def ler(self, caminho: str, **cabecalhos: str) -> HttpResponse:
        return self._pedir("get", caminho, **cabecalhos)

    def mudar(self, ss: SolicitacaoServico, corpo: Any, **cabecalhos: str) -> HttpResponse:
        return self._pedir("patch", f"/serviceOrder/{ss.slug}", corpo, **cabecalhos)

    def postar(self, caminho: str, corpo: Any, **cabecalhos: str) -> HttpResponse:
        return self._pedir("post", caminho, corpo, **cabecalhos)

    def apagar(self, caminho: str) -> HttpResponse:
        return self._pedir("delete", caminho)


@pytest.fixture
def linha(atores: Atores) -> SistemaDaOperadora:
    """The system as registered by the gestor."""
    return integracao.registrar_sistema(nome="Campo", contato="ti@operadora.example", por=atores.gestor, agora=AGORA)


@pytest.fixture
def sistema(linha: SistemaDaOperadora, atores: Atores, relogio: Any) -> Sistema:
    """A client whose token may do everything. The clock is stopped."""
    return Sistema(token_com(linha, atores, "ler", "atender", "hub"))


def token_com(linha: SistemaDaOperadora, atores: Atores, *escopos: str, dias: int = 90, agora: dt.datetime = AGORA) -> str:
    """The text of a new token."""
    _, texto = integracao.criar_token(
        sistema_id=linha.pk, nome="Produção", escopos=list(escopos), dias=dias, por=atores.gestor, agora=agora
    )
    return texto


class Ordens:
    """Orders in the state that a test asks for, each at another address."""

    def __init__(self, atores: Atores) -> None:
        self.atores, self.n = atores, 0

    def em(self, estado: str, *, agora: dt.datetime = AGORA) -> SolicitacaoServico:
        """One order: a state of the portal, or ``PENDENTE`` for EM_ATENDIMENTO waiting for the prefeitura."""
        self.n += 1
        a = self.atores
        ss = solicitacoes.enviada(a.ana, n=self.n, agora=agora)
        if estado in ("EM_VALIDACAO",):
            return ss
        solicitacoes.emitida(ss, analista=a.analista, responsavel=a.ana, agora=agora)
        if estado == "CANCELADA":
            acoes.cancelar(ss_id=ss.pk, motivo="Fechou.", por=a.ana, agora=agora)
        if estado == "INVIAVEL":
            acoes.declarar_inviavel(ss_id=ss.pk, motivo="Sem rede na rua.", por=a.operadora, agora=agora)
        if estado in ("EM_ATENDIMENTO", "PENDENTE"):
            acoes.atender(ss_id=ss.pk, por=a.operadora, agora=agora)
        if estado == "PENDENTE":
            acoes.pendenciar(ss_id=ss.pk, texto="Falta a tomada do rack.", por=a.operadora, agora=agora)
        if estado in ("AGUARDANDO_ACEITE", "RECUSADA", "ACEITA", "PRAZO_VENCIDO"):
            solicitacoes.entregue(ss, operadora=a.operadora, agora=agora)
        if estado == "RECUSADA":
            acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=a.ana, agora=agora)
        if estado == "ACEITA":
            acoes.aceitar(ss_id=ss.pk, por=a.ana, agora=agora)
        if estado == "PRAZO_VENCIDO":
            from django.db import transaction

            from nucleo import fluxo
            from nucleo.fluxo import SISTEMA

            with transaction.atomic():
                fluxo.executar(SolicitacaoServico, ss.pk, "vencer", por=SISTEMA, agora=agora)
        return SolicitacaoServico.objects.get(pk=ss.pk)


ESTADOS = (
    "EMITIDA",
    "EM_ATENDIMENTO",
    "PENDENTE",
    "AGUARDANDO_ACEITE",
    "PRAZO_VENCIDO",
    "RECUSADA",
    "ACEITA",
    "CANCELADA",
    "INVIAVEL",
)


@pytest.fixture
def ordens(atores: Atores) -> Ordens:
    """Makes orders."""
    return Ordens(atores)


class Ouvinte(http.server.ThreadingHTTPServer):
    """A receiver on loopback that answers ``status`` and keeps what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Pedido)
        self.status, self.chegaram = 204, list[tuple[str, dict[str, str], bytes]]()
        self.demora = threading.Event()
        self.pinga = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/avisos"


class _Pedido(http.server.BaseHTTPRequestHandler):
    server: Ouvinte

    def do_POST(self) -> None:
        corpo = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.chegaram.append((self.path, dict(self.headers), corpo))
        if self.server.pinga:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.server.demora.wait(0.2):
                try:
                    self.wfile.write(b"X-Gota: 1\r\n")
                    self.wfile.flush()
                except OSError:
                    return
            return
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"{self.server.url}/outro")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def ouvinte() -> Iterator[Ouvinte]:
    """A receiver that runs."""
    servidor = Ouvinte()
    fio = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    fio.start()
    yield servidor
    servidor.demora.set()
    servidor.shutdown()
    servidor.server_close()
    fio.join()


@pytest.fixture
def assinado(sistema: Sistema, linha: SistemaDaOperadora, atores: Atores, ouvinte: Ouvinte) -> dict[str, str]:
    """The system subscribed to both events at the receiver."""
    integracao.permitir_endereco(sistema_id=linha.pk, url=ouvinte.url, por=atores.gestor, agora=AGORA)
    resposta = sistema.postar("/hub", {"callback": ouvinte.url + "/ordens"})
    assert resposta.status_code == 201, resposta.content
    dados: dict[str, str] = resposta.json()
    return dados
