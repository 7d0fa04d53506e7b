"""What a prefeitura of the demonstration types in its draft, and what is found wrong with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from adesao.fichas import nome_da_declaracao
from demonstracao.roteiro import Roteiro
from demonstracao.sorteio import RUAS, Pessoa, Sorteio
from nucleo import campos
from nucleo.declaracoes import DECLARACOES

#: Raw text by task and field.
Bruto = dict[str, dict[str, str]]

NOME_COMPRIDO = "Maria Antonieta Guilhermina Vasconcelos de Albuquerque Cavalcanti e Souza Queirós Ferraz"
APLICACAO_COMPRIDA = "Sistema integrado de acompanhamento de convênios, contratos, repasses e prestações de contas dos municípios"
ORGAO_COMPRIDO = "Secretaria de Desenvolvimento Econômico, Ciência, Tecnologia, Inovação e Trabalho do Estado de São Paulo"


@dataclass(frozen=True, slots=True)
class Defeito:
    """Something an analista finds: where, which standard reason, the analyst's own words ("" = those of the reason), and how it is mended.

    ``conserto`` names a field to type again, ``"copia"`` a new signed copy, or an answer after ``"resposta: "``.
    """

    tarefa: str
    campo: str
    motivo: str
    texto: str
    conserto: str


DEFEITOS: dict[str, Defeito] = {
    "cpf": Defeito("anexo1", "r2_cpf", "CPF não confere com o nome", "Confira no documento e corrija.", "r2_cpf"),
    "assinatura": Defeito(
        "assinados",
        "anexo1",
        "Assinatura cortada ou ilegível",
        "A parte de baixo não aparece. Digitalize a página inteira e envie.",
        "copia",
    ),
    "cep": Defeito("prefeitura", "cep", "Endereço ou CEP não confere", "", "cep"),
    "data": Defeito("oficio", "oficio_data", "Data não confere", "", "oficio_data"),
    "cargo": Defeito("anexo1", "r1_cargo", "Cargo ou departamento não confere", "", "r1_cargo"),
    "telefone": Defeito(
        "anexo1", "r1_telefone", "Telefone não atende ou está errado", "Ligamos três vezes e o número não completa.", "r1_telefone"
    ),
    "orgao": Defeito("anexo2", "aplicacao_1_nome", "Órgão da aplicação não confere", "", "aplicacao_1_orgao"),
    "blocos": Defeito(
        "anexo2",
        "blocos_privados",
        "Quantidade de sub-blocos sem explicação",
        "",
        "resposta: São as secretarias, as escolas e os postos de saúde, cada um com sua rede.",
    ),
}


def dia(data: dt.date) -> str:
    """``08/11/2026``, as people type it."""
    return f"{data:%d/%m}/{data.year:04d}"


def rascunho(s: Sorteio, r: Roteiro, *, hoje: dt.date, responsaveis: tuple[Pessoa, Pessoa]) -> Bruto:
    """A whole valid draft typed on the day ``hoje``."""
    prefeito, tecnico = s.pessoa(), s.pessoa()
    oficio = s.r.randrange(40, 480)
    primeira, segunda = responsaveis
    textos: Bruto = {
        "prefeitura": {
            "cnpj": campos.formatar_cnpj(s.cnpj(com_letras="letras" in r.marcas)),
            "logradouro": s.r.choice(RUAS),
            "numero": str(s.r.randrange(10, 1900)),
            "complemento": s.r.choice(("", "", "Paço Municipal", "1º andar")),
            "cep": s.cep(),
            "cidade": r.municipio,
            "prefeito_nome": NOME_COMPRIDO if "longo" in r.marcas else prefeito.nome,
            "prefeito_cargo": "Prefeita Municipal" if prefeito.mulher or "longo" in r.marcas else "Prefeito Municipal",
            "quem_assina": "prefeito",
            "representante_cpf": campos.formatar_cpf(prefeito.cpf),
        },
        "oficio": {"oficio_numero": f"{oficio}/{hoje.year}", "oficio_data": dia(hoje)},
        "anexo1": {"oficio_numero": f"{oficio + 1}/{hoje.year}", "data": dia(hoje)}
        | _responsavel(s, 1, primeira)
        | _responsavel(s, 2, segunda),
        "anexo2": _anexo2(s, r, hoje, tecnico),
        "timbre": {"linha_1": f"Prefeitura do Município de {r.municipio}", "linha_2": "Estado de São Paulo"},
        "declaracoes": {nome_da_declaracao(d): "on" for d in DECLARACOES},
    }
    if "brasao" in r.marcas:
        textos["timbre"]["linha_3"] = "Gabinete da Prefeita" if "eita" in textos["prefeitura"]["prefeito_cargo"] else "Gabinete do Prefeito"
    if "delegado" in r.marcas:
        quem = s.pessoa()
        textos["prefeitura"] |= {
            "quem_assina": "delegado",
            "representante_nome": quem.nome,
            "representante_cargo": "Secretária de Administração" if quem.mulher else "Secretário de Administração",
            "representante_cpf": campos.formatar_cpf(quem.cpf),
        }
    return textos


def _responsavel(s: Sorteio, n: int, p: Pessoa) -> dict[str, str]:
    return {
        f"r{n}_matricula": str(s.r.randrange(1000, 9999)) if s.r.random() < 0.7 else "",
        f"r{n}_nome": p.nome,
        f"r{n}_cpf": campos.formatar_cpf(p.cpf),
        f"r{n}_telefone": s.fixo() + (f" ramal {s.r.randrange(200, 299)}" if s.r.random() < 0.5 else ""),
        f"r{n}_celular": s.celular() if s.r.random() < 0.6 else "",
        f"r{n}_email": p.email,
        f"r{n}_cargo": p.cargo,
        f"r{n}_departamento": p.departamento,
    }


def _anexo2(s: Sorteio, r: Roteiro, hoje: dt.date, tecnico: Pessoa) -> dict[str, str]:
    pares = s.aplicacoes(40 if "quarenta" in r.marcas else 6 if "autorizacoes" in r.marcas else s.r.randrange(2, 6))
    if "longo" in r.marcas:
        pares[0] = (APLICACAO_COMPRIDA, ORGAO_COMPRIDO)
    textos: dict[str, str] = {}
    for i, (nome, orgao) in enumerate(pares, 1):
        textos |= {f"aplicacao_{i}_nome": nome, f"aplicacao_{i}_orgao": orgao}
    return textos | {
        "blocos_privados": str(s.r.randrange(1, 21)),
        "blocos_publicos": s.r.choice(("1", "")),
        "tecnico_nome": tecnico.nome,
        "tecnico_telefone": s.fixo(),
        "tecnico_email": tecnico.email,
        "data": dia(hoje),
    }


def metade(textos: Bruto, s: Sorteio) -> Bruto:
    """The same draft left in the middle: three tasks, with one thing wrong and one missing, as it happens."""
    comeco = {t: dict(textos[t]) for t in ("prefeitura", "oficio", "anexo1")}
    comeco["anexo1"]["r2_cpf"] = "123.456.789-00"
    comeco["anexo1"] |= {"r2_email": "", "r2_cargo": ""}
    comeco["prefeitura"]["cep"] = s.r.choice((comeco["prefeitura"]["cep"], ""))
    return comeco


def conserto(defeito: Defeito, s: Sorteio, *, hoje: dt.date) -> dict[str, Any]:
    """What is typed to mend it: task and fields, or nothing when a copy or an answer does."""
    novos = {
        "r2_cpf": lambda: campos.formatar_cpf(s.cpf()),
        "cep": s.cep,
        "oficio_data": lambda: dia(hoje - dt.timedelta(days=1)),
        "r1_cargo": lambda: "Chefe de divisão",
        "r1_telefone": s.fixo,
        "aplicacao_1_orgao": lambda: "Secretaria de Gestão e Governo Digital",
    }
    return {defeito.tarefa: {defeito.conserto: novos[defeito.conserto]()}} if defeito.conserto in novos else {}
