"""TOTP, passkeys, recovery codes, confirming who one is, and the duty of staff (ASVS 6.3.3, 6.5.1, 7.5.1)."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as do_totp
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.test import Client

from contas.segredos import abrir, selar
from tests.apoio.elenco import Pessoa, criar_pessoa
from tests.contas.conftest import SENHA

DO_ESTADO = ["analista", "gestor_prodesp", "aprovador", "operadora", "auditor", "tecnico"]


def codigo(segredo: str) -> str:
    """The code the application would show now."""
    return format_hotp_value(hotp_value(segredo, next(do_totp.yield_hotp_counters_from_time())))


@pytest.fixture
def segredo(pessoa_com_senha: Pessoa) -> str:
    """The person's application is on; its secret."""
    valor = generate_totp_secret()
    TOTP.activate(pessoa_com_senha.usuario, valor)
    return valor


def entrar_com_senha(cliente: Client) -> Any:
    """First step of the login."""
    return cliente.post("/conta/entrar/", {"login": "davi@bofete.sp.gov.br", "password": SENHA})


def test_the_password_alone_does_not_enter_when_there_is_a_second_factor(segredo: str, relogio: Any):
    cliente = Client()
    assert entrar_com_senha(cliente)["Location"] == "/conta/segundo-fator/entrar/"
    assert cliente.get("/conta/").status_code == 302
    assert cliente.get("/conta/segundo-fator/entrar/").status_code == 200
    assert cliente.post("/conta/segundo-fator/entrar/", {"code": codigo(segredo)})["Location"] == "/entrada/"
    assert cliente.get("/conta/").status_code == 200


def test_a_code_works_once(segredo: str, relogio: Any):
    usado = codigo(segredo)
    for cliente, status in ((Client(), 302), (Client(), 200)):
        entrar_com_senha(cliente)
        assert cliente.post("/conta/segundo-fator/entrar/", {"code": usado}).status_code == status  # ASVS 6.5.1


def test_a_wrong_code_says_what_to_do(segredo: str, relogio: Any):
    cliente = Client()
    entrar_com_senha(cliente)
    resposta = cliente.post("/conta/segundo-fator/entrar/", {"code": "000000"})
    assert resposta.context["form"].errors["code"]
    assert cliente.get("/conta/").status_code == 302


def test_a_recovery_code_works_once(segredo: str, pessoa_com_senha: Pessoa):
    RecoveryCodes.activate(pessoa_com_senha.usuario)
    reserva = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
    for cliente, status in ((Client(), 302), (Client(), 200)):
        entrar_com_senha(cliente)
        assert cliente.post("/conta/segundo-fator/entrar/", {"code": reserva}).status_code == status


def test_recovering_the_password_does_not_skip_the_second_factor(segredo: str, correio: Any):
    cliente, nova = Client(), "outra frase bem comprida"
    cliente.post("/conta/senha/recuperar/", {"email": "davi@bofete.sp.gov.br"})
    pagina = cliente.get(correio.endereco("davi@bofete.sp.gov.br", contendo="/conta/senha/nova/"), follow=True)
    cliente.post(pagina.request["PATH_INFO"], {"password1": nova, "password2": nova})
    assert cliente.get("/conta/").status_code == 302
    resposta = cliente.post("/conta/entrar/", {"login": "davi@bofete.sp.gov.br", "password": nova})
    assert resposta["Location"] == "/conta/segundo-fator/entrar/"  # ASVS 6.4.3


def test_turning_the_application_on_asks_the_password_when_the_login_is_old(
    pessoa_com_senha: Pessoa, relogio: Any, correio: Any, ao_confirmar: Any
):
    cliente = Client()
    entrar_com_senha(cliente)
    relogio.shift(dt.timedelta(minutes=6))
    resposta = cliente.get("/conta/segundo-fator/aplicativo/ligar/")
    assert resposta["Location"].startswith("/conta/confirmar-acesso/")
    cliente.post(resposta["Location"], {"password": SENHA})
    pagina = cliente.get("/conta/segundo-fator/aplicativo/ligar/")
    assert pagina.status_code == 200
    dado = codigo(pagina.context["form"].secret)
    with ao_confirmar():
        resposta = cliente.post("/conta/segundo-fator/aplicativo/ligar/", {"code": dado})
    assert resposta["Location"] == "/conta/segundo-fator/codigos/"
    assert cliente.get("/conta/segundo-fator/codigos/").status_code == 200
    assert correio.ultima("davi@bofete.sp.gov.br").assunto_tipo == "conta_mudou"


def test_a_wrong_password_does_not_confirm_who_one_is(pessoa_com_senha: Pessoa, relogio: Any):
    cliente = Client()
    entrar_com_senha(cliente)
    relogio.shift(dt.timedelta(minutes=6))
    caminho = cliente.get("/conta/segundo-fator/chaves/incluir/")["Location"]
    assert cliente.post(caminho, {"password": "errada"}).status_code == 200
    assert cliente.get("/conta/segundo-fator/chaves/incluir/").status_code == 302


@pytest.mark.parametrize("nome", DO_ESTADO)
def test_staff_without_a_second_factor_are_sent_to_set_one_up(nome: str, request: pytest.FixtureRequest, settings: Any):
    pessoa = request.getfixturevalue(nome)
    settings.SEGUNDO_FATOR_OBRIGATORIO = True
    for caminho in ("/entrada/", "/equipe/", "/pessoas/pedidos/", "/conta/trocar-vinculo/"):
        assert pessoa.cliente.get(caminho)["Location"] == "/conta/segundo-fator/", caminho
    assert pessoa.cliente.get("/conta/segundo-fator/").status_code == 200
    assert pessoa.cliente.post("/conta/sair/").status_code == 302


def test_staff_with_an_application_go_on(gestor_prodesp: Pessoa, settings: Any):
    settings.SEGUNDO_FATOR_OBRIGATORIO = True
    TOTP.activate(gestor_prodesp.usuario, generate_totp_secret())
    assert gestor_prodesp.cliente.get("/equipe/").status_code == 200


def test_recovery_codes_alone_are_not_a_second_factor(gestor_prodesp: Pessoa, settings: Any):
    settings.SEGUNDO_FATOR_OBRIGATORIO = True
    RecoveryCodes.activate(gestor_prodesp.usuario)
    assert gestor_prodesp.cliente.get("/equipe/").status_code == 302


def test_people_of_a_prefeitura_may_go_without_it(requerente: Pessoa, settings: Any):
    settings.SEGUNDO_FATOR_OBRIGATORIO = True
    assert requerente.cliente.get("/pessoas/").status_code == 200


def test_acting_for_a_prefeitura_does_not_free_staff_from_it(requerente: Pessoa, settings: Any):
    from tests.apoio.elenco import vincular

    settings.SEGUNDO_FATOR_OBRIGATORIO = True
    vincular(requerente.usuario, "analista", "prodesp")
    assert requerente.cliente.get("/pessoas/").status_code == 302


def test_public_pages_stay_open_for_staff(gestor_prodesp: Pessoa, settings: Any):
    settings.SEGUNDO_FATOR_OBRIGATORIO = True
    assert gestor_prodesp.cliente.get("/conta/cadastro/confirmar/nao-existe/", follow=True).status_code == 410


def test_a_passkey_login_without_a_credential_goes_back_to_the_login(db: None):
    resposta = Client().post("/conta/segundo-fator/chaves/entrar/", {"credential": ""})
    assert resposta["Location"] == "/conta/entrar/"


def test_the_demonstration_leaves_it_optional(settings: Any):
    from intragov_portal import settings as valores

    assert valores.RELAXAMENTOS["segundo_fator_obrigatorio"] is valores.PRODUCAO  # settled question 13


def test_somebody_elses_passkey_is_404(requerente: Pessoa, pessoa_de_fora: Pessoa):
    chave = Authenticator.objects.create(user=pessoa_de_fora.usuario, type=Authenticator.Type.WEBAUTHN, data={})
    requerente.cliente.get("/conta/")
    for ato in ("retirar", "nome"):
        resposta = requerente.cliente.get(f"/conta/segundo-fator/chaves/{chave.pk}/{ato}/")
        assert resposta.status_code in (302, 404)  # confirming who one is comes first


@pytest.fixture
def pessoa_de_fora(municipios: Any) -> Pessoa:
    """Somebody else with an account."""
    return criar_pessoa("Zilda Pires", "zilda@cunha.sp.gov.br", cpf="", papel="requerente", onde=3513603)


def test_secrets_are_sealed_in_the_database_and_old_ones_are_sealed_by_the_migration(segredo: str, pessoa_com_senha: Pessoa, settings: Any):
    do_banco = Authenticator.objects.get(user=pessoa_com_senha.usuario, type="totp")
    assert segredo not in str(do_banco.data)
    assert abrir(do_banco.data["secret"]) == segredo
    do_banco.data = {"secret": segredo}  # as it was kept before
    do_banco.save()
    assert TOTP(do_banco).validate_code(codigo(segredo))
    import_module("contas.migrations.0005_segredos_selados").selar_tudo(apps, None)
    do_banco.refresh_from_db()
    assert (segredo in str(do_banco.data), abrir(do_banco.data["secret"])) == (False, segredo)


def test_a_new_key_of_the_portal_opens_what_the_old_one_sealed_while_it_is_a_fallback(settings: Any):
    selado = selar("JBSWY3DPEHPK3PXP")
    assert selado != selar("JBSWY3DPEHPK3PXP")
    antiga, settings.SECRET_KEY = settings.SECRET_KEY, "outra-chave" * 6
    with pytest.raises(InvalidToken):
        abrir(selado)
    settings.SECRET_KEY_FALLBACKS = [antiga]
    assert abrir(selado) == "JBSWY3DPEHPK3PXP"
