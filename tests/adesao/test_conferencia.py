"""What PRODESP and the approver do: check, return, undo, forward, ask, decide. And reminders. The actions, without pages."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from adesao import acoes, consultas, revisao, tarefas
from adesao.estados import Estado
from adesao.models import Adesao
from comunicacao.models import MensagemSaida
from contas.models import Usuario, Vinculo
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, BOFETE

DEPOIS = AGORA + dt.timedelta(days=2)


@pytest.fixture
def em_conferencia(requerente: Any, analista: Any) -> Adesao:
    """Bofete's adhesion on the analista's table."""
    return adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator)


def _tipos(para: str) -> list[str]:
    return list(MensagemSaida.objects.filter(para=para).order_by("pk").values_list("assunto_tipo", flat=True))


def test_a_return_needs_a_pendencia(em_conferencia: Adesao, analista: Any) -> None:
    """ADS-03: returning without saying why is refused."""
    with pytest.raises(RegraViolada, match="ao menos uma pendência"):
        acoes.devolver(adesao_id=em_conferencia.pk, por=analista.ator, agora=DEPOIS)


@pytest.mark.parametrize(("tarefa", "campo"), [("anexo1", "nao_existe"), ("assinados", "anexo9"), ("x", "y"), ("anexo1", "r1_senha")])
def test_a_pendencia_points_at_something_that_was_sent(em_conferencia: Adesao, analista: Any, tarefa: str, campo: str) -> None:
    """A made-up field is refused."""
    with pytest.raises(RegraViolada):
        acoes.marcar_pendencia(
            adesao_id=em_conferencia.pk, tarefa=tarefa, campo=campo, motivo_id=None, texto="x", por=analista.ator, agora=DEPOIS
        )


def test_only_who_holds_the_process_marks_it(em_conferencia: Adesao, analista_2: Any, gestor_prodesp: Any, auditor: Any) -> None:
    """Another analista is told who holds it; a gestor may; an auditor changes nothing."""
    comuns = {"adesao_id": em_conferencia.pk, "tarefa": "anexo1", "campo": "r1_cpf", "motivo_id": None, "texto": "x", "agora": DEPOIS}
    with pytest.raises(SemPermissao, match="Graça Tavares"):
        acoes.marcar_pendencia(por=analista_2.ator, **comuns)
    with pytest.raises(SemPermissao):
        acoes.marcar_pendencia(por=auditor.ator, **comuns)
    acoes.marcar_pendencia(por=gestor_prodesp.ator, **comuns)
    assert em_conferencia.pendencias.count() == 1


def test_the_return_shows_the_words_starts_seven_days_and_tells(em_conferencia: Adesao, analista: Any, requerente: Any) -> None:
    """PRZ-05: the prefeitura's 7 days; one message with every pendência."""
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)
    assert adesao.estado == Estado.DEVOLVIDA
    assert prazos.ultimo_dia(adesao.vence_em) == dt.date(2026, 11, 16)
    assert [p.rotulo for p in consultas.pendencias_abertas(adesao)] == ["CPF do 2º responsável", "Anexo I: documento assinado"]
    mensagem = MensagemSaida.objects.get(assunto_tipo="adesao_devolvida")
    assert mensagem.para == requerente.usuario.email
    assert "A assinatura está cortada na digitalização." in mensagem.texto
    assert "2 pendências" in mensagem.assunto
    assert "271" not in mensagem.texto  # the value itself, a CPF, is not repeated in the e-mail


def test_a_correction_goes_back_with_only_what_was_asked(em_conferencia: Adesao, analista: Any, requerente: Any) -> None:
    """What stays as it was is listed until corrected or answered; the next sending closes the pendências and starts 20 days again."""
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)
    assert [(f.tarefa, f.campo) for f in revisao.rever(adesao).faltas] == [("anexo1", "r2_cpf"), ("assinados", "anexo1")]
    adesao = adesoes.corrigida(adesao, por=requerente.ator, agora=DEPOIS)
    assert (adesao.estado, adesao.rotulo, adesao.envios) == ("ENVIADA", "Corrigida", 2)
    assert prazos.ultimo_dia(adesao.vence_em) == dt.date(2026, 12, 1)
    assert prazos.ultimo_dia(adesao.limite_em) == dt.date(2027, 3, 9)  # of the first sending
    assert not consultas.pendencias_abertas(adesao)
    assert adesao.analista is None
    assert _tipos(requerente.usuario.email) == ["adesao_enviada", "adesao_devolvida", "adesao_corrigida"]


def test_a_pendencia_may_be_answered_instead(em_conferencia: Adesao, analista: Any, requerente: Any) -> None:
    """The analista may be wrong: an answer stands in for a change, and travels with the next sending."""
    so_o_cpf = (adesoes.PENDENCIAS[0],)
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA, pendencias=so_o_cpf)
    pendencia = consultas.pendencias_abertas(adesao)[0]
    acoes.responder_pendencia(
        adesao_id=adesao.pk, pendencia_id=pendencia.pk, resposta="O CPF está certo: confira o RG.", por=requerente.ator, agora=DEPOIS
    )
    assert revisao.rever(adesao).pode_enviar
    acoes.enviar(adesao_id=adesao.pk, por=requerente.ator, agora=DEPOIS)
    pendencia.refresh_from_db()
    assert pendencia.resposta == "O CPF está certo: confira o RG."
    assert pendencia.encerrada_em == DEPOIS
    with pytest.raises(TransicaoIndisponivel):
        acoes.responder_pendencia(adesao_id=adesao.pk, pendencia_id=pendencia.pk, resposta="x", por=requerente.ator, agora=DEPOIS)


def test_a_wrong_return_is_undone_while_untouched(em_conferencia: Adesao, analista: Any, requerente: Any) -> None:
    """PRODESP's own deadline holds again, the marks are notes again, the prefeitura is told to disregard."""
    prazo = em_conferencia.vence_em
    adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)
    adesao = acoes.desfazer_devolucao(adesao_id=em_conferencia.pk, por=analista.ator, agora=DEPOIS)
    assert (adesao.estado, adesao.vence_em) == ("EM_CONFERENCIA", prazo)
    assert not consultas.pendencias_abertas(adesao)
    assert adesao.pendencias.filter(comunicada_em=None).count() == 2
    assert _tipos(requerente.usuario.email)[-1] == "adesao_devolucao_desfeita"


def test_a_second_return_of_the_same_sending_is_told_again(em_conferencia: Adesao, analista: Any, requerente: Any) -> None:
    """The message key names the return, not only the sending."""
    adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)
    acoes.desfazer_devolucao(adesao_id=em_conferencia.pk, por=analista.ator, agora=DEPOIS)
    acoes.devolver(adesao_id=em_conferencia.pk, por=analista.ator, agora=DEPOIS)
    assert _tipos(requerente.usuario.email).count("adesao_devolvida") == 2


def test_a_touched_return_cannot_be_undone(em_conferencia: Adesao, analista: Any, requerente: Any) -> None:
    """Once the prefeitura has typed, its work is not pulled from under it."""
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)
    adesoes.preencher(adesao, por=requerente.ator, agora=DEPOIS, mudancas={"anexo1": {"r2_cpf": "161.803.398-05"}})
    with pytest.raises(TransicaoIndisponivel, match="já começou a corrigir"):
        acoes.desfazer_devolucao(adesao_id=adesao.pk, por=analista.ator, agora=DEPOIS)


def test_with_a_pendencia_or_an_open_check_list_nothing_is_forwarded(em_conferencia: Adesao, analista: Any) -> None:
    """ADS-04: checked whole, without pendência, with an opinion."""
    pk, ator = em_conferencia.pk, analista.ator
    with pytest.raises(RegraViolada, match="Falta conferir: Ofício, Anexo I, Anexo II"):
        acoes.encaminhar(adesao_id=pk, parecer="Certo.", por=ator, agora=DEPOIS)
    adesoes.conferida(em_conferencia, por=ator)
    with pytest.raises(RegraViolada, match="parecer"):
        acoes.encaminhar(adesao_id=pk, parecer="   ", por=ator, agora=DEPOIS)
    p = acoes.marcar_pendencia(adesao_id=pk, tarefa="oficio", campo="oficio_data", motivo_id=None, texto="Data", por=ator, agora=DEPOIS)
    with pytest.raises(RegraViolada, match="Com pendência não se encaminha"):
        acoes.encaminhar(adesao_id=pk, parecer="Certo.", por=ator, agora=DEPOIS)
    acoes.retirar_pendencia(adesao_id=pk, pendencia_id=p.pk, por=ator, agora=DEPOIS)
    adesao = acoes.encaminhar(adesao_id=pk, parecer="Certo.", por=ator, agora=DEPOIS)
    assert (adesao.estado, adesao.parecer) == ("ENCAMINHADA", "Certo.")
    assert prazos.ultimo_dia(adesao.vence_em) == dt.date(2026, 12, 1)


def test_hand_over_and_release(em_conferencia: Adesao, analista: Any, analista_2: Any, requerente: Any) -> None:
    """To somebody who checks adhesions only; releasing keeps the deadline."""
    prazo = em_conferencia.vence_em
    with pytest.raises(RegraViolada):
        acoes.passar(adesao_id=em_conferencia.pk, analista_id=requerente.usuario.pk, por=analista.ator, agora=DEPOIS)
    adesao = acoes.passar(adesao_id=em_conferencia.pk, analista_id=analista_2.usuario.pk, por=analista.ator, agora=DEPOIS)
    assert adesao.analista == analista_2.usuario
    with pytest.raises(SemPermissao):
        acoes.liberar(adesao_id=adesao.pk, por=analista.ator, agora=DEPOIS)
    adesao = acoes.liberar(adesao_id=adesao.pk, por=analista_2.ator, agora=DEPOIS)
    assert (adesao.estado, adesao.analista, adesao.vence_em) == ("ENVIADA", None, prazo)


@pytest.fixture
def encaminhada(em_conferencia: Adesao, analista: Any) -> Adesao:
    """Bofete's adhesion before the approver."""
    return adesoes.encaminhada(em_conferencia, por=analista.ator, agora=AGORA)


def test_the_approver_asks_and_prodesp_answers(encaminhada: Adesao, aprovador: Any, analista: Any) -> None:
    """ENCAMINHADA → EM_CONFERENCIA with the question; forwarding again clears it."""
    with pytest.raises(RegraViolada):
        acoes.perguntar(adesao_id=encaminhada.pk, pergunta=" ", por=aprovador.ator, agora=DEPOIS)
    adesao = acoes.perguntar(adesao_id=encaminhada.pk, pergunta="O cargo confere?", por=aprovador.ator, agora=DEPOIS)
    assert (adesao.estado, adesao.pergunta, adesao.analista) == ("EM_CONFERENCIA", "O cargo confere?", analista.usuario)
    assert "O cargo confere?" in MensagemSaida.objects.get(assunto_tipo="adesao_pergunta").texto
    for resposta in ("", " \n"):
        with pytest.raises(RegraViolada, match="Responda à pergunta") as erro:
            acoes.encaminhar(adesao_id=adesao.pk, parecer="Confere.", resposta=resposta, por=analista.ator, agora=DEPOIS)
        assert erro.value.campo == "resposta"
    adesao = acoes.encaminhar(adesao_id=adesao.pk, parecer="Confere.", resposta="Confere.", por=analista.ator, agora=DEPOIS)
    assert (adesao.pergunta, adesao.parecer) == ("", "Confere.\n\nPergunta recebida: O cargo confere?\n\nResposta da PRODESP: Confere.")


def test_a_refusal_needs_a_reason_and_frees_the_municipality(encaminhada: Adesao, aprovador: Any, requerente: Any) -> None:
    """ADS-04, ADS-10."""
    with pytest.raises(RegraViolada):
        acoes.indeferir(adesao_id=encaminhada.pk, motivo="", por=aprovador.ator, agora=DEPOIS)
    adesao = acoes.indeferir(adesao_id=encaminhada.pk, motivo="O Termo não prevê.", por=aprovador.ator, agora=DEPOIS)
    assert (adesao.estado, adesao.motivo, adesao.vence_em) == ("INDEFERIDA", "O Termo não prevê.", None)
    assert "O Termo não prevê." in MensagemSaida.objects.get(assunto_tipo="adesao_indeferida").texto
    assert not Vinculo.objects.filter(papel="responsavel").exists()
    assert acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=DEPOIS).estado == Estado.RASCUNHO


def test_approval_gives_both_responsaveis_their_access(encaminhada: Adesao, aprovador: Any) -> None:
    """ADS-11: two accounts without password, two activation messages, two links of this prefeitura."""
    adesao = acoes.aprovar(adesao_id=encaminhada.pk, por=aprovador.ator, agora=DEPOIS)
    assert (adesao.estado, adesao.decidida_em, adesao.vence_em) == ("APROVADA", DEPOIS, None)
    vinculos = Vinculo.objects.filter(papel="responsavel", orgao__municipio_id=BOFETE).order_by("usuario__cpf")
    assert [v.usuario.cpf for v in vinculos] == ["27182818205", "31415926590"]
    assert not any(v.usuario.has_usable_password() for v in vinculos)
    for v in vinculos:
        assert MensagemSaida.objects.filter(para=v.usuario.email).count() == 1


def test_a_requerente_who_is_also_responsavel_gets_a_link_not_a_second_account(requerente: Any, analista: Any, aprovador: Any) -> None:
    """One person, one account, several links (settled question 1)."""
    eu = {"r1_cpf": requerente.usuario.cpf, "r1_email": requerente.usuario.email, "r1_nome": requerente.usuario.nome}
    adesao = adesoes.adesao_enviada(por=requerente.ator, mudancas={"anexo1": eu})
    adesoes.encaminhada(adesoes.assumida(adesao, por=analista.ator), por=analista.ator)
    acoes.aprovar(adesao_id=adesao.pk, por=aprovador.ator, agora=DEPOIS)
    assert Usuario.objects.filter(cpf=requerente.usuario.cpf).count() == 1
    assert set(requerente.usuario.vinculos.values_list("papel", flat=True)) == {"requerente", "responsavel"}


def test_several_are_approved_together_or_none(requerente: Any, requerente_outra: Any, analista: Any, aprovador: Any) -> None:
    """One that changed meanwhile holds them all back."""
    a = adesoes.encaminhada(adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator), por=analista.ator)
    outra = {"anexo1": {"r1_cpf": "111.444.777-35", "r2_cpf": "390.533.447-05"}}
    b = adesoes.assumida(adesoes.adesao_enviada(3513603, por=requerente_outra.ator, mudancas=outra), por=analista.ator)
    with pytest.raises(TransicaoIndisponivel):
        acoes.aprovar_varias(adesoes_ids=[a.pk, b.pk], por=aprovador.ator, agora=DEPOIS)
    assert Adesao.objects.get(pk=a.pk).estado == Estado.ENCAMINHADA
    adesoes.encaminhada(b, por=analista.ator)
    acoes.aprovar_varias(adesoes_ids=[b.pk, a.pk, a.pk], por=aprovador.ator, agora=DEPOIS)
    assert set(Adesao.objects.values_list("estado", flat=True)) == {"APROVADA"}


def _lembretes() -> list[str]:
    return list(MensagemSaida.objects.filter(assunto_tipo="adesao_lembrete").order_by("pk").values_list("chave", flat=True))


def test_reminders_of_a_correction_come_once_each(em_conferencia: Adesao, analista: Any) -> None:
    """PRZ-03: 5, 2 and 0 days before, and once when it is past; however often the sweep runs."""
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)  # due on Monday 16/11
    for dia in range(9, 25):
        for hora in (8, 8, 17):
            tarefas.lembrar_em(dt.datetime(2026, 11, dia, hora, tzinfo=AGORA.tzinfo))
    assert [c.split(":")[-2] for c in _lembretes()] == ["5", "2", "0", "-1"]
    assert Adesao.objects.get(pk=adesao.pk).estado == Estado.DEVOLVIDA  # nothing automatic happens


def test_a_sweep_that_slept_sends_one_reminder_not_three(em_conferencia: Adesao, analista: Any) -> None:
    """A beat that was down for days says the last thing only."""
    adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)
    tarefas.lembrar_em(dt.datetime(2026, 11, 16, 9, tzinfo=AGORA.tzinfo))
    assert [c.split(":")[-2] for c in _lembretes()] == ["0"]


def test_nobody_is_reminded_at_night(em_conferencia: Adesao, analista: Any, relogio: Any) -> None:
    """The sweep runs all day; letters leave between seven and eight."""
    adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)
    relogio.move_to(dt.datetime(2026, 11, 14, 3, tzinfo=AGORA.tzinfo))
    assert tarefas.lembrar() == {"vistas": 0, "falhas": 0}
    assert not _lembretes()
    relogio.move_to(dt.datetime(2026, 11, 14, 7, tzinfo=AGORA.tzinfo))
    assert tarefas.lembrar() == {"vistas": 1, "falhas": 0}
    assert len(_lembretes()) == 1


def test_nobody_is_reminded_of_what_is_done(em_conferencia: Adesao, analista: Any, requerente: Any) -> None:
    """A corrected process is left in peace."""
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA)
    adesoes.corrigida(adesao, por=requerente.ator, agora=DEPOIS)
    tarefas.lembrar_em(dt.datetime(2026, 11, 16, 9, tzinfo=AGORA.tzinfo))
    assert not _lembretes()


def test_the_history_tells_the_whole_story(em_conferencia: Adesao, analista: Any, requerente: Any, aprovador: Any) -> None:
    """State = fold of the history; each row starts where the one before ended."""
    adesao = adesoes.corrigida(adesoes.devolvida(em_conferencia, por=analista.ator), por=requerente.ator, agora=DEPOIS)
    adesoes.encaminhada(adesoes.assumida(adesao, por=analista.ator, agora=DEPOIS), por=analista.ator, agora=DEPOIS)
    adesao = acoes.aprovar(adesao_id=adesao.pk, por=aprovador.ator, agora=DEPOIS)
    linhas = list(adesao.historico.order_by("pk"))
    assert [r.transicao for r in linhas] == [
        "iniciar", "enviar", "assumir", "devolver", "enviar", "assumir", "encaminhar", "aprovar",
    ]  # fmt: skip
    assert all(b.de == a.para for a, b in itertools.pairwise(linhas))
    assert linhas[-1].para == adesao.estado
    assert [r.por_papel for r in linhas] == [
        "requerente", "requerente", "analista", "analista", "requerente", "analista", "analista", "aprovador",
    ]  # fmt: skip
