"""Where a responsável begins: what waits for the prefeitura, what is on its way, the limits; and the list of all requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from contas.acesso import ator_de, exige
from contas.paginas import agora, pagina_de, texto_de
from enderecamento import consultas as enderecos
from nucleo import prazos
from nucleo.fluxo import Ator
from saog import consultas, pecas
from saog.estados import Conexao, Estado
from saog.forms.prefeitura import FiltrosDasSolicitacoes
from saog.models import SolicitacaoServico

NAO_CABEM = 20


@dataclass(frozen=True, slots=True)
class AFazer:
    """One row of *Para fazer agora*: the act and the place, grey facts, label, sentence beside it, and one button."""

    ss: SolicitacaoServico
    titulo: str
    detalhe: str
    icone: str
    tom: str
    botao: str
    url: str
    rotulo: str = ""
    frase: str = ""

    @property
    def vence_em(self) -> dt.datetime | None:
        """The deadline shown in words, beside ``rotulo`` if there is one."""
        return self.ss.ate_quando


def _ate(ss: SolicitacaoServico) -> str:
    return f"até {prazos.dia_por_extenso(prazos.ultimo_dia(ss.ate_quando))}" if ss.ate_quando else ""


def a_fazer(ss: SolicitacaoServico) -> AFazer:
    """The row of one request that waits for the prefeitura; ``quantas_pendencias`` comes annotated."""
    onde = ss.titulo or f"solicitação {ss.numero}"
    detalhe = f"SS {ss.numero} · {pecas.resumo(ss)}{', da mudança de endereço' if ss.mudanca else ''}"
    if ss.estado == Estado.DEVOLVIDA:
        n = ss.quantas_pendencias  # type: ignore[attr-defined]
        return AFazer(
            ss,
            f"Corrigir e enviar de novo: {onde}",
            detalhe,
            "voltar",
            "correcao",
            "Corrigir",
            reverse("saog:preencher", args=[ss.slug]),
            f"Devolvida, {n} pendência{'s' if n != 1 else ''}",
            _ate(ss),
        )
    if ss.estado == Estado.VALIDADA:
        validada = f" · validada pela PRODESP em {prazos.dia_local(ss.validada_em):%d/%m/%Y}" if ss.validada_em else ""
        return AFazer(
            ss,
            f"Emitir à Operadora: {onde}",
            detalhe + validada,
            "enviar",
            "curso",
            "Emitir",
            reverse("saog:emitir", args=[ss.slug]),
            "Validada",
            "a Operadora só começa depois que você emitir",
        )
    if ss.estado == Estado.EM_ATENDIMENTO:
        desde = f"desde {prazos.dia_por_extenso(prazos.dia_local(ss.pendente_desde))}" if ss.pendente_desde else ""
        return AFazer(
            ss,
            f"Responder à Operadora: {onde}",
            f"{detalhe} · a Operadora pede: {ss.pendente_texto}",
            "info",
            "atencao",
            "Responder",
            reverse("saog:responder", args=[ss.slug]),
            "A Operadora espera",
            desde,
        )
    concluiu = f" · a Operadora concluiu em {prazos.dia_local(ss.desde):%d/%m/%Y}" if ss.estado == Estado.AGUARDANDO_ACEITE else ""
    return AFazer(
        ss,
        f"Aceitar ou recusar a entrega: {onde}",
        detalhe + concluiu,
        "alerta" if ss.estado == Estado.PRAZO_VENCIDO else "certo",
        "recusado" if ss.estado == Estado.PRAZO_VENCIDO else "atencao",
        "Conferir a entrega",
        reverse("saog:solicitacao", args=[ss.slug]),
        frase=_ate(ss),
    )


@dataclass(frozen=True, slots=True)
class NoCaminho:
    """One request on a list, and with whom it is."""

    ss: SolicitacaoServico
    com_quem: str


@dataclass(frozen=True, slots=True)
class LinhaDaLista:
    """One thing on a list: a request, or a change of address with both its halves (SS-06)."""

    par: bool
    unidade: str
    metades: list[NoCaminho]

    @property
    def rascunhos(self) -> str:
        """The drafts in it, as ticked together: their slugs with commas."""
        return ",".join(m.ss.slug for m in self.metades if m.ss.estado == Estado.RASCUNHO)


def _linhas(lista: Iterable[SolicitacaoServico], por: Ator, hoje: dt.date) -> list[LinhaDaLista]:
    return [LinhaDaLista(i.par, i.unidade, [no_caminho(ss, hoje) for ss in i.metades]) for i in consultas.em_pares(lista, por)]


def no_caminho(ss: SolicitacaoServico, hoje: dt.date) -> NoCaminho:
    """With whom a request is, and the date that matters next, in a few words: a visit or a forecast that is still to come."""
    quem = ss.quem_age.removeprefix("a ").removeprefix("o ")
    quem = quem[:1].upper() + quem[1:]
    if ss.estado == Estado.EM_ATENDIMENTO and ss.pendente_desde:
        return NoCaminho(ss, f"{quem}, desde {prazos.dia_local(ss.pendente_desde):%d/%m}")
    if ss.estado == Estado.EM_ATENDIMENTO and ss.visita_em and prazos.dia_local(ss.visita_em) >= hoje:
        return NoCaminho(ss, f"{quem}, visita {prazos.dia_local(ss.visita_em):%d/%m}")
    if ss.estado == Estado.EM_ATENDIMENTO and ss.previsao and ss.previsao >= hoje:
        return NoCaminho(ss, f"{quem}, até {ss.previsao:%d/%m}")
    if ss.estado in (Estado.EM_ATENDIMENTO, Estado.RECUSADA):
        return NoCaminho(ss, f"{quem}, desde {prazos.dia_local(ss.desde):%d/%m}")
    if ss.ate_quando:
        return NoCaminho(ss, f"{quem}, até {prazos.ultimo_dia(ss.ate_quando):%d/%m}")
    return NoCaminho(ss, quem)


@exige("ss.preencher")
@require_GET
def para_fazer(request: HttpRequest) -> HttpResponse:
    """The first page of a responsável."""
    por = ator_de(request)
    municipio = consultas.municipio_de(por)
    if municipio is None:
        raise Http404("sem prefeitura")
    relogio = agora()
    andamento = list(consultas.em_andamento(municipio.pk)[: NAO_CABEM + 1])
    contexto = {
        "municipio": municipio,
        "agora": relogio,
        "em_vigor": consultas.adesao_vigente(municipio.pk),
        "TERMO_FIM": settings.TERMO_FIM,
        "afazeres": [a_fazer(ss) for ss in consultas.para_fazer(municipio.pk)],
        "andamento": _linhas(andamento[:NAO_CABEM], por, prazos.dia_local(relogio)),
        "ha_mais": len(andamento) > NAO_CABEM,
        "rascunhos": consultas.rascunhos(municipio.pk),
        "uso": consultas.uso(municipio.pk, relogio),
        "blocos_privados": enderecos.privados_de(municipio.pk),
        "novidades": consultas.novidades(municipio.pk, para=por.usuario_id, agora=relogio),
        "suspensao": consultas.suspensao_de(municipio.pk),
        "sancoes": enderecos.sancoes_de([municipio.pk], so_vigentes=True),
        "trocas": [t for t in enderecos.trocas_abertas([municipio.pk]) if t.a_confirmar],
        "pode_confirmar": True,
    }
    return render(request, "saog/prefeitura/para_fazer.html", contexto)


@exige("ss.ver")
@require_GET
def solicitacoes(request: HttpRequest) -> HttpResponse:
    """All requests this person may see: drafts, then in progress, then history. Ready drafts and validated ones may be ticked."""
    por = ator_de(request)
    municipio = consultas.municipio_de(por)
    filtros = {"busca": texto_de(request, "busca"), "situacao": texto_de(request, "situacao", maximo=20)}
    ativos = any(filtros.values())
    form = FiltrosDasSolicitacoes(filtros)
    pagina = pagina_de(consultas.solicitacoes(por, filtros), request)
    hoje = prazos.dia_local(agora())
    linhas = _linhas(pagina, por, hoje)
    rascunhos = consultas.rascunhos(municipio.pk) if municipio and not ativos and pagina.number == 1 else []
    contexto = {
        "municipio": municipio,
        "agora": agora(),
        "filtros": form,
        "ativos": ativos,
        "em_palavras": form.em_palavras(),
        "rascunhos": _linhas(rascunhos, por, hoje),
        "pagina": pagina,
        "linhas": linhas,
        "ha_validadas": municipio is not None and any(m.ss.estado == Estado.VALIDADA for linha in linhas for m in linha.metades),
        "em_vigor": municipio is not None and consultas.adesao_vigente(municipio.pk),
    }
    return render(request, "saog/prefeitura/solicitacoes.html", contexto)


@exige("ss.ver")
@require_GET
def mais_links(request: HttpRequest) -> HttpResponse:
    """How to ask for more than 20 intranet links (LNK-06)."""
    municipio = consultas.municipio_de(ator_de(request))
    relogio = agora()
    contexto = {
        "municipio": municipio,
        "uso": consultas.uso(municipio.pk, relogio) if municipio else None,
        "concedido": consultas.concedido(municipio.pk, prazos.dia_local(relogio)) if municipio else None,
        "intranet": Conexao.INTRANET,
    }
    return render(request, "saog/prefeitura/mais_links.html", contexto)
