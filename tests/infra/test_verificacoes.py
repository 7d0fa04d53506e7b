"""Our own deployment checks speak up, and only in production."""

from __future__ import annotations

from typing import Any

import pytest

from intragov_portal.verificacoes import producao

BOAS: dict[str, Any] = {
    "PRODUCAO": True,
    "ENDERECO_PUBLICO": "https://portal.example",
    "ALLOWED_HOSTS": ["portal.example"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "REDIS_URL": "redis://fila/0",
    "SEGUNDO_FATOR_OBRIGATORIO": True,
    "CONTENT_SECURITY_POLICY": {"DIRECTIVES": {"script-src": ["'self'"]}},
    "CELERY_ACCEPT_CONTENT": ["json"],
}


def achados(monkeypatch: pytest.MonkeyPatch, **troca: Any) -> list[str]:
    """Ids of the findings under good production settings with some replaced."""
    from types import SimpleNamespace

    monkeypatch.setattr("intragov_portal.verificacoes.settings", SimpleNamespace(**{**BOAS, **troca}))
    return [str(a.id) for a in producao(None)]


@pytest.mark.parametrize(
    ("troca", "identificador"),
    [
        ({"ENDERECO_PUBLICO": "http://portal.example"}, "portal.E001"),
        ({"ALLOWED_HOSTS": ["*"]}, "portal.E002"),
        ({"DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}, "portal.W003"),
        ({"REDIS_URL": ""}, "portal.W004"),
        ({"SEGUNDO_FATOR_OBRIGATORIO": False}, "portal.E005"),
        ({"CONTENT_SECURITY_POLICY": {"DIRECTIVES": {"style-src": ["'self'", "'unsafe-inline'"]}}}, "portal.E006"),
        ({"CELERY_ACCEPT_CONTENT": ["json", "pickle"]}, "portal.E007"),
    ],
)
def test_each_bad_production_setting_is_found_by_its_own_check(
    troca: dict[str, Any], identificador: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert achados(monkeypatch, **troca) == [identificador]


def test_good_production_settings_find_nothing_and_other_modes_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert achados(monkeypatch) == []
    assert achados(monkeypatch, PRODUCAO=False, ALLOWED_HOSTS=["*"]) == []
