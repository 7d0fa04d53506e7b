"""Work in the background: making papers, page images, antivirus, and the sweep that finds what a lost wake-up left behind.

Every task starts with its idempotency guard: it reserves the row for a while or does nothing. Attempts are counted before the work, so
that a file that kills its worker is not tried for ever.
"""

from __future__ import annotations

import datetime as dt
import shutil
import uuid as uuid_
from pathlib import Path

import structlog
from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from documentos import antivirus as cliente
from documentos import armazem, jaula, paginas, pdf
from documentos.models import Documento
from nucleo import fila

registro = structlog.get_logger("portal.documentos")

RESERVA = dt.timedelta(seconds=90)
ESPERAS = [dt.timedelta(seconds=s) for s in (15, 60, 300, 900)]
TENTATIVAS = 5
POR_VARREDURA = 50
IDADE_DO_ORFAO = dt.timedelta(hours=24)

A_GERAR = Q(origem=Documento.Origem.GERADO, situacao=Documento.Situacao.PENDENTE)
A_EXAMINAR = Q(origem=Documento.Origem.RECEBIDO, situacao=Documento.Situacao.EM_VERIFICACAO)
A_DESENHAR = Q(situacao=Documento.Situacao.PRONTO, tipo_mime="application/pdf", paginas_prontas=False)


@shared_task(name="documentos.gerar")
def gerar(uuid: str) -> str:
    """Make one PDF that was ordered. Returns a word for the log."""
    documento = _reservar(uuid, A_GERAR)
    if documento is None:
        return "nada"
    try:
        pdf.garantir(documento)
    except pdf.PdfIndisponivel:
        _adiar(documento, erro="PdfIndisponivel", desistir=False)
        return "indisponivel"
    except Exception as erro:
        registro.error("pdf_falhou", documento=uuid, modelo=documento.modelo, erro=type(erro).__name__, tentativa=documento.tentativas)
        _adiar(documento, erro=type(erro).__name__)
        return "falhou"
    return "pronto"


@shared_task(name="documentos.antivirus")
def antivirus(uuid: str) -> str:
    """Ask the antivirus about one received file. Unavailable = stays in verification and is asked again (settled question 10).

    Switched off on purpose while the file waited: it goes on as a file received now would, PRONTO and marked as not examined.
    """
    documento = _reservar(uuid, A_EXAMINAR)
    if documento is None:
        return "nada"
    try:
        caminho = armazem.caminho_de(documento)
        resultado = cliente.examinar(caminho) if cliente.ligado() else None
    except armazem.ArquivoAusente:
        registro.error("arquivo_ausente", documento=uuid)
        _adiar(documento, erro="ArquivoAusente", desistir=False)
        return "ausente"
    if resultado is not None and resultado.veredito is cliente.Veredito.INDISPONIVEL:
        registro.warning("antivirus_indisponivel", documento=uuid, erro=resultado.detalhe)
        _adiar(documento, erro=f"antivírus indisponível: {resultado.detalhe}", desistir=False)
        return "indisponivel"
    dito, detalhe = (resultado.veredito.value, resultado.detalhe) if resultado else (cliente.SEM_ANTIVIRUS, "")
    with transaction.atomic():
        atual = _travar(documento.pk, A_EXAMINAR)
        if atual is None:
            return "nada"
        atual.antivirus, atual.erro = dito, detalhe
        atual.tentativas, atual.reservado_ate = 0, None
        agora = timezone.now()
        if resultado is None or resultado.veredito is cliente.Veredito.LIMPO:
            atual.situacao, atual.pronto_em, atual.tentar_em = Documento.Situacao.PRONTO, agora, agora
            fila.apos_commit("documentos.paginas", uuid=uuid)
        else:
            registro.error("arquivo_infectado", documento=uuid)
            nome = atual.arquivo
            atual.situacao, atual.tentar_em, atual.arquivo = Documento.Situacao.INFECTADO, None, ""
            transaction.on_commit(lambda: armazem.remover(nome))
        atual.save()
    if resultado is None:
        registro.warning("arquivo_sem_exame", documento=uuid)
    return dito


@shared_task(name="documentos.paginas")
def paginas_de(uuid: str) -> str:
    """Make the page images of one PDF that is PRONTO."""
    documento = _reservar(uuid, A_DESENHAR)
    if documento is None:
        return "nada"
    try:
        total = paginas.desenhar(documento)
    except (jaula.JaulaInterrompida, armazem.ArquivoAusente, armazem.SemEspaco) as erro:
        registro.warning("paginas_falharam", documento=uuid, erro=type(erro).__name__, tentativa=documento.tentativas)
        _adiar(documento, erro=f"páginas: {type(erro).__name__}")
        return "falhou"
    Documento.objects.filter(pk=documento.pk).update(
        paginas_prontas=True, paginas=total, tentar_em=None, reservado_ate=None, tentativas=0, erro=""
    )
    return "prontas"


@shared_task(name="documentos.varrer")
def varrer() -> dict[str, int]:
    """Wake workers for rows whose time has come, and remove files whose row never came. Bounded: 50 rows and 1/256 of the files a time."""
    agora = timezone.now()
    return {"acordados": acordar(agora), "orfaos": remover_orfaos(agora)}


def acordar(agora: dt.datetime) -> int:
    """Wake a worker for each row that is due and nobody holds; a row woken is left alone for a minute and a half. Returns how many."""
    livres = Q(tentar_em__lte=agora) & (Q(reservado_ate__isnull=True) | Q(reservado_ate__lte=agora))
    devidos = list(Documento.objects.filter(livres).order_by("tentar_em").values_list("pk", flat=True)[:POR_VARREDURA])
    total = 0
    for pk in devidos:
        with transaction.atomic():
            linha = Documento.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(livres, pk=pk).first()
            if linha is None:
                continue
            nome = _tarefa_de(linha)
            Documento.objects.filter(pk=pk).update(tentar_em=agora + RESERVA if nome else None)
            if nome:
                fila.apos_commit(nome, uuid=str(pk))
                total += 1
    return total


def remover_orfaos(agora: dt.datetime, *, pastas: list[str] | None = None) -> int:
    """Remove files and page folders older than 24 hours that no row names, in ``pastas`` (two hexadecimal digits each). Returns how many.

    Without ``pastas``: the one whose turn it is, so that all 256 are seen about once an hour. What is left in ``tmp`` goes too.
    """
    turno = pastas if pastas is not None else [f"{int(agora.timestamp() // 15) % 256:02x}"]
    velho = (agora - IDADE_DO_ORFAO).timestamp()
    total = 0
    for caminho in _velhos(armazem.raiz() / "tmp", velho):
        caminho.unlink(missing_ok=True)
        total += 1
    for pasta in turno:
        candidatos = {c: _uuid_do_nome(c) for c in _velhos(armazem.raiz() / pasta, velho)}
        donos = {u for u in candidatos.values() if u is not None}
        conhecidos = dict(Documento.objects.filter(pk__in=donos).values_list("pk", "arquivo")) if donos else {}
        for caminho, identificador in candidatos.items():
            em_uso = identificador in conhecidos and (caminho.is_dir() or conhecidos[identificador] == f"{pasta}/{caminho.name}")
            if em_uso:
                continue
            shutil.rmtree(caminho) if caminho.is_dir() else caminho.unlink(missing_ok=True)
            total += 1
    if total:
        registro.info("orfaos_removidos", total=total)
    return total


def _velhos(pasta: Path, antes_de: float) -> list[Path]:
    return [c for c in sorted(pasta.iterdir()) if c.stat().st_mtime < antes_de] if pasta.is_dir() else []


def _uuid_do_nome(caminho: Path) -> uuid_.UUID | None:
    try:
        return uuid_.UUID(caminho.name[:36])
    except ValueError:
        return None


def _tarefa_de(linha: Documento) -> str:
    """Which task a due row waits for, or "" when there is nothing to do."""
    if linha.situacao == Documento.Situacao.PENDENTE:
        return "documentos.gerar"
    if linha.situacao == Documento.Situacao.EM_VERIFICACAO:
        return "documentos.antivirus"
    desenhar = linha.situacao == Documento.Situacao.PRONTO and linha.tipo_mime == "application/pdf" and not linha.paginas_prontas
    return "documentos.paginas" if desenhar else ""


def _reservar(uuid: str, condicao: Q) -> Documento | None:
    """Lock the row, check that the work is still to be done and nobody has it, count the attempt, and take it for a while."""
    agora = timezone.now()
    with transaction.atomic():
        linha = _travar(uuid_.UUID(uuid), condicao & (Q(reservado_ate__isnull=True) | Q(reservado_ate__lte=agora)))
        if linha is None:
            return None
        linha.tentativas = min(linha.tentativas + 1, 1000)
        linha.reservado_ate = agora + RESERVA
        linha.tentar_em = agora + RESERVA
        linha.save(update_fields=["tentativas", "reservado_ate", "tentar_em"])
        return linha


def _travar(pk: uuid_.UUID, condicao: Q) -> Documento | None:
    return Documento.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(condicao, pk=pk).first()


def _adiar(documento: Documento, *, erro: str, desistir: bool = True) -> None:
    """Push the next try ahead; after five, give up (a paper becomes FALHOU, page images stay missing) and leave the reason in the row."""
    n = documento.tentativas
    campos: dict[str, object] = {"erro": erro[:200], "reservado_ate": None}
    if desistir and n >= TENTATIVAS:
        campos["tentar_em"] = None
        if documento.situacao == Documento.Situacao.PENDENTE:
            campos["situacao"] = Documento.Situacao.FALHOU
            registro.error("pdf_desistencia", documento=str(documento.pk), erro=erro)
    else:
        campos["tentar_em"] = timezone.now() + ESPERAS[min(n, len(ESPERAS)) - 1]
    Documento.objects.filter(pk=documento.pk, situacao=documento.situacao).update(**campos)
