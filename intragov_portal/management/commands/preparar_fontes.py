"""``manage.py preparar_fontes``: writes the web font to ``FONTES_DIR`` once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from intragov_portal import fontes


class Command(BaseCommand):
    """Make the Latin subset of Open Sans; does nothing when it is there."""

    help = "Prepara a fonte das páginas (subconjunto da Open Sans)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """``--de-novo`` writes it again."""
        parser.add_argument("--de-novo", action="store_true", help="Refaz o arquivo mesmo que exista.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say its size."""
        caminho = fontes.preparar(Path(settings.FONTES_DIR), de_novo=options["de_novo"])
        self.stdout.write(f"{caminho.name}: {caminho.stat().st_size / 1000:.0f} kB")
