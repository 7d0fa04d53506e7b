"""Who acts, how long a session lives, who needs a second factor, and how much one may ask in a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from contas import limites
from contas.acesso import TEXTO_GUARDADO, ator_de, ip_de, vinculos_do_pedido
from contas.papeis import PAPEIS_DO_ESTADO
from nucleo.middleware import RETOMAR

registro = structlog.get_logger("portal.contas")

Resposta = Callable[[HttpRequest], HttpResponse]

#: Session keys: when it began, when it was last used (seconds since the epoch), and why the last one ended.
INICIO, ATIVIDADE, FIM_DA_SESSAO = "sessao_inicio", "sessao_atividade", "sessao_fim"
#: The instant of last use is written at most once in this many seconds, so that reading a page does not write to the database.
GRANULARIDADE = 30
#: Characters of a form's text that are kept when its session has ended.
TEXTO_MAXIMO = 100_000
#: A request that carries this header (progress polling) does not keep the session alive (settled question 7).
CABECALHO_SEM_ATIVIDADE = "X-Sem-Atividade"


#: Addresses without sessions: a system comes with a token (``contas.acesso.com_token``).
PREFIXO_DA_API = "/api/"


class SemCookiesMiddleware:
    """Drops the cookies of what is sent to the API, before anybody reads them: a browser's session opens nothing there."""

    def __init__(self, get_response: Resposta) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on without cookies under ``PREFIXO_DA_API``."""
        if request.path_info.startswith(PREFIXO_DA_API):
            request.META.pop("HTTP_COOKIE", None)
            request.COOKIES = {}
        return self.get_response(request)


class AtorMiddleware:
    """Puts ``request.ator``, built when first asked for."""

    def __init__(self, get_response: Resposta) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach the lazy actor."""
        request.ator = SimpleLazyObject(lambda: ator_de(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class SessaoMiddleware:
    """Ends sessions idle for ``SESSAO_PARADA`` or older than ``SESSAO_MAXIMA`` (ASVS 7.3.1, 7.3.2); the row dies on the server.

    A deactivated user is refused by the authentication backend on the next request; what is left of the session is ended here too (7.4.2).
    """

    def __init__(self, get_response: Resposta) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session when it is time; the request goes on as anonymous."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            motivo = self._motivo_do_fim(request)
            if motivo:
                texto = self._texto_do_formulario(request)
                auth.logout(request)
                request.session[FIM_DA_SESSAO] = motivo
                if texto:
                    request.session[TEXTO_GUARDADO] = texto
                for guardado in ("_vinculos", "_ator"):
                    request.__dict__.pop(guardado, None)
        resposta = self.get_response(request)
        if request.method == "POST" and _mandou_entrar(request, resposta):
            self._anotar_o_envio_perdido(request)
        return resposta

    def process_view(self, request: HttpRequest, view_func: Any, args: Any, kwargs: Any) -> None:
        """Note the activity, unless the page only asks for progress."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return
        if getattr(view_func, "sem_atividade", False) or CABECALHO_SEM_ATIVIDADE in request.headers:
            return
        agora = time.time()
        if agora - request.session.get(ATIVIDADE, 0) >= GRANULARIDADE:
            request.session[ATIVIDADE] = agora

    @staticmethod
    def _anotar_o_envio_perdido(request: HttpRequest) -> None:
        """What was sent did not arrive: the login page says whether the text was kept, and the button's page is where to go back to."""
        sessao = request.session
        if sessao.get(FIM_DA_SESSAO) != "desativada":
            sessao[FIM_DA_SESSAO] = "texto_guardado" if TEXTO_GUARDADO in sessao else "envio_perdido"
        pagina = _pagina_do_botao(request)
        if pagina:
            sessao[RETOMAR] = {"caminho": request.path, "pagina": pagina}

    @staticmethod
    def _texto_do_formulario(request: HttpRequest) -> dict[str, Any] | None:
        """What was typed in a form marked ``guarda_o_texto``, with whose it is; nobody retypes because a clock ran out."""
        if request.method != "POST" or not request.user.is_authenticated or "HX-Request" in request.headers:
            return None  # what htmx sends stays typed on the page
        try:
            visao = resolve(request.path_info).func
        except Resolver404:
            return None
        if not getattr(visao, "guarda_o_texto", False):
            return None
        dados = {nome: valor for nome, valor in request.POST.dict().items() if nome != "csrfmiddlewaretoken" and isinstance(valor, str)}
        listas = {nome: valores for nome in dados if len(valores := request.POST.getlist(nome)) > 1}
        if sum(len(nome) + len(valor) for nome, valores in request.POST.lists() for valor in valores) > TEXTO_MAXIMO:
            return None
        return {
            "usuario": request.user.pk,
            "caminho": request.path,
            "dados": dados,
            "listas": listas,
            "com_arquivos": any(request.FILES.values()),
        }

    @staticmethod
    def _motivo_do_fim(request: HttpRequest) -> str:
        sessao = request.session
        if not request.user.is_authenticated:
            return "desativada" if auth.SESSION_KEY in sessao else ""
        agora = time.time()
        inicio = sessao.setdefault(INICIO, agora)
        if agora - inicio >= settings.SESSAO_MAXIMA.total_seconds():
            return "maxima"
        if agora - sessao.get(ATIVIDADE, inicio) >= settings.SESSAO_PARADA.total_seconds():
            return "parada"
        return ""


def _mandou_entrar(request: HttpRequest, resposta: HttpResponse) -> bool:
    """Whether the answer sends a visitor to the login page: the form or button belonged to a session that is over."""
    return (
        isinstance(resposta, HttpResponseRedirect)
        and not request.user.is_authenticated
        and urlsplit(resposta.url).path == reverse(settings.LOGIN_URL)
        and "next=" in urlsplit(resposta.url).query
    )


def _pagina_do_botao(request: HttpRequest) -> str:
    """Path of the page whose form was posted, when it is one of ours and not of the way in; else ""."""
    veio_de = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(veio_de, allowed_hosts={request.get_host()}):
        return ""
    partes = urlsplit(veio_de)
    if partes.path in {reverse(settings.LOGIN_URL), request.path}:
        return ""
    return f"{partes.path}?{partes.query}" if partes.query else partes.path


def marcar_inicio(*, request: HttpRequest | None, user: Any = None, **_: Any) -> None:
    """Receiver of ``user_logged_in``: both clocks of the session start at the login, which is one log line (ASVS 16.3.1)."""
    if request is not None:
        request.session[INICIO] = request.session[ATIVIDADE] = time.time()
        registro.info("entrou", usuario=getattr(user, "pk", None), ip=ip_de(request))


def anotar_recusa(*, request: HttpRequest | None = None, **_: Any) -> None:
    """Receiver of ``user_login_failed``: one log line, without what was typed (ASVS 16.2.5, 16.3.1)."""
    registro.warning("entrada_recusada", ip=ip_de(request) if request is not None else None)


class SegundoFatorMiddleware:
    """Sends staff without TOTP or passkey to set one up, when ``SEGUNDO_FATOR_OBRIGATORIO`` (ASVS 6.3.3)."""

    LIVRES = ("account_logout", "account_reauthenticate", "saude", "pronto", "conta")

    def __init__(self, get_response: Resposta) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Redirect when the second factor is missing; public pages stay open."""
        if not settings.SEGUNDO_FATOR_OBRIGATORIO or not getattr(view_func, "login_required", True):
            return None
        nome = (request.resolver_match.url_name if request.resolver_match else "") or ""
        if nome in self.LIVRES or nome.startswith("mfa_") or not request.user.is_authenticated:
            return None
        if not any(v.papel in PAPEIS_DO_ESTADO for v in vinculos_do_pedido(request)) or tem_segundo_fator(request.user.pk):
            return None
        messages.warning(
            request, "Seu papel exige um segundo fator. Configure um aplicativo de códigos ou uma chave de acesso para continuar."
        )
        return HttpResponseRedirect(reverse("mfa_index"))


class LimiteMiddleware:
    """At most so many requests a minute from one session, or without one from one address; past it 429 (ASVS 2.4.1, B1.7).

    The innermost of all, so that the answer carries every header, static files (whitenoise, first of all) do not count, and only a session
    that belongs to somebody counts by itself: with an invented cookie one is counted by address. People of one prefeitura share an address,
    so it may ask more, and whoever entered does not depend on it.
    """

    FORA = ("/saude", "/pronto")

    def __init__(self, get_response: Resposta) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count the request and go on, or refuse it. A limit of 0 in the settings is no limit. The API counts by token, at its own door."""
        if request.path_info in self.FORA or request.path_info.startswith(PREFIXO_DA_API):
            return self.get_response(request)
        entrou = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        tipo, limite = ("sessao", settings.PEDIDOS_POR_MINUTO_SESSAO) if entrou else ("ip", settings.PEDIDOS_POR_MINUTO_IP)
        if not limite:
            return self.get_response(request)
        agora = time.time()
        valor = request.session.session_key if entrou else ratelimit.get_ip(request)
        if limites.do_portal.passa(limites.resumo_da_chave(tipo, str(valor)), limite=limite, agora=agora):
            return self.get_response(request)
        registro.info("limite_do_portal", por=tipo, usuario=request.user.pk if entrou else None, ip=ip_de(request))
        texto = "O portal recebeu muitos pedidos seguidos deste acesso. Espere um minuto e tente de novo."
        return limites.resposta_429(request, espera=limites.resta_da_janela(agora), texto=texto)


def tem_segundo_fator(usuario_id: int) -> bool:
    """Whether the person has a TOTP application or a passkey (recovery codes alone do not count)."""
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(user_id=usuario_id, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]).exists()
