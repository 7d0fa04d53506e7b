"""Somebody leaves PRODESP's team: what she was checking goes back to the queue, in the same transaction, with its history."""

from __future__ import annotations

import pytest
from django.db import transaction

from adesao.acoes import devolver_a_fila
from adesao.consultas import ha_adesao
from adesao.estados import Estado
from adesao.models import Adesao
from contas import acoes as contas
from contas import registros
from contas.models import Vinculo
from nucleo.erros import RegraViolada, SemPermissao
from nucleo.fluxo import SISTEMA, Ator
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, Pessoa, vincular

from .conftest import DIA, url

QUANDO = AGORA + 2 * DIA


def de(pessoa: Pessoa, papel: str = "analista") -> int:
    """The person's link with that role."""
    return Vinculo.objects.get(usuario=pessoa.usuario, papel=papel, fim_em=None).pk


def test_contas_hears_adesao_through_these_two_and_no_other() -> None:
    assert [ha_adesao] == registros.SITUACAO_DO_MUNICIPIO
    assert [devolver_a_fila] == registros.AO_SAIR_DA_CONFERENCIA


def test_the_processes_of_an_analista_whose_link_ends_go_back_to_the_queue(
    em_conferencia: Adesao, outra_encaminhada: Adesao, analista: Pessoa, analista_2: Pessoa, gestor_prodesp: Pessoa
) -> None:
    prazo = em_conferencia.vence_em
    resposta = gestor_prodesp.cliente.post(f"/pessoas/vinculos/{de(analista)}/encerrar/", {"motivo": "Mudou de área"})
    assert resposta.status_code == 302
    em_conferencia.refresh_from_db()
    assert (em_conferencia.estado, em_conferencia.analista, em_conferencia.vence_em) == (Estado.ENVIADA, None, prazo)
    linha = em_conferencia.historico.order_by("-em", "-pk").first()
    assert linha is not None
    assert (linha.transicao, linha.de, linha.para) == ("liberar", Estado.EM_CONFERENCIA, Estado.ENVIADA)
    assert (linha.por, linha.comentario) == (gestor_prodesp.usuario, "Quem conferia deixou a equipe")
    outra_encaminhada.refresh_from_db()
    assert outra_encaminhada.estado == Estado.ENCAMINHADA  # not in her hands: it waits for the approver
    assert analista_2.cliente.post(url("assumir", em_conferencia)).status_code == 302


def test_a_closed_account_gives_its_processes_back_too(em_conferencia: Adesao, analista: Pessoa, gestor_prodesp: Pessoa) -> None:
    contas.desativar_conta(usuario_id=analista.usuario.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=QUANDO)
    assert Adesao.objects.get(pk=em_conferencia.pk).estado == Estado.ENVIADA


def test_the_portal_itself_may_end_the_link(em_conferencia: Adesao, analista: Pessoa, gestor_prodesp: Pessoa) -> None:
    contas.encerrar_vinculo(vinculo_id=de(analista), motivo="", por=SISTEMA, agora=QUANDO)
    linha = em_conferencia.historico.order_by("-em", "-pk").first()
    assert linha is not None
    assert (linha.transicao, linha.por_nome) == ("liberar", "Portal (automático)")


def test_who_keeps_another_role_that_checks_keeps_the_processes(em_conferencia: Adesao, analista: Pessoa, gestor_prodesp: Pessoa) -> None:
    vincular(analista.usuario, "gestor", "prodesp")
    contas.encerrar_vinculo(vinculo_id=de(analista), motivo="", por=gestor_prodesp.ator, agora=QUANDO)
    assert Adesao.objects.get(pk=em_conferencia.pk).analista_id == analista.usuario.pk
    contas.encerrar_vinculo(vinculo_id=de(analista, "gestor"), motivo="", por=gestor_prodesp.ator, agora=QUANDO)
    assert Adesao.objects.get(pk=em_conferencia.pk).analista_id is None


def test_the_end_of_somebody_elses_link_leaves_them_alone(
    em_conferencia: Adesao, analista_2: Pessoa, requerente: Pessoa, gestor_prodesp: Pessoa, analista: Pessoa
) -> None:
    contas.encerrar_vinculo(vinculo_id=de(analista_2), motivo="", por=gestor_prodesp.ator, agora=QUANDO)
    contas.encerrar_vinculo(vinculo_id=de(requerente, "requerente"), motivo="Saiu.", por=gestor_prodesp.ator, agora=QUANDO)
    assert Adesao.objects.get(pk=em_conferencia.pk).analista_id == analista.usuario.pk


def test_the_end_of_a_prefeituras_link_never_touches_what_one_checks(
    em_conferencia: Adesao, requerente: Pessoa, analista: Pessoa, gestor_prodesp: Pessoa
) -> None:
    """A process may stand with somebody who left (back with a question); her link in a prefeitura is another matter."""
    vincular(analista.usuario, "requerente", 3506904)
    Vinculo.objects.filter(pk=de(analista)).update(fim_em=QUANDO)
    contas.encerrar_vinculo(vinculo_id=de(analista, "requerente"), motivo="", por=requerente.ator, agora=QUANDO)
    assert Adesao.objects.get(pk=em_conferencia.pk).estado == Estado.EM_CONFERENCIA


def test_the_end_and_the_release_stand_or_fall_together(
    em_conferencia: Adesao, analista: Pessoa, gestor_prodesp: Pessoa, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recusar(*, usuario_id: int, por: Ator, agora: object) -> None:
        raise RegraViolada("não")

    monkeypatch.setattr(registros, "AO_SAIR_DA_CONFERENCIA", [devolver_a_fila, recusar])
    with pytest.raises(RegraViolada, match="não"):
        contas.encerrar_vinculo(vinculo_id=de(analista), motivo="", por=gestor_prodesp.ator, agora=QUANDO)
    assert Adesao.objects.get(pk=em_conferencia.pk).estado == Estado.EM_CONFERENCIA
    assert Vinculo.objects.get(usuario=analista.usuario).fim_em is None


def test_nobody_without_the_right_empties_a_colleagues_hands(em_conferencia: Adesao, analista: Pessoa, analista_2: Pessoa) -> None:
    with pytest.raises(SemPermissao), transaction.atomic():
        devolver_a_fila(usuario_id=analista.usuario.pk, por=analista_2.ator, agora=QUANDO)


def test_the_question_of_the_approver_to_somebody_who_left_reaches_the_gestores(
    outra_encaminhada: Adesao, aprovador: Pessoa, analista: Pessoa, gestor_prodesp: Pessoa
) -> None:
    """Forwarded, it is in nobody's hands at PRODESP; back with a question it stands with who left, and a gestor passes it on."""
    contas.encerrar_vinculo(vinculo_id=de(analista), motivo="", por=gestor_prodesp.ator, agora=QUANDO)
    aprovador.cliente.post(url("perguntar", outra_encaminhada), {"pergunta": "Quem assina?"})
    assert Adesao.objects.get(pk=outra_encaminhada.pk).estado == Estado.EM_CONFERENCIA
    assert gestor_prodesp.cliente.post(url("liberar", outra_encaminhada)).status_code == 302
    assert adesoes.assumida(outra_encaminhada, por=gestor_prodesp.ator, agora=QUANDO).estado == Estado.EM_CONFERENCIA
