"""Forms of PRODESP's pages: filters of the queue, a pendência, suspension, granted limit, catalogue."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from nucleo import campos
from saog.estados import Comportamento, Servico
from saog.models import MotivoDeDevolucao, Preco, TipoDeSolicitacao, Velocidade
from saog.models.catalogo import CAPACIDADE_MAXIMA, LIMITE_DE_INTRANET


class FiltrosDaFila(campos.Filtros):
    """One line above PRODESP's queue."""

    busca = forms.CharField(label="Município, número, unidade ou circuito", max_length=60)
    tipo = forms.ChoiceField(label="Tipo")
    servico = forms.ChoiceField(label="Serviço", choices=[("", "Todos"), *Servico.choices])
    regiao = forms.ChoiceField(label="Região", choices=campos.ESCOLHA_DE_REGIAO)

    def __init__(self, filtros: dict[str, str], tipos: list[TipoDeSolicitacao]) -> None:
        super().__init__(filtros)
        self.fields["tipo"].choices = [("", "Todos"), *((t.pk, t.nome) for t in tipos)]  # type: ignore[attr-defined]


class FiltroDasOrdens(campos.Filtros):
    """A search box alone, above the Operadora's orders."""

    busca = forms.CharField(label="Município, número, unidade ou circuito", max_length=60)


class FiltroDePrefeituras(campos.Filtros):
    """One line above the prefeituras."""

    busca = forms.CharField(label="Município", max_length=60)
    so = forms.ChoiceField(
        label="Mostrar", choices=[("", "Todas"), ("suspensas", "Com a validação suspensa"), ("limite", "Com limite concedido")]
    )


class FormularioPendencia(forms.Form):
    """A pendência on one field: a standard reason, words of one's own, or both (SS-02)."""

    sem_opcional = True

    motivo = forms.TypedChoiceField(
        label="Motivo",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Escolha um motivo da lista."},
    )
    texto = campos.CampoTexto(
        label="O que a prefeitura lê", linhas=True, max_length=500, required=False, help_text="Em branco, vale o texto do motivo."
    )

    def __init__(self, dados: Any = None, *, motivos: list[MotivoDeDevolucao], initial: dict[str, Any] | None = None) -> None:
        super().__init__(dados, label_suffix="", auto_id="id_pendencia_%s", initial=initial)
        self.fields["motivo"].choices = [  # type: ignore[attr-defined]
            ("", "Escolha um motivo, ou escreva abaixo"),
            *((m.pk, m.titulo) for m in motivos),
        ]
        self.fields["texto"].widget.attrs["rows"] = 3
        self.fields["motivo"].widget.attrs["autofocus"] = True


class FormularioSuspensao(forms.Form):
    """Why the validation of a prefeitura's requests stops (SS-08)."""

    motivo = campos.CampoTexto(
        label="Motivo da suspensão",
        linhas=True,
        max_length=300,
        help_text="A prefeitura lê este texto, no portal e por e-mail. Por exemplo: faturas de 08 e 09/2026 sem pagamento",
        error_messages={"required": "Escreva o motivo: a prefeitura vai ler."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FormularioRetomada(forms.Form):
    """Why the validation goes on (SS-08)."""

    motivo = campos.CampoTexto(
        label="Por que a validação volta",
        linhas=True,
        max_length=300,
        help_text="A prefeitura lê este texto. Por exemplo: as faturas foram pagas em 20/11/2026",
        error_messages={"required": "Escreva por que a validação volta."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FormularioLimite(forms.Form):
    """More than 20 intranet links for one prefeitura (LNK-06)."""

    links = campos.CampoInteiro(
        label="Quantos links de intranet a prefeitura pode ter",
        min_value=LIMITE_DE_INTRANET + 1,
        max_value=200,
        widget=forms.TextInput(attrs={"largura": "curta", "inputmode": "numeric"}),
        help_text="Contando os que já tem. O limite de todas é 20.",
        error_messages={
            "required": "Informe quantos links.",
            "invalid": "Escreva só o número de links, como em 25.",
            "min_value": "O limite concedido vai de 21 a 200 links.",
            "max_value": "O limite concedido vai de 21 a 200 links.",
        },
    )
    vale_ate = campos.CampoDia(label="Vale até", required=False, help_text="Em branco, vale sem data de fim. Por exemplo: 31/12/2027")
    motivo = campos.CampoTexto(
        label="Motivo da concessão",
        linhas=True,
        max_length=500,
        help_text="A prefeitura lê este texto.",
        error_messages={"required": "Escreva o motivo da concessão."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, dados: Any = None, *, hoje: dt.date) -> None:
        super().__init__(dados, label_suffix="", auto_id="id_limite_%s")
        campo = self.fields["vale_ate"]
        assert isinstance(campo, campos.CampoDia)
        campo.minimo = hoje


class FormularioFimDoLimite(forms.Form):
    """When and why a granted limit ends before its time (LNK-06)."""

    ultimo_dia = campos.CampoDia(label="Último dia", required=False, help_text="Em branco, o limite termina agora. Por exemplo: 31/12/2027")
    motivo = campos.CampoTexto(
        label="Por que o limite termina",
        linhas=True,
        max_length=500,
        help_text="A prefeitura lê este texto, por e-mail.",
        error_messages={"required": "Escreva por que o limite termina."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, dados: Any = None, *, hoje: dt.date) -> None:
        super().__init__(dados, label_suffix="", auto_id="id_encerrar_%s")
        campo = self.fields["ultimo_dia"]
        assert isinstance(campo, campos.CampoDia)
        campo.minimo = hoje


# --- Catalogue ------------------------------------------------------------------------------------------------------
class FormularioTipo(forms.Form):
    """A kind of request: what people read of it. What it does to a link does not change here (SS-06)."""

    nome = campos.CampoTexto(label="Nome", max_length=60)
    explicacao = campos.CampoTexto(
        label="Explicação", max_length=200, linhas=True, help_text="Uma frase, para quem escolhe o tipo do pedido."
    )
    ordem = campos.CampoInteiro(
        label="Posição na lista",
        min_value=1,
        max_value=999,
        widget=forms.TextInput(attrs={"largura": "curta", "inputmode": "numeric"}),
        error_messages={
            "required": "Informe a posição.",
            "invalid": "Escreva só o número, como em 3.",
            "min_value": "A posição vai de 1 a 999.",
            "max_value": "A posição vai de 1 a 999.",
        },
    )
    ativo = forms.BooleanField(label="Em uso", required=False)

    sem_opcional = True


class FormularioTipoNovo(FormularioTipo):
    """A new kind, with what it does chosen among what the portal knows (SS-06)."""

    comportamento = forms.ChoiceField(
        label="O que ele faz",
        choices=Comportamento.choices,
        widget=forms.RadioSelect,
        help_text="Decide o que o formulário pergunta e o que o aceite muda no link. Não muda depois.",
        error_messages={"required": "Escolha o que o tipo faz.", "invalid_choice": "Escolha uma das opções da lista."},
    )

    field_order = ("nome", "explicacao", "comportamento", "ordem", "ativo")


class FormularioVelocidade(forms.Form):
    """A speed put on offer (LNK-02)."""

    mbps = campos.CampoInteiro(
        label="Velocidade em Mbps",
        min_value=1,
        max_value=CAPACIDADE_MAXIMA,
        widget=forms.TextInput(attrs={"largura": "curta", "inputmode": "numeric"}),
        help_text=f"De 1 a {CAPACIDADE_MAXIMA}.",
        error_messages={
            "required": "Informe a velocidade.",
            "invalid": "Escreva só o número, como em 8.",
            "min_value": f"A velocidade vai de 1 a {CAPACIDADE_MAXIMA} Mbps (LNK-02).",
            "max_value": f"A velocidade vai de 1 a {CAPACIDADE_MAXIMA} Mbps (LNK-02).",
        },
    )


class CampoReais(campos.CampoTexto):
    """An amount in reais as people write it (``1.412,60``); cleans to ``Decimal`` with two places."""

    def to_python(self, value: Any) -> Any:
        """The amount. Raises ``ValidationError``."""
        if isinstance(value, Decimal):
            return value
        texto = super().to_python(value).replace("R$", "").replace(" ", "")
        if not texto:
            return ""
        if "," in texto:
            texto = texto.replace(".", "").replace(",", ".")
        try:
            valor = Decimal(texto)
        except InvalidOperation:
            raise ValidationError("Escreva o valor como em 412,60.", code="invalid") from None
        if not valor.is_finite() or not 0 <= valor < 100_000_000 or valor != valor.quantize(Decimal("0.01")):
            raise ValidationError("Escreva o valor como em 412,60.", code="invalid")
        return valor.quantize(Decimal("0.01"))

    def validate(self, value: Any) -> None:
        """A value, when one is required."""
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """None: the limits of text do not apply to an amount."""

    def prepare_value(self, value: Any) -> Any:
        """``1412,60`` in the box."""
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value


class FormularioPreco(forms.Form):
    """A monthly price of a service at a speed, with its validity (INS-03)."""

    servico = forms.ChoiceField(
        label="Serviço",
        choices=[("", "Escolha"), *Servico.choices],
        widget=forms.Select(attrs={"largura": "media"}),
        error_messages={"required": "Escolha o serviço.", "invalid_choice": "Escolha um serviço da lista."},
    )
    mbps = forms.TypedChoiceField(
        label="Velocidade",
        coerce=int,
        widget=forms.Select(attrs={"largura": "media"}),
        error_messages={"required": "Escolha a velocidade.", "invalid_choice": "Escolha uma velocidade da lista."},
    )
    mensal = CampoReais(
        label="Valor por mês, em reais",
        max_length=20,
        help_text="Por exemplo: 412,60",
        widget=forms.TextInput(attrs={"largura": "curta", "inputmode": "decimal"}),
        error_messages={"required": "Informe o valor."},
    )
    vale_de = campos.CampoDia(label="Vale de", help_text="Por exemplo: 01/01/2027")
    vale_ate = campos.CampoDia(label="Vale até", required=False, help_text="Em branco, vale até você pôr uma data.")
    tabela = campos.CampoTexto(label="Tabela", max_length=60, help_text="De onde veio o valor. Por exemplo: tabela 2026")

    def __init__(self, dados: Any = None, *, velocidades: list[Velocidade], preco: Preco | None = None) -> None:
        nomes = ("servico", "mbps", "mensal", "vale_de", "vale_ate", "tabela")
        super().__init__(dados, label_suffix="", initial={n: getattr(preco, n) for n in nomes} if preco else None)
        self.fields["mbps"].choices = [("", "Escolha"), *((v.mbps, str(v)) for v in velocidades)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The end is not before the beginning."""
        limpos = super().clean() or {}
        de, ate = limpos.get("vale_de"), limpos.get("vale_ate")
        if de and ate and ate < de:
            self.add_error("vale_ate", "O fim é antes do começo.")
        return limpos


class FormularioMotivo(forms.Form):
    """A standard reason to return a request."""

    titulo = campos.CampoTexto(label="Título", max_length=80, help_text="Curto e direto. Por exemplo: Endereço incompleto")
    texto = campos.CampoTexto(
        label="O que a prefeitura lê", linhas=True, max_length=300, help_text="Diga o que fazer. Por exemplo: Escreva o número e o CEP."
    )
    ativo = forms.BooleanField(label="Em uso", required=False)

    sem_opcional = True
