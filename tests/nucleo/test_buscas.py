"""``contem`` finds a piece of a text however its accents and capitals are typed, and nothing that is not there."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import CharField, Value

from contas.models import Municipio

pytestmark = pytest.mark.django_db
#: (text, typed, found): what is a sign in a pattern of ``LIKE`` or in a regular expression of either database.
SINAIS = [
    ("50% _a\\b", "50% _A\\B", True), ("500", "5%0", False), ("ab", "a_", False), ("", "", True), ("ab", ".b", False), ("a.b", "A.B", True),
    ("***=a [1-2] (b|c)^$", "***=A [1-2] (B|C)^$", True), ("ab", "a|b", False), ("aab", "a*b", False), ("x", "[x]", False),
    ("a-b", "a-b", True), ("(?i)x", "(?i)X", True), ("a\nb", "a\nb", True), ("{2}", "{2}", True), ("aa", "a{2}", False),
    ("Straße", "straße", True), ("\\d7", "\\D7", True), ("5", "\\d", False), ("#&~ 'x'\"", "#&~ 'X'\"", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("digitado", "nomes"),
    [
        ("itapeva", ["Itapeva"]),
        ("ÍTAPÉVA", ["Itapeva"]),
        ("tucat", ["Botucatu"]),
        ("sao paulo", ["São Paulo"]),
        ("SÃO PAULO", ["São Paulo"]),
        ("são paulo", ["São Paulo"]),
        ("avaré", ["Avaré"]),
        ("%", []),
        ("_unha", []),
        ("\\", []),
        ("'", ["Estrela d'Oeste"]),
    ],
)
def test_accents_and_capitals_are_forgiven(db: Any, digitado: str, nomes: list[str]) -> None:
    for pk, nome in enumerate(("Itapeva", "Botucatu", "São Paulo", "Avaré", "Estrela d'Oeste", "Cunha"), 1):
        Municipio.objects.update_or_create(pk=pk, defaults={"nome": nome})
    achados = Municipio.objects.filter(pk__lte=6, nome__contem=digitado).order_by("pk")
    assert [m.nome for m in achados] == nomes


def test_the_signs_of_a_pattern_are_letters_like_others(municipios: Any) -> None:
    lista = Municipio.objects.filter(pk=3507506)
    for texto, procurado, acha in SINAIS:
        assert lista.annotate(texto=Value(texto)).filter(texto__contem=procurado).exists() is acha


def test_an_empty_column_is_not_found(municipios: Any) -> None:
    vazios = Municipio.objects.annotate(texto=Value(None, CharField()))
    assert not vazios.filter(texto__contem="").exists()
    assert not vazios.filter(texto__contem="none").exists()
