"""What the prefeitura decides about a request that is on its way: discard, cancel, emit, accept, refuse, answer (SS-03 to SS-05)."""

from __future__ import annotations

import uuid as uuid_
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import agora, com_o_texto, feito
from nucleo import fluxo
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import acoes, consultas, pecas
from saog.estados import EM_ACEITE, Estado
from saog.forms.prefeitura import FormularioCancelamento, FormularioRecusa, FormularioResposta
from saog.models import SolicitacaoServico

from .comum import da_solicitacao, exigir_todas, fazer_uma_vez


def _para(request: HttpRequest, numero: str, ato: str) -> tuple[Ator, SolicitacaoServico]:
    por = ator_de(request)
    return por, consultas.obter(por, numero, ato)


def _fora_de_hora(request: HttpRequest, ss: SolicitacaoServico, por: Ator, transicao: str) -> bool:
    """Whether the page of an act was opened when the act is not possible any more: its GET goes back to the request, which says so."""
    tarde = request.method == "GET" and transicao not in fluxo.disponiveis(ss, por)
    if tarde:
        messages.info(request, f"Este ato não é possível agora: o pedido está em “{ss.rotulo}”.")
    return tarde


@exige("ss.preencher")
@require_http_methods(["GET", "POST"])
def descartar(request: HttpRequest, numero: str) -> HttpResponse:
    """Throw a draft away, after asking."""
    por, ss = _para(request, numero, "ss.preencher")
    if _fora_de_hora(request, ss, por, "descartar"):
        return redirect("saog:solicitacao", ss.slug)
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            acoes.descartar(ss_id=ss.pk, por=por, agora=agora())
            return {}

        fazer_uma_vez(request, f"ss.descartar:{ss.pk}", fazer)
        return feito(request, f"Rascunho {ss.numero} descartado.", "saog:solicitacoes")
    contexto = {"ss": ss, "resumo": pecas.resumo(ss), "mudanca": consultas.mudanca_de(ss, por)}
    return render(request, "saog/prefeitura/descartar.html", contexto)


@guarda_o_texto
@exige("ss.cancelar")
@require_http_methods(["GET", "POST"])
def cancelar(request: HttpRequest, numero: str) -> HttpResponse:
    """Take a request back before attendance; its place is free again (LNK-07)."""
    por, ss = _para(request, numero, "ss.cancelar")
    if _fora_de_hora(request, ss, por, "cancelar"):
        return redirect("saog:solicitacao", ss.slug)
    form = com_o_texto(request, FormularioCancelamento(request.POST if request.method == "POST" else None, label_suffix=""))
    if request.method == "POST" and form.is_valid():

        def fazer() -> dict[str, Any]:
            acoes.cancelar(ss_id=ss.pk, motivo=form.cleaned_data["motivo"], por=por, agora=agora())
            return {}

        fazer_uma_vez(request, f"ss.cancelar:{ss.pk}", fazer, sobre=ss)
        return feito(request, f"Solicitação {ss.numero} cancelada.", "saog:solicitacao", ss.slug)
    contexto = da_solicitacao(ss, por, form=form)
    return render(request, "saog/prefeitura/cancelar.html", contexto, status=422 if form.errors else 200)


@exige("ss.emitir")
@require_http_methods(["GET", "POST"])
def emitir(request: HttpRequest, numero: str) -> HttpResponse:
    """Order it from the Operadora (SS-03), after showing once more what is ordered."""
    por, ss = _para(request, numero, "ss.emitir")
    if _fora_de_hora(request, ss, por, "emitir"):
        return redirect("saog:solicitacao", ss.slug)
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            acoes.emitir(ss_id=ss.pk, por=por, agora=agora())
            return {}

        fazer_uma_vez(request, f"ss.emitir:{ss.pk}", fazer, sobre=ss)
        return feito(request, f"Solicitação {ss.numero} emitida. A Operadora foi avisada e vai começar.", "saog:solicitacao", ss.slug)
    return render(request, "saog/prefeitura/emitir.html", da_solicitacao(ss, por))


@exige("ss.emitir")
@require_http_methods(["GET", "POST"])
def emitir_varias(request: HttpRequest) -> HttpResponse:
    """Several validated requests with one confirmation: all or none."""
    por = ator_de(request)
    origem = request.POST if request.method == "POST" else request.GET
    escolhidas = consultas.das_marcadas(por, origem.getlist("ss"), Estado.VALIDADA)
    erro: RegraViolada | None = None
    if request.method == "POST":
        ids = [ss.pk for ss in escolhidas]

        def fazer() -> dict[str, Any]:
            exigir_todas(origem.getlist("ss"), escolhidas)
            return {"numeros": [s.numero for s in acoes.emitir_varias(ids=ids, por=por, agora=agora())]}

        try:
            numeros = fazer_uma_vez(request, "ss.emitir_varias", fazer)["numeros"]
        except SemPermissao:
            raise
        except RegraViolada as recusa:
            erro = recusa
        else:
            n = len(numeros)
            frase = f"{n} solicitaç{'ões emitidas' if n != 1 else 'ão emitida'}: {', '.join(numeros)}. A Operadora foi avisada."
            return feito(request, frase, "saog:solicitacoes")
    contexto = {"escolhidas": [(ss, pecas.resumo(ss)) for ss in escolhidas], "erro": erro, "com_erro": erro is not None}
    return render(request, "saog/prefeitura/emitir_varias.html", contexto, status=erro.status if erro else 200)


@exige("ss.aceitar")
@require_http_methods(["GET", "POST"])
def aceitar(request: HttpRequest, numero: str) -> HttpResponse:
    """Accept a delivery, after saying what accepting does (SS-04)."""
    por, ss = _para(request, numero, "ss.aceitar")
    if _fora_de_hora(request, ss, por, "aceitar"):
        return redirect("saog:solicitacao", ss.slug)
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            acoes.aceitar(ss_id=ss.pk, por=por, agora=agora())
            return {}

        fazer_uma_vez(request, f"ss.aceitar:{ss.pk}", fazer, sobre=ss)
        return feito(request, f"Entrega aceita: {ss.titulo}. A Operadora foi avisada.", "saog:solicitacao", ss.slug)
    return render(request, "saog/prefeitura/aceitar.html", da_solicitacao(ss, por))


@guarda_o_texto
@exige("ss.aceitar")
@require_http_methods(["GET", "POST"])
def recusar(request: HttpRequest, numero: str) -> HttpResponse:
    """Refuse a delivery with a reason and up to ten photos or PDFs (SS-05). Every button posts the whole form: nothing typed is lost.

    A file chosen together with *Recusar a entrega* goes with it.
    """
    por, ss = _para(request, numero, "ss.aceitar")
    if _fora_de_hora(request, ss, por, "recusar"):
        return redirect("saog:solicitacao", ss.slug)
    if request.method != "POST":
        return _tela_da_recusa(request, por, ss, com_o_texto(request, FormularioRecusa(label_suffix="")))
    acao = request.POST.get("acao", "recusar")
    if acao != "recusar":
        return _mexer_nos_arquivos(request, por, ss, acao)
    recusa_do_arquivo = _guardar_arquivos(request, ss, por, exigido=False)
    form = _sem_julgar(request) if recusa_do_arquivo else FormularioRecusa(request.POST, label_suffix="")
    if recusa_do_arquivo is not None or not form.is_valid():
        return _tela_da_recusa(request, por, ss, form, recusa_do_arquivo)

    def fazer() -> dict[str, Any]:
        acoes.recusar(ss_id=ss.pk, motivo=form.cleaned_data["motivo"], por=por, agora=agora())
        return {}

    fazer_uma_vez(request, f"ss.recusar:{ss.pk}", fazer, sobre=ss)
    return feito(request, f"Entrega recusada: {ss.titulo}. A Operadora vai ler o motivo e entregar de novo.", "saog:solicitacao", ss.slug)


def _mexer_nos_arquivos(request: HttpRequest, por: Ator, ss: SolicitacaoServico, acao: str) -> HttpResponse:
    """Join or take back a file and show the page again with what was typed."""
    erro = None
    if acao.startswith("retirar-"):
        _retirar(ss, acao.removeprefix("retirar-"), por)
    else:
        erro = _guardar_arquivos(request, ss, por, exigido=True)
    return _tela_da_recusa(request, por, ss, _sem_julgar(request), erro)


def _sem_julgar(request: HttpRequest) -> FormularioRecusa:
    """The form with what was typed, not judged yet."""
    return FormularioRecusa(initial={"motivo": request.POST.get("motivo", "")[:2000]}, label_suffix="")


def _retirar(ss: SolicitacaoServico, texto: str, por: Ator) -> None:
    try:
        documento = uuid_.UUID(texto)
    except ValueError:
        return
    acoes.retirar_anexo(ss_id=ss.pk, documento=documento, qual=acoes.RECUSA, por=por, agora=agora())


def _guardar_arquivos(request: HttpRequest, ss: SolicitacaoServico, por: Ator, *, exigido: bool) -> RegraViolada | None:
    """Keep the files that came with the form; the refusal to show beside the field, or None. Nothing is kept of a repeated refusal."""
    arquivos = request.FILES.getlist("arquivo")
    if not arquivos:
        return RegraViolada("Escolha um arquivo PDF, PNG ou JPEG.", campo="arquivo") if exigido else None
    if ss.estado not in EM_ACEITE and not exigido:
        return None  # a double click of the refusal: the one-time key answers
    try:
        for arquivo in arquivos[:10]:
            acoes.anexar(ss_id=ss.pk, arquivo=arquivo, qual=acoes.RECUSA, por=por, agora=agora())
    except (SemPermissao, TransicaoIndisponivel):
        raise
    except RegraViolada as erro:
        return erro
    return None


def _tela_da_recusa(
    request: HttpRequest, por: Ator, ss: SolicitacaoServico, form: FormularioRecusa, erro: RegraViolada | None = None
) -> HttpResponse:
    contexto = da_solicitacao(
        ss,
        por,
        form=form,
        anexos=consultas.arquivos(ss, f"recusa-{ss.entregas}"),
        erro_do_arquivo=erro.mensagem if erro else "",
        com_erro=erro is not None or bool(form.errors),
    )
    status = erro.status if erro else 422 if form.errors else 200
    return render(request, "saog/prefeitura/recusar.html", contexto, status=status)


@guarda_o_texto
@exige("ss.emitir")
@require_http_methods(["GET", "POST"])
def responder(request: HttpRequest, numero: str) -> HttpResponse:
    """Answer what the Operadora asked for; the attendance goes on."""
    por, ss = _para(request, numero, "ss.emitir")
    if _fora_de_hora(request, ss, por, "retomar"):
        return redirect("saog:solicitacao", ss.slug)
    form = com_o_texto(request, FormularioResposta(request.POST if request.method == "POST" else None, label_suffix=""))
    if request.method == "POST" and form.is_valid():

        def fazer() -> dict[str, Any]:
            acoes.retomar(ss_id=ss.pk, texto=form.cleaned_data["texto"], por=por, agora=agora())
            return {}

        fazer_uma_vez(request, f"ss.responder:{ss.pk}", fazer)
        return feito(request, "Resposta enviada à Operadora. O atendimento continua.", "saog:solicitacao", ss.slug)
    return render(request, "saog/prefeitura/responder.html", da_solicitacao(ss, por, form=form), status=422 if form.errors else 200)
