"""Applying and ending sanctions (IP-07): each recorded, told to the prefeitura, and lifted with a reason or at the end of its term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q

from contas.permissoes import exigir
from documentos import recebimento, validacao
from enderecamento import consultas, notificacoes
from enderecamento.estados import EspecieDeSancao, EstadoDaSancao
from enderecamento.models import HistoricoSancao, Sancao, SubBlocoCIDR
from nucleo import fluxo, prazos
from nucleo.erros import RegraViolada, texto_exigido
from nucleo.fluxo import SISTEMA, Ator

from .blocos import em_vigor

PRAZO_MAXIMO = dt.timedelta(days=5 * 365)


def aplicar_sancao(
    adesao_id: int,
    *,
    especie: str,
    motivo: str,
    evidencia: str = "",
    vale_ate: dt.date | None = None,
    blocos: Sequence[int] = (),
    arquivo: File[bytes] | None = None,
    por: Ator,
    agora: dt.datetime,
) -> Sancao:
    """Apply a sanction and tell the prefeitura. ``blocos`` are the sub-blocks of a partial blocking; ``arquivo`` a PDF or photo (evidence).

    Raises ``RegraViolada`` beside the field, also for choices that contradict each other or those in force (``exigir_que_acrescente``);
    ``TransicaoIndisponivel`` when the adhesion is not in force.
    """
    quem = exigir(por, "sancoes.aplicar")
    motivo = texto_exigido(motivo, frase="Escreva o motivo: a prefeitura vai ler.", campo="motivo", maximo=1000, regra="IP-07")
    if especie not in EspecieDeSancao.values:
        raise RegraViolada("Escolha a sanção.", campo="especie", regra="IP-07")
    hoje = prazos.dia_local(agora)
    if vale_ate is not None and not hoje <= vale_ate <= hoje + PRAZO_MAXIMO:
        raise RegraViolada("O último dia vai de hoje até daqui a cinco anos.", campo="vale_ate", regra="IP-07")
    with ExitStack() as pilha:
        conferido = _conferido(pilha, arquivo, por=por, agora=agora) if arquivo else None
        pilha.enter_context(transaction.atomic())
        adesao = em_vigor(adesao_id)
        consultas.exigir_que_acrescente(especie, blocos, consultas.sancoes_de([adesao.municipio_id], so_vigentes=True))
        atingidos = _atingidos(adesao_id, blocos)
        sancao = Sancao.objects.create(
            adesao=adesao,
            especie=especie,
            desde=agora,
            motivo=motivo,
            evidencia=evidencia.strip()[:4000],
            vence_em=prazos.meia_noite(vale_ate + dt.timedelta(days=1)) if vale_ate else None,
            aplicada_em=agora,
            aplicada_por_id=quem,
            aplicada_por_nome=por.nome,
        )
        sancao.sub_blocos.set(atingidos)
        if conferido is not None:
            receber, de_que = conferido
            sancao.documento = receber(
                arquivo=de_que,
                especie="evidencia",
                dono=sancao.dono,
                titulo=f"Evidência da sanção {sancao.pk}",
                agora=agora,
                por_id=quem,
                campo="arquivo",
            )
            sancao.save(update_fields=["documento"])
        HistoricoSancao.objects.create(
            processo=sancao,
            transicao="aplicar",
            para=sancao.estado,
            em=agora,
            por_id=quem,
            por_nome=por.nome,
            por_papel=fluxo.papel_de(sancao, por),
            ip=por.ip,
            comentario=motivo,
            dados={"especie": especie, "sub_blocos": [str(b) for b in atingidos]},
        )
        trocados = consultas.substitutos([sancao]).get(sancao.pk, [])
        notificacoes.sancao_aplicada(sancao, atingidos, trocados, agora=agora)
        return sancao


@transaction.atomic
def levantar_sancao(sancao_id: int, *, motivo: str, por: Ator, agora: dt.datetime) -> Sancao:
    """End a sanction before its term, or one without term. Raises ``TransicaoIndisponivel`` when it ended already."""
    exigir(por, "sancoes.aplicar")
    motivo = texto_exigido(
        motivo, frase="Escreva por que a sanção termina: a prefeitura vai ler.", campo="motivo", maximo=1000, regra="IP-07"
    )
    sancao, _ = fluxo.executar(Sancao, sancao_id, "levantar", por=por, agora=agora, comentario=motivo, motivo=motivo)
    notificacoes.sancoes_encerradas([sancao], agora=agora)
    return sancao


def encerrar_sancoes(*, agora: dt.datetime) -> int:
    """End those whose term is over (the sweep); return how many."""
    vencida = Q(estado=EstadoDaSancao.VIGENTE, vence_em__lte=agora)
    pks = list(Sancao.objects.filter(vencida).order_by("vence_em", "pk").values_list("pk", flat=True)[:500])

    def contar(pares: list[tuple[Sancao, Any]]) -> None:
        notificacoes.sancoes_encerradas((sancao for sancao, _ in pares), agora=agora)

    lote = fluxo.executar_lote(
        Sancao,
        pks,
        "vencer",
        por=SISTEMA,
        agora=agora,
        onde=vencida,
        com=("adesao__municipio",),
        comentario=lambda _: "O prazo terminou.",
        depois=contar,
    )
    return len(lote.feitas)


def _conferido(pilha: ExitStack, arquivo: File[bytes], *, por: Ator, agora: dt.datetime) -> tuple[Any, Any]:
    """The file examined before the transaction opens, and how to receive it. Raises ``RegraViolada`` (campo ``arquivo``)."""
    arquivo.seek(0)
    e_pdf = b"%PDF-" in arquivo.read(1024)
    arquivo.seek(0)
    conferir = recebimento.conferir if e_pdf else partial(recebimento.conferir_imagem, medidas=validacao.FOTO)
    achado = pilha.enter_context(conferir(arquivo=arquivo, agora=agora, por_id=por.usuario_id, campo="arquivo"))
    return (recebimento.receber if e_pdf else recebimento.receber_imagem), achado


def _atingidos(adesao_id: int, blocos: Sequence[int]) -> list[SubBlocoCIDR]:
    """The sub-blocks of a partial blocking, all of this prefeitura; none of another sanction. Raises ``RegraViolada``."""
    if not blocos:
        return []
    achados = list(SubBlocoCIDR.objects.filter(pk__in=set(blocos), adesao=adesao_id).order_by("inicio"))
    if len(achados) != len(set(blocos)):
        raise RegraViolada("Escolha os sub-blocos desta prefeitura que ficam bloqueados.", campo="blocos", regra="IP-07")
    return achados
