"""Outgoing messages: the outbox. A row is the message; sending is the worker's business."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from comunicacao import forma


class MensagemSaida(models.Model):
    """One e-mail to one person, written in the same transaction as the act it tells of.

    ``chave`` makes it exist once however often the act's code runs. ``message_id`` is fixed at birth, so that a duplicate delivery
    after a crash is recognisable. ``conteudo`` is its words, of which both faces are made (``comunicacao.forma``).
    ``tentar_em`` is when the next try is due; null once sent or given up. Long after that the words and the recipient are emptied and the
    row stays (``comunicacao.caixa.esvaziar``).
    """

    class Situacao(models.TextChoices):
        """Life of a message."""

        PENDENTE = "pendente", "Na fila"
        ENVIADA = "enviada", "Enviada"
        DESISTIDA = "desistida", "Sem entrega"

    chave = models.CharField(max_length=160)
    message_id = models.CharField(max_length=120)
    assunto_tipo = models.CharField(max_length=40)
    dono = models.CharField(max_length=40, blank=True)
    para = models.EmailField()
    para_nome = models.CharField(max_length=120, blank=True)
    assunto = models.CharField(max_length=180)
    conteudo = models.TextField(blank=True, default="")
    anexos = models.JSONField(default=list)
    situacao = models.CharField(max_length=10, choices=Situacao.choices, default=Situacao.PENDENTE)
    tentativas = models.PositiveSmallIntegerField(default=0)
    tentar_em = models.DateTimeField(null=True)
    reservada_ate = models.DateTimeField(null=True)
    erro = models.CharField(max_length=200, blank=True)
    criada_em = models.DateTimeField()
    enviada_em = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-criada_em", "-pk")
        constraints = [  # unique here and not on the field: no `_like` twin of the index is kept on PostgreSQL, which nothing asks for
            models.UniqueConstraint(fields=["chave"], name="comunicacao_uma_por_chave"),
            models.UniqueConstraint(fields=["message_id"], name="comunicacao_um_message_id"),
            models.CheckConstraint(condition=~Q(situacao="pendente") | Q(tentar_em__isnull=False), name="comunicacao_pendente_tem_hora"),
        ]
        indexes = [
            models.Index(fields=["tentar_em"], name="comunicacao_a_enviar", condition=Q(situacao="pendente")),
            models.Index(fields=["dono"], name="comunicacao_do_dono"),
        ]

    def __str__(self) -> str:
        return self.assunto

    @property
    def esvaziada(self) -> bool:
        """Whether its time is over: nothing is left of the words and the recipient."""
        return not self.para

    @property
    def texto(self) -> str:
        """The text face."""
        return forma.texto(forma.aberto(self.conteudo))

    @property
    def html(self) -> str:
        """The HTML face."""
        return forma.html(forma.aberto(self.conteudo))


def novo_message_id() -> str:
    """A Message-ID that will never change for its message."""
    return f"<{uuid.uuid4().hex}@portal.intragov>"
