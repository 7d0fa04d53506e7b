"""What people are told of a request, and when: one outbox row per event and person, in the transaction of the act itself."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from comunicacao.caixa import Carta, enfileirar_varias
from contas.consultas import responsaveis
from contas.models import Papel
from enderecamento.models import FimDoLimite, LimiteConcedido
from nucleo import prazos
from nucleo.fluxo import Ator
from saog import pecas
from saog.estados import Natureza
from saog.models import Entrega, EnvioSS, PendenciaSS, SolicitacaoServico, SuspensaoDeValidacao
from saog.models.catalogo import LIMITE_DE_INTRANET

from .comum import a_operadora, a_prefeitura, endereco


def enviada(ss: SolicitacaoServico, envio: EnvioSS, *, agora: dt.datetime) -> None:
    """To the prefeitura: received, what happens next and until when."""
    a_prefeitura(
        ss,
        f"enviada:{envio.ordem}",
        "ss_enviada",
        f"A PRODESP recebeu a solicitação {ss.numero}: {ss.titulo}",
        [
            f"O pedido chegou {prazos.no_dia(prazos.dia_local(agora))}, envio nº {envio.ordem}.",
            "A PRODESP vai conferir. Você não precisa fazer nada agora: avisamos por e-mail quando houver novidade.",
        ],
        agora=agora,
    )


def devolvida(ss: SolicitacaoServico, marcadas: list[PendenciaSS], volta: int, *, agora: dt.datetime) -> None:
    """To the prefeitura: what to correct, each with PRODESP's words, and until when (SS-02)."""
    assert ss.vence_em is not None
    ate = prazos.dia_por_extenso(prazos.ultimo_dia(ss.vence_em))
    n = len(marcadas)
    a_prefeitura(
        ss,
        f"devolvida:{volta}",
        "ss_devolvida",
        f"Corrija até {ate}: a solicitação {ss.numero} voltou com {n} pendência{'s' if n > 1 else ''}",
        ["A PRODESP conferiu o pedido e pediu correções.", *(f"{p.rotulo}: {p.texto}" for p in marcadas)],
        botao=("Corrigir e enviar de novo", endereco(ss)),
        agora=agora,
    )


def validada(ss: SolicitacaoServico, *, agora: dt.datetime) -> None:
    """To the prefeitura: right, now emit it (SS-03)."""
    a_prefeitura(
        ss,
        f"validada:{ss.envios}",
        "ss_validada",
        f"Emita a solicitação {ss.numero}: {ss.titulo}",
        ["A PRODESP conferiu o pedido: está certo.", "A Operadora só começa depois que um dos dois responsáveis emitir."],
        botao=("Emitir à Operadora", endereco(ss)),
        agora=agora,
    )


def emitida(ss: SolicitacaoServico, *, agora: dt.datetime) -> None:
    """To the Operadora: a new order (SS-03)."""
    a_operadora(
        ss,
        "emitida",
        "ss_emitida",
        f"Nova ordem {ss.numero}: {ss.titulo}, {ss.municipio.nome}",
        [f"A Prefeitura de {ss.municipio.nome} emitiu: {pecas.resumo(ss)}."],
        agora=agora,
    )


def cancelada(ss: SolicitacaoServico, *, com_a_operadora: bool, agora: dt.datetime) -> None:
    """To the prefeitura, and to the Operadora when it had the order."""
    motivo = [f"O motivo: {ss.motivo}"] if ss.motivo else []
    titulo = f"A solicitação {ss.numero} foi cancelada: {ss.titulo}"
    a_prefeitura(ss, "cancelada", "ss_cancelada", titulo, ["A prefeitura cancelou o pedido.", *motivo], agora=agora)
    if com_a_operadora:
        a_operadora(ss, "cancelada", "ss_cancelada", titulo, ["A prefeitura cancelou o pedido antes do atendimento.", *motivo], agora=agora)


def em_atendimento(ss: SolicitacaoServico, vez: int, *, agora: dt.datetime) -> None:
    """To the prefeitura: the Operadora started."""
    previsao = [f"A previsão é concluir até {prazos.dia_por_extenso(ss.previsao)}."] if ss.previsao else []
    titulo = f"A Operadora começou a solicitação {ss.numero}: {ss.titulo}"
    a_prefeitura(ss, f"atendimento:{vez}", "ss_em_atendimento", titulo, ["A Operadora está trabalhando no pedido.", *previsao], agora=agora)


def visita_marcada(ss: SolicitacaoServico, vez: int, *, agora: dt.datetime) -> None:
    """To the prefeitura: when the technician comes."""
    assert ss.visita_em is not None
    quando = f"{prazos.dia_por_extenso(prazos.dia_local(ss.visita_em))}, às {prazos.hora(ss.visita_em)}"
    a_prefeitura(
        ss,
        f"visita:{vez}",
        "ss_visita",
        f"Visita da Operadora em {quando}: {ss.titulo}",
        [f"O técnico da Operadora vai ao local em {quando}.", "Avise quem vai recebê-lo."],
        agora=agora,
    )


def pendente(ss: SolicitacaoServico, vez: int, *, agora: dt.datetime) -> None:
    """To the prefeitura: what the Operadora needs."""
    titulo = f"A Operadora precisa de algo para continuar: {ss.titulo}"
    paragrafos = [f"A Operadora escreveu: {ss.pendente_texto}", "O pedido fica parado até você responder."]
    a_prefeitura(ss, f"pendente:{vez}", "ss_pendente", titulo, paragrafos, botao=("Responder", endereco(ss)), agora=agora)


def retomada(ss: SolicitacaoServico, vez: int, texto: str, *, por: Ator, agora: dt.datetime) -> None:
    """To the other side: what was asked for is there."""
    if por.municipios(Papel.RESPONSAVEL) & {ss.municipio_id}:
        titulo = f"A prefeitura respondeu na ordem {ss.numero}: {ss.titulo}"
        a_operadora(ss, f"retomada:{vez}", "ss_retomada", titulo, [f"A prefeitura escreveu: {texto}"], agora=agora)
        return
    titulo = f"A Operadora retomou a solicitação {ss.numero}: {ss.titulo}"
    paragrafos = ["A Operadora não espera mais pela prefeitura.", *([f"A Operadora escreveu: {texto}"] if texto else [])]
    a_prefeitura(ss, f"retomada:{vez}", "ss_retomada", titulo, paragrafos, agora=agora)


def entregue(ss: SolicitacaoServico, entrega: Entrega, *, agora: dt.datetime) -> None:
    """To the prefeitura: accept or refuse, and until when (SS-04)."""
    ate = prazos.dia_por_extenso(prazos.ultimo_dia(entrega.aceite_vence_em))
    a_prefeitura(
        ss,
        f"entregue:{entrega.ordem}",
        "ss_entregue",
        f"Aceite ou recuse até {ate}: {ss.titulo}",
        ["A Operadora concluiu e pede a sua resposta.", "Confira no local se está funcionando como foi pedido."],
        botao=("Conferir a entrega", endereco(ss)),
        agora=agora,
    )


def aceita(ss: SolicitacaoServico, *, agora: dt.datetime, pelo_silencio: bool = False) -> None:
    """To the Operadora and to the prefeitura: accepted, by whom, and what ended with it."""
    frases = ["Os 10 dias passaram sem resposta e o portal aceitou a entrega." if pelo_silencio else "A prefeitura aceitou a entrega."]
    if ss.natureza == Natureza.CANCELAMENTO and ss.alvo is not None:
        frases.append(f"Com isso, a solicitação {ss.alvo.numero} está cancelada.")
    titulo = f"Entrega aceita: solicitação {ss.numero}, {ss.titulo}"
    a_operadora(ss, f"aceita:{ss.entregas}", "ss_aceita", titulo, frases, agora=agora)
    a_prefeitura(ss, f"aceita:{ss.entregas}", "ss_aceita", titulo, frases, agora=agora)


def recusada(ss: SolicitacaoServico, *, agora: dt.datetime) -> None:
    """To the Operadora: refused, and why (SS-05)."""
    titulo = f"Entrega recusada: ordem {ss.numero}, {ss.titulo}"
    paragrafos = [f"A prefeitura recusou a entrega. O motivo: {ss.motivo}", "Corrija e entregue de novo."]
    a_operadora(ss, f"recusada:{ss.entregas}", "ss_recusada", titulo, paragrafos, agora=agora)


def inviavel(ss: SolicitacaoServico, *, agora: dt.datetime) -> None:
    """To the prefeitura: it cannot be done, why, and what it means: the place is free again (LNK-07), or the link stays as it was."""
    ativacao = ss.natureza == Natureza.ATIVACAO
    fica = "O lugar do link voltou a ficar livre. Você pode fazer outro pedido." if ativacao else "Tudo continua como estava."
    a_prefeitura(
        ss,
        "inviavel",
        "ss_inviavel",
        f"A Operadora não pode atender a solicitação {ss.numero}: {ss.titulo}",
        ["A Operadora informou que não é possível atender o pedido.", f"O motivo: {ss.motivo}", fica],
        agora=agora,
    )


# --- PRODESP's decisions about a prefeitura -----------------------------------------------------------------------------
def _a_prefeitura_toda(
    municipio_id: int, *, chave: str, tipo: str, titulo: str, paragrafos: list[str], nome: str, agora: dt.datetime
) -> None:
    enfileirar_varias(
        [
            Carta(
                chave=f"{chave}:u{pessoa.pk}",
                tipo=tipo,
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=titulo,
                paragrafos=paragrafos,
                botao=("Ver as solicitações", f"{settings.ENDERECO_PUBLICO}/solicitacoes/"),
                rodape=f"Você recebe este e-mail porque é responsável pelos links da Prefeitura de {nome}.",
            )
            for pessoa in responsaveis(municipio_id, agora)
        ],
        agora=agora,
    )


def validacao_suspensa(suspensao: SuspensaoDeValidacao, *, agora: dt.datetime) -> None:
    """To the prefeitura: new requests wait, why, and what goes on (SS-08)."""
    nome = suspensao.municipio.nome
    _a_prefeitura_toda(
        suspensao.municipio_id,
        chave=f"suspensao:{suspensao.pk}:inicio",
        tipo="ss_suspensa",
        titulo=f"A validação de novas solicitações da Prefeitura de {nome} está suspensa",
        paragrafos=[
            "A PRODESP suspendeu a validação.",
            f"O motivo: {suspensao.motivo}",
            "Você pode enviar pedidos: eles esperam na fila. Os de desativação continuam a ser validados.",
        ],
        nome=nome,
        agora=agora,
    )


def validacao_retomada(suspensao: SuspensaoDeValidacao, *, agora: dt.datetime) -> None:
    """To the prefeitura: requests are validated again (SS-08)."""
    nome = suspensao.municipio.nome
    _a_prefeitura_toda(
        suspensao.municipio_id,
        chave=f"suspensao:{suspensao.pk}:fim",
        tipo="ss_retomada_da_validacao",
        titulo=f"A PRODESP voltou a validar as solicitações da Prefeitura de {nome}",
        paragrafos=["Os pedidos que esperavam na fila voltam a ser conferidos.", f"A PRODESP escreveu: {suspensao.motivo_do_fim}"],
        nome=nome,
        agora=agora,
    )


def limite_concedido(limite: LimiteConcedido, *, agora: dt.datetime) -> None:
    """To the prefeitura: how many links it may have now (LNK-06)."""
    nome = limite.municipio.nome
    ate = f" até {limite.vale_ate:%d/%m/%Y}" if limite.vale_ate else ""
    _a_prefeitura_toda(
        limite.municipio_id,
        chave=f"limite:{limite.pk}",
        tipo="ss_limite",
        titulo=f"A Prefeitura de {nome} pode ter {limite.links} links de intranet{ate}",
        paragrafos=[f"A PRODESP concedeu um limite maior. O motivo: {limite.motivo}"],
        nome=nome,
        agora=agora,
    )


def limite_encerrado(fim: FimDoLimite, *, agora: dt.datetime) -> None:
    """To the prefeitura: the granted limit ended, or ends on a day, and why (LNK-06)."""
    limite = fim.limite
    nome = limite.municipio.nome
    quando = f"vale só até {fim.ultimo_dia:%d/%m/%Y}" if fim.ultimo_dia else "terminou"
    _a_prefeitura_toda(
        limite.municipio_id,
        chave=f"limite:{limite.pk}:fim:{fim.pk}",
        tipo="ss_limite_fim",
        titulo=f"O limite de {limite.links} links da Prefeitura de {nome} {quando}",
        paragrafos=[
            f"Depois disso vale o limite de todas as prefeituras: {LIMITE_DE_INTRANET} links de intranet."
            if fim.ultimo_dia
            else f"Vale de novo o limite de todas as prefeituras: {LIMITE_DE_INTRANET} links de intranet.",
            f"O motivo: {fim.motivo}",
        ],
        nome=nome,
        agora=agora,
    )
