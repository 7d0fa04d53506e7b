"""The Operadora's side: orders, one order with its acts, the agenda (SS-03 to SS-05)."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import agora, com_o_texto, feito, pagina_de
from contas.permissoes import pode
from nucleo import prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from saog import acoes, consultas, pecas
from saog.consultas import filas
from saog.estados import EM_ACEITE, Estado, Natureza
from saog.forms import operadora as formas
from saog.forms.operadora import FormularioDaOrdem, FormularioEntrega
from saog.forms.prodesp import FiltroDasOrdens
from saog.models import SolicitacaoServico

from .comum import da_solicitacao, fazer_uma_vez

ENTREGA = acoes.ENTREGA


# --- Lists --------------------------------------------------------------------------------------------------------
@exige("ordens.ver")
@require_GET
def ordens(request: HttpRequest) -> HttpResponse:
    """Emitted requests by what they wait for; the wished day first."""
    corte = request.GET.get("corte", "")
    filtros = {
        "corte": corte if corte in filas.CORTES_DAS_ORDENS else "novas",
        "busca": request.GET.get("busca", "").replace("\0", "").strip()[:60],
    }
    contagens = filas.contagens_das_ordens()
    relogio = agora()
    contexto = {
        "largo": True,
        "agora": relogio,
        "hoje": prazos.dia_local(relogio),
        "cortes": [
            {"codigo": c, "rotulo": r, "total": contagens[c], "atual": c == filtros["corte"], "vermelho": c == "recusadas"}
            for c, r in filas.CORTES_DAS_ORDENS.items()
        ],
        "corte": filtros["corte"],
        "busca": filtros["busca"],
        "filtros": FiltroDasOrdens(filtros),
        "pagina": pagina_de(filas.ordens(filtros), request),
        "atende": pode(ator_de(request), "ordens.atender"),
    }
    return render(request, "saog/operadora/ordens.html", contexto)


@exige("ordens.ver")
@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """Scheduled visits by day, the next first; then those whose day has passed and whose order goes on."""
    relogio = agora()
    pagina = pagina_de(filas.agenda(relogio), request)
    contexto = {
        "agora": relogio,
        "hoje": prazos.dia_local(relogio),
        "pagina": pagina,
        "dias": [(dia, list(visitas)) for dia, visitas in itertools.groupby(pagina, key=_dia_da_visita)],
        "passadas": list(filas.agenda(relogio, passadas=True)[:20]),
    }
    return render(request, "saog/operadora/agenda.html", contexto)


def _dia_da_visita(ss: SolicitacaoServico) -> dt.date:
    assert ss.visita_em is not None  # filas.agenda
    return prazos.dia_local(ss.visita_em)


# --- One order ----------------------------------------------------------------------------------------------------
def _ordem(request: HttpRequest, numero: str, ato: str) -> tuple[Ator, SolicitacaoServico]:
    por = ator_de(request)
    ss = consultas.obter(por, numero, ato)
    if ss.emitida_em is None:
        raise Http404("solicitação ainda não emitida")
    return por, ss


@exige("ordens.ver")
@require_GET
def ordem(request: HttpRequest, numero: str) -> HttpResponse:
    """Everything the Operadora needs to do it, and what to do now."""
    por, ss = _ordem(request, numero, "ordens.ver")
    esperou = filas.espera_pela_prefeitura(ss, agora())
    contexto = da_solicitacao(
        ss,
        por,
        atende=pode(por, "ordens.atender"),
        unidade=ss.acesso.unidade if ss.acesso else None,
        ordem_pdf=filas.ordem_impressa(ss),
        marcos=list(ss.marcos.order_by("pk")),
        esperou=_em_dias(esperou) if esperou else "",
        em_aceite=ss.estado in EM_ACEITE,
        cancelamentos=filas.cancelamentos_de(ss),
    )
    if ss.natureza != Natureza.ATIVACAO:  # the site and the link are in a box of their own
        contexto["fatos"] = [f for f in contexto["fatos"] if f["campo"] not in pecas.SOBRE_O_LINK]
    return render(request, "saog/operadora/ordem.html", contexto)


def _em_dias(tempo: dt.timedelta) -> str:
    if tempo < dt.timedelta(hours=1):
        return "menos de 1 hora"
    if tempo < dt.timedelta(days=1):
        horas = tempo.seconds // 3600
        return f"{horas} hora{'s' if horas > 1 else ''}"
    return f"{tempo.days} dia{'s' if tempo.days > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Ato:
    """One act on its own page. ``quando`` says whether the order is at that point; ``fazer`` runs it; ``feito`` is said afterwards."""

    titulo: str
    nota: str
    botao: str
    formulario: type[FormularioDaOrdem]
    quando: Callable[[SolicitacaoServico], bool]
    fazer: Callable[..., Any]
    feito: str
    perigo: bool = False


def _em_atendimento(ss: SolicitacaoServico) -> bool:
    return bool(ss.estado == Estado.EM_ATENDIMENTO)


def _marcar(formulario: FormularioDaOrdem, **comum: Any) -> None:
    assert isinstance(formulario, formas.FormularioMarco)
    acoes.registrar_marco(**comum, **formulario.argumentos())


def _agendar(formulario: FormularioDaOrdem, **comum: Any) -> None:
    limpos = formulario.cleaned_data
    try:
        acoes.agendar(**comum, visita_em=limpos["visita_em"], texto=limpos["texto"])
    except RegraViolada as erro:
        if erro.campo == "visita":
            erro.campo = "dia"
        raise


ATOS: dict[str, Ato] = {
    "comecar": Ato(
        "Começar o atendimento",
        "A prefeitura é avisada de que você começou.",
        "Começar o atendimento",
        formas.FormularioComecar,
        lambda ss: ss.estado in (Estado.EMITIDA, Estado.RECUSADA),
        lambda f, **comum: acoes.atender(**comum, previsao=f.cleaned_data["previsao"]),
        "Atendimento começado. A prefeitura foi avisada.",
    ),
    "agendar": Ato(
        "Agendar visita",
        "A prefeitura recebe o dia e a hora por e-mail. Marcar de novo muda a visita.",
        "Agendar a visita",
        formas.FormularioVisita,
        _em_atendimento,
        _agendar,
        "Visita agendada. A prefeitura foi avisada.",
    ),
    "marco": Ato(
        "Informar andamento",
        "Aparece no histórico que a prefeitura acompanha.",
        "Informar",
        formas.FormularioMarco,
        _em_atendimento,
        _marcar,
        "Andamento informado.",
    ),
    "pedir": Ato(
        "Pedir algo à prefeitura",
        "O portal anota desde quando você espera. A prefeitura responde por aqui.",
        "Pedir à prefeitura",
        formas.FormularioPedir,
        lambda ss: _em_atendimento(ss) and ss.pendente_desde is None,
        lambda f, **comum: acoes.pendenciar(**comum, texto=f.cleaned_data["texto"]),
        "Pedido feito. A prefeitura foi avisada, e a espera está anotada.",
    ),
    "retomar": Ato(
        "Retomar o atendimento",
        "Use quando o que você pediu à prefeitura já está resolvido.",
        "Retomar",
        formas.FormularioRetomar,
        lambda ss: _em_atendimento(ss) and ss.pendente_desde is not None,
        lambda f, **comum: acoes.retomar(**comum, texto=f.cleaned_data["texto"]),
        "Atendimento retomado. O tempo de espera ficou anotado.",
    ),
    "inviavel": Ato(
        "Declarar inviável",
        "A ordem termina aqui e o lugar do link volta a ficar livre para a prefeitura.",
        "Declarar inviável",
        formas.FormularioInviavel,
        lambda ss: ss.estado in (Estado.EMITIDA, Estado.EM_ATENDIMENTO),
        lambda f, **comum: acoes.declarar_inviavel(**comum, motivo=f.cleaned_data["motivo"]),
        "Ordem encerrada como inviável. A prefeitura foi avisada.",
        perigo=True,
    ),
}


@guarda_o_texto
@exige("ordens.atender")
@require_http_methods(["GET", "POST"])
def ato(request: HttpRequest, numero: str, qual: str) -> HttpResponse:
    """One act of the Operadora on its own page: without JavaScript, with room for what is wrong."""
    feitura = ATOS.get(qual)
    if feitura is None:
        raise Http404("ato desconhecido")
    por, ss = _ordem(request, numero, "ordens.atender")
    relogio = agora()
    formulario = feitura.formulario(request.POST if request.method == "POST" else None, ss=ss, agora=relogio)
    status = 200
    if request.method == "POST":
        if formulario.is_valid():

            def fazer() -> dict[str, Any]:
                feitura.fazer(formulario, ss_id=ss.pk, por=por, agora=relogio)
                return {}

            try:
                fazer_uma_vez(request, f"ordem_{qual}:{ss.pk}", fazer, sobre=ss)
                return feito(request, feitura.feito, "saog:ordem", ss.slug)
            except RegraViolada as erro:
                if erro.campo not in formulario.fields:
                    raise
                formulario.add_error(erro.campo, erro.mensagem)
        status = 422
    elif not feitura.quando(ss):
        messages.info(request, f"Não é hora de “{feitura.titulo.lower()}”: a ordem está em “{ss.rotulo}”.")
        return redirect("saog:ordem", ss.slug)
    com_o_texto(request, formulario)
    return render(request, "saog/operadora/ato.html", da_solicitacao(ss, por, form=formulario, ato=feitura), status=status)


# --- Delivery -----------------------------------------------------------------------------------------------------
@guarda_o_texto
@exige("ordens.atender")
@require_http_methods(["GET", "POST"])
def entregar(request: HttpRequest, numero: str) -> HttpResponse:  # noqa: PLR0911  one per button and per refusal
    """Circuit, equipment, tests and files; the files are put in and taken out before delivering, what was typed stays (SS-04)."""
    por, ss = _ordem(request, numero, "ordens.atender")
    relogio = agora()
    if request.method == "GET":
        if not _em_atendimento(ss):
            messages.info(request, f"Só se entrega o que está em atendimento: a ordem está em “{ss.rotulo}”.")
            return redirect("saog:ordem", ss.slug)
        return _tela_da_entrega(request, por, ss, com_o_texto(request, FormularioEntrega(ss=ss, agora=relogio, initial=_do_link(ss))))
    formulario = FormularioEntrega(request.POST, ss=ss, agora=relogio)
    digitado = FormularioEntrega(ss=ss, agora=relogio, initial=request.POST.dict())
    try:
        if "retirar" in request.POST:
            acoes.retirar_anexo(ss_id=ss.pk, documento=_uuid(request.POST["retirar"]), qual=ENTREGA, por=por, agora=relogio)
            return _tela_da_entrega(request, por, ss, digitado)
        arquivo = request.FILES.get("arquivo")
        incluir = request.POST.get("acao") == "incluir"
        if incluir and arquivo is None:
            raise RegraViolada("Escolha o arquivo: um PDF ou uma foto (JPEG ou PNG).", campo="arquivo")
        if arquivo is not None and _em_atendimento(ss):
            acoes.anexar(ss_id=ss.pk, arquivo=arquivo, qual=ENTREGA, por=por, agora=relogio)
    except RegraViolada as erro:
        if erro.campo != "arquivo":
            raise
        com_os_campos = formulario if request.POST.get("acao") == "entregar" else digitado  # every error at once
        return _tela_da_entrega(request, por, ss, com_os_campos, erro_do_arquivo=erro.mensagem, status=erro.status)
    if incluir:
        return _tela_da_entrega(request, por, ss, digitado)
    if request.POST.get("acao") == "entregar" and formulario.is_valid():

        def fazer() -> dict[str, Any]:
            entrega = acoes.entregar(ss_id=ss.pk, dados=acoes.DadosDaEntrega(**_medidas(formulario)), por=por, agora=relogio)
            return {"ate": prazos.dia_por_extenso(prazos.ultimo_dia(entrega.aceite_vence_em))}

        try:
            ate = fazer_uma_vez(request, f"ordem_entregar:{ss.pk}", fazer, sobre=ss)["ate"]
            return feito(request, f"Entregue. A prefeitura foi avisada e tem até {ate} para aceitar ou recusar.", "saog:ordem", ss.slug)
        except RegraViolada as erro:
            if erro.campo not in formulario.fields:
                raise
            formulario.add_error(erro.campo, erro.mensagem)
    return _tela_da_entrega(request, por, ss, formulario, status=422 if formulario.errors else 200)


def _tela_da_entrega(
    request: HttpRequest, por: Ator, ss: SolicitacaoServico, formulario: FormularioEntrega, *, erro_do_arquivo: str = "", status: int = 200
) -> HttpResponse:
    contexto = da_solicitacao(
        ss,
        por,
        form=formulario,
        arquivos=consultas.arquivos(ss, f"{ENTREGA}-{ss.entregas + 1}"),
        erro_do_arquivo=erro_do_arquivo,
        com_erro=bool(erro_do_arquivo),
    )
    return render(request, "saog/operadora/entregar.html", contexto, status=status)


def _do_link(ss: SolicitacaoServico) -> dict[str, str]:
    """Circuit and equipment the link has already, for what is not an ativação; those of the refused delivery, when there was one."""
    anterior = ss.lista_de_entregas.filter(ordem=ss.entregas).first()
    fonte = anterior or (ss.acesso if ss.natureza == Natureza.ALTERACAO else None)
    return {"circuito": fonte.circuito, "equipamento": fonte.equipamento} if fonte else {}


def _medidas(formulario: FormularioEntrega) -> dict[str, Any]:
    return {nome: formulario.cleaned_data[nome] for nome in formulario.fields}


def _uuid(texto: str) -> uuid.UUID:
    try:
        return uuid.UUID(texto)
    except ValueError:
        raise Http404("arquivo desconhecido") from None
