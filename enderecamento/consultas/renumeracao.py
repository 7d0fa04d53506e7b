"""What is asked of renumberings: what would change, how far each is, what a prefeitura has to do (IP-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from enderecamento.estados import EstadoDaRenumeracao
from enderecamento.models import PoolCIDR, Renumeracao, SubBlocoCIDR, Troca
from nucleo.fluxo import Ator
from nucleo.redes import ler_rede

#: How long an undone exchange is told on the prefeitura's pages.
LEMBRADA = dt.timedelta(days=30)
_ABERTA = Q(encerrada_em__isnull=True)
_CONFIRMADA = Q(confirmada_em__isnull=False)


# --- Before it starts -------------------------------------------------------------------------------------------------
def a_trocar(*, pool_id: int | None = None, escolhidos: Sequence[int] = ()) -> QuerySet[SubBlocoCIDR]:
    """The sub-blocks in use of a whole pool, or of those chosen (first addresses), that are in no exchange: each prefeitura's together."""
    return _em_uso(pool_id, escolhidos).filter(troca_ate__isnull=True).exclude(_chegando()).order_by("perfil", "adesao_id", "ordinal")


def em_outra_troca(*, pool_id: int | None = None, escolhidos: Sequence[int] = ()) -> QuerySet[SubBlocoCIDR]:
    """Those left out of it, because they are the old or the new side of an exchange that is not over."""
    return _em_uso(pool_id, escolhidos).filter(Q(troca_ate__isnull=False) | Q(_chegando())).order_by("inicio")


def _em_uso(pool_id: int | None, escolhidos: Sequence[int]) -> QuerySet[SubBlocoCIDR]:
    em_uso = SubBlocoCIDR.objects.filter(adesao__isnull=False)
    return em_uso.filter(inicio__in=list(escolhidos)) if pool_id is None else em_uso.filter(pool_id=pool_id)


def _chegando() -> Exists:
    return Exists(Troca.objects.filter(_ABERTA, novo=OuterRef("pk")))


def livres_para(
    perfil: str, *, hoje: dt.date, destinos: Sequence[int] = (), regiao: str = "", menos: int | None = None
) -> QuerySet[SubBlocoCIDR]:
    """Free sub-blocks of open pools, lowest first: of these pools, of this region (a DDD), or of any; never of the pool ``menos``."""
    livres = SubBlocoCIDR.objects.filter(perfil=perfil, adesao__isnull=True, livre_desde__lte=hoje, pool__fechado_em__isnull=True)
    if destinos:
        livres = livres.filter(pool_id__in=list(destinos))
    if regiao:
        livres = livres.filter(pool__regiao=regiao)
    if menos is not None:
        livres = livres.exclude(pool_id=menos)
    return livres.order_by("vez")


def pools_de_destino(perfis: Iterable[str], *, menos: int | None = None) -> QuerySet[PoolCIDR]:
    """The open pools of these kinds that may receive the new ones."""
    abertos = PoolCIDR.objects.filter(perfil__in=list(perfis), fechado_em__isnull=True)
    return (abertos if menos is None else abertos.exclude(pk=menos)).order_by("inicio")


# --- PRODESP: how far it is -------------------------------------------------------------------------------------------
def renumeracoes() -> QuerySet[Renumeracao]:
    """All of them, newest first, with ``total``, ``confirmadas`` and ``prefeituras`` (one query)."""
    contas = Renumeracao.objects.select_related("pool").annotate(
        total=Count("trocas"),
        confirmadas=Count("trocas", filter=Q(trocas__confirmada_em__isnull=False)),
        prefeituras=Count("trocas__adesao", distinct=True),
    )
    return contas.order_by("-criada_em", "-pk")


def renumeracao_por_slug(slug: str) -> Renumeracao | None:
    """The renumbering of this number, or None."""
    return renumeracoes().filter(numero=slug.replace("-", "/", 1)).first()


@dataclass(frozen=True, slots=True)
class Progresso:
    """How many exchanges, of how many prefeituras, and how many of each are confirmed. ``atrasadas`` ended unconfirmed."""

    total: int
    confirmadas: int
    abertas: int
    atrasadas: int
    prefeituras: int
    prefeituras_prontas: int

    @property
    def faltam(self) -> int:
        """Not confirmed."""
        return self.total - self.confirmadas


def progresso(renumeracao: Renumeracao) -> Progresso:
    """Of one renumbering (two queries)."""
    trocas = Troca.objects.filter(renumeracao=renumeracao).order_by()
    contas = trocas.aggregate(
        total=Count("pk"),
        confirmadas=Count("pk", filter=_CONFIRMADA),
        abertas=Count("pk", filter=_ABERTA),
        atrasadas=Count("pk", filter=~_ABERTA & ~_CONFIRMADA),
        prefeituras=Count("adesao", distinct=True),
    )
    sem = trocas.filter(~_CONFIRMADA).aggregate(n=Count("adesao", distinct=True))["n"]
    if renumeracao.estado == EstadoDaRenumeracao.DESFEITA:
        contas["atrasadas"] = 0
    return Progresso(**contas, prefeituras_prontas=contas["prefeituras"] - sem)


#: Cuts of the list of prefeituras of a renumbering: code → label.
CORTES = {"todas": "Todas", "faltam": "Sem confirmar", "prontas": "Confirmadas"}


def por_prefeitura(renumeracao: Renumeracao, corte: str = "todas", busca: str = "") -> QuerySet[Troca]:
    """One row (dictionary) per prefeitura: ``adesao_id``, ``nome``, ``codigo``, ``total``, ``confirmadas``, ``ultima``. By name."""
    linhas = Troca.objects.filter(renumeracao=renumeracao, adesao__municipio__nome__icontains=busca) if busca else renumeracao.trocas.all()
    contas = (
        linhas.order_by()
        .values("adesao_id", nome=F("adesao__municipio__nome"), codigo=F("adesao__municipio_id"))
        .annotate(total=Count("pk"), confirmadas=Count("pk", filter=_CONFIRMADA), ultima=Max("confirmada_em"))
    )
    if corte == "faltam":
        contas = contas.filter(confirmadas__lt=Count("pk"))
    elif corte == "prontas":
        contas = contas.filter(confirmadas=Count("pk"))
    return contas.order_by("adesao__municipio__busca", "adesao_id")  # type: ignore[return-value]


def trocas_de(renumeracao_id: int, adesoes: Iterable[int]) -> dict[int, list[Troca]]:
    """The exchanges of these prefeituras in it, in order of place: adhesion → list (one query)."""
    grupos: dict[int, list[Troca]] = {}
    for troca in Troca.objects.filter(renumeracao_id=renumeracao_id, adesao_id__in=list(adesoes)).select_related("velho", "novo"):
        grupos.setdefault(troca.adesao_id, []).append(troca)
    return grupos


# --- The prefeitura: what it has to do --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TrocasDaPrefeitura:
    """What one renumbering asks of one prefeitura."""

    renumeracao: Renumeracao
    trocas: list[Troca] = field(default_factory=list)

    @property
    def a_confirmar(self) -> list[Troca]:
        """Those that nobody confirmed."""
        return [t for t in self.trocas if t.confirmada_em is None]

    @property
    def confirmadas(self) -> int:
        """How many are confirmed."""
        return len(self.trocas) - len(self.a_confirmar)

    @property
    def atrasada(self) -> bool:
        """Whether the date passed and something was left unconfirmed."""
        return any(t.atrasada for t in self.trocas)


def trocas_abertas(municipio_ids: Iterable[int]) -> list[TrocasDaPrefeitura]:
    """The exchanges of these prefeituras that are going on, or that ended unconfirmed, nearest date first (one query).

    Give the municipalities of the actor (``por.municipios(...)``). Cards for other pages: ``templates/enderecamento/partes/trocas.html``.
    """
    grupos: dict[int, TrocasDaPrefeitura] = {}
    ordem = ("renumeracao__vence_em", "renumeracao_id", "velho__perfil", "lugar", "pk")
    for troca in _abertas(municipio_ids).select_related("renumeracao", "velho", "novo", "adesao__municipio").order_by(*ordem):
        grupos.setdefault(troca.renumeracao_id, TrocasDaPrefeitura(troca.renumeracao)).trocas.append(troca)
    return list(grupos.values())


def quantas_a_confirmar(municipio_ids: Iterable[int]) -> int:
    """How many renumberings wait for these prefeituras to confirm something (one query)."""
    return _abertas(municipio_ids).filter(confirmada_em__isnull=True).order_by().values("renumeracao_id").distinct().count()


def _abertas(municipio_ids: Iterable[int]) -> QuerySet[Troca]:
    return Troca.objects.filter(
        Q(renumeracao__estado=EstadoDaRenumeracao.EM_CURSO)
        | Q(renumeracao__estado=EstadoDaRenumeracao.CONCLUIDA, confirmada_em__isnull=True),
        adesao__municipio_id__in=list(municipio_ids),
    )


def trocas_desfeitas(municipio_ids: Iterable[int], agora: dt.datetime) -> list[TrocasDaPrefeitura]:
    """The exchanges of these prefeituras that were undone in the last ``LEMBRADA`` days, newest first (one query)."""
    desfeitas = Troca.objects.filter(
        renumeracao__estado=EstadoDaRenumeracao.DESFEITA,
        renumeracao__desde__gte=agora - LEMBRADA,
        adesao__municipio_id__in=list(municipio_ids),
    )
    grupos: dict[int, TrocasDaPrefeitura] = {}
    for troca in desfeitas.select_related("renumeracao", "velho", "novo").order_by("-renumeracao__desde", "renumeracao_id", "lugar", "pk"):
        grupos.setdefault(troca.renumeracao_id, TrocasDaPrefeitura(troca.renumeracao)).trocas.append(troca)
    return list(grupos.values())


def trocas_do_ator(por: Ator) -> list[TrocasDaPrefeitura]:
    """``trocas_abertas`` of the prefeituras this person belongs to."""
    return trocas_abertas(por.municipios("responsavel", "requerente"))


def trocas_da_renumeracao(slug: str, municipio_ids: Iterable[int]) -> TrocasDaPrefeitura | None:
    """What this renumbering asked of these prefeituras, whatever its state, or None."""
    linhas = Troca.objects.filter(renumeracao__numero=slug.replace("-", "/", 1), adesao__municipio_id__in=list(municipio_ids))
    trocas = list(linhas.select_related("renumeracao", "velho", "novo", "adesao__municipio").order_by("velho__perfil", "lugar", "pk"))
    return TrocasDaPrefeitura(trocas[0].renumeracao, trocas) if trocas else None


def sub_blocos_por_slugs(slugs: Iterable[str]) -> list[SubBlocoCIDR]:
    """The sub-blocks written ``10.64.18.96-28``, in order of address (one query). Those that do not exist are not there."""
    inicios = {}
    for slug in slugs:
        try:
            inicios[ler_rede(slug.replace("-", "/", 1))[0]] = slug
        except ValueError:
            continue
    return [b for b in SubBlocoCIDR.objects.filter(inicio__in=list(inicios)).order_by("inicio") if b.slug == inicios[b.inicio]]


def troca_do_sub_bloco(sub_bloco_id: int) -> Troca | None:
    """The open exchange this sub-block is the old or the new side of, if any."""
    return (
        Troca.objects.filter(_ABERTA, Q(velho=sub_bloco_id) | Q(novo=sub_bloco_id)).select_related("renumeracao", "velho", "novo").first()
    )
