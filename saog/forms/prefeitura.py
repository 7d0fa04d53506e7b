"""Forms of the prefeitura's screens: reasons, answers, filters. What a request asks for is in ``saog.fichas``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from nucleo import campos
from saog import consultas
from saog.estados import EstadoDoAcesso


class FiltrosDasSolicitacoes(campos.Filtros):
    """One line above the list of requests."""

    busca = forms.CharField(label="Unidade, número ou circuito", max_length=60)
    situacao = forms.ChoiceField(label="Situação", choices=[(k, rotulo) for k, (rotulo, _) in consultas.CORTES.items()])


class FiltrosDosLinks(campos.Filtros):
    """One line above the list of links."""

    busca = forms.CharField(label="Unidade, rua ou circuito", max_length=60)
    situacao = forms.ChoiceField(label="Situação", choices=[("", "Todas"), *EstadoDoAcesso.choices])


class FormularioRecusa(forms.Form):
    """Why a delivery is refused (SS-05)."""

    motivo = campos.CampoTexto(
        label="O que está errado",
        linhas=True,
        max_length=2000,
        help_text="Diga o que não funciona e como você testou. A Operadora vai ler. Por exemplo: sem sinal na sala da TI.",
        error_messages={"required": "Escreva o motivo da recusa: a Operadora vai ler."},
    )


class FormularioCancelamento(forms.Form):
    """Why a request is taken back; may be left out."""

    motivo = campos.CampoTexto(
        label="Por que cancelar",
        linhas=True,
        max_length=500,
        required=False,
        help_text="Fica no histórico. Por exemplo: a escola vai mudar de prédio.",
    )


class FormularioResposta(forms.Form):
    """What the prefeitura answers to the Operadora."""

    texto = campos.CampoTexto(
        label="Sua resposta à Operadora",
        linhas=True,
        max_length=500,
        help_text="Até 500 letras.",
        error_messages={"required": "Escreva a resposta para a Operadora."},
    )


class FormularioRespostaAPRODESP(forms.Form):
    """Why what PRODESP pointed at is right as it stands (SS-02)."""

    resposta = campos.CampoTexto(
        label="Sua resposta à PRODESP",
        linhas=True,
        max_length=500,
        help_text="Diga por que está certo. O analista lê ao lado do campo. Até 500 letras.",
        error_messages={"required": "Escreva por que está certo: a PRODESP vai ler."},
    )


class FormularioSubBloco(forms.Form):
    """Which of the prefeitura's free sub-blocks a link uses (IP-04)."""

    sub_bloco = forms.ChoiceField(
        label="Sub-bloco",
        help_text="Aparecem os que estão com a prefeitura, do tipo deste link e sem uso. Depois de informado, só muda por uma renumeração.",
        widget=forms.Select(attrs={"largura": "media"}),
        error_messages={
            "required": "Escolha um sub-bloco.",
            "invalid_choice": "Este sub-bloco não está mais livre. Escolha outro da lista.",
        },
    )

    def __init__(self, *args: Any, livres: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["sub_bloco"].choices = [("", "Escolha"), *((c, c) for c in livres)]  # type: ignore[attr-defined]
