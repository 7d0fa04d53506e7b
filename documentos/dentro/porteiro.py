"""The gate for PDFs, inside the jail. Accepts or refuses with reasons (codes); never rewrites: that would break the signature (B1.5)."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from typing import Any

import pikepdf

ESPACOS = b"\0\t\n\f\r "
FILTROS_MAXIMOS = 3
OBJETOS_MAXIMOS = 20_000
FLUXO_MAXIMO = 80 << 20
PIXELS_MAXIMOS = 200_000_000
FUNDO_MAXIMO = 40
#: Keys that bring behaviour or hidden content → reason.
CHAVES = {
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/Launch": "programa",
    "/AA": "acao_automatica",
    "/XFA": "xfa",
    "/RichMedia": "midia",
    "/RichMediaContent": "midia",
    "/EmbeddedFile": "embutido",
    "/EmbeddedFiles": "embutido",
    "/EF": "embutido",
    "/Collection": "embutido",
}
#: Action types → reason.
ACOES = {
    "/JavaScript": "javascript",
    "/Launch": "programa",
    "/SubmitForm": "envio",
    "/ImportData": "envio",
    "/GoToE": "embutido",
    "/GoToR": "outro_arquivo",
    "/Rendition": "midia",
    "/RichMediaExecute": "midia",
    "/Movie": "midia",
    "/Sound": "midia",
}
ANOTACOES = {
    "/FileAttachment": "embutido",
    "/Movie": "midia",
    "/Sound": "midia",
    "/Screen": "midia",
    "/RichMedia": "midia",
    "/3D": "midia",
}


class Bomba(Exception):
    """A stream unpacks to more than the ceiling."""


def executar(entradas: list[bytes], pedido: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Check one PDF against the ceilings in ``pedido``; answer ``motivos`` (codes) and what was counted."""
    conteudo = entradas[0]
    if len(conteudo) > pedido["bytes_maximos"]:
        return {"motivos": ["grande"]}, []
    motivos = _forma(conteudo)
    if motivos:
        return {"motivos": motivos}, []
    try:
        pdf = pikepdf.open(BytesIO(conteudo), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        return {"motivos": ["senha"]}, []
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError):
        return {"motivos": ["estragado"]}, []
    try:
        dados = _examinar(pdf, pedido)
    except Bomba:
        dados = {"motivos": ["bomba"]}
    except MemoryError:
        dados = {"motivos": ["bomba"]}
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError, TypeError, KeyError, AttributeError, IndexError):
        dados = {"motivos": ["estragado"]}
    dados["revisoes"] = conteudo.count(b"%%EOF")
    return dados, []


def _forma(conteudo: bytes) -> list[str]:
    """What can be told from the outside: the right beginning, the right end, nothing glued on."""
    if not conteudo:
        return ["vazio"]
    if not conteudo.startswith(b"%PDF-"):
        return ["outro_tipo" if b"%PDF-" not in conteudo[:4096] else "antes"]
    _, marca, depois = conteudo[-2048:].rpartition(b"%%EOF")
    if not marca:
        return ["cortado"] if b"%%EOF" not in conteudo else ["depois"]
    if depois.strip(ESPACOS):
        return ["depois"]
    if _e_zip(conteudo):
        return ["depois"]
    return []


def _e_zip(conteudo: bytes) -> bool:
    """Whether a ZIP reader would also open this file: an end-of-directory record whose comment reaches exactly the end."""
    fim = conteudo[-(22 + 65_535) :]
    posicao = fim.rfind(b"PK\x05\x06")
    while posicao >= 0:
        if posicao + 22 <= len(fim) and posicao + 22 + struct.unpack_from("<H", fim, posicao + 20)[0] == len(fim):
            return True
        posicao = fim.rfind(b"PK\x05\x06", 0, posicao)
    return False


def _examinar(pdf: pikepdf.Pdf, pedido: dict[str, Any]) -> dict[str, Any]:
    achados: set[str] = set()
    dados: dict[str, Any] = {"paginas": len(pdf.pages), "objetos": len(pdf.objects), "assinaturas": 0, "expandido": 0}
    if pdf.is_encrypted:
        achados.add("senha")
    if dados["paginas"] == 0:
        achados.add("estragado")
    if dados["paginas"] > pedido["paginas_maximas"]:
        achados.add("paginas")
    if dados["objetos"] > OBJETOS_MAXIMOS:
        return {**dados, "motivos": [*sorted(achados), "complexo"]}
    for objeto in pdf.objects:
        _olhar(objeto, achados, 0)
        if isinstance(objeto, pikepdf.Dictionary) and str(objeto.get("/Type", "")) in ("/Sig", "") and "/ByteRange" in objeto:
            dados["assinaturas"] += 1
        if isinstance(objeto, pikepdf.Stream):
            dados["expandido"] += _expandir(objeto, achados)
            if dados["expandido"] > pedido["expandido_maximo"]:
                raise Bomba
    if any("limits error" in str(aviso) for aviso in pdf.get_warnings()):  # the parser skipped what another reader may not
        achados.add("complexo")
    return {**dados, "motivos": sorted(achados)}


def _olhar(objeto: Any, achados: set[str], fundo: int) -> None:
    """Look at every key of every dictionary; indirect objects come by themselves from ``pdf.objects``."""
    if fundo > FUNDO_MAXIMO:
        achados.add("complexo")
        return
    if isinstance(objeto, pikepdf.Dictionary | pikepdf.Stream):
        for chave, valor in objeto.items():
            _olhar_chave(chave, valor, achados)
            if not getattr(valor, "is_indirect", False):
                _olhar(valor, achados, fundo + 1)
        if isinstance(objeto, pikepdf.Stream) and "/F" in objeto:
            achados.add("outro_arquivo")
    elif isinstance(objeto, pikepdf.Array):
        for valor in objeto:
            if not getattr(valor, "is_indirect", False):
                _olhar(valor, achados, fundo + 1)


def _olhar_chave(chave: str, valor: Any, achados: set[str]) -> None:
    if chave in CHAVES and not _vazio(valor):
        achados.add(CHAVES[chave])
    if not isinstance(valor, pikepdf.Name):
        return
    if chave == "/S" and str(valor) in ACOES:
        achados.add(ACOES[str(valor)])
    if chave == "/Subtype" and str(valor) in ANOTACOES:
        achados.add(ANOTACOES[str(valor)])
    if chave == "/Type" and str(valor) == "/EmbeddedFile":
        achados.add("embutido")


def _vazio(valor: Any) -> bool:
    """An empty dictionary or a null does nothing: some generators write ``/AA <<>>`` and ``/EmbeddedFiles`` trees without names."""
    if valor is None:
        return True
    if isinstance(valor, pikepdf.Dictionary):
        return all(isinstance(v, pikepdf.Array) and len(v) == 0 for v in valor.values())
    return False


def _expandir(fluxo: pikepdf.Stream, achados: set[str]) -> int:
    """How many bytes a stream unpacks to, never holding more than the ceiling. Raises ``Bomba``."""
    largura, altura = fluxo.get("/Width"), fluxo.get("/Height")
    if largura is not None and altura is not None and int(largura) * int(altura) > PIXELS_MAXIMOS:
        achados.add("imagem_enorme")
    filtros = fluxo.get("/Filter")
    nomes = [str(f) for f in filtros] if isinstance(filtros, pikepdf.Array) else [str(filtros)] if filtros is not None else []
    if len(nomes) > FILTROS_MAXIMOS:
        achados.add("complexo")
        return 0
    conteudo, total = fluxo.read_raw_bytes(), 0
    for nome in nomes:
        if nome in ("/FlateDecode", "/Fl"):
            descompressor = zlib.decompressobj()
            try:
                conteudo = descompressor.decompress(conteudo, FLUXO_MAXIMO + 1)
            except zlib.error:
                break
        elif nome in ("/ASCIIHexDecode", "/AHx"):
            conteudo = _hexadecimal(conteudo)
        elif nome in ("/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/ASCII85Decode", "/A85"):
            try:
                conteudo = fluxo.read_bytes(pikepdf.StreamDecodeLevel.specialized)
            except pikepdf.PdfError:
                break
            if len(conteudo) > FLUXO_MAXIMO:
                raise Bomba
            total += len(conteudo)
            break
        else:
            break
        if len(conteudo) > FLUXO_MAXIMO:
            raise Bomba
        total += len(conteudo)
    return total


def _hexadecimal(conteudo: bytes) -> bytes:
    digitos = re.sub(rb"[^0-9A-Fa-f]", b"", conteudo.partition(b">")[0])
    return bytes.fromhex((digitos + b"0" * (len(digitos) % 2)).decode())
