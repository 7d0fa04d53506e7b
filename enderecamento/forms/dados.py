"""Forms of the data of the blocks: the file to import, and what a spreadsheet of allocations is filtered by."""

from __future__ import annotations

from django import forms

from enderecamento.consultas.planilha import TAMANHO_MAXIMO
from enderecamento.estados import Perfil
from nucleo import campos


class FormularioPlanilha(forms.Form):
    """The file with the allocations that PRODESP already has."""

    arquivo = forms.FileField(
        label="Planilha em CSV",
        help_text="Até 1 MB e 20.000 linhas, separada por ponto e vírgula ou vírgula.",
        allow_empty_file=True,
        error_messages={"required": "Escolha o arquivo CSV.", "invalid": "Escolha o arquivo CSV."},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def clean_arquivo(self) -> object:
        """Not larger than what is read."""
        arquivo = self.cleaned_data["arquivo"]
        if arquivo.size > TAMANHO_MAXIMO:
            raise forms.ValidationError("O arquivo passa de 1 MB. Divida-o em partes.")
        return arquivo


class FiltrosDasAlocacoes(campos.Filtros):
    """What the spreadsheet of allocations is filtered by."""

    busca = forms.CharField(label="Município, IP ou rede", max_length=60)
    tipo = forms.ChoiceField(label="Tipo", choices=[("", "Todos"), *((p.value.lower(), p.label) for p in Perfil)])
    quando = forms.ChoiceField(
        label="Atribuições", choices=[("", "As de hoje"), ("encerradas", "As encerradas"), ("todas", "Todas, com o histórico")]
    )
