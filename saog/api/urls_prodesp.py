"""Addresses of PRODESP's API, each behind the same door as the Operadora's, and its description that everybody may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from contas.acesso import publica
from saog.api.porta import contar_visita, da_api, desconhecido, em_json
from saog.api.problemas import Problema, responder
from saog.api.prodesp import api, esquema
from saog.api.urls import enderecos_de

app_name = "prodesp"


@publica
@require_safe
def descricao(request: HttpRequest) -> HttpResponse:
    """The API in OpenAPI 3.1."""
    try:
        contar_visita(request)
    except Problema as muitos:
        return responder(muitos)
    return em_json(esquema())


urlpatterns = [
    path("openapi.json", descricao, name="openapi"),
    *enderecos_de(api),
    re_path(r"^(?P<resto>.*)$", da_api(desconhecido), name="desconhecido"),
]
