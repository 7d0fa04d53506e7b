"""The conferência at its edges: rows without a field, half-typed rows, what is said of the rest, the portal's own PDF (ADS-03)."""

from __future__ import annotations

import pytest

from adesao import acoes, fichas, revisao
from adesao.estados import Estado
from adesao.models import Adesao
from adesao.pecas import SEM_CAMPO, campos_da_leitura
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, Pessoa

from .conftest import DIA, chave, url
from .leitura import de_novo, marcar, texto

pytestmark = pytest.mark.django_db


# --- A pendência where the prefeitura types nothing ---------------------------------------------------------------
@pytest.mark.parametrize(("tarefa", "campo", "rotulo"), [("prefeitura", "municipio", "Município"), ("anexo1", "acao", "Pedido")])
def test_a_pendencia_without_a_field_is_shown_on_its_task_and_can_be_answered(
    tarefa: str, campo: str, rotulo: str, requerente: Pessoa, analista: Pessoa, em_conferencia: Adesao
) -> None:
    """The way out of /falta/ leads to it: PRODESP's words at the top of the task, and the answer."""
    marca = {"tarefa": tarefa, "campo": campo, "texto": "É mesmo este o dado?"}
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA + DIA, pendencias=(marca,))
    pendencia = adesao.pendencias.get()
    assert f"/preencher/{tarefa}/?erros=1#pendencia-{pendencia.pk}" in requerente.cliente.get(url("falta", adesao)).content.decode()
    pagina = requerente.cliente.get(url("preencher", adesao, tarefa))
    resposta = url("responder", adesao, pendencia.pk)
    assert f'id="pendencia-{pendencia.pk}"' in pagina.content.decode()
    assert resposta in pagina.content.decode()
    assert f"A PRODESP escreveu sobre “{rotulo}”: Responda sobre este dado. É mesmo este o dado?" in texto(pagina)
    assert "a prefeitura só responde" in texto(requerente.cliente.get(resposta))
    requerente.cliente.post(resposta, {"resposta": "É este mesmo."})
    assert "Sua resposta: É este mesmo." in texto(requerente.cliente.get(url("preencher", adesao, tarefa)))
    assert not any(f.pendencia for f in revisao.rever(adesao).faltas)


def test_the_analista_is_told_that_the_prefeitura_can_only_answer(analista: Pessoa, em_conferencia: Adesao) -> None:
    aberta = texto(analista.cliente.get(url("conferencia", em_conferencia) + "?peca=oficio&marcar=prefeitura.municipio"))
    assert "ela só pode responder por escrito" in aberta
    assert "Marcar pendência" in aberta
    assert "só pode responder" not in texto(
        analista.cliente.get(url("conferencia", em_conferencia) + "?peca=oficio&marcar=prefeitura.cnpj")
    )


def test_a_pendencia_on_the_coat_of_arms_is_beside_it(requerente: Pessoa, analista: Pessoa, em_conferencia: Adesao) -> None:
    marca = {"tarefa": "timbre", "campo": "brasao", "texto": "O brasão está borrado."}
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA + DIA, pendencias=(marca,))
    pagina = requerente.cliente.get(url("preencher", adesao, "timbre"))
    assert texto(pagina).count("O brasão está borrado.") == 1
    assert url("responder", adesao, adesao.pendencias.get().pk) in pagina.content.decode()


def test_every_row_of_the_conferencia_has_a_field_or_is_known_to_have_none(em_conferencia: Adesao) -> None:
    sem_campo = set()
    for tarefa, campo in campos_da_leitura(em_conferencia.lista_de_envios.get().dados["leitura"]):
        ficha = fichas.POR_SLUG[tarefa].ficha
        assert ficha is not None
        if campo not in ficha({"linhas": "10"}).fields:
            sem_campo.add((tarefa, campo))
    assert sem_campo == {*SEM_CAMPO, ("timbre", "brasao")}


# --- What is said of the rest -------------------------------------------------------------------------------------
def test_nothing_is_called_right_when_every_paper_has_a_pendencia_and_nothing_was_ticked(analista: Pessoa, em_conferencia: Adesao) -> None:
    marcas = [
        {"tarefa": "oficio", "campo": "oficio_data", "texto": "Data."},
        {"tarefa": "anexo1", "campo": "r1_nome", "texto": "Nome."},
        {"tarefa": "anexo2", "campo": "tecnico_nome", "texto": "Técnico."},
    ]
    adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA + DIA, pendencias=tuple(marcas))
    envio = em_conferencia.lista_de_envios.get()
    frase = acoes.sobre_o_resto(envio, list(envio.pendencias.all()))
    assert frase == "A PRODESP ainda não terminou de conferir estes documentos. Pode haver outro pedido depois."


# --- Returning with a row still open ------------------------------------------------------------------------------
def test_a_half_typed_pendencia_is_not_lost_by_the_return_button(analista: Pessoa, requerente: Pessoa, em_conferencia: Adesao) -> None:
    """The button sends the open row along: it is marked, nothing is returned yet, and the person looks at the whole first."""
    marcar(analista, em_conferencia)
    html = analista.cliente.get(url("conferencia", em_conferencia) + "?peca=anexo1&marcar=anexo1.r2_nome").content.decode()
    assert f'form="mesa" formaction="{url("devolver", em_conferencia)}"' in html
    corpo = {"lista": "anexo1", "item": ["timbre"], "aberta": "anexo1.r2_nome", "anexo1-r2_nome-texto": "Nome sem sobren"}
    resposta = analista.cliente.post(url("devolver", em_conferencia), corpo, follow=True)
    assert resposta.redirect_chain == [(url("previa", em_conferencia), 302)]
    assert "Nada foi devolvido ainda" in texto(resposta)
    assert "Nome sem sobren" in texto(resposta)
    assert de_novo(em_conferencia).estado == Estado.EM_CONFERENCIA
    assert {i.item for i in em_conferencia.lista_de_envios.get().conferidos.all()} == {"timbre"}
    analista.cliente.post(url("devolver", em_conferencia), {"chave": chave(analista.cliente, url("previa", em_conferencia))})
    assert de_novo(em_conferencia).estado == Estado.DEVOLVIDA


def test_an_open_row_without_new_words_does_not_hold_the_return(analista: Pessoa, em_conferencia: Adesao) -> None:
    marcar(analista, em_conferencia)
    corpo = {"aberta": ["anexo1.r2_cpf", "anexo1.r2_nome"], "anexo1-r2_cpf-texto": "Confira o número.", "anexo1-r2_nome-texto": " "}
    analista.cliente.post(url("devolver", em_conferencia), corpo)
    assert de_novo(em_conferencia).estado == Estado.DEVOLVIDA


# --- The portal's own PDF -----------------------------------------------------------------------------------------
def test_without_a_digital_signature_the_page_asks_to_look_for_one_by_hand(analista: Pessoa, em_conferencia: Adesao) -> None:
    assert "sem assinatura digital: confira a assinatura à mão" in texto(analista.cliente.get(url("conferencia", em_conferencia)))
