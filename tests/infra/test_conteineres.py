"""docker-compose.yml and the Dockerfile: their shape, and the same commands with the same settings against real PostgreSQL and Redis."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.servidores import SemServidor, com_banco, porta_livre, postgres, redis_responde
from tests.apoio.processos import RAIZ, ambiente_limpo, esperar, processo
from tests.conftest import falta

COMPOSE: dict[str, Any] = yaml.safe_load((RAIZ / "docker-compose.yml").read_text())
SERVICOS: dict[str, dict[str, Any]] = COMPOSE["services"]
NOSSOS = ["migrar", "web", "worker", "worker-pdf", "beat"]
CHAVES_DO_COMPOSE = {
    "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "init", "mem_limit", "networks", "ports",
    "read_only", "restart", "secrets", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "user", "volumes",
}  # fmt: skip
VALORES = {"ALLOWED_HOSTS": "portal.example", "ENDERECO_PUBLICO": "https://portal.example", "ANTIVIRUS": "nenhum"}


def test_compose_has_every_part_and_only_known_keys() -> None:
    assert set(SERVICOS) == {*NOSSOS, "postgres", "redis"}
    assert set(COMPOSE) - {"x-portal"} == {"name", "services", "networks", "volumes", "secrets"}
    for nome, servico in SERVICOS.items():
        assert set(servico) <= CHAVES_DO_COMPOSE, nome
        assert servico.get("image") or servico.get("build")
        assert isinstance(servico.get("command", []), list), f"{nome}: command without a shell"


def test_every_name_that_compose_refers_to_is_defined() -> None:
    for nome, servico in SERVICOS.items():
        assert set(servico.get("secrets", [])) <= set(COMPOSE["secrets"]), nome
        assert set(servico.get("networks", [])) <= set(COMPOSE["networks"]), nome
        assert {v.split(":")[0] for v in servico.get("volumes", [])} <= set(COMPOSE["volumes"]), nome
        for outro, como in servico.get("depends_on", {}).items():
            esperado = "service_completed_successfully" if outro == "migrar" else "service_healthy"
            assert como == {"condition": esperado}
            assert outro == "migrar" or "healthcheck" in SERVICOS[outro]


@pytest.mark.parametrize("nome", sorted(set(SERVICOS) - {"migrar"}))
def test_every_lasting_part_says_whether_it_is_healthy(nome: str) -> None:
    saude = SERVICOS[nome]["healthcheck"]
    assert saude["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries"} <= set(saude)


@pytest.mark.parametrize("nome", NOSSOS)
def test_our_containers_run_without_rights_on_a_read_only_root(nome: str) -> None:
    servico = SERVICOS[nome]
    assert servico["user"] == "10001:10001"
    assert servico["read_only"] is True
    assert servico["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in servico["security_opt"]
    assert "arquivos:/dados/arquivos" in servico["volumes"]


def test_no_secret_or_default_password_is_written_down() -> None:
    texto = (RAIZ / "docker-compose.yml").read_text()
    for servico in SERVICOS.values():
        for nome, valor in servico.get("environment", {}).items():
            if re.search(r"SENHA|PASSWORD|SECRET|_URL", nome):
                assert nome.endswith("_FILE"), nome
                assert valor.startswith("/run/secrets/")
    assert not re.search(r"://[^\s/]*:[^\s/]*@", texto)
    ignorados = (RAIZ / ".gitignore").read_text().splitlines()
    assert "/docker/segredos/" in ignorados


def test_only_the_web_port_is_published_and_only_on_loopback() -> None:
    publicadas = {nome: s["ports"] for nome, s in SERVICOS.items() if s.get("ports")}
    assert publicadas == {"web": ["127.0.0.1:${PORTA:-8000}:8000"]}
    assert COMPOSE["networks"]["interna"] == {"internal": True}


def test_the_image_starts_as_another_user_with_one_script_of_steps() -> None:
    linhas = (RAIZ / "Dockerfile").read_text()
    assert re.search(r"^FROM debian:12-slim$", linhas, re.MULTILINE)
    assert re.findall(r"^RUN (.*)$", linhas, re.MULTILINE) == ["sh /portal/docker/preparar-imagem.sh"]
    assert "USER 10001:10001" in linhas
    assert "HEALTHCHECK" in linhas
    roteiro = (RAIZ / "docker/preparar-imagem.sh").read_text()
    assert "--require-hashes" in roteiro
    assert not re.search(r"install[^\n]*(gcc|build-essential|python3-dev)", roteiro)


@pytest.mark.parametrize(
    "roteiro", sorted(p.relative_to(RAIZ).as_posix() for pasta in ("scripts", "docker") for p in (RAIZ / pasta).glob("*.sh"))
)
def test_shell_scripts_parse_under_plain_sh(roteiro: str) -> None:
    assert subprocess.run(["sh", "-n", str(RAIZ / roteiro)], check=False).returncode == 0
    assert (RAIZ / roteiro).read_text().startswith("#!/bin/sh\n")


def test_secrets_are_made_once_and_differ_each_time(tmp_path: Path) -> None:
    feitos = []
    for vez in "ab":
        pasta = tmp_path / vez
        pasta.mkdir()
        shutil.copy(RAIZ / "docker/fazer-segredos.sh", pasta)
        subprocess.run(["sh", str(pasta / "fazer-segredos.sh")], check=True, stdout=subprocess.DEVNULL)
        antes = {p.name: p.read_text() for p in (pasta / "segredos").iterdir()}
        subprocess.run(["sh", str(pasta / "fazer-segredos.sh")], check=True, stdout=subprocess.DEVNULL)
        assert {p.name: p.read_text() for p in (pasta / "segredos").iterdir()} == antes
        feitos.append(antes)
    assert set(COMPOSE["secrets"]) <= set(feitos[0])
    assert len(feitos[0]["secret_key"]) >= 50
    assert all(feitos[0][nome] != feitos[1][nome] for nome in feitos[0])


def ambiente_do(servico: str, *, segredos: Path, var: Path, porta: int) -> dict[str, str]:
    """The environment of a service as compose and the image would give it, with this machine's paths."""
    dado = {}
    for nome, valor in SERVICOS[servico]["environment"].items():
        variavel = re.fullmatch(r"\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)\}", str(valor))
        texto = VALORES.get(variavel[1], variavel[2] or "") if variavel else str(valor)
        dado[nome] = texto.replace("/run/secrets", str(segredos))
    dado |= {
        "VAR_DIR": str(var),
        "ARQUIVOS_DIR": str(var / "arquivos"),
        "STATIC_ROOT": str(var / "static"),
        "DJANGO_SETTINGS_MODULE": "intragov_portal.settings",
        "PYTHONUNBUFFERED": "1",
    }
    if servico == "web":
        dado |= {"HOST": "127.0.0.1", "PORT": str(porta)}
    return ambiente_limpo(**dado)


def comando_do(servico: str, var: Path) -> list[str]:
    """The command of a service with this Python and this machine's folder."""
    return [str(p).replace("/dados/var", str(var)) for p in [sys.executable, *SERVICOS[servico]["command"][1:]]]


def codigo_de(url: str) -> int:
    """Status of a GET as the TLS proxy passes it on; 0 when nobody answers."""
    pedido = urllib.request.Request(url, headers={"Host": VALORES["ALLOWED_HOSTS"], "X-Forwarded-Proto": "https"})
    try:
        with urllib.request.urlopen(pedido, timeout=10) as resposta:
            return int(resposta.status)
    except urllib.error.HTTPError as erro:
        return erro.code
    except OSError:
        return 0


@pytest.fixture
def banco_proprio() -> Any:
    """An empty PostgreSQL database of this test's own, dropped at the end."""
    import psycopg
    from psycopg import sql

    nome = f"portal_compose_{os.getpid()}"
    with ExitStack() as pilha:
        try:
            servidor = pilha.enter_context(postgres("postgres"))
        except SemServidor as motivo:
            falta(str(motivo))
        with psycopg.connect(com_banco(servidor, "postgres"), autocommit=True) as conexao:
            conexao.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(nome)))
            try:
                yield com_banco(servidor, nome)
            finally:
                conexao.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(nome)))


@pytest.mark.lento
@pytest.mark.postgres
def test_the_commands_of_compose_work_against_postgresql_and_a_locked_redis(banco_proprio: str, tmp_path: Path) -> None:
    """Migrate, then web, both workers and the clock, all as production with secrets from files; health checks answer; a task runs."""
    if not shutil.which("redis-server"):
        falta("redis-server")
    var = tmp_path / "var"
    var.mkdir()
    shutil.copy(RAIZ / "docker/fazer-segredos.sh", tmp_path)
    subprocess.run(["sh", str(tmp_path / "fazer-segredos.sh")], check=True, stdout=subprocess.DEVNULL)
    segredos, porta_redis, porta = tmp_path / "segredos", porta_livre(), porta_livre()
    for nome in ("database_url", "redis_url", "redis_conf"):
        (segredos / nome).chmod(0o600)
    (segredos / "database_url").write_text(banco_proprio)
    redis_url = (segredos / "redis_url").read_text().replace("@redis:6379", f"@127.0.0.1:{porta_redis}")
    (segredos / "redis_url").write_text(redis_url)
    conf = (segredos / "redis_conf").read_text().replace("port 6379", f"port {porta_redis}").replace("dir /data", f"dir {var}")
    (segredos / "redis_conf").write_text(conf.replace("bind * -::*", "bind 127.0.0.1"))

    def ambiente(servico: str) -> dict[str, str]:
        return ambiente_do(servico, segredos=segredos, var=var, porta=porta)

    with ExitStack() as pilha:
        redis = ["redis-server", str(segredos / "redis_conf")]
        pilha.enter_context(processo(redis, ambiente=dict(os.environ), registro=tmp_path / "redis.log"))
        esperar(lambda: redis_responde(redis_url), por=20, o_que="o Redis com senha")
        assert not redis_responde(f"redis://127.0.0.1:{porta_redis}/0"), "Redis lets in without a password"
        migrar = subprocess.run(
            comando_do("migrar", var), cwd=RAIZ, env=ambiente("migrar"), capture_output=True, text=True, timeout=200, check=False
        )
        assert migrar.returncode == 0, migrar.stderr
        abertos = {
            nome: pilha.enter_context(processo(comando_do(nome, var), ambiente=ambiente(nome), registro=tmp_path / f"{nome}.log"))
            for nome in ("web", "worker", "worker-pdf", "beat")
        }

        def registros() -> str:
            return "\n".join(f"--- {n}\n{(tmp_path / f'{n}.log').read_text()[-1500:]}" for n in abertos)

        def saudavel(nome: str) -> bool:
            assert abertos[nome].poll() is None, registros()
            teste = [sys.executable, *SERVICOS[nome]["healthcheck"]["test"][2:]]
            feito = subprocess.run(teste, cwd=RAIZ, env=ambiente(nome), capture_output=True, timeout=60, check=False)
            return feito.returncode == 0

        for nome in ("web", "worker", "worker-pdf"):
            esperar(lambda nome=nome: saudavel(nome), por=60, o_que=f"{nome} saudável")  # type: ignore[misc]
        assert codigo_de(f"http://127.0.0.1:{porta}/saude") == 200
        assert codigo_de(f"http://127.0.0.1:{porta}/pronto") == 200, registros()
        esperar(lambda: tarefas_feitas(ambiente("worker")), por=60, o_que="uma tarefa pedida pelo relógio")
        assert all(p.poll() is None for p in abertos.values()), registros()


def tarefas_feitas(ambiente: dict[str, str]) -> bool:
    """Whether the worker of the queue ``padrao`` has taken a task that the clock sent."""
    codigo = (
        "from intragov_portal.celery import app;"
        "r = app.control.inspect(destination=['padrao@portal'], timeout=4).stats() or {};"
        "print(sum(sum(s['total'].values()) for s in r.values()))"
    )
    feito = subprocess.run([sys.executable, "-c", codigo], cwd=RAIZ, env=ambiente, capture_output=True, text=True, timeout=60, check=False)
    return int(feito.stdout.strip() or 0) > 0
