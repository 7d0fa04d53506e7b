"""Handing out one sub-block over HTTP (the analyst's own POST, logged in), 8 clients at once, 10,000 blocks in use; against a careful
minimal Django view (login, ceiling, slot, history row: what NetBox was measured against), on the same server, in turns of the same run
(target: 0.6 of its rate). NetBox did 8.8 a second on such a machine (target: 20 times that).

    DATABASE_URL=postgres://postgres@127.0.0.1:5432/bench_enderecos REDIS_URL=redis://127.0.0.1:6379/9 MODO=teste VAR_DIR=/tmp/bench \\
        .venv/bin/python bench/enderecos_http.py

Both sides run under gunicorn with the product's own settings (2 processes of 4 threads).
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

RAIZ = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(RAIZ))
os.environ.setdefault("MODO", "teste")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intragov_portal.settings")

CLIENTES, PEDIDOS, VOLTAS, CHEIOS, NETBOX = 8, 400, 3, 10_000, 8.8
PORTA = int(os.environ.get("PORT", "8765"))


# --- The minimal view: what gunicorn serves on the other side -----------------------------------------------------------
def minima() -> Any:
    """A WSGI application of one view behind the login: lock the lowest free slot, write holder and history row, answer its network."""
    import django
    from django.conf import settings

    django.setup()
    settings.ROOT_URLCONF = "bench.enderecos_http"
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def _atribuir_minimo(request: Any, adesao: int) -> Any:
    from django.db import transaction
    from django.db.models import Max
    from django.http import HttpResponse
    from django.utils import timezone

    from adesao.models import Adesao
    from enderecamento.models import Alocacao, SubBlocoCIDR

    with transaction.atomic():
        Adesao.objects.select_for_update(of=("self",), no_key=True).get(pk=adesao)
        ultimo = SubBlocoCIDR.objects.filter(adesao=adesao, perfil="PRIVADO").aggregate(n=Max("ordinal"))["n"] or 0
        assert ultimo < 20
        livres = SubBlocoCIDR.objects.filter(perfil="PRIVADO", adesao__isnull=True, pool__fechado_em__isnull=True).order_by("vez")
        vaga = livres.select_for_update(of=("self",), no_key=True, skip_locked=True)[0]
        vaga.adesao_id, vaga.ordinal = adesao, ultimo + 1
        vaga.save(update_fields=["adesao", "ordinal"])
        Alocacao.objects.create(sub_bloco=vaga, adesao_id=adesao, de=timezone.now(), por=request.user, por_nome="bench", motivo="bench")
    return HttpResponse(vaga.rede.cidr)


def __getattr__(nome: str) -> Any:  # gunicorn and Django ask this module for these
    if nome == "aplicacao":
        return minima()
    if nome == "urlpatterns":
        from django.urls import path

        return [path("<int:adesao>/", _atribuir_minimo)]
    raise AttributeError(nome)


# --- The measure ------------------------------------------------------------------------------------------------------
def servir(aplicacao: str) -> subprocess.Popen[bytes]:
    """gunicorn with the product's settings, ready to answer."""
    comando = [sys.executable, "-m", "gunicorn", "-c", "python:intragov_portal.gunicorn", aplicacao]
    processo = subprocess.Popen(comando, cwd=RAIZ, env={**os.environ, "PORT": str(PORTA), "PYTHONPATH": str(RAIZ)})
    for _ in range(300):
        time.sleep(0.1)
        try:
            conexao = http.client.HTTPConnection("127.0.0.1", PORTA, timeout=5)
            conexao.request("GET", "/estatico-que-nao-existe")
            conexao.getresponse().read()
        except OSError:
            continue
        return processo
    raise RuntimeError("o servidor não respondeu")


def correr(pedir: Callable[[http.client.HTTPConnection], None]) -> tuple[float, float]:
    """``PEDIDOS`` by ``CLIENTES`` threads, each with its own connection: (requests per second, median in ms)."""
    tempos: list[float] = []
    erros: list[BaseException] = []

    def cliente() -> None:
        conexao = http.client.HTTPConnection("127.0.0.1", PORTA, timeout=60)
        try:
            for _ in range(PEDIDOS // CLIENTES):
                inicio = time.perf_counter()
                pedir(conexao)
                tempos.append((time.perf_counter() - inicio) * 1000)
        except BaseException as erro:
            erros.append(erro)

    fios = [threading.Thread(target=cliente) for _ in range(CLIENTES)]
    inicio = time.perf_counter()
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join()
    if erros:
        raise erros[0]
    return len(tempos) / (time.perf_counter() - inicio), statistics.median(tempos)


def entrar() -> dict[str, str]:
    """Headers of an analista who has entered."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import _get_new_csrf_string
    from django.utils import timezone

    from contas.models import Orgao, Usuario, Vinculo

    usuario, _ = Usuario.objects.get_or_create(
        email="analista@bench.example", defaults={"nome": "Analista de bancada", "cpf": "52998224725", "password": "!"}
    )
    prodesp = Orgao.objects.filter(tipo="prodesp").first() or Orgao.objects.create(tipo="prodesp", nome="PRODESP")
    Vinculo.objects.get_or_create(usuario=usuario, orgao=prodesp, papel="analista", defaults={"inicio_em": timezone.now()})
    sessao = SessionStore()
    sessao[SESSION_KEY] = str(usuario.pk)
    sessao[BACKEND_SESSION_KEY] = "contas.sessao.Autenticacao"
    sessao[HASH_SESSION_KEY] = usuario.get_session_auth_hash()
    sessao.create()
    segredo = _get_new_csrf_string()
    cookies = f"{settings.SESSION_COOKIE_NAME}={sessao.session_key}; {settings.CSRF_COOKIE_NAME}={segredo}"
    return {"Cookie": cookies, "X-CSRFToken": segredo, "Content-Type": "application/x-www-form-urlencoded"}


def principal() -> None:
    """Fill, measure in turns, print the rates."""
    import django

    django.setup()
    from adesao.models import Adesao
    from bench.enderecos import encher, preparar

    primeira, _ = preparar()
    encher(primeira, CHEIOS)
    em_vigor = list(Adesao.objects.filter(estado="APROVADA").order_by("pk").values_list("pk", "municipio_id"))
    fila: Iterator[tuple[int, int]] = iter(em_vigor * 20)
    tranca = threading.Lock()
    cabecalhos = entrar()

    def proxima() -> tuple[int, int]:
        with tranca:
            return next(fila)

    def do_produto(conexao: http.client.HTTPConnection) -> None:
        corpo = f"chave={uuid.uuid4()}&privados=1&publicos=&onde=&escolhidos="
        conexao.request("POST", f"/blocos/prefeituras/{proxima()[1]}/atribuir/", corpo, cabecalhos)
        resposta = conexao.getresponse()
        texto = resposta.read()
        assert resposta.status == 302, (resposta.status, texto[-3000:])

    def da_minima(conexao: http.client.HTTPConnection) -> None:
        conexao.request("POST", f"/{proxima()[0]}/", "", cabecalhos)
        resposta = conexao.getresponse()
        texto = resposta.read()
        assert resposta.status == 200, (resposta.status, texto[-3000:])

    lados = {
        "minimal view": ("bench.enderecos_http:aplicacao", da_minima),
        "the product": ("intragov_portal.wsgi:application", do_produto),
    }
    medidas: dict[str, list[tuple[float, float]]] = {nome: [] for nome in lados}
    for _ in range(VOLTAS):
        for nome, (aplicacao, pedir) in lados.items():
            servidor = servir(aplicacao)
            try:
                for _ in range(20):
                    pedir(http.client.HTTPConnection("127.0.0.1", PORTA, timeout=60))
                medidas[nome].append(correr(pedir))
            finally:
                servidor.terminate()
                servidor.wait(30)
    base = statistics.median(taxa for taxa, _ in medidas["minimal view"])
    print(f"\n{CLIENTES} clients at once, {CHEIOS:,} blocks in use; medians of {VOLTAS} runs of {PEDIDOS} in turns")
    for nome, lista in medidas.items():
        taxa = statistics.median(t for t, _ in lista)
        meio = statistics.median(m for _, m in lista)
        print(
            f"{nome:14s} {taxa:6.0f}/s   median {meio:6.1f} ms   {taxa / base:4.2f} of the minimal view   {taxa / NETBOX:5.1f} times NetBox"
        )


if __name__ == "__main__":
    principal()
