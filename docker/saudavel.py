"""Health of a container (stdlib and Celery only): exit 0 when the part named in the first argument answers.

``web``: /saude answers 200. ``worker <nome>``: this worker answers a ping through the broker. ``beat <agenda>``: its schedule file was
written in the last five minutes (Celery writes it every three).
"""

from __future__ import annotations

import http.client
import os
import sys
import time
from pathlib import Path


def web() -> bool:
    """GET /saude on our own port, as the proxy would ask."""
    ligacao = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        ligacao.request("GET", "/saude", headers={"Host": os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")})
        return ligacao.getresponse().status == 200
    except OSError:
        return False
    finally:
        ligacao.close()


def worker(nome: str) -> bool:
    """Ping the worker by name."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from intragov_portal.celery import app

    return bool(app.control.inspect(destination=[nome], timeout=4).ping())


def beat(agenda: str) -> bool:
    """Whether the clock wrote its schedule lately."""
    arquivos = list(Path(agenda).parent.glob(Path(agenda).name + "*"))
    return any(time.time() - a.stat().st_mtime < 300 for a in arquivos)


PARTES = {"web": web, "worker": worker, "beat": beat}

if __name__ == "__main__":
    sys.exit(0 if PARTES[sys.argv[1]](*sys.argv[2:]) else 1)
