"""``manage.py carregar_municipios``: the 645 municipalities from the data file into the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from contas.municipios import carregar


class Command(BaseCommand):
    """Loads or refreshes the municipalities; safe to run again."""

    help = "Carrega os 645 municípios de São Paulo (pode rodar de novo)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many."""
        self.stdout.write(f"{carregar()} municípios carregados.")
