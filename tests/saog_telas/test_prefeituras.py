"""PRODESP's decisions about a prefeitura on the screen: suspensions and granted limits (SS-08, LNK-06)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from contas.models import Municipio
from contas.municipios import dobrar
from enderecamento.models import LimiteConcedido
from saog import acoes
from saog.consultas import filas
from saog.models import SolicitacaoServico, SuspensaoDeValidacao
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU

from .conftest import Gente, chave, url
from .test_prodesp import texto

pytestmark = pytest.mark.django_db


def decidir(ato: str) -> str:
    return url("decidir_prefeitura", None, BOTUCATU, ato)


def test_while_suspended_the_button_says_why_and_the_act_refuses(gente: Gente, enviada: SolicitacaoServico):
    cliente = gente.gestor.cliente
    endereco = url("prefeitura_ss", None, BOTUCATU)
    r = cliente.post(decidir("suspender"), {"motivo": " ", "chave": chave(cliente, endereco)})
    assert r.status_code == 422
    assert "Escreva o motivo: a prefeitura vai ler." in texto(r)
    assert cliente.post(decidir("suspender"), {"motivo": "Faturas sem pagamento."}).status_code == 302
    pagina = gente.analista.cliente.get(url("analise", enviada))
    assert '<span class="btn" aria-disabled="true">Validar</span>' in pagina.content.decode()
    assert "Faturas sem pagamento." in texto(pagina)
    assert gente.analista.cliente.post(url("validar", enviada)).status_code == 422
    assert "validação suspensa" in texto(gente.analista.cliente.get(url("fila")))
    assert cliente.post(decidir("suspender"), {"motivo": "De novo."}).status_code == 409
    assert cliente.post(decidir("retomar"), {"motivo": "Pagas."}).status_code == 302
    assert gente.analista.cliente.post(url("validar", enviada)).status_code == 302
    assert SuspensaoDeValidacao.objects.get().motivo_do_fim == "Pagas."


def test_a_deactivation_is_validated_while_suspended(gente: Gente, em_servico: Any):
    acoes.suspender_validacao(municipio_id=BOTUCATU, motivo="Débito.", por=gente.gestor.ator, agora=AGORA)
    ss = acoes.iniciar(municipio_id=BOTUCATU, tipo="desativacao", acesso_id=em_servico.pk, por=gente.ana.ator, agora=AGORA)
    acoes.salvar(ss_id=ss.pk, dados={"desligar_em": "30/11/2026", "justificativa": "Fechou."}, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    assert "nunca esperam" in texto(gente.analista.cliente.get(url("analise", ss)))
    assert gente.analista.cliente.post(url("validar", ss)).status_code == 302


def test_only_the_gestor_suspends_and_grants(gente: Gente, enviada: SolicitacaoServico):
    for ato in ("suspender", "retomar", "conceder", "encerrar"):
        assert gente.analista.cliente.post(decidir(ato), {"motivo": "x"}).status_code == 403
    assert gente.gestor.cliente.post(decidir("outro")).status_code == 404
    assert not SuspensaoDeValidacao.objects.exists()


def test_a_higher_limit_is_granted_with_an_end_and_replaced(gente: Gente):
    cliente, endereco = gente.gestor.cliente, url("prefeitura_ss", None, BOTUCATU)
    r = cliente.post(decidir("conceder"), {"links": "20", "vale_ate": "01/01/2020", "motivo": ""})
    assert r.status_code == 422
    for frase in ("O limite concedido vai de 21 a 200 links.", "Escreva o motivo da concessão."):
        assert frase in texto(r)
    assert cliente.post(decidir("conceder"), {"links": "25", "vale_ate": "31/12/2027", "motivo": "Creches."}).status_code == 302
    assert cliente.post(decidir("conceder"), {"links": "30", "vale_ate": "", "motivo": "Mais creches."}).status_code == 302
    assert list(LimiteConcedido.objects.order_by("pk").values_list("links", "vale_ate")) == [(25, dt.date(2027, 12, 31)), (30, None)]
    pagina = texto(cliente.get(endereco))
    assert "Limite concedido: 30 links" in pagina
    assert "Limite de 25 links, até 31/12/2027" in pagina
    r = cliente.post(decidir("encerrar"), {"ultimo_dia": "01/01/2020", "motivo": ""})
    assert r.status_code == 422
    assert "Escreva por que o limite termina." in texto(r)
    assert '<details class="ig-mais mt-3" open>' in r.content.decode()
    assert "0 de 30" in texto(cliente.get(url("prefeituras_ss")))
    assert "Botucatu" in texto(cliente.get(url("prefeituras_ss"), {"so": "limite"}))
    assert "Nenhuma prefeitura" in texto(cliente.get(url("prefeituras_ss"), {"so": "suspensas"}))
    r = cliente.post(decidir("encerrar"), {"ultimo_dia": "", "motivo": "Fecharam."}, follow=True)
    assert "O limite concedido a Botucatu terminou. A prefeitura foi avisada." in texto(r)
    assert "Vale o limite de todas: 20 links." in texto(r)
    assert "Limite encerrado" in texto(r)


def test_a_grant_that_is_in_use_says_why_it_cannot_end(gente: Gente, encher: Any):
    acoes.conceder_limite(municipio_id=BOTUCATU, links=25, vale_ate=None, motivo="Creches.", por=gente.gestor.ator, agora=AGORA)
    encher(20)
    solicitacoes.enviada(gente.ana.ator, n=99)
    pagina = gente.gestor.cliente.get(url("prefeitura_ss", None, BOTUCATU))
    assert '<span class="btn" aria-disabled="true">Encerrar o limite</span>' in pagina.content.decode()
    assert "usa 21 links de intranet" in texto(pagina)
    r = gente.gestor.cliente.post(decidir("encerrar"), {"ultimo_dia": "", "motivo": "Fecharam."})
    assert r.status_code == 422
    assert "usa 21 links de intranet" in texto(r)


def test_the_prefeituras_are_in_the_order_people_alphabetise(gente: Gente):
    """Not by the spelling that sounds alike: Holambra comes before Mogi, accents beside their plain letters."""
    for codigo, nome in ((3519055, "Holambra"), (3530805, "Mogi Mirim"), (3500550, "Águas de Santa Bárbara")):
        Municipio.objects.create(codigo_ibge=codigo, nome=nome, busca=dobrar(nome), ddd="19")
        solicitacoes.em_vigor(gente.ana, codigo)
    nomes = [m.nome for m in filas.prefeituras({})]
    assert nomes == ["Águas de Santa Bárbara", "Botucatu", "Holambra", "Itapeva", "Mogi Mirim"]
