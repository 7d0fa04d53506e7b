"""What the pages of the adhesion share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from adesao import consultas
from adesao.models import Adesao
from contas.acesso import ator_de
from nucleo.erros import TransicaoIndisponivel
from nucleo.fluxo import Ator
from nucleo.unicidade import uma_vez

POR_PAGINA = 50


def agora() -> dt.datetime:
    """The clock of the pages: the only place where a view reads it."""
    return timezone.now()


def do_processo(adesao: Adesao, por: Ator, **mais: Any) -> dict[str, Any]:
    """Context of every page about one process: the process, which sending the page shows, its timeline, the clock, plus ``mais``."""
    return {
        "adesao": adesao,
        "versao_lida": adesao.envios,
        "linha": consultas.linha_do_tempo(adesao, por),
        "por": por,
        "agora": agora(),
        **mais,
    }


def fazer_uma_vez(request: HttpRequest, ato: str, fazer: Callable[[], dict[str, Any]], *, lida: Adesao | None = None) -> dict[str, Any]:
    """Run the act of a POST form once for its one-time key; a repeat returns the first result.

    ``lida`` is the process decided on: raises ``TransicaoIndisponivel`` (409) when a newer sending than the one on the page has arrived.
    """

    def conferir_e_fazer() -> dict[str, Any]:
        if lida is not None:
            exigir_lida(request, lida)
        return fazer()

    return uma_vez(request.POST.get("chave"), ato=ato, por=ator_de(request), fazer=conferir_e_fazer)


def exigir_lida(request: HttpRequest, adesao: Adesao) -> None:
    """Raise ``TransicaoIndisponivel`` (409) when the form was drawn over an older sending; a form that says none passes."""
    if request.POST.get("lido", str(adesao.envios)) != str(adesao.envios):
        raise TransicaoIndisponivel("Depois que você abriu esta página, chegaram documentos corrigidos. Abra de novo e leia antes de agir.")


def pagina_de(lista: QuerySet[Any], request: HttpRequest) -> Page[Any]:
    """The asked page of a list, 50 rows; a page out of range is the last one."""
    return Paginator(lista, POR_PAGINA).get_page(request.GET.get("pagina"))


def feito(request: HttpRequest, frase: str, para: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Say what was done and go on."""
    messages.success(request, frase)
    return redirect(para, *args, **kwargs)


def para_preencher(request: HttpRequest, numero: str) -> tuple[Ator, Adesao]:
    """The actor and the draft of that number, for a requerente of its prefeitura (404 foreign, 403 own but forbidden)."""
    por = ator_de(request)
    return por, consultas.obter(por, numero, "adesao.preencher")
