"""What the public site reads: the public status of each municipality, the map, the list. No draft and no personal data is public."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from contas.models import Municipio
from contas.municipios import procurar
from nucleo.campos import alfabetica

#: Public status → (words, tone and icon of the label), in the order of the legend.
SITUACOES: dict[str, tuple[str, str, str]] = {
    "em_vigor": ("Adesão em vigor", "concluido", "certo"),
    "em_andamento": ("Em andamento", "curso", "relogio"),
    "encerrada": ("Encerrada", "sem-efeito", "pausa"),
    "ainda_nao": ("Ainda não aderiu", "sem-efeito", "circulo"),
}
#: The sentence under the status on the page of a municipality.
FRASES = {
    "em_vigor": "A prefeitura faz parte da rede e pode pedir links e endereços.",
    "em_andamento": "A prefeitura pediu a adesão, que está em conferência, em correção ou em aprovação.",
    "encerrada": "A prefeitura já fez parte da rede e saiu. Ela pode pedir nova adesão.",
    "ainda_nao": "Não há pedido de adesão enviado por esta prefeitura.",
}
VALIDADE_DA_CONTAGEM = 300  # seconds
CHAVE_DAS_SITUACOES, CHAVE_DO_MAPA = "institucional.situacoes", "institucional.mapa"
#: The map: pixels per degree of longitude, and how much latitude is stretched at 22° S (visual guide, 5).
ESCALA, ESTICA, MARGEM = 66.0, 1.08, 28.0


def situacao_dos_municipios() -> dict[int, str]:
    """IBGE code → ``em_vigor`` or ``em_andamento``, only of those that are one or the other; counted at most every five minutes."""
    guardadas: dict[int, str] | None = cache.get(CHAVE_DAS_SITUACOES)
    if guardadas is None:
        from adesao import consultas

        guardadas = consultas.situacao_publica()
        cache.set(CHAVE_DAS_SITUACOES, guardadas, VALIDADE_DA_CONTAGEM)
    return guardadas


def situacao_de(municipio_id: int) -> str:
    """The public status of one municipality: a key of ``SITUACOES``."""
    return situacao_dos_municipios().get(municipio_id, "ainda_nao")


def adesao_enviada(municipio_id: int) -> Any:
    """The newest adhesion this municipality ever sent, or None: for who may open it, never for the public page (one query)."""
    from adesao.models import Adesao

    return Adesao.objects.filter(municipio_id=municipio_id, lista_de_envios__isnull=False).order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Mapa:
    """The map as SVG: sizes in user units, one path per layer, and how many municipalities are in each status.

    ``terra`` and ``nao`` and ``vigor`` are zero-length strokes with round ends (each draws a disc); ``andamento`` are diamonds and
    ``encerrada`` triangles, so that no status depends on colour alone.
    """

    largura: int
    altura: int
    terra: str
    nao: str
    vigor: str
    andamento: str
    encerrada: str
    contagens: dict[str, int]
    total: int
    em: dt.datetime


def posicao(longitude: Any, latitude: Any, *, oeste: float, norte: float) -> tuple[float, float]:
    """Where a seat goes on the map, in user units, given the western and northern limits in degrees."""
    x = (float(longitude) - oeste) * ESCALA + MARGEM
    y = (norte - float(latitude)) * ESCALA * ESTICA + MARGEM
    return round(x, 1), round(y, 1)


def mapa(agora: dt.datetime | None = None) -> Mapa:
    """The 645 seats with their public status; one query each for seats and status, at most every five minutes."""
    guardado: Mapa | None = cache.get(CHAVE_DO_MAPA)
    if guardado is None:
        guardado = _desenhar(agora or timezone.now())
        cache.set(CHAVE_DO_MAPA, guardado, VALIDADE_DA_CONTAGEM)
    return guardado


def _desenhar(agora: dt.datetime) -> Mapa:
    situacoes = situacao_dos_municipios()
    sedes = list(Municipio.objects.order_by("pk").values_list("pk", "longitude", "latitude"))
    no_mapa = [(pk, lon, lat) for pk, lon, lat in sedes if lon is not None and lat is not None]
    oeste = min((float(lon) for _, lon, _ in no_mapa), default=0.0)
    leste = max((float(lon) for _, lon, _ in no_mapa), default=0.0)
    norte = max((float(lat) for _, _, lat in no_mapa), default=0.0)
    sul = min((float(lat) for _, _, lat in no_mapa), default=0.0)
    camadas: dict[str, list[tuple[float, float]]] = {s: [] for s in SITUACOES}
    for pk, lon, lat in no_mapa:
        camadas[situacoes.get(pk, "ainda_nao")].append(posicao(lon, lat, oeste=oeste, norte=norte))
    contagens = dict.fromkeys(SITUACOES, 0)
    for pk, _, _ in sedes:
        contagens[situacoes.get(pk, "ainda_nao")] += 1
    largura, altura = posicao(leste, sul, oeste=oeste, norte=norte)
    return Mapa(
        largura=round(largura + MARGEM),
        altura=round(altura + MARGEM),
        terra=_discos([p for pontos in camadas.values() for p in pontos]),
        nao=_discos(camadas["ainda_nao"]),
        vigor=_discos(camadas["em_vigor"]),
        andamento="".join(f"M{x:g} {y - 5:g}l5 5-5 5-5-5z" for x, y in camadas["em_andamento"]),
        encerrada="".join(f"M{x:g} {y - 5:g}l5 9h-10z" for x, y in camadas["encerrada"]),
        contagens=contagens,
        total=len(sedes),
        em=agora,
    )


def _discos(pontos: list[tuple[float, float]]) -> str:
    return "".join(f"M{x:g} {y:g}h0" for x, y in pontos)


def lugar(municipio: Municipio) -> tuple[float, float] | None:
    """Where this municipality is on the map of ``mapa()``, or None without coordinates (one small query)."""
    from django.db.models import Max, Min

    if municipio.longitude is None or municipio.latitude is None:
        return None
    limites = Municipio.objects.aggregate(oeste=Min("longitude"), norte=Max("latitude"))
    return posicao(municipio.longitude, municipio.latitude, oeste=float(limites["oeste"]), norte=float(limites["norte"]))


@dataclass(frozen=True, slots=True)
class Linha:
    """One municipality of the public table."""

    municipio: Municipio
    situacao: str

    @property
    def rotulo(self) -> str:
        """The words of the status."""
        return SITUACOES[self.situacao][0]

    @property
    def tom(self) -> str:
        """Tone of the label."""
        return SITUACOES[self.situacao][1]

    @property
    def icone(self) -> str:
        """Icon of the label."""
        return SITUACOES[self.situacao][2]


def linhas(*, texto: str = "", ddd: str = "", situacao: str = "") -> list[Linha]:
    """The municipalities of the table, filtered; in alphabetical order, or best match first when there is a text (spelling is forgiven)."""
    situacoes = situacao_dos_municipios()
    if texto.strip():
        municipios = procurar(texto, limite=100)
    else:
        municipios = sorted(Municipio.objects.order_by("pk"), key=lambda m: alfabetica(m.nome))
    todas = [Linha(municipio=m, situacao=situacoes.get(m.pk, "ainda_nao")) for m in municipios]
    return [x for x in todas if (not ddd or x.municipio.ddd == ddd) and (not situacao or x.situacao == situacao)]


def ddds() -> list[str]:
    """The DDDs there are, in order (one query)."""
    return list(Municipio.objects.exclude(ddd="").order_by("ddd").values_list("ddd", flat=True).distinct())
