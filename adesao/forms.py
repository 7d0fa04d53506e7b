"""Forms of the screens only: answers, filters, decisions. The forms of the paper are in ``fichas``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from adesao import consultas
from adesao.acoes.conferencia import MAXIMO_DO_PARECER
from adesao.estados import ENVIADAS, Estado
from adesao.models import Aplicacao, MotivoPadrao
from contas.paginas import agora
from nucleo import campos

HORA = {"required": "Informe a hora, como em 14h30.", "invalid": "Escreva a hora como em 14h30."}
#: A day that is forgotten may still be included so long after it; older ones change no deadline.
ATRASO_DO_DIA = dt.timedelta(days=30)


class FormularioResposta(forms.Form):
    """What the prefeitura answers when it keeps the value PRODESP pointed at."""

    resposta = campos.CampoTexto(
        label="Sua resposta à PRODESP",
        linhas=True,
        max_length=500,
        help_text="Explique por que está certo como está. Até 500 letras.",
        error_messages={"required": "Escreva a resposta, ou volte e corrija o campo."},
    )


class FormularioAutorizacao(forms.Form):
    """How the authorisation of one State application stands (ADS-08)."""

    autorizacao = forms.ChoiceField(
        label="Situação da autorização",
        choices=Aplicacao.Autorizacao.choices,
        error_messages={"required": "Escolha a situação.", "invalid_choice": "Escolha uma situação da lista."},
    )
    data = campos.CampoDia(  # type: ignore[assignment]  # Django takes fields out of the class: `data` stays the form's own
        label="Data", required=False, help_text="Do pedido ou da resposta. Por exemplo: 22/11/2026"
    )
    documento = campos.CampoTexto(label="Documento", required=False, max_length=120, help_text="Por exemplo: Ofício 88/2026 da Secretaria")

    def __init__(self, dados: Any = None, *, aplicacao: Aplicacao, hoje: dt.date) -> None:
        super().__init__(
            dados,
            label_suffix="",
            prefix=f"a{aplicacao.pk}",
            initial={
                "autorizacao": aplicacao.autorizacao,
                "data": aplicacao.autorizacao_data,
                "documento": aplicacao.autorizacao_documento,
            },
        )
        self.hoje, self.aplicacao_id = hoje, aplicacao.pk
        for campo in self.fields.values():
            campo.rotulo_do_resumo = f"{campo.label} de {aplicacao.nome}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Anything but *ainda não pedida* has a date."""
        limpos = super().clean() or {}
        if limpos.get("autorizacao") not in (None, Aplicacao.Autorizacao.PENDENTE) and "data" not in self.errors and not limpos.get("data"):
            self.add_error("data", "Informe a data do pedido ou da resposta.")
        elif limpos.get("data") and limpos["data"] > self.hoje:
            self.add_error("data", f"Esta data ainda não chegou. Hoje é {self.hoje:%d/%m/%Y}.")
        return limpos


# --- PRODESP, órgão aprovador and control -------------------------------------------------------------------------
CORRIGIDA = "CORRIGIDA"
ONDE = {
    "": "Qualquer campo",
    "prefeitura": "Prefeitura e representante legal",
    "oficio": "Ofício",
    "anexo1": "Anexo I",
    "anexo2": "Anexo II",
    "timbre": "Papel timbrado",
    "assinados": "Documento assinado",
}


class FiltrosDaFila(campos.Filtros):
    """One line above the queue."""

    busca = forms.CharField(label="Município, protocolo ou CNPJ", max_length=60)
    situacao = forms.ChoiceField(label="Situação")
    regiao = forms.ChoiceField(label="Região", choices=campos.ESCOLHA_DE_REGIAO)
    idade = forms.ChoiceField(label="Idade", choices=[("", "Qualquer"), *consultas.IDADES.items()])
    analista = forms.ChoiceField(label="Analista")

    def __init__(self, filtros: dict[str, str], analistas: list[tuple[int, str]]) -> None:
        super().__init__(filtros)
        situacoes = [(Estado.ENVIADA.value, "Recebida"), (CORRIGIDA, "Corrigida")]
        situacoes += [(e.value, str(e.label)) for e in (Estado.EM_CONFERENCIA, Estado.DEVOLVIDA, Estado.ENCAMINHADA)]
        self.fields["situacao"].choices = [("", "Todas"), *situacoes]  # type: ignore[attr-defined]
        self.fields["analista"].choices = [("", "Todos"), *((str(pk), nome) for pk, nome in analistas)]  # type: ignore[attr-defined]


class FiltroDeBusca(campos.Filtros):
    """A search box alone."""

    busca = forms.CharField(label="Município, protocolo ou CNPJ", max_length=60)


class FiltrosDosProcessos(campos.Filtros):
    """Search and state, over every process ever sent."""

    busca = forms.CharField(label="Município, protocolo ou CNPJ", max_length=60)
    situacao = forms.ChoiceField(label="Situação", choices=[("", "Todas"), *((e.value, str(e.label)) for e in ENVIADAS)])


class FiltrosDaTrilha(campos.Filtros):
    """Search over the history, and the kind of process."""

    busca = forms.CharField(label="Município, número ou pessoa", max_length=60)
    sobre = forms.ChoiceField(label="Sobre")

    def __init__(self, filtros: dict[str, str], grupos: list[tuple[str, str]]) -> None:
        super().__init__(filtros)
        self.fields["sobre"].choices = [("", "Tudo"), *grupos]  # type: ignore[attr-defined]


def _por_tarefa(motivos: list[MotivoPadrao], tarefa: str) -> list[tuple[str, list[tuple[int, str]]]]:
    """Standard reasons as groups of a select: those of this task, those for any field, then the other tasks in their order."""
    grupos: dict[str, list[tuple[int, str]]] = {onde: [] for onde in dict.fromkeys((tarefa, *ONDE))}
    for m in motivos:
        grupos[m.onde if m.onde in grupos else ""].append((m.pk, m.titulo))
    rotulos = {**ONDE, tarefa: "Mais comuns aqui"}
    return [(rotulos[onde], deles) for onde, deles in grupos.items() if deles]


class FormularioPendencia(forms.Form):
    """A pendência on one field: a standard reason, words of one's own, or both."""

    sem_opcional = True

    motivo = forms.TypedChoiceField(label="Motivo", required=False, coerce=int, empty_value=None)
    texto = campos.CampoTexto(
        label="O que a prefeitura lê", linhas=True, max_length=500, required=False, help_text="Em branco, vale o texto do motivo."
    )

    def __init__(
        self, dados: Any = None, *, tarefa: str, campo: str, motivos: list[MotivoPadrao], initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(dados, label_suffix="", auto_id="id_pendencia_%s", prefix=f"{tarefa}-{campo}", initial=initial)
        self.fields["motivo"].choices = [("", "Escolha um motivo, ou escreva abaixo"), *_por_tarefa(motivos, tarefa)]  # type: ignore[attr-defined]
        self.fields["texto"].widget.attrs["rows"] = 3
        self.fields["motivo"].widget.attrs["autofocus"] = True

    @property
    def em_branco(self) -> bool:
        """Whether nothing was chosen or typed."""
        return not any(str(self.data.get(self.add_prefix(nome), "")).strip() for nome in self.fields)


class FormularioParecer(forms.Form):
    """PRODESP's opinion for the órgão aprovador (ADS-04), and the answer when it had asked something."""

    resposta = campos.CampoTexto(
        label="Resposta à pergunta",
        linhas=True,
        max_length=2000,
        help_text="Vai no fim do parecer, depois da pergunta.",
        error_messages={"required": "Responda à pergunta do órgão aprovador."},
    )
    parecer = campos.CampoTexto(
        label="Parecer da PRODESP",
        linhas=True,
        max_length=MAXIMO_DO_PARECER,
        help_text="Quem aprova lê este texto no dossiê. Mude o que for preciso.",
        error_messages={"required": "Escreva o parecer para o órgão aprovador."},
        widget=forms.Textarea(attrs={"rows": 12}),
    )

    def __init__(self, dados: Any = None, *, pergunta: str, initial: dict[str, Any] | None = None) -> None:
        super().__init__(dados, label_suffix="", initial=initial)
        if not pergunta:
            del self.fields["resposta"]


class FormularioPassar(forms.Form):
    """Hand a process over to another analista."""

    analista = forms.TypedChoiceField(
        label="Quem passa a conferir",
        coerce=int,
        error_messages={"required": "Escolha um analista da lista.", "invalid_choice": "Escolha um analista da lista."},
    )

    def __init__(self, dados: Any = None, *, analistas: list[tuple[int, str]]) -> None:
        super().__init__(dados, label_suffix="")
        self.fields["analista"].choices = [("", "Escolha"), *analistas]  # type: ignore[attr-defined]


class FormularioRecusa(forms.Form):
    """Why the órgão aprovador refuses (ADS-04)."""

    motivo = campos.CampoTexto(
        label="Motivo da recusa",
        linhas=True,
        max_length=2000,
        help_text="A prefeitura lê este texto, no portal e por e-mail.",
        error_messages={"required": "Escreva o motivo da recusa: a prefeitura vai ler."},
    )


class FormularioPergunta(forms.Form):
    """What the órgão aprovador asks PRODESP."""

    pergunta = campos.CampoTexto(
        label="Pergunta à PRODESP",
        linhas=True,
        max_length=2000,
        help_text="Quem conferiu recebe a pergunta por e-mail. O processo volta à conferência.",
        error_messages={"required": "Escreva a pergunta para a PRODESP."},
    )


class FormularioMotivo(forms.Form):
    """A standard reason to return something, edited by the gestor."""

    titulo = campos.CampoTexto(label="Título", max_length=80, help_text="Curto e direto. Por exemplo: Assinatura cortada ou ilegível")
    texto = campos.CampoTexto(
        label="O que a prefeitura lê", linhas=True, max_length=300, help_text="Diga o que fazer. Por exemplo: Digitalize de novo e envie."
    )
    onde = forms.ChoiceField(label="Aparece primeiro em", choices=list(ONDE.items()), required=False)
    ativo = forms.BooleanField(label="Em uso", required=False)

    sem_opcional = True

    def __init__(self, dados: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(dados, label_suffix="", initial=initial)


class FormularioRevelar(forms.Form):
    """Why somebody needs a whole CPF (settled question 6)."""

    motivo = campos.CampoTexto(
        label="Por que você precisa ver o CPF?",
        max_length=200,
        help_text="Fica registrado com o seu nome e a hora.",
        error_messages={"required": "Escreva o motivo."},
    )


class FormularioDia(forms.Form):
    """A day without office hours (PRZ-04)."""

    data = campos.CampoDia(  # type: ignore[assignment]  # taken out of the class by Django
        label="Dia", help_text="Por exemplo: 24/12/2027", minimo=lambda: timezone.localdate(agora()) - ATRASO_DO_DIA
    )
    descricao = campos.CampoTexto(label="O que é", max_length=120, help_text="Por exemplo: Aniversário da cidade")
    municipio = campos.CampoTexto(
        label="Município",
        max_length=80,
        required=False,
        help_text="Deixe em branco quando vale para o Estado todo.",
        widget=forms.TextInput(attrs={"data-municipios": "/municipios/", "autocomplete": "off"}),
    )


class FormularioQueda(forms.Form):
    """An outage of the portal: from when to when, and why (PRZ-04)."""

    inicio = campos.CampoDia(label="Dia em que começou", help_text="Por exemplo: 20/11/2026")
    hora_inicio = campos.CampoHora(
        label="Hora em que começou", help_text="Por exemplo: 14h30", error_messages=HORA, widget=forms.TimeInput(attrs={"largura": "curta"})
    )
    fim = campos.CampoDia(label="Dia em que terminou", help_text="Por exemplo: 20/11/2026")
    hora_fim = campos.CampoHora(
        label="Hora em que terminou",
        help_text="Por exemplo: 18h00",
        error_messages=HORA,
        widget=forms.TimeInput(attrs={"largura": "curta"}),
    )
    motivo = campos.CampoTexto(label="O que houve", max_length=200)
