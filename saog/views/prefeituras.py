"""What PRODESP decides about a prefeitura: suspending its validation (SS-08), granting more links (LNK-06)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from contas.acesso import ator_de, exige, exige_algum, guarda_o_texto
from contas.models import Municipio
from contas.paginas import agora, com_o_texto, feito, pagina_de
from contas.permissoes import pode
from enderecamento.consultas import sancoes_de
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao
from saog import acoes, consultas
from saog.consultas import filas
from saog.forms.prodesp import FiltroDePrefeituras, FormularioFimDoLimite, FormularioLimite, FormularioRetomada, FormularioSuspensao

from .comum import fazer_uma_vez

_ATO = {"suspender": "ss.suspender", "retomar": "ss.suspender", "conceder": "ss.limites", "encerrar": "ss.limites"}
_DE_MOTIVO = {"suspender": FormularioSuspensao, "retomar": FormularioRetomada}
_DE_LIMITE = {"conceder": FormularioLimite, "encerrar": FormularioFimDoLimite}


@exige("fila_ss.ver")
@require_GET
def prefeituras(request: HttpRequest) -> HttpResponse:
    """The prefeituras with an adhesion in force: links used, limit, suspension."""
    relogio = agora()
    filtros = {"busca": request.GET.get("busca", "").replace("\0", "").strip()[:60], "so": request.GET.get("so", "")[:20]}
    pagina = pagina_de(filas.prefeituras(filtros), request)
    contexto = {
        "largo": True,
        "agora": relogio,
        "filtros": FiltroDePrefeituras(filtros),
        "ativos": any(filtros.values()),
        "pagina": pagina,
        "linhas": filas.situacao_das_prefeituras([m.pk for m in pagina], prazos.dia_local(relogio)),
    }
    return render(request, "saog/prodesp/prefeituras.html", contexto)


@exige("fila_ss.ver")
@require_GET
def prefeitura(request: HttpRequest, codigo_ibge: int) -> HttpResponse:
    """What PRODESP decided about a prefeitura, with the history; the gestor has the forms too."""
    return _tela(request, _municipio(codigo_ibge))


@guarda_o_texto
@exige_algum("ss.suspender", "ss.limites")
@require_POST
def decidir(request: HttpRequest, codigo_ibge: int, ato: str) -> HttpResponse:
    """Suspend, resume (SS-08), grant, or end what was granted (LNK-06)."""
    por, relogio, municipio = ator_de(request), agora(), _municipio(codigo_ibge)
    if ato not in _ATO:
        raise Http404("ato desconhecido")
    if not pode(por, _ATO[ato]):
        raise SemPermissao("Este ato não é do seu papel.")
    formulario = _formulario(ato, relogio, request.POST)
    if formulario.is_valid():
        dados = formulario.cleaned_data

        def fazer() -> dict[str, Any]:
            comum: dict[str, Any] = {"municipio_id": municipio.pk, "por": por, "agora": relogio}
            {
                "suspender": acoes.suspender_validacao,
                "retomar": acoes.retomar_validacao,
                "conceder": acoes.conceder_limite,
                "encerrar": acoes.encerrar_limite,
            }[ato](**comum, **dados)  # type: ignore[operator]
            return {}

        try:
            fazer_uma_vez(request, f"{ato}:{municipio.pk}", fazer)
            return feito(request, _frase(ato, municipio.nome, dados), "saog:prefeitura_ss", municipio.pk)
        except RegraViolada as erro:
            if erro.campo not in formulario.fields:
                raise
            formulario.add_error(erro.campo, erro.mensagem)
    return _tela(request, municipio, **{ato: formulario})


def _formulario(ato: str, relogio: dt.datetime, dados: Any = None) -> forms.Form:
    if ato in _DE_LIMITE:
        return _DE_LIMITE[ato](dados, hoje=prazos.dia_local(relogio))
    return _DE_MOTIVO[ato](dados, label_suffix="", auto_id=f"id_{ato}_%s")


def _municipio(codigo_ibge: int) -> Municipio:
    municipio = Municipio.objects.filter(pk=codigo_ibge).first()
    if municipio is None:
        raise Http404("município desconhecido")
    return municipio


def _tela(request: HttpRequest, municipio: Municipio, **errado: Any) -> HttpResponse:
    """The page; ``errado`` is the form that was refused, by its act (422)."""
    por, relogio = ator_de(request), agora()
    formularios: dict[str, Any] = {ato: _formulario(ato, relogio) for ato in _ATO} | errado
    for ato in _ATO if not errado else ():
        com_o_texto(request, formularios[ato], caminho=reverse("saog:decidir_prefeitura", args=[municipio.pk, ato]))
    suspensoes, limites = filas.historia_da_prefeitura(municipio.pk)
    limite = consultas.concedido(municipio.pk, prazos.dia_local(relogio))
    contexto = {
        "largo": True,
        "agora": relogio,
        "municipio": municipio,
        "uso": consultas.uso(municipio.pk, relogio),
        "adesao": filas.adesao_aprovada(municipio.pk),
        "suspensao": next((s for s in suspensoes if s.fim_em is None), None),
        "suspensoes": suspensoes,
        "limite": limite,
        "nao_encerra": consultas.por_que_nao_encerrar(municipio.pk) if limite else "",
        "limites": limites,
        "sancoes": sancoes_de([municipio.pk], so_vigentes=True),
        "form_suspender": formularios["suspender"],
        "form_retomar": formularios["retomar"],
        "form_conceder": formularios["conceder"],
        "form_encerrar": formularios["encerrar"],
        "formularios": list(formularios.values()),
        "suspende": pode(por, "ss.suspender"),
        "concede": pode(por, "ss.limites"),
    }
    return render(request, "saog/prodesp/prefeitura.html", contexto, status=422 if errado else 200)


def _frase(ato: str, nome: str, dados: dict[str, Any]) -> str:
    return {
        "suspender": f"A validação das solicitações de {nome} está suspensa. A prefeitura foi avisada.",
        "retomar": f"As solicitações de {nome} voltam a ser validadas. A prefeitura foi avisada.",
        "encerrar": f"O limite concedido a {nome} "
        + (f"vale só até {dados['ultimo_dia']:%d/%m/%Y}" if dados.get("ultimo_dia") else "terminou")
        + ". A prefeitura foi avisada.",
        "conceder": f"{nome} pode ter {dados.get('links')} links de intranet. A prefeitura foi avisada.",
    }[ato]
