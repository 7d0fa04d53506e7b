"""``manage.py carregar_demonstracao``: fills an empty portal with the data of the demonstration. Only in that mode."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demonstracao.carga import ForaDaDemonstracao, carregar, continuar

#: Between two prefeituras of the rest, so that whoever is looking is not kept waiting by the writes.
PAUSA = 1.0


class Command(BaseCommand):
    """Loads everything in one transaction; does nothing when the accounts of the demonstration are there."""

    help = "Carrega os dados da demonstração (só com MODO=demonstracao)."

    def add_arguments(self, parser: CommandParser) -> None:
        """In two parts, for `make demo`: what the first page needs, and the rest while people look."""
        partes = parser.add_mutually_exclusive_group()
        partes.add_argument("--comeco", action="store_true", help="Dos pedidos, só os das prefeituras das contas.")
        partes.add_argument("--resto", action="store_true", help="Os pedidos das outras prefeituras, uma de cada vez.")

    def handle(self, *args: Any, **opcoes: Any) -> None:
        """Load and say what there is now. Raises ``CommandError`` outside the demonstration, before anything is written."""
        inicio = time.monotonic()
        logging.getLogger("portal").setLevel(logging.WARNING)  # hundreds of acts of the past are no news
        try:
            if opcoes["resto"]:
                self._resto()
                return
            resumo = carregar(agora=timezone.now(), tudo=not opcoes["comeco"])
        except ForaDaDemonstracao as erro:
            raise CommandError(str(erro)) from erro
        if resumo is None:
            self.stdout.write("Os dados da demonstração já estão aqui: nada foi mudado.")
            return
        self.stdout.write(
            f"{resumo.municipios} municípios, {resumo.adesoes} adesões, {resumo.solicitacoes} solicitações, "
            f"{resumo.links} links em serviço, {resumo.pessoas} pessoas e {resumo.mensagens} e-mails em {time.monotonic() - inicio:.0f} s."
        )

    def _resto(self) -> None:
        while (nome := continuar(agora=timezone.now())) is not None:
            self.stdout.write(f"Pedidos da Prefeitura de {nome}.")
            time.sleep(PAUSA)
