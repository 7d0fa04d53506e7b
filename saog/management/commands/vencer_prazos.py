"""End the ten days by hand, or see what the sweep would do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from nucleo import prazos
from saog import acoes


def _instante(texto: str) -> dt.datetime:
    """An ISO instant; without an offset it is São Paulo time. Raises ``CommandError``."""
    try:
        instante = dt.datetime.fromisoformat(texto)
    except ValueError as erro:
        raise CommandError("--agora: escreva como em 2026-11-20T10:00 ou 2026-11-20T10:00-03:00.") from erro
    return instante if instante.tzinfo else instante.replace(tzinfo=prazos.FUSO)


class Command(BaseCommand):
    """``manage.py vencer_prazos [--simular] [--agora ISO]``."""

    help = "Vence os prazos de aceite que acabaram sem resposta, como faz a varredura automática."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--simular", action="store_true", help="só mostra o que seria feito; nada muda")
        parser.add_argument("--agora", default="", help="o instante da conta, em ISO (padrão: agora)")
        parser.add_argument("--limite", type=int, default=5000, help="no máximo quantas solicitações")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or simulate and list."""
        agora = _instante(options["agora"]) if options["agora"] else timezone.now()
        if agora > timezone.now() and not options["simular"]:
            raise CommandError("Com --agora no futuro, use também --simular: um prazo não vence antes da hora.")
        feito = acoes.vencer_prazos(agora=agora, limite=options["limite"], simular=options["simular"])
        quando = f"{prazos.dia_por_extenso(prazos.dia_local(agora))}, {prazos.hora(agora)}"
        self.stdout.write(f"Em {quando}. Efeito do silêncio: {feito.efeito.value} ({feito.efeito.label}).")
        if options["simular"]:
            self.stdout.write(f"Simulação: nada mudou. {len(feito.vencidas)} solicitações com o prazo vencido.")
            for ss in feito.vencidas:
                assert ss.aceite_vence_em is not None  # that is how it was found
                ultimo = prazos.dia_por_extenso(prazos.ultimo_dia(ss.aceite_vence_em))
                self.stdout.write(f"  {ss.numero}  {ss.municipio.nome}: {ss.titulo}. O prazo era {ultimo}.")
        else:
            self.stdout.write(f"Feitas: {feito.feitas}. Deixadas (outra pessoa agiu): {feito.deixadas}. Falhas: {feito.falhas}.")
        if feito.de_lado:
            self.stdout.write(f"Postas de lado por falha, à espera de nova tentativa: {feito.de_lado}.")
