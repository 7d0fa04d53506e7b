"""The conferência: marking, check-list, preview, return, undo, forward (ADS-03, ADS-04), stale pages and double clicks."""

from __future__ import annotations

import html
import re

import pytest

from adesao import acoes
from adesao.dados.motivos import MOTIVOS, carregar_motivos
from adesao.estados import Estado
from adesao.models import Adesao, MotivoPadrao, Pendencia
from adesao.pecas import PECAS, campos_da_leitura
from tests.apoio import adesoes
from tests.apoio.correio import CaixaDeSaida
from tests.apoio.elenco import AGORA, Pessoa

from .conftest import DIA, chave, url
from .leitura import de_novo, marcar, texto

pytestmark = pytest.mark.django_db


# --- Reading ----------------------------------------------------------------------------------------------------
def test_every_field_of_the_form_is_on_one_of_the_tabs(analista: Pessoa, em_conferencia: Adesao) -> None:
    lidos = "".join(analista.cliente.get(url("conferencia", em_conferencia) + f"?peca={p}").content.decode() for p in PECAS)
    envio = em_conferencia.lista_de_envios.get()
    for (tarefa, campo), dados in campos_da_leitura(envio.dados["leitura"]).items():
        assert f'id="linha-{tarefa}-{campo}"' in lidos
        assert html.escape(dados["valor"]) in lidos


def test_the_declarations_have_who_and_when(analista: Pessoa, em_conferencia: Adesao) -> None:
    pagina = texto(analista.cliente.get(url("conferencia", em_conferencia) + "?peca=declaracoes"))
    assert "A prefeitura paga todas as taxas" in pagina
    assert "Davi Moreira, 09/11/2026, 10h12" in pagina


def test_page_images_when_ready_and_words_until_then(analista: Pessoa, em_conferencia: Adesao) -> None:
    pagina = url("conferencia", em_conferencia) + "?peca=oficio"
    assert "As páginas estão sendo preparadas" in texto(analista.cliente.get(pagina))
    adesoes.desenhar_paginas(em_conferencia)
    resposta = analista.cliente.get(pagina + "&pag=2")
    assert "Pág. 2 de 2" in texto(resposta)
    imagem = re.search(r'<img src="([^"]+pagina-2\.png)"', resposta.content.decode())
    assert imagem
    assert analista.cliente.get(imagem[1])["Content-Type"] == "image/png"


@pytest.mark.parametrize("pag", ["0", "99", "x", "-1", "٣"])
def test_an_absurd_page_is_a_page_that_exists(pag: str, analista: Pessoa, em_conferencia: Adesao) -> None:
    assert re.search(r"Pág\. [12] de 2", texto(analista.cliente.get(url("conferencia", em_conferencia), {"peca": "oficio", "pag": pag})))


def test_a_digital_signature_and_the_code_are_told_apart(requerente: Pessoa, analista: Pessoa) -> None:
    adesao = adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator, assinaturas=1), por=analista.ator)
    pagina = texto(analista.cliente.get(url("conferencia", adesao)))
    codigo = adesao.lista_de_envios.get().pecas.get(peca="oficio").gerado.codigo
    assert "assinatura digital" in pagina
    assert f"confira se o rodapé traz {codigo}" in pagina


def test_an_address_outside_gov_is_marked(requerente: Pessoa, analista: Pessoa, em_conferencia: Adesao) -> None:
    assert "fora do .gov.br" not in texto(analista.cliente.get(url("conferencia", em_conferencia)))
    requerente.usuario.email = "davi@example.com"
    requerente.usuario.save()
    assert "e-mail fora do .gov.br" in texto(analista.cliente.get(url("conferencia", em_conferencia)))


# --- Marking ----------------------------------------------------------------------------------------------------
def test_the_form_opens_without_javascript(analista: Pessoa, em_conferencia: Adesao) -> None:
    carregar_motivos()
    resposta = analista.cliente.get(url("conferencia", em_conferencia) + "?peca=anexo1&marcar=anexo1.r2_cpf")
    corpo = resposta.content.decode()
    assert corpo.count('name="anexo1-r2_cpf-texto"') == 1
    grupos = re.findall(r'<optgroup label="([^"]+)">', corpo)
    assert grupos == ["Mais comuns aqui", "Prefeitura e representante legal", "Ofício", "Anexo II", "Documento assinado"]


def test_a_mark_stays_beside_its_field_and_can_be_changed_and_taken_back(analista: Pessoa, em_conferencia: Adesao) -> None:
    resposta = marcar(analista, em_conferencia)
    assert resposta["Location"].endswith("?peca=anexo1#linha-anexo1-r2_cpf")
    pagina = texto(analista.cliente.get(url("conferencia", em_conferencia) + "?peca=anexo1"))
    assert "Confira o número." in pagina
    assert "Devolver com 1 pendência" in pagina
    marcar(analista, em_conferencia, texto="Outro texto.")
    pendencia = Pendencia.objects.get()
    assert pendencia.texto == "Outro texto."
    analista.cliente.post(url("retirar", em_conferencia, pendencia.pk), {"marcar": "anexo1.r2_cpf"})
    assert not Pendencia.objects.exists()


def test_a_standard_reason_brings_its_words(analista: Pessoa, em_conferencia: Adesao) -> None:
    carregar_motivos()
    motivo = MotivoPadrao.objects.get(titulo="CPF não confere com o nome")
    marcar(analista, em_conferencia, motivo=motivo.pk, texto="")
    pendencia = Pendencia.objects.get()
    assert (pendencia.titulo, pendencia.texto) == (motivo.titulo, motivo.texto)


def test_an_empty_mark_is_refused_beside_the_field(analista: Pessoa, em_conferencia: Adesao) -> None:
    resposta = marcar(analista, em_conferencia, texto=" ")
    assert resposta.status_code == 422
    assert "Escolha um motivo ou escreva o que precisa ser corrigido." in texto(resposta)
    assert 'id="id_pendencia_anexo1-r2_cpf-texto_error"' in resposta.content.decode()


def test_too_long_a_text_is_refused_and_kept(analista: Pessoa, em_conferencia: Adesao) -> None:
    resposta = marcar(analista, em_conferencia, texto="a" * 501)
    assert resposta.status_code == 422
    assert "a" * 501 in resposta.content.decode()


@pytest.mark.parametrize("campo", ["", "anexo1", "anexo1.nada", "assinados.delegacaox", "x.y.z"])
def test_a_field_that_was_not_sent_cannot_be_marked(campo: str, analista: Pessoa, em_conferencia: Adesao) -> None:
    assert marcar(analista, em_conferencia, campo).status_code == 422
    assert not Pendencia.objects.exists()


def test_what_people_type_is_never_markup(analista: Pessoa, em_conferencia: Adesao) -> None:
    marcar(analista, em_conferencia, texto="<script>alert(1)</script>")
    for pagina in (url("conferencia", em_conferencia) + "?peca=anexo1", url("previa", em_conferencia)):
        corpo = analista.cliente.get(pagina).content.decode()
        assert "<script>alert" not in corpo
        assert "&lt;script&gt;alert" in corpo


def test_the_check_list_is_ticked_and_unticked(analista: Pessoa, em_conferencia: Adesao) -> None:
    envio = em_conferencia.lista_de_envios.get()
    analista.cliente.post(url("itens", em_conferencia, "oficio"), {"tudo": "1"})
    assert envio.conferidos.filter(peca="oficio").count() == len(PECAS["oficio"].itens)
    analista.cliente.post(url("itens", em_conferencia, "oficio"), {"item": ["timbre", "inventado"]})
    assert [i.item for i in envio.conferidos.all()] == ["timbre"]
    assert analista.cliente.post(url("itens", em_conferencia, "nada")).status_code == 404


# --- Preview, return, undo --------------------------------------------------------------------------------------
def test_the_preview_is_what_the_email_says(analista: Pessoa, em_conferencia: Adesao, correio: CaixaDeSaida) -> None:
    marcar(analista, em_conferencia)
    marcar(analista, em_conferencia, "assinados.anexo1", texto="A assinatura está cortada.")
    previa = texto(analista.cliente.get(url("previa", em_conferencia)))
    analista.cliente.post(url("devolver", em_conferencia), {"chave": chave(analista.cliente, url("conferencia", em_conferencia))})
    carta = correio.ultima("davi@bofete.sp.gov.br", tipo="adesao_devolvida")
    assert carta.assunto in previa
    for frase in ("CPF do 2º responsável: Corrija este campo. Confira o número.", "A assinatura está cortada."):
        assert frase in previa
        assert frase in " ".join(carta.texto.split())
    assert "Pede nova cópia assinada: Anexo I." in previa


def test_a_double_click_returns_once(analista: Pessoa, em_conferencia: Adesao, correio: CaixaDeSaida) -> None:
    marcar(analista, em_conferencia)
    uma = chave(analista.cliente, url("conferencia", em_conferencia))
    respostas = [analista.cliente.post(url("devolver", em_conferencia), {"chave": uma}) for _ in range(2)]
    assert [r.status_code for r in respostas] == [302, 302]
    assert em_conferencia.historico.filter(transicao="devolver").count() == 1
    assert len(correio.mensagens(tipo="adesao_devolvida")) == 1


def test_a_stale_page_says_what_happened(analista: Pessoa, gestor_prodesp: Pessoa, em_conferencia: Adesao) -> None:
    marcar(analista, em_conferencia)
    velha = chave(analista.cliente, url("conferencia", em_conferencia))
    acoes.devolver(adesao_id=em_conferencia.pk, por=gestor_prodesp.ator, agora=AGORA + DIA)
    resposta = analista.cliente.post(url("devolver", em_conferencia), {"chave": velha})
    assert resposta.status_code == 409
    assert "Devolvida para correção" in texto(resposta)


def test_nothing_marked_nothing_returned(analista: Pessoa, em_conferencia: Adesao) -> None:
    resposta = analista.cliente.post(url("devolver", em_conferencia))
    assert resposta.status_code == 422
    assert "Marque ao menos uma pendência" in texto(resposta)


def test_a_return_is_undone_until_the_prefeitura_touches_it(analista: Pessoa, requerente: Pessoa, devolvida: Adesao) -> None:
    assert "Desfazer a devolução" in texto(analista.cliente.get(url("conferencia", devolvida)))
    analista.cliente.post(url("desfazer", devolvida))
    assert de_novo(devolvida).estado == Estado.EM_CONFERENCIA
    assert "Devolver com 2 pendências" in texto(analista.cliente.get(url("conferencia", devolvida)))
    acoes.devolver(adesao_id=devolvida.pk, por=analista.ator, agora=AGORA + 2 * DIA)
    adesoes.preencher(devolvida, por=requerente.ator, agora=AGORA + 2 * DIA, mudancas={"anexo1": {"r2_cpf": "161.803.398-05"}})
    assert "Desfazer a devolução" not in texto(analista.cliente.get(url("conferencia", devolvida)))
    assert analista.cliente.post(url("desfazer", devolvida)).status_code == 409


# --- What changed -----------------------------------------------------------------------------------------------
def test_what_changed_is_side_by_side_with_new_copies_and_answers(requerente: Pessoa, analista: Pessoa, devolvida: Adesao) -> None:
    cpf = devolvida.pendencias.get(campo="r2_cpf")
    mudancas, respostas = {"anexo1": {"r2_nome": "Mário de Ávila"}}, {cpf.pk: "O CPF está certo."}
    adesao = adesoes.corrigida(devolvida, por=requerente.ator, agora=AGORA + 2 * DIA, mudancas=mudancas, respostas=respostas)
    adesoes.assumida(adesao, por=analista.ator, agora=AGORA + DIA)
    resposta = analista.cliente.get(url("mudancas", adesao))
    assert re.search(r"<del>Mário Ferreira</del>.*<ins>Mário de Ávila</ins>", resposta.content.decode(), re.S)
    pagina = texto(resposta)
    assert "1 mudança" in pagina
    assert "Cópias assinadas de novo Anexo I" in pagina
    assert "A prefeitura respondeu: O CPF está certo." in pagina
    mesa = texto(analista.cliente.get(url("conferencia", adesao) + "?peca=anexo1"))
    assert "Mudou. Antes: Mário Ferreira" in mesa
    assert "O CPF está certo." in mesa


def test_a_row_taken_out_of_the_middle_of_the_applications_is_the_only_change(requerente: Pessoa, analista: Pessoa) -> None:
    """Rows move up: each is compared with itself, wherever it stood, and what PRODESP had written goes with it."""
    tres = {"aplicacao_1_nome": "Alfa", "aplicacao_2_nome": "Beta", "aplicacao_3_nome": "Gama", "aplicacao_3_orgao": "Detran.SP"}
    adesao = adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator, mudancas={"anexo2": tres}), por=analista.ator, agora=AGORA + DIA)
    marcas = [{"tarefa": "anexo2", "campo": f"aplicacao_{i}_nome", "texto": f"Confira a {nome}."} for i, nome in ((2, "Beta"), (3, "Gama"))]
    adesoes.devolvida(adesao, por=analista.ator, agora=AGORA + DIA, pendencias=tuple(marcas))
    agora = {"aplicacao_2_nome": "Gama", "aplicacao_2_orgao": "Detran.SP", "aplicacao_3_nome": "", "aplicacao_3_orgao": ""}
    certas = {p.pk: "Está certo." for p in adesao.pendencias.all()}
    adesao = adesoes.corrigida(adesao, por=requerente.ator, agora=AGORA + 2 * DIA, mudancas={"anexo2": agora}, respostas=certas)
    adesoes.assumida(adesao, por=analista.ator, agora=AGORA + 2 * DIA)
    mesa = texto(analista.cliente.get(url("conferencia", adesao) + "?peca=anexo2"))
    assert "Mudou. Antes:" not in mesa
    assert "Aplicação 2 Gama (Detran.SP)" in mesa
    assert "Confira a Gama." in mesa
    assert "Confira a Beta." not in mesa
    resposta = analista.cliente.get(url("mudancas", adesao))
    assert "1 mudança" in texto(resposta)
    assert re.search(r"Aplicação 2<.*<del>Beta \(Detran\.SP\)</del>.*em branco", resposta.content.decode(), re.S)
    assert "Confira a Beta." in texto(resposta)


def test_changed_cpfs_are_masked_for_whoever_does_not_check(corrigida: Adesao, analista: Pessoa, auditor: Pessoa) -> None:
    assert "271.828.182-05" in texto(analista.cliente.get(url("mudancas", corrigida)))
    do_auditor = texto(auditor.cliente.get(url("mudancas", corrigida)))
    assert "271.828.182-05" not in do_auditor
    assert "***.828.182-**" in do_auditor


# --- Forward ----------------------------------------------------------------------------------------------------
def test_forwarding_waits_for_the_check_lists(analista: Pessoa, em_conferencia: Adesao) -> None:
    assert analista.cliente.get(url("encaminhar", em_conferencia)).status_code == 302
    resposta = analista.cliente.post(url("encaminhar", em_conferencia), {"parecer": "De acordo."})
    assert resposta.status_code == 422
    assert "Falta conferir: Ofício, Anexo I, Anexo II." in texto(resposta)


def test_forwarding_offers_a_text_and_takes_it(analista: Pessoa, em_conferencia: Adesao) -> None:
    adesoes.conferida(em_conferencia, por=analista.ator)
    oferta = analista.cliente.get(url("encaminhar", em_conferencia))
    assert "5 sub-blocos privados /28 e 1 sub-bloco público /30; 2 aplicações" in texto(oferta)
    vazio = analista.cliente.post(url("encaminhar", em_conferencia), {"parecer": ""})
    assert vazio.status_code == 422
    assert "Escreva o parecer para o órgão aprovador." in texto(vazio)
    analista.cliente.post(url("encaminhar", em_conferencia), {"parecer": "De acordo."})
    depois = de_novo(em_conferencia)
    assert (depois.estado, depois.parecer) == (Estado.ENCAMINHADA, "De acordo.")


def test_the_approvers_question_comes_back_to_the_screen(analista: Pessoa, aprovador: Pessoa, encaminhada: Adesao) -> None:
    aprovador.cliente.post(url("perguntar", encaminhada), {"pergunta": "O técnico é servidor?"})
    assert "perguntou O técnico é servidor?" in texto(analista.cliente.get(url("conferencia", encaminhada)))
    tela = texto(analista.cliente.get(url("encaminhar", encaminhada)))
    assert "Resposta à pergunta" in tela
    sem_resposta = analista.cliente.post(url("encaminhar", encaminhada), {"parecer": adesoes.PARECER, "resposta": "  "})
    assert sem_resposta.status_code == 422
    assert "Responda à pergunta do órgão aprovador." in texto(sem_resposta)
    analista.cliente.post(url("encaminhar", encaminhada), {"parecer": adesoes.PARECER, "resposta": "É servidor efetivo."})
    depois = de_novo(encaminhada)
    assert depois.estado == Estado.ENCAMINHADA
    assert depois.parecer.endswith("Pergunta recebida: O técnico é servidor?\n\nResposta da PRODESP: É servidor efetivo.")


# --- One form for all rows: nothing typed or ticked is lost ---------------------------------------------------------
def test_the_ticks_and_the_text_of_the_other_open_row_come_along(analista: Pessoa, em_conferencia: Adesao) -> None:
    """Without JavaScript the whole page goes and comes back: what was typed in an open row is marked, ticks are kept."""
    corpo = {"lista": "anexo1", "item": ["timbre", "completo"], "aberta": ["anexo1.r2_cpf"], "anexo1-r2_cpf-texto": "Confira o CPF."}
    resposta = analista.cliente.post(url("pendencia", em_conferencia), {**corpo, "abrir": "anexo1.r2_nome"})
    assert resposta["Location"].endswith("?peca=anexo1&marcar=anexo1.r2_nome#linha-anexo1-r2_nome")
    assert [(p.campo, p.texto) for p in em_conferencia.pendencias.all()] == [("r2_cpf", "Confira o CPF.")]
    assert {i.item for i in em_conferencia.lista_de_envios.get().conferidos.all()} == {"timbre", "completo"}


def test_with_javascript_marking_one_row_leaves_the_others_alone(analista: Pessoa, em_conferencia: Adesao) -> None:
    corpo = {"aberta": ["anexo1.r2_cpf", "anexo1.r2_nome"], "anexo1-r2_cpf-texto": "Confira.", "anexo1-r2_nome-texto": "Ainda pens"}
    analista.cliente.post(url("pendencia", em_conferencia), {**corpo, "marcar": "anexo1.r2_cpf"}, headers={"HX-Request": "true"})
    assert [p.campo for p in em_conferencia.pendencias.all()] == ["r2_cpf"]


# --- The delegation act is checked like the others --------------------------------------------------------------
def test_the_delegation_act_is_checked_before_forwarding(requerente: Pessoa, analista: Pessoa) -> None:
    delegado = {"quem_assina": "delegado", "representante_nome": "Ana Lima", "representante_cargo": "Secretária de Governo"}
    adesao = adesoes.adesao_enviada(por=requerente.ator, mudancas={"prefeitura": delegado})
    adesoes.assumida(adesao, por=analista.ator)
    for peca in PECAS:
        analista.cliente.post(url("itens", adesao, peca), {"tudo": "1"})
    tela = texto(analista.cliente.get(url("conferencia", adesao) + "?peca=delegacao"))
    assert "Ato de delegação a conferir" in tela
    assert "Falta conferir: Ato de delegação" in tela
    assert "O ato está assinado e em vigor na data dos Anexos" in tela
    recusa = analista.cliente.post(url("encaminhar", adesao), {"parecer": "De acordo."})
    assert "Falta conferir: Ato de delegação." in texto(recusa)
    analista.cliente.post(url("itens", adesao, "delegacao"), {"tudo": "1"})
    oferta = texto(analista.cliente.get(url("encaminhar", adesao)))
    assert "o Anexo II e o ato de delegação" in oferta
    assert "Quem assina os Anexos é Ana Lima, por delegação" in oferta


def test_no_delegation_act_no_check_list_for_it(analista: Pessoa, em_conferencia: Adesao) -> None:
    assert analista.cliente.post(url("itens", em_conferencia, "delegacao"), {"tudo": "1"}).status_code == 422


# --- Who holds it -----------------------------------------------------------------------------------------------
def test_the_second_to_take_it_reads_who_was_first(enviada: Adesao, analista: Pessoa, analista_2: Pessoa) -> None:
    assert analista.cliente.post(url("assumir", enviada)).status_code == 302
    resposta = analista_2.cliente.post(url("assumir", enviada))
    assert resposta.status_code == 409
    assert "11/11/2026, 10h12, por Graça Tavares" in texto(resposta)
    assert enviada.historico.filter(transicao="assumir").count() == 1


def test_hand_over_and_release(em_conferencia: Adesao, analista: Pessoa, analista_2: Pessoa) -> None:
    sem_escolha = analista.cliente.post(url("passar", em_conferencia), {"analista": ""})
    assert sem_escolha.status_code == 422
    assert "Escolha um analista da lista." in texto(sem_escolha)
    analista.cliente.post(url("passar", em_conferencia), {"analista": analista_2.usuario.pk})
    assert de_novo(em_conferencia).analista_id == analista_2.usuario.pk
    assert analista.cliente.post(url("liberar", em_conferencia)).status_code == 403
    assert analista_2.cliente.post(url("liberar", em_conferencia)).status_code == 302
    assert de_novo(em_conferencia).estado == Estado.ENVIADA


# --- Reasons ----------------------------------------------------------------------------------------------------
def test_the_standard_reasons_load_once_and_fit(db: None) -> None:
    assert carregar_motivos() == len(MOTIVOS)
    MotivoPadrao.objects.filter(titulo="Falta página").update(texto="Mudado pelo gestor.")
    assert carregar_motivos() == 0
    assert MotivoPadrao.objects.get(titulo="Falta página").texto == "Mudado pelo gestor."
    for motivo in MotivoPadrao.objects.all():
        motivo.full_clean()


def test_the_gestor_writes_changes_and_retires_reasons(gestor_prodesp: Pessoa) -> None:
    novo = {"titulo": "Falta carimbo", "texto": "Carimbe e envie de novo.", "onde": "assinados", "ativo": "on"}
    assert gestor_prodesp.cliente.post(url("motivo_novo"), novo).status_code == 302
    motivo = MotivoPadrao.objects.get()
    repetido = gestor_prodesp.cliente.post(url("motivo_novo"), {**novo, "titulo": "falta carimbo"})
    assert repetido.status_code == 422
    assert "Já existe um motivo com este título." in texto(repetido)
    sem_uso = {k: v for k, v in novo.items() if k != "ativo"}
    gestor_prodesp.cliente.post(f"/motivos/{motivo.pk}/", sem_uso)
    motivo.refresh_from_db()
    assert not motivo.ativo
    assert "fora de uso" in texto(gestor_prodesp.cliente.get(url("motivos")))
    assert gestor_prodesp.cliente.get("/motivos/999999/").status_code == 404
