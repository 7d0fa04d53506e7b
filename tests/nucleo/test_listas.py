"""``um_de`` finds what ``in`` finds."""

from __future__ import annotations

from typing import Any

import pytest

from contas.models import Municipio, Orgao

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("quais", [[], [None], [3507001], [3507001, 3507001, 3507506, 0], list(range(3_500_000, 3_509_000))])
def test_it_finds_the_rows_that_in_finds(municipios: Any, requerente: Any, quais: list[Any]) -> None:
    for modelo, coluna in ((Municipio, "pk"), (Orgao, "municipio_id")):
        achadas = modelo.objects.filter(**{f"{coluna}__um_de": quais})
        assert set(achadas) == set(modelo.objects.filter(**{f"{coluna}__in": quais}))
    assert Municipio.objects.filter(nome__um_de=["Bofete", "Cunha", "'"]).count() == 2
    assert (
        Municipio.objects.exclude(pk__um_de=quais).count() + Municipio.objects.filter(pk__um_de=quais).count() == Municipio.objects.count()
    )
