"""How a message looks: its words, kept in the row, and the two faces made of them.

The text face is written with the row, from a mould: rendering Django's template for each of a thousand letters cost most of a sweep. The
HTML face, ten times as long, is made when it is read (sent, or shown by the demonstration).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

#: Whom to ask, in every message (INS-02: papers of the adhesion, requests and registers).
CONTATO = "suporte.gestao@intragov.sp.gov.br"
NUNCA_PEDE_SENHA = "O portal nunca pede sua senha por e-mail."
#: Facts whose first line is in bold, besides the first fact (picture `visual/10-email.png`).
DESTACADOS = frozenset({"Quem age agora", "Até quando", "Prazo"})

#: A place in a mould: private characters that no cleaned value can hold.
_LUGAR = re.compile("\ue000([0-9]+)\ue001")


def conteudo(
    *,
    titulo: str,
    nome: str,
    paragrafos: Sequence[str],
    fatos: Sequence[tuple[str, str]],
    botao: tuple[str, str] | None,
    se_o_botao_falhar: str,
    rodape: str,
) -> dict[str, Any]:
    """The words of a message, cleaned. The greeting "Olá, Clara." goes before the first paragraph unless it greets by itself; ``nome`` is
    the first name, cleaned already (or a place for it).
    """
    linhas = [linha for p in paragrafos for linha in linhas_de(p)]
    if nome and not (linhas and linhas[0].startswith("Olá")):
        linhas[:1] = [" ".join([f"Olá, {nome}.", *linhas[:1]])]
    return {
        "titulo": titulo,
        "paragrafos": linhas,
        "fatos": [[uma_linha(rotulo), linhas_de(valor)] for rotulo, valor in fatos],
        "botao": [uma_linha(botao[0]), uma_linha(botao[1])] if botao else [],
        "se_o_botao_falhar": uma_linha(se_o_botao_falhar),
        "rodape": uma_linha(rodape),
    }


#: One letter per line of the kept words.
_SIMPLES = {"t": "titulo", "x": "se_o_botao_falhar", "r": "rodape"}


def guardado(palavras: Mapping[str, Any]) -> str:
    """The words as the row keeps them: one a line, its first letter saying what it is. Not JSON: quoting that cost a third of a sweep."""
    linhas = [f"t{palavras['titulo']}", *(f"p{p}" for p in palavras["paragrafos"])]
    for rotulo, valores in palavras["fatos"]:
        linhas.append(f"f{rotulo}")
        linhas += [f"v{v}" for v in valores]
    linhas += [f"b{b}" for b in palavras["botao"]]
    linhas += [f"{letra}{palavras[nome]}" for letra, nome in _SIMPLES.items() if letra != "t" and palavras[nome]]
    return "\n".join(linhas)


def aberto(texto: str) -> dict[str, Any]:
    """The words that ``guardado`` wrote."""
    palavras: dict[str, Any] = {"titulo": "", "paragrafos": [], "fatos": [], "botao": [], "se_o_botao_falhar": "", "rodape": ""}
    for linha in texto.split("\n"):
        letra, valor = linha[:1], linha[1:]
        if letra in _SIMPLES:
            palavras[_SIMPLES[letra]] = valor
        elif letra == "f":
            palavras["fatos"].append([valor, []])
        elif letra == "v":
            palavras["fatos"][-1][1].append(valor)
        elif letra in ("p", "b"):
            palavras["paragrafos" if letra == "p" else "botao"].append(valor)
    return palavras


def html(palavras: Mapping[str, Any]) -> str:
    """The HTML face of these words."""
    return render_to_string("email/mensagem.html", _contexto(palavras))


def texto(palavras: Mapping[str, Any]) -> str:
    """The text face of these words."""
    valores: list[str] = []
    forma = _forma(palavras, valores)
    partes, ordem = _molde(forma, settings.ENDERECO_PUBLICO)
    saida = [partes[0]]
    for lugar, parte in zip(ordem, partes[1:], strict=True):
        saida += (valores[lugar], parte)
    return "".join(saida)


def texto_inteiro(palavras: Mapping[str, Any]) -> str:
    """The text face straight from the template: what ``texto`` must equal."""
    return re.sub(r"\n{3,}", "\n\n", render_to_string("email/mensagem.txt", _contexto(palavras))).strip() + "\n"


def _forma(palavras: Mapping[str, Any], valores: list[str]) -> tuple[Any, ...]:
    """What the template decides on (how many of each, which are there); the values themselves go to ``valores``, in order."""
    p, botao = palavras, palavras["botao"]
    valores.append(p["titulo"])
    valores += p["paragrafos"]
    for rotulo, linhas in p["fatos"]:
        valores.append(rotulo)
        valores += linhas
    valores += botao
    valores += [v for v in (p["se_o_botao_falhar"], p["rodape"]) if v]
    fatos = tuple((len(linhas), rotulo in DESTACADOS) for rotulo, linhas in p["fatos"])
    return len(p["paragrafos"]), fatos, bool(botao), bool(p["se_o_botao_falhar"]), bool(p["rodape"])


@lru_cache(maxsize=256)
def _molde(forma: tuple[Any, ...], portal: str) -> tuple[list[str], list[int]]:
    """The text template rendered once with a numbered place for each value, cut at the places: the pieces, and which value follows each.

    Values are never empty where the template would ask, and never hold a line break, so the folding of blank lines holds for all.
    """
    paragrafos, fatos, botao, falhar, rodape = forma
    n = iter(range(10_000))

    def lugar() -> str:
        return f"\ue000{next(n)}\ue001"

    palavras = {
        "titulo": lugar(),
        "paragrafos": [lugar() for _ in range(paragrafos)],
        "fatos": [[lugar(), [lugar() for _ in range(linhas)]] for linhas, _ in fatos],
        "botao": [lugar(), lugar()] if botao else [],
        "se_o_botao_falhar": lugar() if falhar else "",
        "rodape": lugar() if rodape else "",
    }
    pedacos = _LUGAR.split(texto_inteiro(palavras))
    return pedacos[::2], [int(i) for i in pedacos[1::2]]


def _contexto(palavras: Mapping[str, Any]) -> dict[str, Any]:
    botao = palavras["botao"]
    return {
        "titulo": palavras["titulo"],
        "paragrafos": palavras["paragrafos"],
        "fatos": [
            {"rotulo": rotulo, "linhas": linhas, "destaque": not i or rotulo in DESTACADOS}
            for i, (rotulo, linhas) in enumerate(palavras["fatos"])
        ],
        "botao": {"rotulo": botao[0], "endereco": botao[1]} if botao else None,
        "se_o_botao_falhar": palavras["se_o_botao_falhar"],
        "rodape": palavras["rodape"],
        "nunca_pede_senha": NUNCA_PEDE_SENHA,
        "contato": CONTATO,
        "portal": settings.ENDERECO_PUBLICO,
    }


def uma_linha(valor: str) -> str:
    """Spaces folded; control, format, private and bidi characters gone, line breaks of every kind included (no header injection)."""
    if not valor.isprintable():  # quick: nothing of the categories below is in it
        visivel = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Zs"} else c for c in valor)
        valor = "".join(c for c in visivel if unicodedata.category(c) not in {"Cf", "Cs", "Co"})
    return " ".join(valor.split())


def linhas_de(valor: str) -> list[str]:
    """The lines of a text that have something, each cleaned."""
    return [limpa for linha in str(valor).splitlines() if (limpa := uma_linha(linha))]
