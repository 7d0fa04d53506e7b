"""How long a refused login takes says nothing about whether the account exists (B1.7, figure 19). Ratios here; milliseconds in ADR 0002.

20 tries of each kind by default with a cheaper Argon2, 200 with production's own under ``PROVAS=1``, interleaved. What is measured is the
processor's time of this process, so that what else the machine does does not count.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from tests.apoio.elenco import Pessoa

CONHECIDO, DESCONHECIDO, SEM_SENHA = "davi@bofete.sp.gov.br", "ninguem@bofete.sp.gov.br", "fabio@cunha.sp.gov.br"


class Argon2Medio(Argon2PasswordHasher):
    """Dear enough to outweigh the rest of the page, cheap enough for every run."""

    time_cost, memory_cost, parallelism = 2, 48 * 1024, 1


@pytest.fixture(autouse=True)
def _como_em_producao(settings: Any, pessoa_com_senha: Pessoa, requerente_outra: Pessoa, provas: bool) -> None:
    """No lock-out, so that every try reaches Argon2. ``requerente_outra`` has no password yet."""
    usado = "django.contrib.auth.hashers.Argon2PasswordHasher" if provas else "tests.contas.test_tempo_da_entrada.Argon2Medio"
    settings.PASSWORD_HASHERS = [usado]
    pessoa_com_senha.usuario.set_password("girassol amarelo na varanda")
    pessoa_com_senha.usuario.save()
    settings.ACCOUNT_RATE_LIMITS = False


def medianas(vezes: int, *emails: str) -> list[float]:
    """Median time of a refused login with each e-mail, in seconds."""
    tempos: dict[str, list[float]] = {email: [] for email in emails}
    cliente = Client()
    for i in range(vezes + 1):
        for email in emails:
            antes = time.process_time()
            assert cliente.post("/conta/entrar/", {"login": email, "password": "senha errada, mas comprida"}).status_code == 200
            if i:  # the first round only warms up
                tempos[email].append(time.process_time() - antes)
    return [statistics.median(t) for t in tempos.values()]


def test_refusing_a_known_an_unknown_and_a_waiting_account_takes_the_same_time(provas: bool):
    conhecido, desconhecido, sem_senha = medianas(200 if provas else 20, CONHECIDO, DESCONHECIDO, SEM_SENHA)
    folga = 1.15 if provas else 1.5
    for outro in (desconhecido, sem_senha):
        assert 1 / folga < conhecido / outro < folga, f"{1000 * conhecido:.1f} ms e {1000 * outro:.1f} ms"


def test_without_the_hash_for_the_unknown_the_difference_would_show(monkeypatch: pytest.MonkeyPatch):
    """The control: the same measure sees the account when the unknown one costs no hash."""
    monkeypatch.setattr(AuthenticationBackend, "_mitigate_timing_attack", lambda *_: None)
    conhecido, desconhecido = medianas(10, CONHECIDO, DESCONHECIDO)
    assert conhecido / desconhecido > 1.5
