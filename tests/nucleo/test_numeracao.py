"""Process numbers never repeat and carry their check digit; verification codes have no look-alikes (settled question 3)."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from nucleo import numeracao
from nucleo.models import ContadorAnual

ordens = st.integers(min_value=1, max_value=99_999)
anos = st.integers(min_value=2024, max_value=2099)


@given(anos, ordens)
def test_a_number_as_it_is_given_is_valid_with_either_separator(ano: int, ordem: int) -> None:
    numero = numeracao.formatar(ano, ordem)
    assert re.fullmatch(r"[0-9]{4}/[0-9]{5}-[0-9]", numero)
    assert numeracao.valido(numero)
    assert numeracao.valido(f" {numero.replace('/', '-')} ")


@given(anos, ordens, st.integers(min_value=0, max_value=8), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_nearly_always_noticed(ano: int, ordem: int, posicao: int, mais: int) -> None:
    digitos = f"{ano:04d}{ordem:05d}"
    trocado = digitos[:posicao] + str((int(digitos[posicao]) + mais) % 10) + digitos[posicao + 1 :]
    certo, outro = numeracao.digito(ano, ordem), numeracao.digito(int(trocado[:4]), int(trocado[4:]))
    assert certo != outro or certo == 0  # remainders 0 and 1 share the digit 0


@pytest.mark.parametrize("texto", ["", "2026/00042", "2026/00042-X", "2026/42-7", "2026/00042-77", "x" * 10_000, "２０２６/00042-7"])
def test_what_is_no_number_is_not_valid(texto: str) -> None:
    assert not numeracao.valido(texto)


@pytest.mark.django_db
def test_each_series_and_each_year_counts_from_one() -> None:
    dados = [numeracao.proximo(serie, ano) for serie, ano in [("ADS", 2026), ("ADS", 2026), ("ADS", 2027), ("SS", 2026)]]
    assert [n[:10] for n in dados] == ["2026/00001", "2026/00002", "2027/00001", "2026/00001"]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given() -> None:
    with pytest.raises(RuntimeError, match="fora de transação"):
        numeracao.proximo("ADS", 2026)


def em_paralelo(quantos: int, fazer: Callable[[threading.Barrier], str]) -> list[str]:
    """Run ``fazer`` in that many threads that start together; return what each gave. Raises what any of them raised."""
    barreira, saidas, erros = threading.Barrier(quantos), [], []

    def correr() -> None:
        try:
            saidas.append(fazer(barreira))
        except BaseException as erro:
            erros.append(erro)
        finally:
            connections.close_all()

    linhas = [threading.Thread(target=correr) for _ in range(quantos)]
    for linha in linhas:
        linha.start()
    for linha in linhas:
        linha.join(30)
    if erros:
        raise erros[0]
    return saidas


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_get_the_same_number() -> None:
    def pedir(barreira: threading.Barrier) -> str:
        barreira.wait(10)
        dados = []
        for _ in range(5):
            with transaction.atomic():
                dados.append(numeracao.proximo("ADS", 2026))
        return " ".join(dados)

    dados = " ".join(em_paralelo(8, pedir)).split()
    assert len(dados) == 40
    assert max(Counter(dados).values()) == 1
    assert ContadorAnual.objects.get(serie="ADS", ano=2026).ultimo == 40


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_same_number_is_given_twice() -> None:
    assert connection.vendor == "postgresql"
    ContadorAnual.objects.create(serie="ADS", ano=2026)

    def pedir_sem_tranca(barreira: threading.Barrier) -> str:
        with transaction.atomic():
            contador = ContadorAnual.objects.get(serie="ADS", ano=2026)
            barreira.wait(10)
            contador.ultimo += 1
            contador.save(update_fields=["ultimo"])
            return numeracao.formatar(2026, contador.ultimo)

    assert max(Counter(em_paralelo(4, pedir_sem_tranca)).values()) == 4


def test_codes_have_eight_letters_without_look_alikes_and_do_not_repeat() -> None:
    codigos = {numeracao.codigo() for _ in range(2_000)}
    assert len(codigos) == 2_000
    assert all(re.fullmatch(rf"[{numeracao.ALFABETO}]{{4}}-[{numeracao.ALFABETO}]{{4}}", c) for c in codigos)
    assert not set(numeracao.ALFABETO) & set("0O1IL2Z5S8B")
