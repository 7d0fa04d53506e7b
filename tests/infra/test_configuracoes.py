"""The settings refuse bad values, production starts empty, and the queue takes nothing but JSON (seguranca.md B1.3, B1.7)."""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads

from scripts.testar import PRODUCAO_DE_TESTE
from tests.apoio.processos import RAIZ, ambiente_limpo

pytestmark = pytest.mark.lento


def rodar(codigo: str, **ambiente: str) -> subprocess.CompletedProcess[str]:
    """Run a snippet in a fresh Python with only this environment."""
    return subprocess.run(
        [sys.executable, "-c", codigo],
        cwd=RAIZ,
        env=ambiente_limpo(DJANGO_SETTINGS_MODULE="intragov_portal.settings", **ambiente),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


LER = "from django.conf import settings; settings.DEBUG; print('ok')"


@pytest.mark.parametrize(
    ("troca", "diz"),
    [
        ({"MODO": "produção"}, "MODO"),
        ({"MODO": "debug"}, "MODO"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "curta"}, "SECRET_KEY"),
        ({"ANTIVIRUS": ""}, "ANTIVIRUS"),
    ],
)
def test_production_refuses_to_start_with_a_bad_setting_and_names_it(troca: dict[str, str], diz: str, tmp_path: Path) -> None:
    feito = rodar(LER, **{**PRODUCAO_DE_TESTE, "VAR_DIR": str(tmp_path), **troca})
    assert feito.returncode != 0
    assert diz in feito.stderr.splitlines()[-1]


def test_production_refuses_to_start_without_a_secret_key(tmp_path: Path) -> None:
    ambiente = {k: v for k, v in PRODUCAO_DE_TESTE.items() if k != "SECRET_KEY"}
    feito = rodar(LER, **ambiente, VAR_DIR=str(tmp_path))
    assert feito.returncode != 0
    assert "SECRET_KEY" in feito.stderr.splitlines()[-1]


def test_the_mode_is_production_when_nothing_is_said(tmp_path: Path) -> None:
    ambiente = {k: v for k, v in PRODUCAO_DE_TESTE.items() if k != "MODO"}
    feito = rodar("from django.conf import settings; print(settings.MODO)", **ambiente, VAR_DIR=str(tmp_path))
    assert feito.stdout.strip() == "producao", feito.stderr


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    segredos = {
        "SECRET_KEY": "s" * 60,
        "DATABASE_URL": "postgres://p:s%23nha@banco:5432/portal",
        "REDIS_URL": "redis://portal:x@fila:6379/0",
    }
    ambiente = {k: v for k, v in PRODUCAO_DE_TESTE.items() if k not in segredos}
    for nome, valor in segredos.items():
        (tmp_path / nome).write_text(valor)
        ambiente[f"{nome}_FILE"] = str(tmp_path / nome)
    codigo = (
        "import json; from django.conf import settings as s; b = s.DATABASES['default'];"
        "print(json.dumps([s.SECRET_KEY, b['HOST'], b['PASSWORD'], s.CELERY_BROKER_URL]))"
    )
    feito = rodar(codigo, **ambiente, VAR_DIR=str(tmp_path))
    assert json.loads(feito.stdout) == [segredos["SECRET_KEY"], "banco", "s#nha", segredos["REDIS_URL"]], feito.stderr


def test_production_starts_with_no_account_at_all_and_without_the_demonstration(tmp_path: Path) -> None:
    """seguranca.md 6.3.2; demonstration data can never load outside their mode."""
    codigo = (
        "import django; django.setup();"
        "from django.core.management import call_command, get_commands;"
        "call_command('migrate', verbosity=0, interactive=False);"
        "from contas.models import Usuario; from django.conf import settings;"
        "print(Usuario.objects.count(), 'demonstracao' in settings.INSTALLED_APPS, 'carregar_demonstracao' in get_commands())"
    )
    feito = rodar(codigo, **PRODUCAO_DE_TESTE, VAR_DIR=str(tmp_path))
    assert feito.stdout.strip() == "0 False False", feito.stderr


def test_production_does_not_route_the_demonstration(tmp_path: Path) -> None:
    codigo = (
        "import django; django.setup();"
        "from django.urls import Resolver404, resolve\n"
        "try:\n    resolve('/demo/correio/'); print('existe')\nexcept Resolver404:\n    print('não existe')"
    )
    feito = rodar(codigo, **PRODUCAO_DE_TESTE, VAR_DIR=str(tmp_path), PYTHONIOENCODING="utf-8")
    assert feito.stdout.strip() == "não existe", feito.stderr


def test_the_relaxations_of_the_demonstration_are_exactly_the_ones_named(tmp_path: Path) -> None:
    """Settled question 13: cookies, HSTS, redirect, second factor, webhooks inside; nothing else differs by mode unnamed."""
    codigo = "import json; from django.conf import settings as s; print(json.dumps(s.RELAXAMENTOS))"
    producao = json.loads(rodar(codigo, **PRODUCAO_DE_TESTE, VAR_DIR=str(tmp_path)).stdout)
    demo = json.loads(rodar(codigo, MODO="demonstracao", VAR_DIR=str(tmp_path)).stdout)
    assert (
        set(producao)
        == set(demo)
        == {
            "cookies_so_https",
            "hsts_segundos",
            "redirecionar_https",
            "segundo_fator_obrigatorio",
            "avisos_so_a_enderecos_publicos",
        }
    )
    assert all(producao.values())
    assert not any(demo.values())


def test_the_queue_takes_json_and_refuses_a_pickled_message() -> None:
    """seguranca.md 1.5.2: a pickled message would run code in the worker."""
    from intragov_portal.celery import app

    assert set(app.conf.accept_content) == {"json"}
    assert app.conf.task_serializer == "json"
    veneno = base64.b64encode(pickle.dumps({"x": 1}))
    with pytest.raises(ContentDisallowed):
        loads(veneno, "application/x-python-serialize", "binary", accept=app.conf.accept_content)


def test_sessions_are_json_too() -> None:
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")


def test_the_test_environment_never_points_at_the_folder_of_the_demonstration() -> None:
    assert Path(settings.VAR_DIR) != RAIZ / "var"
    assert settings.MODO == "teste" == os.environ["MODO"]
