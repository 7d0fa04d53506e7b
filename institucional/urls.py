"""Addresses of the public site."""

from django.conf import settings
from django.urls import path

from institucional import views

urlpatterns = [
    path("", views.inicio, name="inicio"),
    path("como-aderir/", views.como_aderir, name="como_aderir"),
    path("documentos/", views.documentos, name="documentos_publicos"),
    path("prefeituras/", views.prefeituras, name="prefeituras"),
    path("prefeituras/<int:codigo>/", views.prefeitura, name="prefeitura"),
    path("municipios/", views.municipios, name="municipios"),
    path("regras/", views.regras, name="regras"),
    path("privacidade/", views.privacidade, name="privacidade"),
    path("acessibilidade/", views.acessibilidade, name="acessibilidade"),
    path("contatos/", views.contatos, name="contatos"),
    path("ajuda/", views.ajuda, name="ajuda"),
    path("saude", views.saude, name="saude"),
    path("pronto", views.pronto, name="pronto"),
]
if settings.MODO != "producao":
    from institucional import componentes

    urlpatterns.append(path("componentes/", componentes.componentes, name="componentes"))
