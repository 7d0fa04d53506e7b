"""The browser fixtures see what they are there to see."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.apoio.elenco import Pessoa
from tests.apoio.navegador import entrar, sem_rolagem_lateral, sem_violacoes

pytestmark = pytest.mark.navegador


def test_the_home_page_passes_axe_and_fits_a_telephone(pagina_390: Any) -> None:
    pagina_390.goto("/")
    assert pagina_390.locator("h1").count() == 1
    sem_violacoes(pagina_390)
    sem_rolagem_lateral(pagina_390)


def test_the_observer_notices_a_broken_policy_and_an_error_in_a_script(pagina: Any) -> None:
    pagina.goto("/")
    pagina.evaluate("document.body.setAttribute('onclick', 'x()')")
    pagina.evaluate("setTimeout(() => { throw new Error('de propósito') })")
    pagina.wait_for_timeout(200)
    visto = pagina.observador
    assert len(visto.csp) == 1
    assert "de propósito" in visto.erros[0]
    with pytest.raises(AssertionError, match="violações da CSP"):
        visto.conferir()
    visto.csp.clear()
    visto.erros.clear()


def test_axe_finds_a_picture_without_words_and_names_it(pagina: Any) -> None:
    pagina.goto("/")
    pagina.evaluate("document.querySelector('main').append(new Image())")
    with pytest.raises(AssertionError, match="image-alt"):
        sem_violacoes(pagina)


def test_a_member_of_the_cast_can_walk_in_without_the_login_form(pagina: Any, requerente: Pessoa) -> None:
    entrar(pagina, requerente)
    resposta = pagina.goto(reverse("conta"))
    assert resposta.status == 200
    assert requerente.usuario.email in pagina.content()


def test_a_page_without_javascript_can_be_opened(pagina_sem_js: Any) -> None:
    pagina_sem_js.goto("/")
    assert pagina_sem_js.locator("main").is_visible()
