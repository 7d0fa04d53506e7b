"""The papers of a draft: making the PDFs and taking the signed copies in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from adesao import acoes, fichas, pecas, revisao
from adesao.models import Adesao
from contas.acesso import exige, sem_atividade
from contas.paginas import agora, feito
from documentos.models import Documento
from nucleo.campos import minuscula
from nucleo.erros import RegraViolada

from .comum import para_preencher

#: How long the PDFs usually take at the very most; past it the page says that it is taking longer, and what else one may do.
DEMORA = dt.timedelta(seconds=60)


def _contexto_dos_assinados(adesao: Adesao, **mais: Any) -> dict[str, Any]:
    rev = revisao.rever(adesao)
    gerados = [s.gerado for s in rev.situacao if s.gerado is not None]
    a_gerar = [s for s in rev.situacao if s.peca != pecas.DELEGACAO and s.pronta_para_gerar and s.gerado is None]
    pendentes = [g for g in gerados if g.situacao == Documento.Situacao.PENDENTE]
    return {
        "adesao": adesao,
        "tarefa": fichas.POR_SLUG["assinados"],
        "total": len(fichas.TAREFAS),
        "rev": rev,
        "situacao": rev.situacao,
        "gerados": gerados,
        "a_gerar": a_gerar,
        "pendentes": pendentes,
        "demorando": any(agora() - g.criado_em >= DEMORA for g in pendentes),
        "prontos": len(gerados) - len(pendentes),
        "pdf_disponivel": pecas.gera_pdf(),
        "pendencias": {p.campo: p for p in rev.pendencias_de("assinados")},
        "erros": {},
        **mais,
    }


@exige("adesao.preencher")
@require_GET
def assinados(request: HttpRequest, numero: str) -> HttpResponse:
    """Task 6: make the PDFs, send the signed copies."""
    _, adesao = para_preencher(request, numero)
    if not adesao.editavel:
        return redirect("adesao:painel", adesao.slug)
    return render(request, "adesao/preencher/assinados.html", _contexto_dos_assinados(adesao))


@exige("adesao.preencher")
@require_POST
def gerar(request: HttpRequest, numero: str) -> HttpResponse:
    """Order the PDFs of what is complete; for those ordered before and not yet made, ask the worker again."""
    por, adesao = para_preencher(request, numero)
    acoes.gerar_pecas(adesao_id=adesao.pk, por=por, agora=agora())
    return redirect("adesao:preencher", adesao.slug, "assinados")


@exige("adesao.preencher")
@require_GET
@sem_atividade
def andamento(request: HttpRequest, numero: str) -> HttpResponse:
    """How far the PDFs are, for htmx: a fragment that asks again until all are made."""
    _, adesao = para_preencher(request, numero)
    return render(request, "adesao/preencher/_pdfs.html", _contexto_dos_assinados(adesao))


@exige("adesao.preencher")
@require_POST
def assinado(request: HttpRequest, numero: str, peca: str) -> HttpResponse:
    """Take in a signed copy; what is wrong with the file is said beside its field."""
    por, adesao = para_preencher(request, numero)
    arquivo = request.FILES.get("arquivo")
    try:
        if arquivo is None:
            raise RegraViolada("Escolha o arquivo PDF do documento assinado.", campo=peca)
        copia = acoes.anexar_assinado(adesao_id=adesao.pk, peca=peca, arquivo=arquivo, por=por, agora=agora())
    except RegraViolada as erro:
        if not erro.campo:
            raise
        contexto = _contexto_dos_assinados(adesao, erros={peca: erro.mensagem}, com_erro=True)
        contexto["resumo"] = _resumo(contexto["situacao"], peca, erro.mensagem)
        return render(request, "adesao/preencher/assinados.html", contexto, status=erro.status)
    return feito(request, f"{copia.documento.titulo}: recebido.", "adesao:preencher", adesao.slug, "assinados")


def _resumo(situacao: list[pecas.SituacaoDaPeca], peca: str, frase: str) -> str:
    """The line of the error summary: read alone, at the top of a page with several files, it says which paper it is about."""
    curto = next((s.curto for s in situacao if s.peca == peca), "")
    return f"{curto} assinado: {minuscula(frase)}" if curto else frase


@exige("adesao.preencher")
@require_POST
def remover_assinado(request: HttpRequest, numero: str, peca: str) -> HttpResponse:
    """Take a signed copy out of the draft."""
    por, adesao = para_preencher(request, numero)
    acoes.remover_assinado(adesao_id=adesao.pk, peca=peca, por=por, agora=agora())
    return feito(request, "Arquivo retirado.", "adesao:preencher", adesao.slug, "assinados")
