"""The web font: a Latin subset of the Open Sans that comes in its wheel, width fixed, weights 400 to 700, as woff2 (visual guide, 1).

Nothing third-party is committed: ``preparar_fontes`` writes the file to ``settings.FONTES_DIR``. Without it pages fall to Verdana.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import fontpkg
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ARQUIVO = "open-sans.woff2"
#: Basic Latin, Latin-1, Latin Extended-A, and the punctuation of Portuguese prose.
FAIXAS = (
    *range(0x20, 0x7F), *range(0xA0, 0x180), 0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2032,
    0x2033, 0x2039, 0x203A, 0x20AC, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x00D7,
)  # fmt: skip


def preparar(pasta: Path, *, de_novo: bool = False) -> Path:
    """Write the subset into ``pasta`` (made if needed) and return its path; a file already there is kept unless ``de_novo``.

    The file appears complete or not at all. Raises ``fontpkg.FontpkgError`` when the wheel of the font is not installed.
    """
    pasta.mkdir(parents=True, exist_ok=True)
    destino = pasta / ARQUIVO
    if destino.exists() and not de_novo:
        return destino
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    fonte = TTFont(fontpkg.path("open-sans"), recalcTimestamp=False)
    opcoes = subset.Options()
    opcoes.flavor = "woff2"
    opcoes.layout_features = ["kern", "liga", "mark", "mkmk", "lnum", "tnum", "ccmp", "locl"]
    opcoes.hinting = False
    cortador = subset.Subsetter(opcoes)
    cortador.populate(unicodes=FAIXAS)
    cortador.subset(fonte)
    instancer.instantiateVariableFont(fonte, {"wdth": 100, "wght": (400, 700)}, inplace=True)
    provisorio = destino.with_suffix(f".{os.getpid()}.novo")  # two processes may do this at once
    subset.save_font(fonte, str(provisorio), opcoes)
    return provisorio.replace(destino)
