"""``manage.py carregar_calendario``: the pontos facultativos of the State into the database (PRZ-04)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from nucleo.calendario import carregar_pontos_facultativos


class Command(BaseCommand):
    """Loads the days without office hours that decrees set; safe to run again."""

    help = "Carrega os pontos facultativos do Estado (pode rodar de novo)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many."""
        self.stdout.write(f"{carregar_pontos_facultativos()} pontos facultativos carregados.")
