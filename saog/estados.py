"""States of the request and of the link, kinds, services, and the words people read for each. No imports from the rest of the app."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Natureza(models.TextChoices):
    """What a kind of request does to a link. The kinds themselves are rows of ``TipoDeSolicitacao`` (SS-06)."""

    ATIVACAO = "ATIVACAO", "Ativação"
    ALTERACAO = "ALTERACAO", "Alteração"
    DESATIVACAO = "DESATIVACAO", "Desativação"
    CANCELAMENTO = "CANCELAMENTO", "Cancelamento"


class Comportamento(models.TextChoices):
    """What a kind of request asks for, and so what it may change (SS-06): a new kind of the contract takes one of these."""

    ATIVACAO = "ATIVACAO", "Ligar um link novo numa unidade"
    CAPACIDADE = "CAPACIDADE", "Mudar a velocidade ou o serviço de um link"
    TITULARIDADE = "TITULARIDADE", "Mudar quem responde por um link"
    EQUIPAMENTO = "EQUIPAMENTO", "Mudar a posição ou a configuração do equipamento de um link"
    DESATIVACAO = "DESATIVACAO", "Desligar um link"
    CANCELAMENTO = "CANCELAMENTO", "Parar um pedido que a Operadora começou"


NATUREZA_DO_COMPORTAMENTO: dict[str, Natureza] = {
    Comportamento.ATIVACAO: Natureza.ATIVACAO,
    Comportamento.CAPACIDADE: Natureza.ALTERACAO,
    Comportamento.TITULARIDADE: Natureza.ALTERACAO,
    Comportamento.EQUIPAMENTO: Natureza.ALTERACAO,
    Comportamento.DESATIVACAO: Natureza.DESATIVACAO,
    Comportamento.CANCELAMENTO: Natureza.CANCELAMENTO,
}


class Servico(models.TextChoices):
    """The services of the contract: SCM is the base, SAI or STI come on top of it, never both (SS-07)."""

    SCM = "SCM", "SCM"
    SCM_SAI = "SCM_SAI", "SCM + SAI"
    SCM_STI = "SCM_STI", "SCM + STI"


class Conexao(models.TextChoices):
    """The connection type of a link, which the limits count: SCM and SCM + SAI are intranet, SCM + STI is Internet (LNK-01, LNK-03)."""

    INTRANET = "INTRANET", "Intranet"
    INTERNET = "INTERNET", "Internet"


CONEXAO_DO_SERVICO: dict[str, Conexao] = {
    Servico.SCM: Conexao.INTRANET,
    Servico.SCM_SAI: Conexao.INTRANET,
    Servico.SCM_STI: Conexao.INTERNET,
}

#: What each service is, in plain words (SS-12).
SERVICO_EM_PALAVRAS: dict[str, str] = {
    Servico.SCM: "Só as aplicações do Governo na intranet. Não dá acesso à internet.",
    Servico.SCM_SAI: "A intranet do Governo e a navegação na internet. Não serve para hospedar sites ou sistemas na prefeitura.",
    Servico.SCM_STI: "A intranet do Governo e a internet, podendo hospedar sites e sistemas na prefeitura. Usa endereço público.",
}


class Estado(models.TextChoices):
    """States of a Solicitação de Serviço; labels are what people read."""

    RASCUNHO = "RASCUNHO", "Rascunho"
    EM_VALIDACAO = "EM_VALIDACAO", "Em validação"
    DEVOLVIDA = "DEVOLVIDA", "Devolvida para correção"
    VALIDADA = "VALIDADA", "Validada"
    EMITIDA = "EMITIDA", "Emitida"
    EM_ATENDIMENTO = "EM_ATENDIMENTO", "Em atendimento"
    AGUARDANDO_ACEITE = "AGUARDANDO_ACEITE", "Aguardando aceite"
    RECUSADA = "RECUSADA", "Entrega recusada"
    PRAZO_VENCIDO = "PRAZO_VENCIDO", "Prazo vencido"
    ACEITA = "ACEITA", "Aceita"
    CANCELADA = "CANCELADA", "Cancelada"
    INVIAVEL = "INVIAVEL", "Inviável"
    DESCARTADA = "DESCARTADA", "Descartada"


class EfeitoDoSilencio(models.TextChoices):
    """What ten days without an answer to a delivery do (PRZ-02): the values of ``settings.EFEITO_DO_SILENCIO``."""

    ESCALAR = "escalar", "avisar a PRODESP; a prefeitura ainda pode responder"
    ACEITE_TACITO = "aceite_tacito", "aceitar a entrega pelo silêncio"
    PENDENTE = "pendente", "anotar, e continuar à espera"


#: The prefeitura may change what it asks for.
EDITAVEIS = (Estado.RASCUNHO, Estado.DEVOLVIDA)
#: Ended: nobody acts any more.
CONCLUIDAS = (Estado.ACEITA, Estado.CANCELADA, Estado.INVIAVEL, Estado.DESCARTADA)
#: Sent and not yet concluded: holds its place in the limits (LNK-07).
ABERTAS = (
    Estado.EM_VALIDACAO,
    Estado.DEVOLVIDA,
    Estado.VALIDADA,
    Estado.EMITIDA,
    Estado.EM_ATENDIMENTO,
    Estado.AGUARDANDO_ACEITE,
    Estado.RECUSADA,
    Estado.PRAZO_VENCIDO,
)
#: With the Operadora: on its list of work.
NA_OPERADORA = (Estado.EMITIDA, Estado.EM_ATENDIMENTO, Estado.RECUSADA)
#: The Operadora asked for the answer (SS-04).
EM_ACEITE = (Estado.AGUARDANDO_ACEITE, Estado.PRAZO_VENCIDO)
#: Waiting for the prefeitura, in the order of "para fazer agora".
COM_A_PREFEITURA = (Estado.AGUARDANDO_ACEITE, Estado.PRAZO_VENCIDO, Estado.DEVOLVIDA, Estado.VALIDADA)
#: Cancelled by the prefeitura itself; from attendance on it takes a request of kind cancelamento.
CANCELAVEIS = (Estado.EM_VALIDACAO, Estado.DEVOLVIDA, Estado.VALIDADA, Estado.EMITIDA)
#: What a cancelamento may still stop: begun and not delivered.
INTERROMPIVEIS = (Estado.EM_ATENDIMENTO, Estado.RECUSADA)
#: Kinds whose form may be copied to another request: a cancelamento is about one request only.
COPIAVEIS = (Natureza.ATIVACAO, Natureza.ALTERACAO, Natureza.DESATIVACAO)
#: Was emitted to the Operadora at some time: it may read it for ever.
EMITIDAS = (*NA_OPERADORA, *EM_ACEITE, Estado.ACEITA)
#: The six steps shown across the page of a request.
CAMINHO = (
    Estado.EM_VALIDACAO,
    Estado.VALIDADA,
    Estado.EMITIDA,
    Estado.EM_ATENDIMENTO,
    Estado.AGUARDANDO_ACEITE,
    Estado.ACEITA,
)


class EstadoDoAcesso(models.TextChoices):
    """States of a link: its place is taken from RESERVADO to EM_SERVICO (LNK-07)."""

    RESERVADO = "RESERVADO", "Pedido"
    EM_IMPLANTACAO = "EM_IMPLANTACAO", "Em implantação"
    EM_SERVICO = "EM_SERVICO", "Em serviço"
    DESATIVADO = "DESATIVADO", "Desativado"
    LIBERADO = "LIBERADO", "Não instalado"


#: Counts in the limits.
OCUPAM = (EstadoDoAcesso.RESERVADO, EstadoDoAcesso.EM_IMPLANTACAO, EstadoDoAcesso.EM_SERVICO)
#: Links that may be told their sub-block on their own page: before, the request itself says it.
RECEBE_SUB_BLOCO = (EstadoDoAcesso.EM_IMPLANTACAO, EstadoDoAcesso.EM_SERVICO)
#: Ordered and not yet in service: the striped pips.
A_CAMINHO = (EstadoDoAcesso.RESERVADO, EstadoDoAcesso.EM_IMPLANTACAO)


@dataclass(frozen=True, slots=True)
class Aparencia:
    """How a state is shown: tint and icon of the label (guide, section 4), who acts ("" = nobody), and the sentence people read."""

    tom: str
    icone: str
    quem_age: str
    frase: str


APARENCIA: dict[str, Aparencia] = {
    Estado.RASCUNHO: Aparencia("parado", "lapis", "a prefeitura", "Ainda não foi enviada à PRODESP."),
    Estado.EM_VALIDACAO: Aparencia("curso", "lupa", "a PRODESP", "A PRODESP está conferindo o pedido."),
    Estado.DEVOLVIDA: Aparencia("correcao", "voltar", "a prefeitura", "A PRODESP pediu correções. Corrija e envie de novo."),
    Estado.VALIDADA: Aparencia("curso", "certo", "a prefeitura", "O pedido está certo. A Operadora só começa depois que você emitir."),
    Estado.EMITIDA: Aparencia("curso", "enviar", "a Operadora", "A Operadora recebeu a ordem e vai começar."),
    Estado.EM_ATENDIMENTO: Aparencia("curso", "trocar", "a Operadora", "A Operadora está trabalhando no pedido."),
    Estado.AGUARDANDO_ACEITE: Aparencia("curso", "relogio", "a prefeitura", "A Operadora concluiu. Aceite ou recuse a entrega."),
    Estado.RECUSADA: Aparencia(
        "recusado", "voltar", "a Operadora", "A prefeitura recusou a entrega. A Operadora vai refazer e entregar de novo."
    ),
    Estado.PRAZO_VENCIDO: Aparencia(
        "recusado", "alerta", "a prefeitura", "Passaram os 10 dias sem resposta. A PRODESP foi avisada. Ainda dá para aceitar ou recusar."
    ),
    Estado.ACEITA: Aparencia("concluido", "certo", "", "A prefeitura aceitou a entrega."),
    Estado.CANCELADA: Aparencia("sem-efeito", "fechar", "", "O pedido foi cancelado."),
    Estado.INVIAVEL: Aparencia("sem-efeito", "fechar", "", "A Operadora informou que não é possível atender."),
    Estado.DESCARTADA: Aparencia("sem-efeito", "fechar", "", "O rascunho foi descartado."),
}

APARENCIA_DO_ACESSO: dict[str, Aparencia] = {
    EstadoDoAcesso.RESERVADO: Aparencia("parado", "relogio", "", "Pedido, ainda não emitido à Operadora."),
    EstadoDoAcesso.EM_IMPLANTACAO: Aparencia("curso", "trocar", "a Operadora", "A Operadora está instalando."),
    EstadoDoAcesso.EM_SERVICO: Aparencia("concluido", "certo", "", "Em uso pela prefeitura."),
    EstadoDoAcesso.DESATIVADO: Aparencia("sem-efeito", "fechar", "", "Desligado a pedido da prefeitura."),
    EstadoDoAcesso.LIBERADO: Aparencia("sem-efeito", "fechar", "", "O pedido terminou sem instalação."),
}
