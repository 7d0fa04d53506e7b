"""The gestor's calendar: days without office hours and outages of the portal (PRZ-04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from adesao import acoes
from adesao.forms import FormularioDia, FormularioQueda
from contas.acesso import ator_de, exige, guarda_o_texto
from contas.models import Municipio
from contas.municipios import dobrar, procurar
from contas.paginas import agora, com_os_textos, feito
from contas.permissoes import pode
from nucleo.erros import RegraViolada
from nucleo.models import DiaSemExpediente, Indisponibilidade

from .comum import fazer_uma_vez


@guarda_o_texto
@exige("configuracoes.ver", para_mudar="calendario.editar")
@require_http_methods(["GET", "POST"])
def calendario(request: HttpRequest) -> HttpResponse:
    """Both registers, and for the gestor their two forms; what is wrong is said beside the field."""
    edita = pode(ator_de(request), "calendario.editar")
    ato = request.POST.get("ato", "")
    dia = FormularioDia(request.POST if ato == "dia" else None, auto_id="id_dia_%s", label_suffix="")
    queda = FormularioQueda(request.POST if ato == "queda" else None, auto_id="id_queda_%s", label_suffix="")
    if not ato:
        com_os_textos(request, [dia, queda])
    try:
        if dia.is_bound and dia.is_valid():
            return _registrar_dia(request, dia)
        if queda.is_bound and queda.is_valid():
            return _registrar_queda(request, queda)
    except RegraViolada as erro:
        formulario = dia if dia.is_bound else queda
        if erro.campo not in formulario.fields:
            raise
        formulario.add_error(erro.campo, erro.mensagem)
    dias = list(DiaSemExpediente.objects.filter(data__gte=timezone.localdate(agora()) - dt.timedelta(days=30)).order_by("data", "pk"))
    nomes = dict(Municipio.objects.filter(pk__in={d.codigo_ibge for d in dias if d.codigo_ibge}).values_list("pk", "nome"))
    contexto = {
        "largo": True,
        "dias": [(d, nomes.get(d.codigo_ibge or 0, "Estado")) for d in dias],
        "quedas": list(Indisponibilidade.objects.select_related("registrada_por").order_by("-inicio_em", "-pk")[:50]),
        "dia": dia,
        "queda": queda,
        "formularios": [dia, queda],
        "edita": edita,
    }
    return render(request, "adesao/prodesp/calendario.html", contexto, status=422 if dia.errors or queda.errors else 200)


def _registrar_dia(request: HttpRequest, form: FormularioDia) -> HttpResponse:
    limpos = form.cleaned_data
    municipio = _municipio(limpos["municipio"])

    def fazer() -> dict[str, Any]:
        novo = acoes.registrar_dia(
            data=limpos["data"], descricao=limpos["descricao"], codigo_ibge=municipio.pk if municipio else None, por=ator_de(request)
        )
        return {"data": f"{novo.data:%d/%m/%Y}", "onde": f"de {municipio.nome}" if municipio else "do Estado todo"}

    dito = fazer_uma_vez(request, "calendario.dia", fazer)
    return feito(
        request,
        f"{dito['data']} está no calendário {dito['onde']}. Vale para os prazos que começarem daqui em diante.",
        "adesao:calendario",
    )


def _municipio(texto: str) -> Municipio | None:
    if not texto:
        return None
    achado = next((m for m in procurar(texto) if dobrar(m.nome) == dobrar(texto)), None)
    if achado is None:
        raise RegraViolada("Não achamos este município em São Paulo. Confira o nome.", campo="municipio")
    return achado


def _registrar_queda(request: HttpRequest, form: FormularioQueda) -> HttpResponse:
    limpos = form.cleaned_data
    fuso = timezone.get_current_timezone()

    def fazer() -> dict[str, Any]:
        movidos = acoes.registrar_queda(
            inicio_em=dt.datetime.combine(limpos["inicio"], limpos["hora_inicio"], tzinfo=fuso),
            fim_em=dt.datetime.combine(limpos["fim"], limpos["hora_fim"], tzinfo=fuso),
            motivo=limpos["motivo"],
            por=ator_de(request),
            agora=agora(),
        )
        return {"movidos": movidos}

    n = fazer_uma_vez(request, "calendario.queda", fazer)["movidos"]
    quantos = {0: "Nenhum prazo terminava nesses dias.", 1: "1 processo ganhou prazo."}.get(n, f"{n} processos ganharam prazo.")
    return feito(request, f"Queda registrada. {quantos}", "adesao:calendario")


@exige("calendario.editar")
@require_http_methods(["GET", "HEAD", "POST"])
def retirar_dia(request: HttpRequest, dia_id: int) -> HttpResponse:
    """Take a day out of the calendar, after a page that says what it does. One that is gone already is out, which is what was asked."""
    if request.method != "POST":
        dia = get_object_or_404(DiaSemExpediente, pk=dia_id)
        onde = Municipio.objects.filter(pk=dia.codigo_ibge).first() if dia.codigo_ibge else None
        return render(request, "adesao/prodesp/retirar_dia.html", {"dia": dia, "onde": onde or "todo o Estado"})
    acoes.retirar_dia(dia_id=dia_id, por=ator_de(request))
    return feito(request, "Dia retirado. Os prazos já contados com ele ficam como estão.", "adesao:calendario")
