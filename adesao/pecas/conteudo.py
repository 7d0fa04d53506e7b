"""The papers of an adhesion: what each one prints, and the reading of the whole form that people and diffs use.

``IMPRESSO_EM`` is the one table that says on which paper each field is printed (settled question 8): a correction asks for new
signatures only on those. A test proves it against what the templates receive.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from adesao.fichas import COM_FICHA
from adesao.models import Adesao
from nucleo import campos, prazos
from nucleo.campos.ramal import formatar_telefone_e_ramal

OFICIO, ANEXO1, ANEXO2, DELEGACAO = "oficio", "anexo1", "anexo2", "delegacao"


@dataclass(frozen=True, slots=True)
class Peca:
    """One paper: code, full title of the official model, short name, and the check-list of whoever checks it."""

    codigo: str
    titulo: str
    curto: str
    itens: tuple[tuple[str, str], ...]


_COMUNS = (
    ("timbre", "Está em papel timbrado da prefeitura"),
    ("completo", "Todas as páginas estão presentes e legíveis"),
    ("igual", "O texto é o do modelo e os dados são iguais aos digitados"),
)
PECAS: dict[str, Peca] = {
    OFICIO: Peca(
        OFICIO,
        "Solicitação de Adesão ao Termo de Cooperação INTRAGOV - Prefeituras",
        "Ofício",
        (*_COMUNS, ("assinatura", "Está assinado pelo prefeito ou pela prefeita, com o cargo")),
    ),
    ANEXO1: Peca(
        ANEXO1,
        "ANEXO I - Formulário de Designação de Responsáveis pelo uso do Sistema INTRAGOV",
        "Anexo I",
        (*_COMUNS, ("assinatura", "Está assinado pelo representante legal"), ("pessoas", "Os dois responsáveis são pessoas diferentes")),
    ),
    ANEXO2: Peca(
        ANEXO2,
        "ANEXO II - Formulário Técnico",
        "Anexo II",
        (
            *_COMUNS,
            ("assinatura", "Está assinado pelo representante legal"),
            ("aplicacoes", "Cada aplicação tem o órgão responsável certo"),
        ),
    ),
}
#: Papers that may come along without a model of ours.
TITULO_DELEGACAO = "Ato de delegação do representante legal"
#: Every paper that somebody checks, the delegation act included: it comes with a sending when a delegate signs the Anexos.
CONFERIDAS: dict[str, Peca] = PECAS | {
    DELEGACAO: Peca(
        DELEGACAO,
        TITULO_DELEGACAO,
        "Ato de delegação",
        (
            ("completo", "Todas as páginas estão presentes e legíveis"),
            ("quem", "Quem delega é o prefeito ou a prefeita, e quem recebe é quem assina os Anexos"),
            ("poderes", "O ato dá poderes para assinar os Anexos I e II"),
            ("vigor", "O ato está assinado e em vigor na data dos Anexos"),
        ),
    )
}

_TODAS = frozenset({OFICIO, ANEXO1, ANEXO2})
_ANEXOS = frozenset({ANEXO1, ANEXO2})
#: (task, field or prefix ending in ``*``) → papers where it is printed. Declarations and who signs are printed on none.
IMPRESSO_EM: dict[tuple[str, str], frozenset[str]] = {
    ("prefeitura", "cnpj"): frozenset({OFICIO}),
    ("prefeitura", "logradouro"): frozenset({OFICIO}),
    ("prefeitura", "numero"): frozenset({OFICIO}),
    ("prefeitura", "complemento"): frozenset({OFICIO}),
    ("prefeitura", "cep"): frozenset({OFICIO}),
    ("prefeitura", "cidade"): _TODAS,
    ("prefeitura", "prefeito_nome"): _TODAS,
    ("prefeitura", "prefeito_cargo"): _TODAS,
    ("prefeitura", "quem_assina"): _ANEXOS,
    ("prefeitura", "representante_nome"): _ANEXOS,
    ("prefeitura", "representante_cargo"): _ANEXOS,
    ("prefeitura", "representante_cpf"): _ANEXOS,
    ("oficio", "*"): frozenset({OFICIO}),
    ("anexo1", "*"): frozenset({ANEXO1}),
    ("anexo2", "*"): frozenset({ANEXO2}),
    ("timbre", "*"): _TODAS,
}

Limpos = dict[str, dict[str, Any]]


def impresso_em(tarefa: str, campo: str) -> frozenset[str]:
    """The papers on which a field is printed. Empty for what is on none."""
    return IMPRESSO_EM.get((tarefa, campo)) or IMPRESSO_EM.get((tarefa, "*")) or frozenset()


@dataclass(frozen=True, slots=True)
class Validacao:
    """A draft gone through every ficha: cleaned values of the tasks that are right, and the errors of the others."""

    limpos: Limpos
    erros: dict[str, dict[str, list[str]]]
    rotulos: dict[tuple[str, str], str]

    def certa(self, *tarefas: str) -> bool:
        """Whether all these tasks are complete and right."""
        return all(t in self.limpos for t in tarefas)


def validar(brutos: dict[str, dict[str, Any]], *, hoje: dt.date | None = None) -> Validacao:
    """Run every ficha over the raw text of a draft (task → field → text). Pure: no database. ``hoje`` judges dates in the future."""
    limpos: Limpos = {}
    erros: dict[str, dict[str, list[str]]] = {}
    rotulos: dict[tuple[str, str], str] = {}
    for tarefa in COM_FICHA:
        assert tarefa.ficha is not None
        ficha = tarefa.ficha(brutos.get(tarefa.slug, {}), hoje=hoje)
        rotulos |= {(tarefa.slug, nome): str(getattr(campo, "rotulo_do_resumo", campo.label)) for nome, campo in ficha.fields.items()}
        if ficha.is_valid():
            limpos[tarefa.slug] = ficha.cleaned_data
        else:
            erros[tarefa.slug] = {nome: [str(e) for e in ficha.errors[nome]] for nome in ficha.fields if nome in ficha.errors}
    return Validacao(limpos, erros, rotulos)


#: Tasks whose data each paper needs.
PRECISA: dict[str, tuple[str, ...]] = {
    OFICIO: ("prefeitura", "oficio", "timbre"),
    ANEXO1: ("prefeitura", "anexo1", "timbre"),
    ANEXO2: ("prefeitura", "anexo2", "timbre"),
}


def conteudo(adesao: Adesao, limpos: Limpos, peca: str) -> dict[str, Any]:
    """What the template of a paper receives: strings ready to print. Raises ``KeyError`` when a needed task is missing."""
    prefeitura, timbre = limpos["prefeitura"], limpos["timbre"]
    dados: dict[str, Any] = {
        "processo": adesao.numero,
        "endereco_verificar": settings.ENDERECO_PUBLICO.split("://", 1)[-1] + "/verificar",
        "municipio": adesao.municipio.nome,
        "local": prefeitura["cidade"],
        "timbre": {
            "linhas": [timbre[f"linha_{i}"] for i in (1, 2, 3) if timbre.get(f"linha_{i}")],
            "brasao": adesao.brasao_id is not None,
        },
    }
    if adesao.brasao_id:
        dados["imagens"] = {"brasao": str(adesao.brasao_id)}
    if peca == OFICIO:
        return dados | _do_oficio(prefeitura, limpos["oficio"])
    dados |= _representante(prefeitura)
    return dados | (_do_anexo1(limpos["anexo1"]) if peca == ANEXO1 else _do_anexo2(limpos["anexo2"]))


def _do_oficio(prefeitura: dict[str, Any], oficio: dict[str, Any]) -> dict[str, Any]:
    return {
        "oficio_numero": oficio["oficio_numero"],
        "data": prazos.data_por_extenso(oficio["oficio_data"]),
        "cnpj": campos.formatar_cnpj(prefeitura["cnpj"]),
        "cep": campos.formatar_cep(prefeitura["cep"]),
        **{n: prefeitura[n] for n in ("logradouro", "numero", "complemento", "cidade", "prefeito_nome", "prefeito_cargo")},
    }


def _representante(prefeitura: dict[str, Any]) -> dict[str, Any]:
    delegado = prefeitura["quem_assina"] == "delegado"
    return {
        "representante_nome": prefeitura["representante_nome"] if delegado else prefeitura["prefeito_nome"],
        "representante_cargo": prefeitura["representante_cargo"] if delegado else prefeitura["prefeito_cargo"],
        "representante_cpf": campos.formatar_cpf(prefeitura["representante_cpf"]),
    }


def _do_anexo1(anexo: dict[str, Any]) -> dict[str, Any]:
    return {
        "oficio_numero": anexo["oficio_numero"],
        "acao": "inclusão",
        "data": prazos.data_por_extenso(anexo["data"]),
        "responsaveis": [
            {
                "matricula": anexo[f"r{n}_matricula"],
                "nome": anexo[f"r{n}_nome"],
                "cpf": campos.formatar_cpf(anexo[f"r{n}_cpf"]),
                "telefone": formatar_telefone_e_ramal(anexo[f"r{n}_telefone"]),
                "celular": campos.formatar_telefone(anexo[f"r{n}_celular"]),
                "email": anexo[f"r{n}_email"],
                "cargo": anexo[f"r{n}_cargo"],
                "departamento": anexo[f"r{n}_departamento"],
            }
            for n in (1, 2)
        ],
    }


def _do_anexo2(anexo: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": prazos.data_por_extenso(anexo["data"]),
        "aplicacoes": anexo["aplicacoes"],
        "blocos_privados": str(anexo["blocos_privados"] or ""),
        "blocos_publicos": str(anexo["blocos_publicos"] or ""),
        "tecnico_nome": anexo["tecnico_nome"],
        "tecnico_telefone": formatar_telefone_e_ramal(anexo["tecnico_telefone"]),
        "tecnico_email": anexo["tecnico_email"],
    }
