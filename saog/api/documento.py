"""What ninja's OpenAPI does not say by itself: the refusals, the headers of the answers, and who may call."""

from __future__ import annotations

from typing import Any

from saog.api.esquemas import ProblemaLido
from saog.api.problemas import TIPO, TITULOS

#: On every operation.
RECUSAS = (400, 401, 403, 404, 405, 409, 422, 429, 500)
#: Where there is a body.
RECUSAS_DO_CORPO = (413, 415)
_TEXTO = {"schema": {"type": "string"}}
_NUMERO = {"schema": {"type": "integer", "minimum": 0}}
_CABECALHOS: dict[int, dict[str, Any]] = {401: {"WWW-Authenticate": _TEXTO}, 405: {"Allow": _TEXTO}, 429: {"Retry-After": _NUMERO}}


def completar(esquema: dict[str, Any], *, listagem: str, com_marca: str = "") -> dict[str, Any]:
    """The same description with the refusals of every operation. ``listagem`` is the path whose answer is counted in headers,
    ``com_marca`` the one whose answers carry an ETag, which a PATCH may ask for.
    """
    esquema["components"].setdefault("schemas", {})["Problema"] = ProblemaLido.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    internos = esquema["components"]["schemas"]["Problema"].pop("$defs", {})
    esquema["components"]["schemas"] |= internos
    for parte in esquema["components"]["schemas"].values():
        parte.pop("description", None)  # our docstrings are in English; whoever reads this reads Portuguese
    for caminho in esquema["paths"].values():
        for operacao in caminho.values():
            _completar(operacao)
    esquema["paths"][listagem]["get"]["responses"][200]["headers"] = {"X-Total-Count": _NUMERO, "X-Result-Count": _NUMERO}
    for metodo, operacao in esquema["paths"].get(com_marca, {}).items():
        operacao["responses"][200]["headers"] = {"ETag": _TEXTO}
        if metodo == "patch":
            operacao["responses"][412] = _recusa(412)
    return esquema


def _recusa(codigo: int) -> dict[str, Any]:
    return {"description": TITULOS[codigo], "content": {TIPO: {"schema": {"$ref": "#/components/schemas/Problema"}}}}


def _completar(operacao: dict[str, Any]) -> None:
    operacao.pop("description", None)
    for parametro in operacao["parameters"]:
        for parte in parametro["schema"].get("allOf", ()):
            parte.pop("description", None)
    codigos = RECUSAS + (RECUSAS_DO_CORPO if "requestBody" in operacao else ())
    for codigo in codigos:
        resposta = _recusa(codigo)
        if codigo in _CABECALHOS:
            resposta["headers"] = _CABECALHOS[codigo]
        operacao["responses"][codigo] = resposta
