"""Text of the first pages, inside the jail: only the verification codes found in it leave (settled question 3)."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2

LETRAS_MAXIMAS = 20_000
CODIGOS_MAXIMOS = 20


def executar(entradas: list[bytes], pedido: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Codes ``XXXX-XXXX`` over ``alfabeto`` in the first ``paginas`` pages, in order, and whether there was any text."""
    letras = re.escape(pedido["alfabeto"])
    forma = re.compile(rf"(?<![A-Za-z0-9-])([{letras}]{{4}})\s?[-\u2010\u2011\u2013]\s?([{letras}]{{4}})(?![A-Za-z0-9-])")
    codigos: list[str] = []
    ha_texto = False
    with pypdfium2.PdfDocument(entradas[0]) as pdf:
        for numero in range(min(len(pdf), pedido["paginas"])):
            pagina = pdf[numero]
            texto = pagina.get_textpage().get_text_bounded()[:LETRAS_MAXIMAS].replace("\x02", "-").replace("\ufffe", "-")
            ha_texto = ha_texto or bool(texto.strip())
            codigos += [f"{a}-{b}" for a, b in forma.findall(texto)]
    return {"codigos": list(dict.fromkeys(codigos))[:CODIGOS_MAXIMOS], "ha_texto": ha_texto}, []
