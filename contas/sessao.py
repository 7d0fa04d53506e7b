"""Who is behind a request: the session and its person, which every page asks for. As Django does it, with the two queries prepared."""

from __future__ import annotations

from typing import Any

from allauth.account import auth_backends
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from contas.models import Usuario
from nucleo.preparadas import preparada


@preparada
def _sessao(*, chave: Any, agora: Any) -> QuerySet[Session]:
    return Session.objects.filter(session_key=chave, expire_date__gt=agora)


@preparada
def _usuario(*, pk: Any) -> QuerySet[Usuario]:
    return Usuario.objects.filter(pk=pk)


class SessionStore(db.SessionStore):
    """Sessions in the database, so that they can be ended on the server (ASVS 7.4). ``SESSION_ENGINE`` names this module."""

    def _get_session_from_db(self) -> Session | None:
        sessao: Session | None = _sessao.unica(chave=self.session_key, agora=timezone.now())
        if sessao is None:
            self._session_key = None
        return sessao


class Autenticacao(auth_backends.AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Entering is allauth's; reading the person of a session is here."""

    def get_user(self, user_id: int) -> Usuario | None:
        """The person, unless the account is closed."""
        usuario: Usuario | None = _usuario.unica(pk=user_id)
        return usuario if usuario is not None and self.user_can_authenticate(usuario) else None
