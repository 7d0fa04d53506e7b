"""What the pages of the requests share, whoever looks at them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from contas import paginas
from contas.acesso import ator_de
from contas.paginas import agora
from contas.permissoes import pode
from nucleo.erros import TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import consultas, pecas
from saog.models import SolicitacaoServico


def lida(ss: SolicitacaoServico) -> str:
    """What a page about a request says it shows: which sending and which delivery. ``{% chave_unica %}`` posts it back as ``lido``."""
    return f"{ss.envios}.{ss.entregas}"


def da_solicitacao(ss: SolicitacaoServico, por: Ator, **mais: Any) -> dict[str, Any]:
    """Context of every page about one request, for ``templates/saog/partes``.

    The request, how far it is (``andamento``), what was asked for (``envio``, ``fatos``, ``o_que_muda``), what was delivered
    (``entregas``), the other half of a change of address (``mudanca``), the clock, plus ``mais``.
    """
    envio = consultas.ultimo_envio(ss)
    return {
        "ss": ss,
        "resumo": pecas.resumo(ss),
        "versao_lida": lida(ss),
        "andamento": consultas.andamento(ss, por),
        "envio": envio,
        "fatos": consultas.fatos_do_pedido(envio, ss.municipio.nome) if envio else [],
        "o_que_muda": consultas.o_que_muda(envio) if envio else [],
        "entregas": consultas.entregas(ss),
        "mudanca": consultas.mudanca_de(ss, por),
        "por": por,
        "agora": agora(),
        "e_da_prefeitura": ss.municipio_id in por.municipios("responsavel"),
        **mais,
    }


def fazer_uma_vez(
    request: HttpRequest, ato: str, fazer: Callable[[], dict[str, Any]], *, sobre: SolicitacaoServico | None = None
) -> dict[str, Any]:
    """Run the act of a POST form once for its one-time key; a repeat returns the first result.

    ``sobre`` is the request decided on: raises ``TransicaoIndisponivel`` (409) when a newer sending or delivery than the one on the page
    has arrived.
    """

    antes = None if sobre is None else partial(exigir_lida, request, sobre)
    return paginas.fazer_uma_vez(request, ato, fazer, antes=antes)


def exigir_lida(request: HttpRequest, ss: SolicitacaoServico) -> None:
    """Raise ``TransicaoIndisponivel`` (409) when the form was drawn over an older sending or delivery; a form that says none passes."""
    if request.POST.get("lido", lida(ss)) != lida(ss):
        ultimo = ss.historico.order_by("-em", "-pk").first()
        quem = f", por {ultimo.por_nome}" if ultimo else ""
        em = timezone.localtime(ss.desde)
        raise TransicaoIndisponivel(
            f"A solicitação mudou depois que você abriu esta página: está em “{ss.rotulo}” desde {em:%d/%m/%Y}, {em:%H}h{em:%M}{quem}. "
            "Abra de novo e leia antes de agir."
        )


def exigir_todas(slugs: list[str], achadas: list[SolicitacaoServico]) -> None:
    """Raise ``TransicaoIndisponivel`` (409) when some of the requests confirmed together are not there to be acted on any more."""
    if len(achadas) != len(set(slugs)):
        raise TransicaoIndisponivel("Alguma das marcadas mudou enquanto você conferia. Nada foi feito: confira e confirme de novo.")


def para_ver(request: HttpRequest, numero: str) -> tuple[Ator, SolicitacaoServico]:
    """The actor and the request of that number, for whoever may read it: its prefeitura, staff, the Operadora (404 foreign)."""
    por = ator_de(request)
    ato = "ss.ver" if pode(por, "ss.ver") else "ordens.ver"
    return por, consultas.obter(por, numero, ato)
