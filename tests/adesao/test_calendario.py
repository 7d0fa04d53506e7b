"""PRZ-04: the calendar is data, and an outage on the last day of a deadline moves it, on record."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from adesao import acoes
from comunicacao.models import MensagemSaida
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao
from nucleo.models import DiaSemExpediente, Indisponibilidade
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, BOFETE
from tests.apoio.navegador import entrar, sem_rolagem_lateral, sem_violacoes


def _em(dia: int, hora: int) -> dt.datetime:
    return dt.datetime(2026, 11, dia, hora, tzinfo=AGORA.tzinfo)


@pytest.fixture
def devolvida(requerente: Any, analista: Any) -> Any:
    """Bofete's adhesion, to be corrected until Monday 16/11; PRODESP's own 20 days end on 30/11."""
    return adesoes.devolvida(adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator), por=analista.ator)


def test_an_outage_on_the_last_day_moves_the_deadline_and_tells(devolvida: Any, gestor_prodesp: Any, requerente: Any) -> None:
    """To the next day with office hours; one history row; the prefeitura is told."""
    assert prazos.ultimo_dia(devolvida.vence_em) == dt.date(2026, 11, 16)
    movidos = acoes.registrar_queda(
        inicio_em=_em(16, 9), fim_em=_em(16, 17), motivo="Falta de energia", por=gestor_prodesp.ator, agora=_em(16, 18)
    )
    devolvida.refresh_from_db()
    assert movidos == 1
    assert prazos.ultimo_dia(devolvida.vence_em) == dt.date(2026, 11, 17)
    assert prazos.ultimo_dia(devolvida.conferencia_vence_em) == dt.date(2026, 11, 30)
    registro = devolvida.historico.get(transicao="prorrogar")
    assert (registro.por_nome, registro.de, registro.para) == (gestor_prodesp.usuario.nome, "DEVOLVIDA", "DEVOLVIDA")
    mensagem = MensagemSaida.objects.get(assunto_tipo="adesao_prorrogada")
    assert mensagem.para == requerente.usuario.email
    assert "terça-feira, 17/11/2026" in mensagem.assunto


def test_an_outage_on_other_days_moves_nothing(devolvida: Any, gestor_prodesp: Any) -> None:
    """Only a deadline that would end on it; one that ends at midnight sharp leaves the next day alone."""
    prazo = devolvida.vence_em
    comuns = {"motivo": "Queda", "por": gestor_prodesp.ator, "agora": _em(20, 12)}
    assert acoes.registrar_queda(inicio_em=_em(13, 9), fim_em=_em(13, 17), **comuns) == 0
    assert acoes.registrar_queda(inicio_em=_em(15, 9), fim_em=_em(16, 0), **comuns) == 0
    devolvida.refresh_from_db()
    assert devolvida.vence_em == prazo
    assert not devolvida.historico.filter(transicao="prorrogar").exists()


def test_two_days_of_outage_and_the_citys_own_holiday(devolvida: Any, gestor_prodesp: Any) -> None:
    """The prefeitura's clock runs by its own calendar: outage on Monday and Tuesday, municipal holiday on Wednesday."""
    acoes.registrar_dia(data=dt.date(2026, 11, 18), descricao="Padroeira", codigo_ibge=BOFETE, por=gestor_prodesp.ator)
    acoes.registrar_queda(inicio_em=_em(16, 9), fim_em=_em(17, 17), motivo="Queda", por=gestor_prodesp.ator, agora=_em(17, 18))
    devolvida.refresh_from_db()
    assert prazos.ultimo_dia(devolvida.vence_em) == dt.date(2026, 11, 19)


@pytest.mark.parametrize(
    ("inicio", "fim", "campo"), [(_em(21, 9), _em(21, 10), "inicio"), (_em(16, 9), _em(16, 9), "fim"), (_em(1, 0), _em(20, 0), "fim")]
)
def test_a_wrong_outage_is_refused_beside_its_field(gestor_prodesp: Any, inicio: dt.datetime, fim: dt.datetime, campo: str) -> None:
    """Of the future, out of order, or too long."""
    with pytest.raises(RegraViolada) as recusa:
        acoes.registrar_queda(inicio_em=inicio, fim_em=fim, motivo="x", por=gestor_prodesp.ator, agora=_em(20, 12))
    assert recusa.value.campo == campo
    assert not Indisponibilidade.objects.exists()


def test_a_new_day_counts_from_now_on_only(devolvida: Any, gestor_prodesp: Any, analista: Any) -> None:
    """Computed once from its first event: a holiday registered later leaves the deadline as it is (pitfall 13)."""
    prazo = devolvida.vence_em
    acoes.registrar_dia(data=dt.date(2026, 11, 16), descricao="Ponto facultativo", codigo_ibge=None, por=gestor_prodesp.ator)
    devolvida.refresh_from_db()
    assert devolvida.vence_em == prazo
    with pytest.raises(RegraViolada) as recusa:
        acoes.registrar_dia(data=dt.date(2026, 11, 16), descricao="Outra vez", codigo_ibge=None, por=gestor_prodesp.ator)
    assert recusa.value.campo == "data"
    with pytest.raises(SemPermissao):
        acoes.registrar_dia(data=dt.date(2026, 11, 23), descricao="x", codigo_ibge=None, por=analista.ator)


def test_the_page_registers_and_takes_back(gestor_prodesp: Any, analista: Any, municipios: Any) -> None:
    """Errors beside the field (422), double click once, other roles 403."""
    endereco = reverse("adesao:calendario")
    assert analista.cliente.get(endereco).status_code == 403
    errado = gestor_prodesp.cliente.post(endereco, {"ato": "dia", "data": "31/02/2027", "descricao": "", "municipio": ""})
    assert errado.status_code == 422
    assert 'id="id_dia_data_error"' in errado.content.decode()
    dados = {"ato": "dia", "data": "08/12/2027", "descricao": "Padroeira", "municipio": "bofete", "chave": str(uuid.uuid4())}
    assert [gestor_prodesp.cliente.post(endereco, dados).status_code for _ in range(2)] == [302, 302]
    antigo = gestor_prodesp.cliente.post(endereco, {**dados, "data": "01/01/2000", "chave": str(uuid.uuid4())})
    assert antigo.status_code == 422
    pagina = antigo.content.decode()
    assert "08/12/2027 está no calendário de Bofete." in pagina
    assert "‹ Configurações" in pagina
    dia = DiaSemExpediente.objects.get(data=dt.date(2027, 12, 8))
    assert dia.codigo_ibge == BOFETE
    assert gestor_prodesp.cliente.post(endereco, {**dados, "municipio": "Xanadu", "chave": str(uuid.uuid4())}).status_code == 422
    assert "quarta-feira, 08/12/2027" in gestor_prodesp.cliente.get(endereco).content.decode()
    retirar = reverse("adesao:retirar_dia", args=[dia.pk])
    assert "Retirar o dia" in gestor_prodesp.cliente.get(retirar).content.decode()
    assert DiaSemExpediente.objects.exists()  # asking changes nothing
    assert [gestor_prodesp.cliente.post(retirar).status_code for _ in range(2)] == [302, 302]
    assert not DiaSemExpediente.objects.exists()
    queda = {"ato": "queda", "inicio": "05/01/2026", "hora_inicio": "25h", "fim": "05/01/2026", "hora_fim": "10:00", "motivo": "x"}
    assert gestor_prodesp.cliente.post(endereco, queda).status_code == 422
    assert (
        gestor_prodesp.cliente.post(endereco, {**queda, "hora_inicio": "8h", "hora_fim": "9h30", "chave": str(uuid.uuid4())}).status_code
        == 302
    )
    registrada = Indisponibilidade.objects.get()
    assert (timezone.localtime(registrada.inicio_em).hour, timezone.localtime(registrada.fim_em).minute) == (8, 30)


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_the_calendar_page_reads_well(request: pytest.FixtureRequest, largura: str, gestor_prodesp: Any) -> None:
    """axe finds nothing, nothing scrolls sideways, with rows and with errors."""
    pagina = request.getfixturevalue(largura)
    acoes.registrar_dia(data=dt.date(2099, 12, 24), descricao="Véspera de Natal", codigo_ibge=None, por=gestor_prodesp.ator)
    entrar(pagina, gestor_prodesp)
    pagina.goto(reverse("adesao:calendario"))
    sem_violacoes(pagina)
    sem_rolagem_lateral(pagina)
    pagina.get_by_role("button", name="Registrar a queda").click()
    sem_violacoes(pagina)
    sem_rolagem_lateral(pagina)
