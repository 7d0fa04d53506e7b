"""PRODESP's side: the analysis of one request, and its acts. The queue is in ``fila``, the prefeituras in ``prefeituras``."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from contas.acesso import ator_de, exige, guarda_o_texto, texto_guardado
from contas.paginas import agora, feito
from contas.permissoes import pode
from enderecamento.consultas import sancoes_de
from nucleo import prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from saog import acoes, consultas
from saog.consultas import filas
from saog.estados import CONEXAO_DO_SERVICO, Conexao, Estado
from saog.forms.prodesp import FormularioPendencia
from saog.models import EnvioSS, PendenciaSS, SolicitacaoServico

from .comum import da_solicitacao, exigir_lida, fazer_uma_vez


@dataclass(slots=True)
class Linha:
    """One field of the request as sent. ``antes`` is the link's present value in an alteração (None where it has none)."""

    campo: str
    rotulo: str
    valor: str
    antes: str | None = None
    pendencia: PendenciaSS | None = None
    anterior: PendenciaSS | None = None
    mudou: bool = False
    era: str = ""

    @property
    def ancora(self) -> str:
        """Where the row is on the page."""
        return f"linha-{self.campo}"


@dataclass(slots=True)
class Analise:
    """The reading of the last sending with marks and changes. ``anteriores``: (sending before, what changed since, what PRODESP asked)."""

    envio: EnvioSS
    grupos: list[tuple[str, list[Linha]]]
    marcadas: int = 0
    anteriores: list[tuple[EnvioSS, list[dict[str, str]], list[PendenciaSS]]] = field(default_factory=list)

    def linha(self, campo: str) -> Linha | None:
        """The row of that field."""
        return next((li for _, linhas in self.grupos for li in linhas if li.campo == campo), None)


def montar(ss: SolicitacaoServico) -> Analise:
    """Put the analysis together (two queries). Raises ``Http404`` for a request that was never sent."""
    envios = list(ss.lista_de_envios.select_related("por").order_by("ordem"))
    if not envios:
        raise Http404("solicitação sem envio")
    pendencias = PendenciaSS.objects.filter(envio__solicitacao=ss).select_related("motivo").order_by("pk")
    por_envio: dict[int, dict[str, PendenciaSS]] = {}
    for p in pendencias:
        por_envio.setdefault(p.envio_id, {})[p.campo] = p
    envio, anterior = envios[-1], envios[-2] if len(envios) > 1 else None
    velhos = {c["campo"]: c["valor"] for c in _campos(anterior)} if anterior else {}
    marcadas, pedidas = por_envio.get(envio.pk, {}), por_envio.get(anterior.pk, {}) if anterior else {}
    grupos = [
        (
            g["titulo"],
            [
                Linha(
                    c["campo"],
                    c["rotulo"],
                    c["valor"],
                    antes=c.get("antes"),
                    pendencia=marcadas.get(c["campo"]),
                    anterior=pedidas.get(c["campo"]),
                    mudou=anterior is not None and velhos.get(c["campo"], "") != c["valor"],
                    era=velhos.get(c["campo"], ""),
                )
                for c in g["campos"]
            ],
        )
        for g in envio.dados["leitura"]
    ]
    pares = list(itertools.pairwise(envios))
    return Analise(
        envio=envio,
        grupos=grupos,
        marcadas=sum(p.comunicada_em is None for p in marcadas.values()),
        anteriores=[(a, _mudancas(a, b), list(por_envio.get(a.pk, {}).values())) for a, b in reversed(pares)],
    )


def _campos(envio: EnvioSS) -> list[dict[str, Any]]:
    return [c for g in envio.dados["leitura"] for c in g["campos"]]


def _mudancas(antes: EnvioSS, depois: EnvioSS) -> list[dict[str, str]]:
    """What changed from one sending to the next, by field."""
    velhos = {c["campo"]: c for c in _campos(antes)}
    novos = {c["campo"]: c for c in _campos(depois)}
    return [
        {
            "rotulo": (novos.get(campo) or velhos[campo])["rotulo"],
            "antes": velhos.get(campo, {}).get("valor", ""),
            "depois": novos.get(campo, {}).get("valor", ""),
        }
        for campo in dict.fromkeys([*velhos, *novos])
        if velhos.get(campo, {}).get("valor", "") != novos.get(campo, {}).get("valor", "")
    ]


# --- The page -----------------------------------------------------------------------------------------------------
def _pedido(request: HttpRequest, numero: str, ato: str) -> tuple[Ator, SolicitacaoServico]:
    por = ator_de(request)
    ss = consultas.obter(por, numero, ato)
    if not ss.envios:
        raise Http404("solicitação sem envio")
    return por, ss


def _valida_agora(ss: SolicitacaoServico, por: Ator) -> bool:
    return ss.estado == Estado.EM_VALIDACAO and pode(por, "ss.validar")


def _de_volta(ss: SolicitacaoServico, *, ancora: str = "") -> HttpResponse:
    endereco = reverse("saog:analise", args=[ss.slug])
    return redirect(f"{endereco}{f'#{ancora}' if ancora else ''}")


@exige("fila_ss.ver")
@require_GET
def analise(request: HttpRequest, numero: str) -> HttpResponse:
    """What was asked, with the prefeitura in view: its limits, links, blocks, debts and other requests (SS-02)."""
    por, ss = _pedido(request, numero, "fila_ss.ver")
    lida = montar(ss)
    guardado = texto_guardado(request, reverse("saog:pendencia", args=[ss.slug]))
    pedida = guardado.get("marcar", "") if guardado else request.GET.get("marcar", "")
    marcada = lida.linha(pedida) if _valida_agora(ss, por) else None
    formulario = None
    if marcada is not None:
        p = marcada.pendencia
        inicial = guardado or ({"motivo": p.motivo_id, "texto": p.texto} if p else None)
        formulario = FormularioPendencia(motivos=consultas.motivos(), initial=inicial)
        if guardado:
            messages.warning(request, guardado.aviso)
    return _tela(request, por, ss, lida, formulario=formulario, marcada=marcada.campo if marcada else "")


def _tela(
    request: HttpRequest,
    por: Ator,
    ss: SolicitacaoServico,
    lida: Analise,
    *,
    formulario: FormularioPendencia | None,
    marcada: str,
    status: int = 200,
) -> HttpResponse:
    relogio = agora()
    suspensao = consultas.suspensao_de(ss.municipio_id)
    contexto = da_solicitacao(
        ss,
        por,
        largo=True,
        analise=lida,
        envio=lida.envio,
        form=formulario,
        marcada=marcada,
        edita=_valida_agora(ss, por),
        suspensao=suspensao,
        sancoes=sancoes_de([ss.municipio_id], so_vigentes=True),
        segura=suspensao is not None and not filas.nunca_suspensa(ss),
        uso=consultas.uso(ss.municipio_id, relogio),
        links=filas.links_da_prefeitura(ss.municipio_id),
        adesao=filas.adesao_aprovada(ss.municipio_id),
        blocos=filas.blocos_atribuidos(ss.municipio_id),
        outras=filas.outras_da_prefeitura(ss),
        endereco_do_servico=_endereco_do_servico(ss.servico),
        gere=pode(por, "ss.suspender"),
        contatos=filas.com_quem_falar(ss.municipio_id, relogio) if ss.estado == Estado.PRAZO_VENCIDO else [],
    )
    return render(request, "saog/prodesp/analise.html", contexto, status=status)


def _endereco_do_servico(servico: str) -> str:
    """The kind of address that service takes (LNK-01, LNK-03), in words."""
    conexao = CONEXAO_DO_SERVICO.get(servico)
    return "" if conexao is None else "público, /30" if conexao == Conexao.INTERNET else "privado, /28"


# --- Acts ---------------------------------------------------------------------------------------------------------
@guarda_o_texto
@exige("ss.validar")
@require_POST
def pendencia(request: HttpRequest, numero: str) -> HttpResponse:
    """Mark or change a pendência on one field. An error opens the row again with what was typed (422)."""
    por, ss = _pedido(request, numero, "ss.validar")
    exigir_lida(request, ss)
    campo = request.POST.get("marcar", "")[:40]
    formulario = FormularioPendencia(request.POST, motivos=consultas.motivos())
    if formulario.is_valid():
        dados = formulario.cleaned_data
        try:
            acoes.marcar_pendencia(ss_id=ss.pk, campo=campo, motivo_id=dados["motivo"], texto=dados["texto"], por=por, agora=agora())
        except RegraViolada as erro:
            if erro.campo not in formulario.fields:
                raise
            formulario.add_error(erro.campo, erro.mensagem)
    if formulario.is_valid():
        return _de_volta(ss, ancora=f"linha-{campo}")
    return _tela(request, por, ss, montar(ss), formulario=formulario, marcada=campo, status=422)


@exige("ss.validar")
@require_POST
def retirar(request: HttpRequest, numero: str, pendencia_id: int) -> HttpResponse:
    """Take back a mark that the prefeitura has not been told of."""
    por, ss = _pedido(request, numero, "ss.validar")
    acoes.retirar_pendencia(ss_id=ss.pk, pendencia_id=pendencia_id, por=por, agora=agora())
    return _de_volta(ss, ancora=f"linha-{request.POST.get('marcar', '')[:40]}")


@exige("ss.validar")
@require_POST
def devolver(request: HttpRequest, numero: str) -> HttpResponse:
    """Return with what is marked (SS-02). A double click returns once."""
    por, ss = _pedido(request, numero, "ss.validar")

    def fazer() -> dict[str, Any]:
        devolvida = acoes.devolver(ss_id=ss.pk, por=por, agora=agora())
        assert devolvida.vence_em is not None  # constraint saog_validacao_tem_prazo
        return {"ate": prazos.dia_por_extenso(prazos.ultimo_dia(devolvida.vence_em))}

    ate = fazer_uma_vez(request, f"ss_devolver:{ss.pk}", fazer, sobre=ss)["ate"]
    return feito(request, f"Devolvida. A prefeitura foi avisada e tem até {ate} para corrigir.", "saog:analise", ss.slug)


@exige("ss.validar")
@require_POST
def validar(request: HttpRequest, numero: str) -> HttpResponse:
    """Right as it is (SS-02). Refused while the prefeitura's validation is suspended (SS-08)."""
    por, ss = _pedido(request, numero, "ss.validar")

    def fazer() -> dict[str, Any]:
        acoes.validar(ss_id=ss.pk, por=por, agora=agora())
        return {}

    fazer_uma_vez(request, f"ss_validar:{ss.pk}", fazer, sobre=ss)
    frase = f"Solicitação {ss.numero} validada. A prefeitura foi avisada e já pode emitir à Operadora."
    return feito(request, frase, "saog:fila")
