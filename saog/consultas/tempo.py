"""How far a request is: the six steps, and what happened, what is happening, what still comes. Shared by every page about a request."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from contas.models import Papel
from contas.permissoes import pode
from nucleo import prazos
from nucleo.fluxo import Ator
from saog.estados import CAMINHO, EM_ACEITE, Estado
from saog.models import HistoricoSS, SolicitacaoServico

ACONTECEU: dict[str, str] = {
    "iniciar": "Rascunho começado",
    "enviar": "Enviada à PRODESP",
    "descartar": "Rascunho descartado",
    "devolver": "Devolvida para correção",
    "validar": "Validada",
    "emitir": "Emitida à Operadora",
    "cancelar": "Cancelada",
    "atender": "Em atendimento",
    "agendar": "Visita marcada",
    "marco": "Andamento",
    "nota": "A Operadora anotou",
    "prever": "Previsão mudada",
    "pendenciar": "A Operadora pediu algo à prefeitura",
    "retomar": "Atendimento retomado",
    "entregar": "Entregue para aceite",
    "aceitar": "Entrega aceita",
    "recusar": "Entrega recusada",
    "vencer": "Prazo do aceite vencido",
    "aceitar_pelo_silencio": "Aceita pelo portal, sem resposta em 10 dias",
    "anotar_silencio": "10 dias sem resposta",
    "prorrogar": "Prazo prorrogado",
    "reabrir_prazo": "Prazo do aceite reaberto",
    "interromper": "Interrompida a pedido da prefeitura",
    "declarar_inviavel": "Declarada inviável",
}
#: Which step of the path each state stands on; what ended without a delivery stands where it stopped.
PASSO_DO_ESTADO: dict[str, int] = {
    Estado.EM_VALIDACAO: 0,
    Estado.DEVOLVIDA: 0,
    Estado.VALIDADA: 1,
    Estado.EMITIDA: 2,
    Estado.EM_ATENDIMENTO: 3,
    Estado.RECUSADA: 3,
    Estado.AGUARDANDO_ACEITE: 4,
    Estado.PRAZO_VENCIDO: 4,
    Estado.ACEITA: 5,
}
_DA_PREFEITURA = (Papel.RESPONSAVEL.value, Papel.REQUERENTE.value)
_DA_PRODESP = (Papel.ANALISTA.value, Papel.GESTOR.value)


@dataclass(frozen=True, slots=True)
class Passo:
    """One of the six steps: label, who, when (ready text), and ``momento`` (``feito``, ``agora`` or ``futuro``)."""

    rotulo: str
    quem: str
    quando: str
    momento: str


@dataclass(frozen=True, slots=True)
class Andamento:
    """What the pages show of a request's way: the six ``passos``, the sentence about ``desvios``, the timeline (``eventos`` the last
    acts and what comes, ``todos`` every act, as dicts for ``partes/linha_do_tempo.html``) and how many acts there were.
    """

    passos: list[Passo]
    desvio: str
    eventos: list[dict[str, str]]
    todos: list[dict[str, str]]

    @property
    def total(self) -> int:
        """How many acts were recorded."""
        return len(self.todos)


def andamento(ss: SolicitacaoServico, por: Ator) -> Andamento:
    """The way of a request as this person may read it (one query): staff see names and IP, a side sees its own people's names, and the
    Operadora's timeline begins with the emission (SS-03).
    """
    registros = list(ss.historico.order_by("em", "pk"))
    todos = [_evento(r, por) for r in _da_emissao(registros, por)]
    eventos = [dict(e) for e in todos[-6:]]
    if eventos and ss.quem_age and ss.estado != Estado.RASCUNHO:
        eventos[-1]["momento"] = "agora"
    return Andamento(
        passos=_passos(ss, registros, por),
        desvio=_desvio(ss, registros),
        eventos=eventos,
        todos=todos,
    )


# --- The six steps ---------------------------------------------------------------------------------------------------
def _passos(ss: SolicitacaoServico, registros: list[HistoricoSS], por: Ator) -> list[Passo]:
    chegadas: dict[int, HistoricoSS] = {}
    for r in registros:
        if r.para in CAMINHO and r.de != r.para:
            chegadas[PASSO_DO_ESTADO[r.para]] = r  # the last arrival: after a refusal, the new delivery's
    aqui = PASSO_DO_ESTADO.get(ss.estado)
    feitos = len(CAMINHO) if ss.estado == Estado.ACEITA else max(chegadas, default=-1) + 1 if aqui is None else aqui
    passos = []
    for i, estado in enumerate(CAMINHO):
        if i < feitos:
            passos.append(_feito(estado, chegadas.get(i), por))
        elif i == aqui:
            passos.append(_de_agora(ss))
        else:
            passos.append(Passo(str(estado.label), "", "", "futuro"))
    return passos


def _feito(estado: Estado, chegada: HistoricoSS | None, por: Ator) -> Passo:
    """A step that is behind: who took it (of the analysis and of the delivery, the body), and when."""
    corpo = {Estado.EM_VALIDACAO: "PRODESP", Estado.AGUARDANDO_ACEITE: "Operadora"}.get(estado, "")
    if chegada is None:
        return Passo(str(estado.label), corpo, "", "feito")
    return Passo(str(estado.label), corpo or _quem(chegada, por), _dia_curto(chegada.em), "feito")


def _de_agora(ss: SolicitacaoServico) -> Passo:
    ate = ss.ate_quando
    quando = f"até {prazos.ultimo_dia(ate):%d/%m}" if ate else f"desde {_dia_curto(ss.desde)}"
    quem = ss.quem_age.removeprefix("a ")
    return Passo(ss.rotulo, quem[:1].upper() + quem[1:], quando, "agora")


def _dia_curto(instante: dt.datetime) -> str:
    return f"{prazos.dia_local(instante):%d/%m}"


def _desvio(ss: SolicitacaoServico, registros: list[HistoricoSS]) -> str:
    """The sentence under the path: returns and refusals, how it ended, and what a refusal would do now."""
    frases = [_voltas(registros, "devolver", "enviar", "Devolvida", "para correção")]
    frases.append(_voltas(registros, "recusar", "entregar", "Entrega recusada", ""))
    if ss.estado in (Estado.CANCELADA, Estado.INVIAVEL):
        frases.append(f"Parou aqui: {ss.rotulo.lower()} em {prazos.dia_local(ss.desde):%d/%m/%Y}.")
    if ss.estado in EM_ACEITE:
        frases.append("Se a prefeitura recusar, volta para “Em atendimento” e o prazo de 10 dias recomeça na nova entrega.")
    return " ".join(f for f in frases if f)


def _voltas(registros: list[HistoricoSS], ida: str, volta: str, verbo: str, para: str) -> str:
    idas = [r for r in registros if r.transicao == ida]
    if not idas:
        return ""
    vezes = "uma vez" if len(idas) == 1 else f"{len(idas)} vezes"
    frase = " ".join(p for p in (verbo, vezes, para) if p)
    fim = next((r for r in registros if r.transicao == volta and r.em >= idas[-1].em), None)
    if len(idas) == 1:
        de = _dia_curto(idas[0].em)
        if fim is None:
            return f"{frase}, em {de}."
        ate = _dia_curto(fim.em)
        return f"{frase}, de {de} a {ate}." if ate != de else f"{frase}, em {de}."
    return f"{frase}."


# --- The timeline ------------------------------------------------------------------------------------------------------
def _ve_tudo(por: Ator) -> bool:
    return pode(por, "fila_ss.ver")


def _quem(r: HistoricoSS, por: Ator) -> str:
    """Name or side: names of the prefeitura are for everybody who sees the request, of the others only for their own side and staff."""
    da_operadora = r.por_papel == Papel.OPERADORA and por.tem(Papel.OPERADORA)
    if r.por_papel in _DA_PREFEITURA or _ve_tudo(por) or da_operadora:
        return r.por_nome
    if r.por_papel in _DA_PRODESP:
        return "PRODESP"
    return "Operadora" if r.por_papel == Papel.OPERADORA else "Portal"


def _da_emissao(registros: list[HistoricoSS], por: Ator) -> list[HistoricoSS]:
    """The acts the timeline tells: to the Operadora only those since the order was emitted; what came before is not its business."""
    if _ve_tudo(por) or not por.tem(Papel.OPERADORA):
        return registros
    inicio = next((i for i, r in enumerate(registros) if r.transicao == "emitir"), len(registros))
    return registros[inicio:]


def o_que_houve(r: HistoricoSS) -> str:
    """The act in words: a sending after the first is *Corrigida e enviada de novo*; a return says with how many pendências."""
    if r.transicao == "enviar" and r.dados.get("envio", 1) > 1:
        return f"Corrigida e enviada de novo ({r.dados['envio']}º envio)"
    if r.transicao == "devolver":
        n = r.dados.get("pendencias", 0)
        return f"Devolvida com {n} pendência{'s' if n != 1 else ''}"
    if r.transicao == "atender" and r.de == Estado.RECUSADA:
        return "Em atendimento de novo"
    if r.transicao == "entregar" and r.dados.get("entrega", 1) > 1:
        return f"Entregue de novo ({r.dados['entrega']}ª entrega)"
    if r.transicao == "retomar" and r.por_papel in _DA_PREFEITURA:
        return "A prefeitura respondeu à Operadora"
    return ACONTECEU.get(r.transicao, r.transicao)


def _evento(r: HistoricoSS, por: Ator) -> dict[str, str]:
    texto = r.comentario
    if r.transicao == "devolver" and not (_ve_tudo(por) or por.tem(Papel.RESPONSAVEL)):
        texto = ""
    if r.transicao == "agendar" and r.dados.get("visita_em"):
        visita = dt.datetime.fromisoformat(r.dados["visita_em"])
        quando = f"{prazos.dia_por_extenso(prazos.dia_local(visita))}, às {prazos.hora(visita)}"
        texto = f"{quando}. {texto}" if texto else quando
    if r.transicao == "atender" and r.dados.get("previsao"):
        texto = f"Previsão: {prazos.dia_por_extenso(dt.date.fromisoformat(r.dados['previsao']))}"
    if r.transicao == "prever":
        dias = [dt.date.fromisoformat(r.dados[n]) if r.dados.get(n) else None for n in ("de", "para")]
        texto = " ".join(f"{p} {prazos.dia_por_extenso(d)}" for p, d in zip(("De", "para" if dias[0] else "Para"), dias, strict=True) if d)
    return {
        "titulo": o_que_houve(r),
        "quem": _quem(r, por),
        "quando": f"{prazos.dia_local(r.em):%d/%m/%Y}, {prazos.hora(r.em)}",
        "texto": texto,
        "ip": (r.ip or "") if _ve_tudo(por) else "",
        "momento": "passado",
    }
