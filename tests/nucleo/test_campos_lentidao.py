"""No pattern of the fields grows faster than its text (`seguranca.md` B1.5): 50,000 hostile characters against 25,000."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from nucleo import registro
from nucleo.campos import validadores
from nucleo.campos.validadores import ValorInvalido

PADROES = {
    f"{modulo.__name__}.{nome}": valor
    for modulo in (validadores, registro)
    for nome, valor in vars(modulo).items()
    if isinstance(valor, re.Pattern)
}
HOSTIS = ("0", "a", "A.", "1-", "1.1", " ", "/", "@", "a@", ".a", "n ", "of ", "-a", "(14) ", "º ", "A" * 10 + " ", "12ABC345")


def duracao(fazer: Callable[[str], Any], texto: str) -> float:
    """One run, in seconds of this process (others share the machine)."""
    inicio = time.process_time()
    with contextlib.suppress(ValorInvalido):
        fazer(texto)
    return time.process_time() - inicio


def cresce_no_passo_do_texto(fazer: Callable[[str], Any], pedaco: str) -> bool:
    """Whether twice the text takes less than three times as long (a square takes four), best of six runs of each.

    Noise only ever adds time, so the best runs are compared, in up to three rounds; too fast to measure counts as yes.
    """
    metade, inteiro = (pedaco * n + "!" for n in (25_000 // len(pedaco), 50_000 // len(pedaco)))
    if duracao(fazer, inteiro) < 0.003:
        return True
    for _ in range(3):
        pares = [(duracao(fazer, metade), duracao(fazer, inteiro)) for _ in range(6)]
        if min(dobro for _, dobro in pares) < 3 * min(base for base, _ in pares):
            return True
    return False


@pytest.mark.parametrize("nome", sorted(PADROES))
def test_every_pattern_is_linear_on_hostile_text_even_without_the_length_check(nome: str) -> None:
    padrao = PADROES[nome]
    for pedaco in HOSTIS:
        assert cresce_no_passo_do_texto(padrao.fullmatch, pedaco), pedaco
        assert cresce_no_passo_do_texto(lambda texto: padrao.sub("", texto), pedaco), pedaco


@pytest.mark.parametrize(
    "validar",
    [
        validadores.validar_cpf, validadores.validar_cnpj, validadores.validar_cep, validadores.validar_telefone, validadores.validar_email,
        validadores.validar_oficio, validadores.validar_dia, validadores.limpar_texto,
    ],
)  # fmt: skip
def test_every_validator_is_linear_on_hostile_text(validar: Callable[[str], Any]) -> None:
    assert all(cresce_no_passo_do_texto(validar, pedaco) for pedaco in HOSTIS)


def test_the_measure_does_find_a_pattern_that_grows_too_fast() -> None:
    ruim = re.compile(r"0*0*0*x")
    assert not cresce_no_passo_do_texto(lambda t: ruim.fullmatch(t[::100]), "0")
