"""Addresses of the API, each behind its door, and the one description that everybody may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from contas.acesso import publica
from saog.api.porta import contar_visita, da_api, desconhecido, em_json
from saog.api.problemas import Problema, responder
from saog.api.rotas import api, esquema

app_name = "operadora"


@publica
@require_safe
def descricao(request: HttpRequest) -> HttpResponse:
    """The API in OpenAPI 3.1."""
    try:
        contar_visita(request)
    except Problema as muitos:
        return responder(muitos)
    return em_json(esquema())


def enderecos_de(uma: NinjaAPI) -> list[URLPattern]:
    """The addresses of an API, each behind the door with the methods that its path takes."""
    metodos = {
        operacao.url_name: frozenset(m for o in caminho.operations for m in o.methods)
        for caminho in uma.default_router.path_operations.values()
        for operacao in caminho.operations
    }
    itens = [i for i in uma.urls[0] if isinstance(i, URLPattern) and i.name in metodos]
    for item in itens:
        item.callback = da_api(item.callback, metodos[item.name or ""])
    return itens


urlpatterns = [
    path("openapi.json", descricao, name="openapi"),
    *enderecos_de(api),
    re_path(r"^(?P<resto>.*)$", da_api(desconhecido), name="desconhecido"),
]
