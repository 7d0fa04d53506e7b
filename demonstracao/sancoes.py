"""The sanctions of the demonstration (IP-07), played through the real actions among the requests: a warning, a partial blocking and a total
one in force, and one that was lifted.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adesao.models import Adesao
from enderecamento import acoes
from enderecamento.estados import EspecieDeSancao, Perfil
from enderecamento.models import SubBlocoCIDR

if TYPE_CHECKING:
    from demonstracao.quadro import Quadro

Peca = Iterator[dt.datetime]


@dataclass(frozen=True, slots=True)
class Roteiro:
    """One sanction, applied ``idade`` days ago. ``lugares`` are the places of the private sub-blocks of a partial blocking; ``vale`` the
    days from today to its last day, None without end; ``levantada``: days ago, and why.
    """

    municipio: str
    idade: int
    especie: EspecieDeSancao
    motivo: str
    evidencia: str
    lugares: tuple[int, ...] = ()
    vale: int | None = None
    levantada: tuple[int, str] | None = None


ROTEIROS = (
    Roteiro(
        "Piracicaba",
        58,
        EspecieDeSancao.BLOQUEIO_PARCIAL,
        "Uma máquina da prefeitura enviava e-mails em massa pela rede do Estado.",
        "Filtro de saída: 41.200 mensagens em 3 horas, da mesma origem. Chamado 2217-A da equipe de segurança.",
        lugares=(4,),
        levantada=(51, "A prefeitura retirou a máquina da rede e trocou as senhas. A equipe de segurança conferiu."),
    ),
    Roteiro(
        "Franca",
        33,
        EspecieDeSancao.ADVERTENCIA,
        "Equipamento sem senha respondia na rede da Intranet. A prefeitura já foi orientada a corrigir.",
        "Varredura de rotina da PRODESP: painel de câmera aberto, sem senha, em dois endereços.",
    ),
    Roteiro(
        "Lins",
        9,
        EspecieDeSancao.BLOQUEIO_PARCIAL,
        "Varredura de portas contra a rede do Estado a partir deste sub-bloco.",
        "Sensor da Intranet: 18.400 tentativas em 12 minutos, de um só endereço. Chamado 2291-C da equipe de segurança.",
        lugares=(6,),
        vale=21,
    ),
    Roteiro(
        "Taubaté",
        3,
        EspecieDeSancao.BLOQUEIO_TOTAL,
        "Tentativas repetidas de entrar em sistemas do Estado, a partir de três unidades. O bloqueio dura até as máquinas serem isoladas.",
        "Autenticação recusada 9.730 vezes em uma noite, de 14 endereços. Chamado 2304-B da equipe de segurança.",
    ),
)


def pecas(quadro: Quadro) -> list[Peca]:
    """The play of each sanction, not yet begun."""
    return [_encenar(roteiro, quadro) for roteiro in ROTEIROS]


def _encenar(s: Roteiro, quadro: Quadro) -> Peca:
    relogio, gestor = quadro.relogio, quadro.elenco.ator("gestor")
    r = random.Random(f"intragov:sancao:{s.municipio}")  # noqa: S311 invented data, not a secret
    quando = relogio.ha(s.idade, r=r, expediente=True)
    yield quando
    adesao = Adesao.objects.get(municipio_id=quadro.municipio_id(s.municipio), estado="APROVADA")
    blocos = SubBlocoCIDR.objects.filter(adesao=adesao, perfil=Perfil.PRIVADO, ordinal__in=s.lugares).order_by("ordinal")
    sancao = acoes.aplicar_sancao(
        adesao.pk,
        especie=s.especie.value,
        motivo=s.motivo,
        evidencia=s.evidencia,
        vale_ate=None if s.vale is None else relogio.hoje + dt.timedelta(days=s.vale),
        blocos=list(blocos.values_list("pk", flat=True)),
        por=gestor,
        agora=quando,
    )
    if s.levantada:
        dias, porque = s.levantada
        fim = relogio.ha(dias, r=r, depois_de=quando, expediente=True)
        yield fim
        acoes.levantar_sancao(sancao.pk, motivo=porque, por=gestor, agora=fim)
