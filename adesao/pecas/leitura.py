"""Reading of the whole form: what people check, what each sending freezes, what diffs compare."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from typing import Any

from adesao.models import Adesao
from nucleo import campos, prazos
from nucleo.campos.ramal import formatar_telefone_e_ramal

from .conteudo import ANEXO1, ANEXO2, OFICIO, Limpos

#: Rows of the reading that nobody types: a pendência on one has no field, so it is shown at the top of its task and can only be answered.
SEM_CAMPO = frozenset({("prefeitura", "municipio"), ("anexo1", "acao")})


def leitura(adesao: Adesao, limpos: Limpos) -> list[dict[str, Any]]:
    """The whole form as people read it: parts → groups → fields, each anchored by (task, field). JSON values only; frozen in each sending.

    Needs every typed task (raises ``KeyError``). Every field of the official forms is there (ADS-05 to ADS-07), in their order.
    """
    p, o, a1, a2, t = (limpos[n] for n in ("prefeitura", "oficio", "anexo1", "anexo2", "timbre"))

    def campo(tarefa: str, nome: str, rotulo: str, valor: object) -> dict[str, Any]:
        return {"tarefa": tarefa, "campo": nome, "rotulo": rotulo, "valor": str(valor or "")}

    delegado = p["quem_assina"] == "delegado"
    oficio = [
        {
            "titulo": "Identificação",
            "campos": [
                campo("oficio", "oficio_numero", "Ofício nº", o["oficio_numero"]),
                campo("oficio", "oficio_data", "Data do ofício", _dia(o["oficio_data"])),
            ],
        },
        {
            "titulo": "Prefeitura",
            "campos": [
                campo("prefeitura", "municipio", "Município", adesao.municipio.nome),
                campo("prefeitura", "cnpj", "CNPJ nº", campos.formatar_cnpj(p["cnpj"])),
                campo("prefeitura", "logradouro", "Situada à", p["logradouro"]),
                campo("prefeitura", "numero", "Nº", p["numero"]),
                campo("prefeitura", "complemento", "Compl.", p["complemento"]),
                campo("prefeitura", "cep", "CEP", campos.formatar_cep(p["cep"])),
                campo("prefeitura", "cidade", "Cidade", p["cidade"]),
            ],
        },
        {
            "titulo": "Quem assina",
            "campos": [
                campo("prefeitura", "prefeito_nome", "Nome do Prefeito", p["prefeito_nome"]),
                campo("prefeitura", "prefeito_cargo", "Cargo Oficial", p["prefeito_cargo"]),
            ],
        },
        {
            "titulo": "Papel timbrado",
            "campos": [campo("timbre", f"linha_{i}", f"{i}ª linha", t.get(f"linha_{i}")) for i in (1, 2, 3)]
            + [campo("timbre", "brasao", "Brasão", _do_brasao(adesao))],
        },
    ]
    representante = [
        campo(
            "prefeitura",
            "quem_assina",
            "Quem assina os Anexos I e II",
            "Outro representante legal, com ato de delegação" if delegado else "O próprio prefeito ou prefeita",
        ),
        *(
            [
                campo("prefeitura", "representante_nome", "Nome do representante legal", p["representante_nome"]),
                campo("prefeitura", "representante_cargo", "Cargo por extenso", p["representante_cargo"]),
            ]
            if delegado
            else []
        ),
        campo("prefeitura", "representante_cpf", "Documento: CPF", campos.formatar_cpf(p["representante_cpf"])),
    ]
    anexo1: list[dict[str, Any]] = [
        {
            "titulo": "Identificação",
            "campos": [
                campo("anexo1", "oficio_numero", "Ofício nº", a1["oficio_numero"]),
                campo("anexo1", "acao", "Pedido", "inclusão"),
                campo("anexo1", "data", "Data do Anexo I", _dia(a1["data"])),
            ],
        }
    ]
    for n in (1, 2):
        anexo1.append(
            {
                "titulo": f"{n}º Responsável",
                "campos": [
                    campo("anexo1", f"r{n}_matricula", "Matrícula (se houver)", a1[f"r{n}_matricula"]),
                    campo("anexo1", f"r{n}_nome", "Nome", a1[f"r{n}_nome"]),
                    campo("anexo1", f"r{n}_cpf", "CPF", campos.formatar_cpf(a1[f"r{n}_cpf"])),
                    campo("anexo1", f"r{n}_telefone", "Tel. c/ DDD e Ramal (se houver)", formatar_telefone_e_ramal(a1[f"r{n}_telefone"])),
                    campo("anexo1", f"r{n}_celular", "Cel. c/ DDD (se houver)", campos.formatar_telefone(a1[f"r{n}_celular"])),
                    campo("anexo1", f"r{n}_email", "E-mail", a1[f"r{n}_email"]),
                    campo("anexo1", f"r{n}_cargo", "Cargo/Função", a1[f"r{n}_cargo"]),
                    campo("anexo1", f"r{n}_departamento", "Departamento", a1[f"r{n}_departamento"]),
                ],
            }
        )
    anexo1.append({"titulo": "Representante legal", "campos": representante})
    anexo2 = [
        {
            "titulo": "Aplicações",
            "campos": [
                campo("anexo2", f"aplicacao_{i}_nome", f"Aplicação {i}", f"{a['nome']} ({a['orgao']})")
                for i, a in enumerate(a2["aplicacoes"], 1)
            ],
        },
        {
            "titulo": "Perfis de acesso",
            "campos": [
                campo("anexo2", "blocos_privados", "Sub-blocos privados /28", a2["blocos_privados"]),
                campo("anexo2", "blocos_publicos", "Sub-bloco público /30", a2["blocos_publicos"]),
            ],
        },
        {
            "titulo": "Responsável Técnico",
            "campos": [
                campo("anexo2", "tecnico_nome", "Sr(a).", a2["tecnico_nome"]),
                campo("anexo2", "tecnico_telefone", "Telefone", formatar_telefone_e_ramal(a2["tecnico_telefone"])),
                campo("anexo2", "tecnico_email", "E-mail", a2["tecnico_email"]),
            ],
        },
        {"titulo": "Data", "campos": [campo("anexo2", "data", "Data do Anexo II", _dia(a2["data"]))]},
    ]
    return [
        {"peca": OFICIO, "titulo": "Ofício", "grupos": oficio},
        {"peca": ANEXO1, "titulo": "Anexo I", "grupos": anexo1},
        {"peca": ANEXO2, "titulo": "Anexo II", "grupos": anexo2},
    ]


def _do_brasao(adesao: Adesao) -> str:
    """When the coat of arms was sent: another image is another value, so that a correction shows."""
    if adesao.brasao is None:
        return ""
    em = adesao.brasao.criado_em
    return f"enviado em {_dia(prazos.dia_local(em))}, {prazos.hora(em)}"


def _dia(dia: dt.date) -> str:
    return f"{dia:%d/%m/%Y}"


def campos_da_leitura(partes: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Every field of a reading by its anchor."""
    return {(c["tarefa"], c["campo"]): c for parte in partes for grupo in parte["grupos"] for c in grupo["campos"]}


Ancora = tuple[str, str]
LINHA_DE_APLICACAO = "aplicacao_"


def dobrado(texto: str) -> str:
    """The text without accents, case and extra spaces; digits and every other sign count."""
    plano = "".join(c for c in unicodedata.normalize("NFKD", texto) if not unicodedata.combining(c))
    return " ".join(plano.casefold().split())


def correspondencia(antes: list[dict[str, Any]], depois: list[dict[str, Any]]) -> dict[Ancora, Ancora]:
    """Anchor of each field of ``depois`` → the anchor in ``antes`` of the same thing; a field that was not there is left out.

    Rows of applications have no identity of their own and move up when one is taken out: the same name and órgão first, then the same name,
    then, among those that are left on both sides, the same position.
    """
    a, d = campos_da_leitura(antes), campos_da_leitura(depois)
    pares = {chave: chave for chave in d if chave in a and not chave[1].startswith(LINHA_DE_APLICACAO)}
    restam = [chave for chave in a if chave[1].startswith(LINHA_DE_APLICACAO)]
    livres = [chave for chave in d if chave[1].startswith(LINHA_DE_APLICACAO)]
    criterios: tuple[Callable[[Ancora, dict[str, Any]], Any], ...] = (
        lambda _, c: dobrado(c["valor"]),
        lambda _, c: dobrado(c["valor"].rpartition(" (")[0]),
        lambda chave, _: chave,
    )
    for igual in criterios:
        for chave in list(livres):
            par = next((velha for velha in restam if igual(velha, a[velha]) == igual(chave, d[chave])), None)
            if par is not None:
                pares[chave] = par
                restam.remove(par)
                livres.remove(chave)
    return pares


def mudancas(antes: list[dict[str, Any]], depois: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Field by field, what differs between two readings: label with its part, value before, value after. Applications by content."""
    a, d = campos_da_leitura(antes), campos_da_leitura(depois)
    partes = {
        (c["tarefa"], c["campo"]): (p["titulo"], g["titulo"])
        for lst in (antes, depois)
        for p in lst
        for g in p["grupos"]
        for c in g["campos"]
    }
    pares = correspondencia(antes, depois)
    depois_de = {velha: nova for nova, velha in pares.items()}
    saida = []
    for velha, nova in [*((k, depois_de.get(k)) for k in a), *((None, k) for k in d if k not in pares)]:
        x, y = a[velha]["valor"] if velha else "", d[nova]["valor"] if nova else ""
        if x != y:
            chave = nova or velha
            assert chave is not None
            parte, grupo = partes[chave]
            rotulo = (d[nova] if nova else a[chave])["rotulo"]
            saida.append({"parte": parte, "grupo": grupo, "rotulo": rotulo, "antes": x, "depois": y})
    return saida
