"""Starting and ending real processes in tests: always by their own pid, always waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

RAIZ = Path(__file__).resolve().parent.parent.parent


def esperar(condicao: Callable[[], object], *, por: float, o_que: str) -> None:
    """Wait until the condition holds. Fails the test after ``por`` seconds, naming what was waited for."""
    limite = time.monotonic() + por
    while not condicao():
        assert time.monotonic() < limite, f"esperei {por:.0f} s por: {o_que}"
        time.sleep(0.1)


def descendentes(pid: int) -> set[int]:
    """Pids of all children of ``pid``, theirs included (Linux)."""
    pais: dict[int, list[int]] = {}
    for estado in Path("/proc").glob("[0-9]*/stat"):
        try:
            campos = estado.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        pais.setdefault(int(campos[1]), []).append(int(estado.parent.name))
    achados: set[int] = set()
    fila = [pid]
    while fila:
        for filho in pais.get(fila.pop(), []):
            achados.add(filho)
            fila.append(filho)
    return achados


def vive(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def processo(comando: list[str], *, ambiente: dict[str, str], registro: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose output goes to ``registro``; at the end SIGTERM, and SIGKILL for what does not leave in 20 seconds."""
    with registro.open("wb") as saida:
        aberto = subprocess.Popen(
            comando, cwd=RAIZ, env=ambiente, stdin=subprocess.DEVNULL, stdout=saida, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield aberto
    finally:
        familia = descendentes(aberto.pid)
        if aberto.poll() is None:
            aberto.send_signal(signal.SIGTERM)
        try:
            aberto.wait(20)
        except subprocess.TimeoutExpired:
            aberto.kill()
            aberto.wait()
        for pid in familia:
            if vive(pid):
                os.kill(pid, signal.SIGKILL)


def ambiente_limpo(**valores: str) -> dict[str, str]:
    """The environment without what this test run put there, plus ``valores``."""
    nossos = {"MODO", "VAR_DIR", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "PORT", "HOST", "ARQUIVOS_DIR"}
    return {**{k: v for k, v in os.environ.items() if k not in nossos and not k.startswith("PYTEST")}, **valores}
