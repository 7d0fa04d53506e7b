"""Forms of the sanctions (IP-07)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from adesao.models import Adesao
from enderecamento import consultas, registros
from enderecamento.estados import EspecieDeSancao
from enderecamento.models import Sancao, SubBlocoCIDR
from nucleo import campos
from nucleo.erros import RegraViolada

_EXPLICA = {
    EspecieDeSancao.ADVERTENCIA: "Advertência: a prefeitura é avisada, e nada é bloqueado",
    EspecieDeSancao.BLOQUEIO_PARCIAL: "Bloqueio parcial: só os sub-blocos que você escolher",
    EspecieDeSancao.BLOQUEIO_TOTAL: "Bloqueio total: todos os links da prefeitura",
}


class FiltrosDasSancoes(campos.Filtros):
    """One line above the sanctions."""

    busca = forms.CharField(label="Município", max_length=60)
    especie = forms.ChoiceField(label="Sanção", choices=[("", "Todas"), *((e.value.lower(), e.label) for e in EspecieDeSancao)])
    situacao = forms.ChoiceField(label="Situação", choices=[("", "Em vigor"), ("encerradas", "Encerradas"), ("todas", "Todas")])


class FormularioDaPrefeitura(forms.Form):
    """Which prefeitura: the first step."""

    prefeitura = forms.ChoiceField(
        label="Prefeitura",
        help_text="Só as que têm a adesão em vigor.",
        error_messages={"required": "Escolha a prefeitura.", "invalid_choice": "Escolha uma prefeitura da lista."},
        widget=forms.Select(attrs={"largura": "longa"}),
    )

    def __init__(self, dados: Any = None, *, adesoes: list[Adesao]) -> None:
        super().__init__(dados, label_suffix="")
        self.fields["prefeitura"].choices = [  # type: ignore[attr-defined]
            ("", "Escolha"),
            *((str(a.municipio_id), a.municipio.nome) for a in adesoes),
        ]


class FormularioSancao(forms.Form):
    """What is applied, why, on what, until when."""

    especie = forms.ChoiceField(
        label="Sanção",
        choices=list(_EXPLICA.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha a sanção.", "invalid_choice": "Escolha a sanção."},
    )
    blocos = forms.TypedMultipleChoiceField(
        label="Sub-blocos bloqueados",
        coerce=int,
        required=False,
        help_text="O bloqueio parcial precisa de pelo menos um. Nas outras sanções, não marque nenhum.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Escolha sub-blocos da lista."},
    )
    motivo = campos.CampoTexto(
        label="Motivo",
        linhas=True,
        max_length=1000,
        help_text="A prefeitura lê este texto. Por exemplo: varredura de portas contra a rede do Estado em 05/11/2026",
        error_messages={"required": "Escreva o motivo: a prefeitura vai ler."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidencia = campos.CampoTexto(
        label="Evidência",
        linhas=True,
        required=False,
        max_length=4000,
        help_text="O que os sistemas de segurança registraram: horários, endereços, números de chamado.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    arquivo = forms.FileField(
        label="Arquivo da evidência",
        required=False,
        help_text="PDF (até 15 MB) ou foto em JPEG ou PNG (até 10 MB).",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    vale_ate = campos.CampoDia(
        label="Vale até", required=False, help_text="Em branco, vale até a PRODESP encerrar. Por exemplo: 31/12/2026"
    )

    def __init__(self, dados: Any = None, arquivos: Any = None, *, blocos: list[SubBlocoCIDR], vigentes: Sequence[Sancao] = ()) -> None:
        super().__init__(dados, arquivos, label_suffix="")
        if not blocos:
            del self.fields["blocos"]
            parcial = EspecieDeSancao.BLOQUEIO_PARCIAL
            self.fields["especie"].choices = [e for e in _EXPLICA.items() if e[0] != parcial]  # type: ignore[attr-defined]
            return
        usos, ja = registros.usos(b.rede.cidr for b in blocos), consultas.bloqueados(vigentes, [b.pk for b in blocos])
        campo: Any = self.fields["blocos"]
        campo.sem_opcional = True  # the partial blocking asks for it: "(se houver)" would mislead
        campo.choices = [(b.pk, _rotulo(b, usos.get(b.rede.cidr), b.pk in ja)) for b in blocos]

    def clean(self) -> dict[str, Any]:
        """What is ticked fits the sanction chosen. What is in force is asked by the action, which a second click does not reach."""
        dados: dict[str, Any] = super().clean() or self.cleaned_data
        if "especie" in dados and "blocos" not in self.errors:
            try:
                consultas.exigir_que_acrescente(dados["especie"], dados.get("blocos", ()), ())
            except RegraViolada as erro:
                self.add_error(erro.campo if erro.campo in self.fields else None, erro.mensagem)
        return dados


def _rotulo(bloco: SubBlocoCIDR, uso: registros.Uso | None, bloqueado: bool) -> str:
    """``10.64.16.16/28, em troca, usado por UBS Central (já bloqueado)``."""
    quem = f"usado por {uso.titulo}" if uso else "sem link"
    return f"{bloco}, {'em troca, ' if bloco.troca_ate else ''}{quem}{' (já bloqueado)' if bloqueado else ''}"


class FormularioFim(forms.Form):
    """Why the sanction ends."""

    motivo = campos.CampoTexto(
        label="Por que a sanção termina",
        linhas=True,
        max_length=1000,
        help_text="A prefeitura lê este texto. Por exemplo: a máquina infectada foi retirada da rede",
        error_messages={"required": "Escreva por que a sanção termina: a prefeitura vai ler."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
