"""The links of a prefeitura, and what may be done with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from contas import paginas
from contas.acesso import ator_de, exige, exige_algum
from contas.paginas import agora, feito, pagina_de, texto_de
from contas.permissoes import pode
from enderecamento.consultas import do_municipio
from nucleo import prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from saog import acoes, consultas, pecas
from saog.estados import CANCELAVEIS, INTERROMPIVEIS, OCUPAM, RECEBE_SUB_BLOCO, EstadoDoAcesso, Natureza
from saog.forms.prefeitura import FiltrosDosLinks, FormularioSubBloco
from saog.guardas import informa_sub_bloco
from saog.models import Acesso, HistoricoAcesso, SolicitacaoServico

from .pedir import MUDANCA

SEM_SUB_BLOCO_AINDA = "O sub-bloco deste link se informa depois que o pedido é emitido à Operadora."


@exige("ss.ver")
@require_GET
def links(request: HttpRequest) -> HttpResponse:
    """The links this person may see: those that take a place first, by unit."""
    por = ator_de(request)
    municipio = consultas.municipio_de(por)
    filtros = {"busca": texto_de(request, "busca"), "situacao": texto_de(request, "situacao", maximo=20)}
    form, pagina = FiltrosDosLinks(filtros), pagina_de(consultas.links(por, filtros), request)
    contexto = {
        "municipio": municipio,
        "filtros": form,
        "ativos": any(filtros.values()),
        "em_palavras": form.em_palavras(),
        "pagina": pagina,
        "bloqueados": consultas.bloqueios(pagina),
        "uso": consultas.uso(municipio.pk, agora()) if municipio else None,
        "em_vigor": municipio is not None and consultas.adesao_vigente(municipio.pk),
    }
    return render(request, "saog/prefeitura/links.html", contexto)


@exige("ss.ver")
@require_GET
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """One link: facts, its speeds and sub-block over time, its requests, and what can be done with it, or why not now."""
    por = ator_de(request)
    acesso = consultas.acesso_de(por, pk)
    da_prefeitura = acesso.municipio_id in por.municipios("responsavel")
    ve_blocos = da_prefeitura or pode(por, "blocos.ver")
    pedidos = list(acesso.solicitacoes.select_related("tipo", "alvo").exclude(estado="DESCARTADA").order_by("-criada_em", "-pk")[:50])
    if not da_prefeitura:
        pedidos = [ss for ss in pedidos if ss.envios]
    aberto = consultas.pedidos_abertos([acesso.pk]).get(acesso.pk)
    nao_muda = consultas.por_que_nao_mudar(acesso.conexao, consultas.uso(acesso.municipio_id, agora())) if da_prefeitura else ""
    contexto = {
        "acesso": acesso,
        "endereco_ip": pecas.endereco_privado_ou_publico(acesso),
        "linhas": [o_que_mudou(h) for h in acesso.historico.order_by("em", "pk")],
        "pedidos": [(ss, pecas.resumo(ss)) for ss in pedidos],
        "aberto": aberto,
        "atos": _atos(acesso, aberto, nao_muda) if da_prefeitura else [],
        "nao_muda": nao_muda,
        "regra_do_limite": consultas.regra_do_limite(acesso.conexao),
        "por_que_nao": _por_que_nao(acesso, aberto) if da_prefeitura else "",
        "e_da_prefeitura": da_prefeitura,
        "recebe_sub_bloco": recebe_sub_bloco(acesso, por),
        "sem_sub_bloco": not acesso.sub_bloco and acesso.estado in OCUPAM,
        "sancoes": consultas.bloqueios([acesso]).get(acesso.pk, []) if ve_blocos else [],
        "bloco": do_municipio(acesso.municipio_id, acesso.sub_bloco) if ve_blocos and acesso.sub_bloco else None,
    }
    return render(request, "saog/prefeitura/link.html", contexto)


@exige_algum("ss.enviar", "blocos.atribuir")
@require_http_methods(["GET", "POST"])
def sub_bloco(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which free sub-block a link uses, when it was asked for with "Ainda não sei" (IP-04)."""
    por = ator_de(request)
    acesso = consultas.acesso_de(por, pk)
    if request.method == "GET" and not recebe_sub_bloco(acesso, por):
        messages.info(request, f"Este link já usa o sub-bloco {acesso.sub_bloco}." if acesso.sub_bloco else SEM_SUB_BLOCO_AINDA)
        return redirect("saog:link", acesso.pk)
    livres = consultas.sub_blocos_livres(acesso)
    form = FormularioSubBloco(request.POST if request.method == "POST" else None, livres=livres)
    if request.method == "POST" and (form.is_valid() or acesso.sub_bloco):

        def fazer() -> dict[str, Any]:
            cidr = form.cleaned_data.get("sub_bloco", "")
            return {"cidr": acoes.informar_sub_bloco(acesso_id=acesso.pk, cidr=cidr, por=por, agora=agora()).sub_bloco}

        try:
            cidr = paginas.fazer_uma_vez(request, f"link.sub_bloco:{acesso.pk}", fazer)["cidr"]
            return feito(request, f"Sub-bloco {cidr} informado. Ficou no histórico do link.", "saog:link", acesso.pk)
        except RegraViolada as erro:
            if erro.campo not in form.fields:
                raise
            form.add_error(erro.campo, erro.mensagem)
    contexto = {
        "acesso": acesso,
        "form": form,
        "livres": livres,
        "e_da_prefeitura": acesso.municipio_id in por.municipios("responsavel"),
    }
    return render(request, "saog/prefeitura/sub_bloco.html", contexto, status=422 if form.errors else 200)


def recebe_sub_bloco(acesso: Acesso, por: Ator) -> bool:
    """Whether this person may say now which sub-block the link uses."""
    return not acesso.sub_bloco and acesso.estado in RECEBE_SUB_BLOCO and informa_sub_bloco(acesso, por)


@dataclass(frozen=True, slots=True)
class AtoSobreOLink:
    """Something that may be asked for about a link: kind, name and what it does."""

    codigo: str
    nome: str
    explicacao: str


def _atos(acesso: Acesso, aberto: SolicitacaoServico | None, nao_muda: str) -> list[AtoSobreOLink]:
    if acesso.estado != EstadoDoAcesso.EM_SERVICO or aberto is not None:
        return []
    tipos = consultas.tipos()
    atos = [AtoSobreOLink(t.codigo, t.nome, t.explicacao) for t in tipos if t.natureza == Natureza.ALTERACAO]
    if not nao_muda:
        atos.append(AtoSobreOLink(MUDANCA, "Mudança de endereço", "Liga no endereço novo e desliga no antigo, com as datas combinadas."))
    return atos + [AtoSobreOLink(t.codigo, t.nome, t.explicacao) for t in tipos if t.natureza == Natureza.DESATIVACAO]


def _por_que_nao(acesso: Acesso, aberto: SolicitacaoServico | None) -> str:
    """Why nothing can be asked for about this link now, or ""."""
    if acesso.estado in (EstadoDoAcesso.DESATIVADO, EstadoDoAcesso.LIBERADO):
        return "Este link não existe mais. Para ter outro neste endereço, peça uma ativação."
    if acesso.estado != EstadoDoAcesso.EM_SERVICO:
        return "O link ainda não está em serviço. Depois do aceite você poderá alterar, mudar de endereço ou desativar."
    if aberto is None:
        return ""
    if aberto.estado in CANCELAVEIS:
        return "Há um pedido em andamento para este link. Para pedir outra coisa agora, abra o pedido e cancele-o:"
    if aberto.estado in INTERROMPIVEIS:
        return "A Operadora está atendendo um pedido sobre este link. Espere terminar, ou abra o pedido e peça à Operadora que pare:"
    return "A Operadora já entregou um pedido sobre este link. Abra o pedido e responda à entrega para pedir outra coisa:"


_ROTULOS = {
    "velocidade": "Velocidade",
    "servico": "Serviço",
    "sub_bloco": "Sub-bloco",
    "titular": "Titular",
    "configuracao": "Equipamento",
    "circuito": "Circuito",
    "equipamento": "Equipamento",
    "unidade": "Unidade",
}


def o_que_mudou(h: HistoricoAcesso) -> dict[str, str]:
    """One row of a link's history in words, for ``partes/linha_do_tempo.html``."""
    partes = []
    for nome, rotulo in _ROTULOS.items():
        valor = h.dados.get(nome)
        if isinstance(valor, dict):
            partes.append(f"{rotulo}: de {_valor(nome, valor.get('de')) or '(vazio)'} para {_valor(nome, valor.get('para')) or '(vazio)'}")
        elif valor:
            partes.append(f"{rotulo}: {_valor(nome, valor)}")
    return {
        "titulo": consultas.ATOS_DO_LINK.get(h.transicao, h.transicao),
        "quem": f"Solicitação {h.dados['ss']}" if h.dados.get("ss") else "",
        "texto": "\n".join(partes),
        "quando": f"{timezone.localtime(h.em):%d/%m/%Y}, {prazos.hora(h.em)}",
        "ip": "",
        "momento": "passado",
    }


def _valor(nome: str, valor: object) -> str:
    return pecas.em_palavras(nome, valor) if nome in ("servico", "velocidade") else str(valor or "")
