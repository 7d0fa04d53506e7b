"""Taking files in: limits, the gate, the private place, the row. A refused file leaves nothing behind."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.core.cache import cache
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Sum

from documentos import antivirus, armazem, validacao
from documentos.models import REPROCESSADA, Cota, Documento
from nucleo import fila
from nucleo.erros import RegraViolada

#: ASVS 5.2.4 and seguranca.md B1.7.
COTA_BYTES = 200 << 20
COTA_ARQUIVOS = 200
ENVIOS_POR_HORA = 20


class EnviosDemais(RegraViolada):
    """The person sent too many files this hour. Status 429."""

    status = 429


@dataclass(frozen=True, slots=True)
class Conferido:
    """A file that passed the gate and waits on the disk for its row: made by ``conferir``, taken by ``receber``."""

    escrito: armazem.Escrito
    exame: validacao.Exame
    nome_original: str


@dataclass(frozen=True, slots=True)
class ImagemConferida:
    """A coat of arms made again by us, waiting for its row: made by ``conferir_imagem``, taken by ``receber_imagem``."""

    escrito: armazem.Escrito
    exame: validacao.ExameDeImagem
    nome_original: str


@contextlib.contextmanager
def conferir(*, arquivo: File[bytes], agora: dt.datetime, por_id: int | None, campo: str = "arquivo") -> Iterator[Conferido]:
    """Count, read and examine an upload before any transaction is open; what is not taken by ``receber`` is gone on leaving.

    The gate takes a tenth of a second, and up to half a minute for a hostile file: nobody should wait for it behind a lock. Use it so::

        with recebimento.conferir(arquivo=..., agora=agora, por_id=...) as conferido, transaction.atomic():
            documento = recebimento.receber(arquivo=conferido, ...)

    Raises as ``receber``.
    """
    contar_envio(por_id, agora=agora, campo=campo)
    with _com_campo(campo, "grande"), armazem.escrever(arquivo.chunks(), limite=validacao.PDF_BYTES) as escrito:
        exame = validacao.conferir_pdf(escrito.caminho)
        if not exame.aceito:
            raise RegraViolada(" ".join(exame.frases[:2]), campo=campo)
        yield Conferido(escrito, exame, limpar_nome(arquivo.name or ""))


def receber(
    *,
    arquivo: File[bytes] | Conferido,
    especie: str,
    dono: str,
    titulo: str,
    agora: dt.datetime,
    por_id: int | None,
    tipos: tuple[str, ...] = ("pdf",),
    campo: str = "arquivo",
) -> Documento:
    """Take one PDF in and return its row, PRONTO without antivirus, else EM_VERIFICACAO until the antivirus answers.

    ``arquivo`` is an upload, or what ``conferir`` made of it. The bytes are kept as they came, with their SHA-256. The row is written in
    the caller's transaction, after the file is safely on disk. ``dados`` of the row holds ``assinaturas``, ``revisoes``,
    ``codigos_no_texto`` (settled question 3) and ``tem_texto``.

    Raises ``RegraViolada`` with ``campo``: 422 with the reason and what to do, 429 past 20 files an hour, 507 when the disk is full.
    """
    if tuple(tipos) != ("pdf",):
        raise ValueError("recebimento.receber: só PDF; imagens entram por receber_imagem")
    if not isinstance(arquivo, Conferido):
        with conferir(arquivo=arquivo, agora=agora, por_id=por_id, campo=campo) as conferido:
            return receber(arquivo=conferido, especie=especie, dono=dono, titulo=titulo, agora=agora, por_id=por_id, campo=campo)
    exame = arquivo.exame
    novo = _novo(arquivo.nome_original, especie=especie, dono=dono, titulo=titulo, agora=agora, por_id=por_id)
    novo.paginas = exame.paginas
    novo.dados = {
        "assinaturas": exame.assinaturas,
        "revisoes": exame.revisoes,
        "codigos_no_texto": list(exame.codigos_no_texto),
        "tem_texto": exame.tem_texto,
    }
    if antivirus.ligado():
        novo.situacao = Documento.Situacao.EM_VERIFICACAO
    else:
        novo.situacao, novo.pronto_em, novo.antivirus = Documento.Situacao.PRONTO, agora, antivirus.SEM_ANTIVIRUS
    novo.tentar_em = agora
    with _com_campo(campo, "grande"):
        _gravar(novo, arquivo.escrito, campo=campo)
    fila.apos_commit("documentos.antivirus" if antivirus.ligado() else "documentos.paginas", uuid=str(novo.pk))
    return novo


@contextlib.contextmanager
def conferir_imagem(*, arquivo: File[bytes], agora: dt.datetime, por_id: int | None, campo: str = "brasao") -> Iterator[ImagemConferida]:
    """Count, read and make again a coat of arms before any transaction is open, as ``conferir`` does for PDFs. Raises as ``receber``."""
    contar_envio(por_id, agora=agora, campo=campo)
    with _com_campo(campo, "imagem_grande"):
        with armazem.escrever(arquivo.chunks(), limite=validacao.IMAGEM_BYTES) as original:
            exame = validacao.refazer_imagem(original.caminho)
        if not exame.aceito:
            raise RegraViolada(" ".join(exame.frases), campo=campo)
        with armazem.escrever([exame.png]) as escrito:
            yield ImagemConferida(escrito, exame, limpar_nome(arquivo.name or ""))


def receber_imagem(
    *,
    arquivo: File[bytes] | ImagemConferida,
    especie: str,
    dono: str,
    titulo: str,
    agora: dt.datetime,
    por_id: int | None,
    campo: str = "brasao",
) -> Documento:
    """Take a coat of arms in (PNG or JPEG, 2 MiB, 20 million pixels) and return its row, PRONTO.

    What is kept is a PNG made again by us, at most 600 pixels a side: nothing of the original file survives, so no antivirus is asked.
    ``arquivo`` is an upload, or what ``conferir_imagem`` made of it. ``dados`` holds ``largura`` and ``altura`` in pixels. Raises as
    ``receber``.
    """
    if not isinstance(arquivo, ImagemConferida):
        with conferir_imagem(arquivo=arquivo, agora=agora, por_id=por_id, campo=campo) as conferida:
            return receber_imagem(arquivo=conferida, especie=especie, dono=dono, titulo=titulo, agora=agora, por_id=por_id, campo=campo)
    novo = _novo(arquivo.nome_original, especie=especie, dono=dono, titulo=titulo, agora=agora, por_id=por_id)
    novo.tipo_mime = "image/png"
    novo.situacao, novo.pronto_em, novo.antivirus = Documento.Situacao.PRONTO, agora, REPROCESSADA
    novo.dados = {"largura": arquivo.exame.largura, "altura": arquivo.exame.altura}
    with _com_campo(campo, "imagem_grande"):
        _gravar(novo, arquivo.escrito, campo=campo)
    return novo


def apagar(uuids: Iterable[uuid.UUID]) -> int:
    """Erase received files whose owner no longer needs them: the rows now, bytes and page images after the commit. Returns how many.

    The owner app knows that nothing else names them; a row that something still names raises ``ProtectedError``.
    """
    documentos = list(Documento.objects.filter(pk__in=list(uuids), origem=Documento.Origem.RECEBIDO))
    Documento.objects.filter(pk__in=[d.pk for d in documentos]).delete()
    for documento in documentos:
        transaction.on_commit(partial(armazem.esquecer, documento), robust=True)
    return len(documentos)


def limpar_nome(nome: str) -> str:
    """The name a person gave the file, fit to be shown: NFC, no folders, no control, format or bidi characters, at most 200 characters.

    Only metadata: it never names anything on disk or in a header (ASVS 5.3.2, 5.4.1).
    """
    inteiro = unicodedata.normalize("NFC", nome[:1000]).replace("\\", "/")
    ultimo = PurePosixPath("/" + inteiro.rpartition("/")[2]).name
    visivel = "".join(
        c if c != "\0" and unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in ("Zl", "Zp") else " " for c in ultimo
    )
    limpo = re.sub(r"\s+", " ", visivel).strip(" .")
    if len(limpo) > 200:
        base, ponto, extensao = limpo.rpartition(".")
        limpo = f"{base[:190]}.{extensao}" if ponto and 0 < len(extensao) <= 8 else limpo[:200]
    return limpo or "arquivo"


def contar_envio(por_id: int | None, *, agora: dt.datetime, campo: str) -> None:
    """One more file of this person in this hour, in the shared cache (settled question 14). Raises ``EnviosDemais``.

    Each file takes a numbered place with ``cache.add``, atomic in every cache; ``incr`` on the database's cache loses counts and shortens
    their life to five minutes.
    """
    if por_id is None:
        return
    chave = f"documentos:envios:{por_id}:{int(agora.timestamp() // 3600)}"
    if not any(cache.add(f"{chave}:{n}", 1, timeout=3600) for n in range(ENVIOS_POR_HORA)):
        raise EnviosDemais("Você enviou muitos arquivos em pouco tempo. Aguarde até uma hora e continue de onde parou.", campo=campo)


@contextlib.contextmanager
def _com_campo(campo: str, grande: str) -> Iterator[None]:
    """Give the storage's refusals the form field they belong beside."""
    try:
        yield
    except armazem.GrandeDemais:
        raise RegraViolada(validacao.FRASES[grande], campo=campo) from None
    except armazem.SemEspaco as cheio:
        raise armazem.SemEspaco(cheio.mensagem, campo=campo) from cheio


def _novo(nome_original: str, **campos: Any) -> Documento:
    return Documento(
        uuid=uuid.uuid4(),
        origem=Documento.Origem.RECEBIDO,
        especie=campos["especie"],
        dono=campos["dono"],
        titulo=campos["titulo"][:150],
        nome_original=nome_original,
        tipo_mime="application/pdf",
        criado_em=campos["agora"],
        criado_por_id=campos["por_id"],
    )


def _gravar(novo: Documento, escrito: armazem.Escrito, *, campo: str) -> None:
    """Put the file in its place, then the row; a refused row takes the file away, a later rollback leaves an orphan for the sweep."""
    novo.sha256, novo.tamanho = escrito.sha256, escrito.tamanho
    novo.arquivo = armazem.nome_para(novo.pk, sha256=escrito.sha256, tipo_mime=novo.tipo_mime)
    armazem.guardar(escrito, novo.arquivo)
    try:
        with transaction.atomic():
            _exigir_cota(novo, campo=campo)
            novo.save(force_insert=True)
    except BaseException:
        armazem.remover(novo.arquivo)
        raise


def _exigir_cota(novo: Documento, *, campo: str) -> None:
    """At most 200 files and 200 MiB per owner, counted while the owner's row is locked. Raises ``RegraViolada``."""
    Cota.objects.get_or_create(dono=novo.dono)
    Cota.objects.select_for_update(of=("self",), no_key=True).get(dono=novo.dono)
    uso = Documento.objects.filter(dono=novo.dono, origem=Documento.Origem.RECEBIDO).aggregate(n=Count("pk"), b=Sum("tamanho"))
    if uso["n"] >= COTA_ARQUIVOS or (uso["b"] or 0) + novo.tamanho > COTA_BYTES:
        raise RegraViolada(
            "Este processo já guarda o máximo de arquivos (200 arquivos ou 200 MB). Remova os que não usa e envie de novo.", campo=campo
        )
