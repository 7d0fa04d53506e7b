"""Helpers for what happens after a commit: the outbox, and the queue run in the same thread."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from comunicacao.models import MensagemSaida


class CaixaDeSaida:
    """Reads the outbox as a person would: by recipient, newest last."""

    def mensagens(self, para: str | None = None, *, tipo: str | None = None) -> list[MensagemSaida]:
        """Messages in order of writing, optionally of one recipient or one kind."""
        from comunicacao.models import MensagemSaida

        filtros: dict[str, Any] = {}
        if para:
            filtros["para__iexact"] = para
        if tipo:
            filtros["assunto_tipo"] = tipo
        return list(MensagemSaida.objects.filter(**filtros).order_by("pk"))

    def ultima(self, para: str | None = None, *, tipo: str | None = None) -> MensagemSaida:
        """The newest message. Fails the test when there is none."""
        achadas = self.mensagens(para, tipo=tipo)
        assert achadas, f"nenhuma mensagem para {para or 'ninguém'}{f' do tipo {tipo}' if tipo else ''}"
        return achadas[-1]

    def endereco(self, para: str, *, contendo: str = "") -> str:
        """The path of the last link of the last message to that person, such as ``/conta/ativar/…/``."""
        ligacoes = re.findall(r"https?://[^/\s]+(/[^\s>\"]*)", self.ultima(para).texto)
        servem = [c for c in ligacoes if contendo in c]
        assert servem, f"nenhum endereço com {contendo!r} na mensagem para {para}"
        return servem[-1]


@dataclass
class FilaNaHora:
    """Tasks that would go to the broker run at once, in this thread; names are kept in ``pedidas``."""

    pedidas: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def mandar(self, nome: str, args: Any = None, kwargs: dict[str, Any] | None = None, **_: Any) -> None:
        """Stand-in for ``Celery.send_task``."""
        from intragov_portal.celery import app

        self.pedidas.append((nome, kwargs or {}))
        app.loader.import_default_modules()
        app.tasks[nome].apply(args=args, kwargs=kwargs, throw=True)


@pytest.fixture
def correio(db: None) -> CaixaDeSaida:
    """The outbox."""
    return CaixaDeSaida()


@pytest.fixture
def fila_na_hora(monkeypatch: pytest.MonkeyPatch) -> FilaNaHora:
    """After-commit tasks run eagerly. On plain ``db`` tests use it with ``ao_confirmar``."""
    import nucleo.fila

    fila = FilaNaHora()
    monkeypatch.setattr(nucleo.fila, "_acordar", lambda nome, ids: fila.mandar(nome, kwargs=ids))
    return fila


@pytest.fixture
def ao_confirmar(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """``with ao_confirmar(): …`` runs the after-commit calls of the block, as a real commit would."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture(autouse=True)
def _cache_limpo(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test starts with an empty cache: memory by default, Redis on the leg that has it, the database for ``cache_do_banco``."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import override_settings

    if settings.REDIS_URL:
        cache.clear()
        yield
        return
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}):
        cache.clear()
        yield


@pytest.fixture
def cache_do_banco(db: None, _cache_limpo: None) -> Iterator[None]:
    """The cache that the embedded default uses, shared by processes (settled question 14). Redis stays Redis."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import override_settings

    if settings.REDIS_URL:
        yield
        return
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_do_portal"}}):
        call_command("createcachetable", verbosity=0)
        yield
