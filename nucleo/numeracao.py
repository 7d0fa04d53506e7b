"""Numbers given to people: process numbers with a check digit, and verification codes without look-alikes (settled question 3)."""

from __future__ import annotations

import re
import secrets

from django.db import transaction

from nucleo.models import ContadorAnual

#: Letters and digits that cannot be taken for one another on paper (no 0/O, 1/I/L, 2/Z, 5/S, 8/B).
ALFABETO = "34679ACDEFGHJKMNPQRTUVWXY"
NUMERO = re.compile(r"([0-9]{4})[/-]([0-9]{5})-([0-9])")


def digito(ano: int, ordem: int) -> int:
    """Check digit modulo 11 of a process number: weights 2 to 9 from the right, remainders 0 and 1 give 0."""
    soma = sum(int(d) * (2 + i % 8) for i, d in enumerate(reversed(f"{ano:04d}{ordem:05d}")))
    resto = soma % 11
    return 0 if resto < 2 else 11 - resto


def formatar(ano: int, ordem: int) -> str:
    """``AAAA/NNNNN-D``."""
    return f"{ano:04d}/{ordem:05d}-{digito(ano, ordem)}"


def valido(numero: str) -> bool:
    """Whether this is a well-formed process number with the right check digit (``/`` or ``-`` after the year)."""
    achado = NUMERO.fullmatch(numero.strip()[:20])
    return bool(achado) and digito(int(achado[1]), int(achado[2])) == int(achado[3])  # type: ignore[index]


def proximo(serie: str, ano: int) -> str:
    """The next number of the series in that year. Needs a transaction; gaps are fine, repeats never happen."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("numeracao.proximo fora de transação")
    ContadorAnual.objects.get_or_create(serie=serie, ano=ano)
    contador = ContadorAnual.objects.select_for_update(of=("self",), no_key=True).get(serie=serie, ano=ano)
    contador.ultimo += 1
    contador.save(update_fields=["ultimo"])
    return formatar(ano, contador.ultimo)


def codigo() -> str:
    """A verification code ``XXXX-XXXX`` from the operating system's random source (25^8, about 37 bits)."""
    letras = "".join(secrets.choice(ALFABETO) for _ in range(8))
    return f"{letras[:4]}-{letras[4:]}"
