"""A real Celery worker for ``test_mortes.py``: the tasks of ``documentos``, a short lease, a quick sweep, both queues.

With a lease much shorter the sweep asks for the same paper again before the worker comes to it: on a loaded machine the queue filled with
repeats and nothing was made for two minutes. Started as ``python -m celery -A tests.provas.operario worker -B``; the test kills it.
"""

from __future__ import annotations

import datetime as dt

import django
from celery import Celery

django.setup()

app = Celery("operario")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_routes = {"documentos.gerar": {"queue": "pdf"}, "documentos.paginas": {"queue": "pdf"}}
app.conf.beat_schedule = {"documentos.varrer": {"task": "documentos.varrer", "schedule": 2.0}}
app.conf.beat_max_loop_interval = 0.3

from documentos import tarefas  # noqa: E402  after Django is ready

tarefas.RESERVA = dt.timedelta(seconds=12)
tarefas.TENTATIVAS = 1000
tarefas.ESPERAS = [dt.timedelta(seconds=1)] * 4
