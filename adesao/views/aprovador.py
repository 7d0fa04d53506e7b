"""The órgão aprovador's side: queue, dossier, decision, several at once (ADS-01, ADS-04)."""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib import messages
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adesao import acoes, consultas, guardas, pecas
from adesao import dossie as papel
from adesao.acoes.comum import prazo_em_dias
from adesao.estados import Estado
from adesao.forms import FiltroDeBusca, FormularioPergunta, FormularioRecusa
from adesao.models import Adesao
from contas.acesso import ator_de, exige, guarda_o_texto
from contas.limites import limitada
from contas.paginas import agora, com_o_texto, feito, pagina_de
from contas.permissoes import pode
from documentos import entrega
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from nucleo.fluxo import Ator
from nucleo.numeracao import NUMERO

from .comum import do_processo, fazer_uma_vez
from .mesa import assinaturas_em_palavras

registro = structlog.get_logger("portal.adesao")
MAXIMO_DE_UMA_VEZ = 50


def _filtro(request: HttpRequest) -> dict[str, str]:
    return {"busca": request.GET.get("busca", "").replace("\0", "").strip()[:60]}


@exige("aprovacao.ver")
@require_GET
def fila(request: HttpRequest) -> HttpResponse:
    """Forwarded processes, the nearest due first; several may be ticked and approved with one confirmation."""
    por, filtro = ator_de(request), _filtro(request)
    contexto = {
        "largo": True,
        "agora": agora(),
        "filtros": FiltroDeBusca(filtro),
        "busca": filtro["busca"],
        "pagina": pagina_de(consultas.para_aprovar(filtro), request),
        "decide": pode(por, "aprovacao.decidir"),
        "dias": prazo_em_dias("decisao"),
    }
    return render(request, "adesao/aprovador/fila.html", contexto)


@exige("aprovacao.ver")
@require_GET
def decididas(request: HttpRequest) -> HttpResponse:
    """Approved and refused, the newest first."""
    filtro = _filtro(request)
    contexto = {
        "largo": True,
        "agora": agora(),
        "filtros": FiltroDeBusca(filtro),
        "busca": filtro["busca"],
        "pagina": pagina_de(consultas.decididas(filtro), request),
    }
    return render(request, "adesao/aprovador/decididas.html", contexto)


def _processo(request: HttpRequest, numero: str, ato: str) -> tuple[Ator, Adesao]:
    por = ator_de(request)
    adesao = consultas.obter(por, numero, ato)
    if not adesao.envios:
        raise Http404("processo sem envio")
    return por, adesao


def _decide_agora(adesao: Adesao, por: Ator) -> bool:
    return bool(adesao.estado == Estado.ENCAMINHADA and guardas.decide(adesao, por))


@exige("dossie.ver")
@require_GET
def dossie(request: HttpRequest, numero: str) -> HttpResponse:
    """Everything the decision needs on one page."""
    por, adesao = _processo(request, numero, "dossie.ver")
    return _tela(request, por, adesao)


def _tela(request: HttpRequest, por: Ator, adesao: Adesao) -> HttpResponse:
    envio = consultas.ultimo_envio(adesao)
    assert envio is not None  # _processo saw that it was sent
    lido = papel.ler(adesao, envio, por)
    contexto = do_processo(
        adesao,
        por,
        dossie=lido,
        envio=envio,
        papeis=[(t, p, assinaturas_em_palavras(p.assinado), range(1, p.assinado.paginas + 1)) for t, p in lido.papeis],
        decide=_decide_agora(adesao, por),
        confirma="aprovar" in request.GET,
        de_outro="" if adesao.estado == Estado.ENCAMINHADA else f"prazo d{adesao.quem_age}",
        ve_a_fila=pode(por, "fila.ver"),
        ve_a_aprovacao=pode(por, "aprovacao.ver"),
        pdf_disponivel=pecas.gera_pdf(),
    )
    return render(request, "adesao/aprovador/dossie.html", contexto)


@exige("dossie.ver")
@require_GET
@limitada("dossie", texto="Você já baixou 30 dossiês na última hora. Espere um pouco e baixe de novo.")
def dossie_pdf(request: HttpRequest, numero: str) -> HttpResponse:
    """The dossier as one PDF, made when asked and handed over as an attachment; nothing is kept. Logged, and 30 an hour per person."""
    por, adesao = _processo(request, numero, "dossie.ver")
    envio = consultas.ultimo_envio(adesao)
    assert envio is not None
    lido, relogio = papel.ler(adesao, envio, por), agora()
    conteudo = papel.em_pdf(lido, por=por, agora=relogio)
    nome = entrega.nome_do_arquivo(papel.capa(lido, por=por, agora=relogio))
    registro.info("dossie_baixado", usuario=por.usuario_id, adesao=adesao.pk)
    cabecalhos = {**entrega.CABECALHOS, "Content-Disposition": f'attachment; filename="{nome}"'}
    return HttpResponse(conteudo, content_type="application/pdf", headers=cabecalhos)


@exige("aprovacao.decidir")
@require_POST
def aprovar(request: HttpRequest, numero: str) -> HttpResponse:
    """Approve: in force, and both responsáveis get their links (ADS-11)."""
    por, adesao = _processo(request, numero, "aprovacao.decidir")

    def fazer() -> dict[str, Any]:
        acoes.aprovar(adesao_id=adesao.pk, por=por, agora=agora())
        return {}

    fazer_uma_vez(request, f"aprovar:{adesao.pk}", fazer, lida=adesao)
    frase = f"A adesão de {adesao.municipio.nome} está em vigor. A prefeitura e os dois responsáveis foram avisados."
    return feito(request, frase, "adesao:dossie", adesao.slug)


@guarda_o_texto
@exige("aprovacao.decidir")
@require_http_methods(["GET", "POST"])
def recusar(request: HttpRequest, numero: str) -> HttpResponse:
    """Refuse with a reason (ADS-04)."""
    por, adesao = _processo(request, numero, "aprovacao.decidir")
    formulario = com_o_texto(request, FormularioRecusa(request.POST if request.method == "POST" else None, label_suffix=""))
    if request.method == "POST" and formulario.is_valid():
        motivo = formulario.cleaned_data["motivo"]

        def fazer() -> dict[str, Any]:
            acoes.indeferir(adesao_id=adesao.pk, motivo=motivo, por=por, agora=agora())
            return {}

        fazer_uma_vez(request, f"recusar:{adesao.pk}", fazer, lida=adesao)
        return feito(request, f"A adesão de {adesao.municipio.nome} foi recusada. A prefeitura foi avisada.", "adesao:dossie", adesao.slug)
    return _decisao(request, por, adesao, formulario, "adesao/aprovador/recusar.html")


@guarda_o_texto
@exige("aprovacao.decidir")
@require_http_methods(["GET", "POST"])
def perguntar(request: HttpRequest, numero: str) -> HttpResponse:
    """Send it back to PRODESP with a question."""
    por, adesao = _processo(request, numero, "aprovacao.decidir")
    formulario = com_o_texto(request, FormularioPergunta(request.POST if request.method == "POST" else None, label_suffix=""))
    if request.method == "POST" and formulario.is_valid():
        pergunta = formulario.cleaned_data["pergunta"]

        def fazer() -> dict[str, Any]:
            acoes.perguntar(adesao_id=adesao.pk, pergunta=pergunta, por=por, agora=agora())
            return {}

        fazer_uma_vez(request, f"perguntar:{adesao.pk}", fazer, lida=adesao)
        frase = f"Pergunta enviada. A adesão de {adesao.municipio.nome} voltou à conferência da PRODESP."
        return feito(request, frase, "adesao:aprovacao")
    return _decisao(request, por, adesao, formulario, "adesao/aprovador/perguntar.html")


def _decisao(
    request: HttpRequest, por: Ator, adesao: Adesao, formulario: FormularioRecusa | FormularioPergunta, modelo: str
) -> HttpResponse:
    if request.method != "POST" and not _decide_agora(adesao, por):
        return redirect("adesao:dossie", adesao.slug)
    status = 422 if formulario.is_bound else 200
    return render(request, modelo, {"adesao": adesao, "versao_lida": adesao.envios, "form": formulario, "agora": agora()}, status=status)


@exige("aprovacao.decidir")
@require_http_methods(["GET", "POST"])
def varias(request: HttpRequest) -> HttpResponse:
    """Several at once: a page that lists them by name, then all or none; if one changed meanwhile, the page says which."""
    por = ator_de(request)
    pedidas = request.POST.getlist("adesao") or request.GET.getlist("adesao")
    escolhidas = _escolhidas(por, pedidas[: MAXIMO_DE_UMA_VEZ + 1])
    if not escolhidas:
        return _nada_marcado(request)
    if request.method == "GET":
        return _confirmacao(request, escolhidas)
    ids = [a.pk for a in escolhidas]
    lidos = request.POST.getlist("lido")

    def fazer() -> dict[str, Any]:
        if any(_chegou_outro_envio(a, lidos) for a in escolhidas):
            raise TransicaoIndisponivel("Depois que você abriu esta página, chegaram documentos corrigidos.")
        return {"quantas": len(acoes.aprovar_varias(adesoes_ids=ids, por=por, agora=agora()))}

    try:
        n = fazer_uma_vez(request, "aprovar_varias", fazer)["quantas"]
    except RegraViolada as erro:
        return _confirmacao(request, _escolhidas(por, pedidas), erro=erro, lidos=lidos)
    frase = "1 adesão aprovada." if n == 1 else f"{n} adesões aprovadas."
    return feito(request, f"{frase} As prefeituras e os responsáveis foram avisados.", "adesao:aprovacao")


def _nada_marcado(request: HttpRequest) -> HttpResponse:
    messages.info(request, "Marque na lista as adesões que você quer aprovar.")
    return redirect("adesao:aprovacao")


def _escolhidas(por: Ator, slugs: list[str]) -> list[Adesao]:
    """The ticked processes that the actor may see, in the order of the queue (one query)."""
    numeros = [s.replace("-", "/", 1) for s in slugs if NUMERO.fullmatch(s)]
    ordem = Case(When(estado=Estado.ENCAMINHADA, then=0), default=1)
    return list(consultas.visiveis(por).filter(numero__in=numeros).select_related("municipio").order_by(ordem, "vence_em", "pk"))


def _chegou_outro_envio(adesao: Adesao, lidos: list[str]) -> bool:
    """Whether the page was drawn over an older sending of this process; a form that says none passes."""
    do_processo_lido = [lido for lido in lidos if lido.startswith(f"{adesao.slug}:")]
    return bool(do_processo_lido) and f"{adesao.slug}:{adesao.envios}" not in do_processo_lido


def _confirmacao(
    request: HttpRequest, escolhidas: list[Adesao], *, erro: RegraViolada | None = None, lidos: list[str] | None = None
) -> HttpResponse:
    prontas = [a for a in escolhidas if a.estado == Estado.ENCAMINHADA and not _chegou_outro_envio(a, lidos or [])]
    contexto = {
        "agora": agora(),
        "prontas": prontas,
        "mudaram": [a for a in escolhidas if a not in prontas],
        "erro": erro,
        "com_erro": erro is not None,
    }
    return render(request, "adesao/aprovador/varias.html", contexto, status=erro.status if erro else 200)
