"""The rules of the portal, once: screens show them at ``/regras/``, code takes its numbers from them, tests cite them (INS-04, INS-05)."""

from __future__ import annotations

import datetime as dt

from nucleo.regras.adesao import ADESAO, DESISTENCIA, INCIDENTES, PORTAL, PRAZOS
from nucleo.regras.base import PRATICA, Regra
from nucleo.regras.cracha import CRACHA
from nucleo.regras.servicos import ENDERECAMENTO, LINKS, SOLICITACOES

#: Version and date of this table (INS-05): raise both whenever a sentence or a number changes.
VERSAO = "1.0"
VIGENTE_DESDE = dt.date(2026, 11, 22)

#: What every screen that cites a rule says (INS-04).
NAO_PREVALECE = (
    "Estas regras resumem o manual, que não prevalece: se houver divergência ou dúvida, valem o Termo de Cooperação e o Contrato em vigor."
)

#: Group letters → (name, rules), in reading order.
GRUPOS: dict[str, tuple[str, tuple[Regra, ...]]] = {
    "ADS": ("Adesão", ADESAO),
    "PRZ": ("Prazos", PRAZOS),
    "SS": ("Solicitações de Serviço", SOLICITACOES),
    "LNK": ("Links", LINKS),
    "IP": ("Endereçamento", ENDERECAMENTO),
    "DES": ("Desistência", DESISTENCIA),
    "INC": ("Incidentes", INCIDENTES),
    "INS": ("Portal", PORTAL),
    "CRA": ("Crachá digital", CRACHA),
}

REGRAS: tuple[Regra, ...] = tuple(r for _, regras in GRUPOS.values() for r in regras)
_POR_CODIGO = {r.codigo: r for r in REGRAS}


def regra(codigo: str) -> Regra:
    """The rule of that number. Raises ``KeyError``."""
    return _POR_CODIGO[codigo]


def por_grupo() -> list[tuple[str, tuple[Regra, ...]]]:
    """(group name, its rules), in reading order, for the page."""
    return list(GRUPOS.values())


def em_markdown() -> str:
    """The text of ``docs/regras.md``."""
    linhas = [
        "# Regras do portal",
        "",
        "Generated from `nucleo/regras` by `manage.py gerar_docs_regras`; do not edit by hand.",
        "",
        f"Versão {VERSAO}, em vigor desde {VIGENTE_DESDE:%d/%m/%Y}. {NAO_PREVALECE}",
    ]
    for nome, regras in GRUPOS.values():
        linhas += ["", f"## {nome}", "", "| regra | texto | valor | fonte | etapa |", "|---|---|---|---|---|"]
        for r in regras:
            texto = f"{r.texto} *Prática deste portal:* {r.pratica}" if r.pratica else r.texto
            numeros = ", ".join(f"{chave} = {valor}" for chave, valor in r.valores.items())
            valor = f"{numeros} ({r.unidade})" if numeros else ""
            linhas.append(f"| {r.codigo} | {texto} | {valor} | {r.fonte} | {r.etapa or 'depois'} |")
    return "\n".join(linhas) + "\n"


__all__ = ["GRUPOS", "NAO_PREVALECE", "PRATICA", "REGRAS", "VERSAO", "VIGENTE_DESDE", "Regra", "em_markdown", "por_grupo", "regra"]
