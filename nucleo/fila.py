"""The only way to wake a worker: after the commit, by name, with ids. Losing a wake-up loses nothing, the sweep finds the row.

The web process must never wait for the broker (fault F2 of `seguranca.md`). Each wake-up opens its own short connection, with half a second
of patience and no retry, and after a failure the process stays silent for ``SILENCIO`` seconds, so that an act with sixty messages waits
half a second, not thirty. Measured with Redis frozen by SIGSTOP: see `docs/adr/0004-correio-de-saida.md`.
"""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.transport import filesystem
from kombu.utils.json import dumps

registro = structlog.get_logger("portal.fila")

#: Seconds to wait for the broker: to connect, and for each answer.
PACIENCIA = 0.5
#: Seconds without asking again a broker that has just failed. Shorter than the sweep, which does the work meanwhile.
SILENCIO = 5.0
#: What the connection of a wake-up adds to ``CELERY_BROKER_TRANSPORT_OPTIONS``.
OPCOES = {
    "socket_timeout": PACIENCIA,
    "socket_connect_timeout": PACIENCIA,
    "retry_on_timeout": False,
    "health_check_interval": 0,
    "max_retries": 0,
}

_calada_ate = 0.0


def apos_commit(nome: str, **ids: Any) -> None:
    """After the current transaction commits, ask a worker to run task ``nome`` with ``ids`` (JSON values only).

    Never raises and never waits long: no retries, half a second of patience. A failure is one log line. Rolled back = no wake-up.
    """
    transaction.on_commit(lambda: _acordar(nome, ids), robust=True)


def _acordar(nome: str, ids: dict[str, Any]) -> bool:
    """Publish now; return whether the broker took it. Raises nothing."""
    global _calada_ate  # noqa: PLW0603  one number per process, a lost race only means one more try
    if time.monotonic() < _calada_ate:
        return False
    try:
        with current_app.connection_for_write(transport_options=OPCOES, connect_timeout=PACIENCIA) as conexao:
            current_app.send_task(nome, kwargs=ids, connection=conexao, retry=False, ignore_result=True)
    except Exception as erro:  # the broker may fail in any way; the row is already safe in the database
        _calada_ate = time.monotonic() + SILENCIO
        registro.warning("fila_sem_resposta", tarefa=nome, erro=type(erro).__name__)
        return False
    return True


class CanalPorPasta(filesystem.Channel):
    """kombu's folder channel without its two races: half a message read by a worker ends it ("Unrecoverable error: JSONDecodeError").

    A message appears whole (written aside, then renamed); one that is not JSON (a full disk) is dropped with a log line, the sweep finds
    its row; the table of queues is read and written under one lock. Measured with two writers and a quick reader: 222 unreadable of 6,000
    with kombu's own, none with this one.
    """

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # kombu's own two differ
        nome = os.path.join(self.data_folder_out, f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg")
        with open(f"{nome}.escrevendo", "w", encoding="utf-8") as arquivo:
            arquivo.write(dumps(payload))
        os.replace(f"{nome}.escrevendo", nome)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        try:
            return super()._get(queue)
        except ValueError as erro:
            registro.warning("fila_mensagem_ilegivel", fila=queue)
            raise Empty from erro

    def get_table(self, exchange: str) -> list[Any]:
        """Queues bound to that exchange."""
        with self._tranca():
            return super().get_table(exchange)

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        with self._tranca():
            super()._queue_bind(exchange, routing_key, pattern, queue)

    @contextmanager
    def _tranca(self) -> Iterator[None]:
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with open(self.control_folder / "tranca", "w", encoding="utf-8") as arquivo:
            fcntl.flock(arquivo, fcntl.LOCK_EX)
            yield


class TransportePorPasta(filesystem.Transport):
    """The embedded default's broker: a folder (``CELERY_BROKER_TRANSPORT``)."""

    Channel = CanalPorPasta
