"""The only way to wake a worker: after the commit, by name, with ids. Losing a wake-up loses nothing, the sweep finds the row.

The web process never waits for the broker (fault F2 of `seguranca.md`): a wake-up is handed to one thread of the process, which lives
while there is something to publish, and one that already waits there serves for whoever asks the same. The thread's connection lives as
long as it does, with half a second of patience and no retry, and after a failure it stays silent for ``SILENCIO`` seconds. See
`docs/adr/0004-correio-de-saida.md`.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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

#: Seconds between two equal wake-ups. The first goes at once; those that come meanwhile become one, at the end: a burst of acts that ask
#: for the same sweep would otherwise publish, and run, it for each of them.
INTERVALO = 0.2

#: Seconds the thread waits for more before it ends, and seconds that a process which ends waits for it.
OCIO, DESPEDIDA = 2.0, 1.0

_calada_ate = 0.0


def apos_commit(nome: str, **ids: Any) -> None:
    """After the current transaction commits, ask a worker to run task ``nome`` with ``ids`` (JSON values only).

    Never raises and never waits. A failure is one log line. Rolled back = no wake-up.
    """
    transaction.on_commit(lambda: _acordar(nome, ids), robust=True)


def _acordar(nome: str, ids: dict[str, Any]) -> None:
    """Hand the wake-up to the thread of this process."""
    _carteiro.entregar(nome, ids)


def esperar(segundos: float) -> bool:
    """Wait until what was handed over is published or given up; return whether it is (tests, and the end of a process)."""
    return _carteiro.esperar(segundos)


class _Carteiro:
    """One thread that publishes wake-ups in order. Made again in a child process, where the parent's thread does not exist."""

    def __init__(self) -> None:
        self.mudou = threading.Condition()
        self.na_mao: dict[str, tuple[str, dict[str, Any]]] = {}
        self.publicadas: dict[str, float] = {}
        self.publicando = False
        self.vivo = False

    def entregar(self, nome: str, ids: dict[str, Any]) -> None:
        chave = dumps([nome, ids])
        with self.mudou:
            if chave in self.na_mao:
                return
            self.na_mao[chave] = (nome, ids)
            if not self.vivo:
                self.vivo = True
                threading.Thread(target=self._trabalhar, name="fila", daemon=True).start()
            self.mudou.notify_all()

    def esperar(self, segundos: float) -> bool:
        with self.mudou:
            return self.mudou.wait_for(lambda: not (self.na_mao or self.publicando), segundos)

    def _da_vez(self) -> str | None:
        """The oldest that was not published within ``INTERVALO``. None when all were."""
        desde = time.monotonic() - INTERVALO
        self.publicadas = {chave: em for chave, em in self.publicadas.items() if em > desde}
        return next((chave for chave in self.na_mao if chave not in self.publicadas), None)

    def _trabalhar(self) -> None:
        while True:
            with self.mudou:
                if not self.mudou.wait_for(lambda: bool(self.na_mao), OCIO):
                    self.vivo, porta = False, _tomar()
                    break
                while (chave := self._da_vez()) is None:
                    self.mudou.wait(INTERVALO)
                nome, ids = self.na_mao.pop(chave)
                self.publicadas[chave] = time.monotonic()
                self.publicando = True
            try:
                _publicar(nome, ids)
            finally:
                with self.mudou:
                    self.publicando = False
                    self.mudou.notify_all()
        _soltar(porta)  # without the lock: saying goodbye to a broker that hangs must not hold whoever commits now


_carteiro = _Carteiro()


#: What the thread publishes through while it lives: opened by the first wake-up, closed by a failure and by the thread's end.
_porta: Any = None


def _recomecar() -> None:
    global _carteiro, _porta
    _carteiro, _porta = _Carteiro(), None


os.register_at_fork(after_in_child=_recomecar)
atexit.register(lambda: esperar(DESPEDIDA))


def _publicar(nome: str, ids: dict[str, Any]) -> bool:
    """Publish now; return whether the broker took it. Raises nothing. A kept connection that fails gives way to a new one, once."""
    global _calada_ate, _porta  # noqa: PLW0603  one per process, a lost race only means one more try
    if time.monotonic() < _calada_ate:
        return False
    for usada in (True, False) if _porta is not None else (False,):
        try:
            if _porta is None:
                conexao = current_app.connection_for_write(transport_options=OPCOES, connect_timeout=PACIENCIA)
                _porta = current_app.amqp.Producer(conexao)
            current_app.send_task(nome, kwargs=ids, producer=_porta, retry=False, ignore_result=True)
        except Exception as erro:  # the broker may fail in any way; the row is already safe in the database
            _soltar(_tomar())
            if not usada:
                _calada_ate = time.monotonic() + SILENCIO
                registro.warning("fila_sem_resposta", tarefa=nome, erro=type(erro).__name__)
        else:
            return True
    return False


def _tomar() -> Any:
    """The kept connection, which is nobody's any more."""
    global _porta
    porta, _porta = _porta, None
    return porta


def _soltar(porta: Any) -> None:
    if porta is not None:
        with suppress(Exception):  # whatever a broken connection says at its end
            porta.connection.release()


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
