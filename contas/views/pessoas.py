"""People: of my prefeitura, of the State's teams, and the entry requests PRODESP answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contas import acoes, permissoes, registros
from contas.acesso import ator_de, exige, exige_algum, guarda_o_texto, vinculos_em_uso
from contas.consultas import (
    contas_desativadas,
    convites_abertos,
    equipe_do_estado,
    pedidos_para,
    pedidos_para_ler,
    pessoas_do_orgao,
    primeiro_requerente,
)
from contas.forms import (
    FormularioDaConta,
    FormularioDeConvite,
    FormularioDeEquipe,
    FormularioDeFim,
    FormularioDeMunicipio,
    FormularioDeRecusa,
)
from contas.models import Convite, Municipio, Orgao, Papel, PedidoDeEntrada, Usuario, Vinculo
from contas.paginas import com_o_texto, fazer_uma_vez, pagina_de, texto_de
from contas.views.comuns import agora_do_pedido, dentro_do_limite, muitas_tentativas
from nucleo.erros import RegraViolada


def _minha_prefeitura(request: HttpRequest) -> Orgao:
    for vinculo in vinculos_em_uso(request):
        if vinculo.orgao.municipio_id is not None:
            return vinculo.orgao
    raise Http404


def _convidar(
    request: HttpRequest, form: FormularioDeConvite, *, orgao: Callable[[], Orgao], papel: Callable[[], str]
) -> HttpResponse | None:
    """Run the invitation of a valid form; None when the form has something to correct."""
    if not form.is_valid():
        return None
    if not dentro_do_limite(request, "convidar"):
        return muitas_tentativas(request)
    dados = form.cleaned_data
    try:
        acoes.convidar_pessoa(
            orgao_id=orgao().pk, email=dados["email"], nome=dados["nome"], papel=papel(), por=ator_de(request), agora=agora_do_pedido()
        )
    except RegraViolada as erro:
        if erro.campo not in form.fields:
            raise
        form.add_error(erro.campo, erro.mensagem)
        return None
    messages.success(request, "Convite enviado por e-mail.")
    return redirect(request.path)


@guarda_o_texto
@exige("pessoas.ver")
@require_http_methods(["GET", "HEAD", "POST"])
def pessoas(request: HttpRequest) -> HttpResponse:
    """People of my prefeitura, open invitations and entry requests; the first requerente invites and answers (settled question 2)."""
    agora = agora_do_pedido()
    orgao = _minha_prefeitura(request)
    ator = ator_de(request)
    primeiro = primeiro_requerente(orgao.pk, agora=agora)
    decide = bool(primeiro and primeiro.usuario_id == ator.usuario_id and permissoes.pode(ator, "pessoas.convidar", orgao.municipio_id))
    form = com_o_texto(request, FormularioDeConvite(request.POST or None)) if decide else None
    if request.method == "POST" and form is not None:
        resposta = _convidar(request, form, orgao=lambda: orgao, papel=lambda: Papel.REQUERENTE)
        if resposta:
            return resposta
    contexto = {
        "orgao": orgao,
        "pessoas": pessoas_do_orgao(orgao.pk, agora=agora),
        "eu": ator.usuario_id,
        "decide": decide,
        "form": form,
        "convites": convites_abertos(agora=agora, orgao=orgao) if decide else [],
        "pedidos": pedidos_para(ator).filter(municipio=orgao.municipio) if decide else [],
        "primeiro": primeiro,
        "edita": decide,
    }
    return render(request, "contas/pessoas.html", contexto, status=422 if form and form.errors else 200)


@guarda_o_texto
@exige("configuracoes.ver", para_mudar="equipe.gerir")
@require_http_methods(["GET", "HEAD", "POST"])
def equipe(request: HttpRequest) -> HttpResponse:
    """The State's teams: the gestor invites by e-mail with a role, ends a link, ends sessions."""
    agora = agora_do_pedido()
    edita = permissoes.pode(ator_de(request), "equipe.gerir")
    form = com_o_texto(request, FormularioDeEquipe(request.POST or None))
    if request.method == "POST":
        resposta = _convidar(
            request,
            form,
            orgao=lambda: acoes.orgao_do_estado(form.cleaned_data["papel"]),
            papel=lambda: form.cleaned_data["papel"],
        )
        if resposta:
            return resposta
    contexto = {
        "form": form,
        "equipe": equipe_do_estado(agora=agora),
        "convites": convites_abertos(agora=agora, orgao__municipio__isnull=True),
        "eu": request.user.pk,
        "edita": edita,
    }
    return render(request, "contas/equipe.html", contexto, status=422 if form.errors else 200)


@exige("processos.ver")
@require_safe
def pedidos(request: HttpRequest) -> HttpResponse:
    """Entry requests of every prefeitura, for PRODESP (settled question 2)."""
    ator = ator_de(request)
    pode = {"responde": permissoes.pode(ator, "pessoas.aceitar"), "ve_pessoas": permissoes.pode(ator, "equipe.gerir")}
    return render(request, "contas/pedidos.html", {"pedidos": pedidos_para_ler(ator), **pode})


def _volta(request: HttpRequest) -> str:
    return "contas:pessoas" if permissoes.pode(ator_de(request), "pessoas.ver") else "contas:pedidos"


@exige("pessoas.aceitar")
@require_POST
def aceitar_pedido(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept an entry request; somebody else's prefeitura is 404."""
    _meu_pedido(request, pk)
    acoes.aceitar_pedido(pedido_id=pk, por=ator_de(request), agora=agora_do_pedido())
    messages.success(request, "Pedido aceito. A pessoa foi avisada por e-mail.")
    return redirect(_volta(request))


@guarda_o_texto
@exige("pessoas.aceitar")
@require_http_methods(["GET", "HEAD", "POST"])
def recusar_pedido(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse an entry request, with a reason the person reads."""
    municipio_id = _meu_pedido(request, pk)
    form: forms.Form = com_o_texto(request, FormularioDeRecusa(request.POST or None))
    if request.method == "POST" and form.is_valid():
        acoes.recusar_pedido(pedido_id=pk, motivo=form.cleaned_data["motivo"], por=ator_de(request), agora=agora_do_pedido())
        messages.success(request, "Pedido recusado. A pessoa foi avisada por e-mail.")
        return redirect(_volta(request))
    pedido = pedidos_para(ator_de(request)).filter(pk=pk, municipio_id=municipio_id).first()
    if pedido is None:
        raise Http404
    contexto = {"form": form, "pedido": pedido, "volta": _volta(request)}
    return render(request, "contas/recusar_pedido.html", contexto, status=422 if form.errors else 200)


def _meu_pedido(request: HttpRequest, pk: int) -> int:
    """The municipality of a request this actor may answer, decided or not. Raises ``Http404`` for another's."""
    pedido = get_object_or_404(PedidoDeEntrada, pk=pk)
    if not permissoes.pode(ator_de(request), "pessoas.aceitar", pedido.municipio_id):
        raise Http404
    return pedido.municipio_id


@exige_algum("pessoas.convidar", "equipe.gerir")
@require_POST
def cancelar_convite(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an open invitation stop working."""
    linha = get_object_or_404(Convite.objects.select_related("orgao"), pk=pk)
    _alcanca(request, linha.orgao)
    acoes.cancelar_convite(convite_id=pk, por=ator_de(request), agora=agora_do_pedido())
    messages.success(request, "Convite cancelado.")
    return redirect(_lista_de(request, linha.orgao))


@guarda_o_texto
@exige_algum("pessoas.convidar", "equipe.gerir")
@require_http_methods(["GET", "HEAD", "POST"])
def encerrar_vinculo(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's link, after a page that says what it does."""
    vinculo = get_object_or_404(Vinculo.objects.select_related("orgao__municipio", "usuario"), pk=pk)
    _alcanca(request, vinculo.orgao, para_encerrar=True)
    volta = _lista_de(request, vinculo.orgao)
    pela_prodesp = vinculo.orgao.municipio_id is not None and permissoes.pode(ator_de(request), "equipe.gerir")
    form = com_o_texto(request, FormularioDeFim(request.POST if request.method == "POST" else None, obrigatorio=pela_prodesp))
    if request.method == "POST" and form.is_valid():
        acoes.encerrar_vinculo(vinculo_id=pk, motivo=form.cleaned_data["motivo"], por=ator_de(request), agora=agora_do_pedido())
        messages.success(request, "Vínculo encerrado. A pessoa foi avisada por e-mail, e as sessões dela foram encerradas.")
        return redirect(volta if vinculo.usuario_id != request.user.pk else reverse("account_login"))
    contexto = {"vinculo": vinculo, "volta": volta, "form": form, "pela_prodesp": pela_prodesp}
    return render(request, "contas/encerrar_vinculo.html", contexto, status=422 if form.errors else 200)


def _alcanca(request: HttpRequest, orgao: Orgao, *, para_encerrar: bool = False) -> None:
    """Raise ``Http404`` unless the actor manages the people of this body: a gestor the State's, a requerente those of the own prefeitura.

    ``para_encerrar``: a gestor also ends links of a prefeitura, where only its own people invite.
    """
    ator = ator_de(request)
    do_gestor = (orgao.municipio_id is None or para_encerrar) and permissoes.pode(ator, "equipe.gerir")
    da_prefeitura = orgao.municipio_id is not None and permissoes.pode(ator, "pessoas.convidar", orgao.municipio_id)
    if not (do_gestor or da_prefeitura):
        raise Http404


def _lista_de(request: HttpRequest, orgao: Orgao) -> str:
    """Address of the list of people this body stands in, for this actor."""
    if orgao.municipio_id is None:
        return reverse("contas:equipe")
    if permissoes.pode(ator_de(request), "equipe.gerir"):
        return reverse("contas:da_prefeitura", args=[orgao.municipio_id])
    return reverse("contas:pessoas")


@exige("configuracoes.ver")
@require_safe
def prefeituras(request: HttpRequest) -> HttpResponse:
    """Which prefeitura's people to see."""
    form = FormularioDeMunicipio(request.GET if "municipio" in request.GET else None)
    if form.is_valid() and form.municipio_escolhido:
        return redirect("contas:da_prefeitura", form.municipio_escolhido.pk)
    return render(request, "contas/escolher_prefeitura.html", {"form": form}, status=422 if form.errors else 200)


@exige("configuracoes.ver")
@require_safe
def da_prefeitura(request: HttpRequest, codigo: int) -> HttpResponse:
    """Who acts for a prefeitura, for the gestor: the link of a requerente who should not be there is ended here (settled question 2)."""
    municipio = get_object_or_404(Municipio, pk=codigo)
    agora = agora_do_pedido()
    contexto = {
        "municipio": municipio,
        "pessoas": Vinculo.objects.filter(orgao__municipio=municipio).vigentes(agora).select_related("usuario").order_by("inicio_em", "pk"),
        "ha_adesao": registros.ha_adesao(codigo),
        "edita": permissoes.pode(ator_de(request), "equipe.gerir"),
    }
    return render(request, "contas/da_prefeitura.html", contexto)


@exige("configuracoes.ver")
@require_safe
def desativadas(request: HttpRequest) -> HttpResponse:
    """Closed accounts, for the gestor to open one again; a name or e-mail narrows the list."""
    busca = texto_de(request, "busca")
    contexto = {
        "pagina": pagina_de(contas_desativadas(busca), request),
        "busca": busca,
        "edita": permissoes.pode(ator_de(request), "contas.reativar"),
    }
    return render(request, "contas/desativadas.html", contexto)


@guarda_o_texto
@exige("equipe.gerir")
@require_http_methods(["GET", "HEAD", "POST"])
def desativar_conta(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account, after a page that says what it does and asks why; for a closed one, a page that says so."""
    usuario = get_object_or_404(Usuario, pk=pk)
    agora = agora_do_pedido()
    form = com_o_texto(request, FormularioDaConta(request.POST if request.method == "POST" else None))
    if request.method == "POST" and form.is_valid():

        def fazer() -> dict[str, Any]:
            acoes.desativar_conta(usuario_id=pk, motivo=form.cleaned_data["motivo"], por=ator_de(request), agora=agora)
            return {}

        fazer_uma_vez(request, f"conta.desativar:{pk}", fazer)
        messages.success(request, f"Conta de {usuario.nome} desativada. A pessoa foi avisada por e-mail.")
        return redirect("contas:desativadas")
    contexto = {
        "conta": usuario,
        "form": form,
        "eu": request.user.pk,
        "papeis": usuario.vinculos.vigentes(agora).select_related("orgao").order_by("inicio_em", "pk"),
    }
    return render(request, "contas/desativar_conta.html", contexto, status=422 if form.errors else 200)


@guarda_o_texto
@exige("contas.reativar")
@require_http_methods(["GET", "HEAD", "POST"])
def reativar_conta(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again, after a page that says what it does and asks why; for an open one, a page that says so."""
    usuario = get_object_or_404(Usuario, pk=pk)
    agora = agora_do_pedido()
    form = com_o_texto(request, FormularioDaConta(request.POST if request.method == "POST" else None))
    if request.method == "POST" and form.is_valid():

        def fazer() -> dict[str, Any]:
            acoes.reativar_conta(usuario_id=pk, motivo=form.cleaned_data["motivo"], por=ator_de(request), agora=agora)
            return {}

        fazer_uma_vez(request, f"conta.reativar:{pk}", fazer)
        messages.success(request, f"Conta de {usuario.nome} reativada. A pessoa foi avisada por e-mail.")
        return redirect("contas:desativadas")
    contexto = {
        "conta": usuario,
        "form": form,
        "papeis": usuario.vinculos.vigentes(agora).select_related("orgao").order_by("inicio_em", "pk"),
    }
    return render(request, "contas/reativar_conta.html", contexto, status=422 if form.errors else 200)


@exige("equipe.gerir")
@require_http_methods(["GET", "HEAD", "POST"])
def encerrar_sessoes(request: HttpRequest, pk: int) -> HttpResponse:
    """End every session of somebody of the State's teams (ASVS 7.4.5), after a page that says what it does."""
    vinculo = equipe_do_estado(agora=agora_do_pedido()).filter(usuario_id=pk).first()
    if vinculo is None:
        raise Http404
    if request.method != "POST":
        return render(request, "contas/encerrar_sessoes.html", {"conta": vinculo.usuario, "eu": request.user.pk})
    acoes.encerrar_sessoes_de(usuario_id=pk, por=ator_de(request), agora=agora_do_pedido())
    messages.success(request, "Sessões encerradas.")
    return redirect("contas:equipe" if pk != request.user.pk else "account_login")
