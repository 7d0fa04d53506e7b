"""Links and the sub-blocks they use: what a form may offer, and what `enderecamento` asks (IP-04 to IP-06)."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from enderecamento.consultas import atingidos, para_links, sancoes_de, sub_blocos_por_slugs
from enderecamento.estados import EspecieDeSancao
from enderecamento.models import Sancao
from enderecamento.registros import Uso
from saog.estados import OCUPAM, Conexao
from saog.fichas import SubBlocoOferecido
from saog.models import Acesso

#: Kind of block → connection type of the links that use it (IP-02, IP-03).
CONEXAO_DO_PERFIL: dict[str, str] = {"PRIVADO": Conexao.INTRANET.value, "PUBLICO": Conexao.INTERNET.value}


def sub_blocos_de(municipio_id: int) -> tuple[SubBlocoOferecido, ...]:
    """The prefeitura's sub-blocks, by address, each with the open link that uses it (two queries)."""
    blocos = para_links(municipio_id)
    usados = _abertos(b.rede.cidr for b in blocos) if blocos else {}
    saida = []
    for b in blocos:
        cidr = b.rede.cidr
        link = usados.get(cidr)
        saida.append(
            SubBlocoOferecido(
                cidr=cidr,
                conexao=CONEXAO_DO_PERFIL[b.perfil],
                acesso_id=link.pk if link else None,
                usado_por=link.unidade.nome if link else "",
                vale_ate=b.vale_ate,
            )
        )
    return tuple(saida)


def sub_blocos_livres(acesso: Acesso) -> list[str]:
    """Networks of the prefeitura that this link may be told to use: of its kind, not in exchange, of no open link (two queries)."""
    do_municipio = sub_blocos_de(acesso.municipio_id)
    return [b.cidr for b in do_municipio if b.conexao == acesso.conexao and b.vale_ate is None and b.acesso_id is None]


def links_que_usam(cidrs: Iterable[str]) -> dict[str, Uso]:
    """The open links that use these networks, for ``enderecamento.registros`` (one query): network → link, in words."""
    return {
        cidr: Uso(titulo=link.unidade.nome, situacao=link.rotulo, caminho=reverse("saog:link", args=[link.pk]))
        for cidr, link in _abertos(cidrs).items()
    }


def bloqueios(links: Iterable[Acesso]) -> dict[int, list[Sancao]]:
    """Open link → the sanctions in force that block it (IP-07): a total one of its prefeitura, a partial one that reaches its sub-block.

    One query while these prefeituras have none in force, four at most, however many links.
    """
    abertos = [link for link in links if link.estado in OCUPAM]
    vigentes = sancoes_de([link.municipio_id for link in abertos], so_vigentes=True) if abertos else []
    if not vigentes:
        return {}
    parciais = atingidos(vigentes)
    redes = {link.sub_bloco.replace("/", "-") for link in abertos if link.sub_bloco} if any(parciais.values()) else set()
    blocos = {b.rede.cidr: b.pk for b in sub_blocos_por_slugs(redes)} if redes else {}
    achados: dict[int, list[Sancao]] = {}
    for link in abertos:
        for sancao in vigentes:
            total, bloco = sancao.especie == EspecieDeSancao.BLOQUEIO_TOTAL, blocos.get(link.sub_bloco)
            if sancao.municipio_id == link.municipio_id and (total or bloco in parciais[sancao.pk]):
                achados.setdefault(link.pk, []).append(sancao)
    return achados


def _abertos(cidrs: Iterable[str]) -> dict[str, Acesso]:
    lista = Acesso.objects.filter(estado__in=OCUPAM, sub_bloco__in=[c for c in cidrs if c]).select_related("unidade")
    return {link.sub_bloco: link for link in lista.order_by("-pk")}
