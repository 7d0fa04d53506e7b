"""News of a prefeitura that ask nothing of it: what the Operadora did, what a colleague answered, what PRODESP decided.

A request that waits for the prefeitura (returned, validated, delivered, asked for) is above, in *Para fazer agora*, and is no news here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, DateField, DateTimeField, Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse

from enderecamento.models import FimDoLimite, LimiteConcedido
from nucleo import prazos
from saog.estados import COM_A_PREFEITURA, Estado
from saog.models import HistoricoSS, SuspensaoDeValidacao

#: How long something is news, and how many are shown.
DIAS, MAXIMO = 30, 5
#: By whoever it was done.
_DOS_OUTROS = {
    "atender": "A Operadora começou",
    "agendar": "Visita marcada",
    "marco": "A Operadora informou",
    "nota": "A Operadora informou",
    "prever": "Nova previsão da Operadora",
    "declarar_inviavel": "A Operadora não pode atender",
    "aceitar_pelo_silencio": "Aceita pelo portal, sem resposta em 10 dias",
    "interromper": "Interrompida, como foi pedido",
    "prorrogar": "Prazo prorrogado",
}
#: Only when the other responsável did it.
_DO_COLEGA = {
    "emitir": "emitiu à Operadora",
    "aceitar": "aceitou a entrega",
    "recusar": "recusou a entrega",
    "cancelar": "cancelou o pedido",
}
_SEM_HORA, _SEM_DIA = Value(None, DateTimeField()), Value(None, DateField())


@dataclass(frozen=True, slots=True)
class Novidade:
    """One line of *Avisos*: what happened, where (the unit, or ""), a sentence more, when, and the page that tells the rest."""

    titulo: str
    onde: str
    texto: str
    em: dt.datetime
    caminho: str


def novidades(municipio_id: int, *, para: int | None, agora: dt.datetime) -> list[Novidade]:
    """The last ones of this prefeitura, the newest first (one query). Of a request only its last act is news; ``para`` is the user who
    reads, whose own acts are none.
    """
    desde = agora - dt.timedelta(days=DIAS)
    partes = (_dos_pedidos(municipio_id, para, desde), *_das_decisoes(municipio_id, desde))
    return [_em_palavras(linha) for linha in partes[0].union(*partes[1:], all=True).order_by("-quando", "-numero")[:MAXIMO]]


def _dos_pedidos(municipio_id: int, para: int | None, desde: dt.datetime) -> QuerySet[Any, Any]:
    atos = HistoricoSS.objects.filter(processo__municipio_id=municipio_id, em__gte=desde, transicao__in=[*_DOS_OUTROS, *_DO_COLEGA])
    atos = atos.exclude(Exists(HistoricoSS.objects.filter(processo=OuterRef("processo"), pk__gt=OuterRef("pk"))))
    atos = atos.exclude(processo__estado__in=COM_A_PREFEITURA)
    atos = atos.exclude(processo__estado=Estado.EM_ATENDIMENTO, processo__pendente_desde__isnull=False)
    if para is not None:
        atos = atos.exclude(transicao__in=[*_DO_COLEGA], por_id=para)
    return atos.order_by().values(
        quando=F("em"),
        o_que=F("transicao"),
        onde=F("processo__titulo"),
        numero=F("processo__numero"),
        texto=F("comentario"),
        quem=F("por_nome"),
        visita=F("processo__visita_em"),
        dia=F("processo__previsao"),
    )


def _das_decisoes(municipio_id: int, desde: dt.datetime) -> list[QuerySet[Any, dict[str, Any]]]:
    def linhas(lista: QuerySet[Any], o_que: str, *, em: str, links: Any, motivo: str, dia: Any) -> QuerySet[Any, dict[str, Any]]:
        return lista.order_by().values(
            quando=F(em),
            o_que=Value(o_que, CharField()),
            onde=links,
            numero=Value("", CharField()),
            texto=Cast(motivo, TextField()),
            quem=Value("", CharField()),
            visita=_SEM_HORA,
            dia=dia,
        )

    def links(caminho: str) -> Any:
        return Cast(caminho, CharField(max_length=10))

    concedidos = LimiteConcedido.objects.filter(municipio_id=municipio_id, concedido_em__gte=desde, retirado_em__isnull=True, fins=None)
    fins = FimDoLimite.objects.filter(limite__municipio_id=municipio_id, em__gte=desde)
    retomadas = SuspensaoDeValidacao.objects.filter(municipio_id=municipio_id, fim_em__gte=desde)
    return [
        linhas(concedidos, "limite", em="concedido_em", links=links("links"), motivo="motivo", dia=F("vale_ate")),
        linhas(fins, "limite_fim", em="em", links=links("limite__links"), motivo="motivo", dia=F("ultimo_dia")),
        linhas(retomadas, "retomada", em="fim_em", links=Value("", CharField()), motivo="motivo_do_fim", dia=_SEM_DIA),
    ]


def _em_palavras(linha: dict[str, Any]) -> Novidade:
    if not linha["numero"]:
        return _decisao(linha)
    ato, texto = linha["o_que"], linha["texto"]
    if ato in _DO_COLEGA:
        titulo, texto = f"{linha['quem']} {_DO_COLEGA[ato]}", "" if ato == "emitir" else texto
    else:
        titulo = _DOS_OUTROS[ato]
    if ato == "agendar" and linha["visita"]:
        texto = f"{prazos.dia_por_extenso(prazos.dia_local(linha['visita']))}, às {prazos.hora(linha['visita'])}."
    if ato in ("atender", "prever"):
        texto = f"Previsão: {prazos.dia_por_extenso(linha['dia'])}." if linha["dia"] else ""
    caminho = reverse("saog:solicitacao", args=[linha["numero"].replace("/", "-")])
    return Novidade(titulo, linha["onde"], texto, linha["quando"], caminho)


def _decisao(linha: dict[str, Any]) -> Novidade:
    ate = f" até {linha['dia']:%d/%m/%Y}" if linha["dia"] else ""
    titulo = {
        "limite": f"A prefeitura pode ter {linha['onde']} links de intranet{ate}",
        "limite_fim": f"O limite de {linha['onde']} links " + (f"vale só{ate}" if ate else "terminou"),
        "retomada": "A PRODESP voltou a validar os pedidos",
    }[linha["o_que"]]
    caminho = reverse("saog:solicitacoes" if linha["o_que"] == "retomada" else "saog:mais_links")
    return Novidade(titulo, "", linha["texto"], linha["quando"], caminho)
