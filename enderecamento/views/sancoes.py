"""Sanctions on both sides: PRODESP applies, lists and ends them; the prefeitura reads its own (IP-07)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contas.acesso import ator_de, exige, exige_algum, guarda_o_texto
from contas.paginas import agora, com_o_texto, fazer_uma_vez, feito, pagina_de, texto_de
from contas.papeis import Papel
from contas.permissoes import pode
from documentos import entrega
from enderecamento import acoes, consultas
from enderecamento.estados import ATOS_DA_SANCAO
from enderecamento.forms.sancoes import FiltrosDasSancoes, FormularioDaPrefeitura, FormularioFim, FormularioSancao
from enderecamento.models import Sancao
from nucleo.erros import RegraViolada


@exige("blocos.ver")
@require_GET
def sancoes(request: HttpRequest) -> HttpResponse:
    """Every sanction, those in force first asked for."""
    filtros = {nome: texto_de(request, nome) for nome in ("busca", "especie", "situacao")}
    formulario = FiltrosDasSancoes(filtros)
    contexto = {
        "largo": True,
        "filtros": formulario,
        "em_palavras": formulario.em_palavras(),
        "ativos": any(filtros.values()),
        "pagina": pagina_de(consultas.sancoes(filtros), request),
        "aplica": pode(ator_de(request), "sancoes.aplicar"),
    }
    return render(request, "enderecamento/sancoes/sancoes.html", contexto)


@guarda_o_texto
@exige("sancoes.aplicar")
@require_http_methods(["GET", "POST"])
def aplicar(request: HttpRequest) -> HttpResponse:
    """Choose the prefeitura, then say what is applied. The prefeitura is told at once."""
    adesoes = consultas.sancionaveis()
    codigo = texto_de(request, "prefeitura")
    escolha = FormularioDaPrefeitura({"prefeitura": codigo} if "prefeitura" in request.GET else None, adesoes=adesoes)
    adesao = next((a for a in adesoes if str(a.municipio_id) == codigo), None)
    if adesao is None:
        status = 422 if escolha.is_bound and not escolha.is_valid() else 200
        return render(request, "enderecamento/sancoes/escolher.html", {"largo": True, "form": escolha, "ha": bool(adesoes)}, status=status)
    blocos = list(consultas.da_prefeitura(adesao.pk))
    vigentes = consultas.sancoes_de([adesao.municipio_id], so_vigentes=True)
    form = com_o_texto(request, FormularioSancao(request.POST or None, request.FILES or None, blocos=blocos, vigentes=vigentes))
    if request.method == "POST" and form.is_valid():

        def fazer() -> dict[str, Any]:
            nova = acoes.aplicar_sancao(adesao.pk, **form.cleaned_data, por=ator_de(request), agora=agora())
            return {"pk": nova.pk}

        try:
            pk = fazer_uma_vez(request, f"aplicar_sancao:{adesao.pk}", fazer)["pk"]
            return feito(request, f"Sanção aplicada. A Prefeitura de {adesao.municipio.nome} foi avisada.", "enderecamento:sancao", pk)
        except RegraViolada as erro:
            if erro.campo not in form.fields:
                raise
            form.add_error(erro.campo, erro.mensagem)
    contexto = {"largo": True, "form": form, "adesao": adesao, "sancoes": vigentes}
    return render(request, "enderecamento/sancoes/aplicar.html", contexto, status=422 if form.errors else 200)


@exige("blocos.ver")
@require_GET
def sancao(request: HttpRequest, pk: int) -> HttpResponse:
    """One sanction with its history; the gestor ends it here."""
    form = com_o_texto(request, FormularioFim(None, label_suffix=""), caminho=reverse("enderecamento:sancao_levantar", args=[pk]))
    return _pagina(request, _sancao(pk), form)


@guarda_o_texto
@exige("sancoes.aplicar")
@require_POST
def levantar(request: HttpRequest, pk: int) -> HttpResponse:
    """End it, with a reason the prefeitura reads."""
    linha, form = _sancao(pk), FormularioFim(request.POST, label_suffix="")
    if not form.is_valid():
        return _pagina(request, linha, form, status=422)

    def fazer() -> dict[str, Any]:
        acoes.levantar_sancao(pk, motivo=form.cleaned_data["motivo"], por=ator_de(request), agora=agora())
        return {}

    fazer_uma_vez(request, f"levantar_sancao:{pk}", fazer)
    frase = f"Sanção encerrada. A Prefeitura de {linha.adesao.municipio.nome} foi avisada."
    return feito(request, frase, "enderecamento:sancao", pk)


@exige("enderecos.ver")
@require_GET
def minhas(request: HttpRequest) -> HttpResponse:
    """The prefeitura's own sanctions, in force and past."""
    lista = consultas.sancoes_de(_municipios(request))
    trocados = consultas.substitutos(lista)
    return render(request, "enderecamento/sancoes/minhas.html", {"linhas": [(s, trocados.get(s.pk, [])) for s in lista]})


@exige_algum("blocos.ver", "enderecos.ver")
@require_GET
def evidencia(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of the evidence, as an attachment: PRODESP's people and the prefeitura itself."""
    linha = _sancao(pk)
    if linha.documento is None or not (pode(ator_de(request), "blocos.ver") or linha.municipio_id in _municipios(request)):
        raise Http404("sem arquivo")
    return entrega.anexo(linha.documento)


def _municipios(request: HttpRequest) -> frozenset[int]:
    return ator_de(request).municipios(Papel.RESPONSAVEL, Papel.REQUERENTE)


def _sancao(pk: int) -> Sancao:
    return get_object_or_404(Sancao.objects.select_related("adesao__municipio", "documento"), pk=pk)


def _pagina(request: HttpRequest, linha: Sancao, form: FormularioFim, *, status: int = 200) -> HttpResponse:
    contexto = {
        "largo": True,
        "sancao": linha,
        "blocos": list(linha.sub_blocos.all()),
        "trocados": consultas.substitutos([linha]).get(linha.pk, []),
        "historico": [(ATOS_DA_SANCAO[h.transicao], h) for h in linha.historico.order_by("em", "pk")],
        "form": form,
        "encerra": linha.vigente and pode(ator_de(request), "sancoes.aplicar"),
    }
    return render(request, "enderecamento/sancoes/sancao.html", contexto, status=status)
