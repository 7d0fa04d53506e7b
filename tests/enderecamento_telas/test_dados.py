"""What leaves and what comes in, on the pages: spreadsheet, reverse DNS, WHOIS-like text, and the import from file to "Importar tudo"."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from enderecamento import acoes
from enderecamento.consultas import exportacao
from enderecamento.models import Alocacao, ImportacaoDeBlocos, SubBlocoCIDR
from nucleo import prazos
from nucleo.redes import ler_rede
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa
from tests.apoio.navegador import assentar, entrar, fotografar, sem_rolagem_lateral, sem_violacoes
from tests.enderecamento.conftest import Cena, cena
from tests.enderecamento.test_importacao import BOAS, CABECALHO

__all__ = ["cena"]
pytestmark = pytest.mark.django_db
CHAVE = "33333333-3333-4333-8333-333333333333"


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    """The clock of the pages stands still."""


@pytest.fixture
def em_uso(cena: Cena) -> list[SubBlocoCIDR]:
    """Two private blocks of Botucatu, of which the second was given back, and a public one of Itapeva."""
    dois = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA, motivo="=HYPERLINK(1)")
    (publico,) = acoes.atribuir(cena.itapeva.pk, perfil="PUBLICO", quantidade=1, por=cena.analista, agora=AGORA)
    acoes.devolver(dois[1].pk, motivo="Sobrou.", por=cena.analista, agora=AGORA)
    return [*dois, publico]


def texto(resposta: Any) -> str:
    assert resposta.status_code == 200
    return b"".join(resposta.streaming_content).decode()


def linhas(resposta: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(texto(resposta).removeprefix("\ufeff")), delimiter=";"))


# --- Out --------------------------------------------------------------------------------------------------------------
def test_the_spreadsheet_says_who_has_what_and_no_cell_is_a_formula(analista: Pessoa, em_uso: list[SubBlocoCIDR]) -> None:
    primeira, segunda = linhas(analista.cliente.get("/blocos/dados/alocacoes.csv"))
    assert (primeira["Sub-bloco"], primeira["Município"], primeira["Situação"]) == ("10.64.16.0/28", "Botucatu", "Em uso")
    assert (primeira["Máscara"], primeira["Desde"], primeira["Até"]) == ("255.255.255.240", "09/11/2026", "")
    assert primeira["Motivo"] == "'=HYPERLINK(1)"
    assert (segunda["Sub-bloco"], segunda["Tipo"], segunda["Código IBGE"]) == ("203.0.113.0/30", "Público", "3522406")


@pytest.mark.parametrize(
    ("filtro", "quais"),
    [
        ("busca=botucatú", ["10.64.16.0/28"]),
        ("busca=203.0.113.2", ["203.0.113.0/30"]),
        ("busca=10.64", ["10.64.16.0/28"]),
        ("busca=10.64.16.300", []),
        ("tipo=publico", ["203.0.113.0/30"]),
        ("quando=encerradas", ["10.64.16.16/28"]),
        ("quando=todas", ["10.64.16.0/28", "10.64.16.16/28", "203.0.113.0/30"]),
        ("tipo=outro", ["10.64.16.0/28", "203.0.113.0/30"]),
    ],
)
def test_the_spreadsheet_is_filtered(analista: Pessoa, em_uso: list[SubBlocoCIDR], filtro: str, quais: list[str]) -> None:
    assert [linha["Sub-bloco"] for linha in linhas(analista.cliente.get(f"/blocos/dados/alocacoes.csv?{filtro}"))] == quais


def test_the_spreadsheet_takes_as_many_queries_for_many_rows(analista: Pessoa, cena: Cena) -> None:
    contas = []
    for quantos in (2, 10):
        acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=quantos, por=cena.analista, agora=AGORA)
        with CaptureQueriesContext(connection) as consultadas:
            lidas = linhas(analista.cliente.get("/blocos/dados/alocacoes.csv"))
        contas.append(len(consultadas))
    assert len(lidas) == 12
    assert contas[1] <= contas[0]


def test_spreadsheets_are_counted_by_the_hour(analista: Pessoa, cena: Cena) -> None:
    respostas = [analista.cliente.get("/blocos/dados/alocacoes.csv").status_code for _ in range(11)]
    assert respostas == [200] * 10 + [429]


@pytest.mark.parametrize(
    ("endereco", "nome"),
    [("10.64.18.97", "97.18.64.10.in-addr.arpa."), ("203.0.113.0", "0.113.0.203.in-addr.arpa."), ("10.0.0.1", "1.0.0.10.in-addr.arpa.")],
)
def test_the_name_of_an_address_in_the_reverse_tree(endereco: str, nome: str) -> None:
    assert exportacao.nome_reverso(ler_rede(f"{endereco}/32")[0]) == nome


def test_the_reverse_zone_has_one_part_for_each_24_and_one_block_of_comment_for_each_in_use(
    auditor: Pessoa, em_uso: list[SubBlocoCIDR]
) -> None:
    zona = texto(auditor.cliente.get("/blocos/dados/10.64.16.0-24/dns-reverso.txt"))
    assert zona.count("$ORIGIN") == 1
    assert "\n$ORIGIN 16.64.10.in-addr.arpa.\n" in zona
    assert "; 10.64.16.0/28 Prefeitura de Botucatu, desde 09/11/2026\n" in zona
    ptr = [linha for linha in zona.splitlines() if "IN PTR" in linha]
    assert len(ptr) == 14
    assert ptr[0] == ";1\tIN PTR\tnome-em-10-64-16-1.exemplo.sp.gov.br."
    assert "10.64.16.16/28" not in zona  # given back


def test_the_delegation_follows_rfc_2317(analista: Pessoa, em_uso: list[SubBlocoCIDR]) -> None:
    zona = texto(analista.cliente.get("/blocos/dados/203.0.113.0-28/dns-reverso.txt?forma=delegacao"))
    assert "$ORIGIN 113.0.203.in-addr.arpa." in zona
    assert ";0/30\tIN NS\t" in zona
    assert "\n1\tIN CNAME\t1.0/30\n2\tIN CNAME\t2.0/30\n" in zona


def test_a_pool_with_nothing_in_use_says_so(analista: Pessoa, cena: Cena) -> None:
    assert "; Nenhum sub-bloco em uso." in texto(analista.cliente.get("/blocos/dados/10.64.16.0-24/dns-reverso.txt"))


def test_the_whois_text_has_an_object_for_the_pool_and_for_each_in_use_and_nobodys_name(
    analista: Pessoa, cena: Cena, em_uso: list[SubBlocoCIDR]
) -> None:
    SubBlocoCIDR.objects.filter(pk=em_uso[0].pk).update(ordinal=None, troca_ate=prazos.meia_noite(AGORA.date()))
    dito = texto(analista.cliente.get("/blocos/dados/10.64.16.0-24/whois.txt"))
    assert dito.isascii()
    pool, bloco = dito.split("\n\n")[1:]
    assert "inetnum:        10.64.16.0 - 10.64.16.255\nnetname:        INTRAGOV-10-64-16-0-24\ndescr:          Regiao de Sorocaba" in pool
    assert "status:         ALLOCATED" in pool
    assert bloco.splitlines() == [
        "inetnum:        10.64.16.0 - 10.64.16.15",
        "netname:        INTRAGOV-3507506-10-64-16-0",
        "descr:          Prefeitura de Botucatu",
        "country:        BR",
        "status:         ASSIGNED",
        "remarks:        10.64.16.0/28, privado, em troca ate 08/11/2026",
        "created:        2026-11-09",
        "mnt-by:         MNT-PRODESP",
        "source:         INTRAGOV",
    ]
    assert "Gra" not in dito  # the analista who attributed it


@pytest.mark.parametrize("qual", ["dns-reverso.txt", "whois.txt"])
def test_a_pool_that_does_not_exist_is_404(analista: Pessoa, cena: Cena, qual: str) -> None:
    for slug in ("10.99.0.0-24", "10.64.16.0-28", "999.1.1.1-24"):
        assert analista.cliente.get(f"/blocos/dados/{slug}/{qual}").status_code == 404


def test_a_prefeitura_reads_none_of_it(responsavel_a1: Pessoa, cena: Cena) -> None:
    for endereco in ("", "alocacoes.csv", "10.64.16.0-24/whois.txt", "10.64.16.0-24/dns-reverso.txt"):
        assert responsavel_a1.cliente.get(f"/blocos/dados/{endereco}").status_code == 403


def test_the_page_asks_as_much_with_many_pools(analista: Pessoa, cena: Cena) -> None:
    analista.cliente.get("/blocos/dados/")
    with CaptureQueriesContext(connection) as consultadas:
        pagina = analista.cliente.get("/blocos/dados/").content.decode()
    assert len(consultadas) <= 6
    assert "10.64.16.0/24" in pagina
    assert "Importar atribuições" not in pagina  # the gestor's


# --- In ---------------------------------------------------------------------------------------------------------------
def enviar(pessoa: Pessoa, corpo: str, *, chave: str = CHAVE) -> HttpResponse:
    arquivo = SimpleUploadedFile("blocos.csv", (CABECALHO + corpo).encode("latin-1"), "text/csv")
    resposta: HttpResponse = pessoa.cliente.post("/blocos/importar/", {"arquivo": arquivo, "chave": chave})
    return resposta


def test_the_gestor_sends_reads_what_it_would_do_and_imports_all(gestor_prodesp: Pessoa, cena: Cena) -> None:
    resposta = enviar(gestor_prodesp, BOAS)
    endereco = resposta["Location"]
    pagina = gestor_prodesp.cliente.get(endereco).content.decode()
    assert "São 3 sub-blocos de 2 prefeituras. Nada foi gravado ainda." in pagina
    assert "foi lido como" not in pagina
    assert not Alocacao.objects.exists()
    gravar = f"{endereco}gravar/"
    assert gestor_prodesp.cliente.post(gravar, {"chave": CHAVE[:-1] + "4", "avisar": "on"})["Location"] == endereco
    depois = gestor_prodesp.cliente.get(endereco).content.decode()
    assert "3 sub-blocos importados, de 2 prefeituras. Os responsáveis foram avisados por e-mail." in depois
    assert Alocacao.objects.count() == 3
    assert gestor_prodesp.cliente.post(gravar, {"chave": CHAVE[:-1] + "4"}).status_code == 302  # the same click
    assert gestor_prodesp.cliente.post(gravar, {"chave": CHAVE[:-1] + "5"}).status_code == 409  # another
    assert Alocacao.objects.count() == 3
    assert "blocos.csv" in gestor_prodesp.cliente.get("/blocos/importar/").content.decode()


def test_an_imported_block_begins_on_a_day_and_never_at_an_hour(
    gestor_prodesp: Pessoa, responsavel_a1: Pessoa, auditor: Pessoa, cena: Cena
) -> None:
    acoes.gravar_importacao(
        ImportacaoDeBlocos.objects.get(pk=enviar(gestor_prodesp, BOAS)["Location"][-37:-1]).pk, por=cena.gestor, agora=AGORA
    )
    acoes.devolver(SubBlocoCIDR.objects.get(inicio=ler_rede("203.0.113.4/30")[0]).pk, motivo="Sobrou.", por=cena.analista, agora=AGORA)
    for pessoa, endereco, dia in (
        (gestor_prodesp, "/blocos/sub-blocos/203.0.113.4-30/", "01/02/2021"),
        (gestor_prodesp, "/blocos/procurar/?endereco=10.64.16.0/28", "12/03/2019"),
        (responsavel_a1, "/enderecos/10.64.16.0-28/", "12/03/2019"),
        (auditor, "/trilha/?sobre=bloco", "12/03/2019"),
    ):
        pagina = pessoa.cliente.get(endereco).content.decode()
        assert dia in pagina
        assert "Importado por" in pagina
        assert "em 09/11/2026" in pagina
        assert "00h00" not in pagina
    assert "09/11/2026, 10h12" in gestor_prodesp.cliente.get("/blocos/sub-blocos/203.0.113.4-30/").content.decode()


def test_one_block_is_told_in_the_singular(gestor_prodesp: Pessoa, cena: Cena) -> None:
    endereco = enviar(gestor_prodesp, "10.64.16.0/28;;Botucatu;1/1/2020;\n")["Location"]
    assert "É 1 sub-bloco de 1 prefeitura. Nada foi gravado ainda." in gestor_prodesp.cliente.get(endereco).content.decode()


def test_every_problem_is_on_the_page_and_in_its_spreadsheet(gestor_prodesp: Pessoa, cena: Cena) -> None:
    endereco = enviar(gestor_prodesp, "10.64.16.0/24;;Botucatu;1/1/2020;\n<b>;;Cunha;2030-01-01;\n")["Location"]
    pagina = gestor_prodesp.cliente.get(endereco).content.decode()
    assert "há 2 linhas para corrigir" in pagina
    assert "Importar tudo" not in pagina
    assert "&lt;b&gt;" in pagina
    baixadas = linhas(gestor_prodesp.cliente.get(f"{endereco}problemas.csv"))
    assert [(p["Linha"], p["Regra"]) for p in baixadas] == [("2", "IP-02"), ("3", "IP-04"), ("3", ""), ("3", "ADS-01")]
    assert gestor_prodesp.cliente.post(f"{endereco}gravar/", {"chave": CHAVE[:-1] + "6"}).status_code == 409
    assert not Alocacao.objects.exists()


def test_what_changed_since_the_dry_run_is_shown_and_nothing_is_written(gestor_prodesp: Pessoa, cena: Cena) -> None:
    endereco = enviar(gestor_prodesp, BOAS)["Location"]
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=1, por=cena.analista, agora=AGORA)
    resposta = gestor_prodesp.cliente.post(f"{endereco}gravar/", {"chave": CHAVE[:-1] + "7"})
    assert resposta.status_code == 409
    assert "Algo mudou depois que você conferiu o arquivo." in resposta.content.decode()
    assert Alocacao.objects.count() == 1


@pytest.mark.parametrize(
    ("arquivo", "frase"),
    [
        (None, "Escolha o arquivo CSV."),
        (b"", "O arquivo está vazio."),
        (b"a;b\n1;2\n", "Falta no cabeçalho"),
        (b"x" * ((1 << 20) + 1), "O arquivo passa de 1 MB."),
    ],
)
def test_a_file_that_cannot_be_read_is_said_beside_the_field(gestor_prodesp: Pessoa, cena: Cena, arquivo: bytes | None, frase: str) -> None:
    dados = {"chave": CHAVE} | ({"arquivo": SimpleUploadedFile("x.csv", arquivo)} if arquivo is not None else {})
    resposta = gestor_prodesp.cliente.post("/blocos/importar/", dados)
    assert resposta.status_code == 422
    pagina = resposta.content.decode()
    assert frase in pagina  # beside the field
    assert f"Planilha em CSV: {frase[0].lower()}{frase[1:]}" in pagina  # in the summary
    assert not ImportacaoDeBlocos.objects.exists()


def test_only_the_gestor_opens_the_import(analista: Pessoa, auditor: Pessoa, gestor_prodesp: Pessoa, cena: Cena) -> None:
    endereco = enviar(gestor_prodesp, BOAS)["Location"]
    for pessoa in (analista, auditor):
        for caminho in ("/blocos/importar/", endereco, f"{endereco}problemas.csv", "/blocos/importar/modelo.csv"):
            assert pessoa.cliente.get(caminho).status_code == 403
        assert pessoa.cliente.post(f"{endereco}gravar/", {"chave": CHAVE}).status_code == 403


def test_the_model_is_a_file_that_the_portal_reads(gestor_prodesp: Pessoa, cena: Cena) -> None:
    lidas = linhas(gestor_prodesp.cliente.get("/blocos/importar/modelo.csv"))
    assert list(lidas[0]) == ["rede", "codigo_ibge", "municipio", "desde", "observacao"]
    assert int(lidas[0]["codigo_ibge"]) == BOTUCATU


def test_the_report_costs_the_same_queries_for_many_lines(gestor_prodesp: Pessoa, cena: Cena) -> None:
    contas = []
    for n in (3, 400):
        endereco = enviar(gestor_prodesp, "x;;Cunha;z;\n" * n, chave=f"{CHAVE[:-3]}{n:03}")["Location"]
        gestor_prodesp.cliente.get(endereco)
        with CaptureQueriesContext(connection) as consultadas:
            gestor_prodesp.cliente.get(endereco)
        contas.append(len(consultadas))
    assert contas[0] == contas[1] <= 20


# --- In the browser ------------------------------------------------------------------------------------------------------
@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_from_the_file_to_the_import_in_the_browser(
    largura: str, request: pytest.FixtureRequest, gestor_prodesp: Pessoa, cena: Cena
) -> None:
    pagina = request.getfixturevalue(largura)
    entrar(pagina, gestor_prodesp)

    def conferir(nome: str) -> None:
        assentar(pagina)
        fotografar(pagina, nome)
        sem_violacoes(pagina)
        sem_rolagem_lateral(pagina)

    def escolher(corpo: str) -> None:
        pagina.get_by_label("Planilha em CSV").set_input_files(
            {"name": "cadastro-redes-2019.csv", "mimeType": "text/csv", "buffer": (CABECALHO + corpo).encode()}
        )
        pagina.get_by_role("button", name="Conferir o arquivo").click()

    pagina.goto("/blocos/dados/")
    conferir("dados")
    pagina.get_by_role("link", name="Importar atribuições").click()
    pagina.get_by_role("button", name="Conferir o arquivo").click()
    pagina.get_by_role("heading", name="Há 1 campo para corrigir").wait_for()
    conferir("importar-erro")
    escolher("10.64.16.0/24;;Botucatu;1/1/2020;\n10.64.16.5/28;;Botucattu;2030-01-01;\n203.0.113.0/30;;Cunha;12/12/2019;\n;;Itapeva;;\n")
    pagina.get_by_role("heading", name="Corrija a planilha").wait_for()
    conferir("importacao-problemas")
    pagina.get_by_role("link", name="Enviar o arquivo corrigido").click()
    conferir("importar")
    escolher(BOAS.replace("itapeva", "Ytapeva"))
    pagina.get_by_role("heading", name="Confira antes de importar").wait_for()
    pagina.get_by_text("“Ytapeva” foi lido como Itapeva").wait_for()
    conferir("importacao-certa")
    pagina.get_by_label("Avisar por e-mail os responsáveis de cada prefeitura").check()
    pagina.get_by_role("button", name="Importar tudo").click()
    pagina.get_by_text("3 sub-blocos importados, de 2 prefeituras.").wait_for()
    conferir("importada")
    assert Alocacao.objects.count() == 3
