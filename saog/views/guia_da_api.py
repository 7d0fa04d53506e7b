"""The Operadora's page about its API: where it is, who gives the token, how its systems stand, and the guide."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from contas.acesso import exige
from contas.paginas import agora
from saog.consultas import integracao as consultas

#: The guide whose examples the tests run.
GUIA = Path(settings.BASE_DIR) / "docs" / "api-operadora.md"


@exige("ordens.ver")
@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """What the API does, its address, the systems registered, their tokens and the notices that did not arrive. No token is shown."""
    relogio = agora()
    raiz = reverse("operadora:openapi").removesuffix("openapi.json")
    contexto = {
        "raiz": settings.ENDERECO_PUBLICO + raiz.rstrip("/"),
        "openapi": reverse("operadora:openapi"),
        "sistemas": [(s, [t for t in s.tokens.all() if t.vale(relogio)]) for s in consultas.sistemas() if s.desligado_em is None],
        "avisos": consultas.avisos_sem_entrega(ate=20),
    }
    return render(request, "saog/operadora/api.html", contexto)


@exige("ordens.ver")
@require_safe
def guia(request: HttpRequest) -> HttpResponseBase:
    """The integration guide, as the Markdown file it is written in. Raises ``Http404`` where it was not installed."""
    if not GUIA.is_file():
        raise Http404("guia não instalado")
    return FileResponse(GUIA.open("rb"), as_attachment=True, filename="api-operadora.md", content_type="text/markdown; charset=utf-8")
