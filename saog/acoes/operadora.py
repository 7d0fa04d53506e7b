"""What the Operadora does: starts, schedules, waits, reports, delivers, declares inviável (SS-03 to SS-06)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from nucleo import fluxo
from nucleo.erros import RegraViolada, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import Ator
from saog import notificacoes
from saog.estados import EM_ACEITE, Estado, Natureza
from saog.models import Acesso, Entrega, Marco, SolicitacaoServico

from .comum import aceite_vence_em, anotar, dono_do_circuito, travada
from .envio import liberar_lugar
from .rascunho import conferir_alvo


@dataclass(frozen=True, slots=True, kw_only=True)
class DadosDaEntrega:
    """What a delivery reports. ``velocidade_medida`` in Mbps, ``perda`` in %, ``atraso`` in ms; None where it was not measured."""

    circuito: str = ""
    equipamento: str = ""
    velocidade_medida: Decimal | None = None
    perda: Decimal | None = None
    atraso: Decimal | None = None
    observacao: str = ""


@transaction.atomic
def atender(*, ss_id: int, por: Ator, agora: dt.datetime, previsao: dt.date | None = None) -> SolicitacaoServico:
    """Start, or start again after a refusal (SS-05). ``previsao`` is the day it expects to conclude."""
    ss, registro = fluxo.executar(
        SolicitacaoServico,
        ss_id,
        "atender",
        por=por,
        agora=agora,
        previsao=previsao,
        dados={"previsao": previsao.isoformat() if previsao else None},
    )
    notificacoes.em_atendimento(ss, registro.pk, agora=agora)
    return ss


@transaction.atomic
def agendar(*, ss_id: int, visita_em: dt.datetime, texto: str, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Schedule a visit to the site, in the future."""
    if visita_em <= agora:
        raise RegraViolada("A visita precisa ser depois de agora.", campo="visita")
    if visita_em > agora + dt.timedelta(days=365):
        raise RegraViolada("A visita precisa ser dentro de um ano.", campo="visita")
    texto = texto.strip()[:300]
    ss, registro = fluxo.executar(
        SolicitacaoServico,
        ss_id,
        "agendar",
        por=por,
        agora=agora,
        visita_em=visita_em,
        comentario=texto,
        dados={"visita_em": visita_em.isoformat()},
    )
    Marco.objects.update_or_create(
        solicitacao=ss, codigo="visita", defaults={"nome": "Visita ao local", "previsto_em": visita_em, "atingido_em": None, "texto": texto}
    )
    notificacoes.visita_marcada(ss, registro.pk, agora=agora)
    return ss


@transaction.atomic
def registrar_marco(
    *,
    ss_id: int,
    codigo: str,
    nome: str,
    por: Ator,
    agora: dt.datetime,
    previsto_em: dt.datetime | None = None,
    atingido_em: dt.datetime | None = None,
    texto: str = "",
) -> Marco:
    """Report a milestone, expected or reached, while the request is attended. Raises ``TransicaoIndisponivel`` (409) otherwise."""
    ss = travada(ss_id, por=por, ato="ordens.atender")
    if ss.estado != Estado.EM_ATENDIMENTO:
        raise TransicaoIndisponivel(f"Só se informa um marco durante o atendimento: a solicitação está em “{ss.rotulo}”.")
    nome = texto_exigido(nome, frase="Diga o que foi feito.", campo="nome", maximo=80)
    if atingido_em is not None and atingido_em > agora:
        raise RegraViolada("O que já foi feito não pode ter data futura.", campo="atingido_em")
    marco, _ = Marco.objects.update_or_create(
        solicitacao=ss,
        codigo=codigo[:30],
        defaults={"nome": nome, "previsto_em": previsto_em, "atingido_em": atingido_em, "texto": texto.strip()[:300]},
    )
    anotar(ss, "marco", por=por, agora=agora, comentario=": ".join(p for p in (nome, marco.texto) if p), dados={"codigo": marco.codigo})
    return marco


@transaction.atomic
def pendenciar(*, ss_id: int, texto: str, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Ask the prefeitura for something; since when is noted, and it is told."""
    texto = texto_exigido(texto, frase="Escreva o que você precisa da prefeitura.", campo="texto", maximo=500)
    ss, registro = fluxo.executar(SolicitacaoServico, ss_id, "pendenciar", por=por, agora=agora, texto=texto, comentario=texto)
    notificacoes.pendente(ss, registro.pk, agora=agora)
    return ss


@transaction.atomic
def retomar(*, ss_id: int, texto: str, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """What was asked for is there: said by the Operadora, or answered by the prefeitura (who has to say what)."""
    antes = fluxo.travar(SolicitacaoServico, ss_id)
    texto = texto.strip()[:500]
    if por.municipios("responsavel") & {antes.municipio_id} and not texto:
        raise RegraViolada("Escreva a resposta para a Operadora.", campo="texto")
    esperou = (agora - antes.pendente_desde) if antes.pendente_desde else dt.timedelta()
    ss, registro = fluxo.executar(
        SolicitacaoServico,
        ss_id,
        "retomar",
        por=por,
        agora=agora,
        comentario=texto,
        dados={"segundos_de_espera": int(esperou.total_seconds())},
    )
    notificacoes.retomada(ss, registro.pk, texto, por=por, agora=agora)
    return ss


@transaction.atomic
def entregar(*, ss_id: int, dados: DadosDaEntrega, por: Ator, agora: dt.datetime) -> Entrega:
    """Conclude and ask for the answer: the prefeitura's 10 days start now (SS-04, PRZ-01).

    An ativação needs circuit and equipment; the circuit of another link is refused, and the database holds it. A request whose
    cancelamento waits for acceptance is not delivered any more, and a cancelamento is not delivered when its request was.
    """
    ss = travada(ss_id, por=por, ato="ordens.atender")
    if ss.natureza == Natureza.ATIVACAO:
        for campo, frase in (("circuito", "Informe o número do circuito."), ("equipamento", "Informe o equipamento instalado.")):
            texto_exigido(getattr(dados, campo), frase=frase, campo=campo)
    if ss.alvo_id is not None:  # under lock: its own delivery may be on the way
        conferir_alvo(fluxo.travar(SolicitacaoServico, ss.alvo_id), exceto=ss.pk)
    _sem_interrupcao_entregue(ss)
    vence = aceite_vence_em(agora, ss.municipio_id)
    ss, _ = fluxo.executar(
        SolicitacaoServico,
        ss_id,
        "entregar",
        por=por,
        agora=agora,
        aceite_vence_em=vence,
        comentario=dados.observacao.strip()[:2000],
        dados={"entrega": ss.entregas + 1},
    )
    entrega = _registrar(ss, dados, vence, por=por, agora=agora)
    notificacoes.entregue(ss, entrega, agora=agora)
    return entrega


def _registrar(ss: SolicitacaoServico, dados: DadosDaEntrega, vence: dt.datetime, *, por: Ator, agora: dt.datetime) -> Entrega:
    """The row of a delivery. Raises ``RegraViolada`` beside ``circuito`` when another link has it (looked up after the insertion, which
    holds the circuit against a delivery made at the same moment).
    """
    circuito = dados.circuito.strip()[:40]
    try:
        with transaction.atomic():
            entrega = Entrega.objects.create(
                solicitacao=ss,
                ordem=ss.entregas,
                em=agora,
                por_id=por.usuario_id,
                por_nome=por.nome,
                circuito=circuito,
                equipamento=dados.equipamento.strip()[:120],
                velocidade_medida=dados.velocidade_medida,
                perda=dados.perda,
                atraso=dados.atraso,
                observacao=dados.observacao.strip()[:2000],
                aceite_vence_em=vence,
            )
    except IntegrityError as erro:
        raise _repetido(dono_do_circuito(circuito, ss)) from erro
    if (link := dono_do_circuito(circuito, ss)) is not None:
        raise _repetido(link)
    return entrega


def _repetido(link: Acesso | None) -> RegraViolada:
    de_quem = f"do link {link.unidade.nome}, de {link.municipio.nome}" if link else "de outra entrega"
    return RegraViolada(f"Este circuito já é {de_quem}. Confira o número.", campo="circuito", regra="SS-04")


@transaction.atomic
def declarar_inviavel(*, ss_id: int, motivo: str, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """It cannot be done, and why; the place is free again (LNK-07). Refused while its own interruption waits for acceptance: that answer
    ends it.
    """
    motivo = texto_exigido(motivo, frase="Escreva por que não é possível atender: a prefeitura vai ler.", campo="motivo")
    _sem_interrupcao_entregue(travada(ss_id, por=por, ato="ordens.atender"))
    ss, _ = fluxo.executar(SolicitacaoServico, ss_id, "declarar_inviavel", por=por, agora=agora, comentario=motivo, motivo=motivo)
    liberar_lugar(ss, por=por, agora=agora)
    notificacoes.inviavel(ss, agora=agora)
    return ss


def _sem_interrupcao_entregue(ss: SolicitacaoServico) -> None:
    """Raise ``RegraViolada`` while a cancelamento of this request, under lock, is delivered and not answered."""
    if ss.cancelamentos.filter(estado__in=EM_ACEITE).exists():
        raise RegraViolada("A interrupção deste pedido já foi entregue e espera o aceite da prefeitura.", regra="SS-06")
