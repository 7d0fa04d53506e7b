"""How much of each limit a prefeitura uses (LNK-01, LNK-03, LNK-06, LNK-07)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from nucleo import prazos
from nucleo.regras import regra
from saog.estados import A_CAMINHO, OCUPAM, Conexao
from saog.models import Acesso, LimiteConcedido
from saog.models.catalogo import LIMITE_DE_INTRANET

LIMITE_DE_INTERNET = regra("LNK-03").valores["links"]


@dataclass(frozen=True, slots=True)
class Uso:
    """Links of one connection type: in service, ordered and not concluded, and the limit."""

    conexao: str
    em_servico: int
    pedidos: int
    limite: int

    @property
    def usados(self) -> int:
        """What counts against the limit (LNK-07)."""
        return self.em_servico + self.pedidos

    @property
    def restam(self) -> int:
        """How many may still be asked for."""
        return max(0, self.limite - self.usados)

    @property
    def pips(self) -> list[str]:
        """One word per place: ``cheio``, ``listrado`` or ``livre``."""
        livres = max(0, self.limite - self.usados)
        return ["cheio"] * self.em_servico + ["listrado"] * self.pedidos + ["livre"] * livres


def concedido(municipio_id: int, dia: dt.date) -> LimiteConcedido | None:
    """The granted limit that holds on ``dia``, if any (LNK-06)."""
    vigentes = LimiteConcedido.objects.filter(
        Q(vale_ate__isnull=True) | Q(vale_ate__gte=dia), municipio_id=municipio_id, vale_de__lte=dia, retirado_em__isnull=True
    )
    return vigentes.first()


def limite_de(municipio_id: int, conexao: str, agora: dt.datetime) -> int:
    """The limit of links of that connection type now."""
    if conexao == Conexao.INTERNET:
        return LIMITE_DE_INTERNET
    extra = concedido(municipio_id, prazos.dia_local(agora))
    return extra.links if extra else LIMITE_DE_INTRANET


def concedido_para(municipio_id: int, ordinal: int, agora: dt.datetime) -> LimiteConcedido | None:
    """The grant that lets a link take that place, or None for the first 20."""
    return concedido(municipio_id, prazos.dia_local(agora)) if ordinal > LIMITE_DE_INTRANET else None


def uso(municipio_id: int, agora: dt.datetime) -> dict[str, Uso]:
    """Use of both limits (two queries): connection type → ``Uso``."""
    contagem = {
        linha["conexao"]: linha
        for linha in Acesso.objects.filter(municipio_id=municipio_id, estado__in=OCUPAM)
        .values("conexao")
        .annotate(total=Count("pk"), a_caminho=Count("pk", filter=Q(estado__in=A_CAMINHO)))
        .order_by("conexao")
    }
    saida = {}
    for conexao in Conexao:
        linha = contagem.get(conexao.value, {"total": 0, "a_caminho": 0})
        saida[conexao.value] = Uso(
            conexao=conexao.value,
            em_servico=linha["total"] - linha["a_caminho"],
            pedidos=linha["a_caminho"],
            limite=limite_de(municipio_id, conexao, agora),
        )
    return saida
