"""Validators: from what a person typed to the bare value that is stored. Pure.

Every function takes the raw text, forgives punctuation, spaces and full-width digits, and returns the bare value; ``ValorInvalido``
carries the sentence a person reads, which says what to do. Lengths are checked before any pattern, patterns say ``[0-9]`` and are
matched whole (B1.5 of `seguranca.md`). The vectors are in `pesquisa_dominio.md` 3.1 to 3.4.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Literal

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from stdnum.br import cnpj as stdnum_cnpj
from stdnum.br import cpf as stdnum_cpf

from nucleo.prazos import MESES

#: Raw text longer than this is none of the short fields.
MAXIMO_CURTO = 60
MAXIMO_EMAIL = 254

#: Area codes in use in Brazil (Anatel's numbering plan), by first digit.
_DDDS_POR_DEZENA = {
    1: "123456789", 2: "12478", 3: "1234578", 4: "123456789", 5: "1345", 6: "123456789", 7: "134579", 8: "123456789", 9: "123456789",
}  # fmt: skip
DDDS = frozenset(f"{dezena}{unidade}" for dezena, unidades in _DDDS_POR_DEZENA.items() for unidade in unidades)
#: Area codes of São Paulo (`pesquisa_dominio.md` 3.4).
DDDS_DE_SP = frozenset(str(d) for d in range(11, 20))

TipoDeTelefone = Literal["qualquer", "fixo", "celular"]

_TRACOS = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))
_SEPARADORES = re.compile(r"[ .\-/()]")
_CPF = re.compile(r"[0-9]{11}")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")
_CEP = re.compile(r"[0-9]{8}")
_ROTULO_DE_DOMINIO = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_OFICIO_PREFIXO = re.compile(r"\AOF(?:[IÍ]CIO|[.])?(?![A-ZÍ]) ?")
_OFICIO_NUMERO = re.compile(r"\bN(?:O[.]?|[°.])? ?(?=[0-9])")
_OFICIO = re.compile(
    r"(?:(?P<setor>[A-Z]{1,10}(?:[./-][A-Z]{1,10})?)[ ./-]{1,3})?"
    r"(?P<numero>[0-9]{1,3}[.][0-9]{3}|[0-9]{1,6})(?: ?[/-] ?(?P<meio>[A-Z]{1,10}))?"
    r" ?[/-] ?(?P<ano>[0-9]{4}|[0-9]{2})(?: ?[/ -] ?(?P<fim>[A-Z]{1,10}))?"
)
_DIA = re.compile(r"(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<a>[0-9]{4}|[0-9]{2})")
_DIA_COLADO = re.compile(r"(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<a>[0-9]{4})")
_DIA_ISO = re.compile(r"(?P<a>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})")
_DIA_EXTENSO = re.compile(r"(?P<d>[0-9]{1,2})[oº°]? de (?P<mes>[a-zç]{4,9}) de (?P<a>[0-9]{4})")


class ValorInvalido(ValueError):
    """The text is not such a value; ``str()`` is the sentence for the person, in pt-BR."""


def limpar_curto(texto: str, maximo: int = MAXIMO_CURTO) -> str:
    """Fold a short typed value: full-width forms to ASCII, invisible marks out, dashes to ``-``, spaces folded.

    Raises ``ValorInvalido`` above ``maximo`` characters, before looking at any of them.
    """
    if len(texto) > maximo:
        raise ValorInvalido("O texto é longo demais para este campo. Confira se colou a informação certa.")
    texto = unicodedata.normalize("NFKC", texto).translate(_TRACOS)
    return " ".join("".join(c for c in texto if unicodedata.category(c) not in {"Cf", "Co", "Cs", "Cn"}).split())


def _contagem(nome: str, esperados: int, escritos: int) -> str:
    return f"O {nome} tem {esperados} números; você escreveu {escritos}. Confira no documento."


def validar_cpf(texto: str) -> str:
    """A CPF to its 11 digits. Raises ``ValorInvalido``, also for 11 equal digits."""
    bare = _SEPARADORES.sub("", limpar_curto(texto))
    if not bare.isascii() or not bare.isdigit():
        raise ValorInvalido("Escreva só os números do CPF, com ou sem pontos. Exemplo: 529.982.247-25.")
    if not _CPF.fullmatch(bare):
        raise ValorInvalido(_contagem("CPF", 11, len(bare)))
    if len(set(bare)) == 1 or not stdnum_cpf.is_valid(bare):
        raise ValorInvalido("Este número de CPF não existe. Confira cada número no documento.")
    return bare


def validar_cnpj(texto: str) -> str:
    """A CNPJ, numeric or alphanumeric (IN RFB 2.229/2024), to its 14 upper-case characters. Raises ``ValorInvalido``."""
    bare = _SEPARADORES.sub("", limpar_curto(texto)).upper()
    if not bare.isascii() or not bare.isalnum():
        raise ValorInvalido("Escreva só os números e as letras do CNPJ, com ou sem pontos. Exemplo: 12.ABC.345/01DE-35.")
    if len(bare) != 14:
        raise ValorInvalido(f"O CNPJ tem 14 números e letras; você escreveu {len(bare)}. Confira no cartão do CNPJ.")
    if not _CNPJ.fullmatch(bare):
        raise ValorInvalido("Os dois últimos caracteres do CNPJ são sempre números. Confira no cartão do CNPJ.")
    if len(set(bare)) == 1 or not stdnum_cnpj.is_valid(bare):
        raise ValorInvalido("Este número de CNPJ não existe. Confira cada número e letra no cartão do CNPJ.")
    return bare


def validar_cep(texto: str) -> str:
    """A CEP of São Paulo (01000-000 to 19999-999) to its 8 digits. Raises ``ValorInvalido``."""
    bare = _SEPARADORES.sub("", limpar_curto(texto))
    if not bare.isascii() or not bare.isdigit():
        raise ValorInvalido("Escreva só os números do CEP, com ou sem o traço. Exemplo: 18590-000.")
    if not _CEP.fullmatch(bare):
        raise ValorInvalido(f"O CEP tem 8 números; você escreveu {len(bare)}. Exemplo: 18590-000.")
    if not 1_000_000 <= int(bare) <= 19_999_999:
        raise ValorInvalido("Este CEP não é do Estado de São Paulo. Escreva um CEP entre 01000-000 e 19999-999.")
    return bare


def validar_telefone(texto: str, tipo: TipoDeTelefone = "qualquer") -> str:
    """A Brazilian telephone number with area code to its 10 (landline) or 11 (mobile) digits.

    ``+55`` and the 0 before the area code are dropped. ``tipo`` narrows to ``fixo`` or ``celular``. The extension is another field.
    Raises ``ValorInvalido``.
    """
    bare = _SEPARADORES.sub("", limpar_curto(texto))
    com_pais = bare.startswith("+")
    bare = bare.removeprefix("+")
    if not bare.isascii() or not bare.isdigit():
        sem_ramal = " Aqui não vai o ramal." if "ram" in bare.lower() else ""
        raise ValorInvalido(f"Escreva só os números, com o DDD. Exemplo: (14) 3884-9000.{sem_ramal}")
    if bare.startswith("0") and len(bare) in (11, 12) and bare[1:3] in DDDS and not bare.startswith(("0800", "0300")):
        bare = bare[1:]
    if bare.startswith("55") and (com_pais or len(bare) in (12, 13)):
        bare = bare[2:]
    if len(bare) in (8, 9):
        raise ValorInvalido("Falta o DDD. Escreva como em (14) 3884-9000.")
    if len(bare) not in (10, 11):
        raise ValorInvalido("Escreva o DDD e o número. Exemplos: (14) 3884-9000 ou (14) 99765-4321.")
    ddd, numero = bare[:2], bare[2:]
    if ddd not in DDDS:
        raise ValorInvalido(f"O DDD {ddd} não existe. Confira os dois primeiros números.")
    celular = len(numero) == 9
    if celular and numero[0] != "9":
        raise ValorInvalido("Número de celular tem 9 números e começa com 9; o de telefone fixo tem 8. Confira.")
    if not celular and numero[0] not in "2345":
        raise ValorInvalido("Telefone fixo começa com 2, 3, 4 ou 5. Se for celular, escreva os 9 números depois do DDD.")
    if tipo == "fixo" and celular:
        raise ValorInvalido("Este é um celular. Escreva aqui um telefone fixo, como (14) 3884-9000.")
    if tipo == "celular" and not celular:
        raise ValorInvalido("Este é um telefone fixo. Escreva aqui um celular, como (14) 99765-4321.")
    return bare


def aviso_do_ddd(telefone: str) -> str:
    """A friendly warning, not an error, when a bare number has an area code outside São Paulo; else ""."""
    if telefone[:2] in DDDS_DE_SP or len(telefone) not in (10, 11):
        return ""
    return f"O DDD {telefone[:2]} não é do Estado de São Paulo. Confira se está certo."


def validar_email(texto: str) -> str:
    """One e-mail address, the part after the @ in lower case. Raises ``ValorInvalido`` with what is missing."""
    email = limpar_curto(texto, MAXIMO_EMAIL)
    if " " in email or "," in email or ";" in email:
        raise ValorInvalido("Escreva um e-mail só, sem espaços. Exemplo: nome@bofete.sp.gov.br.")
    if email.count("@") != 1:
        raise ValorInvalido("O e-mail precisa de um @, e de um só. Escreva como em nome@bofete.sp.gov.br.")
    nome, _, dominio = email.partition("@")
    dominio = dominio.lower()
    if not nome:
        raise ValorInvalido("Falta o nome antes do @. Escreva como em nome@bofete.sp.gov.br.")
    if not dominio:
        raise ValorInvalido("Falta o que vem depois do @. Escreva como em nome@bofete.sp.gov.br.")
    if not email.isascii():
        raise ValorInvalido("Escreva o e-mail sem acentos nem cedilha. Exemplo: nome@bofete.sp.gov.br.")
    if "." not in dominio or dominio.endswith("."):
        raise ValorInvalido("Falta o que vem depois do ponto. Escreva como em nome@bofete.sp.gov.br.")
    if not all(_ROTULO_DE_DOMINIO.fullmatch(parte) for parte in dominio.split(".")):
        raise ValorInvalido("Confira o que vem depois do @. Escreva como em nome@bofete.sp.gov.br.")
    try:
        EmailValidator()(f"{nome}@{dominio}")
    except ValidationError:
        raise ValorInvalido("Confira o e-mail. Escreva como em nome@bofete.sp.gov.br.")
    return f"{nome}@{dominio}"


def e_institucional(email: str) -> bool:
    """Whether the address is of a public body (``.gov.br``); another one is accepted with a warning (settled question 2)."""
    return email.rpartition("@")[2].lower().endswith(".gov.br")


def validar_oficio(texto: str) -> str:
    """The number of an ofício to ``214/2026``; a sector's letters stay where they are (``GP 214/2026``, ``214/2026-GAB``).

    Forgives "Ofício nº", dashes and a two-digit year; keeps leading zeros, which are the prefeitura's own. Raises ``ValorInvalido``.
    """
    limpo = _OFICIO_PREFIXO.sub("", limpar_curto(texto).upper())
    achado = _OFICIO.fullmatch(_OFICIO_NUMERO.sub("", limpo, count=1).strip())
    if not achado:
        raise ValorInvalido("Escreva o número e o ano do ofício, separados por barra. Exemplo: 214/2026.")
    numero = achado["numero"].replace(".", "")
    if not int(numero):
        raise ValorInvalido("O número do ofício não pode ser zero. Exemplo: 214/2026.")
    ano = achado["ano"] if len(achado["ano"]) == 4 else f"20{achado['ano']}"
    if not 2000 <= int(ano) <= 2099:
        raise ValorInvalido("Confira o ano do ofício. Exemplo: 214/2026.")
    partes = [f"{achado['setor']} " if achado["setor"] else "", numero, f"/{achado['meio']}" if achado["meio"] else "", f"/{ano}"]
    return "".join(partes) + (f"-{achado['fim']}" if achado["fim"] else "")


def validar_dia(texto: str) -> dt.date:
    """A day typed as ``25/11/2026``, ``25-11-26``, ``25112026``, ``2026-11-25`` or in words. Raises ``ValorInvalido``."""
    limpo = limpar_curto(texto).lower().replace(" /", "/").replace("/ ", "/")
    achado = next((a for p in (_DIA, _DIA_COLADO, _DIA_ISO, _DIA_EXTENSO) if (a := p.fullmatch(limpo))), None)
    if not achado:
        raise ValorInvalido("Escreva o dia, o mês e o ano, como em 25/11/2026.")
    grupos = achado.groupdict()
    if "mes" in grupos:
        if grupos["mes"] not in MESES:
            raise ValorInvalido("Confira o nome do mês ou escreva a data como em 25/11/2026.")
        mes = MESES.index(grupos["mes"]) + 1
    else:
        mes = int(grupos["m"])
    ano = int(grupos["a"]) if len(grupos["a"]) == 4 else 2000 + int(grupos["a"])
    try:
        return dt.date(ano, mes, int(grupos["d"]))
    except ValueError:
        raise ValorInvalido("Esta data não existe no calendário. Confira o dia e o mês.")


#: Signs (category So) that people do write on paper.
_SINAIS_DE_PAPEL = frozenset("°©®™℠")
_NUMERO_DO_ENDERECO = re.compile(r"(?P<n>[0-9]{1,3}(?:[.][0-9]{3})+|[0-9]{1,6})(?: ?-? ?(?P<letra>[A-Za-z]))?")


def validar_para_papel(texto: str) -> str:
    """The same text, refused with drawings and emoji in it: the paper's font has none. Raises ``ValorInvalido``."""
    for c in texto:
        fora = ord(c) >= 0x1F000 and not c.isalpha()
        if c not in _SINAIS_DE_PAPEL and (fora or c == "\ufe0f" or unicodedata.category(c) in {"So", "Co", "Cn", "Cs"}):
            raise ValorInvalido("Tire os desenhos e emojis: use só letras, números e pontuação. Este texto sai impresso.")
    return texto


def validar_descricao(texto: str) -> str:
    """Words that say something, on paper: at least two letters. Raises ``ValorInvalido``."""
    validar_para_papel(texto)
    if sum(c.isalpha() for c in texto) < 2:
        raise ValorInvalido("Escreva com palavras, como no exemplo.")
    return texto


def validar_nome(texto: str) -> str:
    """The name of a place, a street or a body: words, digits allowed, no angle brackets. Raises ``ValorInvalido``."""
    validar_descricao(texto)
    if "<" in texto or ">" in texto:
        raise ValorInvalido("Tire os sinais < e >: use só letras, números e pontuação. Este texto sai impresso.")
    return texto


def validar_contato(texto: str) -> str:
    """Who is asked for at a site, by name or by function (``Gerente da UBS``): no digits. Raises ``ValorInvalido``."""
    if any(c.isdigit() for c in texto):
        raise ValorInvalido("O nome não tem números. Escreva o nome ou a função de quem recebe o técnico.")
    return validar_nome(texto)


def validar_nome_de_pessoa(texto: str) -> str:
    """A person's full name: at least two words with letters, no digits. Raises ``ValorInvalido``."""
    validar_para_papel(texto)
    if any(c.isdigit() for c in texto):
        raise ValorInvalido("O nome não tem números. Escreva o nome completo, como no documento.")
    if sum(any(c.isalpha() for c in palavra) for palavra in texto.split()) < 2:
        raise ValorInvalido("Escreva o nome completo, com o sobrenome, como no documento.")
    return texto


def validar_numero_do_endereco(texto: str) -> str:
    """``45``, ``45-A`` or ``s/n``. Raises ``ValorInvalido``."""
    limpo = limpar_curto(texto)
    if re.fullmatch(r"s[/.]? ?n[.o°]?", limpo, re.IGNORECASE):
        return "s/n"
    achado = _NUMERO_DO_ENDERECO.fullmatch(limpo)
    if achado is None:
        raise ValorInvalido("Escreva só o número, como 45 ou 45-A; o resto vai no complemento. Sem número? Escreva s/n.")
    return achado["n"].replace(".", "") + (f"-{achado['letra'].upper()}" if achado["letra"] else "")


def limpar_texto(texto: str, *, linhas: bool = False) -> str:
    """Free text as it is stored: NFC (ordinals º ª and the like stay), no control, bidi or zero-width marks, spaces folded.

    At most two combining marks in a row stay. ``linhas`` keeps line breaks, at most one empty line in a row.
    """
    texto = unicodedata.normalize("NFC", texto.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))
    saida: list[str] = []
    marcas = 0
    for c in texto:
        categoria = unicodedata.category(c)
        marcas = marcas + 1 if categoria in {"Mn", "Me"} else 0
        if marcas > 2 or categoria in {"Cf", "Co", "Cs", "Cn"}:
            continue
        if categoria == "Cc":
            saida.append("\n" if c == "\n" else " " if c == "\t" else "")
        else:
            saida.append(c)
    limpo = unicodedata.normalize("NFC", "".join(saida))  # again: what was between a letter and its accent may be gone
    if not linhas:
        return " ".join(limpo.split())
    paragrafos = "\n".join(" ".join(linha.split()) for linha in limpo.split("\n")).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", paragrafos)
