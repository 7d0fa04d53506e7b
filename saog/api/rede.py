"""One POST to a callback, safely: the name is resolved once, every address it has is judged, and the connection goes to a judged one.

No redirect is followed, no proxy is used, the body of the answer is not read, and the whole of it ends within ``PRAZO`` seconds.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from threading import Timer

from django.conf import settings

from nucleo.erros import RegraViolada
from saog.acoes import enderecos

#: Seconds: to connect and for each read; and for everything.
ESPERA, PRAZO = 3.0, 8.0


class Recusada(Exception):
    """The call is not made, or its answer does not count. The message is short and carries nothing of the other side's."""


def resolver(alvo: enderecos.Alvo) -> str:
    """The IP address to connect to. Raises ``Recusada`` when the name has none, or any of them is not of the open Internet."""
    try:
        achados = socket.getaddrinfo(alvo.host, alvo.porta, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Recusada("O nome não resolve") from None
    ips = [str(a[4][0]) for a in achados]
    if not ips or (settings.AVISOS_SO_A_ENDERECOS_PUBLICOS and not all(enderecos.e_publico(ip) for ip in ips)):
        raise Recusada("O nome leva a uma rede fechada")
    return ips[0]


class _Fixa(http.client.HTTPConnection):
    """A connection to the address that was judged, whatever the name resolves to by now."""

    def __init__(self, alvo: enderecos.Alvo, ip: str, *, tls: ssl.SSLContext | None) -> None:
        super().__init__(alvo.host, alvo.porta, timeout=ESPERA)
        self._ip, self._tls, self.cortada = ip, tls, False

    def connect(self) -> None:
        """Connect to the judged address; with TLS the certificate is checked against the name."""
        self.sock = socket.create_connection((self._ip, self.port), ESPERA)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def cortar(self) -> None:
        """End it now, from another thread: a server that answers drop by drop holds nobody."""
        self.cortada = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def postar(url: str, corpo: bytes, cabecalhos: Mapping[str, str]) -> int:
    """Send and return the status. Raises ``Recusada`` when nothing came back, or the address may not be called."""
    try:
        alvo = enderecos.ler(url)
        enderecos.conferir(alvo)
    except RegraViolada:
        raise Recusada("Endereço recusado") from None
    ip = resolver(alvo)
    conexao = _Fixa(alvo, ip, tls=ssl.create_default_context() if alvo.esquema == "https" else None)
    relogio = Timer(PRAZO, conexao.cortar)
    relogio.daemon = True
    relogio.start()
    caminho = alvo.caminho + (f"?{alvo.consulta}" if alvo.consulta else "")
    try:
        conexao.request("POST", caminho, body=corpo, headers=dict(cabecalhos))
        status = conexao.getresponse().status
    except (OSError, http.client.HTTPException) as erro:
        raise Recusada(type(erro).__name__) from None
    finally:
        relogio.cancel()
        conexao.close()
    if conexao.cortada:  # headers that were cut short read like headers that ended
        raise Recusada("Demorou demais")
    return status
