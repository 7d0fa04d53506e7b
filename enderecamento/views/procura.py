"""Who has an address, and who had it (IP-06)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from contas.acesso import exige
from contas.paginas import agora, pagina_de
from enderecamento import consultas
from enderecamento.forms.prodesp import FormularioDeProcura
from nucleo import prazos, redes

from .blocos import caminho, linhas_de

#: Sub-blocks listed as of now; a wider search says so and points at the map.
AGORA_MAXIMO = 20


@exige("blocos.ver")
@require_GET
def procurar(request: HttpRequest) -> HttpResponse:
    """Who has an address, and who had it, now or on a day (IP-06)."""
    relogio = agora()
    hoje = prazos.dia_local(relogio)
    formulario = FormularioDeProcura(request.GET if "endereco" in request.GET else None)
    contexto: dict[str, Any] = {"largo": True, "agora": relogio, "form": formulario, "hoje": hoje}
    if not formulario.is_bound:
        return render(request, "enderecamento/prodesp/procurar.html", contexto)
    if formulario.is_valid():
        dia = formulario.cleaned_data["dia"]
        if dia is not None and dia > hoje:
            formulario.add_error("dia", "Escolha um dia até hoje: o portal não sabe do futuro.")
        try:
            inicio, fim = redes.ler_faixa(formulario.cleaned_data["endereco"])
        except ValueError:
            tem_numero = any(c.isdigit() for c in formulario.cleaned_data["endereco"])
            frase = "Não entendi este endereço." if tem_numero else "Aqui se procura só por endereço, não por nome."
            formulario.add_error("endereco", f"{frase} Escreva um IP (10.64.18.100), uma rede (10.64.18.96/28) ou o começo (10.64.18).")
    if formulario.errors:
        return render(request, "enderecamento/prodesp/procurar.html", contexto, status=422)
    achados = consultas.sub_blocos_em(inicio, fim)
    primeiros = list(achados.select_related("adesao__municipio", "pool")[: AGORA_MAXIMO + 1])
    contexto |= {
        "procurado": formulario.cleaned_data["endereco"],
        "dia": dia,
        "linhas": linhas_de(primeiros[:AGORA_MAXIMO], hoje),
        "ha_mais": achados.count() if len(primeiros) > AGORA_MAXIMO else 0,
        "um_endereco": fim - inicio == 1,
        "no_mapa": caminho(consultas.faixa_de(primeiros[0].pool, primeiros[0].inicio)) if primeiros else "",
        "pagina": pagina_de(consultas.posses(inicio, fim, dia=dia), request),
    }
    return render(request, "enderecamento/prodesp/procurar.html", contexto)
