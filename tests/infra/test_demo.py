"""`make demo`'s supervisor: it starts, keeps the data, and never leaves a process behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.servidores import porta_livre
from tests.apoio.processos import RAIZ, ambiente_limpo, descendentes, esperar, vive

pytestmark = pytest.mark.lento


@contextmanager
def demonstracao(var: Path, porta: int) -> Iterator[subprocess.Popen[str]]:
    """The supervisor as a child of the test, its output in ``var/saida.log``; killed at the end if the test did not stop it."""
    var.mkdir(exist_ok=True)
    with (var / "saida.log").open("a") as saida:
        aberto = subprocess.Popen(
            [sys.executable, "scripts/demo.py"],
            cwd=RAIZ,
            env=ambiente_limpo(VAR_DIR=str(var), PORT=str(porta)),
            stdout=saida,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        yield aberto
    finally:
        familia = descendentes(aberto.pid)
        if aberto.poll() is None:
            aberto.send_signal(signal.SIGTERM)
            aberto.wait(30)
        for pid in familia:
            if vive(pid):
                os.kill(pid, signal.SIGKILL)


def no_ar(aberto: subprocess.Popen[str], var: Path, *, vez: int) -> set[int]:
    """Wait for the address to be printed; return the pids of the whole family."""

    def pronto() -> bool:
        texto = (var / "saida.log").read_text()
        assert aberto.poll() is None, texto
        return texto.count("Ctrl-C para parar") == vez

    esperar(pronto, por=300, o_que="a demonstração no ar")
    # gunicorn and its 2 workers; the two queues and the clock
    esperar(lambda: len(descendentes(aberto.pid)) >= 6, por=60, o_que="os processos da demonstração")
    return descendentes(aberto.pid)


def parar(aberto: subprocess.Popen[str], sinal: int) -> int:
    """Send the signal, wait, and return the exit status."""
    aberto.send_signal(sinal)
    return aberto.wait(30)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the tests of this file: the demonstration data are loaded once (keep them on one xdist worker)."""
    return tmp_path_factory.mktemp("demo") / "var"


def vezes(var: Path) -> int:
    """How often a demonstration came up on these data, this time included."""
    registro = var / "saida.log"
    return 1 + (registro.read_text().count("Ctrl-C para parar") if registro.exists() else 0)


@dataclass(frozen=True)
class PrimeiraVez:
    """What was seen of a demonstration that started on these data, answered and was stopped."""

    resposta: int
    modo_do_segredo: int
    segredo: str
    saiu_com: int
    ficaram: list[int]


@pytest.fixture(scope="module")
def primeira_vez(var: Path) -> PrimeiraVez:
    """Started, asked for its first page, and stopped by SIGTERM."""
    vez, porta = vezes(var), porta_livre()
    with demonstracao(var, porta) as aberto:
        familia = no_ar(aberto, var, vez=vez)
        with urllib.request.urlopen(f"http://127.0.0.1:{porta}/", timeout=20) as resposta:
            status = resposta.status
        segredo = var / "segredo"
        visto = (status, stat.S_IMODE(segredo.stat().st_mode), segredo.read_text())
        saiu_com = parar(aberto, signal.SIGTERM)
        return PrimeiraVez(*visto, saiu_com, [pid for pid in familia if vive(pid)])


@pytest.mark.xdist_group("demo")
def test_the_demonstration_starts_answers_and_stops_whole(primeira_vez: PrimeiraVez) -> None:
    assert primeira_vez.resposta == 200
    assert primeira_vez.modo_do_segredo == 0o600
    assert primeira_vez.saiu_com == 0
    assert primeira_vez.ficaram == []


def _filho(aberto: subprocess.Popen[str], palavra: bytes) -> int | None:
    """The supervisor's own child whose command line has this word."""
    for pid in descendentes(aberto.pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if palavra in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") and os.getsid(pid) == pid:
                return pid
    return None


@dataclass(frozen=True)
class NoAr:
    """A demonstration that runs."""

    aberto: subprocess.Popen[str]
    var: Path
    porta: int


@pytest.fixture(scope="class")
def demo(var: Path, primeira_vez: PrimeiraVez) -> Iterator[NoAr]:
    """Started a second time on the same data; at the end Ctrl-C stops it and leaves nothing behind."""
    vez, porta = vezes(var), porta_livre()
    with demonstracao(var, porta) as aberto:
        no_ar(aberto, var, vez=vez)
        yield NoAr(aberto, var, porta)
        familia = descendentes(aberto.pid)
        assert parar(aberto, signal.SIGINT) == 0
        assert [pid for pid in familia if vive(pid)] == []


@pytest.mark.xdist_group("demo")
class TestWhileItRuns:
    """One demonstration for all of these: starting one is most of their time."""

    def test_it_keeps_the_data_of_the_time_before(self, demo: NoAr, primeira_vez: PrimeiraVez) -> None:
        assert (demo.var / "segredo").read_text() == primeira_vez.segredo
        assert _responde(demo.porta)

    @pytest.mark.parametrize("palavra", [b"padrao", b"pdf", b"beat", b"gunicorn"])
    def test_a_killed_child_is_started_again(self, demo: NoAr, palavra: bytes) -> None:
        """Whatever dies comes back: the portal goes on answering, and the others were not touched."""
        outros = {p: _filho(demo.aberto, p) for p in (b"padrao", b"pdf", b"beat", b"gunicorn") if p != palavra}
        primeiro, registro = _filho(demo.aberto, palavra), demo.var / "saida.log"
        assert primeiro is not None
        aviso = "terminou sozinho e foi iniciado de novo"
        reinicios = registro.read_text().count(aviso)
        os.kill(primeiro, signal.SIGKILL)
        esperar(lambda: _filho(demo.aberto, palavra) not in (None, primeiro), por=30, o_que="o processo de novo")
        esperar(lambda: registro.read_text().count(aviso) == reinicios + 1, por=5, o_que="o aviso")
        esperar(lambda: _responde(demo.porta), por=30, o_que="a página de novo")
        assert {p: _filho(demo.aberto, p) for p in outros} == outros

    def test_a_second_demonstration_on_the_same_data_is_refused_and_the_first_goes_on(self, demo: NoAr) -> None:
        segunda = subprocess.run(
            [sys.executable, "scripts/demo.py"],
            cwd=RAIZ,
            env=ambiente_limpo(VAR_DIR=str(demo.var), PORT=str(porta_livre())),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert segunda.returncode == 2
        assert "já está rodando" in segunda.stderr
        assert demo.aberto.poll() is None
        assert _responde(demo.porta)


def _responde(porta: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{porta}/", timeout=20) as resposta:
            return bool(resposta.status == 200)
    except OSError:
        return False


@pytest.mark.xdist_group("demo")
def test_a_child_that_keeps_dying_stops_the_demonstration_with_an_error(var: Path) -> None:
    vez = vezes(var)
    with demonstracao(var, porta_livre()) as aberto:
        familia = no_ar(aberto, var, vez=vez)
        mortos: set[int] = set()
        while aberto.poll() is None and len(mortos) < 10:
            alvo = _filho(aberto, b"padrao")
            if alvo is None or alvo in mortos:
                time.sleep(0.1)
                continue
            os.kill(alvo, signal.SIGKILL)
            mortos.add(alvo)
        assert aberto.wait(30) == 1
        assert len(mortos) == 4
        assert "Fim de" in (var / "saida.log").read_text()
        assert [pid for pid in familia if vive(pid)] == []


@pytest.mark.parametrize("porta", ["abc", "0", "70000", "-1"])
def test_a_bad_port_is_refused_in_plain_words(porta: str, tmp_path: Path) -> None:
    feito = subprocess.run(
        [sys.executable, "scripts/demo.py"],
        cwd=RAIZ,
        env=ambiente_limpo(VAR_DIR=str(tmp_path), PORT=porta),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert feito.returncode == 2
    assert "use um número de 1 a 65535" in feito.stderr


def test_a_taken_port_is_named_and_another_is_suggested(tmp_path: Path) -> None:
    with socket.socket() as ocupada:
        ocupada.bind(("127.0.0.1", 0))
        ocupada.listen()
        porta = ocupada.getsockname()[1]
        feito = subprocess.run(
            [sys.executable, "scripts/demo.py"],
            cwd=RAIZ,
            env=ambiente_limpo(VAR_DIR=str(tmp_path), PORT=str(porta)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert feito.returncode == 2
    assert f"PORT={porta + 1} make demo" in feito.stderr
