"""The gestor's standard reasons to return something (ADS-03)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from adesao import acoes
from adesao.forms import ONDE, FormularioMotivo
from adesao.models import MotivoPadrao
from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import com_o_texto, feito
from contas.permissoes import pode
from nucleo.erros import RegraViolada

from .comum import fazer_uma_vez


@exige("configuracoes.ver")
@require_GET
def motivos(request: HttpRequest) -> HttpResponse:
    """Every standard reason, in use or not."""
    lista = [(m, ONDE.get(m.onde, m.onde)) for m in MotivoPadrao.objects.order_by("-ativo", "titulo", "pk")]
    return render(request, "adesao/prodesp/motivos.html", {"motivos": lista, "edita": pode(ator_de(request), "motivos.editar")})


@guarda_o_texto
@exige("motivos.editar")
@require_http_methods(["GET", "POST"])
def motivo(request: HttpRequest, motivo_id: int | None = None) -> HttpResponse:
    """A new reason, or one to change. What was already marked with it keeps its words."""
    por = ator_de(request)
    atual = get_object_or_404(MotivoPadrao, pk=motivo_id) if motivo_id else None
    status = 200
    if request.method == "POST":
        formulario = FormularioMotivo(request.POST)
        if formulario.is_valid():

            def fazer() -> dict[str, Any]:
                salvo = acoes.salvar_motivo(motivo_id=motivo_id, dados=formulario.cleaned_data, por=por)
                return {"titulo": salvo.titulo}

            try:
                titulo = fazer_uma_vez(request, f"motivo:{motivo_id or 'novo'}", fazer)["titulo"]
                return feito(request, f"Motivo salvo: {titulo}.", "adesao:motivos")
            except RegraViolada as erro:
                if erro.campo not in formulario.fields:
                    raise
                formulario.add_error(erro.campo, erro.mensagem)
        status = 422
    else:
        inicial = {n: getattr(atual, n) for n in ("titulo", "texto", "onde", "ativo")} if atual else {"ativo": True}
        formulario = com_o_texto(request, FormularioMotivo(initial=inicial))
    return render(request, "adesao/prodesp/motivo.html", {"form": formulario, "motivo": atual}, status=status)
