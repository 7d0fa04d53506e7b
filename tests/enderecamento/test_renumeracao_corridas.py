"""Renumbering raced with real threads on PostgreSQL, with the control that shows what each fence holds; and its worker killed with kill -9.

5 rounds and 1 kill by default; more with ``PROVAS=1``.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from comunicacao.models import MensagemSaida
from enderecamento import acoes
from enderecamento.acoes import renumeracao as ato
from enderecamento.models import Alocacao, PoolCIDR, Renumeracao, SubBlocoCIDR, Troca
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from tests.apoio import enderecos
from tests.apoio.corrida import ao_mesmo_tempo
from tests.apoio.elenco import AGORA, BOTUCATU
from tests.apoio.trocas import DIA, FIM, renumerar
from tests.comunicacao.test_operario import Operario
from tests.enderecamento.conftest import Cena
from tests.provas.test_mortes_ss import esperar


@pytest.fixture(autouse=True)
def _sem_fila(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: True)


@pytest.fixture
def rodadas(provas: bool) -> range:
    """How many times each race is run."""
    return range(50 if provas else 5)


@pytest.fixture
def outro(cena: Cena) -> PoolCIDR:
    """Where the new ones come from: 256 slots, enough for every round (those of the round before rest)."""
    return enderecos.pool("10.64.32.0/20", por=cena.gestor)


@pytest.fixture
def em_uso(cena: Cena, outro: PoolCIDR) -> list[SubBlocoCIDR]:
    """Four blocks of Botucatu and two of Itapeva in the first pool."""
    dados: dict[str, Any] = {"perfil": "PRIVADO", "por": cena.analista, "agora": AGORA, "pool_id": cena.privado.pk}
    return acoes.atribuir(cena.botucatu.pk, quantidade=4, **dados) + acoes.atribuir(cena.itapeva.pk, quantidade=2, **dados)


def tudo_em_ordem() -> None:
    """What must hold after any race: one open holding per held block and none for the others, each place once."""
    com = set(SubBlocoCIDR.objects.filter(adesao__isnull=False).values_list("pk", "adesao_id"))
    assert com == set(Alocacao.objects.filter(ate__isnull=True).values_list("sub_bloco_id", "adesao_id"))
    abertas = Troca.objects.filter(encerrada_em__isnull=True)
    assert set(SubBlocoCIDR.objects.filter(troca_ate__isnull=False).values_list("pk", flat=True)) == {t.velho_id for t in abertas}


def lugares(cena: Cena) -> list[int]:
    held = SubBlocoCIDR.objects.filter(adesao=cena.botucatu, ordinal__isnull=False)
    return sorted(held.values_list("ordinal", flat=True))  # type: ignore[type-var]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
class TestCorridas:
    """Real threads, real connections."""

    def test_two_gestores_at_once_renumber_a_pool_once(self, rodadas: range, cena: Cena, em_uso: list[SubBlocoCIDR]) -> None:
        for n in rodadas:
            agora = AGORA + n * DIA
            feitas = ao_mesmo_tempo(*[partial(renumerar, por=cena.gestor, pool=cena.privado, agora=agora)] * 3)
            assert sum(isinstance(f, Renumeracao) for f in feitas) == 1, feitas
            assert sum(isinstance(f, RegraViolada) for f in feitas) == 2, feitas
            tudo_em_ordem()
            assert lugares(cena) == [1, 2, 3, 4]
            feita = next(f for f in feitas if isinstance(f, Renumeracao))
            acoes.desfazer_renumeracao(feita.pk, motivo="Outra rodada", por=cena.gestor, agora=agora)

    def test_without_the_lock_the_database_still_refuses_the_second(
        self, cena: Cena, em_uso: list[SubBlocoCIDR], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control: nobody locks the adhesions and all plan before anybody writes. The place held once is the last fence."""
        encontro, planejar = threading.Barrier(2), ato._planejar
        monkeypatch.setattr(ato, "_travar_adesoes", set)

        def juntos(*args: Any, **kwargs: Any) -> Any:
            plano = planejar(*args, **kwargs)
            encontro.wait(30)
            return plano

        monkeypatch.setattr(ato, "_planejar", juntos)
        feitas = ao_mesmo_tempo(*[partial(renumerar, por=cena.gestor, pool=cena.privado)] * 2)
        assert sum(isinstance(f, IntegrityError) for f in feitas) == 1, feitas
        tudo_em_ordem()

    def test_a_renumbering_and_attributions_never_take_the_same_slot(
        self, rodadas: range, cena: Cena, outro: PoolCIDR, em_uso: list[SubBlocoCIDR], settings: Any
    ) -> None:
        settings.QUARENTENA_DIAS = 0  # each round uses the slots of the round before

        def atribuir() -> Any:
            dados: dict[str, Any] = {"perfil": "PRIVADO", "pool_id": outro.pk, "por": cena.analista, "agora": AGORA}
            return acoes.atribuir(cena.itapeva.pk, quantidade=1, **dados)

        for n in rodadas:
            feitas = ao_mesmo_tempo(lambda: renumerar(por=cena.gestor, blocos=em_uso[:4], destinos=(outro.pk,)), *[atribuir] * 3)
            assert not [f for f in feitas if isinstance(f, Exception)], feitas
            tudo_em_ordem()
            acoes.desfazer_renumeracao(feitas[0].pk, motivo=f"Rodada {n}", por=cena.gestor, agora=AGORA)
            for (bloco,) in feitas[1:]:
                acoes.devolver(bloco.pk, motivo="Outra rodada", por=cena.analista, agora=AGORA)
            acoes.registrar_anexo_ii(cena.itapeva.pk, privados=3, publicos=0, referencia="Anexo II", por=cena.analista, agora=AGORA)

    def test_two_beats_at_once_end_each_prefeitura_once(self, rodadas: range, cena: Cena, em_uso: list[SubBlocoCIDR]) -> None:
        feita = renumerar(por=cena.gestor, pool=cena.privado)
        resultados = ao_mesmo_tempo(*[lambda: acoes.trocar(agora=FIM)] * 4)
        assert sum(r["prefeituras"] for r in resultados) == 2, resultados
        assert sum(r["concluidas"] for r in resultados) == 1, resultados
        assert sum(r["falhas"] for r in resultados) == 0, resultados
        tudo_em_ordem()
        assert feita.historico.filter(transicao="concluir").count() == 1
        assert MensagemSaida.objects.filter(assunto_tipo="troca_terminou").count() == 2

    def test_confirming_while_the_gestor_undoes_leaves_the_old_ones_in_place(
        self, rodadas: range, cena: Cena, em_uso: list[SubBlocoCIDR]
    ) -> None:
        for n in rodadas:
            agora = AGORA + n * DIA
            feita = renumerar(por=cena.gestor, pool=cena.privado, agora=agora)
            confirmada, desfeita = ao_mesmo_tempo(
                lambda pk=feita.pk, agora=agora: acoes.confirmar_trocas(pk, municipio_id=BOTUCATU, por=cena.ana, agora=agora),
                lambda pk=feita.pk, agora=agora: acoes.desfazer_renumeracao(pk, motivo="Engano", por=cena.gestor, agora=agora),
            )
            assert isinstance(desfeita, Renumeracao), desfeita
            assert not isinstance(confirmada, Exception) or isinstance(confirmada, TransicaoIndisponivel), confirmada
            assert lugares(cena) == [1, 2, 3, 4]
            assert not SubBlocoCIDR.objects.filter(troca_ate__isnull=False).exists()
            tudo_em_ordem()

    def test_postponing_at_the_last_moment_and_the_sweep_never_end_half(
        self, rodadas: range, cena: Cena, em_uso: list[SubBlocoCIDR]
    ) -> None:
        feita = renumerar(por=cena.gestor, pool=cena.privado)
        antes = FIM - DIA / 86_400
        adiada, varrida = ao_mesmo_tempo(
            lambda: acoes.adiar_renumeracao(
                feita.pk, ultimo_dia=feita.ultimo_dia + 9 * DIA, motivo="Mais tempo", por=cena.gestor, agora=antes
            ),
            lambda: acoes.trocar(agora=FIM),
        )
        feita.refresh_from_db()
        tudo_em_ordem()
        if isinstance(adiada, Renumeracao) and feita.em_curso:  # what had ended stays ended, the rest has the new date
            assert set(SubBlocoCIDR.objects.filter(troca_ate__isnull=False).values_list("troca_ate", flat=True)) <= {feita.vence_em}
        else:
            assert varrida["prefeituras"] == 2


# --- Kills ------------------------------------------------------------------------------------------------------------
class Varredor(Operario):
    """The worker of the exchanges: same start and same death."""

    aplicacao = "tests.provas.operario_trocas"


@pytest.fixture
def varredor(tmp_path: Path) -> Iterator[Varredor]:
    """Dead at the end whatever happens."""
    (tmp_path / "static").mkdir()
    trabalhador = Varredor(tmp_path, 0)
    yield trabalhador
    trabalhador.matar()


@pytest.mark.lento
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fim", ["na data", "desfeita"])
def test_killed_in_the_middle_each_prefeitura_is_done_once_and_whole(
    varredor: Varredor, fim: str, cena: Cena, em_uso: list[SubBlocoCIDR], provas: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ato, "NA_HORA", 0)
    mortes, sorte = (10 if provas else 1), random.Random(20261122)
    for _ in range(mortes):
        feita = renumerar(por=cena.gestor, pool=cena.privado) if fim == "na data" else renumerar(por=cena.gestor, blocos=em_uso)
        if fim == "desfeita":
            acoes.desfazer_renumeracao(feita.pk, motivo="Engano", por=cena.gestor, agora=AGORA)
        else:  # due long ago by the machine's own clock, which the worker reads, whatever it says
            Renumeracao.objects.filter(pk=feita.pk).update(criada_em=timezone.now() - 9 * DIA, vence_em=timezone.now() - DIA)
        abertas = feita.trocas.filter(encerrada_em__isnull=True)
        varredor.comecar()
        esperar(lambda abertas=abertas: abertas.count() < 6, varredor)
        time.sleep(sorte.uniform(0, 0.3))
        varredor.matar()
        varredor.comecar()
        esperar(lambda abertas=abertas: abertas.count() == 0, varredor)
        if fim == "na data":
            esperar(lambda pk=feita.pk: Renumeracao.objects.get(pk=pk).estado == "CONCLUIDA", varredor)
        varredor.matar()
        tudo_em_ordem()
        assert lugares(cena) == [1, 2, 3, 4]
        tipo = "troca_terminou" if fim == "na data" else "troca_desfeita"
        cartas = MensagemSaida.objects.filter(assunto_tipo=tipo, chave__contains=f":troca:{feita.pk}:")
        assert cartas.count() == 2
        if fim == "na data":
            break
