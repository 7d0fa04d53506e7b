"""Private storage: bytes on disk under a uuid, written so that a crash never leaves half a file under a final name.

Everything lives under ``settings.ARQUIVOS_DIR``, outside any web root: ``ab/<uuid>.<sha8>.<ext>`` for the file of a ``Documento``,
``ab/<uuid>/001.png`` for its page images (``ab`` = first two digits of the uuid), ``tmp/`` for what is being written. Files are 0640.
A row is written only after its file is safely on disk; a file whose row never came is an orphan, removed by the sweep after 24 hours.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from documentos.models import Documento
from nucleo.erros import RegraViolada

MODO_DO_ARQUIVO = 0o640
MODO_DA_PASTA = 0o750
EXTENSOES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


class SemEspaco(RegraViolada):
    """The disk is full: nothing was kept. Status 507."""

    status = 507


class GrandeDemais(Exception):
    """More bytes came than the limit allows; nothing was kept."""


class ArquivoAusente(Exception):
    """The row says the file is there and the disk does not agree (missing, or another size)."""


@dataclass(frozen=True, slots=True)
class Escrito:
    """A file complete on disk under a temporary name: where, its SHA-256 (hex) and its size in bytes."""

    caminho: Path
    sha256: str
    tamanho: int


def raiz() -> Path:
    """The private folder."""
    return Path(settings.ARQUIVOS_DIR)


def pasta_temporaria() -> Path:
    """Where files being written wait; on the same disk as the final place, so that the move is one rename."""
    return _pasta(raiz() / "tmp")


@contextlib.contextmanager
def escrever(pedacos: Iterable[bytes], *, limite: int | None = None) -> Iterator[Escrito]:
    """Write chunks to a temporary file, force them to the disk, and hand it over; whatever is not moved away is removed on leaving.

    ``limite`` in bytes. Raises ``GrandeDemais`` as soon as it is passed and ``SemEspaco`` when the disk is full.
    """
    caminho = pasta_temporaria() / f"{uuid.uuid4().hex}.parte"
    try:
        with traduzir_falta_de_espaco():
            escrito = _escrever(caminho, pedacos, limite)
        yield escrito
    finally:
        caminho.unlink(missing_ok=True)


def _escrever(caminho: Path, pedacos: Iterable[bytes], limite: int | None) -> Escrito:
    resumo, total = hashlib.sha256(), 0
    descritor = os.open(caminho, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODO_DO_ARQUIVO)
    with os.fdopen(descritor, "wb") as saida:
        for pedaco in pedacos:
            total += len(pedaco)
            if limite is not None and total > limite:
                raise GrandeDemais
            resumo.update(pedaco)
            saida.write(pedaco)
        saida.flush()
        os.fsync(saida.fileno())
    return Escrito(caminho, resumo.hexdigest(), total)


@contextlib.contextmanager
def traduzir_falta_de_espaco() -> Iterator[None]:
    """Turn "no space left" and "quota exceeded" of the operating system into ``SemEspaco``."""
    try:
        yield
    except OSError as erro:
        if erro.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise SemEspaco(
            "O portal está sem espaço para guardar arquivos agora e nada foi gravado. Tente de novo em alguns minutos; "
            "se continuar, avise a PRODESP."
        ) from erro


def nome_para(identificador: uuid.UUID, *, sha256: str, tipo_mime: str) -> str:
    """Name of a document's file relative to the private folder. Part of the hash is in it, so that other bytes never take its place."""
    return f"{identificador.hex[:2]}/{identificador}.{sha256[:8]}.{EXTENSOES[tipo_mime]}"


def guardar(escrito: Escrito, nome: str) -> None:
    """Move a complete temporary file to its final name and force the folder to the disk. Raises ``SemEspaco``."""
    destino = raiz() / nome
    with traduzir_falta_de_espaco():
        _pasta(destino.parent)
        os.chmod(escrito.caminho, MODO_DO_ARQUIVO)
        os.replace(escrito.caminho, destino)
        descritor = os.open(destino.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descritor)
        finally:
            os.close(descritor)


def remover(nome: str) -> None:
    """Remove a file by its relative name; nothing happens when it is not there."""
    if nome:
        (raiz() / nome).unlink(missing_ok=True)


def esquecer(documento: Documento) -> None:
    """Remove everything a document left on the disk: its file and its page images."""
    remover(documento.arquivo)
    shutil.rmtree(pasta_das_paginas(documento), ignore_errors=True)


def caminho_de(documento: Documento) -> Path:
    """Where the file of a document is. Raises ``ArquivoAusente`` when it is missing or has another size than the row says."""
    caminho = raiz() / documento.arquivo
    try:
        tamanho = caminho.stat().st_size if documento.arquivo else -1
    except FileNotFoundError:
        tamanho = -1
    if tamanho != documento.tamanho:
        raise ArquivoAusente(f"{documento.pk}: {tamanho} bytes no disco, {documento.tamanho} na linha")
    return caminho


def ler(documento: Documento) -> bytes:
    """The bytes of a document, checked against its SHA-256. Raises ``ArquivoAusente``."""
    conteudo = caminho_de(documento).read_bytes()
    if hashlib.sha256(conteudo).hexdigest() != documento.sha256:
        raise ArquivoAusente(f"{documento.pk}: o conteúdo no disco não confere com o SHA-256 da linha")
    return conteudo


def pasta_das_paginas(documento: Documento) -> Path:
    """Folder of the page images of a document (it may not exist yet)."""
    return raiz() / documento.pk.hex[:2] / str(documento.pk)


def nome_da_pagina(documento: Documento, n: int) -> str:
    """Relative name of the image of page ``n`` (from 1)."""
    return f"{documento.pk.hex[:2]}/{documento.pk}/{n:03d}.png"


def _pasta(caminho: Path) -> Path:
    if not caminho.is_dir():
        caminho.mkdir(mode=MODO_DA_PASTA, parents=True, exist_ok=True)
    return caminho
