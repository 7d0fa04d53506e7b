"""PRODESP's pages of renumbering (IP-05): begin, follow, postpone, undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import POR_PAGINA, agora, com_o_texto, fazer_uma_vez, feito, pagina_de, texto_de
from contas.permissoes import pode
from enderecamento import acoes, consultas
from enderecamento.consultas import renumeracao as leitura
from enderecamento.estados import ATOS_DA_RENUMERACAO
from enderecamento.forms.trocas import MARCADOS, TODOS, FormularioAdiamento, FormularioDesfazer, FormularioRenumeracao
from enderecamento.models import HistoricoRenumeracao, PoolCIDR, Renumeracao, SubBlocoCIDR
from nucleo import campos, prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel

#: Up to so many blocks in use may be marked one by one; a fuller pool is renumbered whole, by a part of it, or from the map.
PARA_MARCAR = 256


@exige("blocos.ver")
@require_GET
def renumeracoes(request: HttpRequest) -> HttpResponse:
    """All renumberings, newest first, with how far each is."""
    contexto = {
        "largo": True,
        "agora": agora(),
        "pagina": pagina_de(consultas.renumeracoes(), request),
        "pode_renumerar": pode(ator_de(request), "blocos.renumerar"),
    }
    return render(request, "enderecamento/trocas/renumeracoes.html", contexto)


@dataclass(frozen=True, slots=True)
class _Origem:
    """Where the old ones come from: a pool, or blocks picked on the map (``?bloco=``). ``em_uso`` may be changed, ``fora`` are in another
    exchange; ``blocos``, those that may be marked, none of a pool that has too many. ``parte``: what the map proposes (``?parte=``).
    """

    pool: PoolCIDR | None
    em_uso: int
    fora: int
    blocos: list[SubBlocoCIDR]
    parte: str = ""


@guarda_o_texto
@exige("blocos.renumerar")
@require_http_methods(["GET", "POST"])
def renumerar(request: HttpRequest) -> HttpResponse:
    """Begin: ``?pool=`` (with ``?parte=``) or ``?bloco=`` (more than one) say what; then the form, the preview, and the act."""
    origem = _origem(request)
    if origem is None:
        return _escolher(request)
    formulario = com_o_texto(request, _formulario(request, origem))
    status = 200
    if request.method == "POST":
        status = 422
        if formulario.is_valid():
            pedido = _pedido(formulario, origem)
            try:
                if request.POST.get("ato") == "comecar":
                    return _comecar(request, pedido)
                return _conferir(request, formulario, origem, acoes.prever_renumeracao(pedido, por=ator_de(request), agora=agora()))
            except RegraViolada as erro:
                if erro.status == 403:
                    raise
                formulario.add_error(erro.campo if erro.campo in formulario.fields else None, erro.mensagem)
    contexto = {"largo": True, "origem": origem, "form": formulario, "total": origem.em_uso}
    return render(request, "enderecamento/trocas/renumerar.html", contexto, status=status)


def _origem(request: HttpRequest) -> _Origem | None:
    slugs = request.GET.getlist("bloco")[:PARA_MARCAR]
    if slug := texto_de(request, "pool"):
        pool = consultas.pool_por_slug(slug)
        if pool is None:
            raise Http404("bloco desconhecido")
        onde: dict[str, Any] = {"pool_id": pool.pk}
    elif slugs:
        achados = leitura.sub_blocos_por_slugs(slugs)
        if not achados:
            raise Http404("sub-bloco desconhecido")
        pool, onde = None, {"escolhidos": [b.inicio for b in achados]}
    else:
        return None
    a_trocar = leitura.a_trocar(**onde)
    em_uso, fora = a_trocar.count(), leitura.em_outra_troca(**onde).count()
    marcar = pool is None or em_uso <= PARA_MARCAR
    blocos = list(a_trocar.select_related("adesao__municipio")) if marcar else []
    return _Origem(pool, em_uso, fora, blocos, texto_de(request, "parte").replace("-", "/"))


def _escolher(request: HttpRequest) -> HttpResponse:
    """Which pool, when none was named."""
    contagem = consultas.ocupacao_por_pool(prazos.dia_local(agora()))
    linhas = [(pool, contagem[pool.pk]) for pool in consultas.pools() if pool.pk in contagem and contagem[pool.pk].em_uso]
    return render(request, "enderecamento/trocas/escolher.html", {"largo": True, "linhas": linhas})


def _formulario(request: HttpRequest, origem: _Origem) -> FormularioRenumeracao:
    hoje = prazos.dia_local(agora())
    perfis = {origem.pool.perfil} if origem.pool else {b.perfil for b in origem.blocos}
    contagem = consultas.ocupacao_por_pool(hoje)
    destinos = list(leitura.pools_de_destino(perfis))
    regioes = sorted({p.regiao for p in destinos if p.regiao})
    return FormularioRenumeracao(
        request.POST if request.method == "POST" else None,
        pool=origem.pool,
        em_uso=origem.em_uso,
        blocos=[(b.inicio, f"{b}, {b.adesao.municipio.nome}") for b in origem.blocos if b.adesao],
        destinos=[(p.pk, _destino(p, contagem[p.pk].livres if p.pk in contagem else 0, origem)) for p in destinos],
        regioes=[(ddd, f"DDD {ddd} ({campos.REGIOES.get(ddd, '')})") for ddd in regioes],
        hoje=hoje,
        parte=origem.parte,
    )


def _destino(pool: PoolCIDR, livres: int, origem: _Origem) -> str:
    este = " (este mesmo bloco, fora do que sai)" if pool == origem.pool else ""
    return f"{pool}, {pool.nome}: {intcomma(livres)} livre{'' if livres == 1 else 's'}{este}"


def _pedido(formulario: FormularioRenumeracao, origem: _Origem) -> acoes.Pedido:
    dados = formulario.cleaned_data
    marcados = formulario.escolha == MARCADOS
    return acoes.Pedido(
        pool_id=origem.pool.pk if origem.pool and not marcados else None,
        parte=formulario.parte_escolhida,
        escolhidos=tuple(dados["blocos"]) if marcados else (),
        destinos=tuple(dados["destinos"]),
        regiao=dados.get("regiao", ""),
        motivo=dados["motivo"],
        ultimo_dia=dados["ultimo_dia"],
    )


def _conferir(request: HttpRequest, formulario: FormularioRenumeracao, origem: _Origem, plano: acoes.Plano) -> HttpResponse:
    """What would become what, by prefeitura, before anything happens."""
    contexto = {
        "largo": True,
        "origem": origem,
        "plano": plano,
        "grupos": plano.por_prefeitura,
        "form": formulario,
        "dados": formulario.cleaned_data,
        "inteiro": formulario.escolha == TODOS,
        "parte": leitura.nome_da_parte(parte) if (parte := formulario.parte_escolhida) else "",
    }
    return render(request, "enderecamento/trocas/conferir.html", contexto)


def _comecar(request: HttpRequest, pedido: acoes.Pedido) -> HttpResponse:
    def fazer() -> dict[str, Any]:
        nova = acoes.renumerar(pedido, por=ator_de(request), agora=agora())
        return {"slug": nova.slug, "numero": nova.numero}

    nova = fazer_uma_vez(request, "renumerar", fazer)
    return feito(
        request,
        f"A renumeração {nova['numero']} começou. Cada prefeitura recebeu a lista por e-mail.",
        "enderecamento:renumeracao",
        nova["slug"],
    )


# --- One renumbering --------------------------------------------------------------------------------------------------
@exige("blocos.ver")
@require_GET
def renumeracao(request: HttpRequest, numero: str) -> HttpResponse:
    """How far it is, who confirmed, who did not, and what the gestor may do."""
    esta, relogio = _esta(numero), agora()
    cortes = {"todas": leitura.CORTES["todas"]} if esta.desfeita else leitura.CORTES  # nobody has to confirm what was undone
    corte = request.GET.get("corte", "todas")
    corte = corte if corte in cortes else "todas"
    busca = texto_de(request, "busca")
    progresso = leitura.progresso(esta)
    pagina = Paginator(leitura.por_prefeitura(esta, corte, busca), POR_PAGINA).get_page(request.GET.get("pagina"))
    linhas: list[Any] = list(pagina)
    trocas = leitura.trocas_de(esta.pk, [linha["adesao_id"] for linha in linhas])
    totais = {"todas": progresso.prefeituras, "prontas": progresso.prefeituras_prontas}
    totais["faltam"] = totais["todas"] - totais["prontas"]
    contexto = {
        "largo": True,
        "agora": relogio,
        "renumeracao": esta,
        "progresso": progresso,
        "corte": corte,
        "busca": busca,
        "cortes": [(codigo, rotulo, totais[codigo]) for codigo, rotulo in cortes.items()],
        "pagina": pagina,
        "linhas": [(linha, trocas.get(linha["adesao_id"], [])) for linha in linhas],
        "eventos": [_evento(h) for h in esta.historico.exclude(transicao="confirmar").order_by("em", "pk")],
        "venceu": relogio >= esta.vence_em,
        "pode_mudar": pode(ator_de(request), "blocos.renumerar") and esta.pode_mudar(relogio),
    }
    return render(request, "enderecamento/trocas/renumeracao.html", contexto)


@guarda_o_texto
@exige("blocos.renumerar")
@require_http_methods(["GET", "POST"])
def adiar(request: HttpRequest, numero: str) -> HttpResponse:
    """A later date."""
    esta = _esta(numero)
    formulario = com_o_texto(request, FormularioAdiamento(_dados(request), label_suffix=""))

    def fazer() -> dict[str, Any]:
        acoes.adiar_renumeracao(esta.pk, **formulario.cleaned_data, por=ator_de(request), agora=agora())
        return {}

    return _ato(request, esta, formulario, ato="adiar", fazer=fazer, frase="A data mudou. As prefeituras foram avisadas.")


@guarda_o_texto
@exige("blocos.renumerar")
@require_http_methods(["GET", "POST"])
def desfazer(request: HttpRequest, numero: str) -> HttpResponse:
    """Back to the old ones, before the date."""
    esta = _esta(numero)
    formulario = com_o_texto(request, FormularioDesfazer(_dados(request), label_suffix=""))

    def fazer() -> dict[str, Any]:
        acoes.desfazer_renumeracao(esta.pk, **formulario.cleaned_data, por=ator_de(request), agora=agora())
        return {}

    frase = "A renumeração foi desfeita. As prefeituras são avisadas por e-mail."
    return _ato(request, esta, formulario, ato="desfazer", fazer=fazer, frase=frase)


def _ato(request: HttpRequest, esta: Renumeracao, formulario: forms.Form, *, ato: str, fazer: Any, frase: str) -> HttpResponse:
    if request.method != "POST" and not esta.pode_mudar(agora()):
        erro = TransicaoIndisponivel(_por_que_nao(esta), regra="IP-05")
        erro.voltar = reverse("enderecamento:renumeracao", args=[esta.slug])
        raise erro
    status = 200
    if request.method == "POST":
        status = 422
        if formulario.is_valid():
            try:
                fazer_uma_vez(request, f"renumeracao:{ato}:{esta.pk}", fazer)
                return feito(request, frase, "enderecamento:renumeracao", esta.slug)
            except RegraViolada as erro:
                if erro.campo not in formulario.fields:
                    erro.voltar = reverse("enderecamento:renumeracao", args=[esta.slug])
                    raise
                formulario.add_error(erro.campo, erro.mensagem)
    contexto = {"largo": True, "renumeracao": esta, "form": formulario, "agora": agora(), "progresso": leitura.progresso(esta)}
    return render(request, f"enderecamento/trocas/{ato}.html", contexto, status=status)


def _por_que_nao(esta: Renumeracao) -> str:
    if esta.desfeita:
        return f"Esta renumeração foi desfeita em {prazos.dia_local(esta.desde):%d/%m/%Y}."
    return f"A data desta renumeração já passou: os endereços antigos valeram até {esta.ultimo_dia:%d/%m/%Y}."


def _dados(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _esta(numero: str) -> Renumeracao:
    achada = consultas.renumeracao_por_slug(numero)
    if achada is None:
        raise Http404("renumeração desconhecida")
    return achada


def _evento(h: HistoricoRenumeracao) -> dict[str, str]:
    """One act in words, for ``partes/linha_do_tempo.html``."""
    texto = h.comentario
    if h.transicao == "concluir":
        sem = h.dados.get("sem_confirmacao", 0)
        texto = f"{sem} {'troca' if sem == 1 else 'trocas'} sem confirmação" if sem else "Todas as trocas confirmadas"
    return {
        "titulo": ATOS_DA_RENUMERACAO[h.transicao],
        "quem": h.por_nome,
        "texto": texto,
        "quando": f"{timezone.localtime(h.em):%d/%m/%Y}, {prazos.hora(h.em)}",
        "ip": "",
        "momento": "passado",
    }
