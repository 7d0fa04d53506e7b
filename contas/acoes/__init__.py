"""The acts of this app, one function per use case. Clock (``agora``) and actor (``por``) come in as arguments."""

from contas.acoes.contas import (
    Confirmacao,
    ativar_conta,
    confirmar_cadastro,
    criar_link_de_acesso,
    criar_usuario,
    desativar_conta,
    encerrar_sessoes_de,
    link_de_acesso,
    reativar_conta,
    reenviar_confirmacao,
    reenviar_link_de_acesso,
    registrar_cadastro,
)
from contas.acoes.convites import aceitar_convite, ativar_responsavel, cancelar_convite, convidar_pessoa, convite_do_token
from contas.acoes.dados import confirmar_troca_de_email, pedir_troca_de_email, salvar_dados, troca_do_token
from contas.acoes.limpeza import limpar
from contas.acoes.orgaos import orgao_do_estado, prefeitura_de
from contas.acoes.sessoes import encerrar_sessoes
from contas.acoes.vinculos import (
    aceitar_pedido,
    conceder_vinculo,
    encerrar_vinculo,
    ingressar,
    ligar,
    municipio_livre,
    pedir_entrada,
    recusar_pedido,
)

__all__ = [
    "Confirmacao",
    "aceitar_convite",
    "aceitar_pedido",
    "ativar_conta",
    "ativar_responsavel",
    "cancelar_convite",
    "conceder_vinculo",
    "confirmar_cadastro",
    "confirmar_troca_de_email",
    "convidar_pessoa",
    "convite_do_token",
    "criar_link_de_acesso",
    "criar_usuario",
    "desativar_conta",
    "encerrar_sessoes",
    "encerrar_sessoes_de",
    "encerrar_vinculo",
    "ingressar",
    "ligar",
    "limpar",
    "link_de_acesso",
    "municipio_livre",
    "orgao_do_estado",
    "pedir_entrada",
    "pedir_troca_de_email",
    "prefeitura_de",
    "reativar_conta",
    "recusar_pedido",
    "reenviar_confirmacao",
    "reenviar_link_de_acesso",
    "registrar_cadastro",
    "salvar_dados",
    "troca_do_token",
]
