"""`make demo`: the whole portal as children of one foreground command (stdlib only; run inside .venv).

Prepares the data (migrations, cache table, fonts, demonstration data), starts gunicorn and a Celery worker with its clock, waits for the
first page, prints the address, and stops everything on Ctrl-C or SIGTERM. Data stay in ``var`` (``VAR_DIR``); ``PORT``, ``DATABASE_URL``
and ``REDIS_URL`` are honoured. Exit status: 0 stopped by request, 1 something failed, 2 cannot start.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO

RAIZ = Path(__file__).resolve().parent.parent
ESPERA_PARA_PARAR = 10.0
ESPERA_PELA_PAGINA = 90.0
#: A child that ends by itself is started again, unless it has done so this often within this many seconds.
MORTES_TOLERADAS, JANELA_DAS_MORTES = 3, 60.0


class Parada(Exception):
    """Somebody asked us to stop."""


def _morrer_com_o_pai() -> None:
    """In the child, on Linux: get SIGTERM if the supervisor itself is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Supervisor:
    """Starts children each in a session of its own, so that Ctrl-C reaches only us, and stops them by their pid."""

    def __init__(self, registros: Path) -> None:
        self.registros = registros
        self.filhos: dict[str, subprocess.Popen[bytes]] = {}
        self.avulsos: set[str] = set()
        self.mortes: dict[str, list[float]] = {}
        self.parando = False

    def pedir_parada(self, numero: int, quadro: FrameType | None) -> None:
        """Signal handler: the first signal unwinds the main line, later ones change nothing."""
        if not self.parando:
            self.parando = True
            raise Parada

    def iniciar(self, nome: str, comando: list[str], ambiente: dict[str, str]) -> None:
        """Start a child whose output goes to ``registros/<nome>.log``."""
        with (self.registros / f"{nome}.log").open("ab" if nome in self.mortes else "wb") as saida:
            self.filhos[nome] = self._abrir(comando, ambiente, saida)

    def iniciar_avulso(self, nome: str, comando: list[str], ambiente: dict[str, str]) -> None:
        """Start a child that ends by itself when its work is done; the next start of the demonstration goes on where it stopped."""
        self.avulsos.add(nome)
        self.iniciar(nome, comando, ambiente)

    def _abrir(self, comando: list[str], ambiente: dict[str, str], saida: IO[bytes] | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            comando,
            cwd=RAIZ,
            env=ambiente,
            stdin=subprocess.DEVNULL,
            stdout=saida,
            stderr=subprocess.STDOUT if saida else None,
            start_new_session=True,
            preexec_fn=_morrer_com_o_pai,  # noqa: PLW1509 # one thread here
        )

    def rodar(self, nome: str, comando: list[str], ambiente: dict[str, str]) -> int:
        """Run a child to its end with our own output; return its status."""
        self.filhos[nome] = self._abrir(comando, ambiente, None)
        codigo = self.filhos[nome].wait()
        del self.filhos[nome]
        return codigo

    def quem_morreu(self) -> str:
        """The name of a child that ended by itself and should not have, or ""."""
        return next((n for n, filho in self.filhos.items() if n not in self.avulsos and filho.poll() is not None), "")

    def de_novo(self, nome: str, comando: list[str], ambiente: dict[str, str]) -> bool:
        """Start a child that ended by itself once more; False when it has ended too often."""
        agora = time.monotonic()
        recentes = [m for m in self.mortes.get(nome, []) if agora - m < JANELA_DAS_MORTES]
        self.mortes[nome] = [*recentes, agora]
        if len(recentes) >= MORTES_TOLERADAS:
            return False
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.filhos[nome].pid, signal.SIGKILL)  # what it left behind in its session
        print(f"O processo “{nome}” terminou sozinho e foi iniciado de novo.", flush=True)
        self.iniciar(nome, comando, ambiente)
        return True

    def contar_a_morte(self, nome: str) -> None:
        """Say which child ended and show the end of its log."""
        arquivo = self.registros / f"{nome}.log"
        print(f"\nO processo “{nome}” terminou sozinho (código {self.filhos[nome].returncode}). Fim de {arquivo}:", file=sys.stderr)
        for linha in arquivo.read_text("utf-8", "replace").splitlines()[-15:]:
            print(f"  {linha}", file=sys.stderr)

    def parar(self) -> None:
        """SIGTERM to each child by pid, ten seconds of patience, then SIGKILL to what is left of it. Nobody stays behind."""
        self.parando = True
        for filho in self.filhos.values():
            if filho.poll() is None:
                filho.send_signal(signal.SIGTERM)
        limite = time.monotonic() + ESPERA_PARA_PARAR
        for filho in self.filhos.values():
            try:
                filho.wait(max(0.1, limite - time.monotonic()))
            except subprocess.TimeoutExpired:
                filho.kill()
                filho.wait()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(filho.pid, signal.SIGKILL)  # what the child itself left in the session that we made for it


def segredo(var: Path) -> str:
    """The demonstration's own secret key, made once and readable only by its owner."""
    arquivo = var / "segredo"
    if not arquivo.exists():
        descritor = os.open(arquivo, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descritor, "w") as aberto:
            aberto.write(secrets.token_urlsafe(60))
    return arquivo.read_text().strip()


def porta_livre(endereco: str, porta: int) -> bool:
    """Whether we could listen there."""
    with socket.socket() as tomada:
        tomada.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tomada.bind((endereco, porta))
        except OSError:
            return False
    return True


def responde(url: str) -> bool:
    """Whether the page answers without a server error."""
    try:
        with urllib.request.urlopen(url, timeout=10) as resposta:  # noqa: S310 # our own loopback address
            return bool(resposta.status < 500)
    except urllib.error.HTTPError as erro:
        return erro.code < 500
    except OSError:
        return False


def mostrar(url: str, segundos: float) -> None:
    """The address and the accounts, as a person wants to read them."""
    linhas = [f"Portal INTRAGOV no ar em {segundos:.0f} s:  {url}/", f"E-mails que ele envia:     {url}/demo/correio/"]
    sys.path.insert(0, str(RAIZ))
    from demonstracao.contas import CONTAS, SENHA  # plain data: no Django in this process

    linhas += ["", f"Contas de demonstração (senha de todas: {SENHA})"]
    linhas += [f"  {email:<36} {papel}" for email, papel in CONTAS]
    linhas += ["", "Ctrl-C para parar. Os dados ficam guardados; rode de novo para continuar."]
    print("\n" + "\n".join(linhas), flush=True)


def preparar() -> int:
    """Child mode (`--preparar`): everything that needs Django, in one process."""
    sys.path.insert(0, str(RAIZ))
    import django
    from django.core.management import call_command

    django.setup()
    logging.getLogger("portal").setLevel(logging.WARNING)  # hundreds of acts of the past are no news
    call_command("preparar", verbosity=0)
    call_command("preparar_fontes")
    call_command("carregar_demonstracao", comeco=True)
    return 0


def comandos(var: Path) -> dict[str, list[str]]:
    """The long-lived children.

    Each worker is one process (``solo``): the folder broker would have a pool's children share a lock, and one killed while holding it
    leaves the others asleep for good. Here whatever is killed is started again, and the sweeps find what it was doing.
    """
    celery = [sys.executable, "-m", "celery", "-A", "intragov_portal"]
    operario = [*celery, "worker", "--pool", "solo", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    return {
        "web": [sys.executable, "-m", "gunicorn", "-c", "python:intragov_portal.gunicorn"],
        "fila": [*operario, "-Q", "padrao", "-n", "fila@%h"],
        "pdf": [*operario, "-Q", "pdf", "-n", "pdf@%h"],
        "relogio": [*celery, "beat", "--schedule", str(var / "agenda"), "--pidfile", "", "--loglevel", "WARNING"],
    }


def main() -> int:
    """Prepare, start, wait, stop."""
    inicio = time.monotonic()
    var = Path(os.environ.get("VAR_DIR", RAIZ / "var")).resolve()
    registros = var / "registro"
    registros.mkdir(parents=True, exist_ok=True)
    endereco, porta = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    if not porta.isascii() or not porta.isdigit() or not 0 < int(porta) < 65536:
        print(f"PORT={porta}: use um número de 1 a 65535.", file=sys.stderr)
        return 2
    trava = (var / "demo.trava").open("w")
    try:
        fcntl.flock(trava, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print(f"A demonstração já está rodando com os dados de {var}. Pare a outra primeiro.", file=sys.stderr)
        return 2
    if not porta_livre(endereco, int(porta)):
        print(f"A porta {porta} já está em uso. Escolha outra, por exemplo: PORT={int(porta) + 1} make demo", file=sys.stderr)
        return 2
    url = f"http://{'127.0.0.1' if endereco == '0.0.0.0' else endereco}:{porta}"  # noqa: S104 # only compared
    ambiente = {
        **os.environ,
        "MODO": "demonstracao",
        "VAR_DIR": str(var),
        "SECRET_KEY": os.environ.get("SECRET_KEY") or segredo(var),
        "ENDERECO_PUBLICO": os.environ.get("ENDERECO_PUBLICO") or url,
        "DJANGO_SETTINGS_MODULE": "intragov_portal.settings",
        "PYTHONUNBUFFERED": "1",
    }
    supervisor = Supervisor(registros)
    for sinal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sinal, supervisor.pedir_parada)
    try:
        return vigiar(supervisor, ambiente, var=var, url=url, inicio=inicio)
    except Parada:
        print("\nParando…", flush=True)
        return 0
    finally:
        supervisor.parar()


def vigiar(supervisor: Supervisor, ambiente: dict[str, str], *, var: Path, url: str, inicio: float) -> int:
    """Start everything and stay until a child keeps ending by itself (1). Raises ``Parada`` when asked to stop."""
    print("Preparando os dados da demonstração", flush=True)
    if supervisor.rodar("preparar", [sys.executable, str(Path(__file__).resolve()), "--preparar"], ambiente):
        print("Não foi possível preparar os dados; a mensagem está acima.", file=sys.stderr)
        return 1
    filhos = comandos(var)
    for nome, comando in filhos.items():
        supervisor.iniciar(nome, comando, ambiente)
    no_ar = False
    limite = time.monotonic() + ESPERA_PELA_PAGINA
    while True:
        morto = supervisor.quem_morreu()
        if morto and not supervisor.de_novo(morto, filhos[morto], ambiente):
            supervisor.contar_a_morte(morto)
            return 1
        if not no_ar:
            no_ar = responde(url + "/")
            if no_ar:
                mostrar(url, time.monotonic() - inicio)
                resto = [sys.executable, str(RAIZ / "manage.py"), "carregar_demonstracao", "--resto"]
                supervisor.iniciar_avulso("resto", resto, ambiente)
            elif time.monotonic() > limite:
                print(f"A página não respondeu em {ESPERA_PELA_PAGINA:.0f} s. Veja {supervisor.registros}.", file=sys.stderr)
                return 1
        time.sleep(0.3)


if __name__ == "__main__":
    sys.exit(preparar() if "--preparar" in sys.argv[1:] else main())
