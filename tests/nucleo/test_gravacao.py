"""Rows written in one INSERT: the same whatever their number (few go as values, many as JSON on PostgreSQL)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from comunicacao.models import MensagemSaida
from nucleo import gravacao
from nucleo.gravacao import POUCAS

pytestmark = pytest.mark.django_db
AGORA = dt.datetime(2026, 11, 9, 10, 12, 33, 456789, tzinfo=dt.UTC)


def _mensagens(n: int, *, de: int = 0) -> list[dict[str, Any]]:
    comum = {"assunto_tipo": "teste", "dono": "", "para": "a@b.example", "para_nome": "Zé “aspas” \\ barra", "tentar_em": AGORA}
    return [
        comum | {"chave": f"c{i}", "message_id": f"m{i}", "assunto": "ç", "conteudo": "a\nb", "anexos": [str(i)], "criada_em": AGORA}
        for i in range(de, de + n)
    ]


@pytest.mark.parametrize("n", [1, POUCAS, POUCAS + 1])
def test_rows_read_back_as_they_were_given_and_defaults_fill_the_rest(n: int) -> None:
    feitas = gravacao.inserir_valores(MensagemSaida, _mensagens(n), chave="message_id")
    assert [message_id for _, message_id in feitas] == [f"m{i}" for i in range(n)]
    lidas = list(MensagemSaida.objects.order_by("pk"))
    assert [pk for pk, _ in feitas] == [m.pk for m in lidas]
    assert [{nome: getattr(m, nome) for nome in valores} for m, valores in zip(lidas, _mensagens(n), strict=True)] == _mensagens(n)
    assert {(m.situacao, m.tentativas, m.reservada_ate, m.erro) for m in lidas} == {("pendente", 0, None, "")}


@pytest.mark.parametrize("n", [1, POUCAS + 1])
def test_a_row_that_is_there_is_left_out_or_refused_as_asked(n: int) -> None:
    gravacao.inserir_valores(MensagemSaida, _mensagens(1), chave="message_id")
    with pytest.raises(IntegrityError), transaction.atomic():
        gravacao.inserir_valores(MensagemSaida, _mensagens(n), chave="message_id")
    novas = [linha | {"message_id": f"outro{i}"} for i, linha in enumerate(_mensagens(n))]
    assert [m for _, m in gravacao.inserir_valores(MensagemSaida, novas, chave="message_id", ignorar=True)] == [
        f"outro{i}" for i in range(1, n)
    ]
    assert MensagemSaida.objects.count() == n
