"""Handing files over, after the owner app has checked access. What people sent leaves only as an attachment (ASVS 3.2.1, 5.4.1, 5.4.2)."""

from __future__ import annotations

import re

from django.http import FileResponse, Http404, HttpResponse
from django.utils.text import slugify

from documentos import armazem
from documentos.models import REPROCESSADA, Documento
from nucleo.erros import RegraViolada

CABECALHOS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class AindaNaoPronto(RegraViolada):
    """The file exists but cannot be handed over yet (or ever, if the antivirus refused it). Status 409."""

    status = 409


FRASES = {
    Documento.Situacao.PENDENTE: "Este documento ainda está sendo gerado. Aguarde alguns segundos e tente de novo.",
    Documento.Situacao.EM_VERIFICACAO: "Este arquivo ainda está em verificação.",
    Documento.Situacao.INFECTADO: "Este arquivo foi recusado pelo antivírus e não pode ser aberto. Envie outro no lugar dele.",
    Documento.Situacao.FALHOU: "Não foi possível gerar este documento. Tente de novo; se continuar, avise a PRODESP.",
}


def nome_do_arquivo(documento: Documento) -> str:
    """Our own file name, plain ASCII, from the title: "Ofício 2026/00042-7" → ``oficio-2026-00042-7.pdf``."""
    nome = slugify(re.sub(r"[^\w]+", " ", documento.titulo))[:80].strip("-") or "documento"
    return f"{nome}.{armazem.EXTENSOES[documento.tipo_mime]}"


def anexo(documento: Documento) -> FileResponse:
    """The file as an attachment, streamed from the private folder.

    The caller has already checked that the person may read it. Raises ``AindaNaoPronto`` (409) unless the document is PRONTO, and
    ``armazem.ArquivoAusente`` when disk and row disagree.
    """
    _exigir_pronto(documento)
    resposta = FileResponse(
        armazem.caminho_de(documento).open("rb"),
        as_attachment=True,
        filename=nome_do_arquivo(documento),
        content_type=documento.tipo_mime,
        headers=CABECALHOS,
    )
    resposta["Content-Length"] = str(documento.tamanho)
    return resposta


def pagina(documento: Documento, n: int) -> HttpResponse:
    """Our own image (PNG) of page ``n``, from 1.

    Raises ``AindaNaoPronto`` (409) while the document is in verification or its images are being made, ``Http404`` for a page it has not.
    """
    _exigir_pronto(documento)
    if not 1 <= n <= max(documento.paginas, 1):
        raise Http404
    try:
        conteudo = (armazem.raiz() / armazem.nome_da_pagina(documento, n)).read_bytes()
    except FileNotFoundError:
        raise AindaNaoPronto("As páginas deste documento ainda estão sendo preparadas. Aguarde alguns segundos e tente de novo.") from None
    nome = nome_do_arquivo(documento).rpartition(".")[0]
    return HttpResponse(
        conteudo, content_type="image/png", headers={**CABECALHOS, "Content-Disposition": f'inline; filename="{nome}-pagina-{n}.png"'}
    )


def imagem(documento: Documento) -> HttpResponse:
    """An image that the jail made again (the coat of arms), shown inline: nothing of the sent file is in it (settled question 9).

    Raises ``Http404`` for any other file, whatever its kind, and ``armazem.ArquivoAusente`` when disk and row disagree.
    """
    _exigir_pronto(documento)
    if documento.antivirus != REPROCESSADA or documento.tipo_mime != "image/png":
        raise Http404
    nome = nome_do_arquivo(documento)
    return HttpResponse(
        armazem.ler(documento), content_type="image/png", headers={**CABECALHOS, "Content-Disposition": f'inline; filename="{nome}"'}
    )


def _exigir_pronto(documento: Documento) -> None:
    situacao = Documento.Situacao(documento.situacao)
    if situacao is not Documento.Situacao.PRONTO:
        raise AindaNaoPronto(FRASES[situacao])
