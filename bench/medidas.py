"""What the benchmarks measure with."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def _cpu_do_servidor() -> float:
    """Milliseconds of CPU of our PostgreSQL process, on this machine (steps of 10); 0 when it cannot be seen."""
    from django.db import connection

    connection.ensure_connection()
    try:
        campos = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(campos[11]) + int(campos[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def medir(fazer: Callable[[], object], vezes: int = 1) -> tuple[float, float]:
    """Milliseconds of ``vezes`` calls: on the wall, and of CPU (ours and the server's), which others' work disturbs less."""
    cpu = time.process_time() * 1000 + _cpu_do_servidor()
    inicio = time.perf_counter()
    for _ in range(vezes):
        fazer()
    parede = (time.perf_counter() - inicio) * 1000  # before the server is asked, which takes as long as a small statement
    return parede, time.process_time() * 1000 + _cpu_do_servidor() - cpu
