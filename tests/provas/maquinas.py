"""Running a state machine of Hypothesis until what must have happened did."""

from __future__ import annotations

import random
from collections.abc import Callable

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.apoio.ambiente import PROVAS

#: Further rounds, of a fifth of the examples each, for an act that luck left out.
VOLTAS = 15


def sorte_do_passo(passo: int, semente: int) -> random.Random:
    """The luck of one step. Its number counts too: Hypothesis likes to give the same seed many times in one example."""
    return random.Random(f"{passo}/{semente}")


def rodar(maquina: type[RuleBasedStateMachine], *, exemplos: int, passos: int, falta: Callable[[], set[str]]) -> set[str]:
    """Run ``exemplos`` of ``passos`` steps, then more while ``falta`` names something that never happened; return what still did not.

    Random with ``PROVAS=1``; else the same numbers every time, on one machine: Hypothesis draws from the constants of the modules that are
    loaded too, so elsewhere they are others, and what an example reaches may not rest on them.
    """
    for volta in range(1 + VOLTAS):
        if volta and not falta():
            break
        if not PROVAS:
            hypothesis.seed(volta)(maquina)
        opcoes = hypothesis.settings(
            max_examples=max(1, exemplos // 5) if volta else exemplos,
            stateful_step_count=passos,
            deadline=None,
            derandomize=False,  # its own profile for CI would give every round and every part the same numbers
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(maquina, settings=opcoes, _min_steps=passos)
    return falta()
