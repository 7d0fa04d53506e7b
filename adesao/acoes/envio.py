"""The sending: freezes a copy of data and files, turns the number into a protocol, starts PRODESP's clock."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import transaction

from adesao import fichas, notificacoes, pecas, revisao
from adesao.models import Adesao, Aplicacao, DeclaracaoAceita, Envio, EnvioPeca, Responsavel
from contas.permissoes import id_de
from documentos import pdf
from nucleo import campos, declaracoes, fluxo, prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from nucleo.templatetags.portal import tamanho

from .comum import editavel, vence_em


class FaltaAlgo(RegraViolada):
    """The pre-check found something missing; ``faltas`` lists it all."""

    def __init__(self, faltas: list[revisao.Falta]) -> None:
        super().__init__(f"Ainda falta: {faltas[0].texto}", regra=faltas[0].regra)
        self.faltas = faltas


@transaction.atomic
def enviar(*, adesao_id: int, por: Ator, agora: dt.datetime) -> Envio:
    """Send the papers to PRODESP, for the first time or corrected (ADS-02, ADS-03).

    Freezes the whole form and the files, writes the typed rows, closes answered pendências, starts the 20 days (PRZ-05) and orders the
    receipt. Raises ``FaltaAlgo`` with everything missing, ``SemPermissao``, ``TransicaoIndisponivel`` (409).
    """
    adesao = editavel(adesao_id, por=por)
    rev = revisao.rever(adesao, agora=agora)
    if not rev.pode_enviar:
        raise FaltaAlgo(rev.faltas)
    limpos = rev.validacao.limpos
    _gravar_tipados(adesao, limpos)
    adesao, _ = fluxo.executar(
        Adesao,
        adesao_id,
        "enviar",
        por=por,
        agora=agora,
        vence_em=vence_em(agora, "conferencia"),
        limite_em=vence_em(agora, "total"),
        dados={"envio": adesao.envios + 1},
    )
    leitura = pecas.leitura(adesao, limpos)
    dados = {"leitura": leitura, "declaracoes": [d.codigo for d in declaracoes.DECLARACOES]}
    canonico = json.dumps(dados, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    envio = Envio.objects.create(
        adesao=adesao,
        ordem=adesao.envios,
        em=agora,
        por_id=id_de(por),
        dados=dados,
        dados_sha256=hashlib.sha256(canonico.encode()).hexdigest(),
    )
    EnvioPeca.objects.bulk_create(
        [EnvioPeca(envio=envio, peca=s.peca, gerado=s.gerado, assinado=s.copia.documento) for s in rev.situacao if s.copia is not None]
    )
    _gravar_declaracoes(adesao, envio)
    adesao.pendencias.filter(comunicada_em__isnull=False, encerrada_em__isnull=True).update(encerrada_em=agora)
    envio.recibo = pdf.encomendar(
        especie=f"recibo-{envio.ordem}",
        modelo="recibo",
        dados=_dados_do_recibo(adesao, envio, rev, por),
        dono=adesao.dono,
        titulo=f"Recibo {adesao.numero} envio {envio.ordem}",
        agora=agora,
        por_id=por.usuario_id,
    )
    envio.save(update_fields=["recibo"])
    notificacoes.enviada(adesao, envio, agora=agora)
    return envio


def _gravar_tipados(adesao: Adesao, limpos: pecas.Limpos) -> None:
    """The columns and rows that later floors read, replaced by what is being sent. What is known of an authorisation is kept (ADS-08)."""
    anexo1, anexo2 = limpos["anexo1"], limpos["anexo2"]
    adesao.cnpj = limpos["prefeitura"]["cnpj"]
    adesao.blocos_privados = anexo2["blocos_privados"]
    adesao.blocos_publicos = anexo2["blocos_publicos"]
    adesao.save(update_fields=["cnpj", "blocos_privados", "blocos_publicos"])
    adesao.responsaveis.all().delete()
    Responsavel.objects.bulk_create([_responsavel(adesao, anexo1, n) for n in (1, 2)])
    _gravar_aplicacoes(adesao, [(a["nome"], a["orgao"]) for a in anexo2["aplicacoes"]])


def _gravar_aplicacoes(adesao: Adesao, pedidas: list[tuple[str, str]]) -> None:
    """One row per application asked for, in order. The same name and órgão is the same row, accents, case and spaces aside."""
    restam = {(a.nome, a.orgao): a for a in adesao.aplicacoes.all()}
    iguais = {par: restam.pop(par) for par in pedidas if par in restam}
    dobradas = {(pecas.dobrado(nome), pecas.dobrado(orgao)): (nome, orgao) for nome, orgao in restam}
    novas, conhecidas = [], []
    for ordem, (nome, orgao) in enumerate(pedidas, 1):
        aplicacao = iguais.get((nome, orgao)) or restam.pop(dobradas.get((pecas.dobrado(nome), pecas.dobrado(orgao)), ("", "")), None)
        if aplicacao is None:
            novas.append(Aplicacao(adesao=adesao, ordem=ordem, nome=nome, orgao=orgao))
            continue
        aplicacao.ordem, aplicacao.nome, aplicacao.orgao = ordem, nome, orgao
        conhecidas.append(aplicacao)
    adesao.aplicacoes.filter(pk__in=[a.pk for a in restam.values()]).delete()
    Aplicacao.objects.bulk_update(conhecidas, ["ordem", "nome", "orgao"])
    Aplicacao.objects.bulk_create(novas)


def _responsavel(adesao: Adesao, anexo1: dict[str, Any], n: int) -> Responsavel:
    telefone, _, ramal = anexo1[f"r{n}_telefone"].partition("r")
    return Responsavel(
        adesao=adesao,
        ordem=n,
        telefone=telefone,
        ramal=ramal,
        **{c: anexo1[f"r{n}_{c}"] for c in ("matricula", "nome", "cpf", "celular", "email", "cargo", "departamento")},
    )


def _gravar_declaracoes(adesao: Adesao, envio: Envio) -> None:
    """Who declared, when, and which version of each text: the save of the task is the act (ADS-09, ADS-16)."""
    rascunho = adesao.rascunhos.get(tarefa="declaracoes")
    DeclaracaoAceita.objects.bulk_create(
        [
            DeclaracaoAceita(envio=envio, codigo=d.codigo, versao=d.versao, em=rascunho.salvo_em, por_id=rascunho.salvo_por_id)
            for d in declaracoes.DECLARACOES
            if rascunho.dados.get(fichas.nome_da_declaracao(d))
        ]
    )


def _dados_do_recibo(adesao: Adesao, envio: Envio, rev: revisao.Revisao, por: Ator) -> dict[str, Any]:
    assert adesao.vence_em is not None
    base = settings.ENDERECO_PUBLICO
    return {
        "processo": adesao.numero,
        "envio": envio.ordem,
        "municipio": adesao.municipio.nome,
        "cnpj": campos.formatar_cnpj(adesao.cnpj),
        "enviado_em": f"{prazos.dia_por_extenso(prazos.dia_local(envio.em))}, {prazos.hora(envio.em)}",
        "por": por.nome,
        "documentos": [
            {
                "titulo": s.titulo,
                "paginas": s.copia.documento.paginas,
                "tamanho": tamanho(s.copia.documento.tamanho),
                "sha256": s.copia.documento.sha256,
                "codigo": s.gerado.codigo if s.gerado else "",
            }
            for s in rev.situacao
            if s.copia is not None
        ],
        "resumo_sha256": envio.dados_sha256,
        "proximo_passo": "A PRODESP confere os documentos e avisa por e-mail.",
        "quem_age": "a PRODESP",
        "ate_quando": prazos.dia_por_extenso(prazos.ultimo_dia(adesao.vence_em)),
        "endereco_verificar": base.split("://", 1)[-1] + "/verificar",
        "qr": f"{base}/verificar/?codigo={{codigo}}",
    }
