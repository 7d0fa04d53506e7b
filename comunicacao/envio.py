"""The outbox's legs: claim a message with a lease, send it outside any transaction, mark it after.

At least once: a worker killed between the server's "250" and the mark makes the message go again, with the same Message-ID, so that mail
systems and people recognise the copy. In normal operation never twice: a claim is one locked row, and a lease outlives the longest sending.
"""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Callable
from contextlib import suppress
from email.utils import formataddr
from typing import Any

import structlog
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from comunicacao.forma import CONTATO
from comunicacao.models import MensagemSaida
from documentos.models import Documento

registro = structlog.get_logger("portal.comunicacao")

#: How long a claim holds. Longer than the hard time limit of a task plus the server's patience (settings: 300 s).
RESERVA = dt.timedelta(minutes=5, seconds=30)
#: Wait before the second, third, … try (fault F10 of `seguranca.md`); after the last one the message is given up.
ESPERAS = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
)
TENTATIVAS = len(ESPERAS) + 1
#: A document still to be made is waited for in short steps that count as no try, up to ``PACIENCIA_COM_ANEXO`` after the message was born.
ESPERA_DO_ANEXO = dt.timedelta(seconds=15)
PACIENCIA_COM_ANEXO = dt.timedelta(hours=1)
Relogio = Callable[[], dt.datetime]


class AnexoPendente(Exception):
    """A document to attach is not ready yet: try later."""


class AnexoImpossivel(Exception):
    """A document to attach will never be ready (missing, refused, failed): stop."""


class SemServidor(Exception):
    """The e-mail server could not be reached or would not start the conversation."""


def enviar(pk: int, *, relogio: Relogio) -> bool:
    """Send one message if it is due and nobody else holds it; return whether it went."""
    mensagem = reservar(pk=pk, agora=relogio())
    return mensagem is not None and _entregar(mensagem, relogio=relogio)


def varrer(*, relogio: Relogio, limite: int = 200, prazo: dt.timedelta = dt.timedelta(seconds=180)) -> int:
    """Send every message that is due, one claim at a time, oldest first; return how many went.

    Stops after ``limite`` messages, after ``prazo``, or at the first one that finds no server: the others keep their tries.
    """
    inicio, enviadas = relogio(), 0
    for _ in range(limite):
        agora = relogio()
        if agora - inicio >= prazo:
            break
        mensagem = reservar(agora=agora)
        if mensagem is None:
            break
        if _entregar(mensagem, relogio=relogio):
            enviadas += 1
        elif mensagem.erro.startswith("SemServidor"):
            break
    return enviadas


def reservar(*, agora: dt.datetime, pk: int | None = None) -> MensagemSaida | None:
    """Claim one due message for ``RESERVA`` and count the try; ``None`` when there is none or another worker has it.

    The try is counted here, not at the failure, so that a message that kills its worker ends too.
    """
    livres = (
        MensagemSaida.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(Q(reservada_ate__isnull=True) | Q(reservada_ate__lte=agora))
        .filter(situacao=MensagemSaida.Situacao.PENDENTE, tentar_em__lte=agora)
        .order_by("tentar_em", "pk")
    )
    if pk is not None:
        livres = livres.filter(pk=pk)
    with transaction.atomic():
        mensagem = livres.first()
        if mensagem is None:
            return None
        mensagem.tentativas += 1
        mensagem.reservada_ate = agora + RESERVA
        mensagem.save(update_fields=["tentativas", "reservada_ate"])
    return mensagem


def montar(mensagem: MensagemSaida, *, conexao: Any = None) -> EmailMultiAlternatives:
    """The e-mail of this row, both faces and attachments, with its fixed Message-ID.

    Raises ``AnexoPendente`` or ``AnexoImpossivel`` when a document cannot go.
    """
    correio = EmailMultiAlternatives(
        subject=mensagem.assunto,
        body=mensagem.texto,
        to=[formataddr((mensagem.para_nome, mensagem.para))],
        reply_to=[CONTATO],
        headers={
            "Message-ID": mensagem.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
        connection=conexao,
    )
    correio.attach_alternative(mensagem.html, "text/html")
    for nome, conteudo, tipo in _anexos(mensagem.anexos):
        correio.attach(nome, conteudo, tipo)
    return correio


def _entregar(mensagem: MensagemSaida, *, relogio: Relogio) -> bool:
    """Send what was claimed and mark it. No transaction is open while the server is spoken to. Raises only what the database raises."""
    if mensagem.tentativas > TENTATIVAS:
        _desistir(mensagem, erro="Interrompida")
        return False
    conexao = None
    try:
        correio = montar(mensagem, conexao=(conexao := get_connection()))
        _abrir(conexao)
        if not correio.send():
            raise AnexoImpossivel
    except Exception as erro:  # whatever it is, the row says so and is tried again or given up
        _falhou(mensagem, erro, agora=relogio())
        return False
    else:
        _marcar_enviada(mensagem, agora=relogio())
        return True
    finally:
        if conexao is not None:
            with suppress(Exception):
                conexao.close()


def _abrir(conexao: Any) -> None:
    try:
        conexao.open()
    except (OSError, smtplib.SMTPException) as erro:
        raise SemServidor(_nome_do_erro(erro)) from erro


def _marcar_enviada(mensagem: MensagemSaida, *, agora: dt.datetime) -> None:
    """It went: no matter who holds the lease by now."""
    MensagemSaida.objects.filter(pk=mensagem.pk).exclude(situacao=MensagemSaida.Situacao.ENVIADA).update(
        situacao=MensagemSaida.Situacao.ENVIADA, enviada_em=agora, tentar_em=None, reservada_ate=None, erro=""
    )
    registro.info("mensagem_enviada", mensagem=mensagem.pk, tipo=mensagem.assunto_tipo, tentativa=mensagem.tentativas)


def _falhou(mensagem: MensagemSaida, erro: Exception, *, agora: dt.datetime) -> None:
    mensagem.erro = _nome_do_erro(erro)
    if isinstance(erro, AnexoPendente) and agora - mensagem.criada_em < PACIENCIA_COM_ANEXO:
        _minha(mensagem).update(
            tentar_em=agora + ESPERA_DO_ANEXO, reservada_ate=None, erro=mensagem.erro, tentativas=mensagem.tentativas - 1
        )
        return
    if _definitivo(erro) or mensagem.tentativas >= TENTATIVAS:
        _desistir(mensagem, erro=mensagem.erro)
        return
    _minha(mensagem).update(tentar_em=agora + ESPERAS[mensagem.tentativas - 1], reservada_ate=None, erro=mensagem.erro)
    registro.warning("mensagem_adiada", mensagem=mensagem.pk, tipo=mensagem.assunto_tipo, erro=mensagem.erro, tentativa=mensagem.tentativas)


def _desistir(mensagem: MensagemSaida, *, erro: str) -> None:
    mensagem.erro = erro
    _minha(mensagem).update(situacao=MensagemSaida.Situacao.DESISTIDA, tentar_em=None, reservada_ate=None, erro=erro)
    registro.error("mensagem_sem_entrega", mensagem=mensagem.pk, tipo=mensagem.assunto_tipo, erro=erro)


def _minha(mensagem: MensagemSaida) -> Any:
    """The row only while this worker's lease holds: a failure told late must not undo what another worker did."""
    return MensagemSaida.objects.filter(pk=mensagem.pk, situacao=MensagemSaida.Situacao.PENDENTE, reservada_ate=mensagem.reservada_ate)


def _definitivo(erro: Exception) -> bool:
    """A 5xx about this message or this person, or an attachment that will never be: no more tries."""
    if isinstance(erro, AnexoImpossivel):
        return True
    return isinstance(erro, smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) and 500 <= _codigo(erro) < 600


def _codigo(erro: Exception) -> int:
    if isinstance(erro, smtplib.SMTPRecipientsRefused):
        return max((codigo for codigo, _ in erro.recipients.values()), default=0)
    return erro.smtp_code if isinstance(erro, smtplib.SMTPResponseException) else 0


def _nome_do_erro(erro: Exception) -> str:
    """The class and the code, never the server's words: they carry addresses."""
    if isinstance(erro, SemServidor):
        return f"SemServidor: {erro}"
    codigo = _codigo(erro)
    return f"{type(erro).__name__} {codigo}" if codigo else type(erro).__name__


def _anexos(uuids: list[str]) -> list[tuple[str, bytes, str]]:
    if not uuids:
        return []
    achados = {str(d.pk): d for d in Documento.objects.filter(pk__in=uuids)}
    return [_anexo(achados.get(u)) for u in uuids]


def _anexo(documento: Documento | None) -> tuple[str, bytes, str]:
    if documento is None or documento.situacao in {Documento.Situacao.INFECTADO, Documento.Situacao.FALHOU}:
        raise AnexoImpossivel
    if documento.situacao != Documento.Situacao.PRONTO:
        raise AnexoPendente
    with default_storage.open(documento.arquivo, "rb") as arquivo:
        conteudo = arquivo.read()
    extensao = {"application/pdf": "pdf", "image/png": "png"}.get(documento.tipo_mime, "bin")
    return f"{slugify(documento.titulo) or 'documento'}.{extensao}", conteudo, documento.tipo_mime
