"""The forms of the paper, as Django forms: one per task of the draft, labels and order of the official models (ADS-05, ADS-06, ADS-07).

They live below the actions, because the same validation refuses a bad draft on the screen, in the action and in a script. Screen-only
forms are in ``forms``. A ficha is built over the raw text of a draft (a flat dict of strings) and never touches the database.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms

from nucleo import campos, declaracoes
from nucleo.campos.ramal import CampoTelefoneERamal

MAX_APLICACOES = 60
#: The Termo de Cooperação Técnica 001/2024: nobody adheres before there is one.
TERMO_DE = dt.date(2024, 8, 19)
MAX_BLOCOS_PRIVADOS = 20


def _no_papel(**kwargs: Any) -> campos.CampoTexto:
    return campos.CampoTexto(conferir=campos.validar_para_papel, **kwargs)


def _nome_de_pessoa(**kwargs: Any) -> campos.CampoTexto:
    return campos.CampoTexto(conferir=campos.validar_nome_de_pessoa, max_length=120, **kwargs)


class Ficha(forms.Form):
    """Base of the tasks' forms: no label colon, and errors that name what to do.

    ``hoje`` is the day from which a date is in the future; without it no date is judged by the clock.
    """

    #: Fields with the date that goes on the paper, and the number whose year it follows ("" = none).
    datas: dict[str, str] = {}
    #: Groups for the screen: (title, names). A name ending in ``*`` takes every field with that prefix.
    grupos: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: Fields with short answers: the width tells the size of the answer.
    curtos = frozenset({"numero", "blocos_privados", "blocos_publicos", "r1_matricula", "r2_matricula"})

    def __init__(self, dados: dict[str, Any] | None = None, *, hoje: dt.date | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(dados, **kwargs)
        self.hoje = hoje
        self._encurtar()

    def clean(self) -> dict[str, Any]:
        """A paper is dated from the Termo on, not in the future, in the year of its number (ADS-05, ADS-06, ADS-07)."""
        limpos = super().clean() or {}
        for nome, do_numero in self.datas.items():
            dia, numero = limpos.get(nome), limpos.get(do_numero, "")
            if dia is None:
                continue
            if dia < TERMO_DE:
                self.add_error(nome, f"O Termo 001/2024 é de {TERMO_DE:%d/%m/%Y}: a data não pode ser anterior. Confira o ano.")
            elif self.hoje is not None and dia > self.hoje:
                self.add_error(nome, f"Esta data ainda não chegou. Hoje é {self.hoje:%d/%m/%Y}.")
            elif numero and str(dia.year) not in numero:
                self.add_error(nome, f"O número do ofício é {numero}, mas a data é de {dia.year}. Corrija um dos dois.")
        return limpos

    @classmethod
    def com_inicial(cls, dados: dict[str, Any]) -> Ficha:
        """The ficha not yet judged: the saved text in the fields, no errors."""
        nova = cls(dados)
        nova.is_bound = False
        nova.data = {}
        nova.initial = {nome: dados[nome] for nome in nova.fields if nome in dados}
        return nova

    def _encurtar(self) -> None:
        for nome in self.curtos & set(self.fields):
            self.fields[nome].widget.attrs["largura"] = "curta"

    def em_grupos(self) -> list[dict[str, Any]]:
        """The bound fields by group, for the template: ``titulo`` and ``campos``."""
        saida = []
        for titulo, nomes in self.grupos:
            achados = []
            for nome in nomes:
                if nome.endswith("*"):
                    achados += [self[n] for n in self.fields if n.startswith(nome[:-1])]
                elif nome in self.fields:
                    achados.append(self[nome])
            saida.append({"titulo": titulo, "campos": achados})
        return saida


class FichaPrefeitura(Ficha):
    """Task 1: the prefeitura and who signs for it."""

    cnpj = campos.CampoCNPJ(label="CNPJ nº", help_text="Da prefeitura. Com ou sem pontos; aceita o CNPJ com letras.")
    logradouro = _no_papel(label="Situada à", max_length=100, help_text="Rua, avenida ou praça. Por exemplo: Praça da Matriz")
    numero = campos.CampoTexto(
        label="Nº", max_length=10, conferir=campos.validar_numero_do_endereco, help_text="Por exemplo: 45 ou 45-A. Sem número? Escreva s/n"
    )
    complemento = _no_papel(label="Compl.", max_length=60, required=False)
    cep = campos.CampoCEP(label="CEP")
    cidade = _no_papel(label="Cidade", max_length=60, help_text="A cidade da sede da prefeitura, como sai no papel.")
    prefeito_nome = _nome_de_pessoa(
        label="Nome do Prefeito", help_text="Quem assina o ofício. Vale também o prefeito ou a prefeita em exercício."
    )
    prefeito_cargo = _no_papel(label="Cargo Oficial", max_length=80, help_text="Por exemplo: Prefeita Municipal")
    quem_assina = forms.ChoiceField(
        label="Quem assina os Anexos I e II",
        choices=[("prefeito", "O próprio prefeito ou prefeita"), ("delegado", "Outro representante legal, com ato de delegação")],
        widget=forms.RadioSelect,
        initial="prefeito",
        error_messages={"required": "Escolha quem assina os Anexos I e II."},
    )
    representante_nome = _nome_de_pessoa(
        label="Nome do representante legal", required=False, help_text="Só quando não é o prefeito ou a prefeita."
    )
    representante_cargo = _no_papel(label="Cargo por extenso", max_length=80, required=False)
    representante_cpf = campos.CampoCPF(label="Documento: CPF", help_text="De quem assina os Anexos I e II. No ofício não vai CPF.")

    grupos = (
        ("Prefeitura", ("cnpj", "logradouro", "numero", "complemento", "cep", "cidade")),
        ("Prefeito ou prefeita", ("prefeito_nome", "prefeito_cargo")),
        ("Representante legal nos Anexos I e II", ("quem_assina", "representante_nome", "representante_cargo", "representante_cpf")),
    )

    def clean(self) -> dict[str, Any]:
        """A delegate needs a name and a cargo."""
        limpos = super().clean() or {}
        if limpos.get("quem_assina") == "delegado":
            for nome, frase in (
                ("representante_nome", "Escreva o nome de quem assina os Anexos I e II."),
                ("representante_cargo", "Escreva o cargo de quem assina os Anexos I e II."),
            ):
                if nome not in self.errors and not limpos.get(nome):
                    self.add_error(nome, frase)
        return limpos


class FichaOficio(Ficha):
    """Task 2: the ofício's own number and date."""

    oficio_numero = campos.CampoOficio(label="Ofício nº", help_text="Número e ano do ofício da prefeitura. Por exemplo: 214/2026")
    oficio_data = campos.CampoDia(label="Data do ofício", help_text="A data que sai impressa. Por exemplo: 22/11/2026")

    grupos = (("", ("oficio_numero", "oficio_data")),)
    datas = {"oficio_data": "oficio_numero"}


class FichaAnexo1(Ficha):
    """Task 3: the two responsáveis (ADS-06). The action of a first Anexo I is inclusão.

    The template adds the paper's "(se houver)" to the label of an optional field.
    """

    oficio_numero = campos.CampoOficio(label="Ofício nº", help_text="O Anexo I tem número próprio. Por exemplo: 215/2026")
    data = campos.CampoDia(label="Data do Anexo I", help_text="A data que sai impressa. Por exemplo: 22/11/2026")  # type: ignore[assignment]  # Django takes fields out of the class: `data` stays the form\'s own

    datas = {"data": "oficio_numero"}
    grupos = (
        ("", ("oficio_numero", "data")),
        ("1º Responsável", ("r1_*",)),
        ("2º Responsável", ("r2_*",)),
    )

    def __init__(self, dados: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(dados, **kwargs)
        for n in (1, 2):
            self.fields |= {
                f"r{n}_matricula": _no_papel(label="Matrícula", max_length=30, required=False),
                f"r{n}_nome": _nome_de_pessoa(label="Nome", help_text="Completo, como no documento"),
                f"r{n}_cpf": campos.CampoCPF(label="CPF"),
                f"r{n}_telefone": CampoTelefoneERamal(
                    label="Tel. c/ DDD e Ramal", required=False, help_text="Por exemplo: (14) 3883-1122 ramal 214"
                ),
                f"r{n}_celular": campos.CampoTelefone(
                    label="Cel. c/ DDD", required=False, tipo="celular", help_text="Por exemplo: (14) 99601-2200"
                ),
                f"r{n}_email": campos.CampoEmail(label="E-mail", help_text="De preferência o institucional: é para onde vai o acesso"),
                f"r{n}_cargo": _no_papel(label="Cargo/Função", max_length=80),
                f"r{n}_departamento": _no_papel(label="Departamento", max_length=80),
            }
        for nome, campo in self.fields.items():
            if nome[:3] in ("r1_", "r2_"):
                campo.rotulo_do_resumo = f"{campo.label} do {nome[1]}º responsável"  # type: ignore[attr-defined]
        self._encurtar()

    def clean(self) -> dict[str, Any]:
        """Two different people (ADS-06), each with a way to be called."""
        limpos = super().clean() or {}
        for nome, frase in (
            ("cpf", "Este CPF é igual ao do 1º responsável. Informe o CPF do 2º responsável."),
            ("email", "Este e-mail é igual ao do 1º responsável. Cada um precisa do seu, porque o acesso é pessoal."),
        ):
            primeiro, segundo = limpos.get(f"r1_{nome}"), limpos.get(f"r2_{nome}")
            if primeiro and segundo and primeiro.casefold() == segundo.casefold():
                self.add_error(f"r2_{nome}", frase)
        for n in (1, 2):
            sem_erro = not {f"r{n}_telefone", f"r{n}_celular"} & set(self.errors)
            if sem_erro and not limpos.get(f"r{n}_telefone") and not limpos.get(f"r{n}_celular"):
                self.add_error(f"r{n}_telefone", "Informe um telefone fixo ou um celular, com DDD.")
        return limpos


class FichaAnexo2(Ficha):
    """Task 4: applications, blocks and the responsável técnico (ADS-07). Anexo II has no ofício number."""

    sem_opcional = True
    data = campos.CampoDia(label="Data do Anexo II", help_text="A data que sai impressa. Por exemplo: 22/11/2026")  # type: ignore[assignment]  # Django takes fields out of the class: `data` stays the form\'s own
    blocos_privados = campos.CampoInteiro(
        label="Sub-bloco(s) CIDR Privado (prefixo /28)",
        required=False,
        min_value=1,
        max_value=MAX_BLOCOS_PRIVADOS,
        help_text="De 1 a 20 sub-blocos de 14 hosts, para aplicações da Intranet. Deixe em branco se não quiser este perfil.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Escreva só o número, de 1 a 20, ou deixe em branco.",
            "min_value": "Peça de 1 a 20 sub-blocos, ou deixe em branco.",
            "max_value": "O máximo é de 20 sub-blocos. Peça de 1 a 20, ou deixe em branco.",
        },
    )
    blocos_publicos = campos.CampoInteiro(
        label="Sub-bloco CIDR Público (prefixo /30)",
        required=False,
        min_value=1,
        max_value=1,
        help_text="1 sub-bloco de 2 hosts, para aplicações na Internet. Deixe em branco se não quiser este perfil.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Escreva 1, ou deixe em branco.",
            "min_value": "Escreva 1, ou deixe em branco.",
            "max_value": "O máximo é 1 sub-bloco público. Escreva 1, ou deixe em branco.",
        },
    )
    tecnico_nome = _nome_de_pessoa(label="Sr(a). (nome do Responsável Técnico na Prefeitura)")
    tecnico_telefone = CampoTelefoneERamal(label="Telefone", help_text="Por exemplo: (14) 3883-1122")
    tecnico_email = campos.CampoEmail(label="E-mail")

    datas = {"data": ""}
    grupos = (
        ("Aplicações do Governo do Estado que a Prefeitura utilizará", ("aplicacao_*",)),
        ("Perfis de acesso desejados", ("blocos_privados", "blocos_publicos")),
        ("Responsável Técnico", ("tecnico_nome", "tecnico_telefone", "tecnico_email")),
        ("", ("data",)),
    )

    def __init__(self, dados: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(dados, **kwargs)
        self.linhas = linhas_de_aplicacao(dados or {})
        for i in range(1, self.linhas + 1):
            self.fields |= {
                f"aplicacao_{i}_nome": _no_papel(label=f"Aplicação/sistema {i}", max_length=120, required=False),
                f"aplicacao_{i}_orgao": _no_papel(label=f"Órgão Responsável pela Aplicação {i}", max_length=120, required=False),
            }
        # Applications come first on the page, so their errors come first in the summary.
        self.order_fields([n for n in self.fields if n.startswith("aplicacao_")] + [n for _, nomes in self.grupos for n in nomes])

    @property
    def pode_mais(self) -> bool:
        """Whether one more row may be added."""
        return self.linhas < MAX_APLICACOES

    def pares(self) -> list[dict[str, Any]]:
        """The rows of applications as pairs of bound fields."""
        return [{"n": i, "nome": self[f"aplicacao_{i}_nome"], "orgao": self[f"aplicacao_{i}_orgao"]} for i in range(1, self.linhas + 1)]

    def clean(self) -> dict[str, Any]:
        """At least one application with its órgão, and at least one block (ADS-07); no application twice."""
        limpos = super().clean() or {}
        vistas: set[tuple[str, str]] = set()
        for i in range(1, self.linhas + 1):
            nome, orgao = limpos.get(f"aplicacao_{i}_nome"), limpos.get(f"aplicacao_{i}_orgao")
            if nome and not orgao and f"aplicacao_{i}_orgao" not in self.errors:
                self.add_error(f"aplicacao_{i}_orgao", "Escreva o órgão responsável por esta aplicação.")
            if orgao and not nome and f"aplicacao_{i}_nome" not in self.errors:
                self.add_error(f"aplicacao_{i}_nome", "Escreva o nome da aplicação, ou apague o órgão.")
            if nome and orgao:
                par = (nome.casefold(), orgao.casefold())
                if par in vistas:
                    self.add_error(f"aplicacao_{i}_nome", "Esta aplicação já está na lista.")
                vistas.add(par)
        com_erro_em_linha = any(nome.startswith("aplicacao_") for nome in self.errors)
        if not vistas and not com_erro_em_linha:
            self.add_error("aplicacao_1_nome", "Informe ao menos uma aplicação e o órgão responsável por ela.")
        com_erro_em_bloco = {"blocos_privados", "blocos_publicos"} & set(self.errors)
        if not com_erro_em_bloco and not limpos.get("blocos_privados") and not limpos.get("blocos_publicos"):
            self.add_error("blocos_privados", "Peça ao menos um sub-bloco, privado ou público.")
        limpos["aplicacoes"] = [
            {"nome": limpos[f"aplicacao_{i}_nome"], "orgao": limpos[f"aplicacao_{i}_orgao"]}
            for i in range(1, self.linhas + 1)
            if limpos.get(f"aplicacao_{i}_nome") and limpos.get(f"aplicacao_{i}_orgao")
        ]
        return limpos


class FichaTimbre(Ficha):
    """Task 5: heading lines of the prefeitura's paper; the coat of arms is a file of the process."""

    sem_opcional = True
    linha_1 = _no_papel(label="1ª linha", max_length=90, required=False, help_text="Por exemplo: Prefeitura Municipal de Bofete")
    linha_2 = _no_papel(label="2ª linha", max_length=90, required=False, help_text="Por exemplo: Estado de São Paulo")
    linha_3 = _no_papel(label="3ª linha", max_length=90, required=False, help_text="Por exemplo: endereço, telefone ou e-mail")

    grupos = (("Linhas do cabeçalho", ("linha_1", "linha_2", "linha_3")),)


class FichaDeclaracoes(Ficha):
    """Task 7: what the prefeitura declares, one box each (ADS-09, ADS-16)."""

    def __init__(self, dados: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(dados, **kwargs)
        for i, d in enumerate(declaracoes.DECLARACOES, 1):
            campo = forms.BooleanField(label=d.texto, error_messages={"required": "Marque esta declaração para poder enviar."})
            campo.rotulo_do_resumo = f"Declaração {i}"  # type: ignore[attr-defined]
            self.fields[nome_da_declaracao(d)] = campo

    def itens(self) -> list[dict[str, Any]]:
        """Each declaration with its bound field."""
        return [{"declaracao": d, "campo": self[nome_da_declaracao(d)]} for d in declaracoes.DECLARACOES]


def nome_da_declaracao(declaracao: declaracoes.Declaracao) -> str:
    """Field name of a declaration: changes with the version of its text, so that a new text has to be taken anew."""
    return f"{declaracao.codigo.replace('-', '_').replace('.', '_')}_v{declaracao.versao}"


def linhas_de_aplicacao(dados: dict[str, Any]) -> int:
    """How many rows of applications the draft shows: what it asks for or holds, at least 2, at most 60."""
    usadas = [1]
    for nome in dados:
        partes = nome.split("_")
        if len(partes) == 3 and partes[0] == "aplicacao" and partes[1].isascii() and partes[1].isdigit() and len(partes[1]) <= 3:
            usadas.append(int(partes[1]))
    pedidas = str(dados.get("linhas", ""))
    if pedidas.isascii() and pedidas.isdigit() and len(pedidas) <= 3:
        usadas.append(int(pedidas))
    return min(max(2, *usadas), MAX_APLICACOES)


@dataclass(frozen=True, slots=True)
class Tarefa:
    """One task of the list: address word, number, title, what it is for, and its ficha (None when it has no typed fields)."""

    slug: str
    ordem: int
    titulo: str
    curto: str
    ficha: type[Ficha] | None


TAREFAS: tuple[Tarefa, ...] = (
    Tarefa("prefeitura", 1, "Prefeitura e representante legal", "Prefeitura", FichaPrefeitura),
    Tarefa("oficio", 2, "Ofício", "Ofício", FichaOficio),
    Tarefa("anexo1", 3, "Anexo I: dois responsáveis", "Anexo I", FichaAnexo1),
    Tarefa("anexo2", 4, "Anexo II: formulário técnico", "Anexo II", FichaAnexo2),
    Tarefa("timbre", 5, "Papel timbrado", "Papel timbrado", FichaTimbre),
    Tarefa("assinados", 6, "Documentos assinados", "Documentos assinados", None),
    Tarefa("declaracoes", 7, "Declarações", "Declarações", FichaDeclaracoes),
    Tarefa("conferir", 8, "Conferir e enviar", "Conferir e enviar", None),
)
POR_SLUG = {t.slug: t for t in TAREFAS}
#: Tasks with typed text, in order.
COM_FICHA = tuple(t for t in TAREFAS if t.ficha is not None)


def so_os_campos(tarefa: str, dados: dict[str, Any]) -> dict[str, str]:
    """Keep of ``dados`` only what the task's ficha knows, as text cut to a sane size. Unknown names are dropped (ASVS 15.3.3)."""
    ficha = POR_SLUG[tarefa].ficha
    if ficha is None:
        return {}
    nomes = set(ficha(dados).fields) | ({"linhas"} if tarefa == "anexo2" else set())
    return {nome: str(valor).replace("\0", "")[:1000] for nome, valor in dados.items() if nome in nomes}
