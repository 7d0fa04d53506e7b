"""What every page knows: mode, names that come from settings, the navigation of the role, the person at the right of the header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from adesao import consultas as da_adesao
from contas.papeis import Papel
from nucleo.fluxo import Ator
from saog import consultas as do_saog
from saog.consultas import filas

#: Navigation without an account: (label, name of the address).
PUBLICA = (
    ("Início", "inicio"),
    ("Como aderir", "como_aderir"),
    ("Documentos", "documentos_publicos"),
    ("Prefeituras na rede", "prefeituras"),
    ("Ajuda", "ajuda"),
)
#: Role → its items, in the order the roles are asked. Somebody with several roles in one body sees the union; seven items at most.
POR_PAPEL: dict[str, tuple[tuple[str, str], ...]] = {
    Papel.GESTOR: (
        ("Adesões", "adesao:fila"),
        ("Solicitações", "saog:fila"),
        ("Endereços", "enderecamento:blocos"),
        ("Entradas", "contas:pedidos"),
        ("Prefeituras", "prefeituras"),
        ("Equipe", "contas:equipe"),
        ("Configurações", "saog:configuracoes"),
    ),
    Papel.ANALISTA: (
        ("Adesões", "adesao:fila"),
        ("Solicitações", "saog:fila"),
        ("Endereços", "enderecamento:blocos"),
        ("Entradas", "contas:pedidos"),
        ("Prefeituras", "prefeituras"),
    ),
    Papel.APROVADOR: (("Para aprovar", "adesao:aprovacao"), ("Decididas", "adesao:decididas")),
    Papel.AUDITOR: (
        ("Processos", "adesao:processos"),
        ("Solicitações", "saog:fila"),
        ("Ordens", "saog:ordens"),
        ("Endereços", "enderecamento:blocos"),
        ("Trilha", "adesao:trilha"),
        ("Equipe", "contas:equipe"),
        ("Configurações", "saog:configuracoes"),
    ),
    Papel.RESPONSAVEL: (
        ("Para fazer", "saog:para_fazer"),
        ("Solicitações", "saog:solicitacoes"),
        ("Links", "saog:links"),
        ("Endereços", "enderecamento:enderecos"),
        ("Adesão", "adesao:minha"),
        ("Pessoas", "contas:pessoas"),
        ("Ajuda", "ajuda"),
    ),
    Papel.REQUERENTE: (
        ("Minha adesão", "adesao:minha"),
        ("Endereços", "enderecamento:enderecos"),
        ("Pessoas", "contas:pessoas"),
        ("Ajuda", "ajuda"),
    ),
    Papel.OPERADORA: (("Ordens", "saog:ordens"), ("Agenda", "saog:agenda"), ("API", "saog:api"), ("Ajuda", "ajuda")),
    Papel.TECNICO: (("Início", "inicio"), ("Prefeituras", "prefeituras"), ("Ajuda", "ajuda")),
}
MAXIMO_DE_ITENS = 7
#: Item → other beginnings of addresses that belong to it.
TAMBEM: dict[str, tuple[str, ...]] = {
    "saog:configuracoes": ("/motivos/", "/calendario/", "/catalogo-ss/", "/sistemas/"),
    "saog:fila": ("/prefeituras-ss/",),
    "contas:equipe": ("/pessoas/prefeituras/", "/pessoas/desativadas/", "/pessoas/contas/"),
    "enderecamento:blocos": ("/responsaveis-tecnicos/", "/renumeracoes/", "/sancoes/"),
    "enderecamento:enderecos": ("/trocas/",),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the navigation. ``contagem`` None shows no pill."""

    rotulo: str
    nome: str
    url: str
    atual: bool = False
    contagem: int | None = None


@dataclass(frozen=True, slots=True)
class OutroOrgao:
    """A body the person may switch to."""

    orgao_id: int
    nome: str


@dataclass(frozen=True, slots=True)
class Pessoa:
    """Who is at the right of the header: name, body they act for, and the others they could act for."""

    nome: str
    orgao: str
    outros: tuple[OutroOrgao, ...] = field(default_factory=tuple)


def endereco(nome: str) -> str:
    """The address of that name, or "" while no app answers for it."""
    try:
        return reverse(nome)
    except NoReverseMatch:
        return ""


def contadores(ator: Ator) -> dict[str, int]:
    """Counts beside items with a real queue: name of the address → how many."""
    return da_adesao.contadores(ator) | do_saog.contadores(ator) | filas.contadores(ator)


def navegacao(ator: Ator | None, caminho: str) -> list[Item]:
    """The items of this actor on the page ``caminho``, addresses that do not exist left out.

    The current item is the one whose address is the longest beginning of the path (the home page only by itself).
    """
    pares: dict[str, str] = {}
    if ator is not None and ator.usuario_id is not None:
        for papel, itens in POR_PAPEL.items():
            if ator.tem(papel):
                pares |= {nome: rotulo for rotulo, nome in itens if nome not in pares}
    com_fila = ator is not None and any(municipio is None or papel == Papel.RESPONSAVEL for papel, municipio in ator.papeis)
    contagens = contadores(ator) if ator is not None and com_fila else {}
    if not pares:
        pares = {nome: rotulo for rotulo, nome in PUBLICA}
    achados = [(rotulo, nome, url) for nome, rotulo in pares.items() if (url := endereco(nome))][:MAXIMO_DE_ITENS]
    aqui = max((url for _, _, url in achados if caminho == url or (url != "/" and caminho.startswith(url))), key=len, default="")
    aqui = aqui or next((url for _, nome, url in achados if caminho.startswith(TAMBEM.get(nome, ("\0",)))), "")
    return [Item(rotulo=rotulo, nome=nome, url=url, atual=url == aqui, contagem=contagens.get(nome)) for rotulo, nome, url in achados]


def _pessoa(request: HttpRequest) -> Pessoa | None:
    from contas import acesso

    usuario = getattr(request, "user", None)
    if usuario is None or not usuario.is_authenticated:
        return None
    em_uso = acesso.vinculos_em_uso(request)
    orgao = em_uso[0].orgao if em_uso else None
    outros = {v.orgao_id: str(v.orgao) for v in acesso.vinculos_do_pedido(request) if orgao is None or v.orgao_id != orgao.pk}
    return Pessoa(
        nome=usuario.nome or usuario.email,
        orgao=str(orgao) if orgao else "Sem vínculo",
        outros=tuple(OutroOrgao(orgao_id=pk, nome=nome) for pk, nome in outros.items()),
    )


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of every template. Navigation and person are lazy: a page that does not show them (an e-mail, JSON) asks nothing."""

    def itens() -> list[Item]:
        return navegacao(getattr(request, "ator", None), request.path)

    do_menu = SimpleLazyObject(itens)  # read once: its counts are queries
    return {
        "DEMONSTRACAO": settings.DEMONSTRACAO,
        "ORGAO_APROVADOR": settings.ORGAO_APROVADOR,
        "navegacao": do_menu,
        "ajuda_no_menu": SimpleLazyObject(lambda: any(item.nome == "ajuda" for item in do_menu)),
        "pessoa": SimpleLazyObject(lambda: _pessoa(request)),
    }
