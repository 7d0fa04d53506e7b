"""Requests and links in each state, made through the real actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nucleo.fluxo import Ator
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa

if TYPE_CHECKING:
    from saog.models import Acesso, SolicitacaoServico

DIA = dt.timedelta(days=1)
UBS = {
    "unidade_nome": "UBS Vila Maria",
    "logradouro": "Rua das Acácias",
    "numero": "120",
    "complemento": "",
    "bairro": "Vila Maria",
    "cep": "18600-000",
    "contato_nome": "Gerente da UBS",
    "contato_telefone": "(14) 3811-1400",
    "funcionamento": "segunda a sexta, 7h às 17h",
    "sala": "Térreo, sala da TI, rack de parede com tomada",
    "servico": "SCM",
    "velocidade": "8",
    "data_desejada": "",
    "sub_bloco": "",
    "declara_lnk_05": "on",
}


def catalogo() -> None:
    """Kinds, speeds and reasons: transactional tests lose what the migration put in."""
    from saog.dados.catalogo import carregar_catalogo
    from saog.models import MotivoDeDevolucao, TipoDeSolicitacao, Velocidade

    carregar_catalogo(TipoDeSolicitacao, Velocidade, MotivoDeDevolucao)


def em_vigor(pessoa: Pessoa, municipio_id: int = BOTUCATU, *, agora: dt.datetime = AGORA) -> Any:
    """The catalogue, and an adhesion in force, straight in the table: how it got there is the business of ``tests/adesao``."""
    from adesao.models import Adesao
    from nucleo import numeracao

    catalogo()
    antes = agora - 100 * DIA
    from django.db import transaction

    with transaction.atomic():
        return Adesao.objects.create(
            municipio_id=municipio_id,
            numero=numeracao.proximo("adesao", antes.year),
            estado="APROVADA",
            desde=antes,
            criada_em=antes,
            criada_por=pessoa.usuario,
            envios=1,
            primeiro_envio_em=antes,
            envio_em=antes,
            decidida_em=antes,
            cnpj="12ABC34501DE35",
        )


def rascunho(
    por: Ator, *, mudancas: Mapping[str, str] | None = None, n: int = 0, municipio_id: int = BOTUCATU, agora: dt.datetime = AGORA
) -> SolicitacaoServico:
    """A filled-in draft of an ativação. ``n`` > 0 puts it at another address."""
    from saog import acoes

    ss = acoes.iniciar(municipio_id=municipio_id, tipo="ativacao", por=por, agora=agora)
    outra = {"unidade_nome": f"Escola {n}", "numero": str(1000 + n)} if n else {}
    return acoes.salvar(ss_id=ss.pk, dados={**UBS, **outra, **(mudancas or {})}, versao=0, por=por, agora=agora).ss


def enviada(por: Ator, *, agora: dt.datetime = AGORA, **opcoes: Any) -> SolicitacaoServico:
    """An ativação EM_VALIDACAO, its place taken."""
    from saog import acoes

    return acoes.enviar(ss_id=rascunho(por, agora=agora, **opcoes).pk, por=por, agora=agora).solicitacao


def devolvida(ss: SolicitacaoServico, *, por: Ator, agora: dt.datetime = AGORA, campo: str = "funcionamento") -> SolicitacaoServico:
    """EM_VALIDACAO → DEVOLVIDA with one pendência."""
    from saog import acoes

    acoes.marcar_pendencia(ss_id=ss.pk, campo=campo, motivo_id=None, texto="Falta o horário da UBS.", por=por, agora=agora)
    return acoes.devolver(ss_id=ss.pk, por=por, agora=agora)


def emitida(ss: SolicitacaoServico, *, analista: Ator, responsavel: Ator, agora: dt.datetime = AGORA) -> SolicitacaoServico:
    """EM_VALIDACAO → VALIDADA → EMITIDA."""
    from saog import acoes

    acoes.validar(ss_id=ss.pk, por=analista, agora=agora)
    return acoes.emitir(ss_id=ss.pk, por=responsavel, agora=agora)


def entregue(ss: SolicitacaoServico, *, operadora: Ator, agora: dt.datetime = AGORA, **dados: Any) -> SolicitacaoServico:
    """EMITIDA or RECUSADA → EM_ATENDIMENTO → AGUARDANDO_ACEITE. The first link gets BTU-SCM-004417, each other one its own."""
    from saog import acoes
    from saog.models import Entrega

    acoes.atender(ss_id=ss.pk, por=operadora, agora=agora)
    tomado = Entrega.objects.filter(circuito="BTU-SCM-004417").exclude(solicitacao__acesso=ss.acesso_id).exists()
    circuito = f"BTU-SCM-1{ss.acesso_id:05d}" if tomado else "BTU-SCM-004417"
    pronto = acoes.DadosDaEntrega(**{"circuito": circuito, "equipamento": "Roteador 2 portas, nº de série 7QX-20931", **dados})
    return acoes.entregar(ss_id=ss.pk, dados=pronto, por=operadora, agora=agora).solicitacao


def em_servico(responsavel: Ator, *, analista: Ator, operadora: Ator, agora: dt.datetime = AGORA, **opcoes: Any) -> Acesso:
    """A link in service, by the whole way."""
    from saog import acoes
    from saog.models import Acesso

    ss = emitida(enviada(responsavel, agora=agora, **opcoes), analista=analista, responsavel=responsavel, agora=agora)
    entregue(ss, operadora=operadora, agora=agora)
    pronta = acoes.aceitar(ss_id=ss.pk, por=responsavel, agora=agora)
    return Acesso.objects.get(pk=pronta.acesso_id)
