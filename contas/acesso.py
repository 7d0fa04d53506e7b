"""Who acts, from where, and the mark every view carries: its access function (settled question 1, B1.6).

A view is marked by exactly one of ``publica``, ``autenticada``, ``com_token``, ``exige`` or ``exige_algum``; a test walks every
address and refuses a view without the attribute ``acesso``.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from contas import permissoes
from contas.models import Papel, Usuario, Vinculo
from nucleo.erros import SemPermissao
from nucleo.fluxo import Ator
from nucleo.preparadas import preparada

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

registro = structlog.get_logger("portal.contas")

Visao = Callable[..., HttpResponseBase]

#: Session key of the body a person with links in several bodies chose to act for.
ORGAO_ESCOLHIDO = "orgao_escolhido"
#: Session key of a form's text that arrived on a session that had ended.
TEXTO_GUARDADO = "texto_guardado"


def ip_de(request: HttpRequest) -> str | None:
    """The client's address: ``REMOTE_ADDR``, or the hop written by the outermost of our own proxies (ASVS 15.3.4).

    Each trusted proxy appends one address to ``X-Forwarded-For``, so only the last ``PROXIES_DE_CONFIANCA`` entries were written by us;
    whatever a client puts before them is ignored. None when there is no valid address.
    """
    saltos = settings.PROXIES_DE_CONFIANCA
    candidato = request.META.get("REMOTE_ADDR", "")
    if saltos:
        cadeia = [parte.strip() for parte in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(cadeia) >= saltos and cadeia[-saltos]:
            candidato = cadeia[-saltos]
    try:
        return str(ipaddress.ip_address(candidato))
    except ValueError:
        return None


def termo_vigente(agora: dt.datetime) -> bool:
    """Whether the Termo 001/2024 is in force at ``agora``; without an end date in the settings it always is (ADS-12)."""
    return settings.TERMO_FIM is None or timezone.localdate(agora) <= settings.TERMO_FIM


def vinculos_de(usuario: Usuario | AnonymousUser, *, agora: dt.datetime) -> list[Vinculo]:
    """The links that hold for this user now, oldest first, with their bodies read (one query).

    A responsável's link counts only while the Termo is in force (ADS-12). Nobody who is not active holds anything.
    """
    if not usuario.is_authenticated or not usuario.is_active:
        return []
    vigentes = _vigentes.linhas(usuario_id=usuario.pk, agora=agora)
    com_termo = termo_vigente(agora)
    return [v for v in vigentes if com_termo or v.papel != Papel.RESPONSAVEL]


@preparada
def _vigentes(*, usuario_id: Any, agora: Any) -> QuerySet[Vinculo]:
    return Vinculo.objects.filter(usuario_id=usuario_id).vigentes(agora).select_related("orgao__municipio").order_by("inicio_em", "pk")


def ator_do_usuario(
    usuario: Usuario | AnonymousUser,
    ip: str | None = None,
    agora: dt.datetime | None = None,
    *,
    vinculos: list[Vinculo] | None = None,
) -> Ator:
    """Freeze a user into an ``Ator`` with the roles held at ``agora`` (now when not given).

    ``vinculos`` restricts the roles to those links (already read). An anonymous user gives an actor without roles, who is not ``SISTEMA``.
    """
    if not usuario.is_authenticated:
        return Ator(usuario_id=None, nome="Visitante", ip=ip)
    if vinculos is None:
        vinculos = vinculos_de(usuario, agora=agora or timezone.now())
    papeis = frozenset((v.papel, v.orgao.municipio_id) for v in vinculos)
    return Ator(usuario_id=usuario.pk, nome=usuario.nome, papeis=papeis, ip=ip)


def ator_do_sistema(usuario_id: int, nome: str, ip: str | None = None, *, papel: str = Papel.OPERADORA.value) -> Ator:
    """The actor of a system that came with a valid token: its service account, with the Operadora's role, or with none (it only reads)."""
    return Ator(usuario_id=usuario_id, nome=nome, papeis=frozenset({(papel, None)} if papel else ()), ip=ip)


def vinculos_do_pedido(request: HttpRequest) -> list[Vinculo]:
    """All links of the person of this request, in every body, read once per request."""
    guardados: list[Vinculo] | None = getattr(request, "_vinculos", None)
    if guardados is None:
        guardados = vinculos_de(request.user, agora=timezone.now())
        request._vinculos = guardados  # type: ignore[attr-defined]
    return guardados


def vinculos_em_uso(request: HttpRequest) -> list[Vinculo]:
    """The links of the body the person acts for: the one chosen in the session, else the oldest. Roles in one body hold together."""
    todos = vinculos_do_pedido(request)
    if not todos:
        return []
    escolhido = request.session.get(ORGAO_ESCOLHIDO)
    orgaos = {v.orgao_id for v in todos}
    orgao_id = escolhido if escolhido in orgaos else todos[0].orgao_id
    return [v for v in todos if v.orgao_id == orgao_id]


def ator_de(request: HttpRequest) -> Ator:
    """The actor of this request, built once. Somebody with links in several bodies acts for one of them at a time."""
    pronto: Ator | None = getattr(request, "_ator", None)
    if pronto is None:
        pronto = ator_do_usuario(request.user, ip_de(request), vinculos=vinculos_em_uso(request))
        request._ator = pronto  # type: ignore[attr-defined]
    return pronto


def publica(visao: Visao) -> Visao:
    """Mark a view that anybody may open."""
    aberta: Visao = login_not_required(visao)
    aberta.acesso = "publica"  # type: ignore[attr-defined]
    return aberta


def com_token(visao: Visao) -> Visao:
    """Mark an address of the API: no session, no cookie and no CSRF; the view itself asks for a token."""
    aberta: Visao = csrf_exempt(login_not_required(visao))
    aberta.acesso = "token"  # type: ignore[attr-defined]
    return aberta


def autenticada(visao: Visao) -> Visao:
    """Mark a view that serves the person who entered, whatever the role (their own account). ``LoginRequiredMiddleware`` closes it."""
    visao.acesso = "autenticada"  # type: ignore[attr-defined]
    return visao


def sem_atividade(visao: Visao) -> Visao:
    """Mark a view that asks for progress by itself: opening it does not keep an idle session alive (settled question 7)."""
    visao.sem_atividade = True  # type: ignore[attr-defined]
    return visao


def guarda_o_texto(visao: Visao) -> Visao:
    """Mark a form whose text is worth keeping when it arrives on a session that has just ended: see ``texto_guardado``."""
    visao.guarda_o_texto = True  # type: ignore[attr-defined]
    return visao


class TextoGuardado(dict[str, str]):
    """Field → what was typed in it, of several values the last; ``listas`` has them all. ``aviso`` says that it is back, without files."""

    com_arquivos = False
    listas: dict[str, list[str]]

    @property
    def aviso(self) -> str:
        """The notice over the form."""
        arquivos = " Arquivos não ficam guardados: escolha de novo." if self.com_arquivos else ""
        return f"Sua sessão terminou antes do envio. O seu texto está abaixo: confira e envie de novo.{arquivos}"


def texto_guardado(request: HttpRequest, caminho: str = "") -> TextoGuardado | None:
    """The text the person posted to this very address on a session that had ended, handed over once after entering again, else None.

    ``caminho``: the address it was posted to, when the page with the form is another. Kept by ``SessaoMiddleware`` on the server, for the
    same person only: somebody else who enters drops it.
    """
    guardado = request.session.get(TEXTO_GUARDADO)
    if guardado is None:
        return None
    if guardado["usuario"] != request.user.pk:
        del request.session[TEXTO_GUARDADO]
        return None
    if guardado["caminho"] != (caminho or request.path):
        return None
    del request.session[TEXTO_GUARDADO]
    texto = TextoGuardado(guardado["dados"])
    texto.com_arquivos, texto.listas = guardado.get("com_arquivos", False), guardado.get("listas", {})
    return texto


def exige(ato: str, *, para_mudar: str = "") -> Callable[[Visao], Visao]:
    """Only roles that may do ``ato`` open the view, and only those that may do ``para_mudar``, when given, post to it; others read the 403
    page. Raises ``KeyError`` at import for an unknown act.
    """
    if not para_mudar:
        return exige_algum(ato)
    permissoes.papeis_com(para_mudar)

    def decorar(visao: Visao) -> Visao:
        ler, mudar = exige_algum(ato)(visao), exige_algum(para_mudar)(visao)

        @wraps(visao)
        def guardada(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return (ler if request.method in {"GET", "HEAD"} else mudar)(request, *args, **kwargs)

        guardada.acesso, guardada.acesso_para_mudar = ato, para_mudar  # type: ignore[attr-defined]
        return guardada

    return decorar


def exige_algum(*atos: str) -> Callable[[Visao], Visao]:
    """Only roles that may do at least one of ``atos`` open the view. Whose object it is, the view's own reading decides (404)."""
    for ato in atos:
        permissoes.papeis_com(ato)

    def decorar(visao: Visao) -> Visao:
        @wraps(visao)
        def guardada(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            ator = ator_de(request)
            if not any(permissoes.pode(ator, ato) for ato in atos):
                registro.info("acesso_negado", usuario=ator.usuario_id, ato=atos[0], ip=ator.ip)
                raise SemPermissao("Esta página não faz parte do seu papel no portal.")
            return visao(request, *args, **kwargs)

        guardada.acesso = atos[0] if len(atos) == 1 else tuple(atos)  # type: ignore[attr-defined]
        return guardada

    return decorar
