"""Every page of accounts, as a person sees it: answers, one title, no inline code, axe, keyboard, without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction
from django.test import Client
from django.utils import timezone

from contas import acoes
from contas.models import Orgao, Vinculo
from nucleo.fluxo import SISTEMA
from tests.apoio.elenco import BOFETE, BOTUCATU, CUNHA, PESSOAS, Pessoa, criar_pessoa, semear_municipios, vincular
from tests.apoio.navegador import entrar, fotografar, sem_rolagem_lateral, sem_violacoes
from tests.contas.conftest import SENHA

if TYPE_CHECKING:
    from playwright.sync_api import Page

ABERTAS = [
    "/conta/entrar/",
    "/conta/cadastro/",
    "/conta/senha/recuperar/",
    "/conta/senha/recuperar/pedido/",
    "/conta/senha/nova/pronta/",
    "/conta/senha/nova/1-abc/",
    "/conta/confira-seu-email/",
    "/conta/confirmar-email/nao-existe/",
    "/conta/cadastro/confirmar/nao-existe/",
    "/conta/ativar/nao-existe/",
    "/conta/convite/nao-existe/",
    "/conta/inativa/",
]
DE_QUEM_ENTROU = [
    "/conta/",
    "/conta/dados/",
    "/conta/email/",
    "/conta/sair/",
    "/conta/senha/",
    "/conta/trocar-vinculo/",
    "/conta/cadastro/",
    f"/conta/prefeitura/{CUNHA}/",
    f"/conta/prefeitura/{BOTUCATU}/",
    "/conta/sessoes/",
    "/conta/segundo-fator/",
    "/conta/segundo-fator/chaves/",
    "/conta/segundo-fator/chaves/incluir/",
    "/conta/segundo-fator/aplicativo/ligar/",
    "/conta/segundo-fator/codigos/gerar/",
    "/conta/confirmar-acesso/",
    "/pessoas/",
]


def conferir(resposta: Any) -> None:
    """One title, pt-BR, nothing inline (CSP), no placeholder text of allauth."""
    corpo = resposta.content.decode()
    assert resposta.status_code in (200, 410)
    assert corpo.count("<h1>") == 1
    assert 'lang="pt-BR"' in corpo
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", corpo)
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", corpo)
    for estrangeira in ("Sign In", "Password", "Email address", "placeholder="):
        assert estrangeira not in corpo


def com_senha_e_sessao(pessoa: Pessoa) -> Client:
    """A client that went through the login form and confirmed who it is, so that sensitive pages do not ask again."""
    cliente = Client()
    assert cliente.post("/conta/entrar/", {"login": pessoa.usuario.email, "password": SENHA}).status_code == 302
    assert cliente.post("/conta/confirmar-acesso/", {"password": SENHA}).status_code == 302
    return cliente


@pytest.mark.django_db
@pytest.mark.parametrize("caminho", ABERTAS)
def test_public_pages_of_accounts(caminho: str):
    conferir(Client().get(caminho, follow=True))


def test_pages_of_who_entered(pessoa_com_senha: Pessoa, responsavel_a1: Pessoa):
    cliente = com_senha_e_sessao(pessoa_com_senha)
    for caminho in DE_QUEM_ENTROU:
        conferir(cliente.get(caminho))


def test_pages_of_who_has_a_second_factor(pessoa_com_senha: Pessoa):
    cliente = com_senha_e_sessao(pessoa_com_senha)
    usuario = pessoa_com_senha.usuario
    TOTP.activate(usuario, generate_totp_secret())
    RecoveryCodes.activate(usuario)
    chave = Authenticator.objects.create(
        user=usuario, type=Authenticator.Type.WEBAUTHN, data={"name": "Celular", "credential": {"clientExtensionResults": {}}}
    )
    vincular(usuario, "responsavel", BOTUCATU)
    for caminho in (
        "/conta/segundo-fator/",
        "/conta/segundo-fator/codigos/",
        "/conta/segundo-fator/chaves/",
        f"/conta/segundo-fator/chaves/{chave.pk}/retirar/",
        f"/conta/segundo-fator/chaves/{chave.pk}/nome/",
        "/conta/segundo-fator/confirmar/",
        "/conta/segundo-fator/aplicativo/desligar/",
        "/conta/trocar-vinculo/",
        "/conta/",
    ):
        conferir(cliente.get(caminho))
    assert cliente.get("/conta/segundo-fator/codigos/baixar/")["Content-Type"].startswith("text/plain")


def test_pages_of_people_with_everything_on_them(requerente: Pessoa, requerente_2: Pessoa, gestor_prodesp: Pessoa, analista: Pessoa):
    fora = acoes.criar_usuario(email="nair@provedor.example", nome="Nair Prado", cargo="Chefe")
    pedido = acoes.pedir_entrada(usuario_id=fora.pk, municipio_id=BOFETE, agora=timezone.now())
    requerente.cliente.post("/pessoas/", {"nome": "Rui", "email": "rui@bofete.sp.gov.br"})
    gestor_prodesp.cliente.post("/equipe/", {"papel": "auditor", "nome": "Rui", "email": "rui@controle.sp.gov.br"})
    corpo = requerente.cliente.get("/pessoas/").content.decode()
    assert "E-mail fora do .gov.br" in corpo
    for pessoa, caminho in (
        (requerente, "/pessoas/"),
        (requerente_2, "/pessoas/"),
        (requerente, f"/pessoas/pedidos/{pedido.pk}/recusar/"),
        (requerente, f"/pessoas/vinculos/{Vinculo.objects.get(usuario=requerente_2.usuario).pk}/encerrar/"),
        (gestor_prodesp, "/equipe/"),
        (gestor_prodesp, "/pessoas/pedidos/"),
        (analista, "/pessoas/pedidos/"),
    ):
        conferir(pessoa.cliente.get(caminho))


def test_pages_with_a_link_that_works(requerente: Pessoa, correio: Any):
    agora = timezone.now()
    with transaction.atomic():
        acoes.criar_link_de_acesso(requerente.usuario, agora=agora, por=SISTEMA)
    conferir(Client().get(correio.endereco(requerente.usuario.email, contendo="/conta/ativar/"), follow=True))
    acoes.convidar_pessoa(
        orgao_id=Orgao.objects.get(municipio_id=BOFETE).pk,
        email="rui@bofete.sp.gov.br",
        nome="Rui",
        papel="requerente",
        por=requerente.ator,
        agora=agora,
    )
    caminho = correio.endereco("rui@bofete.sp.gov.br", contendo="/conta/convite/")
    conferir(Client().get(caminho, follow=True))
    conferir(requerente.cliente.get(caminho, follow=True))


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_on_pages_of_accounts(pagina: Page, correio: Any, request: pytest.FixtureRequest):
    semear_municipios()
    nome, email, cpf, papel, onde = PESSOAS["requerente"]
    criar_pessoa(nome, email, cpf=cpf, papel=papel, onde=onde, senha=SENHA)
    for caminho in ABERTAS:
        pagina.goto(caminho)
        sem_violacoes(pagina)
    pagina.goto("/conta/cadastro/")
    pagina.get_by_role("button", name="Criar conta").click()
    sem_violacoes(pagina)
    pagina.goto("/conta/entrar/")
    pagina.get_by_label("E-mail").fill(email)
    pagina.get_by_label("Senha").fill(SENHA)
    pagina.get_by_role("button", name="Entrar", exact=True).click()
    pagina.goto("/conta/confirmar-acesso/")
    pagina.get_by_label("Senha").fill(SENHA)
    pagina.get_by_role("button", name="Confirmar", exact=True).click()
    for caminho in DE_QUEM_ENTROU:
        if caminho != f"/conta/prefeitura/{BOTUCATU}/":
            pagina.goto(caminho)
            sem_violacoes(pagina)
    pagina.set_viewport_size({"width": 320, "height": 700})
    for caminho in ("/conta/", "/pessoas/", "/conta/sessoes/", "/conta/segundo-fator/aplicativo/ligar/"):
        pagina.goto(caminho)
        sem_rolagem_lateral(pagina)


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_on_pages_of_people(pagina: Page):
    semear_municipios()
    elenco = {n: criar_pessoa(PESSOAS[n][0], PESSOAS[n][1], cpf=PESSOAS[n][2], papel=PESSOAS[n][3], onde=PESSOAS[n][4]) for n in PESSOAS}
    fora = acoes.criar_usuario(email="nair@provedor.example", nome="Nair Prado", cargo="Chefe")
    pedido = acoes.pedir_entrada(usuario_id=fora.pk, municipio_id=BOFETE, agora=timezone.now())
    for nome, caminhos in {
        "requerente": ["/pessoas/", f"/pessoas/pedidos/{pedido.pk}/recusar/"],
        "gestor_prodesp": ["/equipe/", "/pessoas/pedidos/"],
        "auditor": ["/pessoas/pedidos/", "/conta/"],
    }.items():
        entrar(pagina, elenco[nome])
        for caminho in caminhos:
            pagina.goto(caminho)
            sem_violacoes(pagina)


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
def test_somebody_signs_up_confirms_and_enters_without_javascript(pagina_sem_js: Page, correio: Any):
    semear_municipios()
    pagina = pagina_sem_js
    pagina.goto("/conta/cadastro/")
    pagina.get_by_label("Município", exact=True).fill("bof")
    for rotulo, valor in {
        "Seu nome completo": "Nair Prado",
        "CPF": "111.444.777-35",
        "E-mail institucional": "nair@bofete.sp.gov.br",
        "Cargo na prefeitura": "Chefe de gabinete",
        "Crie uma senha": SENHA,
        "Repita a senha": SENHA,
    }.items():
        pagina.get_by_label(rotulo).fill(valor)
    pagina.get_by_label("Li o aviso de privacidade").check()
    pagina.get_by_role("button", name="Criar conta").click()
    pagina.get_by_label("Bofete", exact=True).check()
    pagina.get_by_label("Crie uma senha").fill(SENHA)
    pagina.get_by_label("Repita a senha").fill(SENHA)
    pagina.get_by_role("button", name="Criar conta").click()
    pagina.get_by_role("heading", name="Confira seu e-mail").wait_for()
    pagina.goto(correio.endereco("nair@bofete.sp.gov.br", contendo="/confirmar/"))
    pagina.get_by_role("button", name="Confirmar meu e-mail").click()
    pagina.get_by_label("E-mail").fill("nair@bofete.sp.gov.br")
    pagina.get_by_label("Senha").fill(SENHA)
    pagina.get_by_role("button", name="Entrar", exact=True).click()
    assert "/conta/entrar/" not in pagina.url


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_axe_finds_nothing_where_one_waits_after_a_refusal_or_has_no_password(largura: str, request: pytest.FixtureRequest):
    semear_municipios()
    requerente, analista = (
        criar_pessoa(PESSOAS[n][0], PESSOAS[n][1], cpf=PESSOAS[n][2], papel=PESSOAS[n][3], onde=PESSOAS[n][4])
        for n in ("requerente", "analista")
    )
    fora = Pessoa(acoes.criar_usuario(email="nair@provedor.example", nome="Nair Prado"))
    agora = timezone.now()
    pedido = acoes.pedir_entrada(usuario_id=fora.usuario.pk, municipio_id=BOFETE, agora=agora)
    acoes.recusar_pedido(pedido_id=pedido.pk, motivo="Não trabalha na prefeitura.", por=analista.ator, agora=agora)
    pagina = request.getfixturevalue(largura)
    for quem, caminho, nome in (
        (fora, f"/conta/prefeitura/{BOFETE}/", "prefeitura-espera"),
        (fora, "/conta/senha/", "sem-senha"),
        (requerente, "/conta/", "conta-sem-senha"),
    ):
        entrar(pagina, quem)
        pagina.goto(caminho)
        sem_violacoes(pagina)
        sem_rolagem_lateral(pagina)
        fotografar(pagina, nome)
