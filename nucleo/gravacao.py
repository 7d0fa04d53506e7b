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
    nomes = [c.attname for c in modelo._meta.concrete_fields if not c.primary_key]
    valores = [{nome: vars(linha)[nome] for nome in nomes} for linha in linhas]
    por_chave = {getattr(linha, atributo): linha for linha in linhas}
    return [_nascida(por_chave[valor], pk) for pk, valor in inserir_valores(modelo, valores, chave=atributo, ignorar=ignorar)]


def inserir_valores(modelo: type[M], valores: Sequence[dict[str, Any]], *, chave: str, ignorar: bool = False) -> list[tuple[Any, Any]]:
    """``inserir`` for rows that nobody needs as objects: each a dictionary with the same names of columns (``municipio_id``); columns left
    out take their field's default. Returns (pk, value of ``chave``) of the new ones, in order of pk.
    """
    if not valores:
        return []
    fazer = _em_json if connection.vendor == "postgresql" else _de_django
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


def _em_json(modelo: type[M], valores: Sequence[dict[str, Any]], chave: str, *, ignorar: bool) -> list[tuple[Any, Any]]:
    opcoes, citar = modelo._meta, connection.ops.quote_name
    colunas_de = {c.attname: str(c.column) for c in opcoes.concrete_fields if not c.primary_key}
    padrao = {c.attname: c.get_default() for c in opcoes.concrete_fields if not c.primary_key and c.attname not in valores[0]}
    if padrao:
        valores = [padrao | v for v in valores]
    if any(nome != coluna for nome, coluna in colunas_de.items()):
        valores = [{colunas_de[nome]: valor for nome, valor in v.items()} for v in valores]
    colunas = ", ".join(citar(coluna) for coluna in colunas_de.values())
    tabela, valor, pk = citar(opcoes.db_table), citar(colunas_de[chave]), citar(str(opcoes.pk.column))
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
