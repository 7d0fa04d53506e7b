"""What every test would do again with the same outcome, done once per process."""

from __future__ import annotations

import os
from typing import Any


def listar_os_estaticos_uma_vez() -> None:
    """Each Django client (one per member of the cast) starts WhiteNoise, which reads the whole list of static files; the list is kept.

    It is read again when a folder of ours changes, or the settings that say where the files are.
    """
    from django.conf import settings
    from whitenoise.middleware import WhiteNoiseMiddleware

    original = WhiteNoiseMiddleware.add_files_from_finders
    listas: dict[Any, dict[str, Any]] = {}

    def add_files_from_finders(self: Any) -> None:
        pastas = [str(d[1] if isinstance(d, tuple) else d) for d in settings.STATICFILES_DIRS]
        marcas = tuple((p, os.stat(p).st_mtime_ns) for pasta in pastas for p, _, _ in os.walk(pasta))
        chave = (marcas, repr(settings.STATICFILES_DIRS), self.static_prefix, repr(settings.STORAGES), *settings.STATICFILES_FINDERS)
        if chave not in listas:
            original(self)
            listas[chave] = dict(self.files)
        self.files.update(listas[chave])

    WhiteNoiseMiddleware.add_files_from_finders = add_files_from_finders
