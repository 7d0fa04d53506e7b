"""Error pages that Django asks for by name. Each says what happened and what to do next; none shows internals or personal data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for too long, or came from elsewhere (403). ``reason`` is for the log only, never for the page."""
    return render(request, "erros/csrf.html", status=403)


@requires_csrf_token
def sem_permissao(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the page is not for this role."""
    return render(request, "403.html", status=403)


@requires_csrf_token
def nao_encontrada(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or not this person's to see; the two read alike."""
    return render(request, "404.html", status=404)


def falha(request: HttpRequest) -> HttpResponse:
    """500: rendered without context processors, so that it comes out even when the database is what failed."""
    return HttpResponseServerError(loader.get_template("500.html").render({}))
