"""From the bare value to what a person reads. Pure; a value of another shape comes back as it is: nothing is lost on screen."""

from __future__ import annotations

import unicodedata


def formatar_cpf(valor: str) -> str:
    """``52998224725`` → ``529.982.247-25``."""
    return f"{valor[:3]}.{valor[3:6]}.{valor[6:9]}-{valor[9:]}" if len(valor) == 11 else valor


def mascarar_cpf(valor: str) -> str:
    """``52998224725`` → ``***.982.247-**`` (settled question 6). Anything else is hidden whole."""
    if not valor:
        return ""
    return f"***.{valor[3:6]}.{valor[6:9]}-**" if len(valor) == 11 else "***"


def formatar_cnpj(valor: str) -> str:
    """``12ABC34501DE35`` → ``12.ABC.345/01DE-35``."""
    if len(valor) != 14:
        return valor
    return f"{valor[:2]}.{valor[2:5]}.{valor[5:8]}/{valor[8:12]}-{valor[12:]}"


def mascarar_cnpj(valor: str) -> str:
    """``12ABC34501DE35`` → ``**.ABC.345/****-**``. Anything else is hidden whole."""
    if not valor:
        return ""
    return f"**.{valor[2:5]}.{valor[5:8]}/****-**" if len(valor) == 14 else "***"


def formatar_cep(valor: str) -> str:
    """``18590000`` → ``18590-000``."""
    return f"{valor[:5]}-{valor[5:]}" if len(valor) == 8 else valor


def formatar_telefone(valor: str) -> str:
    """``1438849000`` → ``(14) 3884-9000``; ``14997654321`` → ``(14) 99765-4321``."""
    if len(valor) not in (10, 11):
        return valor
    return f"({valor[:2]}) {valor[2:-4]}-{valor[-4:]}"


def mascarar_telefone(valor: str) -> str:
    """``14997654321`` → ``(14) *****-4321``. Anything else is hidden whole."""
    if not valor:
        return ""
    return f"({valor[:2]}) {'*' * (len(valor) - 6)}-{valor[-4:]}" if len(valor) in (10, 11) else "***"


def mascarar_email(valor: str) -> str:
    """``maria@bofete.sp.gov.br`` → ``m***@bofete.sp.gov.br``. Anything else is hidden whole."""
    if not valor:
        return ""
    nome, arroba, dominio = valor.rpartition("@")
    return f"{nome[:1]}***@{dominio}" if arroba and nome else "***"


def alfabetica(nome: str) -> str:
    """Sort key that puts accented letters beside their plain ones, whatever the database collates."""
    return "".join(c for c in unicodedata.normalize("NFKD", nome) if not unicodedata.combining(c)).casefold()


def minuscula(frase: str) -> str:
    """A sentence as it reads after a colon: first letter lower, acronyms (CPF, CEP) and one-letter words left alone."""
    return frase[:1].lower() + frase[1:] if len(frase) > 1 and not frase[1].isupper() else frase


#: First characters that a spreadsheet would take for a formula (ASVS 1.2.10).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def celula(valor: object) -> str:
    """A cell that no spreadsheet takes for a formula: a dangerous first character gets a quote before it (ASVS 1.2.10).

    A number is no formula, and stays one: -3 is three days late, not a text.
    """
    if isinstance(valor, int):
        return str(valor)
    texto = str(valor).replace("\0", "")
    return f"'{texto}" if texto.startswith(FORMULA) else texto
