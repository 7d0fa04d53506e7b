"""What the prefeitura does: begins, fills in, attaches, discards, answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from adesao import consultas, fichas, notificacoes, pecas
from adesao.estados import EDITAVEIS, OCUPAM, Estado
from adesao.models import Adesao, Aplicacao, CopiaAssinada, EnvioPeca, Pendencia, RascunhoAnterior, RascunhoTarefa
from contas.models import Municipio
from contas.permissoes import id_de, pode
from documentos import pdf, recebimento
from documentos.models import Documento
from nucleo import fluxo, numeracao, prazos
from nucleo.erros import ConflitoDeVersao, RegraViolada, SemPermissao
from nucleo.fluxo import Ator

from . import copias
from .comum import anotar, editavel, travada

JA_HA = "Este município já tem uma adesão em andamento ou em vigor. Peça para entrar nela."


@transaction.atomic
def iniciar(*, municipio_id: int, por: Ator, agora: dt.datetime, aproveitar: bool = False) -> Adesao:
    """Begin the adhesion of a municipality: gives its number and an empty draft (ADS-01, settled question 3).

    ``aproveitar`` brings the typed text of its last refused process; files, declarations and signatures are always new.

    Raises ``SemPermissao``, and ``RegraViolada`` (ADS-10) when one is in progress or in force, also when two begin at once.
    """
    if por.usuario_id is None or not pode(por, "adesao.iniciar", municipio_id) or municipio_id not in por.municipios("requerente"):
        raise SemPermissao("Só quem representa esta prefeitura começa a adesão dela.")
    Municipio.objects.select_for_update(of=("self",), no_key=True).get(pk=municipio_id)
    if Adesao.objects.filter(municipio_id=municipio_id, estado__in=OCUPAM).exists():
        raise RegraViolada(JA_HA, regra="ADS-10")
    try:
        with transaction.atomic():
            adesao = Adesao.objects.create(
                municipio_id=municipio_id,
                numero=numeracao.proximo("adesao", timezone.localdate(agora).year),
                desde=agora,
                criada_em=agora,
                criada_por_id=por.usuario_id,
            )
    except IntegrityError as erro:
        raise RegraViolada(JA_HA, regra="ADS-10") from erro
    anotar(adesao, "iniciar", por=por, agora=agora)
    if aproveitar:
        _aproveitar(adesao, por=por, agora=agora)
    return adesao


def _aproveitar(adesao: Adesao, *, por: Ator, agora: dt.datetime) -> None:
    anterior = Adesao.objects.filter(municipio_id=adesao.municipio_id, estado=Estado.INDEFERIDA).order_by("-decidida_em", "-pk").first()
    if anterior is None:
        return
    RascunhoTarefa.objects.bulk_create(
        [
            RascunhoTarefa(adesao=adesao, tarefa=r.tarefa, dados=r.dados, versao=1, salvo_em=agora, salvo_por_id=id_de(por))
            for r in anterior.rascunhos.exclude(tarefa="declaracoes").order_by("pk")
        ]
    )


@dataclass(frozen=True, slots=True)
class Salvo:
    """What a save led to: the row, and whether it overtook a newer text of the same person's other tab (kept in ``RascunhoAnterior``)."""

    rascunho: RascunhoTarefa
    passou_por_cima: bool = False


class RascunhoDeOutraPessoa(ConflitoDeVersao):
    """Somebody else saved the same task meanwhile: ``atual`` is theirs, ``meus`` what was being saved. Neither is lost (settled
    question 7).
    """

    def __init__(self, atual: RascunhoTarefa, meus: dict[str, str]) -> None:
        em = timezone.localtime(atual.salvo_em)
        super().__init__(f"{atual.salvo_por.nome} salvou esta mesma tarefa às {em:%H}h{em:%M}. Compare e escolha o que fica.")
        self.atual, self.meus = atual, meus


@transaction.atomic
def salvar_tarefa(
    *, adesao_id: int, tarefa: str, dados: dict[str, Any], versao: int, por: Ator, agora: dt.datetime, compactar: bool = False
) -> Salvo:
    """Keep the raw text of a task, whatever its errors. ``versao`` is the one the person started from (0 = none yet).

    ``compactar`` closes gaps between rows of applications (a full save; not while typing). Raises ``RascunhoDeOutraPessoa`` (409) when
    another person saved in between; the same person in another tab wins with the older text kept.
    """
    if por.usuario_id is None:
        raise SemPermissao("Só uma pessoa preenche o rascunho.")
    adesao = editavel(adesao_id, por=por)
    novos = fichas.so_os_campos(tarefa, dados)
    if compactar and tarefa == "anexo2":
        novos = _compactar(novos)
    atual = RascunhoTarefa.objects.filter(adesao=adesao, tarefa=tarefa).select_related("salvo_por").first()
    if atual is None:
        criado = RascunhoTarefa.objects.create(
            adesao=adesao, tarefa=tarefa, dados=novos, versao=1, salvo_em=agora, salvo_por_id=por.usuario_id
        )
        _tocar(adesao)
        return Salvo(criado)
    if atual.dados == novos:
        return Salvo(atual)
    defasada = versao != atual.versao
    if defasada and atual.salvo_por_id != por.usuario_id:
        raise RascunhoDeOutraPessoa(atual, novos)
    if defasada:
        RascunhoAnterior.objects.create(
            adesao=adesao, tarefa=tarefa, dados=atual.dados, versao=atual.versao, salvo_em=atual.salvo_em, salvo_por_id=atual.salvo_por_id
        )
    atual.dados, atual.versao, atual.salvo_em, atual.salvo_por_id = novos, atual.versao + 1, agora, por.usuario_id
    atual.save()
    _tocar(adesao)
    return Salvo(atual, passou_por_cima=defasada)


def _compactar(dados: dict[str, str]) -> dict[str, str]:
    """Rows of applications without gaps, in their order; empty rows at the end fall away."""
    pares = [(dados.get(f"aplicacao_{i}_nome", ""), dados.get(f"aplicacao_{i}_orgao", "")) for i in range(1, fichas.MAX_APLICACOES + 1)]
    cheios = [par for par in pares if any(texto.strip() for texto in par)]
    resto = {nome: valor for nome, valor in dados.items() if not nome.startswith("aplicacao_") and nome != "linhas"}
    for i, (nome, orgao) in enumerate(cheios, 1):
        resto |= {f"aplicacao_{i}_nome": nome, f"aplicacao_{i}_orgao": orgao}
    return resto


def _tocar(adesao: Adesao) -> None:
    """From now on the analista cannot take the return back: the prefeitura has begun to work on it."""
    if adesao.estado == Estado.DEVOLVIDA and not adesao.tocada:
        adesao.tocada = True
        adesao.save(update_fields=["tocada"])


def guardar_brasao(*, adesao_id: int, arquivo: File[bytes], por: Ator, agora: dt.datetime) -> Documento:
    """Keep the prefeitura's coat of arms (PNG or JPEG, made again by us). Raises ``RegraViolada`` with what is wrong with the file."""
    with (
        recebimento.conferir_imagem(arquivo=arquivo, agora=agora, por_id=por.usuario_id, campo="brasao") as conferida,
        transaction.atomic(),
    ):
        adesao = editavel(adesao_id, por=por)
        documento = recebimento.receber_imagem(
            arquivo=conferida, especie="brasao", dono=adesao.dono, titulo="Brasão", agora=agora, por_id=por.usuario_id, campo="brasao"
        )
        adesao.brasao = documento
        adesao.save(update_fields=["brasao"])
        _tocar(adesao)
        return documento


@transaction.atomic
def remover_brasao(*, adesao_id: int, por: Ator, agora: dt.datetime) -> None:
    """The papers go without a coat of arms."""
    adesao = editavel(adesao_id, por=por)
    adesao.brasao = None
    adesao.save(update_fields=["brasao"])
    _tocar(adesao)


@transaction.atomic
def gerar_pecas(*, adesao_id: int, por: Ator, agora: dt.datetime) -> list[Documento]:
    """Order the PDFs of every paper whose data are complete; what has not changed is not made again (ADS-02).

    For what was ordered before and is not made yet the worker is asked again.
    """
    adesao = editavel(adesao_id, por=por)
    validacao = pecas.validar(consultas.brutos(adesao), hoje=prazos.dia_local(agora))
    prontas = [codigo for codigo in pecas.PECAS if validacao.certa(*pecas.PRECISA[codigo])]
    if not prontas:
        raise RegraViolada("Preencha ao menos um dos documentos por inteiro antes de gerar os PDFs.", regra="ADS-02")
    documentos = [
        pdf.encomendar(
            especie=codigo,
            modelo=codigo,
            dados=pecas.conteudo(adesao, validacao.limpos, codigo),
            dono=adesao.dono,
            titulo=f"{pecas.PECAS[codigo].curto} {adesao.numero}",
            agora=agora,
            por_id=por.usuario_id,
        )
        for codigo in prontas
    ]
    pdf.pedir_de_novo(documentos, agora=agora)
    return documentos


def anexar_assinado(*, adesao_id: int, peca: str, arquivo: File[bytes], por: Ator, agora: dt.datetime) -> CopiaAssinada:
    """Take in the signed copy of a paper; it replaces an earlier one (ADS-02).

    Raises ``RegraViolada`` (campo = the paper) with what is wrong with the file, when the PDF was never made, when the text of the
    scan carries the code of another or an older version (settled question 3), or when the very same file stands for another paper, is the
    copy that PRODESP returned, or has fewer pages than the paper.
    """
    copias.recusar_foto(arquivo, peca)
    with recebimento.conferir(arquivo=arquivo, agora=agora, por_id=por.usuario_id, campo=peca) as conferido, transaction.atomic():
        adesao = editavel(adesao_id, por=por)
        validacao = pecas.validar(consultas.brutos(adesao), hoje=prazos.dia_local(agora))
        situacao = next((s for s in pecas.situacao_das_pecas(adesao, validacao) if s.peca == peca), None)
        if situacao is None:
            raise RegraViolada("Este documento não faz parte do processo.", campo=peca)
        if peca != pecas.DELEGACAO and situacao.gerado is None:
            raise RegraViolada("Gere o PDF deste documento, assine e só então envie a cópia assinada.", regra="ADS-02", campo=peca)
        copias.conferir(adesao, situacao, conferido)
        documento = recebimento.receber(
            arquivo=conferido,
            especie=f"{peca}-assinado",
            dono=adesao.dono,
            titulo=f"{situacao.curto} assinado {adesao.numero}",
            agora=agora,
            por_id=por.usuario_id,
            campo=peca,
        )
        _retirar_copias(adesao, peca, agora=agora)
        copia = CopiaAssinada.objects.create(
            adesao=adesao, peca=peca, documento=documento, gerado=situacao.gerado, em=agora, por_id=id_de(por)
        )
        _tocar(adesao)
        return copia


def _retirar_copias(adesao: Adesao, *pecas_: str, agora: dt.datetime) -> None:
    """Take the signed copies of these papers out of the draft: what was sent stays in its sending, the rest is erased with its file."""
    copias = adesao.copias.filter(peca__in=pecas_)
    copias.filter(substituida_em__isnull=True).update(substituida_em=agora)
    enviadas = EnvioPeca.objects.filter(envio__adesao=adesao).values("assinado_id")
    nao_enviadas = {c.pk: c.documento_id for c in copias.exclude(documento_id__in=enviadas)}
    adesao.copias.filter(pk__in=nao_enviadas).delete()
    recebimento.apagar(nao_enviadas.values())


@transaction.atomic
def remover_assinado(*, adesao_id: int, peca: str, por: Ator, agora: dt.datetime) -> None:
    """Take a signed copy out of the draft. What was sent before stays in its sending."""
    adesao = editavel(adesao_id, por=por)
    _retirar_copias(adesao, peca, agora=agora)
    _tocar(adesao)


@transaction.atomic
def descartar(*, adesao_id: int, por: Ator, agora: dt.datetime) -> Adesao:
    """Throw the draft away, its signed copies included; the municipality is free again (ADS-10)."""
    adesao, _ = fluxo.executar(Adesao, adesao_id, "descartar", por=por, agora=agora)
    _retirar_copias(adesao, *pecas.PECAS, pecas.DELEGACAO, agora=agora)
    return adesao


@transaction.atomic
def responder_pendencia(*, adesao_id: int, pendencia_id: int, resposta: str, por: Ator, agora: dt.datetime) -> Pendencia:
    """Answer a pendência instead of changing the value; an empty text takes the answer back. Raises ``RegraViolada`` for one that is
    not open.
    """
    adesao = editavel(adesao_id, por=por)
    pendencia = adesao.pendencias.filter(pk=pendencia_id, comunicada_em__isnull=False, encerrada_em__isnull=True).first()
    if pendencia is None:
        raise RegraViolada("Esta pendência não está aberta.", regra="ADS-03")
    pendencia.resposta = resposta.strip()[:500]
    pendencia.save(update_fields=["resposta"])
    _tocar(adesao)
    return pendencia


@transaction.atomic
def registrar_autorizacao(
    *,
    adesao_id: int,
    aplicacao_id: int,
    autorizacao: str,
    data: dt.date | None,
    documento: str,
    por: Ator,
    agora: dt.datetime,
) -> Aplicacao:
    """How the authorisation of a State application stands (ADS-08). Raises ``RegraViolada`` for an unknown application or a missing
    date.
    """
    adesao = travada(adesao_id, por=por, ato="adesao.autorizacoes")
    aplicacao = adesao.aplicacoes.filter(pk=aplicacao_id).first()
    if aplicacao is None:
        raise RegraViolada("Esta aplicação não está na adesão.", regra="ADS-08")
    if autorizacao not in Aplicacao.Autorizacao.values:
        raise RegraViolada("Escolha a situação da autorização.", regra="ADS-08", campo="autorizacao")
    if autorizacao != Aplicacao.Autorizacao.PENDENTE and data is None:
        raise RegraViolada("Informe a data.", regra="ADS-08", campo="data")
    if data is not None and data > prazos.dia_local(agora):
        raise RegraViolada("Esta data ainda não chegou.", regra="ADS-08", campo="data")
    aplicacao.autorizacao, aplicacao.autorizacao_data, aplicacao.autorizacao_documento = autorizacao, data, documento[:120]
    aplicacao.atualizada_em, aplicacao.atualizada_por_id = agora, por.usuario_id
    aplicacao.save()
    anotar(adesao, "autorizacao", por=por, agora=agora, comentario=f"{aplicacao.nome}: {aplicacao.get_autorizacao_display()}")
    return aplicacao


@transaction.atomic
def lembrar_correcao(*, adesao_id: int, dias: list[int], agora: dt.datetime) -> int | None:
    """Remind the prefeitura of a pending correction when one of the ``dias`` is due; return which, or None (PRZ-03).

    Past days that a sleeping beat missed give one reminder, not one each. The outbox key makes a repeat harmless.
    """
    adesao = fluxo.travar(Adesao, adesao_id)
    if adesao.estado != Estado.DEVOLVIDA or adesao.vence_em is None:
        return None
    faltam = prazos.faltam(adesao.vence_em, agora)
    degraus = sorted({*dias, -1})
    devido = next((d for d in degraus if faltam <= d), None)
    if devido is None:
        return None
    notificacoes.lembrete_de_correcao(adesao, degrau=devido, faltam=faltam, agora=agora)
    return devido


def esquecer_rascunhos(*, agora: dt.datetime, pedaco: int = 1000) -> int:
    """Delete overtaken texts older than ``settings.GUARDA_DOS_RASCUNHOS_DIAS`` of processes that were sent, ``pedaco`` at a time; return
    how many (LGPD, art. 15).

    While a process is with the prefeitura (a draft, a correction) its texts stay: the page of the task still shows them.
    """
    velhos = (
        RascunhoAnterior.objects.filter(
            salvo_em__lt=agora - dt.timedelta(days=settings.GUARDA_DOS_RASCUNHOS_DIAS), adesao__primeiro_envio_em__isnull=False
        )
        .exclude(adesao__estado__in=EDITAVEIS)
        .order_by("pk")
    )
    apagados = 0
    while pks := list(velhos.values_list("pk", flat=True)[:pedaco]):
        apagados += RascunhoAnterior.objects.filter(pk__in=pks).delete()[0]
    return apagados
