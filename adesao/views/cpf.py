"""Whole CPFs outside the conferência: asked for with a reason, which is written down (settled question 6)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from adesao import acoes, consultas
from adesao.forms import FormularioRevelar
from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import agora, com_o_texto


@guarda_o_texto
@exige("cpf.revelar")
@require_http_methods(["GET", "POST"])
def revelar(request: HttpRequest, numero: str) -> HttpResponse:
    """GET asks for the reason; POST records it and shows the CPFs of the last sending on that answer only."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "cpf.revelar")
    envio = consultas.ultimo_envio(adesao)
    if envio is None:
        raise Http404
    formulario = com_o_texto(request, FormularioRevelar(request.POST or None, label_suffix=""))
    cpfs: list[dict[str, str]] = []
    if request.method == "POST" and formulario.is_valid():
        acoes.revelar_cpf(adesao_id=adesao.pk, por=por, agora=agora(), motivo=formulario.cleaned_data["motivo"])
        cpfs = consultas.cpfs_do_envio(envio)
    contexto = {"adesao": adesao, "form": formulario, "cpfs": cpfs}
    return render(request, "adesao/prodesp/cpf.html", contexto, status=422 if formulario.errors else 200)
