"""Filling in and sending on the screens: typing is never lost, limits and rules are said where they bite (SS-01, LNK-01 to LNK-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from saog import acoes
from saog.estados import Estado
from saog.models import Acesso, EnvioSS, Preco, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA
from tests.apoio.solicitacoes import DIA, UBS

from .conftest import Gente, chave, url

pytestmark = pytest.mark.django_db


def comecar(gente: Gente, **dados: Any) -> Any:
    return gente.ana.cliente.post(url("comecar"), {"tipo": "ativacao", "chave": chave(gente.ana.cliente, url("nova")), **dados})


def test_the_kind_is_chosen_once_however_often_it_is_clicked(gente: Gente) -> None:
    corpo = {"tipo": "ativacao", "chave": chave(gente.ana.cliente, url("nova"))}
    idas = {gente.ana.cliente.post(url("comecar"), corpo).url for _ in range(2)}
    assert idas == {url("preencher", SolicitacaoServico.objects.get())}


def test_a_copy_brings_what_was_asked_but_not_the_declaration(gente: Gente, enviada: SolicitacaoServico) -> None:
    comecar(gente, copia_de=enviada.slug)
    novo = SolicitacaoServico.objects.exclude(pk=enviada.pk).get()
    assert novo.rascunho["unidade_nome"] == "UBS Vila Maria"
    assert "declara_lnk_05" not in novo.rascunho
    alheia = gente.vizinha.cliente.post(url("comecar"), {"tipo": "ativacao", "copia_de": enviada.slug})
    assert alheia.status_code == 404


def test_a_link_with_a_request_in_progress_is_refused_on_the_page_of_the_choice(gente: Gente, em_servico: Acesso) -> None:
    corpo = {"tipo": "desativacao", "acesso": str(em_servico.pk)}
    assert comecar(gente, **corpo).status_code == 302
    ss = SolicitacaoServico.objects.get(natureza="DESATIVACAO")
    acoes.salvar(ss_id=ss.pk, dados={"desligar_em": "30/11/2026", "justificativa": "Fechou."}, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    resposta = gente.ana.cliente.post(url("comecar"), {**corpo, "tipo": "alteracao-capacidade"})
    assert resposta.status_code == 422
    assert f"Já há um pedido em andamento para este link: {ss.numero}" in resposta.content.decode()
    assert f'id="acesso-{em_servico.pk}"' not in resposta.content.decode()


def test_a_bad_value_is_kept_and_explained(gente: Gente, rascunho: SolicitacaoServico) -> None:
    pagina = url("preencher", rascunho)
    resposta = gente.ana.cliente.post(pagina, {**UBS, "cep": "123", "versao": "1", "acao": "continuar"})
    assert resposta.status_code == 422
    assert 'value="123"' in resposta.content.decode()
    assert "Há 1 campo para corrigir" in resposta.content.decode()
    rascunho.refresh_from_db()
    assert rascunho.rascunho["cep"] == "123"
    saida = gente.ana.cliente.post(pagina, {**UBS, "cep": "1", "versao": "2", "acao": "sair"})
    assert saida.url == url("solicitacao", rascunho)
    assert gente.ana.cliente.get(url("conferir", rascunho)).url == pagina + "?erros=1"


def test_two_people_at_once_see_both_texts(gente: Gente, rascunho: SolicitacaoServico) -> None:
    acoes.salvar(ss_id=rascunho.pk, dados={**UBS, "numero": "999"}, versao=1, por=gente.bene.ator, agora=AGORA + DIA)
    corpo = {**UBS, "numero": "555", "versao": "1"}
    resposta = gente.ana.cliente.post(url("preencher", rascunho), corpo)
    texto = resposta.content.decode()
    assert resposta.status_code == 409
    assert "Benedito Prado salvou este pedido enquanto você digitava." in texto
    assert "<td>555</td><td>999</td>" in texto
    assert gente.ana.cliente.post(url("rascunho", rascunho), corpo).json()["conflito"] is True


def test_typing_is_kept_by_itself(gente: Gente, rascunho: SolicitacaoServico) -> None:
    resposta = gente.ana.cliente.post(url("rascunho", rascunho), {**UBS, "sala": "Porão", "versao": "1"})
    assert resposta.json() == {"salvo_em": "10h12", "versao": 2}
    rascunho.refresh_from_db()
    assert rascunho.rascunho["sala"] == "Porão"


def test_the_words_of_prodesp_are_beside_the_field(gente: Gente, devolvida: SolicitacaoServico) -> None:
    texto = gente.ana.cliente.get(url("preencher", devolvida)).content.decode()
    quadro = texto[texto.index("ig-campo-pendente") :][:1500]
    assert 'name="funcionamento"' in quadro
    assert "Falta o horário da UBS." in quadro


def test_the_check_page_shows_the_price_of_the_table_and_freezes_it(gente: Gente, rascunho: SolicitacaoServico) -> None:
    pagina = url("conferir", rascunho)
    assert "A PRODESP informa o valor" in gente.ana.cliente.get(pagina).content.decode()
    Preco.objects.create(servico="SCM", mbps=8, mensal=Decimal("412.60"), vale_de=dt.date(2026, 1, 1), tabela="tabela 2026")
    assert "R$ 412,60 por mês" in gente.ana.cliente.get(pagina).content.decode()
    gente.ana.cliente.post(url("enviar", rascunho), {"chave": chave(gente.ana.cliente, pagina)})
    Preco.objects.update(mensal=Decimal("900.00"))
    assert "R$ 412,60 por mês" in gente.ana.cliente.get(url("envio", rascunho, 1)).content.decode()


def test_a_double_click_sends_once_and_shows_the_same_confirmation(gente: Gente, rascunho: SolicitacaoServico) -> None:
    corpo = {"chave": chave(gente.ana.cliente, url("conferir", rascunho))}
    idas = [gente.ana.cliente.post(url("enviar", rascunho), corpo).url for _ in range(2)]
    assert idas == [url("enviada", rascunho, 1)] * 2
    assert EnvioSS.objects.count() == 1
    texto = gente.ana.cliente.get(idas[0]).content.decode()
    assert rascunho.numero in texto
    assert "Baixar o recibo (PDF)" in texto
    assert "A PRODESP confere até" in texto


def test_the_limit_of_twenty_is_said_before_and_after_with_the_way_out(
    gente: Gente, rascunho: SolicitacaoServico, encher: Callable[..., list[Acesso]]
) -> None:
    encher(20)
    pagina = url("conferir", rascunho)
    antes = gente.ana.cliente.get(pagina).content.decode()
    assert "já usa os seus 20 links de intranet" in antes
    resposta = gente.ana.cliente.post(url("enviar", rascunho), {"chave": chave(gente.ana.cliente, pagina)})
    texto = resposta.content.decode()
    assert resposta.status_code == 422
    assert "O pedido não foi enviado" in texto
    assert 'id="campo-servico"' in texto
    assert "#LNK-01" in texto
    assert url("mais_links") in texto
    rascunho.refresh_from_db()
    assert rascunho.estado == Estado.RASCUNHO


def test_redundancy_is_refused_beside_the_street(gente: Gente, enviada: SolicitacaoServico) -> None:
    outra = solicitacoes.rascunho(gente.ana.ator)
    resposta = gente.ana.cliente.post(url("enviar", outra))
    assert resposta.status_code == 422
    assert 'id="campo-logradouro"' in resposta.content.decode()
    assert "#LNK-04" in resposta.content.decode()


def test_both_halves_of_a_change_of_address_go_together(gente: Gente, em_servico: Acesso) -> None:
    assert comecar(gente, tipo="mudanca", acesso=str(em_servico.pk)).status_code == 302
    nova, velha = SolicitacaoServico.objects.filter(mudanca__isnull=False).order_by("pk")
    acoes.salvar(ss_id=nova.pk, dados={**UBS, "numero": "77", "data_desejada": "01/12/2026"}, versao=0, por=gente.ana.ator, agora=AGORA)
    assert "Falta a outra metade" in gente.ana.cliente.get(url("conferir", nova)).content.decode()
    acoes.salvar(ss_id=velha.pk, dados={"desligar_em": "10/12/2026", "justificativa": "Mudou."}, versao=0, por=gente.ana.ator, agora=AGORA)
    texto = gente.ana.cliente.get(url("conferir", nova)).content.decode()
    assert "os dois funcionam juntos por 9 dias" in texto
    gente.ana.cliente.post(url("enviar", nova), {"chave": chave(gente.ana.cliente, url("conferir", nova)), "tambem": "1"})
    assert set(SolicitacaoServico.objects.filter(mudanca__isnull=False).values_list("estado", flat=True)) == {Estado.EM_VALIDACAO}
    for metade in (nova, velha):
        assert "Mudança de endereço" in gente.bene.cliente.get(url("solicitacao", metade)).content.decode()


def test_several_ready_drafts_go_together_and_one_unready_holds_them(gente: Gente, rascunho: SolicitacaoServico) -> None:
    outra = solicitacoes.rascunho(gente.ana.ator, n=1)
    pela_metade = solicitacoes.rascunho(gente.ana.ator, n=2, mudancas={"cep": "1"})
    lista = url("enviar_varias")
    marcadas = {"ss": [rascunho.slug, outra.slug, pela_metade.slug]}
    assert "Falta preencher" in gente.ana.cliente.get(lista, marcadas).content.decode()
    resposta = gente.ana.cliente.post(lista, marcadas)
    assert resposta.status_code == 422
    assert EnvioSS.objects.count() == 0
    resposta = gente.ana.cliente.post(lista, {"ss": [rascunho.slug, outra.slug]}, follow=True)
    assert "2 solicitações enviadas à PRODESP" in resposta.content.decode()
    assert gente.vizinha.cliente.post(lista, {"ss": [pela_metade.slug]}).status_code == 409


def test_text_posted_on_an_ended_session_comes_back(gente: Gente, rascunho: SolicitacaoServico) -> None:
    visao = reverse("saog:preencher", args=[rascunho.slug])
    from django.urls import resolve

    assert resolve(visao).func.guarda_o_texto is True
