"""The 645 municipalities: the data file, loading it, and finding one however it is typed (issue 2, settled question 16)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from pytest_django.plugin import DjangoDbBlocker

from contas import municipios
from contas.models import Municipio

#: What people type → the name they mean.
GRAFIAS = {
    "sao paulo": "São Paulo",
    "SÃO PAULO": "São Paulo",
    "S. Paulo": "São Paulo",
    "Prefeitura Municipal de Bofete": "Bofete",
    "município de bofete": "Bofete",
    "bofeti": "Bofete",
    "Moji Mirim": "Mogi Mirim",
    "Mogi Guassu": "Mogi Guaçu",
    "Moji das Cruzes": "Mogi das Cruzes",
    "Embu Guassu": "Embu-Guaçu",
    "embuguaçu": "Embu-Guaçu",
    "Embú das Artes": "Embu das Artes",
    "Santa Barbara do Oeste": "Santa Bárbara d'Oeste",
    "santa barbara doeste": "Santa Bárbara d'Oeste",
    "Sta Bárbara D’Oeste": "Santa Bárbara d'Oeste",
    "Sta. Bárbara d oeste": "Santa Bárbara d'Oeste",
    "estrela doeste": "Estrela d'Oeste",
    "Sao Joao do Pau Dalho": "São João do Pau d'Alho",
    "S. José do Rio Preto": "São José do Rio Preto",
    "sao jose do rio pretto": "São José do Rio Preto",
    "sjc": "São José dos Campos",
    "São Luís do Paraitinga": "São Luiz do Paraitinga",
    "Sao Luis do Paraytinga": "São Luiz do Paraitinga",
    "Sto André": "Santo André",
    "Sto. Antonio de Posse": "Santo Antônio de Posse",
    "Florinia": "Florínea",
    "Birituba Mirim": "Biritiba Mirim",
    "biritiba-mirim": "Biritiba Mirim",
    "Ipauçu": "Ipaussu",
    "Itaóca": "Itaoca",
    "Ortolandia": "Hortolândia",
    "olambra": "Holambra",
    "Jahu": "Jaú",
    "Pirasununga": "Pirassununga",
    "Piraçununga": "Pirassununga",
    "Bragansa Paulista": "Bragança Paulista",
    "Serquilho": "Cerquilho",
    "Asis": "Assis",
    "Presidente Wenceslau": "Presidente Venceslau",
    "Pres. Prudente": "Presidente Prudente",
    "Eng. Coelho": "Engenheiro Coelho",
    "Dr Alvares Machado": "Álvares Machado",
    "Xavantes": "Chavantes",
    "Araraquarra": "Araraquara",
    "Ribeirao  Preto": "Ribeirão Preto",
    "rib. preto": "Ribeirão Preto",
    "Guarulhus": "Guarulhos",
    "Campinass": "Campinas",
    "Itapecirica da Serra": "Itapecerica da Serra",
    "Pindamonhangada": "Pindamonhangaba",
    "Tabuão da Serra": "Taboão da Serra",
}


@pytest.fixture(scope="module")
def carregados(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The 645 municipalities, once for the module."""
    with django_db_blocker.unblock():
        municipios.carregar()
    yield
    with django_db_blocker.unblock():
        Municipio.objects.all().delete()


def test_the_file_has_the_645_municipalities_with_every_fact() -> None:
    linhas = municipios.linhas()
    assert len(linhas) == 645
    assert len({linha["codigo_ibge"] for linha in linhas}) == 645
    assert len({linha["nome"] for linha in linhas}) == 645
    for linha in linhas:
        assert re.fullmatch(r"35[0-9]{5}", linha["codigo_ibge"])
        assert linha["ddd"] in {str(d) for d in range(11, 20)}
        assert -25.4 < float(linha["latitude"]) < -19.7
        assert -53.2 < float(linha["longitude"]) < -44.1


def test_current_official_names_are_used() -> None:
    nomes = {linha["nome"] for linha in municipios.linhas()}
    atuais = {
        "Mogi Mirim", "Embu das Artes", "São Luiz do Paraitinga", "Estrela d'Oeste", "Santa Bárbara d'Oeste", "Florínea", "Biritiba Mirim",
        "Ipaussu", "Itaoca",
    }  # fmt: skip
    assert atuais <= nomes


def test_no_two_names_fold_to_the_same_text() -> None:
    dobrados = [municipios.dobrar(linha["nome"]) for linha in municipios.linhas()]
    assert len(set(dobrados)) == 645
    assert max(map(len, dobrados)) <= 120


@pytest.mark.django_db
def test_loading_twice_keeps_645_rows_and_refreshes_a_changed_name() -> None:
    call_command("carregar_municipios", verbosity=0)
    Municipio.objects.filter(pk=3506904).update(nome="Errado", busca="errado")
    assert municipios.carregar() == 645
    assert Municipio.objects.count() == 645
    bofete = Municipio.objects.get(pk=3506904)
    assert (bofete.nome, bofete.ddd, bofete.busca) == ("Bofete", "14", "bofete")


@pytest.mark.django_db
@pytest.mark.usefixtures("carregados")
@pytest.mark.parametrize(("digitado", "nome"), GRAFIAS.items())
def test_a_misspelling_finds_its_municipality_first(digitado: str, nome: str) -> None:
    achados = municipios.procurar(digitado)
    assert achados, digitado
    assert achados[0].nome == nome


@pytest.mark.django_db
@pytest.mark.usefixtures("carregados")
def test_every_name_finds_itself_first_with_and_without_accents() -> None:
    todos = {m.pk: m for m in Municipio.objects.all()}
    chaves = {m.busca.replace(" ", ""): m for m in todos.values()}
    assert len(chaves) == 645
    for m in list(todos.values())[::40]:
        assert municipios.procurar(m.nome)[0] == m
        assert municipios.procurar(m.nome.upper())[0] == m


@pytest.mark.django_db
@pytest.mark.usefixtures("carregados")
def test_beginnings_come_before_what_is_in_the_middle() -> None:
    nomes = [m.nome for m in municipios.procurar("itu", 50)]
    assert nomes[0] == "Itu"
    comecam = [n.startswith("Itu") for n in nomes]
    assert comecam == sorted(comecam, reverse=True)
    assert any(not c for c in comecam)


@pytest.mark.django_db
@pytest.mark.usefixtures("carregados")
def test_a_half_typed_word_is_not_taken_for_an_abbreviation() -> None:
    assert "Capivari" in [m.nome for m in municipios.procurar("cap", 20)]
    assert "Santos" in [m.nome for m in municipios.procurar("s", 200)]
    assert municipios.procurar("do")[0].nome.startswith("Do")


@pytest.mark.django_db
@pytest.mark.usefixtures("carregados")
def test_search_is_one_query_and_respects_the_limit(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for texto in ("sao", "Pindamonhangada", "zzzzzzzz"):
        with django_assert_num_queries(1):
            assert len(municipios.procurar(texto, 7)) <= 7


@pytest.mark.django_db
@pytest.mark.usefixtures("carregados")
def test_an_ibge_code_finds_its_municipality_and_nonsense_finds_nothing() -> None:
    assert [m.nome for m in municipios.procurar(" 3506904 ")] == ["Bofete"]
    for nada in ("", "   ", "12345", "!!!", "xqzwkjv"):
        assert municipios.procurar(nada) == []


@given(st.text(max_size=200))
def test_folding_any_text_gives_short_plain_letters_and_is_stable_in_shape(texto: str) -> None:
    dobrado = municipios.dobrar(texto)
    assert len(dobrado) <= 120
    assert re.fullmatch(r"(?:[a-z]+(?: [a-z]+)*)?", dobrado)
