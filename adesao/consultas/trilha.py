"""The trail of audit: every act of every process in one ordered list, whatever floor it happened on (SS-10, PRZ-02)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.urls import reverse

from adesao.models import HistoricoAdesao
from adesao.registros import FONTES_DA_TRILHA, FonteDaTrilha, LinhaDaTrilha
from contas.consultas import atos_das_contas
from contas.municipios import dobrar_busca
from contas.papeis import Papel

from .tempo import o_que_houve


def grupos_da_trilha() -> list[tuple[str, str]]:
    """The kinds of process the trail may be narrowed to: (code, label)."""
    return list({f.grupo: f.rotulo for f in FONTES_DA_TRILHA.values()}.items())


def trilha(filtros: dict[str, str]) -> QuerySet[Any, dict[str, Any]]:
    """Every act, the newest first, as rows ``em``, ``fonte`` and ``id``, joined in the database; ``ler_da_trilha`` reads a page of them.

    ``filtros``: ``busca`` (municipality, number or person) and ``sobre`` (a code of ``grupos_da_trilha``). Unknown values filter nothing.
    """
    texto = filtros.get("busca", "").strip()[:60]
    fontes = list(FONTES_DA_TRILHA.values())
    escolhidas = [f for f in fontes if f.grupo == filtros.get("sobre")] or fontes
    partes = [_parte(f, texto) for f in escolhidas]
    todas = partes[0].union(*partes[1:], all=True) if len(partes) > 1 else partes[0]
    return todas.order_by("-quando", "fonte", "-linha")


def _parte(fonte: FonteDaTrilha, texto: str) -> QuerySet[Any, dict[str, Any]]:
    return fonte.atos(texto).order_by().values(quando=F("em"), fonte=Value(fonte.codigo), linha=F("pk"))


def ler_da_trilha(linhas: Iterable[dict[str, Any]]) -> list[LinhaDaTrilha]:
    """The rows of a page as people read them, in their order (one reading per source)."""
    lista = list(linhas)
    por_fonte: dict[str, list[int]] = {}
    for linha in lista:
        por_fonte.setdefault(linha["fonte"], []).append(linha["linha"])
    lidas = {codigo: FONTES_DA_TRILHA[codigo].ler(pks) for codigo, pks in por_fonte.items()}
    return [lidas[linha["fonte"]][linha["linha"]] for linha in lista]


# --- The adhesion's own source --------------------------------------------------------------------------------------
def _atos(texto: str) -> QuerySet[HistoricoAdesao]:
    lista = HistoricoAdesao.objects.all()
    if texto:
        do_nome = Q(processo__municipio__busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else Q()
        lista = lista.filter(do_nome | Q(processo__numero__startswith=texto) | Q(por_nome__contem=texto))
    return lista


def _ler(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    """An adhesion that was never sent is the prefeitura's own: its acts are told, its page is not for others."""
    return {
        r.pk: LinhaDaTrilha(
            em=r.em,
            o_que=o_que_houve(r),
            comentario=r.comentario,
            sobre=r.processo.municipio.nome,
            numero=f"Adesão {r.processo.numero}",
            caminho=reverse("adesao:historico", args=[r.processo.slug]) if r.processo.envios else "",
            quem=r.por_nome,
            papel=r.por_papel,
            ip=r.ip or "",
        )
        for r in HistoricoAdesao.objects.filter(pk__in=pks).select_related("processo__municipio").order_by("pk")
    }


DA_ADESAO = FonteDaTrilha("adesao", "adesao", "Adesões", _atos, _ler)


# --- Accounts that the gestor closed and opened again -----------------------------------------------------------------
def _atos_da_conta(texto: str) -> QuerySet[Any]:
    lista = atos_das_contas().annotate(em=F("history_date"))
    return lista.filter(Q(nome__contem=texto) | Q(history_user__nome__contem=texto)) if texto else lista


def _ler_da_conta(pks: list[int]) -> dict[int, LinhaDaTrilha]:
    lidas = {}
    for r in atos_das_contas().filter(pk__in=pks).select_related("history_user").order_by("pk"):
        o_que, _, motivo = r.history_change_reason.partition(": ")
        quem = r.history_user.nome if r.history_user else "Portal"
        papel = Papel.GESTOR.value if r.history_user else ""
        lidas[r.pk] = LinhaDaTrilha(
            em=r.history_date, o_que=o_que, comentario=motivo, sobre=r.nome, numero="Conta", caminho="", quem=quem, papel=papel, ip=""
        )
    return lidas


DAS_CONTAS = FonteDaTrilha("conta", "conta", "Contas", _atos_da_conta, _ler_da_conta)
