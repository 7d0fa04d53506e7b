"""Check your answers, send, and the confirmation (SS-01, LNK-01 to LNK-07)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contas.acesso import ator_de, exige
from contas.paginas import agora, feito
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import acoes, consultas, pecas
from saog.estados import CONEXAO_DO_SERVICO, Conexao, Estado, Natureza
from saog.models import SolicitacaoServico

from .comum import da_solicitacao, exigir_todas, fazer_uma_vez
from .preencher import cheios, ficha_julgada, para_preencher, repetido


@exige("ss.preencher")
@require_GET
def conferir(request: HttpRequest, numero: str) -> HttpResponse:
    """Everything on one page, the estimated price, what happens next, and the button that sends it."""
    por, ss = para_preencher(request, numero)
    if not ss.editavel:
        return redirect("saog:solicitacao", ss.slug)
    return _tela_conferir(request, por, ss)


def _tela_conferir(request: HttpRequest, por: Ator, ss: SolicitacaoServico, erro: RegraViolada | None = None) -> HttpResponse:
    ficha = ficha_julgada(ss)
    if not ficha.is_valid():
        return redirect(reverse("saog:preencher", args=[ss.slug]) + "?erros=1")
    limpos, relogio = ficha.cleaned_data, agora()
    servico = limpos.get("servico") or (ss.acesso.servico if ss.acesso else "")
    mbps = limpos.get("velocidade") or (ss.acesso.velocidade if ss.acesso else None)
    preco = consultas.preco(servico, mbps, prazos.dia_local(relogio))
    outra = _outra_metade(ss, por)
    contexto = {
        "ss": ss,
        "resumo": pecas.resumo(ss),
        "grupos": pecas.leitura(ss, limpos),
        "campos_da_ficha": list(ficha.fields),
        "preco": pecas.preco_congelado(preco),
        "uso": consultas.uso(ss.municipio_id, relogio),
        "cheio": _cheio(ss, servico),
        "repetido": repetido(ss),
        "sem_correcao": acoes.sem_correcao(ss, limpos),
        "suspensao": consultas.validacao_suspensa(ss),
        "mudanca": consultas.mudanca_de(ss, por),
        "outra": outra,
        "outra_pronta": outra is not None and ficha_julgada(outra).is_valid(),
        "ate": acoes.prazo_da_conferencia(relogio),
        "agora": relogio,
        "erro": erro,
        "com_erro": erro is not None,
    }
    return render(request, "saog/prefeitura/conferir.html", contexto, status=erro.status if erro else 200)


def _cheio(ss: SolicitacaoServico, servico: str) -> str:
    """The connection type whose limit leaves no place for this request, or ""."""
    if ss.natureza != Natureza.ATIVACAO or servico not in CONEXAO_DO_SERVICO:
        return ""
    conexao = str(Conexao(CONEXAO_DO_SERVICO[servico]).value)
    return conexao if conexao in cheios(ss) else ""


def _outra_metade(ss: SolicitacaoServico, por: Ator) -> SolicitacaoServico | None:
    """The other request of a change of address, while it may still be sent."""
    mudanca = consultas.mudanca_de(ss, por)
    if mudanca is None:
        return None
    outra = mudanca.velha if mudanca.nova.pk == ss.pk else mudanca.nova
    return outra if outra.editavel else None


@exige("ss.enviar")
@require_POST
def enviar(request: HttpRequest, numero: str) -> HttpResponse:
    """Send to PRODESP, with the other half of a change of address when asked. A repeat leads to the first sending's confirmation.

    What a limit or a rule refuses is said on the page of the check, beside its field (422).
    """
    por = ator_de(request)
    ss = consultas.obter(por, numero, "ss.enviar")
    outra = _outra_metade(ss, por) if request.POST.get("tambem") else None

    def fazer() -> dict[str, Any]:
        ids = [ss.pk, *([outra.pk] if outra else [])]
        envios = acoes.enviar_varias(ids=ids, por=por, agora=agora())
        return {"ordem": next(e.ordem for e in envios if e.solicitacao_id == ss.pk)}

    try:
        resultado = fazer_uma_vez(request, f"ss.enviar:{ss.pk}", fazer)
    except acoes.FaltaPreencher as falta:
        return redirect(reverse("saog:preencher", args=[falta.ss.slug]) + "?erros=1")
    except (SemPermissao, TransicaoIndisponivel):
        raise
    except acoes.SemCorrecao as falta:
        return _tela_conferir(request, por, consultas.obter(por, falta.ss.slug, "ss.enviar"), falta)
    except RegraViolada as erro:
        return _tela_conferir(request, por, consultas.obter(por, numero, "ss.enviar"), erro)
    return redirect("saog:enviada", ss.slug, resultado["ordem"])


@exige("ss.ver")
@require_GET
def enviada(request: HttpRequest, numero: str, ordem: int) -> HttpResponse:
    """The confirmation of a sending: number, what happens next and until when. It may be opened again at any time."""
    por = ator_de(request)
    ss = consultas.obter(por, numero, "ss.ver")
    envio = ss.lista_de_envios.filter(ordem=ordem).select_related("por", "recibo").first()
    if envio is None:
        raise Http404("envio não encontrado")
    contexto = da_solicitacao(ss, por) | {"envio": envio, "atual": envio.ordem == ss.envios and ss.estado == Estado.EM_VALIDACAO}
    return render(request, "saog/prefeitura/enviada.html", contexto)


@exige("ss.enviar")
@require_http_methods(["GET", "POST"])
def enviar_varias(request: HttpRequest) -> HttpResponse:
    """Several drafts with one confirmation: all or none."""
    por = ator_de(request)
    origem = request.POST if request.method == "POST" else request.GET
    marcadas = [slug for valor in origem.getlist("ss")[:50] for slug in valor.split(",")]  # a change of address is ticked as one
    escolhidas = consultas.das_marcadas(por, marcadas, Estado.RASCUNHO)
    erro: RegraViolada | None = None
    if request.method == "POST":
        ids = [ss.pk for ss in escolhidas]

        def fazer() -> dict[str, Any]:
            exigir_todas(marcadas, escolhidas)
            return {"numeros": [e.solicitacao.numero for e in acoes.enviar_varias(ids=ids, por=por, agora=agora())]}

        try:
            numeros = fazer_uma_vez(request, "ss.enviar_varias", fazer)["numeros"]
        except SemPermissao:
            raise
        except RegraViolada as recusa:
            erro = recusa
        else:
            frase = f"{len(numeros)} solicitaç{'ões enviadas' if len(numeros) != 1 else 'ão enviada'} à PRODESP: {', '.join(numeros)}."
            return feito(request, frase, "saog:solicitacoes")
    ja_foram = consultas.das_marcadas(por, marcadas) if marcadas and not escolhidas else []
    mbps = consultas.velocidades()
    blocos = {m: consultas.sub_blocos_de(m) for m in {ss.municipio_id for ss in escolhidas}}  # one prefeitura: those of the actor
    prontas = {ss.pk: ficha_julgada(ss, mbps, blocos[ss.municipio_id]).is_valid() for ss in escolhidas}
    contexto = {
        "escolhidas": [(ss, prontas[ss.pk], pecas.resumo(ss)) for ss in escolhidas],
        "todas_prontas": bool(escolhidas) and all(prontas.values()),
        "ja_foram": [(ss, pecas.resumo(ss)) for ss in ja_foram],
        "municipio": consultas.municipio_de(por),
        "uso": consultas.uso(escolhidas[0].municipio_id, agora()) if escolhidas else None,
        "ate": acoes.prazo_da_conferencia(agora()),
        "erro": erro,
        "com_erro": erro is not None,
    }
    return render(request, "saog/prefeitura/enviar_varias.html", contexto, status=erro.status if erro else 200)
