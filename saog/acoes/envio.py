"""Sending to PRODESP: the limits are taken here, and what was asked for is frozen (SS-01, SS-10, LNK-01 to LNK-07)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import IntegrityError, transaction

from contas.permissoes import id_de
from documentos import pdf
from enderecamento.consultas import exigir_que_possa_emitir
from nucleo import fluxo, prazos
from nucleo.erros import RegraViolada, SemPermissao
from nucleo.fluxo import Ator
from saog import consultas, fichas, notificacoes, pecas
from saog.consultas.filas import nunca_suspensa
from saog.estados import CONEXAO_DO_SERVICO, OCUPAM, Conexao, EstadoDoAcesso, Natureza
from saog.models import Acesso, EnvioSS, SolicitacaoServico, Unidade, chave_do_local

from .comum import anotar, travada, vence_em
from .correcao import exigir_correcao
from .rascunho import adesao_em_vigor, conferir_acesso, conferir_alvo, editavel


class FaltaPreencher(RegraViolada):
    """The form is not right yet; ``ficha`` is it, bound, with an error beside each field."""

    def __init__(self, ficha: fichas.Ficha, ss: SolicitacaoServico) -> None:
        super().__init__(f"A solicitação {ss.numero} ainda tem campos para corrigir.")
        self.ficha, self.ss = ficha, ss


class LimiteAtingido(RegraViolada):
    """No place is left (LNK-01, LNK-03)."""


@transaction.atomic
def enviar(*, ss_id: int, por: Ator, agora: dt.datetime) -> EnvioSS:
    """Send one request to PRODESP, for the first time or corrected: takes the place, freezes the content, orders the receipt.

    Lock order: adhesion, request, link. Raises ``FaltaPreencher``, ``SemCorrecao``, ``LimiteAtingido``, ``RegraViolada`` with the
    rule's number, ``SemPermissao``, ``TransicaoIndisponivel`` (409).
    """
    municipio_id = SolicitacaoServico.objects.values_list("municipio_id", flat=True).get(pk=ss_id)
    if municipio_id not in por.municipios("responsavel"):
        raise SemPermissao("Este ato não é do seu papel nesta solicitação.")
    adesao_em_vigor(municipio_id, travar=True)
    ss = editavel(ss_id, por=por)
    blocos = consultas.sub_blocos_de(municipio_id) if ss.natureza == Natureza.ATIVACAO else ()
    oferta = consultas.oferta(agora, acesso=ss.acesso, sub_blocos=blocos)
    ficha = fichas.ficha_de(ss.tipo.comportamento)(ss.rascunho, oferta=oferta)
    if not ficha.is_valid():
        raise FaltaPreencher(ficha, ss)
    limpos = ficha.cleaned_data
    exigir_correcao(ss, limpos)
    _tomar(ss, limpos, por=por, agora=agora)
    try:
        with transaction.atomic():
            ss, _ = fluxo.executar(
                SolicitacaoServico,
                ss_id,
                "enviar",
                por=por,
                agora=agora,
                vence_em=vence_em(agora, "conferencia"),
                dados={"envio": ss.envios + 1},
            )
    except IntegrityError as erro:  # the fence behind conferir_acesso and conferir_alvo
        raise RegraViolada("Já há outro pedido em andamento sobre o mesmo link ou a mesma solicitação.") from erro
    return _congelar(ss, limpos, por=por, agora=agora)


@transaction.atomic
def enviar_varias(*, ids: list[int], por: Ator, agora: dt.datetime) -> list[EnvioSS]:
    """Send several: all or none."""
    if not ids:
        raise RegraViolada("Escolha ao menos uma solicitação.")
    if len(ids) > 50:
        raise RegraViolada("Envie até 50 solicitações de cada vez.")
    _exigir_locais_diferentes(ids)
    return [enviar(ss_id=pk, por=por, agora=agora) for pk in sorted(set(ids))]


def _exigir_locais_diferentes(ids: list[int]) -> None:
    """Raise ``RegraViolada`` (LNK-04) when two of those sent together are for a link of the same kind at one address (one query)."""
    vistas: dict[tuple[str, str], SolicitacaoServico] = {}
    for ss in SolicitacaoServico.objects.filter(pk__in=ids, natureza=Natureza.ATIVACAO).order_by("pk"):
        local = consultas.local_do_rascunho(ss.rascunho)
        outra = vistas.setdefault(local, ss) if local else ss
        if outra is not ss:
            raise RegraViolada(
                f"{outra.titulo} ({outra.numero}) e {ss.titulo} ({ss.numero}) são para o mesmo endereço, e não há redundância. Tire um.",
                regra="LNK-04",
                campo="logradouro",
            )


def _tomar(ss: SolicitacaoServico, limpos: dict[str, Any], *, por: Ator, agora: dt.datetime) -> None:
    """The typed columns, and on an ativação the link with its place. The request is under lock."""
    if ss.natureza == Natureza.ATIVACAO:
        ss.acesso = _lugar(ss, limpos, por=por, agora=agora)
        ss.servico, ss.velocidade, ss.titulo = limpos["servico"], limpos["velocidade"], limpos["unidade_nome"]
    elif ss.natureza == Natureza.CANCELAMENTO:
        conferir_alvo(ss.alvo, exceto=ss.pk)
    else:
        assert ss.acesso is not None  # given when it was begun
        conferir_acesso(ss.acesso, exceto=ss.pk)
        ss.servico = limpos.get("servico") or ss.acesso.servico
        ss.velocidade = limpos.get("velocidade") or ss.acesso.velocidade
    ss.data_desejada = limpos.get("data_desejada") or limpos.get("desligar_em")
    ss.save(update_fields=["acesso", "servico", "velocidade", "titulo", "data_desejada"])


def _lugar(ss: SolicitacaoServico, limpos: dict[str, Any], *, por: Ator, agora: dt.datetime) -> Acesso:
    """The link of an ativação: made with the lowest free place, or the one it had, corrected. The adhesion is under lock."""
    conexao = CONEXAO_DO_SERVICO[limpos["servico"]]
    if frase := consultas.redundancia(ss.municipio_id, _local(limpos), conexao, exceto=ss.acesso_id):
        raise RegraViolada(frase, regra="LNK-04", campo="logradouro")
    unidade = _unidade(ss.municipio_id, limpos)
    campos = {
        "unidade": unidade,
        "servico": limpos["servico"],
        "velocidade": limpos["velocidade"],
        "sub_bloco": limpos["sub_bloco"],
    }
    antigo = ss.acesso
    if antigo is not None and antigo.conexao == conexao:
        acesso, _ = fluxo.executar(Acesso, antigo.pk, "corrigir", por=por, agora=agora, campos=campos, dados=_de_para(antigo, campos))
        return acesso
    if antigo is not None:  # another connection type is another place
        fluxo.executar(Acesso, antigo.pk, "liberar", por=por, agora=agora)
    return _reservar(ss.municipio_id, conexao, campos, por=por, agora=agora)


def _reservar(municipio_id: int, conexao: Conexao, campos: dict[str, Any], *, por: Ator, agora: dt.datetime) -> Acesso:
    """The lowest free place of that connection type. Raises ``LimiteAtingido``; the database refuses what would slip by."""
    limite = consultas.limite_de(municipio_id, conexao, agora)
    usados = set(Acesso.objects.filter(municipio_id=municipio_id, conexao=conexao, estado__in=OCUPAM).values_list("ordinal", flat=True))
    ordinal = next((n for n in range(1, limite + 1) if n not in usados), None)
    if ordinal is None or len(usados) >= limite:
        raise LimiteAtingido(_frase_do_limite(conexao, limite), regra=consultas.regra_do_limite(conexao), campo="servico")
    try:
        with transaction.atomic():
            acesso = Acesso.objects.create(
                municipio_id=municipio_id,
                conexao=conexao,
                ordinal=ordinal,
                excedente=consultas.concedido_para(municipio_id, ordinal, agora),
                desde=agora,
                **campos,
            )
    except IntegrityError as erro:
        raise RegraViolada("Outro pedido acabou de usar este lugar. Envie de novo.", regra="LNK-07") from erro
    anotar(acesso, "reservar", por=por, agora=agora, dados={"servico": acesso.servico, "velocidade": acesso.velocidade})
    return acesso


def _frase_do_limite(conexao: Conexao, limite: int) -> str:
    if conexao == Conexao.INTERNET:
        return "A prefeitura já tem o seu link de internet: é um por prefeitura, e não há exceção. Para trocar, desative o atual antes."
    return (
        f"A prefeitura já usa os seus {limite} links de intranet, contando os pedidos em andamento. "
        "Desative um link que não usa mais, ou justifique à PRODESP a necessidade de mais."
    )


def _local(limpos: dict[str, Any]) -> str:
    return chave_do_local(cep=limpos["cep"], logradouro=limpos["logradouro"], numero=limpos["numero"], nome=limpos["unidade_nome"])


def _unidade(municipio_id: int, limpos: dict[str, Any]) -> Unidade:
    """The site at that address, as this request describes it (one row per address)."""
    campos = {
        "nome": limpos["unidade_nome"],
        **{n: limpos[n] for n in ("logradouro", "numero", "complemento", "bairro", "cep")},
        **{n: limpos[n] for n in ("contato_nome", "contato_telefone", "funcionamento", "sala")},
    }
    unidade, _ = Unidade.objects.update_or_create(municipio_id=municipio_id, local=_local(limpos), defaults=campos)
    return unidade


def _de_para(acesso: Acesso, campos: dict[str, Any]) -> dict[str, Any]:
    """Old and new value of what changes, as text, for the history (SS-10)."""
    return {n: {"de": str(getattr(acesso, n)), "para": str(v)} for n, v in campos.items() if getattr(acesso, n) != v}


def _congelar(ss: SolicitacaoServico, limpos: dict[str, Any], *, por: Ator, agora: dt.datetime) -> EnvioSS:
    valor = consultas.preco(ss.servico, ss.velocidade, prazos.dia_local(agora)) if ss.natureza != Natureza.DESATIVACAO else None
    dados = {"leitura": pecas.leitura(ss, limpos), "preco": pecas.preco_congelado(valor), "limpos": pecas.em_json(limpos)}
    canonico = json.dumps(dados, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    envio = EnvioSS.objects.create(
        solicitacao=ss,
        ordem=ss.envios,
        em=agora,
        por_id=id_de(por),
        dados=dados,
        dados_sha256=hashlib.sha256(canonico.encode()).hexdigest(),
    )
    envio.recibo = pdf.encomendar(
        especie=f"recibo-{envio.ordem}",
        modelo="recibo_ss",
        dados=pecas.recibo(ss, envio, por),
        dono=ss.dono,
        titulo=f"Recibo da solicitação {ss.numero}, envio {envio.ordem}",
        agora=agora,
        por_id=por.usuario_id,
    )
    envio.save(update_fields=["recibo"])
    notificacoes.enviada(ss, envio, agora=agora)
    return envio


@transaction.atomic
def emitir(*, ss_id: int, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Order it from the Operadora (SS-03). A cancelamento whose request was delivered meanwhile is refused."""
    ss = travada(ss_id, por=por, ato="ss.emitir")
    if not nunca_suspensa(ss):  # what ends a link, and its cost, is never held (SS-08)
        exigir_que_possa_emitir(ss.municipio_id)
    if ss.natureza == Natureza.CANCELAMENTO:
        conferir_alvo(ss.alvo, exceto=ss.pk)
    ss, _ = fluxo.executar(SolicitacaoServico, ss_id, "emitir", por=por, agora=agora)
    if ss.natureza == Natureza.ATIVACAO:
        fluxo.executar(Acesso, ss.acesso_id, "implantar", por=por, agora=agora)
    pecas.encomendar_ordem(ss, por=por, agora=agora)
    notificacoes.emitida(ss, agora=agora)
    return ss


@transaction.atomic
def emitir_varias(*, ids: list[int], por: Ator, agora: dt.datetime) -> list[SolicitacaoServico]:
    """Emit several: all or none."""
    if not ids or len(ids) > 50:
        raise RegraViolada("Escolha de 1 a 50 solicitações.")
    return [emitir(ss_id=pk, por=por, agora=agora) for pk in sorted(set(ids))]


@transaction.atomic
def cancelar(*, ss_id: int, motivo: str, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Take a request back before attendance; its place is free again (LNK-07)."""
    antes = travada(ss_id, por=por, ato="ss.cancelar")
    ss, _ = fluxo.executar(
        SolicitacaoServico, ss_id, "cancelar", por=por, agora=agora, comentario=motivo.strip()[:500], motivo=motivo.strip()[:500]
    )
    liberar_lugar(ss, por=por, agora=agora)
    notificacoes.cancelada(ss, com_a_operadora=antes.emitida_em is not None, agora=agora)
    return ss


def liberar_lugar(ss: SolicitacaoServico, *, por: Ator, agora: dt.datetime) -> None:
    """Free the place of an ativação that ended without a link (LNK-07). Nothing for the other kinds."""
    if ss.natureza != Natureza.ATIVACAO or ss.acesso_id is None:
        return
    acesso = fluxo.travar(Acesso, ss.acesso_id)
    if acesso.estado in (EstadoDoAcesso.RESERVADO, EstadoDoAcesso.EM_IMPLANTACAO):
        fluxo.executar(Acesso, acesso.pk, "liberar", por=por, agora=agora)
