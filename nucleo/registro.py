"""The application log: one JSON object per line, no personal data, no secrets (ASVS 16.2.1, 16.2.5, 16.4.1).

Everything non-ASCII and every control character is escaped by the JSON writer, so a value can neither break a line nor repaint a terminal.
CPF, CNPJ, telephone numbers and e-mail addresses are masked wherever they appear, whole values of secret-looking keys are dropped, and
addresses lose their query string and any one-use token.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from stdnum.br import cnpj as stdnum_cnpj
from structlog.typing import EventDict, Processor, WrappedLogger

OMITIDO = "***"
#: Longer strings are cut: a log line is not a document.
MAXIMO = 4_000
#: Nesting below this is written as "***".
PROFUNDIDADE = 6

_CHAVES_SECRETAS = re.compile(
    r"senha|password|passwd|secret|segredo|token|authorization|cookie|csrf|sessao|session_key|otp|totp|cpf|e_?mail|telefone|celular",
    re.IGNORECASE,
)
#: Keys whose value is an address: "GET /conta/…?…".
_CHAVES_DE_ENDERECO = frozenset({"request", "path", "url", "endereco"})
_CPF = re.compile(r"(?<![0-9A-Za-z])[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}(?![0-9A-Za-z])")
_CNPJ = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{2}\.[0-9A-Za-z]{3}\.[0-9A-Za-z]{3}/[0-9A-Za-z]{4}-[0-9]{2}(?![0-9A-Za-z])")
_CNPJ_SEM_PONTOS = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{12}[0-9]{2}(?![0-9A-Za-z])")
_TELEFONE = re.compile(r"\([0-9]{2}\) ?9?[0-9]{4}-?[0-9]{4}(?![0-9])")
_EMAIL = re.compile(r"[^\s@\"'<>(),;:=]{1,64}@[A-Za-z0-9.-]{1,253}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEGMENTO_SECRETO = re.compile(r"[A-Za-z0-9_:=-]{20,}")


def mascarar(texto: str) -> str:
    """The text without CPF, CNPJ, telephone numbers and e-mail addresses, cut at ``MAXIMO`` characters."""
    if len(texto) > MAXIMO:
        texto = texto[:MAXIMO] + "…"
    texto = _EMAIL.sub(OMITIDO, texto)
    texto = _CNPJ.sub(OMITIDO, texto)
    texto = _CNPJ_SEM_PONTOS.sub(lambda a: OMITIDO if a[0].isdigit() or stdnum_cnpj.is_valid(a[0]) else a[0], texto)
    texto = _CPF.sub(OMITIDO, texto)
    return _TELEFONE.sub(OMITIDO, texto)


def mascarar_endereco(texto: str) -> str:
    """A request line or path without its query string and without long tokens (uuids stay: they name objects)."""
    caminho = texto.partition("?")[0]
    return mascarar("/".join(OMITIDO if _parece_segredo(parte) else parte for parte in caminho.split("/")))


def _parece_segredo(parte: str) -> bool:
    longa = _SEGMENTO_SECRETO.fullmatch(parte) and any(c.isdigit() for c in parte)
    return bool(longa) and not _UUID.fullmatch(parte)


def sem_dados_pessoais(logger: WrappedLogger, metodo: str, evento: EventDict) -> EventDict:
    """Processor: masks every value, however deep; runs last before the JSON is written."""
    return {chave: _limpo(chave, valor, 0) for chave, valor in evento.items()}


def _limpo(chave: str, valor: Any, nivel: int) -> Any:
    if nivel > PROFUNDIDADE or (_CHAVES_SECRETAS.search(chave) and valor not in (None, "", True, False)):
        return OMITIDO
    if isinstance(valor, str):
        return mascarar_endereco(valor) if chave in _CHAVES_DE_ENDERECO else mascarar(valor)
    if isinstance(valor, Mapping):
        return {mascarar(str(k)): _limpo(str(k), v, nivel + 1) for k, v in valor.items()}
    if isinstance(valor, (list, tuple, set, frozenset)):
        return [_limpo("", v, nivel + 1) for v in valor]
    if isinstance(valor, (bool, int, float, type(None))):
        return valor
    return mascarar(str(valor))


#: What every event gets, ours or of a library.
COMUNS: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="em"),
]

#: Tracebacks as data, never with local variables: those hold what people typed.
RASTRO = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20))


def formatador() -> logging.Formatter:
    """The formatter of ``settings.LOGGING``; also points structlog at the standard library, so that all goes out by one door."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *COMUNS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    fim: list[Callable[..., Any]] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        RASTRO,
        sem_dados_pessoais,
        structlog.processors.JSONRenderer(ensure_ascii=True, sort_keys=True),
    ]
    return structlog.stdlib.ProcessorFormatter(processors=fim, foreign_pre_chain=COMUNS)
