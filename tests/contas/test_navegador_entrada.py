"""Second factor in a real browser: passkeys (Chromium's virtual authenticator), codes of an application, recovery codes, staff's duty."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator

from tests.apoio.elenco import BOFETE, Pessoa, criar_pessoa, semear_municipios
from tests.apoio.navegador import sem_violacoes
from tests.contas.conftest import SENHA
from tests.contas.test_segundo_fator import codigo

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]

#: A telephone's or notebook's own authenticator: keeps the key, and the finger is always right.
AUTENTICADOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def davi(transactional_db: Any) -> Pessoa:
    """A requerente of Bofete who has a password."""
    semear_municipios()
    return criar_pessoa("Davi Moreira", "davi@bofete.sp.gov.br", cpf="86288366757", papel="requerente", onde=BOFETE, senha=SENHA)


@pytest.fixture
def graca(transactional_db: Any, settings: Any) -> Pessoa:
    """An analyst with a password, where staff must have a second factor (ASVS 6.3.3)."""
    settings.SEGUNDO_FATOR_OBRIGATORIO = True
    semear_municipios()
    return criar_pessoa("Graça Tavares", "graca@prodesp.sp.gov.br", cpf="24843803480", papel="analista", onde="prodesp", senha=SENHA)


@pytest.fixture
def com_autenticador(pagina: Page) -> Callable[[], list[Any]]:
    """Give the page a virtual authenticator; the answer lists the credentials it keeps."""
    cdp = pagina.context.new_cdp_session(pagina)
    cdp.send("WebAuthn.enable")
    feito = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTENTICADOR})
    return lambda: cdp.send("WebAuthn.getCredentials", {"authenticatorId": feito["authenticatorId"]})["credentials"]


def digitar_senha(pagina: Page, email: str) -> None:
    """First step of the login, by keyboard as a person does."""
    pagina.goto("/conta/entrar/")
    pagina.fill("[name=login]", email)
    pagina.fill("[name=password]", SENHA)
    pagina.click("main button:has-text('Entrar'):not([id])")


def sair(pagina: Page) -> None:
    """Leave through the page of leaving."""
    pagina.goto("/conta/sair/")
    pagina.click("main form button[type=submit]")
    pagina.wait_for_url(re.compile(r"/$"))


def abrir_confirmando(pagina: Page, caminho: str) -> None:
    """Open a page of the second factor; it asks the password first, once in five minutes (ASVS 7.5.1)."""
    pagina.goto(caminho)
    if "/conta/confirmar-acesso/" in pagina.url:
        sem_violacoes(pagina)
        pagina.fill("[name=password]", SENHA)
        pagina.click("main form button[type=submit]")
        pagina.wait_for_url(f"**{caminho}")


def incluir_chave(pagina: Page, *, nome: str, sem_senha: bool) -> None:
    """Fill and send the form of a new passkey."""
    abrir_confirmando(pagina, "/conta/segundo-fator/chaves/incluir/")
    sem_violacoes(pagina)
    pagina.fill("[name=name]", nome)
    pagina.set_checked("[name=passwordless]", sem_senha)
    pagina.click("#mfa_webauthn_add")
    pagina.wait_for_url(re.compile("/conta/segundo-fator/(codigos|chaves)/$"))


def ligar_aplicativo(pagina: Page) -> str:
    """Turn an application on by typing its key; the secret."""
    abrir_confirmando(pagina, "/conta/segundo-fator/aplicativo/ligar/")
    sem_violacoes(pagina)
    segredo = pagina.inner_text("main code").strip()
    pagina.fill("[name=code]", codigo(segredo))
    pagina.click("button:has-text('Ligar o aplicativo')")
    pagina.wait_for_url("**/conta/segundo-fator/codigos/")
    return segredo


def test_a_passkey_is_added_enters_without_a_password_is_renamed_and_removed(pagina: Page, davi: Pessoa, com_autenticador: Any):
    digitar_senha(pagina, "davi@bofete.sp.gov.br")
    pagina.wait_for_url(re.compile("/adesoes|/conta/$"))
    incluir_chave(pagina, nome="Notebook da prefeitura", sem_senha=True)
    assert len(com_autenticador()) == 1

    sair(pagina)
    pagina.goto("/conta/entrar/")
    pagina.click("#passkey_login")
    pagina.wait_for_url(re.compile("/adesoes|/conta/$"))
    pagina.goto("/conta/")
    assert "Davi Moreira" in pagina.inner_text("main")

    pagina.goto("/conta/segundo-fator/chaves/")
    sem_violacoes(pagina)
    assert "Notebook da prefeitura" in pagina.inner_text("main")
    pagina.click("a:has-text('Trocar o nome')")
    pagina.wait_for_url("**/conta/confirmar-acesso/?next=*")
    pagina.click("a:has-text('Usar uma chave de acesso')")  # who entered with the key confirms with it too
    sem_violacoes(pagina)
    pagina.click("#mfa_webauthn_reauthenticate")
    pagina.wait_for_url("**/nome/")
    pagina.fill("[name=name]", "Chave azul")
    pagina.click("button:has-text('Salvar o nome')")
    pagina.wait_for_url("**/chaves/")
    assert "Chave azul" in pagina.inner_text("main")
    pagina.click("a:has-text('Retirar')")
    pagina.click("button:has-text('Retirar a chave')")
    pagina.wait_for_url("**/chaves/")
    assert not Authenticator.objects.filter(user=davi.usuario, type=Authenticator.Type.WEBAUTHN).exists()

    sair(pagina)
    pagina.goto("/conta/entrar/")
    pagina.click("#passkey_login")
    pagina.wait_for_load_state("networkidle")
    pagina.goto("/conta/")
    assert "/conta/entrar/" in pagina.url  # a key that was removed enters no more


def test_a_passkey_confirms_the_password_as_a_second_factor(pagina: Page, davi: Pessoa, com_autenticador: Any):
    digitar_senha(pagina, "davi@bofete.sp.gov.br")
    pagina.wait_for_url(re.compile("/adesoes|/conta/$"))
    incluir_chave(pagina, nome="Chave física", sem_senha=False)
    sair(pagina)
    digitar_senha(pagina, "davi@bofete.sp.gov.br")
    pagina.wait_for_url("**/conta/segundo-fator/entrar/")
    sem_violacoes(pagina)
    pagina.click("#mfa_webauthn_authenticate")
    pagina.wait_for_url(re.compile("/adesoes|/conta/$"))


def test_an_application_and_then_a_recovery_code_enter(pagina: Page, davi: Pessoa, relogio_do_codigo: Any):
    digitar_senha(pagina, "davi@bofete.sp.gov.br")
    pagina.wait_for_url(re.compile("/adesoes|/conta/$"))
    segredo = ligar_aplicativo(pagina)
    reservas = pagina.locator("main ul.ig-mono li").all_inner_texts()
    assert len(reservas) == 10
    sem_violacoes(pagina)

    relogio_do_codigo()
    sair(pagina)
    digitar_senha(pagina, "davi@bofete.sp.gov.br")
    pagina.wait_for_url("**/conta/segundo-fator/entrar/")
    pagina.fill("[name=code]", codigo(segredo))
    pagina.click("main button:has-text('Entrar')")
    pagina.wait_for_url(re.compile("/adesoes|/conta/$"))

    for esperado in (re.compile("/adesoes|/conta/$"), re.compile("/segundo-fator/entrar/$")):  # the same code does not enter twice
        sair(pagina)
        digitar_senha(pagina, "davi@bofete.sp.gov.br")
        pagina.wait_for_url("**/conta/segundo-fator/entrar/")
        pagina.fill("[name=code]", reservas[0])
        pagina.click("main button:has-text('Entrar')")
        pagina.wait_for_url(esperado)
    assert "não confere" in pagina.inner_text("main")


def test_staff_are_led_to_a_second_factor_and_then_reach_the_queue(pagina: Page, graca: Pessoa):
    digitar_senha(pagina, "graca@prodesp.sp.gov.br")
    pagina.wait_for_url("**/conta/segundo-fator/")
    assert "Seu papel exige um segundo fator" in pagina.inner_text("main")
    sem_violacoes(pagina)
    pagina.goto("/fila/")
    assert pagina.url.endswith("/conta/segundo-fator/")
    ligar_aplicativo(pagina)
    pagina.goto("/fila/")
    assert pagina.url.endswith("/fila/")
    assert pagina.locator("h1").count() == 1


def test_staff_with_a_passkey_reach_the_queue_too(pagina: Page, graca: Pessoa, com_autenticador: Any):
    digitar_senha(pagina, "graca@prodesp.sp.gov.br")
    pagina.wait_for_url("**/conta/segundo-fator/")
    incluir_chave(pagina, nome="Notebook", sem_senha=True)
    pagina.goto("/fila/")
    assert pagina.url.endswith("/fila/")


@pytest.fixture
def relogio_do_codigo(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the code that was just used be forgotten as used: a test does not wait 30 seconds for the next one."""
    from django.core.cache import cache

    return cache.clear
