"""A real Celery worker for ``test_mortes_ss.py``: the sweep of the ten days, every half second, in small slow chunks; so a kill finds it
in the middle of one. Started as ``python -m celery -A tests.provas.operario_ss worker -B``; the test kills it.
"""

from __future__ import annotations

import time
from typing import Any

import django
from celery import Celery

django.setup()

app = Celery("operario_ss")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {"saog.vencer": {"task": "saog.vencer", "schedule": 0.5}}
app.conf.beat_max_loop_interval = 0.3

from nucleo import fila  # noqa: E402  after Django is ready
from saog import notificacoes, tarefas  # noqa: E402, F401
from saog.acoes import prazo  # noqa: E402

prazo.TAMANHO_DO_LOTE = 2
fila._acordar = lambda nome, ids: False  # nobody is there to be woken
_cartas, _aceita = notificacoes.cartas_do_vencimento, notificacoes.aceita


def _devagar(original: Any) -> Any:
    def fazer(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.15)
        return original(*args, **kwargs)

    return fazer


notificacoes.cartas_do_vencimento = _devagar(_cartas)
notificacoes.aceita = _devagar(_aceita)
