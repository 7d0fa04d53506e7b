"""The catalogue a new portal starts with; PRODESP edits it afterwards. No price: those come from PRODESP (INS-03)."""

from __future__ import annotations

from typing import Any

from saog.estados import NATUREZA_DO_COMPORTAMENTO

#: codigo, comportamento, nome, explicacao (SS-06).
TIPOS: tuple[tuple[str, str, str, str], ...] = (
    ("ativacao", "ATIVACAO", "Ativação", "Um link novo numa unidade da prefeitura."),
    ("alteracao-capacidade", "CAPACIDADE", "Alteração de capacidade", "Outra velocidade, ou com e sem SAI, num link em serviço."),
    ("alteracao-titularidade", "TITULARIDADE", "Alteração de titularidade", "Outro órgão ou secretaria passa a responder pelo link."),
    (
        "alteracao-equipamento",
        "EQUIPAMENTO",
        "Alteração de equipamento",
        "Outra posição do equipamento no mesmo endereço, ou outra configuração.",
    ),
    ("desativacao", "DESATIVACAO", "Desativação", "Desligar um link que a prefeitura não usa mais."),
    ("cancelamento", "CANCELAMENTO", "Cancelamento", "Parar um pedido que a Operadora começou e ainda não entregou."),
)

#: Mbps (LNK-02): the sources state only the maximum.
VELOCIDADES = (1, 2, 4, 6, 8, 10, 12, 16)

#: titulo, texto.
MOTIVOS: tuple[tuple[str, str], ...] = (
    ("Endereço incompleto", "Escreva o endereço completo da unidade, com número e CEP, como na conta de luz."),
    ("Falta o contato no local", "Escreva o nome e o telefone de quem recebe o técnico na unidade."),
    ("Falta o horário de funcionamento", "Escreva em que dias e horários a unidade pode receber o técnico."),
    ("Sala e rack sem informação", "Diga em que sala o equipamento fica, se há rack e se há tomada livre."),
    ("Velocidade acima do necessário", "Escolha uma velocidade adequada ao número de computadores, ou justifique."),
    ("Serviço diferente do que a aplicação pede", "Confira o serviço: o SCM só chega às aplicações do Governo na intranet."),
)


def carregar_catalogo(tipo: Any, velocidade: Any, motivo: Any) -> None:
    """Put the first rows in, leaving what is there as it is. Takes the three models (a migration gives its own, of its time)."""
    conhece = {campo.name for campo in tipo._meta.get_fields()}
    linhas = [
        {"codigo": c, "comportamento": q, "natureza": NATUREZA_DO_COMPORTAMENTO[q], "nome": nome, "explicacao": e, "ordem": i}
        for i, (c, q, nome, e) in enumerate(TIPOS, 1)
    ]
    tipo._default_manager.bulk_create([tipo(**{n: v for n, v in x.items() if n in conhece}) for x in linhas], ignore_conflicts=True)
    velocidade._default_manager.bulk_create([velocidade(mbps=v) for v in VELOCIDADES], ignore_conflicts=True)
    motivo._default_manager.bulk_create([motivo(titulo=t, texto=x) for t, x in MOTIVOS], ignore_conflicts=True)
