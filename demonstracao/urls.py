"""Addresses of the demonstration, under /demo/."""

from django.urls import path

from demonstracao import views

urlpatterns = [
    path("correio/", views.correio, name="demo_correio"),
    path("correio/<int:pk>/", views.mensagem, name="demo_mensagem"),
    path("correio/<int:pk>/html", views.mensagem_html, name="demo_mensagem_html"),
]
