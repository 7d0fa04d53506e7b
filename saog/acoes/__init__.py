"""Use cases of the requests: one function each, keyword-only, taking ``por`` and ``agora``, in one transaction."""

from .aceite import aceitar, recusar
from .arquivos import ENTREGA, RECUSA, anexar, retirar_anexo
from .envio import FaltaPreencher, LimiteAtingido, cancelar, emitir, emitir_varias, enviar, enviar_varias
from .operadora import DadosDaEntrega, agendar, atender, declarar_inviavel, entregar, pendenciar, registrar_marco, retomar
from .prazo import Varredura, lembrar_aceite, vencer_prazos
from .prodesp import (
    conceder_limite,
    devolver,
    marcar_pendencia,
    retirar_pendencia,
    retomar_validacao,
    suspender_validacao,
    validar,
    validar_varias,
)
from .rascunho import RascunhoDeOutraPessoa, Salvo, descartar, iniciar, iniciar_mudanca, salvar

__all__ = [
    "ENTREGA",
    "RECUSA",
    "DadosDaEntrega",
    "FaltaPreencher",
    "LimiteAtingido",
    "RascunhoDeOutraPessoa",
    "Salvo",
    "Varredura",
    "aceitar",
    "agendar",
    "anexar",
    "atender",
    "cancelar",
    "conceder_limite",
    "declarar_inviavel",
    "descartar",
    "devolver",
    "emitir",
    "emitir_varias",
    "entregar",
    "enviar",
    "enviar_varias",
    "iniciar",
    "iniciar_mudanca",
    "lembrar_aceite",
    "marcar_pendencia",
    "pendenciar",
    "recusar",
    "registrar_marco",
    "retirar_anexo",
    "retirar_pendencia",
    "retomar",
    "retomar_validacao",
    "salvar",
    "suspender_validacao",
    "validar",
    "validar_varias",
    "vencer_prazos",
]
