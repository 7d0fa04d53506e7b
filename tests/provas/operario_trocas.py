"""A real Celery worker for the kills of the exchanges: the sweep every half second, one slow prefeitura after another, so that a kill
finds it in the middle of one. Started as ``python -m celery -A tests.provas.operario_trocas worker -B``; the test kills it.
"""

from __future__ import annotations

import time
from typing import Any

import django
from celery import Celery

django.setup()

app = Celery("operario_trocas")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {"enderecamento.trocar": {"task": "enderecamento.trocar", "schedule": 0.5}}
app.conf.beat_max_loop_interval = 0.3

from enderecamento import notificacoes, tarefas  # noqa: E402, F401  after Django is ready
from nucleo import fila  # noqa: E402

fila._acordar = lambda nome, ids: False  # nobody is there to be woken


def _devagar(original: Any) -> Any:
    def fazer(*args: Any, **kwargs: Any) -> Any:
        feito = original(*args, **kwargs)
        time.sleep(0.2)
        return feito

    return fazer


notificacoes.troca_terminou = _devagar(notificacoes.troca_terminou)
notificacoes.troca_desfeita = _devagar(notificacoes.troca_desfeita)
