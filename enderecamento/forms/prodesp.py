"""Forms of PRODESP's pages of addresses: search, pools, attribution."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from enderecamento.estados import PREFIXO, Perfil
from enderecamento.models import PoolCIDR
from nucleo import campos
from nucleo.redes import erro_da_rede, ler_rede

#: The kinds as they are spoken of in the plural.
PLURAL = {Perfil.PRIVADO.value: "privados", Perfil.PUBLICO.value: "públicos"}
_ENTRE = re.compile(r"[,;\n]+")
_QUANTOS = {
    "invalid": "Escreva só o número, como em 3.",
    "min_value": "Escreva 0 ou mais.",
    "max_value": "É um número grande demais.",
}


def _quantidade(rotulo: str, dica: str, *, maximo: int = 200) -> campos.CampoInteiro:
    return campos.CampoInteiro(
        label=rotulo,
        required=False,
        min_value=0,
        max_value=maximo,
        help_text=dica,
        widget=forms.TextInput(attrs={"largura": "curta", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=_QUANTOS,
    )


class FormularioDeProcura(forms.Form):
    """An address typed in any sensible way, and a day. A plain GET."""

    sem_opcional = True

    endereco = campos.CampoTexto(
        label="Endereço",
        max_length=60,
        help_text="Um IP, uma rede ou o começo: 10.64.18.100, 10.64.18.96/28, 10.64.18",
        error_messages={"required": "Escreva um endereço. Por exemplo: 10.64.18.100."},
    )
    dia = campos.CampoDia(label="Em que dia", required=False, help_text="Em branco, mostra toda a história.")

    def __init__(self, dados: Any = None) -> None:
        super().__init__(dados, label_suffix="", auto_id="procura_%s")


class CampoRede(campos.CampoTexto):
    """A network as people write it; kept as typed, the action reads it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"required": "Escreva a rede e o prefixo. Por exemplo: 10.64.0.0/12."})
        super().__init__(
            max_length=40, widget=forms.TextInput(attrs={"largura": "media", "autocomplete": "off", "class": "ig-mono"}), **kwargs
        )


class FormularioPool(forms.Form):
    """A parent block to register (IP-01)."""

    perfil = forms.ChoiceField(
        label="Tipo",
        choices=[
            (Perfil.PRIVADO, "Privado, para a intranet: sub-blocos /28"),
            (Perfil.PUBLICO, "Público, para a internet: sub-blocos /30"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Escolha o tipo.", "invalid_choice": "Escolha um tipo da lista."},
    )
    rede = CampoRede(
        label="Rede", help_text="Com o prefixo ou a máscara. Por exemplo: 10.64.0.0/12. Privado: de /12 a /28. Público: de /14 a /30."
    )
    nome = campos.CampoTexto(
        label="Nome",
        max_length=80,
        help_text="Como a equipe o chama. Por exemplo: Região de Sorocaba",
        widget=forms.TextInput(attrs={"largura": "longa"}),
        error_messages={"required": "Dê um nome ao bloco. Por exemplo: Região de Sorocaba."},
    )
    regiao = forms.ChoiceField(
        label="Região que ele atende",
        required=False,
        choices=[("", "Todo o Estado"), *((ddd, f"DDD {ddd} ({nome})") for ddd, nome in campos.REGIOES.items())],
        widget=forms.Select(attrs={"largura": "longa"}),
    )
    origem = campos.CampoTexto(
        label="De onde o bloco veio",
        max_length=300,
        linhas=True,
        help_text="Por exemplo: faixa própria da PRODESP, plano de endereços de 2026",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Anote de onde o bloco veio."},
    )

    sem_opcional = True


class FormularioAmpliacao(forms.Form):
    """The larger network that a pool becomes."""

    rede = CampoRede(label="Rede ampliada", help_text="Precisa conter a rede de hoje inteira.")


class FormularioFechamento(forms.Form):
    """Why nothing more is handed out from a pool."""

    motivo = campos.CampoTexto(
        label="Por que o bloco fecha",
        linhas=True,
        max_length=300,
        help_text="Fica no registro do bloco. Por exemplo: faixa reservada para a troca de 2027",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Escreva por que o bloco fecha."},
    )


class FormularioDevolucao(forms.Form):
    """Why a sub-block is given back (IP-08)."""

    motivo = campos.CampoTexto(
        label="Por que o sub-bloco é devolvido",
        linhas=True,
        max_length=500,
        help_text="A prefeitura lê este texto. Por exemplo: a unidade fechou e o link foi desativado",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Escreva por que o sub-bloco foi devolvido."},
    )


class FormularioAtribuicao(forms.Form):
    """How many, or which, sub-blocks a prefeitura receives."""

    sem_opcional = True

    privados = _quantidade("Privados (/28)", "Para a intranet.")
    publicos = _quantidade("Públicos (/30)", "Para a internet.", maximo=9)
    onde = forms.ChoiceField(
        label="De onde",
        required=False,
        help_text="O portal pega os primeiros livres. Se o lugar só tem um tipo, o outro tipo sai de qualquer bloco aberto.",
        widget=forms.Select(attrs={"largura": "longa"}),
        error_messages={"invalid_choice": "Escolha da lista."},
    )
    seguidos = forms.BooleanField(label="Só se forem seguidos, sem intervalo entre eles", required=False)
    escolhidos = campos.CampoTexto(
        label="Ou sub-blocos escolhidos",
        linhas=True,
        required=False,
        max_length=600,
        help_text="Um por linha, como em 10.64.18.96/28. Estes entram no lugar das quantidades do mesmo tipo.",
        widget=forms.Textarea(attrs={"rows": 2, "class": "ig-mono", "largura": "longa"}),
    )

    def __init__(self, dados: Any = None, *, abertos: Callable[[], list[PoolCIDR]]) -> None:
        super().__init__(dados, label_suffix="", auto_id="id_%s")
        self._abertos = abertos
        self.fields["onde"].choices = self._onde  # type: ignore[attr-defined]

    @cached_property
    def pools(self) -> list[PoolCIDR]:
        """The open pools, read only when somebody chooses among them."""
        return self._abertos()

    def _onde(self) -> list[tuple[str, str]]:
        regioes = sorted({p.regiao for p in self.pools if p.regiao})
        return [
            ("", "Qualquer bloco aberto"),
            *((f"regiao:{r}", f"Blocos do DDD {r} ({campos.REGIOES.get(r, '')})") for r in regioes),
            *((f"pool:{p.pk}", f"{p}, {p.nome} ({p.get_perfil_display().lower()})") for p in self.pools),
        ]

    def clean_escolhidos(self) -> dict[str, list[int]]:
        """Kind → first addresses. Raises ``ValidationError`` naming the line that is no sub-block."""
        por_prefixo = {prefixo: perfil for perfil, prefixo in PREFIXO.items()}
        achados: dict[str, list[int]] = {}
        for linha in filter(None, (parte.strip() for parte in _ENTRE.split(self.cleaned_data["escolhidos"]))):
            try:
                inicio, prefixo = ler_rede(linha)
            except ValueError:
                porque = erro_da_rede(linha, varias="Escreva uma por linha.") or "Escreva como em 10.64.18.96/28."
                raise ValidationError(f"“{linha[:40]}” não é um sub-bloco. {porque}") from None
            if prefixo not in por_prefixo:
                raise ValidationError(f"“{linha[:40]}”: um sub-bloco é /28, privado, ou /30, público.")
            achados.setdefault(por_prefixo[prefixo], []).append(inicio)
        return achados

    def clean(self) -> dict[str, Any]:
        """Something has to be asked for, and the place chosen has to have some of it."""
        limpos = super().clean() or {}
        if self.errors:
            return limpos
        if not (limpos.get("privados") or limpos.get("publicos") or limpos.get("escolhidos")):
            self.add_error("privados", "Diga quantos sub-blocos atribuir.")
            return limpos
        quantos = {Perfil.PRIVADO.value: limpos["privados"], Perfil.PUBLICO.value: limpos["publicos"]}
        pedidos = {perfil for perfil, n in quantos.items() if n and perfil not in limpos["escolhidos"]}
        if limpos["onde"] and pedidos and not pedidos & self.perfis_de_onde:
            que, _, qual = limpos["onde"].partition(":")
            onde = f"O DDD {qual}" if que == "regiao" else next(str(p) for p in self.pools if str(p.pk) == qual)
            tem = " e ".join(sorted(PLURAL[perfil] for perfil in self.perfis_de_onde))
            self.add_error("onde", f"{onde} só tem {tem}. Escolha outro lugar ou peça {tem}.")
        return limpos

    @property
    def perfis_de_onde(self) -> set[str]:
        """The kinds that the place chosen has blocks of; none while no place is chosen."""
        que, _, qual = self.cleaned_data["onde"].partition(":")
        if not que:
            return set()
        return {p.perfil for p in self.pools if (que == "pool" and str(p.pk) == qual) or (que == "regiao" and p.regiao == qual)}


class FormularioAnexoII(forms.Form):
    """The additional quantities of an updated Anexo II (ADS-13)."""

    sem_opcional = True

    privados = _quantidade("Privados (/28) a mais", "")
    publicos = _quantidade("Públicos (/30) a mais", "", maximo=9)
    referencia = campos.CampoTexto(
        label="Qual documento",
        max_length=200,
        help_text="Por exemplo: Anexo II de 12/10/2026",
        widget=forms.TextInput(attrs={"largura": "longa"}),
        error_messages={"required": "Diga qual é o documento. Por exemplo: Anexo II de 12/10/2026."},
    )

    def __init__(self, dados: Any = None) -> None:
        super().__init__(dados, label_suffix="", auto_id="id_anexo_%s")
