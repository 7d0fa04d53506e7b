"""The door of the API: no cookies, small JSON bodies, tokens with a scope, a limit per minute, and keys that make a repeat harmless."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.parser import Parser
from ninja.security import HttpBearer

from contas import limites
from contas.acesso import ator_do_sistema, com_token, ip_de
from contas.papeis import Papel
from contas.segredos import abrir, selar
from nucleo.fluxo import Ator
from saog.acoes.integracao import PREFIXO_DO_TOKEN, VALIDADE_DA_CHAVE
from saog.api.problemas import Problema, de_excecao, responder
from saog.consultas.integracao import token_de
from saog.models import ChaveDeIdempotencia, De, SistemaDaOperadora, TokenDeSistema

registro = structlog.get_logger("portal.api")

#: Bytes of a body.
CORPO_MAXIMO = 64 << 10
#: The last use is written at most once in this time.
GRANULARIDADE = dt.timedelta(minutes=1)
COM_CORPO = ("POST", "PATCH", "PUT")


def agora() -> dt.datetime:
    """The clock of the API: the only place where it is read."""
    return timezone.now()


class LeitorDeJson(Parser):
    """Strict JSON: UTF-8, no ``NaN``, no name twice in one object, no endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values. Raises ``Problema`` (400)."""
        try:
            return json.loads(request.body.decode("utf-8"), parse_constant=_recusar, object_pairs_hook=_sem_repetir)
        except (ValueError, RecursionError):
            raise Problema(400) from None


def _recusar(constante: str) -> None:
    raise ValueError(constante)


def _sem_repetir(pares: list[tuple[str, Any]]) -> dict[str, Any]:
    objeto = dict(pares)
    if len(objeto) != len(pares):
        raise ValueError("nome repetido")
    return objeto


class Portador(HttpBearer):
    """A valid token of that side that has the scope. Puts ``request.auth`` (the token) and ``request.ator``."""

    def __init__(self, escopo: str, *, de: str = De.OPERADORA) -> None:
        super().__init__()
        self.escopo, self.de = escopo, de

    def __call__(self, request: HttpRequest) -> TokenDeSistema:
        """The token. Raises ``Problema``: 401 without a valid one, 403 without the scope, 429 past the limit."""
        token = super().__call__(request)
        if token is None:
            contar_visita(request)
            registro.info("api_sem_token", ip=ip_de(request))
            raise Problema(401)
        _contar("token", str(token.pk), settings.PEDIDOS_POR_MINUTO_TOKEN)
        if token.sistema.de != self.de:
            registro.info("api_do_outro_lado", sistema=token.sistema_id, de=token.sistema.de)
            raise Problema(403, f"Este token é de um sistema da {token.sistema.get_de_display()}. Esta API é da {De(self.de).label}.")
        if self.escopo not in token.escopos:
            registro.info("api_sem_escopo", sistema=token.sistema_id, escopo=self.escopo)
            raise Problema(403, f"Este token não tem a permissão “{self.escopo}”. Peça outro ao gestor da PRODESP.")
        return token

    def authenticate(self, request: HttpRequest, token: str) -> TokenDeSistema | None:
        """The row of a token that is valid now, its use noted."""
        quando = agora()
        achado = token_de(token, quando) if token.startswith(tuple(PREFIXO_DO_TOKEN.values())) and len(token) < 100 else None
        if achado is None:
            return None
        ip = ip_de(request)
        vencido = Q(ultimo_uso_em__isnull=True) | Q(ultimo_uso_em__lte=quando - GRANULARIDADE)
        if achado.ultimo_uso_em is None or achado.ultimo_uso_em <= quando - GRANULARIDADE:
            TokenDeSistema.objects.filter(vencido, pk=achado.pk).update(ultimo_uso_em=quando, ultimo_ip=ip)
        sistema = achado.sistema
        papel = Papel.OPERADORA.value if sistema.de == De.OPERADORA else ""
        request.ator = ator_do_sistema(sistema.usuario_id, sistema.nome_no_historico, ip, papel=papel)  # type: ignore[attr-defined]
        return achado


def _contar(tipo: str, valor: str, limite: int) -> None:
    """Count one request in this minute (shared by processes). Raises ``Problema`` (429)."""
    instante = time.time()
    if limite and not limites.do_portal.passa(limites.resumo_da_chave(f"api_{tipo}", valor), limite=limite, agora=instante):
        registro.info("limite_da_api", por=tipo)
        raise Problema(429, f"Este acesso pode fazer {limite} pedidos por minuto.", espera=limites.resta_da_janela(instante))


def quem(request: HttpRequest) -> tuple[Ator, SistemaDaOperadora]:
    """The actor and the system of a request that the token let in."""
    return request.ator, request.auth.sistema  # type: ignore[attr-defined]


def em_json(dados: Any, *, status: int = 200, **cabecalhos: str) -> HttpResponse:
    """An answer in JSON. ``X_Total_Count`` becomes the header ``X-Total-Count``."""
    resposta = HttpResponse(json.dumps(dados, ensure_ascii=False), status=status, content_type="application/json")
    for nome, valor in cabecalhos.items():
        resposta[nome.replace("_", "-")] = valor
    return resposta


def uma_so_vez(request: HttpRequest, fazer: Callable[[], HttpResponse]) -> HttpResponse:
    """Run ``fazer`` in a transaction. With an ``Idempotency-Key``, a repeat gets the first answer, and the same key on another request 422.

    The key and the effect share the transaction: a refusal leaves the key free.
    """
    chave = request.headers.get("Idempotency-Key", "")
    with transaction.atomic():
        if not chave:
            return fazer()
        quando = agora()
        pedido = hashlib.sha256(b"\n".join([str(request.method).encode(), request.path.encode(), request.body])).hexdigest()
        _, sistema = quem(request)
        velhas = ChaveDeIdempotencia.objects.filter(sistema=sistema, chave=chave, criada_em__lte=quando - VALIDADE_DA_CHAVE)
        velhas.delete()
        linha, nova = ChaveDeIdempotencia.objects.get_or_create(
            sistema=sistema, chave=chave, defaults={"pedido_sha256": pedido, "criada_em": quando}
        )
        if not nova:
            if linha.pedido_sha256 != pedido:
                raise Problema(
                    422, "Esta chave já foi usada em outro pedido.", erros={"Idempotency-Key": "Use uma chave nova para cada pedido."}
                )
            repetida = HttpResponse(abrir(linha.corpo), status=linha.status, content_type="application/json")
            for nome, valor in linha.cabecalhos.items():
                repetida[nome] = valor
            return repetida
        resposta = fazer()
        linha.status, linha.corpo = resposta.status_code, selar(resposta.content.decode())  # it may tell a secret
        linha.cabecalhos = {n: v for n, v in resposta.headers.items() if n in ("Location", "ETag")}
        linha.save(update_fields=["status", "corpo", "cabecalhos"])
        return resposta


def da_api(visao: Callable[..., Any], metodos: frozenset[str] | None = None) -> Callable[..., Any]:
    """Wrap an address of the API: what is refused before anything is read, and what every answer carries. ``metodos`` None is any."""

    @wraps(visao)
    def guardada(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if metodos is None or request.method in metodos:
                _conferir_o_corpo(request)
                resposta: HttpResponse = visao(request, *args, **kwargs)
            else:
                resposta = responder(Problema(405))
                resposta["Allow"] = ", ".join(sorted(metodos))
        except Exception as erro:
            resposta = de_excecao(request, erro)
        resposta.headers["Cache-Control"] = "no-store"
        return resposta

    return com_token(guardada)


def _conferir_o_corpo(request: HttpRequest) -> None:
    """Raises ``Problema``: 413 for a body that is too large, 415 for one that does not say it is JSON."""
    if request.method not in COM_CORPO:
        return
    tamanho = request.META.get("CONTENT_LENGTH") or "0"
    if not tamanho.isdecimal() or int(tamanho) > CORPO_MAXIMO:
        raise Problema(413, f"O corpo vai até {CORPO_MAXIMO >> 10} KiB.")
    if int(tamanho) and request.content_type != "application/json":
        raise Problema(415, "Mande Content-Type: application/json.")


def contar_visita(request: HttpRequest) -> None:
    """Count a request that shows no token, by its address. Raises ``Problema`` (429)."""
    _contar("ip", ip_de(request) or "", settings.PEDIDOS_POR_MINUTO_IP)


def desconhecido(request: HttpRequest, **_: Any) -> HttpResponse:
    """Whatever is not an address of the API."""
    contar_visita(request)
    raise Problema(404)
