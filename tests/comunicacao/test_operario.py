"""A real worker killed with kill -9 while it sends: the message still goes, with its one Message-ID (fault F1 of `seguranca.md`).

A few kills by default; ``PROVAS=1`` kills 60 times.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from comunicacao.models import MensagemSaida
from tests.comunicacao.servidor_falso import ServidorFalso

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lento]


class Operario:
    """One worker process (with its pool and its beat), in a session of its own so that it can be killed whole."""

    aplicacao = "tests.comunicacao.operario"
    extras: tuple[str, ...] = ()

    def __init__(self, pasta: Path, porta: int) -> None:
        self.pasta = pasta
        banco = connection.settings_dict
        if connection.vendor == "sqlite":
            endereco = f"sqlite:///{banco['NAME']}"
        else:
            senha = f":{banco['PASSWORD']}" if banco["PASSWORD"] else ""
            endereco = f"postgres://{banco['USER']}{senha}@{banco['HOST']}:{banco['PORT'] or 5432}/{banco['NAME']}"
        self.ambiente = {
            **{k: v for k, v in os.environ.items() if k not in {"REDIS_URL", "PYTEST_ADDOPTS"}},
            "MODO": "teste",
            "VAR_DIR": str(pasta),
            "DATABASE_URL": endereco,
            "EMAIL_PORT": str(porta),
        }
        self.processo: subprocess.Popen[bytes] | None = None

    def comecar(self) -> None:
        """Start it; it works once its modules are in."""
        comando = [sys.executable, "-m", "celery", "-A", self.aplicacao, "worker", "-B", "-c", "1", "-l", "ERROR", *self.extras]
        comando += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-s", str(self.pasta / "agenda")]
        with (self.pasta / "operario.log").open("ab") as saida:
            self.processo = subprocess.Popen(
                comando, cwd=settings.BASE_DIR, env=self.ambiente, stdout=saida, stderr=saida, start_new_session=True
            )

    def matar(self) -> None:
        """kill -9 of the worker, its pool and its beat, all at once: no goodbye."""
        if self.processo is not None:
            os.killpg(self.processo.pid, signal.SIGKILL)
            self.processo.wait(10)
            self.processo = None

    def diario(self) -> str:
        """What it said, for the failure message."""
        return (self.pasta / "operario.log").read_text(errors="replace")[-3000:]


@pytest.fixture
def operario(tmp_path: Path, servidor: ServidorFalso) -> Iterator[Operario]:
    """A worker that sends to the fake server; dead at the end whatever happens."""
    trabalhador = Operario(tmp_path, servidor.porta)
    yield trabalhador
    trabalhador.matar()


def esperar(condicao: Callable[[], Any], operario: Operario, segundos: float = 60) -> None:
    """Wait until it holds; fail with the worker's log."""
    fim = time.monotonic() + segundos
    while not condicao():
        vivo = operario.processo is not None and operario.processo.poll() is None
        assert vivo, operario.diario()
        assert time.monotonic() < fim, operario.diario()
        time.sleep(0.02)


def test_a_worker_killed_in_the_middle_of_sending_leaves_the_message_to_the_next_one(
    operario: Operario, servidor: ServidorFalso, escrever: Any
) -> None:
    servidor.modo = "segura"
    mensagem = escrever(agora=timezone.now())
    operario.comecar()
    esperar(servidor.chegou_ao_fim_do_data.is_set, operario)
    operario.matar()
    assert servidor.recebidas == []
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.tentativas) == ("pendente", 1)

    servidor.modo = "aceita"
    operario.comecar()
    esperar(lambda: MensagemSaida.objects.filter(situacao="enviada").exists(), operario)
    time.sleep(1)
    assert servidor.identidades == [mensagem.message_id]


def test_killed_at_random_moments_every_message_arrives_and_copies_are_recognisable(
    operario: Operario, servidor: ServidorFalso, escrever: Any, provas: bool
) -> None:
    mortes, sorte, identidades = (60 if provas else 2), random.Random(20261122), set()
    for morte in range(mortes):
        ja = len(servidor.recebidas)
        identidades |= {escrever(chave=f"{morte}:{i}", agora=timezone.now()).message_id for i in range(20)}
        operario.comecar()
        esperar(lambda ja=ja: len(servidor.recebidas) > ja, operario)
        time.sleep(sorte.uniform(0, 0.25))
        operario.matar()
    operario.comecar()
    esperar(lambda: not MensagemSaida.objects.exclude(situacao="enviada").exists(), operario)
    operario.matar()
    chegaram = servidor.identidades
    assert set(chegaram) == identidades, "nenhuma se perde"
    assert len(chegaram) - len(identidades) <= mortes, "cada morte repete uma mensagem, no máximo"
