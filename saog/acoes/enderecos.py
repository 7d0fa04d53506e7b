"""Which addresses the portal may call (webhooks): the shape of the URL, what lies below what, and which networks are the open Internet.

Pure functions: no database, no resolution of names.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings

from nucleo import redes
from nucleo.erros import RegraViolada

_NOME = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_CAMINHO = re.compile(r"[A-Za-z0-9/._~%!$&'()*+,;=:@-]*")
#: The open Internet of IPv6, and the parts of it that lead elsewhere (Teredo and other protocol blocks, 6to4, documentation).
_ABERTA_6 = ipaddress.IPv6Network("2000::/3")
_FECHADAS_6 = [ipaddress.IPv6Network(r) for r in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


@dataclass(frozen=True, slots=True)
class Alvo:
    """An address taken apart. ``host`` in lower case, ``caminho`` begins with ``/``."""

    esquema: str
    host: str
    porta: int
    caminho: str
    consulta: str = ""

    @property
    def url(self) -> str:
        """Put together again, without the scheme's own port."""
        nome = f"[{self.host}]" if ":" in self.host else self.host
        padrao = 443 if self.esquema == "https" else 80
        porta = "" if self.porta == padrao else f":{self.porta}"
        return f"{self.esquema}://{nome}{porta}{self.caminho}" + (f"?{self.consulta}" if self.consulta else "")


def e_publico(endereco: str) -> bool:
    """Whether this IP address belongs to the open Internet. Anything that is not an address is not."""
    try:
        ip = ipaddress.ip_address(endereco)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in rede for rede in redes.FECHADAS)
    return ip in _ABERTA_6 and not any(ip in rede for rede in _FECHADAS_6)


def ler(texto: str, *, campo: str = "url") -> Alvo:
    """Take an address apart. Raises ``RegraViolada`` beside ``campo`` for one the portal would never call."""
    recusa = RegraViolada("Escreva o endereço inteiro, como em https://avisos.operadora.com.br/intragov", campo=campo)
    if len(texto) > 300 or not texto.isascii() or any(c <= " " or c == "\x7f" for c in texto) or "\\" in texto:
        raise recusa
    try:
        partes = urlsplit(texto)
        porta = partes.port
    except ValueError:
        raise recusa from None
    host = (partes.hostname or "").lower()
    if partes.scheme not in ("http", "https") or not host or partes.username is not None or partes.password is not None or partes.fragment:
        raise recusa
    if not _e_host(host) or porta == 0:
        raise recusa
    caminho = partes.path or "/"
    claro = unquote(caminho)
    if not _CAMINHO.fullmatch(caminho) or not _CAMINHO.fullmatch(partes.query.replace("?", "")):
        raise recusa
    if any(p in (".", "..") for p in claro.split("/")) or "//" in claro or "\\" in claro or "%" in claro or not claro.isprintable():
        raise recusa
    return Alvo(partes.scheme, host, porta or (443 if partes.scheme == "https" else 80), caminho, partes.query)


def conferir(alvo: Alvo, *, campo: str = "url") -> None:
    """Refuse what production never calls: no https, an address by number that is not of the open Internet, a name without a dot."""
    if not settings.AVISOS_SO_A_ENDERECOS_PUBLICOS:
        return
    if alvo.esquema != "https":
        raise RegraViolada("O endereço precisa começar com https://", campo=campo)
    por_numero = _numero(alvo.host)
    if (por_numero and not e_publico(alvo.host)) or (
        not por_numero and ("." not in alvo.host or alvo.host.endswith((".local", ".internal")))
    ):
        raise RegraViolada("Este endereço não é da internet aberta: o portal não chama redes internas.", campo=campo)


def esta_sob(alvo: Alvo, permitido: Alvo) -> bool:
    """Whether ``alvo`` is ``permitido`` or below it: same scheme, host and port, and a path that goes on from it."""
    base = permitido.caminho.rstrip("/")
    mesmo = (alvo.esquema, alvo.host, alvo.porta) == (permitido.esquema, permitido.host, permitido.porta)
    return mesmo and (alvo.caminho.rstrip("/") == base or alvo.caminho.startswith(base + "/"))


def _numero(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _e_host(host: str) -> bool:
    """A name, or an address written the one way: no octal, hexadecimal or short forms, which some resolvers read as an address."""
    if ":" in host:
        return _numero(host) and "%" not in host
    ultimo = host.rsplit(".", 1)[-1]
    if ultimo.isdigit() or ultimo.startswith("0x"):
        return _numero(host)
    return bool(_NOME.fullmatch(host))
