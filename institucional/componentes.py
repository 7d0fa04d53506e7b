"""``/componentes/``: one of each piece, at real size, outside production only (picture 12 of the visual guide)."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contas.acesso import publica


class FormularioDeExemplo(forms.Form):
    """Every kind of field, shown with and without errors."""

    nome = forms.CharField(label="Nome", help_text="Completo, como no documento")
    cpf = forms.CharField(label="CPF", widget=forms.TextInput(attrs={"largura": "media", "inputmode": "numeric"}))
    ramal = forms.CharField(label="Ramal", required=False, widget=forms.TextInput(attrs={"largura": "curta"}))
    email = forms.EmailField(label="E-mail", help_text="De preferência o institucional: é para onde vai o acesso")
    municipio = forms.CharField(label="Município", widget=forms.TextInput(attrs={"data-municipios": "/municipios/", "largura": "longa"}))
    regiao = forms.ChoiceField(label="Região", choices=[("", "Escolha"), ("14", "DDD 14")], widget=forms.Select(attrs={"largura": "media"}))
    pedido = forms.ChoiceField(
        label="O que este Anexo I pede",
        choices=[("inclusao", "Inclusão"), ("alteracao", "Alteração"), ("ratificacao", "Ratificação")],
        widget=forms.RadioSelect(attrs={"em_linha": True}),
    )
    sistemas = forms.MultipleChoiceField(
        label="Sistemas", required=False, choices=[("a", "Saúde"), ("b", "Educação")], widget=forms.CheckboxSelectMultiple
    )
    motivo = forms.CharField(label="Motivo", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    arquivo = forms.FileField(
        label="Anexo I assinado", help_text="PDF de até 15 MB. Assinatura à mão digitalizada ou certificado ICP-Brasil."
    )
    ciente = forms.BooleanField(label="Li e concordo em nome da prefeitura")


@publica
@require_safe
def componentes(request: HttpRequest) -> HttpResponse:
    """One of each piece. ``?erros=1`` shows the form with errors."""
    agora = timezone.now()
    meia_noite = timezone.localtime(agora).replace(hour=0, minute=0, second=0, microsecond=0)
    dados = {"nome": "", "cpf": "123", "email": "clara.responsavel@bofete", "pedido": "inclusao", "regiao": "14"}
    contexto = {
        "form": FormularioDeExemplo(dados) if request.GET.get("erros") else FormularioDeExemplo(),
        "agora": agora,
        "situacoes": [
            ("parado", "lapis", "Rascunho"),
            ("parado", "enviar", "Recebida"),
            ("curso", "lupa", "Em conferência"),
            ("correcao", "devolver", "Devolvida para correção"),
            ("curso", "trocar", "Corrigida"),
            ("curso", "relogio", "Em aprovação"),
            ("concluido", "certo", "Em vigor"),
            ("atencao", "alerta", "Ratificação pendente"),
            ("recusado", "xis", "Recusada"),
            ("sem-efeito", "pausa", "Encerrada"),
        ],
        "prazos": [meia_noite + dt.timedelta(days=d + 1) for d in (12, 5, 3, 0, -2)],
        "vence_em": meia_noite + dt.timedelta(days=3),
        "desde": agora - dt.timedelta(days=5),
        "eventos": [
            {"titulo": "Enviada", "quem": "Helena Requerente", "quando": "09/11/2026, 10h12", "momento": "passado"},
            {
                "titulo": "Devolvida com 2 pendências",
                "quem": "Agora: a prefeitura corrige",
                "quando": "desde 17/11/2026",
                "momento": "agora",
            },
            {"titulo": "Nova conferência", "quem": "", "quando": "PRODESP, até 20 dias", "momento": "futuro"},
        ],
        "icones": _icones(),
    }
    return render(request, "institucional/componentes.html", contexto)


def _icones() -> list[str]:
    import re

    from django.contrib.staticfiles import finders

    caminho = finders.find("portal/icones.svg")
    if not caminho:
        return []
    with open(str(caminho), encoding="utf-8") as arquivo:
        return re.findall(r'<symbol id="([a-z-]+)"', arquivo.read())
