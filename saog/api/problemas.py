"""Refusals as ``application/problem+json`` (RFC 9457), in Portuguese, with the rule's number and what is wrong in each field."""

from __future__ import annotations

import json
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from nucleo.erros import RegraViolada

registro = structlog.get_logger("portal.api")

TIPO = "application/problem+json"
TITULOS = {
    400: "O pedido não pôde ser lido",
    401: "Falta um token válido",
    403: "O token não permite isto",
    404: "Não encontrado",
    405: "Este endereço não aceita este método",
    409: "O momento já passou",
    412: "A ordem mudou depois que você leu",
    413: "O pedido é grande demais",
    415: "O pedido precisa ser JSON",
    422: "Há algo para corrigir",
    429: "Muitos pedidos seguidos",
    500: "O portal falhou",
}
DETALHES = {
    400: "O corpo do pedido não é JSON bem formado em UTF-8.",
    401: "Mande o cabeçalho Authorization: Bearer com um token que ainda vale.",
    404: "Não há nada neste endereço, ou não é deste sistema.",
    405: "Veja os métodos aceitos no cabeçalho Allow.",
    412: "O If-Match não traz a marca que a ordem tem agora. Leia a ordem de novo antes de mudar.",
    500: "A falha foi registrada. Tente de novo em alguns minutos.",
}
#: What pydantic says, by kind, in words.
_FRASES = {
    "missing": "Falta este campo.",
    "extra_forbidden": "Este campo não existe aqui.",
    "string_too_long": "O texto passou do tamanho máximo de {max_length}.",
    "string_too_short": "O texto está vazio ou é curto demais.",
    "string_pattern_mismatch": "O texto não tem a forma esperada.",
    "string_type": "Precisa ser um texto.",
    "literal_error": "Não é um dos valores aceitos: {expected}.",
    "enum": "Não é um dos valores aceitos: {expected}.",
    "int_type": "Precisa ser um número inteiro.",
    "int_parsing": "Precisa ser um número inteiro.",
    "greater_than_equal": "O mínimo é {ge}.",
    "less_than_equal": "O máximo é {le}.",
    "too_long": "São até {max_length} itens.",
    "too_short": "São ao menos {min_length} itens.",
    "list_type": "Precisa ser uma lista.",
    "model_type": "Precisa ser um objeto.",
    "model_attributes_type": "Precisa ser um objeto.",
    "dict_type": "Precisa ser um objeto.",
    "uuid_parsing": "Não é um identificador válido.",
}


class Problema(Exception):
    """A refusal with its status. ``erros``: field → what is wrong with it."""

    def __init__(self, status: int, detalhe: str = "", *, regra: str = "", erros: dict[str, str] | None = None, espera: int = 0) -> None:
        super().__init__(detalhe)
        self.status, self.detalhe, self.regra, self.erros, self.espera = status, detalhe, regra, erros or {}, espera


def responder(problema: Problema) -> HttpResponse:
    """The answer of a refusal, with the headers its status asks for."""
    status = problema.status
    corpo: dict[str, Any] = {
        "type": "about:blank",
        "title": TITULOS.get(status, TITULOS[422]),
        "status": status,
        "detail": problema.detalhe or DETALHES.get(status, TITULOS.get(status, "")),
    }
    if problema.regra:
        corpo["regra"] = problema.regra
    if problema.erros:
        corpo["erros"] = [{"campo": campo, "mensagem": frase} for campo, frase in problema.erros.items()]
    resposta = HttpResponse(json.dumps(corpo, ensure_ascii=False), status=status, content_type=TIPO)
    if status == 401:
        resposta["WWW-Authenticate"] = 'Bearer realm="API do Portal INTRAGOV"'
    if status == 429:
        resposta["Retry-After"] = str(problema.espera or 60)
    return resposta


def de_excecao(request: HttpRequest, erro: Exception | type[Exception]) -> HttpResponse:
    """Any exception of an operation as its answer; what nobody foresaw is logged and answered 500 without a word about the inside."""
    return responder(_traduzir(erro))


def _traduzir(erro: Exception | type[Exception]) -> Problema:
    if isinstance(erro, Problema):
        return erro
    if isinstance(erro, RegraViolada):
        registro.info("recusa", tipo=type(erro).__name__, regra=erro.regra, status=erro.status)
        erros = {_CAMPOS.get(erro.campo, erro.campo): erro.mensagem} if erro.campo else {}
        return Problema(erro.status, erro.mensagem, regra=erro.regra, erros=erros)
    if isinstance(erro, Http404):
        return Problema(404)
    if isinstance(erro, ValidationError):
        erros = {_caminho(e["loc"]): _frase(e) for e in erro.errors}
        return Problema(422, "Corrija os campos apontados e mande de novo.", erros=erros)
    if isinstance(erro, HttpError):
        return Problema(erro.status_code)
    registro.exception("api_falhou", exc_info=True)
    return Problema(500)


#: Fields of the actions → names of the API.
_CAMPOS = {
    "texto": "note",
    "motivo": "note",
    "circuito": "serviceOrderItem.service.serviceCharacteristic.circuito",
    "equipamento": "serviceOrderItem.service.serviceCharacteristic.equipamento",
    "nome": "milestone.name",
    "atingido_em": "milestone.milestoneDate",
    "visita": "milestone.milestoneDate",
    "url": "callback",
}


def _caminho(partes: tuple[Any, ...]) -> str:
    """``("body", "corpo", "milestone", 0, "id")`` → ``milestone.0.id``."""
    uteis = [str(p) for p in partes if p not in ("body", "query", "header", "path", "corpo", "filtros")]
    return ".".join(uteis) or "corpo"


def _frase(erro: dict[str, Any]) -> str:
    """What is wrong, in words. What was typed is never repeated."""
    contexto = {k: str(v) for k, v in (erro.get("ctx") or {}).items()}
    if erro["type"] == "value_error":
        return contexto.get("error", "Valor inválido.")
    try:
        if "expected" in contexto:  # pydantic writes the list in English
            contexto["expected"] = contexto["expected"].replace(" or ", " ou ")
        return _FRASES.get(erro["type"], "Valor inválido.").format(**contexto)
    except KeyError:
        return "Valor inválido."
