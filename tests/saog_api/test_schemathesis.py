"""schemathesis against the API, in this process: whatever it invents, the answer is one that the description promises.

Deterministic; more examples with ``PROVAS=1``. What an example writes is taken back, so that each finds the same orders.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from intragov_portal.wsgi import application
from saog.acoes import integracao
from saog.api.rotas import esquema
from tests.apoio.ambiente import PROVAS
from tests.apoio.elenco import AGORA
from tests.saog.conftest import Atores

from .conftest import ESTADOS, Ordens, Sistema

#: A rule of the domain may refuse what is well formed (SS-04, LNK-07): 422 is then the right answer.
REGRAS = ["2xx", "401", "403", "404", "409", "412", "422", "429"]
RECUSAS = ["400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "429"]
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {"expected-statuses": REGRAS},
            "negative_data_rejection": {"expected-statuses": RECUSAS},
        },
        # The test puts the token in each request: an example that is wrong only for lack of one would be wrong no more.
        "generation": {"deterministic": True, "database": "none", "with-security-parameters": False},
    }
)
api = schemathesis.openapi.from_dict(json.loads(json.dumps(esquema())), config=CONFIG)
api.app = application


class Desfazer(Exception):
    """Takes back what an example wrote."""


@pytest.fixture
def mundo(sistema: Sistema, ordens: Ordens, atores: Atores, linha: Any) -> Iterator[tuple[Sistema, list[str]]]:
    """A client, and one order in each state. The connection of the test serves the application too, so nobody may close it."""
    for sinal in (request_started, request_finished):
        sinal.disconnect(close_old_connections)
    integracao.permitir_endereco(sistema_id=linha.pk, url="http://127.0.0.1:9/avisos", por=atores.gestor, agora=AGORA)
    yield sistema, [ordens.em(estado).slug for estado in ESTADOS]
    for sinal in (request_started, request_finished):
        sinal.connect(close_old_connections)


@api.parametrize()
@settings(
    max_examples=150 if PROVAS else 15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.django_db
def test_every_answer_is_one_that_the_description_promises(case: Any, mundo: tuple[Sistema, list[str]]) -> None:
    sistema, slugs = mundo
    if case.meta is None or case.meta.generation.mode.is_positive:
        _apontar(case, slugs)
    with suppress(Desfazer), transaction.atomic():
        case.call_and_validate(headers={"Authorization": f"Bearer {sistema.token}"})
        raise Desfazer


def _apontar(case: Any, slugs: list[str]) -> None:
    """Make a well-formed example speak of something that exists; an invented ``If-Match``, which no order has, goes out of every other."""
    sorte = zlib.crc32(repr((case.body, case.query)).encode())
    slug = slugs[sorte % len(slugs)]
    if case.headers and sorte // len(slugs) % 2:
        case.headers.pop("If-Match", None)
    if "{id}" in case.path and "serviceOrder" in case.path:
        case.path_parameters = {"id": slug}
    if isinstance(case.body, dict) and "serviceOrder" in case.body:
        case.body["serviceOrder"] = {"id": slug}
    if isinstance(case.body, dict) and "callback" in case.body:
        case.body["callback"] = "http://127.0.0.1:9/avisos/x"
