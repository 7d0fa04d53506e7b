"""PRODESP's queue of requests: on the screen, as a spreadsheet, and several validated at once."""

from __future__ import annotations

import csv
from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from contas.acesso import ator_de, exige
from contas.limites import limitada
from contas.paginas import agora, feito, pagina_de
from contas.permissoes import pode
from nucleo import campos, prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from nucleo.numeracao import NUMERO
from nucleo.regras import regra
from saog import acoes, consultas
from saog.consultas import filas
from saog.estados import EM_ACEITE, Estado
from saog.forms.prodesp import FiltrosDaFila
from saog.models import SolicitacaoServico

from .comum import fazer_uma_vez, lida

registro = structlog.get_logger("portal.saog")
FILTROS = ("busca", "tipo", "servico", "regiao")
CSV_MAXIMO = 5000
MAXIMO_DE_UMA_VEZ = 50


def _filtros(request: HttpRequest) -> dict[str, str]:
    pedidos = {nome: request.GET.get(nome, "").replace("\0", "").strip()[:60] for nome in FILTROS}
    corte = request.GET.get("corte", "")
    return {**pedidos, "corte": corte if corte in filas.CORTES else "validacao"}


@exige("fila_ss.ver")
@require_GET
def fila(request: HttpRequest) -> HttpResponse:
    """Requests that were sent, by who acts now; the most urgent first (PRZ-05). Several may be ticked and validated together."""
    por, relogio, filtros = ator_de(request), agora(), _filtros(request)
    contagens = filas.contagens_da_fila(relogio)
    ativos = {n: v for n, v in filtros.items() if v and n != "corte"}
    cortes = [
        {"codigo": c, "rotulo": r, "total": contagens[c], "atual": c == filtros["corte"], "vermelho": c in ("vencidas", "escaladas")}
        for c, r in filas.CORTES.items()
    ]
    formulario = FiltrosDaFila(filtros, consultas.tipos())
    pagina = pagina_de(filas.fila(filtros, relogio), request)
    suspensas = filas.suspensas([ss.municipio_id for ss in pagina])
    valida = pode(por, "ss.validar")
    contexto = {
        "largo": True,
        "agora": relogio,
        "cortes": cortes,
        "corte": filtros["corte"],
        "filtros": formulario,
        "em_palavras": formulario.em_palavras() if ativos else "",
        "ativos": ativos,
        "pagina": pagina,
        "linhas": [_linha(ss, suspensa=ss.municipio_id in suspensas) for ss in pagina],
        "escolhe": valida and filtros["corte"] in ("validacao", "vencidas"),
        "valida": valida,
        "edita_catalogo": pode(por, "ss.catalogo"),
        "dias": regra("PRZ-05").valores["conferencia"],
    }
    return render(request, "saog/prodesp/fila.html", contexto)


def _linha(ss: SolicitacaoServico, *, suspensa: bool) -> dict[str, Any]:
    """One row: the request, whose clock the deadline is ("" = PRODESP's own, also ten days that ran out and came to it, PRZ-02), and what
    keeps it from being validated, in words.
    """
    da_prodesp = ss.estado in (Estado.EM_VALIDACAO, Estado.PRAZO_VENCIDO)
    relogio_de = "" if da_prodesp else "prazo do aceite" if ss.estado in EM_ACEITE else "prazo da prefeitura"
    impede = ""
    if ss.estado == Estado.EM_VALIDACAO:
        if suspensa and not filas.nunca_suspensa(ss):
            impede = "validação suspensa"
        elif ss.marcada:  # type: ignore[attr-defined]  # annotated by filas.fila
            impede = "pendência marcada"
    return {
        "ss": ss,
        "prazo": ss.ate_quando,
        "relogio_de": relogio_de,
        "impede": impede,
    }


@exige("fila_ss.ver")
@require_GET
@limitada("exportar", texto="Você já baixou planilhas 10 vezes na última hora. Espere um pouco e baixe de novo.")
def fila_csv(request: HttpRequest) -> HttpResponse:
    """The queue with the same filters as a spreadsheet, up to 5,000 rows. Logged, and 10 an hour per person."""
    por, relogio, filtros = ator_de(request), agora(), _filtros(request)
    linhas = list(filas.fila(filtros, relogio)[:CSV_MAXIMO])
    resposta = HttpResponse(content_type="text/csv; charset=utf-8", headers={"Cache-Control": "private, no-store"})
    resposta["Content-Disposition"] = f'attachment; filename="fila-de-solicitacoes-{prazos.dia_local(relogio):%Y-%m-%d}.csv"'
    resposta.write("\ufeff")
    escritor = csv.writer(resposta, delimiter=";")
    escritor.writerow(
        ["Número", "Município", "Região", "Unidade", "Tipo", "Serviço", "Mbps", "Situação", "Envio", "Quem age", "Vence em", "Dias"]
    )
    for ss in linhas:
        vence = ss.ate_quando
        escritor.writerow(
            campos.celula(v)
            for v in (
                ss.numero,
                ss.municipio.nome,
                ss.municipio.regiao,
                ss.titulo,
                ss.tipo.nome,
                ss.get_servico_display(),
                ss.velocidade or "",
                ss.rotulo,
                ss.envios,
                ss.quem_age,
                f"{prazos.ultimo_dia(vence):%d/%m/%Y}" if vence else "",
                prazos.faltam(vence, relogio) if vence else "",
            )
        )
    registro.info("fila_ss_exportada", usuario=por.usuario_id, linhas=len(linhas), filtros=sorted(n for n, v in filtros.items() if v))
    return resposta


# --- Several at once ----------------------------------------------------------------------------------------------
@exige("ss.validar")
@require_http_methods(["GET", "POST"])
def validar_varias(request: HttpRequest) -> HttpResponse:
    """Several at once: a page that lists them, then all or none; if one changed meanwhile, the page says which."""
    por = ator_de(request)
    pedidas = [s for s in request.POST.getlist("ss") or request.GET.getlist("ss") if NUMERO.fullmatch(s)]
    achadas = list(filas.escolhidas(pedidas[: MAXIMO_DE_UMA_VEZ + 1]))
    if not achadas:
        messages.info(request, "Marque na lista as solicitações que você quer validar.")
        return redirect("saog:fila")
    if request.method == "GET":
        return _confirmacao(request, achadas)
    lidos = request.POST.getlist("lido")

    def fazer() -> dict[str, Any]:
        if any(_chegou_outro_envio(ss, lidos) for ss in achadas):
            raise TransicaoIndisponivel("Depois que você abriu esta página, chegou um pedido corrigido.")
        return {"quantas": len(acoes.validar_varias(ids=[ss.pk for ss in achadas], por=por, agora=agora()))}

    try:
        n = fazer_uma_vez(request, "validar_varias", fazer)["quantas"]
    except RegraViolada as erro:
        return _confirmacao(request, list(filas.escolhidas(pedidas[: MAXIMO_DE_UMA_VEZ + 1])), erro=erro, lidos=lidos)
    frase = "1 solicitação validada." if n == 1 else f"{n} solicitações validadas."
    return feito(request, f"{frase} As prefeituras foram avisadas e já podem emitir à Operadora.", "saog:fila")


def _chegou_outro_envio(ss: SolicitacaoServico, lidos: list[str]) -> bool:
    """Whether the page was drawn over an older sending of this request; a form that says none passes."""
    desta = [lido for lido in lidos if lido.startswith(f"{ss.slug}:")]
    return bool(desta) and f"{ss.slug}:{lida(ss)}" not in desta


def _confirmacao(
    request: HttpRequest, achadas: list[SolicitacaoServico], *, erro: RegraViolada | None = None, lidos: list[str] | None = None
) -> HttpResponse:
    suspensas = filas.suspensas([ss.municipio_id for ss in achadas])
    marcadas = filas.com_pendencia([ss.pk for ss in achadas])
    prontas: list[SolicitacaoServico] = []
    fora: list[tuple[SolicitacaoServico, str]] = []
    for ss in achadas:
        motivo = ""
        if ss.estado != Estado.EM_VALIDACAO:
            motivo = "mudou"
        elif _chegou_outro_envio(ss, lidos or []):
            motivo = "corrigida"
        elif ss.municipio_id in suspensas and not filas.nunca_suspensa(ss):
            motivo = "suspensa"
        elif ss.pk in marcadas:
            motivo = "pendencia"
        if motivo:
            fora.append((ss, motivo))
        else:
            prontas.append(ss)
    contexto = {
        "agora": agora(),
        "prontas": prontas,
        "fora": fora,
        "erro": erro,
        "com_erro": erro is not None,
    }
    return render(request, "saog/prodesp/varias.html", contexto, status=erro.status if erro else 200)
