"""The state machine: every state × transition × role, against a table written by hand."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django_fsm import can_proceed, has_transition_perm

from adesao.estados import APARENCIA, OCUPAM, Estado, rotulo
from adesao.models import Adesao, HistoricoAdesao
from contas.acesso import ator_do_usuario
from nucleo import fluxo
from nucleo.erros import SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import SISTEMA
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA

#: transition → (sources, target, who): ``dono`` is a requerente of the very prefeitura, ``seu`` the analista who holds it.
TABELA: dict[str, tuple[set[str], str, set[str]]] = {
    "enviar": ({"RASCUNHO", "DEVOLVIDA"}, "ENVIADA", {"requerente", "requerente_2"}),
    "descartar": ({"RASCUNHO"}, "DESCARTADA", {"requerente", "requerente_2"}),
    "assumir": ({"ENVIADA"}, "EM_CONFERENCIA", {"analista", "analista_2", "gestor_prodesp"}),
    "passar": ({"EM_CONFERENCIA"}, "EM_CONFERENCIA", {"analista", "gestor_prodesp"}),
    "liberar": ({"EM_CONFERENCIA"}, "ENVIADA", {"analista", "gestor_prodesp"}),
    "devolver": ({"EM_CONFERENCIA"}, "DEVOLVIDA", {"analista", "gestor_prodesp"}),
    "desfazer_devolucao": ({"DEVOLVIDA"}, "EM_CONFERENCIA", {"analista", "gestor_prodesp"}),
    "encaminhar": ({"EM_CONFERENCIA"}, "ENCAMINHADA", {"analista", "gestor_prodesp"}),
    "perguntar": ({"ENCAMINHADA"}, "EM_CONFERENCIA", {"aprovador"}),
    "aprovar": ({"ENCAMINHADA"}, "APROVADA", {"aprovador"}),
    "indeferir": ({"ENCAMINHADA"}, "INDEFERIDA", {"aprovador"}),
}
PAPEIS = (
    "requerente",
    "requerente_2",
    "requerente_outra",
    "responsavel_a1",
    "responsavel_b",
    "analista",
    "analista_2",
    "gestor_prodesp",
    "aprovador",
    "operadora",
    "auditor",
    "tecnico",
    "anonimo",
)


def _transicoes() -> list[Any]:
    return list(Adesao._meta.get_field("estado").get_all_transitions(Adesao))  # type: ignore[union-attr]


def test_the_models_transitions_are_those_of_the_table() -> None:
    """Names, sources and targets, none more, none less."""
    achadas: dict[str, tuple[set[str], str]] = {}
    for t in _transicoes():
        fontes, _ = achadas.setdefault(t.name, (set(), str(t.target)))
        fontes.add(str(t.source))
    assert achadas == {nome: (fontes, alvo) for nome, (fontes, alvo, _) in TABELA.items()}


def test_every_transition_says_who_may_and_how_its_button_reads() -> None:
    """``permission=None`` would let anyone (facts about django-fsm-2)."""
    for t in _transicoes():
        assert t.permission is not None, t.name
        assert t.custom.get("rotulo"), t.name


@pytest.mark.parametrize("papel", PAPEIS)
def test_each_role_has_exactly_its_transitions(request: pytest.FixtureRequest, papel: str, requerente: Any, analista: Any) -> None:
    """Every state × transition for one role: what the table says, cell by cell."""
    ator = request.getfixturevalue(papel).ator if papel != "anonimo" else ator_do_usuario(AnonymousUser())
    adesao = Adesao(municipio_id=3506904, numero="2026/00001-2", desde=AGORA, criada_em=AGORA, criada_por_id=requerente.usuario.pk)
    adesao.analista_id = analista.usuario.pk
    for estado, (nome, (fontes, _, quem)) in itertools.product(Estado.values, TABELA.items()):
        adesao.__dict__["estado"] = estado
        metodo = getattr(adesao, nome)
        assert can_proceed(metodo) == (estado in fontes), (estado, nome)
        assert has_transition_perm(metodo, ator) == (estado in fontes and papel in quem), (estado, nome, papel)


def test_the_portal_itself_may_everything_the_state_allows() -> None:
    """``SISTEMA`` is compared by identity; an actor that looks like it has no rights."""
    from nucleo.fluxo import Ator

    adesao = Adesao(municipio_id=1, numero="x", desde=AGORA, criada_em=AGORA, criada_por_id=1)
    assert has_transition_perm(adesao.descartar, SISTEMA)
    assert not has_transition_perm(adesao.descartar, Ator(usuario_id=None, nome=SISTEMA.nome))


def test_every_state_has_its_words() -> None:
    """Label, tint, icon, who acts and a sentence for each state; *Corrigida* for a later sending (settled question 4)."""
    assert set(APARENCIA) == set(Estado.values)
    assert rotulo("ENVIADA", 1) == "Recebida"
    assert rotulo("ENVIADA", 2) == "Corrigida"
    assert {rotulo(e, 1) for e in Estado.values} == {
        "Rascunho", "Recebida", "Em conferência", "Devolvida para correção", "Em aprovação", "Em vigor", "Recusada", "Descartada",
    }  # fmt: skip


def test_the_door_refuses_a_wrong_state_saying_who_and_when(requerente: Any, analista: Any, analista_2: Any) -> None:
    """A stale click reads what happened (409)."""
    adesao = adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator)
    with pytest.raises(TransicaoIndisponivel) as recusa, transaction.atomic():
        fluxo.executar(Adesao, adesao.pk, "assumir", por=analista_2.ator, agora=AGORA, analista_id=analista_2.usuario.pk)
    assert "Em conferência" in recusa.value.mensagem
    assert analista.usuario.nome in recusa.value.mensagem
    assert "09/11/2026, 10h12" in recusa.value.mensagem
    assert recusa.value.status == 409


def test_the_door_refuses_who_may_not(requerente: Any, requerente_outra: Any) -> None:
    """A requerente of another city discards nothing, and no history is written."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    with pytest.raises(SemPermissao), transaction.atomic():
        fluxo.executar(Adesao, adesao.pk, "descartar", por=requerente_outra.ator, agora=AGORA)
    assert list(adesao.historico.values_list("transicao", flat=True)) == ["iniciar"]


def test_the_state_cannot_be_assigned_past_the_door(requerente: Any) -> None:
    """``protected=True`` on the object; the database's constraints on ``update()``."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    with pytest.raises(AttributeError):
        adesao.estado = Estado.APROVADA
    for estado in ("ENVIADA", "EM_CONFERENCIA", "DEVOLVIDA", "ENCAMINHADA", "APROVADA", "INDEFERIDA", "QUALQUER"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Adesao.objects.filter(pk=adesao.pk).update(estado=estado)


def test_the_history_is_only_added_to(requerente: Any) -> None:
    """No change and no removal, one by one or in bulk."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    registro = adesao.historico.get()
    for ato in (
        registro.save,
        registro.delete,
        lambda: HistoricoAdesao.objects.all().delete(),
        lambda: HistoricoAdesao.objects.update(comentario="x"),
    ):
        with pytest.raises(TypeError):
            ato()


def test_one_adhesion_per_municipality_is_held_by_the_database(requerente: Any) -> None:
    """ADS-10: a second row in progress or in force is refused whatever code writes it."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adesao.objects.create(
            municipio_id=adesao.municipio_id, numero="2026/99999-0", desde=AGORA, criada_em=AGORA, criada_por_id=requerente.usuario.pk
        )
    assert set(OCUPAM) == set(Estado.values) - {"INDEFERIDA", "DESCARTADA"}


@pytest.mark.postgres
@pytest.mark.parametrize("sql", ["UPDATE adesao_historicoadesao SET comentario = 'x'", "DELETE FROM adesao_historicoadesao"])
def test_the_database_itself_keeps_the_history(requerente: Any, sql: str) -> None:
    """Raw SQL past every model is refused by the trigger."""
    from django.db import connection

    adesoes.adesao_em_rascunho(por=requerente.ator)
    with pytest.raises(IntegrityError, match="O histórico não se altera"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
