"""Forms of the gestor's pages of the Operadora's systems."""

from __future__ import annotations

from typing import Any

from django import forms

from nucleo import campos
from saog.acoes.integracao import DIAS_DO_TOKEN
from saog.models import ESCOPOS_DE, De, Escopo

_AJUDA_DO_ESCOPO = {
    Escopo.LER: "Ler as ordens: listar e abrir",
    Escopo.ATENDER: "Atender as ordens: começar, informar, entregar, declarar inviável",
    Escopo.HUB: "Assinar avisos: receber cada mudança nos endereços permitidos",
    Escopo.BLOCOS: "Ler os blocos: a lista de sub-blocos e com qual prefeitura cada um está",
}


class _Formulario(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class FormularioSistema(_Formulario):
    """A new system."""

    de = forms.ChoiceField(
        label="De quem é o sistema",
        choices=[(De.OPERADORA, "Da Operadora: atende as ordens"), (De.PRODESP, "Da PRODESP: lê os blocos de endereços")],
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha de quem é o sistema.", "invalid_choice": "Escolha de quem é o sistema."},
    )
    nome = campos.CampoTexto(label="Nome do sistema", max_length=60, help_text="O histórico mostra este nome. Por exemplo: Campo")
    contato = campos.CampoEmail(label="E-mail de quem cuida dele", help_text="Por exemplo: ti@operadora.com.br")


class FormularioToken(_Formulario):
    """A new token."""

    nome = campos.CampoTexto(label="Para que serve", max_length=60, help_text="Por exemplo: Produção")
    escopos = forms.MultipleChoiceField(
        label="O que ele permite",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Escolha ao menos uma permissão.", "invalid_choice": "Escolha permissões da lista."},
    )
    dias = forms.TypedChoiceField(
        label="Vale por",
        coerce=int,
        choices=[(d, f"{d} dias") for d in DIAS_DO_TOKEN],
        initial=180,
        error_messages={"required": "Escolha uma validade.", "invalid_choice": "Escolha uma validade da lista."},
        widget=forms.Select(attrs={"largura": "media"}),
    )

    def __init__(self, dados: Any = None, *, de: str) -> None:
        super().__init__(dados)
        self.fields["escopos"].choices = [(e, _AJUDA_DO_ESCOPO[e]) for e in ESCOPOS_DE[de]]  # type: ignore[attr-defined]


class FormularioEndereco(_Formulario):
    """An address the portal may call."""

    url = campos.CampoTexto(
        label="Endereço que o portal pode chamar",
        max_length=300,
        help_text="O sistema assina avisos neste endereço ou abaixo dele. Por exemplo: https://avisos.operadora.com.br/intragov",
        error_messages={"required": "Escreva o endereço."},
    )
