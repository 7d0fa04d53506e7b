"""The state machines of the request and of the link: every state × transition × role, against tables written by hand."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django_fsm import can_proceed, has_transition_perm

from contas.acesso import ator_do_usuario
from nucleo.fluxo import SISTEMA, Ator
from saog.estados import APARENCIA, APARENCIA_DO_ACESSO, Estado, EstadoDoAcesso
from saog.models import Acesso, HistoricoAcesso, HistoricoSS, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU

from .conftest import Atores

PREFEITURA = {"responsavel_a1", "responsavel_a2"}
PRODESP = {"analista", "analista_2", "gestor_prodesp"}
OPERADORA = {"operadora"}
NINGUEM: set[str] = set()

#: transition → (sources, target, who). The prefeitura is that of ``responsavel_a1`` and ``responsavel_a2``.
DA_SS: dict[str, tuple[set[str], str, set[str]]] = {
    "enviar": ({"RASCUNHO", "DEVOLVIDA"}, "EM_VALIDACAO", PREFEITURA),
    "descartar": ({"RASCUNHO"}, "DESCARTADA", PREFEITURA),
    "devolver": ({"EM_VALIDACAO"}, "DEVOLVIDA", PRODESP),
    "validar": ({"EM_VALIDACAO"}, "VALIDADA", PRODESP),
    "emitir": ({"VALIDADA"}, "EMITIDA", PREFEITURA),
    "cancelar": ({"EM_VALIDACAO", "DEVOLVIDA", "VALIDADA", "EMITIDA"}, "CANCELADA", PREFEITURA),
    "atender": ({"EMITIDA", "RECUSADA"}, "EM_ATENDIMENTO", OPERADORA),
    "agendar": ({"EM_ATENDIMENTO"}, "EM_ATENDIMENTO", OPERADORA),
    "pendenciar": ({"EM_ATENDIMENTO"}, "EM_ATENDIMENTO", OPERADORA),
    "retomar": ({"EM_ATENDIMENTO"}, "EM_ATENDIMENTO", OPERADORA | PREFEITURA),
    "entregar": ({"EM_ATENDIMENTO"}, "AGUARDANDO_ACEITE", OPERADORA),
    "aceitar": ({"AGUARDANDO_ACEITE", "PRAZO_VENCIDO"}, "ACEITA", PREFEITURA),
    "recusar": ({"AGUARDANDO_ACEITE", "PRAZO_VENCIDO"}, "RECUSADA", PREFEITURA),
    "vencer": ({"AGUARDANDO_ACEITE"}, "PRAZO_VENCIDO", NINGUEM),
    "aceitar_pelo_silencio": ({"AGUARDANDO_ACEITE"}, "ACEITA", NINGUEM),
    "anotar_silencio": ({"AGUARDANDO_ACEITE"}, "AGUARDANDO_ACEITE", NINGUEM),
    "reabrir_prazo": ({"PRAZO_VENCIDO"}, "AGUARDANDO_ACEITE", {"gestor_prodesp"}),
    "declarar_inviavel": ({"EMITIDA", "EM_ATENDIMENTO"}, "INVIAVEL", OPERADORA),
    "interromper": ({"EM_ATENDIMENTO", "RECUSADA"}, "CANCELADA", NINGUEM),
}
DO_ACESSO: dict[str, tuple[set[str], str, set[str]]] = {
    "corrigir": ({"RESERVADO"}, "RESERVADO", PREFEITURA),
    "implantar": ({"RESERVADO"}, "EM_IMPLANTACAO", PREFEITURA),
    "ativar": ({"EM_IMPLANTACAO"}, "EM_SERVICO", PREFEITURA),
    "alterar": ({"EM_SERVICO"}, "EM_SERVICO", PREFEITURA),
    "desativar": ({"EM_SERVICO"}, "DESATIVADO", PREFEITURA),
    "liberar": ({"RESERVADO", "EM_IMPLANTACAO"}, "LIBERADO", PREFEITURA | OPERADORA),
}
PAPEIS = (
    "responsavel_a1",
    "responsavel_a2",
    "responsavel_b",
    "requerente",
    "analista",
    "analista_2",
    "gestor_prodesp",
    "aprovador",
    "operadora",
    "auditor",
    "tecnico",
    "anonimo",
)
MAQUINAS = [(SolicitacaoServico, DA_SS, Estado), (Acesso, DO_ACESSO, EstadoDoAcesso)]
AMBAS = pytest.mark.parametrize(("modelo", "tabela", "estados"), MAQUINAS, ids=["SS", "Acesso"])


def _transicoes(modelo: Any) -> list[Any]:
    return list(modelo._meta.get_field("estado").get_all_transitions(modelo))


def _objeto(modelo: Any) -> Any:
    if modelo is Acesso:
        return Acesso(municipio_id=BOTUCATU, desde=AGORA, servico="SCM", conexao="INTRANET", ordinal=1, velocidade=8)
    return SolicitacaoServico(municipio_id=BOTUCATU, numero="2026/00001-2", natureza="ATIVACAO", desde=AGORA, criada_em=AGORA)


def _preparar(obj: Any, nome: str) -> None:
    """What a condition of the transition asks for besides the state."""
    if isinstance(obj, SolicitacaoServico):
        obj.pendente_desde = AGORA if nome == "retomar" else None


@AMBAS
def test_the_models_transitions_are_those_of_the_table(modelo: Any, tabela: Any, estados: Any) -> None:
    """Names, sources and targets, none more, none less."""
    achadas: dict[str, tuple[set[str], str]] = {}
    for t in _transicoes(modelo):
        fontes, _ = achadas.setdefault(t.name, (set(), str(t.target)))
        fontes.add(str(t.source))
    assert achadas == {nome: (fontes, alvo) for nome, (fontes, alvo, _) in tabela.items()}


@AMBAS
def test_every_transition_says_who_may_and_how_its_button_reads(modelo: Any, tabela: Any, estados: Any) -> None:
    for t in _transicoes(modelo):
        assert t.permission is not None, t.name
        assert t.custom.get("rotulo"), t.name


@AMBAS
@pytest.mark.parametrize("papel", PAPEIS)
@pytest.mark.django_db
def test_each_role_has_exactly_its_transitions(request: pytest.FixtureRequest, modelo: Any, tabela: Any, estados: Any, papel: str) -> None:
    """Every state × transition for one role: what the table says, cell by cell."""
    ator = request.getfixturevalue(papel).ator if papel != "anonimo" else ator_do_usuario(AnonymousUser())
    obj = _objeto(modelo)
    for estado, (nome, (fontes, _, quem)) in itertools.product(estados.values, tabela.items()):
        obj.__dict__["estado"] = estado
        _preparar(obj, nome)
        metodo = getattr(obj, nome)
        assert can_proceed(metodo) == (estado in fontes), (estado, nome)
        assert has_transition_perm(metodo, ator) == (estado in fontes and papel in quem), (estado, nome, papel)


@AMBAS
def test_the_portal_may_and_who_only_looks_like_it_may_not(modelo: Any, tabela: Any, estados: Any) -> None:
    obj = _objeto(modelo)
    for nome, (fontes, _, _) in tabela.items():
        obj.__dict__["estado"] = sorted(fontes)[0]
        _preparar(obj, nome)
        assert has_transition_perm(getattr(obj, nome), SISTEMA), nome
        assert not has_transition_perm(getattr(obj, nome), Ator(usuario_id=None, nome=SISTEMA.nome)), nome


def test_waiting_is_asked_and_answered_in_turn() -> None:
    """Only one thing is waited for at a time; silence is noted once."""
    ss = _objeto(SolicitacaoServico)
    ss.__dict__["estado"] = Estado.EM_ATENDIMENTO
    assert (can_proceed(ss.pendenciar), can_proceed(ss.retomar)) == (True, False)
    ss.pendente_desde = AGORA
    assert (can_proceed(ss.pendenciar), can_proceed(ss.retomar)) == (False, True)
    ss.__dict__["estado"] = Estado.AGUARDANDO_ACEITE
    assert can_proceed(ss.anotar_silencio)
    ss.silencio_em = AGORA
    assert not can_proceed(ss.anotar_silencio)


def test_every_state_has_its_words() -> None:
    assert set(APARENCIA) == set(Estado.values)
    assert set(APARENCIA_DO_ACESSO) == set(EstadoDoAcesso.values)
    assert all(a.frase.endswith(".") for a in (*APARENCIA.values(), *APARENCIA_DO_ACESSO.values()))


@pytest.mark.django_db
def test_the_state_cannot_be_assigned_past_the_door(atores: Atores) -> None:
    """``protected=True`` on the objects; the database's constraints on ``update()``."""
    rascunho = solicitacoes.rascunho(atores.ana)
    for estado in (*(e for e in Estado.values if e not in ("RASCUNHO", "DESCARTADA", "CANCELADA")), "QUALQUER"):
        with pytest.raises(IntegrityError), transaction.atomic():
            SolicitacaoServico.objects.filter(pk=rascunho.pk).update(estado=estado)
    acesso = solicitacoes.enviada(atores.ana, n=1).acesso
    assert acesso is not None
    for estado in ("EM_SERVICO", "QUALQUER"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Acesso.objects.filter(pk=acesso.pk).update(estado=estado)
    for obj in (rascunho, acesso):
        with pytest.raises(AttributeError):
            obj.estado = "ACEITA"


@pytest.mark.django_db
def test_the_histories_are_only_added_to(atores: Atores) -> None:
    ss = solicitacoes.enviada(atores.ana)
    assert ss.acesso is not None
    for linha, modelo in ((ss.historico.first(), HistoricoSS), (ss.acesso.historico.first(), HistoricoAcesso)):
        assert linha is not None
        for ato in (
            linha.save,
            linha.delete,
            modelo.objects.all().delete,  # type: ignore[attr-defined]
            lambda modelo=modelo: modelo.objects.update(comentario="x"),
        ):
            with pytest.raises(TypeError):
                ato()


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.parametrize("tabela", ["saog_historicoss", "saog_historicoacesso"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET comentario = 'x'", "DELETE FROM {}"])
def test_the_database_itself_keeps_the_histories(atores: Atores, tabela: str, sql: str) -> None:
    """Raw SQL past every model is refused by the trigger."""
    from django.db import connection

    solicitacoes.enviada(atores.ana)
    with pytest.raises(IntegrityError, match="O histórico não se altera"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(tabela))
