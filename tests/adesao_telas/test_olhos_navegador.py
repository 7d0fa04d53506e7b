"""The prefeitura's screens after a return, and what happens to typing when the session ends, in a real browser."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from adesao import acoes
from adesao.models import Adesao
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, Pessoa
from tests.apoio.navegador import assentar, entrar, sem_rolagem_lateral, sem_violacoes

from .conftest import DIA, url

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
TELAS = os.environ.get("TELAS", "")
DELEGADO = {"quem_assina": "delegado", "representante_nome": "Ana Lima", "representante_cargo": "Secretária de Governo"}


def _olhar(pagina: Any, nome: str, endereco: str) -> None:
    assert pagina.goto(endereco).status in (200, 422)
    _conferir(pagina, nome)


def _conferir(pagina: Any, nome: str) -> None:
    assentar(pagina)
    if TELAS:
        pagina.screenshot(path=str(Path(TELAS) / f"{nome}-{pagina.viewport_size['width']}.png"), full_page=True)
    sem_rolagem_lateral(pagina)
    sem_violacoes(pagina)


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_the_screens_of_a_correction(largura: str, request: pytest.FixtureRequest, devolvida: Adesao, requerente: Pessoa) -> None:
    pagina = request.getfixturevalue(largura)
    entrar(pagina, requerente)
    _olhar(pagina, "correcao-painel", url("painel", devolvida))
    for tarefa in ("prefeitura", "anexo1", "anexo2", "assinados"):
        _olhar(pagina, f"correcao-{tarefa}", url("preencher", devolvida, tarefa))
    pagina.goto(url("preencher", devolvida, "oficio") + "#id_oficio_data")
    assert pagina.locator("#id_oficio_data").evaluate("el => el === document.activeElement && el.closest('details').open")
    _olhar(pagina, "autorizacoes", url("autorizacoes", devolvida))
    comum = {"acao": "continuar", "versao": "1", "oficio_data": "08/11/2026"}
    for numero in ("300/2026", "400/2026"):
        requerente.cliente.post(url("preencher", devolvida, "oficio"), {**comum, "oficio_numero": numero})
    _olhar(pagina, "comparar", url("preencher", devolvida, "oficio") + "?comparar=1")
    pagina.get_by_role("link", name="Pôr nos campos o texto da outra aba").click()
    assert pagina.locator("#id_oficio_numero").input_value() == "300/2026"


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_typed_while_the_other_person_sent(largura: str, request: pytest.FixtureRequest, devolvida: Adesao, requerente: Pessoa) -> None:
    pagina = request.getfixturevalue(largura)
    entrar(pagina, requerente)
    pagina.goto(url("preencher", devolvida, "oficio") + "#id_oficio_numero")
    pagina.locator("#id_oficio_numero").fill("777/2026")
    adesoes.corrigida(devolvida, por=requerente.ator, agora=AGORA + 2 * DIA)
    pagina.get_by_role("button", name="Salvar").first.click()
    pagina.get_by_text("O que você digitou não foi salvo.").wait_for()
    assert pagina.get_by_text("777/2026").is_visible()
    _conferir(pagina, "texto-tardio")


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_the_delegation_act_the_question_and_the_refusal(
    largura: str, request: pytest.FixtureRequest, requerente: Pessoa, analista: Pessoa, aprovador: Pessoa
) -> None:
    pagina = request.getfixturevalue(largura)
    adesao = adesoes.adesao_enviada(por=requerente.ator, mudancas={"prefeitura": DELEGADO})
    adesoes.assumida(adesao, por=analista.ator)
    adesoes.desenhar_paginas(adesao)
    entrar(pagina, analista)
    _olhar(pagina, "delegacao", url("conferencia", adesao) + "?peca=delegacao")
    adesoes.encaminhada(adesao, por=analista.ator, agora=AGORA + DIA)
    acoes.perguntar(adesao_id=adesao.pk, pergunta="Quem é Ana Lima?", por=aprovador.ator, agora=AGORA + DIA)
    _olhar(pagina, "encaminhar-com-pergunta", url("encaminhar", adesao))
    pagina.get_by_role("button", name="Encaminhar para aprovação").click()
    pagina.get_by_role("alert").get_by_text("Responda à pergunta do órgão aprovador.").wait_for()
    pagina.get_by_label("Resposta à pergunta").fill("É a secretária de governo.")
    pagina.get_by_role("button", name="Encaminhar para aprovação").click()
    pagina.get_by_text("foi encaminhada para aprovação").wait_for()
    acoes.indeferir(adesao_id=adesao.pk, motivo="Falta lei municipal.", por=aprovador.ator, agora=AGORA + 2 * DIA)
    entrar(pagina, requerente)
    _olhar(pagina, "recusada", url("minha"))


def test_an_ended_session_says_so_on_top_and_the_click_goes_on_after_the_login(pagina: Any, requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    entrar(pagina, requerente)
    pagina.goto(url("preencher", adesao, "prefeitura"))
    antes = pagina.locator("h1").bounding_box()
    pagina.context.clear_cookies()
    pagina.locator("#id_logradouro").fill("Rua Nova")
    aviso = pagina.get_by_role("alert").filter(has_text="Sua sessão terminou")
    aviso.wait_for()
    assert aviso.get_by_role("link", name="Entrar em outra aba").get_attribute("target") == "_blank"
    assert aviso.evaluate("el => Math.round(el.getBoundingClientRect().top)") == 0
    assert pagina.locator("h1").bounding_box() == antes, "nothing is pushed"
    if TELAS:
        pagina.screenshot(path=str(Path(TELAS) / "sessao-1280.png"))
    pagina.get_by_role("button", name=re.compile("^Salvar e continuar")).locator("visible=true").last.click()
    assert pagina.url.endswith("/prefeitura/")
    requerente.cliente.force_login(requerente.usuario)
    valor = requerente.cliente.cookies[settings.SESSION_COOKIE_NAME].value
    pagina.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": valor, "url": pagina.endereco}])
    pagina.evaluate("window.dispatchEvent(new Event('focus'))")
    pagina.wait_for_url("**/preencher/oficio/")
    assert adesao.rascunhos.get(tarefa="prefeitura").dados["logradouro"] == "Rua Nova"


def test_the_notice_goes_away_by_itself_after_the_login(pagina: Any, requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    entrar(pagina, requerente)
    pagina.goto(url("preencher", adesao, "prefeitura"))
    pagina.context.clear_cookies()
    pagina.locator("#id_logradouro").fill("Rua Nova")
    aviso = pagina.locator(".ig-aviso-fixo")
    aviso.get_by_text("Sua sessão terminou").wait_for()
    requerente.cliente.force_login(requerente.usuario)
    entrar(pagina, requerente)
    pagina.evaluate("window.dispatchEvent(new Event('focus'))")
    pagina.get_by_text("Rascunho salvo às").wait_for()
    assert not aviso.is_visible()


def test_one_more_application_puts_the_person_in_its_row(pagina: Any, requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    entrar(pagina, requerente)
    pagina.goto(url("preencher", adesao, "anexo2"))
    for _ in range(2):
        pagina.get_by_role("button", name="Incluir outra aplicação").click()
        pagina.wait_for_url("**#id_aplicacao_3_nome")
        assert pagina.locator("#id_aplicacao_3_nome").evaluate("el => el === document.activeElement")
    pagina.get_by_text("A aplicação 3 ainda está em branco.").wait_for()
