"""The paper's "Tel. c/ DDD e Ramal (se houver)": one box for the number and its extension (ADS-06)."""

from __future__ import annotations

import re
from typing import ClassVar

from nucleo.campos.formatos import formatar_telefone
from nucleo.campos.formulario import CampoTelefone
from nucleo.campos.validadores import ValorInvalido, limpar_curto, validar_telefone

_RAMAL = re.compile(r"(?P<telefone>[^a-z]{1,30})(?:r|rm|ram|ramal)[.:]? ?(?P<ramal>[0-9]{1,6})", re.IGNORECASE)


def validar_telefone_e_ramal(texto: str) -> str:
    """A number with an optional extension to ``1438831122`` or ``1438831122r214``. Raises ``ValorInvalido``."""
    curto = limpar_curto(texto)
    achado = _RAMAL.fullmatch(curto)
    if achado:
        return f"{validar_telefone(achado['telefone'])}r{achado['ramal']}"
    if any(c.isalpha() for c in curto):
        raise ValorInvalido("Escreva o telefone e, se houver, a palavra ramal e o número. Exemplo: (14) 3883-1122 ramal 214.")
    return validar_telefone(curto)


def formatar_telefone_e_ramal(valor: str) -> str:
    """``1438831122r214`` → ``(14) 3883-1122 ramal 214``."""
    telefone, _, ramal = valor.partition("r")
    return f"{formatar_telefone(telefone)} ramal {ramal}" if ramal else formatar_telefone(telefone)


class CampoTelefoneERamal(CampoTelefone):
    """A telephone number with area code and, if there is one, its extension."""

    largura: ClassVar[str] = "media"
    atributos: ClassVar[dict[str, str]] = {"autocomplete": "off"}

    def validar(self, texto: str) -> str:
        """See ``validar_telefone_e_ramal``."""
        return validar_telefone_e_ramal(texto)

    def formatar(self, valor: str) -> str:
        """``(14) 3883-1122 ramal 214``."""
        return formatar_telefone_e_ramal(valor)
