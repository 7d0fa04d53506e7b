"""The operations under ``/api/prodesp/v1/``: PRODESP's own systems read the address blocks. Nothing is written, nobody's data is in it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Path, Query
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from enderecamento import consultas as dos_blocos
from enderecamento import registros
from enderecamento.consultas import exportacao
from enderecamento.estados import Perfil, Situacao
from enderecamento.models import SubBlocoCIDR
from nucleo import prazos
from nucleo.redes import ler_rede, tamanho
from saog.api import documento
from saog.api.esquemas import AUSENTE, Entrada, Instante, Saida
from saog.api.porta import LeitorDeJson, Portador, agora, em_json
from saog.api.problemas import Problema, de_excecao
from saog.api.rotas import so_conhecidos
from saog.models import De, Escopo

RAIZ = "/api/prodesp/v1"
CIDR = r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}/[0-9]{1,2}$"
SLUG = r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}-[0-9]{1,2}$"
PORTADOR = Portador(Escopo.BLOCOS, de=De.PRODESP)

api = NinjaAPI(
    title="API da PRODESP, Portal INTRAGOV",
    version="1.0.0",
    description="Os sub-blocos de endereços da INTRAGOV e com quem estão, para os sistemas da PRODESP. O guia está em docs/api-prodesp.md.",
    urls_namespace="prodesp",
    openapi_url="",
    docs_url=None,
    parser=LeitorDeJson(),
)
for excecao in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(excecao, de_excecao)


class Tipo(StrEnum):
    """Kinds of block."""

    PRIVADO = "privado"
    PUBLICO = "publico"


class Como(StrEnum):
    """How a sub-block stands."""

    LIVRE = "livre"
    EM_USO = "em_uso"
    EM_TROCA = "em_troca"
    QUARENTENA = "quarentena"


assert {c.value for c in Como} == set(Situacao.values)
assert {t.value.upper() for t in Tipo} == set(Perfil.values)


class Filtros(Entrada):
    """What the list may be asked."""

    municipio: int = Field(default=AUSENTE, ge=3500000, le=3599999, description="Código do IBGE da prefeitura que tem o sub-bloco.")
    tipo: Tipo = Field(default=AUSENTE)
    situacao: Como = Field(default=AUSENTE)
    rede: str = Field(default=AUSENTE, max_length=18, pattern=CIDR, description="Só os que tocam esta rede, como em 10.64.16.0/20.")
    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=100, ge=1, le=1000)


class Prefeitura(Saida):
    """Who holds it."""

    codigoIbge: int
    nome: str


class UsoLido(Saida):
    """What uses it."""

    titulo: str
    situacao: str


class Bloco(Saida):
    """A sub-block. ``prefeitura`` and ``desde`` while somebody holds it, ``valeAte`` in exchange, ``livreDesde`` while it rests."""

    rede: str
    href: str
    tipo: Tipo
    situacao: Como
    bloqueado: bool = Field(description="Se uma sanção em vigor o bloqueia.")
    bloco: str
    mascara: str
    primeiroHost: str
    ultimoHost: str
    difusao: str
    prefeitura: Prefeitura = Field(default=AUSENTE)
    desde: Instante = Field(default=AUSENTE)
    valeAte: Annotated[str, Field(json_schema_extra={"format": "date"})] = AUSENTE
    livreDesde: Annotated[str, Field(json_schema_extra={"format": "date"})] = AUSENTE
    link: UsoLido = Field(default=AUSENTE)


@api.get(
    "/blocos",
    auth=PORTADOR,
    response={200: list[Bloco]},
    operation_id="listarBlocos",
    url_name="blocos",
    summary="Lista os sub-blocos, por endereço",
)
def listar(request: HttpRequest, filtros: Query[Filtros]) -> HttpResponse:
    """The sub-blocks that match, with how many there are in all."""
    so_conhecidos(request, {"municipio", "tipo", "situacao", "rede", "offset", "limit"})
    hoje = prazos.dia_local(agora())
    lista = exportacao.sub_blocos(
        municipio=filtros.municipio,
        perfil=filtros.tipo.value.upper() if filtros.tipo else "",
        situacao=filtros.situacao.value if filtros.situacao else "",
        faixa=_faixa(filtros.rede) if filtros.rede else None,
        hoje=hoje,
    )
    total = lista.count()
    pagina = list(lista[filtros.offset : filtros.offset + filtros.limit])
    usos = registros.usos(b.rede.cidr for b in pagina if b.adesao_id)
    bloqueados = dos_blocos.bloqueados_entre(pagina)
    corpo = [retratar(b, usos, bloqueado=b.pk in bloqueados) for b in pagina]
    return em_json(corpo, X_Total_Count=str(total), X_Result_Count=str(len(corpo)))


@api.get(
    "/blocos/{rede}",
    auth=PORTADOR,
    response={200: Bloco},
    operation_id="lerBloco",
    url_name="bloco",
    summary="Mostra um sub-bloco, com a barra da rede escrita como hífen",
)
def mostrar(
    request: HttpRequest, rede: Path[Annotated[str, Field(pattern=SLUG, description="A rede, como em 10.64.18.96-28.")]]
) -> HttpResponse:
    """One sub-block."""
    so_conhecidos(request, set())
    return _um(rede)


@api.get("/blocos/{ip}/{prefixo}", auth=PORTADOR, url_name="bloco_com_barra", include_in_schema=False)
def mostrar_com_barra(request: HttpRequest, ip: str, prefixo: str) -> HttpResponse:
    """The same, for who writes the slash."""
    so_conhecidos(request, set())
    return _um(f"{ip}-{prefixo}")


def _um(slug: str) -> HttpResponse:
    achado = dos_blocos.sub_bloco_por_slug(slug)
    if achado is None:
        raise Problema(404, "Não há sub-bloco com esta rede exata. Use o filtro “rede” da lista para procurar por um endereço.")
    (bloco,) = exportacao.sub_blocos(faixa=(achado.inicio, achado.inicio + 1), hoje=prazos.dia_local(agora()))
    return em_json(retratar(bloco, registros.usos([bloco.rede.cidr]), bloqueado=bool(dos_blocos.bloqueados_entre([bloco]))))


def _faixa(rede: str) -> tuple[int, int]:
    try:
        inicio, prefixo = ler_rede(rede)
    except ValueError:
        raise Problema(422, "Corrija os parâmetros do endereço.", erros={"rede": "Escreva uma rede, como em 10.64.16.0/20."}) from None
    return inicio, inicio + tamanho(prefixo)


def retratar(bloco: SubBlocoCIDR, usos: Mapping[str, registros.Uso], *, bloqueado: bool) -> dict[str, Any]:
    """The sub-block as JSON: read whole from what was read along, no query."""
    rede, situacao = bloco.rede, bloco.situacao(prazos.dia_local(agora()))
    dados: dict[str, Any] = {
        "rede": rede.cidr,
        "href": f"{RAIZ}/blocos/{bloco.slug}",
        "tipo": bloco.perfil.lower(),
        "situacao": str(situacao.value),
        "bloqueado": bloqueado,
        "bloco": str(bloco.pool),
        "mascara": rede.mascara,
        "primeiroHost": rede.primeiro,
        "ultimoHost": rede.ultimo,
        "difusao": rede.difusao,
    }
    if bloco.adesao is not None:
        dados["prefeitura"] = {"codigoIbge": bloco.adesao.municipio_id, "nome": bloco.adesao.municipio.nome}
        if desde := getattr(bloco, "desde", None):
            dados["desde"] = timezone.localtime(desde).isoformat(timespec="seconds")
    if bloco.vale_ate is not None:
        dados["valeAte"] = bloco.vale_ate.isoformat()
    if situacao == Situacao.QUARENTENA:
        dados["livreDesde"] = bloco.livre_desde.isoformat()
    if uso := usos.get(rede.cidr):
        dados["link"] = {"titulo": uso.titulo, "situacao": uso.situacao}
    return dados


@functools.cache
def esquema() -> dict[str, Any]:
    """The OpenAPI description, made once."""
    return documento.completar(dict(api.get_openapi_schema(path_prefix=RAIZ + "/")), listagem=f"{RAIZ}/blocos")
