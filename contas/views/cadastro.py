"""How people come in: sign-up and its confirmation, first access, invitations, entry requests."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contas import acoes
from contas.acesso import ator_de, autenticada, publica
from contas.consultas import cadastro_aberto, conta_do_convite, fim_por_outra_pessoa, recusa_que_ainda_conta
from contas.forms import FormularioDeAceite, FormularioDeCadastro, FormularioDeMunicipio, FormularioDeSenha
from contas.models import Municipio, Papel, PedidoDeEntrada, Usuario, Vinculo
from contas.papeis import PAPEIS_DO_ESTADO
from contas.segredos import resumo
from contas.views.comuns import agora_do_pedido, dentro_do_limite, muitas_tentativas, token_do_link
from nucleo.erros import RegraViolada, TransicaoIndisponivel

#: Key of the session: the sign-up whose letter may be sent again from this browser. The same is kept for an address that is known.
A_CONFIRMAR = "cadastro_a_confirmar"
_SENHAS = ("senha", "senha2")


@publica
@sensitive_post_parameters(*_SENHAS)
@require_http_methods(["GET", "HEAD", "POST"])
def cadastrar(request: HttpRequest) -> HttpResponse:
    """ "Quero aderir": sign up for one municipality. The answer is the same whether or not the e-mail has an account."""
    if request.user.is_authenticated:
        return _outra_prefeitura(request)
    form = FormularioDeCadastro(request.POST or None)
    if request.method == "POST":
        if not dentro_do_limite(request, "cadastro"):
            return muitas_tentativas(request)
        if form.is_valid():
            municipio = form.municipio_escolhido
            assert municipio is not None
            dados = form.cleaned_data
            if dentro_do_limite(request, "cadastro_email", chave=dados["email"].lower()):
                cadastro = acoes.registrar_cadastro(
                    municipio_id=municipio.pk,
                    nome=dados["nome"],
                    cpf=dados["cpf"],
                    email=dados["email"],
                    cargo=dados["cargo"],
                    senha=dados["senha"],
                    agora=agora_do_pedido(),
                )
                request.session[A_CONFIRMAR] = {"email": dados["email"].lower(), "cadastro": cadastro.pk if cadastro else None}
            if not dados["email"].lower().endswith(".gov.br"):  # settled question 2: a warning and a mark, never a refusal
                messages.warning(request, "Seu e-mail não termina em .gov.br. Você pode continuar, e quem confere a adesão vai ver isso.")
            return redirect("account_email_verification_sent")
    return render(request, "contas/cadastro.html", {"form": form}, status=422 if form.errors else 200)


def _outra_prefeitura(request: HttpRequest) -> HttpResponse:
    form = FormularioDeMunicipio(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.municipio_escolhido:
        return redirect("conta_prefeitura", form.municipio_escolhido.pk)
    return render(request, "contas/outra_prefeitura.html", {"form": form}, status=422 if form.errors else 200)


@publica
@require_http_methods(["GET", "HEAD", "POST"])
def confira_seu_email(request: HttpRequest) -> HttpResponse:
    """After signing up: where to go on, and the letter again for whoever has just signed up here, within the limits of the sign-up.

    The page and its answer are the same whether the address is known, the letter went or the limit held it back (B1.7).
    """
    pedido = request.session.get(A_CONFIRMAR)
    if request.method != "POST":
        return render(request, "account/verification_sent.html", {"pode_reenviar": pedido is not None})
    if not dentro_do_limite(request, "cadastro"):
        return muitas_tentativas(request)
    if pedido is not None:
        if dentro_do_limite(request, "cadastro_email", chave=pedido["email"]):
            cadastro = acoes.reenviar_confirmacao(email=pedido["email"], cadastro_id=pedido["cadastro"], agora=agora_do_pedido())
            request.session[A_CONFIRMAR] = pedido | {"cadastro": cadastro}
        messages.success(request, "Pedido recebido. A mensagem pode demorar alguns minutos; enviamos até 3 por hora.")
    return redirect("account_email_verification_sent")


@publica
@require_http_methods(["GET", "HEAD", "POST"])
def confirmar_cadastro(request: HttpRequest, token: str = "") -> HttpResponse:
    """Confirm the e-mail of a sign-up: GET shows a button and consumes nothing, POST creates the account."""
    lido = token_do_link(request, token, nome="conta_confirmar_cadastro")
    if isinstance(lido, HttpResponse):
        return lido
    token = lido
    agora = agora_do_pedido()
    if request.method != "POST":
        aberto = cadastro_aberto(token, agora=agora)
        return render(request, "contas/confirmar_cadastro.html", {"cadastro": aberto}, status=200 if aberto else 410)
    if not dentro_do_limite(request, "acesso"):
        return muitas_tentativas(request)
    try:
        confirmacao = acoes.confirmar_cadastro(token=token, agora=agora)
    except TransicaoIndisponivel:
        return render(request, "contas/confirmar_cadastro.html", {"cadastro": None}, status=410)
    if confirmacao.usuario is None:
        return render(request, "contas/cadastro_recusado.html", status=409)
    request.session.pop(A_CONFIRMAR, None)
    messages.success(request, "E-mail confirmado. Entre com seu e-mail e sua senha.")
    return redirect("account_login")


@autenticada
@require_http_methods(["GET", "HEAD", "POST"])
def prefeitura(request: HttpRequest, codigo: int) -> HttpResponse:
    """Begin to act for a prefeitura, or ask to enter it when it already has people (settled question 2, ADS-10)."""
    municipio = get_object_or_404(Municipio, pk=codigo)
    agora = agora_do_pedido()
    usuario_id = request.user.pk
    assert usuario_id is not None
    if request.method == "POST":
        if request.POST.get("ato") == "pedir":
            acoes.pedir_entrada(usuario_id=usuario_id, municipio_id=codigo, agora=agora)
            messages.success(request, "Pedido feito. Você recebe a resposta por e-mail.")
        elif acoes.ingressar(usuario_id=usuario_id, municipio_id=codigo, agora=agora):
            return redirect("entrada")
        return redirect("conta_prefeitura", codigo)
    meus = Vinculo.objects.filter(usuario_id=usuario_id, orgao__municipio_id=codigo, papel=Papel.REQUERENTE).vigentes(agora)
    contexto = {
        "municipio": municipio,
        "ja_representa": meus.exists(),
        "livre": acoes.municipio_livre(codigo, agora=agora),
        "fim": fim_por_outra_pessoa(usuario_id, municipio_id=codigo),
        "espera": recusa_que_ainda_conta(usuario_id=usuario_id, municipio_id=codigo, agora=agora),
        "pedido": PedidoDeEntrada.objects.filter(usuario_id=usuario_id, municipio_id=codigo).order_by("-pedido_em", "-pk").first(),
    }
    return render(request, "contas/prefeitura.html", contexto)


@publica
@sensitive_post_parameters(*_SENHAS)
@require_http_methods(["GET", "HEAD", "POST"])
def ativar(request: HttpRequest, token: str = "") -> HttpResponse:
    """First access (ADS-11): GET shows the form and never consumes the link; POST sets the password, once, and leads to the login."""
    lido = token_do_link(request, token, nome="conta_ativar")
    if isinstance(lido, HttpResponse):
        return lido
    token = lido
    agora = agora_do_pedido()
    if request.method == "POST" and not dentro_do_limite(request, "acesso"):
        return muitas_tentativas(request)
    if request.method == "POST" and request.POST.get("ato") == "reenviar":
        if dentro_do_limite(request, "acesso_conta", chave=resumo(token)):
            acoes.reenviar_link_de_acesso(token=token, agora=agora, por=ator_de(request))
        return render(request, "contas/ativar_reenviado.html")
    return _criar_senha(request, token, agora=agora)


def _criar_senha(request: HttpRequest, token: str, *, agora: dt.datetime) -> HttpResponse:
    link = acoes.link_de_acesso(token, agora=agora)
    if link is None:
        return render(request, "contas/ativar_vencido.html", status=410)
    form = FormularioDeSenha(request.POST or None, usuario=link.usuario)
    if request.method == "POST" and form.is_valid():
        try:
            acoes.ativar_conta(token=token, senha=form.cleaned_data["senha"], agora=agora)
        except TransicaoIndisponivel:
            return render(request, "contas/ativar_vencido.html", status=410)
        messages.success(request, "Senha criada. Entre com seu e-mail e sua senha.")
        return redirect("account_login")
    return render(request, "contas/ativar.html", {"form": form, "usuario": link.usuario}, status=422 if form.errors else 200)


@publica
@sensitive_post_parameters(*_SENHAS)
@require_http_methods(["GET", "HEAD", "POST"])
def convite(request: HttpRequest, token: str = "") -> HttpResponse:
    """Read and accept an invitation. Whoever holds the link holds the mailbox, so the page may say whether it has an account."""
    lido = token_do_link(request, token, nome="conta_convite")
    if isinstance(lido, HttpResponse):
        return lido
    token = lido
    agora = agora_do_pedido()
    linha = acoes.convite_do_token(token, agora=agora)
    if linha is None:
        return render(request, "contas/convite_vencido.html", status=410)
    dono = conta_do_convite(linha)
    entrou = request.user.is_authenticated
    do_estado = linha.papel in PAPEIS_DO_ESTADO
    form = None if dono else FormularioDeAceite(request.POST or None, do_estado=do_estado, email=linha.email, initial={"nome": linha.nome})
    if request.method == "POST":
        if not dentro_do_limite(request, "acesso"):
            return muitas_tentativas(request)
        if dono is None or (entrou and request.user.pk == dono.pk):
            resposta = _aceitar(request, token, form=form, dono=dono)
            if resposta:
                return resposta
    contexto = {
        "convite": linha,
        "form": form,
        "dono": dono,
        "pode_aceitar": dono is not None and request.user.pk == dono.pk,
        "outra_conta": entrou and (dono is None or request.user.pk != dono.pk),
    }
    return render(request, "contas/convite.html", contexto, status=422 if form and form.errors else 200)


def _aceitar(request: HttpRequest, token: str, *, form: FormularioDeAceite | None, dono: Usuario | None) -> HttpResponse | None:
    if form is not None and not form.is_valid():
        return None
    dados = form.cleaned_data if form else {}
    try:
        acoes.aceitar_convite(
            token=token,
            agora=agora_do_pedido(),
            usuario_id=dono.pk if dono else None,
            nome=dados.get("nome", ""),
            cpf=dados.get("cpf", ""),
            cargo=dados.get("cargo", ""),
            senha=dados.get("senha", ""),
        )
    except TransicaoIndisponivel:
        return render(request, "contas/convite_vencido.html", status=410)
    except RegraViolada as erro:
        if form is None or erro.campo not in form.fields:
            raise
        form.add_error(erro.campo, erro.mensagem)
        return None
    if dono:
        messages.success(request, "Convite aceito.")
        return redirect("entrada")
    messages.success(request, "Conta criada. Entre com seu e-mail e sua senha.")
    return redirect("account_login")
