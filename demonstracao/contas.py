"""The accounts of the demonstration. Apart and pure, so that `scripts/demo.py` may print them without starting Django."""

from __future__ import annotations

#: One password for every account of the demonstration. It never exists in production: nothing here loads outside that mode.
SENHA = "Demonstracao-2026"
#: All accounts people are told about live here; nothing is ever sent to it (RFC 2606).
DOMINIO = "demo.example"

#: (address, who it is, what to look at first)
QUEM_VE_O_QUE: tuple[tuple[str, str, str], ...] = (
    ("requerente", "Helena, requerente de Bofete", "adesão devolvida com duas pendências"),
    ("requerente.nova", "Joana, requerente de Cunha", "município que ainda não começou"),
    ("responsavel1", "Aparecida, responsável de Botucatu", "links: aceitar, emitir, corrigir; 17 de 20; endereços a trocar"),
    ("responsavel2", "Benedito, responsável de Botucatu", "os mesmos links, outra pessoa"),
    ("responsavel.outra", "Conceição, responsável de Lins", "outra cidade: mudança de endereço; um sub-bloco bloqueado"),
    ("analista", "Rita, analista da PRODESP", "conferência e fila de solicitações"),
    ("analista2", "Davi, analista da PRODESP", "a outra mesa"),
    ("gestor", "Iara, gestora da PRODESP", "o mesmo, suspensão, limites, endereços e equipe"),
    ("aprovador", "João, Secretaria de Governo", "processos para aprovar"),
    ("operadora", "Kátia, Operadora", "ordens para atender e entregar"),
    ("auditor", "Lauro, controle", "tudo, sem poder mudar nada"),
    ("tecnico", "Márcia, técnica da PRODESP", "conta sem tarefas nesta etapa"),
)


def contas_da_demonstracao() -> list[tuple[str, str, str]]:
    """Each account as (e-mail, who it is, what to see), in the order of the guide."""
    return [(f"{nome}@{DOMINIO}", quem, ver) for nome, quem, ver in QUEM_VE_O_QUE]


#: What `make demo` prints: (e-mail, one line).
CONTAS: tuple[tuple[str, str], ...] = tuple((email, f"{quem}: {ver}") for email, quem, ver in contas_da_demonstracao())
