"""The gestor's pages of the Operadora's systems."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nucleo import prazos
from saog.acoes import integracao
from saog.models import AssinaturaDeAvisos, AvisoDeSistema, SistemaDaOperadora, TokenDeSistema
from tests.apoio.elenco import AGORA, Pessoa
from tests.apoio.navegador import entrar, sem_rolagem_lateral, sem_violacoes
from tests.saog.conftest import Atores

from .conftest import RAIZ, Ordens, Sistema, token_com

pytestmark = pytest.mark.django_db
EVENTOS = ["serviceOrderCreateEvent"]
TOKEN = {"nome": "Produção", "escopos": ["ler", "atender"], "dias": "180", "chave": "11111111-1111-4111-8111-111111111111"}


def sem_entrega(linha: SistemaDaOperadora, atores: Atores, ordens: Ordens) -> AvisoDeSistema:
    """A notice that was given up."""
    integracao.permitir_endereco(sistema_id=linha.pk, url="http://127.0.0.1:9/avisos", por=atores.gestor, agora=AGORA)
    integracao.assinar(
        sistema_id=linha.pk,
        callback="http://127.0.0.1:9/avisos/ordens",
        eventos=["serviceOrderCreateEvent"],
        por=atores.gestor,
        agora=AGORA,
    )
    ordens.em("EMITIDA")
    AvisoDeSistema.objects.update(situacao="desistido", tentar_em=None, erro="Respondeu 500", tentativas=6)
    return AvisoDeSistema.objects.get()


def test_a_token_is_shown_once_and_works(gestor_prodesp: Pessoa, linha: SistemaDaOperadora, atores: Atores, relogio: Any):
    endereco = f"/sistemas/{linha.pk}/token/"
    resposta = gestor_prodesp.cliente.post(endereco, TOKEN)
    texto = re.search(r">(igop_[^<]+)<", resposta.content.decode())
    assert texto is not None
    assert "no-store" in resposta["Cache-Control"]
    assert Sistema(texto[1]).ler("/serviceOrder").status_code == 200
    de_novo = gestor_prodesp.cliente.post(endereco, TOKEN)  # the back button, a second click
    assert "já foi mostrado" in de_novo.content.decode()
    assert TokenDeSistema.objects.count() == 1
    for pagina in (f"/sistemas/{linha.pk}/", "/sistemas/"):
        assert texto[1] not in gestor_prodesp.cliente.get(pagina).content.decode()


@pytest.mark.parametrize(
    ("caminho", "dados", "frase"),
    [
        ("/sistemas/novo/", {"de": "OPERADORA", "nome": "campo", "contato": "a@b.example"}, "Já há um sistema com este nome"),
        ("/sistemas/novo/", {"nome": "", "contato": "x"}, "Erro"),
        ("/sistemas/{}/", {"url": "ftp://x"}, "Escreva o endereço inteiro"),
        ("/sistemas/{}/", {"url": "http://a.example/?x=1"}, "sem a parte depois"),
        ("/sistemas/{}/token/", {"nome": "x", "dias": "30"}, "Escolha ao menos uma permissão"),
        ("/sistemas/{}/token/", {"nome": "x", "escopos": "tudo", "dias": "7"}, "Escolha permissões da lista"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_kept(
    caminho: str, dados: dict[str, str], frase: str, gestor_prodesp: Pessoa, linha: SistemaDaOperadora
):
    resposta = gestor_prodesp.cliente.post(caminho.format(linha.pk), dados)
    assert resposta.status_code == 422
    assert frase in resposta.content.decode()


def test_revoking_taking_out_trying_again_and_switching_off(
    gestor_prodesp: Pessoa, linha: SistemaDaOperadora, atores: Atores, ordens: Ordens, relogio: Any
):
    texto = token_com(linha, atores, "ler")
    aviso = sem_entrega(linha, atores, ordens)
    cliente = gestor_prodesp.cliente
    pagina = cliente.get(f"/sistemas/{linha.pk}/").content.decode()
    assert "Respondeu 500" in pagina
    assert "Tentar de novo" in cliente.get("/sistemas/").content.decode()
    cliente.post(f"/sistemas/avisos/{aviso.pk}/reenviar/")
    aviso.refresh_from_db()
    assert (aviso.situacao, aviso.tentativas) == ("pendente", 0)
    cliente.post(f"/sistemas/tokens/{TokenDeSistema.objects.get().pk}/revogar/")
    assert Sistema(texto).ler("/serviceOrder").status_code == 401
    endereco = linha.enderecos.get()
    cliente.post(f"/sistemas/enderecos/{endereco.pk}/retirar/")
    assert AssinaturaDeAvisos.objects.get().encerrada_em is not None
    assert cliente.post(f"/sistemas/{linha.pk}/desligar/").status_code == 302
    linha.refresh_from_db()
    assert linha.desligado_em is not None
    pagina = cliente.get(f"/sistemas/{linha.pk}/").content.decode()
    for frase in (
        f"Desligado {prazos.no_dia(prazos.dia_local(linha.desligado_em))}.",
        "Sistema registrado",
        "Token revogado",
        "Endereço retirado",
        "Aviso posto de novo na fila",
        "Sistema desligado",
    ):
        assert frase in pagina
    assert cliente.post(f"/sistemas/{linha.pk}/desligar/").status_code == 409
    assert cliente.post(f"/sistemas/{linha.pk}/token/", TOKEN).status_code == 409


def test_ten_systems_cost_no_more_queries_than_one(gestor_prodesp: Pessoa, linha: SistemaDaOperadora, atores: Atores):
    def contar() -> int:
        gestor_prodesp.cliente.get("/sistemas/")
        with CaptureQueriesContext(connection) as consultas:
            assert gestor_prodesp.cliente.get("/sistemas/").status_code == 200
        return len(consultas)

    um = contar()
    for n in range(9):
        outro = integracao.registrar_sistema(nome=f"Sistema {n}", contato="a@b.example", por=atores.gestor, agora=AGORA)
        token_com(outro, atores, "ler")
    assert contar() <= um + 1  # the prefetch of tokens, empty before
    assert contar() == contar()


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_the_gestor_registers_creates_copies_and_revokes_in_the_browser(
    largura: str, request: pytest.FixtureRequest, gestor_prodesp: Pessoa, atores: Atores, ordens: Ordens
):
    pagina = request.getfixturevalue(largura)
    entrar(pagina, gestor_prodesp)

    def conferir(nome: str) -> None:
        sem_violacoes(pagina)
        sem_rolagem_lateral(pagina)
        _fotografar(pagina, f"{nome}-{largura}")

    pagina.goto("/sistemas/")
    conferir("vazio")
    pagina.get_by_role("link", name="Registrar sistema").click()
    pagina.get_by_role("button", name="Registrar o sistema").click()
    pagina.get_by_role("heading", name="Há 3 campos para corrigir").wait_for()
    conferir("novo-erro")
    pagina.get_by_label("Da Operadora: atende as ordens").check()
    pagina.get_by_label("Nome do sistema").fill("Campo")
    pagina.get_by_label("E-mail de quem cuida dele").fill("ti@operadora.example")
    pagina.get_by_role("button", name="Registrar o sistema").click()
    pagina.get_by_role("heading", name="Campo", exact=True).wait_for()
    conferir("sistema-novo")
    pagina.get_by_role("link", name="Criar token").click()
    conferir("token-novo")
    pagina.get_by_label("Para que serve").fill("Produção")
    pagina.get_by_label("Ler as ordens").check()
    pagina.get_by_label("Atender as ordens").check()
    pagina.get_by_role("button", name="Criar o token").click()
    texto = pagina.get_by_label("Token", exact=True).input_value()
    conferir("token")
    codigo = "([api, token]) => fetch(api, {headers: {Authorization: `Bearer ${token}`}}).then(r => r.status)"
    assert pagina.evaluate(codigo, [f"{RAIZ}/serviceOrder", texto]) == 200
    pagina.get_by_role("link", name="Voltar ao sistema").click()
    pagina.get_by_label("Endereço que o portal pode chamar").fill("http://127.0.0.1:9/avisos")
    pagina.get_by_role("button", name="Permitir o endereço").click()
    linha = SistemaDaOperadora.objects.get()
    integracao.assinar(sistema_id=linha.pk, callback="http://127.0.0.1:9/avisos/x", eventos=EVENTOS, por=atores.gestor, agora=AGORA)
    ordens.em("EMITIDA")
    AvisoDeSistema.objects.update(situacao="desistido", tentar_em=None, erro="Respondeu 500", tentativas=6)
    pagina.reload()
    conferir("sistema-cheio")
    pagina.goto("/sistemas/")
    conferir("lista")
    pagina.get_by_role("link", name="Abrir Campo").click()
    pagina.get_by_role("button", name="Revogar").click()
    pagina.get_by_text("Ele já não abre nada").wait_for()
    assert pagina.evaluate(codigo, [f"{RAIZ}/serviceOrder", texto]) == 401
    pagina.get_by_role("link", name="Desligar o sistema").click()
    conferir("desligar")
    pagina.get_by_role("button", name="Desligar o sistema").click()
    pagina.get_by_text("Nenhum token dele abre mais nada").wait_for()
    conferir("desligado")


def _fotografar(pagina: Any, nome: str) -> None:
    """A picture for who asked with ``FOTOS=folder``."""
    import os

    pasta = os.environ.get("FOTOS")
    if pasta:
        pagina.screenshot(path=f"{pasta}/{nome}.png", full_page=True)
