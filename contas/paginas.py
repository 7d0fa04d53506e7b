"""What the pages of every floor share: the clock, lists in pages, one-time forms, and going on after an act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm, MultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from contas.acesso import ator_de, texto_guardado
from nucleo.unicidade import uma_vez

POR_PAGINA = 50
Formulario = TypeVar("Formulario", bound=BaseForm)


def agora() -> dt.datetime:
    """The clock of the pages: the only place where a view reads it."""
    return timezone.now()


def fazer_uma_vez(
    request: HttpRequest, ato: str, fazer: Callable[[], dict[str, Any]], *, antes: Callable[[], None] | None = None
) -> dict[str, Any]:
    """Run the act of a POST form once for its one-time key; a repeat returns the first result. ``antes`` is asked the first time only and
    may refuse by raising.
    """

    def conferir_e_fazer() -> dict[str, Any]:
        if antes is not None:
            antes()
        return fazer()

    return uma_vez(request.POST.get("chave"), ato=ato, por=ator_de(request), fazer=conferir_e_fazer)


def com_o_texto(request: HttpRequest, formulario: Formulario, *, caminho: str = "") -> Formulario:
    """The form with what the person had typed when the session ended, once, and the notice that it is back; else the form as it is.

    Its view is marked ``contas.acesso.guarda_o_texto``. ``caminho``: the address the form posts to, when the page is at another.
    """
    com_os_textos(request, [formulario], caminho=caminho)
    return formulario


def com_os_textos(request: HttpRequest, formularios: Sequence[BaseForm], *, caminho: str = "") -> None:
    """``com_o_texto`` of several forms that are sent together."""
    guardado = None if any(f.is_bound for f in formularios) else texto_guardado(request, caminho)
    if guardado is None:
        return
    for formulario in formularios:
        for nome, campo in formulario.fields.items():
            if (n := formulario.add_prefix(nome)) in guardado:
                varios = isinstance(campo, MultipleChoiceField)
                formulario.initial[nome] = guardado.listas.get(n, [guardado[n]]) if varios else guardado[n]
    messages.warning(request, guardado.aviso)


def pagina_de(lista: QuerySet[Any] | list[Any], request: HttpRequest) -> Page[Any]:
    """The asked page of a list, 50 rows; a page out of range is the last one."""
    return Paginator(lista, POR_PAGINA).get_page(request.GET.get("pagina"))


def feito(request: HttpRequest, frase: str, para: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Say what was done and go on."""
    messages.success(request, frase)
    return redirect(para, *args, **kwargs)


def texto_de(request: HttpRequest, nome: str, *, maximo: int = 60) -> str:
    """A GET parameter as plain text, cut."""
    return request.GET.get(nome, "").replace("\0", "").strip()[:maximo]
