"""Fixtures that serve every test. The environment, the cast, the browser and the outbox are plugins of ``tests/apoio``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.apoio import banco, leve, rigor
from tests.apoio.ambiente import CI, PASTA, PROVAS, SO_O_QUE_MUDA
from tests.apoio.navegador import ARGUMENTOS, CHROMIUM, CONTEXTO


def pytest_configure(config: pytest.Config) -> None:
    """Install the stricter Django of the tests, and what it does once instead of in each test."""
    rigor.recusar_variaveis_indefinidas()
    rigor.inverter_o_que_nao_tem_ordem()
    leve.listar_os_estaticos_uma_vez()
    leve.esvaziar_depressa()


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """A long value is named by its length: ten mebibytes of zeros in a name travel between the processes and into the environment."""
    return f"{argname} de {len(val)}" if isinstance(val, bytes | str) and len(val) > 120 else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The legs that want a few files import only these: those that name the mark of the browser, or, of the pages, that of PostgreSQL."""
    if collection_path.suffix != ".py" or not collection_path.name.startswith("test_"):
        return None
    so_navegador = config.option.markexpr == "navegador"
    so_postgres = SO_O_QUE_MUDA and not PROVAS and collection_path.parent.name.endswith("_telas")
    if not so_navegador and not so_postgres:
        return None
    return f"pytest.mark.{'navegador' if so_navegador else 'postgres'}" not in collection_path.read_text() or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests for PostgreSQL or Redis run where these are; elsewhere they are skipped (the second leg of ``make test`` has both)."""
    from django.conf import settings

    tem = {
        "postgres": settings.DATABASES["default"]["ENGINE"].endswith("postgresql"),
        "redis": bool(settings.REDIS_URL),
    }
    for item in items:
        for marca, presente in tem.items():
            if item.get_closest_marker(marca) and not presente:
                item.add_marker(pytest.mark.skip(reason=f"esta perna não tem {marca}"))
    if SO_O_QUE_MUDA:
        fora = [item for item in items if not _depende_do_servidor(item)]
        config.hook.pytest_deselected(items=fora)
        items[:] = [item for item in items if _depende_do_servidor(item)]


def _depende_do_servidor(item: pytest.Item) -> bool:
    """Whether the test touches the database or the queue: what does not gives the same answer whatever serves them.

    Of the pages, each is opened on both by ``tests/provas/test_leitura.py``; their own tests, one by one, only with the full counts.
    """
    if item.path.parent.name.endswith("_telas") and not PROVAS and not item.get_closest_marker("postgres"):
        return False
    usa = {"db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return bool(usa) or any(item.get_closest_marker(marca) for marca in ("django_db", "postgres", "redis", "lento"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file of this process (settled question 15); on both databases, no waiting for the disk."""
    from django.db import connections

    ajustes = connections["default"].settings_dict
    if ajustes["ENGINE"].endswith("sqlite3"):
        ajustes["TEST"]["NAME"] = str(PASTA / "teste.sqlite3")
        ajustes["OPTIONS"]["init_command"] = ajustes["OPTIONS"]["init_command"].replace("synchronous=NORMAL", "synchronous=OFF")
    else:
        ajustes["OPTIONS"]["options"] += " -c synchronous_commit=off"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Whether a database migrated by this very code is already in place (``tests/apoio/banco.py``); SQLite only."""
    from django.db import connection

    return connection.vendor == "sqlite" and banco.copiar(PASTA / "teste.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any) -> None:
    """The migrated database; on SQLite kept for the next process."""
    from django.db import connection

    if connection.vendor == "sqlite" and not django_db_keepdb:
        with django_db_blocker.unblock():
            banco.guardar()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet and without its own network traffic (here, since a conftest overrides pytest-playwright's)."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTOS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Portuguese, São Paulo time, 1280 px."""
    return {**browser_context_args, **CONTEXTO, "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def provas() -> bool:
    """Whether this run uses the full counts (`make provas`)."""
    return PROVAS


@pytest.fixture(autouse=True)
def _pasta_de_arquivos(settings: Any, tmp_path: Path) -> None:
    """Files of a test live in its own folder."""
    settings.ARQUIVOS_DIR = tmp_path / "arquivos"


def falta(o_que: str) -> None:
    """Skip for want of a tool or a server; on the check machine (``CI=true``) fail instead."""
    if CI:
        pytest.fail(f"CI=true e falta: {o_que}")
    pytest.skip(f"falta: {o_que}")


os.environ.setdefault("PGCONNECT_TIMEOUT", "3")
