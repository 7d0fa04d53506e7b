"""Pages for everybody who may see a process: history, what was sent, and its files."""

from __future__ import annotations

import uuid as uuid_

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from adesao import consultas, pecas
from adesao.models import Adesao
from contas.acesso import ator_de, exige
from documentos import entrega
from documentos.models import Documento
from nucleo.fluxo import Ator

from .comum import do_processo


@exige("adesao.ver")
@require_GET
def historico(request: HttpRequest, numero: str) -> HttpResponse:
    """Every act on the process. Staff also see the IP."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "adesao.ver")
    return render(request, "adesao/historico.html", do_processo(adesao, por))


@exige("adesao.ver")
@require_GET
def envio(request: HttpRequest, numero: str, ordem: int) -> HttpResponse:
    """What was sent, exactly as it was sent."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "adesao.ver")
    achado = adesao.lista_de_envios.filter(ordem=ordem).select_related("por", "recibo").first()
    if achado is None:
        raise Http404
    contexto = do_processo(
        adesao,
        por,
        envio=achado,
        partes=consultas.leitura_para(achado, por),
        papeis=list(achado.pecas.select_related("gerado", "assinado")),
        declaracoes=list(achado.declaracoes.select_related("por")),
    )
    return render(request, "adesao/envio.html", contexto)


def _documento(request: HttpRequest, numero: str, uuid: uuid_.UUID) -> tuple[Ator, Adesao, Documento]:
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "adesao.ver")
    return por, adesao, consultas.documento_para(adesao, uuid, por)


@exige("adesao.ver")
@require_GET
def baixar(request: HttpRequest, numero: str, uuid: uuid_.UUID) -> HttpResponseBase:
    """A file of the process, as an attachment. A paper still to be made is made now; without the PDF libraries, its printable page."""
    _, adesao, documento = _documento(request, numero, uuid)
    if documento.origem == Documento.Origem.GERADO and documento.situacao != Documento.Situacao.PRONTO:
        if not pecas.gera_pdf():
            return redirect("adesao:imprimir", adesao.slug, documento.uuid)
        documento = pecas.pronto(documento)
    return entrega.anexo(documento)


@exige("adesao.ver")
@require_GET
def imprimir(request: HttpRequest, numero: str, uuid: uuid_.UUID) -> HttpResponse:
    """A paper made by the portal as a page to print from the browser, where PDFs cannot be made."""
    _, _, documento = _documento(request, numero, uuid)
    if documento.origem != Documento.Origem.GERADO:
        raise Http404
    return HttpResponse(pecas.para_imprimir(documento))


@exige("adesao.ver")
@require_GET
def pagina(request: HttpRequest, numero: str, uuid: uuid_.UUID, n: int) -> HttpResponse:
    """Our own picture of one page of a received file (settled question 9)."""
    _, _, documento = _documento(request, numero, uuid)
    return entrega.pagina(documento, n)
