"""Forms of the Operadora's pages: what it reports of an order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import slugify

from nucleo import campos, prazos
from saog.estados import Natureza
from saog.models import SolicitacaoServico

HORA = {"required": "Informe a hora, como em 14:30.", "invalid": "Escreva a hora como em 14:30."}
#: Usual milestones: code → words. ``visita`` marks the scheduled visit as made.
MARCOS = {
    "projeto": "Projeto do circuito concluído",
    "vistoria": "Vistoria do local feita",
    "rede": "Rede até o local pronta",
    "equipamento": "Equipamento enviado",
    "visita": "Visita ao local feita",
    "instalacao": "Equipamento instalado",
    "testes": "Testes feitos",
}
OUTRO = "outro"
FEITO, PREVISTO = "feito", "previsto"


class FormularioDaOrdem(forms.Form):
    """Base: every form is about one order at one instant."""

    def __init__(self, dados: Any = None, *, ss: SolicitacaoServico, agora: dt.datetime, initial: dict[str, Any] | None = None) -> None:
        self.ss, self.agora, self.hoje = ss, agora, prazos.dia_local(agora)
        super().__init__(dados, label_suffix="", initial=initial)
        self.preparar()

    def preparar(self) -> None:
        """Limits that depend on the order or on the day."""

    def entre(self, nome: str, *, minimo: dt.date, maximo: dt.date) -> None:
        """Days between which a field may lie."""
        campo = self.fields[nome]
        assert isinstance(campo, campos.CampoDia)
        campo.minimo, campo.maximo = minimo, maximo


class FormularioComecar(FormularioDaOrdem):
    """Start, or start again after a refusal (SS-03, SS-05)."""

    previsao = campos.CampoDia(
        label="Dia em que espera concluir", required=False, help_text="A prefeitura é avisada deste dia. Por exemplo: 15/12/2026"
    )

    def preparar(self) -> None:
        """From today, up to two years."""
        self.entre("previsao", minimo=self.hoje, maximo=self.hoje + dt.timedelta(days=730))


class FormularioVisita(FormularioDaOrdem):
    """A visit to the site."""

    dia = campos.CampoDia(label="Dia da visita", help_text="Por exemplo: 15/12/2026")
    hora = forms.TimeField(
        label="Hora",
        input_formats=["%H:%M", "%Hh%M", "%Hh"],
        error_messages=HORA,
        help_text="Por exemplo: 14:30",
        widget=forms.TextInput(attrs={"largura": "curta"}),
    )
    texto = campos.CampoTexto(
        label="Recado para quem recebe o técnico",
        required=False,
        max_length=300,
        linhas=True,
        help_text="Por exemplo: são dois técnicos, com crachá",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def preparar(self) -> None:
        """From today, up to a year (the action's own limits)."""
        self.entre("dia", minimo=self.hoje, maximo=self.hoje + dt.timedelta(days=365))

    def clean(self) -> dict[str, Any]:
        """``visita_em``: the instant of day and hour, after now."""
        limpos = super().clean() or {}
        if limpos.get("dia") and limpos.get("hora"):
            limpos["visita_em"] = timezone.make_aware(dt.datetime.combine(limpos["dia"], limpos["hora"]))
            if limpos["visita_em"] <= self.agora:
                self.add_error("hora", "A visita precisa ser depois de agora.")
        return limpos


class FormularioMarco(FormularioDaOrdem):
    """A milestone, made or expected."""

    sem_opcional = True

    codigo = forms.ChoiceField(
        label="O que informar",
        choices=[("", "Escolha"), *MARCOS.items(), (OUTRO, "Outra coisa")],
        error_messages={"required": "Escolha o que informar.", "invalid_choice": "Escolha uma opção da lista."},
        widget=forms.Select(attrs={"largura": "longa"}),
    )
    nome = campos.CampoTexto(label="Se for outra coisa, o quê", max_length=80, required=False)
    situacao = forms.ChoiceField(
        label="Já foi feito?",
        choices=[(FEITO, "Já foi feito"), (PREVISTO, "Está previsto")],
        widget=forms.RadioSelect,
        initial=FEITO,
        error_messages={"required": "Diga se já foi feito.", "invalid_choice": "Diga se já foi feito."},
    )
    dia = campos.CampoDia(label="Dia", help_text="Do que foi feito ou do que está previsto.")
    texto = campos.CampoTexto(
        label="Detalhe", required=False, max_length=300, linhas=True, help_text="A prefeitura lê.", widget=forms.Textarea(attrs={"rows": 2})
    )

    def preparar(self) -> None:
        """A year to each side."""
        ano = dt.timedelta(days=365)
        self.entre("dia", minimo=self.hoje - ano, maximo=self.hoje + ano)

    def clean(self) -> dict[str, Any]:
        """A name for what is not on the list, and a day that agrees with the situation."""
        limpos = super().clean() or {}
        if limpos.get("codigo") == OUTRO and not limpos.get("nome"):
            self.add_error("nome", "Diga o que foi feito.")
        dia = limpos.get("dia")
        if dia and limpos.get("situacao") == FEITO and dia > self.hoje:
            self.add_error("dia", "O que já foi feito não pode ter data futura.")
        if dia and limpos.get("situacao") == PREVISTO and dia < self.hoje:
            self.add_error("dia", "O que está previsto não pode ter data passada.")
        return limpos

    def argumentos(self) -> dict[str, Any]:
        """What ``acoes.registrar_marco`` takes."""
        limpos = self.cleaned_data
        codigo = limpos["codigo"]
        dia: dt.date = limpos["dia"]
        feito = limpos["situacao"] == FEITO
        instante = self.agora if dia == self.hoje and feito else timezone.make_aware(dt.datetime.combine(dia, dt.time(12)))
        previsto = self.ss.visita_em if codigo == "visita" and feito else None if feito else instante
        return {
            "codigo": f"outro-{slugify(limpos['nome'])}"[:30] if codigo == OUTRO else codigo,
            "nome": limpos["nome"] if codigo == OUTRO else MARCOS[codigo],
            "previsto_em": previsto,
            "atingido_em": instante if feito else None,
            "texto": limpos["texto"],
        }


class FormularioPedir(FormularioDaOrdem):
    """Something the Operadora needs from the prefeitura."""

    texto = campos.CampoTexto(
        label="O que você precisa da prefeitura",
        max_length=500,
        linhas=True,
        help_text="A prefeitura recebe este texto por e-mail. Por exemplo: liberar a sala do rack na quinta-feira de manhã",
        error_messages={"required": "Escreva o que você precisa da prefeitura."},
    )


class FormularioRetomar(FormularioDaOrdem):
    """What was asked for is there."""

    texto = campos.CampoTexto(
        label="Como foi resolvido", max_length=500, linhas=True, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class FormularioInviavel(FormularioDaOrdem):
    """Why it cannot be done."""

    motivo = campos.CampoTexto(
        label="Por que não é possível atender",
        max_length=2000,
        linhas=True,
        help_text="A prefeitura lê este texto, no portal e por e-mail.",
        error_messages={"required": "Escreva por que não é possível atender: a prefeitura vai ler."},
    )


class CampoMedida(forms.DecimalField):
    """A measure written as ``7,95`` or ``7.95``, never negative."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"largura": "curta", "inputmode": "decimal"}))
        kwargs["error_messages"] = {
            "invalid": "Escreva o número como em 7,95.",
            "min_value": "O número não pode ser negativo.",
            "max_value": "O número passa do possível. Confira.",
            "max_digits": "O número passa do possível. Confira.",
            "max_whole_digits": "O número passa do possível. Confira.",
            "max_decimal_places": "Use até duas casas depois da vírgula.",
        }
        super().__init__(min_value=Decimal(0), decimal_places=2, required=False, localize=True, **kwargs)


class FormularioEntrega(FormularioDaOrdem):
    """Conclude: circuit, equipment and test results (SS-04). What ends a link or an order has nothing installed and nothing to measure."""

    circuito = campos.CampoTexto(
        label="Número do circuito",
        max_length=40,
        help_text="Por exemplo: BTU-SCM-004417",
        widget=forms.TextInput(attrs={"largura": "longa"}),
        error_messages={"required": "Informe o número do circuito."},
    )
    equipamento = campos.CampoTexto(
        label="Equipamento instalado",
        max_length=120,
        help_text="Modelo e número de série. Por exemplo: Roteador 2 portas, nº de série 7QX-20931",
        error_messages={"required": "Informe o equipamento instalado."},
    )
    velocidade_medida = CampoMedida(label="Velocidade medida (Mbps)", max_digits=6, help_text="Por exemplo: 7,95")
    perda = CampoMedida(label="Perda (%)", max_digits=5, max_value=Decimal(100), help_text="Por exemplo: 0,1")
    atraso = CampoMedida(label="Atraso (ms)", max_digits=7, help_text="Por exemplo: 14")
    observacao = campos.CampoTexto(
        label="Observação para a prefeitura", max_length=2000, linhas=True, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def preparar(self) -> None:
        """Only an ativação has to bring circuit and equipment."""
        if self.ss.natureza in (Natureza.DESATIVACAO, Natureza.CANCELAMENTO):
            for nome in ("circuito", "equipamento", "velocidade_medida", "perda", "atraso"):
                del self.fields[nome]
            self.fields["observacao"].help_text = "Por exemplo: link desligado e equipamento retirado no dia 10/12/2026"
            return
        for nome in ("circuito", "equipamento"):
            self.fields[nome].required = self.ss.natureza == Natureza.ATIVACAO
