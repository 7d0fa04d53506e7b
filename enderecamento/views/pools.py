"""Registering parent blocks, making them larger, closing them: the gestor (IP-01)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import agora, com_o_texto, fazer_uma_vez, feito
from enderecamento import acoes, consultas
from enderecamento.forms.prodesp import FormularioAmpliacao, FormularioFechamento, FormularioPool
from nucleo import prazos
from nucleo.erros import RegraViolada

from .blocos import pool_ou_404, regiao_do_pool


def _tentar(request: HttpRequest, formulario: forms.Form, ato: str, fazer: Any) -> tuple[dict[str, Any] | None, int]:
    """The result of the act, or None with the refusal in the form and its status."""
    if not formulario.is_valid():
        return None, 422
    try:
        return fazer_uma_vez(request, ato, fazer), 200
    except RegraViolada as erro:
        formulario.add_error(erro.campo if erro.campo in formulario.fields else None, erro.mensagem)
        return None, erro.status


def _dados(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@guarda_o_texto
@exige("pools.gerir")
@require_http_methods(["GET", "POST"])
def registrar(request: HttpRequest) -> HttpResponse:
    """A new parent block; its sub-blocks are made while its page shows how far they are."""
    por, relogio = ator_de(request), agora()
    formulario = com_o_texto(request, FormularioPool(_dados(request), label_suffix="", initial={"perfil": "PRIVADO"}))
    status = 200
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            novo = acoes.registrar_pool(**formulario.cleaned_data, por=por, agora=relogio)
            return {"slug": novo.slug, "cidr": str(novo), "vagas": novo.vagas}

        feito_, status = _tentar(request, formulario, "pool:novo", fazer)
        if feito_ is not None:
            frase = f"Bloco {feito_['cidr']} registrado. O portal está criando {_os_sub_blocos(feito_['vagas'])}."
            return feito(request, frase, "enderecamento:pool", feito_["slug"])
    return render(request, "enderecamento/prodesp/pool_novo.html", {"largo": True, "form": formulario}, status=status)


def _os_sub_blocos(quantos: int) -> str:
    return "o sub-bloco dele" if quantos == 1 else f"os {intcomma(quantos)} sub-blocos dele"


@guarda_o_texto
@exige("pools.gerir")
@require_http_methods(["GET", "POST"])
def ampliar(request: HttpRequest, rede: str) -> HttpResponse:
    """Make the pool a larger network."""
    por, relogio, pool = ator_de(request), agora(), pool_ou_404(rede)
    formulario = com_o_texto(request, FormularioAmpliacao(_dados(request), label_suffix=""))
    status = 200
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            maior = acoes.ampliar_pool(pool.pk, rede=formulario.cleaned_data["rede"], por=por, agora=relogio)
            return {"slug": maior.slug, "cidr": str(maior), "vagas": maior.vagas}

        feito_, status = _tentar(request, formulario, f"pool:ampliar:{pool.pk}", fazer)
        if feito_ is not None:
            frase = f"O bloco agora é {feito_['cidr']}, com {intcomma(feito_['vagas'])} sub-blocos. O portal está criando os novos."
            return feito(request, frase, "enderecamento:pool", feito_["slug"])
    return render(request, "enderecamento/prodesp/pool_ampliar.html", _do_pool(pool, formulario), status=status)


@guarda_o_texto
@exige("pools.gerir")
@require_http_methods(["GET", "POST"])
def fechar(request: HttpRequest, rede: str) -> HttpResponse:
    """Say what closing does, ask why, and close."""
    por, relogio, pool = ator_de(request), agora(), pool_ou_404(rede)
    formulario = com_o_texto(request, FormularioFechamento(_dados(request), label_suffix=""))
    status = 200
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            acoes.fechar_pool(pool.pk, motivo=formulario.cleaned_data["motivo"], por=por, agora=relogio)
            return {}

        feito_, status = _tentar(request, formulario, f"pool:fechar:{pool.pk}", fazer)
        if feito_ is not None:
            return feito(request, f"Bloco {pool} fechado. O que está em uso continua valendo.", "enderecamento:pool", pool.slug)
    return render(request, "enderecamento/prodesp/pool_fechar.html", _do_pool(pool, formulario), status=status)


@exige("pools.gerir")
@require_POST
def reabrir(request: HttpRequest, rede: str) -> HttpResponse:
    """Hand out from it again."""
    por, relogio, pool = ator_de(request), agora(), pool_ou_404(rede)

    def fazer() -> dict[str, Any]:
        acoes.reabrir_pool(pool.pk, por=por, agora=relogio)
        return {}

    fazer_uma_vez(request, f"pool:reabrir:{pool.pk}", fazer)
    return feito(request, f"Bloco {pool} aberto para novas atribuições.", "enderecamento:pool", pool.slug)


@exige("pools.gerir")
@require_http_methods(["GET", "POST"])
def apagar(request: HttpRequest, rede: str) -> HttpResponse:
    """Say whether it can be removed, ask, and remove."""
    por, relogio, pool = ator_de(request), agora(), pool_ou_404(rede)
    formulario = forms.Form(_dados(request))
    status = 200
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            acoes.apagar_pool(pool.pk, por=por, agora=relogio)
            return {}

        feito_, status = _tentar(request, formulario, f"pool:apagar:{pool.pk}", fazer)
        if feito_ is not None:
            return feito(request, f"Bloco {pool} apagado.", "enderecamento:blocos")
    contexto = {**_do_pool(pool, formulario), "com_historia": consultas.teve_entregas(pool)}
    return render(request, "enderecamento/prodesp/pool_apagar.html", contexto, status=status)


def _do_pool(pool: Any, formulario: forms.Form) -> dict[str, Any]:
    return {
        "largo": True,
        "form": formulario,
        "pool": pool,
        "regiao": regiao_do_pool(pool),
        "tem": consultas.ocupacao(pool.sub_blocos.all(), prazos.dia_local(agora())),
    }
