"""Use cases of the requests: one function each, keyword-only, taking ``por`` and ``agora``, in one transaction."""

from .aceite import aceitar, recusar
from .arquivos import ENTREGA, RECUSA, anexar, retirar_anexo
from .blocos import informar_sub_bloco
from .catalogo import criar_tipo, incluir_velocidade, ligar_velocidade, salvar_motivo, salvar_preco, salvar_tipo
from .comum import prazo_da_conferencia
from .correcao import SemCorrecao, responder_pendencia, sem_correcao
from .envio import FaltaPreencher, LimiteAtingido, cancelar, emitir, emitir_varias, enviar, enviar_varias
from .operadora import DadosDaEntrega, agendar, atender, declarar_inviavel, entregar, pendenciar, registrar_marco, retomar
from .prazo import Varredura, lembrar_aceite, vencer_prazos
from .prodesp import (
    conceder_limite,
    devolver,
    encerrar_limite,
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
    "SemCorrecao",
    "Varredura",
    "aceitar",
    "agendar",
    "anexar",
    "atender",
    "cancelar",
    "conceder_limite",
    "criar_tipo",
    "declarar_inviavel",
    "descartar",
    "devolver",
    "emitir",
    "emitir_varias",
    "encerrar_limite",
    "entregar",
    "enviar",
    "enviar_varias",
    "incluir_velocidade",
    "informar_sub_bloco",
    "iniciar",
    "iniciar_mudanca",
    "lembrar_aceite",
    "ligar_velocidade",
    "marcar_pendencia",
    "pendenciar",
    "prazo_da_conferencia",
    "recusar",
    "registrar_marco",
    "responder_pendencia",
    "retirar_anexo",
    "retirar_pendencia",
    "retomar",
    "retomar_validacao",
    "salvar",
    "salvar_motivo",
    "salvar_preco",
    "salvar_tipo",
    "sem_correcao",
    "suspender_validacao",
    "validar",
    "validar_varias",
    "vencer_prazos",
]
