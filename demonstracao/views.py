"""The demonstration's own pages: the outgoing e-mail, so that a newcomer can follow the activation links. 404 in any other mode."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from comunicacao.models import MensagemSaida

POR_PAGINA = 50
#: The e-mail's own page: inline styles (an e-mail has no other), no script, no form, nothing loaded, an opaque origin.
POLITICA_DO_EMAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-top-navigation-by-user-activation"
)
View = Callable[..., HttpResponse]


def so_na_demonstracao(view: View) -> View:
    """Public page that exists only while ``settings.DEMONSTRACAO``; anywhere else it answers 404, before anything is read."""

    @wraps(view)
    def guardada(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMONSTRACAO:
            raise Http404
        return view(request, *args, **kwargs)

    publica = login_not_required(never_cache(require_safe(guardada)))
    publica.acesso = "demonstracao"  # type: ignore[attr-defined]
    return publica


@so_na_demonstracao
def correio(request: HttpRequest) -> HttpResponse:
    """Messages, newest first, 50 a page; ``?para=`` keeps those whose recipient contains it."""
    para = request.GET.get("para", "").replace("\x00", "").strip()[:120]
    mensagens = MensagemSaida.objects.defer("conteudo").order_by("-criada_em", "-pk")
    if para:
        mensagens = mensagens.filter(para__icontains=para)
    pagina = Paginator(mensagens, POR_PAGINA).get_page(request.GET.get("pagina"))
    return render(request, "demonstracao/correio.html", {"pagina": pagina, "para": para, "largo": True})


@so_na_demonstracao
def mensagem(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as text, with its addresses to follow."""
    achada = get_object_or_404(MensagemSaida, pk=pk)
    trilha = [("Correio da demonstração", reverse("demo_correio")), (achada.assunto, "")]
    return render(request, "demonstracao/mensagem.html", {"mensagem": achada, "trilha": trilha})


@so_na_demonstracao
def mensagem_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML face exactly as it is sent, alone in a sandboxed answer."""
    achada = get_object_or_404(MensagemSaida, pk=pk)
    return HttpResponse(achada.html, headers={"Content-Security-Policy": POLITICA_DO_EMAIL})
