"""Page images, inside the jail: PNG for reading side by side on the screen (settled question 9)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2


def executar(entradas: list[bytes], pedido: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Render pages ``de`` to ``ate`` (from 1, inclusive) at ``dpi``, no side over ``lado_maximo`` pixels; one PNG each."""
    imagens: list[bytes] = []
    with pypdfium2.PdfDocument(entradas[0]) as pdf:
        total = len(pdf)
        pdf.init_forms()
        for numero in range(pedido["de"], min(pedido["ate"], total) + 1):
            pagina = pdf[numero - 1]
            escala = min(pedido["dpi"] / 72, pedido["lado_maximo"] / max(*pagina.get_size(), 1.0))
            imagem = pagina.render(scale=escala, may_draw_forms=True).to_pil().convert("RGB")
            saida = BytesIO()
            imagem.quantize(64, dither=0).save(saida, "PNG", optimize=False)
            imagens.append(saida.getvalue())
            pagina.close()
    return {"paginas": total}, imagens
