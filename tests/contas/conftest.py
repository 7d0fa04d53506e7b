"""What tests of accounts share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as do_totp
from django.contrib.auth.hashers import Argon2PasswordHasher

from tests.apoio.elenco import BOFETE, Pessoa, criar_pessoa


class Argon2Leve(Argon2PasswordHasher):
    """The same algorithm with the least work: the tests check what is hashed, not how slowly."""

    time_cost, memory_cost, parallelism = 1, 8, 1


SENHA = "girassol amarelo na varanda"


@pytest.fixture(autouse=True)
def _sempre_volta_a_raiz(settings: Any) -> None:
    """The home page belongs to another app."""
    settings.LOGOUT_REDIRECT_URL = "/"


@pytest.fixture(autouse=True)
def _argon_leve(settings: Any) -> None:
    """Cheap Argon2."""
    settings.PASSWORD_HASHERS = ["tests.contas.conftest.Argon2Leve", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]


@pytest.fixture(autouse=True)
def _codigo_que_nao_vence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the application's codes stands still: no test falls because 30 seconds ended between reading a code and sending it."""
    parado = [next(do_totp.yield_hotp_counters_from_time())]
    monkeypatch.setattr(do_totp, "yield_hotp_counters_from_time", lambda: iter(parado))


@pytest.fixture
def dados_do_cadastro() -> Callable[..., dict[str, str]]:
    """A sign-up that is right, with what the test changes."""

    def dados(**outros: str) -> dict[str, str]:
        return {
            "municipio": "Bofete",
            "nome": "Nair Prado",
            "cpf": "111.444.777-35",
            "email": "nair@bofete.sp.gov.br",
            "cargo": "Chefe de gabinete",
            "senha": SENHA,
            "senha2": SENHA,
            "ciente": "on",
        } | outros

    return dados


@pytest.fixture
def pessoa_com_senha(municipios: Any) -> Pessoa:
    """A requerente of Bofete who has a password."""
    return criar_pessoa("Davi Moreira", "davi@bofete.sp.gov.br", cpf="86288366757", papel="requerente", onde=BOFETE, senha=SENHA)
