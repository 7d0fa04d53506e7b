"""What leaves for other systems: the spreadsheet of allocations, the reverse DNS and the WHOIS-like text of each pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import structlog
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contas.acesso import ator_de, exige
from contas.limites import limitada
from contas.paginas import agora, texto_de
from contas.permissoes import pode
from enderecamento import consultas, registros
from enderecamento.consultas import exportacao
from enderecamento.estados import Situacao
from enderecamento.forms.dados import FiltrosDasAlocacoes
from enderecamento.models import Alocacao
from nucleo import prazos

from .planilha import planilha

registro = structlog.get_logger("portal.enderecamento")
CABECALHO = (
    "Sub-bloco",
    "Tipo",
    "Rede",
    "Máscara",
    "Primeiro host",
    "Último host",
    "Bloco",
    "Código IBGE",
    "Município",
    "Situação",
    "Bloqueio",
    "Desde",
    "Até",
    "Vale até",
    "Link que usa",
    "Motivo",
    "Motivo do fim",
)


def _filtros(request: HttpRequest) -> dict[str, str]:
    filtros = {nome: texto_de(request, nome) for nome in ("busca", "tipo", "quando")}
    formulario = FiltrosDasAlocacoes(filtros)
    aceitos = {nome: {v for v, _ in formulario.fields[nome].choices} for nome in ("tipo", "quando")}  # type: ignore[attr-defined]
    return {nome: v if nome == "busca" or v in aceitos[nome] else "" for nome, v in filtros.items()}


@exige("blocos.ver")
@require_GET
def dados(request: HttpRequest) -> HttpResponse:
    """Everything that leaves, on one page, and the way to the import."""
    contexto = {
        "largo": True,
        "filtros": FiltrosDasAlocacoes(_filtros(request)),
        "pools": consultas.pools(),
        "importa": pode(ator_de(request), "blocos.importar"),
    }
    return render(request, "enderecamento/dados/dados.html", contexto)


@exige("blocos.ver")
@require_GET
@limitada("exportar", texto="Você já baixou planilhas 10 vezes na última hora. Espere um pouco e baixe de novo.")
def alocacoes_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Allocations by filter, sent as they are read. Logged, and 10 an hour per person."""
    relogio, filtros = agora(), _filtros(request)
    registro.info("alocacoes_exportadas", usuario=ator_de(request).usuario_id, filtros=sorted(n for n, v in filtros.items() if v))
    return planilha(f"alocacoes-{prazos.dia_local(relogio):%Y-%m-%d}.csv", _linhas(filtros))


def _linhas(filtros: dict[str, str]) -> Iterator[Sequence[object]]:
    yield CABECALHO
    vindas = exportacao.alocacoes(filtros).iterator(chunk_size=exportacao.LOTE)
    while lote := list(islice(vindas, exportacao.LOTE)):
        de_hoje = [p for p in lote if p.ate is None]
        for posse in de_hoje:
            posse.sub_bloco.adesao = posse.adesao  # read along with the holding
        usos = registros.usos(p.sub_bloco.rede.cidr for p in de_hoje)
        bloqueados = consultas.bloqueados_entre(p.sub_bloco for p in de_hoje)
        for posse in lote:
            yield _linha(posse, usos, bloqueado=posse.ate is None and posse.sub_bloco_id in bloqueados)


def _linha(posse: Alocacao, usos: dict[str, registros.Uso], *, bloqueado: bool) -> Sequence[object]:
    bloco, municipio = posse.sub_bloco, posse.adesao.municipio
    rede = bloco.rede
    uso = usos.get(rede.cidr) if posse.ate is None else None
    situacao = "Encerrada" if posse.ate else Situacao.EM_TROCA.label if bloco.troca_ate else Situacao.EM_USO.label
    return (
        rede.cidr,
        bloco.get_perfil_display(),
        rede.rede,
        rede.mascara,
        rede.primeiro,
        rede.ultimo,
        str(bloco.pool),
        municipio.pk,
        municipio.nome,
        situacao,
        "Bloqueado" if bloqueado else "",
        f"{prazos.dia_local(posse.de):%d/%m/%Y}",
        f"{prazos.dia_local(posse.ate):%d/%m/%Y}" if posse.ate else "",
        f"{bloco.vale_ate:%d/%m/%Y}" if bloco.vale_ate and posse.ate is None else "",
        uso.titulo if uso else "",
        posse.motivo,
        posse.fim_motivo,
    )


@exige("blocos.ver")
@require_GET
@limitada("exportar", texto="Você já baixou arquivos 10 vezes na última hora. Espere um pouco e baixe de novo.")
def dns_reverso(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The reverse zone of a pool; with ``?forma=delegacao`` by RFC 2317."""
    pool = consultas.pool_por_slug(slug)
    if pool is None:
        raise Http404("bloco desconhecido")
    delegar = request.GET.get("forma") == "delegacao"
    return _texto(f"dns-reverso-{pool.slug}.txt", exportacao.zona_reversa(pool, agora=agora(), delegar=delegar))


@exige("blocos.ver")
@require_GET
@limitada("exportar", texto="Você já baixou arquivos 10 vezes na última hora. Espere um pouco e baixe de novo.")
def whois(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The WHOIS-like text of a pool."""
    pool = consultas.pool_por_slug(slug)
    if pool is None:
        raise Http404("bloco desconhecido")
    return _texto(f"whois-{pool.slug}.txt", exportacao.whois(pool, agora=agora()))


def _texto(nome: str, partes: Iterator[str]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        partes,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{nome}"'},
    )
