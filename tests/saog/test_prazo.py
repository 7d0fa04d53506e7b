"""The ten days: counted, reminded, ended by the setting, moved by an outage (SS-04, PRZ-01 to PRZ-04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command

from adesao import acoes as adesoes
from adesao.registros import PRORROGADORES
from comunicacao.models import MensagemSaida
from nucleo import fluxo, prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from saog import acoes
from saog.acoes.prazo import ESPERAS, prorrogar_pela_queda
from saog.estados import EfeitoDoSilencio, Estado, EstadoDoAcesso
from saog.models import Acesso, FalhaDaVarredura, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.correio import CaixaDeSaida
from tests.apoio.elenco import AGORA, BOTUCATU, SAO_PAULO
from tests.apoio.solicitacoes import DIA

from .conftest import Atores

pytestmark = pytest.mark.django_db

MINUTO = dt.timedelta(minutes=1)


def em(mes: int, dia: int, hora: int = 10, *, ano: int = 2026) -> dt.datetime:
    return dt.datetime(ano, mes, dia, hora, tzinfo=SAO_PAULO)


def entregue(atores: Atores, n: int = 0, *, agora: dt.datetime = AGORA) -> SolicitacaoServico:
    """Delivered on Monday 09/11: the answer is due on Thursday 19/11, that is until 20/11 00:00."""
    ss = solicitacoes.emitida(solicitacoes.enviada(atores.ana, n=n), analista=atores.analista, responsavel=atores.ana)
    return solicitacoes.entregue(ss, operadora=atores.operadora, agora=agora, circuito=f"BTU-{n}")


def de_novo(ss: SolicitacaoServico) -> SolicitacaoServico:
    return SolicitacaoServico.objects.get(pk=ss.pk)


# --- Counting (PRZ-01, PRZ-04) -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("entrega", "ultimo"),
    [
        (em(11, 9), (11, 19)),  # Monday → the tenth day is a Thursday
        (em(11, 9, 23), (11, 19)),  # 23h in São Paulo is the next day in UTC, and still Monday here
        (em(11, 10), (11, 23)),  # the tenth day is 20/11, Consciência Negra, Friday: rolls to Monday
        (em(11, 11), (11, 23)),  # a Saturday rolls to Monday
        (em(11, 12), (11, 23)),  # a Sunday too
        (em(12, 14), (12, 28)),  # 24/12 ponto facultativo, 25/12 Natal, weekend
        (em(12, 21), (1, 4)),  # 31/12 ponto facultativo, 1/1 holiday, weekend: into the next year
        (em(10, 18), (10, 29)),  # 28/10 Dia do Servidor
    ],
)
def test_the_tenth_day_rolls_to_the_next_one_with_office_hours(atores: Atores, entrega: dt.datetime, ultimo: tuple[int, int]):
    call_command("carregar_calendario", verbosity=0)
    ss = entregue(atores, agora=entrega)
    assert ss.aceite_vence_em is not None
    fim = prazos.ultimo_dia(ss.aceite_vence_em)
    assert (fim.month, fim.day) == ultimo
    assert ss.aceite_vence_em == prazos.meia_noite(fim + DIA)
    assert ss.desde == entrega  # the days start at the Operadora's request for the answer, the same instant


def test_the_holiday_of_that_municipality_counts_and_that_of_another_does_not(atores: Atores, gestor_prodesp: Any):
    adesoes.registrar_dia(data=dt.date(2026, 11, 19), descricao="Padroeira", codigo_ibge=3522406, por=gestor_prodesp.ator)
    assert entregue(atores).aceite_vence_em == em(11, 20, 0)
    adesoes.registrar_dia(data=dt.date(2026, 11, 19), descricao="Aniversário", codigo_ibge=BOTUCATU, por=gestor_prodesp.ator)
    assert entregue(atores, 1).aceite_vence_em == em(11, 24, 0)  # 19 local, 20 Consciência Negra, 21 and 22 weekend: Monday 23


# --- An outage (PRZ-04) ------------------------------------------------------------------------------------------------
def queda(gestor: Any, *, dia: int = 19, agora: dt.datetime | None = None) -> int:
    return adesoes.registrar_queda(
        inicio_em=em(11, dia, 9), fim_em=em(11, dia, 17), motivo="Falta de energia", por=gestor.ator, agora=agora or em(11, dia, 18)
    )


def test_the_floors_that_move_their_deadlines_are_these():
    assert [prorrogar_pela_queda] == PRORROGADORES


def test_an_outage_on_the_last_day_gives_more_time_and_the_prefeitura_is_told(atores: Atores, gestor_prodesp: Any, correio: CaixaDeSaida):
    ss = entregue(atores)
    assert queda(gestor_prodesp, dia=18) == 0
    assert queda(gestor_prodesp) == 1
    ss = de_novo(ss)
    assert ss.aceite_vence_em == em(11, 24, 0)
    assert ss.lista_de_entregas.get().aceite_vence_em == em(11, 24, 0)
    linha = ss.historico.order_by("-pk")[0]
    assert (linha.transicao, linha.de, linha.para) == ("prorrogar", "AGUARDANDO_ACEITE", "AGUARDANDO_ACEITE")
    assert linha.por_nome == gestor_prodesp.usuario.nome
    assert "Falta de energia" in linha.comentario
    cartas = correio.mensagens(tipo="ss_prorrogada")
    assert len(cartas) == 2  # both responsáveis
    assert "segunda-feira, 23/11/2026" in cartas[0].assunto
    assert acoes.vencer_prazos(agora=em(11, 20)).feitas == 0
    assert acoes.vencer_prazos(agora=em(11, 24)).feitas == 1


def test_an_outage_recorded_after_the_sweep_reopens_the_days_and_they_end_once_more(
    atores: Atores, gestor_prodesp: Any, correio: CaixaDeSaida
):
    ss = entregue(atores)
    acoes.vencer_prazos(agora=em(11, 20))
    assert queda(gestor_prodesp, agora=em(11, 20, 11)) == 1
    aberta = de_novo(ss)
    assert (aberta.estado, aberta.silencio_em, aberta.aceite_vence_em) == (Estado.AGUARDANDO_ACEITE, None, em(11, 24, 0))
    acoes.vencer_prazos(agora=em(11, 24))
    assert de_novo(ss).estado == Estado.PRAZO_VENCIDO
    assert len(correio.mensagens(tipo="ss_vencida")) == 4  # each end is told to both


def test_an_outage_recorded_too_late_to_help_changes_nothing(atores: Atores, gestor_prodesp: Any):
    ss = entregue(atores)
    acoes.vencer_prazos(agora=em(11, 20))
    assert queda(gestor_prodesp, agora=em(12, 1)) == 0
    assert de_novo(ss).estado == Estado.PRAZO_VENCIDO


def test_an_outage_moves_prodesps_check_and_the_prefeituras_correction_too(atores: Atores, gestor_prodesp: Any, correio: CaixaDeSaida):
    devolvida = solicitacoes.devolvida(solicitacoes.enviada(atores.ana), por=atores.analista)
    na_prodesp = solicitacoes.enviada(atores.ana, n=1)
    assert devolvida.vence_em is not None
    assert na_prodesp.vence_em is not None
    for ss in (devolvida, na_prodesp):
        fim = prazos.ultimo_dia(ss.vence_em)  # type: ignore[arg-type]
        movidas = adesoes.registrar_queda(
            inicio_em=prazos.meia_noite(fim), fim_em=prazos.meia_noite(fim + DIA), motivo="Queda", por=gestor_prodesp.ator, agora=em(12, 20)
        )
        assert movidas == 1
        assert de_novo(ss).vence_em > ss.vence_em  # type: ignore[operator]
    assert len(correio.mensagens(tipo="ss_prorrogada")) == 2  # of the correction; PRODESP's own clock is nobody's news


# --- The three effects (PRZ-02) ----------------------------------------------------------------------------------------
def test_nothing_ends_before_its_midnight(atores: Atores):
    ss = entregue(atores)
    assert acoes.vencer_prazos(agora=em(11, 20, 0) - dt.timedelta(microseconds=1)).feitas == 0
    assert de_novo(ss).estado == Estado.AGUARDANDO_ACEITE
    assert acoes.vencer_prazos(agora=em(11, 20, 0)).feitas == 1


def test_escalar_tells_both_sides_and_the_prefeitura_may_still_answer(atores: Atores, correio: CaixaDeSaida):
    ss = entregue(atores)
    feito = acoes.vencer_prazos(agora=em(11, 20))
    assert (feito.efeito, feito.feitas, feito.falhas) == (EfeitoDoSilencio.ESCALAR, 1, 0)
    vencida = de_novo(ss)
    assert (vencida.estado, vencida.silencio_em) == (Estado.PRAZO_VENCIDO, em(11, 20))
    linha = ss.historico.order_by("-pk")[0]
    assert (linha.transicao, linha.por_id, linha.por_nome, linha.dados) == ("vencer", None, "Portal (automático)", {"entrega": 1})
    assert sorted(m.para for m in correio.mensagens(tipo="ss_vencida")) == ["aparecida@botucatu.sp.gov.br", "benedito@botucatu.sp.gov.br"]
    da_prodesp = correio.mensagens(tipo="ss_vencida_prodesp")
    assert sorted(m.para for m in da_prodesp) == ["graca@prodesp.sp.gov.br", "iara@prodesp.sp.gov.br"]
    assert "Botucatu" in da_prodesp[0].assunto
    acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=em(11, 25))
    assert de_novo(ss).estado == Estado.ACEITA
    assert Acesso.objects.get().estado == EstadoDoAcesso.EM_SERVICO


def test_many_at_once_are_one_letter_to_each_of_prodesp(atores: Atores, correio: CaixaDeSaida):
    todas = [entregue(atores, n) for n in range(3)]
    assert acoes.vencer_prazos(agora=em(11, 20)).feitas == 3
    assert len(correio.mensagens(tipo="ss_vencida")) == 6
    cartas = correio.mensagens(tipo="ss_vencida_prodesp")
    assert len(cartas) == 2
    assert cartas[0].assunto == "Sem resposta em 10 dias: 3 solicitações"
    assert all(ss.numero in cartas[0].texto and ss.titulo in cartas[0].texto for ss in todas)


def test_aceite_tacito_puts_the_link_in_service_and_says_that_silence_did(atores: Atores, correio: CaixaDeSaida, settings: Any):
    settings.EFEITO_DO_SILENCIO = "aceite_tacito"
    ss = entregue(atores)
    assert acoes.vencer_prazos(agora=em(11, 20)).feitas == 1
    aceita = de_novo(ss)
    assert (aceita.estado, aceita.silencio_em, aceita.aceite_vence_em) == (Estado.ACEITA, em(11, 20), None)
    assert Acesso.objects.get().estado == EstadoDoAcesso.EM_SERVICO
    entrega = ss.lista_de_entregas.get()
    assert (entrega.aceita, entrega.respondida_por_id) == (True, None)
    assert len(correio.mensagens(tipo="ss_aceita")) == 3
    with pytest.raises(TransicaoIndisponivel):
        acoes.recusar(ss_id=ss.pk, motivo="Tarde.", por=atores.ana, agora=em(11, 21))


def test_pendente_notes_it_once_and_goes_on_waiting(atores: Atores, correio: CaixaDeSaida, settings: Any):
    settings.EFEITO_DO_SILENCIO = "pendente"
    ss = entregue(atores)
    assert [acoes.vencer_prazos(agora=em(11, 20) + n * MINUTO).feitas for n in range(3)] == [1, 0, 0]
    assert (de_novo(ss).estado, de_novo(ss).silencio_em) == (Estado.AGUARDANDO_ACEITE, em(11, 20))
    assert ss.historico.filter(transicao="anotar_silencio").count() == 1
    assert correio.mensagens(tipo="ss_vencida") == []
    acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=atores.ana, agora=em(11, 21))
    de_outra = solicitacoes.entregue(ss, operadora=atores.operadora, agora=em(11, 23))
    assert de_outra.silencio_em is None  # a new delivery, a new silence
    assert acoes.vencer_prazos(agora=em(12, 4)).feitas == 1


def test_the_settings_values_are_those_of_the_table_and_a_wrong_one_stops_the_start(tmp_path: Any):
    import subprocess
    import sys

    from tests.apoio.processos import RAIZ, ambiente_limpo

    assert EfeitoDoSilencio.values == ["escalar", "aceite_tacito", "pendente"]
    for nome, valor in (
        ("EFEITO_DO_SILENCIO", "aceitar"),
        ("LEMBRETES_DIAS", "5,-1"),
        ("GUARDA_DOS_AVISOS_DIAS", "0"),
        ("GUARDA_DAS_MENSAGENS_DIAS", "1"),
    ):
        ambiente = ambiente_limpo(MODO="teste", VAR_DIR=str(tmp_path), **{nome: valor})
        feito = subprocess.run(
            [sys.executable, "-c", "import intragov_portal.settings"], cwd=RAIZ, env=ambiente, capture_output=True, text=True, check=False
        )
        assert feito.returncode != 0
        assert nome in feito.stderr.splitlines()[-1]
    certo = subprocess.run(
        [sys.executable, "-c", "import intragov_portal.settings as s; print(s.EFEITO_DO_SILENCIO)"],
        cwd=RAIZ,
        env=ambiente_limpo(MODO="teste", VAR_DIR=str(tmp_path), EFEITO_DO_SILENCIO="pendente"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert certo.stdout.strip() == "pendente"


# --- However often, however late ---------------------------------------------------------------------------------------
def efeitos(ss: SolicitacaoServico) -> tuple[int, int]:
    """How many times it ended in the history and in the outbox of one person."""
    return (
        ss.historico.filter(transicao="vencer").count(),
        MensagemSaida.objects.filter(dono=ss.dono, assunto_tipo="ss_vencida", para="aparecida@botucatu.sp.gov.br").count(),
    )


def test_a_beat_that_was_down_three_days_does_it_once(atores: Atores):
    ss = entregue(atores)
    for _ in range(3):
        acoes.vencer_prazos(agora=em(11, 23))
    assert efeitos(ss) == (1, 1)
    assert de_novo(ss).silencio_em == em(11, 23)  # when it happened, not when it should have


def test_a_clock_that_jumps_an_hour_back_and_forth_does_it_once(atores: Atores):
    ss = entregue(atores)
    hora = dt.timedelta(hours=1)
    for passo in (-hora, 0 * hora, -hora, hora, 0 * hora, 2 * hora):
        acoes.vencer_prazos(agora=em(11, 20, 0) + passo)
        acoes.lembrar_aceite(agora=em(11, 19, 9) + passo)
    assert efeitos(ss) == (1, 1)
    assert ss.historico.get(transicao="vencer").em == em(11, 20, 0)
    assert MensagemSaida.objects.filter(dono=ss.dono, assunto_tipo="ss_lembrete").count() == 2  # one to each responsável


def test_an_answer_given_before_the_lock_is_left_alone(atores: Atores, monkeypatch: pytest.MonkeyPatch):
    """Found due, then refused and delivered again before its turn: the new ten days are not touched."""
    ss = entregue(atores)
    original = fluxo.executar_lote

    def no_meio(*args: Any, **kwargs: Any) -> Any:
        acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=atores.ana, agora=em(11, 20))
        solicitacoes.entregue(ss, operadora=atores.operadora, agora=em(11, 20))
        return original(*args, **kwargs)

    monkeypatch.setattr(fluxo, "executar_lote", no_meio)
    feito = acoes.vencer_prazos(agora=em(11, 20))
    assert (feito.feitas, feito.deixadas, feito.falhas) == (0, 1, 0)
    assert de_novo(ss).estado == Estado.AGUARDANDO_ACEITE


@pytest.mark.parametrize("efeito", EfeitoDoSilencio.values)
def test_a_row_that_keeps_failing_is_set_aside_and_the_others_end(
    atores: Atores, settings: Any, monkeypatch: pytest.MonkeyPatch, efeito: str
):
    settings.EFEITO_DO_SILENCIO = efeito
    ruim, *boas = (entregue(atores, n) for n in range(3))
    transicao = {"escalar": "vencer", "aceite_tacito": "aceitar_pelo_silencio", "pendente": "anotar_silencio"}[efeito]
    original = getattr(SolicitacaoServico, transicao)

    def falhar(self: SolicitacaoServico, **kwargs: Any) -> Any:
        if self.pk == ruim.pk:
            raise ZeroDivisionError
        return original(self, **kwargs)

    falhar._django_fsm = original._django_fsm  # type: ignore[attr-defined]
    monkeypatch.setattr(SolicitacaoServico, transicao, falhar)
    feito = acoes.vencer_prazos(agora=em(11, 20))
    assert (feito.feitas, feito.falhas) == (2, 1)
    assert all(de_novo(ss).silencio_em for ss in boas)
    falha = FalhaDaVarredura.objects.get()
    assert (falha.pk, falha.tentativas, falha.erro) == (ruim.pk, 1, "ZeroDivisionError")
    assert acoes.vencer_prazos(agora=em(11, 20) + MINUTO).falhas == 0  # not its time yet
    assert acoes.vencer_prazos(agora=em(11, 20) + ESPERAS[0]).falhas == 1
    falha.refresh_from_db()
    assert (falha.tentativas, falha.tentar_em) == (2, em(11, 20) + ESPERAS[0] + ESPERAS[1])
    monkeypatch.undo()
    settings.EFEITO_DO_SILENCIO = efeito
    assert acoes.vencer_prazos(agora=em(11, 21)).feitas == 1
    assert not FalhaDaVarredura.objects.exists()


def test_a_letter_that_cannot_be_written_holds_only_its_own_request(atores: Atores, responsavel_a1: Any):
    """The outbox refuses a bad address: the chunk is done one by one, and only that prefeitura's rows fail."""
    from contas.models import Usuario

    outra = solicitacoes.emitida(
        solicitacoes.enviada(atores.vizinha, municipio_id=3522406), analista=atores.analista, responsavel=atores.vizinha
    )
    solicitacoes.entregue(outra, operadora=atores.operadora, agora=AGORA)
    ss = entregue(atores)
    Usuario.objects.filter(pk=responsavel_a1.usuario.pk).update(email="sem arroba")
    feito = acoes.vencer_prazos(agora=em(11, 20))
    assert (feito.feitas, feito.falhas) == (1, 1)
    assert (de_novo(outra).estado, de_novo(ss).estado) == (Estado.PRAZO_VENCIDO, Estado.AGUARDANDO_ACEITE)
    assert ss.historico.filter(transicao="vencer").count() == 0
    assert FalhaDaVarredura.objects.get().erro == RegraViolada.__name__


def test_the_limit_takes_the_oldest_and_the_next_sweep_the_others(atores: Atores):
    nova = entregue(atores, 1, agora=AGORA + DIA)
    velha = entregue(atores, 2)
    assert acoes.vencer_prazos(agora=em(12, 1), limite=1).feitas == 1
    assert (de_novo(velha).estado, de_novo(nova).estado) == (Estado.PRAZO_VENCIDO, Estado.AGUARDANDO_ACEITE)
    assert acoes.vencer_prazos(agora=em(12, 1), limite=1).feitas == 1


def test_the_sweep_asks_for_people_once_whatever_the_number(atores: Atores):
    """No query in a loop: three cost what one costs."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    contas = []
    for quantas in (1, 3):
        for n in range(quantas):
            entregue(atores, 10 * quantas + n)
        with CaptureQueriesContext(connection) as lidas:
            assert acoes.vencer_prazos(agora=em(11, 20)).feitas == quantas
        contas.append(len(lidas))
    assert contas[0] == contas[1]
