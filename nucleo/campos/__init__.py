"""Field types of the portal: validators, formatters, masks and form fields. Values are stored bare and shown formatted."""

from __future__ import annotations

from nucleo.campos.formatos import (
    formatar_cep,
    formatar_cnpj,
    formatar_cpf,
    formatar_telefone,
    mascarar_cnpj,
    mascarar_cpf,
    mascarar_email,
    mascarar_telefone,
    minuscula,
)
from nucleo.campos.formulario import CampoCEP, CampoCNPJ, CampoCPF, CampoDia, CampoEmail, CampoOficio, CampoTelefone, CampoTexto
from nucleo.campos.validadores import (
    ValorInvalido,
    aviso_do_ddd,
    e_institucional,
    limpar_texto,
    validar_cep,
    validar_cnpj,
    validar_cpf,
    validar_dia,
    validar_email,
    validar_oficio,
    validar_telefone,
)

__all__ = [
    "CampoCEP",
    "CampoCNPJ",
    "CampoCPF",
    "CampoDia",
    "CampoEmail",
    "CampoOficio",
    "CampoTelefone",
    "CampoTexto",
    "ValorInvalido",
    "aviso_do_ddd",
    "e_institucional",
    "formatar_cep",
    "formatar_cnpj",
    "formatar_cpf",
    "formatar_telefone",
    "limpar_texto",
    "mascarar_cnpj",
    "mascarar_cpf",
    "mascarar_email",
    "mascarar_telefone",
    "minuscula",
    "validar_cep",
    "validar_cnpj",
    "validar_cpf",
    "validar_dia",
    "validar_email",
    "validar_oficio",
    "validar_telefone",
]
