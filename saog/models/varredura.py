"""What the sweep of the ten days could not do."""

from __future__ import annotations

from django.db import models

from .solicitacao import SolicitacaoServico


class FalhaDaVarredura(models.Model):
    """A request whose deadline the sweep failed to end: set aside until ``tentar_em`` so that it never keeps the others waiting.

    ``erro`` is the name of the exception, never its text. The row goes away when the sweep succeeds.
    """

    solicitacao = models.OneToOneField(SolicitacaoServico, models.CASCADE, primary_key=True, related_name="falha_da_varredura")
    tentativas = models.PositiveIntegerField(default=0)
    desde = models.DateTimeField()
    tentar_em = models.DateTimeField()
    erro = models.CharField(max_length=80)

    class Meta:
        ordering = ("desde", "pk")

    def __str__(self) -> str:
        return f"{self.solicitacao}: {self.erro}, {self.tentativas} vezes"
