"""Load the standard reasons to return a paper that are not there yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from adesao.dados.motivos import carregar_motivos


class Command(BaseCommand):
    """``manage.py carregar_motivos``: safe to repeat; what the gestor changed stays."""

    help = "Carrega os motivos de devolução que ainda não existem."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the missing ones and say how many."""
        novos = carregar_motivos()
        if options["verbosity"]:
            self.stdout.write(f"{novos} motivos novos.")
