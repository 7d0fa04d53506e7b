"""The error summary: the same words as beside the fields, each linked to its field (visual guide, 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet

from nucleo.campos import minuscula

register = template.Library()


@dataclass(frozen=True, slots=True)
class LinhaDoResumo:
    """One line of the summary: what to read and the id of the element to go to ("" when it belongs to no field)."""

    texto: str
    alvo: str


def _formularios(context: template.Context) -> list[BaseForm | BaseFormSet[Any]]:
    dados: dict[Any, Any] = context.flatten()
    varios: Iterable[Any] = dados.get("formularios") or ()
    todos = list(varios.values() if isinstance(varios, dict) else varios)
    unico = dados.get("form")
    if unico is not None and not any(f is unico for f in todos):
        todos.insert(0, unico)
    return [f for f in todos if isinstance(f, BaseForm | BaseFormSet) and f.is_bound]


def _linhas(formulario: BaseForm | BaseFormSet[Any]) -> Iterator[LinhaDoResumo]:
    if isinstance(formulario, BaseFormSet):
        for texto in formulario.non_form_errors():
            yield LinhaDoResumo(str(texto), "")
        for parte in formulario.forms:
            yield from _linhas(parte)
        return
    for texto in formulario.non_field_errors():
        yield LinhaDoResumo(str(texto), "")
    rotulo_da_parte = getattr(formulario, "rotulo_do_resumo", "")
    for nome in formulario.fields:  # the order of the page, not the order in which the errors were found
        textos = formulario.errors.get(nome, ())
        campo = formulario[nome]
        alvo = campo.id_for_label or (f"{campo.auto_id}_campo" if campo.use_fieldset else campo.auto_id)
        if campo.use_fieldset:
            alvo = f"{campo.auto_id}_0" if hasattr(campo.field, "choices") else f"{campo.auto_id}_campo"
        if textos:  # one line per field: the title counts fields
            prefixo = f"{getattr(campo.field, 'rotulo_do_resumo', campo.label)} {rotulo_da_parte}".strip()
            yield LinhaDoResumo(f"{prefixo}: {minuscula(' '.join(str(texto) for texto in textos))}", alvo)


@register.simple_tag(takes_context=True)
def resumo_de_erros(context: template.Context) -> list[LinhaDoResumo]:
    """Lines of ``form`` and of ``formularios`` (a list or dict of forms and formsets), in the order of the page; [] without errors.

    A form may say which part of the page it is with ``rotulo_do_resumo`` ("do 1º responsável"), added after the field's label;
    a field may bring its own words in place of the label, also as ``rotulo_do_resumo``.
    """
    return [linha for formulario in _formularios(context) for linha in _linhas(formulario)]


@register.filter
def tem_campo(linhas: Iterable[LinhaDoResumo]) -> bool:
    """Whether any of the lines belongs to a field: a refusal of the whole act is no field to correct."""
    return any(linha.alvo for linha in linhas)


@register.simple_tag(takes_context=True)
def tem_erros(context: template.Context) -> bool:
    """Whether the title needs "Erro: ": ``com_erro`` in the context, or any form of the page with errors."""
    if context.get("com_erro"):
        return True
    return any(f.errors if isinstance(f, BaseForm) else (any(f.errors) or f.non_form_errors()) for f in _formularios(context))
