"""PRODESP's queue, on the screen and as a spreadsheet."""

from __future__ import annotations

import csv

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from adesao import consultas
from adesao.acoes.comum import prazo_em_dias
from adesao.forms import FiltrosDaFila
from contas.acesso import ator_de, exige
from contas.limites import limitada
from contas.paginas import agora, pagina_de
from contas.permissoes import pode
from nucleo import campos, prazos

registro = structlog.get_logger("portal.adesao")
FILTROS = ("busca", "situacao", "regiao", "idade", "analista")
CSV_MAXIMO = 5000


def _filtros(request: HttpRequest) -> dict[str, str]:
    pedidos = {nome: request.GET.get(nome, "").replace("\0", "").strip()[:60] for nome in FILTROS}
    corte = request.GET.get("corte", "todas")
    return {**pedidos, "corte": corte if corte in consultas.CORTES else "todas"}


@exige("fila.ver")
@require_GET
def fila(request: HttpRequest) -> HttpResponse:
    """Open processes, the most urgent of PRODESP's own first (PRZ-05): five cuts, one line of filters, 50 a page."""
    por, relogio, filtros = ator_de(request), agora(), _filtros(request)
    contagens = consultas.contagens_da_fila(por, relogio)
    ativos = {n: v for n, v in filtros.items() if v and n != "corte"}
    cortes = [
        {"codigo": c, "rotulo": r, "total": contagens.get(c, 0), "atual": c == filtros["corte"], "vermelho": c == "vencidas"}
        for c, r in consultas.CORTES.items()
    ]
    formulario = FiltrosDaFila(filtros, consultas.analistas())
    contexto = {
        "largo": True,
        "agora": relogio,
        "cortes": cortes,
        "corte": filtros["corte"],
        "filtros": formulario,
        "em_palavras": formulario.em_palavras() if ativos else "",
        "ativos": ativos,
        "pagina": pagina_de(consultas.fila(por, filtros, relogio), request),
        "eu": por.usuario_id,
        "pode_assumir": pode(por, "conferencia.assumir"),
        "dias": prazo_em_dias("conferencia"),
    }
    return render(request, "adesao/prodesp/fila.html", contexto)


@exige("fila.ver")
@require_GET
@limitada("exportar", texto="Você já baixou a fila 10 vezes na última hora. Espere um pouco e baixe de novo.")
def fila_csv(request: HttpRequest) -> HttpResponse:
    """The queue with the same filters as a spreadsheet, up to 5,000 rows. No CPF; logged, and 10 an hour per person."""
    por, relogio, filtros = ator_de(request), agora(), _filtros(request)
    linhas = list(consultas.fila(por, filtros, relogio)[:CSV_MAXIMO])
    resposta = HttpResponse(content_type="text/csv; charset=utf-8", headers={"Cache-Control": "private, no-store"})
    resposta["Content-Disposition"] = f'attachment; filename="fila-de-adesoes-{prazos.dia_local(relogio):%Y-%m-%d}.csv"'
    resposta.write("\ufeff")
    escritor = csv.writer(resposta, delimiter=";")
    escritor.writerow(["Protocolo", "Município", "Região", "CNPJ", "Situação", "Envio", "Quem age", "Vence em", "Dias", "Analista"])
    for a in linhas:
        vence = a.vence_em
        escritor.writerow(
            campos.celula(v)
            for v in (
                a.numero,
                a.municipio.nome,
                a.municipio.regiao,
                campos.formatar_cnpj(a.cnpj),
                a.rotulo,
                a.envios,
                a.quem_age,
                f"{prazos.ultimo_dia(vence):%d/%m/%Y}" if vence else "",
                prazos.faltam(vence, relogio) if vence else "",
                a.analista.nome if a.analista else "",
            )
        )
    registro.info("fila_exportada", usuario=por.usuario_id, linhas=len(linhas), filtros=sorted(n for n, v in filtros.items() if v))
    return resposta
