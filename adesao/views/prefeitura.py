"""The prefeitura's side: task list, forms, papers, sending."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adesao import acoes, consultas, fichas, pecas, revisao
from adesao.acoes.envio import FaltaAlgo
from adesao.estados import Estado
from adesao.forms import FormularioAutorizacao, FormularioResposta
from adesao.models import Adesao
from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import agora, com_o_texto, com_os_textos, feito
from contas.permissoes import pode
from nucleo import prazos
from nucleo.declaracoes import DECLARACOES

from .comum import do_processo, fazer_uma_vez, para_preencher
from .lista import linhas

_VARIANTE_DO_PAINEL = {Estado.APROVADA: "adesao/vigor.html"}


@exige("adesao.ver")
@require_GET
def minha(request: HttpRequest) -> HttpResponse:
    """The adhesion of the prefeitura the person acts for; a page to begin one when there is none."""
    por = ator_de(request)
    adesao = consultas.da_prefeitura(por)
    if adesao is not None and adesao.estado not in (Estado.INDEFERIDA, Estado.DESCARTADA):
        return redirect("adesao:painel", adesao.slug)
    municipio = consultas.municipio_de(por)
    if municipio is None:
        return redirect("conta")
    pode_comecar = pode(por, "adesao.iniciar", municipio.pk)
    return render(request, "adesao/comecar.html", {"municipio": municipio, "anterior": adesao, "pode_comecar": pode_comecar})


@exige("adesao.iniciar")
@require_POST
def comecar(request: HttpRequest) -> HttpResponse:
    """Begin the adhesion (ADS-01)."""
    por = ator_de(request)
    municipio = consultas.municipio_de(por)
    if municipio is None:
        raise Http404

    def fazer() -> dict[str, Any]:
        nova = acoes.iniciar(municipio_id=municipio.pk, por=por, agora=agora(), aproveitar=request.POST.get("aproveitar") == "sim")
        return {"slug": nova.slug}

    return redirect("adesao:painel", fazer_uma_vez(request, "adesao.iniciar", fazer)["slug"])


@exige("adesao.ver")
@require_GET
def painel(request: HttpRequest, numero: str) -> HttpResponse:
    """One process: the task list while it may change, what was sent while others act, the adhesion in force afterwards."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "adesao.ver")
    contexto = do_processo(adesao, por)
    if adesao.editavel and pode(por, "adesao.preencher", adesao.municipio_id):
        rev = revisao.rever(adesao)
        lista = linhas(adesao, rev)
        contexto |= {
            "linhas": lista,
            "concluidas": sum(linha.concluida for linha in lista),
            **_da_devolucao(adesao, rev),
            "rev": rev,
            "proxima": next((linha for linha in lista if linha.tom == "correcao"), None)
            or next((linha for linha in lista if not (linha.concluida or linha.trancada or linha.opcional)), None),
        }
        return render(request, "adesao/tarefas.html", contexto)
    contexto |= {
        "envio": consultas.ultimo_envio(adesao),
        "envios": list(adesao.lista_de_envios.select_related("por")),
        "responsaveis": list(adesao.responsaveis.all()),
        "aplicacoes": list(adesao.aplicacoes.all()),
        "com_acesso": consultas.responsaveis_com_acesso(adesao),
        "pode_comecar": pode(por, "adesao.iniciar", adesao.municipio_id) and adesao.estado in (Estado.INDEFERIDA, Estado.DESCARTADA),
        "TERMO_FIM": settings.TERMO_FIM,
        "e_da_prefeitura": bool(por.municipios("requerente", "responsavel") & {adesao.municipio_id}),
    }
    return render(request, _VARIANTE_DO_PAINEL.get(Estado(adesao.estado), "adesao/enviada_painel.html"), contexto)


def _da_devolucao(adesao: Adesao, rev: revisao.Revisao) -> dict[str, Any]:
    """What the notice over a returned process says: what is true of the rest, how many corrections are left, and how late it is."""
    envio = consultas.ultimo_envio(adesao) if adesao.estado == Estado.DEVOLVIDA else None
    if envio is None or adesao.vence_em is None:
        return {"resto": "", "faltam_corrigir": 0, "atraso": 0}
    return {
        "resto": acoes.sobre_o_resto(envio, rev.pendencias),
        "faltam_corrigir": len({f.pendencia for f in rev.faltas if f.pendencia}),
        "atraso": max(0, -prazos.faltam(adesao.vence_em, agora())),
    }


@exige("adesao.preencher")
@require_GET
def falta(request: HttpRequest, numero: str) -> HttpResponse:
    """Everything that is missing, each with its rule and the way to mend it."""
    _, adesao = para_preencher(request, numero)
    if not adesao.editavel:
        return redirect("adesao:painel", adesao.slug)
    return render(request, "adesao/falta.html", {"adesao": adesao, "rev": revisao.rever(adesao), "tarefas": fichas.POR_SLUG})


@guarda_o_texto
@exige("adesao.preencher")
@require_http_methods(["GET", "POST"])
def responder(request: HttpRequest, numero: str, pendencia_id: int) -> HttpResponse:
    """Answer a pendência when the value is right as it stands."""
    por, adesao = para_preencher(request, numero)
    pendencia = next((p for p in consultas.pendencias_abertas(adesao) if p.pk == pendencia_id), None)
    if pendencia is None:
        raise Http404
    form = com_o_texto(request, FormularioResposta(request.POST or None, initial={"resposta": pendencia.resposta}))
    so_se_responde = (pendencia.tarefa, pendencia.campo) in pecas.SEM_CAMPO
    if so_se_responde:
        form.fields["resposta"].help_text = "Até 500 letras."
        form.fields["resposta"].error_messages["required"] = "Escreva a resposta."
    if request.method == "POST" and form.is_valid():
        acoes.responder_pendencia(
            adesao_id=adesao.pk, pendencia_id=pendencia_id, resposta=form.cleaned_data["resposta"], por=por, agora=agora()
        )
        return feito(request, "Resposta guardada. Ela vai junto quando você enviar de novo.", "adesao:painel", adesao.slug)
    status = 422 if form.errors else 200
    contexto = {
        "adesao": adesao,
        "pendencia": pendencia,
        "form": form,
        "so_se_responde": so_se_responde,
    }
    return render(request, "adesao/responder.html", contexto, status=status)


@exige("adesao.preencher")
@require_GET
def conferir(request: HttpRequest, numero: str) -> HttpResponse:
    """Task 8: everything on one page, and the button that sends it."""
    _, adesao = para_preencher(request, numero)
    if not adesao.editavel:
        return redirect("adesao:painel", adesao.slug)
    return _tela_conferir(request, adesao)


def _tela_conferir(request: HttpRequest, adesao: Adesao, *, status: int = 200) -> HttpResponse:
    rev = revisao.rever(adesao)
    if not rev.pode_enviar:
        return render(
            request, "adesao/falta.html", {"adesao": adesao, "rev": rev, "tarefas": fichas.POR_SLUG, "ia_enviar": True}, status=status
        )
    contexto = {
        "adesao": adesao,
        "tarefa": fichas.POR_SLUG["conferir"],
        "total": len(fichas.TAREFAS),
        "rev": rev,
        "partes": pecas.leitura(adesao, rev.validacao.limpos),
        "declaracoes": [d.texto for d in DECLARACOES],
        "ate": acoes.prazo_da_conferencia(agora()),
    }
    return render(request, "adesao/preencher/conferir.html", contexto, status=status)


@exige("adesao.enviar")
@require_POST
def enviar(request: HttpRequest, numero: str) -> HttpResponse:
    """Send to PRODESP. A double click, a resend or the back button leads to the first sending's confirmation."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "adesao.enviar")

    def fazer() -> dict[str, Any]:
        return {"ordem": acoes.enviar(adesao_id=adesao.pk, por=por, agora=agora()).ordem}

    try:
        resultado = fazer_uma_vez(request, "adesao.enviar", fazer)
    except FaltaAlgo:
        return _tela_conferir(request, adesao, status=422)
    return redirect("adesao:enviada", adesao.slug, resultado["ordem"])


@exige("adesao.ver")
@require_GET
def enviada(request: HttpRequest, numero: str, ordem: int) -> HttpResponse:
    """The confirmation of a sending: number, what happens next and until when. It may be opened again at any time."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "adesao.ver")
    envio = adesao.lista_de_envios.filter(ordem=ordem).select_related("por", "recibo").first()
    if envio is None:
        raise Http404
    atual = envio.ordem == adesao.envios
    contexto = do_processo(adesao, por, envio=envio, atual=atual, papeis=list(envio.pecas.select_related("assinado", "gerado")))
    return render(request, "adesao/enviada.html", contexto)


@exige("adesao.descartar")
@require_http_methods(["GET", "POST"])
def descartar(request: HttpRequest, numero: str) -> HttpResponse:
    """Throw the draft away, after asking."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "adesao.descartar")
    if request.method == "POST":
        acoes.descartar(adesao_id=adesao.pk, por=por, agora=agora())
        return feito(request, f"Rascunho {adesao.numero} descartado. A prefeitura pode começar outra adesão.", "adesao:minha")
    if adesao.estado != Estado.RASCUNHO:
        return redirect("adesao:painel", adesao.slug)
    return render(request, "adesao/descartar.html", {"adesao": adesao})


@guarda_o_texto
@exige("adesao.autorizacoes")
@require_http_methods(["GET", "POST"])
def autorizacoes(request: HttpRequest, numero: str) -> HttpResponse:
    """The State applications and how each authorisation stands (ADS-08): one form for all, saved together or not at all."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "adesao.autorizacoes")
    enviado = request.POST if request.method == "POST" else None
    hoje = prazos.dia_local(agora())
    aplicacoes = list(adesao.aplicacoes.all())
    formularios = [FormularioAutorizacao(enviado, aplicacao=a, hoje=hoje) for a in aplicacoes]
    com_os_textos(request, formularios)
    itens = [{"aplicacao": a, "form": form} for a, form in zip(aplicacoes, formularios, strict=True)]
    certos = all(form.is_valid() for form in formularios)
    if enviado is not None and certos:
        mudados = [form for form in formularios if form.has_changed()]

        def fazer() -> dict[str, Any]:
            for form in mudados:
                acoes.registrar_autorizacao(
                    adesao_id=adesao.pk, aplicacao_id=form.aplicacao_id, **form.cleaned_data, por=por, agora=agora()
                )
            return {"quantas": len(mudados)}

        n = fazer_uma_vez(request, f"autorizacoes:{adesao.pk}", fazer)["quantas"]
        if not n:
            messages.info(request, "Nada mudou. Altere a situação de alguma aplicação e salve.")
            return redirect("adesao:autorizacoes", adesao.slug)
        frase = "Situação de 1 aplicação salva." if n == 1 else f"Situação de {n} aplicações salva."
        return feito(request, frase, "adesao:autorizacoes", adesao.slug)
    contexto = {"adesao": adesao, "itens": itens, "formularios": formularios}
    return render(request, "adesao/autorizacoes.html", contexto, status=200 if enviado is None else 422)
