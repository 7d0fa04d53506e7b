"""Blocks to attribute: the queue, and the page of one prefeitura (ADS-13, IP-02, IP-03)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adesao.models import Adesao
from contas.acesso import ator_de, exige, guarda_o_texto
from contas.limites import limitada
from contas.paginas import agora, com_o_texto, fazer_uma_vez, feito, pagina_de, texto_de
from contas.permissoes import pode
from enderecamento import acoes, consultas, registros
from enderecamento.acoes import Lote
from enderecamento.estados import Perfil
from enderecamento.forms.prodesp import FormularioAnexoII, FormularioAtribuicao
from enderecamento.models import PoolCIDR
from nucleo import prazos
from nucleo.erros import RegraViolada

from .planilha import planilha

registro = structlog.get_logger("portal.enderecamento")


@exige("blocos.ver")
@require_GET
def fila(request: HttpRequest) -> HttpResponse:
    """The prefeituras that wait for sub-blocks, the oldest approval first. With ``sub``, the one chosen on the map goes along."""
    por = ator_de(request)
    busca = texto_de(request, "busca")
    escolhido = consultas.sub_bloco_por_slug(texto_de(request, "sub", maximo=20))
    pagina = pagina_de(consultas.a_atribuir_de(busca), request)
    contexto = {
        "largo": True,
        "agora": agora(),
        "busca": busca,
        "pagina": pagina,
        "linhas": list(pagina),
        "esperando": pagina.paginator.count if not busca else consultas.a_atribuir().count(),
        "escolhido": escolhido,
        "atribui": pode(por, "blocos.atribuir"),
        "aba": "a_atribuir",
    }
    return render(request, "enderecamento/prodesp/a_atribuir.html", contexto)


@exige("blocos.ver")
@require_GET
@limitada("exportar", texto="Você já baixou planilhas 10 vezes na última hora. Espere um pouco e baixe de novo.")
def fila_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same queue as a spreadsheet. Logged."""
    registro.info("blocos_a_atribuir_exportados", usuario=ator_de(request).usuario_id)

    def linhas() -> Iterator[Sequence[object]]:
        yield ["Prefeitura", "Código IBGE", "Região", "Adesão", "Aprovada em", "Faltam privados (/28)", "Faltam públicos (/30)"]
        for a in consultas.a_atribuir_de(texto_de(request, "busca")).iterator(chunk_size=500):
            aprovada = f"{prazos.dia_local(a.decidida_em):%d/%m/%Y}" if a.decidida_em else ""
            faltam = (max(0, a.faltam_privados), max(0, a.faltam_publicos))  # type: ignore[attr-defined]  # annotated by the query
            yield [a.municipio.nome, a.municipio_id, a.municipio.regiao, a.numero, aprovada, *faltam]

    return planilha(f"blocos-a-atribuir-{prazos.dia_local(agora()):%Y-%m-%d}.csv", linhas())


@exige("blocos.ver")
@require_GET
def prefeitura(request: HttpRequest, codigo_ibge: int) -> HttpResponse:
    """What a prefeitura asked for, has and may have, and the form that attributes."""
    return _tela(request, _adesao_ou_404(codigo_ibge))


@guarda_o_texto
@exige("blocos.atribuir")
@require_http_methods(["POST"])
def atribuir(request: HttpRequest, codigo_ibge: int) -> HttpResponse:
    """Attribute private and public together, or show which ones would be taken."""
    por, relogio, adesao = ator_de(request), agora(), _adesao_ou_404(codigo_ibge)
    formulario = _formulario(request.POST)
    if not formulario.is_valid():
        return _tela(request, adesao, status=422, atribuicao=formulario)
    lotes = _lotes(formulario)
    try:
        if request.POST.get("acao") == "ver":
            seriam = acoes.prever_atribuicao(adesao.pk, lotes=lotes, por=por, agora=relogio)
            return _tela(request, adesao, atribuicao=formulario, seriam=[b.rede.cidr for b in seriam])

        def fazer() -> dict[str, Any]:
            return {"blocos": [b.rede.cidr for b in acoes.atribuir_juntos(adesao.pk, lotes=lotes, por=por, agora=relogio)]}

        blocos = fazer_uma_vez(request, f"atribuir:{adesao.pk}", fazer)["blocos"]
    except RegraViolada as erro:
        formulario.add_error(erro.campo if erro.campo in formulario.fields else None, erro.mensagem)
        return _tela(request, _adesao_ou_404(codigo_ibge), status=erro.status, atribuicao=formulario)
    frase = f"{_contados(len(blocos))} a {adesao.municipio.nome}: {_em_lista(blocos)}. A prefeitura foi avisada."
    return feito(request, frase, "enderecamento:atribuicao", codigo_ibge)


def _contados(n: int) -> str:
    return "1 sub-bloco atribuído" if n == 1 else f"{n} sub-blocos atribuídos"


def _em_lista(nomes: list[str]) -> str:
    return nomes[0] if len(nomes) == 1 else f"{', '.join(nomes[:-1])} e {nomes[-1]}"


@guarda_o_texto
@exige("blocos.atribuir")
@require_POST
def anexo_ii(request: HttpRequest, codigo_ibge: int) -> HttpResponse:
    """Add the quantities of an updated Anexo II (ADS-13)."""
    por, relogio, adesao = ator_de(request), agora(), _adesao_ou_404(codigo_ibge)
    formulario = FormularioAnexoII(request.POST)
    if not formulario.is_valid():
        return _tela(request, adesao, status=422, anexo=formulario)
    dados = formulario.cleaned_data

    def fazer() -> dict[str, Any]:
        acoes.registrar_anexo_ii(
            adesao.pk,
            privados=dados["privados"] or 0,
            publicos=dados["publicos"] or 0,
            referencia=dados["referencia"],
            por=por,
            agora=relogio,
        )
        return {}

    try:
        fazer_uma_vez(request, f"anexo_ii:{adesao.pk}", fazer)
    except RegraViolada as erro:
        formulario.add_error(erro.campo if erro.campo in formulario.fields else None, erro.mensagem)
        return _tela(request, adesao, status=erro.status, anexo=formulario)
    return feito(request, f"{dados['referencia']} registrado. As quantidades foram somadas.", "enderecamento:atribuicao", codigo_ibge)


def _adesao_ou_404(codigo_ibge: int) -> Adesao:
    adesao = consultas.adesao_com_blocos(codigo_ibge)
    if adesao is None:
        raise Http404("prefeitura sem adesão em vigor e sem sub-blocos")
    return adesao


def _formulario(dados: Any = None) -> FormularioAtribuicao:
    return FormularioAtribuicao(dados, abertos=lambda: [p for p in consultas.pools() if p.fechado_em is None])


def _lotes(formulario: FormularioAtribuicao) -> list[Lote]:
    """What was asked for, by kind. A pool or a region narrows only the kinds it has blocks of; the other comes from any open one."""
    dados = formulario.cleaned_data
    que, _, qual = dados["onde"].partition(":")
    tem = formulario.perfis_de_onde
    lotes = []
    for perfil, quantos in ((Perfil.PRIVADO.value, dados["privados"]), (Perfil.PUBLICO.value, dados["publicos"])):
        escolhidos = dados["escolhidos"].get(perfil, [])
        if escolhidos:
            lotes.append(Lote(perfil, escolhidos=escolhidos))
        elif quantos:
            daqui = perfil in tem
            lotes.append(
                Lote(
                    perfil,
                    quantos,
                    pool_id=int(qual) if daqui and que == "pool" else None,
                    regiao=qual if daqui and que == "regiao" else "",
                    seguidos=dados["seguidos"],
                )
            )
    return lotes


def _lotes_escolhidos(formulario: FormularioAtribuicao) -> list[bool]:
    return [bool(lista) for lista in (getattr(formulario, "cleaned_data", {}).get("escolhidos") or {}).values()]


def _sugestao(request: HttpRequest, adesao: Adesao, faltam: dict[str, int], pools: list[PoolCIDR]) -> dict[str, Any]:
    """What the form begins with: all that is missing, from the region's pool when there is one; or the sub-block chosen on the map."""
    escolhido = consultas.sub_bloco_por_slug(texto_de(request, "sub", maximo=20))
    if escolhido is not None:
        return {"escolhidos": escolhido.rede.cidr}
    da_regiao = any(p.regiao == adesao.municipio.ddd and p.perfil == Perfil.PRIVADO for p in pools)
    onde = f"regiao:{adesao.municipio.ddd}" if da_regiao and faltam["PRIVADO"] else ""
    return {"privados": faltam["PRIVADO"] or None, "publicos": faltam["PUBLICO"] or None, "onde": onde}


def _tela(
    request: HttpRequest,
    adesao: Adesao,
    *,
    status: int = 200,
    atribuicao: FormularioAtribuicao | None = None,
    anexo: FormularioAnexoII | None = None,
    seriam: Sequence[str] = (),
) -> HttpResponse:
    por, relogio = ator_de(request), agora()
    hoje = prazos.dia_local(relogio)
    quantidades = [consultas.quantidades(adesao, perfil, hoje) for perfil in Perfil.values]
    faltam = {q.perfil: min(q.a_atribuir, q.cabem) for q in quantidades}
    if atribuicao is None:
        atribuicao = _formulario()
        atribuicao.initial = _sugestao(request, adesao, faltam, atribuicao.pools)
        com_o_texto(request, atribuicao, caminho=reverse("enderecamento:atribuir", args=[adesao.municipio_id]))
    if anexo is None:
        anexo = com_o_texto(request, FormularioAnexoII(), caminho=reverse("enderecamento:anexo_ii", args=[adesao.municipio_id]))
    blocos = list(consultas.da_prefeitura(adesao.pk))
    usos = registros.usos(b.rede.cidr for b in blocos)
    sancoes = consultas.sancoes_de([adesao.municipio_id], so_vigentes=True)
    contexto = {
        "largo": True,
        "agora": relogio,
        "adesao": adesao,
        "municipio": adesao.municipio,
        "em_vigor": adesao.estado in consultas.COM_BLOCOS,
        "quantidades": quantidades,
        "faltam": sum(faltam.values()),
        "blocos": [(b, b.situacao(hoje), usos.get(b.rede.cidr)) for b in blocos],
        "quantidades_somadas": consultas.quantidades_somadas(adesao),
        "form_atribuicao": atribuicao,
        "form_anexo": anexo,
        "formularios": [atribuicao, anexo],
        "seriam": seriam,
        "foram_escolhidos": atribuicao.is_bound and any(_lotes_escolhidos(atribuicao)),
        "sancoes": sancoes,
        "bloqueados": consultas.bloqueados(sancoes, [b.pk for b in blocos]),
        "atribui": pode(por, "blocos.atribuir"),
        "trilha": [
            ("Endereços", reverse("enderecamento:blocos")),
            ("A atribuir", reverse("enderecamento:a_atribuir")),
            (adesao.municipio.nome, ""),
        ],
    }
    return render(request, "enderecamento/prodesp/atribuicao.html", contexto, status=status)
