"""``manage.py carregar_demonstracao``: fills an empty portal with the data of the demonstration. Only in that mode."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demonstracao.carga import ForaDaDemonstracao, carregar


class Command(BaseCommand):
    """Loads everything in one transaction; does nothing when the accounts of the demonstration are there."""

    help = "Carrega os dados da demonstração (só com MODO=demonstracao)."

    def handle(self, *args: Any, **opcoes: Any) -> None:
        """Load and say what there is now. Raises ``CommandError`` outside the demonstration, before anything is written."""
        inicio = time.monotonic()
        logging.getLogger("portal").setLevel(logging.WARNING)  # hundreds of acts of the past are no news
        try:
            resumo = carregar(agora=timezone.now())
        except ForaDaDemonstracao as erro:
            raise CommandError(str(erro)) from erro
        if resumo is None:
            self.stdout.write("Os dados da demonstração já estão aqui: nada foi mudado.")
            return
        self.stdout.write(
            f"{resumo.municipios} municípios, {resumo.adesoes} adesões, {resumo.pessoas} pessoas e {resumo.mensagens} e-mails "
            f"em {time.monotonic() - inicio:.0f} s."
        )
