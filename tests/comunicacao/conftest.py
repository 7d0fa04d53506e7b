"""What the outbox's tests share: a letter, a clock that is moved by hand, a backend that obeys, and a fake e-mail server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from comunicacao import caixa
from comunicacao.models import MensagemSaida
from tests.apoio.elenco import AGORA
from tests.comunicacao.servidor_falso import ServidorFalso

CARTA: dict[str, Any] = {
    "chave": "adesao:42:enviada:1:usuario:9",
    "tipo": "adesao_enviada",
    "para": "clara@bofete.sp.gov.br",
    "para_nome": "Clara Souza",
    "titulo": "Adesão de Bofete recebida em 09/11/2026",
    "paragrafos": ["A PRODESP confere os documentos em até 20 dias."],
    "fatos": [("Processo", "2026/00042-1\nBofete"), ("Quem age agora", "A PRODESP"), ("Até quando", "segunda-feira, 30/11/2026")],
    "botao": ("Ver a adesão", "http://127.0.0.1:8000/adesoes/2026-00042-1/"),
    "dono": "adesao:42",
    "rodape": "Você recebe este e-mail porque representa a Prefeitura de Bofete.",
}


class Relogio:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.agora = AGORA

    def __call__(self) -> dt.datetime:
        return self.agora

    def andar(self, **quanto: float) -> None:
        """Move forward by a ``timedelta``."""
        self.agora += dt.timedelta(**quanto)


@pytest.fixture
def relogio() -> Relogio:
    """The clock, at the cast's own instant."""
    return Relogio()


@pytest.fixture
def escrever(monkeypatch: pytest.MonkeyPatch) -> Callable[..., MensagemSaida]:
    """Write a letter in a transaction of its own, waking nobody."""
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: True)

    def _escrever(**mudancas: Any) -> MensagemSaida:
        with transaction.atomic():
            pk = caixa.enfileirar(**{**CARTA, "agora": AGORA, **mudancas})
        return MensagemSaida.objects.get(pk=pk)

    return _escrever


@pytest.fixture
def servidor(settings: Any) -> Iterator[ServidorFalso]:
    """A fake e-mail server on a free port of loopback, already in the settings."""
    with ServidorFalso() as falso:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", falso.porta, False
        settings.EMAIL_TIMEOUT = 0.5
        yield falso
