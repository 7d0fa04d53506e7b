"""One request, for everybody who may read it: its page, history, what was sent, files (SS-10)."""

from __future__ import annotations

import uuid as uuid_

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from contas.acesso import ator_de, exige, exige_algum
from documentos import entrega
from documentos.models import Documento
from nucleo import fluxo
from nucleo.fluxo import Ator
from saog import consultas, pecas
from saog.estados import ABERTAS, COPIAVEIS, INTERROMPIVEIS, Natureza
from saog.models import SolicitacaoServico

from .comum import da_solicitacao, para_ver


@exige("ss.ver")
@require_GET
def solicitacao(request: HttpRequest, numero: str) -> HttpResponse:
    """One request: how far it is, what the person may do now, what was delivered and what was asked for."""
    por = ator_de(request)
    ss = consultas.obter(por, numero, "ss.ver")
    da_prefeitura = ss.municipio_id in por.municipios("responsavel")
    contexto = da_solicitacao(
        ss,
        por,
        atos=set(fluxo.disponiveis(ss, por)) if da_prefeitura else set(),
        pendencias=consultas.pendencias_comunicadas(ss) if da_prefeitura else [],
        suspensao=consultas.validacao_suspensa(ss),
        cancelamento=ss.cancelamentos.filter(estado__in=ABERTAS).first(),
        pode_interromper=da_prefeitura and ss.estado in INTERROMPIVEIS and ss.natureza != Natureza.CANCELAMENTO,
        pode_copiar=da_prefeitura and ss.natureza in COPIAVEIS and ss.envios > 0,
    )
    return render(request, "saog/prefeitura/solicitacao.html", contexto)


@exige("ss.ver")
@require_GET
def historico(request: HttpRequest, numero: str) -> HttpResponse:
    """Every act on the request. Staff also see the IP."""
    por = ator_de(request)
    ss = consultas.obter(por, numero, "ss.ver")
    contexto = {"ss": ss, "resumo": pecas.resumo(ss), "andamento": consultas.andamento(ss, por)}
    return render(request, "saog/prefeitura/historico.html", contexto)


@exige_algum("ss.ver", "ordens.ver")
@require_GET
def envio(request: HttpRequest, numero: str, ordem: int) -> HttpResponse:
    """What was sent, exactly as it was sent (SS-10)."""
    por, ss = para_ver(request, numero)
    achado = ss.lista_de_envios.filter(ordem=ordem).select_related("por", "recibo").first()
    if achado is None:
        raise Http404("envio não encontrado")
    contexto = {
        "ss": ss,
        "resumo": pecas.resumo(ss),
        "envio": achado,
        "outros": list(ss.lista_de_envios.exclude(ordem=ordem).order_by("ordem")),
        "ve_a_pagina": por.tem("responsavel", "analista", "gestor", "auditor"),
    }
    return render(request, "saog/prefeitura/envio.html", contexto)


def _documento(request: HttpRequest, numero: str, uuid: uuid_.UUID) -> tuple[Ator, SolicitacaoServico, Documento]:
    por, ss = para_ver(request, numero)
    return por, ss, consultas.documento_para(ss, uuid, por)


@exige_algum("ss.ver", "ordens.ver")
@require_GET
def arquivo(request: HttpRequest, numero: str, uuid: uuid_.UUID) -> HttpResponseBase:
    """A file of the request, as an attachment. A paper still to be made is made now; without the PDF libraries, its printable page."""
    _, ss, documento = _documento(request, numero, uuid)
    if documento.origem == Documento.Origem.GERADO and documento.situacao != Documento.Situacao.PRONTO:
        if not pecas.gera_pdf():
            return redirect("saog:imprimir", ss.slug, documento.uuid)
        documento = pecas.pronto(documento)
    return entrega.anexo(documento)


@exige_algum("ss.ver", "ordens.ver")
@require_GET
def imprimir(request: HttpRequest, numero: str, uuid: uuid_.UUID) -> HttpResponse:
    """A paper made by the portal as a page to print from the browser, where PDFs cannot be made."""
    _, _, documento = _documento(request, numero, uuid)
    if documento.origem != Documento.Origem.GERADO:
        raise Http404("só os papéis do portal")
    return HttpResponse(pecas.para_imprimir(documento))
