"""Sending: the schedule of tries, what stops at once, who holds a message, attachments, health. No network here."""

from __future__ import annotations

import datetime as dt
import io
import smtplib
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from comunicacao import envio, tarefas
from comunicacao.consultas import saude
from comunicacao.models import MensagemSaida
from documentos.models import Documento
from tests.apoio.elenco import AGORA

pytestmark = pytest.mark.django_db

ENDERECO = "clara@bofete.sp.gov.br"


@pytest.fixture
def sem_servidor(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every sending finds no server; the list has one entry per try."""
    tentadas: list[int] = []

    def recusa(conexao: Any) -> None:
        tentadas.append(1)
        raise envio.SemServidor("ConnectionRefusedError")

    monkeypatch.setattr(envio, "_abrir", recusa)
    return tentadas


def quebrar(monkeypatch: pytest.MonkeyPatch, erro: Exception) -> None:
    """Every sending raises ``erro``."""

    def enviar(self: Any, fail_silently: bool = False) -> int:
        raise erro

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", enviar)


def test_a_message_goes_once_with_both_faces_and_its_own_identity(escrever: Any, relogio: Any) -> None:
    mensagem = escrever()
    relogio.andar(seconds=2)
    assert envio.enviar(mensagem.pk, relogio=relogio)
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    assert envio.varrer(relogio=relogio) == 0
    (saiu,) = mail.outbox
    assert saiu.message()["Message-ID"] == mensagem.message_id
    assert saiu.message()["Auto-Submitted"] == "auto-generated"
    assert saiu.to == ["Clara Souza <clara@bofete.sp.gov.br>"]
    assert (saiu.body, saiu.alternatives[0].content) == (mensagem.texto, mensagem.html)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.enviada_em, mensagem.tentar_em) == ("enviada", relogio.agora, None)


def test_a_name_with_accents_commas_and_quotes_is_one_recipient(escrever: Any, relogio: Any) -> None:
    envio.enviar(escrever(para_nome='Conceição "Ção" Rocha, Prefeita').pk, relogio=relogio)
    assert mail.outbox[0].message()["To"].count("@") == 1
    assert mail.outbox[0].recipients() == [mail.outbox[0].to[0]]


def test_a_dead_server_is_tried_after_1_5_30_minutes_2_and_6_hours_and_then_given_up(
    escrever: Any, relogio: Any, sem_servidor: list[int]
) -> None:
    mensagem, esperas = escrever(), []
    while True:
        antes = relogio.agora
        envio.varrer(relogio=relogio)
        mensagem.refresh_from_db()
        if mensagem.situacao != "pendente":
            break
        assert mensagem.tentar_em is not None
        esperas.append(int((mensagem.tentar_em - antes).total_seconds() // 60))
        relogio.agora = mensagem.tentar_em - dt.timedelta(seconds=1)
        assert envio.varrer(relogio=relogio) == 0, "antes da hora não se tenta"
        relogio.agora = mensagem.tentar_em
    assert esperas == [1, 5, 30, 120, 360]
    assert len(sem_servidor) == 6
    assert (mensagem.situacao, mensagem.erro) == ("desistida", "SemServidor: ConnectionRefusedError")


def test_after_a_day_without_server_nothing_is_lost(
    escrever: Any, relogio: Any, sem_servidor: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault F18: what was given up is still there, and one command brings it back."""
    for i in range(3):
        escrever(chave=f"dia:{i}")
    for _ in range(24 * 60):
        relogio.andar(minutes=1)
        envio.varrer(relogio=relogio)
    assert saude(relogio.agora).desistidas == 3
    monkeypatch.setattr(envio, "_abrir", lambda conexao: None)
    saida = io.StringIO()
    call_command("reabrir_mensagens", stdout=saida)
    assert saida.getvalue() == "3 mensagens de volta à fila.\n"
    relogio.agora = max(relogio.agora, timezone.now())
    assert envio.varrer(relogio=relogio) == 3
    assert len({m.message()["Message-ID"] for m in mail.outbox}) == 3


@pytest.mark.parametrize(
    "erro",
    [
        smtplib.SMTPRecipientsRefused({ENDERECO: (550, b"nao existe clara@bofete.sp.gov.br")}),
        smtplib.SMTPDataError(554, b"recusada"),
        smtplib.SMTPSenderRefused(552, b"grande demais", "naoresponda@intragov.sp.gov.br"),
    ],
)
def test_a_5xx_stops_at_once_and_leaves_no_address_behind(
    erro: Exception, escrever: Any, relogio: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any, caplog: Any
) -> None:
    mensagem = escrever()
    quebrar(monkeypatch, erro)
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.tentativas, mensagem.tentar_em) == ("desistida", 1, None)
    assert mensagem.erro.split() == [type(erro).__name__, mensagem.erro.split()[1]]
    dito = "".join(capsys.readouterr()) + caplog.text
    assert "@" not in mensagem.erro + dito


@pytest.mark.parametrize(
    "erro",
    [
        smtplib.SMTPRecipientsRefused({ENDERECO: (450, b"volte mais tarde")}),
        smtplib.SMTPDataError(451, b"agora nao"),
        smtplib.SMTPServerDisconnected("caiu"),
        TimeoutError(),
        ConnectionResetError(),
    ],
)
def test_a_passing_trouble_is_tried_again(erro: Exception, escrever: Any, relogio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    mensagem = escrever()
    quebrar(monkeypatch, erro)
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.tentar_em, mensagem.reservada_ate) == ("pendente", AGORA + dt.timedelta(minutes=1), None)


def test_without_server_one_sweep_spends_one_try_of_one_message(escrever: Any, relogio: Any, sem_servidor: list[int]) -> None:
    for i in range(5):
        escrever(chave=f"k{i}")
    envio.varrer(relogio=relogio)
    assert len(sem_servidor) == 1
    assert sorted(MensagemSaida.objects.values_list("tentativas", flat=True)) == [0, 0, 0, 0, 1]


def test_a_claim_keeps_others_away_until_its_lease_ends(escrever: Any, relogio: Any) -> None:
    mensagem = escrever()
    assert envio.reservar(agora=relogio.agora) is not None
    assert envio.reservar(agora=relogio.agora) is None
    relogio.andar(seconds=envio.RESERVA.total_seconds() - 1)
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    relogio.andar(seconds=1)
    assert envio.enviar(mensagem.pk, relogio=relogio)
    assert len(mail.outbox) == 1


def test_the_lease_outlives_the_time_limit_of_a_task(settings: Any) -> None:
    assert envio.RESERVA.total_seconds() > settings.CELERY_TASK_TIME_LIMIT


def test_a_message_that_kills_its_worker_ends_too(escrever: Any, relogio: Any) -> None:
    mensagem = escrever()
    for _ in range(envio.TENTATIVAS):
        assert envio.reservar(agora=relogio.agora) is not None
        relogio.agora += envio.RESERVA
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.erro) == ("desistida", "Interrompida")
    assert mail.outbox == []


def test_a_failure_told_late_does_not_undo_what_another_worker_did(escrever: Any, relogio: Any) -> None:
    mensagem = escrever()
    lenta = envio.reservar(agora=relogio.agora)
    assert lenta is not None
    relogio.agora += envio.RESERVA
    assert envio.enviar(mensagem.pk, relogio=relogio)
    envio._falhou(lenta, smtplib.SMTPDataError(554, b""), agora=relogio.agora)
    mensagem.refresh_from_db()
    assert mensagem.situacao == "enviada"


@pytest.mark.django_db(transaction=True)
def test_workers_and_beats_at_once_on_the_same_messages_send_each_once(escrever: Any) -> None:
    """Faults F4 and F5: the same task delivered twice at once, and two beats."""
    pks = [escrever(chave=f"k{i}").pk for i in range(4)]
    largada, erros = threading.Barrier(4), []

    def trabalha(fazer: Any) -> None:
        try:
            largada.wait(10)
            fazer()
        except Exception as erro:
            erros.append(erro)
        finally:
            connection.close()

    fios = [
        threading.Thread(target=trabalha, args=(f,))
        for f in (tarefas.varrer, tarefas.varrer, lambda: [tarefas.enviar(p) for p in pks], lambda: [tarefas.enviar(p) for p in pks])
    ]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join(60)
    tarefas.varrer()
    assert erros == []
    assert len(mail.outbox) == 4
    assert len({m.message()["Message-ID"] for m in mail.outbox}) == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_a_claim_without_the_row_lock_lets_two_workers_send(escrever: Any) -> None:
    """Read, then write: both find the message free. The race is real; ``reservar`` closes it."""
    mensagem, largada, levaram = escrever(), threading.Barrier(2), []

    def reserva_ingenua() -> None:
        try:
            lida = MensagemSaida.objects.get(pk=mensagem.pk)
            largada.wait(10)
            if lida.reservada_ate is None:
                lida.reservada_ate = AGORA
                lida.save(update_fields=["reservada_ate"])
                levaram.append(lida.pk)
        finally:
            connection.close()

    fios = [threading.Thread(target=reserva_ingenua) for _ in range(2)]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join(30)
    assert len(levaram) == 2


def documento(**campos: Any) -> Documento:
    """A received PDF with its bytes in storage."""
    return Documento.objects.create(
        **{
            "origem": "recebido",
            "especie": "recibo",
            "situacao": "pronto",
            "dono": "adesao:42",
            "titulo": "Recibo do envio 1",
            "arquivo": "r/1.pdf",
            "sha256": "0" * 64,
            "criado_em": AGORA,
            **campos,
        }
    )


@pytest.fixture
def guarda(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A private storage of the test's own, with one file."""
    from django.core.files.storage import FileSystemStorage

    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "1.pdf").write_bytes(b"%PDF-1.7 recibo")
    monkeypatch.setattr(envio, "default_storage", FileSystemStorage(location=tmp_path))
    return tmp_path


def test_a_ready_document_goes_attached_under_its_title(escrever: Any, relogio: Any, guarda: Path) -> None:
    assert envio.enviar(escrever(anexos=[documento().pk]).pk, relogio=relogio)
    assert mail.outbox[0].attachments == [("recibo-do-envio-1.pdf", b"%PDF-1.7 recibo", "application/pdf")]


def test_a_document_still_to_be_made_is_waited_for_without_spending_tries(escrever: Any, relogio: Any, guarda: Path) -> None:
    recibo = documento(situacao="pendente")
    mensagem = escrever(anexos=[recibo.pk])
    for _ in range(10):
        assert not envio.enviar(mensagem.pk, relogio=relogio)
        relogio.andar(seconds=15)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.tentativas, mensagem.erro) == ("pendente", 0, "AnexoPendente")
    Documento.objects.update(situacao="pronto")
    assert envio.enviar(mensagem.pk, relogio=relogio)


@pytest.mark.parametrize("situacao", ["infectado", "falhou", None])
def test_a_document_that_will_never_be_stops_the_message(situacao: str | None, escrever: Any, relogio: Any) -> None:
    mensagem = escrever(anexos=[documento(situacao=situacao).pk if situacao else uuid.uuid4()])
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.erro) == ("desistida", "AnexoImpossivel")


def test_the_demonstration_marks_as_sent_without_sending(escrever: Any, relogio: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    mensagem = escrever()
    assert envio.varrer(relogio=relogio) == 1
    mensagem.refresh_from_db()
    assert mensagem.situacao == "enviada"


def test_health_rings_above_fifty_waiting_or_fifteen_minutes(escrever: Any, relogio: Any, django_assert_num_queries: Any) -> None:
    assert saude(AGORA) == saude(AGORA).__class__(pendentes=0, mais_antiga_segundos=0, desistidas=0, alarme=False)
    for i in range(50):
        escrever(chave=f"k{i}")
    assert not saude(AGORA + dt.timedelta(minutes=15)).alarme
    with django_assert_num_queries(1):
        depois = saude(AGORA + dt.timedelta(minutes=15, seconds=1))
    assert (depois.pendentes, depois.mais_antiga_segundos, depois.alarme) == (50, 901, True)
    escrever(chave="mais uma")
    assert saude(AGORA).alarme
