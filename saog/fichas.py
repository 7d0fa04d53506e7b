"""The forms of a request, one per kind, below the actions: the same validation refuses on the screen, in the action and in a script.

A ficha is built over the raw text of a draft and never touches the database: what it may offer comes in an ``Oferta``.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from nucleo import campos, redes
from saog.estados import CONEXAO_DO_SERVICO, SERVICO_EM_PALAVRAS, Comportamento, Conexao, Servico

#: IP-02, IP-03.
PREFIXO = {Conexao.INTRANET: 28, Conexao.INTERNET: 30}
#: The furthest day that may be wished for.
MAIS_LONGE = dt.timedelta(days=730)
LNK_05 = "O link será usado só com as aplicações do Governo na intranet e não vai interligar postos ou unidades da prefeitura."


@dataclass(frozen=True, slots=True)
class SubBlocoOferecido:
    """A sub-block of the prefeitura: its CIDR, the connection type it serves, the open link that uses it (pk and name, if any), and the
    last day of one in exchange.
    """

    cidr: str
    conexao: str
    acesso_id: int | None = None
    usado_por: str = ""
    vale_ate: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Oferta:
    """What a form may offer at this instant: ``velocidades`` in Mbps, ``hoje`` (local day), the link it acts on, if any, and the sub-blocks
    of the prefeitura.
    """

    velocidades: tuple[int, ...]
    hoje: dt.date
    servico: str = ""
    velocidade: int = 0
    acesso_id: int | None = None
    sub_blocos: tuple[SubBlocoOferecido, ...] = ()

    def livre(self, bloco: SubBlocoOferecido) -> bool:
        """Whether no other link uses it: the link of this very request, sent and returned, does not count."""
        return bloco.acesso_id is None or bloco.acesso_id == self.acesso_id


_GRUPOS_DE_BLOCOS = ((Conexao.INTRANET, "Privados, para links de intranet"), (Conexao.INTERNET, "Público, para o link de internet"))


class EscolhaDeSubBloco(forms.Select):
    """A list in which some options are only to be read (used by another link); a text that is not in the list is kept as one more option,
    so that a draft typed before never loses it.
    """

    #: Values that cannot be chosen now. The chosen one never is among them: a browser does not send a disabled option.
    fechados: frozenset[str] = frozenset()

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """The groups, with what was typed before on top when no option has it."""
        grupos = super().optgroups(name, value, attrs)
        conhecidos = {str(opcao["value"]) for _, opcoes, _ in grupos for opcao in opcoes}
        for estranho in (v for v in value if v and v not in conhecidos):
            opcao = self.create_option(name, estranho, f"{estranho} (digitado antes)", True, len(grupos), attrs=attrs)
            grupos.append((None, [opcao], len(grupos)))
        return grupos

    def create_option(self, name: str, value: Any, label: int | str, selected: bool, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One option, disabled when it cannot be chosen."""
        opcao: dict[str, Any] = super().create_option(name, value, label, selected, *args, **kwargs)
        if str(value) in self.fechados and not selected:
            opcao["attrs"]["disabled"] = True
        return opcao


class CampoSubBloco(campos.CampoTexto):
    """One of the prefeitura's own networks, as ``10.64.18.96/28``; cleans to the canonical text or "". The ficha judges whose it is."""

    widget = EscolhaDeSubBloco

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=18, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A list has no length."""
        return {nome: valor for nome, valor in super().widget_attrs(widget).items() if nome not in ("maxlength", "autocomplete")}

    def oferecer(self, oferta: Oferta) -> None:
        """Fill the list: "Ainda não sei" first, then by kind those free of links, then the used ones to be read. Those in exchange are left
        out.
        """
        escolhas: list[Any] = [("", "Ainda não sei")]
        validos = [b for b in oferta.sub_blocos if b.vale_ate is None]
        for conexao, nome in _GRUPOS_DE_BLOCOS:
            do_tipo = sorted((b for b in validos if b.conexao == conexao), key=lambda b: not oferta.livre(b))
            opcoes = [(b.cidr, b.cidr if oferta.livre(b) else f"{b.cidr} (usado por {b.usado_por})") for b in do_tipo]
            if opcoes:
                escolhas.append((nome, opcoes))
        self.widget.choices = escolhas
        self.widget.fechados = frozenset(b.cidr for b in validos if not oferta.livre(b))

    def to_python(self, value: Any) -> str:
        """The canonical CIDR. Raises ``ValidationError``."""
        texto = super().to_python(value).replace(" ", "")
        if not texto:
            return ""
        try:
            return str(ipaddress.IPv4Network(texto))
        except ValueError:
            raise ValidationError("Escreva a rede e o prefixo como a PRODESP informou. Por exemplo: 10.64.18.96/28", code="invalid")


def recusa_do_sub_bloco(cidr: str, conexao: str, oferta: Oferta) -> str:
    """The sentence that refuses ``cidr`` for a link of this connection type now, with the rule's number, or ""."""
    if not cidr:
        return ""
    bloco = next((b for b in oferta.sub_blocos if b.cidr == cidr), None)
    if bloco is None:
        return f"O sub-bloco {cidr} não está com a prefeitura. Escolha um da lista, ou “Ainda não sei” (IP-01)."
    if bloco.vale_ate is not None:
        return f"O sub-bloco {cidr} está em troca e só vale até {bloco.vale_ate:%d/%m/%Y}. Escolha outro (IP-05)."
    if tipo := conferir_sub_bloco(cidr, conexao):
        return tipo
    if not oferta.livre(bloco):
        return f"O link {bloco.usado_por} já usa o sub-bloco {cidr}. Escolha outro, ou “Ainda não sei” (IP-04)."
    return ""


def conferir_sub_bloco(cidr: str, conexao: str) -> str:
    """The sentence that refuses ``cidr`` for this connection type, or "": /28 private for intranet, /30 public for Internet (LNK-01,
    LNK-03).
    """
    if not cidr:
        return ""
    rede = ipaddress.IPv4Network(cidr)
    privada = redes.e_privada(int(rede.network_address), rede.prefixlen)
    if conexao == Conexao.INTRANET and not (privada and rede.prefixlen == PREFIXO[Conexao.INTRANET]):
        return "Links de intranet usam um sub-bloco privado /28 (IP-02)."
    if conexao == Conexao.INTERNET and (privada or rede.prefixlen != PREFIXO[Conexao.INTERNET]):
        return "O link de internet usa o sub-bloco público /30 (IP-03)."
    return ""


def _nome(**kwargs: Any) -> campos.CampoTexto:
    return campos.CampoTexto(conferir=campos.validar_nome, **kwargs)


def _descricao(**kwargs: Any) -> campos.CampoTexto:
    return campos.CampoTexto(conferir=campos.validar_descricao, **kwargs)


class Ficha(forms.Form):
    """Base of the request's forms."""

    #: Groups for the screen: (title, names).
    grupos: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __init__(self, dados: dict[str, Any] | None = None, *, oferta: Oferta, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        self.oferta = oferta
        super().__init__(dados, **kwargs)
        self.preparar()

    def preparar(self) -> None:
        """Choices and limits that depend on the offer."""
        for nome in ("data_desejada", "desligar_em"):
            campo = self.fields.get(nome)
            if isinstance(campo, campos.CampoDia):
                campo.minimo, campo.maximo = self.oferta.hoje, self.oferta.hoje + MAIS_LONGE

    @classmethod
    def com_inicial(cls, dados: dict[str, Any], *, oferta: Oferta) -> Ficha:
        """The ficha not yet judged: the saved text in the fields, no errors."""
        nova = cls(dados, oferta=oferta)
        nova.is_bound = False
        nova.data = {}
        nova.initial = {nome: dados[nome] for nome in nova.fields if nome in dados}
        return nova

    def em_grupos(self) -> list[dict[str, Any]]:
        """The bound fields by group, for the template: ``titulo`` and ``campos``."""
        return [{"titulo": titulo, "campos": [self[n] for n in nomes if n in self.fields]} for titulo, nomes in self.grupos]


def _mbps(oferta: Oferta, *, fora: int = 0) -> list[tuple[str, str]]:
    return [("", "Escolha"), *((str(v), f"{v} Mbps") for v in oferta.velocidades if v != fora)]


class FichaAtivacao(Ficha):
    """A new link at a site (SS-06, SS-07, LNK-05)."""

    unidade_nome = _nome(label="Nome da unidade", max_length=100, help_text="Onde o link vai ficar. Por exemplo: UBS Vila Maria")
    logradouro = _nome(label="Rua, avenida ou praça", max_length=100, help_text="Por exemplo: Rua das Acácias")
    numero = campos.CampoTexto(
        label="Nº",
        max_length=10,
        conferir=campos.validar_numero_do_endereco,
        help_text="Por exemplo: 45 ou 45-A. Sem número? Escreva s/n",
        widget=forms.TextInput(attrs={"largura": "curta"}),
    )
    complemento = campos.CampoTexto(label="Complemento", max_length=60, required=False, conferir=campos.validar_para_papel)
    bairro = _nome(label="Bairro", max_length=60, required=False)
    cep = campos.CampoCEP(label="CEP")
    contato_nome = campos.CampoTexto(
        label="Contato no local",
        max_length=120,
        conferir=campos.validar_contato,
        help_text="Quem recebe o técnico. Por exemplo: Gerente da UBS",
    )
    contato_telefone = campos.CampoTelefone(label="Telefone do contato", help_text="Com DDD. Por exemplo: (14) 3811-1400")
    funcionamento = _descricao(
        label="Dias e horários de funcionamento", max_length=120, help_text="Por exemplo: segunda a sexta, 7h às 17h"
    )
    sala = _descricao(
        label="Sala e rack",
        max_length=300,
        linhas=True,
        help_text="Onde o equipamento fica: andar, sala, se há rack e tomada. Por exemplo: térreo, sala da TI, rack de parede com tomada",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    servico = forms.ChoiceField(
        label="Serviço",
        choices=[(s.value, f"{s.label}: {SERVICO_EM_PALAVRAS[s]}") for s in Servico],
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha o serviço.", "invalid_choice": "Escolha um dos três serviços."},
    )
    velocidade = forms.TypedChoiceField(
        label="Velocidade",
        coerce=int,
        error_messages={"required": "Escolha a velocidade.", "invalid_choice": "Escolha uma velocidade da lista, até 16 Mbps."},
        widget=forms.Select(attrs={"largura": "media"}),
    )
    data_desejada = campos.CampoDia(
        label="Data desejada", required=False, help_text="Quando a unidade precisa do link. A Operadora combina a data com você."
    )
    sub_bloco = CampoSubBloco(
        label="Sub-bloco de endereços",
        required=False,
        help_text="Um dos que a PRODESP atribuiu à prefeitura. Se ainda não souber qual, envie assim mesmo: depois da emissão "
        "dá para informar na página do link.",
    )
    declara_lnk_05 = forms.BooleanField(
        label=LNK_05, required=False, error_messages={"required": "Marque a declaração para pedir um link de intranet."}
    )

    grupos = (
        ("Onde", ("unidade_nome", "logradouro", "numero", "complemento", "bairro", "cep")),
        ("Quem recebe o técnico", ("contato_nome", "contato_telefone", "funcionamento", "sala")),
        ("O link", ("servico", "velocidade", "data_desejada", "sub_bloco")),
        ("Declaração", ("declara_lnk_05",)),
    )

    def preparar(self) -> None:
        """The speeds on offer, and the prefeitura's sub-blocks."""
        super().preparar()
        self.fields["sub_bloco"].oferecer(self.oferta)  # type: ignore[attr-defined]
        self.fields["velocidade"].choices = _mbps(self.oferta)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The declaration on intranet links (LNK-05), and whose sub-block it is, of which kind, and free (IP-01 to IP-05)."""
        limpos = super().clean() or {}
        conexao = CONEXAO_DO_SERVICO.get(limpos.get("servico", ""))
        if conexao == Conexao.INTRANET and not limpos.get("declara_lnk_05"):
            self.add_error("declara_lnk_05", "Marque a declaração para pedir um link de intranet.")
        if conexao is not None and (recusa := recusa_do_sub_bloco(limpos.get("sub_bloco", ""), conexao, self.oferta)):
            self.add_error("sub_bloco", recusa)
        return limpos


class FichaCapacidade(Ficha):
    """Another speed, or SAI put on or taken off, on a link in service."""

    servico = forms.ChoiceField(
        label="Serviço depois da alteração",
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha o serviço.", "invalid_choice": "Escolha um serviço da lista."},
    )
    velocidade = forms.TypedChoiceField(
        label="Velocidade depois da alteração",
        coerce=int,
        error_messages={"required": "Escolha a velocidade.", "invalid_choice": "Escolha uma velocidade da lista, até 16 Mbps."},
        widget=forms.Select(attrs={"largura": "media"}),
    )
    data_desejada = campos.CampoDia(label="Data desejada", required=False)
    justificativa = _descricao(label="Por que mudar", max_length=500, linhas=True, required=False)

    grupos = (("O que muda", ("servico", "velocidade", "data_desejada", "justificativa")),)

    def preparar(self) -> None:
        """Services of the same connection type (another type is another link), and the speeds on offer."""
        super().preparar()
        conexao = CONEXAO_DO_SERVICO.get(self.oferta.servico)
        iguais = [s for s in Servico if CONEXAO_DO_SERVICO[s] == conexao]
        self.fields["servico"].choices = [(s.value, f"{s.label}: {SERVICO_EM_PALAVRAS[s]}") for s in iguais]  # type: ignore[attr-defined]
        self.fields["velocidade"].choices = _mbps(self.oferta)  # type: ignore[attr-defined]
        self.fields["servico"].initial = self.oferta.servico

    def clean(self) -> dict[str, Any]:
        """Something has to change."""
        limpos = super().clean() or {}
        if (limpos.get("servico"), limpos.get("velocidade")) == (self.oferta.servico, self.oferta.velocidade):
            self.add_error("velocidade", f"O link já é assim: {self.oferta.velocidade} Mbps. Escolha outra velocidade ou outro serviço.")
        return limpos


class FichaTitularidade(Ficha):
    """Another holder for a link in service."""

    titular = _nome(
        label="Novo titular", max_length=120, help_text="Órgão ou secretaria da prefeitura. Por exemplo: Secretaria Municipal de Saúde"
    )
    data_desejada = campos.CampoDia(label="Data desejada", required=False)
    justificativa = _descricao(label="Por que mudar", max_length=500, linhas=True, required=False)

    grupos = (("O que muda", ("titular", "data_desejada", "justificativa")),)


class FichaEquipamento(Ficha):
    """Another place inside the site, or another configuration, of the equipment of a link in service."""

    configuracao = _descricao(
        label="Posição ou configuração nova do equipamento",
        max_length=500,
        linhas=True,
        help_text="Dentro do mesmo endereço. Por exemplo: levar o roteador da recepção para a sala da TI, no 1º andar",
    )
    data_desejada = campos.CampoDia(label="Data desejada", required=False)
    justificativa = _descricao(label="Por que mudar", max_length=500, linhas=True, required=False)

    grupos = (("O que muda", ("configuracao", "data_desejada", "justificativa")),)


class FichaDesativacao(Ficha):
    """Turn a link off."""

    desligar_em = campos.CampoDia(label="Desligar a partir de", help_text="A prefeitura paga até o serviço terminar.")
    justificativa = _descricao(label="Por que desligar", max_length=500, linhas=True)
    retirada = _descricao(
        label="Retirada do equipamento",
        max_length=200,
        required=False,
        help_text="Quem entrega o equipamento ao técnico, e em que horário. Por exemplo: Gerente da UBS, de manhã",
    )

    grupos = (("O que desligar", ("desligar_em", "justificativa", "retirada")),)


class FichaCancelamento(Ficha):
    """Ask the Operadora to stop a request that it began and has not delivered (SS-06)."""

    justificativa = _descricao(label="Por que cancelar", max_length=500, linhas=True)

    grupos = (("", ("justificativa",)),)


_FICHAS: dict[str, type[Ficha]] = {
    Comportamento.ATIVACAO: FichaAtivacao,
    Comportamento.CAPACIDADE: FichaCapacidade,
    Comportamento.TITULARIDADE: FichaTitularidade,
    Comportamento.EQUIPAMENTO: FichaEquipamento,
    Comportamento.DESATIVACAO: FichaDesativacao,
    Comportamento.CANCELAMENTO: FichaCancelamento,
}


def ficha_de(comportamento: str) -> type[Ficha]:
    """The form of a kind of request, by what it asks for (SS-06)."""
    return _FICHAS[comportamento]


def so_os_campos(ficha: type[Ficha], dados: dict[str, Any]) -> dict[str, str]:
    """Keep of ``dados`` only what the form knows, as text cut to a sane size. Unknown names are dropped (ASVS 15.3.3)."""
    return {nome: str(dados[nome]).replace("\0", "")[:1000] for nome in ficha.base_fields if nome in dados}
