"""Headers of every answer and the page of a refused act (`seguranca.md` B1.4, ASVS 14.3.2)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.test import RequestFactory

from nucleo.erros import ConflitoDeVersao, RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.middleware import RespostaMiddleware

pytestmark = pytest.mark.django_db


def pedido(caminho: str = "/x/", **cabecalhos: str) -> HttpRequest:
    """A POST with those headers (``accept``, ``referer``)."""
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().post(caminho, headers=cabecalhos)
    request.user = AnonymousUser()
    request.session = {}  # type: ignore[assignment]
    return request


def camada(resposta: HttpResponse | None = None) -> RespostaMiddleware:
    """The middleware around a view that gives this answer."""
    ver: Callable[[HttpRequest], HttpResponse] = lambda request: resposta or HttpResponse("ok")  # noqa: E731
    return RespostaMiddleware(ver)


def test_every_answer_carries_the_headers_django_does_not_set() -> None:
    resposta = camada()(pedido())
    assert resposta["Cross-Origin-Resource-Policy"] == "same-origin"
    assert resposta["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert "camera=()" in resposta["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in resposta["Permissions-Policy"]


def test_a_page_of_a_session_is_never_stored_and_a_public_one_says_nothing() -> None:
    publico = camada()(pedido())
    assert "Cache-Control" not in publico
    com_sessao = pedido()
    com_sessao.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    assert camada()(com_sessao)["Cache-Control"] == "no-store"
    entrada = HttpResponse("bem-vindo")
    entrada.set_cookie(settings.SESSION_COOKIE_NAME, "nova")
    assert camada(entrada)(pedido())["Cache-Control"] == "no-store"


def test_the_address_of_a_button_opened_by_hand_says_so_in_words() -> None:
    """Typed in the bar, or after entering again: a page with its status, not the browser's blank one. A POST keeps the short answer."""
    request = pedido(referer="http://testserver/adesoes/")
    recusa = HttpResponseNotAllowed(["POST"])
    assert camada(recusa)(request).content == b""
    request.method = "GET"
    resposta = camada(recusa)(request)
    assert resposta.status_code == 405
    assert resposta["Allow"] == "POST"
    assert "Este endereço é de um botão" in resposta.content.decode()
    assert 'href="/adesoes/"' in resposta.content.decode()


def test_a_view_may_choose_its_own_caching() -> None:
    com_sessao = pedido()
    com_sessao.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    escolhida = HttpResponse("imagem", headers={"Cache-Control": "private, max-age=600"})
    assert camada(escolhida)(com_sessao)["Cache-Control"] == "private, max-age=600"


@pytest.mark.parametrize(
    ("erro", "status"),
    [
        (RegraViolada("Este município já tem uma adesão em andamento.", regra="ADS-10"), 422),
        (TransicaoIndisponivel("Ação já realizada."), 409),
        (ConflitoDeVersao("Outra pessoa salvou antes."), 409),
        (SemPermissao("Este ato não é do seu papel."), 403),
    ],
)
def test_a_refusal_becomes_a_page_with_its_status_its_words_and_its_rule(erro: RegraViolada, status: int) -> None:
    resposta = camada().process_exception(pedido(accept="text/html"), erro)
    assert resposta is not None
    assert resposta.status_code == status
    texto = resposta.content.decode()
    assert erro.mensagem in texto
    assert texto.count("<h1") == 1
    assert ("#ADS-10" in texto) == (erro.regra == "ADS-10")


def test_the_words_of_a_refusal_are_escaped() -> None:
    resposta = camada().process_exception(pedido(accept="text/html"), RegraViolada("<script>alert(1)</script>"))
    assert resposta is not None
    assert b"<script>alert" not in resposta.content


def test_the_way_back_is_one_of_our_pages_or_none() -> None:
    nossa = camada().process_exception(pedido(accept="text/html", referer="http://testserver/adesoes/7/?aba=2"), RegraViolada("Não."))
    assert nossa is not None
    assert 'href="/adesoes/7/?aba=2"' in nossa.content.decode()
    alheia = camada().process_exception(pedido(accept="text/html", referer="https://outro.example/x"), RegraViolada("Não."))
    assert alheia is not None
    assert b"outro.example" not in alheia.content


def test_a_program_gets_json_and_a_conflict_says_so() -> None:
    resposta = camada().process_exception(pedido(accept="application/json"), ConflitoDeVersao("Outra pessoa salvou antes.", campo="nome"))
    assert resposta is not None
    assert resposta.status_code == 409
    assert json.loads(resposta.content) == {
        "erro": True, "conflito": True, "mensagem": "Outra pessoa salvou antes.", "regra": "", "campo": "nome",
    }  # fmt: skip


def test_htmx_gets_only_the_notice() -> None:
    request = pedido(accept="*/*")
    request.htmx = True  # type: ignore[attr-defined]
    resposta = camada().process_exception(request, RegraViolada("Falta o motivo."))
    assert resposta is not None
    assert b"Falta o motivo." in resposta.content
    assert b"<html" not in resposta.content


def test_other_exceptions_are_left_alone() -> None:
    assert camada().process_exception(pedido(), Http404()) is None
    assert camada().process_exception(pedido(), ValueError("x")) is None
