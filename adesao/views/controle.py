"""Who reads everything and changes nothing: every process, and the trail of acts (settled question 1)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from adesao import consultas
from adesao.forms import FiltrosDaTrilha, FiltrosDosProcessos
from contas.acesso import ator_de, exige
from contas.paginas import agora, pagina_de
from contas.papeis import Papel
from contas.permissoes import pode


def _pedidos(request: HttpRequest, *nomes: str) -> dict[str, str]:
    return {nome: request.GET.get(nome, "").replace("\0", "").strip()[:60] for nome in nomes}


@exige("processos.ver")
@require_GET
def processos(request: HttpRequest) -> HttpResponse:
    """Every adhesion ever sent, with a way to its conferência and its dossier."""
    filtros = _pedidos(request, "busca", "situacao")
    formulario = FiltrosDosProcessos(filtros)
    contexto = {
        "largo": True,
        "agora": agora(),
        "filtros": formulario,
        "em_palavras": formulario.em_palavras(),
        "pagina": pagina_de(consultas.processos(filtros), request),
        "ve_a_fila": pode(ator_de(request), "fila.ver"),
    }
    return render(request, "adesao/controle/processos.html", contexto)


@exige("trilha.ver")
@require_GET
def trilha(request: HttpRequest) -> HttpResponse:
    """Every act on every process: when, who, in which role, from where (SS-10, PRZ-02)."""
    filtros = _pedidos(request, "busca", "sobre")
    formulario = FiltrosDaTrilha(filtros, consultas.grupos_da_trilha())
    papeis = dict(Papel.choices)
    pagina = pagina_de(consultas.trilha(filtros), request)
    contexto = {
        "largo": True,
        "filtros": formulario,
        "em_palavras": formulario.em_palavras(),
        "pagina": pagina,
        "linhas": [(linha, papeis.get(linha.papel, "")) for linha in consultas.ler_da_trilha(pagina)],
    }
    return render(request, "adesao/controle/trilha.html", contexto)
