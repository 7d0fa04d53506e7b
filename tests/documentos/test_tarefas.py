"""Background work: idempotent, counted, bounded; antivirus; page images (settled questions 9 and 10; faults F4, F11, F14)."""

from __future__ import annotations

import datetime as dt
import io
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from PIL import Image

from documentos import antivirus, armazem, entrega, jaula, pdf, recebimento, tarefas
from documentos.models import Documento
from tests.documentos import fabrica
from tests.documentos.conftest import AGORA


@pytest.fixture
def acordados(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    lista: list[tuple[str, str]] = []
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: lista.append((nome, ids["uuid"])))
    return lista


def receber(conteudo: bytes | None = None, *, dono: str = "adesao:1") -> Documento:
    return recebimento.receber(
        arquivo=ContentFile(conteudo or fabrica.simples(), "x.pdf"), especie="oficio", dono=dono, titulo="Ofício", agora=AGORA, por_id=None
    )


# --- papers ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("pango")
def test_the_task_makes_the_paper_once_however_often_it_is_delivered(encomenda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    documento = encomenda()
    vezes: list[int] = []
    original = pdf.produzir
    monkeypatch.setattr(pdf, "produzir", lambda d: (vezes.append(1), original(d))[1])
    assert [tarefas.gerar(str(documento.pk)) for _ in range(5)] == ["pronto", "nada", "nada", "nada", "nada"]
    assert len(vezes) == 1
    documento.refresh_from_db()
    assert (documento.situacao, documento.tentar_em, documento.reservado_ate) == ("pronto", None, None)


def test_a_paper_that_keeps_failing_is_given_up_after_five_tries(
    encomenda: Any, monkeypatch: pytest.MonkeyPatch, time_machine: Any
) -> None:
    documento = encomenda()
    time_machine.move_to(AGORA, tick=False)

    def quebrar(_: Documento) -> Any:
        raise RuntimeError("não")

    monkeypatch.setattr(pdf, "garantir", quebrar)
    esperas = []
    agora = AGORA
    for _ in range(5):
        assert tarefas.gerar(str(documento.pk)) == "falhou"
        documento.refresh_from_db()
        if documento.tentar_em is None:
            break
        esperas.append((documento.tentar_em - agora).total_seconds())
        agora = documento.tentar_em
        time_machine.move_to(agora, tick=False)
    assert esperas == [15, 60, 300, 900]
    assert (documento.situacao, documento.tentativas, documento.erro) == ("falhou", 5, "RuntimeError")
    assert tarefas.gerar(str(documento.pk)) == "nada"
    assert tarefas.acordar(AGORA + dt.timedelta(days=1)) == 0
    with pytest.raises(entrega.AindaNaoPronto, match="Não foi possível gerar"):
        entrega.anexo(documento)


def test_asking_again_for_papers_not_yet_made_wakes_the_worker_for_those_that_nobody_has(
    encomenda: Any, acordados: list[tuple[str, str]], django_capture_on_commit_callbacks: Any, django_assert_num_queries: Any
) -> None:
    depois = AGORA + dt.timedelta(seconds=61)
    with django_capture_on_commit_callbacks(execute=True):
        esperando, falhou, em_maos, pronto = documentos = [encomenda(n=n) for n in range(4)]
    Documento.objects.filter(pk=falhou.pk).update(situacao="falhou", tentar_em=None, tentativas=5)
    Documento.objects.filter(pk=em_maos.pk).update(reservado_ate=depois + tarefas.RESERVA)
    Documento.objects.filter(pk=pronto.pk).update(situacao="pronto", arquivo="x", sha256="x")
    acordados.clear()
    with django_capture_on_commit_callbacks(execute=True), django_assert_num_queries(2):
        assert pdf.pedir_de_novo(documentos, agora=depois) == 2
    assert sorted(acordados) == sorted(("documentos.gerar", str(d.pk)) for d in (esperando, falhou))
    falhou.refresh_from_db()
    assert (falhou.situacao, falhou.tentativas, falhou.tentar_em) == ("pendente", 0, depois)
    assert pdf.pedir_de_novo([encomenda(n=9)], agora=AGORA) == 0  # ordered this very moment: awake already


@pytest.mark.usefixtures("pango")
def test_a_paper_given_up_is_made_when_somebody_asks_for_it_again(encomenda: Any) -> None:
    documento = encomenda()
    Documento.objects.filter(pk=documento.pk).update(situacao="falhou", tentar_em=None)
    assert pdf.garantir(documento).situacao == "pronto"


def test_a_worker_that_died_counts_as_a_try_and_the_row_is_free_again_later(encomenda: Any, time_machine: Any) -> None:
    documento = encomenda()
    time_machine.move_to(AGORA, tick=False)
    assert tarefas._reservar(str(documento.pk), tarefas.A_GERAR) is not None  # and then: kill -9
    assert tarefas._reservar(str(documento.pk), tarefas.A_GERAR) is None
    time_machine.move_to(AGORA + tarefas.RESERVA, tick=False)
    de_novo = tarefas._reservar(str(documento.pk), tarefas.A_GERAR)
    assert de_novo is not None
    assert de_novo.tentativas == 2


def test_missing_libraries_never_give_a_paper_up(encomenda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    documento = encomenda()

    def sem_pango(_: Documento) -> Any:
        raise pdf.PdfIndisponivel("x")

    monkeypatch.setattr(pdf, "garantir", sem_pango)
    for _ in range(7):
        assert tarefas.gerar(str(documento.pk)) == "indisponivel"
    documento.refresh_from_db()
    assert documento.situacao == "pendente"
    assert documento.tentar_em is not None


# --- the sweep -------------------------------------------------------------------------------------------------------


def test_the_sweep_wakes_each_kind_of_work_once_and_then_leaves_it_alone(
    encomenda: Any, settings: Any, acordados: list[tuple[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    a_gerar = encomenda()
    a_desenhar = receber()
    settings.ANTIVIRUS = "unix:/nao/ha"
    a_examinar = receber()
    with django_capture_on_commit_callbacks(execute=True):
        assert tarefas.acordar(AGORA) == 3
        assert tarefas.acordar(AGORA) == 0
        assert tarefas.acordar(AGORA + tarefas.RESERVA) == 3
    assert sorted(set(acordados)) == sorted(
        [
            ("documentos.gerar", str(a_gerar.pk)),
            ("documentos.paginas", str(a_desenhar.pk)),
            ("documentos.antivirus", str(a_examinar.pk)),
        ]
    )
    assert len(acordados) == 6


def test_the_sweep_is_bounded_and_forgets_rows_with_nothing_to_do(encomenda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tarefas, "POR_VARREDURA", 3)
    documentos = [encomenda(n=n) for n in range(5)]
    Documento.objects.filter(pk=documentos[0].pk).update(situacao="falhou", tentar_em=AGORA - dt.timedelta(hours=1))
    assert tarefas.acordar(AGORA) == 2
    assert tarefas.acordar(AGORA) == 2
    assert tarefas.acordar(AGORA) == 0
    assert Documento.objects.get(pk=documentos[0].pk).tentar_em is None


def test_the_sweep_asks_the_database_the_same_number_of_times_for_nothing_and_for_much(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        tarefas.acordar(AGORA)


# --- antivirus -------------------------------------------------------------------------------------------------------


class ClamdDeMentira:
    """Speaks INSTREAM on loopback and answers what it is told to."""

    def __init__(self) -> None:
        self.resposta, self.recebido = b"stream: OK\0", b""
        self.ouvido = socket.create_server(("127.0.0.1", 0))
        self.porta = self.ouvido.getsockname()[1]
        self.fio = threading.Thread(target=self._atender, daemon=True)
        self.fio.start()

    def _atender(self) -> None:
        while True:
            try:
                ligacao, _ = self.ouvido.accept()
            except OSError:
                return
            with ligacao, ligacao.makefile("rb") as leitura:
                assert leitura.read(10) == b"zINSTREAM\0"
                corpo = b""
                while tamanho := struct.unpack("!L", leitura.read(4))[0]:
                    corpo += leitura.read(tamanho)
                self.recebido = corpo
                ligacao.sendall(self.resposta)

    def parar(self) -> None:
        self.ouvido.shutdown(socket.SHUT_RDWR)
        self.ouvido.close()
        self.fio.join()


@pytest.fixture
def clamd(settings: Any, db: None) -> Iterator[ClamdDeMentira]:
    servidor = ClamdDeMentira()
    settings.ANTIVIRUS = f"tcp:127.0.0.1:{servidor.porta}"
    yield servidor
    servidor.parar()


def test_a_clean_file_becomes_ready_and_its_pages_are_made_next(
    clamd: ClamdDeMentira, acordados: list[tuple[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    conteudo = fabrica.simples()
    documento = receber(conteudo)
    with django_capture_on_commit_callbacks(execute=True):
        assert tarefas.antivirus(str(documento.pk)) == "limpo"
        assert tarefas.antivirus(str(documento.pk)) == "nada"
    assert clamd.recebido == conteudo
    documento.refresh_from_db()
    assert (documento.situacao, documento.antivirus) == ("pronto", "limpo")
    assert acordados == [("documentos.paginas", str(documento.pk))]


@pytest.mark.django_db(transaction=True)
def test_an_infected_file_is_refused_and_its_bytes_removed(settings: Any, transactional_db: None) -> None:
    servidor = ClamdDeMentira()
    servidor.resposta = b"stream: Eicar-Test-Signature\x1b[2J FOUND\0"
    settings.ANTIVIRUS = f"tcp:127.0.0.1:{servidor.porta}"
    try:
        documento = receber()
        caminho = armazem.caminho_de(documento)
        assert tarefas.antivirus(str(documento.pk)) == "infectado"
    finally:
        servidor.parar()
    documento.refresh_from_db()
    assert (documento.situacao, documento.arquivo, documento.tentar_em) == ("infectado", "", None)
    assert documento.sha256
    assert documento.erro == "Eicar-Test-Signature?[2J"
    assert not caminho.exists()
    with pytest.raises(entrega.AindaNaoPronto, match="antivírus"):
        entrega.anexo(documento)


@pytest.mark.parametrize(
    "resposta", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK extra\0", b"stream: \xff ERROR\0", b"OK\0"]
)
def test_anything_but_a_clear_answer_stays_in_verification_for_ever(resposta: bytes, clamd: ClamdDeMentira, time_machine: Any) -> None:
    time_machine.move_to(AGORA, tick=False)
    clamd.resposta = resposta
    documento = receber()
    for _ in range(8):
        assert tarefas.antivirus(str(documento.pk)) == "indisponivel"
    documento.refresh_from_db()
    assert documento.situacao == "em_verificacao"
    assert documento.tentar_em is not None
    assert documento.tentar_em <= AGORA + dt.timedelta(minutes=15)


def test_an_antivirus_that_is_down_leaves_the_file_in_verification(settings: Any, db: None) -> None:
    settings.ANTIVIRUS = "unix:/nao/ha/clamd.ctl"
    documento = receber()
    assert tarefas.antivirus(str(documento.pk)) == "indisponivel"
    documento.refresh_from_db()
    assert documento.situacao == "em_verificacao"
    with pytest.raises(entrega.AindaNaoPronto, match="em verificação"):
        entrega.anexo(documento)


@pytest.mark.parametrize("desligado", ["nenhum", ""])
def test_a_file_that_waited_when_the_antivirus_was_switched_off_goes_on_as_a_new_one_would(
    desligado: str, settings: Any, db: None, time_machine: Any, acordados: list[tuple[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    time_machine.move_to(AGORA, tick=False)
    settings.ANTIVIRUS = "unix:/nao/ha/clamd.ctl"
    documento = receber()
    assert tarefas.antivirus(str(documento.pk)) == "indisponivel"
    settings.ANTIVIRUS = desligado
    novo = receber(fabrica.simples(paginas=2))
    depois = AGORA + dt.timedelta(minutes=15)
    time_machine.move_to(depois, tick=False)
    with django_capture_on_commit_callbacks(execute=True):
        tarefas.acordar(depois)
    assert ("documentos.antivirus", str(documento.pk)) in acordados
    acordados.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert tarefas.antivirus(str(documento.pk)) == "sem antivírus"
        assert tarefas.antivirus(str(documento.pk)) == "nada"
    assert acordados == [("documentos.paginas", str(documento.pk))]
    documento.refresh_from_db()
    assert (documento.situacao, documento.antivirus, documento.erro) == (novo.situacao, novo.antivirus, novo.erro)
    assert (documento.pronto_em, documento.tentativas, documento.reservado_ate) == (depois, 0, None)
    entrega.anexo(documento).close()


def test_without_its_file_a_waiting_row_is_not_let_go(settings: Any, db: None) -> None:
    settings.ANTIVIRUS = "unix:/nao/ha/clamd.ctl"
    documento = receber()
    armazem.caminho_de(documento).unlink()
    settings.ANTIVIRUS = "nenhum"
    assert tarefas.antivirus(str(documento.pk)) == "ausente"
    documento.refresh_from_db()
    assert documento.situacao == "em_verificacao"


@pytest.mark.parametrize("endereco", ["clamd", "tcp:maquina", "unix:relativo", "tcp::3310", "http:x:1"])
def test_a_bad_address_of_the_antivirus_is_a_configuration_error(endereco: str, settings: Any, tmp_path: Any) -> None:
    settings.ANTIVIRUS = endereco
    with pytest.raises(ImproperlyConfigured):
        antivirus.examinar(tmp_path)


# --- page images -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_page_images_are_made_a_few_at_a_time_and_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    documento = receber(fabrica.simples(paginas=14))
    original = jaula.executar
    pedidos: list[tuple[int, int]] = []

    def contar(operacao: str, **campos: Any) -> jaula.Resposta:
        pedidos.append((campos["argumentos"]["de"], campos["argumentos"]["ate"]))
        if len(pedidos) == 2:
            raise jaula.JaulaInterrompida("tempo")
        return original(operacao, **campos)

    monkeypatch.setattr(jaula, "executar", contar)
    assert tarefas.paginas_de(str(documento.pk)) == "falhou"
    Documento.objects.filter(pk=documento.pk).update(tentar_em=AGORA, reservado_ate=None)
    assert tarefas.paginas_de(str(documento.pk)) == "prontas"
    assert pedidos == [(1, 6), (7, 12), (7, 12), (13, 14)]
    documento.refresh_from_db()
    assert documento.paginas_prontas
    with Image.open(io.BytesIO(entrega.pagina(documento, 14).content)) as imagem:
        assert imagem.size == (910, 1287)


@pytest.mark.django_db
def test_page_images_that_cannot_be_made_are_given_up_and_the_file_stays_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    documento = receber()

    def interromper(*_: Any, **__: Any) -> None:
        raise jaula.JaulaInterrompida("memoria")

    monkeypatch.setattr(jaula, "executar", interromper)
    for _ in range(5):
        Documento.objects.filter(pk=documento.pk).update(reservado_ate=None)
        assert tarefas.paginas_de(str(documento.pk)) == "falhou"
    documento.refresh_from_db()
    assert (documento.situacao, documento.paginas_prontas, documento.tentar_em) == ("pronto", False, None)
    resposta = entrega.anexo(documento)
    resposta.close()
    assert resposta["Content-Length"] == str(documento.tamanho)


@pytest.mark.django_db
def test_a_huge_page_becomes_an_image_of_bounded_size() -> None:
    def esticar(aberto: Any) -> None:
        aberto.pages[0].MediaBox = fabrica.Array([0, 0, 14400, 14400])

    documento = receber(fabrica.simples(mexer=esticar))
    assert tarefas.paginas_de(str(documento.pk)) == "prontas"
    with Image.open(io.BytesIO(entrega.pagina(documento, 1).content)) as imagem:
        assert max(imagem.size) <= 2001
