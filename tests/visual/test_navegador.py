"""The public site and the script in a real browser: axe, reflow, drafts that survive, the municipality picker, rows (WCAG 2.2 AA)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from tests.apoio.navegador import sem_rolagem_lateral, sem_violacoes

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]

PAGINAS = ["/", "/como-aderir/", "/documentos/", "/prefeituras/", "/prefeituras/3506904/", "/regras/", "/ajuda/", "/componentes/?erros=1"]
PAGINA_DE_TESTE = """<!doctype html><html lang="pt-BR"><head><title>Teste</title>
<link rel="icon" href="/static/portal/marca.svg"><script src="/static/portal/portal.js" type="module"></script></head>
<body data-entrar="/conta/entrar/"><main><h1>Teste</h1>
<form method="post" action="/teste/enviar/" data-rascunho="/teste/rascunho/">
<input type="hidden" name="csrfmiddlewaretoken" value="velho"><input type="hidden" name="versao" value="1">
<label for="nome">Nome</label><input id="nome" name="nome"><p data-rascunho-estado></p><button id="salvar">Salvar</button></form>
<form method="post" action="/teste/linhas/"><div data-linhas="ap" data-maximo="3">
<input type="hidden" id="id_ap-TOTAL_FORMS" name="ap-TOTAL_FORMS" value="1">
<div data-linha><label for="id_ap-0-nome">Aplicação <span data-numero>1</span></label>
<input id="id_ap-0-nome" name="ap-0-nome" value="primeira">
<button data-remover name="acao" value="remover-0">Retirar</button></div>
<template data-linha-modelo><div data-linha><label for="id_ap-__prefix__-nome">Aplicação <span data-numero></span></label>
<input id="id_ap-__prefix__-nome" name="ap-__prefix__-nome">
<button data-remover name="acao" value="remover-__prefix__">Retirar</button></div></template>
<button data-adicionar name="acao" value="adicionar">Incluir</button></div></form></main></body></html>"""


@pytest.fixture(autouse=True)
def _cinco_municipios(transactional_db: Any) -> None:
    from contas.models import Municipio
    from contas.municipios import dobrar
    from tests.apoio.elenco import MUNICIPIOS

    cache.clear()
    for codigo, nome, ddd, latitude, longitude in MUNICIPIOS:
        Municipio.objects.update_or_create(
            codigo_ibge=codigo, defaults={"nome": nome, "busca": dobrar(nome), "ddd": ddd, "latitude": latitude, "longitude": longitude}
        )


@pytest.fixture
def rascunhos(pagina: Page) -> list[Any]:
    """Opens the test page; each draft request takes the next answer of the list: a dict of ``Route.fulfill`` or "queda"."""
    respostas: list[Any] = []

    def responder(rota: Route) -> None:
        resposta = respostas.pop(0) if respostas else {"status": 200, "json": {"salvo_em": "14h32", "versao": 7}}
        if resposta == "queda":
            rota.abort()
        else:
            rota.fulfill(**resposta)

    pagina.route("**/teste/", lambda rota: rota.fulfill(body=PAGINA_DE_TESTE, content_type="text/html; charset=utf-8"))
    pagina.route("**/teste/rascunho/", responder)
    pagina.goto("/teste/")
    return respostas


@pytest.mark.parametrize("endereco", PAGINAS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(pagina: Page, endereco: str) -> None:
    pagina.goto(endereco)
    sem_violacoes(pagina)
    for largura in (640, 390, 320):
        pagina.set_viewport_size({"width": largura, "height": 800})
        sem_rolagem_lateral(pagina)
    sem_violacoes(pagina)


def test_the_skip_link_is_the_first_stop_of_the_keyboard(pagina: Page) -> None:
    pagina.goto("/")
    pagina.keyboard.press("Tab")
    assert pagina.evaluate("document.activeElement.textContent") == "Ir para o conteúdo"
    pagina.keyboard.press("Enter")
    assert pagina.evaluate("document.activeElement.id") == "conteudo"


def test_the_menu_of_a_telephone_opens_and_escape_closes_it(pagina_390: Page) -> None:
    pagina_390.goto("/")
    pagina_390.click("summary:has-text('Menu')")
    assert pagina_390.is_visible(".ig-menu-nav >> text=Como aderir")
    sem_violacoes(pagina_390)
    pagina_390.keyboard.press("Escape")
    assert not pagina_390.is_visible(".ig-menu-nav >> text=Como aderir")


def test_the_error_summary_takes_focus_and_leads_to_the_field(pagina: Page) -> None:
    pagina.goto("/componentes/?erros=1")
    assert pagina.evaluate("document.activeElement.hasAttribute('data-erros')")
    pagina.click("[data-erros] a >> nth=0")
    assert pagina.evaluate("document.activeElement.id") == "id_nome"
    assert pagina.title().startswith("Erro: ")


def test_the_home_page_works_without_javascript(pagina_sem_js: Page) -> None:
    pagina_sem_js.goto("/")
    pagina_sem_js.fill("#consulta", "São Paulo")
    pagina_sem_js.click("text=Consultar")
    assert pagina_sem_js.text_content("h1") == "São Paulo"


def test_the_picker_is_a_combobox_driven_by_the_keyboard(pagina: Page) -> None:
    pagina.goto("/")
    campo = pagina.locator("#consulta")
    assert campo.get_attribute("role") == "combobox"
    campo.press_sequentially("bof")
    pagina.wait_for_selector("[role=option]")
    assert campo.get_attribute("aria-expanded") == "true"
    sem_violacoes(pagina)
    campo.press("ArrowDown")
    ativo = campo.get_attribute("aria-activedescendant")
    assert pagina.text_content(f"#{ativo}") == "Bofete"
    campo.press("Enter")
    assert campo.input_value() == "Bofete"
    assert campo.get_attribute("aria-expanded") == "false"


def test_a_draft_is_saved_while_typing_and_says_when(pagina: Page, rascunhos: list[Any]) -> None:
    pagina.fill("#nome", "Clara")
    pagina.wait_for_selector("text=Rascunho salvo às 14h32")
    assert pagina.input_value("[name=versao]") == "7"


def test_a_dropped_connection_keeps_the_text_and_saves_it_later(pagina: Page, rascunhos: list[Any]) -> None:
    rascunhos.append("queda")
    pagina.fill("#nome", "Clara")
    pagina.wait_for_selector("text=Sem conexão. Seu texto continua nesta página")
    pagina.wait_for_selector("text=Rascunho salvo às 14h32")
    assert pagina.input_value("#nome") == "Clara"


def test_an_ended_session_offers_the_login_in_another_tab_and_then_saves(pagina: Page, rascunhos: list[Any]) -> None:
    rascunhos.append({"status": 302, "headers": {"Location": "/conta/entrar/"}})
    pagina.fill("#nome", "Clara")
    link = pagina.wait_for_selector("a:has-text('Entrar em outra aba')")
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("href") == "/conta/entrar/?next=%2Fteste%2F"
    pagina.wait_for_selector("text=Rascunho salvo às 14h32")


def test_after_a_new_login_the_stale_token_is_renewed_by_itself(pagina: Page, rascunhos: list[Any]) -> None:
    rascunhos.append({"status": 403, "body": "velho"})
    pagina.unroute("**/teste/")
    pagina.route(
        "**/teste/", lambda rota: rota.fulfill(body=PAGINA_DE_TESTE.replace("velho", "novo"), content_type="text/html; charset=utf-8")
    )
    pagina.fill("#nome", "Clara")
    pagina.wait_for_selector("text=Rascunho salvo às 14h32")
    assert pagina.input_value("[name=csrfmiddlewaretoken]") == "novo"


def test_a_conflict_is_told_and_stops_the_saving(pagina: Page, rascunhos: list[Any]) -> None:
    rascunhos.append({"status": 409, "json": {"conflito": True, "mensagem": "Elza Camargo mudou esta tarefa às 14h30."}})
    pagina.fill("#nome", "Clara")
    pagina.wait_for_selector("text=Elza Camargo mudou esta tarefa às 14h30.")
    assert pagina.input_value("#nome") == "Clara"


def test_what_was_sent_meanwhile_is_told_and_a_save_still_goes_on(pagina: Page, rascunhos: list[Any]) -> None:
    pagina.route("**/teste/enviar/", lambda rota: rota.fulfill(body="ok"))
    rascunhos.extend(["queda", {"status": 409, "json": {"erro": "O pedido não pode mudar agora."}}])
    pagina.fill("#nome", "Clara")
    pagina.wait_for_selector("text=O pedido não pode mudar agora.")
    pagina.click("#salvar")
    pagina.wait_for_url("**/teste/enviar/")


def test_sending_is_held_back_while_the_text_is_not_safe_and_then_goes_on_by_itself(pagina: Page, rascunhos: list[Any]) -> None:
    enviados: list[str] = []
    pagina.route("**/teste/enviar/", lambda rota: (enviados.append(rota.request.method), rota.fulfill(body="ok"))[-1])
    rascunhos.extend(["queda", "queda"])
    pagina.fill("#nome", "Clara")
    pagina.wait_for_selector("text=Sem conexão")
    pagina.click("#salvar")
    assert enviados == []
    pagina.wait_for_url("**/teste/enviar/")
    assert enviados == ["POST"]
    assert rascunhos == []  # both falls came before it


def test_a_double_click_sends_once(pagina: Page, rascunhos: list[Any]) -> None:
    enviados: list[str] = []

    def demorar(rota: Route) -> None:
        enviados.append(rota.request.method)
        pagina.wait_for_timeout(300)
        rota.fulfill(body="ok")

    pagina.route("**/teste/enviar/", demorar)
    pagina.evaluate("() => { const b = document.querySelector('#salvar'); b.click(); b.click(); }")
    pagina.wait_for_url("**/teste/enviar/")
    assert enviados == ["POST"]


def test_rows_are_added_and_removed_without_leaving_the_page(pagina: Page, rascunhos: list[Any]) -> None:
    pagina.click("text=Incluir")
    pagina.keyboard.type("segunda")
    pagina.click("text=Incluir")
    pagina.keyboard.type("terceira")
    assert pagina.input_value("#id_ap-TOTAL_FORMS") == "3"
    assert not pagina.is_visible("text=Incluir")
    pagina.click("[data-linha] >> nth=1 >> text=Retirar")
    valores = pagina.eval_on_selector_all("[data-linha] input", "c => c.map(x => [x.name, x.id, x.value])")
    assert valores == [["ap-0-nome", "id_ap-0-nome", "primeira"], ["ap-1-nome", "id_ap-1-nome", "terceira"]]
    assert pagina.input_value("#id_ap-TOTAL_FORMS") == "2"
    assert re.sub(r"\s+", " ", pagina.locator("[data-linha] label").nth(1).inner_text()) == "Aplicação 2"
    assert pagina.locator("[data-linha] [data-remover]").nth(1).get_attribute("value") == "remover-1"


def test_nothing_stays_in_the_browser(pagina: Page, rascunhos: list[Any]) -> None:
    pagina.fill("#nome", "Clara")
    pagina.wait_for_selector("text=Rascunho salvo")
    assert json.loads(pagina.evaluate("JSON.stringify([localStorage.length, sessionStorage.length])")) == [0, 0]
