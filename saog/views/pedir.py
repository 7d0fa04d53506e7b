"""Beginning a request: the kind, what it acts on, copies, and the pair of a change of address (SS-06)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from contas.acesso import ator_de, exige
from contas.models import Municipio
from contas.paginas import agora, texto_de
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import acoes, consultas, pecas
from saog.estados import CANCELAVEIS, COPIAVEIS, INTERROMPIVEIS, SERVICO_EM_PALAVRAS, Natureza, Servico
from saog.models import SolicitacaoServico, TipoDeSolicitacao

from .comum import fazer_uma_vez

#: Not a kind of the contract: a guided pair, an ativação and a desativação (SS-06).
MUDANCA = "mudanca"


def _da_pessoa(request: HttpRequest) -> tuple[Ator, Municipio]:
    por = ator_de(request)
    municipio = consultas.municipio_de(por)
    if municipio is None:
        raise Http404("sem prefeitura")
    return por, municipio


@exige("ss.preencher")
@require_GET
def nova(request: HttpRequest) -> HttpResponse:
    """Choose the kind: the limits first, then a card for each kind, and copies of earlier requests."""
    _, municipio = _da_pessoa(request)
    tipos = consultas.tipos()
    liga = any(t.natureza == Natureza.ATIVACAO for t in tipos)
    contexto = {
        "municipio": municipio,
        "uso": consultas.uso(municipio.pk, agora()),
        "tipos": tipos,
        # The change of address is a pair of both (SS-06): listed before the first that turns a link off.
        "antes_da_mudanca": next((t.codigo for t in tipos if liga and t.natureza == Natureza.DESATIVACAO), ""),
        "em_servico": len(consultas.em_servico(municipio.pk)),
        "interrompiveis": len(consultas.interrompiveis(municipio.pk)),
        "copiaveis": consultas.copiaveis(municipio.pk),
        "em_vigor": consultas.adesao_vigente(municipio.pk),
        "suspensao": consultas.suspensao_de(municipio.pk),
    }
    return render(request, "saog/prefeitura/nova.html", contexto)


@exige("ss.ver")
@require_GET
def qual_servico(request: HttpRequest) -> HttpResponse:
    """Which service do I need: the three in plain words (SS-07, SS-12)."""
    servicos = [{"nome": s.label, "texto": SERVICO_EM_PALAVRAS[s], "codigo": s.value} for s in Servico]
    precos = pecas.tabela_de_precos(consultas.precos_vigentes(prazos.dia_local(agora())), consultas.velocidades(), list(Servico))
    return render(request, "saog/prefeitura/qual_servico.html", {"servicos": servicos, "precos": precos})


@exige("ss.preencher")
@require_GET
def escolher(request: HttpRequest) -> HttpResponse:
    """Choose the link, or the request to stop, that the new request acts on; with ``copia_de``, what to fill it with."""
    por, municipio = _da_pessoa(request)
    copia = _solicitacao(por, texto_de(request, "copia_de", maximo=12))
    return _tela_de_escolha(request, municipio, texto_de(request, "tipo", maximo=30), copia)


def _tela_de_escolha(
    request: HttpRequest, municipio: Municipio, codigo: str, copia: SolicitacaoServico | None = None, erro: RegraViolada | None = None
) -> HttpResponse:
    tipo: TipoDeSolicitacao | None = None
    if codigo != MUDANCA:
        tipo = consultas.tipo(codigo)
        if tipo is None or tipo.natureza == Natureza.ATIVACAO:
            raise Http404("tipo desconhecido")
    links = [] if tipo is not None and tipo.natureza == Natureza.CANCELAMENTO else consultas.em_servico(municipio.pk)
    abertos = consultas.pedidos_abertos([a.pk for a in links])
    uso = consultas.uso(municipio.pk, agora()) if codigo == MUDANCA else None
    opcoes = [(a, abertos.get(a.pk), consultas.por_que_nao_mudar(a.conexao, uso) if uso else "") for a in links]
    alvos = consultas.interrompiveis(municipio.pk) if tipo is not None and tipo.natureza == Natureza.CANCELAMENTO else []
    contexto = {
        "codigo": codigo,
        "tipo": tipo,
        "links": opcoes,
        "alvos": alvos,
        "copia": copia if copia is not None and copia.tipo_id == codigo and copia.natureza in COPIAVEIS else None,
        "cancelaveis": CANCELAVEIS,
        "interrompiveis": INTERROMPIVEIS,
        "ha_escolha": bool(alvos) or any(not aberto and not sem_lugar for _, aberto, sem_lugar in opcoes),
        "erro": erro,
        "com_erro": erro is not None,
    }
    return render(request, "saog/prefeitura/escolher.html", contexto, status=erro.status if erro else 200)


@exige("ss.preencher")
@require_POST
def comecar(request: HttpRequest) -> HttpResponse:
    """Begin a draft and go to its form. What cannot be begun is said on the page of the choice (422). Without a kind, but with a request to
    stop, it is a cancelamento.
    """
    por, municipio = _da_pessoa(request)
    alvo, copia = (_solicitacao(por, request.POST.get(nome, "")) for nome in ("alvo", "copia_de"))
    codigo = request.POST.get("tipo", "")[:30] or (consultas.tipo_de(Natureza.CANCELAMENTO) if "alvo" in request.POST else "")

    def fazer() -> dict[str, Any]:
        if codigo == MUDANCA:
            nova_, _ = acoes.iniciar_mudanca(acesso_id=_numero(request.POST.get("acesso", "")), por=por, agora=agora())
            return {"slug": nova_.slug}
        ss = acoes.iniciar(
            municipio_id=municipio.pk,
            tipo=codigo,
            acesso_id=_numero(request.POST.get("acesso", "")) or None,
            alvo_id=alvo.pk if alvo else None,
            copia_de=copia.pk if copia else None,
            por=por,
            agora=agora(),
        )
        return {"slug": ss.slug}

    try:
        resultado = fazer_uma_vez(request, "ss.iniciar", fazer)
    except (SemPermissao, TransicaoIndisponivel):
        raise
    except RegraViolada as erro:
        if not erro.campo or erro.campo == "tipo":
            raise
        return _tela_de_escolha(request, municipio, codigo, copia, erro)
    return redirect("saog:preencher", resultado["slug"])


def _numero(texto: str) -> int:
    return int(texto) if texto.isascii() and texto.isdigit() and len(texto) < 10 else 0


def _solicitacao(por: Ator, slug: str) -> SolicitacaoServico | None:
    """The request that a form or an address names, of the own prefeitura. Raises ``Http404`` for anybody else's."""
    return consultas.obter(por, slug, "ss.ver") if slug else None
