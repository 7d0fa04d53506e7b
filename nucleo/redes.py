"""Arithmetic of IPv4 networks: reading what people type, the facts of a network, and which ranges are which. Pure functions.

A network is kept as two integers: ``inicio`` (the first address) and ``prefixo`` (length); ``fim`` is always exclusive.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

#: Networks of RFC 1918: what a private block may be made of.
RFC_1918 = tuple(ipaddress.IPv4Network(r) for r in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
#: Networks kept for documentation (RFC 5737): public blocks of the demonstration.
DOCUMENTACAO = tuple(ipaddress.IPv4Network(r) for r in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
#: Blocks of IPv4 that are not the open Internet (IANA's special-purpose registry), written out: Python's own list changes.
FECHADAS = (
    *RFC_1918,
    *DOCUMENTACAO,
    *(
        ipaddress.IPv4Network(r)
        for r in (
            "0.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "224.0.0.0/3",
        )
    ),
)

_PARTE = r"(?:0|[1-9][0-9]{0,2})"
_IP = re.compile(rf"{_PARTE}(?:\.{_PARTE}){{3}}")
_PARCIAL = re.compile(rf"({_PARTE}(?:\.{_PARTE}){{0,2}})(?:\.|\.\*|(?:\.\*){{2,3}})?")
#: Four numbers, whatever they are.
_PARECE_IP = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_UMA_REDE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3} ?/ ?[0-9]{1,2}\b(?!\.)")
_IPV6 = re.compile(r"[0-9a-fA-F]*:[0-9a-fA-F]*:|^::")
#: What comes with an address that is copied: a web address around it, its name before it, a port or a full stop after it.
_ENDERECO_WEB = re.compile(r"^[a-zA-Z]{2,10}://([^/?#\s]*)\S*$")
_ROTULO = re.compile(r"^(?:(?:endereço|endereco|ipv4|ip|rede|sub-?bloco|bloco|host)\b[\s:.]*)+", re.IGNORECASE)
_PORTA = re.compile(r"^([0-9]+(?:\.[0-9]+){3})(?::[0-9]{1,5}/?|\.)$")
#: As our own pages name a network.
_NOSSO = re.compile(rf"({_PARTE}(?:\.{_PARTE}){{3}})-([0-9]{{1,2}})")
_FAIXA = re.compile(r"\s*(?:-|–|—|\ba\b|\baté\b)\s*")


def tamanho(prefixo: int) -> int:
    """How many addresses a network of this length has."""
    return 1 << (32 - prefixo)


def cidr(inicio: int, prefixo: int) -> str:
    """``10.64.18.96/28``."""
    return f"{ip(inicio)}/{prefixo}"


def ip(inteiro: int) -> str:
    """``10.64.18.96``."""
    return str(ipaddress.IPv4Address(inteiro))


def ler_rede(texto: str) -> tuple[int, int]:
    """(inicio, prefixo) of a network written as ``10.64.18.96/28``, or with its mask. Raises ``ValueError`` when it is not one, or when
    bits beyond the prefix are set: a network that starts elsewhere is a slip, not a network.
    """
    rede = ipaddress.IPv4Network(_com_mascara(texto))
    return int(rede.network_address), rede.prefixlen


def ler_faixa(texto: str) -> tuple[int, int]:
    """(inicio, fim exclusive) of whatever a person types to find an address: an IP, a network (its start forgiven), a mask after a space or
    a slash, the beginning of an address (``10.64.18``, ``10.64.18.*``), or two addresses with a dash; also as it is copied from elsewhere:
    with zeros at the left, "IP" before it, inside a web address, with a port, or as our own pages are called (``10.64.18.96-28``).
    Raises ``ValueError``.
    """
    texto = texto.strip().strip(",;").strip()
    if len(texto) > 60:
        raise ValueError("longo demais")
    texto = _sem_zeros(_ROTULO.sub("", _ENDERECO_WEB.sub(r"\1", texto)).strip())
    texto = _PORTA.sub(r"\1", texto)
    if nome := _NOSSO.fullmatch(texto):
        inicio, prefixo = ler_rede(f"{nome[1]}/{nome[2]}")
        return inicio, inicio + tamanho(prefixo)
    pontas = _FAIXA.split(texto)
    if len(pontas) == 2 and all(_IP.fullmatch(p) for p in pontas):
        de, ate = (int(ipaddress.IPv4Address(p)) for p in pontas)
        if de > ate:
            raise ValueError("faixa ao contrário")
        return de, ate + 1
    if _IP.fullmatch(texto):
        inicio = int(ipaddress.IPv4Address(texto))
        return inicio, inicio + 1
    if parcial := _PARCIAL.fullmatch(texto):
        partes = parcial[1].split(".")
        prefixo = 8 * len(partes)
        inicio = int(ipaddress.IPv4Address(".".join(partes + ["0"] * (4 - len(partes)))))
        return inicio, inicio + tamanho(prefixo)
    rede = ipaddress.IPv4Network(_com_mascara(texto), strict=False)
    return int(rede.network_address), int(rede.broadcast_address) + 1


def erro_da_rede(texto: str, *, prefixo: int = 28, varias: str = "Escreva uma só.") -> str:
    """What is wrong with a text that ``ler_rede`` refused, as a sentence that says what it should be; "" when it is nothing like a network.
    ``prefixo`` goes into what is suggested for an address alone.
    """
    texto = " ".join(texto.split())
    if _IPV6.search(texto):
        return "É um endereço IPv6. Aqui são só IPv4, como em 10.64.18.96."
    juntas = [parte for parte in re.split(r"[,;]| e ", texto) if _PARECE_IP.match(parte.strip())]
    if len(juntas) > 1 or len(_UMA_REDE.findall(texto)) > 1 or len(_PARECE_IP.findall(texto)) > 2:
        return f"Há mais de uma rede aqui. {varias}"
    endereco, _, resto = re.sub(r"[\s/]+", "/", texto).partition("/")
    if _PARECE_IP.fullmatch(endereco):
        return _erro_de_uma(endereco, resto, prefixo)
    return "O endereço tem quatro números, como em 10.64.18.96." if resto and re.fullmatch(r"[0-9.]+", endereco) else ""


def _erro_de_uma(endereco: str, resto: str, prefixo: int) -> str:
    """The slip of one address with whatever follows it."""
    certo = _sem_zeros(endereco)
    try:
        certa = _certa(certo, resto or prefixo)
    except ValueError:
        if any(int(parte) > 255 for parte in endereco.split(".")):
            return "Cada número do endereço vai de 0 a 255."
        if re.fullmatch(r"[0-9]+", resto):
            return f"O prefixo /{resto[:4]} não existe: vai até /32."
        return f"O que vem depois do endereço, “{resto[:20]}”, não é um prefixo nem uma máscara."
    if not resto:
        return f"Falta o prefixo. Escreva, por exemplo, {certa}."
    return (
        f"Escreva os números sem zeros à esquerda. Seria {certa}?"
        if certo != endereco
        else f"A rede não começa neste endereço. Seria {certa}?"
    )


def _sem_zeros(texto: str) -> str:
    """``010.064.000.005`` as people mean it: in tens, never in eights."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", texto)


def _certa(endereco: str, resto: str | int) -> str:
    """The network that holds this address. Raises ``ValueError``."""
    return str(ipaddress.IPv4Network(f"{endereco}/{resto}", strict=False))


def _com_mascara(texto: str) -> str:
    """``10.0.0.0 255.0.0.0``, ``10.0.0.0 / 8`` and ``10.0.0.0/255.0.0.0`` as one word; an address alone is not a network."""
    partes = [p for p in re.split(r"[\s/]+", texto.strip()) if p]
    if len(partes) != 2 or not _IP.fullmatch(partes[0]):
        raise ValueError("não é uma rede")
    return "/".join(partes)


def e_privada(inicio: int, prefixo: int) -> bool:
    """Whether the network lies inside RFC 1918."""
    rede = ipaddress.IPv4Network((inicio, prefixo))
    return any(rede.subnet_of(faixa) for faixa in RFC_1918)


def e_de_documentacao(inicio: int, prefixo: int) -> bool:
    """Whether the network lies inside one of those kept for documentation."""
    rede = ipaddress.IPv4Network((inicio, prefixo))
    return any(rede.subnet_of(faixa) for faixa in DOCUMENTACAO)


def e_publica(inicio: int, prefixo: int, *, demonstracao: bool = False) -> bool:
    """Whether the network touches nothing but the open Internet; with ``demonstracao`` the documentation networks serve too."""
    rede = ipaddress.IPv4Network((inicio, prefixo))
    if demonstracao and e_de_documentacao(inicio, prefixo):
        return True
    return not any(rede.overlaps(faixa) for faixa in FECHADAS)


@dataclass(frozen=True, slots=True)
class Rede:
    """The facts of a network that a person who sets up equipment needs."""

    inicio: int
    prefixo: int

    def __str__(self) -> str:
        return self.cidr

    @property
    def cidr(self) -> str:
        """``10.64.18.96/28``."""
        return cidr(self.inicio, self.prefixo)

    @property
    def fim(self) -> int:
        """The first address after it."""
        return self.inicio + tamanho(self.prefixo)

    @property
    def rede(self) -> str:
        """The network's own address."""
        return ip(self.inicio)

    @property
    def mascara(self) -> str:
        """``255.255.255.240``."""
        return ip(2**32 - tamanho(self.prefixo))

    @property
    def coringa(self) -> str:
        """The inverted mask of access lists: ``0.0.0.15``."""
        return ip(tamanho(self.prefixo) - 1)

    @property
    def primeiro(self) -> str:
        """First host."""
        return ip(self.inicio + 1)

    @property
    def ultimo(self) -> str:
        """Last host."""
        return ip(self.fim - 2)

    @property
    def difusao(self) -> str:
        """Broadcast address."""
        return ip(self.fim - 1)

    @property
    def gateway(self) -> str:
        """The suggested gateway: the first host, which the equipment at the prefeitura's side takes."""
        return self.primeiro

    @property
    def hosts(self) -> int:
        """How many hosts fit: 14 in a /28, 2 in a /30."""
        return tamanho(self.prefixo) - 2
