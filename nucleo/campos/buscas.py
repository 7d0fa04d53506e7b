"""``coluna__contem="texto"``: a piece of a text as people type it, accents and capitals forgiven."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import Lookup

_COM, _SEM = "áàâãäéèêëíìîïóòôõöúùûüçñ", "aaaaaeeeeiiiiooooouuuucn"
_DE, _PARA = _COM + _COM.upper(), _SEM * 2
_TABELA = str.maketrans(_DE, _PARA)
#: Name of the function on SQLite, which has none that folds accents.
_FUNCAO = "sem_acentos"


def sem_acentos(texto: str | None) -> str | None:
    """The text in small letters without the accents of Portuguese; None stays None."""
    return None if texto is None else texto.translate(_TABELA).lower()


class Contem(Lookup):  # type: ignore[type-arg]
    """As ``__icontains``, and "saude" finds "Saúde" and "SAÚDE" on both databases (SQLite by itself folds only ASCII)."""

    lookup_name = "contem"

    def get_prep_lookup(self) -> str:
        """The text as it is compared."""
        return sem_acentos(str(self.rhs)) or ""

    def _padrao(self, connection: Any) -> str:
        return f"%{connection.ops.prep_for_like_query(self.rhs)}%"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """``lower(translate(coluna, …)) LIKE …``."""
        lado, parametros = self.process_lhs(compiler, connection)
        return f"lower(translate({lado}::text, %s, %s)) LIKE %s", [*parametros, _DE, _PARA, self._padrao(connection)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """``sem_acentos(coluna) LIKE …``."""
        lado, parametros = self.process_lhs(compiler, connection)
        return f"{_FUNCAO}({lado}) LIKE %s ESCAPE '\\'", [*parametros, self._padrao(connection)]


def _ao_ligar(connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(_FUNCAO, 1, sem_acentos, deterministic=True)


def registrar() -> None:
    """Make the lookup known to every field, and its function to every SQLite connection."""
    from django.db.models import CharField, TextField

    for campo in (CharField, TextField):
        campo.register_lookup(Contem)
    connection_created.connect(_ao_ligar, dispatch_uid="nucleo.campos.buscas")
