"""Use cases of the adhesion: one function each, keyword-only, taking ``por`` and ``agora``, in one transaction."""

from .aprovador import aprovar, aprovar_varias, indeferir, perguntar
from .calendario import registrar_dia, registrar_queda, retirar_dia
from .comum import prazo_da_conferencia
from .conferencia import (
    assumir,
    conferir_item,
    desfazer_devolucao,
    devolver,
    encaminhar,
    liberar,
    marcar_pendencia,
    passar,
    retirar_pendencia,
    revelar_cpf,
    salvar_motivo,
    sobre_o_resto,
)
from .envio import enviar
from .prefeitura import (
    anexar_assinado,
    descartar,
    gerar_pecas,
    guardar_brasao,
    iniciar,
    lembrar_correcao,
    registrar_autorizacao,
    remover_assinado,
    remover_brasao,
    responder_pendencia,
    salvar_tarefa,
)

__all__ = [
    "anexar_assinado",
    "aprovar",
    "aprovar_varias",
    "assumir",
    "conferir_item",
    "descartar",
    "desfazer_devolucao",
    "devolver",
    "encaminhar",
    "enviar",
    "gerar_pecas",
    "guardar_brasao",
    "indeferir",
    "iniciar",
    "lembrar_correcao",
    "liberar",
    "marcar_pendencia",
    "passar",
    "perguntar",
    "prazo_da_conferencia",
    "registrar_autorizacao",
    "registrar_dia",
    "registrar_queda",
    "remover_assinado",
    "remover_brasao",
    "responder_pendencia",
    "retirar_dia",
    "retirar_pendencia",
    "revelar_cpf",
    "salvar_motivo",
    "salvar_tarefa",
    "sobre_o_resto",
]
