"""What every template and style sheet must keep: CSP, sprite, classes, size, contrast (visual guide 4, 5 and 7)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parents[2]
#: Pages of the browser; e-mails and PDFs have their own rules and tests.
MODELOS = sorted(p for p in (RAIZ / "templates").rglob("*.html") if p.relative_to(RAIZ / "templates").parts[0] not in {"email", "pdf"})
TEMA = (RAIZ / "static/portal/tema.css").read_text(encoding="utf-8")
SPRITE = (RAIZ / "static/portal/icones.svg").read_text(encoding="utf-8")
ICONES = set(re.findall(r'<symbol id="([a-z-]+)"', SPRITE))
CORES = {"branco": "#FFFFFF", **dict(re.findall(r"--([a-z-]+): (#[0-9A-Fa-f]{6})", TEMA))}

#: (text, ground): every pair of the theme that carries words.
PARES = [
    ("texto", "branco"), ("texto", "fundo"), ("texto", "pendencia"), ("mudo", "branco"), ("mudo", "fundo"), ("mudo", "pendencia"),
    ("mudo", "cabeca"), ("mudo", "cinza-fundo"), ("az", "branco"), ("az", "fundo"), ("az", "az-claro"), ("az", "pendencia"),
    ("branco", "az"), ("branco", "az-esc"), ("branco", "faixa"), ("branco", "az-noite"), ("az-pastel", "az-noite"),
    ("az-noite", "branco"), ("erro", "branco"), ("erro-esc", "branco"), ("azul-texto", "azul-fundo"), ("azul-texto", "az-claro"),
    ("amarelo-texto", "amarelo-fundo"),
    ("laranja-texto", "laranja-fundo"), ("vermelho-texto", "vermelho-fundo"), ("verde-texto", "verde-fundo"),
    ("cinza-texto", "cinza-fundo"), ("cinza-texto", "branco"),
]  # fmt: skip
#: (edge, ground): marks and edges that must be seen, 3 to 1.
BORDAS = [("borda", "branco"), ("vazio", "branco"), ("foco", "branco"), ("foco", "fundo"), ("foco", "faixa"), ("foco", "az-noite")]


def _luz(cor: str) -> float:
    canais = [int(cor[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    lineares = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canais]
    return 0.2126 * lineares[0] + 0.7152 * lineares[1] + 0.0722 * lineares[2]


def _contraste(a: str, b: str) -> float:
    clara, escura = sorted((_luz(CORES[a]), _luz(CORES[b])), reverse=True)
    return (clara + 0.05) / (escura + 0.05)


@pytest.mark.parametrize(("texto", "fundo"), PARES)
def test_every_text_pair_of_the_theme_is_readable(texto: str, fundo: str) -> None:
    assert _contraste(texto, fundo) >= 4.5


@pytest.mark.parametrize(("borda", "fundo"), BORDAS)
def test_every_edge_that_means_something_is_visible(borda: str, fundo: str) -> None:
    assert _contraste(borda, fundo) >= 3.0


@pytest.mark.parametrize("modelo", MODELOS, ids=lambda p: str(p.relative_to(RAIZ / "templates")))
def test_a_template_obeys_the_content_security_policy(modelo: Path) -> None:
    html = modelo.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=", html), "inline style"
    assert not re.search(r"<style\b", html), "style element"
    assert not re.search(r"\son[a-z]+=[\"']", html), "event attribute"
    assert not re.search(r"<script(?![^>]*(?:\bsrc=|application/json))", html), "inline script"
    assert "javascript:" not in html
    assert not re.search(r"\|\s*safe\b|autoescape off", html), "unescaped data"


@pytest.mark.parametrize("modelo", MODELOS, ids=lambda p: str(p.relative_to(RAIZ / "templates")))
def test_a_template_loads_nothing_from_another_host(modelo: Path) -> None:
    html = modelo.read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|action|data|poster)=["'](?:https?:)?//[^"']+""", html)
    assert not re.findall(r"""<link[^>]+href=["'](?:https?:)?//[^"']+""", html)


@pytest.mark.parametrize("modelo", MODELOS, ids=lambda p: str(p.relative_to(RAIZ / "templates")))
def test_a_template_speaks_plainly(modelo: Path) -> None:
    html = re.sub(r"{%.*?%}|{{.*?}}|<!doctype|<[^>]+>", "", modelo.read_text(encoding="utf-8"), flags=re.S | re.I)
    assert "!" not in html, "exclamation mark"
    assert not re.search("[\U0001f300-\U0001faff\u2600-\u27bf]", html), "emoji"


def test_every_icon_named_in_a_template_or_state_is_in_the_sprite() -> None:
    usados: dict[str, str] = {}
    for modelo in MODELOS:
        html = modelo.read_text(encoding="utf-8")
        for nome in re.findall(r"""{% (?:icone|situacao ["'][a-z-]+["']) ["']([a-z-]+)["']""", html):
            usados[nome] = modelo.name
        for nome in re.findall(r"""icone_nome=["']([a-z-]+)["']""", html):
            usados[nome] = modelo.name
    from adesao.estados import APARENCIA
    from institucional.consultas import SITUACOES
    from nucleo.templatetags.portal import ICONE_DE_OUTRO, ICONE_DO_NIVEL

    usados |= {a.icone: "estados" for a in APARENCIA.values()} | {s[2]: "consultas" for s in SITUACOES.values()}
    usados |= dict.fromkeys([*ICONE_DO_NIVEL.values(), ICONE_DE_OUTRO], "prazo")
    assert {n: onde for n, onde in usados.items() if n not in ICONES} == {}
    assert len(ICONES) >= 25


def test_the_sprite_has_no_colour_of_its_own_and_no_script() -> None:
    assert set(re.findall(r'stroke="([^"]+)"', SPRITE)) == {"currentColor"}
    assert "<script" not in SPRITE
    assert "href" not in SPRITE


def _classes_de(marcas: str) -> set[str]:
    listas = " ".join(re.findall(r'class="([^"]*)"', marcas))
    return {c for c in re.sub(r"{%.*?%}|{{.*?}}", " ", listas).split() if c.startswith("ig-") and not c.endswith("-")}


@cache
def _com_o_que_inclui(nome: str) -> frozenset[str]:
    """A template and all of ours that it includes by name."""
    if not (RAIZ / "templates" / nome).exists():
        return frozenset()
    marcas = (RAIZ / "templates" / nome).read_text(encoding="utf-8")
    return frozenset({nome}).union(*map(_com_o_que_inclui, re.findall(r'{% include "([^"]+)"', marcas)))


def test_every_class_of_ours_in_a_page_is_in_a_style_sheet_that_the_page_loads() -> None:
    folhas = {p.name: set(re.findall(r"\.(ig-[a-z0-9_-]+)", p.read_text(encoding="utf-8"))) for p in (RAIZ / "static/portal").glob("*.css")}
    marcas = {str(p.relative_to(RAIZ / "templates")): p.read_text(encoding="utf-8") for p in MODELOS}
    faltam: dict[str, set[str]] = {}
    usadas: set[str] = set()
    for nome in marcas:
        inteira, mae = [nome], re.search(r'{% extends "([^"]+)"', marcas[nome])
        while mae:
            inteira.append(mae[1])
            mae = re.search(r'{% extends "([^"]+)"', marcas[mae[1]])
        carregadas = {folha for m in inteira for folha in re.findall(r"portal/([a-z]+\.css)", marcas[m])}
        pedidas = {c for m in inteira for parte in _com_o_que_inclui(m) for c in _classes_de(marcas[parte])}
        usadas |= pedidas
        if inteira[-1] == "base.html" and (sobram := pedidas.difference(*(folhas[f] for f in carregadas))):
            faltam[nome] = sobram
    assert faltam == {}
    assert usadas <= set().union(*folhas.values())
    assert len(usadas) > 50


def test_the_theme_stays_small_and_whole() -> None:
    assert len(TEMA.encode()) < 40_000
    assert TEMA.count("{") == TEMA.count("}")
    assert "http" not in TEMA.replace("http://www.w3.org", "")
    for arquivo in re.findall(r'url\("([^"]+)"\)', TEMA):
        if "fontes" not in arquivo:
            assert (RAIZ / "static/portal" / arquivo).exists(), arquivo


def test_the_script_keeps_nothing_in_the_browser() -> None:
    script = (RAIZ / "static/portal/portal.js").read_text(encoding="utf-8")
    for proibido in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "eval(", "new Function", "innerHTML ="):
        assert proibido not in script


def test_the_font_is_made_once_small_and_complete(tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    from intragov_portal.fontes import preparar

    caminho = preparar(tmp_path)
    assert 15_000 < caminho.stat().st_size < 40_000
    fonte = TTFont(caminho)
    letras = set(fonte.getBestCmap())
    assert {ord(c) for c in "AÇÃÉÍÓÚâêôàüñ0123456789º–“”…·/"} <= letras
    assert [(e.axisTag, e.minValue, e.maxValue) for e in fonte["fvar"].axes] == [("wght", 400.0, 700.0)]
    antes = caminho.stat().st_mtime_ns
    assert preparar(tmp_path) == caminho
    assert caminho.stat().st_mtime_ns == antes
