"""The gestor's catalogue of requests: kinds, speeds, prices, standard reasons (SS-06, LNK-02, INS-03)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import agora, com_o_texto, feito
from contas.permissoes import pode
from nucleo import prazos
from nucleo.campos import minuscula
from nucleo.erros import RegraViolada
from saog import acoes, pecas
from saog.consultas import catalogo as consultas
from saog.forms.prodesp import FormularioMotivo, FormularioPreco, FormularioTipo, FormularioTipoNovo, FormularioVelocidade
from saog.models import MotivoDeDevolucao, Preco, TipoDeSolicitacao

from .comum import fazer_uma_vez


@exige("configuracoes.ver")
@require_GET
def catalogo(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    return _tela(request, FormularioVelocidade(label_suffix=""))


def _tela(request: HttpRequest, formulario: forms.Form, *, status: int = 200) -> HttpResponse:
    hoje = prazos.dia_local(agora())
    contexto = {
        "tipos": consultas.todos_os_tipos(),
        "velocidades": consultas.todas_as_velocidades(),
        "precos": [(p, pecas.em_reais(p), p.vale_de <= hoje and (p.vale_ate is None or p.vale_ate >= hoje)) for p in consultas.precos()],
        "motivos": consultas.todos_os_motivos(),
        "hoje": hoje,
        "form": formulario,
        "edita": pode(ator_de(request), "ss.catalogo"),
    }
    return render(request, "saog/prodesp/catalogo.html", contexto, status=status)


def _salvar(request: HttpRequest, formulario: forms.Form, ato: str, fazer: Callable[[dict[str, Any]], str]) -> str:
    """What was saved, in words, or "" with the errors in the form."""
    if not formulario.is_valid():
        return ""
    try:
        return str(fazer_uma_vez(request, ato, lambda: {"frase": fazer(formulario.cleaned_data)})["frase"])
    except RegraViolada as erro:
        if erro.campo not in formulario.fields:
            raise
        formulario.add_error(erro.campo, erro.mensagem)
        return ""


def _editar(
    request: HttpRequest, formulario: forms.Form, *, ato: str, titulo: str, nota: str, fazer: Callable[[dict[str, Any]], str]
) -> HttpResponse:
    """The page of one thing to change, and the way back to the catalogue when it is saved."""
    status = 200
    if request.method == "POST":
        frase = _salvar(request, formulario, ato, fazer)
        if frase:
            return feito(request, frase, "saog:catalogo")
        status = 422
    com_o_texto(request, formulario)
    return render(request, "saog/prodesp/catalogo_item.html", {"form": formulario, "titulo": titulo, "nota": nota}, status=status)


def _dados(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@guarda_o_texto
@exige("ss.catalogo")
@require_http_methods(["GET", "POST"])
def tipo(request: HttpRequest, codigo: str) -> HttpResponse:
    """One kind of request."""
    por = ator_de(request)
    atual = get_object_or_404(TipoDeSolicitacao, pk=codigo)
    inicial = {n: getattr(atual, n) for n in ("nome", "explicacao", "ordem", "ativo")}

    def fazer(dados: dict[str, Any]) -> str:
        return f"Tipo salvo: {acoes.salvar_tipo(codigo=codigo, dados=dados, por=por).nome}."

    return _editar(
        request,
        FormularioTipo(_dados(request), label_suffix="", initial=inicial),
        ato=f"tipo:{codigo}",
        titulo=f"Editar o tipo {atual.nome}",
        nota=(
            f"O que ele faz não muda: {minuscula(atual.get_comportamento_display())}. "
            "Fora de uso, não aparece em pedidos novos; os que existem continuam."
        ),
        fazer=fazer,
    )


@guarda_o_texto
@exige("ss.catalogo")
@require_http_methods(["GET", "POST"])
def tipo_novo(request: HttpRequest) -> HttpResponse:
    """A new kind of request, that does what one of the known ones does (SS-06)."""
    por = ator_de(request)

    def fazer(dados: dict[str, Any]) -> str:
        return f"Tipo criado: {acoes.criar_tipo(dados=dados, por=por).nome}."

    return _editar(
        request,
        FormularioTipoNovo(_dados(request), label_suffix="", initial={"ordem": consultas.posicao_seguinte(), "ativo": True}),
        ato="tipo:novo",
        titulo="Criar tipo de solicitação",
        nota="Use quando o contrato passar a ter um tipo que ainda não está na lista.",
        fazer=fazer,
    )


@exige("ss.catalogo")
@require_POST
def velocidade_nova(request: HttpRequest) -> HttpResponse:
    """A speed put on offer, up to 16 Mbps (LNK-02)."""
    por = ator_de(request)
    formulario = FormularioVelocidade(request.POST, label_suffix="")

    def fazer(dados: dict[str, Any]) -> str:
        return f"Velocidade incluída: {acoes.incluir_velocidade(mbps=dados['mbps'], por=por)}."

    frase = _salvar(request, formulario, "velocidade:nova", fazer)
    return feito(request, frase, "saog:catalogo") if frase else _tela(request, formulario, status=422)


@exige("ss.catalogo")
@require_POST
def velocidade(request: HttpRequest, mbps: int) -> HttpResponse:
    """A speed on or off offer."""
    por = ator_de(request)
    if not consultas.ha_velocidade(mbps):
        raise Http404("velocidade desconhecida")
    ativa = request.POST.get("ativa") == "1"

    def fazer() -> dict[str, Any]:
        return {"frase": f"{acoes.ligar_velocidade(mbps=mbps, ativa=ativa, por=por)}: {'em uso' if ativa else 'fora de uso'}."}

    return feito(request, fazer_uma_vez(request, f"velocidade:{mbps}", fazer)["frase"], "saog:catalogo")


@guarda_o_texto
@exige("ss.catalogo")
@require_http_methods(["GET", "POST"])
def preco(request: HttpRequest, preco_id: int | None = None) -> HttpResponse:
    """A new price, or one to change. What was sent keeps the estimate it had (INS-03)."""
    por = ator_de(request)
    atual = get_object_or_404(Preco, pk=preco_id) if preco_id else None

    def fazer(dados: dict[str, Any]) -> str:
        return f"Preço salvo: {acoes.salvar_preco(preco_id=preco_id, dados=dados, por=por)}."

    return _editar(
        request,
        FormularioPreco(_dados(request), velocidades=consultas.todas_as_velocidades(), preco=atual),
        ato=f"preco:{preco_id or 'novo'}",
        titulo="Editar o preço" if atual else "Incluir preço",
        nota="As solicitações já enviadas guardam o valor que tinham.",
        fazer=fazer,
    )


@guarda_o_texto
@exige("ss.catalogo")
@require_http_methods(["GET", "POST"])
def motivo(request: HttpRequest, motivo_id: int | None = None) -> HttpResponse:
    """A new standard reason, or one to change."""
    por = ator_de(request)
    atual = get_object_or_404(MotivoDeDevolucao, pk=motivo_id) if motivo_id else None
    inicial = {n: getattr(atual, n) for n in ("titulo", "texto", "ativo")} if atual else {"ativo": True}

    def fazer(dados: dict[str, Any]) -> str:
        return f"Motivo salvo: {acoes.salvar_motivo(motivo_id=motivo_id, dados=dados, por=por).titulo}."

    return _editar(
        request,
        FormularioMotivo(_dados(request), label_suffix="", initial=inicial),
        ato=f"ss_motivo:{motivo_id or 'novo'}",
        titulo="Editar o motivo" if atual else "Criar motivo",
        nota="As pendências já marcadas guardam o texto que tinham.",
        fazer=fazer,
    )


@exige("configuracoes.ver")
@require_GET
def configuracoes(request: HttpRequest) -> HttpResponse:
    """The way to everything the gestor keeps."""
    return render(request, "saog/prodesp/configuracoes.html")
