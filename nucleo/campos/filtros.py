"""The line of filters above a list, the same on every list."""

from __future__ import annotations

from django import forms

#: Area code → the seat of its region (settled question 16).
REGIOES = {
    "11": "São Paulo",
    "12": "São José dos Campos",
    "13": "Santos",
    "14": "Bauru",
    "15": "Sorocaba",
    "16": "Ribeirão Preto",
    "17": "São José do Rio Preto",
    "18": "Presidente Prudente",
    "19": "Campinas",
}
ESCOLHA_DE_REGIAO = [("", "Todas as nove"), *((ddd, f"DDD {ddd} ({nome})") for ddd, nome in REGIOES.items())]


class Filtros(forms.Form):
    """Base of the filter lines: a plain GET, shown as asked for, never refused. Nothing in it is optional or required."""

    sem_opcional = True

    def __init__(self, filtros: dict[str, str]) -> None:
        super().__init__(initial=filtros, label_suffix="", auto_id="filtro_%s")

    def em_palavras(self) -> str:
        """What is being filtered, for the empty state: ``Situação: Recebida. Região: DDD 14 (Bauru).``"""
        partes = []
        for nome, campo in self.fields.items():
            valor = str(self.initial.get(nome, ""))
            if valor and isinstance(campo, forms.ChoiceField):
                valor = str(dict(campo.choices).get(valor, ""))  # type: ignore[arg-type]
            if valor:
                partes.append(f"{campo.label}: {valor}.")
        return " ".join(partes)
