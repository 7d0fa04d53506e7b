"""Reading PRODESP's spreadsheet of sub-blocks: bytes of a CSV → numbered lines. Pure, and forgiving of how a CSV is written."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from dataclasses import dataclass

from nucleo.campos.formatos import FORMULA
from nucleo.erros import RegraViolada
from nucleo.redes import erro_da_rede

#: Bytes of a file, lines with something in them, characters of a cell that are looked at.
TAMANHO_MAXIMO, LINHAS_MAXIMAS, CELULA_MAXIMA = 1 << 20, 20_000, 300

#: Column → the headers that mean it, without accents, capitals, spaces and signs.
COLUNAS: dict[str, frozenset[str]] = {
    "rede": frozenset({"rede", "cidr", "subbloco", "bloco", "subrede", "faixa", "endereco", "ip", "redeip", "redecidr", "network"}),
    "codigo_ibge": frozenset({"codigoibge", "ibge", "codibge", "codigomunicipio", "codigodomunicipio", "codmunicipio", "codigo"}),
    "municipio": frozenset({"municipio", "prefeitura", "cidade", "nomedomunicipio", "nomemunicipio", "nome"}),
    "desde": frozenset({"desde", "data", "inicio", "datadeinicio", "datainicio", "atribuidoem", "dataatribuicao", "datadaatribuicao"}),
    "observacao": frozenset({"observacao", "observacoes", "obs", "nota", "comentario", "motivo"}),
}
_NOMES = {nome: coluna for coluna, nomes in COLUNAS.items() for nome in nomes}
_SEPARADORES = ";,\t"
_DIA = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?: 0?0:00(?::00)?)?")
_DIA_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Linha:
    """One line of the file as it was typed: its number (the header is usually 1) and its cells, without outer spaces."""

    numero: int
    rede: str = ""
    codigo_ibge: str = ""
    municipio: str = ""
    desde: str = ""
    observacao: str = ""
    sobra: bool = False


def texto_de(dados: bytes) -> str:
    """The text of the file: UTF-8 with or without BOM, UTF-16 with BOM (Excel's "Unicode"), else Latin-1. Raises ``RegraViolada``."""
    if len(dados) > TAMANHO_MAXIMO:
        raise RegraViolada("O arquivo passa de 1 MB. Divida-o em partes.", campo="arquivo")
    if not dados.strip():
        raise RegraViolada("O arquivo está vazio.", campo="arquivo")
    if dados.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise RegraViolada("Este arquivo é uma planilha do Excel. Salve como CSV e envie o CSV.", campo="arquivo")
    try:
        if dados.startswith((b"\xff\xfe", b"\xfe\xff")):
            texto = dados.decode("utf-16")
        else:
            texto = dados.decode("utf-8-sig")
    except UnicodeDecodeError:
        texto = dados.decode("cp1252", errors="replace")
    if "\0" in texto or not any(c.isalnum() for c in texto[:1000]):
        raise RegraViolada("Este arquivo não é um texto CSV.", campo="arquivo")
    return texto


def ler(texto: str) -> list[Linha]:
    """The lines that have something in them, by the header's columns. Raises ``RegraViolada`` (campo ``arquivo``) for a file without the
    columns, malformed, or with more than ``LINHAS_MAXIMAS`` lines.
    """
    corpo, antes = texto, 0
    primeira = texto.split("\n", 1)[0].strip()
    separador = ""
    if marcado := re.fullmatch(r"(?i)sep=(.)", primeira):  # Excel's own first line
        separador, corpo, antes = marcado[1], texto.partition("\n")[2], 1
        primeira = corpo.split("\n", 1)[0]
    separador = separador or max(_SEPARADORES, key=primeira.count)
    leitor = csv.reader(io.StringIO(corpo, newline=""), delimiter=separador, strict=True)
    colunas: dict[int, str] = {}
    largura = 0
    linhas: list[Linha] = []
    comeco = antes + 1
    try:
        for celulas in leitor:
            numero, comeco = comeco, antes + leitor.line_num + 1
            limpas = [_limpa(c) for c in celulas]
            if not any(limpas):
                continue
            if not colunas:
                colunas, largura = _cabecalho(limpas), len(limpas)
                continue
            if len(linhas) == LINHAS_MAXIMAS:
                raise RegraViolada("O arquivo passa de 20.000 linhas. Divida-o em partes.", campo="arquivo")
            valores = {colunas[i]: c for i, c in enumerate(limpas) if i in colunas}
            linhas.append(Linha(numero, sobra=any(limpas[largura:]), **valores))
    except csv.Error:
        raise RegraViolada(f"A linha {comeco} não pôde ser lida: há aspas abertas ou fora do lugar.", campo="arquivo") from None
    if not colunas or not linhas:
        raise RegraViolada("O arquivo só tem o cabeçalho. Inclua uma linha para cada sub-bloco.", campo="arquivo")
    return linhas


def _limpa(celula: str) -> str:
    """A cell without outer spaces, hard spaces, control characters, and the quote that keeps a spreadsheet from reading a formula."""
    texto = "".join(c if c.isprintable() else " " for c in celula[:CELULA_MAXIMA].replace("\u00a0", " ")).strip()
    return texto[1:] if texto.startswith("'") and texto[1:].startswith(FORMULA) else texto


def _cabecalho(celulas: list[str]) -> dict[int, str]:
    """Position → column. Raises ``RegraViolada`` naming what is missing or comes twice."""
    achadas: dict[int, str] = {}
    for i, celula in enumerate(celulas):
        coluna = _NOMES.get(_so_letras(celula))
        if coluna is None:
            continue
        if coluna in achadas.values():
            raise RegraViolada(f"O cabeçalho tem duas colunas para “{coluna}”. Deixe uma só.", campo="arquivo")
        achadas[i] = coluna
    tem = set(achadas.values())
    faltam = [nome for nome in ("rede", "desde") if nome not in tem]
    if not tem & {"codigo_ibge", "municipio"}:
        faltam.append("codigo_ibge ou municipio")
    if faltam:
        lido = ", ".join(c for c in celulas if c)[:120]
        raise RegraViolada(
            f"Falta no cabeçalho: {'; '.join(faltam)}. A primeira linha lida foi “{lido}”. Ela precisa dar nome às colunas.",
            campo="arquivo",
        )
    return achadas


def _so_letras(texto: str) -> str:
    return re.sub(r"[^a-z0-9]", "", sem_acentos(texto).lower())


def sem_acentos(texto: str) -> str:
    """The text in plain ASCII letters where it can be: ``São João`` → ``Sao Joao``."""
    return "".join(c for c in unicodedata.normalize("NFKD", texto) if not unicodedata.combining(c))


def ler_dia(texto: str) -> dt.date | None:
    """A day as people and spreadsheets write it (``31/12/2026``, ``2026-12-31``, with midnight or without), or None."""
    if achado := _DIA_ISO.fullmatch(texto):
        ano, mes, dia = achado.groups()
    elif achado := _DIA.fullmatch(texto):
        dia, mes, ano = achado.groups()
    else:
        return None
    try:
        return dt.date(int(ano), int(mes), int(dia))
    except ValueError:
        return None


def frase_do_dia(texto: str) -> str:
    """What is wrong with a text that is no day."""
    if not texto:
        return "Informe em “desde” o dia da atribuição."
    escrito = _DIA.fullmatch(texto) or _DIA_ISO.fullmatch(texto)
    return f"{'Este dia não existe. ' if escrito else ''}Escreva em “desde” o dia como em 25/11/2020."


def frase_da_rede(texto: str) -> str:
    """What is wrong with a text that is no network, and what it should be when that is clear."""
    if not texto:
        return "Informe a rede. Por exemplo: 10.64.18.96/28."
    return erro_da_rede(texto) or "Não é uma rede. Escreva o endereço e o prefixo, como em 10.64.18.96/28."
