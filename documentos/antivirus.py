"""A small client of clamd (INSTREAM): three answers, and "unavailable" is never "clean" (settled question 10, ASVS 5.4.3)."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PEDACO = 64 << 10
ESPERA = 10.0
ESPERA_DO_VEREDITO = 60.0
SEM_ANTIVIRUS = "sem antivírus"


class Veredito(Enum):
    """What the antivirus said."""

    LIMPO = "limpo"
    INFECTADO = "infectado"
    INDISPONIVEL = "indisponível"


@dataclass(frozen=True, slots=True)
class Resultado:
    """The verdict and, when infected, the name of what was found (cut at 100 characters); when unavailable, why."""

    veredito: Veredito
    detalhe: str = ""


def ligado() -> bool:
    """Whether an antivirus is configured (``settings.ANTIVIRUS`` other than "nenhum" or empty)."""
    return settings.ANTIVIRUS not in ("", "nenhum")


def examinar(caminho: Path) -> Resultado:
    """Send a file to clamd and return its answer. A failure on the way is INDISPONIVEL.

    Raises ``ImproperlyConfigured`` on a bad address.
    """
    familia, endereco = _endereco(settings.ANTIVIRUS)
    try:
        with socket.socket(familia, socket.SOCK_STREAM) as ligacao, caminho.open("rb") as arquivo:
            ligacao.settimeout(ESPERA)
            ligacao.connect(endereco)
            ligacao.sendall(b"zINSTREAM\0")
            while pedaco := arquivo.read(PEDACO):
                ligacao.sendall(struct.pack("!L", len(pedaco)) + pedaco)
            ligacao.sendall(struct.pack("!L", 0))
            ligacao.settimeout(ESPERA_DO_VEREDITO)
            resposta = _resposta(ligacao)
    except OSError as erro:
        return Resultado(Veredito.INDISPONIVEL, type(erro).__name__)
    return _ler_resposta(resposta)


def _endereco(texto: str) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
    esquema, _, resto = texto.partition(":")
    if esquema == "unix" and resto.startswith("/"):
        return socket.AF_UNIX, resto
    maquina, _, porta = resto.rpartition(":")
    if esquema == "tcp" and maquina and porta.isdecimal():
        return socket.AF_INET, (maquina, int(porta))
    raise ImproperlyConfigured("ANTIVIRUS: use nenhum, unix:/caminho ou tcp:maquina:porta.")


def _resposta(ligacao: socket.socket) -> bytes:
    resposta = b""
    while len(resposta) < 4096 and not resposta.endswith(b"\0"):
        pedaco = ligacao.recv(1024)
        if not pedaco:
            break
        resposta += pedaco
    return resposta


def _ler_resposta(resposta: bytes) -> Resultado:
    texto = resposta.rstrip(b"\0\r\n ").decode("utf-8", "replace")
    if texto == "stream: OK":
        return Resultado(Veredito.LIMPO)
    if texto.startswith("stream: ") and texto.endswith(" FOUND"):
        nome = "".join(c if c.isprintable() else "?" for c in texto[len("stream: ") : -len(" FOUND")])
        return Resultado(Veredito.INFECTADO, nome[:100])
    return Resultado(Veredito.INDISPONIVEL, "resposta")
