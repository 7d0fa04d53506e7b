"""Sessions on the server."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session


def encerrar_sessoes(usuario_id: int) -> int:
    """End every session of a person on the server; returns how many (ASVS 7.4.2, 7.4.5)."""
    abertas = UserSession.objects.filter(user_id=usuario_id)
    chaves = list(abertas.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=chaves).delete()
    abertas.delete()
    return len(chaves)
