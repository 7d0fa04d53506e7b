"""The operations under ``/api/operadora/v1/``."""

from __future__ import annotations

import functools
import uuid
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Body, Header, NinjaAPI, Path, Query
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from contas.segredos import abrir
from saog.acoes import integracao
from saog.api import documento, ordens, retrato
from saog.api.esquemas import (
    AUSENTE,
    FIELDS,
    Assinatura,
    AssinaturaNova,
    Cancelamento,
    Entrada,
    Instante,
    Mudanca,
    Ordem,
    PedidoDeCancelamento,
)
from saog.api.porta import LeitorDeJson, Portador, agora, em_json, quem, uma_so_vez
from saog.api.problemas import Problema, de_excecao
from saog.consultas.integracao import EstadoTMF, com_tudo, no_estado_tmf, ordem
from saog.consultas.integracao import ordens as emitidas
from saog.models import Escopo, SolicitacaoServico

api = NinjaAPI(
    title="API da Operadora, Portal INTRAGOV",
    version="1.1.0",
    description="Ordens da INTRAGOV para a Operadora, com os nomes do TMF641 v4.1. O guia está em docs/api-operadora.md.",
    urls_namespace="operadora",
    openapi_url="",
    docs_url=None,
    parser=LeitorDeJson(),
)
for excecao in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(excecao, de_excecao)

Chave = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[!-~]+$")]
Slug = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{5}-[0-9]$", description="O número da solicitação, como em 2026-01187-3.")]

#: One ETag or several, as RFC 9110 writes them, or ``*``.
Marcas = Annotated[
    str,
    Field(
        max_length=500,
        pattern=r'^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$',
        description="O ETag da leitura em que você se baseou: se a ordem mudou depois, nada é feito.",
    ),
]

#: Read by ``uma_so_vez``; here it is described and its form checked.
REPETICAO = Header(AUSENTE, alias="Idempotency-Key")
SE_AINDA_FOR = Header(AUSENTE, alias="If-Match")


class Filtros(Entrada):
    """What the list may be asked."""

    state: EstadoTMF = Field(default=AUSENTE, description="Estado da ordem, pelos nomes do TMF641.")
    desde: Instante = Field(default=AUSENTE, alias="orderDate.gte", description="Emitidas a partir deste instante.")
    ate: Instante = Field(default=AUSENTE, alias="orderDate.lt", description="Emitidas antes deste instante.")
    fields: str = Field(default=AUSENTE, max_length=500, pattern=FIELDS, description="Atributos, separados por vírgula.")
    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=50, ge=1, le=100)


@api.get(
    "/serviceOrder",
    auth=Portador(Escopo.LER),
    by_alias=True,
    response={200: list[Ordem]},
    operation_id="listServiceOrder",
    url_name="ordens",
    summary="Lista as ordens, da mais antiga para a mais nova",
)
def listar(request: HttpRequest, filtros: Query[Filtros]) -> HttpResponse:
    """The orders that match, with how many there are in all."""
    so_conhecidos(request, {"state", "orderDate.gte", "orderDate.lt", "fields", "offset", "limit"})
    lista = emitidas(quem(request)[0])
    if filtros.state:
        lista = lista.filter(no_estado_tmf(filtros.state))
    if filtros.desde:
        lista = lista.filter(emitida_em__gte=filtros.desde)
    if filtros.ate:
        lista = lista.filter(emitida_em__lt=filtros.ate)
    total = lista.count()
    pagina = com_tudo(lista)[filtros.offset : filtros.offset + filtros.limit]
    corpo = [retrato.retratar(ss, campos=_atributos(filtros.fields)) for ss in pagina]
    return em_json(corpo, X_Total_Count=str(total), X_Result_Count=str(len(corpo)))


@api.get(
    "/serviceOrder/{id}",
    auth=Portador(Escopo.LER),
    by_alias=True,
    response={200: Ordem},
    operation_id="retrieveServiceOrder",
    url_name="ordem",
    summary="Mostra uma ordem",
)
def mostrar(
    request: HttpRequest,
    id: Path[Slug],
    fields: str = Query(AUSENTE, max_length=500, pattern=FIELDS),
) -> HttpResponse:
    """One order."""
    so_conhecidos(request, {"fields"})
    return _com_marca(ordem(quem(request)[0], id), campos=_atributos(fields))


@api.patch(
    "/serviceOrder/{id}",
    auth=Portador(Escopo.ATENDER),
    by_alias=True,
    response={200: Ordem},
    operation_id="patchServiceOrder",
    url_name="mudar",
    summary="Informa o andamento, a pendência, a entrega ou a inviabilidade",
)
def mudar(
    request: HttpRequest,
    id: Path[Slug],
    corpo: Body[Mudanca],
    chave: Chave = REPETICAO,
    lida: Marcas = SE_AINDA_FOR,
) -> HttpResponse:
    """What the Operadora did: the same actions as on its screens, all or nothing; with ``If-Match``, only on the order as it was read."""
    so_conhecidos(request, set())
    por, _ = quem(request)
    if not corpo.model_fields_set:
        raise Problema(422, "Mande ao menos um campo para mudar.")

    def fazer() -> HttpResponse:
        ordens.mudar(ordens.ainda(ordem(por, id), lida, por=por), corpo, por=por, agora=agora())
        return _com_marca(ordem(por, id))

    return uma_so_vez(request, fazer)


@api.post(
    "/cancelServiceOrder",
    auth=Portador(Escopo.ATENDER),
    by_alias=True,
    response={201: Cancelamento},
    operation_id="createCancelServiceOrder",
    url_name="cancelar",
    summary="Pede o fim de uma ordem; o portal responde pelas suas regras",
)
def cancelar(
    request: HttpRequest,
    corpo: Body[PedidoDeCancelamento],
    chave: Chave = REPETICAO,
) -> HttpResponse:
    """``done`` when the order may end as inviável, else ``terminatedWithError`` with the reason."""
    so_conhecidos(request, set())
    por, _ = quem(request)
    return uma_so_vez(
        request, lambda: em_json(ordens.cancelar(ordem(por, corpo.serviceOrder.id), corpo, por=por, agora=agora()), status=201)
    )


@api.post(
    "/hub",
    auth=Portador(Escopo.HUB),
    by_alias=True,
    response={201: Assinatura},
    operation_id="registerListener",
    url_name="assinar",
    summary="Assina avisos num endereço que o gestor permitiu",
)
def assinar(
    request: HttpRequest,
    corpo: Body[AssinaturaNova],
    chave: Chave = REPETICAO,
) -> HttpResponse:
    """The subscription, with the secret that signs what is sent to it."""
    so_conhecidos(request, set())
    por, sistema = quem(request)

    def fazer() -> HttpResponse:
        nova = integracao.assinar(sistema_id=sistema.pk, callback=corpo.callback, eventos=corpo.eventos, por=por, agora=agora())
        dados = {
            "id": str(nova.pk),
            "callback": nova.callback,
            "query": "eventType=" + ",".join(nova.eventos),
            "secret": abrir(nova.segredo),
        }
        return em_json(dados, status=201, Location=f"{retrato.RAIZ}/hub/{nova.pk}")

    return uma_so_vez(request, fazer)


@api.delete(
    "/hub/{id}",
    auth=Portador(Escopo.HUB),
    by_alias=True,
    response={204: None},
    operation_id="unregisterListener",
    url_name="cancelar_assinatura",
    summary="Encerra uma assinatura",
)
def encerrar(request: HttpRequest, id: Path[uuid.UUID]) -> HttpResponse:
    """No more notices for it."""
    so_conhecidos(request, set())
    por, sistema = quem(request)
    if not integracao.cancelar_assinatura(sistema_id=sistema.pk, assinatura_id=id, por=por, agora=agora()):
        raise Problema(404)
    return HttpResponse(status=204)


def so_conhecidos(request: HttpRequest, nomes: set[str]) -> None:
    """Raise ``Problema`` (422) for a parameter that does not exist, or that comes twice: a slip in a filter must not read everything."""
    erros = {n: "Este parâmetro não existe aqui." for n in request.GET if n not in nomes}
    erros |= {n: "Mande este parâmetro uma vez só." for n in request.GET if n in nomes and len(request.GET.getlist(n)) > 1}
    if erros:
        raise Problema(422, "Corrija os parâmetros do endereço.", erros={n[:60]: frase for n, frase in erros.items()})


def _com_marca(ss: SolicitacaoServico, *, campos: frozenset[str] | None = None) -> HttpResponse:
    return em_json(retrato.retratar(ss, campos=campos), ETag=retrato.marca(ss))


def _atributos(texto: str | None) -> frozenset[str] | None:
    return frozenset(texto.split(",")) if texto else None


@functools.cache
def esquema() -> dict[str, Any]:
    """The OpenAPI description, made once."""
    feito = dict(api.get_openapi_schema(path_prefix=retrato.RAIZ + "/"))
    lista = f"{retrato.RAIZ}/serviceOrder"
    return documento.completar(feito, listagem=lista, com_marca=lista + "/{id}")
