"""States of an adhesion, with the words people read. Labels follow settled question 4."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Estado(models.TextChoices):
    """Where an adhesion stands."""

    RASCUNHO = "RASCUNHO", "Rascunho"
    ENVIADA = "ENVIADA", "Recebida"
    EM_CONFERENCIA = "EM_CONFERENCIA", "Em conferência"
    DEVOLVIDA = "DEVOLVIDA", "Devolvida para correção"
    ENCAMINHADA = "ENCAMINHADA", "Em aprovação"
    APROVADA = "APROVADA", "Em vigor"
    INDEFERIDA = "INDEFERIDA", "Recusada"
    DESCARTADA = "DESCARTADA", "Descartada"


#: Whoever may act edits the papers only here.
EDITAVEIS = (Estado.RASCUNHO, Estado.DEVOLVIDA)
#: On PRODESP's table.
NA_PRODESP = (Estado.ENVIADA, Estado.EM_CONFERENCIA)
#: Begun and not decided.
EM_ANDAMENTO = (Estado.RASCUNHO, Estado.ENVIADA, Estado.EM_CONFERENCIA, Estado.DEVOLVIDA, Estado.ENCAMINHADA)
#: Sent and not decided: what staff see as open.
ABERTAS = (Estado.ENVIADA, Estado.EM_CONFERENCIA, Estado.DEVOLVIDA, Estado.ENCAMINHADA)
#: Occupies the municipality's only place (ADS-10).
OCUPAM = (*EM_ANDAMENTO, Estado.APROVADA)
#: Sent at least once: has a protocol, a deadline history and a frozen sending.
ENVIADAS = (*ABERTAS, Estado.APROVADA, Estado.INDEFERIDA)


@dataclass(frozen=True, slots=True)
class Aparencia:
    """How a state is shown: tint and icon of the label (guide, section 4), who acts ("" = nobody), and the sentence people read."""

    tom: str
    icone: str
    quem_age: str
    frase: str


APARENCIA: dict[str, Aparencia] = {
    Estado.RASCUNHO: Aparencia("parado", "lapis", "a prefeitura", "A prefeitura ainda está preenchendo. Nada foi enviado à PRODESP."),
    Estado.ENVIADA: Aparencia("parado", "enviar", "a PRODESP", "A PRODESP recebeu os documentos e vai conferi-los."),
    Estado.EM_CONFERENCIA: Aparencia("curso", "lupa", "a PRODESP", "A PRODESP está conferindo os documentos."),
    Estado.DEVOLVIDA: Aparencia(
        "correcao", "voltar", "a prefeitura", "A PRODESP pediu correções. Corrija só o que foi apontado e envie de novo."
    ),
    Estado.ENCAMINHADA: Aparencia("curso", "relogio", "o órgão aprovador", "A conferência terminou. Falta a aprovação."),
    Estado.APROVADA: Aparencia("concluido", "certo", "", "A adesão está em vigor."),
    Estado.INDEFERIDA: Aparencia("recusado", "fechar", "", "A adesão foi recusada. A prefeitura pode começar outra."),
    Estado.DESCARTADA: Aparencia("sem-efeito", "fechar", "", "O rascunho foi descartado. A prefeitura pode começar outra adesão."),
}


def rotulo(estado: str, envios: int) -> str:
    """Label of the state; a sending after the first reads *Corrigida* (settled question 4)."""
    if estado == Estado.ENVIADA and envios > 1:
        return "Corrigida"
    return str(Estado(estado).label)


def aparencia(estado: str, envios: int) -> Aparencia:
    """Look of the state; *Corrigida* is blue, a first *Recebida* grey."""
    if estado == Estado.ENVIADA and envios > 1:
        return Aparencia("curso", "trocar", "a PRODESP", "A PRODESP recebeu as correções e vai conferi-las.")
    return APARENCIA[estado]
