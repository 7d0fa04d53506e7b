"""Stricter than Django: undefined template variables fail, and a queryset without an order comes back in another order."""

from __future__ import annotations

from typing import Any


class VariavelIndefinida(Exception):
    """A template used a variable that its context does not have."""


class _Recusa(str):
    """The ``string_if_invalid`` that raises. Django looks for ``%s`` in it and then formats it with the variable."""

    __slots__ = ()

    def __contains__(self, parte: object) -> bool:
        return parte == "%s"

    def __mod__(self, variavel: object) -> str:
        raise VariavelIndefinida(f"Variável de template sem valor: {variavel}")


def recusar_variaveis_indefinidas() -> None:
    """Make every template of the run fail on an undefined variable (``{% if x %}`` may still ask)."""
    from django.conf import settings
    from django.template import engines

    recusa = _Recusa("%s")
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = recusa
    engines["django"].engine.string_if_invalid = recusa  # type: ignore[attr-defined]


def inverter_o_que_nao_tem_ordem() -> None:
    """Reverse the rows of whole querysets without ``order_by``, so that no test leans on the order of insertion."""
    from django.db.models.query import QuerySet

    original = QuerySet._fetch_all  # type: ignore[attr-defined]

    def _fetch_all(self: Any) -> None:
        vazio = self._result_cache is None
        original(self)
        if vazio and not self.query.is_sliced and not self.ordered and len(self._result_cache) > 1:
            self._result_cache.reverse()

    QuerySet._fetch_all = _fetch_all  # type: ignore[attr-defined]
