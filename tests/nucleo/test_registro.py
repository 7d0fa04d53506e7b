"""The log: one JSON line per event, no personal data, no secrets, no control characters (ASVS 16.2.5, 16.4.1; CVE-2025-48432)."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from nucleo.registro import OMITIDO, formatador, mascarar, mascarar_endereco, sem_dados_pessoais


@pytest.fixture
def saida() -> Iterator[io.StringIO]:
    """What a logger called ``portal.teste`` writes."""
    texto = io.StringIO()
    porta = logging.StreamHandler(texto)
    porta.setFormatter(formatador())
    logger = logging.getLogger("portal.teste")
    logger.addHandler(porta)
    logger.setLevel("INFO")
    yield texto
    logger.removeHandler(porta)


def linha(saida: io.StringIO) -> dict[str, Any]:
    """The only line written, as data."""
    linhas = saida.getvalue().splitlines()
    assert len(linhas) == 1
    lida: dict[str, Any] = json.loads(linhas[0])
    return lida


def test_an_event_is_one_json_line_with_level_time_and_logger(saida: io.StringIO) -> None:
    structlog.get_logger("portal.teste").info("adesao_enviada", adesao=42)
    lida = linha(saida)
    assert (lida["event"], lida["adesao"], lida["level"], lida["logger"]) == ("adesao_enviada", 42, "info", "portal.teste")
    assert lida["em"].endswith("Z")


def test_a_record_of_a_library_comes_out_in_the_same_shape(saida: io.StringIO) -> None:
    logging.getLogger("portal.teste").warning("Unauthorized: %s", "/adesoes/maria@bofete.sp.gov.br")
    lida = linha(saida)
    assert lida["event"] == f"Unauthorized: {OMITIDO}"
    assert lida["level"] == "warning"


def test_control_characters_never_reach_the_line(saida: io.StringIO) -> None:
    structlog.get_logger("portal.teste").info("nome\r\nfalso {}", valor="a\x1b[31mb\x00c\u2028d\u202ee\x9bf\n")
    bruto = saida.getvalue()
    assert bruto.count("\n") == 1
    assert bruto.endswith("\n")
    assert bruto.rstrip("\n").isascii()
    assert bruto.rstrip("\n").isprintable()


@pytest.mark.parametrize(
    "dado",
    [
        "529.982.247-25", "52998224725", "12.ABC.345/01DE-35", "12ABC34501DE35", "16.727.230/0001-97", "16727230000197",
        "maria.silva@bofete.sp.gov.br", "(14) 99765-4321", "(14)3884-9000",
    ],
)  # fmt: skip
def test_personal_data_is_masked_wherever_it_stands(dado: str, saida: io.StringIO) -> None:
    for texto in (dado, f"CPF {dado} já existe", f"['{dado}']", f"valor={dado},"):
        assert dado not in mascarar(texto)
    structlog.get_logger("portal.teste").info("erro", lista=[{"fundo": (f"x {dado}",)}], outro=dado)
    assert dado not in saida.getvalue()


@pytest.mark.parametrize("util", ["2026/00123-4", "3506904", "0e3c9a4e-2f0b-4f36-9c1e-0a1b2c3d4e5f", "200.144.6.17", "1795312345", "12 MB"])
def test_what_is_not_personal_stays_readable(util: str) -> None:
    assert mascarar(util) == util
    assert mascarar_endereco(f"GET /x/{util}") == f"GET /x/{util}"


@pytest.mark.parametrize(
    "chave", ["senha", "password1", "csrfmiddlewaretoken", "Authorization", "cookie", "cpf", "email", "totp_codigo", "SECRET_KEY"]
)
def test_values_of_secret_looking_keys_are_dropped_whole(chave: str) -> None:
    evento = sem_dados_pessoais(None, "info", {"event": "x", chave: "valor secreto", "fundo": {chave: ["a"]}})
    assert evento[chave] == OMITIDO
    assert evento["fundo"][chave] == OMITIDO


def test_addresses_lose_query_strings_and_one_use_tokens() -> None:
    assert mascarar_endereco("GET /fila/?q=52998224725") == "GET /fila/"
    assert mascarar_endereco("GET /conta/acesso/Zk3-9dQx_11aBcDeFgHiJkLmN/") == f"GET /conta/acesso/{OMITIDO}/"
    uuid = "0e3c9a4e-2f0b-4f36-9c1e-0a1b2c3d4e5f"
    assert mascarar_endereco(f"GET /documentos/{uuid}/") == f"GET /documentos/{uuid}/"


def test_a_traceback_is_logged_without_local_variables(saida: io.StringIO) -> None:
    def falhar() -> None:
        segredo_digitado = "texto-da-pessoa"
        raise ValueError(f"CPF 529.982.247-25 {len(segredo_digitado)}")

    try:
        falhar()
    except ValueError:
        structlog.get_logger("portal.teste").exception("falhou")
    lida = linha(saida)
    assert lida["exception"][0]["exc_type"] == "ValueError"
    assert "texto-da-pessoa" not in saida.getvalue()
    assert "529.982.247-25" not in saida.getvalue()


def test_a_very_long_value_is_cut() -> None:
    assert len(mascarar("a" * 100_000)) < 5_000


@given(
    st.dictionaries(
        st.text(max_size=20), st.recursive(st.none() | st.integers() | st.text(), lambda f: st.lists(f, max_size=3), max_leaves=8)
    )
)
def test_any_value_becomes_serialisable_and_keeps_its_keys(evento: dict[str, Any]) -> None:
    limpo = sem_dados_pessoais(None, "info", evento)
    assert set(limpo) == set(evento)
    json.dumps(limpo)
