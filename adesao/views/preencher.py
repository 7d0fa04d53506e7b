"""Filling in the tasks of a draft: saving as it is left, while it is typed, and when two people type at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import BooleanField, BoundField
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adesao import acoes, consultas, fichas, pecas, revisao
from adesao.acoes.prefeitura import RascunhoDeOutraPessoa
from adesao.estados import Estado
from adesao.models import Adesao, RascunhoTarefa
from contas.acesso import TextoGuardado, exige, guarda_o_texto, texto_guardado
from contas.paginas import agora, feito
from documentos import entrega
from nucleo import prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from nucleo.fluxo import Ator

from .comum import para_preencher


def _tarefa(slug: str) -> fichas.Tarefa:
    alvo = fichas.POR_SLUG.get(slug)
    if alvo is None or alvo.ficha is None:
        raise Http404("tarefa desconhecida")
    return alvo


@guarda_o_texto
@exige("adesao.preencher")
@require_http_methods(["GET", "POST"])
def preencher(request: HttpRequest, numero: str, tarefa: str) -> HttpResponse:
    """One task of the draft. Leaving it saves it, with or without errors; errors are shown beside the fields (422)."""
    por, adesao = para_preencher(request, numero)
    alvo = _tarefa(tarefa)
    guardado = texto_guardado(request) if request.method == "GET" else None
    if not adesao.editavel:
        return _tarde_demais(request, adesao, alvo, request.POST or guardado or {})
    if request.method == "POST":
        return _salvar(request, por, adesao, alvo)
    if guardado is not None:
        return _tela_do_texto_guardado(request, adesao, alvo, guardado)
    rascunho = adesao.rascunhos.filter(tarefa=alvo.slug).select_related("salvo_por").first()
    if rascunho is not None and "comparar" in request.GET:
        return _tela_do_texto_anterior(request, adesao, alvo, rascunho)
    return _tela_da_ficha(request, adesao, alvo, rascunho, _ficha_de(adesao, alvo, rascunho, com_erros="erros" in request.GET))


def _tarde_demais(request: HttpRequest, adesao: Adesao, alvo: fichas.Tarefa, dados: Mapping[str, Any]) -> HttpResponse:
    """The task of a process that was sent or ended. What was typed meanwhile is shown to be copied, nothing of it is saved (409); with
    nothing typed, on to the process.
    """
    assert alvo.ficha is not None
    digitado = fichas.so_os_campos(alvo.slug, dict(dados.items()))
    ficha = alvo.ficha.com_inicial(digitado)
    campos = [
        {"rotulo": str(getattr(campo, "rotulo_do_resumo", campo.label)), "texto": _valor_para_ler(ficha[nome])}
        for nome, campo in ficha.fields.items()
        if digitado.get(nome)
    ]
    if not campos:
        messages.info(request, "Os documentos não podem mudar agora. Veja abaixo o que foi enviado.")
        return redirect("adesao:painel", adesao.slug)
    contexto = {"adesao": adesao, "tarefa": alvo, "campos": campos}
    return render(request, "adesao/preencher/tarde_demais.html", contexto, status=409)


def _tela_do_texto_anterior(request: HttpRequest, adesao: Adesao, alvo: fichas.Tarefa, rascunho: RascunhoTarefa) -> HttpResponse:
    """The text of the other tab that this one overtook, beside what stayed; ``?trazer`` puts it in the fields, still to be saved."""
    assert alvo.ficha is not None
    guardado = consultas.texto_anterior(rascunho)
    if guardado is None:
        messages.info(request, "Não há outro texto guardado desta tarefa.")
        return redirect("adesao:preencher", adesao.slug, alvo.slug)
    traz = "trazer" in request.GET
    meus, outros = (guardado.dados, rascunho.dados) if traz else (rascunho.dados, guardado.dados)
    conflito = {
        "anterior": True,
        "traz": traz,
        "frase": f"A outra aba salvou às {prazos.hora(guardado.salvo_em)}; esta, às {prazos.hora(rascunho.salvo_em)}.",
        "campos": _diferentes(alvo, meus, outros),
    }
    return _tela_da_ficha(request, adesao, alvo, rascunho, alvo.ficha.com_inicial(meus), conflito=conflito)


def _diferentes(alvo: fichas.Tarefa, meus: dict[str, str], outros: dict[str, str]) -> list[dict[str, str]]:
    """The fields in which two texts of a task differ."""
    assert alvo.ficha is not None
    return [
        {"rotulo": str(getattr(campo, "rotulo_do_resumo", campo.label)), "meu": meus.get(nome, ""), "outro": outros.get(nome, "")}
        for nome, campo in alvo.ficha({**outros, **meus}).fields.items()
        if meus.get(nome, "") != outros.get(nome, "")
    ]


def _tela_do_texto_guardado(request: HttpRequest, adesao: Adesao, alvo: fichas.Tarefa, guardado: TextoGuardado) -> HttpResponse:
    """The text that was posted when the session had just ended, in the fields again, still to be saved."""
    assert alvo.ficha is not None
    messages.warning(request, guardado.aviso)
    rascunho = adesao.rascunhos.filter(tarefa=alvo.slug).select_related("salvo_por").first()
    versao = guardado.get("versao", "")
    ficha = alvo.ficha.com_inicial(fichas.so_os_campos(alvo.slug, guardado))
    return _tela_da_ficha(request, adesao, alvo, rascunho, ficha, versao=_numero(versao))


def _ficha_de(adesao: Adesao, alvo: fichas.Tarefa, rascunho: RascunhoTarefa | None, *, com_erros: bool) -> fichas.Ficha:
    """The ficha over the saved text: bound (errors shown) when asked, else the text as initial values; at first, what the portal knows."""
    assert alvo.ficha is not None
    dados = rascunho.dados if rascunho else {"cidade": adesao.municipio.nome}
    if com_erros and rascunho:
        return alvo.ficha(dados, hoje=prazos.dia_local(agora()))
    return alvo.ficha.com_inicial(dados)


def _salvar(request: HttpRequest, por: Ator, adesao: Adesao, alvo: fichas.Tarefa) -> HttpResponse:
    assert alvo.ficha is not None
    acao = request.POST.get("acao", "continuar")
    dados: dict[str, Any] = request.POST.dict()
    if acao == "adicionar":
        vazia = _primeira_linha_vazia(dados)
        dados["linhas"] = str(max(vazia, fichas.linhas_de_aplicacao(dados)))
    elif acao.startswith("remover-"):
        dados = {n: v for n, v in dados.items() if not n.startswith(f"aplicacao_{acao[8:]}_")}
    try:
        salvo = acoes.salvar_tarefa(
            adesao_id=adesao.pk,
            tarefa=alvo.slug,
            dados=dados,
            versao=_versao(request),
            por=por,
            agora=agora(),
            compactar=acao != "adicionar",
        )
    except RascunhoDeOutraPessoa as conflito:
        return _tela_do_conflito(request, adesao, alvo, conflito)
    except TransicaoIndisponivel:  # sent while this text was on its way
        return _tarde_demais(request, consultas.obter(por, adesao.slug, "adesao.preencher"), alvo, dados)
    if salvo.passou_por_cima:
        return redirect(f"{reverse('adesao:preencher', args=[adesao.slug, alvo.slug])}?comparar=1")
    if alvo.slug == "timbre" and (request.FILES or acao == "brasao"):
        recusa = _guardar_brasao(request, por, adesao)
        if recusa is not None:
            return _tela_da_recusa_do_brasao(request, adesao, alvo, recusa)
    return _depois_de_salvar(request, adesao, alvo, salvo.rascunho, acao=acao)


def _depois_de_salvar(request: HttpRequest, adesao: Adesao, alvo: fichas.Tarefa, rascunho: RascunhoTarefa, *, acao: str) -> HttpResponse:
    assert alvo.ficha is not None
    if acao == "brasao" and alvo.slug == "timbre":
        return feito(request, "Brasão recebido.", "adesao:preencher", adesao.slug, alvo.slug)
    if _mexe_nas_linhas(acao):
        linha = _primeira_linha_vazia(rascunho.dados) if acao == "adicionar" else 0
        if linha and linha < fichas.linhas_de_aplicacao(request.POST.dict()) + 1:
            messages.info(request, f"A aplicação {linha} ainda está em branco. Preencha essa linha antes de incluir outra.")
        ancora = f"#id_aplicacao_{linha}_nome" if linha else "#aplicacoes"
        return redirect(reverse("adesao:preencher", args=[adesao.slug, alvo.slug]) + ancora)
    if acao == "sair":
        return feito(request, "Rascunho salvo.", "adesao:painel", adesao.slug)
    ficha = alvo.ficha(rascunho.dados, hoje=prazos.dia_local(agora()))
    if not ficha.is_valid():
        return _tela_da_ficha(request, adesao, alvo, rascunho, ficha, status=422)
    if adesao.estado == Estado.DEVOLVIDA:
        return _depois_de_corrigir(request, adesao, alvo)
    return redirect("adesao:preencher", adesao.slug, fichas.TAREFAS[alvo.ordem].slug)


def _depois_de_corrigir(request: HttpRequest, adesao: Adesao, alvo: fichas.Tarefa) -> HttpResponse:
    """Say what the save did: nothing corrected yet, or corrected and which papers it asks to sign again (ADS-03, settled question 8)."""
    rev = revisao.rever(adesao, agora=agora())
    paradas = [f for f in rev.faltas_de(alvo.slug) if f.pendencia]
    if paradas:
        messages.warning(request, f"Ainda falta corrigir. {' '.join(f.texto for f in paradas)}")
        return redirect(f"{reverse('adesao:preencher', args=[adesao.slug, alvo.slug])}#{paradas[0].ancora}")
    if not revisao.mudou_desde_o_envio(adesao, rev.validacao, alvo.slug):
        respondidas = rev.pendencias_de(alvo.slug)
        frase = "Nenhum dado mudou; vale a sua resposta à PRODESP." if respondidas else "Nada mudou nesta tarefa, e nada precisava mudar."
        messages.info(request, frase)
        return redirect("adesao:painel", adesao.slug)
    velhas = [s.curto for s in rev.situacao if s.copia_velha]
    de_novo = f" Agora precisa de nova assinatura: {', '.join(velhas)}." if velhas else ""
    return feito(request, f"Correção salva.{de_novo}", "adesao:painel", adesao.slug)


def _primeira_linha_vazia(dados: dict[str, Any]) -> int:
    """Number of the first row of applications without name and órgão: one of those there, or the next one."""
    linhas = fichas.linhas_de_aplicacao(dados)
    vazias = (n for n in range(1, linhas + 1) if not any(str(dados.get(f"aplicacao_{n}_{c}", "")).strip() for c in ("nome", "orgao")))
    return next(vazias, min(linhas + 1, fichas.MAX_APLICACOES))


def _mexe_nas_linhas(acao: str) -> bool:
    return acao == "adicionar" or acao.startswith("remover-")


def _versao(request: HttpRequest) -> int:
    return _numero(request.POST.get("versao", "0"))


def _numero(texto: str) -> int:
    return int(texto) if texto.isascii() and texto.isdigit() and len(texto) < 10 else 0


def _tela_da_ficha(
    request: HttpRequest,
    adesao: Adesao,
    alvo: fichas.Tarefa,
    rascunho: RascunhoTarefa | None,
    ficha: fichas.Ficha,
    *,
    status: int = 200,
    **mais: Any,
) -> HttpResponse:
    pendencias = [p for p in consultas.pendencias_abertas(adesao) if p.tarefa == alvo.slug]
    ao_lado = revisao.ao_lado_de(adesao, pendencias, rascunho.dados if rascunho else {})
    com_lugar = {p.pk for campo, p in ao_lado.items() if campo in ficha.fields or campo == "brasao"}
    contexto = {
        "adesao": adesao,
        "tarefa": alvo,
        "total": len(fichas.TAREFAS),
        "form": ficha,
        "versao": rascunho.versao if rascunho else 0,
        "salvo_em": rascunho.salvo_em if rascunho else None,
        "pendencias": ao_lado,
        "pendencias_sem_campo": [
            {"pendencia": p, "so_se_responde": (p.tarefa, p.campo) in pecas.SEM_CAMPO} for p in pendencias if p.pk not in com_lugar
        ],
        "erro_do_brasao": "",
        "conflito": None,
        "papeis_do_campo": {},
        "dobrados": {},
        **mais,
    }
    if adesao.estado == Estado.DEVOLVIDA:
        contexto |= _o_que_estava_certo(alvo, ficha, set(contexto["pendencias"]) if contexto["conflito"] is None else set(ficha.fields))
    return render(request, f"adesao/preencher/{alvo.slug}.html", contexto, status=status)


def _o_que_estava_certo(alvo: fichas.Tarefa, ficha: fichas.Ficha, abertos: set[str]) -> dict[str, Any]:
    """After a return: on which papers each field is printed, and the fields that nobody complained of, folded behind their value."""
    papeis_do_campo = {
        nome: ", ".join(p.curto for codigo, p in pecas.PECAS.items() if codigo in pecas.impresso_em(alvo.slug, nome))
        for nome in [*ficha.fields, "brasao"]
    }
    dobrados = {
        nome: _valor_para_ler(ficha[nome])
        for nome in ficha.fields
        if nome not in abertos and papeis_do_campo[nome] and nome not in (ficha.errors if ficha.is_bound else {})
    }
    return {
        "papeis_do_campo": papeis_do_campo,
        "dobrados": {n: v for n, v in dobrados.items() if v or not n.startswith("aplicacao_")},
    }


def _valor_para_ler(campo: BoundField) -> str:
    """The field's value in words."""
    if isinstance(campo.field, BooleanField):
        return "marcada" if campo.value() else "não marcada"
    valor = str(campo.value() or "")
    return str(dict(campo.field.choices).get(valor, valor)) if hasattr(campo.field, "choices") else valor


def _tela_do_conflito(request: HttpRequest, adesao: Adesao, alvo: fichas.Tarefa, conflito: RascunhoDeOutraPessoa) -> HttpResponse:
    """Both texts on the page: the person's own in the fields, the other's listed beside. Saving again keeps what is in the fields (409)."""
    assert alvo.ficha is not None
    diferentes = _diferentes(alvo, conflito.meus, conflito.atual.dados)
    return _tela_da_ficha(
        request,
        adesao,
        alvo,
        conflito.atual,
        alvo.ficha.com_inicial(conflito.meus),
        status=409,
        conflito={"frase": conflito.mensagem, "quem": conflito.atual.salvo_por.nome, "campos": diferentes},
    )


@exige("adesao.preencher")
@require_POST
def rascunho(request: HttpRequest, numero: str, tarefa: str) -> JsonResponse:
    """Keep what is being typed: ``{"salvo_em": "14h32", "versao": 7}``, or 409 with ``conflito`` when another person saved meanwhile."""
    por, adesao = para_preencher(request, numero)
    alvo = _tarefa(tarefa)
    if alvo.ficha is None:
        raise Http404
    try:
        salvo = acoes.salvar_tarefa(
            adesao_id=adesao.pk, tarefa=alvo.slug, dados=request.POST.dict(), versao=_versao(request), por=por, agora=agora()
        )
    except RascunhoDeOutraPessoa as conflito:
        return JsonResponse({"conflito": True, "mensagem": f"{conflito.mensagem} Salve para ver os dois textos lado a lado."}, status=409)
    except TransicaoIndisponivel as erro:
        return JsonResponse({"erro": f"{erro.mensagem} Salve para ver o seu texto e copiá-lo."}, status=erro.status)
    except RegraViolada as erro:
        return JsonResponse({"erro": erro.mensagem}, status=erro.status)
    resposta = {"salvo_em": prazos.hora(salvo.rascunho.salvo_em), "versao": salvo.rascunho.versao}
    if salvo.passou_por_cima:
        resposta["ver"] = f"{reverse('adesao:preencher', args=[adesao.slug, alvo.slug])}?comparar=1"
    return JsonResponse(resposta)


@exige("adesao.preencher")
@require_POST
def brasao(request: HttpRequest, numero: str) -> HttpResponse:
    """Send or remove the coat of arms; removing asks first (``confirmado``)."""
    por, adesao = para_preencher(request, numero)
    if request.POST.get("acao") == "remover" and adesao.brasao_id and "confirmado" not in request.POST:
        return render(request, "adesao/preencher/retirar_brasao.html", {"adesao": adesao})
    if request.POST.get("acao") == "remover":
        acoes.remover_brasao(adesao_id=adesao.pk, por=por, agora=agora())
        return feito(request, "Brasão retirado.", "adesao:preencher", adesao.slug, "timbre")
    recusa = _guardar_brasao(request, por, adesao)
    if recusa is not None:
        return _tela_da_recusa_do_brasao(request, adesao, _tarefa("timbre"), recusa)
    return feito(request, "Brasão recebido.", "adesao:preencher", adesao.slug, "timbre")


@exige("adesao.preencher")
@require_GET
def ver_brasao(request: HttpRequest, numero: str) -> HttpResponse:
    """The coat of arms as it was received and will be printed: our own image of it."""
    _, adesao = para_preencher(request, numero)
    if adesao.brasao is None:
        raise Http404
    return entrega.imagem(adesao.brasao)


def _guardar_brasao(request: HttpRequest, por: Ator, adesao: Adesao) -> RegraViolada | None:
    """Keep the image that came with the form; the refusal to show beside the field, or ``None``."""
    arquivo = request.FILES.get("brasao")
    try:
        if arquivo is None:
            raise RegraViolada("Escolha um arquivo PNG ou JPEG de até 2 MB.", campo="brasao")
        acoes.guardar_brasao(adesao_id=adesao.pk, arquivo=arquivo, por=por, agora=agora())
    except RegraViolada as erro:
        if not erro.campo:
            raise
        return erro
    return None


def _tela_da_recusa_do_brasao(request: HttpRequest, adesao: Adesao, alvo: fichas.Tarefa, recusa: RegraViolada) -> HttpResponse:
    rascunho = adesao.rascunhos.filter(tarefa=alvo.slug).select_related("salvo_por").first()
    ficha = _ficha_de(adesao, alvo, rascunho, com_erros=False)
    return _tela_da_ficha(request, adesao, alvo, rascunho, ficha, status=recusa.status, erro_do_brasao=recusa.mensagem, com_erro=True)
