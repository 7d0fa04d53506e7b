"""Standard reasons to return something (ADS-03): what a new portal starts with. The gestor edits them afterwards (`/motivos/`)."""

from __future__ import annotations

from typing import Any

#: (title, what the prefeitura reads, task where it is offered first; "" = anywhere)
MOTIVOS: tuple[tuple[str, str, str], ...] = (
    ("CPF não confere com o nome", "O CPF informado é de outra pessoa. Confira no documento e corrija.", "anexo1"),
    ("E-mail não é da pessoa", "Informe o e-mail da própria pessoa: o acesso ao sistema é pessoal.", "anexo1"),
    (
        "E-mail fora do domínio da prefeitura",
        "Informe o e-mail institucional. Se não houver, responda dizendo isso.",
        "anexo1",
    ),
    ("Nome incompleto", "Escreva o nome completo, como no documento de identidade.", "anexo1"),
    ("Cargo ou departamento não confere", "Informe o cargo e o departamento que a pessoa ocupa hoje na prefeitura.", "anexo1"),
    ("Telefone não atende ou está errado", "Informe um telefone com DDD em que a pessoa possa ser encontrada.", "anexo1"),
    (
        "Os dois responsáveis são a mesma pessoa",
        "Designe duas pessoas diferentes, cada uma com seu CPF e seu e-mail.",
        "anexo1",
    ),
    ("CNPJ não é da prefeitura", "Informe o CNPJ da prefeitura, e não o de outro órgão do município.", "prefeitura"),
    ("Endereço ou CEP não confere", "Confira o endereço e o CEP da sede da prefeitura e corrija.", "prefeitura"),
    (
        "Quem assina não é o prefeito ou a prefeita",
        "Quem assina o ofício é o prefeito ou a prefeita em exercício. Corrija.",
        "prefeitura",
    ),
    (
        "Falta o ato de delegação",
        "Quem assina os Anexos não é o prefeito nem a prefeita: envie o ato de delegação.",
        "prefeitura",
    ),
    ("Número do ofício não confere", "O número informado não é o que está impresso no documento. Corrija um dos dois.", "oficio"),
    ("Data não confere", "A data informada não é a que está impressa no documento. Corrija uma das duas.", "oficio"),
    ("Órgão da aplicação não confere", "Informe o órgão do Estado que responde por esta aplicação.", "anexo2"),
    ("Aplicação não identificada", "Escreva o nome da aplicação como o órgão responsável a chama.", "anexo2"),
    (
        "Quantidade de sub-blocos sem explicação",
        "Confira quantos são necessários. Se for isso mesmo, responda dizendo para quê.",
        "anexo2",
    ),
    (
        "Responsável técnico não encontrado",
        "Informe nome, telefone e e-mail de quem responde pela parte técnica na prefeitura.",
        "anexo2",
    ),
    ("Sem papel timbrado", "Imprima o documento em papel timbrado da prefeitura, assine e envie de novo.", "assinados"),
    ("Assinatura cortada ou ilegível", "A assinatura não aparece por inteiro. Digitalize de novo e envie.", "assinados"),
    ("Falta assinatura", "O documento não está assinado. Assine e envie de novo.", "assinados"),
    ("Falta página", "O arquivo não tem todas as páginas. Digitalize o documento inteiro e envie de novo.", "assinados"),
    ("Documento ilegível", "Não é possível ler o documento. Digitalize com mais nitidez e envie de novo.", "assinados"),
    ("Documento de outra versão", "O documento assinado não é o desta versão. Baixe o PDF atual, assine e envie.", "assinados"),
    ("Texto do modelo foi alterado", "O texto não é o do modelo. Baixe o PDF do portal, assine sem alterar e envie.", "assinados"),
)


def carregar_motivos(modelo: Any = None) -> int:
    """Create the reasons that are not there yet, by title; return how many. Safe to repeat: what the gestor changed stays.

    ``modelo`` is ``MotivoPadrao``, or its historical version in a migration.
    """
    if modelo is None:
        from adesao.models import MotivoPadrao as modelo
    existentes = set(modelo.objects.values_list("titulo", flat=True))
    novos = [modelo(titulo=t, texto=x, onde=o) for t, x, o in MOTIVOS if t not in existentes]
    modelo.objects.bulk_create(novos, ignore_conflicts=True)
    return len(novos)
