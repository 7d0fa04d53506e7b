"""The forms of a request, one per kind, below the actions: the same validation refuses on the screen, in the action and in a script.

A ficha is built over the raw text of a draft and never touches the database: what it may offer comes in an ``Oferta``.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from nucleo import campos
from saog.estados import CONEXAO_DO_SERVICO, SERVICO_EM_PALAVRAS, Conexao, Natureza, Servico

#: Private ranges of RFC 1918: `ipaddress.is_private` also counts documentation ranges.
RFC_1918 = tuple(ipaddress.IPv4Network(r) for r in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
#: IP-02, IP-03.
PREFIXO = {Conexao.INTRANET: 28, Conexao.INTERNET: 30}
#: The furthest day that may be wished for.
MAIS_LONGE = dt.timedelta(days=730)
LNK_05 = "O link será usado só com as aplicações do Governo na intranet e não vai interligar postos ou unidades da prefeitura."


@dataclass(frozen=True, slots=True)
class Oferta:
    """What a form may offer at this instant: ``velocidades`` in Mbps, ``hoje`` (local day), and the link it acts on, if any."""

    velocidades: tuple[int, ...]
    hoje: dt.date
    servico: str = ""
    velocidade: int = 0
    tipo: str = ""
    sub_blocos: tuple[str, ...] = field(default_factory=tuple)


class CampoSubBloco(campos.CampoTexto):
    """A network as ``10.64.18.96/28``; cleans to the canonical text or ""."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=18, **kwargs)

    def to_python(self, value: Any) -> str:
        """The canonical CIDR. Raises ``ValidationError``."""
        texto = super().to_python(value).replace(" ", "")
        if not texto:
            return ""
        try:
            return str(ipaddress.IPv4Network(texto))
        except ValueError:
            raise ValidationError("Escreva a rede e o prefixo como a PRODESP informou. Por exemplo: 10.64.18.96/28", code="invalid")


def conferir_sub_bloco(cidr: str, conexao: str) -> str:
    """The sentence that refuses ``cidr`` for this connection type, or "": /28 private for intranet, /30 public for Internet (LNK-01,
    LNK-03).
    """
    if not cidr:
        return ""
    rede = ipaddress.IPv4Network(cidr)
    privada = any(rede.subnet_of(faixa) for faixa in RFC_1918)
    if conexao == Conexao.INTRANET and not (privada and rede.prefixlen == PREFIXO[Conexao.INTRANET]):
        return "Links de intranet usam um sub-bloco privado /28."
    if conexao == Conexao.INTERNET and (privada or rede.prefixlen != PREFIXO[Conexao.INTERNET]):
        return "O link de internet usa o sub-bloco público /30."
    return ""


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

    unidade_nome = campos.CampoTexto(
        label="Nome da unidade", max_length=100, help_text="Onde o link vai ficar. Por exemplo: UBS Vila Maria"
    )
    logradouro = campos.CampoTexto(label="Rua, avenida ou praça", max_length=100, help_text="Por exemplo: Rua das Acácias")
    numero = campos.CampoTexto(
        label="Nº", max_length=10, help_text="Sem número? Escreva s/n", widget=forms.TextInput(attrs={"largura": "curta"})
    )
    complemento = campos.CampoTexto(label="Complemento", max_length=60, required=False)
    bairro = campos.CampoTexto(label="Bairro", max_length=60, required=False)
    cep = campos.CampoCEP(label="CEP")
    contato_nome = campos.CampoTexto(
        label="Contato no local", max_length=120, help_text="Quem recebe o técnico. Por exemplo: Gerente da UBS"
    )
    contato_telefone = campos.CampoTelefone(label="Telefone do contato", help_text="Com DDD. Por exemplo: (14) 3811-1400")
    funcionamento = campos.CampoTexto(
        label="Dias e horários de funcionamento", max_length=120, help_text="Por exemplo: segunda a sexta, 7h às 17h"
    )
    sala = campos.CampoTexto(
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
        label="Sub-bloco de endereços", required=False, help_text="Se já souber qual a unidade vai usar. Por exemplo: 10.64.18.96/28"
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
        """The speeds on offer."""
        super().preparar()
        self.fields["velocidade"].choices = _mbps(self.oferta)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The declaration on intranet links (LNK-05), and the kind of address by service (LNK-01, LNK-03)."""
        limpos = super().clean() or {}
        conexao = CONEXAO_DO_SERVICO.get(limpos.get("servico", ""))
        if conexao == Conexao.INTRANET and not limpos.get("declara_lnk_05"):
            self.add_error("declara_lnk_05", "Marque a declaração para pedir um link de intranet.")
        if conexao is not None and (recusa := conferir_sub_bloco(limpos.get("sub_bloco", ""), conexao)):
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
    justificativa = campos.CampoTexto(label="Por que mudar", max_length=500, linhas=True, required=False)

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

    titular = campos.CampoTexto(
        label="Novo titular", max_length=120, help_text="Órgão ou secretaria da prefeitura. Por exemplo: Secretaria Municipal de Saúde"
    )
    data_desejada = campos.CampoDia(label="Data desejada", required=False)
    justificativa = campos.CampoTexto(label="Por que mudar", max_length=500, linhas=True, required=False)

    grupos = (("O que muda", ("titular", "data_desejada", "justificativa")),)


class FichaEquipamento(Ficha):
    """Another place inside the site, or another configuration, of the equipment of a link in service."""

    configuracao = campos.CampoTexto(
        label="Posição ou configuração nova do equipamento",
        max_length=500,
        linhas=True,
        help_text="Dentro do mesmo endereço. Por exemplo: levar o roteador da recepção para a sala da TI, no 1º andar",
    )
    data_desejada = campos.CampoDia(label="Data desejada", required=False)
    justificativa = campos.CampoTexto(label="Por que mudar", max_length=500, linhas=True, required=False)

    grupos = (("O que muda", ("configuracao", "data_desejada", "justificativa")),)


class FichaDesativacao(Ficha):
    """Turn a link off."""

    desligar_em = campos.CampoDia(label="Desligar a partir de", help_text="A prefeitura paga até o serviço terminar.")
    justificativa = campos.CampoTexto(label="Por que desligar", max_length=500, linhas=True)
    retirada = campos.CampoTexto(
        label="Retirada do equipamento",
        max_length=200,
        required=False,
        help_text="Quem entrega o equipamento ao técnico, e em que horário. Por exemplo: Gerente da UBS, de manhã",
    )

    grupos = (("O que desligar", ("desligar_em", "justificativa", "retirada")),)


class FichaCancelamento(Ficha):
    """Ask the Operadora to stop a request that it began and has not delivered (SS-06)."""

    justificativa = campos.CampoTexto(label="Por que cancelar", max_length=500, linhas=True)

    grupos = (("", ("justificativa",)),)


_ALTERACOES: dict[str, type[Ficha]] = {
    "alteracao-capacidade": FichaCapacidade,
    "alteracao-titularidade": FichaTitularidade,
    "alteracao-equipamento": FichaEquipamento,
}


def ficha_de(natureza: str, tipo: str) -> type[Ficha]:
    """The form of a kind of request. A kind of alteração that PRODESP adds later asks for what changes, in words."""
    if natureza == Natureza.ATIVACAO:
        return FichaAtivacao
    if natureza == Natureza.DESATIVACAO:
        return FichaDesativacao
    if natureza == Natureza.CANCELAMENTO:
        return FichaCancelamento
    return _ALTERACOES.get(tipo, FichaEquipamento)


def so_os_campos(ficha: type[Ficha], dados: dict[str, Any]) -> dict[str, str]:
    """Keep of ``dados`` only what the form knows, as text cut to a sane size. Unknown names are dropped (ASVS 15.3.3)."""
    return {nome: str(dados[nome]).replace("\0", "")[:1000] for nome in ficha.base_fields if nome in dados}
