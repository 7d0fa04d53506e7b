"""The person's own data: name and cargo, and the e-mail one enters with (who it is is confirmed first, the new address by a link)."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contas import acoes
from contas.acesso import ator_de, autenticada, guarda_o_texto, publica
from contas.forms import FormularioDeDados, FormularioDeEmail
from contas.models import Papel
from contas.paginas import com_o_texto
from contas.views.comuns import agora_do_pedido, dentro_do_limite, muitas_tentativas, token_do_link
from nucleo.erros import RegraViolada, TransicaoIndisponivel


@guarda_o_texto
@autenticada
@require_http_methods(["GET", "HEAD", "POST"])
def dados(request: HttpRequest) -> HttpResponse:
    """Name and cargo."""
    usuario = request.user
    atuais = {"nome": usuario.nome, "cargo": usuario.cargo}  # type: ignore[union-attr]
    form = com_o_texto(request, FormularioDeDados(request.POST if request.method == "POST" else None, initial=atuais))
    if request.method == "POST" and form.is_valid():
        acoes.salvar_dados(nome=form.cleaned_data["nome"], cargo=form.cleaned_data["cargo"], por=ator_de(request))
        messages.success(request, "Dados salvos.")
        return redirect("conta")
    return render(request, "contas/dados.html", {"form": form}, status=422 if form.errors else 200)


@guarda_o_texto
@autenticada
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another e-mail. The answer is the same whether or not the address has an account."""
    form = com_o_texto(request, FormularioDeEmail(request.POST if request.method == "POST" else None))
    if request.method == "POST":
        if not dentro_do_limite(request, "troca_de_email"):
            return muitas_tentativas(request)
        if form.is_valid() and _pedir(request, form):
            return redirect("conta")
    por = ator_de(request)
    contexto = {"form": form, "usuario": request.user, "e_responsavel": por.tem(Papel.RESPONSAVEL)}
    return render(request, "contas/email.html", contexto, status=422 if form.errors else 200)


def _pedir(request: HttpRequest, form: FormularioDeEmail) -> bool:
    """Run the request of a valid form; False when it has something to correct. A mailbox gets three letters an hour at most."""
    novo = form.cleaned_data["email"]
    try:
        if dentro_do_limite(request, "cadastro_email", chave=novo.lower()):
            acoes.pedir_troca_de_email(email=novo, por=ator_de(request), agora=agora_do_pedido())
    except RegraViolada as erro:
        if erro.campo not in form.fields:
            raise
        form.add_error(erro.campo, erro.mensagem)
        return False
    if not novo.lower().endswith(".gov.br"):  # settled question 2: a warning and a mark, never a refusal
        messages.warning(request, "O novo e-mail não termina em .gov.br. Você pode continuar, e quem confere a adesão vai ver isso.")
    messages.success(request, f"Enviamos um link para {novo}. Até você confirmar, o e-mail da conta continua o mesmo.")
    return True


@publica
@require_http_methods(["GET", "HEAD", "POST"])
def email_novo(request: HttpRequest, token: str = "") -> HttpResponse:
    """Confirm the new e-mail, having entered with the account that asked: GET shows a button and consumes nothing."""
    lido = token_do_link(request, token, nome="conta_email_novo")
    if isinstance(lido, HttpResponse):
        return lido
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('conta_email_novo')})}")
    por, agora = ator_de(request), agora_do_pedido()
    troca = acoes.troca_do_token(lido, por=por, agora=agora)
    if request.method == "POST" and troca is not None:
        try:
            acoes.confirmar_troca_de_email(token=lido, por=por, agora=agora, sessao=request.session.session_key)
        except TransicaoIndisponivel:
            troca = None
        else:
            messages.success(request, f"Pronto: agora você entra com {troca.email_novo}.")
            return redirect("conta")
    return render(request, "contas/email_novo.html", {"troca": troca}, status=200 if troca else 410)
