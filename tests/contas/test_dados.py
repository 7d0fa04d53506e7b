"""The person's own data: name and cargo, and the change of the e-mail one enters with."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client

from contas import acoes
from contas.models import LinkDeAcesso, TrocaDeEmail, Usuario
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import SISTEMA
from tests.apoio.elenco import AGORA, BOFETE, Pessoa, criar_pessoa, semear_municipios
from tests.apoio.navegador import fotografar, sem_rolagem_lateral, sem_violacoes
from tests.contas.conftest import SENHA
from tests.contas.test_entrada import sem_segredos

ANTIGO, NOVO = "davi@bofete.sp.gov.br", "davi.moreira@bofete.sp.gov.br"
PAGINA, CONFIRMAR = "/conta/email/", "/conta/email/confirmar/"


@pytest.fixture
def cliente(pessoa_com_senha: Pessoa) -> Client:
    """Davi, entered by the form, who he is confirmed."""
    return entrar_e_confirmar()


def entrar_e_confirmar(email: str = ANTIGO) -> Client:
    """A client through the login form and the confirmation of who one is."""
    novo = Client()
    assert novo.post("/conta/entrar/", {"login": email, "password": SENHA}).status_code == 302
    assert novo.post("/conta/confirmar-acesso/", {"password": SENHA}).status_code == 302
    return novo


def link(correio: Any, para: str = NOVO) -> str:
    """The address in the letter to the new mailbox."""
    return correio.endereco(para, contendo=CONFIRMAR)


# --- Name and cargo ----------------------------------------------------------------------------------------------
def test_a_person_changes_the_own_name_and_cargo_and_it_is_audited(requerente: Pessoa):
    resposta = requerente.cliente.post("/conta/dados/", {"nome": "Davi M. Moreira", "cargo": "Diretor"})
    assert resposta["Location"] == "/conta/"
    corpo = requerente.cliente.get("/conta/").content.decode()
    assert "Davi M. Moreira" in corpo
    assert "Diretor" in corpo
    linha = requerente.usuario.historia.first()
    assert (linha.nome, linha.history_user, linha.history_change_reason) == (
        "Davi M. Moreira",
        requerente.usuario,
        "Mudou os próprios dados",
    )
    antes = requerente.usuario.historia.count()
    requerente.cliente.post("/conta/dados/", {"nome": "Davi M. Moreira", "cargo": "Diretor"})
    assert requerente.usuario.historia.count() == antes


def test_a_name_cannot_be_empty_and_what_was_typed_stays(requerente: Pessoa):
    resposta = requerente.cliente.post("/conta/dados/", {"nome": " ", "cargo": "Diretor"})
    assert resposta.status_code == 422
    assert "Informe seu nome completo." in resposta.content.decode()
    assert 'value="Diretor"' in resposta.content.decode()
    requerente.usuario.refresh_from_db()
    assert requerente.usuario.nome == "Davi Moreira"


def test_cpf_email_and_state_are_not_on_that_form(requerente: Pessoa):
    extra = {"cpf": "11144477735", "email": "x@y.example", "is_active": ""}
    requerente.cliente.post("/conta/dados/", {"nome": "Davi Reis", "cargo": "", **extra})
    depois = Usuario.objects.get(pk=requerente.usuario.pk)
    assert (depois.nome, depois.cpf, depois.email, depois.is_active) == ("Davi Reis", requerente.usuario.cpf, ANTIGO, True)


# --- E-mail ------------------------------------------------------------------------------------------------------
def test_the_new_email_is_asked_only_after_confirming_who_one_is(pessoa_com_senha: Pessoa, correio: Any):
    cliente = Client()
    cliente.post("/conta/entrar/", {"login": ANTIGO, "password": SENHA})
    for pedido in (cliente.get(PAGINA), cliente.post(PAGINA, {"email": NOVO})):
        assert pedido["Location"] == "/conta/confirmar-acesso/?next=%2Fconta%2Femail%2F"
    assert not TrocaDeEmail.objects.exists()
    errada = cliente.post("/conta/confirmar-acesso/", {"password": "errada", "next": PAGINA})
    assert errada.status_code == 200
    assert cliente.get(PAGINA).status_code == 302
    cliente.post("/conta/confirmar-acesso/", {"password": SENHA, "next": PAGINA})
    assert TrocaDeEmail.objects.get().email_novo == NOVO  # what was typed was not lost


def test_who_has_a_second_factor_may_confirm_by_it(pessoa_com_senha: Pessoa, correio: Any):
    TOTP.activate(pessoa_com_senha.usuario, generate_totp_secret())
    cliente = pessoa_com_senha.cliente
    assert "Usar um código do aplicativo" in cliente.get(cliente.get(PAGINA)["Location"]).content.decode()


def test_nothing_changes_until_the_link_is_opened_and_then_everything_does(cliente: Client, correio: Any):
    outra = Client()
    outra.post("/conta/entrar/", {"login": ANTIGO, "password": SENHA})
    resposta = cliente.post(PAGINA, {"email": NOVO.upper()}, follow=True)
    assert "Até você confirmar, o e-mail da conta continua o mesmo." in resposta.content.decode()
    usuario = Usuario.objects.get()
    assert usuario.email == ANTIGO
    assert "d***@bofete.sp.gov.br" in correio.ultima(ANTIGO).texto
    for _ in range(2):
        pagina = cliente.get(link(correio), follow=True)
        assert pagina.request["PATH_INFO"] == CONFIRMAR  # the token left the address
        assert NOVO in pagina.content.decode()
    assert Usuario.objects.get().email == ANTIGO
    assert cliente.post(CONFIRMAR)["Location"] == "/conta/"
    usuario.refresh_from_db()
    assert usuario.email == NOVO
    assert [(e.email, e.verified, e.primary) for e in EmailAddress.objects.filter(user=usuario)] == [(NOVO, True, True)]
    assert (usuario.historia.first().history_change_reason, usuario.historia.first().email) == ("Trocou o próprio e-mail", NOVO)
    assert correio.ultima(ANTIGO).assunto_tipo == "email_trocado"
    assert NOVO in cliente.get("/conta/").content.decode()  # this session goes on
    assert outra.get("/conta/").status_code == 302  # the others end
    assert UserSession.objects.filter(user=usuario).count() <= 1
    assert Client().post("/conta/entrar/", {"login": ANTIGO, "password": SENHA}).status_code == 200
    assert Client().post("/conta/entrar/", {"login": NOVO, "password": SENHA}).status_code == 302


def test_the_link_works_once_and_for_24_hours(relogio: Any, cliente: Client, correio: Any):
    cliente.post(PAGINA, {"email": NOVO})
    primeiro = link(correio)
    cliente.get(primeiro)
    cliente.post(CONFIRMAR)
    assert cliente.get(primeiro, follow=True).status_code == 410
    assert cliente.post(CONFIRMAR).status_code == 410
    cliente.post(PAGINA, {"email": "terceiro@bofete.sp.gov.br"})
    relogio.shift(dt.timedelta(hours=24))
    cliente = entrar_e_confirmar(NOVO)
    assert cliente.get(link(correio, "terceiro@bofete.sp.gov.br"), follow=True).status_code == 410
    assert cliente.post(CONFIRMAR).status_code == 410
    assert Usuario.objects.get().email == NOVO


def test_asking_again_kills_the_earlier_link(cliente: Client, correio: Any):
    cliente.post(PAGINA, {"email": NOVO})
    primeiro = link(correio)
    cliente.post(PAGINA, {"email": "outro@bofete.sp.gov.br"})
    assert cliente.get(primeiro, follow=True).status_code == 410
    assert cliente.get(link(correio, "outro@bofete.sp.gov.br"), follow=True).status_code == 200


def test_whoever_reads_a_mistyped_mailbox_gains_nothing(cliente: Client, responsavel_b: Pessoa, correio: Any):
    cliente.post(PAGINA, {"email": NOVO})
    anonimo = Client()
    assert anonimo.get(link(correio), follow=True).redirect_chain[-1][0] == f"/conta/entrar/?next={CONFIRMAR.replace('/', '%2F')}"
    assert anonimo.post(link(correio)).status_code == 302
    assert responsavel_b.cliente.get(link(correio), follow=True).status_code == 410
    assert responsavel_b.cliente.post(CONFIRMAR).status_code == 410
    assert set(Usuario.objects.values_list("email", flat=True)) == {ANTIGO, responsavel_b.usuario.email}


def test_the_link_may_be_opened_in_another_browser_that_then_enters(cliente: Client, correio: Any):
    cliente.post(PAGINA, {"email": NOVO})
    outro = Client()
    entrada = outro.get(link(correio), follow=True).redirect_chain[-1][0]
    assert outro.post(entrada, {"login": ANTIGO, "password": SENHA, "next": CONFIRMAR})["Location"] == CONFIRMAR
    assert outro.post(CONFIRMAR)["Location"] == "/conta/"
    assert Usuario.objects.get().email == NOVO


def test_the_address_of_another_account_gets_the_same_answer_and_only_its_owner_is_told(
    cliente: Client, responsavel_b: Pessoa, correio: Any
):
    respostas = [cliente.post(PAGINA, {"email": e}, follow=True) for e in (NOVO, responsavel_b.usuario.email)]
    assert sem_segredos(respostas[0]) == sem_segredos(respostas[1])
    assert correio.ultima(responsavel_b.usuario.email).assunto_tipo == "ja_tem_conta"
    assert TrocaDeEmail.objects.get().email_novo == NOVO
    assert len(correio.mensagens(ANTIGO)) == 2


def test_an_address_taken_meanwhile_leaves_the_account_as_it_was(cliente: Client, correio: Any):
    cliente.post(PAGINA, {"email": NOVO})
    acoes.criar_usuario(email=NOVO, nome="Outra pessoa")
    cliente.get(link(correio))
    assert cliente.post(CONFIRMAR).status_code == 410
    assert Usuario.objects.filter(email=ANTIGO).exists()
    assert EmailAddress.objects.filter(email=ANTIGO, primary=True).exists()


@pytest.mark.parametrize("ruim", ["", "davi", "davi@bofete", ANTIGO, ANTIGO.upper(), "x" * 300 + "@x.example", "a\x00@b.example"])
def test_an_address_that_does_not_serve_is_refused_beside_the_field(cliente: Client, correio: Any, ruim: str):
    antes = len(correio.mensagens())
    resposta = cliente.post(PAGINA, {"email": ruim})
    assert resposta.status_code == 422
    assert resposta.context["form"].errors["email"]
    assert len(correio.mensagens()) == antes


def test_an_address_outside_gov_br_is_accepted_with_a_warning(cliente: Client, correio: Any):
    resposta = cliente.post(PAGINA, {"email": "davi@provedor.example"}, follow=True)
    assert "não termina em .gov.br" in resposta.content.decode()  # settled question 2, as at sign-up
    cliente.get(link(correio, "davi@provedor.example"))
    cliente.post(CONFIRMAR)
    assert Usuario.objects.get().fora_do_gov


def test_a_mailbox_gets_three_letters_an_hour_and_a_person_asks_ten_times(cliente: Client, correio: Any):
    feitas = [cliente.post(PAGINA, {"email": NOVO}).status_code for _ in range(11)]
    assert feitas == [302] * 10 + [429]
    assert len(correio.mensagens(NOVO)) == 3


def test_links_sent_to_the_old_address_stop_working(pessoa_com_senha: Pessoa, correio: Any, agora: dt.datetime):
    from django.db import transaction

    por = pessoa_com_senha.ator
    with transaction.atomic():
        acoes.criar_link_de_acesso(pessoa_com_senha.usuario, agora=agora, por=SISTEMA)
    acoes.pedir_troca_de_email(email=NOVO, por=por, agora=agora)
    token = link(correio).rstrip("/").rsplit("/", 1)[-1]
    acoes.confirmar_troca_de_email(token=token, por=por, agora=agora)
    assert LinkDeAcesso.objects.get().expira_em == agora
    with pytest.raises(TransicaoIndisponivel):
        acoes.confirmar_troca_de_email(token=token, por=por, agora=agora)


def test_the_recovery_link_sent_to_the_old_address_stops_working(cliente: Client, correio: Any):
    Client().post("/conta/senha/recuperar/", {"email": ANTIGO})
    recuperacao = correio.endereco(ANTIGO, contendo="/conta/senha/nova/")
    cliente.post(PAGINA, {"email": NOVO})
    cliente.get(link(correio))
    cliente.post(CONFIRMAR)
    assert "não funciona mais" in Client().get(recuperacao, follow=True).content.decode()


def test_nobody_changes_the_data_of_another_or_of_a_closed_account(requerente: Pessoa, gestor_prodesp: Pessoa, agora: dt.datetime):
    with pytest.raises(SemPermissao):
        acoes.salvar_dados(nome="X", cargo="", por=SISTEMA)
    por = requerente.ator
    acoes.desativar_conta(usuario_id=requerente.usuario.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=agora)
    with pytest.raises(SemPermissao):
        acoes.pedir_troca_de_email(email=NOVO, por=por, agora=agora)
    with pytest.raises(RegraViolada):
        acoes.pedir_troca_de_email(email=gestor_prodesp.usuario.email, por=gestor_prodesp.ator, agora=agora)


def test_a_responsavel_reads_that_anexo_1_is_another_request(responsavel_a1: Pessoa, requerente: Pessoa):
    assert "Anexo I é outro pedido" in responsavel_a1.cliente.get(PAGINA).content.decode()  # ADS-13
    assert "Anexo I" not in requerente.cliente.get(PAGINA).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_change_it_once(provas: bool, correio: Any):
    semear_municipios()
    pessoa = criar_pessoa("Davi Moreira", ANTIGO, cpf="", papel="requerente", onde=BOFETE)
    for volta in range(20 if provas else 2):
        novo = f"davi{volta}@bofete.sp.gov.br"
        acoes.pedir_troca_de_email(email=novo, por=pessoa.ator, agora=AGORA)
        token = link(correio, novo).rstrip("/").rsplit("/", 1)[-1]
        largada, feitos = threading.Barrier(2), []

        def confirmar(token: str = token, largada: Any = largada, feitos: list[bool] = feitos) -> None:
            try:
                largada.wait(10)
                acoes.confirmar_troca_de_email(token=token, por=pessoa.ator, agora=AGORA)
                feitos.append(True)
            except TransicaoIndisponivel:
                feitos.append(False)
            finally:
                connection.close()

        fios = [threading.Thread(target=confirmar) for _ in range(2)]
        for fio in fios:
            fio.start()
        for fio in fios:
            fio.join(30)
        assert sorted(feitos) == [False, True]
        assert Usuario.objects.get(pk=pessoa.usuario.pk).email == novo


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_somebody_changes_name_and_email_in_the_browser(largura: str, correio: Any, request: pytest.FixtureRequest):
    semear_municipios()
    criar_pessoa("Davi Moreira", ANTIGO, cpf="86288366757", papel="requerente", onde=BOFETE, senha=SENHA)
    pagina = request.getfixturevalue(largura)

    def olhar(nome: str) -> None:
        sem_violacoes(pagina)
        sem_rolagem_lateral(pagina)
        fotografar(pagina, nome)

    pagina.goto("/conta/entrar/")
    pagina.get_by_label("E-mail").fill(ANTIGO)
    pagina.get_by_label("Senha").fill(SENHA)
    pagina.get_by_role("button", name="Entrar", exact=True).click()
    pagina.goto("/conta/")
    olhar("conta")
    pagina.get_by_role("link", name="Mudar meus dados").click()
    pagina.get_by_label("Seu nome completo").fill("")
    pagina.get_by_role("button", name="Salvar meus dados").click()
    olhar("conta-dados-erro")
    pagina.get_by_label("Seu nome completo").fill("Davi M. Moreira")
    pagina.get_by_role("button", name="Salvar meus dados").click()
    pagina.get_by_text("Dados salvos.").wait_for()
    assert Usuario.objects.get().nome == "Davi M. Moreira"
    pagina.get_by_role("link", name="Trocar o e-mail").click()
    pagina.get_by_label("Senha").fill(SENHA)
    pagina.get_by_role("button", name="Confirmar", exact=True).click()
    olhar("conta-email")
    pagina.get_by_label("Novo e-mail").fill("davi@provedor.example")
    pagina.get_by_role("button", name="Enviar o link").click()
    olhar("conta-email-pedido")
    pagina.goto(link(correio, "davi@provedor.example"))
    olhar("conta-email-confirmar")
    pagina.get_by_role("button", name="Confirmar o novo e-mail").click()
    pagina.get_by_text("Pronto: agora você entra com davi@provedor.example.").wait_for()
    assert Usuario.objects.get().email == "davi@provedor.example"
    pagina.goto(CONFIRMAR)
    olhar("conta-email-sem-efeito")
