"""Import from the server's own disk the allocations that PRODESP already has, or see what is wrong with the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from contas.acesso import ator_do_usuario
from contas.models import Usuario
from enderecamento import acoes, consultas
from enderecamento.consultas import Relatorio
from nucleo.erros import RegraViolada
from nucleo.fluxo import SISTEMA, Ator


class Command(BaseCommand):
    """``manage.py importar_blocos arquivo.csv [--gravar] [--avisar] [--por e-mail]``. Ends with 1 when a line is wrong."""

    help = "Confere uma planilha de sub-blocos já atribuídos e, com --gravar, importa todos ou nenhum."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("arquivo", help="CSV com as colunas rede, codigo_ibge ou municipio, desde e observacao")
        parser.add_argument("--gravar", action="store_true", help="grava, se não houver nenhum erro (sem isto, só confere)")
        parser.add_argument("--avisar", action="store_true", help="manda um e-mail a cada responsável")
        parser.add_argument("--por", default="", help="e-mail do gestor que responde pela importação (padrão: o próprio portal)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, say all that is wrong, and write when asked."""
        agora, por = timezone.now(), _quem(options["por"])
        try:
            dados = Path(options["arquivo"]).read_bytes()
        except OSError as erro:
            raise CommandError(f"Não foi possível ler {options['arquivo']}: {erro.strerror}.") from erro
        try:
            if not options["gravar"]:
                self._dizer(consultas.conferir(consultas.ler(consultas.texto_de(dados)), agora=agora))
                return
            with transaction.atomic():
                planilha = acoes.guardar_planilha(nome=Path(options["arquivo"]).name, dados=dados, por=por, agora=agora)
                feita = acoes.gravar_importacao(planilha.pk, avisar=options["avisar"], por=por, agora=agora)
        except acoes.ImportacaoComProblemas as erro:
            self._dizer(erro.relatorio)
        except RegraViolada as erro:
            raise CommandError(erro.mensagem) from erro
        else:
            self.stdout.write(f"Importados {feita.blocos} sub-blocos de {feita.prefeituras} prefeituras.")

    def _dizer(self, relatorio: Relatorio) -> None:
        for p in relatorio.problemas:
            self.stderr.write(f"Linha {p.linha}: {p.lido}: {p.frase}{f' ({p.regra})' if p.regra else ''}")
        if relatorio.problemas:
            raise CommandError(f"Nada foi gravado: {relatorio.linhas_erradas} de {relatorio.linhas} linhas para corrigir.")
        for escrito, municipio in relatorio.lidos_como:
            self.stdout.write(f"“{escrito}” foi lido como {municipio.nome}. Se não é, corrija o arquivo.")
        self.stdout.write(
            f"{relatorio.linhas} linhas certas, de {len(relatorio.prefeituras)} prefeituras. Nada foi gravado: use --gravar para importar."
        )


def _quem(email: str) -> Ator:
    if not email:
        return SISTEMA
    usuario = Usuario.objects.filter(email__iexact=email).first()
    if usuario is None:
        raise CommandError(f"Não há conta com o e-mail {email}.")
    return ator_do_usuario(usuario)
