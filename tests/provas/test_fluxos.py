"""``docs/fluxos.md`` is what the models say."""

from __future__ import annotations

from django.core.management import call_command

from adesao.models import Adesao
from nucleo.management.commands.gerar_fluxos import com_fluxo, quem_pode, texto


def test_the_committed_graphs_are_current() -> None:
    call_command("gerar_fluxos", "--conferir")


def test_the_same_models_give_the_same_bytes() -> None:
    assert texto() == texto()
    assert Adesao in com_fluxo()


def test_every_arrow_says_who_may_and_none_is_the_portals_alone() -> None:
    transicoes = list(Adesao._meta.get_field("estado").get_all_transitions(Adesao))
    for t in transicoes:
        assert quem_pode(Adesao, t.permission) != "o portal", t.name
        assert f"{t.source} --> {t.target}: {t.custom['rotulo']}" in texto()
    assert (
        quem_pode(Adesao, next(t for t in transicoes if t.name == "devolver").permission)
        == "Analista da PRODESP com o processo, Gestor da PRODESP"
    )
