"""Queues, lists and searches of those who work on adhesions."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils import timezone

from adesao.estados import ABERTAS, ENVIADAS, NA_PRODESP, Estado
from adesao.models import Adesao
from contas.models import Orgao, Papel, Vinculo
from contas.municipios import dobrar_busca
from contas.permissoes import pode
from nucleo.fluxo import Ator

CORTES = {
    "todas": "Todas",
    "comigo": "Comigo",
    "sem-analista": "Sem analista",
    "vencidas": "Vencidas",
    "prefeitura": "Com a prefeitura",
}
IDADES = {"7": "Até 7 dias", "20": "De 8 a 20 dias", "60": "De 21 a 60 dias", "mais": "Mais de 60 dias"}


def _corte(corte: str, por: Ator, agora: dt.datetime) -> Q:
    return {
        "comigo": Q(analista_id=por.usuario_id, estado=Estado.EM_CONFERENCIA),
        "sem-analista": Q(estado=Estado.ENVIADA),
        "vencidas": Q(estado__in=NA_PRODESP, vence_em__lte=agora),
        "prefeitura": Q(estado=Estado.DEVOLVIDA),
    }.get(corte, Q())


def contagens_da_fila(por: Ator, agora: dt.datetime) -> dict[str, int]:
    """How many open processes each cut of the queue holds (one query)."""
    somas = {corte.replace("-", "_"): Count("pk", filter=_corte(corte, por, agora)) for corte in CORTES if corte != "todas"}
    return {
        chave.replace("_", "-"): valor
        for chave, valor in Adesao.objects.filter(estado__in=ABERTAS).aggregate(todas=Count("pk"), **somas).items()
    }


def fila(por: Ator, filtros: dict[str, str], agora: dt.datetime) -> QuerySet[Adesao]:
    """Open processes for PRODESP, the most urgent of its own first, then those on somebody else's clock (PRZ-05).

    ``filtros``: ``corte``, ``busca`` (municipality, protocol or CNPJ), ``situacao``, ``regiao`` (DDD), ``idade`` (days since the first
    sending) and ``analista`` (id). Unknown values filter nothing.
    """
    lista = Adesao.objects.filter(estado__in=ABERTAS).filter(_corte(filtros.get("corte", ""), por, agora))
    lista = lista.filter(busca(filtros.get("busca", "")))
    if filtros.get("situacao") == "CORRIGIDA":
        lista = lista.filter(estado=Estado.ENVIADA, envios__gt=1)
    elif filtros.get("situacao") == Estado.ENVIADA:
        lista = lista.filter(estado=Estado.ENVIADA, envios=1)
    elif filtros.get("situacao") in ABERTAS:
        lista = lista.filter(estado=filtros["situacao"])
    if filtros.get("regiao", "").isdecimal():
        lista = lista.filter(municipio__ddd=filtros["regiao"])
    lista = lista.filter(_idade(filtros.get("idade", ""), agora))
    if filtros.get("analista", "").isdecimal():
        lista = lista.filter(analista_id=int(filtros["analista"][:9]))
    de_outro = Case(When(estado__in=NA_PRODESP, then=0), default=1)
    return lista.select_related("municipio", "analista").annotate(de_outro=de_outro).order_by("de_outro", "vence_em", "pk")


def busca(texto: str) -> Q:
    """Condition for what somebody types in a search box: a municipality (accents forgiven), a protocol or a CNPJ."""
    texto = texto.strip()[:60]
    if not texto:
        return Q()
    condicao = Q(municipio__busca__contains=dobrar_busca(texto)) if dobrar_busca(texto) else Q(pk__in=[])
    compacto = "".join(c for c in texto.upper() if c.isalnum())
    if any(c.isdigit() for c in compacto) and len(compacto) >= 4:
        condicao |= Q(cnpj__startswith=compacto) | Q(numero__startswith=texto.replace("-", "/", 1) if "/" not in texto else texto)
    return condicao


def _idade(idade: str, agora: dt.datetime) -> Q:
    def ha(dias: int) -> dt.datetime:
        return agora - dt.timedelta(days=dias)

    return {
        "7": Q(primeiro_envio_em__gt=ha(8)),
        "20": Q(primeiro_envio_em__lte=ha(8), primeiro_envio_em__gt=ha(21)),
        "60": Q(primeiro_envio_em__lte=ha(21), primeiro_envio_em__gt=ha(61)),
        "mais": Q(primeiro_envio_em__lte=ha(61)),
    }.get(idade, Q())


def para_aprovar(filtros: dict[str, str]) -> QuerySet[Adesao]:
    """Forwarded processes, the nearest due first."""
    lista = Adesao.objects.filter(estado=Estado.ENCAMINHADA).filter(busca(filtros.get("busca", "")))
    return lista.select_related("municipio").order_by("vence_em", "pk")


def decididas(filtros: dict[str, str]) -> QuerySet[Adesao]:
    """Approved and refused, the newest first."""
    lista = Adesao.objects.filter(estado__in=[Estado.APROVADA, Estado.INDEFERIDA]).filter(busca(filtros.get("busca", "")))
    return lista.select_related("municipio").order_by("-decidida_em", "-pk")


def processos(filtros: dict[str, str]) -> QuerySet[Adesao]:
    """Every adhesion ever sent, for staff who read all."""
    lista = Adesao.objects.filter(envios__gte=1).filter(busca(filtros.get("busca", "")))
    if filtros.get("situacao") in ENVIADAS:
        lista = lista.filter(estado=filtros["situacao"])
    return lista.select_related("municipio", "analista").order_by("-primeiro_envio_em", "-pk")


def analistas() -> list[tuple[int, str]]:
    """Who may hold a process: (user id, name), by name (one query)."""
    linhas = (
        Vinculo.objects.vigentes(timezone.now())
        .filter(papel__in=[Papel.ANALISTA, Papel.GESTOR], orgao__tipo=Orgao.Tipo.PRODESP, usuario__is_active=True)
        .values_list("usuario_id", "usuario__nome")
        .order_by("usuario__nome", "usuario_id")
        .distinct()
    )
    return list(linhas)


def contadores(por: Ator) -> dict[str, int]:
    """Counts beside the items of the navigation that have a real queue: address name → how many."""
    saida: dict[str, int] = {}
    if pode(por, "fila.ver"):
        saida["adesao:fila"] = Adesao.objects.filter(estado__in=ABERTAS).count()
    if pode(por, "aprovacao.ver"):
        saida["adesao:aprovacao"] = Adesao.objects.filter(estado=Estado.ENCAMINHADA).count()
    return saida
