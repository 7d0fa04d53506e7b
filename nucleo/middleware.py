"""Answers common to every page: security headers, no caching of what belongs to somebody, and the answer to a refused act."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from nucleo.erros import ConflitoDeVersao, RegraViolada

registro = structlog.get_logger("portal.recusa")

#: Nothing of the device is used, except passkeys.
PERMISSIONS_POLICY = ", ".join(
    [
        f"{recurso}=()"
        for recurso in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone")
    ]
    + [f"{recurso}=()" for recurso in ("midi", "payment", "screen-wake-lock", "usb", "xr-spatial-tracking")]
    + ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
)

#: Title of the page of a refusal, by status.
TITULOS = {
    403: "Este ato não é do seu papel",
    405: "Este endereço é de um botão",
    409: "Alguém agiu antes, ou esta página ficou antiga",
    422: "Isto não pode ser feito assim",
}


#: Session key: the address a button posted to when the session had ended, and the page the button was on (``contas.middleware``).
RETOMAR = "retomar"


class RespostaMiddleware:
    """Adds the headers Django does not (ASVS 3.4, 14.3.2; `seguranca.md` B1.4) and answers a ``RegraViolada`` that no view caught."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers. ``Cache-Control: no-store`` goes on every page of a session, unless the view chose its own."""
        resposta = self.get_response(request)
        em_html = resposta.headers.get("Content-Type", "").startswith("text/html")
        if resposta.status_code == 405 and request.method == "GET" and em_html and not _quer_json(request):
            resposta = _de_volta_ao_botao(request) or _de_um_botao(request, resposta)
        resposta.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        resposta.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        resposta.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        com_sessao = settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in resposta.cookies
        if com_sessao:
            resposta.headers.setdefault("Cache-Control", "no-store")
        return resposta

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal becomes a page, a notice (htmx) or JSON, with its status. Anything else goes on as it was."""
        if not isinstance(exception, RegraViolada):
            return None
        registro.info("recusa", tipo=type(exception).__name__, regra=exception.regra, status=exception.status)
        if _quer_json(request):
            return JsonResponse(
                {
                    "erro": True,
                    "conflito": isinstance(exception, ConflitoDeVersao),
                    "mensagem": exception.mensagem,
                    "regra": exception.regra,
                    "campo": exception.campo,
                },
                status=exception.status,
            )
        if getattr(request, "htmx", False):
            return render(request, "partes/aviso.html", {"tipo": "erro", "texto": exception.mensagem}, status=exception.status)
        return render(
            request,
            "erros/recusa.html",
            {
                "titulo_da_recusa": TITULOS.get(exception.status, TITULOS[422]),
                "mensagem": exception.mensagem,
                "codigo_da_regra": exception.regra,
                "voltar": exception.voltar or _voltar(request),
            },
            status=exception.status,
        )


def _de_volta_ao_botao(request: HttpRequest) -> HttpResponse | None:
    """After entering again one is sent to the address a button had posted to: go to the page of that button, once, and say so."""
    retomar = request.session.get(RETOMAR) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if retomar is None or retomar["caminho"] != request.path or not request.user.is_authenticated:
        return None
    del request.session[RETOMAR]
    messages.warning(request, "Sua sessão terminou antes do envio. Confira e envie de novo.")
    return redirect(retomar["pagina"])


def _de_um_botao(request: HttpRequest, resposta: HttpResponse) -> HttpResponse:
    """A page in place of the empty 405: somebody opened by hand, or after entering again, the address that a button posts to."""
    pagina = render(
        request,
        "erros/recusa.html",
        {
            "titulo_da_recusa": TITULOS[405],
            "mensagem": "Nada foi mudado. Volte à página em que estava e use o botão de novo.",
            "codigo_da_regra": "",
            "voltar": _voltar(request),
        },
        status=405,
    )
    pagina.headers["Allow"] = resposta.headers["Allow"]
    return pagina


def _quer_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _voltar(request: HttpRequest) -> str:
    """Path of the page the person came from, when it is one of ours; else ""."""
    veio_de = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(veio_de, allowed_hosts={request.get_host()}):
        return ""
    partes = urlsplit(veio_de)
    if partes.path == resolve_url(settings.LOGIN_URL):
        return ""  # it would lead back here
    return f"{partes.path}?{partes.query}" if partes.query else partes.path
