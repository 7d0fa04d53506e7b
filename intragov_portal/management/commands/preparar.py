"""What the database of a new or updated installation needs before it serves: tables, cache, reference data. Safe to run again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """``manage.py preparar``: one step for the demonstration, the image and every update. Creates no account."""

    help = "Prepara o banco: tabelas, cache, municípios, calendário e motivos de devolução."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run each step; any error stops the rest."""
        comum = {"verbosity": options["verbosity"]}
        call_command("migrate", interactive=False, **comum)
        if not settings.REDIS_URL:
            call_command("createcachetable", **comum)
        for comando in ("carregar_municipios", "carregar_calendario", "carregar_motivos"):
            call_command(comando, **comum)
