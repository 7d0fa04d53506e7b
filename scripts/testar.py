"""`make test`: every check, then the tests on SQLite, in the browser, and on PostgreSQL with Redis.

All steps run even when one fails; a summary closes. Names of steps as arguments run only these: ``python -m scripts.testar ruff mypy``.
With ``CI=true`` a missing browser or server is a failure. ``PROVAS=1`` (`make provas`) turns on the full counts. Exit status 0 or 1.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.servidores import PG_LOOPBACK, SemServidor, ambos, postgres_responde

RAIZ = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
CI = os.environ.get("CI") == "true"
PROVAS = os.environ.get("PROVAS") == "1"
PROCESSOS = os.environ.get("TESTES_PROCESSOS", "2")
#: Good enough to start in production mode, and worth nothing.
PRODUCAO_DE_TESTE = {
    "MODO": "producao",
    "SECRET_KEY": "chave-que-so-serve-para-conferir-as-configuracoes-0123456789",
    "ALLOWED_HOSTS": "portal.example",
    "ENDERECO_PUBLICO": "https://portal.example",
    "ANTIVIRUS": "nenhum",
}
#: Never connected to: the deployment check reads only their names.
SERVIDORES_DE_TESTE = {"DATABASE_URL": "postgres://portal@banco.example/portal", "REDIS_URL": "redis://fila.example/0"}
#: Start processes with servers of their own choice; or walk every address by every role, or look at markup, which no database decides.
SO_NUMA_PERNA = ["tests/infra/test_demo.py", "tests/infra/test_configuracoes.py", "tests/provas/test_acessos.py", "tests/visual"]
#: Dear on PostgreSQL and little different there: the second leg runs these only with the full counts. What the demonstration does, other
#: tests do there too, and so do the API's own.
SO_NAS_PROVAS = ["tests/demonstracao", "tests/saog_api/test_schemathesis.py"]
#: What every step runs in. Some forty processes of Python start in a run, those that the tests start and kill counted: each one would
#: compile the portal and its tests again where the machine asks for no bytecode (a container often does).
AMBIENTE = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
FECHO = re.compile(r"^=*\s*((?:\d+ \w+,? ?)+ in [0-9.]+s.*?)\s*=*$")


@dataclass
class Resultado:
    """How a step ended."""

    nome: str
    situacao: str
    segundos: float
    nota: str = ""


@dataclass
class Passo:
    """One step: a short name for the command line, what it is, and how to run it (returns situation and note)."""

    chave: str
    nome: str
    fazer: Callable[[], tuple[str, str]]


def conferir(*comando: str, **ambiente: str) -> Callable[[], tuple[str, str]]:
    """A check that is silent when all is well and shows its output when not."""

    def fazer() -> tuple[str, str]:
        feito = subprocess.run(
            comando, cwd=RAIZ, env={**AMBIENTE, **ambiente}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if feito.returncode:
            print(feito.stdout, flush=True)
        return ("ok" if feito.returncode == 0 else "FALHOU"), ""

    return fazer


def testar(*opcoes: str, **ambiente: str) -> tuple[str, str]:
    """pytest with its output as it comes; the note is its closing line."""
    comando = [PYTHON, "-m", "pytest", "-q", *opcoes]
    fecho = ""
    ambiente_limpo = {k: v for k, v in AMBIENTE.items() if k not in {"DATABASE_URL", "REDIS_URL", "VAR_DIR"}}
    with subprocess.Popen(
        comando, cwd=RAIZ, env={**ambiente_limpo, **ambiente}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as processo:
        for linha in processo.stdout or ():
            print(linha, end="", flush=True)
            achado = FECHO.match(linha.strip())
            fecho = achado[1] if achado else fecho
        codigo = processo.wait()
    return ("ok" if codigo == 0 else "FALHOU"), fecho


def sqlite() -> tuple[str, str]:
    """Everything but the browser, on the embedded default."""
    return testar("-n", PROCESSOS, "--dist", "loadgroup", "-m", "not navegador")


def navegador() -> tuple[str, str]:
    """The browser tests, a browser for each process."""
    if not shutil.which("chromium") and not os.environ.get("CHROMIUM"):
        return ("FALHOU" if CI else "pulado"), "sem chromium"
    return testar("-n", PROCESSOS, "--dist", "loadgroup", "-m", "navegador")


def postgres_e_redis() -> tuple[str, str]:
    """The tests of ``sqlite`` that touch database or queue, on what production uses; see ``SO_NUMA_PERNA`` for those that ran already."""
    garantir_servidores()
    try:
        with ambos(f"portal_{os.getpid()}") as ambiente:
            fora = [f"--ignore={arquivo}" for arquivo in [*SO_NUMA_PERNA, *([] if PROVAS else SO_NAS_PROVAS)]]
            return testar("-n", PROCESSOS, "--dist", "loadgroup", "-m", "not navegador", *fora, SO_O_QUE_MUDA="1", **ambiente)
    except SemServidor as falta:
        print(falta)
        return ("FALHOU" if CI else "pulado"), str(falta)


def garantir_servidores() -> None:
    """As root on Debian, install the servers that are neither given nor there."""
    pacotes = []
    tem_postgres = os.environ.get("DATABASE_URL_TESTE") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not tem_postgres and not postgres_responde(PG_LOOPBACK):
        pacotes.append("postgresql")
    if not os.environ.get("REDIS_URL_TESTE") and not shutil.which("redis-server"):
        pacotes.append("redis-server")
    if not pacotes or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Instalando {' '.join(pacotes)}", flush=True)
    ambiente = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=ambiente, check=False, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *pacotes], env=ambiente, check=False, stdout=subprocess.DEVNULL
    )


def passos(var: str) -> list[Passo]:
    """The list, in order: cheap ones first. ``var`` is a folder that is thrown away."""
    teste = {"MODO": "teste", "VAR_DIR": var}
    gerir = (PYTHON, "manage.py")
    return [
        Passo("ruff", "ruff check", conferir(str(BIN / "ruff"), "check", ".")),
        Passo("formato", "ruff format", conferir(str(BIN / "ruff"), "format", "--check", ".")),
        Passo("djlint", "djlint", conferir(str(BIN / "djlint"), "templates", "--lint", "--quiet")),
        Passo("mypy", "mypy", conferir(PYTHON, "-m", "mypy", **teste)),
        Passo("andares", "import-linter", conferir(str(BIN / "lint-imports"), **teste)),
        Passo("migracoes", "makemigrations --check", conferir(*gerir, "makemigrations", "--check", "--dry-run", **teste)),
        Passo(
            "deploy",
            "check --deploy",
            conferir(*gerir, "check", "--deploy", "--fail-level", "WARNING", **PRODUCAO_DE_TESTE, **SERVIDORES_DE_TESTE, VAR_DIR=var),
        ),
        Passo("hadolint", "hadolint", conferir(str(BIN / "hadolint"), "Dockerfile")),
        Passo("sqlite", "testes: SQLite", sqlite),
        Passo("navegador", "testes: navegador", navegador),
        Passo("postgres", "testes: PostgreSQL e Redis", postgres_e_redis),
    ]


def main() -> int:
    """Run the chosen steps and print the summary."""
    inicio = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="portal_testar_") as var:
        todos = passos(var)
        escolhidos = set(sys.argv[1:]) or {p.chave for p in todos}
        desconhecidos = escolhidos - {p.chave for p in todos}
        if desconhecidos:
            print(f"Não conheço: {', '.join(sorted(desconhecidos))}. Há: {', '.join(p.chave for p in todos)}.", file=sys.stderr)
            return 2
        resultados = []
        for passo in todos:
            if passo.chave not in escolhidos:
                continue
            print(f"--- {passo.nome}", flush=True)
            antes = time.monotonic()
            situacao, nota = passo.fazer()
            resultados.append(Resultado(passo.nome, situacao, time.monotonic() - antes, nota))
    print(f"\nResumo ({time.monotonic() - inicio:.0f} s)")
    for r in resultados:
        print(f"  {r.situacao:<7} {r.nome:<28} {r.segundos:6.1f} s  {r.nota}")
    return 0 if all(r.situacao in {"ok", "pulado"} for r in resultados) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
