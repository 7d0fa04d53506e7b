"""Work of the queue: the slots of new pools, and exchanges of addresses at their date."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from enderecamento import acoes


@shared_task(name="enderecamento.criar_vagas")
def criar_vagas(pool_id: int) -> None:
    """Make the slots of a pool, a piece at a time. Safe to run twice, at once or after being killed."""
    while acoes.criar_vagas(pool_id, agora=timezone.now()):
        pass


@shared_task(name="enderecamento.varrer")
def varrer() -> int:
    """Go on with pools whose slots are not all there: a wake-up was lost, or a worker died."""
    pools = acoes.pools_por_criar()
    for pool_id in pools:
        criar_vagas(pool_id)
    return len(pools)


@shared_task(name="enderecamento.encerrar_sancoes")
def encerrar_sancoes() -> int:
    """End the sanctions whose term is over (IP-07)."""
    return acoes.encerrar_sancoes(agora=timezone.now())


@shared_task(name="enderecamento.trocar")
def trocar() -> dict[str, int]:
    """End the exchanges whose date came, go on with those that were undone, and remind of those that are near (IP-05). Safe to run twice,
    at once, late or after being killed.
    """
    agora = timezone.now()
    return acoes.trocar(agora=agora) | {"lembretes": acoes.lembrar_trocas(agora=agora)}
