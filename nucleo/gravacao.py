"""Many rows in one INSERT, where Django's own ``bulk_create`` would take most of the time of a sweep.

On PostgreSQL the rows go as one JSON value and ``json_populate_recordset`` makes them rows again: no placeholder per value. Elsewhere it is
``bulk_create``. The one place besides migrations that knows the vendor.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def inserir(linhas: Sequence[M], *, repetida: str) -> list[M]:
    """Insert the rows and return those that are new, with their pk. ``repetida`` is a unique column of the batch's own, by which a new row
    is told; a row that breaks any unique constraint of the table is left out, as with ``ignore_conflicts``.

    Values are written as they stand: text, numbers, instants, JSON and None. Fields that compute a value when saved (``auto_now``) are not
    for this. Raises what the database raises (``IntegrityError`` for a CHECK).
    """
    if not linhas:
        return []
    modelo = type(linhas[0])
    unica = modelo._meta.get_field(repetida).attname  # type: ignore[union-attr]
    por_chave = {getattr(linha, unica): linha for linha in linhas}
    novas = _em_json(modelo, linhas, unica) if connection.vendor == "postgresql" else _de_django(modelo, linhas, unica)
    feitas = []
    for pk, chave in sorted(novas):
        linha = por_chave[chave]
        linha.pk = pk
        linha._state.adding = False
        feitas.append(linha)
    return feitas


def _de_django(modelo: type[M], linhas: Sequence[M], unica: str) -> list[tuple[Any, Any]]:
    novas = modelo._default_manager.filter(**{f"{unica}__in": [getattr(linha, unica) for linha in linhas]})
    if not any(tuple(c.fields) == (unica,) for c in modelo._meta.total_unique_constraints):  # older rows have it too: ours come after them
        ultima = modelo._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0  # SQLite: nobody else writes now
        novas = novas.filter(pk__gt=ultima)
    modelo._default_manager.bulk_create(linhas, ignore_conflicts=True)
    return list(novas.values_list("pk", unica))


def _em_json(modelo: type[M], linhas: Sequence[M], unica: str) -> list[tuple[Any, Any]]:
    opcoes, citar = modelo._meta, connection.ops.quote_name
    campos = [c for c in opcoes.concrete_fields if not c.primary_key]
    nomes = [(c.attname, str(c.column)) for c in campos]
    valores = [{coluna: vars(linha)[nome] for nome, coluna in nomes} for linha in linhas]
    colunas = ", ".join(citar(coluna) for _, coluna in nomes)
    tabela, chave, pk = citar(opcoes.db_table), citar(dict(nomes)[unica]), citar(str(opcoes.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {tabela} ({colunas}) SELECT {colunas} FROM json_populate_recordset(NULL::{tabela}, %s::json)"  # noqa: S608
            f" ON CONFLICT DO NOTHING RETURNING {pk}, {chave}",  # names of our own tables only
            [json.dumps(valores, ensure_ascii=False, default=_texto, check_circular=False)],
        )
        return list(cursor.fetchall())


def _texto(valor: Any) -> str:
    if isinstance(valor, dt.datetime | dt.date):
        return valor.isoformat()
    raise TypeError(f"sem forma em JSON: {type(valor).__name__}")
