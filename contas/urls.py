"""Addresses of people: of my prefeitura, of the State's teams, and entry requests."""

from __future__ import annotations

from django.urls import path

from contas.views import pessoas

app_name = "contas"
urlpatterns = [
    path("pessoas/", pessoas.pessoas, name="pessoas"),
    path("pessoas/pedidos/", pessoas.pedidos, name="pedidos"),
    path("pessoas/pedidos/<int:pk>/aceitar/", pessoas.aceitar_pedido, name="aceitar_pedido"),
    path("pessoas/pedidos/<int:pk>/recusar/", pessoas.recusar_pedido, name="recusar_pedido"),
    path("pessoas/prefeituras/", pessoas.prefeituras, name="prefeituras"),
    path("pessoas/prefeituras/<int:codigo>/", pessoas.da_prefeitura, name="da_prefeitura"),
    path("pessoas/convites/<int:pk>/cancelar/", pessoas.cancelar_convite, name="cancelar_convite"),
    path("pessoas/vinculos/<int:pk>/encerrar/", pessoas.encerrar_vinculo, name="encerrar_vinculo"),
    path("pessoas/desativadas/", pessoas.desativadas, name="desativadas"),
    path("pessoas/contas/<int:pk>/desativar/", pessoas.desativar_conta, name="desativar_conta"),
    path("pessoas/contas/<int:pk>/reativar/", pessoas.reativar_conta, name="reativar_conta"),
    path("equipe/", pessoas.equipe, name="equipe"),
    path("equipe/<int:pk>/sessoes/encerrar/", pessoas.encerrar_sessoes, name="encerrar_sessoes"),
]
