"""Form fields: store bare, show formatted, give back the raw typing when it is wrong, and say what to do.

Each widget carries ``largura`` ("curta", "media", "longa"), which our widget templates turn into a CSS class and never print: the width
tells the size of the answer. A widget that names its own keeps it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from nucleo.campos import formatos, validadores
from nucleo.campos.validadores import TipoDeTelefone, ValorInvalido

#: A sign is read, so that the least value says what is wrong with it.
_INTEIRO = re.compile(r"-?[0-9]{1,15}")


class _CampoCurto(forms.CharField):
    """Base of the short fields: ``validar`` turns the typed text into the bare value, ``formatar`` turns that into what is shown."""

    largura: ClassVar[str] = "media"
    exigencia: ClassVar[str] = "Preencha este campo."
    atributos: ClassVar[dict[str, str]] = {}

    def __init__(self, **kwargs: Any) -> None:
        kwargs["error_messages"] = {"required": self.exigencia, **(kwargs.get("error_messages") or {})}
        super().__init__(**kwargs)

    def validar(self, texto: str) -> Any:
        """The bare value. Raises ``ValorInvalido``."""
        raise NotImplementedError

    def formatar(self, valor: Any) -> str:
        """What is shown for a bare value."""
        return str(valor)

    def to_python(self, value: Any) -> Any:
        """The bare value, or "" for a blank. Raises ``ValidationError`` with the sentence for the person."""
        texto = "" if value is None else str(value)
        if not texto.strip():
            return self.empty_value
        try:
            return self.validar(texto)
        except ValorInvalido as erro:
            raise ValidationError(str(erro), code="invalid")

    def prepare_value(self, value: Any) -> Any:
        """Formatted when valid; otherwise exactly what was typed."""
        if not isinstance(value, str) or not value.strip():
            return value
        try:
            return self.formatar(self.validar(value))
        except ValorInvalido:
            return value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Attributes of the input: kind of keyboard, what the browser may fill in; the widget's own attributes win."""
        proprios = {**self.atributos, "largura": self.largura}
        return {**super().widget_attrs(widget), **{nome: widget.attrs.get(nome, valor) for nome, valor in proprios.items()}}


class CampoInteiro(forms.IntegerField):
    """A whole number, in the digits 0 to 9 alone. Django's own field takes the digits of any script, and reads ``1.000``, which people
    here write for a thousand, as 1.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"largura": "curta", "inputmode": "numeric"}), **kwargs})

    def to_python(self, value: Any) -> int | None:
        """The number, or None for a blank. Raises ``ValidationError`` with the field's own sentence."""
        if isinstance(value, str):
            value = value.strip()
            if value and not _INTEIRO.fullmatch(value):
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class CampoCPF(_CampoCurto):
    """A CPF: 11 digits stored, 11 equal digits refused."""

    exigencia = "Informe o CPF."
    atributos: ClassVar[dict[str, str]] = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}

    def validar(self, texto: str) -> str:
        """See ``validadores.validar_cpf``."""
        return validadores.validar_cpf(texto)

    def formatar(self, valor: str) -> str:
        """``529.982.247-25``."""
        return formatos.formatar_cpf(valor)


class CampoCNPJ(_CampoCurto):
    """A CNPJ, numeric or alphanumeric: 14 characters stored."""

    exigencia = "Informe o CNPJ."
    atributos: ClassVar[dict[str, str]] = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}

    def validar(self, texto: str) -> str:
        """See ``validadores.validar_cnpj``."""
        return validadores.validar_cnpj(texto)

    def formatar(self, valor: str) -> str:
        """``12.ABC.345/01DE-35``."""
        return formatos.formatar_cnpj(valor)


class CampoCEP(_CampoCurto):
    """A CEP of São Paulo: 8 digits stored."""

    largura = "curta"
    exigencia = "Informe o CEP."
    atributos: ClassVar[dict[str, str]] = {"inputmode": "numeric", "autocomplete": "postal-code"}

    def validar(self, texto: str) -> str:
        """See ``validadores.validar_cep``."""
        return validadores.validar_cep(texto)

    def formatar(self, valor: str) -> str:
        """``18590-000``."""
        return formatos.formatar_cep(valor)


class CampoTelefone(_CampoCurto):
    """A telephone number with area code: 10 or 11 digits stored. ``tipo`` narrows to ``fixo`` or ``celular`` (ADS-06)."""

    exigencia = "Informe o telefone com o DDD."
    atributos: ClassVar[dict[str, str]] = {"inputmode": "tel", "autocomplete": "off"}

    def __init__(self, *, tipo: TipoDeTelefone = "qualquer", **kwargs: Any) -> None:
        self.tipo = tipo
        super().__init__(**kwargs)

    def validar(self, texto: str) -> str:
        """See ``validadores.validar_telefone``."""
        return validadores.validar_telefone(texto, self.tipo)

    def formatar(self, valor: str) -> str:
        """``(14) 3884-9000``."""
        return formatos.formatar_telefone(valor)


class CampoEmail(_CampoCurto):
    """One e-mail address; the domain is stored in lower case. ``validadores.e_institucional`` tells whether it deserves a warning."""

    largura = "longa"
    exigencia = "Informe o e-mail."
    widget = forms.EmailInput
    atributos: ClassVar[dict[str, str]] = {"inputmode": "email", "autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}

    def validar(self, texto: str) -> str:
        """See ``validadores.validar_email``."""
        return validadores.validar_email(texto)


class CampoOficio(_CampoCurto):
    """The number of an ofício, ``214/2026`` (ADS-05, ADS-06)."""

    exigencia = "Informe o número e o ano do ofício."
    atributos: ClassVar[dict[str, str]] = {"autocomplete": "off", "spellcheck": "false"}

    def validar(self, texto: str) -> str:
        """See ``validadores.validar_oficio``."""
        return validadores.validar_oficio(texto)


Limite = dt.date | Callable[[], dt.date] | None


_HORA = re.compile(r"([01]?[0-9]|2[0-3])(?: ?(?:h|hs|horas?|[:.])(?: ?([0-5][0-9]) ?(?:m|min)?)?)?", re.IGNORECASE)


class CampoHora(forms.TimeField):
    """A time of day, typed as the portal shows it (``14h30``), ``14:30``, ``8h`` or ``8``; cleans to ``datetime.time`` or None."""

    def to_python(self, value: Any) -> dt.time | None:
        """The time, or None for a blank. Raises ``ValidationError``."""
        if isinstance(value, str) and (achada := _HORA.fullmatch(value.strip())):
            return dt.time(int(achada[1]), int(achada[2] or 0))
        hora: dt.time | None = super().to_python(value)
        return hora


class CampoDia(_CampoCurto):
    """A day, typed as ``25/11/2026``; cleans to ``datetime.date`` or None. ``minimo``, ``maximo``: days or callables."""

    largura = "curta"
    exigencia = "Informe a data."
    atributos: ClassVar[dict[str, str]] = {"inputmode": "numeric", "autocomplete": "off"}

    def __init__(self, *, minimo: Limite = None, maximo: Limite = None, **kwargs: Any) -> None:
        self.minimo, self.maximo = minimo, maximo
        super().__init__(empty_value=None, **kwargs)

    def validar(self, texto: str) -> dt.date:
        """See ``validadores.validar_dia``; raises also outside ``minimo`` and ``maximo``."""
        return validadores.validar_dia(texto)

    def formatar(self, valor: dt.date) -> str:
        """``25/11/2026``."""
        return f"{valor:%d/%m}/{valor.year:04d}"

    def to_python(self, value: Any) -> Any:
        """The day, or None for a blank."""
        return value if isinstance(value, dt.date) else super().to_python(value)

    def validate(self, value: Any) -> None:
        """Refuse a day outside the limits. Raises ``ValidationError``."""
        super().validate(value)
        if value is None:
            return
        minimo = self.minimo() if callable(self.minimo) else self.minimo
        maximo = self.maximo() if callable(self.maximo) else self.maximo
        if minimo and value < minimo:
            raise ValidationError(f"A data não pode ser antes de {self.formatar(minimo)}.", code="min")
        if maximo and value > maximo:
            raise ValidationError(f"A data não pode ser depois de {self.formatar(maximo)}.", code="max")

    def run_validators(self, value: Any) -> None:
        """None: the validators of CharField look at text."""

    def prepare_value(self, value: Any) -> Any:
        """A date as ``25/11/2026``; typed text formatted when valid."""
        return self.formatar(value) if isinstance(value, dt.date) else super().prepare_value(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the typed day differs from the first one."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class CampoTexto(forms.CharField):
    """Free text, cleaned by ``validadores.limpar_texto``. ``linhas=True`` keeps line breaks and shows a text area.

    ``conferir`` is a validator of the cleaned text (``validar_para_papel``, ``validar_nome_de_pessoa``); it returns what is stored.
    """

    def __init__(self, *, linhas: bool = False, max_length: int = 200, conferir: Callable[[str], str] | None = None, **kwargs: Any) -> None:
        self.linhas, self.conferir = linhas, conferir
        if linhas:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        kwargs["error_messages"] = {
            "required": "Preencha este campo.",
            "max_length": "Use até %(limit_value)d letras; você usou %(show_value)d.",
            **(kwargs.get("error_messages") or {}),
        }
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """The cleaned text. Raises ``ValidationError`` for text far longer than the limit, before cleaning it."""
        texto = super().to_python(value) or ""
        if self.max_length is not None and len(texto) > 10 * self.max_length + 1_000:
            raise ValidationError(f"Use até {self.max_length} letras; você usou {len(texto)}.", code="max_length")
        limpo = validadores.limpar_texto(texto, linhas=self.linhas)
        if self.conferir is None or not limpo:
            return limpo
        try:
            return self.conferir(limpo)
        except ValorInvalido as erro:
            raise ValidationError(str(erro), code="invalid")
