"""Renders the papers for the tests: the templates and the style sheet as they are, images from memory, no network, no database."""

from __future__ import annotations

import io
import re
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
from django.template import Context, Engine
from PIL import Image
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from tests.pecas import dados as dados_de_exemplo

RAIZ = Path(__file__).resolve().parents[2]
MODELOS = Path(__file__).resolve().parent / "modelos"
#: Points in a millimetre.
MM = 72 / 25.4
ENGENHO = Engine(dirs=[str(RAIZ / "templates")], string_if_invalid="VARIÁVEL-INDEFINIDA:%s", autoescape=True)
FONTES = FontConfiguration()


def _png() -> bytes:
    memoria = io.BytesIO()
    Image.new("RGB", (300, 360), (40, 40, 40)).save(memoria, "PNG")
    return memoria.getvalue()


class Buscador(URLFetcher):
    """Hands over ``estatico:`` files of the repository and ``memoria:`` images; refuses (and notes down) anything else."""

    def __init__(self) -> None:
        super().__init__(timeout=1, allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self.pedidos: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Bytes of ``url``. ``ValueError`` for every other address."""
        self.pedidos.append(url)
        if url.startswith("estatico:pdf/"):
            corpo = (RAIZ / "static" / url.removeprefix("estatico:")).read_bytes()
            return URLFetcherResponse(url, corpo, {"Content-Type": "text/css"})
        if url in {"memoria:brasao", "memoria:qr"}:
            return URLFetcherResponse(url, _png(), {"Content-Type": "image/png"})
        raise ValueError(f"recurso externo barrado: {url}")


def html(modelo: str, dados: dict[str, Any]) -> str:
    """The page of ``templates/pdf/<modelo>.html`` as text; an undefined variable shows as ``VARIÁVEL-INDEFINIDA``."""
    return ENGENHO.get_template(f"pdf/{modelo}.html").render(Context(dados, use_l10n=False))


def pdf(modelo: str, dados: dict[str, Any], *, buscador: Buscador | None = None) -> bytes:
    """The paper as PDF/A-2a bytes, with the settings of the one door (``documentos.pdf``)."""
    pagina = HTML(string=html(modelo, dados), url_fetcher=buscador or Buscador())
    with warnings.catch_warnings():  # WeasyPrint 70 leaves its own sRGB profile to be closed by the interpreter
        warnings.filterwarnings("ignore", "unclosed file .*sRGB2014.icc", ResourceWarning)
        return pagina.write_pdf(font_config=FONTES, pdf_variant="pdf/a-2a", pdf_identifier=b"teste")


@cache
def papel(modelo: str, caso: str) -> bytes:
    """One of the sample papers (``dados.CASOS``), made once for all the tests of a run."""
    return pdf(modelo, dados_de_exemplo.CASOS[caso](modelo))


def folhas(conteudo: bytes) -> list[str]:
    """Text of each page, in reading order, words cut by a hyphen put together again (WeasyPrint cuts with U+2010, the forms use "-")."""
    with pypdfium2.PdfDocument(conteudo) as documento:
        textos = [documento[n].get_textpage().get_text_range() for n in range(len(documento))]
    return [re.sub("\u2010\\s+", "", texto) for texto in textos]


def corpo(conteudo: bytes) -> str:
    """The whole text without the footers, spaces folded, a word cut at the end of a page put together again."""
    limpas = [re.sub(r"Gerado pelo Portal INTRAGOV · processo.*?\d+ de \d+\s*$", "", folha, flags=re.DOTALL) for folha in folhas(conteudo)]
    return " ".join(re.sub("\u2010\\s+", "", " ".join(limpas)).split())


@cache
def letras(conteudo: bytes) -> list[tuple[int, str, float, float, float, float]]:
    """Every visible character: page (from 1), the character, left, bottom, right, top in points."""
    achadas = []
    with pypdfium2.PdfDocument(conteudo) as documento:
        for n in range(len(documento)):
            texto = documento[n].get_textpage()
            for indice in range(texto.count_chars()):
                letra = chr(pypdfium2.raw.FPDFText_GetUnicode(texto, indice))
                if letra.isprintable() and not letra.isspace():
                    achadas.append((n + 1, letra, *texto.get_charbox(indice)))
    return achadas


def fora_das_margens(conteudo: bytes) -> list[tuple[int, str]]:
    """Characters whose box leaves the text area of the guide (25 left, 20 right, 15 top, 12 bottom, in mm), one point of tolerance."""
    esquerda, direita, topo, base = 25 * MM - 1, (210 - 20) * MM + 1, (297 - 15) * MM + 1, 12 * MM - 1
    return [(n, letra) for n, letra, e, b, d, t in letras(conteudo) if e < esquerda or d > direita or t > topo or b < base]


def no_rodape(conteudo: bytes, pagina: int) -> str:
    """What is printed in the 27 mm at the bottom of ``pagina``, spaces out: must be the footer and nothing else."""
    return "".join(letra for n, letra, _, _, _, t in letras(conteudo) if n == pagina and t < 27 * MM)


@cache
def modelo_oficial(nome: str) -> str:
    """The form of the manual as it was published, one paragraph a line."""
    return (MODELOS / f"{nome}.txt").read_text(encoding="utf-8")
