"""The renumberings of the demonstration (IP-05), played through the real actions among the requests: one ended at its date with an
overdue prefeitura, one undone, one near its date.

The prefeituras whose requests come in later take part only with sub-blocks that none of their links asks for (their last places), so that
no link of the past stands on a network of today.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from enderecamento import acoes
from enderecamento.consultas import pool_por_slug
from enderecamento.consultas.renumeracao import ler_parte
from enderecamento.estados import LEMBRETES_DA_TROCA, Perfil
from enderecamento.models import SubBlocoCIDR
from nucleo import prazos

if TYPE_CHECKING:
    from demonstracao.quadro import Quadro

Peca = Iterator[dt.datetime]
DIA = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Roteiro:
    """One renumbering, begun ``idade`` days ago; ``faltam`` days to its last day, negative when that is past.

    What changes: ``parte``, a pool (as in its address) and a network inside it, or how many of the last private sub-blocks of each
    prefeitura (``ultimos``). ``confirmam``: prefeitura → (days ago, how many). ``desfeita``: days ago, and why.
    """

    idade: int
    faltam: int
    motivo: str
    parte: tuple[str, str] | None = None
    ultimos: Mapping[str, int] = field(default_factory=dict)
    confirmam: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    desfeita: tuple[int, str] | None = None


ROTEIROS = (
    Roteiro(
        78,
        -16,
        "Troca do equipamento que atendia os endereços antigos, em fim de vida.",
        ultimos={"Araçatuba": 3, "Registro": 3, "Assis": 2},
        confirmam={"Araçatuba": (60, 3), "Registro": (31, 3)},
    ),
    Roteiro(
        41,
        19,
        "Separação do tráfego das secretarias de saúde.",
        ultimos={"Guaratinguetá": 4, "Mogi das Cruzes": 2},
        confirmam={"Mogi das Cruzes": (27, 1)},
        desfeita=(12, "O equipamento novo atende os endereços atuais. A troca não é mais necessária."),
    ),
    Roteiro(
        26,
        4,
        "Divisão da rede da região de Bauru em dois equipamentos centrais.",
        parte=("10.80.0.0-20", "10.80.1.0/24"),
        confirmam={"Bauru": (15, 1), "Botucatu": (8, 5)},
    ),
)


def pecas(quadro: Quadro) -> list[Peca]:
    """The play of each renumbering, not yet begun."""
    return [_encenar(roteiro, n, quadro) for n, roteiro in enumerate(ROTEIROS)]


def _encenar(roteiro: Roteiro, n: int, quadro: Quadro) -> Peca:
    relogio, gestor = quadro.relogio, quadro.elenco.ator("gestor")
    r = random.Random(f"intragov:renumeracao:{n}")  # noqa: S311 invented data, not a secret
    comeco = relogio.ha(roteiro.idade, r=r, expediente=True)
    ultimo_dia = relogio.hoje + roteiro.faltam * DIA
    yield comeco
    feita = acoes.renumerar(_pedido(roteiro, ultimo_dia), por=gestor, agora=comeco)
    atos: list[tuple[dt.datetime, Callable[..., object]]] = []
    for nome, (idade, quantas) in roteiro.confirmam.items():
        quando = relogio.ha(idade, r=r, depois_de=comeco)
        trocas = feita.trocas.filter(adesao__municipio__nome=nome).order_by("lugar").values_list("pk", flat=True)[:quantas]
        confirmar = partial(acoes.confirmar_trocas, feita.pk, municipio_id=quadro.municipio_id(nome), trocas=list(trocas))
        atos.append((quando, partial(confirmar, por=quadro.responsavel(nome, r))))
    lembretes = [prazos.meia_noite(ultimo_dia - d * DIA) + dt.timedelta(hours=9) for d in LEMBRETES_DA_TROCA]
    acaba = prazos.meia_noite(ultimo_dia + DIA) + dt.timedelta(minutes=4)
    if roteiro.desfeita:
        idade, porque = roteiro.desfeita
        acaba = relogio.ha(idade, r=r, depois_de=comeco, expediente=True)
        atos.append((acaba, partial(acoes.desfazer_renumeracao, feita.pk, motivo=porque, por=gestor)))
    else:
        atos.append((acaba, acoes.trocar))
    atos += [(quando, acoes.lembrar_trocas) for quando in lembretes if quando < acaba]
    for quando, fazer in sorted(atos, key=lambda ato: ato[0]):
        if quando < relogio.agora:
            yield quando
            fazer(agora=quando)


def _pedido(roteiro: Roteiro, ultimo_dia: dt.date) -> acoes.Pedido:
    if roteiro.parte:
        pool = pool_por_slug(roteiro.parte[0])
        assert pool is not None
        parte = ler_parte(roteiro.parte[1], pool)
        return acoes.Pedido(pool_id=pool.pk, parte=parte, destinos=(pool.pk,), motivo=roteiro.motivo, ultimo_dia=ultimo_dia)
    escolhidos: list[int] = []
    for nome, quantos in roteiro.ultimos.items():  # a few
        deles = SubBlocoCIDR.objects.filter(adesao__municipio__nome=nome, perfil=Perfil.PRIVADO, ordinal__isnull=False)
        escolhidos += deles.order_by("-ordinal").values_list("inicio", flat=True)[:quantos]
    return acoes.Pedido(escolhidos=tuple(escolhidos), motivo=roteiro.motivo, ultimo_dia=ultimo_dia)
