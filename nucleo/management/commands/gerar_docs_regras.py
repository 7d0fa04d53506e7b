"""``manage.py gerar_docs_regras``: writes ``docs/regras.md`` from ``nucleo.regras`` (INS-05). ``--conferir`` only checks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from nucleo.regras import em_markdown


class Command(BaseCommand):
    """Writes or checks the page of the rules."""

    help = "Escreve docs/regras.md a partir da tabela de regras."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--conferir``."""
        parser.add_argument("--conferir", action="store_true", help="Só confere; não escreve.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, or raise ``CommandError`` when the file is not current."""
        destino = settings.BASE_DIR / "docs" / "regras.md"
        texto = em_markdown()
        if options["conferir"]:
            if not destino.exists() or destino.read_text(encoding="utf-8") != texto:
                raise CommandError("docs/regras.md está desatualizado: rode manage.py gerar_docs_regras.")
            return
        destino.write_text(texto, encoding="utf-8")
        self.stdout.write(f"{destino.name} escrito.")
