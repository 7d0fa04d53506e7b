"""Filling in a request: saving as it is left, while it is typed, and when two people type at once (settled question 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import BooleanField
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from contas.acesso import ator_de, exige, guarda_o_texto, texto_guardado
from contas.paginas import agora, feito
from nucleo import prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import acoes, consultas, fichas, pecas
from saog.estados import Estado, Natureza
from saog.forms.prefeitura import FormularioRespostaAPRODESP
from saog.models import SolicitacaoServico


def para_preencher(request: HttpRequest, numero: str) -> tuple[Ator, SolicitacaoServico]:
    """The actor and the request of that number, for a responsável of its prefeitura (404 foreign, 403 own but forbidden)."""
    por = ator_de(request)
    return por, consultas.obter(por, numero, "ss.preencher")


Blocos = tuple[fichas.SubBlocoOferecido, ...]


def oferta_de(ss: SolicitacaoServico, mbps: tuple[int, ...] | None = None, blocos: Blocos | None = None) -> fichas.Oferta:
    """What the form of this request may offer now."""
    if blocos is None:
        blocos = consultas.sub_blocos_de(ss.municipio_id) if ss.natureza == Natureza.ATIVACAO else ()
    return consultas.oferta(agora(), acesso=ss.acesso, mbps=mbps, sub_blocos=blocos)


def ficha_julgada(ss: SolicitacaoServico, mbps: tuple[int, ...] | None = None, blocos: Blocos | None = None) -> fichas.Ficha:
    """The form over the saved text, bound: valid or with an error beside each field. ``mbps`` and ``blocos``: the speeds and the
    prefeitura's sub-blocks, when several are judged.
    """
    return fichas.ficha_de(ss.tipo.comportamento)(ss.rascunho, oferta=oferta_de(ss, mbps, blocos))


@guarda_o_texto
@exige("ss.preencher")
@require_http_methods(["GET", "POST"])
def preencher(request: HttpRequest, numero: str) -> HttpResponse:
    """The form. Leaving it saves it, with or without errors; errors are shown beside the fields (422)."""
    por, ss = para_preencher(request, numero)
    classe = fichas.ficha_de(ss.tipo.comportamento)
    guardado = texto_guardado(request) if request.method == "GET" else None
    if not ss.editavel:
        return _tarde_demais(request, ss, request.POST or guardado or {})
    if request.method == "POST":
        return _salvar(request, por, ss)
    if guardado is not None:
        messages.warning(request, guardado.aviso)
        ficha = classe.com_inicial(fichas.so_os_campos(classe, guardado), oferta=oferta_de(ss))
        return tela_da_ficha(request, por, ss, ficha, versao=_numero(guardado.get("versao", "")))
    if "comparar" in request.GET and ss.rascunho_anterior:
        return _tela_da_outra_aba(request, por, ss)
    if "erros" in request.GET and ss.rascunho:
        return tela_da_ficha(request, por, ss, ficha_julgada(ss))
    return tela_da_ficha(request, por, ss, classe.com_inicial(_inicial(ss), oferta=oferta_de(ss)))


def _inicial(ss: SolicitacaoServico) -> dict[str, Any]:
    """The saved text; at first, for an alteração of capacity, how the link is today."""
    if ss.rascunho or ss.acesso is None or ss.natureza != Natureza.ALTERACAO:
        return ss.rascunho
    return {"servico": ss.acesso.servico, "velocidade": str(ss.acesso.velocidade), "titular": ss.acesso.titular}


def _salvar(request: HttpRequest, por: Ator, ss: SolicitacaoServico) -> HttpResponse:
    try:
        salvo = acoes.salvar(ss_id=ss.pk, dados=request.POST.dict(), versao=_versao(request), por=por, agora=agora())
    except acoes.RascunhoDeOutraPessoa as conflito:
        return _tela_do_conflito(request, por, ss, conflito)
    except TransicaoIndisponivel:  # sent while this text was on its way
        return _tarde_demais(request, consultas.obter(por, ss.slug, "ss.preencher"), request.POST)
    if salvo.passou_por_cima:
        return redirect(_da_outra_aba(ss))
    if request.POST.get("acao") == "sair":
        frase = "Correção salva." if ss.estado == Estado.DEVOLVIDA else "Rascunho salvo."
        return feito(request, frase, "saog:solicitacao", ss.slug)
    atual = consultas.obter(por, ss.slug, "ss.preencher")
    ficha = ficha_julgada(atual)
    if not ficha.is_valid():
        return tela_da_ficha(request, por, atual, ficha, status=422)
    return redirect("saog:conferir", ss.slug)


def _versao(request: HttpRequest) -> int:
    return _numero(request.POST.get("versao", "0"))


def _numero(texto: str) -> int:
    return int(texto) if texto.isascii() and texto.isdigit() and len(texto) < 10 else 0


def tela_da_ficha(
    request: HttpRequest, por: Ator, ss: SolicitacaoServico, ficha: fichas.Ficha, *, status: int = 200, **mais: Any
) -> HttpResponse:
    """The page of the form: limits first, PRODESP's words beside the fields, the other half of a change of address."""
    pendencias = consultas.pendencias_comunicadas(ss)
    for p in pendencias:
        if p.campo in ficha.fields:
            ficha.fields[p.campo].sem_opcional = True  # type: ignore[attr-defined]  # what PRODESP asked for is not "(se houver)"
    contexto = {
        "ss": ss,
        "resumo": pecas.resumo(ss),
        "form": ficha,
        "versao": ss.versao,
        "salvo_em": ss.salvo_em,
        "uso": consultas.uso(ss.municipio_id, agora()),
        "pendencias": {p.campo: p for p in pendencias},
        "lista_de_pendencias": [p for p in pendencias if p.campo not in ficha.fields],
        "mudanca": consultas.mudanca_de(ss, por),
        "repetido": repetido(ss),
        "sobre_o_mesmo": consultas.sobre_o_mesmo(ss),
        "cheios": cheios(ss) if ss.natureza == Natureza.ATIVACAO else {},
        "precos": _precos(ficha) if "velocidade" in ficha.fields else None,
        "agora": agora(),
        "conflito": None,
        "o_que_para": pecas.resumo(ss.alvo) if ss.alvo else "",
        **mais,
    }
    return render(request, "saog/prefeitura/preencher.html", contexto, status=status)


def cheios(ss: SolicitacaoServico) -> set[str]:
    """The connection types whose limit leaves no place for this request (LNK-01, LNK-03); the one it has already does not count."""
    uso = consultas.uso(ss.municipio_id, agora())
    return {c for c, u in uso.items() if not u.restam and (ss.acesso is None or ss.acesso.conexao != c)}


def repetido(ss: SolicitacaoServico) -> str:
    """The sentence that says that the address saved has a link of that type already (LNK-04), or ""."""
    if ss.natureza != Natureza.ATIVACAO:
        return ""
    return consultas.redundancia_do_rascunho(ss.municipio_id, ss.rascunho, exceto=ss.acesso_id)


def _precos(ficha: fichas.Ficha) -> dict[str, Any] | None:
    """What the services and speeds that this form offers cost (INS-03)."""
    servicos = [valor for valor, _ in ficha.fields["servico"].choices]  # type: ignore[attr-defined]
    return pecas.tabela_de_precos(consultas.precos_vigentes(ficha.oferta.hoje), ficha.oferta.velocidades, servicos)


def _tela_do_conflito(request: HttpRequest, por: Ator, ss: SolicitacaoServico, conflito: acoes.RascunhoDeOutraPessoa) -> HttpResponse:
    """Both texts on the page: the person's own in the fields, the other's listed beside. Saving again keeps what is in the fields (409)."""
    minha = fichas.ficha_de(ss.tipo.comportamento).com_inicial(conflito.meus, oferta=oferta_de(ss))
    diferentes = _diferentes(minha, conflito.meus, conflito.atual.rascunho)
    quem = conflito.atual.salvo_por.nome if conflito.atual.salvo_por else "outra pessoa"
    contexto = {
        "conflito": {"frase": conflito.mensagem, "quem": quem, "campos": diferentes},
        "versao": conflito.atual.versao,
        "salvo_em": conflito.atual.salvo_em,
    }
    return tela_da_ficha(request, por, ss, minha, status=409, **contexto)


def _diferentes(ficha: fichas.Ficha, meus: dict[str, str], outros: dict[str, str]) -> list[dict[str, str]]:
    """The fields in which two texts differ, as a person reads them."""
    return [
        {"rotulo": str(campo.label), "meu": _lido(campo, meus.get(nome, "")), "outro": _lido(campo, outros.get(nome, ""))}
        for nome, campo in ficha.fields.items()
        if meus.get(nome, "") != outros.get(nome, "")
    ]


def _lido(campo: Any, texto: str) -> str:
    """The typed text, or what was chosen or marked in words."""
    if isinstance(campo, BooleanField):
        return "marcada" if texto else "não marcada"
    return next((str(nome) for valor, nome in getattr(campo, "choices", ()) if texto and str(valor) == texto), texto)


def _da_outra_aba(ss: SolicitacaoServico) -> str:
    return reverse("saog:preencher", args=[ss.slug]) + "?comparar=1"


def _tela_da_outra_aba(request: HttpRequest, por: Ator, ss: SolicitacaoServico) -> HttpResponse:
    """The text of the same person's other tab, which this one overtook, beside what stayed; ``?trazer`` puts it in the fields, still to be
    saved.
    """
    traz = "trazer" in request.GET
    meus, outros = (ss.rascunho_anterior, ss.rascunho) if traz else (ss.rascunho, ss.rascunho_anterior)
    ficha = fichas.ficha_de(ss.tipo.comportamento).com_inicial(meus, oferta=oferta_de(ss))
    conflito = {"anterior": True, "traz": traz, "campos": _diferentes(ficha, meus, outros)}
    return tela_da_ficha(request, por, ss, ficha, conflito=conflito)


def _tarde_demais(request: HttpRequest, ss: SolicitacaoServico, dados: Mapping[str, Any]) -> HttpResponse:
    """The form of a request that was sent or ended. What was typed meanwhile is shown to be copied, nothing of it is saved (409); with
    nothing typed, on to the page of the request.
    """
    classe = fichas.ficha_de(ss.tipo.comportamento)
    digitado = fichas.so_os_campos(classe, dict(dados.items()))
    if not digitado:
        messages.info(request, "O pedido não pode mudar agora. Veja abaixo o que foi enviado.")
        return redirect("saog:solicitacao", ss.slug)
    ficha = classe.com_inicial(digitado, oferta=oferta_de(ss))
    campos = [{"rotulo": c.label, "texto": _lido(c, digitado.get(n, ""))} for n, c in ficha.fields.items() if digitado.get(n)]
    contexto = {"ss": ss, "resumo": pecas.resumo(ss), "campos": campos}
    return render(request, "saog/prefeitura/tarde_demais.html", contexto, status=409)


@exige("ss.preencher")
@require_http_methods(["GET", "POST"])
def responder_pendencia(request: HttpRequest, numero: str, pendencia_id: int) -> HttpResponse:
    """Answer what PRODESP asked for when the value is right as it stands (SS-02)."""
    por, ss = para_preencher(request, numero)
    pendencia = next((p for p in consultas.pendencias_comunicadas(ss) if p.pk == pendencia_id), None)
    if pendencia is None:
        raise Http404("pendência não está aberta")
    form = FormularioRespostaAPRODESP(request.POST or None, initial={"resposta": pendencia.resposta})
    if request.method == "POST" and form.is_valid():
        acoes.responder_pendencia(ss_id=ss.pk, pendencia_id=pendencia.pk, resposta=form.cleaned_data["resposta"], por=por, agora=agora())
        return feito(request, "Resposta guardada. Ela vai junto quando você enviar de novo.", "saog:conferir", ss.slug)
    contexto = {"ss": ss, "resumo": pecas.resumo(ss), "pendencia": pendencia, "form": form}
    return render(request, "saog/prefeitura/responder_pendencia.html", contexto, status=422 if form.errors else 200)


@exige("ss.preencher")
@require_POST
def rascunho(request: HttpRequest, numero: str) -> JsonResponse:
    """Keep what is being typed: ``{"salvo_em": "14h32", "versao": 7}``, or 409 with ``conflito`` when another person saved meanwhile."""
    por, ss = para_preencher(request, numero)
    try:
        salvo = acoes.salvar(ss_id=ss.pk, dados=request.POST.dict(), versao=_versao(request), por=por, agora=agora())
    except acoes.RascunhoDeOutraPessoa as conflito:
        return JsonResponse({"conflito": True, "mensagem": f"{conflito.mensagem} Salve para ver os dois textos lado a lado."}, status=409)
    except TransicaoIndisponivel as tarde:
        return JsonResponse({"erro": f"{tarde.mensagem} Salve para ver o seu texto e copiá-lo."}, status=tarde.status)
    except RegraViolada as erro:
        return JsonResponse({"erro": erro.mensagem}, status=erro.status)
    hora = prazos.hora(salvo.ss.salvo_em) if salvo.ss.salvo_em else prazos.hora(agora())
    resposta: dict[str, Any] = {"salvo_em": hora, "versao": salvo.ss.versao}
    if salvo.passou_por_cima:
        resposta["ver"] = _da_outra_aba(ss)
    return JsonResponse(resposta)
