"""System checks of our own for `manage.py check --deploy`: what production needs beyond Django's list (seguranca.md B1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def producao(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse settings that would only show once people use the portal. Silent outside production."""
    if not settings.PRODUCAO:
        return []
    achados: list[CheckMessage] = []
    if not settings.ENDERECO_PUBLICO.startswith("https://"):
        achados.append(Error("ENDERECO_PUBLICO não começa com https://: os links dos e-mails sairiam abertos.", id="portal.E001"))
    if "*" in settings.ALLOWED_HOSTS or not settings.ALLOWED_HOSTS:
        achados.append(Error("ALLOWED_HOSTS precisa dizer o nome do portal.", id="portal.E002"))
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        achados.append(Warning("DATABASE_URL aponta para SQLite: use PostgreSQL em produção.", id="portal.W003"))
    if not settings.REDIS_URL:
        achados.append(Warning("REDIS_URL está vazio: a fila em arquivos só serve a uma máquina e perde mensagens.", id="portal.W004"))
    if settings.SEGUNDO_FATOR_OBRIGATORIO is not True:
        achados.append(Error("SEGUNDO_FATOR_OBRIGATORIO foi desligado em produção.", id="portal.E005"))
    fontes = {fonte for lista in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for fonte in lista}
    if {f for f in fontes if "unsafe" in f or f == "*"}:
        achados.append(Error("A política de conteúdo (CSP) permite código embutido ou qualquer origem.", id="portal.E006"))
    if settings.CELERY_ACCEPT_CONTENT != ["json"]:
        achados.append(Error("A fila aceita mensagens que não são JSON.", id="portal.E007"))
    return achados
