"""Kinds of block, how a sub-block stands, and the words people read for each. No imports from the rest of the app."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from nucleo.regras import regra


class Perfil(models.TextChoices):
    """Kinds of block: private for the intranet (IP-02), public for the Internet (IP-03)."""

    PRIVADO = "PRIVADO", "Privado"
    PUBLICO = "PUBLICO", "Público"


_REGRA = {Perfil.PRIVADO: regra("IP-02"), Perfil.PUBLICO: regra("IP-03")}
#: Length of the sub-blocks of each kind: 28 and 30.
PREFIXO: dict[str, int] = {perfil.value: r.valores["prefixo"] for perfil, r in _REGRA.items()}
#: Addresses of one sub-block of each kind: 16 and 4.
ENDERECOS: dict[str, int] = {perfil: 1 << (32 - prefixo) for perfil, prefixo in PREFIXO.items()}
#: How many of each kind a prefeitura may hold: 20 and 1.
TETO: dict[str, int] = {perfil.value: r.valores["sub_blocos"] for perfil, r in _REGRA.items()}
#: The rule of each kind.
REGRA_DO_PERFIL: dict[str, str] = {perfil.value: r.codigo for perfil, r in _REGRA.items()}
#: Most sub-blocks in one pool: a private /12, a public /14.
VAGAS_MAXIMAS = 65_536


class Situacao(models.TextChoices):
    """How a sub-block stands: told by its columns, not kept."""

    LIVRE = "livre", "Livre"
    EM_USO = "em_uso", "Em uso"
    EM_TROCA = "em_troca", "Em troca"
    QUARENTENA = "quarentena", "Quarentena"


@dataclass(frozen=True, slots=True)
class Aparencia:
    """Tint and icon of a label."""

    tom: str
    icone: str


APARENCIA: dict[str, Aparencia] = {
    Situacao.LIVRE: Aparencia("sem-efeito", "circulo"),
    Situacao.EM_USO: Aparencia("curso", "certo"),
    Situacao.EM_TROCA: Aparencia("correcao", "trocar"),
    Situacao.QUARENTENA: Aparencia("parado", "pausa"),
}


class Origem(models.TextChoices):
    """Where a change of what a prefeitura asked for comes from (ADS-13: quantities of an updated Anexo II are added)."""

    ATUALIZACAO = "ATUALIZACAO", "Anexo II atualizado"
    DEVOLUCAO = "DEVOLUCAO", "Sub-bloco devolvido"
    IMPORTACAO = "IMPORTACAO", "Cadastro anterior da PRODESP"


# --- Sanctions (IP-07) ---------------------------------------------------------------------------------------------------
class EspecieDeSancao(models.TextChoices):
    """From the lightest to the heaviest (IP-07)."""

    ADVERTENCIA = "ADVERTENCIA", "Advertência"
    BLOQUEIO_PARCIAL = "BLOQUEIO_PARCIAL", "Bloqueio parcial"
    BLOQUEIO_TOTAL = "BLOQUEIO_TOTAL", "Bloqueio total"


class EstadoDaSancao(models.TextChoices):
    """A sanction holds until it is lifted or its term ends."""

    VIGENTE = "VIGENTE", "Em vigor"
    ENCERRADA = "ENCERRADA", "Encerrada"


APARENCIA_DA_SANCAO: dict[str, Aparencia] = {
    EstadoDaSancao.VIGENTE: Aparencia("recusado", "alerta"),
    EstadoDaSancao.ENCERRADA: Aparencia("sem-efeito", "pausa"),
}


#: What each act on a sanction is called.
ATOS_DA_SANCAO = {"aplicar": "Sanção aplicada", "levantar": "Sanção encerrada", "vencer": "Sanção encerrada no fim do prazo"}


# --- Renumbering (IP-05) ----------------------------------------------------------------------------------------------
class EstadoDaRenumeracao(models.TextChoices):
    """How an exchange of addresses stands."""

    EM_CURSO = "EM_CURSO", "Em andamento"
    CONCLUIDA = "CONCLUIDA", "Concluída"
    DESFEITA = "DESFEITA", "Desfeita"


APARENCIA_DA_RENUMERACAO: dict[str, Aparencia] = {
    EstadoDaRenumeracao.EM_CURSO: Aparencia("correcao", "trocar"),
    EstadoDaRenumeracao.CONCLUIDA: Aparencia("concluido", "certo"),
    EstadoDaRenumeracao.DESFEITA: Aparencia("sem-efeito", "voltar"),
}
#: What each act on a renumbering is called.
ATOS_DA_RENUMERACAO = {
    "comecar": "Começou",
    "adiar": "Data adiada",
    "confirmar": "Trocas confirmadas",
    "desfazer": "Desfeita",
    "concluir": "Terminou na data",
}
#: Days both addresses hold when the gestor does not choose another date.
DIAS_DA_TROCA = 60
#: A prefeitura that has not confirmed is reminded when these many days are left.
LEMBRETES_DA_TROCA = (15, 5, 1)
