"""Where the portal calls: in production https only, and only the open Internet (SSRF, DNS rebinding)."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from nucleo.erros import RegraViolada
from saog.acoes import enderecos, integracao
from saog.api import entrega, rede
from saog.models import AvisoDeSistema, SistemaDaOperadora
from tests.apoio.elenco import AGORA
from tests.saog.conftest import Atores

from .conftest import Ordens, Ouvinte

pytestmark = pytest.mark.django_db


FECHADOS = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "100::1",
    "fec0::1",
    "nome",
]


@pytest.mark.parametrize("ip", FECHADOS)
def test_an_address_outside_the_open_internet_is_known_as_such(ip: str):
    assert not enderecos.e_publico(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "200.144.6.1", "1.1.1.1", "172.32.0.1", "2001:4860:4860::8888", "2804:14c::1"])
def test_an_address_of_the_open_internet_is_known_as_such(ip: str):
    assert enderecos.e_publico(ip)


@pytest.mark.parametrize(
    "url",
    [
        "http://avisos.operadora.com.br/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest/",
        "https://servidor/",
        "https://banco.internal/",
        "https://impressora.local/",
        "https://0177.0.0.1/",
        "https://0x7f000001/",
        "https://127.1/",
        "ftp://avisos.operadora.com.br/",
        "https://a:b@avisos.operadora.com.br/",
        "https://avisos.operadora.com.br/x y",
        "https://avisos.operadora.com.br:0/",
        "https://avisos.operadora.com.br:99999/",
        "https://avisós.com.br/",
        "https://",
        "",
        "//avisos.operadora.com.br/",
        "https://avisos.operadora.com.br\n.evil/",
    ],
)
def test_in_production_the_gestor_cannot_allow_what_is_not_https_on_the_open_internet(
    url: str, linha: SistemaDaOperadora, atores: Atores, settings: Any
):
    settings.AVISOS_SO_A_ENDERECOS_PUBLICOS = True
    with pytest.raises(RegraViolada) as recusa:
        integracao.permitir_endereco(sistema_id=linha.pk, url=url, por=atores.gestor, agora=AGORA)
    assert recusa.value.campo == "url"


def resolver_para(monkeypatch: pytest.MonkeyPatch, *ips: str) -> list[str]:
    """Every name resolves to these addresses; returns the names asked for."""
    pedidos: list[str] = []

    def getaddrinfo(host: str, porta: int, **_: Any) -> list[Any]:
        pedidos.append(host)
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, porta)) for ip in ips]

    monkeypatch.setattr(rede.socket, "getaddrinfo", getaddrinfo)
    return pedidos


@pytest.mark.parametrize(
    "ips", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("169.254.169.254",), ("::1",), ("8.8.8.8", "::ffff:10.0.0.1"), ()]
)
def test_a_name_that_leads_to_a_closed_network_is_not_called(ips: tuple[str, ...], settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.AVISOS_SO_A_ENDERECOS_PUBLICOS = True
    resolver_para(monkeypatch, *ips)
    ligacoes: list[Any] = []
    monkeypatch.setattr(rede.socket, "create_connection", lambda alvo, *_: ligacoes.append(alvo))
    with pytest.raises(rede.Recusada, match="rede fechada"):
        rede.postar("https://avisos.operadora.com.br/x", b"{}", {})
    assert ligacoes == []


def test_the_connection_goes_to_the_address_that_was_judged(settings: Any, monkeypatch: pytest.MonkeyPatch):
    """DNS rebinding: a second resolution would lead elsewhere, so there is none."""
    settings.AVISOS_SO_A_ENDERECOS_PUBLICOS = True
    pedidos = resolver_para(monkeypatch, "200.144.6.1")
    ligacoes: list[Any] = []

    def ligar(alvo: Any, *_: Any) -> None:
        ligacoes.append(alvo)
        raise ConnectionRefusedError

    monkeypatch.setattr(rede.socket, "create_connection", ligar)
    with pytest.raises(rede.Recusada, match="ConnectionRefusedError"):
        rede.postar("https://avisos.operadora.com.br/x", b"{}", {})
    assert (ligacoes, pedidos) == ([("200.144.6.1", 443)], ["avisos.operadora.com.br"])


def test_an_address_that_production_would_refuse_is_not_called_even_when_it_is_in_the_table(
    assinado: Any, ordens: Ordens, ouvinte: Ouvinte, settings: Any
):
    ordens.em("EMITIDA")
    settings.AVISOS_SO_A_ENDERECOS_PUBLICOS = True
    entrega.varrer(relogio=lambda: AGORA)
    assert (AvisoDeSistema.objects.get().erro, ouvinte.chegaram) == ("Endereço recusado", [])
