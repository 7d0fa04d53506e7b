"""The pages of the sanctions, on both sides (IP-07)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enderecamento import acoes, consultas
from enderecamento.models import Sancao
from saog.models import Acesso
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa
from tests.apoio.navegador import assentar, entrar, fotografar, sem_rolagem_lateral, sem_violacoes
from tests.documentos import fabrica
from tests.enderecamento.conftest import Cena, cena

__all__ = ["cena"]
pytestmark = pytest.mark.django_db
CHAVE = "44444444-4444-4444-8444-444444444444"
NOVA = f"/sancoes/aplicar/?prefeitura={BOTUCATU}"


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    """The clock of the pages stands still."""


@pytest.fixture
def sancao(cena: Cena) -> Sancao:
    """Botucatu with all its links blocked, evidence in a file."""
    return acoes.aplicar_sancao(
        cena.botucatu.pk,
        especie="BLOQUEIO_TOTAL",
        motivo="Varredura de portas contra a rede do Estado.",
        evidencia="IDS: 412 tentativas.",
        arquivo=SimpleUploadedFile("captura.pdf", fabrica.simples()),
        por=cena.gestor,
        agora=AGORA,
    )


def test_the_gestor_applies_and_ends_a_sanction(gestor_prodesp: Pessoa, responsavel_a1: Pessoa, cena: Cena) -> None:
    cliente = gestor_prodesp.cliente
    assert "Botucatu" in cliente.get("/sancoes/aplicar/").content.decode()
    assert cliente.get("/sancoes/aplicar/?prefeitura=").status_code == 422
    vazia = cliente.post(NOVA, {"chave": CHAVE, "evidencia": "IDS 77"})
    assert vazia.status_code == 422
    for frase in ("Escolha a sanção.", "Escreva o motivo: a prefeitura vai ler.", "IDS 77"):
        assert frase in vazia.content.decode()
    cheia = {"chave": CHAVE, "especie": "ADVERTENCIA", "motivo": "Varredura.", "vale_ate": "31/12/2026"}
    passada = cliente.post(NOVA, cheia | {"vale_ate": "01/01/2020"})
    assert passada.status_code == 422
    assert "O último dia vai de hoje" in passada.content.decode()
    endereco = cliente.post(NOVA, cheia)["Location"]
    assert cliente.post(NOVA, cheia)["Location"] == endereco  # the same click
    pagina = cliente.get(endereco).content.decode()
    for frase in ("Sanção aplicada. A Prefeitura de Botucatu foi avisada.", "quinta-feira, 31/12/2026", "Varredura."):
        assert frase in pagina
    assert "Varredura." in responsavel_a1.cliente.get("/enderecos/sancoes/").content.decode()
    assert cliente.post(f"{endereco}encerrar/", {"chave": CHAVE[:-1] + "5"}).status_code == 422
    assert cliente.post(f"{endereco}encerrar/", {"chave": CHAVE[:-1] + "6", "motivo": "Resolvido."}).status_code == 302
    fim = cliente.get(endereco).content.decode()
    assert "<dt>Encerrada em</dt><dd><strong>segunda-feira, 09/11/2026" in fim
    assert "<dt>Por que terminou</dt><dd>Resolvido.</dd>" in fim
    assert "Até quando" not in fim
    assert cliente.post(f"{endereco}encerrar/", {"chave": CHAVE[:-1] + "7", "motivo": "De novo."}).status_code == 409


def test_the_form_says_what_is_in_force_and_what_uses_each_sub_block(cena: Cena, gestor_prodesp: Pessoa) -> None:
    cliente = gestor_prodesp.cliente
    sem = cliente.get(NOVA).content.decode()
    assert "BLOQUEIO_PARCIAL" not in sem
    usado, livre = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA)
    ss = solicitacoes.enviada(cena.ana)
    assert ss.acesso is not None
    Acesso.objects.filter(pk=ss.acesso.pk).update(sub_bloco=str(usado))
    pagina = cliente.get(NOVA).content.decode()
    assert f"{usado}, usado por {ss.acesso.unidade.nome}\n" in pagina.replace("</label>", "\n")
    assert f"{livre}, sem link\n" in pagina.replace("</label>", "\n")
    assert "<legend>Sub-blocos bloqueados</legend>" in pagina
    assert "em vigor desde" not in pagina
    cheia = {"chave": CHAVE, "especie": "BLOQUEIO_PARCIAL", "blocos": [usado.pk], "motivo": "Varredura."}
    contradiz = cliente.post(NOVA, cheia | {"especie": "ADVERTENCIA", "motivo": ""})
    assert contradiz.status_code == 422
    for frase in ("desmarque-os ou escolha o bloqueio parcial.", "Escreva o motivo: a prefeitura vai ler."):
        assert frase in contradiz.content.decode()
    endereco = cliente.post(NOVA, cheia)["Location"]
    assert cliente.post(NOVA, cheia)["Location"] == endereco  # the same click, though that sub-block is blocked by now
    pagina = cliente.get(NOVA).content.decode()
    assert "<strong>Bloqueio parcial</strong> em vigor desde 09/11/2026" in pagina
    assert f"{ss.acesso.unidade.nome} (já bloqueado)" in pagina
    de_novo = cliente.post(NOVA, cheia | {"chave": CHAVE[:-1] + "5"})
    assert (de_novo.status_code, Sancao.objects.count()) == (422, 1)
    assert "Este sub-bloco já está bloqueado." in de_novo.content.decode()
    assert ">Varredura.</textarea>" in de_novo.content.decode().replace("\n", "").replace("\r", "")
    total = {"especie": "BLOQUEIO_TOTAL", "motivo": "Outra."}
    assert cliente.post(NOVA, total | {"chave": CHAVE[:-1] + "6"}).status_code == 302
    segundo = cliente.post(NOVA, total | {"chave": CHAVE[:-1] + "7"})
    assert (segundo.status_code, Sancao.objects.count()) == (422, 2)
    assert "Já há um bloqueio total em vigor." in segundo.content.decode()


def test_the_form_asks_as_much_for_many_sub_blocks_as_for_few(cena: Cena, gestor_prodesp: Pessoa) -> None:
    contas = []
    for _ in range(3):
        acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=3, por=cena.analista, agora=AGORA)
        gestor_prodesp.cliente.get(NOVA)
        with CaptureQueriesContext(connection) as feitas:
            gestor_prodesp.cliente.get(NOVA)
        contas.append(len(feitas))
    assert len(set(contas)) == 1


def test_the_sanction_shows_to_prodesp_and_to_that_prefeitura_only(
    sancao: Sancao, analista: Pessoa, auditor: Pessoa, responsavel_a1: Pessoa, responsavel_b: Pessoa, operadora: Pessoa
) -> None:
    endereco = f"/sancoes/{sancao.pk}/"
    for pessoa in (analista, auditor):
        pagina = pessoa.cliente.get(endereco).content.decode()
        assert "IDS: 412 tentativas." in pagina
        assert "Encerrar a sanção" not in pagina
        assert pessoa.cliente.post(f"{endereco}encerrar/", {"motivo": "x"}).status_code == 403
        assert pessoa.cliente.get("/sancoes/aplicar/").status_code == 403
    assert "Bloqueio total" in responsavel_a1.cliente.get("/enderecos/sancoes/").content.decode()
    assert "Nenhuma sanção" in responsavel_b.cliente.get("/enderecos/sancoes/").content.decode()
    for pessoa in (responsavel_a1, operadora):
        assert pessoa.cliente.get(endereco).status_code == 403
    assert operadora.cliente.get("/enderecos/sancoes/").status_code == 403


def test_a_sanction_is_told_where_people_begin_and_its_blocks_are_marked(
    cena: Cena, analista: Pessoa, gestor_prodesp: Pessoa, responsavel_a1: Pessoa, responsavel_b: Pessoa
) -> None:
    primeiro, segundo = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA)
    motivo = "Varredura de portas."
    parcial = acoes.aplicar_sancao(
        cena.botucatu.pk, especie="BLOQUEIO_PARCIAL", motivo=motivo, blocos=[segundo.pk], por=cena.gestor, agora=AGORA
    )
    assert motivo in analista.cliente.get(f"/blocos/prefeituras/{BOTUCATU}/").content.decode()
    assert motivo in responsavel_a1.cliente.get("/para-fazer/").content.decode()
    assert motivo not in responsavel_b.cliente.get("/para-fazer/").content.decode()
    enderecos = responsavel_a1.cliente.get("/enderecos/").content.decode()
    antes, _, depois = enderecos.partition(f">{segundo.rede.cidr}<")
    assert f">{primeiro.rede.cidr}<" in antes
    assert "Bloqueado" not in antes
    assert depois.count("Bloqueado") == 1
    assert consultas.bloqueados([parcial], [primeiro.pk]) == set()
    acoes.aplicar_sancao(cena.botucatu.pk, especie="BLOQUEIO_TOTAL", motivo="Outra.", por=cena.gestor, agora=AGORA)
    assert responsavel_a1.cliente.get("/enderecos/").content.decode().count(">Bloqueado<") == 2
    assert 'aria-current="page">Endereços' in " ".join(gestor_prodesp.cliente.get("/sancoes/").content.decode().split())


def test_the_evidence_is_handed_only_to_prodesp_and_that_prefeitura(
    sancao: Sancao, cena: Cena, analista: Pessoa, responsavel_a1: Pessoa, responsavel_b: Pessoa, operadora: Pessoa
) -> None:
    endereco = f"/sancoes/{sancao.pk}/evidencia/"
    codigos = []
    for pessoa in (analista, responsavel_a1, responsavel_b, operadora):
        resposta: Any = pessoa.cliente.get(endereco)
        codigos.append(resposta.status_code)
        if resposta.streaming:
            assert b"".join(resposta.streaming_content).startswith(b"%PDF-")
            for fechar in resposta._resource_closers:  # not close(): that ends the connection of the test
                fechar()
    assert codigos == [200, 200, 404, 403]
    sem = acoes.aplicar_sancao(cena.botucatu.pk, especie="ADVERTENCIA", motivo="x", por=cena.gestor, agora=AGORA)
    assert analista.cliente.get(f"/sancoes/{sem.pk}/evidencia/").status_code == 404


def test_the_analysis_of_a_request_and_the_page_of_the_prefeitura_say_that_it_is_blocked(
    sancao: Sancao, cena: Cena, analista: Pessoa
) -> None:
    paginas = (f"/fila-ss/{solicitacoes.enviada(cena.ana).slug}/", f"/prefeituras-ss/{BOTUCATU}/")
    for endereco in paginas:
        assert "<strong>Bloqueio total</strong> em vigor desde 09/11/2026" in analista.cliente.get(endereco).content.decode()
    acoes.levantar_sancao(sancao.pk, motivo="Fim.", por=cena.gestor, agora=AGORA)
    for endereco in paginas:
        assert "Bloqueio total" not in analista.cliente.get(endereco).content.decode()


def test_the_lists_ask_as_much_for_many_as_for_few(cena: Cena, analista: Pessoa, responsavel_a1: Pessoa) -> None:
    blocos = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=10, por=cena.analista, agora=AGORA)
    contas: dict[str, list[int]] = {"/sancoes/": [], "/enderecos/sancoes/": []}
    for quantas in (1, 9):
        for bloco in [blocos.pop() for _ in range(quantas)]:
            acoes.aplicar_sancao(cena.botucatu.pk, especie="BLOQUEIO_PARCIAL", motivo="x", blocos=[bloco.pk], por=cena.gestor, agora=AGORA)
        for pessoa, endereco in ((analista, "/sancoes/"), (responsavel_a1, "/enderecos/sancoes/")):
            pessoa.cliente.get(endereco)
            with CaptureQueriesContext(connection) as consultadas:
                pessoa.cliente.get(endereco)
            contas[endereco].append(len(consultadas))
    for uma, dez in contas.values():
        assert dez <= uma


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_from_the_sanction_to_its_end_in_the_browser(
    largura: str, request: pytest.FixtureRequest, gestor_prodesp: Pessoa, responsavel_a1: Pessoa, cena: Cena
) -> None:
    pagina = request.getfixturevalue(largura)
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=3, por=cena.analista, agora=AGORA)
    entrar(pagina, gestor_prodesp)

    def conferir(nome: str) -> None:
        assentar(pagina)
        fotografar(pagina, nome)
        sem_violacoes(pagina)
        sem_rolagem_lateral(pagina)

    pagina.goto("/sancoes/")
    conferir("sancoes-vazia")
    pagina.get_by_role("link", name="Aplicar sanção").click()
    pagina.get_by_label("Prefeitura", exact=True).select_option(label="Botucatu")
    conferir("sancao-escolher")
    pagina.get_by_role("button", name="Continuar").click()
    pagina.get_by_role("button", name="Aplicar a sanção").click()
    pagina.get_by_role("heading", name="Há 2 campos para corrigir").wait_for()
    conferir("sancao-erro")
    pagina.get_by_label("Bloqueio parcial: só os sub-blocos que você escolher").check()
    pagina.get_by_label("10.64.16.16/28").check()
    pagina.get_by_role("textbox", name="Motivo").fill("Varredura de portas contra a rede do Estado em 05/11/2026.")
    pagina.get_by_role("textbox", name="Evidência").fill("IDS: 412 tentativas em 3 minutos, chamado 88412.")
    pagina.get_by_role("textbox", name="Vale até").fill("31/12/2026")
    pagina.get_by_role("button", name="Aplicar a sanção").click()
    pagina.get_by_text("A Prefeitura de Botucatu foi avisada.").wait_for()
    conferir("sancao")
    pagina.goto("/sancoes/")
    conferir("sancoes")
    entrar(pagina, responsavel_a1)
    pagina.goto("/enderecos/sancoes/")
    conferir("minhas-sancoes")
    entrar(pagina, gestor_prodesp)
    pagina.goto(f"/sancoes/{Sancao.objects.get().pk}/")
    pagina.get_by_role("textbox", name="Por que a sanção termina").fill("A máquina infectada saiu da rede.")
    pagina.get_by_role("button", name="Encerrar a sanção").click()
    pagina.get_by_text("Sanção encerrada. A Prefeitura").wait_for()
    conferir("sancao-encerrada")
