"""How much is too much (B1.7): the whole portal per minute, limits per act, and the 429 answer (settled question 14).

The limit of the whole portal is counted in the process and shared in blocks of ``BLOCO`` requests, so that reading a page does not write to
the cache, which on the embedded default is a table. Limits per act (sign-up, exports) are allauth's own, exact and shared at each use.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from typing import Any

import structlog
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template import loader

registro = structlog.get_logger("portal.limites")

#: Limits of single acts: per IP they answer 429; per key (one mailbox, one link) the letter is silently not sent again.
LIMITES = {
    "cadastro": "20/h/ip",
    "cadastro_email": "3/h/key",
    "acesso": "20/h/ip",
    "acesso_conta": "3/h/key",
    "convidar": "20/h/user",
    "troca_de_email": "10/h/user",
    "exportar": "10/h/user",
    "dossie": "30/h/user",
}
#: Seconds a browser is told to wait after too many tries at an account.
ESPERA = 900
#: Requests of one process between two visits to the shared cache.
BLOCO = 25
#: Seconds of one window of the limit of the whole portal.
JANELA = 60


@dataclass(slots=True)
class _Conta:
    """What a process knows of one key in this window: blocks taken by all processes, and its own requests not yet in a block."""

    blocos: int = 0
    soltos: int = 0


class Contador:
    """Counts requests per key and minute, shared by processes, without a write for each.

    A process counts ``BLOCO - 1`` requests by itself; the next one takes a numbered block in the shared cache with ``cache.add``, which is
    atomic in the database's cache and in Redis, so two processes never take the same block (a count that is read and written back would
    lose some). One process lets exactly ``limite`` requests pass in a minute; each further process at most ``BLOCO - 1`` more. The window
    is the minute of the clock, so that what is remembered is dropped whole when it ends.
    """

    def __init__(self) -> None:
        self._trava = Lock()
        self._janela = 0
        self._contas: dict[str, _Conta] = {}

    def passa(self, chave: str, *, limite: int, agora: float) -> bool:
        """Count one request of ``chave`` at ``agora`` (seconds since the epoch); False past ``limite`` requests in this minute.

        When the shared cache does not answer the process goes on with its own count: a limit must not be what takes the portal down.
        """
        janela = int(agora // JANELA)
        with self._trava:
            if janela != self._janela:
                self._janela, self._contas = janela, {}
            conta = self._contas.setdefault(chave, _Conta())
            if conta.blocos * BLOCO + conta.soltos >= limite:
                return False
            conta.soltos += 1
            if conta.soltos < BLOCO:
                return True
            conta.soltos, primeiro = 0, conta.blocos + 1
            conta.blocos = primeiro
        ultimo = self._tomar(f"limite:{chave}:{janela}", primeiro=primeiro, maximo=math.ceil(limite / BLOCO))
        with self._trava:
            conta.blocos = max(conta.blocos, ultimo)
        return ultimo * BLOCO <= limite

    @staticmethod
    def _tomar(nome: str, *, primeiro: int, maximo: int) -> int:
        """Take the first free block from ``primeiro`` on and return its number; ``maximo + 1`` when all are taken."""
        try:
            for numero in range(primeiro, maximo + 1):
                if cache.add(f"{nome}:{numero}", 1, 2 * JANELA):
                    return numero
        except Exception as erro:  # whatever the cache's driver raises when its server is away
            registro.warning("limite_sem_cache", tipo=type(erro).__name__)
            return primeiro
        return maximo + 1

    def esquecer(self) -> None:
        """Forget what this process counted (tests; the shared blocks stay)."""
        with self._trava:
            self._janela, self._contas = 0, {}


#: The one counter of this process.
do_portal = Contador()


def resumo_da_chave(tipo: str, valor: str) -> str:
    """The key under which a session or an address is counted: no session key is readable in the cache."""
    return f"{tipo}:{hashlib.sha256(valor.encode()).hexdigest()[:32]}"


def resta_da_janela(agora: float) -> int:
    """Whole seconds, at least 1, until the limit of the whole portal starts again."""
    return max(1, math.ceil(JANELA - agora % JANELA))


def resposta_429(request: HttpRequest, *, espera: int, texto: str = "") -> HttpResponse:
    """The 429 answer with ``Retry-After`` of ``espera`` seconds: JSON or a notice for who asked so, otherwise the page.

    Drawn without context processors, so that answering a flood asks the database for nothing. ``texto`` replaces the page's sentence.
    """
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        resposta: HttpResponse = JsonResponse({"erro": True, "mensagem": texto or "Espere um pouco e tente de novo."}, status=429)
    elif getattr(request, "htmx", False):
        aviso = {"tipo": "erro", "texto": texto or "Espere um pouco e tente de novo."}
        resposta = HttpResponse(loader.render_to_string("partes/aviso.html", aviso), status=429)
    else:
        resposta = HttpResponse(loader.render_to_string("429.html", {"texto_da_espera": texto}), status=429)
    resposta["Retry-After"] = str(espera)
    return resposta


def muitas_tentativas(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The 429 page of accounts. Also the ``handler429`` that allauth looks for."""
    return resposta_429(request, espera=ESPERA)


def dentro_do_limite(request: HttpRequest, limite: str, *, chave: str | None = None) -> bool:
    """Count one use of a limit of ``LIMITES``, whatever the method; False when there were too many. An unknown one raises ``KeyError``."""
    config = {limite: LIMITES[limite]}
    return ratelimit.consume(request, app="contas", action=limite, config=config, key=chave, limit_get=True) is not None


def limitada(limite: str, *, texto: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Decorate a view (inside its access function) with a limit of ``LIMITES`` per person; past it, 429 saying ``texto``.

    ``Retry-After`` is when the oldest counted use leaves the hour. Raises ``KeyError`` at import for an unknown limit.
    """
    (taxa,) = ratelimit.parse_rates(LIMITES[limite])

    def decorar(visao: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(visao)
        def contada(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if dentro_do_limite(request, limite):
                return visao(request, *args, **kwargs)
            usos = cache.get(ratelimit.get_cache_key(request, app="contas", action=limite, rate=taxa)) or [time.time()]
            registro.warning("limite_do_ato", ato=limite, usuario=request.user.pk)
            espera = max(1, math.ceil(usos[-1] + taxa.duration - time.time()))
            return resposta_429(request, espera=espera, texto=texto)

        return contada

    return decorar
