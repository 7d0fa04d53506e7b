"""What several actions share: reading under lock, clocks, history rows of acts that change no state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from contas.permissoes import pode
from nucleo import fluxo, gravacao, prazos
from nucleo.calendario import calendario
from nucleo.erros import SemPermissao
from nucleo.fluxo import Ator
from nucleo.regras import regra
from saog.estados import OCUPAM
from saog.models import Acesso, Entrega, HistoricoAcesso, HistoricoSS, SolicitacaoServico


def travada(ss_id: int, *, por: Ator, ato: str) -> SolicitacaoServico:
    """The request under lock, when the actor may do ``ato`` on it. Raises ``SemPermissao``. Needs a transaction."""
    ss = fluxo.travar(SolicitacaoServico, ss_id)
    if not pode(por, ato, ss.municipio_id):
        raise SemPermissao("Este ato não é do seu papel nesta solicitação.")
    return ss


def vence_em(agora: dt.datetime, passo: str, *, municipio_id: int | None = None) -> dt.datetime:
    """Deadline of a step of PRZ-05 (``conferencia``, ``correcao``) started now, by the calendar of who acts (PRZ-04)."""
    dias = regra("PRZ-05").valores[passo]
    return prazos.vence_em(agora, dias, calendario=calendario(municipio_id), uteis=settings.PRAZO_EM_DIAS_UTEIS)


def prazo_da_conferencia(agora: dt.datetime) -> dt.datetime:
    """When PRODESP's check of a sending made now is due (PRZ-05): shown before sending."""
    return vence_em(agora, "conferencia")


def aceite_vence_em(agora: dt.datetime, municipio_id: int) -> dt.datetime:
    """When the answer to a delivery made now is due (SS-04, PRZ-01), by the calendar of that municipality (PRZ-04)."""
    dias = regra("SS-04").valores["aceite"]
    return prazos.vence_em(agora, dias, calendario=calendario(municipio_id), uteis=settings.PRAZO_EM_DIAS_UTEIS)


def dono_do_circuito(circuito: str, ss: SolicitacaoServico) -> Acesso | None:
    """The other link that has this circuit: one that counts, or one whose delivery waits for the answer. None when it is free (SS-04)."""
    if not circuito:
        return None
    links = Acesso.objects.select_related("unidade", "municipio").order_by("pk")
    link = links.filter(estado__in=OCUPAM, circuito__iexact=circuito).exclude(pk=ss.acesso_id or 0).first()
    if link is not None:
        return link
    esperam = Entrega.objects.filter(respondida_em__isnull=True, circuito__iexact=circuito).exclude(solicitacao=ss)
    return links.filter(pk__in=esperam.values("solicitacao__acesso")).first()


def anotar(
    obj: SolicitacaoServico | Acesso, ato: str, *, por: Ator, agora: dt.datetime, comentario: str = "", dados: dict[str, Any] | None = None
) -> HistoricoSS | HistoricoAcesso:
    """A history row for an act that leaves the state as it is."""
    linha: HistoricoSS | HistoricoAcesso = obj.historico.create(
        **_linha(obj, ato, por=por, agora=agora), comentario=comentario, dados=dados or {}
    )
    return linha


def anotar_links(pares: Iterable[tuple[Acesso, dict[str, Any]]], ato: str, *, por: Ator, agora: dt.datetime) -> None:
    """``anotar`` of many links, each with its own ``dados``, in one INSERT."""
    linhas = [HistoricoAcesso(processo=link, **_linha(link, ato, por=por, agora=agora), dados=dados) for link, dados in pares]
    gravacao.inserir(linhas, chave="processo")


def _linha(obj: SolicitacaoServico | Acesso, ato: str, *, por: Ator, agora: dt.datetime) -> dict[str, Any]:
    return {
        "transicao": ato,
        "de": obj.estado,
        "para": obj.estado,
        "em": agora,
        "por_id": por.usuario_id,
        "por_nome": por.nome,
        "por_papel": fluxo.papel_de(obj, por),
        "ip": por.ip,
    }
