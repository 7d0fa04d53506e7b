"""How much of each limit a prefeitura uses (LNK-01, LNK-03, LNK-06, LNK-07)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q

from enderecamento.consultas import concedido, privados_de
from enderecamento.models import LimiteConcedido
from nucleo import prazos
from nucleo.regras import regra
from saog.estados import A_CAMINHO, CONEXAO_DO_SERVICO, OCUPAM, Conexao
from saog.models import Acesso, chave_do_local
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


def limite_de(municipio_id: int, conexao: str, agora: dt.datetime) -> int:
    """The limit of links of that connection type now."""
    if conexao == Conexao.INTERNET:
        return LIMITE_DE_INTERNET
    extra = concedido(municipio_id, prazos.dia_local(agora))
    return extra.links if extra else LIMITE_DE_INTRANET


def concedido_para(municipio_id: int, ordinal: int, agora: dt.datetime) -> LimiteConcedido | None:
    """The grant that lets a link take that place, or None for the first 20."""
    return concedido(municipio_id, prazos.dia_local(agora)) if ordinal > LIMITE_DE_INTRANET else None


def por_que_nao_encerrar(municipio_id: int) -> str:
    """Why a granted limit cannot end now, and the way out; "" while the prefeitura would fit without it (two queries).

    Links and private sub-blocks share the limit (LNK-06, IP-02).
    """
    links = Acesso.objects.filter(municipio_id=municipio_id, conexao=Conexao.INTRANET, estado__in=OCUPAM).count()
    blocos = privados_de(municipio_id)
    if max(links, blocos) <= LIMITE_DE_INTRANET:
        return ""
    return (
        f"A prefeitura usa {links} links de intranet e {blocos} sub-blocos privados. Sem este limite, seriam até {LIMITE_DE_INTRANET} de "
        f"cada. Ele pode terminar depois que ela desativar links, ou devolver sub-blocos, até ficar em {LIMITE_DE_INTRANET}."
    )


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


def por_que_nao_mudar(conexao: str, uso_agora: dict[str, Uso]) -> str:
    """Why a link of that type cannot change address as one request, and the way out; "" while there is a free place.

    For some days both links exist, and each takes its place (LNK-01, LNK-03, LNK-07).
    """
    if uso_agora[conexao].restam:
        return ""
    saida = "Peça primeiro a desativação deste link. Quando ela terminar, peça a ativação no endereço novo."
    if conexao == Conexao.INTERNET:
        return f"A prefeitura pode ter um link de internet só, e na mudança seriam dois ao mesmo tempo. {saida}"
    return f"A prefeitura já usa os seus {uso_agora[conexao].limite} links de intranet, e na mudança seria mais um. {saida}"


def regra_do_limite(conexao: str) -> str:
    """The rule that limits links of that type."""
    return "LNK-03" if conexao == Conexao.INTERNET else "LNK-01"


def redundancia(municipio_id: int, local: str, conexao: str, *, exceto: int | None) -> str:
    """The sentence that refuses another link of that type at the site with the key ``local`` (LNK-04 and its setting), or "" (one query).

    ``exceto``: the link that the request already has.
    """
    outros = list(
        Acesso.objects.filter(municipio_id=municipio_id, unidade__local=local, estado__in=OCUPAM)
        .exclude(pk=exceto or 0)
        .select_related("unidade")
        .order_by("pk")
    )
    do_mesmo_tipo = next((a for a in outros if a.conexao == conexao), None)
    if do_mesmo_tipo is not None:
        return (
            f"{do_mesmo_tipo.unidade.nome} já tem um link de {Conexao(conexao).label.lower()} neste endereço, e não há redundância. "
            "Para mais velocidade, peça uma alteração de capacidade."
        )
    return f"{outros[0].unidade.nome} já tem um link neste endereço." if outros and not settings.UM_LINK_DE_CADA_TIPO_POR_LOCAL else ""


def redundancia_do_rascunho(municipio_id: int, dados: dict[str, str], *, exceto: int | None) -> str:
    """The same for what is typed in a draft of an ativação; "" until service, street, number and CEP are there (one query at most)."""
    achado = local_do_rascunho(dados)
    return redundancia(municipio_id, *achado, exceto=exceto) if achado else ""


def local_do_rascunho(dados: dict[str, str]) -> tuple[str, str] | None:
    """The key of the site (LNK-04) and the connection type typed in a draft of an ativação; None until they are all there."""
    conexao = CONEXAO_DO_SERVICO.get(dados.get("servico", ""))
    cep, rua, numero = (dados.get(nome, "").strip() for nome in ("cep", "logradouro", "numero"))
    if conexao is None or not (cep and rua and numero):
        return None
    bare = "".join(c for c in cep if c.isascii() and c.isdigit())
    return chave_do_local(cep=bare, logradouro=rua, numero=numero, nome=dados.get("unidade_nome", "")), str(Conexao(conexao).value)
