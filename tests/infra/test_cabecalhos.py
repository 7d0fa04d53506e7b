"""Security headers of the public and the login page (seguranca.md B1.4: the score asks for all of these)."""

from __future__ import annotations

from http.cookies import Morsel

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.apoio.elenco import Pessoa

PAGINAS = ["inicio", "account_login"]
ESPERADOS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


def abrir(nome: str) -> HttpResponse:
    """A GET over TLS of the page with this name, as the proxy passes it on."""
    return Client().get(reverse(nome), secure=True)  # type: ignore[return-value]


def politica(resposta: HttpResponse) -> dict[str, set[str]]:
    """The CSP by directive."""
    partes = [p.split() for p in resposta["Content-Security-Policy"].split(";") if p.strip()]
    return {nome: set(fontes) for nome, *fontes in partes}


@pytest.mark.django_db
@pytest.mark.parametrize("nome", PAGINAS)
def test_public_pages_carry_every_security_header(nome: str) -> None:
    resposta = abrir(nome)
    assert resposta.status_code == 200
    assert {n: resposta.headers.get(n) for n in ESPERADOS} == ESPERADOS
    assert "camera=()" in resposta["Permissions-Policy"]
    assert "charset=utf-8" in resposta["Content-Type"]
    assert "Server" not in resposta.headers


@pytest.mark.django_db
@pytest.mark.parametrize("nome", PAGINAS)
def test_the_policy_allows_only_our_own_files_and_nothing_inline(nome: str) -> None:
    csp = politica(abrir(nome))
    assert csp["default-src"] == {"'none'"}
    assert csp["script-src"] == csp["style-src"] == csp["connect-src"] == csp["form-action"] == {"'self'"}
    assert csp["img-src"] <= {"'self'", "data:"}
    for fechada in ("frame-ancestors", "base-uri", "object-src"):
        assert csp[fechada] == {"'none'"}
    assert not {f for fontes in csp.values() for f in fontes} & {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"}


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites() -> None:
    biscoitos: dict[str, Morsel[str]] = dict(abrir("account_login").cookies)
    assert biscoitos
    for biscoito in biscoitos.values():
        assert biscoito["httponly"]
        assert biscoito["samesite"] in {"Lax", "Strict"}
        assert biscoito["path"] == "/"
        assert not biscoito["domain"]


@pytest.mark.django_db
def test_a_page_behind_the_login_carries_the_same_headers_and_policy(requerente: Pessoa) -> None:
    resposta = requerente.cliente.get(reverse("conta"), secure=True)
    assert {n: resposta.headers.get(n) for n in ESPERADOS} == ESPERADOS  # measured at 135: docs/adr/0005-cabecalhos.md
    assert politica(resposta) == politica(abrir("account_login"))


@pytest.mark.django_db
@pytest.mark.parametrize("caminho", ["/nada-aqui/", "/fila/"])
def test_pages_of_refusal_carry_them_too(caminho: str, requerente: Pessoa) -> None:
    resposta = requerente.cliente.get(caminho, secure=True)
    assert resposta.status_code in {403, 404}
    assert {n: resposta.headers.get(n) for n in ESPERADOS} == ESPERADOS
    assert "no-store" in resposta["Cache-Control"]


@pytest.mark.django_db
def test_a_page_behind_the_login_is_never_stored(requerente: Pessoa) -> None:
    resposta = requerente.cliente.get(reverse("conta"))
    assert resposta.status_code == 200
    assert "no-store" in resposta["Cache-Control"]
