"""Forms of renumbering (IP-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma

from enderecamento.consultas.renumeracao import Parte, exemplo_de_parte, ler_parte
from enderecamento.estados import DIAS_DA_TROCA
from enderecamento.models import PoolCIDR
from nucleo import campos
from nucleo.erros import RegraViolada

TODOS, PARTE, MARCADOS = "todos", "parte", "marcados"


class _CampoMotivo(campos.CampoTexto):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(linhas=True, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class FormularioRenumeracao(forms.Form):
    """What to change, into what, why and until when. ``pool``: None when blocks were picked before; ``em_uso``: how many of it there are;
    ``blocos``: (first address, label) of those that may be picked, none when they are too many; ``destinos`` and ``regioes``: (value,
    label); ``parte``: what the map proposes.
    """

    sem_opcional = True

    quais = forms.ChoiceField(label="O que trocar", widget=forms.RadioSelect)
    parte = campos.CampoTexto(
        label="Qual parte",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"largura": "longa", "class": "ig-mono"}),
    )
    blocos = forms.TypedMultipleChoiceField(
        label="Sub-blocos a trocar",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Um dos sub-blocos marcados já não está em uso."},
    )
    destinos = forms.TypedMultipleChoiceField(
        label="De onde saem os novos",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sem nenhum marcado, vale qualquer bloco aberto: o portal pega os endereços livres mais baixos.",
        error_messages={"invalid_choice": "Um dos blocos marcados já não recebe novas entregas."},
    )
    regiao = forms.ChoiceField(label="Só de blocos da região", required=False)
    ultimo_dia = campos.CampoDia(
        label="Último dia em que o antigo e o novo valem juntos",
        help_text="No dia seguinte os antigos param. As prefeituras são lembradas 15, 5 e 1 dia antes.",
    )
    motivo = _CampoMotivo(
        label="Motivo",
        help_text="As prefeituras leem este texto. Por exemplo: troca do equipamento central da região de Sorocaba",
        error_messages={"required": "Escreva o motivo da troca. As prefeituras vão ler."},
    )

    def __init__(
        self,
        dados: Any = None,
        *,
        pool: PoolCIDR | None,
        em_uso: int,
        blocos: Sequence[tuple[int, str]],
        destinos: Sequence[tuple[int, str]],
        regioes: Sequence[tuple[str, str]],
        hoje: dt.date,
        parte: str = "",
    ) -> None:
        inicial = {
            "quais": PARTE if parte else TODOS,
            "parte": parte,
            "ultimo_dia": hoje + dt.timedelta(days=DIAS_DA_TROCA),
            "blocos": [] if pool else [b for b, _ in blocos],
        }
        super().__init__(dados, label_suffix="", initial=inicial)
        self.pool = pool
        if pool:
            todos = f"O bloco inteiro: {intcomma(em_uso)} sub-bloco{'' if em_uso == 1 else 's'} em uso"
            marcar = [(MARCADOS, "Só os que eu marcar")] if blocos else []
            self.fields["quais"].choices = [(TODOS, todos), (PARTE, "Só uma parte do bloco"), *marcar]  # type: ignore[attr-defined]
            self.fields["parte"].help_text = f"Para “só uma parte”: {exemplo_de_parte(pool)}."
        else:
            del self.fields["quais"], self.fields["parte"]
        if blocos:
            self.fields["blocos"].choices = blocos  # type: ignore[attr-defined]
        else:
            del self.fields["blocos"]
        self.fields["destinos"].choices = destinos  # type: ignore[attr-defined]
        if regioes:
            self.fields["regiao"].choices = [("", "Qualquer região"), *regioes]  # type: ignore[attr-defined]
        else:
            del self.fields["regiao"]

    @property
    def escolha(self) -> str:
        """What is to be changed: ``TODOS`` of the pool, a ``PARTE`` of it, or those ``MARCADOS`` (after ``is_valid``)."""
        return str(self.cleaned_data["quais"]) if self.pool else MARCADOS

    @property
    def parte_escolhida(self) -> Parte | None:
        """The part of the pool, None when it is not a part (after ``is_valid``)."""
        return self.cleaned_data["parte"] if self.escolha == PARTE else None

    def clean(self) -> dict[str, Any]:
        """One way of saying which: whoever typed a part or marked some and chose the whole pool is asked which is meant."""
        limpos: dict[str, Any] = super().clean() or {}
        if self.errors:
            return limpos
        if self.pool and self.escolha == PARTE:
            if not limpos["parte"]:
                self.add_error("parte", "Escreva qual parte: uma rede, ou o primeiro e o último endereço.")
                return limpos
            try:
                limpos["parte"] = ler_parte(limpos["parte"], self.pool)
            except RegraViolada as erro:
                self.add_error("parte", erro.mensagem)
            else:
                if limpos["parte"] == (self.pool.inicio, self.pool.fim):
                    limpos |= {"quais": TODOS, "parte": ""}
        elif limpos.get("parte"):
            self.add_error("parte", "Você escreveu uma parte e escolheu outra coisa acima. Escolha “só uma parte”, ou apague esta.")
        if self.escolha == MARCADOS and not limpos.get("blocos"):
            self.add_error("blocos", "Marque ao menos um sub-bloco.")
        elif self.escolha != MARCADOS and limpos.get("blocos"):
            self.add_error("blocos", "Você marcou sub-blocos e escolheu outra coisa acima. Escolha “só os que eu marcar”, ou desmarque-os.")
        if self.pool and self.escolha == TODOS and self.pool.pk in limpos["destinos"]:
            self.add_error("destinos", f"O bloco inteiro não cabe nele mesmo. Desmarque {self.pool}.")
        return limpos

    def escondidos(self) -> list[tuple[str, str]]:
        """The typed values again, for the page that asks to confirm."""
        return [(nome, valor) for nome in self.fields for valor in self.data.getlist(nome)]  # type: ignore[attr-defined]


class FormularioAdiamento(forms.Form):
    """A later date, and why."""

    ultimo_dia = campos.CampoDia(label="Novo último dia em que os dois valem")
    motivo = _CampoMotivo(
        label="Por que a data muda",
        help_text="As prefeituras leem este texto.",
        error_messages={"required": "Escreva por que a data muda. As prefeituras vão ler."},
    )


class FormularioDesfazer(forms.Form):
    """Why it is undone."""

    motivo = _CampoMotivo(
        label="Por que a troca é desfeita",
        help_text="As prefeituras leem este texto.",
        error_messages={"required": "Escreva por que a troca é desfeita. As prefeituras vão ler."},
    )
