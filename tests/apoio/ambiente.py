"""The environment of a test run, set before Django reads its settings (loaded by ``-p`` in ``pyproject.toml``).

Every pytest process (each xdist worker too) has its own temporary ``VAR_DIR``, so a file-based SQLite, a queue and files of its own
(settled question 15). On the PostgreSQL leg ``DATABASE_URL`` and ``REDIS_URL`` come from ``scripts/testar.py``; each xdist worker gets a
Redis database of its own.
"""

from __future__ import annotations

import atexit
import gc
import os
import re
import shutil
import tempfile
from pathlib import Path

PROVAS = os.environ.get("PROVAS") == "1"
#: The second leg leaves out what touches neither database nor queue.
SO_O_QUE_MUDA = os.environ.get("SO_O_QUE_MUDA") == "1"
#: On the check machine nothing may be skipped for want of a browser or a server.
CI = os.environ.get("CI") == "true"


def preparar() -> Path:
    """Set ``MODO``, ``VAR_DIR`` and friends; return the run's own folder, removed when the process ends."""
    trabalhador = os.environ.get("PYTEST_XDIST_WORKER", "mestre")
    pasta = Path(tempfile.mkdtemp(prefix=f"portal_teste_{trabalhador}_"))
    (pasta / "static").mkdir()  # whitenoise warns without it, and warnings are errors
    atexit.register(shutil.rmtree, pasta, ignore_errors=True)
    os.environ["MODO"] = "teste"
    os.environ["VAR_DIR"] = str(pasta)
    os.environ.pop("ARQUIVOS_DIR", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intragov_portal.settings")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    redis = os.environ.get("REDIS_URL", "")
    numero = re.fullmatch(r"gw([0-9]+)", trabalhador)
    if redis and numero:
        os.environ["REDIS_URL"] = re.sub(r"/([0-9]+)$", "", redis.rstrip("/")) + f"/{1 + int(numero[1])}"
    return pasta


def poupar_a_coleta() -> None:
    """Collect cycles less often: a run's heap is large and young garbage is mostly freed without it (a sixth of the tests' time)."""
    gc.set_threshold(25_000, 10, 10)


def pytest_collection_finish() -> None:
    """What importing and collecting left stays until the end: no later collection walks it again."""
    gc.collect()
    gc.freeze()


poupar_a_coleta()
PASTA = preparar()
