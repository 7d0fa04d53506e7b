"""Pools, the map of one, its sub-blocks: on the screen and as a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods

from contas.acesso import ator_de, exige, guarda_o_texto, sem_atividade
from contas.limites import limitada
from contas.paginas import agora, com_o_texto, fazer_uma_vez, feito, pagina_de
from contas.permissoes import pode
from enderecamento import acoes, consultas, registros
from enderecamento.consultas.mapa import Faixa
from enderecamento.estados import APARENCIA, Situacao
from enderecamento.forms.prodesp import FormularioDeProcura, FormularioDevolucao
from enderecamento.models import Alocacao, PoolCIDR, SubBlocoCIDR
from nucleo import campos, prazos
from nucleo.erros import RegraViolada

from . import desenho
from .planilha import planilha

registro = structlog.get_logger("portal.enderecamento")
#: Rows of a spreadsheet read at once, and its columns.
PEDACO = 1000
CABECALHO = (
    "Sub-bloco", "Máscara", "Tipo", "Situação", "Bloqueio", "Prefeitura", "Código IBGE", "Link", "Desde", "Vale até", "Livre em", "Motivo",
)  # fmt: skip


@exige("blocos.ver")
@require_GET
def blocos(request: HttpRequest) -> HttpResponse:
    """The pools in order of address, how full each is, and the way to everything else."""
    por, relogio = ator_de(request), agora()
    hoje = prazos.dia_local(relogio)
    ocupacoes = consultas.ocupacao_por_pool(hoje)
    pagina = pagina_de(consultas.pools(), request)
    vazia = consultas.Ocupacao(0, 0, 0, 0)
    contexto = {
        "largo": True,
        "agora": relogio,
        "pagina": pagina,
        "linhas": [
            {"pool": p, "regiao": regiao_do_pool(p), "tem": (o := ocupacoes.get(p.pk, vazia)), "barra": desenho.barra(o, p.vagas)}
            for p in pagina
        ],
        "esperando": consultas.a_atribuir().count(),
        "tecnicos_por_ler": consultas.trocas_por_ler(),
        "procura": FormularioDeProcura(),
        "gere": pode(por, "pools.gerir"),
        "aba": "blocos",
    }
    return render(request, "enderecamento/prodesp/blocos.html", contexto)


def regiao_do_pool(pool: PoolCIDR) -> str:
    """``DDD 15 (Sorocaba)``, or that it serves the whole State."""
    return f"DDD {pool.regiao} ({campos.REGIOES.get(pool.regiao, '')})" if pool.regiao else "todo o Estado"


def pool_ou_404(rede: str) -> PoolCIDR:
    """The pool of that address. Raises ``Http404``."""
    pool = consultas.pool_por_slug(rede)
    if pool is None:
        raise Http404("bloco desconhecido")
    return pool


def _faixa_ou_404(rede: str, dentro: str) -> Faixa:
    onde = consultas.faixa(pool_ou_404(rede), dentro)
    if onde is None:
        raise Http404("faixa desconhecida")
    return onde


def caminho(onde: Faixa) -> str:
    """Address of the map of a range."""
    if onde.rede == onde.pool.rede:
        return reverse("enderecamento:pool", args=[onde.pool.slug])
    return reverse("enderecamento:faixa", args=[onde.pool.slug, onde.slug])


@exige("blocos.ver")
@require_GET
def pool(request: HttpRequest, rede: str, dentro: str = "") -> HttpResponse:
    """The map of a pool or of a network inside it, the same numbers as a table, the chosen sub-block, and the list of those not free."""
    por, relogio = ator_de(request), agora()
    hoje = prazos.dia_local(relogio)
    onde = _faixa_ou_404(rede, dentro)
    escolhido = _escolhido(request, onde)
    if onde.e_folha:
        vagas = list(consultas.na_faixa(onde).select_related("adesao__municipio"))
        tem = consultas.contar(vagas, hoje)
        figura = desenho.da_folha(
            onde,
            vagas,
            hoje,
            endereco=lambda v: f"{caminho(onde)}?sub={v.slug}#selecionado",
            escolhido=escolhido.pk if escolhido else None,
        )
    else:
        quadros = consultas.quadros(onde, hoje)
        tem = consultas.somar(quadros)
        figura = desenho.de_cima(
            onde, quadros, endereco=lambda i: caminho(consultas.faixa_de(onde.pool, i)), da_linha=lambda i: _linha_do_mapa(onde, i)
        )
    contexto = {
        "largo": True,
        "agora": relogio,
        "pool": onde.pool,
        "onde": onde,
        "e_o_pool": onde.rede == onde.pool.rede,
        "regiao": regiao_do_pool(onde.pool),
        "trilha": [
            ("Endereços", reverse("enderecamento:blocos")),
            *((str(f.rede), caminho(f)) for f in onde.acima),
            (str(onde.rede), ""),
        ],
        "figura": figura,
        "tem": tem,
        "ocupacao": _tabela(tem),
        "previsao": consultas.previsao(onde, tem, relogio),
        "gere": pode(por, "pools.gerir"),
        "atribui": pode(por, "blocos.atribuir"),
        "renumerar_url": _renumerar_url(onde) if tem.em_uso and pode(por, "blocos.renumerar") else "",
        "caminho": caminho(onde),
        **_lista(request, onde, hoje, tem),
        **(_do_escolhido(escolhido, relogio) if escolhido else {}),
    }
    return render(request, "enderecamento/prodesp/pool.html", contexto)


def _renumerar_url(onde: Faixa) -> str:
    """Where what is in use in this range is changed (IP-05)."""
    parte = "" if onde.rede == onde.pool.rede else f"&parte={onde.slug}"
    return f"{reverse('enderecamento:renumerar')}?pool={onde.pool.slug}{parte}"


def _linha_do_mapa(onde: Faixa, inicio: int) -> tuple[str, str]:
    """Where the name of a row leads, and what it says; nowhere when the row is the range itself."""
    abaixo = consultas.faixa_de(onde.pool, inicio, prefixo=onde.linha)
    return ("", "") if abaixo.rede.prefixo <= onde.rede.prefixo else (caminho(abaixo), f"Abrir {abaixo.rede}")


def _escolhido(request: HttpRequest, onde: Faixa) -> SubBlocoCIDR | None:
    bloco = consultas.sub_bloco_por_slug(request.GET.get("sub", "")[:20])
    return bloco if bloco is not None and onde.rede.inicio <= bloco.inicio < onde.rede.fim else None


@dataclass(frozen=True, slots=True)
class LinhaDaOcupacao:
    """One row of the table of numbers."""

    situacao: str
    rotulo: str
    quantos: int
    parte: str


def _tabela(tem: consultas.Ocupacao) -> list[LinhaDaOcupacao]:
    quantos = {
        Situacao.EM_USO: tem.em_uso,
        Situacao.EM_TROCA: tem.em_troca,
        Situacao.QUARENTENA: tem.quarentena,
        Situacao.LIVRE: tem.livres,
    }
    return [LinhaDaOcupacao(s.value, s.label, quantos[s], parte(quantos[s], tem.total)) for s in desenho.ORDEM]


def parte(n: int, total: int) -> str:
    """``43,8 %``, with what is there and is less than that much told as ``menos de 0,1 %``."""
    if not total:
        return "0 %"
    por_cento = 100 * n / total
    return "menos de 0,1 %" if 0 < por_cento < 0.05 else f"{por_cento:.1f} %".replace(".", ",").replace(",0 %", " %")


@dataclass(frozen=True, slots=True)
class LinhaDeSubBloco:
    """One row of a list of sub-blocks: who has it, or had it last; ``bloqueado`` by a sanction in force."""

    bloco: SubBlocoCIDR
    situacao: Situacao
    posse: Alocacao | None
    uso: registros.Uso | None
    bloqueado: bool

    @property
    def aparencia(self) -> Any:
        """Tint and icon."""
        return APARENCIA[self.situacao]

    @property
    def hosts(self) -> str:
        """``.97 a .110``: what tells them apart in so small a network."""
        return f".{self.bloco.rede.primeiro.rpartition('.')[2]} a .{self.bloco.rede.ultimo.rpartition('.')[2]}"

    @property
    def difusao(self) -> str:
        """``.111``."""
        return f".{self.bloco.rede.difusao.rpartition('.')[2]}"


def linhas_de(pagina: Sequence[SubBlocoCIDR], hoje: dt.date) -> list[LinhaDeSubBloco]:
    posses = consultas.ultimas_posses(pagina)
    usos = registros.usos(b.rede.cidr for b in pagina if b.adesao_id is not None)
    bloqueados = consultas.bloqueados_entre(pagina)
    return [LinhaDeSubBloco(b, b.situacao(hoje), posses.get(b.pk), usos.get(b.rede.cidr), b.pk in bloqueados) for b in pagina]


def _lista(request: HttpRequest, onde: Faixa, hoje: dt.date, tem: consultas.Ocupacao) -> dict[str, Any]:
    """The table below the map: those not free, those of one situation, or all of them."""
    so = request.GET.get("mostrar", "")
    so = so if so in {*Situacao.values, "todos"} else ""
    lista = consultas.na_faixa(onde)
    if so in Situacao.values:
        lista = lista.filter(consultas.na_situacao(so, hoje))
    elif not so:
        lista = lista.filter(consultas.ocupadas(hoje))
    pagina = pagina_de(lista.select_related("adesao__municipio"), request)
    frase = Situacao(so).label.lower() if so in Situacao.values else "livres e ocupados" if so else "os que não estão livres"
    return {"pagina": pagina, "linhas": linhas_de(list(pagina), hoje), "mostrar": so, "mostrando": frase, "ha_livres": bool(tem.livres)}


def _do_escolhido(bloco: SubBlocoCIDR, relogio: dt.datetime) -> dict[str, Any]:
    hoje = prazos.dia_local(relogio)
    return {
        "escolhido": linhas_de([bloco], hoje)[0],
        "trocar_url": endereco_da_troca(bloco),
    }


def endereco_da_troca(bloco: SubBlocoCIDR) -> str:
    """Where the exchange of this sub-block begins (IP-05), or "" while there is no such page."""
    try:
        return f"{reverse('enderecamento:renumerar')}?bloco={bloco.slug}"
    except NoReverseMatch:
        return ""


@exige("blocos.ver")
@require_GET
@sem_atividade
def andamento(request: HttpRequest, rede: str) -> HttpResponse:
    """How far the making of the slots is, for htmx; when it ends the page opens again by itself."""
    achado = pool_ou_404(rede)
    resposta = render(request, "enderecamento/prodesp/_andamento.html", {"pool": achado})
    if achado.pronto:
        resposta["HX-Refresh"] = "true"
    return resposta


# --- One sub-block -------------------------------------------------------------------------------------------------
def sub_bloco_ou_404(rede: str) -> SubBlocoCIDR:
    """The sub-block of that address, with its pool and its prefeitura. Raises ``Http404``."""
    bloco = consultas.sub_bloco_por_slug(rede)
    if bloco is None:
        raise Http404("sub-bloco desconhecido")
    return bloco


@exige("blocos.ver")
@require_GET
def sub_bloco(request: HttpRequest, rede: str) -> HttpResponse:
    """The facts of a sub-block, who has it, which link uses it, and who had it before (IP-06)."""
    return render(request, "enderecamento/prodesp/sub_bloco.html", _do_sub_bloco(request, sub_bloco_ou_404(rede)))


def _do_sub_bloco(request: HttpRequest, bloco: SubBlocoCIDR) -> dict[str, Any]:
    por, relogio = ator_de(request), agora()
    hoje = prazos.dia_local(relogio)
    folha = consultas.faixa_de(bloco.pool, bloco.inicio)
    return {
        "largo": True,
        "agora": relogio,
        "linha": linhas_de([bloco], hoje)[0],
        "bloco": bloco,
        "troca": consultas.troca_do_sub_bloco(bloco.pk) if bloco.adesao_id else None,
        "sancoes": consultas.que_bloqueiam(bloco),
        "no_mapa": f"{caminho(folha)}?sub={bloco.slug}",
        "trilha": [
            ("Endereços", reverse("enderecamento:blocos")),
            *((str(f.rede), caminho(f)) for f in [*folha.acima, folha]),
            (str(bloco.rede), ""),
        ],
        "pagina": pagina_de(consultas.historia_do_bloco(bloco), request),
        "atribui": pode(por, "blocos.atribuir"),
        "renumera": pode(por, "blocos.renumerar"),
        "trocar_url": endereco_da_troca(bloco),
    }


@guarda_o_texto
@exige("blocos.atribuir")
@require_http_methods(["GET", "POST"])
def devolver(request: HttpRequest, rede: str) -> HttpResponse:
    """Take a sub-block back, with the reason (IP-08); one that cannot be says why before anything is typed."""
    por, relogio, bloco = ator_de(request), agora(), sub_bloco_ou_404(rede)
    formulario = com_o_texto(request, FormularioDevolucao(request.POST if request.method == "POST" else None, label_suffix=""))
    status, recusa = 200, ""
    if request.method != "POST":
        try:
            acoes.exigir_devolvivel(bloco)
        except RegraViolada as erro:
            status, recusa = 409, erro.mensagem
    else:
        status = 422
        if formulario.is_valid():

            def fazer() -> dict[str, Any]:
                acoes.devolver(bloco.pk, motivo=formulario.cleaned_data["motivo"], por=por, agora=relogio)
                return {}

            try:
                fazer_uma_vez(request, f"devolver:{bloco.pk}", fazer)
                livre = SubBlocoCIDR.objects.values_list("livre_desde", flat=True).get(pk=bloco.pk)
                frase = f"{bloco} devolvido. A prefeitura foi avisada. Ele descansa e fica livre em {livre:%d/%m/%Y}."
                return feito(request, frase, "enderecamento:sub_bloco", bloco.slug)
            except RegraViolada as erro:
                formulario.add_error(erro.campo if erro.campo in formulario.fields else None, erro.mensagem)
                status = erro.status
    contexto = {**_do_sub_bloco(request, sub_bloco_ou_404(rede)), "form": formulario, "recusa": recusa}
    return render(request, "enderecamento/prodesp/devolver.html", contexto, status=status)


# --- As a spreadsheet ----------------------------------------------------------------------------------------------
@exige("blocos.ver")
@require_GET
@limitada("exportar", texto="Você já baixou planilhas 10 vezes na última hora. Espere um pouco e baixe de novo.")
def pool_csv(request: HttpRequest, rede: str, dentro: str = "") -> StreamingHttpResponse:
    """The sub-blocks of a range that are not free, as the list below the map shows them, written out a piece at a time. Logged."""
    por, relogio = ator_de(request), agora()
    onde = _faixa_ou_404(rede, dentro)
    registro.info("blocos_exportados", usuario=por.usuario_id, faixa=onde.rede.cidr)
    nome = f"sub-blocos-{onde.slug}-{prazos.dia_local(relogio):%Y-%m-%d}.csv"
    return planilha(nome, _do_csv(onde, prazos.dia_local(relogio)))


def _do_csv(onde: Faixa, hoje: dt.date) -> Iterator[Sequence[object]]:
    yield CABECALHO
    depois = onde.rede.inicio - 1
    while True:
        ocupados = consultas.na_faixa(onde).filter(consultas.ocupadas(hoje), inicio__gt=depois).select_related("adesao__municipio")
        pedaco = list(ocupados[:PEDACO])
        if not pedaco:
            return
        depois = pedaco[-1].inicio
        for li in linhas_de(pedaco, hoje):
            b, posse = li.bloco, li.posse
            municipio = posse.adesao.municipio if posse else None
            yield [
                b.rede.cidr,
                b.rede.mascara,
                b.get_perfil_display(),
                li.situacao.label,
                "Bloqueado" if li.bloqueado else "",
                municipio.nome if municipio else "",
                municipio.pk if municipio else "",
                li.uso.titulo if li.uso else "",
                f"{prazos.dia_local(posse.de):%d/%m/%Y}" if posse else "",
                f"{b.vale_ate:%d/%m/%Y}" if b.vale_ate else "",
                f"{b.livre_desde:%d/%m/%Y}" if li.situacao == Situacao.QUARENTENA else "",
                (posse.fim_motivo or posse.motivo) if posse else "",
            ]
