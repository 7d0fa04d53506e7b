"""Finding free sub-blocks and locking them: the lowest, a run one after the other, or those that were chosen (IP-04, IP-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Subquery

from adesao.models import Adesao
from enderecamento.estados import ENDERECOS, TETO
from enderecamento.models import LimiteConcedido, SubBlocoCIDR
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from nucleo.preparadas import mudanca_preparada, preparada


class PoolEsgotado(RegraViolada):
    """There are not enough free sub-blocks where they were asked for. Status 409: somebody may just have taken the last."""

    status = 409


@dataclass(frozen=True, slots=True)
class Lote:
    """What is asked for of one kind: the ``escolhidos`` (first addresses), or ``quantidade`` of them from ``pool_id``, from the pools of
    ``regiao`` (a DDD) or from any open one; with ``seguidos`` one after the other.
    """

    perfil: str
    quantidade: int = 0
    escolhidos: Sequence[int] = ()
    pool_id: int | None = None
    regiao: str = ""
    seguidos: bool = False


def livres(lote: Lote, hoje: dt.date) -> list[SubBlocoCIDR]:
    """As many as the lot asks for, under lock. Raises ``PoolEsgotado``."""
    quantas, onde, valores = lote.quantidade, _onde(lote), _procura(lote, hoje)
    if lote.seguidos and quantas > 1:
        return _seguidas(_onde_ha_livres(*onde, **valores), quantas)
    for pular in (True, False):  # others may hold some of them only for a moment: the second time wait for those
        travadas: list[SubBlocoCIDR] = _as_mais_baixas.linhas(quantas, pular, *onde, **valores)
        if len(travadas) == quantas:
            return travadas
    raise PoolEsgotado(_frase_do_esgotado(len(travadas), quantas), regra="IP-04", campo="quantidade")


def tomar(adesao: Adesao, lote: Lote, lugar: int, concedido: LimiteConcedido | None, hoje: dt.date) -> SubBlocoCIDR:
    """The lowest free one, locked and given its holder in one statement: what most attributions ask for. Raises ``PoolEsgotado``."""
    excedente_id = concedido.pk if concedido and lugar > TETO[lote.perfil] else None
    novo = {"adesao_id": adesao.pk, "ordinal": lugar, "excedente_id": excedente_id}
    for pular in (True, False):
        for vaga in _tomar_a_mais_baixa.lendo(pular, *_onde(lote), **_procura(lote, hoje), **novo):
            return vaga  # type: ignore[no-any-return]
    raise PoolEsgotado(_frase_do_esgotado(0, 1), regra="IP-04", campo="quantidade")


def _onde(lote: Lote) -> tuple[bool, bool]:
    """The shape of the search: in one pool, in one region."""
    return lote.pool_id is not None, lote.regiao != ""


def _procura(lote: Lote, hoje: dt.date) -> dict[str, Any]:
    """Its values."""
    return {"perfil": lote.perfil, "hoje": hoje, "pool_id": lote.pool_id, "regiao": lote.regiao}


def _onde_ha_livres(no_pool: bool, na_regiao: bool, *, perfil: Any, hoje: Any, pool_id: Any, regiao: Any) -> QuerySet[SubBlocoCIDR]:
    livres = SubBlocoCIDR.objects.filter(perfil=perfil, adesao__isnull=True, livre_desde__lte=hoje, pool__fechado_em__isnull=True)
    if no_pool:
        livres = livres.filter(pool_id=pool_id)
    if na_regiao:
        livres = livres.filter(pool__regiao=regiao)
    return livres.order_by("vez")


@preparada
def _as_mais_baixas(
    quantas: int, pular: bool, no_pool: bool, na_regiao: bool, *, perfil: Any, hoje: Any, pool_id: Any, regiao: Any
) -> QuerySet[SubBlocoCIDR]:
    livres = _onde_ha_livres(no_pool, na_regiao, perfil=perfil, hoje=hoje, pool_id=pool_id, regiao=regiao)
    return livres.select_for_update(of=("self",), no_key=True, skip_locked=pular)[:quantas]


@mudanca_preparada
def _tomar_a_mais_baixa(
    pular: bool,
    no_pool: bool,
    na_regiao: bool,
    *,
    perfil: Any,
    hoje: Any,
    pool_id: Any,
    regiao: Any,
    adesao_id: Any,
    ordinal: Any,
    excedente_id: Any,
) -> tuple[QuerySet[SubBlocoCIDR], dict[str, Any]]:
    """One scalar subquery: the server runs it once, before the UPDATE (a joined one could lock more than it takes)."""
    livres = _onde_ha_livres(no_pool, na_regiao, perfil=perfil, hoje=hoje, pool_id=pool_id, regiao=regiao)
    a_mais_baixa = livres.select_for_update(of=("self",), no_key=True, skip_locked=pular).values("pk")[:1]
    novo = {"adesao_id": adesao_id, "ordinal": ordinal, "excedente_id": excedente_id}
    return SubBlocoCIDR.objects.filter(pk=Subquery(a_mais_baixa)), novo


def _frase_do_esgotado(ha: int, quantos: int) -> str:
    return (
        f"Só há {ha} livre{'' if ha == 1 else 's'} onde você procurou, e são precisos {quantos}."
        if ha
        else "Não há sub-blocos livres onde você procurou."
    )


def _seguidas(livres: QuerySet[SubBlocoCIDR], quantos: int) -> list[SubBlocoCIDR]:
    """The lowest run of slots one after the other, in one pool. Looked for without locks, then locked and looked at again."""
    for _ in range(3):
        corrida: list[tuple[int, int, int]] = []
        for pk, pool_id, inicio, perfil in livres.values_list("pk", "pool_id", "inicio", "perfil").iterator(chunk_size=2000):
            segue = corrida and corrida[-1][1] == pool_id and corrida[-1][2] + ENDERECOS[perfil] == inicio
            corrida = [*corrida, (pk, pool_id, inicio)] if segue else [(pk, pool_id, inicio)]
            if len(corrida) == quantos:
                break
        else:
            raise PoolEsgotado(f"Não há {quantos} sub-blocos livres seguidos onde você procurou.", regra="IP-04", campo="quantidade")
        travadas = list(livres.filter(pk__in=[pk for pk, _, _ in corrida]).select_for_update(of=("self",), no_key=True))
        if len(travadas) == quantos:
            return travadas
    raise PoolEsgotado("Outras pessoas estão atribuindo sub-blocos neste momento. Tente de novo.", regra="IP-04", campo="quantidade")


def escolhidas(perfil: str, escolhidos: Iterable[int], hoje: dt.date) -> list[SubBlocoCIDR]:
    """Those of these first addresses, under lock. Raises ``RegraViolada`` (campo ``escolhidos``) when one cannot be handed out."""
    pedidos = set(escolhidos)
    achadas = SubBlocoCIDR.objects.filter(inicio__in=pedidos, perfil=perfil).select_related("pool")
    travadas = list(achadas.select_for_update(of=("self",), no_key=True).order_by("vez"))
    if len(travadas) != len(pedidos):
        raise RegraViolada("Um dos sub-blocos escolhidos não existe.", regra="IP-04", campo="escolhidos")
    for vaga in travadas:
        if vaga.adesao_id is not None:
            raise TransicaoIndisponivel(f"{vaga} já está em uso. Escolha outro.", regra="IP-04", campo="escolhidos")
        if vaga.livre_desde > hoje:
            raise RegraViolada(
                f"{vaga} está em quarentena até {vaga.livre_desde - dt.timedelta(days=1):%d/%m/%Y}.", regra="IP-08", campo="escolhidos"
            )
        if vaga.pool.fechado_em is not None:
            raise RegraViolada(f"O bloco {vaga.pool} está fechado para novas entregas.", regra="IP-01", campo="escolhidos")
    return travadas
