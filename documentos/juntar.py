"""Several PDFs into one, for the approver's dossier: pages only, made in the jail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from documentos import jaula


def juntar(partes: Sequence[Path | bytes], *, titulos: Sequence[str] | None = None, titulo: str = "Dossiê") -> bytes:
    """Merge PDFs in order and return the bytes of one PDF with a bookmark per part (``titulos``; "Parte 1" and so on when not given).

    Only what the pages show goes along: visible signatures are drawn into the page, actions, forms and metadata stay behind; the digital
    signatures are valid only in the originals. Same parts, same bytes. Raises ``ValueError`` for no part or another number of titles, and
    ``documentos.jaula.JaulaInterrompida`` when the parts cannot be read.
    """
    nomes = list(titulos) if titulos is not None else [f"Parte {n}" for n in range(1, len(partes) + 1)]
    if not partes or len(nomes) != len(partes):
        raise ValueError("juntar: uma parte ou mais, e um título para cada uma")
    resposta = jaula.executar(
        "juntar", entradas=partes, argumentos={"titulos": nomes, "titulo": titulo}, espera=30.0, saida_maxima=160 << 20
    )
    return resposta.anexos[0]
