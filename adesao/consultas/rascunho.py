"""The draft, the sendings and their papers."""

from __future__ import annotations

from typing import Any

from adesao.models import Adesao, Envio, EnvioPeca, Pendencia, RascunhoAnterior, RascunhoTarefa


def brutos(adesao: Adesao) -> dict[str, dict[str, Any]]:
    """The raw text of the draft by task (one query)."""
    return {r.tarefa: r.dados for r in adesao.rascunhos.all()}


def pendencias_abertas(adesao: Adesao) -> list[Pendencia]:
    """What PRODESP asked for and is not yet answered by a new sending, in the order of the form."""
    return list(adesao.pendencias.filter(comunicada_em__isnull=False, encerrada_em__isnull=True).order_by("pk"))


def texto_anterior(rascunho: RascunhoTarefa) -> RascunhoAnterior | None:
    """The newest text of this task that a later save overtook, if it differs from what stayed (one query)."""
    guardados = RascunhoAnterior.objects.filter(adesao_id=rascunho.adesao_id, tarefa=rascunho.tarefa).order_by("-salvo_em", "-pk")
    return next((g for g in guardados[:20] if g.dados != rascunho.dados), None)


def ultimo_envio(adesao: Adesao) -> Envio | None:
    """The last sending, with who sent it."""
    return adesao.lista_de_envios.select_related("por", "recibo").order_by("-ordem").first()


def pecas_do_envio(envio: Envio) -> dict[str, EnvioPeca]:
    """The papers of a sending, with their files (one query)."""
    return {p.peca: p for p in envio.pecas.select_related("gerado", "assinado")}
