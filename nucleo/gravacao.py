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


def inserir(linhas: Sequence[M], *, chave: str, ignorar: bool = False) -> list[M]:
    """Insert the rows and return those that are new, with their pk, in the order of it. ``chave`` is a column that tells the batch's rows
    apart. With ``ignorar`` a row that breaks a unique constraint is left out, and ``chave`` must be unique in the whole table.

    Values are written as they stand: text, numbers, instants, JSON and None. Fields that compute a value when saved (``auto_now``) are not
    for this. Raises what the database raises (``IntegrityError``).
    """
    if not linhas:
        return []
    modelo = type(linhas[0])
    atributo = str(modelo._meta.get_field(chave).attname)  # type: ignore[union-attr]
    if connection.vendor == "postgresql":
        novas = _em_json(modelo, linhas, atributo, ignorar=ignorar)
    else:
        novas = _de_django(modelo, linhas, atributo, ignorar=ignorar)
    por_chave = {getattr(linha, atributo): linha for linha in linhas}
    return [_nascida(por_chave[valor], pk) for pk, valor in sorted(novas)]


def _nascida(linha: M, pk: Any) -> M:
    linha.pk = pk
    linha._state.adding = False
    return linha


def _de_django(modelo: type[M], linhas: Sequence[M], chave: str, *, ignorar: bool) -> list[tuple[Any, Any]]:
    feitas = modelo._default_manager.bulk_create(linhas, ignore_conflicts=ignorar)
    if not ignorar:
        return [(linha.pk, getattr(linha, chave)) for linha in feitas]
    valores = [getattr(linha, chave) for linha in linhas]
    return list(modelo._default_manager.filter(**{f"{chave}__in": valores}).values_list("pk", chave))


def _em_json(modelo: type[M], linhas: Sequence[M], chave: str, *, ignorar: bool) -> list[tuple[Any, Any]]:
    opcoes, citar = modelo._meta, connection.ops.quote_name
    campos = [c for c in opcoes.concrete_fields if not c.primary_key]
    nomes = [(c.attname, str(c.column)) for c in campos]
    valores = [{coluna: vars(linha)[nome] for nome, coluna in nomes} for linha in linhas]
    colunas = ", ".join(citar(coluna) for _, coluna in nomes)
    tabela, valor, pk = citar(opcoes.db_table), citar(dict(nomes)[chave]), citar(str(opcoes.pk.column))
    conflito = "ON CONFLICT DO NOTHING " if ignorar else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {tabela} ({colunas}) SELECT {colunas} FROM json_populate_recordset(NULL::{tabela}, %s::json)"  # noqa: S608
            f" {conflito}RETURNING {pk}, {valor}",  # names of our own tables only
            [json.dumps(valores, ensure_ascii=False, default=_texto, check_circular=False)],
        )
        return list(cursor.fetchall())


def _texto(valor: Any) -> str:
    if isinstance(valor, dt.datetime | dt.date):
        return valor.isoformat()
    raise TypeError(f"sem forma em JSON: {type(valor).__name__}")
