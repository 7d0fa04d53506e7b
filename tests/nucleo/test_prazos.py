"""Deadlines: the vectors of `pesquisa_dominio.md` 3.6 and the properties that must hold for any day (PRZ-01, PRZ-04, PRZ-05)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nucleo import prazos
from nucleo.calendario import PONTOS_FACULTATIVOS, feriados
from nucleo.prazos import FUSO, Calendario

FACULTATIVOS = {dia for ano in PONTOS_FACULTATIVOS.values() for dia, _ in ano}
SP = Calendario(fechados=lambda dia: dia in FACULTATIVOS or dia in feriados(dia.year))

dias = st.dates(min_value=dt.date(2024, 1, 1), max_value=dt.date(2032, 12, 31))
horas = st.times()
quantos = st.integers(min_value=0, max_value=150)


def instante(dia: dt.date, hora: dt.time = dt.time(10, 0)) -> dt.datetime:
    """That time of that day in São Paulo."""
    return dt.datetime.combine(dia, hora, tzinfo=FUSO)


@pytest.mark.parametrize(
    ("inicio", "corridos", "uteis"),
    [
        (dt.date(2026, 11, 10), dt.date(2026, 11, 23), dt.date(2026, 11, 25)),
        (dt.date(2026, 12, 10), dt.date(2026, 12, 21), dt.date(2026, 12, 28)),
        (dt.date(2026, 12, 21), dt.date(2027, 1, 4), dt.date(2027, 1, 8)),
    ],
)
def test_ten_days_end_where_the_research_computed(inicio: dt.date, corridos: dt.date, uteis: dt.date) -> None:
    assert prazos.ultimo_dia(prazos.vence_em(instante(inicio), 10, calendario=SP)) == corridos
    assert prazos.ultimo_dia(prazos.vence_em(instante(inicio), 10, calendario=SP, uteis=True)) == uteis


def test_the_due_instant_is_an_exclusive_local_midnight() -> None:
    vence = prazos.vence_em(instante(dt.date(2026, 11, 10)), 10, calendario=SP)
    assert vence == dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
    assert vence.astimezone(FUSO).time() == dt.time(0)


def test_a_delivery_at_22h_local_counts_from_that_local_day_though_utc_is_already_the_next() -> None:
    noite = instante(dt.date(2026, 11, 10), dt.time(22, 0)).astimezone(dt.UTC)
    assert noite.date() == dt.date(2026, 11, 11)
    assert prazos.ultimo_dia(prazos.vence_em(noite, 10, calendario=SP)) == dt.date(2026, 11, 23)


def test_the_zone_has_no_daylight_saving_time_in_any_coming_year() -> None:
    for ano in range(2020, 2036):
        desvios = {instante(dt.date(ano, mes, 15)).utcoffset() for mes in range(1, 13)}
        assert desvios == {dt.timedelta(hours=-3)}


def test_a_naive_instant_a_negative_count_and_a_calendar_that_never_opens_are_refused() -> None:
    with pytest.raises(ValueError, match="fuso"):
        prazos.vence_em(dt.datetime(2026, 11, 10), 10, calendario=SP)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negativo"):
        prazos.vence_em(instante(dt.date(2026, 11, 10)), -1, calendario=SP)
    with pytest.raises(ValueError, match="expediente"):
        prazos.vence_em(instante(dt.date(2026, 11, 10)), 1, calendario=Calendario(fechados=lambda dia: True))


@given(dias, horas, quantos, st.booleans())
def test_the_last_day_always_has_office_hours_and_never_comes_before_the_days_are_over(
    dia: dt.date, hora: dt.time, quantidade: int, uteis: bool
) -> None:
    ultimo = prazos.ultimo_dia(prazos.vence_em(instante(dia, hora), quantidade, calendario=SP, uteis=uteis))
    assert SP.pode_vencer(ultimo)
    assert ultimo >= dia + dt.timedelta(days=quantidade)


@given(dias, quantos)
def test_working_days_count_exactly_the_open_days(dia: dt.date, quantidade: int) -> None:
    ultimo = prazos.ultimo_dia(prazos.vence_em(instante(dia), quantidade, calendario=SP, uteis=True))
    abertos = sum(SP.aberto(dia + dt.timedelta(days=n)) for n in range(1, (ultimo - dia).days + 1))
    assert abertos == quantidade or (quantidade == 0 and abertos == 1 and not SP.aberto(dia))


@given(dias, quantos, st.booleans(), st.integers(min_value=0, max_value=30))
def test_a_later_start_or_more_days_never_end_earlier(dia: dt.date, quantidade: int, uteis: bool, mais: int) -> None:
    base = prazos.vence_em(instante(dia), quantidade, calendario=SP, uteis=uteis)
    assert prazos.vence_em(instante(dia + dt.timedelta(days=mais)), quantidade, calendario=SP, uteis=uteis) >= base
    assert prazos.vence_em(instante(dia), quantidade + mais, calendario=SP, uteis=uteis) >= base


@given(dias, quantos)
def test_working_days_never_end_before_running_days(dia: dt.date, quantidade: int) -> None:
    assert prazos.vence_em(instante(dia), quantidade, calendario=SP, uteis=True) >= prazos.vence_em(
        instante(dia), quantidade, calendario=SP
    )


@given(dias, quantos, st.booleans())
def test_an_outage_moves_only_the_end(dia: dt.date, quantidade: int, uteis: bool) -> None:
    sem_queda = prazos.ultimo_dia(prazos.vence_em(instante(dia), quantidade, calendario=SP, uteis=uteis))
    com_queda = Calendario(fechados=SP.fechados, fora_do_ar=lambda d: d == sem_queda)
    depois = prazos.ultimo_dia(prazos.vence_em(instante(dia), quantidade, calendario=com_queda, uteis=uteis))
    assert depois > sem_queda
    assert not any(SP.aberto(sem_queda + dt.timedelta(days=n)) for n in range(1, (depois - sem_queda).days))


@pytest.mark.parametrize(
    ("dia_de_hoje", "palavras", "nivel"),
    [
        (dt.date(2026, 11, 11), "faltam 12 dias", "livre"),
        (dt.date(2026, 11, 17), "faltam 6 dias", "livre"),
        (dt.date(2026, 11, 18), "faltam 5 dias", "amarelo"),
        (dt.date(2026, 11, 19), "faltam 4 dias", "amarelo"),
        (dt.date(2026, 11, 20), "faltam 3 dias", "laranja"),
        (dt.date(2026, 11, 22), "falta 1 dia", "laranja"),
        (dt.date(2026, 11, 23), "vence hoje", "laranja"),
        (dt.date(2026, 11, 24), "vencida há 1 dia", "vermelho"),
        (dt.date(2026, 11, 25), "vencida há 2 dias", "vermelho"),
    ],
)
def test_words_and_colour_of_the_due_label(dia_de_hoje: dt.date, palavras: str, nivel: str) -> None:
    vence = prazos.meia_noite(dt.date(2026, 11, 24))
    for hora in (dt.time(0, 0), dt.time(12, 0), dt.time(23, 59, 59)):
        agora = instante(dia_de_hoje, hora).astimezone(dt.UTC)
        assert prazos.em_palavras(vence, agora) == palavras
        assert prazos.nivel(vence, agora, amarelo=5, laranja=3) == nivel


@given(dias, horas, st.integers(min_value=-400, max_value=400))
def test_overdue_begins_exactly_at_the_stored_instant(dia: dt.date, hora: dt.time, distancia: int) -> None:
    vence = prazos.meia_noite(dia + dt.timedelta(days=distancia))
    agora = instante(dia, hora)
    assert (prazos.faltam(vence, agora) < 0) == (vence <= agora)


def test_dates_and_times_in_words() -> None:
    assert prazos.dia_por_extenso(dt.date(2026, 11, 25)) == "quarta-feira, 25/11/2026"
    assert prazos.no_dia(dt.date(2026, 11, 27)) == "na sexta-feira, 27/11/2026"
    assert [prazos.no_dia(dt.date(2026, 11, n))[:6] for n in (28, 29)] == ["no sáb", "no dom"]
    assert prazos.data_por_extenso(dt.date(2026, 11, 22)) == "22 de novembro de 2026"
    assert prazos.data_por_extenso(dt.date(2027, 1, 1)) == "1º de janeiro de 2027"
    assert prazos.hora(dt.datetime(2026, 11, 22, 17, 32, tzinfo=dt.UTC)) == "14h32"


@pytest.mark.parametrize(
    ("antes", "palavras"),
    [
        (dt.timedelta(seconds=20), "agora"),
        (dt.timedelta(minutes=1), "há 1 minuto"),
        (dt.timedelta(minutes=59), "há 59 minutos"),
        (dt.timedelta(hours=1), "há 1 hora"),
        (dt.timedelta(hours=9), "há 9 horas"),
        (dt.timedelta(hours=13), "há 1 dia"),
        (dt.timedelta(days=5), "há 5 dias"),
        (dt.timedelta(days=90), "há 3 meses"),
        (dt.timedelta(days=729), "há 23 meses"),
        (dt.timedelta(days=800), "há 2 anos"),
    ],
)
def test_how_long_ago_in_words(antes: dt.timedelta, palavras: str) -> None:
    agora = instante(dt.date(2026, 11, 22), dt.time(12, 0))
    assert prazos.tempo_desde(agora - antes, agora) == palavras


def test_a_wait_of_days_ends_at_the_first_instant_of_its_day_holiday_or_not():
    tarde = dt.datetime(2026, 11, 9, 23, 30, tzinfo=FUSO)
    assert prazos.dias_depois(tarde, 30) == dt.datetime(2026, 12, 9, tzinfo=FUSO)
    assert prazos.dias_depois(tarde.astimezone(dt.UTC), 5) == dt.datetime(2026, 11, 14, tzinfo=FUSO)  # a Saturday
    with pytest.raises(ValueError, match="fuso"):
        prazos.dias_depois(dt.datetime(2026, 11, 9), 30)  # noqa: DTZ001
