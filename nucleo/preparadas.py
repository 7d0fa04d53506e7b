"""Queries that the ORM builds once and that run many times with other values.

Putting a queryset together and turning it into SQL takes Django longer than PostgreSQL takes to answer it, so the few statements of an act
that is measured (handing out a sub-block, who is behind a request) are built at their first use. What is written is still a queryset:

    @preparada
    def _da_prefeitura(quantas, *, municipio_id):          # before the star: the shape; after it: the values
        return Adesao.objects.filter(municipio_id=municipio_id).order_by("pk")[:quantas]

    _da_prefeitura.linhas(2, municipio_id=3507506)

The values reach the database as parameters, never as SQL; on PostgreSQL the server keeps the plan too (``prepare_threshold``).
"""

from __future__ import annotations

import datetime as dt
import inspect
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery


class _Lugar(Value):
    """The place of a value that comes when the query runs. It stands for itself in the parameters of what the compiler writes."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """One placeholder."""
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Escrita:
    """SQL and its parameters, places among them; ``ler`` makes what the caller gets of the rows. ``trava``: it locks rows.
    ``devolve``: what makes an UPDATE tell its rows.
    """

    sql: str
    parametros: tuple[Any, ...]
    ler: Callable[[Sequence[tuple[Any, ...]]], list[Any]]
    trava: bool = False
    devolve: str = ""

    def valores(self, dados: dict[str, Any]) -> list[Any]:
        return [_adaptado(dados[p.value]) if isinstance(p, _Lugar) else p for p in self.parametros]


class _Preparada(ABC):
    def __init__(self, fazer: Callable[..., Any]) -> None:
        self._fazer = fazer
        parametros = inspect.signature(fazer).parameters.values()
        self._lugares = {p.name: _Lugar(p.name) for p in parametros if p.kind is inspect.Parameter.KEYWORD_ONLY}
        self._escritas: dict[tuple[str, tuple[Hashable, ...]], _Escrita] = {}
        self.__doc__ = fazer.__doc__

    def _escrita(self, forma: tuple[Hashable, ...]) -> _Escrita:
        pronta = self._escritas.get((connection.vendor, forma))
        if pronta is None:
            pronta = self._escritas[connection.vendor, forma] = self._escrever(self._fazer(*forma, **self._lugares))
        return pronta

    @abstractmethod
    def _escrever(self, feito: Any) -> _Escrita:
        """The SQL of what the function returned."""


class Consulta(_Preparada):
    """A prepared SELECT: model objects or, of ``values_list``, tuples. Made by ``preparada``."""

    def linhas(self, *forma: Hashable, **valores: Any) -> list[Any]:
        """The rows. Raises ``TransactionManagementError`` for a lock without a transaction, ``KeyError`` for a missing value."""
        escrita = self._escrita(forma)
        if escrita.trava and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("select_for_update fora de transação")
        with connection.cursor() as cursor:
            cursor.execute(escrita.sql, escrita.valores(valores))
            return escrita.ler(cursor.fetchall())

    def unica(self, *forma: Hashable, **valores: Any) -> Any:
        """The one row there may be, or None."""
        linhas = self.linhas(*forma, **valores)
        return linhas[0] if linhas else None

    def _escrever(self, feito: QuerySet[Any]) -> _Escrita:
        query = feito.query
        compilador = query.get_compiler(connection=connection)
        sql, parametros = compilador.as_sql()
        return _Escrita(sql, tuple(parametros), _leitor(feito, compilador), trava=bool(query.select_for_update))


class Mudanca(_Preparada):
    """A prepared UPDATE, for one set of values or for many. Made by ``mudanca_preparada``."""

    def fazer(self, *forma: Hashable, **valores: Any) -> int:
        """Run it once; how many rows it changed."""
        return self.varias([valores], *forma)

    def varias(self, conjuntos: Iterable[dict[str, Any]], *forma: Hashable) -> int:
        """Run it once for each set of values, in one go; how many rows were changed in all."""
        escrita = self._escrita(forma)
        listas = [escrita.valores(valores) for valores in conjuntos]
        with connection.cursor() as cursor:
            if len(listas) == 1:
                cursor.execute(escrita.sql, listas[0])
            else:
                cursor.executemany(escrita.sql, listas)
            return int(cursor.rowcount)

    def lendo(self, *forma: Hashable, **valores: Any) -> list[Any]:
        """Run it once and return the rows it changed, as objects that read as they now are (``UPDATE … RETURNING``)."""
        escrita = self._escrita(forma)
        with connection.cursor() as cursor:
            cursor.execute(escrita.sql + escrita.devolve, escrita.valores(valores))
            return escrita.ler(cursor.fetchall())

    def _escrever(self, feito: tuple[QuerySet[Any], dict[str, Any]]) -> _Escrita:
        onde, valores = feito
        query: Any = onde.query.chain(UpdateQuery)
        query.add_update_values(valores)
        sql, parametros = query.get_compiler(connection=connection).as_sql()
        linhas = onde.model._default_manager.order_by()
        compilador = linhas.query.get_compiler(connection=connection)
        compilador.as_sql()
        devolve = ", ".join(coluna for _, (coluna, _), _ in compilador.select)
        return _Escrita(sql, tuple(parametros), _leitor(linhas, compilador), devolve=f" RETURNING {devolve}")


def preparada(fazer: Callable[..., QuerySet[Any, Any]]) -> Consulta:
    """Turn a function that returns a queryset into a ``Consulta``. Its positional arguments are the shape (hashable: how many rows, whether
    a filter is there) and are built into the SQL; its keyword-only arguments are the values, each a place in it.
    """
    return Consulta(fazer)


def mudanca_preparada(fazer: Callable[..., tuple[QuerySet[Any, Any], dict[str, Any]]]) -> Mudanca:
    """The same for a function that returns the rows and what ``update`` writes in them."""
    return Mudanca(fazer)


def _leitor(feito: QuerySet[Any], compilador: Any) -> Callable[[Sequence[tuple[Any, ...]]], list[Any]]:
    """What makes the caller's rows of the server's: the conversions its columns need, then objects unless ``values_list`` was asked."""
    conversores = compilador.get_converters(s[0] for s in compilador.select)

    def convertidas(linhas: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [tuple(linha) for linha in compilador.apply_converters(linhas, conversores)] if conversores else list(linhas)

    if feito._fields is not None:  # type: ignore[attr-defined]  # values_list
        return convertidas
    info, inicio = compilador.klass_info, compilador.klass_info["select_fields"][0]
    fim = info["select_fields"][-1] + 1
    modelo, nomes = info["model"], [s[0].target.attname for s in compilador.select[inicio:fim]]
    relacoes = get_related_populators(info, compilador.select, feito.db)  # type: ignore[call-arg]  # the stubs know a newer Django

    def objetos(linhas: Sequence[tuple[Any, ...]]) -> list[Any]:
        lidos = []
        for linha in convertidas(linhas):
            obj = modelo.from_db(feito.db, nomes, linha[inicio:fim])
            for relacao in relacoes:
                relacao.populate(linha, obj)
            lidos.append(obj)
        return lidos

    return objetos


def _adaptado(valor: Any) -> Any:
    """As the database's driver takes it."""
    if valor is None or isinstance(valor, int | str):
        return valor
    if isinstance(valor, dt.datetime):
        return connection.ops.adapt_datetimefield_value(valor)
    if isinstance(valor, dt.date):
        return connection.ops.adapt_datefield_value(valor)
    if isinstance(valor, dict | list):
        return connection.ops.adapt_json_value(valor, None)
    if isinstance(valor, uuid.UUID) and not connection.features.has_native_uuid_field:
        return valor.hex
    return valor
