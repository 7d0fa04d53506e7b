"""The navigation of each role and the person at the right of the header (visual guide 5)."""

from __future__ import annotations

from typing import Any

import pytest

from contas.papeis import Papel
from intragov_portal import contexto
from nucleo.fluxo import Ator


def _ator(*papeis: tuple[str, int | None]) -> Ator:
    return Ator(usuario_id=1, nome="Alguém", papeis=frozenset(papeis))


@pytest.fixture(autouse=True)
def _sem_contagens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexto, "contadores", lambda ator: {})


def test_every_role_has_a_navigation() -> None:
    assert set(contexto.POR_PAPEL) == set(Papel)


@pytest.mark.parametrize("papel", list(Papel))
def test_every_address_of_a_role_resolves_or_is_left_out(papel: Papel) -> None:
    municipio = 3506904 if papel in {Papel.REQUERENTE, Papel.RESPONSAVEL} else None
    itens = contexto.navegacao(_ator((papel.value, municipio)), "/nada/")
    assert all(i.url.startswith("/") for i in itens)
    assert 1 <= len(itens) <= contexto.MAXIMO_DE_ITENS
    assert not any(i.atual for i in itens)


def test_a_visitor_sees_the_public_navigation() -> None:
    rotulos = [i.rotulo for i in contexto.navegacao(None, "/")]
    assert rotulos == ["Início", "Como aderir", "Documentos", "Prefeituras na rede", "Ajuda"]


def test_the_current_item_is_the_longest_beginning_of_the_path() -> None:
    atuais = [i.rotulo for i in contexto.navegacao(None, "/prefeituras/3506904/") if i.atual]
    assert atuais == ["Prefeituras na rede"]
    assert [i.rotulo for i in contexto.navegacao(None, "/") if i.atual] == ["Início"]


def test_two_roles_in_one_body_see_each_item_once() -> None:
    itens = contexto.navegacao(_ator(("requerente", 3506904), ("responsavel", 3506904)), "/")
    assert len({i.nome for i in itens}) == len(itens)


def test_an_address_that_no_app_answers_is_left_out() -> None:
    assert contexto.endereco("nao_existe") == ""


def test_only_a_queue_of_the_state_carries_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexto, "contadores", lambda ator: {"prefeituras": 3})
    do_estado = contexto.navegacao(_ator(("analista", None)), "/")
    assert {i.nome: i.contagem for i in do_estado}["prefeituras"] == 3
    assert all(i.contagem is None for i in contexto.navegacao(_ator(("requerente", 3506904)), "/"))


@pytest.mark.django_db
def test_help_is_in_the_header_once(client: Any):
    topo = client.get("/").content.decode().partition("<header>")[2].partition("ig-menu-nav")[0]
    assert topo.count(">Ajuda<") + topo.count("Ajuda</span>") == 1
