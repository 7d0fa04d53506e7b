"""Celery application: static schedule, tasks found in each app's ``tarefas`` module."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intragov_portal.settings")

app = Celery("intragov_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tarefas")
app.autodiscover_tasks(["saog.api"], related_name="tarefas")
app.conf.task_routes = {"documentos.gerar": {"queue": "pdf"}, "documentos.paginas": {"queue": "pdf"}}
app.conf.beat_schedule = {
    "comunicacao.varrer": {"task": "comunicacao.varrer", "schedule": 15.0},
    "documentos.varrer": {"task": "documentos.varrer", "schedule": 15.0},
    "adesao.lembrar": {"task": "adesao.lembrar", "schedule": 300.0},
    "saog.avisar": {"task": "saog.avisar", "schedule": 15.0},
    "saog.limpar_avisos": {"task": "saog.limpar_avisos", "schedule": 3600.0},
    "saog.limpar_chaves": {"task": "saog.limpar_chaves", "schedule": 3600.0},
    "saog.vencer": {"task": "saog.vencer", "schedule": 300.0},
    "saog.lembrar": {"task": "saog.lembrar", "schedule": 300.0},
    "enderecamento.varrer": {"task": "enderecamento.varrer", "schedule": 15.0},
    "enderecamento.encerrar_sancoes": {"task": "enderecamento.encerrar_sancoes", "schedule": 300.0},
    "enderecamento.trocar": {"task": "enderecamento.trocar", "schedule": 300.0},
    "comunicacao.esvaziar": {"task": "comunicacao.esvaziar", "schedule": crontab(hour=3, minute=10)},
    "adesao.esquecer_rascunhos": {"task": "adesao.esquecer_rascunhos", "schedule": crontab(hour=3, minute=40)},
    "contas.limpar": {"task": "contas.limpar", "schedule": 3600.0},
}
