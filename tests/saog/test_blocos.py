"""A link's sub-block is one of the prefeitura's own, of its kind, and free; an exchange moves the links (IP-01 to IP-06)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enderecamento import acoes as enderecos_acoes
from enderecamento import registros
from enderecamento.models import SubBlocoCIDR
from nucleo import prazos
from nucleo.fluxo import SISTEMA
from saog import acoes, consultas
from saog.acoes.blocos import trocar_sub_blocos
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA, Pessoa
from tests.enderecamento.conftest import Cena

pytestmark = pytest.mark.django_db
DIA = solicitacoes.DIA


@pytest.fixture
def blocos(cena: Cena) -> Cena:
    """Botucatu has 10.64.16.0/28 and .16/28 and 203.0.113.0/30; Itapeva has 10.64.16.32/28."""
    por: dict[str, Any] = {"por": cena.analista, "agora": AGORA}
    enderecos_acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, **por)
    enderecos_acoes.atribuir(cena.botucatu.pk, perfil="PUBLICO", **por)
    enderecos_acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", **por)
    return cena


def enviar(cena: Cena, cidr: str, **mudancas: str) -> SolicitacaoServico:
    return solicitacoes.enviada(cena.ana, n=int(mudancas.pop("n", "0")), mudancas={"sub_bloco": cidr, **mudancas})


def recusa(cena: Cena, cidr: str, **mudancas: str) -> str:
    with pytest.raises(acoes.FaltaPreencher) as erro:
        enviar(cena, cidr, **mudancas)
    assert list(erro.value.ficha.errors) == ["sub_bloco"]
    return str(erro.value.ficha.errors["sub_bloco"][0])


def test_a_floor_above_answers_for_the_links_and_only_it() -> None:
    assert [consultas.links_que_usam] == registros.QUEM_USA
    assert [trocar_sub_blocos] == registros.AO_TROCAR


def test_one_of_the_prefeituras_own_is_taken_and_none_at_all_too(blocos: Cena) -> None:
    assert enviar(blocos, "10.64.16.16/28").acesso.sub_bloco == "10.64.16.16/28"  # type: ignore[union-attr]
    assert enviar(blocos, "", n="2").acesso.sub_bloco == ""  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("cidr", "servico", "frase"),
    [
        ("10.64.16.32/28", "SCM", "não está com a prefeitura. Escolha um da lista, ou “Ainda não sei” (IP-01)"),
        ("10.64.16.48/28", "SCM", "não está com a prefeitura"),
        ("10.99.0.0/28", "SCM", "não está com a prefeitura"),
        ("203.0.113.0/30", "SCM", "sub-bloco privado /28 (IP-02)"),
        ("10.64.16.0/28", "SCM_STI", "sub-bloco público /30 (IP-03)"),
        ("minha rede", "SCM", "Escreva a rede e o prefixo"),
    ],
)
def test_somebody_elses_a_free_one_and_the_wrong_kind_are_refused_with_the_rule(blocos: Cena, cidr: str, servico: str, frase: str) -> None:
    assert frase in recusa(blocos, cidr, servico=servico)
    assert SolicitacaoServico.objects.get().rascunho["sub_bloco"] == cidr  # what was typed stays


def test_one_that_another_open_link_uses_is_refused_until_that_link_ends(blocos: Cena) -> None:
    primeira = enviar(blocos, "10.64.16.0/28")
    assert "O link UBS Vila Maria já usa o sub-bloco 10.64.16.0/28" in recusa(blocos, "10.64.16.0/28", n="1")
    acoes.cancelar(ss_id=primeira.pk, motivo="Mudou.", por=blocos.ana, agora=AGORA)
    assert enviar(blocos, "10.64.16.0/28", n="2").acesso.sub_bloco == "10.64.16.0/28"  # type: ignore[union-attr]


def test_two_drafts_sent_together_do_not_take_the_same(blocos: Cena) -> None:
    ids = [solicitacoes.rascunho(blocos.ana, n=n, mudancas={"sub_bloco": "10.64.16.0/28"}).pk for n in (1, 2)]
    with pytest.raises(acoes.FaltaPreencher, match="campos para corrigir"):
        acoes.enviar_varias(ids=ids, por=blocos.ana, agora=AGORA)
    assert not Acesso.objects.exists()


def test_a_returned_request_keeps_its_own_block(blocos: Cena) -> None:
    ss = solicitacoes.devolvida(enviar(blocos, "10.64.16.0/28"), por=blocos.analista)
    dados = {**ss.rascunho, "funcionamento": "todos os dias, 24 horas"}
    acoes.salvar(ss_id=ss.pk, dados=dados, versao=ss.versao, por=blocos.ana, agora=AGORA + DIA)
    acoes.enviar(ss_id=ss.pk, por=blocos.ana, agora=AGORA + DIA)
    assert Acesso.objects.get().sub_bloco == "10.64.16.0/28"


def test_one_in_exchange_is_refused(blocos: Cena) -> None:
    ate = prazos.meia_noite(dt.date(2026, 12, 16))
    SubBlocoCIDR.objects.filter(inicio=blocos.privado.inicio).update(ordinal=None, troca_ate=ate)
    assert "em troca e só vale até 15/12/2026. Escolha outro (IP-05)" in recusa(blocos, "10.64.16.0/28")


def test_what_uses_each_block_is_one_query(blocos: Cena, operadora: Pessoa) -> None:
    link = solicitacoes.em_servico(blocos.ana, analista=blocos.analista, operadora=operadora.ator, mudancas={"sub_bloco": "10.64.16.0/28"})
    enviar(blocos, "10.64.16.16/28", n="3")
    with CaptureQueriesContext(connection) as feitas:
        usos = registros.usos(["10.64.16.0/28", "10.64.16.16/28", "10.64.16.32/28"])
    assert len(feitas) == 1
    assert {cidr: (u.titulo, u.situacao) for cidr, u in usos.items()} == {
        "10.64.16.0/28": ("UBS Vila Maria", "Em serviço"),
        "10.64.16.16/28": ("Escola 3", link_pedido()),
    }
    assert usos["10.64.16.0/28"].caminho == f"/links/{link.pk}/"


def link_pedido() -> str:
    return Acesso.objects.get(unidade__nome="Escola 3").rotulo


def test_an_exchange_moves_the_open_links_and_leaves_a_row_in_their_history(blocos: Cena, operadora: Pessoa) -> None:
    link = solicitacoes.em_servico(blocos.ana, analista=blocos.analista, operadora=operadora.ator, mudancas={"sub_bloco": "10.64.16.0/28"})
    outro = enviar(blocos, "10.64.16.16/28", n="3").acesso
    assert outro is not None
    pares = {"10.64.16.0/28": "10.64.20.0/28", "10.64.16.16/28": "10.64.20.16/28", "10.64.16.32/28": "10.64.20.32/28"}
    with CaptureQueriesContext(connection) as feitas:
        trocar_sub_blocos(municipio_id=BOTUCATU, pares=pares, por=SISTEMA, agora=AGORA + DIA)
    assert len(feitas) == 3
    for qual, para, estado in ((link, "10.64.20.0/28", "EM_SERVICO"), (outro, "10.64.20.16/28", "RESERVADO")):
        acesso = Acesso.objects.get(pk=qual.pk)
        assert (acesso.sub_bloco, acesso.estado) == (para, estado)
        linha = acesso.historico.order_by("-pk")[0]
        assert (linha.transicao, linha.dados["sub_bloco"]["para"], linha.de, linha.para) == ("trocar_bloco", para, estado, estado)


def test_an_exchange_leaves_other_prefeituras_and_ended_links_alone(blocos: Cena) -> None:
    ss = enviar(blocos, "10.64.16.0/28")
    acoes.cancelar(ss_id=ss.pk, motivo="Mudou.", por=blocos.ana, agora=AGORA)
    trocar_sub_blocos(municipio_id=BOTUCATU, pares={"10.64.16.0/28": "10.64.20.0/28"}, por=blocos.ana, agora=AGORA)
    aberto = enviar(blocos, "10.64.16.16/28", n="1").acesso
    trocar_sub_blocos(municipio_id=ITAPEVA, pares={"10.64.16.16/28": "10.64.20.0/28"}, por=blocos.ana, agora=AGORA)
    assert {a.sub_bloco for a in Acesso.objects.all()} == {"10.64.16.0/28", "10.64.16.16/28"}
    assert aberto is not None
    assert not aberto.historico.filter(transicao="trocar_bloco").exists()


def test_the_analyst_does_not_take_back_what_a_link_uses(blocos: Cena) -> None:
    from nucleo.erros import RegraViolada

    enviar(blocos, "10.64.16.0/28")
    bloco = SubBlocoCIDR.objects.get(inicio=blocos.privado.inicio)
    with pytest.raises(RegraViolada, match="O link UBS Vila Maria usa este sub-bloco"):
        enderecos_acoes.devolver(bloco.pk, motivo="x", por=blocos.analista, agora=AGORA)


def test_the_order_tells_the_operadora_the_network_of_now_while_open_and_of_then_afterwards(blocos: Cena, operadora: Pessoa) -> None:
    ss = solicitacoes.emitida(enviar(blocos, "10.64.16.0/28"), analista=blocos.analista, responsavel=blocos.ana)
    trocar_sub_blocos(municipio_id=BOTUCATU, pares={"10.64.16.0/28": "10.64.20.0/28"}, por=SISTEMA, agora=AGORA)
    assert sub_bloco_na_ordem(ss) == "10.64.20.0/28"
    solicitacoes.entregue(ss, operadora=operadora.ator)
    acoes.aceitar(ss_id=ss.pk, por=blocos.ana, agora=AGORA)
    assert sub_bloco_na_ordem(ss) == "10.64.16.0/28"


def sub_bloco_na_ordem(ss: SolicitacaoServico) -> str:
    from saog.api.retrato import retratar
    from saog.consultas.integracao import com_tudo

    (item,) = retratar(com_tudo(SolicitacaoServico.objects.filter(pk=ss.pk)).get())["serviceOrderItem"]
    return str(next(c["value"] for c in item["service"]["serviceCharacteristic"] if c["name"] == "subBloco"))
