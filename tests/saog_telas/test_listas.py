"""What the prefeitura's lists and forms say: a change of address as one thing, dates still to come, and no typed text lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from saog import acoes
from saog.models import Acesso, SolicitacaoServico
from saog.views.para_fazer import no_caminho
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA
from tests.apoio.solicitacoes import DIA, UBS

from .conftest import Gente, chave, url

pytestmark = pytest.mark.django_db
DESLIGA = {"desligar_em": "30/11/2026", "justificativa": "Mudança."}


def texto(resposta: Any) -> str:
    return " ".join(resposta.content.decode().split())


def test_a_change_of_address_is_one_thing_in_every_list(gente: Gente, em_servico: Acesso) -> None:
    """SS-06: both halves under one heading with both states; ticked once, they go together; a page counts them once."""
    ana = gente.ana
    nova, velha = acoes.iniciar_mudanca(acesso_id=em_servico.pk, por=ana.ator, agora=AGORA)
    assert nova.rascunho["contato_nome"] == UBS["contato_nome"]
    assert nova.rascunho["contato_telefone"] == UBS["contato_telefone"]
    for ss, dados in ((nova, {**UBS, "numero": "77"}), (velha, DESLIGA)):
        acoes.salvar(ss_id=ss.pk, dados=dados, versao=0, por=ana.ator, agora=AGORA)
    lista = texto(ana.cliente.get(url("solicitacoes")))
    assert lista.count("Mudança de endereço: UBS Vila Maria") == 1
    assert f'value="{nova.slug},{velha.slug}"' in lista

    juntas = {"ss": f"{nova.slug},{velha.slug}"}
    pagina = ana.cliente.get(url("enviar_varias"), juntas)
    assert "Enviar 2 solicitações?" in texto(pagina)
    corpo = {"ss": [nova.slug, velha.slug], "chave": chave(ana.cliente, url("enviar_varias") + f"?ss={nova.slug},{velha.slug}")}
    assert ana.cliente.post(url("enviar_varias"), corpo).status_code == 302
    assert "Estas já foram enviadas" in texto(ana.cliente.get(url("enviar_varias"), juntas))

    acoes.validar(ss_id=velha.pk, por=gente.analista.ator, agora=AGORA)
    for pessoa, nome in ((ana, "para_fazer"), (ana, "solicitacoes"), (gente.auditor, "solicitacoes")):
        lista = texto(pessoa.cliente.get(url(nome)))
        bloco = lista[lista.index('<tbody class="ig-par">') :].split("</tbody>")[0]
        assert all(dito in bloco for dito in (nova.numero, velha.numero, "Em validação", "Validada")), (nome, bloco)
        assert lista.count(f">{nova.numero}</a>") == 1
    acoes.cancelar(ss_id=nova.pk, motivo="Desistimos.", por=ana.ator, agora=AGORA)
    lista = texto(ana.cliente.get(url("solicitacoes"), {"situacao": "andamento"}))
    assert lista.count("Mudança de endereço: UBS Vila Maria") == 1
    assert "Cancelada" in lista


def test_a_list_says_only_dates_still_to_come(emitida: SolicitacaoServico, gente: Gente) -> None:
    hoje = timezone.localdate(AGORA)
    ss, operadora = emitida, gente.operadora.ator

    def diz(dia: dt.date = hoje) -> str:
        ss.refresh_from_db()
        return no_caminho(SolicitacaoServico.objects.select_related("tipo").get(pk=ss.pk), dia).com_quem

    acoes.atender(ss_id=ss.pk, previsao=hoje + 9 * DIA, por=operadora, agora=AGORA)
    assert diz() == f"Operadora, até {hoje + 9 * DIA:%d/%m}"
    acoes.agendar(ss_id=ss.pk, visita_em=AGORA + 3 * DIA, texto="", por=operadora, agora=AGORA)
    assert diz() == f"Operadora, visita {hoje + 3 * DIA:%d/%m}"
    assert diz(hoje + 20 * DIA) == f"Operadora, desde {hoje:%d/%m}"
    acoes.pendenciar(ss_id=ss.pk, texto="Falta a chave da sala.", por=operadora, agora=AGORA + DIA)
    assert diz() == f"Prefeitura, desde {hoje + DIA:%d/%m}"


def test_a_returned_request_shows_how_many_days_are_left(gente: Gente, devolvida: SolicitacaoServico) -> None:
    assert texto(gente.ana.cliente.get(url("para_fazer"))).count("ig-prazo ") == 1


@pytest.mark.parametrize(("quem", "nome"), [("auditor", "solicitacoes"), ("auditor", "links"), ("gestor", "fila")])
def test_what_folds_to_one_letter_finds_no_city(gente: Gente, em_servico: Acesso, quem: str, nome: str) -> None:
    """What is typed is folded to how it sounds ("tttt" is "t"), and one letter is in almost every name."""
    acoes.iniciar_mudanca(acesso_id=em_servico.pk, por=gente.ana.ator, agora=AGORA)
    cliente = getattr(gente, quem).cliente
    achado = cliente.get(url(nome), {"busca": "botucatu", "corte": "todas"}).content.decode()
    assert "UBS Vila Maria" in achado
    assert "UBS Vila Maria" not in cliente.get(url(nome), {"busca": "tttt", "corte": "todas"}).content.decode()


@pytest.mark.parametrize(("quem", "nome"), [("ana", "solicitacoes"), ("ana", "links"), ("analista", "fila")])
def test_a_unit_is_found_without_its_accents(gente: Gente, em_servico: Acesso, quem: str, nome: str) -> None:
    em_servico.unidade.nome = "Escola Épica São João"
    em_servico.unidade.save()
    em_servico.solicitacoes.update(titulo=em_servico.unidade.nome)
    cliente = getattr(gente, quem).cliente
    for digitado in ("epica sao", "ÉPICA SÃO", "JOAO"):
        assert em_servico.unidade.nome in cliente.get(url(nome), {"busca": digitado, "corte": "todas"}).content.decode(), digitado
    assert em_servico.unidade.nome not in cliente.get(url(nome), {"busca": "joana", "corte": "todas"}).content.decode()


def test_a_draft_is_thrown_away_from_the_list(gente: Gente, rascunho: SolicitacaoServico) -> None:
    assert url("descartar", rascunho) in gente.ana.cliente.get(url("solicitacoes")).content.decode()
    pagina = url("descartar", rascunho)
    assert gente.bene.cliente.post(pagina, {"chave": chave(gente.bene.cliente, pagina)})["Location"] == url("solicitacoes")
    assert rascunho.numero not in texto(gente.ana.cliente.get(url("solicitacoes")))


def test_the_text_of_the_other_tab_is_shown_and_may_be_brought_back(gente: Gente, rascunho: SolicitacaoServico) -> None:
    acoes.salvar(ss_id=rascunho.pk, dados={**UBS, "numero": "999"}, versao=1, por=gente.ana.ator, agora=AGORA)
    resposta = gente.ana.cliente.post(url("preencher", rascunho), {**UBS, "numero": "555", "versao": "1"}, follow=True)
    assert "aberto em outra aba" in texto(resposta)
    assert all(f"<td>{n}</td>" in texto(resposta) for n in ("555", "999"))
    assert 'value="999"' in texto(gente.ana.cliente.get(url("preencher", rascunho), {"comparar": "1", "trazer": "1"}))


def test_a_text_that_comes_after_the_sending_is_shown_to_be_copied(gente: Gente, rascunho: SolicitacaoServico) -> None:
    acoes.enviar(ss_id=rascunho.pk, por=gente.bene.ator, agora=AGORA)
    sozinho = gente.ana.cliente.post(url("rascunho", rascunho), {**UBS, "sala": "Sala nova", "versao": "1"})
    assert (sozinho.status_code, "Salve para ver o seu texto" in sozinho.json()["erro"]) == (409, True)
    resposta = gente.ana.cliente.post(url("preencher", rascunho), {**UBS, "sala": "Sala nova, 2º andar", "versao": "1"})
    assert resposta.status_code == 409
    assert "O que você digitou não foi salvo" in texto(resposta)
    assert "Sala nova, 2º andar" in texto(resposta)


def test_two_drafts_for_one_address_are_named_when_sent_together(gente: Gente, rascunho: SolicitacaoServico) -> None:
    outro = solicitacoes.rascunho(gente.ana.ator, mudancas={"unidade_nome": "Creche"})
    endereco = url("enviar_varias") + f"?ss={rascunho.slug}&ss={outro.slug}"
    resposta = gente.ana.cliente.post(
        url("enviar_varias"), {"ss": [rascunho.slug, outro.slug], "chave": chave(gente.ana.cliente, endereco)}
    )
    assert resposta.status_code == 422
    assert f"e Creche ({outro.numero}) são para o mesmo endereço" in texto(resposta)


def test_a_full_limit_is_said_beside_the_service_and_its_button_is_not_offered(gente: Gente) -> None:
    solicitacoes.enviada(gente.ana.ator, mudancas={"servico": "SCM_STI"})
    outro = solicitacoes.rascunho(gente.ana.ator, n=1, mudancas={"servico": "SCM_STI"})
    assert "SCM + STI não cabe agora" in texto(gente.ana.cliente.get(url("preencher", outro)))
    pagina = texto(gente.ana.cliente.get(url("conferir", outro)))
    assert f'action="{url("enviar", outro)}"' not in pagina
    assert "Mudar o serviço" in pagina


def test_a_cancelamento_says_what_it_stops(gente: Gente, emitida: SolicitacaoServico) -> None:
    acoes.atender(ss_id=emitida.pk, por=gente.operadora.ator, agora=AGORA)
    pedido = acoes.iniciar(municipio_id=emitida.municipio_id, tipo="cancelamento", alvo_id=emitida.pk, por=gente.ana.ator, agora=AGORA)
    pagina = texto(gente.ana.cliente.get(url("preencher", pedido)))
    assert all(dito in pagina for dito in ("O que a Operadora vai parar", emitida.numero, "Em atendimento"))
