"""How a message looks: its words, kept in the row, and the two faces made of them.

Both faces are made when they are read (sent, or shown by the demonstration): making and keeping them for each of a thousand letters cost
most of a sweep.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

#: Whom to ask, in every message (INS-02: papers of the adhesion, requests and registers).
CONTATO = "suporte.gestao@intragov.sp.gov.br"
NUNCA_PEDE_SENHA = "O portal nunca pede sua senha por e-mail."
#: Facts whose first line is in bold, besides the first fact (picture `visual/10-email.png`).
DESTACADOS = frozenset({"Quem age agora", "Até quando", "Prazo"})


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
    return re.sub(r"\n{3,}", "\n\n", render_to_string("email/mensagem.txt", _contexto(palavras))).strip() + "\n"


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
