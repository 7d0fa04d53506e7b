"""Throwing away what has served: expired links, unconfirmed sign-ups, dead sessions, old form keys."""

from __future__ import annotations

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q

from contas.models import CadastroPendente, Convite, LinkDeAcesso, TrocaDeEmail
from nucleo.models import ChaveDeFormulario

#: How long an expired link is kept (so that its page can still offer another one), and a form's one-time key.
GUARDA_DO_LINK = dt.timedelta(days=30)
GUARDA_DA_CHAVE = dt.timedelta(days=30)


def limpar(*, agora: dt.datetime) -> dict[str, int]:
    """Delete what expired long ago; how many rows of each. Personal data of an unconfirmed sign-up goes as soon as it expires (LGPD)."""
    antes = agora - GUARDA_DO_LINK
    velho = Q(expira_em__lt=antes)
    vivas = Session.objects.filter(expire_date__gt=agora).values("session_key")
    return {
        "cadastros": CadastroPendente.objects.filter(Q(usado_em__isnull=True, expira_em__lt=agora) | velho).delete()[0],
        "links": LinkDeAcesso.objects.filter(velho).delete()[0],
        "trocas_de_email": TrocaDeEmail.objects.filter(velho).delete()[0],
        "convites": Convite.objects.filter(velho).delete()[0],
        "sessoes": Session.objects.filter(expire_date__lte=agora).delete()[0],
        "sessoes_listadas": UserSession.objects.exclude(session_key__in=vivas).delete()[0],
        "chaves": ChaveDeFormulario.objects.filter(criada_em__lt=agora - GUARDA_DA_CHAVE).delete()[0],
    }
