"""The gestor's pages of the systems of the Operadora and of PRODESP: tokens, addresses of notices, and the notices that did not arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contas.acesso import ator_de, exige
from contas.paginas import agora, fazer_uma_vez, feito
from contas.permissoes import pode
from nucleo.erros import RegraViolada
from saog.acoes import integracao as acoes
from saog.consultas import integracao as consultas
from saog.models import AvisoDeSistema, EnderecoDeAviso, SistemaDaOperadora, TokenDeSistema

from .integracao_formularios import FormularioEndereco, FormularioSistema, FormularioToken

ATO = "api.gerir"


def _fazer(request: HttpRequest, ato: str, fazer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run the act once for the form's key; a repeat returns the first result."""
    return fazer_uma_vez(request, f"sistemas.{ato}", fazer)


def _tentar(form: forms.Form, fazer: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """The result of a valid form, or None with what is wrong put beside its field."""
    if not form.is_valid():
        return None
    try:
        return fazer()
    except RegraViolada as erro:
        if erro.campo not in form.fields:
            raise
        form.add_error(erro.campo, erro.mensagem)
        return None


def _feito(request: HttpRequest, frase: str, sistema_id: int) -> HttpResponse:
    return feito(request, frase, "saog:sistema", pk=sistema_id)


@exige("configuracoes.ver")
@require_safe
def sistemas(request: HttpRequest) -> HttpResponse:
    """Every system, and the notices given up."""
    relogio = agora()
    lista = [(s, sum(t.vale(relogio) for t in s.tokens.all())) for s in consultas.sistemas()]
    contexto = {"sistemas": lista, "avisos": consultas.avisos_sem_entrega(ate=20), "edita": pode(ator_de(request), ATO)}
    return render(request, "saog/integracao/sistemas.html", contexto)


@exige(ATO)
@require_http_methods(["GET", "POST"])
def sistema_novo(request: HttpRequest) -> HttpResponse:
    """Register a system."""
    form = FormularioSistema(request.POST or None)
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            novo = acoes.registrar_sistema(
                de=form.cleaned_data["de"],
                nome=form.cleaned_data["nome"],
                contato=form.cleaned_data["contato"],
                por=ator_de(request),
                agora=agora(),
            )
            return {"id": novo.pk}

        salvo = _tentar(form, lambda: _fazer(request, "registrar", fazer))
        if salvo is not None:
            return _feito(request, "Sistema registrado. Agora crie um token para ele.", salvo["id"])
    return render(request, "saog/integracao/sistema_novo.html", {"form": form}, status=422 if form.errors else 200)


@exige("configuracoes.ver", para_mudar=ATO)
@require_http_methods(["GET", "POST"])
def sistema(request: HttpRequest, pk: int) -> HttpResponse:
    """One system: its tokens, its addresses and subscriptions, what did not arrive, and what was done. POST allows an address."""
    linha = get_object_or_404(SistemaDaOperadora, pk=pk)
    edita = pode(ator_de(request), ATO)
    form = FormularioEndereco(request.POST or None)
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            novo = acoes.permitir_endereco(sistema_id=pk, url=form.cleaned_data["url"], por=ator_de(request), agora=agora())
            return {"url": novo.url}

        salvo = _tentar(form, lambda: _fazer(request, f"endereco:{pk}", fazer))
        if salvo is not None:
            return _feito(request, f"Endereço permitido: {salvo['url']}", pk)
    relogio = agora()
    contexto = {
        "sistema": linha,
        "form": form,
        "edita": edita,
        "agora": relogio,
        "tokens": [(t, t.vale(relogio)) for t in linha.tokens.all()],
        "enderecos": list(linha.enderecos.filter(retirado_em__isnull=True)),
        "assinaturas": list(linha.assinaturas.filter(encerrada_em__isnull=True)),
        "avisos": consultas.avisos_sem_entrega(linha),
        "historico": list(linha.historico.order_by("-em", "-pk")[:30]),
    }
    return render(request, "saog/integracao/sistema.html", contexto, status=422 if form.errors else 200)


@exige(ATO)
@never_cache
@require_http_methods(["GET", "POST"])
def token_novo(request: HttpRequest, pk: int) -> HttpResponse:
    """Create a token and show it, this once: the answer to the POST is the only page that has it."""
    linha = get_object_or_404(SistemaDaOperadora, pk=pk)
    form = FormularioToken(request.POST or None, de=linha.de)
    if request.method == "POST":
        textos: list[str] = []

        def fazer() -> dict[str, Any]:
            limpos = form.cleaned_data
            token, texto = acoes.criar_token(
                sistema_id=pk, nome=limpos["nome"], escopos=limpos["escopos"], dias=limpos["dias"], por=ator_de(request), agora=agora()
            )
            textos.append(texto)  # never in the result: that is kept
            return {"id": token.pk}

        salvo = _tentar(form, lambda: _fazer(request, f"token:{pk}", fazer))
        if salvo is not None:
            token = TokenDeSistema.objects.get(pk=salvo["id"])
            return render(request, "saog/integracao/token.html", {"sistema": linha, "token": token, "texto": "".join(textos)})
    return render(request, "saog/integracao/token_novo.html", {"sistema": linha, "form": form}, status=422 if form.errors else 200)


@exige(ATO)
@require_POST
def token_revogar(request: HttpRequest, token_id: int) -> HttpResponse:
    """Stop a token."""
    token = get_object_or_404(TokenDeSistema, pk=token_id)
    acoes.revogar_token(token_id=token.pk, por=ator_de(request), agora=agora())
    return _feito(request, f"Token revogado: {token.nome}. Ele já não abre nada.", token.sistema_id)


@exige(ATO)
@require_POST
def endereco_retirar(request: HttpRequest, endereco_id: int) -> HttpResponse:
    """Take an address out of the list."""
    endereco = get_object_or_404(EnderecoDeAviso, pk=endereco_id)
    acoes.retirar_endereco(endereco_id=endereco.pk, por=ator_de(request), agora=agora())
    return _feito(request, f"Endereço retirado: {endereco.url}. As assinaturas nele terminaram.", endereco.sistema_id)


@exige(ATO)
@require_POST
def aviso_reenviar(request: HttpRequest, aviso_id: int) -> HttpResponse:
    """Try a notice again."""
    aviso = get_object_or_404(AvisoDeSistema.objects.select_related("assinatura"), pk=aviso_id)
    acoes.reenviar_aviso(aviso_id=aviso.pk, por=ator_de(request), agora=agora())
    return _feito(request, "O aviso voltou para a fila. O portal tenta de novo em instantes.", aviso.assinatura.sistema_id)


@exige(ATO)
@require_http_methods(["GET", "POST"])
def sistema_desligar(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, then switch the system off for good."""
    linha = get_object_or_404(SistemaDaOperadora, pk=pk)
    if request.method == "POST":
        acoes.desligar_sistema(sistema_id=pk, por=ator_de(request), agora=agora())
        return _feito(request, f"{linha.nome} foi desligado. Nenhum token dele abre mais nada.", pk)
    return render(request, "saog/integracao/desligar.html", {"sistema": linha})
