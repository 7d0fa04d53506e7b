"""``criar_gestor EMAIL NOME``: the first account of a production portal, which starts with none (ASVS 6.3.2)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from contas import acoes
from contas.models import Papel, Usuario
from nucleo.fluxo import SISTEMA


class Command(BaseCommand):
    """Creates a gestor without a password and sends the activation link through the outbox. Prints nothing secret."""

    help = "Cria a conta de um gestor da PRODESP e envia o link de primeiro acesso por e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """E-mail and full name."""
        parser.add_argument("email")
        parser.add_argument("nome", nargs="+")

    def handle(self, *args: Any, **opcoes: Any) -> None:
        """Run it; repeating sends another link only while there is no password."""
        email, nome, agora = opcoes["email"].lower(), " ".join(opcoes["nome"]), timezone.now()
        try:
            validate_email(email)
        except Exception as erro:
            raise CommandError("E-mail inválido.") from erro
        with transaction.atomic():
            usuario = Usuario.objects.filter(email__iexact=email).first() or acoes.criar_usuario(email=email, nome=nome)
            acoes.ligar(usuario_id=usuario.pk, orgao_id=acoes.orgao_do_estado(Papel.GESTOR).pk, papel=Papel.GESTOR, agora=agora)
            if not usuario.has_usable_password():
                acoes.criar_link_de_acesso(usuario, agora=agora, por=SISTEMA)
        if usuario.has_usable_password():
            self.stdout.write("Papel de gestor garantido. A conta já tem senha.")
        else:
            self.stdout.write("Gestor criado. O link de primeiro acesso foi para a caixa de saída.")
