"""The outbox's mouth: the only code that writes ``MensagemSaida``.

A message is written in the same transaction as the act it tells of, its words fixed, and a worker is woken after the commit. Sending is
``comunicacao.envio``'s business; a lost wake-up is found by the sweep.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from comunicacao import forma
from comunicacao.forma import uma_linha
from comunicacao.models import MensagemSaida, novo_message_id
from nucleo import fila, gravacao
from nucleo.erros import RegraViolada

registro = structlog.get_logger("portal.comunicacao")

ASSUNTO_MAXIMO = 180

_CPF = re.compile(r"(?<![0-9])[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}(?![0-9])")
#: Addresses that need no second look: a strict part of what Django's validator takes, at a tenth of its time.
_ENDERECO_SIMPLES = re.compile(r"[a-z0-9_-]{1,60}(?:\.[a-z0-9_-]{1,60}){0,3}@(?:[a-z0-9]{1,60}(?:-[a-z0-9]{1,60})?\.){1,5}[a-z]{2,20}")
_ENDERECO = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}")
#: The first name's place in words made once for several people: a private character, which no cleaned value can hold.
_NOME = "\ue002"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carta:
    """What one message says, before rendering. The same fields as ``enfileirar``."""

    chave: str
    tipo: str
    para: str
    para_nome: str
    titulo: str
    paragrafos: Sequence[str]
    fatos: Sequence[tuple[str, str]] = ()
    botao: tuple[str, str] | None = None
    dono: str = ""
    rodape: str = ""
    se_o_botao_falhar: str = ""
    anexos: Sequence[Any] = ()


def enfileirar(
    *,
    chave: str,
    tipo: str,
    para: str,
    para_nome: str,
    titulo: str,
    paragrafos: Sequence[str],
    fatos: Sequence[tuple[str, str]] = (),
    botao: tuple[str, str] | None = None,
    dono: str = "",
    rodape: str = "",
    se_o_botao_falhar: str = "",
    anexos: Sequence[Any] = (),
    agora: dt.datetime,
) -> int | None:
    """Write one message and return its pk, or ``None`` when a message with this ``chave`` exists already (pitfall 11 of `modelos.md`).

    - ``chave``: names the event and the person, such as ``adesao:42:enviada:7:usuario:9``; at most 160 characters. One row for ever.
    - ``tipo``: kind of message (at most 40), for the panel and the logs. ``dono``: opaque owner such as ``adesao:42`` (at most 40).
    - ``titulo``: the act with the date; it is the subject too, so no personal data: a CPF or an e-mail address in it is masked.
    - ``paragrafos``: the greeting "Olá, Clara." is put before the first one unless it greets by itself.
    - ``fatos``: (label, value); a value may have several lines. ``botao``: (label, absolute address).
    - ``rodape``: why the person receives it. ``se_o_botao_falhar``: in place of the line with the address.
    - ``anexos``: uuids of ``Documento`` to attach when sending; a document still to be made delays the message.

    Raises ``RuntimeError`` outside a transaction, ``ValueError`` for a key, kind, owner or address of the wrong shape, and ``RegraViolada``
    (campo ``email``) when the recipient's address cannot be one.
    """
    carta = Carta(
        chave=chave,
        tipo=tipo,
        para=para,
        para_nome=para_nome,
        titulo=titulo,
        paragrafos=paragrafos,
        fatos=fatos,
        botao=botao,
        dono=dono,
        rodape=rodape,
        se_o_botao_falhar=se_o_botao_falhar,
        anexos=anexos,
    )
    novas = _gravar([carta], agora=agora)
    if not novas:
        return None
    fila.apos_commit("comunicacao.enviar", id=novas[0])
    return novas[0]


def enfileirar_varias(cartas: Iterable[Carta], *, agora: dt.datetime) -> int:
    """Write many messages with one INSERT and one wake-up (the sweep); return how many are new.

    Raises as ``enfileirar`` does; one bad message refuses them all.
    """
    novas = _gravar(list(cartas), agora=agora)
    if novas:
        fila.apos_commit("comunicacao.varrer")
    return len(novas)


def reabrir(ids: Iterable[int] | None = None, *, agora: dt.datetime) -> int:
    """Put messages that were given up back in the queue from their first try, keeping their Message-ID; return how many.

    ``ids`` None = all of them: what a technician does after the e-mail server was down for a day (fault F18 of `seguranca.md`).
    A message that was emptied (``esvaziar``) stays where it is: there is nothing left to send.
    """
    desistidas = MensagemSaida.objects.filter(situacao=MensagemSaida.Situacao.DESISTIDA).exclude(para="")
    if ids is not None:
        desistidas = desistidas.filter(pk__in=list(ids))
    quantas = desistidas.update(situacao=MensagemSaida.Situacao.PENDENTE, tentativas=0, tentar_em=agora, reservada_ate=None, erro="")
    if quantas:
        fila.apos_commit("comunicacao.varrer")
    return quantas


def esvaziar(*, agora: dt.datetime, pedaco: int = 1000) -> int:
    """Take the words and the recipient out of messages whose time is over (``settings.GUARDA_DAS_MENSAGENS_DIAS``), ``pedaco`` at a time;
    return how many (LGPD, art. 15).

    The days count from the sending; without delivery, from the writing. The row stays with its key, so that nothing goes twice, and says
    when what went. Each chunk is its own transaction and asks again: a message put back in the queue meanwhile keeps its words.
    """
    limite, situacoes = agora - dt.timedelta(days=settings.GUARDA_DAS_MENSAGENS_DIAS), MensagemSaida.Situacao
    velhas = (
        MensagemSaida.objects.filter(
            Q(situacao=situacoes.ENVIADA, enviada_em__lt=limite) | Q(situacao=situacoes.DESISTIDA, criada_em__lt=limite)
        )
        .exclude(para="")
        .order_by("pk")
    )
    quantas = ultimo = 0
    while pks := list(velhas.filter(pk__gt=ultimo).values_list("pk", flat=True)[:pedaco]):
        quantas += velhas.filter(pk__in=pks).order_by().update(conteudo="", para="", para_nome="")
        ultimo = pks[-1]
    return quantas


def _gravar(cartas: list[Carta], *, agora: dt.datetime) -> list[int]:
    """INSERT … ON CONFLICT DO NOTHING; returns the pks of those that are new. Which they are is told by their fresh Message-ID: right
    under any race. What the letters of a batch have in common is made once: a sweep writes the same words to several people.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("caixa.enfileirar fora de transação")
    conferir, redigir = cache(_conferir_endereco), cache(_redigir)
    linhas = [_linha(c, conferir=conferir, redigir=redigir, agora=agora) for c in cartas]
    return [pk for pk, _ in gravacao.inserir_valores(MensagemSaida, linhas, chave="message_id", ignorar=True)]


def _conferir_endereco(para: str) -> None:
    if len(para) <= 120 and _ENDERECO_SIMPLES.fullmatch(para):
        return
    try:
        validate_email(para)
    except ValidationError:
        raise RegraViolada("Confira o endereço de e-mail: escreva como em nome@cidade.sp.gov.br.", campo="email") from None


def _linha(carta: Carta, *, conferir: Callable[[str], None], redigir: Callable[..., tuple[str, str]], agora: dt.datetime) -> dict[str, Any]:
    """The columns of one message."""
    for nome, valor, maximo in (("chave", carta.chave, 160), ("tipo", carta.tipo, 40), ("dono", carta.dono, 40)):
        if len(valor) > maximo or valor != uma_linha(valor) or not (valor or nome == "dono"):
            raise ValueError(f"{nome} de mensagem inválido")
    if carta.botao and not carta.botao[1].startswith(("https://", "http://")):
        raise ValueError("o botão da mensagem pede um endereço absoluto")
    conferir(carta.para)
    para_nome = uma_linha(carta.para_nome)
    primeiro = para_nome.split(" ")[0]
    assunto, conteudo = redigir(
        tipo=carta.tipo,
        titulo=carta.titulo,
        nome=_NOME if primeiro else "",
        paragrafos=tuple(carta.paragrafos),
        fatos=tuple(carta.fatos),
        botao=carta.botao,
        se_o_botao_falhar=carta.se_o_botao_falhar,
        rodape=carta.rodape,
    )
    return {
        "chave": carta.chave,
        "message_id": novo_message_id(),
        "assunto_tipo": carta.tipo,
        "dono": carta.dono,
        "para": carta.para,
        "para_nome": para_nome[:120],
        "assunto": assunto,
        "conteudo": conteudo.replace(_NOME, primeiro),
        "anexos": [str(u) for u in carta.anexos],
        "tentar_em": agora,
        "criada_em": agora,
    }


def _redigir(*, tipo: str, titulo: str, nome: str, **palavras: Any) -> tuple[str, str]:
    """Subject and kept words."""
    assunto = _assunto(titulo, tipo=tipo)
    return assunto, forma.guardado(forma.conteudo(titulo=assunto, nome=nome, **palavras))


def _assunto(titulo: str, *, tipo: str) -> str:
    """The title as a header: one line, at most 180 characters, without CPF or e-mail address (no personal data in subjects)."""
    assunto = uma_linha(titulo)
    if not assunto:
        raise ValueError("título de mensagem vazio")
    limpo = _ENDERECO.sub("***", _CPF.sub("***", assunto))
    if limpo != assunto:
        registro.warning("assunto_com_dado_pessoal", tipo=tipo)
    return limpo if len(limpo) <= ASSUNTO_MAXIMO else limpo[: ASSUNTO_MAXIMO - 1].rstrip() + "…"
