"""Where a link goes: the prefeitura's sites."""

from __future__ import annotations

import re
import unicodedata

from django.db import models
from simple_history.models import HistoricalRecords


def chave_do_local(*, cep: str, logradouro: str, numero: str, nome: str) -> str:
    """The identity of a site for LNK-04: CEP, street and number, folded. Without a number ("s/n") the unit's name tells them apart.

    ``cep`` is bare. Two spellings of one address ("R. das Acácias, 120" and "rua das acacias 120") give one key.
    """
    rua = _dobrar(logradouro)
    for curto, inteiro in _ABREVIADOS.items():
        rua = re.sub(rf"^{curto}\b", inteiro, rua)
    porta = re.sub(r"[^0-9a-z]", "", _dobrar(numero))
    if not any(c.isdigit() for c in porta):
        porta = f"sn:{_dobrar(nome)}"
    return f"{cep}|{rua}|{porta}"[:300]


_ABREVIADOS = {
    "r": "rua",
    "av": "avenida",
    "pca": "praca",
    "pc": "praca",
    "rod": "rodovia",
    "al": "alameda",
    "tv": "travessa",
    "est": "estrada",
}


def _dobrar(texto: str) -> str:
    plano = "".join(c for c in unicodedata.normalize("NFKD", texto) if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[^0-9a-z]+", " ", plano).split())


class Unidade(models.Model):
    """A site of a prefeitura, as the last request that was sent describes it. One row per address (LNK-04)."""

    municipio = models.ForeignKey("contas.Municipio", models.PROTECT, related_name="unidades")
    local = models.CharField(max_length=300, editable=False)
    nome = models.CharField(max_length=100)
    logradouro = models.CharField(max_length=100)
    numero = models.CharField(max_length=10)
    complemento = models.CharField(max_length=60, blank=True)
    bairro = models.CharField(max_length=60, blank=True)
    cep = models.CharField(max_length=8)
    contato_nome = models.CharField(max_length=120)
    contato_telefone = models.CharField(max_length=11)
    funcionamento = models.CharField(max_length=120)
    sala = models.CharField(max_length=300)

    historia = HistoricalRecords()

    class Meta:
        ordering = ("nome", "pk")
        constraints = [models.UniqueConstraint(fields=["municipio", "local"], name="saog_uma_unidade_por_local")]

    def __str__(self) -> str:
        return self.nome

    @property
    def endereco(self) -> str:
        """``Rua das Acácias, 120, Centro``."""
        return ", ".join(p for p in (self.logradouro, self.numero, self.complemento, self.bairro) if p)
