"""Importing the allocations that PRODESP already has: send the file, read what it would do, write it all (IP-01)."""

from __future__ import annotations

import uuid as uuid_
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contas.acesso import ator_de, exige
from contas.paginas import POR_PAGINA, agora, fazer_uma_vez, feito
from enderecamento import acoes, consultas
from enderecamento.forms.dados import FormularioPlanilha
from enderecamento.models import ImportacaoDeBlocos
from nucleo import prazos
from nucleo.erros import RegraViolada

from .planilha import planilha

ATO = "blocos.importar"
MODELO = (
    ("rede", "codigo_ibge", "municipio", "desde", "observacao"),
    ("10.64.18.96/28", "3507506", "Botucatu", "12/03/2019", "Paço Municipal"),
    ("10.64.18.112/28", "", "São Manuel", "2020-08-31", ""),
)


@exige(ATO)
@require_http_methods(["GET", "POST"])
def importar(request: HttpRequest) -> HttpResponse:
    """Send the file. What was imported before is listed below."""
    form = FormularioPlanilha(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        arquivo: UploadedFile = form.cleaned_data["arquivo"]

        def fazer() -> dict[str, Any]:
            dados = arquivo.read()
            nova = acoes.guardar_planilha(nome=arquivo.name or "", dados=dados, por=ator_de(request), agora=agora())
            return {"id": str(nova.pk)}

        try:
            return redirect("enderecamento:importacao", fazer_uma_vez(request, "importar_blocos", fazer)["id"])
        except RegraViolada as erro:
            if erro.campo not in form.fields:
                raise
            form.add_error(erro.campo, erro.mensagem)
    contexto = {"largo": True, "form": form, "modelo": MODELO, "importadas": consultas.importadas()}
    return render(request, "enderecamento/dados/importar.html", contexto, status=422 if form.errors else 200)


@exige(ATO)
@require_GET
def importacao(request: HttpRequest, uuid: uuid_.UUID) -> HttpResponse:
    """What the file would do, or all that is wrong with it: looked at again each time it is opened. Nothing is written."""
    linha = get_object_or_404(ImportacaoDeBlocos, pk=uuid)
    if linha.gravada_em is not None:
        return render(request, "enderecamento/dados/importada.html", {"largo": True, "planilha": linha})
    return _relatorio(request, linha, consultas.conferir(consultas.ler(linha.texto), agora=agora()))


@exige(ATO)
@require_POST
def gravar(request: HttpRequest, uuid: uuid_.UUID) -> HttpResponse:
    """Import everything, or nothing."""
    linha = get_object_or_404(ImportacaoDeBlocos, pk=uuid)
    avisar = request.POST.get("avisar") == "on"

    def fazer() -> dict[str, Any]:
        feita = acoes.gravar_importacao(uuid, avisar=avisar, por=ator_de(request), agora=agora())
        return {"blocos": feita.blocos, "prefeituras": feita.prefeituras}

    try:
        contas = fazer_uma_vez(request, f"gravar_importacao:{uuid}", fazer)
    except acoes.ImportacaoComProblemas as erro:
        return _relatorio(request, linha, erro.relatorio, status=409)
    blocos = "1 sub-bloco importado" if contas["blocos"] == 1 else f"{contas['blocos']} sub-blocos importados"
    de = "de 1 prefeitura" if contas["prefeituras"] == 1 else f"de {contas['prefeituras']} prefeituras"
    aviso = " Os responsáveis foram avisados por e-mail." if avisar else ""
    return feito(request, f"{blocos}, {de}.{aviso}", "enderecamento:importacao", uuid)


@exige(ATO)
@require_GET
def problemas_csv(request: HttpRequest, uuid: uuid_.UUID) -> StreamingHttpResponse:
    """All that is wrong as a spreadsheet, to correct the file beside it."""
    linha = get_object_or_404(ImportacaoDeBlocos, pk=uuid, gravada_em__isnull=True)
    relatorio = consultas.conferir(consultas.ler(linha.texto), agora=agora())

    def linhas() -> Iterator[Sequence[object]]:
        yield ("Linha", "O que foi lido", "O que fazer", "Regra")
        for p in relatorio.problemas:
            yield (p.linha, p.lido, p.frase, p.regra)

    return planilha(f"problemas-da-importacao-{prazos.dia_local(agora()):%Y-%m-%d}.csv", linhas())


@exige(ATO)
@require_GET
def modelo_csv(request: HttpRequest) -> StreamingHttpResponse:
    """An example to fill in."""
    return planilha("modelo-de-importacao.csv", iter(MODELO))


def _relatorio(request: HttpRequest, linha: ImportacaoDeBlocos, relatorio: consultas.Relatorio, *, status: int = 200) -> HttpResponse:
    itens: Sequence[object] = relatorio.problemas or relatorio.prefeituras
    contexto = {
        "largo": True,
        "planilha": linha,
        "relatorio": relatorio,
        "pagina": Paginator(itens, POR_PAGINA).get_page(request.GET.get("pagina")),
        "crescem": sum(p.mais_privados + p.mais_publicos for p in relatorio.prefeituras),
        "mudou": status == 409,
    }
    return render(request, "enderecamento/dados/importacao.html", contexto, status=status)
