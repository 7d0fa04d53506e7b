"""What the database holds, as one digest per table: two equal pictures mean that nothing was written."""

from __future__ import annotations

import hashlib

from django.apps import apps
from django.db import connection

#: What a page may write by itself: sessions and their list, one-time keys, the cache.
FORA = {"django_session", "usersessions_usersession", "cache_do_portal"}


def tabelas() -> list[str]:
    """Every table of our models, history registers included."""
    return sorted({m._meta.db_table for m in apps.get_models(include_auto_created=True)} - FORA)


def somas(*, sem_ver_cpf: bool = False) -> dict[str, str]:
    """Table → digest of its rows in the order of their keys. ``sem_ver_cpf`` leaves out the trace of an opened conferência (PRZ-02)."""
    feitas = {}
    existentes = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for tabela in tabelas():
            if tabela not in existentes:
                continue
            onde = " WHERE transicao <> 'ver_cpf'" if sem_ver_cpf and tabela == "adesao_historicoadesao" else ""
            cursor.execute(f'SELECT * FROM "{tabela}"{onde} ORDER BY 1')
            feitas[tabela] = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
    return feitas
