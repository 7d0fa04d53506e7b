"""The public site: every page answers, one h1, pt-BR, no draft and no person shown (INS-02, INS-04, ADS-10)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

pytestmark = pytest.mark.django_db

PUBLICAS = [
    "inicio", "como_aderir", "documentos_publicos", "prefeituras", "regras",
    "privacidade", "acessibilidade", "contatos", "ajuda", "componentes",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _cinco_municipios() -> None:
    from contas.models import Municipio
    from contas.municipios import dobrar
    from tests.apoio.elenco import MUNICIPIOS

    cache.clear()
    for codigo, nome, ddd, latitude, longitude in MUNICIPIOS:
        Municipio.objects.update_or_create(
            codigo_ibge=codigo, defaults={"nome": nome, "busca": dobrar(nome), "ddd": ddd, "latitude": latitude, "longitude": longitude}
        )


@pytest.mark.parametrize("nome", PUBLICAS)
def test_a_public_page_answers_with_one_heading_in_portuguese(client: Any, nome: str) -> None:
    resposta = client.get(reverse(nome))
    html = resposta.content.decode()
    assert resposta.status_code == 200
    assert '<html lang="pt-BR"' in html
    assert len(re.findall(r"<h1\b", html)) == 1
    assert 'href="#conteudo"' in html
    assert len(re.findall(r'id="([^"]+)"', html)) == len(set(re.findall(r'id="([^"]+)"', html)))


@pytest.mark.parametrize("nome", PUBLICAS)
def test_headings_never_skip_a_level(client: Any, nome: str) -> None:
    niveis = [int(n) for n in re.findall(r"<h([1-6])\b", client.get(reverse(nome)).content.decode())]
    assert all(b - a <= 1 for a, b in pairwise(niveis)), niveis


def test_a_public_page_gives_no_cookie_to_a_visitor(client: Any) -> None:
    assert not client.get(reverse("inicio")).cookies


def test_every_internal_link_of_the_public_pages_answers(client: Any) -> None:
    enderecos = set()
    for nome in PUBLICAS:
        enderecos |= set(re.findall(r'href="(/[^"#?]*)', client.get(reverse(nome)).content.decode()))
    quebrados = {e for e in enderecos if not e.startswith("/static/") and client.get(e).status_code >= 400}
    assert not quebrados


def test_the_home_page_counts_only_what_is_public(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from adesao import consultas as adesoes
    from tests.apoio.elenco import BOFETE, CUNHA

    monkeypatch.setattr(adesoes, "situacao_publica", lambda: {BOFETE: "em_vigor", CUNHA: "em_andamento"})
    html = client.get(reverse("inicio")).content.decode()
    assert re.search(r"Adesão em vigor <strong>1</strong>", html)
    assert re.search(r"Em andamento <strong>1</strong>", html)
    assert re.search(r"Ainda não aderiu <strong>3</strong>", html)
    assert "5 municípios" in html


def test_the_map_draws_every_seat_once_on_land_and_once_in_its_state(monkeypatch: pytest.MonkeyPatch) -> None:
    from adesao import consultas as adesoes
    from institucional import consultas
    from tests.apoio.elenco import BOFETE

    monkeypatch.setattr(adesoes, "situacao_publica", lambda: {BOFETE: "em_vigor"})
    mapa = consultas.mapa()
    assert mapa.terra.count("M") == 5
    assert mapa.vigor.count("M") + mapa.nao.count("M") + mapa.andamento.count("M") == 5
    assert mapa.vigor.count("M") == 1


def test_the_map_costs_two_queries_and_then_none(django_assert_num_queries: Any) -> None:
    from institucional import consultas

    consultas.mapa()
    cache.delete(consultas.CHAVE_DO_MAPA)
    cache.delete(consultas.CHAVE_DAS_SITUACOES)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as feitas:
        consultas.mapa()
    assert sum("cache_do_portal" not in q["sql"] and q["sql"].startswith("SELECT") for q in feitas) == 2


def test_a_municipality_is_found_from_the_home_page_by_a_misspelt_name(client: Any) -> None:
    from tests.apoio.elenco import BOFETE

    resposta = client.get(reverse("prefeituras"), {"q": "bofeti", "ir": "1"})
    assert resposta.status_code == 302
    assert resposta.url == reverse("prefeitura", args=[BOFETE])
    assert "<h1>Bofete</h1>" in client.get(resposta.url).content.decode()


def test_an_unknown_name_says_how_to_go_on(client: Any) -> None:
    html = client.get(reverse("prefeituras"), {"q": "xqwx"}).content.decode()
    assert "Nenhum município com estes filtros" in html
    assert "Limpar os filtros" in html


def test_the_table_filters_by_region_and_state(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from adesao import consultas as adesoes
    from tests.apoio.elenco import BOTUCATU

    monkeypatch.setattr(adesoes, "situacao_publica", lambda: {BOTUCATU: "em_vigor"})
    html = client.get(reverse("prefeituras"), {"ddd": "14", "situacao": "em_vigor"}).content.decode()
    assert "Botucatu" in html
    assert "Bofete" not in html
    assert "1 a 1 de 1" in html


def test_a_search_text_is_shown_escaped(client: Any) -> None:
    html = client.get(reverse("prefeituras"), {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in html


def test_a_code_that_is_no_municipality_is_not_found(client: Any) -> None:
    assert client.get("/prefeituras/1234567/").status_code == 404


def test_autocomplete_answers_a_short_list(client: Any) -> None:
    from tests.apoio.elenco import BOFETE

    assert client.get(reverse("municipios"), {"q": "bof"}).json() == [{"codigo": BOFETE, "nome": "Bofete"}]
    assert client.get(reverse("municipios"), {"q": "b"}).json() == []
    assert client.get(reverse("municipios")).json() == []


def test_the_rules_page_says_that_the_manual_does_not_prevail_and_shows_the_table(client: Any) -> None:
    html = client.get(reverse("regras")).content.decode()
    assert "não prevalecem" in html
    assert "Termo de Cooperação" in html
    assert "Enviar a adesão à PRODESP" in html
    assert 'id="ADS-10"' in html


def test_contacts_are_those_of_the_manual(client: Any) -> None:
    html = client.get(reverse("contatos")).content.decode()
    for endereco in ("suporte.gestao@intragov.sp.gov.br", "suporte.faturamento.penalidade@sp.gov.br", "redeip@intragov.sp.gov.br"):
        assert f"mailto:{endereco}" in html


def test_the_privacy_notice_names_the_encarregado_of_the_settings(client: Any, settings: Any) -> None:
    settings.ENCARREGADO_NOME = "Fulana Encarregada"
    html = client.get(reverse("privacidade")).content.decode()
    assert "Fulana Encarregada" in html
    assert "não usa o consentimento" in html


def test_health_answers_without_the_database_and_readiness_with_it(client: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get(reverse("saude")).status_code == 200
    assert client.get(reverse("pronto")).status_code == 200


def test_readiness_fails_when_the_database_does_not_answer(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from institucional import views

    def sem_banco() -> None:
        raise OperationalError("fora")

    monkeypatch.setattr(views.connection, "cursor", sem_banco, raising=False)
    assert client.get(reverse("pronto")).status_code == 503


@pytest.mark.parametrize("nome", PUBLICAS)
def test_public_pages_only_read(client: Any, nome: str) -> None:
    assert client.post(reverse(nome)).status_code in {403, 405}


def test_an_unknown_address_gets_a_page_that_says_what_to_do(client: Any) -> None:
    resposta = client.get("/nao-existe/")
    assert resposta.status_code == 404
    assert "Página não encontrada" in resposta.content.decode()
    assert "da sua prefeitura" not in resposta.content.decode(), "who reads it may have none"


def test_the_page_of_an_internal_error_needs_no_context(rf: Any) -> None:
    from intragov_portal.erros import falha

    resposta = falha(rf.get("/"))
    assert resposta.status_code == 500
    assert "O que você já salvou está guardado" in resposta.content.decode()


def test_a_stale_form_gets_the_page_that_says_so() -> None:
    from django.test import Client

    resposta = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a@b.example", "password": "x"})
    assert resposta.status_code == 403
    assert "A página ficou aberta tempo demais" in resposta.content.decode()
