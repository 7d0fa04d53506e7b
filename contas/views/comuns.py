"""What the views of this app share: the clock, one-use links, and the limits of `contas.limites`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from contas.limites import dentro_do_limite, muitas_tentativas
from contas.paginas import agora as agora_do_pedido

__all__ = ["agora_do_pedido", "dentro_do_limite", "muitas_tentativas", "token_do_link"]


def token_do_link(request: HttpRequest, token: str, *, nome: str) -> str | HttpResponse:
    """The token of a one-use link, taken out of the address: opened with it, the page goes to its own address without it.

    So that a live token reaches neither a log line nor a ``Referer`` (ASVS 14.2.1). It waits in the session until the page is used.
    """
    chave = f"link:{nome}"
    if token and request.method in {"GET", "HEAD"}:
        request.session[chave] = token
        return redirect(nome)
    return token or str(request.session.get(chave, ""))
