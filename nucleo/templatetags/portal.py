"""Filters and tags of every template (builtin, no ``{% load %}``). They only show; nothing here decides."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nucleo import campos, prazos
from nucleo.campos.ramal import formatar_telefone_e_ramal

register = template.Library()

#: Tones of the state label (visual guide, 4).
TONS = frozenset({"curso", "correcao", "atencao", "recusado", "concluido", "parado", "sem-efeito"})
#: Icon of the due label (visual guide, picture 12): a date while there is time, a clock when it runs out, an alert past it; a pause is
#: somebody else's clock.
ICONE_DO_NIVEL = {"livre": "calendario", "amarelo": "relogio", "laranja": "relogio", "vermelho": "alerta"}
ICONE_DE_OUTRO = "pausa"


def _texto(valor: object) -> str:
    return "" if valor is None else str(valor)


@register.filter
def cpf(valor: object) -> str:
    """A bare CPF as ``529.982.247-25``. Only where the person may see it whole (settled question 6)."""
    return campos.formatar_cpf(_texto(valor))


@register.filter
def cpf_mascarado(valor: object) -> str:
    """A bare CPF as ``***.982.247-**``."""
    return campos.mascarar_cpf(_texto(valor))


@register.filter
def cnpj(valor: object) -> str:
    """A bare CNPJ as ``12.ABC.345/01DE-35``."""
    return campos.formatar_cnpj(_texto(valor))


@register.filter
def cep(valor: object) -> str:
    """A bare CEP as ``18590-000``."""
    return campos.formatar_cep(_texto(valor))


@register.filter
def telefone(valor: object) -> str:
    """A bare telephone number as ``(14) 3884-9000``."""
    return campos.formatar_telefone(_texto(valor))


@register.filter
def telefone_e_ramal(valor: object) -> str:
    """A bare number with its extension as ``(14) 3883-1122 ramal 214``."""
    return formatar_telefone_e_ramal(_texto(valor))


def _dia(valor: Any) -> dt.date | None:
    if isinstance(valor, dt.datetime):
        return prazos.dia_local(valor)
    return valor if isinstance(valor, dt.date) else None


@register.filter
def dia(valor: Any) -> str:
    """A day or an instant as ``25/11/2026`` (local day)."""
    achado = _dia(valor)
    return f"{achado:%d/%m}/{achado.year:04d}" if achado else ""


@register.filter
def dia_extenso(valor: Any) -> str:
    """A day or an instant as ``quarta-feira, 25/11/2026`` (local day)."""
    achado = _dia(valor)
    return prazos.dia_por_extenso(achado) if achado else ""


@register.filter
def no_dia(valor: Any) -> str:
    """A day or an instant as ``na quarta-feira, 25/11/2026`` (local day)."""
    achado = _dia(valor)
    return prazos.no_dia(achado) if achado else ""


@register.filter
def data_extenso(valor: Any) -> str:
    """A day or an instant as ``25 de novembro de 2026`` (local day)."""
    achado = _dia(valor)
    return prazos.data_por_extenso(achado) if achado else ""


@register.filter
def ultimo_dia(vence_em: dt.datetime | None) -> dt.date | None:
    """The last day of a deadline: ``vence_em`` is an exclusive midnight, so never show it with ``dia``."""
    return prazos.ultimo_dia(vence_em) if vence_em else None


@register.filter
def hora(valor: dt.datetime | None) -> str:
    """An instant as ``14h32``, local."""
    return prazos.hora(valor) if valor else ""


@register.filter
def instante(valor: dt.datetime | None) -> str:
    """An instant as ``22/11/2026, 14h32``, local."""
    return f"{dia(valor)}, {prazos.hora(valor)}" if valor else ""


@register.filter
def desde(valor: dt.datetime | None) -> str:
    """How long ago: ``há 5 dias``."""
    return prazos.tempo_desde(valor, timezone.now()) if valor else ""


@register.filter
def prazo_rotulo(vence_em: dt.datetime | None) -> str:
    """The due label in words: ``faltam 12 dias``, ``vence hoje``, ``vencida há 2 dias``."""
    return prazos.em_palavras(vence_em, timezone.now()) if vence_em else ""


@register.filter
def prazo_nivel(vence_em: dt.datetime | None) -> str:
    """``livre``, ``amarelo``, ``laranja`` or ``vermelho`` by the two settings."""
    if not vence_em:
        return ""
    return prazos.nivel(vence_em, timezone.now(), amarelo=settings.PRAZO_AMARELO_DIAS, laranja=settings.PRAZO_LARANJA_DIAS)


@register.filter
def da_chave(dicionario: dict[str, Any] | None, chave: str) -> Any:
    """The value of a key, or "" when the mapping has none."""
    return (dicionario or {}).get(chave, "")


@register.filter
def tamanho(valor: int | None) -> str:
    """A size in bytes as ``412 bytes``, ``318 kB`` or ``1,2 MB`` (steps of 1,000, one decimal from MB up)."""
    bytes_ = int(valor or 0)
    if bytes_ < 1_000:
        return f"{bytes_} bytes" if bytes_ != 1 else "1 byte"
    if bytes_ < 999_500:
        return f"{max(1, round(bytes_ / 1_000))} kB"
    if bytes_ < 999_950_000:
        return f"{bytes_ / 1_000_000:.1f} MB".replace(".", ",")
    return f"{bytes_ / 1_000_000_000:.1f} GB".replace(".", ",")


@register.simple_tag
def icone(nome: str, classe: str = "") -> SafeString:
    """One symbol of our sprite, decoration only: the word beside it carries the meaning."""
    return format_html(
        '<svg class="ig-icone{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {classe}" if classe else "",
        static("portal/icones.svg"),
        nome,
    )


@register.simple_tag(takes_context=True)
def chave_unica(context: template.Context) -> SafeString:
    """The hidden one-time key of a POST form; give ``request.POST["chave"]`` to ``nucleo.unicidade.uma_vez``.

    A page that says which version of its object it shows (``versao_lida``) sends it back as ``lido``, so that nobody decides on what was
    never read.
    """
    chave = format_html('<input type="hidden" name="chave" value="{}">', uuid.uuid4())
    lida = context.get("versao_lida", "")
    return chave if lida == "" else chave + format_html('<input type="hidden" name="lido" value="{}">', lida)


@register.simple_tag
def regra(codigo: str) -> SafeString:
    """The small grey link of a rule, after the sentence it supports (INS-04)."""
    try:
        endereco = reverse("regras")
    except NoReverseMatch:
        endereco = "/regras/"
    return format_html('<a class="ig-regra" href="{}#{}"><span class="visually-hidden">Regra </span>{}</a>', endereco, codigo, codigo)


@register.simple_tag(takes_context=True)
def prazo(
    context: template.Context, vence_em: dt.datetime | None, agora: dt.datetime | None = None, de_outro: str = ""
) -> SafeString | str:
    """The due label: words, icon and tint. ``de_outro`` ("prazo da prefeitura") shows a grey label: somebody else's clock.

    The clock is ``agora``, else the context's ``agora``, else now. Nothing without a deadline.
    """
    if not vence_em:
        return ""
    if de_outro:
        return _rotulo("ig-prazo ig-prazo-outro", ICONE_DE_OUTRO, de_outro)
    relogio = agora or context.get("agora") or timezone.now()
    nivel = prazos.nivel(vence_em, relogio, amarelo=settings.PRAZO_AMARELO_DIAS, laranja=settings.PRAZO_LARANJA_DIAS)
    return _rotulo(f"ig-prazo ig-prazo-{nivel}", ICONE_DO_NIVEL[nivel], prazos.em_palavras(vence_em, relogio))


@register.simple_tag
def situacao(tom: str, nome_do_icone: str, texto: str) -> SafeString:
    """The state label: icon + word. ``tom`` is one of ``TONS``; anything else shows as ``parado``."""
    return _rotulo(f"ig-situacao ig-situacao-{tom if tom in TONS else 'parado'}", nome_do_icone, texto)


def _rotulo(classes: str, nome_do_icone: str, texto: str) -> SafeString:
    return format_html('<span class="{}">{}{}</span>', classes, icone(nome_do_icone), texto)
