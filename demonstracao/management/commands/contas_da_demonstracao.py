"""``manage.py contas_da_demonstracao``: prints the accounts of the demonstration, one a line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from demonstracao.contas import SENHA, contas_da_demonstracao


class Command(BaseCommand):
    """E-mail, who it is and what to see; the shared password last. Touches no data."""

    help = "Mostra as contas da demonstração."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **opcoes: Any) -> None:
        """Print them."""
        for email, quem, ver in contas_da_demonstracao():
            self.stdout.write(f"{email:<32} {quem}: {ver}")
        self.stdout.write(f"Senha de todas: {SENHA}")
