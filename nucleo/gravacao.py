"""Many rows in one INSERT, where Django's own ``bulk_create`` would take most of the time of a sweep.

On PostgreSQL many rows go as one JSON value and ``json_populate_recordset`` makes them rows again: no placeholder per value, and what all
have in common goes once; a few go as plain values, a statement whose plan the server keeps. Elsewhere it is ``bulk_create``. The one place
besides migrations that knows the vendor.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)

#: Up to so many rows go as plain values.
POUCAS = 4


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
    valores = [{nome: vars(linha)[nome] for nome in _campos(modelo)} for linha in linhas]
    por_chave = {getattr(linha, atributo): linha for linha in linhas}
    return [_nascida(por_chave[valor], pk) for pk, valor in inserir_valores(modelo, valores, chave=atributo, ignorar=ignorar)]


def inserir_valores(modelo: type[M], valores: Sequence[dict[str, Any]], *, chave: str, ignorar: bool = False) -> list[tuple[Any, Any]]:
    """``inserir`` for rows that nobody needs as objects: each a dictionary with the same names of columns (``municipio_id``); columns left
    out take their field's default. Returns (pk, value of ``chave``) of the new ones, in order of pk.
    """
    if not valores:
        return []
    fazer = _no_postgres if connection.vendor == "postgresql" else _de_django
    return sorted(fazer(modelo, valores, chave, ignorar=ignorar))


def inserir_se_nova(linha: models.Model) -> bool:
    """Insert one row unless one of its unique values is there already; whether it was new. Waits for another transaction that is just
    writing the same. One statement, where ``get_or_create`` takes four.
    """
    campos = linha._meta.concrete_fields
    citar = connection.ops.quote_name
    valores = [c.get_db_prep_save(c.pre_save(linha, True), connection) for c in campos]
    colunas, marcas = ", ".join(citar(str(c.column)) for c in campos), ", ".join("%s" for _ in campos)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {citar(linha._meta.db_table)} ({colunas}) VALUES ({marcas}) ON CONFLICT DO NOTHING",  # noqa: S608
            valores,
        )
        return bool(cursor.rowcount == 1)


def recontar(*modelos: type[models.Model]) -> None:
    """Have the planner look at these tables now, after many rows came in at once. PostgreSQL itself looks later, and never at a table of a
    few rows, whose part in a join it then guesses wrong; without this it plans anew whenever a slot is handed out.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(connection.ops.quote_name(m._meta.db_table) for m in modelos)}")


def _nascida(linha: M, pk: Any) -> M:
    linha.pk = pk
    linha._state.adding = False
    return linha


def _de_django(modelo: type[M], valores: Sequence[dict[str, Any]], chave: str, *, ignorar: bool) -> list[tuple[Any, Any]]:
    feitas = modelo._default_manager.bulk_create([modelo(**v) for v in valores], ignore_conflicts=ignorar)
    if not ignorar:
        return [(linha.pk, getattr(linha, chave)) for linha in feitas]
    filtro = {f"{chave}__in": [v[chave] for v in valores]}
    return list(modelo._default_manager.filter(**filtro).values_list("pk", chave))


def _no_postgres(modelo: type[M], valores: Sequence[dict[str, Any]], chave: str, *, ignorar: bool) -> list[tuple[Any, Any]]:
    campos = _campos(modelo)
    padrao = {nome: campo.get_default() for nome, campo in campos.items() if nome not in valores[0]}
    if len(valores) <= POUCAS:
        parametros, origem = _um_por_valor(campos, [padrao | v for v in valores]), _valores(modelo, len(valores))
    else:
        variam = [n for n, primeiro in valores[0].items() if n == chave or any(v[n] != primeiro for v in valores)]
        fixas = padrao | {nome: valor for nome, valor in valores[0].items() if nome not in variam}
        parametros, origem = [_em_json(campos, [fixas])[1:-1], _em_json(campos, valores, variam)], _de_json(modelo, frozenset(variam))
    with connection.cursor() as cursor:
        cursor.execute(_comando(modelo, origem, chave, ignorar=ignorar), parametros)
        return list(cursor.fetchall())


@cache
def _comando(modelo: type[models.Model], origem: str, chave: str, *, ignorar: bool) -> str:
    """The INSERT of the rows that ``origem`` gives; it returns pk and ``chave`` of the new ones."""
    citar, campos = connection.ops.quote_name, _campos(modelo)
    colunas = ", ".join(citar(str(campo.column)) for campo in campos.values())
    conflito = "ON CONFLICT DO NOTHING " if ignorar else ""
    devolve = f"{citar(str(modelo._meta.pk.column))}, {citar(str(campos[chave].column))}"  # type: ignore[union-attr]
    return f"INSERT INTO {citar(modelo._meta.db_table)} ({colunas}) {origem} {conflito}RETURNING {devolve}"  # our own names


@cache
def _valores(modelo: type[models.Model], quantas: int) -> str:
    """That many rows, a placeholder for each value."""
    linha = f"({', '.join(['%s'] * len(_campos(modelo)))})"
    return f"VALUES {', '.join([linha] * quantas)}"


@cache
def _de_json(modelo: type[models.Model], variam: frozenset[str]) -> str:
    """As many rows as the second JSON value has, with the columns in which all are alike from the first."""
    citar = connection.ops.quote_name
    tabela = citar(modelo._meta.db_table)
    colunas = ", ".join(f"{'v' if nome in variam else 'f'}.{citar(str(campo.column))}" for nome, campo in _campos(modelo).items())
    return (
        f"SELECT {colunas} FROM json_populate_record(NULL::{tabela}, %s::json) f,"  # noqa: S608 # names of our own tables only
        f" json_populate_recordset(NULL::{tabela}, %s::json) v"
    )


def _um_por_valor(campos: dict[str, Any], valores: Sequence[dict[str, Any]]) -> list[Any]:
    return [
        campo.get_db_prep_save(v[nome], connection) if isinstance(campo, models.JSONField) else v[nome]
        for v in valores
        for nome, campo in campos.items()
    ]


def _em_json(campos: dict[str, Any], valores: Sequence[dict[str, Any]], nomes: Sequence[str] | None = None) -> str:
    """The rows by the names of their columns; of ``nomes`` only, when given."""
    colunas = [(nome, str(campos[nome].column)) for nome in (valores[0] if nomes is None else nomes)]
    linhas = [{coluna: v[nome] for nome, coluna in colunas} for v in valores]
    return json.dumps(linhas, ensure_ascii=False, default=_texto, check_circular=False)


@cache
def _campos(modelo: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """Attribute → field, of all but the primary key."""
    return {c.attname: c for c in modelo._meta.concrete_fields if not c.primary_key}


def _texto(valor: Any) -> str:
    if isinstance(valor, dt.datetime | dt.date):
        return valor.isoformat()
    raise TypeError(f"sem forma em JSON: {type(valor).__name__}")
