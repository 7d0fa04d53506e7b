"""Sample contexts of every paper: an ordinary one, a nearly empty one and one stretched to its limits. Names and numbers are invented."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
MODELOS = ("oficio", "anexo1", "anexo2", "recibo", "dossie")

COMUM: dict[str, Any] = {
    "processo": "2026/00042-7",
    "codigo": "7F3K-9QAM",
    "endereco_verificar": "intragov.sp.gov.br/verificar",
    "municipio": "Bofete",
    "cnpj": "12.ABC.345/01DE-35",
    "timbre": {
        "linhas": ["PREFEITURA DO MUNICÍPIO DE BOFETE", "Estado de São Paulo", "Gabinete da Prefeita · gabinete@bofete.sp.gov.br"],
        "brasao": True,
    },
    "local": "Bofete",
    "data": "8 de novembro de 2026",
}
REPRESENTANTE = {
    "representante_nome": "Maria Aparecida de Souza",
    "representante_cargo": "Prefeita Municipal",
    "representante_cpf": "529.982.247-25",
}
RESPONSAVEIS = [
    {
        "matricula": "10.482",
        "nome": "João Batista Gonçalves",
        "cpf": "111.444.777-35",
        "telefone": "(14) 3883-9300 ramal 21",
        "celular": "(14) 99123-4567",
        "email": "joao.goncalves@bofete.sp.gov.br",
        "cargo": "Diretor de Tecnologia da Informação",
        "departamento": "Administração",
    },
    {
        "matricula": "",
        "nome": "Ângela Conceição Müller",
        "cpf": "529.982.247-25",
        "telefone": "(14) 3883-9301",
        "celular": "",
        "email": "angela.muller@bofete.sp.gov.br",
        "cargo": "Assessora de Gabinete",
        "departamento": "Gabinete da Prefeita",
    },
]

ORDINARIOS: dict[str, dict[str, Any]] = {
    "oficio": {
        **COMUM,
        "oficio_numero": "214/2026",
        "logradouro": "Rua da Matriz",
        "numero": "45",
        "complemento": "sala 2",
        "cep": "18590-000",
        "cidade": "Bofete",
        "prefeito_nome": "Maria Aparecida de Souza",
        "prefeito_cargo": "Prefeita Municipal",
    },
    "anexo1": {**COMUM, **REPRESENTANTE, "oficio_numero": "215/2026", "acao": "inclusão", "responsaveis": RESPONSAVEIS},
    "anexo2": {
        **COMUM,
        **REPRESENTANTE,
        "aplicacoes": [
            {"nome": "SAM Patrimônio", "orgao": "Secretaria da Fazenda e Planejamento"},
            {"nome": "Detran.SP, consulta de veículos", "orgao": "Departamento Estadual de Trânsito"},
        ],
        "blocos_privados": "5",
        "blocos_publicos": "1",
        "tecnico_nome": "José Ignácio d'Ávila",
        "tecnico_telefone": "(14) 3883-9322",
        "tecnico_email": "ti@bofete.sp.gov.br",
    },
    "recibo": {
        **COMUM,
        "envio": 1,
        "enviado_em": "segunda-feira, 09/11/2026, 10h12",
        "por": "João Batista Gonçalves",
        "documentos": [
            {"titulo": "Ofício de adesão", "paginas": "2", "tamanho": "214 kB", "sha256": SHA, "codigo": "7F3K-9QAM"},
            {"titulo": "Anexo I, responsáveis", "paginas": "1", "tamanho": "180 kB", "sha256": SHA, "codigo": "H4TW-2XPC"},
            {"titulo": "Anexo II, formulário técnico", "paginas": "2", "tamanho": "1,2 MB", "sha256": SHA, "codigo": "M9RD-6VKE"},
        ],
        "resumo_sha256": SHA,
        "proximo_passo": "A PRODESP confere os três documentos. Se algo precisar de correção, você recebe um e-mail com o que corrigir.",
        "quem_age": "PRODESP",
        "ate_quando": "segunda-feira, 30/11/2026",
    },
    "dossie": {
        **COMUM,
        "situacao": "Em aprovação",
        "dados_por_parte": [
            {
                "titulo": "Prefeitura",
                "linhas": [("Município", "Bofete"), ("CNPJ", "12.ABC.345/01DE-35"), ("CEP", "18590-000"), ("Compl.", "")],
            },
            {"titulo": "Representante legal", "linhas": [("Nome", "Maria Aparecida de Souza"), ("Cargo Oficial", "Prefeita Municipal")]},
        ],
        "parecer": {
            "texto": "Documentos conferidos e de acordo.\n\nSub-blocos disponíveis na quantidade pedida.",
            "por": "Renata Prado, PRODESP",
            "em": "11/11/2026, 15h40",
        },
        "historico": [
            {"o_que": "Enviada", "quem": "João Batista Gonçalves, Prefeitura de Bofete", "quando": "09/11/2026, 10h12", "comentario": ""},
            {
                "o_que": "Encaminhada para aprovação",
                "quem": "Renata Prado, PRODESP",
                "quando": "11/11/2026, 15h40",
                "comentario": "Tudo conferido.",
            },
        ],
        "documentos": [
            {"titulo": "Ofício de adesão, cópia assinada", "sha256": SHA, "paginas": "2", "codigo": "7F3K-9QAM"},
            {"titulo": "Anexo I, cópia assinada", "sha256": SHA, "paginas": "1", "codigo": "H4TW-2XPC"},
        ],
        "declaracoes": [{"texto": "Somos responsáveis pelo pagamento.", "por": "Maria Aparecida de Souza", "em": "09/11/2026, 10h10"}],
        "emitido_em": "11/11/2026, 15h41",
    },
}

NOME_80 = "Maria das Graças Conceição Gonçalves de Albuquerque Brandão e Orléans de Bragança"[:80]
CIDADE_LONGA = "São João do Pau d'Alho"
EMAIL_LONGO = "secretaria.municipal.de.administracao.e.tecnologia@saojoaodopaudalho.sp.gov.br"
SEM_ESPACO = "Superintendenciaautarquicadeprocessamentodedadosecomunicacoesmunicipaisreunidas"


def vazios(modelo: str) -> dict[str, Any]:
    """The paper ``modelo`` with every optional value empty: no letterhead, no complement, no applications, no blocks, no code."""
    dados = deepcopy(ORDINARIOS[modelo])
    dados["timbre"] = {"linhas": [], "brasao": False}
    for campo in ("complemento", "blocos_privados", "blocos_publicos", "local", "data"):
        if campo in dados:
            dados[campo] = ""
    for pessoa in dados.get("responsaveis", []):
        pessoa.update(dict.fromkeys(("matricula", "telefone", "celular", "departamento"), ""))
    for lista in ("aplicacoes", "historico", "declaracoes", "dados_por_parte"):
        if lista in dados:
            dados[lista] = []
    if "parecer" in dados:
        dados["parecer"] = {"texto": "", "por": "", "em": ""}
    return dados


def longos(modelo: str) -> dict[str, Any]:
    """The paper ``modelo`` with everything at its longest: three heading lines of 90 characters, names of 80, 40 applications."""
    dados = deepcopy(ORDINARIOS[modelo])
    linha = ("Prefeitura da Estância Turística e Hidromineral de São João do Pau d'Alho e Região, Gabinete " * 2)[:90]
    dados.update(
        municipio=CIDADE_LONGA,
        timbre={"linhas": [linha, linha[::-1], SEM_ESPACO + "abcdefghijk"], "brasao": True},
        local=CIDADE_LONGA,
        data="30 de setembro de 2026",
        endereco_verificar="https://portal-de-adesoes.intragov.sp.gov.br/verificar/",
    )
    trocas: dict[str, str] = {
        "cidade": CIDADE_LONGA,
        "logradouro": "Avenida Governador Doutor Adhemar Pereira de Barros, antiga Estrada Velha do Pau d'Alho",
        "complemento": "Paço Municipal, bloco B, 3º andar, sala da Secretaria de Administração",
        "numero": "12.345-A",
        "prefeito_nome": NOME_80,
        "prefeito_cargo": "Prefeita Municipal em exercício, Vice-Prefeita eleita para o mandato de 2025 a 2028",
        "representante_nome": NOME_80,
        "representante_cargo": "Secretária Municipal de Administração, Planejamento, Tecnologia e Modernização",
        "tecnico_nome": NOME_80,
        "tecnico_email": EMAIL_LONGO,
        "por": NOME_80,
    }
    dados.update({campo: valor for campo, valor in trocas.items() if campo in dados})
    if modelo == "anexo1":
        for pessoa in dados["responsaveis"]:
            pessoa.update(nome=NOME_80, email=EMAIL_LONGO, cargo=trocas["representante_cargo"], departamento=SEM_ESPACO)
    if modelo == "anexo2":
        dados["aplicacoes"] = [
            {"nome": f"Sistema {n:02} de acompanhamento das ações integradas de saúde, educação e assistência", "orgao": SEM_ESPACO}
            for n in range(1, 41)
        ]
    if modelo in {"recibo", "dossie"}:
        for documento in dados["documentos"]:
            documento["titulo"] = f"{SEM_ESPACO}, cópia assinada pela representante legal"
    if modelo == "dossie":
        dados["dados_por_parte"] = [{"titulo": f"Parte {n}", "linhas": [(SEM_ESPACO, NOME_80 * 3)] * 12} for n in range(1, 5)]
        dados["historico"] = [
            {"o_que": "Devolvida para correção", "quem": NOME_80, "quando": "09/11/2026, 10h12", "comentario": "O CEP não confere. " * 12}
        ] * 30
        dados["parecer"]["texto"] = "Conferido. " * 400
    return dados


CASOS = {"ordinarios": ORDINARIOS.__getitem__, "vazios": vazios, "longos": longos}
