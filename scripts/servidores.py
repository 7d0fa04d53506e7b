"""PostgreSQL and Redis for the second leg of the tests (settled question 15): given, found on loopback, or started for the run.

``DATABASE_URL_TESTE`` and ``REDIS_URL_TESTE`` win. Else a PostgreSQL that answers on loopback is used (with databases of our own name), or
a temporary one is started from Debian's packages. Redis is emptied between tests, so one of our own is started whenever
``redis-server`` is installed, and only without it one that answers on loopback is used.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

PG_LOOPBACK = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_LOOPBACK = "redis://127.0.0.1:6379/9"


class SemServidor(Exception):
    """No server is given, answers, or can be started. The message says what to install."""


def porta_livre() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as tomada:
        tomada.bind(("127.0.0.1", 0))
        return int(tomada.getsockname()[1])


def postgres_responde(url: str) -> bool:
    """Whether this PostgreSQL lets us in and lets us make databases."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=3) as conexao:
            linha = conexao.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
            return bool(linha and linha[0])
    except psycopg.Error:
        return False


def redis_responde(url: str) -> bool:
    """Whether this Redis answers PING."""
    import redis

    try:
        return bool(redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


def com_banco(url: str, banco: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{banco}"))


def _como_postgres(comando: list[str]) -> list[str]:
    return ["runuser", "-u", "postgres", "--", *comando] if os.geteuid() == 0 else comando


def _terminar(processo: subprocess.Popen[bytes]) -> None:
    processo.terminate()
    try:
        processo.wait(10)
    except subprocess.TimeoutExpired:
        processo.kill()
        processo.wait()


def _esperar(responde: bool, processo: subprocess.Popen[bytes], limite: float) -> bool:
    if responde:
        return True
    if processo.poll() is not None or time.monotonic() > limite:
        raise SemServidor("O servidor temporário não subiu.")
    time.sleep(0.1)
    return False


@contextmanager
def _postgres_temporario() -> Iterator[str]:
    pastas = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(pastas[-1]) if pastas else shutil.which("initdb")
    if not initdb:
        raise SemServidor("Sem PostgreSQL. No Debian: apt-get install postgresql, ou informe DATABASE_URL_TESTE.")
    pasta = Path(tempfile.mkdtemp(prefix="portal_pg_"))
    if os.geteuid() == 0:
        os.chown(pasta, pwd.getpwnam("postgres").pw_uid, -1)
    dados, porta = pasta / "dados", porta_livre()
    subprocess.run(
        _como_postgres([initdb, "-D", str(dados), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    opcoes = [f"port={porta}", "listen_addresses=127.0.0.1", f"unix_socket_directories={pasta}", "fsync=off", "full_page_writes=off"]
    servidor = subprocess.Popen(
        _como_postgres([str(Path(initdb).with_name("postgres")), "-D", str(dados), *(p for o in opcoes for p in ("-c", o))]),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"postgres://postgres@127.0.0.1:{porta}/postgres"
        limite = time.monotonic() + 30
        while not _esperar(postgres_responde(url), servidor, limite):
            pass
        yield url
    finally:
        _terminar(servidor)
        shutil.rmtree(pasta, ignore_errors=True)


@contextmanager
def _redis_temporario() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="portal_redis_") as pasta:
        porta = porta_livre()
        servidor = subprocess.Popen(
            ["redis-server", "--port", str(porta), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", pasta],
            stdout=subprocess.DEVNULL,
        )
        try:
            url = f"redis://127.0.0.1:{porta}/0"
            limite = time.monotonic() + 20
            while not _esperar(redis_responde(url), servidor, limite):
                pass
            yield url
        finally:
            _terminar(servidor)


@contextmanager
def postgres(banco: str) -> Iterator[str]:
    """URL of a PostgreSQL for the tests, naming ``banco`` (not created here). Raises ``SemServidor``."""
    dado = os.environ.get("DATABASE_URL_TESTE", "")
    if dado:
        yield dado
    elif postgres_responde(PG_LOOPBACK):
        yield com_banco(PG_LOOPBACK, banco)
    else:
        with _postgres_temporario() as url:
            yield com_banco(url, banco)


@contextmanager
def redis_() -> Iterator[str]:
    """URL of a Redis whose data may be thrown away. Raises ``SemServidor``."""
    dado = os.environ.get("REDIS_URL_TESTE", "")
    if dado:
        yield dado
    elif shutil.which("redis-server"):
        with _redis_temporario() as url:
            yield url
    elif redis_responde(REDIS_LOOPBACK):
        yield REDIS_LOOPBACK
    else:
        raise SemServidor("Sem Redis. No Debian: apt-get install redis-server, ou informe REDIS_URL_TESTE.")


@contextmanager
def ambos(banco: str) -> Iterator[dict[str, str]]:
    """Both, as the environment of the settings."""
    with ExitStack() as pilha:
        yield {"DATABASE_URL": pilha.enter_context(postgres(banco)), "REDIS_URL": pilha.enter_context(redis_())}
