"""The queue: cuts, filters, order, spreadsheet, and the same number of queries whatever the size (PRZ-05)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adesao import acoes
from adesao.models import Adesao
from contas.models import Municipio
from nucleo.campos import celula
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, CUNHA, Pessoa

from .conftest import DIA, url

pytestmark = pytest.mark.django_db


def nomes(pessoa: Pessoa, consulta: str = "") -> list[str]:
    """Municipalities of the page, in its order."""
    html = pessoa.cliente.get(url("fila") + consulta).content.decode()
    return re.findall(r'<a href="/fila/[0-9-]+/">([^<]+)</a>', html)


@pytest.fixture
def duas(em_conferencia: Adesao, requerente_outra: Pessoa) -> tuple[Adesao, Adesao]:
    """Bofete with ``analista``, Cunha without anybody, sent a day later."""
    return em_conferencia, adesoes.adesao_enviada(CUNHA, por=requerente_outra.ator, agora=AGORA + DIA)


def test_the_nearest_due_comes_first_and_somebody_elses_clock_last(duas: tuple[Adesao, Adesao], analista: Pessoa) -> None:
    assert nomes(analista) == ["Bofete", "Cunha"]
    adesoes.devolvida(duas[0], por=analista.ator, agora=AGORA + DIA)
    assert nomes(analista) == ["Cunha", "Bofete"]
    assert "prazo da prefeitura" in analista.cliente.get(url("fila")).content.decode()


@pytest.mark.parametrize(
    ("consulta", "esperado"),
    [
        ("?corte=comigo", ["Bofete"]),
        ("?corte=sem-analista", ["Cunha"]),
        ("?corte=vencidas", []),
        ("?corte=prefeitura", []),
        ("?corte=inventado", ["Bofete", "Cunha"]),
        ("?busca=cunhá", ["Cunha"]),
        ("?busca=2026/00001", ["Bofete"]),
        ("?busca=12ABC345", ["Bofete", "Cunha"]),
        ("?busca=%00x", []),
        ("?situacao=ENVIADA", ["Cunha"]),
        ("?situacao=CORRIGIDA", []),
        ("?situacao=EM_CONFERENCIA", ["Bofete"]),
        ("?regiao=14", ["Bofete"]),
        ("?regiao=99", []),
        ("?idade=7", ["Bofete", "Cunha"]),
        ("?idade=mais", []),
        ("?analista=abc", ["Bofete", "Cunha"]),
        ("?pagina=99", ["Bofete", "Cunha"]),
    ],
)
def test_filters_and_cuts(consulta: str, esperado: list[str], duas: tuple[Adesao, Adesao], analista: Pessoa) -> None:
    assert nomes(analista, consulta) == esperado


def test_filter_by_analista(duas: tuple[Adesao, Adesao], analista: Pessoa, analista_2: Pessoa) -> None:
    assert nomes(analista_2, f"?analista={analista.usuario.pk}") == ["Bofete"]
    assert nomes(analista_2, f"?analista={analista_2.usuario.pk}") == []


def test_corrected_ones_have_their_own_filter(corrigida: Adesao, analista: Pessoa) -> None:
    acoes.liberar(adesao_id=corrigida.pk, por=analista.ator, agora=AGORA + 2 * DIA)
    assert nomes(analista, "?situacao=CORRIGIDA") == ["Bofete"]
    assert nomes(analista, "?situacao=ENVIADA") == []


def test_the_two_empty_states_say_different_things(analista: Pessoa, enviada: Adesao) -> None:
    com_filtro = analista.cliente.get(url("fila") + "?busca=zzz&regiao=14").content.decode()
    assert "Nenhuma adesão com estes filtros" in com_filtro
    assert "Região: DDD 14 (Bauru)." in com_filtro
    assert "Limpar os filtros" in com_filtro
    sem_filtro = analista.cliente.get(url("fila") + "?corte=prefeitura").content.decode()
    assert "Nada aqui agora" in sem_filtro


def test_each_row_offers_the_one_act_that_fits(duas: tuple[Adesao, Adesao], analista: Pessoa, analista_2: Pessoa, auditor: Pessoa) -> None:
    meu = analista.cliente.get(url("fila")).content.decode()
    assert meu.count("ig-meu") == 1
    assert "Continuar<" in meu
    assert "Assumir<" in meu
    alheio = analista_2.cliente.get(url("fila")).content.decode()
    assert "ig-meu" not in alheio
    assert "Continuar<" not in alheio
    assert "Assumir<" not in auditor.cliente.get(url("fila")).content.decode()


def test_the_spreadsheet_has_the_filtered_rows_and_no_cpf(duas: tuple[Adesao, Adesao], analista: Pessoa) -> None:
    resposta = analista.cliente.get(url("fila_csv") + "?regiao=14")
    texto = resposta.content.decode("utf-8-sig")
    linhas = list(csv.reader(io.StringIO(texto), delimiter=";"))
    assert [linha[1] for linha in linhas[1:]] == ["Bofete"]
    assert linhas[1][0] == duas[0].numero
    assert resposta["Content-Disposition"].startswith("attachment")
    assert resposta["Cache-Control"] == "private, no-store"
    assert "314.159.265" not in texto
    assert "31415926590" not in texto


@pytest.mark.parametrize("perigosa", ["=1+1", "+5", "-5+2", "@SUM(A1)", "\t=1", "\r=1", "\0=1"])
def test_no_cell_is_a_formula(perigosa: str) -> None:
    assert celula(perigosa).startswith("'")
    assert "\0" not in celula(perigosa)


def test_a_municipality_that_looks_like_a_formula_is_only_text(enviada: Adesao, analista: Pessoa) -> None:
    Municipio.objects.filter(pk=enviada.municipio_id).update(nome='=HYPERLINK("http://x";"y")')
    texto = analista.cliente.get(url("fila_csv")).content.decode("utf-8-sig")
    linhas = list(csv.reader(io.StringIO(texto), delimiter=";"))
    assert linhas[1][1].startswith("'=")


def test_fifty_a_page(muitas: Callable[[int], None], analista: Pessoa) -> None:
    muitas(60)
    assert len(nomes(analista)) == 50
    assert len(nomes(analista, "?pagina=2")) == 10


def test_as_many_queries_for_five_rows_as_for_thousands(muitas: Callable[[int], None], analista: Pessoa, provas: bool) -> None:
    muitas(5)
    analista.cliente.get(url("fila"))
    with CaptureQueriesContext(connection) as poucas:
        analista.cliente.get(url("fila"))
    muitas(4995 if provas else 195)
    with CaptureQueriesContext(connection) as varias:
        analista.cliente.get(url("fila"))
    assert len(poucas) == len(varias)
