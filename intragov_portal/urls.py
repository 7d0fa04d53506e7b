"""Addresses of the portal."""

from django.conf import settings
from django.urls import include, path

from adesao.views.verificacao import verificar

handler429 = "contas.views.comuns.muitas_tentativas"

urlpatterns = [
    path("", include("institucional.urls")),
    path("", include("contas.urls_conta")),
    path("", include("contas.urls")),
    path("", include("adesao.urls")),
    path("", include("enderecamento.urls")),
    path("", include("saog.urls")),
    path("api/operadora/v1/", include("saog.api.urls")),
    path("api/prodesp/v1/", include("saog.api.urls_prodesp")),
    path("verificar/", verificar, name="verificar"),
]
if settings.DEMONSTRACAO or settings.MODO == "teste":
    urlpatterns.append(path("demo/", include("demonstracao.urls")))
