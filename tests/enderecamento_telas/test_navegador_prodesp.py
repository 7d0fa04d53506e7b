"""PRODESP's pages of addresses in a real browser: axe finds nothing, nothing scrolls sideways, the acts work, also without script.

``TELAS=/some/folder`` keeps a picture of each page, to be looked at.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from enderecamento import acoes, registros
from enderecamento.models import SubBlocoCIDR
from nucleo.redes import ler_rede
from tests.apoio import enderecos
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa
from tests.apoio.navegador import entrar, fotografar, sem_rolagem_lateral, sem_violacoes

from .conftest import Cena
from .leitura import dono, url

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
DIA = dt.timedelta(days=1)


@pytest.fixture
def cheia(cena: Cena, monkeypatch: pytest.MonkeyPatch) -> Cena:
    """A /16 with blocks in use over half a year, some resting, some in exchange, one that a link uses; a pool half made."""
    pool = enderecos.pool("10.70.0.0/16", por=cena.gestor, nome="Região de Bauru", regiao="14", agora=AGORA - 200 * DIA)
    base = ler_rede("10.70.16.0/28")[0]
    for n, (adesao, quantos) in enumerate(((cena.botucatu, 7), (cena.itapeva, 9), (cena.botucatu, 6))):
        quais = [base + 16 * (n * 24 + 2 * i) for i in range(quantos)]
        acoes.atribuir(adesao.pk, perfil="PRIVADO", escolhidos=quais, por=cena.analista, agora=AGORA - (180 - 60 * n) * DIA)
    acoes.atribuir(cena.botucatu.pk, perfil="PUBLICO", por=cena.analista, agora=AGORA)
    for rede in ("10.70.16.32/28", "10.70.17.224/28"):
        devolvido = SubBlocoCIDR.objects.get(inicio=ler_rede(rede)[0])
        acoes.devolver(devolvido.pk, motivo="A unidade fechou e o link foi desativado.", por=cena.analista, agora=AGORA - 3 * DIA)
    trocados = [ler_rede(r)[0] for r in ("10.70.16.64/28", "10.70.16.96/28")]
    SubBlocoCIDR.objects.filter(inicio__in=trocados).update(ordinal=None, troca_ate=AGORA + 30 * DIA)
    monkeypatch.setattr(registros, "QUEM_USA", [lambda _: {"10.70.16.0/28": registros.Uso("UBS Vila Maria", "Em serviço", "/regras/")}])
    acoes.registrar_pool(rede="10.80.0.0/14", perfil="PRIVADO", nome="Litoral", origem="Plano de 2026", por=cena.gestor, agora=AGORA)
    meio = acoes.registrar_pool(rede="10.96.0.0/12", perfil="PRIVADO", nome="Reserva", origem="Plano de 2026", por=cena.gestor, agora=AGORA)
    acoes.criar_vagas(meio.pk, agora=AGORA)
    acoes.fechar_pool(cena.privado.pk, motivo="Reserva para a troca de 2027.", por=cena.gestor, agora=AGORA)
    assert pool.pronto
    return cena


def _conferir(pagina: Any, nome: str) -> None:
    fotografar(pagina, nome)
    sem_rolagem_lateral(pagina)
    sem_violacoes(pagina)


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_every_page_is_accessible(largura: str, request: pytest.FixtureRequest, cheia: Cena, gestor_prodesp: Pessoa) -> None:
    pagina = request.getfixturevalue(largura)
    entrar(pagina, gestor_prodesp)
    paginas = {
        "blocos": url("blocos"),
        "pool-16": url("pool", "10.70.0.0-16"),
        "pool-20": url("faixa", "10.70.0.0-16", "10.70.16.0-20") + "?sub=10.70.16.0-28",
        "pool-publico": url("pool", "203.0.113.0-28") + "?sub=203.0.113.0-30",
        "pool-criando": url("pool", "10.96.0.0-12"),
        "pool-fechado": url("pool", "10.64.16.0-24"),
        "pool-novo": url("pool_novo"),
        "pool-ampliar": url("pool_ampliar", "10.70.0.0-16"),
        "pool-fechar": url("pool_fechar", "10.70.0.0-16"),
        "pool-apagar": url("pool_apagar", "10.70.0.0-16"),
        "pool-apagar-vazio": url("pool_apagar", "10.80.0.0-14"),
        "sub-bloco": url("sub_bloco", "10.70.16.32-28"),
        "sub-bloco-em-uso": url("sub_bloco", "10.70.16.0-28"),
        "sub-bloco-devolver": url("devolver", "10.70.17.128-28"),
        "a-atribuir": url("a_atribuir"),
        "a-atribuir-vazia": url("a_atribuir") + "?busca=xyz",
        "atribuicao": url("atribuicao", BOTUCATU),
        "procurar": url("procurar") + "?endereco=10.70.16",
        "procurar-nada": url("procurar") + "?endereco=172.16.0.1",
    }
    for nome, endereco in paginas.items():
        resposta = pagina.goto(endereco)
        assert resposta.status == 200, f"{nome}: {resposta.status}"
        _conferir(pagina, nome)
    pagina.goto(url("procurar") + "?endereco=dez")
    _conferir(pagina, "procurar-erro")
    pagina.goto(url("pool_novo"))
    pagina.get_by_role("button", name="Registrar bloco").click()
    pagina.get_by_text("Anote de onde o bloco veio.").first.wait_for()
    _conferir(pagina, "pool-novo-erros")
    pagina.goto(url("atribuicao", BOTUCATU))
    pagina.get_by_label("Privados (/28)", exact=True).fill("50")
    pagina.get_by_role("button", name="Atribuir", exact=True).click()
    pagina.get_by_text("São no máximo 20 sub-blocos privados").first.wait_for()
    _conferir(pagina, "atribuicao-erro")


@pytest.mark.parametrize("qual", ["pagina", "pagina_sem_js"])
def test_the_analista_drills_into_the_map_by_keyboard_and_attributes_the_square(
    qual: str, request: pytest.FixtureRequest, cheia: Cena, analista: Pessoa
) -> None:
    pagina = request.getfixturevalue(qual)
    entrar(pagina, analista)
    pagina.goto(url("blocos"))
    pagina.get_by_role("link", name="10.70.0.0/16").click()
    pagina.get_by_role("link", name="10.70.18.0/24: 5 de 16 em uso").press("Enter")
    pagina.get_by_role("heading", name="Bloco 10.70.16.0/20").wait_for()
    pagina.get_by_role("link", name="10.70.20.0/28: livre").press("Enter")
    pagina.get_by_role("heading", name="10.70.20.0/28").wait_for()
    pagina.get_by_role("link", name="Atribuir este").click()
    pagina.get_by_role("link", name="Atribuir a Botucatu").click()
    pagina.get_by_role("button", name="Ver quais seriam").click()
    pagina.get_by_text("Seria este: 10.70.20.0/28.").wait_for()
    assert dono("10.70.20.0/28") is None
    pagina.get_by_role("button", name="Atribuir", exact=True).click()
    pagina.get_by_text("1 sub-bloco atribuído a Botucatu: 10.70.20.0/28.").wait_for()
    assert dono("10.70.20.0/28") == cheia.botucatu.pk


def test_the_progress_of_a_new_pool_goes_on_by_itself(pagina: Any, cheia: Cena, gestor_prodesp: Pessoa) -> None:
    entrar(pagina, gestor_prodesp)
    pagina.goto(url("pool", "10.96.0.0-12"))
    pagina.get_by_role("heading", name="Criando os sub-blocos: 8.192 de 65.536").wait_for()
    pool = cheia.privado.__class__.objects.get(prefixo=12)
    acoes.criar_vagas(pool.pk, agora=AGORA)
    pagina.get_by_role("heading", name="Criando os sub-blocos: 16.384 de 65.536").wait_for()
    while acoes.criar_vagas(pool.pk, agora=AGORA):
        pass
    pagina.get_by_role("link", name="Baixar CSV").wait_for()


def test_a_sub_block_is_given_back_and_found_by_its_address(pagina_sem_js: Any, cheia: Cena, analista: Pessoa) -> None:
    pagina = pagina_sem_js
    entrar(pagina, analista)
    pagina.goto(url("sub_bloco", "10.70.17.128-28"))
    pagina.get_by_role("link", name="Devolver").click()
    pagina.get_by_label("Por que o sub-bloco é devolvido").fill("A unidade fechou.")
    pagina.get_by_role("button", name="Devolver o sub-bloco").click()
    pagina.get_by_text("10.70.17.128/28 devolvido. A prefeitura foi avisada.").wait_for()
    pagina.goto(url("blocos"))
    pagina.get_by_label("Endereço", exact=True).fill("10.70.17.130")
    pagina.get_by_role("button", name="Procurar").click()
    pagina.get_by_text("Fim: A unidade fechou.").wait_for()
