"""The calendar as data: holidays, pontos facultativos, municipal days, outages (PRZ-04)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from nucleo import prazos
from nucleo.calendario import CODIGO_DA_CAPITAL, PONTOS_FACULTATIVOS, calendario, carregar_pontos_facultativos, feriados
from nucleo.models import DiaSemExpediente, Indisponibilidade
from nucleo.prazos import FUSO

pytestmark = pytest.mark.django_db
BOFETE, OUTRA = 3506904, 3550001


def test_the_state_closes_on_national_and_state_holidays_and_weekends() -> None:
    cal = calendario()
    for dia in (dt.date(2026, 7, 9), dt.date(2026, 11, 20), dt.date(2026, 12, 25), dt.date(2027, 3, 26), dt.date(2026, 11, 21)):
        assert not cal.aberto(dia)
    assert cal.aberto(dt.date(2026, 11, 23))
    assert feriados(2026)[dt.date(2026, 7, 9)] == "Revolução Constitucionalista"


def test_only_the_capital_closes_on_its_own_holidays() -> None:
    aniversario = dt.date(2027, 1, 25)
    assert calendario().aberto(aniversario)
    assert calendario(BOFETE).aberto(aniversario)
    assert not calendario(CODIGO_DA_CAPITAL).aberto(aniversario)


def test_pontos_facultativos_of_2026_load_once_and_close_their_days() -> None:
    assert len(PONTOS_FACULTATIVOS[2026]) == 10
    call_command("carregar_calendario", verbosity=0)
    carregar_pontos_facultativos()
    assert DiaSemExpediente.objects.count() == 10
    for dia in (dt.date(2026, 12, 24), dt.date(2026, 12, 31), dt.date(2026, 6, 5)):
        assert not calendario().aberto(dia)


def test_a_day_typed_in_again_by_hand_is_refused_by_the_database() -> None:
    DiaSemExpediente.objects.create(data=dt.date(2027, 2, 8), descricao="Carnaval")
    with pytest.raises(IntegrityError), transaction.atomic():
        DiaSemExpediente.objects.create(data=dt.date(2027, 2, 8), descricao="Carnaval")
    DiaSemExpediente.objects.create(data=dt.date(2027, 2, 8), descricao="Carnaval", codigo_ibge=BOFETE)
    with pytest.raises(IntegrityError), transaction.atomic():
        DiaSemExpediente.objects.create(data=dt.date(2027, 2, 8), descricao="Carnaval", codigo_ibge=BOFETE)


def test_a_municipal_day_closes_only_that_municipality() -> None:
    dia = dt.date(2027, 3, 17)
    DiaSemExpediente.objects.create(data=dia, descricao="Aniversário da cidade", codigo_ibge=BOFETE)
    assert not calendario(BOFETE).aberto(dia)
    assert calendario(OUTRA).aberto(dia)
    assert calendario().aberto(dia)


def test_a_deadline_does_not_end_on_a_day_an_outage_touched_but_the_day_still_counts() -> None:
    entrega = dt.datetime(2026, 11, 23, 10, tzinfo=FUSO)
    Indisponibilidade.objects.create(
        inicio_em=dt.datetime(2026, 12, 3, 23, 30, tzinfo=FUSO), fim_em=dt.datetime(2026, 12, 5, 0, 0, tzinfo=FUSO), motivo="Queda"
    )
    cal = calendario()
    assert cal.aberto(dt.date(2026, 12, 3))
    assert not cal.pode_vencer(dt.date(2026, 12, 3))
    assert not cal.pode_vencer(dt.date(2026, 12, 4))
    assert prazos.ultimo_dia(prazos.vence_em(entrega, 10, calendario=cal)) == dt.date(2026, 12, 7)
    assert prazos.ultimo_dia(prazos.vence_em(entrega, 12, calendario=cal, uteis=True)) == dt.date(2026, 12, 9)


def test_an_outage_that_ends_at_midnight_sharp_leaves_the_next_day_alone() -> None:
    Indisponibilidade.objects.create(
        inicio_em=dt.datetime(2026, 12, 2, 22, 0, tzinfo=FUSO), fim_em=dt.datetime(2026, 12, 3, 0, 0, tzinfo=FUSO), motivo="Queda"
    )
    assert not calendario().pode_vencer(dt.date(2026, 12, 2))
    assert calendario().pode_vencer(dt.date(2026, 12, 3))


def test_each_table_is_read_once_however_many_days_are_asked(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    carregar_pontos_facultativos()
    with django_assert_num_queries(2):
        cal = calendario(BOFETE)
        for n in range(400):
            cal.pode_vencer(dt.date(2026, 1, 1) + dt.timedelta(days=n))


@pytest.mark.parametrize(
    ("inicio", "corridos", "uteis"),
    [
        (dt.date(2026, 11, 10), dt.date(2026, 11, 23), dt.date(2026, 11, 25)),
        (dt.date(2026, 12, 10), dt.date(2026, 12, 21), dt.date(2026, 12, 28)),
        (dt.date(2026, 12, 21), dt.date(2027, 1, 4), dt.date(2027, 1, 8)),
    ],
)
def test_the_vectors_hold_with_the_calendar_of_the_database(inicio: dt.date, corridos: dt.date, uteis: dt.date) -> None:
    carregar_pontos_facultativos()
    noite = dt.datetime.combine(inicio, dt.time(22, 0), tzinfo=FUSO)
    assert prazos.ultimo_dia(prazos.vence_em(noite, 10, calendario=calendario())) == corridos
    assert prazos.ultimo_dia(prazos.vence_em(noite, 10, calendario=calendario(), uteis=True)) == uteis
