"""The cast and the stricter Django hold what they promise."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.template import Context, Template

from contas.models import Municipio, Vinculo
from tests.apoio.elenco import PESSOAS, Pessoa
from tests.apoio.rigor import VariavelIndefinida


def test_an_undefined_template_variable_fails_but_may_be_asked_about() -> None:
    with pytest.raises(VariavelIndefinida):
        Template("{{ nada }}").render(Context())
    assert Template("{% if nada %}x{% endif %}").render(Context()) == ""


@pytest.mark.django_db
def test_rows_without_an_order_do_not_come_in_order_of_insertion() -> None:
    for codigo in (1, 2, 3):
        Municipio.objects.create(codigo_ibge=codigo, nome=f"M{codigo}", busca=f"m{codigo}")
    assert [m.pk for m in Municipio.objects.order_by()] != [m.pk for m in Municipio.objects.order_by("pk")]


@pytest.mark.django_db
def test_the_cast_has_one_person_per_role_and_every_person_has_exactly_one_link(elenco: dict[str, Pessoa]) -> None:
    assert set(elenco) == {*PESSOAS, "anonimo"}
    assert Vinculo.objects.count() == len(PESSOAS)
    assert {v.papel for v in Vinculo.objects.all()} == {papel for *_, papel, _ in PESSOAS.values()}


def test_the_actor_of_a_member_of_the_cast_holds_its_role(analista: Pessoa, requerente: Pessoa) -> None:
    assert analista.ator.tem("analista")
    assert requerente.ator.tem_na(3506904, "requerente")


@pytest.mark.django_db
def test_sqlite_tests_use_a_file_and_the_settings_of_the_embedded_default() -> None:
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert cursor.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_the_cache_starts_empty_and_is_not_shared_between_tests() -> None:
    assert cache.get("sobra") is None
    cache.set("sobra", 1)


def test_the_cache_starts_empty_again() -> None:
    assert cache.get("sobra") is None


@pytest.mark.django_db
def test_the_database_cache_of_the_embedded_default_works(cache_do_banco: None) -> None:
    cache.set("chave", "valor", 30)
    assert cache.get("chave") == "valor"


@pytest.mark.xdist_group("apoio")
def test_tests_of_one_group_stay_on_one_process(request: pytest.FixtureRequest) -> None:
    """pytest-xdist groups by what it adds to the name of the test; with pytest 9.2 that had no effect, and costly set-ups ran twice."""
    if not hasattr(request.config, "workerinput"):
        pytest.skip("um processo só")
    assert request.node.nodeid.endswith("@apoio")
