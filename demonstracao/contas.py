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
    ("responsavel1", "Aparecida, responsável de Botucatu", "adesão em vigor e autorizações"),
    ("responsavel2", "Benedito, responsável de Botucatu", "a mesma adesão, outra pessoa"),
    ("responsavel.outra", "Conceição, responsável de Lins", "adesão em vigor de outra cidade"),
    ("analista", "Rita, analista da PRODESP", "fila e conferência"),
    ("analista2", "Davi, analista da PRODESP", "a outra mesa da conferência"),
    ("gestor", "Iara, gestora da PRODESP", "fila, motivos e equipe"),
    ("aprovador", "João, Secretaria de Governo", "processos para aprovar"),
    ("operadora", "Kátia, Operadora", "conta sem tarefas nesta etapa"),
    ("auditor", "Lauro, controle", "tudo, sem poder mudar nada"),
    ("tecnico", "Márcia, técnica da PRODESP", "conta sem tarefas nesta etapa"),
)


def contas_da_demonstracao() -> list[tuple[str, str, str]]:
    """Each account as (e-mail, who it is, what to see), in the order of the guide."""
    return [(f"{nome}@{DOMINIO}", quem, ver) for nome, quem, ver in QUEM_VE_O_QUE]


#: What `make demo` prints: (e-mail, one line).
CONTAS: tuple[tuple[str, str], ...] = tuple((email, f"{quem}: {ver}") for email, quem, ver in contas_da_demonstracao())
