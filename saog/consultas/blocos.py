"""Links and the sub-blocks they use: what a form may offer, and what `enderecamento` asks (IP-04 to IP-06)."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from enderecamento.consultas import para_links
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


def links_que_usam(cidrs: Iterable[str]) -> dict[str, Uso]:
    """The open links that use these networks, for ``enderecamento.registros`` (one query): network → link, in words."""
    return {
        cidr: Uso(titulo=link.unidade.nome, situacao=link.rotulo, caminho=reverse("saog:link", args=[link.pk]))
        for cidr, link in _abertos(cidrs).items()
    }


def _abertos(cidrs: Iterable[str]) -> dict[str, Acesso]:
    lista = Acesso.objects.filter(estado__in=OCUPAM, sub_bloco__in=[c for c in cidrs if c]).select_related("unidade")
    return {link.sub_bloco: link for link in lista.order_by("-pk")}
