"""Drafts: begun, saved while typed, copied, thrown away (SS-01)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from adesao.estados import Estado as EstadoDaAdesao
from adesao.models import Adesao
from contas.permissoes import id_de, pode
from nucleo import fluxo, numeracao
from nucleo.campos import formatar_telefone
from nucleo.erros import ConflitoDeVersao, RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog import consultas, fichas
from saog.estados import ABERTAS, CANCELAVEIS, INTERROMPIVEIS, EstadoDoAcesso, Natureza
from saog.models import Acesso, SolicitacaoServico, TipoDeSolicitacao

from .comum import anotar, travada

SEM_ADESAO = "A adesão da prefeitura não está em vigor. Sem ela não há pedidos de link."


def _em_vigor(municipio_id: int) -> Adesao | None:
    return Adesao.objects.filter(municipio_id=municipio_id, estado=EstadoDaAdesao.APROVADA).first()


def travar_adesao(municipio_id: int) -> Adesao | None:
    """The adhesion in force under lock, if there is one: nobody takes a place meanwhile. Needs a transaction."""
    adesao = _em_vigor(municipio_id)
    return fluxo.travar(Adesao, adesao.pk) if adesao is not None else None


def adesao_em_vigor(municipio_id: int, *, travar: bool = False) -> Adesao:
    """The adhesion in force of a prefeitura, under lock when asked: the first lock of every act that takes a place (lock order of the
    house). Raises ``RegraViolada`` (ADS-01) when there is none.
    """
    adesao = travar_adesao(municipio_id) if travar else _em_vigor(municipio_id)
    if adesao is None or adesao.estado != EstadoDaAdesao.APROVADA:
        raise RegraViolada(SEM_ADESAO, regra="ADS-01")
    return adesao


@transaction.atomic
def iniciar(
    *,
    municipio_id: int,
    tipo: str,
    por: Ator,
    agora: dt.datetime,
    acesso_id: int | None = None,
    alvo_id: int | None = None,
    copia_de: int | None = None,
    mudanca: uuid.UUID | None = None,
) -> SolicitacaoServico:
    """Begin a request of a kind: on a link (``acesso_id``) for alteração and desativação, on a request (``alvo_id``) for cancelamento.

    ``copia_de`` fills the form with what an earlier request of the same prefeitura asked for. Raises ``SemPermissao``, ``RegraViolada``.
    """
    if not pode(por, "ss.preencher", municipio_id) or municipio_id not in por.municipios("responsavel"):
        raise SemPermissao("Só um responsável desta prefeitura pede links para ela.")
    adesao_em_vigor(municipio_id)
    qual = consultas.tipo(tipo)
    if qual is None:
        raise RegraViolada("Escolha um tipo de solicitação da lista.", regra="SS-06", campo="tipo")
    acesso, alvo = _objeto(qual, municipio_id, acesso_id, alvo_id)
    texto = _rascunho_inicial(qual, municipio_id, copia_de)
    ss = SolicitacaoServico.objects.create(
        municipio_id=municipio_id,
        numero=numeracao.proximo("ss", timezone.localdate(agora).year),
        tipo=qual,
        natureza=qual.natureza,
        desde=agora,
        criada_em=agora,
        criada_por_id=id_de(por),
        acesso=acesso,
        alvo=alvo,
        mudanca=mudanca,
        titulo=_titulo(acesso, alvo) or texto.get("unidade_nome", "").strip()[:120],
        rascunho=texto,
    )
    anotar(ss, "iniciar", por=por, agora=agora)
    return ss


def _objeto(
    tipo: TipoDeSolicitacao, municipio_id: int, acesso_id: int | None, alvo_id: int | None
) -> tuple[Acesso | None, SolicitacaoServico | None]:
    """What the request acts on. Raises ``RegraViolada`` when it cannot."""
    if tipo.natureza == Natureza.ATIVACAO:
        return None, None
    if tipo.natureza == Natureza.CANCELAMENTO:
        alvo = SolicitacaoServico.objects.filter(pk=alvo_id or 0, municipio_id=municipio_id).first()
        conferir_alvo(alvo)
        return None, alvo
    acesso = Acesso.objects.filter(pk=acesso_id or 0, municipio_id=municipio_id).select_related("unidade").first()
    conferir_acesso(acesso)
    return acesso, None


def conferir_acesso(acesso: Acesso | None, *, exceto: int = 0) -> None:
    """Raise ``RegraViolada`` unless the link is in service and no other request on it is in progress."""
    if acesso is None or acesso.estado != EstadoDoAcesso.EM_SERVICO:
        raise RegraViolada("Escolha um link em serviço.", regra="SS-06", campo="acesso")
    outra = acesso.solicitacoes.filter(estado__in=ABERTAS).exclude(natureza=Natureza.CANCELAMENTO).exclude(pk=exceto).first()
    if outra is not None:
        saida = (
            "Cancele-o antes, na página dele, ou espere terminar."
            if outra.estado in CANCELAVEIS
            else "Peça à Operadora que pare, na página dele, ou espere terminar."
            if outra.estado in INTERROMPIVEIS
            else "Responda à entrega antes, na página dele."
        )
        raise RegraViolada(f"Já há um pedido em andamento para este link: {outra.numero}, em “{outra.rotulo}”. {saida}", campo="acesso")


def conferir_alvo(alvo: SolicitacaoServico | None, *, exceto: int = 0) -> None:
    """Raise ``RegraViolada`` unless the request was begun by the Operadora and not delivered (SS-06), and nothing else stops it already."""
    if alvo is not None and alvo.estado in CANCELAVEIS:
        raise RegraViolada(
            f"A Operadora ainda não começou a solicitação {alvo.numero}. Você mesmo pode cancelá-la, sem fazer outro pedido.", regra="SS-06"
        )
    if alvo is None or alvo.estado not in INTERROMPIVEIS or alvo.natureza == Natureza.CANCELAMENTO:
        raise RegraViolada("Só se pede o cancelamento do que a Operadora começou e ainda não entregou.", regra="SS-06", campo="alvo")
    outro = alvo.cancelamentos.filter(estado__in=ABERTAS).exclude(pk=exceto).first()
    if outro is not None:
        raise RegraViolada(f"Já há um pedido de cancelamento em andamento: {outro.numero}, em “{outro.rotulo}”.", campo="alvo")


def _titulo(acesso: Acesso | None, alvo: SolicitacaoServico | None) -> str:
    return acesso.unidade.nome if acesso else alvo.titulo if alvo else ""


def _rascunho_inicial(tipo: TipoDeSolicitacao, municipio_id: int, copia_de: int | None) -> dict[str, str]:
    ficha = fichas.ficha_de(tipo.comportamento)
    antiga = SolicitacaoServico.objects.filter(pk=copia_de or 0, municipio_id=municipio_id, natureza=tipo.natureza).first()
    if antiga is None:
        return {}
    copiado = fichas.so_os_campos(ficha, antiga.rascunho)
    for nome in ("declara_lnk_05", "data_desejada", "desligar_em", "sub_bloco"):
        copiado.pop(nome, None)
    return copiado


@transaction.atomic
def iniciar_mudanca(*, acesso_id: int, por: Ator, agora: dt.datetime) -> tuple[SolicitacaoServico, SolicitacaoServico]:
    """Change of address (SS-06): an ativação at the new one and a desativação of the old one, joined. Returns both drafts; the new one
    already says which unit, who receives the technician, when, and what the link is.

    Raises ``RegraViolada`` when no place is free for the time both links exist (LNK-01, LNK-03).
    """
    acesso = Acesso.objects.filter(pk=acesso_id, municipio_id__in=por.municipios("responsavel")).select_related("unidade").first()
    conferir_acesso(acesso)
    assert acesso is not None
    if frase := consultas.por_que_nao_mudar(acesso.conexao, consultas.uso(acesso.municipio_id, agora)):
        raise RegraViolada(frase, regra=consultas.regra_do_limite(acesso.conexao), campo="acesso")
    par = uuid.uuid4()
    ligar, desligar = (consultas.tipo_de(n) for n in (Natureza.ATIVACAO, Natureza.DESATIVACAO))
    nova = iniciar(municipio_id=acesso.municipio_id, tipo=ligar, por=por, agora=agora, mudanca=par)
    unidade = acesso.unidade
    nova.rascunho = {
        "unidade_nome": unidade.nome,
        "contato_nome": unidade.contato_nome,
        "contato_telefone": formatar_telefone(unidade.contato_telefone),
        "funcionamento": unidade.funcionamento,
        "servico": acesso.servico,
        "velocidade": str(acesso.velocidade),
    }
    nova.titulo = unidade.nome
    nova.save(update_fields=["rascunho", "titulo"])
    velha = iniciar(municipio_id=acesso.municipio_id, tipo=desligar, acesso_id=acesso.pk, por=por, agora=agora, mudanca=par)
    velha.rascunho = {"justificativa": "Mudança de endereço."}
    velha.save(update_fields=["rascunho"])
    return nova, velha


@dataclass(frozen=True, slots=True)
class Salvo:
    """What a save led to, and whether it overtook a newer text of the same person's other tab (kept in ``rascunho_anterior``)."""

    ss: SolicitacaoServico
    passou_por_cima: bool = False


class RascunhoDeOutraPessoa(ConflitoDeVersao):
    """Somebody else saved meanwhile: nothing was written. ``meus`` is what was typed, ``atual`` the request as it is."""

    def __init__(self, atual: SolicitacaoServico, meus: dict[str, str]) -> None:
        nome = atual.salvo_por.nome if atual.salvo_por else "Outra pessoa"
        super().__init__(f"{nome} salvou este pedido enquanto você digitava.")
        self.atual, self.meus = atual, meus


@transaction.atomic
def salvar(*, ss_id: int, dados: dict[str, Any], versao: int, por: Ator, agora: dt.datetime) -> Salvo:
    """Keep the raw text of the form (settled question 7). Raises ``RascunhoDeOutraPessoa`` (409), ``TransicaoIndisponivel`` (409)."""
    ss = editavel(ss_id, por=por)
    limpos = fichas.so_os_campos(fichas.ficha_de(ss.tipo.comportamento), dados)
    if limpos == ss.rascunho:
        return Salvo(ss)
    atrasada = versao != ss.versao and ss.salvo_por_id is not None
    if atrasada and ss.salvo_por_id != por.usuario_id:
        raise RascunhoDeOutraPessoa(SolicitacaoServico.objects.select_related("salvo_por").get(pk=ss.pk), limpos)
    if atrasada:
        ss.rascunho_anterior = ss.rascunho
    ss.rascunho, ss.versao, ss.salvo_em, ss.salvo_por_id = limpos, ss.versao + 1, agora, id_de(por)
    if ss.natureza == Natureza.ATIVACAO:
        ss.titulo = limpos.get("unidade_nome", "").strip()[:120]
    ss.save(update_fields=["rascunho", "rascunho_anterior", "versao", "salvo_em", "salvo_por", "titulo"])
    return Salvo(ss, passou_por_cima=atrasada)


def editavel(ss_id: int, *, por: Ator) -> SolicitacaoServico:
    """The request under lock, for a responsável, while it may change. Raises ``SemPermissao``, ``TransicaoIndisponivel``."""
    ss = travada(ss_id, por=por, ato="ss.preencher")
    if not ss.editavel:
        raise TransicaoIndisponivel(f"O pedido não pode mudar agora: está em “{ss.rotulo}”. Se a PRODESP devolver, você poderá corrigir.")
    return ss


@transaction.atomic
def descartar(*, ss_id: int, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Throw away a draft that was never sent."""
    ss, _ = fluxo.executar(SolicitacaoServico, ss_id, "descartar", por=por, agora=agora)
    return ss
