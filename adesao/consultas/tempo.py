"""The timeline: what happened, what is happening, what still comes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from adesao.estados import EM_ANDAMENTO, Estado
from adesao.models import Adesao, HistoricoAdesao
from contas.models import Papel
from contas.permissoes import pode
from nucleo import prazos
from nucleo.fluxo import Ator

ACONTECEU: dict[str, str] = {
    "iniciar": "Rascunho começado",
    "enviar": "Enviada à PRODESP",
    "descartar": "Rascunho descartado",
    "assumir": "Em conferência na PRODESP",
    "passar": "Passada a outro analista",
    "liberar": "De volta à fila, sem analista",
    "devolver": "Devolvida para correção",
    "desfazer_devolucao": "Devolução desfeita",
    "encaminhar": "Encaminhada para aprovação",
    "perguntar": "De volta à PRODESP com uma pergunta",
    "aprovar": "Aprovada",
    "indeferir": "Recusada",
    "prorrogar": "Prazo prorrogado",
    "autorizacao": "Autorização de aplicação atualizada",
    "ver_cpf": "CPF visto por inteiro",
}
#: Acts that move nothing: on the whole history, not on the short timeline.
NAO_MOVEM = frozenset({"ver_cpf", "autorizacao", "prorrogar"})
#: Acts that only staff see on the timeline.
SO_DA_EQUIPE = frozenset({"passar", "liberar", "ver_cpf"})


def o_que_houve(registro: HistoricoAdesao) -> str:
    """The act in words: a sending after the first is *Corrigida e enviada de novo*; a return says with how many pendências."""
    if registro.transicao == "enviar" and registro.dados.get("envio", 1) > 1:
        return f"Corrigida e enviada de novo ({registro.dados['envio']}º envio)"
    if registro.transicao == "devolver":
        n = registro.dados.get("pendencias", 0)
        return f"Devolvida com {n} pendência{'s' if n != 1 else ''}"
    return ACONTECEU.get(registro.transicao, registro.transicao)


def linha_do_tempo(adesao: Adesao, por: Ator) -> dict[str, Any]:
    """The timeline for a person: past acts (oldest first), the present, and what still comes. Staff also see the IP (one query).

    Returns ``eventos`` (dicts for ``partes/linha_do_tempo.html``: the last six acts, then the future), ``todos`` (every act) and ``total``.
    """
    equipe = pode(por, "processos.ver") or pode(por, "aprovacao.ver")
    registros = [r for r in adesao.historico.order_by("em", "pk") if equipe or r.transicao not in SO_DA_EQUIPE]
    todos = [_evento(r, equipe=equipe) for r in registros]
    passos = [e for r, e in zip(registros, todos, strict=True) if r.transicao not in NAO_MOVEM]
    if passos and adesao.estado in EM_ANDAMENTO:
        passos[-1]["momento"] = "agora"
    return {"eventos": [*passos[-6:], *_futuros(adesao)], "todos": todos, "total": len(todos)}


def _evento(r: HistoricoAdesao, *, equipe: bool) -> dict[str, str]:
    da_prefeitura = r.por_papel in (Papel.REQUERENTE, Papel.RESPONSAVEL)
    return {
        "titulo": o_que_houve(r),
        "quem": r.por_nome if equipe or da_prefeitura else _orgao_do_papel(r.por_papel),
        "quando": f"{timezone.localtime(r.em):%d/%m/%Y}, {prazos.hora(r.em)}",
        "texto": r.comentario if equipe or r.transicao == "indeferir" else "",
        "ip": (r.ip or "") if equipe else "",
        "momento": "passado",
    }


def _orgao_do_papel(papel: str) -> str:
    return {"analista": "PRODESP", "gestor": "PRODESP", "aprovador": settings.ORGAO_APROVADOR}.get(papel, "Portal")


def _futuros(adesao: Adesao) -> list[dict[str, str]]:
    def passo(titulo: str, quem: str) -> dict[str, str]:
        return {"titulo": titulo, "quem": "", "quando": quem, "texto": "", "ip": "", "momento": "futuro"}

    conferencia = passo("Conferência", "PRODESP, até 20 dias")
    aprovacao = passo("Aprovação", f"{settings.ORGAO_APROVADOR}, até 20 dias")
    acesso = passo("Acesso dos dois responsáveis", "por e-mail")
    return {
        Estado.RASCUNHO: [passo("Envio", "a prefeitura, quando quiser"), conferencia, aprovacao, acesso],
        Estado.ENVIADA: [conferencia, aprovacao, acesso],
        Estado.EM_CONFERENCIA: [aprovacao, acesso],
        Estado.DEVOLVIDA: [passo("Nova conferência", "PRODESP, até 20 dias"), aprovacao, acesso],
        Estado.ENCAMINHADA: [acesso],
    }.get(Estado(adesao.estado), [])
