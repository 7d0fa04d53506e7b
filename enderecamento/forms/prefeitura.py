"""The prefeitura's form: a new responsável técnico (ADS-15), with the fields of Anexo II."""

from __future__ import annotations

import copy

from django import forms

from adesao.fichas import FichaAnexo2


class FormularioTecnico(forms.Form):
    """Who answers for the equipment from now on."""

    nome = copy.deepcopy(FichaAnexo2.base_fields["tecnico_nome"])
    telefone = copy.deepcopy(FichaAnexo2.base_fields["tecnico_telefone"])
    email = copy.deepcopy(FichaAnexo2.base_fields["tecnico_email"])

    def __init__(self, dados: dict[str, str] | None = None) -> None:
        super().__init__(dados, label_suffix="")
        self.fields["nome"].label = "Nome"
        self.fields["telefone"].help_text = "Com DDD e, se houver, o ramal. Por exemplo: (14) 3883-1122 ramal 214"
        self.fields["email"].help_text = "É por aqui que a PRODESP fala com esta pessoa. Quem entra agora recebe um aviso do portal."
