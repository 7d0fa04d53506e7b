"""What is asked of renumberings: what would change, how far each is, what a prefeitura has to do (IP-05)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from enderecamento.estados import ENDERECOS, EstadoDaRenumeracao
from enderecamento.models import HistoricoRenumeracao, PoolCIDR, Renumeracao, SubBlocoCIDR, Troca
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from nucleo.redes import Rede, cidr, erro_da_rede, ip, ler_faixa, ler_rede, tamanho

#: How long an undone exchange is told on the prefeitura's pages.
LEMBRADA = dt.timedelta(days=30)
#: Between the first and the last of a part of a pool; a dash needs its spaces, as our own addresses have one inside.
_ATE = re.compile(r"\s+(?:a|até|ate|-|–|—)\s+")
_ABERTA = Q(encerrada_em__isnull=True)
_CONFIRMADA = Q(confirmada_em__isnull=False)


# --- Before it starts -------------------------------------------------------------------------------------------------
#: Part of a pool: first address and exclusive end, both where a sub-block begins.
Parte = tuple[int, int]


def a_trocar(*, pool_id: int | None = None, parte: Parte | None = None, escolhidos: Sequence[int] = ()) -> QuerySet[SubBlocoCIDR]:
    """The sub-blocks in use of a pool, or of a part of it, or of those chosen (first addresses), that are in no exchange: each
    prefeitura's together.
    """
    em_uso = _em_uso(pool_id, parte, escolhidos)
    return em_uso.filter(troca_ate__isnull=True).exclude(_chegando()).order_by("perfil", "adesao_id", "ordinal")


def em_outra_troca(*, pool_id: int | None = None, parte: Parte | None = None, escolhidos: Sequence[int] = ()) -> QuerySet[SubBlocoCIDR]:
    """Those left out of it, because they are the old or the new side of an exchange that is not over."""
    return _em_uso(pool_id, parte, escolhidos).filter(Q(troca_ate__isnull=False) | Q(_chegando())).order_by("inicio")


def _em_uso(pool_id: int | None, parte: Parte | None, escolhidos: Sequence[int]) -> QuerySet[SubBlocoCIDR]:
    em_uso = SubBlocoCIDR.objects.filter(adesao__isnull=False)
    if pool_id is None:
        return em_uso.filter(inicio__in=list(escolhidos))
    em_uso = em_uso.filter(pool_id=pool_id)
    return em_uso.filter(inicio__gte=parte[0], inicio__lt=parte[1]) if parte else em_uso


def ler_parte(texto: str, pool: PoolCIDR) -> Parte:
    """The part of a pool that a person typed: a network, the beginning of one, or its first and last, in whole sub-blocks.

    Raises ``RegraViolada`` (campo ``parte``) for what is no part of it.
    """
    pontas = [_ler_ponta(ponta, pool) for ponta in _ATE.split(" ".join(texto.split()), maxsplit=1)]
    if pontas[0][0] > pontas[-1][0]:
        raise _parte_recusada("O primeiro endereço vem depois do último. Escreva do menor para o maior.")
    passo = ENDERECOS[pool.perfil]
    inicio, fim = pontas[0][0] // passo * passo, -(-pontas[-1][1] // passo) * passo
    if inicio < pool.inicio or fim > pool.fim:
        como = "fica fora" if fim <= pool.inicio or inicio >= pool.fim else "passa"
        raise _parte_recusada(f"{nome_da_parte((inicio, fim))} {como} do bloco, que vai de {ip(pool.inicio)} a {ip(pool.fim - 1)}.")
    return inicio, fim


def _ler_ponta(texto: str, pool: PoolCIDR) -> Parte:
    """As ``ler_faixa``, but a network has to begin where it says: a whole act follows from it. Raises ``RegraViolada``."""
    try:
        if "/" not in texto:
            return ler_faixa(texto)
        inicio, prefixo = ler_rede(texto)
    except ValueError:
        porque = erro_da_rede(texto, varias="Troque uma parte de cada vez.")
        raise _parte_recusada(porque or f"Escreva {exemplo_de_parte(pool)}.") from None
    return inicio, inicio + tamanho(prefixo)


def exemplo_de_parte(pool: PoolCIDR) -> str:
    """How a part of this pool is written: its first half, both ways."""
    metade = Rede(pool.inicio, min(pool.prefixo + 1, pool.prefixo_da_vaga))
    return f"uma rede, como em {metade}, ou do primeiro ao último, como em {metade.rede} a {metade.difusao}"


def _parte_recusada(frase: str) -> RegraViolada:
    return RegraViolada(frase, regra="IP-05", campo="parte")


def nome_da_parte(parte: Parte) -> str:
    """``10.64.16.0/20`` when it is one network, else ``10.64.16.0 a 10.64.16.95``."""
    inicio, quantos = parte[0], parte[1] - parte[0]
    uma_rede = quantos & (quantos - 1) == 0 and inicio % quantos == 0
    return cidr(inicio, 33 - quantos.bit_length()) if uma_rede else f"{ip(inicio)} a {ip(parte[1] - 1)}"


def _chegando() -> Exists:
    return Exists(Troca.objects.filter(_ABERTA, novo=OuterRef("pk")))


def livres_para(
    perfil: str,
    *,
    hoje: dt.date,
    destinos: Sequence[int] = (),
    regiao: str = "",
    menos: int | None = None,
    fora_de: Parte | None = None,
) -> QuerySet[SubBlocoCIDR]:
    """Free sub-blocks of open pools, lowest first: of these pools, of this region (a DDD), or of any; never of the pool ``menos``, nor
    inside the part ``fora_de``.
    """
    livres = SubBlocoCIDR.objects.filter(perfil=perfil, adesao__isnull=True, livre_desde__lte=hoje, pool__fechado_em__isnull=True)
    if destinos:
        livres = livres.filter(pool_id__in=list(destinos))
    if regiao:
        livres = livres.filter(pool__regiao=regiao)
    if menos is not None:
        livres = livres.exclude(pool_id=menos)
    if fora_de is not None:
        livres = livres.exclude(vez__gte=fora_de[0], vez__lt=fora_de[1])
    return livres.order_by("vez")


def pools_de_destino(perfis: Iterable[str]) -> QuerySet[PoolCIDR]:
    """The open pools of these kinds that may receive the new ones."""
    return PoolCIDR.objects.filter(perfil__in=list(perfis), fechado_em__isnull=True).order_by("inicio")


# --- PRODESP: how far it is -------------------------------------------------------------------------------------------
def renumeracoes() -> QuerySet[Renumeracao]:
    """All of them, newest first, with ``total``, ``confirmadas``, ``prefeituras``, ``sem_confirmar`` (overdue: ended unconfirmed, and not
    undone), and ``parte`` of a pool, in words (one query).
    """
    comeco = HistoricoRenumeracao.objects.filter(processo=OuterRef("pk"), transicao="comecar").order_by("pk")
    contas = Renumeracao.objects.select_related("pool").annotate(
        total=Count("trocas"),
        confirmadas=Count("trocas", filter=Q(trocas__confirmada_em__isnull=False)),
        sem_confirmar=Count(
            "trocas",
            filter=Q(trocas__confirmada_em__isnull=True, trocas__encerrada_em__isnull=False) & ~Q(estado=EstadoDaRenumeracao.DESFEITA),
        ),
        prefeituras=Count("trocas__adesao", distinct=True),
        parte=Subquery(comeco.values(dita=KeyTextTransform("parte", "dados"))[:1]),
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
    linhas = Troca.objects.filter(renumeracao=renumeracao, adesao__municipio__nome__contem=busca) if busca else renumeracao.trocas.all()
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
