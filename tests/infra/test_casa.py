"""House rules that a machine can read: floors complete, files short, no unescaped output, no external file, no stray queue or e-mail."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apoio.processos import RAIZ

PROJETO = tomllib.loads((RAIZ / "pyproject.toml").read_text())
APPS = sorted(p.parent.name for p in RAIZ.glob("*/apps.py"))
PASTAS = [*APPS, "scripts", "tests", "docker", "bench"]


def fontes(*pastas: str, extensao: str = "py") -> Iterator[Path]:
    """Source files of these folders, migrations left out."""
    for pasta in pastas:
        yield from (p for p in sorted((RAIZ / pasta).rglob(f"*.{extensao}")) if "migrations" not in p.parts)


def relativo(caminho: Path) -> str:
    return caminho.relative_to(RAIZ).as_posix()


def test_every_app_stands_on_a_floor() -> None:
    """A new app that no contract names would be free to import anything."""
    linter = PROJETO["tool"]["importlinter"]
    assert set(APPS) <= set(linter["root_packages"])
    andares = next(c for c in linter["contracts"] if c["id"] == "andares")
    nomeados = {nome for camada in andares["layers"] for nome in camada.split(" | ")}
    assert set(APPS) <= nomeados
    exaustivos = {c["containers"][0] for c in linter["contracts"] if c.get("exhaustive")}
    assert set(APPS) - {"intragov_portal", "demonstracao"} == exaustivos


def test_every_app_is_type_checked() -> None:
    assert set(APPS) <= set(PROJETO["tool"]["mypy"]["packages"])


@pytest.mark.parametrize("pasta", PASTAS)
def test_no_file_is_longer_than_400_lines(pasta: str) -> None:
    longos = {relativo(p): n for p in fontes(pasta) if (n := p.read_text().count("\n")) > 400}
    assert longos == {}


def test_no_output_escapes_escaping() -> None:
    """seguranca.md 1.2.1. Our own markup is built with ``format_html`` or in templates."""
    achados = [relativo(p) for p in fontes(*APPS) if re.search(r"\bmark_safe\(|\bSafeString\(", p.read_text())]
    achados += [relativo(p) for p in fontes("templates", extensao="html") if re.search(r"\|\s*safe\b|autoescape off", p.read_text())]
    assert achados == []


def test_no_template_of_the_site_has_inline_style_or_script() -> None:
    """The CSP would refuse it (B1.4). E-mails and papers have their own rules."""
    proibido = re.compile(r"<style\b|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>|javascript:")
    paginas = [p for p in fontes("templates", extensao="html") if p.relative_to(RAIZ).parts[1] not in {"email", "pdf"}]
    assert [relativo(p) for p in paginas if proibido.search(p.read_text())] == []


def test_no_file_comes_from_another_host() -> None:
    de_fora = re.compile(r"(?:src|href)=\"(?:https?:)?//[^\"]+\.(?:js|css|woff2?|png|svg|jpg)|url\(\s*['\"]?https?:|@import\s+['\"]https?:")
    arquivos = [*fontes("templates", extensao="html"), *fontes("static", extensao="css"), *fontes("static", extensao="js")]
    assert [relativo(p) for p in arquivos if de_fora.search(p.read_text())] == []


def chamadas(caminho: Path) -> Iterator[tuple[str, int]]:
    """Dotted names of what a file calls, with the line."""
    for no in ast.walk(ast.parse(caminho.read_text())):
        if isinstance(no, ast.Call):
            yield ast.unparse(no.func), no.lineno


def test_e_mail_leaves_only_through_the_outbox() -> None:
    proibidas = {"send_mail", "send_mass_mail", "mail.send_mail", "EmailMessage", "EmailMultiAlternatives", "mail.EmailMessage"}
    achados = [
        f"{relativo(p)}:{linha}" for p in fontes(*APPS) if p.parts[-2] != "comunicacao" for nome, linha in chamadas(p) if nome in proibidas
    ]
    assert achados == []


def test_workers_are_woken_only_through_nucleo_fila() -> None:
    achados = [
        f"{relativo(p)}:{linha}: {nome}"
        for p in fontes(*APPS)
        if relativo(p) != "nucleo/fila.py"
        for nome, linha in chamadas(p)
        if re.search(r"\.(delay|apply_async|send_task)$", nome)
    ]
    assert achados == []


def test_no_state_is_written_past_the_door() -> None:
    """``protected=True`` does not stop ``QuerySet.update``; only ``nucleo.fluxo.executar`` changes a state."""
    achados = [
        f"{relativo(p)}:{no.lineno}"
        for p in fontes(*APPS)
        for no in ast.walk(ast.parse(p.read_text()))
        if isinstance(no, ast.Call)
        and isinstance(no.func, ast.Attribute)
        and no.func.attr in {"update", "bulk_update"}
        and any(k.arg == "estado" for k in no.keywords)
    ]
    assert achados == []


def test_randomness_for_secrets_comes_from_the_operating_system() -> None:
    """seguranca.md 11.5.1. Demonstration data may be pseudo-random (and repeatable)."""
    apps = [a for a in APPS if a != "demonstracao"]
    assert [relativo(p) for p in fontes(*apps) if re.search(r"^\s*(?:import random|from random import)", p.read_text(), re.MULTILINE)] == []


def test_every_test_marked_slow_or_for_a_browser_uses_a_known_mark() -> None:
    marcas = {m.split(":")[0] for m in PROJETO["tool"]["pytest"]["ini_options"]["markers"]}
    assert marcas == {"navegador", "postgres", "redis", "lento"}
