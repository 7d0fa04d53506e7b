"""Wake-ups: after the commit only, half a second of patience, never an exception (fault F2 of `seguranca.md`)."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from django.conf import settings as ajustes
from django.db import transaction
from kombu import Connection

from comunicacao import tarefas
from intragov_portal.celery import app
from nucleo import fila


@pytest.fixture(autouse=True)
def _fila_sem_memoria(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert fila.esperar(30)  # what earlier tests asked for
    monkeypatch.setattr(fila, "_calada_ate", 0.0)
    fila._soltar(fila._tomar())
    yield
    fila._soltar(fila._tomar())


@pytest.fixture
def corretor_congelado(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A port that takes connections and never answers, as Redis under SIGSTOP does."""
    with socket.create_server(("127.0.0.1", 0)) as ouvinte:
        monkeypatch.setattr(fila, "PACIENCIA", 0.05)
        monkeypatch.setattr(fila, "OPCOES", {**fila.OPCOES, "socket_timeout": 0.05, "socket_connect_timeout": 0.05})
        endereco = f"redis://127.0.0.1:{ouvinte.getsockname()[1]}/0"
        original = app.connection_for_write
        monkeypatch.setattr(app, "connection_for_write", lambda **k: original(endereco, transport="redis", **k))
        yield endereco


def test_the_patience_is_half_a_second_without_retries() -> None:
    assert fila.PACIENCIA == 0.5
    assert (fila.OPCOES["socket_timeout"], fila.OPCOES["socket_connect_timeout"]) == (0.5, 0.5)
    assert (fila.OPCOES["max_retries"], fila.OPCOES["retry_on_timeout"]) == (0, False)


def test_the_options_of_a_wake_up_win_over_those_of_the_settings() -> None:
    with app.connection_for_write("redis://127.0.0.1:1/0", transport_options={"socket_timeout": 2, **fila.OPCOES}) as conexao:
        assert conexao.transport_options["socket_timeout"] == 0.5


@pytest.mark.django_db(transaction=True)
def test_a_frozen_broker_never_breaks_the_act_and_is_asked_once(corretor_congelado: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tentadas: list[str] = []
    original = app.send_task
    monkeypatch.setattr(app, "send_task", lambda nome, **k: (tentadas.append(nome), original(nome, **k)))
    with transaction.atomic():
        for i in range(60):
            fila.apos_commit("comunicacao.enviar", id=i)
    assert fila.esperar(30)
    assert tentadas == ["comunicacao.enviar"], "depois da primeira falha o processo se cala por alguns segundos"


@pytest.mark.django_db(transaction=True)
def test_whoever_commits_does_not_wait_and_equal_wake_ups_become_one(monkeypatch: pytest.MonkeyPatch) -> None:
    publicadas: list[tuple[str, dict[str, Any]]] = []
    comecou, pode = threading.Event(), threading.Event()

    def devagar(nome: str, ids: dict[str, Any]) -> bool:
        publicadas.append((nome, ids))
        comecou.set()
        return pode.wait(30)

    monkeypatch.setattr(fila, "_publicar", devagar)
    with transaction.atomic():
        fila.apos_commit("comunicacao.enviar", id=1)
    assert comecou.wait(30)  # the broker hangs, and here we are
    for _ in range(3):
        with transaction.atomic():
            fila.apos_commit("comunicacao.varrer")
            fila.apos_commit("comunicacao.enviar", id=1)  # committed after the first was published: once more
    assert not fila.esperar(0.01)
    pode.set()
    assert fila.esperar(30)
    assert publicadas == [("comunicacao.enviar", {"id": 1}), ("comunicacao.varrer", {}), ("comunicacao.enviar", {"id": 1})]


def test_a_burst_of_equal_wake_ups_publishes_the_first_at_once_and_the_others_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    feitas: list[str] = []
    monkeypatch.setattr(fila, "_carteiro", fila._Carteiro())
    monkeypatch.setattr(fila, "_publicar", lambda nome, ids: feitas.append(nome))
    monkeypatch.setattr(fila, "INTERVALO", 60)
    fila._acordar("comunicacao.varrer", {})
    assert fila.esperar(30)
    for _ in range(5):
        fila._acordar("comunicacao.varrer", {})
    assert not fila.esperar(0.05)
    monkeypatch.setattr(fila, "INTERVALO", 0)
    fila._acordar("comunicacao.enviar", {"id": 1})  # another one passes, and the thread looks again
    assert fila.esperar(30)
    assert feitas == ["comunicacao.varrer", "comunicacao.varrer", "comunicacao.enviar"]


def test_the_thread_ends_by_itself_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    feitas: list[str] = []
    monkeypatch.setattr(fila, "OCIO", 0.01)
    monkeypatch.setattr(fila, "_publicar", lambda nome, ids: feitas.append(nome))
    for volta in range(2):
        fila._acordar("comunicacao.varrer", {"volta": volta})
        assert fila.esperar(30)
        fim = time.monotonic() + 30
        while fila._carteiro.vivo and time.monotonic() < fim:
            time.sleep(0.01)
        assert not fila._carteiro.vivo
    assert feitas == ["comunicacao.varrer"] * 2


def test_a_child_process_has_a_thread_of_its_own_and_publishes_before_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a fork the parent's thread is gone, its lock perhaps held: the child begins anew, and says goodbye."""
    ler, escrever = os.pipe()
    monkeypatch.setattr(fila, "_publicar", lambda nome, ids: os.write(escrever, b"%d %d\n" % (ids["id"], os.getpid())))
    fila._acordar("comunicacao.enviar", {"id": 1})
    filho = os.fork()
    if filho == 0:
        fila._acordar("comunicacao.enviar", {"id": 2})
        os._exit(0 if fila.esperar(20) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(filho, 0)[1]) == 0
    assert fila.esperar(20)
    os.close(escrever)
    with open(ler, encoding="ascii") as saida:
        assert sorted(saida.read().splitlines()) == [f"1 {os.getpid()}", f"2 {filho}"]


def test_the_end_of_the_thread_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection is closed without the lock: a broker that hangs on goodbye does not make the next commit wait."""
    despedindo, pode, feitas = threading.Event(), threading.Event(), []
    monkeypatch.setattr(fila, "OCIO", 0.01)
    monkeypatch.setattr(fila, "_publicar", lambda nome, ids: feitas.append(nome))
    monkeypatch.setattr(fila, "_soltar", lambda porta: (despedindo.set(), pode.wait(30)))
    fila._acordar("comunicacao.varrer", {})
    assert despedindo.wait(30)
    fila._acordar("comunicacao.enviar", {"id": 1})
    assert fila.esperar(30)
    pode.set()
    assert feitas == ["comunicacao.varrer", "comunicacao.enviar"]


def test_after_the_silence_the_broker_is_asked_again(corretor_congelado: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fila._publicar("comunicacao.varrer", {}) is False
    assert fila._calada_ate > 0
    monkeypatch.undo()
    fila._calada_ate = 0.0
    assert fila._publicar("comunicacao.varrer", {}) is True


def test_a_kept_connection_that_broke_gives_way_to_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker was restarted between two wake-ups: the second is published all the same."""
    abertas: list[Any] = []
    original = app.connection_for_write
    monkeypatch.setattr(app, "connection_for_write", lambda **k: abertas.append(original(**k)) or abertas[-1])
    assert fila._publicar("comunicacao.varrer", {}) is True
    assert fila._publicar("comunicacao.varrer", {}) is True
    assert len(abertas) == 1

    class Quebrada:
        connection = abertas[0]

        def publish(self, *_: Any, **__: Any) -> None:
            raise ConnectionResetError

    monkeypatch.setattr(fila, "_porta", Quebrada())
    assert fila._publicar("comunicacao.varrer", {}) is True
    assert (len(abertas), fila._calada_ate) == (2, 0.0)


def test_silence_is_shorter_than_the_sweep() -> None:
    assert app.conf.beat_schedule["comunicacao.varrer"]["schedule"] > fila.SILENCIO


def test_a_wake_up_is_one_json_message_in_the_queue_of_the_task() -> None:
    if ajustes.REDIS_URL:
        pytest.skip("a outra perna usa Redis")
    pasta = ajustes.FILA_DIR / "mensagens"
    antes = set(pasta.iterdir())
    assert fila._publicar("comunicacao.enviar", {"id": 7}) is True
    (nova,) = set(pasta.iterdir()) - antes
    assert nova.name.endswith(".padrao.msg")
    nova.unlink()


@pytest.fixture
def pasta(tmp_path: Path) -> dict[str, Any]:
    """Options of a folder broker of the test's own."""
    for nome in ("mensagens", "controle"):
        (tmp_path / nome).mkdir()
    mensagens = str(tmp_path / "mensagens")
    fila_nova = f"fila{uuid.uuid4().hex}"  # kombu remembers bindings per process, whatever the folder
    return {"data_folder_in": mensagens, "data_folder_out": mensagens, "control_folder": str(tmp_path / "controle"), "fila": fila_nova}


def abrir(transporte: str, opcoes: dict[str, Any]) -> Connection:
    """A connection to the folder broker."""
    return Connection("filesystem://", transport=transporte, transport_options=opcoes)


def test_the_embedded_broker_is_our_folder() -> None:
    if not ajustes.REDIS_URL:
        with app.connection_for_write() as conexao:
            assert isinstance(conexao.transport, fila.TransportePorPasta)


def test_half_a_message_is_dropped_and_the_next_one_is_read(pasta: dict[str, Any]) -> None:
    with abrir("nucleo.fila:TransportePorPasta", pasta) as conexao, conexao.SimpleQueue(pasta["fila"]) as caixa:
        (Path(pasta["data_folder_in"]) / f"0_meia.{pasta['fila']}.msg").write_bytes(b'{"body": "me')
        with pytest.raises(Empty):
            caixa.get(block=False)
        caixa.put({"id": 7})
        assert caixa.get(timeout=5).payload == {"id": 7}


def test_control_the_library_breaks_on_half_a_message(pasta: dict[str, Any]) -> None:
    """What ends a worker with kombu's own folder: if this ever passes there, ours may go."""
    with abrir("filesystem", pasta) as conexao, conexao.SimpleQueue(pasta["fila"]) as caixa:
        (Path(pasta["data_folder_in"]) / f"0_meia.{pasta['fila']}.msg").write_bytes(b"")
        with pytest.raises(ValueError, match="Expecting value"):
            caixa.get(block=False)


def test_a_message_is_never_seen_before_it_is_whole(pasta: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    vistas: list[list[str]] = []
    trocar = os.replace

    def espiar(de: str, para: str) -> None:
        vistas.append(os.listdir(pasta["data_folder_in"]))
        trocar(de, para)

    monkeypatch.setattr(fila.os, "replace", espiar)
    with abrir("nucleo.fila:TransportePorPasta", pasta) as conexao, conexao.SimpleQueue(pasta["fila"]) as caixa:
        caixa.put({"id": 7})
        assert [n.endswith(".escrevendo") for (n,) in vistas] == [True]
        assert caixa.qsize() == 1


def test_the_schedule_knows_the_sweep_and_the_tasks_exist() -> None:
    assert app.conf.beat_schedule["comunicacao.varrer"]["schedule"] == 15.0
    assert (tarefas.enviar.name, tarefas.varrer.name) == ("comunicacao.enviar", "comunicacao.varrer")


def test_a_broker_without_a_folder_is_a_log_line(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def quebra(**_: Any) -> Any:
        raise OSError("disco cheio")

    monkeypatch.setattr(app, "connection_for_write", quebra)
    assert fila._publicar("comunicacao.enviar", {"id": 7}) is False
