"""The prefeitura's pages of renumbering (IP-05): what changes into what, and the confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from contas.acesso import ator_de, exige
from contas.paginas import agora, fazer_uma_vez, feito
from contas.permissoes import pode
from enderecamento import acoes, consultas, registros
from enderecamento.consultas import renumeracao as leitura
from enderecamento.models import Troca
from enderecamento.registros import Uso
from nucleo.erros import TransicaoIndisponivel


@dataclass(frozen=True, slots=True)
class _Linha:
    """An exchange and what uses the old or the new address."""

    troca: Troca
    uso: Uso | None


@exige("enderecos.ver")
@require_GET
def trocas(request: HttpRequest) -> HttpResponse:
    """The exchanges that go on, or ended unconfirmed, with old and new side by side."""
    por = ator_de(request)
    grupos = consultas.trocas_do_ator(por)
    contexto = {
        "agora": agora(),
        "grupos": [(g, linhas) for g, linhas in zip(grupos, _linhas([g.trocas for g in grupos]), strict=True)],
        "pode_confirmar": pode(por, "trocas.confirmar"),
        "desfeitas": consultas.trocas_desfeitas(por.municipios("responsavel", "requerente"), agora()),
    }
    return render(request, "enderecamento/trocas/trocas.html", contexto)


@exige("trocas.confirmar")
@require_http_methods(["GET", "POST"])
def confirmar(request: HttpRequest, numero: str) -> HttpResponse:
    """Say that the equipment uses the new address: one exchange (``?troca=``) or all that are left."""
    por = ator_de(request)
    grupo = leitura.trocas_da_renumeracao(numero, por.municipios("responsavel"))
    if grupo is None:
        raise Http404("sem troca desta prefeitura")
    if grupo.renumeracao.desfeita:
        raise TransicaoIndisponivel("A PRODESP desfez esta troca. Continue com os endereços antigos.", regra="IP-05")
    pedidas = _pedidas(request, grupo)
    municipio = grupo.trocas[0].adesao.municipio
    if request.method == "POST":

        def fazer() -> dict[str, Any]:
            _, feitas = acoes.confirmar_trocas(
                grupo.renumeracao.pk, municipio_id=municipio.pk, trocas=[t.pk for t in pedidas], por=por, agora=agora()
            )
            return {"n": len(feitas), "links": len(registros.usos([t.novo.rede.cidr for t in feitas]))}

        resultado = fazer_uma_vez(request, f"confirmar_trocas:{grupo.renumeracao.pk}", fazer)
        return feito(request, _confirmadas(resultado["n"], resultado["links"]), "enderecamento:trocas")
    a_confirmar = [t for t in pedidas if t.confirmada_em is None]
    if not a_confirmar or not (grupo.renumeracao.em_curso or grupo.atrasada):
        raise TransicaoIndisponivel("Não há nada a confirmar nesta troca.", regra="IP-05")
    contexto = {"agora": agora(), "grupo": grupo, "renumeracao": grupo.renumeracao, "linhas": _linhas([a_confirmar])[0]}
    return render(request, "enderecamento/trocas/confirmar.html", contexto)


def _confirmadas(n: int, links: int) -> str:
    """What a person reads after confirming ``n`` exchanges, whose new addresses ``links`` links use."""
    frase = "Troca confirmada." if n == 1 else f"{n} trocas confirmadas."
    if not links:
        return frase
    return f"{frase} {'O link consta' if links == 1 else f'{links} links constam'} agora com o endereço novo."


def _pedidas(request: HttpRequest, grupo: leitura.TrocasDaPrefeitura) -> list[Troca]:
    """The exchanges named in the address or the form; all of them when none is."""
    pks = (request.POST if request.method == "POST" else request.GET).getlist("troca")
    if not pks:
        return list(grupo.trocas)
    pedidas = [t for t in grupo.trocas if str(t.pk) in pks]
    if len(pedidas) != len(set(pks)):
        raise Http404("troca de outra prefeitura")
    return pedidas


def _linhas(grupos: list[list[Troca]]) -> list[list[_Linha]]:
    """Each exchange with what uses it: one question to the floors above for all."""
    redes = [rede for trocas in grupos for t in trocas for rede in (t.velho.rede.cidr, t.novo.rede.cidr)]
    usos = registros.usos(redes) if redes else {}
    return [[_Linha(t, usos.get(t.velho.rede.cidr) or usos.get(t.novo.rede.cidr)) for t in trocas] for trocas in grupos]
