"""What the pages of the adhesion share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest

from adesao import consultas
from adesao.models import Adesao
from contas import paginas
from contas.acesso import ator_de
from contas.paginas import agora
from nucleo.erros import TransicaoIndisponivel
from nucleo.fluxo import Ator


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

    antes = None if lida is None else partial(exigir_lida, request, lida)
    return paginas.fazer_uma_vez(request, ato, fazer, antes=antes)


def exigir_lida(request: HttpRequest, adesao: Adesao) -> None:
    """Raise ``TransicaoIndisponivel`` (409) when the form was drawn over an older sending; a form that says none passes."""
    if request.POST.get("lido", str(adesao.envios)) != str(adesao.envios):
        raise TransicaoIndisponivel("Depois que você abriu esta página, chegaram documentos corrigidos. Abra de novo e leia antes de agir.")


def para_preencher(request: HttpRequest, numero: str) -> tuple[Ator, Adesao]:
    """The actor and the draft of that number, for a requerente of its prefeitura (404 foreign, 403 own but forbidden)."""
    por = ator_de(request)
    return por, consultas.obter(por, numero, "adesao.preencher")
