"""The roles with an account (settled question 1). Apart from the models, so that pure code may name them."""

from __future__ import annotations

from django.db import models


class Papel(models.TextChoices):
    """The roles with an account. The first two belong to a prefeitura, the others to a State body."""

    REQUERENTE = "requerente", "Requerente"
    RESPONSAVEL = "responsavel", "Responsável"
    ANALISTA = "analista", "Analista da PRODESP"
    GESTOR = "gestor", "Gestor da PRODESP"
    APROVADOR = "aprovador", "Aprovador"
    OPERADORA = "operadora", "Operadora"
    AUDITOR = "auditor", "Auditor"
    TECNICO = "tecnico", "Técnico"


PAPEIS_DA_PREFEITURA = frozenset({Papel.REQUERENTE, Papel.RESPONSAVEL})
PAPEIS_DO_ESTADO = frozenset(set(Papel) - PAPEIS_DA_PREFEITURA)

#: Which kind of State body each State role belongs to.
ORGAO_DO_PAPEL: dict[str, str] = {
    Papel.ANALISTA: "prodesp",
    Papel.GESTOR: "prodesp",
    Papel.TECNICO: "prodesp",
    Papel.APROVADOR: "aprovador",
    Papel.OPERADORA: "operadora",
    Papel.AUDITOR: "controle",
}
