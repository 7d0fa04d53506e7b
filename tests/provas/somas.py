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


_DE_OUTRO_ENVIO = "envio_id NOT IN (SELECT id FROM adesao_envio WHERE adesao_id = %s)"
#: Table → which of its rows are not of a given process.
DE_OUTRO = {
    "adesao_adesao": "id <> %s",
    "adesao_historicoadesao": "processo_id <> %s",
    **{f"adesao_{t}": "adesao_id <> %s" for t in ("envio", "pendencia", "rascunhotarefa", "copiaassinada", "responsavel", "aplicacao")},
    **{f"adesao_{t}": _DE_OUTRO_ENVIO for t in ("enviopeca", "declaracaoaceita", "itemconferido")},
}
#: The same for tables that know their owner by an opaque name.
COM_DONO = ("documentos_documento", "comunicacao_mensagemsaida")


def alheias(processo: int) -> str:
    """One digest of the rows of every other process of adhesion, files and messages included."""
    soma = hashlib.sha256()
    with connection.cursor() as cursor:
        for tabela, onde in DE_OUTRO.items():
            cursor.execute(f'SELECT * FROM "{tabela}" WHERE {onde} ORDER BY 1', [processo])
            soma.update(repr(cursor.fetchall()).encode())
        for tabela in COM_DONO:
            cursor.execute(f"SELECT * FROM \"{tabela}\" WHERE dono LIKE 'adesao:%%' AND dono <> %s ORDER BY 1", [f"adesao:{processo}"])
            soma.update(repr(cursor.fetchall()).encode())
    return soma.hexdigest()
