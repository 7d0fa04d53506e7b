"""A circuit is of one link that counts: refused on delivery, held by the database, repaired where data already repeat it (SS-04)."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from nucleo.erros import RegraViolada
from saog import acoes
from saog.estados import Estado
from saog.models import Acesso, Entrega, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA
from tests.apoio.solicitacoes import DIA

from .conftest import Atores

pytestmark = pytest.mark.django_db


def emitida(atores: Atores, n: int) -> SolicitacaoServico:
    return solicitacoes.emitida(solicitacoes.enviada(atores.ana, n=n), analista=atores.analista, responsavel=atores.ana)


def recusa(ss: SolicitacaoServico, circuito: str, atores: Atores) -> RegraViolada:
    with pytest.raises(RegraViolada) as erro, transaction.atomic():
        solicitacoes.entregue(ss, operadora=atores.operadora, circuito=circuito)
    return erro.value


def test_the_circuit_of_another_link_is_refused_beside_the_field_until_that_link_ends(atores: Atores):
    em_servico = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    ss = emitida(atores, 1)
    erro = recusa(ss, " btu-scm-004417 ", atores)
    assert (erro.campo, erro.mensagem) == ("circuito", "Este circuito já é do link UBS Vila Maria, de Botucatu. Confira o número.")
    Acesso.objects.filter(pk=em_servico.pk).update(estado="DESATIVADO")
    assert solicitacoes.entregue(ss, operadora=atores.operadora, circuito="BTU-SCM-004417").estado == Estado.AGUARDANDO_ACEITE


def test_a_delivery_that_waits_for_its_answer_holds_its_circuit_and_a_refused_one_lets_it_go(atores: Atores):
    primeira, segunda = emitida(atores, 1), emitida(atores, 2)
    solicitacoes.entregue(primeira, operadora=atores.operadora, circuito="C-1")
    assert "link Escola 1" in recusa(segunda, "C-1", atores).mensagem
    with pytest.raises(IntegrityError, match=r"saog_circuito_sem_resposta|UNIQUE"), transaction.atomic():
        Entrega.objects.create(solicitacao=segunda, ordem=1, em=AGORA, por_nome="X", circuito="c-1", aceite_vence_em=AGORA + DIA)
    acoes.recusar(ss_id=primeira.pk, motivo="Sem sinal.", por=atores.ana, agora=AGORA)
    solicitacoes.entregue(segunda, operadora=atores.operadora, circuito="C-1")
    assert "link Escola 2" in recusa(primeira, "C-1", atores).mensagem


def test_a_changed_link_keeps_its_own_circuit(atores: Atores):
    acesso = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    ss = acoes.iniciar(municipio_id=acesso.municipio_id, tipo="alteracao-capacidade", acesso_id=acesso.pk, por=atores.ana, agora=AGORA)
    acoes.salvar(ss_id=ss.pk, dados={"servico": "SCM", "velocidade": "16"}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
    solicitacoes.entregue(ss, operadora=atores.operadora, circuito=acesso.circuito)
    acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
    acesso.refresh_from_db()
    assert (acesso.velocidade, acesso.circuito) == (16, "BTU-SCM-004417")


def test_data_that_repeat_a_circuit_are_marked_and_told_and_an_acceptance_of_one_is_refused_with_a_way_out(atores: Atores):
    """The indexes are taken away as before the migration, and come back with the test's transaction."""
    antigo = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora, n=1)
    novo = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora, n=2, agora=AGORA + DIA)
    ss = emitida(atores, 3)
    solicitacoes.entregue(ss, operadora=atores.operadora, circuito="C-3")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX saog_um_link_por_circuito")
        cursor.execute("DROP INDEX saog_circuito_sem_resposta")
    Acesso.objects.filter(pk=novo.pk).update(circuito=antigo.circuito.lower())
    Entrega.objects.filter(solicitacao=ss).update(circuito=antigo.circuito)
    importlib.import_module("saog.migrations.0012_um_link_por_circuito").marcar_os_repetidos(apps, None)
    for link in (antigo, novo):
        link.refresh_from_db()
    assert (antigo.circuito, novo.circuito) == ("BTU-SCM-004417", f"btu-scm-004417 (repetido {novo.pk})")
    ato = novo.historico.order_by("-pk")[0]
    assert ato.dados["circuito"] == {"de": "btu-scm-004417", "para": novo.circuito}
    with pytest.raises(RegraViolada, match="Recuse a entrega"):
        acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
