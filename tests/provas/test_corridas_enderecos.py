"""Sub-blocks raced with real threads and connections on PostgreSQL: no duplicate, nobody over the ceiling, no error shown; and controls
that show the duplicate when the fence is taken away (IP-02 to IP-04). 2 rounds by default, 200 with ``PROVAS=1``.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from adesao.models import Adesao
from contas.models import Municipio
from enderecamento import acoes
from enderecamento.acoes import PoolEsgotado, blocos, procura
from enderecamento.models import Alocacao, PoolCIDR, SubBlocoCIDR
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from tests.apoio import enderecos
from tests.apoio.corrida import ao_mesmo_tempo
from tests.apoio.elenco import AGORA, MUNICIPIOS, Pessoa
from tests.apoio.solicitacoes import DIA

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
JUNTOS = 24


@pytest.fixture
def rodadas(provas: bool) -> range:
    """How many times each race is run."""
    return range(200 if provas else 2)


@pytest.fixture(autouse=True)
def _sem_fila(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: True)


@pytest.fixture
def gestor(gestor_prodesp: Pessoa) -> Ator:
    return gestor_prodesp.ator


@pytest.fixture
def adesoes(responsavel_a1: Pessoa, responsavel_b: Pessoa) -> list[Adesao]:
    """Every city of the cast in force, 20 private and 1 public block asked for."""
    assert Municipio.objects.count() == len(MUNICIPIOS)
    return [enderecos.em_vigor(responsavel_a1, codigo) for codigo, *_ in MUNICIPIOS]


@pytest.fixture
def pool(gestor: Ator) -> PoolCIDR:
    """128 private slots."""
    return enderecos.pool("10.64.0.0/21", por=gestor)


def de_volta() -> None:
    """Every slot free again, straight in the tables, for the next round."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE enderecamento_alocacao, enderecamento_quantidadedeblocos, comunicacao_mensagemsaida")
        cursor.execute("UPDATE enderecamento_subblococidr SET adesao_id=NULL, ordinal=NULL, livre_desde=%s", [AGORA.date()])


def dar(adesao: Adesao, n: int, por: Ator, **opcoes: Any) -> Callable[[], list[int]]:
    return lambda: [
        b.inicio for b in acoes.atribuir(adesao.pk, **({"perfil": "PRIVADO", "quantidade": n, "por": por, "agora": AGORA} | opcoes))
    ]


def conferir() -> None:
    """One holder per slot, one open history row per slot in use, places without repeats under the ceiling."""
    em_uso = list(SubBlocoCIDR.objects.filter(adesao__isnull=False).values_list("pk", "adesao", "ordinal").order_by("pk"))
    abertas = list(Alocacao.objects.filter(ate__isnull=True).values_list("sub_bloco", "adesao").order_by("sub_bloco"))
    assert abertas == [(pk, adesao) for pk, adesao, _ in em_uso]
    lugares = Counter((adesao, ordinal) for _, adesao, ordinal in em_uso)
    assert set(lugares.values()) <= {1}
    assert all(ordinal <= 20 for _, _, ordinal in em_uso)


def test_twenty_four_at_once_for_five_cities_take_different_blocks(
    rodadas: range, adesoes: list[Adesao], pool: PoolCIDR, gestor: Ator
) -> None:
    for _ in rodadas:
        feitos = ao_mesmo_tempo(*(dar(adesoes[i % 5], 3, gestor) for i in range(JUNTOS)))
        assert all(isinstance(f, list) for f in feitos), feitos
        dados = [inicio for f in feitos for inicio in f]
        assert len(dados) == len(set(dados)) == 3 * JUNTOS
        conferir()
        de_volta()


def test_one_city_asked_for_24_times_at_once_gets_20(rodadas: range, adesoes: list[Adesao], pool: PoolCIDR, gestor: Ator) -> None:
    for _ in rodadas:
        feitos = ao_mesmo_tempo(*(dar(adesoes[0], 1, gestor) for _ in range(JUNTOS)))
        assert sum(isinstance(f, list) for f in feitos) == 20, feitos
        assert {f.regra for f in feitos if isinstance(f, RegraViolada)} == {"IP-02"}
        assert sorted(SubBlocoCIDR.objects.filter(adesao=adesoes[0]).values_list("ordinal", flat=True)) == list(range(1, 21))
        conferir()
        de_volta()


def test_the_last_blocks_are_given_once_and_the_others_are_told(rodadas: range, adesoes: list[Adesao], gestor: Ator) -> None:
    enderecos.pool("10.64.0.0/26", por=gestor)  # 4 slots
    for _ in rodadas:
        feitos = ao_mesmo_tempo(*(dar(a, 1, gestor) for a in adesoes), *(dar(a, 1, gestor) for a in adesoes))
        assert sum(isinstance(f, list) for f in feitos) == 4, feitos
        assert sum(isinstance(f, PoolEsgotado) for f in feitos) == 6, feitos
        conferir()
        de_volta()


def test_the_same_chosen_block_goes_to_one(rodadas: range, adesoes: list[Adesao], pool: PoolCIDR, gestor: Ator) -> None:
    for _ in rodadas:
        feitos = ao_mesmo_tempo(*(dar(a, 0, gestor, escolhidos=[pool.inicio + 160]) for a in adesoes))
        assert sum(isinstance(f, list) for f in feitos) == 1, feitos
        assert {f.status for f in feitos if isinstance(f, RegraViolada)} == {409}, feitos
        conferir()
        de_volta()


def test_runs_at_once_do_not_cross(rodadas: range, adesoes: list[Adesao], pool: PoolCIDR, gestor: Ator) -> None:
    for _ in rodadas:
        feitos = ao_mesmo_tempo(*(dar(a, 5, gestor, seguidos=True) for a in adesoes))
        corridas = [sorted(f) for f in feitos if isinstance(f, list)]
        assert len(corridas) + sum(isinstance(f, PoolEsgotado) for f in feitos) == 5, feitos
        assert corridas
        assert all(c[-1] - c[0] == 4 * 16 for c in corridas)
        conferir()
        de_volta()


def test_giving_back_against_handing_out_and_twice_at_once(rodadas: range, adesoes: list[Adesao], pool: PoolCIDR, gestor: Ator) -> None:
    for _ in rodadas:
        (inicio,) = dar(adesoes[0], 1, gestor)()
        pk = SubBlocoCIDR.objects.get(inicio=inicio).pk
        volta = lambda pk=pk: acoes.devolver(pk, motivo="Fechou", por=gestor, agora=AGORA + DIA).pk  # noqa: E731
        feitos = ao_mesmo_tempo(volta, volta, dar(adesoes[0], 1, gestor), dar(adesoes[1], 1, gestor))
        assert sum(f == pk for f in feitos[:2]) == 1, feitos
        assert all(isinstance(f, list) and f != [inicio] for f in feitos[2:]), feitos
        assert Alocacao.objects.filter(sub_bloco=pk).count() == 1
        conferir()
        de_volta()


def test_two_overlapping_pools_at_once_are_one(rodadas: range, gestor: Ator) -> None:
    for _ in rodadas:
        redes = ("10.64.0.0/16", "10.64.0.0/20", "10.64.128.0/17")
        feitos = ao_mesmo_tempo(
            *(
                lambda rede=rede: (
                    acoes.registrar_pool(rede=rede, perfil="PRIVADO", nome="Bloco", origem="PRODESP", por=gestor, agora=AGORA).pk
                )
                for rede in redes
            )
        )
        salvos = list(PoolCIDR.objects.order_by("inicio"))
        assert all(a.fim <= b.inicio for a, b in pairwise(salvos)), salvos
        assert {f.regra for f in feitos if isinstance(f, RegraViolada)} <= {"IP-04"}
        assert len(salvos) == sum(isinstance(f, int) for f in feitos) >= 1, feitos
        PoolCIDR.objects.all().delete()


def test_two_workers_making_the_same_slots_make_each_once(adesoes: list[Adesao], gestor: Ator) -> None:
    novo = acoes.registrar_pool(rede="10.64.0.0/20", perfil="PRIVADO", nome="Bloco", origem="PRODESP", por=gestor, agora=AGORA)

    def fazer() -> None:
        while acoes.criar_vagas(novo.pk, agora=AGORA, pedaco=7):
            pass

    assert ao_mesmo_tempo(fazer, fazer, fazer) == [None] * 3
    novo.refresh_from_db()
    assert (novo.prontas, novo.sub_blocos.count()) == (256, 256)


# --- Controls: the same without the fence ------------------------------------------------------------------------------
def _sem_trava(monkeypatch: pytest.MonkeyPatch, quantos: int) -> None:
    """Nobody locks, and both have chosen before either has finished.

    Of several, everybody reads before anybody writes. One alone is chosen and written by one statement: the first to write waits until the
    second, which chose the same, stands behind its row.
    """
    from django.db.models import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self.all())
    for consulta in (blocos._adesao_travada, procura._as_mais_baixas, procura._tomar_a_mais_baixa):  # built anew, for this test only
        monkeypatch.setattr(consulta, "_escritas", {})
    livres, abrir = procura.livres, blocos._abrir_posses
    encontro, primeira = threading.Barrier(2), threading.Lock()

    def juntos(*args: Any, **opcoes: Any) -> list[SubBlocoCIDR]:
        vagas = livres(*args, **opcoes)
        encontro.wait(30)
        return vagas

    def sem_pressa(*args: Any, **opcoes: Any) -> None:
        if quantos == 1 and primeira.acquire(blocking=False):
            _esperar_quem_espera()
        abrir(*args, **opcoes)

    monkeypatch.setattr(procura, "livres", juntos)
    monkeypatch.setattr(blocos, "_abrir_posses", sem_pressa)


def _esperar_quem_espera() -> None:
    """Until somebody waits for a lock of this database; at most 30 s."""
    with connection.cursor() as cursor:
        for _ in range(600):
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("ninguém esperou")


@pytest.mark.parametrize("quantos", [1, 2])
def test_without_the_lock_one_block_is_written_over_by_the_next(
    adesoes: list[Adesao], pool: PoolCIDR, gestor: Ator, monkeypatch: pytest.MonkeyPatch, sem_posse_unica: None, quantos: int
) -> None:
    """The control: two prefeituras are told that the same block is theirs."""
    _sem_trava(monkeypatch, quantos)
    feitos = ao_mesmo_tempo(dar(adesoes[0], quantos, gestor), dar(adesoes[1], quantos, gestor))
    assert feitos[0] == feitos[1] == [pool.inicio + 16 * n for n in range(quantos)]
    assert Alocacao.objects.filter(sub_bloco__inicio=pool.inicio, ate__isnull=True).count() == 2


@pytest.mark.parametrize("quantos", [1, 2])
def test_with_the_lock_gone_the_database_alone_still_refuses_the_second(
    adesoes: list[Adesao], pool: PoolCIDR, gestor: Ator, monkeypatch: pytest.MonkeyPatch, quantos: int
) -> None:
    """The last fence by itself: one holding per block at a time."""
    _sem_trava(monkeypatch, quantos)
    feitos = ao_mesmo_tempo(dar(adesoes[0], quantos, gestor), dar(adesoes[1], quantos, gestor))
    assert sorted(type(f).__name__ for f in feitos) == ["IntegrityError", "list"], feitos
    conferir()


def test_without_the_lock_of_the_adhesion_the_index_alone_holds_the_ceiling(
    adesoes: list[Adesao], pool: PoolCIDR, gestor: Ator, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = blocos.em_vigor
    monkeypatch.setattr(blocos, "em_vigor", lambda pk: Adesao.objects.select_related("municipio").get(pk=original and pk))
    feitos = ao_mesmo_tempo(*(dar(adesoes[0], 1, gestor) for _ in range(JUNTOS)))
    ordinais = list(SubBlocoCIDR.objects.filter(adesao=adesoes[0]).values_list("ordinal", flat=True))
    assert len(ordinais) == len(set(ordinais)) <= 20
    assert all(isinstance(f, list | RegraViolada | IntegrityError) for f in feitos), feitos
    conferir()


@pytest.fixture
def sem_posse_unica() -> Iterator[None]:
    """The unique index on open holdings is gone for one test."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX enderecamento_uma_posse_por_bloco")
    yield
    de_volta()
    restricao = next(c for c in Alocacao._meta.constraints if c.name == "enderecamento_uma_posse_por_bloco")
    with transaction.atomic(), connection.schema_editor() as editor:
        editor.add_constraint(Alocacao, restricao)
