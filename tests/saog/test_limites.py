"""The limits, refused with the rule's number and held by the database (LNK-01 to LNK-07), and the suspension (SS-08)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from enderecamento import acoes as enderecamento
from enderecamento.models import FimDoLimite, LimiteConcedido
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from saog import acoes, consultas, pecas
from saog.acoes import FaltaPreencher, LimiteAtingido
from saog.estados import Conexao, Estado, EstadoDoAcesso
from saog.models import Acesso, SolicitacaoServico, Unidade, Velocidade
from tests.apoio import enderecos, solicitacoes
from tests.apoio.correio import CaixaDeSaida
from tests.apoio.elenco import AGORA, BOTUCATU
from tests.apoio.solicitacoes import DIA

from .conftest import Atores, Cena

pytestmark = pytest.mark.django_db

HOJE = AGORA.date()
STI = {"servico": "SCM_STI", "declara_lnk_05": ""}


def ocupar(quantos: int, *, conexao: str = "INTRANET", **mudancas: Any) -> list[Acesso]:
    """Links in service straight in the table, each at its own site."""
    servico = "SCM" if conexao == "INTRANET" else "SCM_STI"
    return [acesso(ordinal, conexao=conexao, servico=servico, **mudancas) for ordinal in range(1, quantos + 1)]


def acesso(ordinal: int, **mudancas: Any) -> Acesso:
    """One row, in service, as told."""
    unidade = mudancas.pop("unidade", None) or Unidade.objects.create(
        municipio_id=BOTUCATU, local=f"t|{ordinal}|{Unidade.objects.count()}", nome=f"U{ordinal}", logradouro="Rua", numero="1",
        cep="18600000", contato_nome="x", contato_telefone="1438111400", funcionamento="x", sala="x",
    )  # fmt: skip
    campos = {
        "municipio_id": BOTUCATU, "unidade": unidade, "estado": "EM_SERVICO", "desde": AGORA, "em_servico_desde": AGORA,
        "servico": "SCM", "conexao": "INTRANET", "ordinal": ordinal, "velocidade": 8,
    }  # fmt: skip
    return Acesso.objects.create(**{**campos, **mudancas})


def usados(conexao: str = Conexao.INTRANET) -> int:
    return consultas.uso(BOTUCATU, AGORA)[conexao].usados


# --- 20 intranet, 1 Internet (LNK-01, LNK-03) -----------------------------------------------------------------------------
def test_the_twentieth_link_is_the_last(atores: Atores):
    ocupar(19)
    assert solicitacoes.enviada(atores.ana, n=1).acesso.ordinal == 20  # type: ignore[union-attr]
    uso = consultas.uso(BOTUCATU, AGORA)[Conexao.INTRANET]
    assert (uso.em_servico, uso.pedidos, uso.limite, uso.restam) == (19, 1, 20, 0)
    assert uso.pips == ["cheio"] * 19 + ["listrado"]
    recusado = solicitacoes.rascunho(atores.ana, n=2)
    with pytest.raises(LimiteAtingido, match="20 links de intranet") as recusa:
        acoes.enviar(ss_id=recusado.pk, por=atores.ana, agora=AGORA)
    assert "justifique à PRODESP" in recusa.value.mensagem  # what can be done (LNK-06)
    assert SolicitacaoServico.objects.get(pk=recusado.pk).estado == Estado.RASCUNHO
    assert usados() == 20
    assert solicitacoes.enviada(atores.vizinha, n=3, municipio_id=3522406).acesso.ordinal == 1  # type: ignore[union-attr]


def test_there_is_one_internet_link_and_no_exception(atores: Atores):
    solicitacoes.enviada(atores.ana, mudancas=STI)
    outro = solicitacoes.rascunho(atores.ana, n=1, mudancas=STI)
    with pytest.raises(LimiteAtingido, match="um por prefeitura, e não há exceção"):
        acoes.enviar(ss_id=outro.pk, por=atores.ana, agora=AGORA)
    acoes.conceder_limite(municipio_id=BOTUCATU, links=30, vale_ate=None, motivo="Muitas escolas.", por=atores.gestor, agora=AGORA)
    with pytest.raises(LimiteAtingido):  # a grant is of intranet links only
        acoes.enviar(ss_id=outro.pk, por=atores.ana, agora=AGORA)
    assert (usados(Conexao.INTERNET), usados()) == (1, 0)


def test_a_request_that_changes_connection_type_gives_its_first_place_back(atores: Atores):
    ss = solicitacoes.devolvida(solicitacoes.enviada(atores.ana), por=atores.analista)
    acoes.salvar(
        ss_id=ss.pk, dados={**solicitacoes.UBS, **STI, "funcionamento": "dias úteis"}, versao=ss.versao, por=atores.ana, agora=AGORA
    )
    acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    assert (usados(), usados(Conexao.INTERNET)) == (0, 1)


# --- More than 20 (LNK-06) -----------------------------------------------------------------------------------------------
def test_a_granted_limit_lets_more_in_until_its_last_day(atores: Atores):
    ocupar(20)
    limite = acoes.conceder_limite(
        municipio_id=BOTUCATU, links=22, vale_ate=HOJE + DIA, motivo="Rede escolar.", por=atores.gestor, agora=AGORA
    )
    novo = solicitacoes.enviada(atores.ana, n=1, agora=AGORA + DIA).acesso
    assert novo is not None
    assert (novo.ordinal, novo.excedente_id) == (21, limite.pk)
    tarde = solicitacoes.rascunho(atores.ana, n=2)
    with pytest.raises(LimiteAtingido, match="20 links"):  # the grant is over; what was let in stays
        acoes.enviar(ss_id=tarde.pk, por=atores.ana, agora=AGORA + 2 * DIA)
    assert usados() == 21
    acoes.conceder_limite(municipio_id=BOTUCATU, links=22, vale_ate=None, motivo="Rede.", por=atores.gestor, agora=AGORA + 2 * DIA)
    assert acoes.enviar(ss_id=tarde.pk, por=atores.ana, agora=AGORA + 2 * DIA).solicitacao.acesso.ordinal == 22  # type: ignore[union-attr]
    with pytest.raises(LimiteAtingido, match="22 links"):
        solicitacoes.enviada(atores.ana, n=3, agora=AGORA + 2 * DIA)


def test_over_the_limit_after_a_grant_ended_a_freed_place_is_not_given_again(atores: Atores):
    """22 links, the grant over: one of the first 20 goes, and the next request still waits until fewer than 20 are used."""
    limite = acoes.conceder_limite(municipio_id=BOTUCATU, links=22, vale_ate=HOJE, motivo="Rede.", por=atores.gestor, agora=AGORA)
    primeiros = ocupar(20)
    for ordinal in (21, 22):
        acesso(ordinal, excedente=limite)
    Acesso.objects.filter(pk=primeiros[0].pk).update(estado="DESATIVADO")
    with pytest.raises(LimiteAtingido):
        solicitacoes.enviada(atores.ana, n=1, agora=AGORA + DIA)


@pytest.mark.parametrize(("links", "dias"), [(20, None), (201, None), (25, -1)])
def test_a_grant_that_makes_no_sense_is_refused(atores: Atores, links: int, dias: int | None):
    ate = HOJE + dt.timedelta(days=dias) if dias is not None else None
    with pytest.raises(RegraViolada):
        acoes.conceder_limite(municipio_id=BOTUCATU, links=links, vale_ate=ate, motivo="x", por=atores.gestor, agora=AGORA)
    assert not LimiteConcedido.objects.exists()


def encerrar(atores: Atores, *, ultimo_dia: dt.date | None = None, dias: int = 0) -> FimDoLimite:
    return acoes.encerrar_limite(
        municipio_id=BOTUCATU, ultimo_dia=ultimo_dia, motivo="As creches fecharam.", por=atores.gestor, agora=AGORA + dias * DIA
    )


def test_a_grant_ends_on_a_day_or_now_but_not_while_more_than_20_are_in_use(atores: Atores, correio: CaixaDeSaida):
    with pytest.raises(TransicaoIndisponivel, match="não tem limite concedido"):
        encerrar(atores)
    ocupar(20)
    limite = acoes.conceder_limite(
        municipio_id=BOTUCATU, links=22, vale_ate=HOJE + 9 * DIA, motivo="Creches.", por=atores.gestor, agora=AGORA
    )
    pedido = solicitacoes.enviada(atores.ana, n=1)
    for ultimo_dia in (None, HOJE + 5 * DIA):
        with pytest.raises(RegraViolada, match="usa 21 links de intranet e 0 sub-blocos privados") as recusa:
            encerrar(atores, ultimo_dia=ultimo_dia)
        assert recusa.value.regra == "LNK-06"
    acoes.cancelar(ss_id=pedido.pk, motivo="", por=atores.ana, agora=AGORA)
    for dia in (HOJE - DIA, HOJE + 9 * DIA):  # gone by, and no earlier than it is
        with pytest.raises(RegraViolada) as recusa:
            encerrar(atores, ultimo_dia=dia)
        assert recusa.value.campo == "ultimo_dia"
    encerrar(atores, ultimo_dia=HOJE + DIA)
    assert [consultas.limite_de(BOTUCATU, Conexao.INTRANET, AGORA + n * DIA) for n in (1, 2)] == [22, 20]
    encerrar(atores, dias=1)
    assert consultas.limite_de(BOTUCATU, Conexao.INTRANET, AGORA + DIA) == 20
    limite.refresh_from_db()
    assert (limite.concedido_ate, limite.substituido_em) == (HOJE + 9 * DIA, None)  # what was granted can still be read
    assert [m.assunto.rsplit(" ", 2)[-1] for m in correio.mensagens("aparecida@botucatu.sp.gov.br", tipo="ss_limite_fim")] == [
        "10/11/2026",
        "terminou",
    ]
    with pytest.raises(LimiteAtingido, match="20 links"):
        solicitacoes.enviada(atores.ana, n=2, agora=AGORA + DIA)


def test_private_blocks_share_the_grant_and_keep_it_too(cena: Cena):
    comum: dict[str, Any] = {"municipio_id": BOTUCATU, "motivo": "Creches.", "por": cena.gestor, "agora": AGORA}
    acoes.conceder_limite(links=22, vale_ate=None, **comum)
    enderecos.pool("10.64.20.0/24", por=cena.gestor)
    adesao, quem = cena.botucatu.pk, {"por": cena.analista, "agora": AGORA}
    enderecamento.registrar_anexo_ii(adesao, privados=1, publicos=0, referencia="Anexo II", **quem)
    blocos = enderecamento.atribuir(adesao, perfil="PRIVADO", quantidade=21, **quem)
    with pytest.raises(RegraViolada, match="0 links de intranet e 21 sub-blocos privados"):
        acoes.encerrar_limite(ultimo_dia=None, **comum)
    enderecamento.devolver(blocos[0].pk, motivo="Sobrou.", **quem)
    assert acoes.encerrar_limite(ultimo_dia=None, **comum).ultimo_dia is None


# --- One site (LNK-04) ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("primeiro", "segundo", "pode"),
    [("SCM", "SCM", False), ("SCM", "SCM_SAI", False), ("SCM", "SCM_STI", True), ("SCM_STI", "SCM_SAI", True)],
)
def test_no_second_link_of_the_same_type_at_one_site(atores: Atores, primeiro: str, segundo: str, pode: bool):
    def pedido(servico: str) -> dict[str, str]:
        escrito = {"logradouro": "R. das Acácias", "unidade_nome": "UBS 2"} if servico == segundo else {}
        return {"servico": servico, "declara_lnk_05": "" if servico == "SCM_STI" else "on", **escrito}

    solicitacoes.enviada(atores.ana, mudancas=pedido(primeiro))
    outro = solicitacoes.rascunho(atores.bene, mudancas=pedido(segundo))
    if pode:
        assert acoes.enviar(ss_id=outro.pk, por=atores.bene, agora=AGORA).ordem == 1
        return
    with pytest.raises(RegraViolada) as recusa:
        acoes.enviar(ss_id=outro.pk, por=atores.bene, agora=AGORA)
    assert (recusa.value.regra, recusa.value.campo) == ("LNK-04", "logradouro")


def test_the_setting_may_forbid_one_of_each_type_too(atores: Atores, settings: Any):
    settings.UM_LINK_DE_CADA_TIPO_POR_LOCAL = False
    solicitacoes.enviada(atores.ana)
    with pytest.raises(RegraViolada) as recusa:
        solicitacoes.enviada(atores.ana, mudancas=STI)
    assert recusa.value.regra == "LNK-04"


# --- 16 Mbps, services and addresses (LNK-01 to LNK-03, SS-07) --------------------------------------------------------------
@pytest.mark.parametrize("velocidade", ["17", "32", "0", "-1", "3", "16.5", "muito"])
def test_a_speed_that_is_not_on_the_table_is_refused(atores: Atores, velocidade: str):
    ss = solicitacoes.rascunho(atores.ana, mudancas={"velocidade": velocidade})
    with pytest.raises(FaltaPreencher) as recusa:
        acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    assert "velocidade" in recusa.value.ficha.errors
    assert usados() == 0


@pytest.mark.parametrize(
    ("servico", "conexao", "endereco"),
    [("SCM", "INTRANET", "privado"), ("SCM_SAI", "INTRANET", "privado"), ("SCM_STI", "INTERNET", "público")],
)
def test_the_service_says_the_connection_and_the_kind_of_address(atores: Atores, servico: str, conexao: str, endereco: str):
    ss = solicitacoes.enviada(atores.ana, mudancas={"servico": servico, "declara_lnk_05": "" if servico == "SCM_STI" else "on"})
    assert ss.acesso is not None
    assert (ss.acesso.conexao, pecas.endereco_privado_ou_publico(ss.acesso)) == (conexao, endereco)


# --- The database has the last word -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("restricao", "mudancas"),
    [
        ("saog_links_ate_o_limite", {"ordinal": 21}),
        ("saog_links_ate_o_limite", {"ordinal": 0}),
        ("saog_links_ate_o_limite", {"ordinal": 2, "servico": "SCM_STI", "conexao": "INTERNET"}),
        ("saog_link_ate_16_mbps", {"ordinal": 2, "velocidade": 17}),
        ("saog_link_ate_16_mbps", {"ordinal": 2, "velocidade": 0}),
        ("saog_conexao_do_servico", {"ordinal": 1, "servico": "SCM", "conexao": "INTERNET"}),
        ("saog_conexao_do_servico", {"ordinal": 2, "servico": "SCM_STI"}),
        ("saog_conexao_do_servico", {"ordinal": 2, "servico": "SAI_STI"}),
        ("saog_acesso_estado_conhecido", {"ordinal": 2, "estado": "LIGADO"}),
        ("saog_em_servico_tem_data", {"ordinal": 2, "em_servico_desde": None}),
    ],
)
def test_a_row_past_every_form_is_refused(atores: Atores, restricao: str, mudancas: dict[str, Any]):
    acesso(1)
    with pytest.raises(IntegrityError, match=restricao), transaction.atomic():
        acesso(**mudancas)


def test_two_links_never_hold_one_place_nor_one_site(atores: Atores):
    primeiro = acesso(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        acesso(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        acesso(2, unidade=primeiro.unidade)
    acesso(1, unidade=primeiro.unidade, servico="SCM_STI", conexao="INTERNET")
    Acesso.objects.filter(pk=primeiro.pk).update(estado="DESATIVADO")
    assert acesso(1, unidade=primeiro.unidade).pk


def test_more_than_16_cannot_even_be_put_on_the_table(atores: Atores):
    for mbps in (0, 17):
        with pytest.raises(IntegrityError), transaction.atomic():
            Velocidade.objects.create(mbps=mbps)
    with pytest.raises(IntegrityError), transaction.atomic():
        LimiteConcedido.objects.create(
            municipio_id=BOTUCATU, links=20, vale_de=HOJE, motivo="x", concedido_em=AGORA, concedido_por_id=atores.gestor.usuario_id
        )


# --- A place is freed (LNK-07) ----------------------------------------------------------------------------------------------
def test_cancelling_or_impossible_frees_the_place_and_a_draft_never_took_one(atores: Atores):
    rascunho = solicitacoes.rascunho(atores.ana)
    assert usados() == 0
    acoes.descartar(ss_id=rascunho.pk, por=atores.ana, agora=AGORA)
    cancelada = solicitacoes.enviada(atores.ana)
    outra = solicitacoes.enviada(atores.ana, n=1)
    assert usados() == 2
    acoes.cancelar(ss_id=cancelada.pk, motivo="Engano.", por=atores.bene, agora=AGORA)
    assert usados() == 1
    nova = solicitacoes.enviada(atores.ana, n=2)
    assert nova.acesso is not None
    assert nova.acesso.ordinal == 1  # the lowest free one
    solicitacoes.emitida(outra, analista=atores.analista, responsavel=atores.ana)
    acoes.declarar_inviavel(ss_id=outra.pk, motivo="Sem rede.", por=atores.operadora, agora=AGORA)
    assert usados() == 1
    assert sorted(Acesso.objects.values_list("estado", flat=True)) == ["LIBERADO", "LIBERADO", "RESERVADO"]


@pytest.mark.parametrize("ate", ["enviada", "devolvida", "validada", "emitida"])
def test_the_place_is_held_until_the_end_whatever_the_state(atores: Atores, ate: str):
    ss = solicitacoes.enviada(atores.ana)
    if ate == "devolvida":
        solicitacoes.devolvida(ss, por=atores.analista)
    elif ate != "enviada":
        acoes.validar(ss_id=ss.pk, por=atores.analista, agora=AGORA)
        if ate == "emitida":
            acoes.emitir(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    assert usados() == 1
    acoes.cancelar(ss_id=ss.pk, motivo="", por=atores.ana, agora=AGORA)
    assert usados() == 0
    assert Acesso.objects.get().estado == EstadoDoAcesso.LIBERADO


# --- While the prefeitura is suspended (SS-08) ------------------------------------------------------------------------------
def test_while_suspended_nothing_new_is_validated_but_a_deactivation_is(atores: Atores):
    em_servico = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    ativacao = solicitacoes.enviada(atores.ana, n=1)
    desligar = acoes.iniciar(municipio_id=BOTUCATU, tipo="desativacao", acesso_id=em_servico.pk, por=atores.ana, agora=AGORA)
    dados = {"desligar_em": "30/11/2026", "justificativa": "Fechou."}
    acoes.salvar(ss_id=desligar.pk, dados=dados, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=desligar.pk, por=atores.ana, agora=AGORA)
    acoes.suspender_validacao(municipio_id=BOTUCATU, motivo="Fatura em aberto.", por=atores.gestor, agora=AGORA)
    with pytest.raises(RegraViolada, match=r"suspensa desde 09/11/2026: Fatura em aberto\.") as recusa:
        acoes.validar(ss_id=ativacao.pk, por=atores.analista, agora=AGORA)
    assert recusa.value.regra == "SS-08"
    with pytest.raises(RegraViolada):  # several at once: all or none
        acoes.validar_varias(ids=[desligar.pk, ativacao.pk], por=atores.analista, agora=AGORA)
    assert SolicitacaoServico.objects.get(pk=desligar.pk).estado == Estado.EM_VALIDACAO
    assert acoes.validar(ss_id=desligar.pk, por=atores.analista, agora=AGORA).estado == Estado.VALIDADA
    acoes.retomar_validacao(municipio_id=BOTUCATU, motivo="Pago.", por=atores.gestor, agora=AGORA)
    assert acoes.validar(ss_id=ativacao.pk, por=atores.analista, agora=AGORA).estado == Estado.VALIDADA
