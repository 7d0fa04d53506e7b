"""`manage.py reabrir_mensagens`: after a long outage of the e-mail server, put what was given up back in the queue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from comunicacao import caixa


class Command(BaseCommand):
    """Puts messages without delivery back in the queue."""

    help = "Põe de volta na fila as mensagens sem entrega (todas, ou só as de número informado)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Message numbers, optional."""
        parser.add_argument("ids", nargs="*", type=int, help="números das mensagens; nenhum = todas")

    def handle(self, *args: Any, **opcoes: Any) -> None:
        """Reopen and say how many."""
        with transaction.atomic():
            quantas = caixa.reabrir(opcoes["ids"] or None, agora=timezone.now())
        self.stdout.write(f"{quantas} mensagens de volta à fila.")
