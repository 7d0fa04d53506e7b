"""The migrated SQLite of the tests, kept and copied: the 53 migrations take seconds, a copy takes none.

A kept file serves only the very same code on the same day: its name is a digest of every file of the apps (whatever a migration may read
is among them), the pinned packages, Python, SQLite and the date. Anything else runs the migrations, as PostgreSQL always does.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import os
import shutil
import sqlite3
import sys
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent.parent
PASTA_DOS_MODELOS = RAIZ / ".pytest_cache"
APPS = sorted(p.parent for p in RAIZ.glob("*/__init__.py") if p.parent.name not in {"tests", "scripts", "bench"})


@functools.cache  # as the code was before migrating
def arquivo_do_modelo() -> Path:
    """Where the database of this code is kept, if it is."""
    soma = hashlib.sha256(f"{sys.version} {sqlite3.sqlite_version} {dt.datetime.now(dt.UTC).date()}".encode())
    for arquivo in [RAIZ / "requirements-dev.txt", *sorted(a for app in APPS for a in app.rglob("*"))]:
        if arquivo.is_file() and arquivo.suffix != ".pyc":
            soma.update(f"{arquivo.relative_to(RAIZ)} {arquivo.stat().st_size} ".encode() + arquivo.read_bytes())
    return PASTA_DOS_MODELOS / f"banco-{soma.hexdigest()[:24]}.sqlite3"


def copiar(destino: Path) -> bool:
    """Put the kept database at ``destino``. False when there is none for this code."""
    try:
        shutil.copyfile(arquivo_do_modelo(), destino)
    except FileNotFoundError:
        return False
    return True


def guardar() -> None:
    """Keep the database as it is now, just migrated; those of other code go. Without a place to write, nothing is kept."""
    from django.db import connection

    modelo = arquivo_do_modelo()
    novo = modelo.with_name(f"novo-{os.getpid()}.sqlite3")
    with contextlib.suppress(OSError):
        PASTA_DOS_MODELOS.mkdir(exist_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(novo)])
        novo.replace(modelo)
        for outro in set(PASTA_DOS_MODELOS.glob("banco-*.sqlite3")) - {modelo}:
            outro.unlink(missing_ok=True)
