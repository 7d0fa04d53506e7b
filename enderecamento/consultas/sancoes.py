"""Sanctions in force and past (IP-07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db.models import QuerySet

from adesao.models import Adesao
from contas.municipios import procurar
from enderecamento.estados import EspecieDeSancao, EstadoDaRenumeracao, EstadoDaSancao
from enderecamento.models import Sancao, SubBlocoCIDR, Troca
from nucleo.erros import RegraViolada

from .quantidades import COM_BLOCOS


def sancoes(filtros: Mapping[str, str]) -> QuerySet[Sancao]:
    """Every sanction, newest first, by ``situacao`` ("" = in force), ``especie`` and municipality (``busca``)."""
    lista = Sancao.objects.select_related("adesao__municipio")
    if filtros.get("situacao", "") in ("", "encerradas"):
        lista = lista.filter(estado=EstadoDaSancao.ENCERRADA if filtros.get("situacao") else EstadoDaSancao.VIGENTE)
    if filtros.get("especie"):
        lista = lista.filter(especie=filtros["especie"].upper())
    if filtros.get("busca"):
        lista = lista.filter(adesao__municipio__in=[m.pk for m in procurar(filtros["busca"])])
    return lista.order_by("-aplicada_em", "-pk")


def sancoes_de(municipios: Iterable[int], *, so_vigentes: bool = False) -> list[Sancao]:
    """The sanctions of these prefeituras with their sub-blocks, those in force first (two queries)."""
    lista = Sancao.objects.filter(adesao__municipio__in=set(municipios)).select_related("adesao__municipio", "documento")
    if so_vigentes:
        lista = lista.filter(estado=EstadoDaSancao.VIGENTE)
    return sorted(lista.prefetch_related("sub_blocos").order_by("-aplicada_em", "-pk"), key=lambda s: not s.vigente)


def substitutos(sancoes: Iterable[Sancao]) -> dict[int, list[tuple[SubBlocoCIDR, SubBlocoCIDR]]]:
    """Sanction → the sub-blocks that took the place of those it names, each as (new, old), along every exchange (one query, or none).

    A blocking follows its sub-block through exchanges (IP-05): the new one counts from the day both hold. Nothing is copied: an exchange
    that is undone gives the old one back. Exchanges that were over before the sanction began, or that began after it ended, do not count.
    """
    nomeados = {s.pk: (s, {b.pk for b in s.sub_blocos.all()}) for s in sancoes}
    adesoes = {s.adesao_id for s, nomes in nomeados.values() if nomes}
    if not adesoes:
        return {}
    trocas: dict[int, list[Troca]] = defaultdict(list)
    das_adesoes = Troca.objects.filter(adesao__in=adesoes).select_related("renumeracao", "velho", "novo")
    for troca in das_adesoes.order_by("renumeracao__criada_em", "velho__perfil", "lugar", "pk"):
        trocas[troca.adesao_id].append(troca)
    achados: dict[int, list[tuple[SubBlocoCIDR, SubBlocoCIDR]]] = {}
    for pk, (sancao, nomes) in nomeados.items():
        for troca in trocas[sancao.adesao_id] if nomes else ():
            de, para = troca.velho, troca.novo
            if troca.renumeracao.estado == EstadoDaRenumeracao.DESFEITA:  # what used the new one is back on the old one
                de, para = para, de
            if de.pk in nomes and para.pk not in nomes and _ao_tempo(troca, sancao):
                nomes.add(para.pk)
                achados.setdefault(pk, []).append((para, de))
    return achados


def _ao_tempo(troca: Troca, sancao: Sancao) -> bool:
    """Whether the exchange and the sanction were ever open together."""
    antes = troca.encerrada_em is not None and troca.encerrada_em <= sancao.aplicada_em
    depois = not sancao.vigente and troca.renumeracao.criada_em >= sancao.desde
    return not antes and not depois


def atingidos(vigentes: Iterable[Sancao]) -> dict[int, set[int]]:
    """Sanction → the sub-blocks (pks) a partial one blocks: those it names and those that took their place (one query, or none)."""
    vigentes = list(vigentes)
    trocados = substitutos(vigentes)
    return {s.pk: {b.pk for b in s.sub_blocos.all()} | {novo.pk for novo, _ in trocados.get(s.pk, [])} for s in vigentes}


def quem_bloqueia(vigentes: Iterable[Sancao], blocos: Iterable[int]) -> dict[int, list[Sancao]]:
    """Which of these sub-blocks (pks of one prefeitura) its sanctions in force block, and which sanctions block each: a total one all."""
    vigentes, pks = list(vigentes), set(blocos)
    parciais = atingidos(vigentes)
    achados: dict[int, list[Sancao]] = {}
    for sancao in vigentes:
        for pk in pks if sancao.especie == EspecieDeSancao.BLOQUEIO_TOTAL else parciais[sancao.pk] & pks:
            achados.setdefault(pk, []).append(sancao)
    return achados


def bloqueados(vigentes: Iterable[Sancao], blocos: Iterable[int]) -> set[int]:
    """Which of these sub-blocks (pks of one prefeitura) its sanctions in force block."""
    return set(quem_bloqueia(vigentes, blocos))


def bloqueados_entre(blocos: Iterable[SubBlocoCIDR]) -> set[int]:
    """Which of these sub-blocks, whoever holds them, are blocked now: their pks (three queries at most). Their adhesions have been read."""
    donos = {b.pk: b.adesao.municipio_id for b in blocos if b.adesao is not None}
    vigentes = sancoes_de(donos.values(), so_vigentes=True)
    totais = {s.municipio_id for s in vigentes if s.especie == EspecieDeSancao.BLOQUEIO_TOTAL}
    parciais = set().union(*atingidos(vigentes).values())
    return {pk for pk, municipio_id in donos.items() if municipio_id in totais or pk in parciais}


def que_bloqueiam(bloco: SubBlocoCIDR) -> list[Sancao]:
    """The sanctions in force that block this sub-block; none for one that nobody holds."""
    if bloco.adesao is None:
        return []
    return quem_bloqueia(sancoes_de([bloco.adesao.municipio_id], so_vigentes=True), [bloco.pk]).get(bloco.pk, [])


def exigir_que_acrescente(especie: str, blocos: Iterable[int], vigentes: Iterable[Sancao]) -> None:
    """Refuse a sanction whose choices contradict each other, or that would block nothing more than those in force already do.

    Raises ``RegraViolada`` (IP-07) beside ``especie`` or ``blocos``: sub-blocks belong to a partial blocking only; a prefeitura has one
    total blocking at a time; a partial one names at least one sub-block that is not blocked yet.
    """
    vigentes, pks = list(vigentes), set(blocos)
    if especie != EspecieDeSancao.BLOQUEIO_PARCIAL:
        if pks:
            frase = "Os sub-blocos são só do bloqueio parcial: desmarque-os ou escolha o bloqueio parcial."
            raise RegraViolada(frase, campo="blocos", regra="IP-07")
        if especie == EspecieDeSancao.BLOQUEIO_TOTAL and any(s.especie == especie for s in vigentes):
            frase = "Já há um bloqueio total em vigor. Para mudar o motivo ou a data, encerre-o antes."
            raise RegraViolada(frase, campo="especie", regra="IP-07")
    elif not pks:
        raise RegraViolada("Escolha os sub-blocos desta prefeitura que ficam bloqueados.", campo="blocos", regra="IP-07")
    elif pks <= bloqueados(vigentes, pks):
        so_um = "Este sub-bloco já está bloqueado" if len(pks) == 1 else "Estes sub-blocos já estão bloqueados"
        raise RegraViolada(f"{so_um}. Escolha outro, ou encerre antes a sanção em vigor.", campo="blocos", regra="IP-07")


def exigir_que_possa_emitir(municipio_id: int) -> None:
    """Raise ``RegraViolada`` (IP-07) when ``BLOQUEADA_PODE_EMITIR`` is off and a total blocking of this prefeitura is in force."""
    if settings.BLOQUEADA_PODE_EMITIR:
        return
    totais = Sancao.objects.filter(adesao__municipio=municipio_id, estado=EstadoDaSancao.VIGENTE, especie=EspecieDeSancao.BLOQUEIO_TOTAL)
    if totais.exists():
        raise RegraViolada(
            "Os links da prefeitura estão bloqueados. Enquanto durar o bloqueio, ela não emite: fale com a PRODESP.", regra="IP-07"
        )


def sancionaveis() -> list[Adesao]:
    """The adhesions in force, by name of the municipality (one query)."""
    return list(Adesao.objects.filter(estado__in=COM_BLOCOS).select_related("municipio").order_by("municipio__busca", "pk"))
