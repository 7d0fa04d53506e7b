"""The draft, the sendings and their papers."""

from __future__ import annotations

from typing import Any

from adesao.models import Adesao, Envio, EnvioPeca, Pendencia


def brutos(adesao: Adesao) -> dict[str, dict[str, Any]]:
    """The raw text of the draft by task (one query)."""
    return {r.tarefa: r.dados for r in adesao.rascunhos.all()}


def pendencias_abertas(adesao: Adesao) -> list[Pendencia]:
    """What PRODESP asked for and is not yet answered by a new sending, in the order of the form."""
    return list(adesao.pendencias.filter(comunicada_em__isnull=False, encerrada_em__isnull=True).order_by("pk"))


def ultimo_envio(adesao: Adesao) -> Envio | None:
    """The last sending, with who sent it."""
    return adesao.lista_de_envios.select_related("por", "recibo").order_by("-ordem").first()


def pecas_do_envio(envio: Envio) -> dict[str, EnvioPeca]:
    """The papers of a sending, with their files (one query)."""
    return {p.peca: p for p in envio.pecas.select_related("gerado", "assinado")}
