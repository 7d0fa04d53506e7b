"""How many sub-blocks a prefeitura asked for, holds and may hold (IP-02, IP-03, ADS-13)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from adesao.estados import Estado
from adesao.models import Adesao
from contas.municipios import dobrar_busca
from enderecamento.estados import TETO, Perfil
from enderecamento.models import LimiteConcedido, QuantidadeDeBlocos, SubBlocoCIDR
from nucleo.preparadas import preparada

#: Column of the adhesion with what the first Anexo II asked for.
NO_ANEXO_II = {Perfil.PRIVADO.value: "blocos_privados", Perfil.PUBLICO.value: "blocos_publicos"}
#: Only these hold blocks: in force, or leaving.
COM_BLOCOS = (Estado.APROVADA,)


@dataclass(frozen=True, slots=True)
class Quantidades:
    """Of one kind: asked for (Anexo II and what was added to it), attributed (those in exchange do not count), and the ceiling."""

    perfil: str
    pedidos: int
    atribuidos: int
    teto: int

    @property
    def a_atribuir(self) -> int:
        """How many are still to be attributed."""
        return max(0, self.pedidos - self.atribuidos)

    @property
    def cabem(self) -> int:
        """How many more fit under the ceiling."""
        return max(0, self.teto - self.atribuidos)


def concedido(municipio_id: int, dia: dt.date) -> LimiteConcedido | None:
    """The granted limit that holds on ``dia``, if any (LNK-06)."""
    vigentes = LimiteConcedido.objects.filter(
        Q(vale_ate__isnull=True) | Q(vale_ate__gte=dia), municipio_id=municipio_id, vale_de__lte=dia, retirado_em__isnull=True
    )
    return vigentes.first()


def privados_de(municipio_id: int) -> int:
    """How many private sub-blocks of a prefeitura count against its ceiling (IP-02); those in exchange do not."""
    return SubBlocoCIDR.objects.filter(adesao__municipio_id=municipio_id, perfil=Perfil.PRIVADO, ordinal__isnull=False).count()


def teto(municipio_id: int, perfil: str, dia: dt.date) -> tuple[int, LimiteConcedido | None]:
    """The ceiling on that day, and the grant it comes from. Only private ones may pass 20 (IP-02, LNK-06)."""
    extra = concedido(municipio_id, dia) if perfil == Perfil.PRIVADO else None
    return (extra.links if extra else TETO[perfil]), extra


def quantidades(adesao: Adesao, perfil: str, dia: dt.date) -> Quantidades:
    """Of one prefeitura (three queries; two for public)."""
    somados = QuantidadeDeBlocos.objects.filter(adesao=adesao, perfil=perfil).aggregate(n=Sum("quantidade"))["n"] or 0
    return Quantidades(
        perfil=perfil,
        pedidos=(getattr(adesao, NO_ANEXO_II[perfil]) or 0) + somados,
        atribuidos=SubBlocoCIDR.objects.filter(adesao=adesao, perfil=perfil, ordinal__isnull=False).count(),
        teto=teto(adesao.municipio_id, perfil, dia)[0],
    )


def a_atribuir() -> QuerySet[Adesao]:
    """The prefeituras that wait for sub-blocks, oldest approval first, with ``faltam_privados`` and ``faltam_publicos`` (a query)."""
    lista = Adesao.objects.filter(estado__in=COM_BLOCOS).select_related("municipio")
    for perfil, coluna in NO_ANEXO_II.items():
        somados = QuantidadeDeBlocos.objects.filter(adesao=OuterRef("pk"), perfil=perfil).order_by().values("adesao")
        tem = SubBlocoCIDR.objects.filter(adesao=OuterRef("pk"), perfil=perfil, ordinal__isnull=False).order_by().values("adesao")
        lista = lista.annotate(
            **{
                f"faltam_{coluna.removeprefix('blocos_')}": Coalesce(F(coluna), Value(0))
                + Coalesce(Subquery(somados.annotate(n=Sum("quantidade")).values("n"), output_field=IntegerField()), Value(0))
                - Coalesce(Subquery(tem.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), Value(0))
            }
        )
    return lista.filter(Q(faltam_privados__gt=0) | Q(faltam_publicos__gt=0)).order_by("decidida_em", "pk")


def a_atribuir_de(busca: str) -> QuerySet[Adesao]:
    """``a_atribuir`` of the municipalities whose name holds the text; all of them without one."""
    lista = a_atribuir()
    if not busca:
        return lista
    dobrada = dobrar_busca(busca)
    return lista.filter(municipio__busca__contains=dobrada) if dobrada else lista.none()


def adesao_com_blocos(municipio_id: int) -> Adesao | None:
    """The adhesion in force of a municipality, else the newest that still holds sub-blocks, or None."""
    em_vigor: Adesao | None = _em_vigor.unica(municipio_id=municipio_id)
    return em_vigor or _do_municipio(municipio_id).filter(sub_blocos__isnull=False).first()


def _do_municipio(municipio_id: Any) -> QuerySet[Adesao]:
    return Adesao.objects.filter(municipio_id=municipio_id).select_related("municipio").order_by("-decidida_em", "-pk")


@preparada
def _em_vigor(*, municipio_id: Any) -> QuerySet[Adesao]:
    return _do_municipio(municipio_id).filter(estado__in=COM_BLOCOS)[:1]


def quantidades_somadas(adesao: Adesao) -> QuerySet[QuantidadeDeBlocos]:
    """What was added to, or taken from, what the first Anexo II asked for, newest first (ADS-13)."""
    return QuantidadeDeBlocos.objects.filter(adesao=adesao).order_by("-em", "-pk")
