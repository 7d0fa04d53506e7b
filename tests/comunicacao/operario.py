"""A real Celery worker for the tests: the portal's settings and tasks of the outbox, a short lease, a quick sweep, a real SMTP backend.

Started by ``test_operario.py`` as ``python -m celery -A tests.comunicacao.operario worker -B``; the test kills it. Only the outbox
is loaded, so that it starts quickly.
"""

from __future__ import annotations

import datetime as dt
import os

import django
from celery import Celery
from django.conf import settings

django.setup()
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_PORT = int(os.environ["EMAIL_PORT"])
settings.EMAIL_USE_TLS = False

app = Celery("operario")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {"comunicacao.varrer": {"task": "comunicacao.varrer", "schedule": 0.3}}
app.conf.beat_max_loop_interval = 0.2

from comunicacao import envio, tarefas  # noqa: E402, F401  after Django is ready

envio.RESERVA = dt.timedelta(seconds=2)
