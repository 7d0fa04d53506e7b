"""Sessions on the server."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session


def encerrar_sessoes(usuario_id: int, *, menos: str | None = None) -> int:
    """End every session of a person on the server, except the one with the key ``menos``; returns how many (ASVS 7.4.2, 7.4.5)."""
    abertas = UserSession.objects.filter(user_id=usuario_id).exclude(session_key=menos or "")
    chaves = list(abertas.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=chaves).delete()
    abertas.delete()
    return len(chaves)
