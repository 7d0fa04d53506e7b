"""The one-time key of a form: a double click, a resend or the back button gets the first result (pitfall 17 of `modelos.md`)."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import pytest
from django.db import connection, transaction

from nucleo.fluxo import Ator
from nucleo.models import ChaveDeFormulario, ContadorAnual
from nucleo.unicidade import uma_vez
from tests.nucleo.test_numeracao import em_paralelo

NINGUEM = Ator(usuario_id=None, nome="Anônimo")


class Contador:
    """An act that counts how often it ran."""

    def __init__(self) -> None:
        self.vezes = 0

    def __call__(self) -> dict[str, Any]:
        """Count and say which time it was."""
        self.vezes += 1
        return {"vez": self.vezes}


@pytest.mark.django_db
def test_a_repeat_returns_the_first_result_and_does_nothing_again() -> None:
    fazer, chave = Contador(), uuid.uuid4()
    assert uma_vez(chave, ato="enviar", por=NINGUEM, fazer=fazer) == {"vez": 1}
    assert uma_vez(str(chave).upper(), ato="enviar", por=NINGUEM, fazer=fazer) == {"vez": 1}
    assert fazer.vezes == 1


@pytest.mark.django_db
def test_a_failure_leaves_the_key_free() -> None:
    chave, fazer = uuid.uuid4(), Contador()

    def falhar() -> dict[str, Any]:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        uma_vez(chave, ato="enviar", por=NINGUEM, fazer=falhar)
    assert not ChaveDeFormulario.objects.exists()
    assert uma_vez(chave, ato="enviar", por=NINGUEM, fazer=fazer) == {"vez": 1}


@pytest.mark.django_db
@pytest.mark.parametrize("chave", [None, "", "x", "9" * 10_000])
def test_a_missing_or_malformed_key_just_runs(chave: str | None) -> None:
    fazer = Contador()
    uma_vez(chave, ato="enviar", por=NINGUEM, fazer=fazer)
    uma_vez(chave, ato="enviar", por=NINGUEM, fazer=fazer)
    assert fazer.vezes == 2


@pytest.mark.django_db
def test_the_key_of_one_person_or_act_never_gives_the_result_of_another(requerente: Any) -> None:
    chave, fazer = uuid.uuid4(), Contador()
    uma_vez(chave, ato="enviar", por=NINGUEM, fazer=fazer)
    assert uma_vez(chave, ato="enviar", por=requerente.ator, fazer=fazer) == {"vez": 2}
    assert uma_vez(chave, ato="descartar", por=NINGUEM, fazer=fazer) == {"vez": 3}
    assert uma_vez(chave, ato="enviar", por=NINGUEM, fazer=fazer) == {"vez": 1}


@pytest.mark.django_db(transaction=True)
def test_two_posts_at_once_do_it_once_and_both_get_the_same_result() -> None:
    chave = uuid.uuid4()

    def fazer() -> dict[str, Any]:
        time.sleep(0.1)
        return {"linha": ContadorAnual.objects.create(serie=str(uuid.uuid4())[:20], ano=2026).pk}

    def postar(barreira: threading.Barrier) -> str:
        barreira.wait(10)
        return str(uma_vez(chave, ato="enviar", por=NINGUEM, fazer=fazer))

    resultados = em_paralelo(6, postar)
    assert len(resultados) == 6
    assert len(set(resultados)) == 1
    assert ContadorAnual.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_looking_before_writing_does_it_more_than_once() -> None:
    assert connection.vendor == "postgresql"
    chave = uuid.uuid4()

    def postar_sem_cerca(barreira: threading.Barrier) -> str:
        with transaction.atomic():
            existe = ChaveDeFormulario.objects.filter(chave=chave).exists()
            barreira.wait(10)
            return "repetido" if existe else str(ContadorAnual.objects.create(serie=str(uuid.uuid4())[:20], ano=2026).pk)

    assert len(set(em_paralelo(4, postar_sem_cerca))) == 4
