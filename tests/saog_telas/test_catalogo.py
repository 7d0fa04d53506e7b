"""The gestor's catalogue of requests: kinds, speeds, prices, standard reasons (SS-06, LNK-02, INS-03)."""

from __future__ import annotations

import pytest

from saog import acoes
from saog.models import Acesso, MotivoDeDevolucao, Preco, SolicitacaoServico, TipoDeSolicitacao, Velocidade
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA

from .conftest import Gente, chave, url
from .test_prodesp import texto

pytestmark = pytest.mark.django_db


def test_a_kind_changes_its_words_and_keeps_history(gente: Gente):
    cliente, endereco = gente.gestor.cliente, url("tipo", None, "ativacao")
    assert cliente.post(endereco, {"nome": "", "explicacao": "x", "ordem": "0"}).status_code == 422
    r = cliente.post(endereco, {"nome": "Desativação", "explicacao": "x", "ordem": "1", "ativo": "on"})
    assert "Já existe um tipo com este nome." in texto(r)
    assert cliente.post(endereco, {"nome": "Link novo", "explicacao": "Um link.", "ordem": "1", "ativo": "on"}).status_code == 302
    tipo = TipoDeSolicitacao.objects.get(pk="ativacao")
    assert (tipo.nome, tipo.natureza) == ("Link novo", "ATIVACAO")
    assert tipo.historia.latest().history_user == gente.gestor.usuario
    assert cliente.get(url("tipo", None, "nada")).status_code == 404


NOVO = {
    "nome": "Troca de roteador",
    "explicacao": "Outro roteador, no mesmo lugar.",
    "comportamento": "EQUIPAMENTO",
    "ordem": "5",
    "ativo": "on",
}


def test_a_kind_of_the_contract_is_created_used_closed_and_reopened(gente: Gente, em_servico: Acesso):
    cliente = gente.gestor.cliente
    r = cliente.post(url("tipo_novo"), {**NOVO, "comportamento": "APAGAR"})
    assert r.status_code == 422
    assert "Escolha uma das opções da lista." in texto(r)
    assert cliente.post(url("tipo_novo"), NOVO).status_code == 302
    assert "Já existe um tipo com este nome." in texto(cliente.post(url("tipo_novo"), {**NOVO, "nome": "TROCA de roteador"}))
    tipo = TipoDeSolicitacao.objects.get(nome="Troca de roteador")
    assert (tipo.pk, tipo.natureza, tipo.historia.get().history_user) == ("troca-de-roteador", "ALTERACAO", gente.gestor.usuario)
    ana = gente.ana.cliente
    assert "Troca de roteador" in texto(ana.get(url("nova")))
    assert "Troca de roteador" in texto(ana.get(url("link", None, em_servico.pk)))
    inicio = ana.post(url("comecar"), {"tipo": tipo.pk, "acesso": str(em_servico.pk)})
    assert "Posição ou configuração nova do equipamento" in texto(ana.get(inicio.headers["Location"]))
    fora = {n: v for n, v in NOVO.items() if n != "ativo"}
    assert cliente.post(url("tipo", None, tipo.pk), fora).status_code == 302
    assert "Troca de roteador" not in texto(ana.get(url("nova")))
    assert ana.post(url("comecar"), {"tipo": tipo.pk, "acesso": str(em_servico.pk)}).status_code == 422
    ss = SolicitacaoServico.objects.get(tipo=tipo)  # what was begun goes on, to its end
    acoes.salvar(ss_id=ss.pk, dados={"configuracao": "Modelo novo"}, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    solicitacoes.emitida(ss, analista=gente.analista.ator, responsavel=gente.ana.ator)
    solicitacoes.entregue(ss, operadora=gente.operadora.ator)
    acoes.aceitar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    em_servico.refresh_from_db()
    assert em_servico.configuracao == "Modelo novo"
    assert cliente.post(url("tipo", None, tipo.pk), NOVO).status_code == 302
    assert "Troca de roteador" in texto(ana.get(url("nova")))


def test_the_last_kind_that_turns_a_link_off_stays_in_use(gente: Gente, em_servico: Acesso):
    cliente, dados = gente.gestor.cliente, {"nome": "Desativação", "explicacao": "Desligar.", "ordem": "5"}
    r = cliente.post(url("tipo", None, "desativacao"), dados)
    assert r.status_code == 422
    assert "não teria como deixar de pagar" in texto(r)
    outro = {**NOVO, "nome": "Desligamento", "comportamento": "DESATIVACAO"}
    assert cliente.post(url("tipo_novo"), outro).status_code == 302
    assert cliente.post(url("tipo", None, "desativacao"), dados).status_code == 302
    assert "Mudança de endereço" in texto(gente.ana.cliente.get(url("nova")))
    acoes.iniciar_mudanca(acesso_id=em_servico.pk, por=gente.ana.ator, agora=AGORA)
    assert sorted(SolicitacaoServico.objects.exclude(mudanca=None).values_list("tipo_id", flat=True)) == ["ativacao", "desligamento"]


def test_a_speed_goes_on_and_off_and_never_above_sixteen(gente: Gente):
    cliente = gente.gestor.cliente
    r = cliente.post(url("velocidade_nova"), {"mbps": "32"})
    assert r.status_code == 422
    assert "A velocidade vai de 1 a 16 Mbps" in texto(r)
    for digitada in ("1.000", "٣", "9.0"):
        assert "Escreva só o número, como em 8." in texto(cliente.post(url("velocidade_nova"), {"mbps": digitada}))
    assert "Esta velocidade já está na lista." in texto(cliente.post(url("velocidade_nova"), {"mbps": "8"}))
    assert cliente.post(url("velocidade_nova"), {"mbps": "14"}).status_code == 302
    assert cliente.post(url("velocidade", None, 14), {"ativa": "0"}).status_code == 302
    assert not Velocidade.objects.get(pk=14).ativa
    assert cliente.post(url("velocidade_nova"), {"mbps": "14"}).status_code == 302
    assert Velocidade.objects.get(pk=14).ativa
    assert Velocidade.objects.get(pk=14).historia.count() == 3
    assert cliente.post(url("velocidade", None, 99), {"ativa": "0"}).status_code == 404


PRECO = {"servico": "SCM", "mbps": "8", "mensal": "1.412,60", "vale_de": "01/01/2026", "vale_ate": "31/12/2026", "tabela": "tabela 2026"}


def test_two_prices_never_hold_on_the_same_day(gente: Gente):
    cliente = gente.gestor.cliente
    assert cliente.post(url("preco_novo"), PRECO).status_code == 302
    primeiro = Preco.objects.get()
    assert str(primeiro.mensal) == "1412.60"
    for mudanca in ({"vale_de": "31/12/2026", "vale_ate": ""}, {"vale_de": "01/01/2025", "vale_ate": ""}, {"vale_de": "02/02/2026"}):
        r = cliente.post(url("preco_novo"), PRECO | mudanca)
        assert r.status_code == 422, mudanca
        assert "Já há um preço deste serviço e velocidade de 01/01/2026 até 31/12/2026." in texto(r)
    assert cliente.post(url("preco_novo"), PRECO | {"vale_de": "01/01/2027", "vale_ate": ""}).status_code == 302
    assert cliente.post(url("preco_novo"), PRECO | {"servico": "SCM_SAI"}).status_code == 302
    assert cliente.post(url("preco", None, primeiro.pk), PRECO | {"mensal": "1500"}).status_code == 302
    assert cliente.post(url("preco", None, primeiro.pk), PRECO | {"vale_ate": ""}).status_code == 422
    pagina = texto(cliente.get(url("catalogo")))
    assert "R$ 1.500,00" in pagina
    assert "ainda não vale" in pagina


@pytest.mark.parametrize("valor", ["", "abc", "-1", "1,234", "NaN", "1e9", "1.2.3,4,5"])
def test_a_price_that_is_no_amount_is_refused_with_what_was_typed(gente: Gente, valor: str):
    r = gente.gestor.cliente.post(url("preco_novo"), PRECO | {"mensal": valor})
    assert r.status_code == 422
    assert not Preco.objects.exists()
    assert f'value="{valor}"' in r.content.decode() or not valor


def test_a_reason_is_created_once_and_edited(gente: Gente):
    cliente = gente.gestor.cliente
    dados = {"titulo": "CEP de outro lugar", "texto": "Confira o CEP.", "ativo": "on", "chave": chave(cliente, url("motivo_novo"))}
    for _ in range(2):
        assert cliente.post(url("motivo_novo"), dados).status_code == 302
    novo = MotivoDeDevolucao.objects.get(titulo="CEP de outro lugar")
    assert cliente.post(url("motivo_novo"), {**dados, "chave": ""}).status_code == 422
    assert cliente.post(url("motivo", None, novo.pk), {"titulo": "CEP errado", "texto": "Confira."}).status_code == 302
    novo.refresh_from_db()
    assert (novo.titulo, novo.ativo, novo.historia.count()) == ("CEP errado", False, 2)
