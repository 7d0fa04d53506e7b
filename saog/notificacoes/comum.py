"""Who is told, and the letter about one request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol

from django.conf import settings

from comunicacao.caixa import Carta, enfileirar_varias
from contas.consultas import do_estado, responsaveis
from contas.models import Papel, Usuario
from nucleo import prazos
from saog import pecas
from saog.models import SolicitacaoServico


class Pessoa(Protocol):
    """Whom a letter goes to: a ``Usuario``, or as much of one as a sweep reads."""

    @property
    def pk(self) -> Any: ...
    @property
    def email(self) -> str: ...
    @property
    def nome(self) -> str: ...


def operadora(agora: dt.datetime) -> list[Usuario]:
    """The people of the Operadora."""
    return do_estado((Papel.OPERADORA,), agora)


def endereco(ss: SolicitacaoServico, *, de: str = "solicitacoes") -> str:
    """Absolute address of a request, for e-mails. ``de``: ``solicitacoes``, ``fila-ss`` or ``ordens``."""
    return f"{settings.ENDERECO_PUBLICO}/{de}/{ss.slug}/"


def fatos(ss: SolicitacaoServico) -> list[tuple[str, str]]:
    """The same four facts, same order, as on every screen."""
    lista = [("Solicitação", f"SS {ss.numero}\n{pecas.resumo(ss)}, {ss.titulo}"), ("Situação", ss.rotulo)]
    if ss.quem_age:
        lista.append(("Quem age agora", ss.quem_age))
    if ss.ate_quando:
        lista.append(("Até quando", prazos.dia_por_extenso(prazos.ultimo_dia(ss.ate_quando))))
    return lista


def chave(ss: SolicitacaoServico, evento: str, pessoa: Pessoa) -> str:
    """The outbox key of one event of a request to one person: what makes it be told once."""
    return f"{ss.dono}:{evento}:u{pessoa.pk}"


def cartas(
    ss: SolicitacaoServico,
    *,
    evento: str,
    tipo: str,
    pessoas: Sequence[Pessoa],
    titulo: str,
    paragrafos: list[str],
    botao: tuple[str, str] | None = None,
    rodape: str = "",
) -> list[Carta]:
    """One letter per person about one event of a request."""
    quadro = fatos(ss)
    return [
        Carta(
            chave=chave(ss, evento, pessoa),
            tipo=tipo,
            para=pessoa.email,
            para_nome=pessoa.nome,
            titulo=titulo,
            paragrafos=paragrafos,
            fatos=quadro,
            botao=botao or ("Ver a solicitação", endereco(ss)),
            dono=ss.dono,
            rodape=rodape or f"Você recebe este e-mail porque é responsável pelos links da Prefeitura de {ss.municipio.nome}.",
        )
        for pessoa in pessoas
    ]


def a_prefeitura(
    ss: SolicitacaoServico,
    evento: str,
    tipo: str,
    titulo: str,
    paragrafos: list[str],
    *,
    agora: dt.datetime,
    botao: tuple[str, str] | None = None,
) -> None:
    """One event told to every responsável of the prefeitura."""
    pessoas = responsaveis(ss.municipio_id, agora)
    enfileirar_varias(cartas(ss, evento=evento, tipo=tipo, pessoas=pessoas, titulo=titulo, paragrafos=paragrafos, botao=botao), agora=agora)


def a_operadora(ss: SolicitacaoServico, evento: str, tipo: str, titulo: str, paragrafos: list[str], *, agora: dt.datetime) -> None:
    """One event told to every person of the Operadora."""
    enfileirar_varias(
        cartas(
            ss,
            evento=evento,
            tipo=tipo,
            pessoas=operadora(agora),
            titulo=titulo,
            paragrafos=paragrafos,
            botao=("Ver a ordem", endereco(ss, de="ordens")),
            rodape="Você recebe este e-mail porque atende as ordens da INTRAGOV.",
        ),
        agora=agora,
    )
