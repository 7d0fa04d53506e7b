"""What every test would do again with the same outcome, done once per process."""

from __future__ import annotations

import os
from typing import Any


def listar_os_estaticos_uma_vez() -> None:
    """Each Django client (one per member of the cast) starts WhiteNoise, which reads the whole list of static files; the list is kept.

    It is read again when a folder of ours changes, or the settings that say where the files are.
    """
    from django.conf import settings
    from whitenoise.middleware import WhiteNoiseMiddleware

    original = WhiteNoiseMiddleware.add_files_from_finders
    listas: dict[Any, dict[str, Any]] = {}

    def add_files_from_finders(self: Any) -> None:
        pastas = [str(d[1] if isinstance(d, tuple) else d) for d in settings.STATICFILES_DIRS]
        marcas = tuple((p, os.stat(p).st_mtime_ns) for pasta in pastas for p, _, _ in os.walk(pasta))
        chave = (marcas, repr(settings.STATICFILES_DIRS), self.static_prefix, repr(settings.STORAGES), *settings.STATICFILES_FINDERS)
        if chave not in listas:
            original(self)
            listas[chave] = dict(self.files)
        self.files.update(listas[chave])

    WhiteNoiseMiddleware.add_files_from_finders = add_files_from_finders


#: Filled from our models when the database is made, and written by no test: emptying and filling them again was most of a flush.
FICAM = {"django_content_type", "auth_permission"}


def esvaziar_depressa() -> None:
    """The flush after a transactional test leaves alone what it would fill again, and PostgreSQL deletes instead of truncating.

    A TRUNCATE gives every table and index a new file. The same locks are taken, so whoever still writes is waited for; triggers that keep
    a history from being deleted are off for this transaction, which takes a superuser: another one truncates.
    """
    from django.core.management.commands import flush
    from django.db import connections

    original = flush.sql_flush

    def sql_flush(style: Any, connection: Any, reset_sequences: bool = True, allow_cascade: bool = False) -> list[str]:
        tabelas = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - FICAM)
        if connection.vendor == "postgresql" and not reset_sequences and _pode_tudo(connection):
            nomes = [connection.ops.quote_name(t) for t in tabelas]
            apagar = "".join(f"DELETE FROM {n};" for n in nomes)
            return [
                f"LOCK TABLE {', '.join(nomes)} IN ACCESS EXCLUSIVE MODE",
                "SET LOCAL session_replication_role = replica",
                f"DO $$ BEGIN {apagar} END $$",
            ]
        if connection.vendor == "postgresql":
            return list(original(style, connection, reset_sequences=reset_sequences, allow_cascade=allow_cascade))
        return list(connection.ops.sql_flush(style, tabelas, reset_sequences=reset_sequences, allow_cascade=allow_cascade))

    def emit_post_migrate_signal(verbosity: int, interactive: bool, db: str) -> None:
        """Only where the flush took the types and the permissions along."""
        with connections[db].cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM django_content_type)")
            cheia = cursor.fetchone()[0]
        if not cheia:
            emitir(verbosity, interactive, db)

    emitir = flush.emit_post_migrate_signal
    flush.sql_flush, flush.emit_post_migrate_signal = sql_flush, emit_post_migrate_signal  # type: ignore[assignment]


def _pode_tudo(connection: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
