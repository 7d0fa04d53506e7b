"""Renumbering (IP-05): the gestor's acts and the prefeitura's confirmation. What happens at the date is in ``trocas``.

Lock order: adhesions (by pk) → renumbering → slots. Starting is one transaction whatever its size: a handful of statements over sets of
rows, so that a pool of thousands of blocks takes seconds and nothing is ever half begun.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from adesao.models import Adesao
from contas.permissoes import exigir
from enderecamento import notificacoes
from enderecamento.consultas import renumeracao as leitura
from enderecamento.estados import EstadoDaRenumeracao
from enderecamento.models import Alocacao, Renumeracao, SubBlocoCIDR, Troca
from nucleo import fila, fluxo, gravacao, numeracao, prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import Ator

from .procura import PoolEsgotado
from .trocas import NA_HORA, desfazer_da_prefeitura, mover_links

#: The date may be at most this far.
DIAS_NO_MAXIMO = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedido:
    """What to renumber and where to: a whole pool, a ``parte`` of it (first address, exclusive end), or the ``escolhidos`` (first
    addresses). ``destinos`` (pools) and ``regiao`` (a DDD) narrow down where the new ones come from; never the pool, or the part, that is
    being emptied.
    """

    pool_id: int | None = None
    parte: leitura.Parte | None = None
    escolhidos: tuple[int, ...] = ()
    destinos: tuple[int, ...] = ()
    regiao: str = ""
    motivo: str
    ultimo_dia: dt.date


@dataclass(frozen=True, slots=True)
class Plano:
    """Which sub-block becomes which, each prefeitura's together, and those left out because they are in another exchange."""

    pares: list[tuple[SubBlocoCIDR, SubBlocoCIDR]]
    fora: list[SubBlocoCIDR]

    @property
    def por_prefeitura(self) -> list[tuple[Adesao, list[tuple[SubBlocoCIDR, SubBlocoCIDR]]]]:
        """Adhesion → its pairs, by name of municipality."""
        grupos: dict[int, tuple[Adesao, list[tuple[SubBlocoCIDR, SubBlocoCIDR]]]] = {}
        for velho, novo in self.pares:
            assert velho.adesao is not None
            grupos.setdefault(velho.adesao.pk, (velho.adesao, []))[1].append((velho, novo))
        return sorted(grupos.values(), key=lambda grupo: grupo[0].municipio.busca)


def prever_renumeracao(pedido: Pedido, *, por: Ator, agora: dt.datetime) -> Plano:
    """What ``renumerar`` would do now; changes nothing and locks nothing. Raises what it would raise."""
    return _planejar(_conferido(pedido, por, agora), agora, travar=False)


@transaction.atomic
def renumerar(pedido: Pedido, *, por: Ator, agora: dt.datetime) -> Renumeracao:
    """Begin: every old one gets its new one, which takes its place under the ceiling; both hold until ``ultimo_dia`` and each prefeitura
    is told.

    Raises ``RegraViolada`` beside the field for a missing reason, a date out of range or nothing to change; ``PoolEsgotado`` when the free
    ones are not enough, and then nothing starts.
    """
    pedido = _conferido(pedido, por, agora)
    quem = exigir(por, "blocos.renumerar")
    plano = _planejar(pedido, agora, travar=True)
    vence_em = _vence_em(pedido.ultimo_dia)
    renumeracao = Renumeracao.objects.create(
        numero=numeracao.proximo("renumeracao", prazos.dia_local(agora).year),
        desde=agora,
        pool_id=None if pedido.parte else pedido.pool_id,
        motivo=pedido.motivo,
        vence_em=vence_em,
        avisada_em=agora,
        criada_em=agora,
        criada_por_id=quem,
        criada_por_nome=por.nome,
    )
    dados: dict[str, object] = {"trocas": len(plano.pares)}
    if pedido.parte:
        dados["parte"] = leitura.nome_da_parte(pedido.parte)
    anotar(renumeracao, "comecar", por=por, agora=agora, comentario=pedido.motivo, dados=dados)
    _trocar_lugares(renumeracao, plano, por=por, agora=agora)
    notificacoes.trocas_comecaram(renumeracao, _grupos(renumeracao), agora=agora)
    return renumeracao


@transaction.atomic
def adiar_renumeracao(renumeracao_id: int, *, ultimo_dia: dt.date, motivo: str, por: Ator, agora: dt.datetime) -> Renumeracao:
    """Give more time: a later date, told by letter. Raises ``RegraViolada`` for one not later, ``TransicaoIndisponivel`` past it."""
    exigir(por, "blocos.renumerar")
    motivo = _motivo(motivo, "Escreva por que a data muda. As prefeituras vão ler.")
    renumeracao = _antes_da_data(renumeracao_id, agora)
    if ultimo_dia <= renumeracao.ultimo_dia:
        raise RegraViolada(f"A nova data precisa ser depois de {renumeracao.ultimo_dia:%d/%m/%Y}.", regra="IP-05", campo="ultimo_dia")
    _exigir_dia(ultimo_dia, agora)
    vence_em, antes = _vence_em(ultimo_dia), renumeracao.ultimo_dia
    renumeracao, _ = fluxo.executar(
        Renumeracao,
        renumeracao_id,
        "adiar",
        por=por,
        agora=agora,
        comentario=motivo,
        dados={"de": renumeracao.vence_em.isoformat(), "para": vence_em.isoformat()},
        vence_em=vence_em,
    )
    SubBlocoCIDR.objects.filter(pk__in=_abertas(renumeracao).values("velho")).update(troca_ate=vence_em)
    notificacoes.trocas_adiadas(renumeracao, _grupos(renumeracao), motivo, antes=antes, agora=agora)
    return renumeracao


@transaction.atomic
def desfazer_renumeracao(renumeracao_id: int, *, motivo: str, por: Ator, agora: dt.datetime) -> Renumeracao:
    """Undo before the date: each old one gets its place back, the new ones rest (IP-08), links move back, and each prefeitura is told.

    Up to ``NA_HORA`` exchanges in this transaction; more are undone by the worker, one transaction per prefeitura.
    Raises ``TransicaoIndisponivel`` when the date has passed.
    """
    exigir(por, "blocos.renumerar")
    motivo = _motivo(motivo, "Escreva por que a troca é desfeita. As prefeituras vão ler.")
    adesoes = list(_abertas_de(renumeracao_id).order_by("adesao_id").values_list("adesao_id", flat=True))
    na_hora = len(adesoes) <= NA_HORA
    if na_hora:
        _travar_adesoes(adesoes)
    _antes_da_data(renumeracao_id, agora)
    renumeracao, _ = fluxo.executar(Renumeracao, renumeracao_id, "desfazer", por=por, agora=agora, comentario=motivo)
    if na_hora:
        for adesao_id in sorted(set(adesoes)):
            desfazer_da_prefeitura(renumeracao_id, adesao_id, agora=agora)
    else:
        fila.apos_commit("enderecamento.trocar")
    return renumeracao


@transaction.atomic
def confirmar_trocas(
    renumeracao_id: int, *, municipio_id: int, trocas: Sequence[int] = (), por: Ator, agora: dt.datetime
) -> tuple[Renumeracao, list[Troca]]:
    """A responsável says that these exchanges are done in its equipment (all that are left, when none is named): links move over.

    Also after the date, for those left overdue: their links have moved already. Returns those confirmed now.
    Raises ``TransicaoIndisponivel`` when there is nothing of this prefeitura left to confirm, or the renumbering was undone.
    """
    quem = exigir(por, "trocas.confirmar", municipio_id)
    adesoes = list(
        Troca.objects.filter(renumeracao_id=renumeracao_id, adesao__municipio_id=municipio_id)
        .order_by("adesao_id")
        .values_list("adesao_id", flat=True)
        .distinct()
    )
    _travar_adesoes(adesoes)
    renumeracao = Renumeracao.objects.get(pk=renumeracao_id)
    if renumeracao.estado == EstadoDaRenumeracao.DESFEITA:
        raise TransicaoIndisponivel("A PRODESP desfez esta troca. Continue com os endereços antigos.")
    pendentes = Troca.objects.filter(renumeracao_id=renumeracao_id, adesao_id__in=adesoes, confirmada_em__isnull=True)
    if trocas:
        pendentes = pendentes.filter(pk__in=list(trocas))
    feitas = list(pendentes.select_related("velho", "novo").select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not feitas:
        raise TransicaoIndisponivel("Esta troca já está confirmada.")
    Troca.objects.filter(pk__in=[t.pk for t in feitas]).update(confirmada_em=agora, confirmada_por=quem, confirmada_por_nome=por.nome)
    for troca in feitas:
        troca.confirmada_em, troca.confirmada_por_id, troca.confirmada_por_nome = agora, quem, por.nome
    mover_links([t for t in feitas if t.encerrada_em is None], municipio_id=municipio_id, por=por, agora=agora)
    anotar(
        renumeracao,
        "confirmar",
        por=por,
        agora=agora,
        dados={"municipio": municipio_id, "trocas": [{"velho": str(t.velho), "novo": str(t.novo)} for t in feitas]},
    )
    return renumeracao, feitas


# --- Parts ------------------------------------------------------------------------------------------------------------
def anotar(
    renumeracao: Renumeracao,
    ato: str,
    *,
    por: Ator,
    agora: dt.datetime,
    comentario: str = "",
    dados: dict[str, object] | None = None,
) -> None:
    """A history row for an act that leaves the state as it is."""
    renumeracao.historico.create(
        transicao=ato,
        de="" if ato == "comecar" else renumeracao.estado,
        para=renumeracao.estado,
        em=agora,
        por_id=por.usuario_id,
        por_nome=por.nome,
        por_papel=fluxo.papel_de(renumeracao, por),
        ip=por.ip,
        comentario=comentario,
        dados=dados or {},
    )


def _conferido(pedido: Pedido, por: Ator, agora: dt.datetime) -> Pedido:
    """The request with its reason trimmed, when this person may make it and it says what and until when."""
    exigir(por, "blocos.renumerar")
    if pedido.pool_id is None and not pedido.escolhidos:
        raise RegraViolada("Escolha ao menos um sub-bloco para trocar.", regra="IP-05", campo="blocos")
    motivo = _motivo(pedido.motivo, "Escreva o motivo da troca. As prefeituras vão ler.")
    _exigir_dia(pedido.ultimo_dia, agora)
    do_pool = pedido.pool_id is not None
    return replace(
        pedido,
        parte=pedido.parte if do_pool else None,
        escolhidos=() if do_pool else tuple(sorted(set(pedido.escolhidos))),
        motivo=motivo,
    )


def _motivo(motivo: str, frase: str) -> str:
    return texto_exigido(motivo, frase=frase, campo="motivo", maximo=500, regra="IP-05")


def _exigir_dia(dia: dt.date, agora: dt.datetime) -> None:
    hoje = prazos.dia_local(agora)
    if not hoje < dia <= hoje + dt.timedelta(days=DIAS_NO_MAXIMO):
        raise RegraViolada("Escolha um dia depois de hoje, até dois anos à frente.", regra="IP-05", campo="ultimo_dia")


def _vence_em(ultimo_dia: dt.date) -> dt.datetime:
    return prazos.meia_noite(ultimo_dia + dt.timedelta(days=1))


def _antes_da_data(renumeracao_id: int, agora: dt.datetime) -> Renumeracao:
    renumeracao = fluxo.travar(Renumeracao, renumeracao_id)
    if renumeracao.em_curso and not renumeracao.pode_mudar(agora):
        raise TransicaoIndisponivel(f"A data desta troca já passou: os endereços antigos valeram até {renumeracao.ultimo_dia:%d/%m/%Y}.")
    return renumeracao


def _travar_adesoes(pks: Iterable[int]) -> set[int]:
    linhas = Adesao.objects.filter(pk__in=set(pks)).select_for_update(of=("self",), no_key=True).order_by("pk")
    return set(linhas.values_list("pk", flat=True))


def _planejar(pedido: Pedido, agora: dt.datetime, *, travar: bool) -> Plano:
    quais: dict[str, Any] = {"pool_id": pedido.pool_id, "parte": pedido.parte, "escolhidos": pedido.escolhidos}
    velhos = leitura.a_trocar(**quais)
    if travar:  # every change of a held slot takes its adhesion first: under these locks the list stays as it is
        velhos = velhos.filter(adesao_id__in=_travar_adesoes(velhos.order_by().values_list("adesao_id", flat=True)))
    lista = list(velhos.select_related("adesao__municipio"))
    fora = list(leitura.em_outra_troca(**quais))
    if not lista:
        raise _nada_a_trocar(pedido, fora)
    pares: list[tuple[SubBlocoCIDR, SubBlocoCIDR]] = []
    for perfil, grupo in groupby(lista, key=lambda bloco: bloco.perfil):
        do_perfil = list(grupo)
        livres = leitura.livres_para(
            perfil,
            hoje=prazos.dia_local(agora),
            destinos=pedido.destinos,
            regiao=pedido.regiao,
            menos=None if pedido.parte else pedido.pool_id,
            fora_de=pedido.parte,
        )
        novos = _travadas(livres, len(do_perfil)) if travar else list(livres[: len(do_perfil)])
        if len(novos) < len(do_perfil):
            raise _faltam(perfil, len(do_perfil), len(novos))
        pares += zip(do_perfil, novos, strict=True)
    return Plano(pares, fora)


def _nada_a_trocar(pedido: Pedido, fora: Sequence[SubBlocoCIDR]) -> RegraViolada:
    if pedido.parte is not None:
        onde = leitura.nome_da_parte(pedido.parte)
        frase = f"O que está em uso em {onde} já está em outra troca." if fora else f"Nenhum sub-bloco de {onde} está em uso."
        return RegraViolada(frase, regra="IP-05", campo="parte")
    frase = "Os sub-blocos escolhidos já estão em outra troca." if fora else "Nenhum dos sub-blocos escolhidos está em uso."
    return RegraViolada(frase, regra="IP-05", campo="blocos")


def _travadas(livres: QuerySet[SubBlocoCIDR], n: int) -> list[SubBlocoCIDR]:
    """The lowest free ones under lock; those that others hold only for a moment are waited for when there are no others."""
    achadas = list(livres.select_for_update(of=("self",), no_key=True, skip_locked=True)[:n])
    return achadas if len(achadas) == n else list(livres.select_for_update(of=("self",), no_key=True)[:n])


def _faltam(perfil: str, precisos: int, ha: int) -> PoolEsgotado:
    tipo = "privado" if perfil == "PRIVADO" else "público"
    s = "" if precisos == 1 else "s"
    existem = "não há nenhum" if ha == 0 else f"há só {ha}"
    return PoolEsgotado(
        f"Faltam {precisos - ha} sub-blocos livres: é preciso {precisos} {tipo}{s}, e {existem} onde você escolheu. Nada começou.",
        regra="IP-05",
        campo="destinos",
    )


def _trocar_lugares(renumeracao: Renumeracao, plano: Plano, *, por: Ator, agora: dt.datetime) -> None:
    """Places move in the order old first, then new: the database refuses one place held twice."""
    linhas = []
    for velho, novo in plano.pares:
        assert velho.adesao_id is not None
        assert velho.ordinal is not None
        linhas.append(Troca(renumeracao=renumeracao, adesao_id=velho.adesao_id, velho=velho, novo=novo, lugar=velho.ordinal))
    gravacao.inserir(linhas, chave="novo")
    desta = Troca.objects.filter(renumeracao=renumeracao)
    SubBlocoCIDR.objects.filter(pk__in=desta.values("velho")).update(ordinal=None, excedente=None, troca_ate=renumeracao.vence_em)
    minha = desta.filter(novo=OuterRef("pk")).order_by()
    valores = {"adesao": Subquery(minha.values("adesao")), "ordinal": Subquery(minha.values("lugar"))}
    acima = {n.pk: v.excedente_id for v, n in plano.pares if v.excedente_id is not None}
    SubBlocoCIDR.objects.filter(pk__in=desta.values("novo")).exclude(pk__in=list(acima)).update(**valores)
    for concedido in sorted(set(acima.values())):
        dele = [pk for pk, excedente in acima.items() if excedente == concedido]
        SubBlocoCIDR.objects.filter(pk__in=dele).update(**valores, excedente=concedido)
    motivo = f"Renumeração {renumeracao.numero}, no lugar de "
    quem = {"por_id": por.usuario_id, "por_nome": por.nome, "por_papel": fluxo.papel_de(renumeracao, por), "ip": por.ip}
    posses = [Alocacao(sub_bloco=t.novo, adesao_id=t.adesao_id, de=agora, motivo=f"{motivo}{t.velho}", **quem) for t in linhas]
    gravacao.inserir(posses, chave="sub_bloco")


def _abertas_de(renumeracao_id: int) -> QuerySet[Troca]:
    return Troca.objects.filter(renumeracao_id=renumeracao_id, encerrada_em__isnull=True)


def _abertas(renumeracao: Renumeracao) -> QuerySet[Troca]:
    return _abertas_de(renumeracao.pk)


def _grupos(renumeracao: Renumeracao) -> list[tuple[Adesao, list[Troca]]]:
    """Open exchanges by prefeitura."""
    linhas = _abertas(renumeracao).select_related("velho", "novo", "adesao__municipio").order_by("adesao_id", "velho__perfil", "lugar")
    return [(trocas[0].adesao, trocas) for trocas in (list(grupo) for _, grupo in groupby(linhas, key=lambda t: t.adesao_id))]
