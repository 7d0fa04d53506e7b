"""``coluna__um_de=[…]``: ``IN`` for lists that may be long."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models.lookups import In


class UmDe(In):
    """As ``__in``, with one parameter for the whole list on PostgreSQL: a thousand placeholders cost more to write, to read and to plan
    than the rows they find, and each number of them would be a statement of its own. The list holds values, no queryset and no objects.
    """

    lookup_name = "um_de"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """``coluna = ANY(lista)``. Raises ``EmptyResultSet``, as ``IN`` does, for an empty list."""
        lista = list(dict.fromkeys(valor for valor in self.rhs if valor is not None))
        if not lista:
            raise EmptyResultSet
        lado, parametros = self.process_lhs(compiler, connection)
        return f"{lado} = ANY(%s)", [*parametros, lista]
