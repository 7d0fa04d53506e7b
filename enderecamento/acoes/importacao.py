"""Importing the allocations that PRODESP has: a file is kept, looked at as often as wanted, written all at once or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import defaultdict

from django.db import transaction

from adesao.models import Adesao
from contas.permissoes import pode
from enderecamento import notificacoes
from enderecamento.consultas import importacao as consultas
from enderecamento.consultas.importacao import Entrada, Relatorio, em_pedacos
from enderecamento.consultas.planilha import ler, texto_de
from enderecamento.estados import TETO, Origem, Perfil
from enderecamento.models import Alocacao, ImportacaoDeBlocos, QuantidadeDeBlocos, SubBlocoCIDR
from nucleo import fluxo, prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator

MOTIVO = "Cadastro anterior da PRODESP"


class ImportacaoComProblemas(RegraViolada):
    """The file changed from good to bad since it was looked at, or was bad all along. Carries the ``relatorio``."""

    def __init__(self, relatorio: Relatorio) -> None:
        n = relatorio.linhas_erradas
        super().__init__(f"Nada foi gravado: há {n} linha{'s' if n > 1 else ''} para corrigir.", regra="IP-04")
        self.relatorio = relatorio


def _gestor(por: Ator) -> None:
    """A gestor, or whoever runs the command on the server. Raises ``SemPermissao``."""
    if not pode(por, "blocos.importar"):
        raise SemPermissao("Este ato não é do seu papel.")


@transaction.atomic
def guardar_planilha(*, nome: str, dados: bytes, por: Ator, agora: dt.datetime) -> ImportacaoDeBlocos:
    """Keep a file that was sent, in place of the one this person had not written yet. Raises ``RegraViolada`` beside ``arquivo`` when it
    cannot be read at all: too large, not text, without the columns.
    """
    _gestor(por)
    texto = texto_de(dados)
    ler(texto)
    ImportacaoDeBlocos.objects.filter(enviada_por_id=por.usuario_id, gravada_em__isnull=True).delete()
    return ImportacaoDeBlocos.objects.create(
        nome="".join(c for c in nome if c.isprintable())[-120:] or "planilha.csv",
        sha256=hashlib.sha256(dados).hexdigest(),
        texto=texto,
        enviada_em=agora,
        enviada_por_id=por.usuario_id,
    )


@transaction.atomic
def gravar_importacao(importacao_id: uuid.UUID, *, avisar: bool = False, por: Ator, agora: dt.datetime) -> ImportacaoDeBlocos:
    """Write the whole file: slots, who holds them since ``desde``, and what the prefeitura asks for where its Anexo II said fewer (ADS-13).

    All is checked again under locks: the file's row, the adhesions, the slots. With ``avisar`` the responsáveis get one letter each.
    Raises ``ImportacaoComProblemas`` and writes nothing when a line is wrong, ``TransicaoIndisponivel`` when the file was written before.
    """
    _gestor(por)
    importacao = ImportacaoDeBlocos.objects.select_for_update(of=("self",), no_key=True).get(pk=importacao_id)
    if importacao.gravada_em is not None:
        raise TransicaoIndisponivel(f"Esta planilha já foi importada, por {importacao.gravada_por_nome}.")
    linhas = ler(importacao.texto)
    for pedaco in em_pedacos(sorted(consultas.municipios_de(linhas))):
        list(Adesao.objects.filter(municipio__in=pedaco).order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
    vagas: dict[int, SubBlocoCIDR] = {}
    for pedaco in em_pedacos(consultas.inicios_de(linhas)):
        travadas = SubBlocoCIDR.objects.filter(inicio__in=pedaco).select_for_update(of=("self",), no_key=True).order_by("vez")
        vagas |= {vaga.inicio: vaga for vaga in travadas}
    relatorio = consultas.conferir(linhas, agora=agora)
    if not relatorio.pode_gravar:
        raise ImportacaoComProblemas(relatorio)
    por_adesao = _ocupar(relatorio, vagas, quem=f"Importado por {por.nome} em {prazos.dia_local(agora):%d/%m/%Y}"[:150], por=por)
    _pedir_o_que_falta(relatorio, importacao.nome, por=por, agora=agora)
    importacao.gravada_em, importacao.gravada_por_id, importacao.gravada_por_nome = agora, por.usuario_id, por.nome
    importacao.blocos, importacao.prefeituras = len(relatorio.entradas), len(por_adesao)
    importacao.save(update_fields=["gravada_em", "gravada_por", "gravada_por_nome", "blocos", "prefeituras"])
    if avisar:
        notificacoes.importados(por_adesao, evento=str(importacao.pk), agora=agora)
    return importacao


def _ocupar(relatorio: Relatorio, vagas: dict[int, SubBlocoCIDR], *, quem: str, por: Ator) -> dict[int, list[SubBlocoCIDR]]:
    """Give each slot its holder and its place, lowest first, and open its history. Returns adesao → slots."""
    por_adesao: dict[int, list[SubBlocoCIDR]] = defaultdict(list)
    alocacoes = []
    proximo: dict[tuple[int, str], int] = defaultdict(lambda: 1)
    for e in sorted(relatorio.entradas, key=lambda e: e.rede.inicio):
        vaga, chave = vagas[e.rede.inicio], (e.adesao_id, e.perfil)
        usados = relatorio.usados[chave]
        while proximo[chave] in usados:
            proximo[chave] += 1
        vaga.adesao_id, vaga.ordinal = e.adesao_id, proximo[chave]
        vaga.excedente = relatorio.concedidos[e.adesao_id] if vaga.ordinal > TETO[e.perfil] else None
        proximo[chave] += 1
        por_adesao[e.adesao_id].append(vaga)
        alocacoes.append(_alocacao(e, vaga, quem=quem, por=por))
    ocupadas = [vaga for lista in por_adesao.values() for vaga in lista]
    SubBlocoCIDR.objects.bulk_update(ocupadas, ["adesao", "ordinal", "excedente"], batch_size=200)
    Alocacao.objects.bulk_create(alocacoes, batch_size=1000)
    return por_adesao


def _alocacao(e: Entrada, vaga: SubBlocoCIDR, *, quem: str, por: Ator) -> Alocacao:
    """The holding since the day of the spreadsheet; its line of who says when it was really written."""
    motivo = f"{MOTIVO}: {e.observacao}" if e.observacao else MOTIVO
    return Alocacao(
        sub_bloco=vaga,
        adesao_id=e.adesao_id,
        de=e.de,
        por_id=por.usuario_id,
        por_nome=quem,
        por_papel=fluxo.papel_de(vaga, por),
        ip=por.ip,
        motivo=motivo[:200],
    )


def _pedir_o_que_falta(relatorio: Relatorio, nome: str, *, por: Ator, agora: dt.datetime) -> None:
    QuantidadeDeBlocos.objects.bulk_create(
        [
            QuantidadeDeBlocos(
                adesao_id=p.adesao_id,
                perfil=perfil,
                quantidade=mais,
                origem=Origem.IMPORTACAO,
                referencia=f"Planilha {nome}"[:200],
                em=agora,
                por_id=por.usuario_id,
                por_nome=por.nome,
            )
            for p in relatorio.prefeituras
            for perfil, mais in ((Perfil.PRIVADO, p.mais_privados), (Perfil.PUBLICO, p.mais_publicos))
            if mais
        ]
    )
