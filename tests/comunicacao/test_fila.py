"""Wake-ups: after the commit only, half a second of patience, never an exception (fault F2 of `seguranca.md`)."""

from __future__ import annotations

import os
import socket
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
def _fila_sem_memoria(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fila, "_calada_ate", 0.0)


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
    assert tentadas == ["comunicacao.enviar"], "depois da primeira falha o processo se cala por alguns segundos"


def test_after_the_silence_the_broker_is_asked_again(corretor_congelado: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fila._acordar("comunicacao.varrer", {}) is False
    assert fila._calada_ate > 0
    monkeypatch.undo()
    fila._calada_ate = 0.0
    assert fila._acordar("comunicacao.varrer", {}) is True


def test_silence_is_shorter_than_the_sweep() -> None:
    assert app.conf.beat_schedule["comunicacao.varrer"]["schedule"] > fila.SILENCIO


def test_a_wake_up_is_one_json_message_in_the_queue_of_the_task() -> None:
    if ajustes.REDIS_URL:
        pytest.skip("a outra perna usa Redis")
    pasta = ajustes.FILA_DIR / "mensagens"
    antes = set(pasta.iterdir())
    assert fila._acordar("comunicacao.enviar", {"id": 7}) is True
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
    assert fila._acordar("comunicacao.enviar", {"id": 7}) is False
