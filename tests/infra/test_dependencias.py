"""What is installed and what is committed about it: versions, hashes, no registry host."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib import metadata

import pytest
from packaging.version import Version

from tests.apoio.processos import RAIZ

#: seguranca.md B2: the least version without a known hole, for what the portal installs.
MINIMOS = {
    "django": "5.2.19",
    "weasyprint": "70.0",
    "pillow": "13.0.0",
    "pikepdf": "10.17",
    "gunicorn": "27.0.1",
    "celery": "5.7.0",
    "kombu": "5.7.0",
    "redis": "8.1.0",
    "sqlparse": "0.6.1",
    "cryptography": "50.0",
    "psycopg": "3.3.9",
    "whitenoise": "6.12",
    "django-fsm-2": "4.2.4",
    "django-ninja": "1.7.1",
    "pydantic": "2.14.3",
}
TRAVAS = ["requirements.txt", "requirements-dev.txt"]


@pytest.mark.parametrize(("pacote", "minimo"), MINIMOS.items())
def test_no_package_is_older_than_its_last_known_hole(pacote: str, minimo: str) -> None:
    assert Version(metadata.version(pacote)) >= Version(minimo)


def test_django_stays_on_the_long_term_line() -> None:
    assert Version(metadata.version("django")) < Version("5.3")


def test_django_fsm_and_its_continuation_are_never_installed_together() -> None:
    """Both own the folder ``django_fsm/`` and the last one installed wins."""
    donos = {d.metadata["Name"].lower() for d in metadata.distributions() if any(f.parts[0] == "django_fsm" for f in d.files or [])}
    assert donos == {"django-fsm-2"}


@pytest.mark.parametrize("trava", TRAVAS)
def test_lock_files_name_no_host_and_carry_no_pip_option(trava: str) -> None:
    linhas = (RAIZ / trava).read_text().splitlines()
    proibidas = [linha for linha in linhas if re.search(r"://|--index|--extra-index|--find-links|--trusted-host|@ file", linha)]
    assert proibidas == []


@pytest.mark.parametrize("trava", TRAVAS)
def test_every_pinned_package_has_a_hash(trava: str) -> None:
    blocos = re.split(r"\n(?=[a-z0-9])", (RAIZ / trava).read_text())
    pinos = [b for b in blocos if "==" in b.splitlines()[0]]
    assert len(pinos) > 50
    assert [b.splitlines()[0] for b in pinos if "--hash=sha256:" not in b] == []


def test_the_development_lock_holds_the_same_versions_as_the_runtime_one() -> None:
    """`make test` after `make demo` must not change what runs."""

    def pinos(trava: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?)==([^ ;\\]+)", (RAIZ / trava).read_text(), flags=re.MULTILINE))

    uso, dev = (pinos(t) for t in TRAVAS)
    assert {p: dev.get(p) for p in uso} == uso


def test_every_declared_dependency_is_locked() -> None:
    projeto = tomllib.loads((RAIZ / "pyproject.toml").read_text())
    declaradas = {re.split(r"[\[<>=~ ]", d, maxsplit=1)[0] for d in projeto["project"]["dependencies"]}
    travadas = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)", (RAIZ / "requirements.txt").read_text(), flags=re.MULTILINE))
    assert declaradas - travadas == set()


def test_every_declared_dependency_has_its_reason_in_the_decision_record() -> None:
    projeto = tomllib.loads((RAIZ / "pyproject.toml").read_text())
    texto = (RAIZ / "docs/adr/0001-dependencias.md").read_text()
    todas = [*projeto["project"]["dependencies"], *projeto["dependency-groups"]["dev"]]
    nomes = {re.split(r"[\[<>=~ ]", d, maxsplit=1)[0] for d in todas}
    assert {n for n in nomes if f"`{n}`" not in texto} == set()


def test_no_lock_file_full_of_registry_addresses_is_committed() -> None:
    rastreados = subprocess.run(["git", "ls-files"], cwd=RAIZ, capture_output=True, text=True, check=False).stdout.splitlines()
    nomes = {caminho.rsplit("/", 1)[-1] for caminho in rastreados}
    assert nomes & {"uv.lock", "pylock.toml", "package-lock.json", "poetry.lock", "Pipfile.lock"} == set()
