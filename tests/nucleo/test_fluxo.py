"""The one door of every state change: lock, state, permission, run, save, history (arquitetura, "State changes")."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from adesao.estados import Estado
from nucleo import fluxo
from nucleo.erros import SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import SISTEMA, Ator

MUNICIPIO = 3506904


@pytest.fixture
def processo(requerente: Any, agora: dt.datetime) -> Any:
    """A draft of Bofete."""
    from adesao.models import Adesao

    return Adesao.objects.create(municipio_id=MUNICIPIO, numero="2026/00001-9", criada_em=agora, criada_por=requerente.usuario, desde=agora)


def ator(papel: str, onde: int | None = None) -> Ator:
    """Somebody with one role."""
    return Ator(usuario_id=None, nome="Alguém", papeis=frozenset({(papel, onde)}), ip="200.144.6.17")


def test_the_door_runs_the_transition_saves_and_writes_who_when_and_from_where(processo: Any, requerente: Any, agora: dt.datetime) -> None:
    por = Ator(usuario_id=requerente.usuario.pk, nome="Davi", papeis=frozenset({("requerente", MUNICIPIO)}), ip="200.144.6.17")
    with transaction.atomic():
        feito, linha = fluxo.executar(
            type(processo), processo.pk, "descartar", por=por, agora=agora, comentario="Duplicado", dados={"origem": "teste"}
        )
    processo = type(processo).objects.get(pk=processo.pk)
    assert processo.estado == feito.estado == Estado.DESCARTADA
    assert processo.historico.count() == 1
    escrita = processo.historico.get()
    assert escrita == linha
    assert (escrita.transicao, escrita.de, escrita.para) == ("descartar", Estado.RASCUNHO, Estado.DESCARTADA)
    assert (escrita.em, escrita.por_id, escrita.por_nome, escrita.por_papel) == (agora, requerente.usuario.pk, "Davi", "requerente")
    assert (escrita.ip, escrita.comentario, escrita.dados) == ("200.144.6.17", "Duplicado", {"origem": "teste"})


def test_a_stale_click_is_told_the_state_since_when_and_by_whom_and_changes_nothing(
    processo: Any, requerente: Any, agora: dt.datetime
) -> None:
    por = requerente.ator
    with transaction.atomic():
        fluxo.executar(type(processo), processo.pk, "descartar", por=por, agora=agora)
    with pytest.raises(TransicaoIndisponivel) as recusa, transaction.atomic():
        fluxo.executar(type(processo), processo.pk, "descartar", por=por, agora=agora + dt.timedelta(hours=1))
    assert recusa.value.status == 409
    assert "Ação já realizada" in recusa.value.mensagem
    assert por.nome in recusa.value.mensagem
    assert "09/11/2026, 10h12" in recusa.value.mensagem
    assert processo.historico.count() == 1


@pytest.mark.parametrize(
    "de_fora",
    [ator("analista"), ator("auditor"), ator("requerente", 3513603), ator("responsavel", MUNICIPIO), Ator(usuario_id=None, nome="Anônimo")],
    ids=["analista", "auditor", "requerente-de-outra", "responsavel", "ninguem"],
)
def test_the_wrong_role_is_refused_and_nothing_is_written(processo: Any, agora: dt.datetime, de_fora: Ator) -> None:
    with pytest.raises(SemPermissao) as recusa, transaction.atomic():
        fluxo.executar(type(processo), processo.pk, "descartar", por=de_fora, agora=agora)
    assert recusa.value.status == 403
    assert type(processo).objects.get(pk=processo.pk).estado == processo.estado
    assert processo.historico.count() == 0


def test_the_state_is_judged_before_the_permission(processo: Any, agora: dt.datetime) -> None:
    with pytest.raises(TransicaoIndisponivel), transaction.atomic():
        fluxo.executar(type(processo), processo.pk, "assumir", por=ator("auditor"), agora=agora, analista_id=1)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_door_stays_shut(agora: dt.datetime) -> None:
    from adesao.models import Adesao

    with pytest.raises(RuntimeError, match="fora de transação"):
        fluxo.executar(Adesao, 1, "descartar", por=SISTEMA, agora=agora)
    with pytest.raises(RuntimeError, match="fora de transação"):
        fluxo.travar(Adesao, 1)


def test_the_door_reads_the_row_again_and_ignores_an_object_read_earlier(processo: Any, requerente: Any, agora: dt.datetime) -> None:
    velho = type(processo).objects.get(pk=processo.pk)
    with transaction.atomic():
        fluxo.executar(type(processo), processo.pk, "descartar", por=requerente.ator, agora=agora)
    assert velho.estado != type(processo).objects.get(pk=processo.pk).estado
    with pytest.raises(TransicaoIndisponivel), transaction.atomic():
        fluxo.executar(type(velho), velho.pk, "descartar", por=requerente.ator, agora=agora)


def test_a_failure_after_the_door_takes_back_state_and_history(processo: Any, requerente: Any, agora: dt.datetime) -> None:
    class Falha(Exception):
        pass

    def agir() -> None:
        with transaction.atomic():
            fluxo.executar(type(processo), processo.pk, "descartar", por=requerente.ator, agora=agora)
            raise Falha

    with pytest.raises(Falha):
        agir()
    assert type(processo).objects.get(pk=processo.pk).estado == processo.estado
    assert processo.historico.count() == 0


def test_only_what_the_actor_may_do_now_is_offered(processo: Any, requerente: Any) -> None:
    assert set(fluxo.disponiveis(processo, requerente.ator)) == {"enviar", "descartar"}
    assert fluxo.disponiveis(processo, requerente.ator)["enviar"] == "Enviar à PRODESP"
    assert fluxo.disponiveis(processo, ator("auditor")) == {}


def test_the_history_can_only_grow(processo: Any, requerente: Any, agora: dt.datetime) -> None:
    with transaction.atomic():
        _, linha = fluxo.executar(type(processo), processo.pk, "descartar", por=requerente.ator, agora=agora)
    with pytest.raises(TypeError):
        linha.save()
    with pytest.raises(TypeError):
        linha.delete()
    with pytest.raises(TypeError):
        type(linha).objects.update(comentario="outro")
    with pytest.raises(TypeError):
        type(linha).objects.all().delete()


def test_nobody_else_can_pass_for_the_portal() -> None:
    assert SISTEMA.e_sistema
    assert not Ator(usuario_id=None, nome=SISTEMA.nome).e_sistema


def test_roles_are_asked_anywhere_or_in_one_prefeitura() -> None:
    alguem = Ator(usuario_id=1, nome="A", papeis=frozenset({("requerente", 1), ("responsavel", 2), ("analista", None)}))
    assert alguem.tem("analista")
    assert not alguem.tem("gestor")
    assert alguem.tem_na(1, "requerente")
    assert not alguem.tem_na(2, "requerente")
    assert alguem.municipios("requerente", "responsavel") == {1, 2}
