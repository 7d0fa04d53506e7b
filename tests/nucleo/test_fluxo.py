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


# --- The batch form: the portal's own transitions on many rows ----------------------------------------------------------
@pytest.fixture
def muitos(municipios: Any, requerente: Any, agora: dt.datetime) -> list[Any]:
    """One draft in each of the five cities."""
    from adesao.models import Adesao

    return [
        Adesao.objects.create(municipio_id=codigo, numero=f"2026/0000{n}-9", criada_em=agora, criada_por=requerente.usuario, desde=agora)
        for n, codigo in enumerate(sorted(municipios), start=1)
    ]


def retrato(obj: Any) -> dict[str, Any]:
    """Every column of the row, less what tells it from another."""
    colunas = type(obj).objects.filter(pk=obj.pk).values().get()
    return {c: v for c, v in colunas.items() if c not in {"id", "municipio_id", "numero"}}


def historia(obj: Any) -> list[dict[str, Any]]:
    """Every column of its history rows, in order, less the keys."""
    return [{c: v for c, v in linha.items() if c not in {"id", "processo_id"}} for linha in obj.historico.order_by("pk").values()]


def test_the_batch_writes_the_same_rows_as_the_door(muitos: list[Any], agora: dt.datetime) -> None:
    modelo, depois = type(muitos[0]), agora + dt.timedelta(hours=1)
    for obj in muitos[:2]:
        with transaction.atomic():
            fluxo.executar(modelo, obj.pk, "descartar", por=SISTEMA, agora=depois, comentario="Fim", dados={"n": 1})
    vistos: list[Any] = []
    lote = fluxo.executar_lote(
        modelo,
        [obj.pk for obj in muitos[2:]],
        "descartar",
        agora=depois,
        comentario=lambda obj: "Fim",
        dados=lambda obj: {"n": 1},
        depois=vistos.extend,
        tamanho=2,
    )
    assert (lote.feitas, lote.deixadas, lote.falhas) == ([obj.pk for obj in muitos[2:]], [], {})
    assert len({repr(retrato(obj)) for obj in muitos}) == 1
    assert len({repr(historia(obj)) for obj in muitos}) == 1
    assert [(obj.pk, obj.estado, linha.processo_id, linha.para) for obj, linha in vistos] == [
        (obj.pk, "DESCARTADA", obj.pk, "DESCARTADA") for obj in muitos[2:]
    ]
    assert all(linha.pk for _, linha in vistos)


def test_rows_that_change_differently_are_each_written_as_their_own(muitos: list[Any], agora: dt.datetime, analista: Any) -> None:
    """The row's own arguments: with ``executar`` on one half and the batch on the other."""
    modelo = type(muitos[0])
    prazos = {obj.pk: agora + dt.timedelta(days=n % 2) for n, obj in enumerate(muitos)}

    def argumentos(obj: Any) -> dict[str, Any]:
        return {"vence_em": prazos[obj.pk], "limite_em": agora}

    lote = fluxo.executar_lote(modelo, prazos, "enviar", agora=agora, argumentos=argumentos)
    assert lote.feitas == sorted(prazos)
    for obj in muitos:
        assert modelo.objects.get(pk=obj.pk).vence_em == prazos[obj.pk]
        assert obj.historico.get().para == "ENVIADA"


def test_the_batch_is_the_portals_alone(muitos: list[Any], requerente: Any, agora: dt.datetime) -> None:
    for por in (requerente.ator, Ator(usuario_id=None, nome=SISTEMA.nome)):
        with pytest.raises(SemPermissao):
            fluxo.executar_lote(type(muitos[0]), [muitos[0].pk], "descartar", por=por, agora=agora)
    assert muitos[0].historico.count() == 0


def test_the_batch_leaves_alone_what_moved_on_is_gone_or_is_not_as_asked(muitos: list[Any], agora: dt.datetime) -> None:
    from django.db.models import Q

    modelo, (a, b, c, *_) = type(muitos[0]), muitos
    with transaction.atomic():
        fluxo.executar(modelo, a.pk, "descartar", por=SISTEMA, agora=agora)
    lote = fluxo.executar_lote(modelo, [a.pk, b.pk, c.pk, b.pk, 10**9], "descartar", agora=agora, onde=~Q(pk=c.pk))
    assert (lote.feitas, sorted(lote.deixadas), lote.falhas) == ([b.pk], [a.pk, c.pk, 10**9], {})
    assert [obj.historico.count() for obj in (a, b, c)] == [1, 1, 0]


def test_a_row_that_fails_is_set_aside_without_losing_its_chunk(muitos: list[Any], agora: dt.datetime) -> None:
    ruim = muitos[1]

    def comentario(obj: Any) -> str:
        if obj.pk == ruim.pk:
            raise ZeroDivisionError
        return ""

    lote = fluxo.executar_lote(type(ruim), [obj.pk for obj in muitos], "descartar", agora=agora, comentario=comentario)
    assert (len(lote.feitas), lote.deixadas, list(lote.falhas)) == (4, [], [ruim.pk])
    assert isinstance(lote.falhas[ruim.pk], ZeroDivisionError)
    assert (type(ruim).objects.get(pk=ruim.pk).estado, ruim.historico.count()) == ("RASCUNHO", 0)


def test_when_the_writing_of_a_chunk_fails_its_rows_are_done_one_by_one(muitos: list[Any], agora: dt.datetime) -> None:
    """State, history and messages of a row go together: what the hook refuses is not written at all."""
    ruim, chamadas = muitos[3], []

    def depois(pares: list[Any]) -> None:
        chamadas.append(len(pares))
        if any(obj.pk == ruim.pk for obj, _ in pares):
            raise ZeroDivisionError

    lote = fluxo.executar_lote(type(ruim), [obj.pk for obj in muitos], "descartar", agora=agora, depois=depois)
    assert (len(lote.feitas), list(lote.falhas)) == (4, [ruim.pk])
    assert chamadas == [5, 1, 1, 1, 1, 1]
    assert [obj.historico.count() for obj in muitos] == [1, 1, 1, 0, 1]
    assert type(ruim).objects.get(pk=ruim.pk).estado == "RASCUNHO"


def test_a_row_changed_under_the_batch_is_not_overwritten(muitos: list[Any], agora: dt.datetime) -> None:
    """The fence on the state: SQLite has no row lock, so here the change comes between the reading and the writing."""
    ruim = muitos[0]

    def no_meio(obj: Any) -> dict[str, Any]:
        if obj.pk == ruim.pk:
            type(ruim).objects.filter(pk=ruim.pk).update(
                estado="ENVIADA",
                envios=1,
                envio_em=agora,
                primeiro_envio_em=agora,
                vence_em=agora,
                limite_em=agora,
                conferencia_vence_em=agora,
            )
        return {}

    lote = fluxo.executar_lote(type(ruim), [obj.pk for obj in muitos], "descartar", agora=agora, dados=no_meio)
    assert len(lote.feitas) == 4
    assert type(lote.falhas[ruim.pk]).__name__ == "ConcurrentTransition"
    assert ruim.historico.count() == 0


def test_what_is_the_databases_fault_is_not_put_on_the_row(muitos: list[Any], agora: dt.datetime) -> None:
    from django.db import OperationalError

    def cair(obj: Any) -> str:
        raise OperationalError("conexão perdida")

    with pytest.raises(OperationalError):
        fluxo.executar_lote(type(muitos[0]), [muitos[0].pk], "descartar", agora=agora, comentario=cair)
    assert type(muitos[0]).objects.get(pk=muitos[0].pk).estado == "RASCUNHO"
