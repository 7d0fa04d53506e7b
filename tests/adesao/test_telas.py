"""The prefeitura's pages with a client: status codes, typing kept, one-time keys, who may open what."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from adesao import acoes, consultas
from adesao.models import Adesao, Envio
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA
from tests.documentos import fabrica


def _url(nome: str, adesao: Adesao, *args: Any) -> str:
    return reverse(f"adesao:{nome}", args=[adesao.slug, *args])


def test_a_new_requerente_begins_with_one_click_even_if_twice(requerente: Any) -> None:
    """The one-time key: the second click of the same form leads to the same draft."""
    pagina = requerente.cliente.get(reverse("adesao:minha"))
    assert pagina.status_code == 200
    assert "Começar a adesão" in pagina.content.decode()
    chave = str(uuid.uuid4())
    destinos = {requerente.cliente.post(reverse("adesao:comecar"), {"chave": chave}).url for _ in range(2)}
    assert destinos == {_url("painel", Adesao.objects.get())}
    assert requerente.cliente.get(reverse("adesao:minha")).url in destinos


def test_a_new_draft_has_nothing_concluded_and_the_letterhead_counts_once_it_was_saved(requerente: Any) -> None:
    """The letterhead asks for nothing (ADS-02): it is neither done by itself nor in the way."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    novo = requerente.cliente.get(_url("painel", adesao)).content.decode()
    assert "0 de 8 concluídas" in novo
    assert "Começar: Prefeitura" in novo
    assert "Opcional" in novo
    requerente.cliente.post(_url("preencher", adesao, "timbre"), {"versao": "0", "acao": "sair"})
    salvo = requerente.cliente.get(_url("painel", adesao)).content.decode()
    assert "1 de 8 concluídas" in salvo
    assert "Opcional" not in salvo


def test_another_form_does_not_begin_a_second_process(requerente: Any) -> None:
    """ADS-10 in words, 422."""
    acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    resposta = requerente.cliente.post(reverse("adesao:comecar"), {"chave": str(uuid.uuid4())})
    assert resposta.status_code == 422
    assert "já tem uma adesão" in resposta.content.decode()
    assert "ADS-10" in resposta.content.decode()


def test_errors_are_beside_the_fields_and_the_typing_stays(requerente: Any) -> None:
    """House rule 6: 422, the same words in the summary, nothing lost."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    resposta = requerente.cliente.post(
        _url("preencher", adesao, "anexo1"), {"versao": "0", "r1_nome": "Ana <b>Lima</b>", "r1_cpf": "123", "acao": "continuar"}
    )
    html = resposta.content.decode()
    assert resposta.status_code == 422
    assert "<title>Erro: " in html
    assert 'value="123"' in html
    assert "Ana &lt;b&gt;Lima&lt;/b&gt;" in html
    assert 'href="#id_r1_cpf"' in html
    assert 'id="id_r1_cpf_error"' in html
    assert consultas.brutos(adesao)["anexo1"]["r1_cpf"] == "123"


def test_each_step_is_saved_as_it_is_left_and_leads_to_the_next(requerente: Any) -> None:
    """From the first task to the papers; *Salvar e voltar* does not insist on errors."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    dados = adesoes.rascunho("Bofete")
    ordem = ["prefeitura", "oficio", "anexo1", "anexo2", "timbre", "assinados"]
    for tarefa, proxima in itertools.pairwise(ordem):
        resposta = requerente.cliente.post(_url("preencher", adesao, tarefa), {"versao": "0", "acao": "continuar", **dados[tarefa]})
        assert resposta.status_code == 302, tarefa
        assert resposta.url == _url("preencher", adesao, proxima)
    resposta = requerente.cliente.post(_url("preencher", adesao, "oficio"), {"versao": "1", "acao": "sair", "oficio_numero": "errado"})
    assert resposta.url == _url("painel", adesao)


def test_the_coat_of_arms_goes_along_with_whichever_button_is_pressed(requerente: Any) -> None:
    """ADS-02: a file chosen and then *Salvar e continuar* is not lost; a wrong one is refused beside the field, and the lines stay."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    endereco = _url("preencher", adesao, "timbre")
    linhas = {"linha_1": "Prefeitura de Bofete"}
    ruim = SimpleUploadedFile("brasao.png", b"%PDF-1.7", "image/png")
    resposta = requerente.cliente.post(endereco, {"versao": "0", "acao": "continuar", "brasao": ruim, **linhas})
    assert resposta.status_code == 422
    assert 'id="id_brasao_error"' in resposta.content.decode()
    assert 'value="Prefeitura de Bofete"' in resposta.content.decode()
    bom = SimpleUploadedFile("brasao.png", fabrica.imagem(), "image/png")
    resposta = requerente.cliente.post(endereco, {"versao": "1", "acao": "continuar", "brasao": bom, **linhas})
    assert resposta.url == _url("preencher", adesao, "assinados")
    adesao.refresh_from_db()
    assert adesao.brasao is not None
    assert requerente.cliente.post(endereco, {"versao": "2", "acao": "brasao", **linhas}).status_code == 422
    pergunta = requerente.cliente.post(_url("brasao", adesao), {"acao": "remover"})
    assert "Retirar o brasão?" in pergunta.content.decode()
    adesao.refresh_from_db()
    assert adesao.brasao_id is not None
    assert requerente.cliente.post(_url("brasao", adesao), {"acao": "remover", "confirmado": "1"}).url == endereco


def test_the_city_of_a_new_draft_is_already_written(requerente: Any) -> None:
    """ADS-05: the portal knows the municipality; it asks only what it does not know."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    assert 'value="Bofete"' in requerente.cliente.get(_url("preencher", adesao, "prefeitura")).content.decode()


def test_errors_come_in_the_order_of_the_page(requerente: Any) -> None:
    """Anexo II shows the applications first and its date last; so does the summary (visual guide, 5)."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    resposta = requerente.cliente.post(_url("preencher", adesao, "anexo2"), {"versao": "0", "acao": "continuar", "data": "ontem"})
    resumo = resposta.content.decode().split("data-erros")[1].split("</ul>")[0]
    alvos = [resumo.index(f"#id_{nome}") for nome in ("aplicacao_1_nome", "blocos_privados", "tecnico_nome", "data")]
    assert alvos == sorted(alvos)


def test_rows_are_added_and_removed_without_javascript(requerente: Any) -> None:
    """The button is a submit; what was typed in the other rows stays."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    endereco = _url("preencher", adesao, "anexo2")
    dados = {"versao": "0", "aplicacao_1_nome": "A", "aplicacao_1_orgao": "X", "aplicacao_2_nome": "B", "aplicacao_2_orgao": "Y"}
    requerente.cliente.post(endereco, {**dados, "acao": "adicionar"})
    html = requerente.cliente.get(endereco).content.decode()
    assert 'name="aplicacao_3_nome"' in html
    assert 'value="B"' in html
    requerente.cliente.post(endereco, {**dados, "versao": "1", "acao": "remover-1"})
    assert consultas.brutos(adesao)["anexo2"] == {"aplicacao_1_nome": "B", "aplicacao_1_orgao": "Y"}


def test_autosave_answers_with_the_hour_and_the_version(requerente: Any, relogio: Any) -> None:
    """What the page needs to say "Rascunho salvo às 10h12"."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    resposta = requerente.cliente.post(_url("rascunho", adesao, "oficio"), {"versao": "0", "oficio_numero": "2"})
    assert resposta.json() == {"salvo_em": "10h12", "versao": 1}


def test_a_conflict_shows_both_texts_and_loses_none(requerente: Any, requerente_2: Any) -> None:
    """409: the second person's text in the fields, the first's beside; saving again goes through."""
    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    endereco = _url("preencher", adesao, "oficio")
    requerente.cliente.post(endereco, {"versao": "0", "oficio_numero": "111/2026", "oficio_data": "08/11/2026"})
    rascunho = requerente_2.cliente.post(_url("rascunho", adesao, "oficio"), {"versao": "0", "oficio_numero": "222/2026"})
    assert rascunho.status_code == 409
    assert rascunho.json()["conflito"] is True
    resposta = requerente_2.cliente.post(endereco, {"versao": "0", "oficio_numero": "222/2026", "oficio_data": "08/11/2026"})
    html = resposta.content.decode()
    assert resposta.status_code == 409
    assert 'value="222/2026"' in html
    assert "111/2026" in html
    assert "Davi Moreira" in html
    assert 'name="versao" value="1"' in html
    resposta = requerente_2.cliente.post(endereco, {"versao": "1", "oficio_numero": "222/2026", "oficio_data": "08/11/2026"})
    assert resposta.status_code == 302


def test_a_refused_file_says_why_beside_its_field(requerente: Any) -> None:
    """Not a PDF: 422 with what to do; the other papers stay."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    adesoes.anexar(adesao, por=requerente.ator, agora=AGORA, pecas=("anexo1",))
    arquivo = SimpleUploadedFile("oficio.pdf", b"<html>nada</html>", content_type="application/pdf")
    resposta = requerente.cliente.post(_url("assinado", adesao, "oficio"), {"arquivo": arquivo})
    html = resposta.content.decode()
    assert resposta.status_code == 422
    assert 'id="id_oficio_error"' in html
    assert re.search(r'<a href="#id_oficio">Ofício assinado: [a-zà-ú]', html)  # the summary is read alone: it names the paper
    assert adesao.copias.count() == 1
    vazio = requerente.cliente.post(_url("assinado", adesao, "anexo2"))
    assert vazio.status_code == 422
    assert "Anexo II assinado: escolha o arquivo PDF do documento assinado." in vazio.content.decode()


def test_sending_twice_is_sending_once(requerente: Any) -> None:
    """Double click, resend, back button: the first confirmation."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    adesoes.anexar(adesao, por=requerente.ator, agora=AGORA)
    assert "Enviar à PRODESP" in requerente.cliente.get(_url("preencher", adesao, "conferir")).content.decode()
    chave = str(uuid.uuid4())
    destinos = {requerente.cliente.post(_url("enviar", adesao), {"chave": chave}).url for _ in range(3)}
    assert destinos == {_url("enviada", adesao, 1)}
    assert Envio.objects.count() == 1
    assert requerente.cliente.post(_url("enviar", adesao), {"chave": str(uuid.uuid4())}).status_code == 409
    confirmacao = requerente.cliente.get(destinos.pop()).content.decode()
    assert adesao.numero in confirmacao
    assert "O que acontece agora" in confirmacao


def test_an_incomplete_draft_is_not_sent_and_the_page_says_what_is_missing(requerente: Any) -> None:
    """The page of the send button turned into the list, 422."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    resposta = requerente.cliente.post(_url("enviar", adesao), {"chave": str(uuid.uuid4())})
    assert resposta.status_code == 422
    assert resposta.content.decode().count("falta a cópia assinada") == 3


def _status(resposta: Any) -> int:
    """The status, with a download read to its end (which closes its file)."""
    if resposta.streaming:
        assert b"".join(resposta.streaming_content).startswith(b"%PDF-")
    return int(resposta.status_code)


PAGINAS_DO_DONO = ["painel", "falta", "historico", "descartar", "autorizacoes"]


@pytest.mark.parametrize("quem", ["requerente_outra", "responsavel_a1", "analista", "aprovador", "auditor", "operadora"])
def test_a_draft_is_nobody_elses_business(request: pytest.FixtureRequest, requerente: Any, quem: str) -> None:
    """Foreign object: 404 for whoever could open such a page, 403 for a role that never does. Staff do not see drafts either."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    cliente = request.getfixturevalue(quem).cliente
    for nome in PAGINAS_DO_DONO:
        assert cliente.get(_url(nome, adesao)).status_code in (403, 404), nome
    for tarefa in ("prefeitura", "assinados", "conferir"):
        assert cliente.get(_url("preencher", adesao, tarefa)).status_code in (403, 404)
    for nome in ("enviar", "gerar", "descartar"):
        assert cliente.post(_url(nome, adesao)).status_code in (403, 404)
    assert Adesao.objects.get().estado == "RASCUNHO"


def test_foreign_files_do_not_exist(requerente: Any, requerente_outra: Any, analista: Any) -> None:
    """By the uuid of another process: 404; a wrong number: 404; staff open only what was sent."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    outra = adesoes.adesao_em_rascunho(3513603, por=requerente_outra.ator)
    documento = adesoes.documentos_assinados(adesao)[0]
    assert _status(requerente.cliente.get(_url("baixar", adesao, documento.pk))) == 200
    assert _status(analista.cliente.get(_url("baixar", adesao, documento.pk))) == 200
    assert _status(requerente_outra.cliente.get(_url("baixar", adesao, documento.pk))) == 404
    assert _status(requerente_outra.cliente.get(_url("baixar", outra, documento.pk))) == 404
    adesoes.devolvida(adesoes.assumida(adesao, por=analista.ator), por=analista.ator)
    copia = acoes.anexar_assinado(
        adesao_id=adesao.pk, peca="oficio", arquivo=SimpleUploadedFile("o.pdf", adesoes.pdf_assinado()), por=requerente.ator, agora=AGORA
    )
    assert _status(requerente.cliente.get(_url("baixar", adesao, copia.documento_id))) == 200
    assert _status(analista.cliente.get(_url("baixar", adesao, copia.documento_id))) == 404


def test_a_returned_process_shows_the_words_beside_the_field(requerente: Any, analista: Any) -> None:
    """On the list and in the form; the rest stays out of the way."""
    adesao = adesoes.devolvida(adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator), por=analista.ator)
    painel = requerente.cliente.get(_url("painel", adesao)).content.decode()
    assert painel.count("A PRODESP escreveu") == 2
    assert "O CPF é de outra pessoa" in painel
    form = requerente.cliente.get(_url("preencher", adesao, "anexo1")).content.decode()
    assert form.count("A PRODESP escreveu") == 1
    assert requerente.cliente.get(_url("painel", adesao)).status_code == 200


def test_the_adhesion_in_force_shows_termo_people_and_papers(requerente: Any, analista: Any, aprovador: Any) -> None:
    """ADS-12: Termo and validity; CPF masked; what was sent."""
    adesao = adesoes.encaminhada(adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator), por=analista.ator)
    acoes.aprovar(adesao_id=adesao.pk, por=aprovador.ator, agora=AGORA)
    html = requerente.cliente.get(_url("painel", adesao)).content.decode()
    assert "Termo de Cooperação Técnica 001/2024" in html
    assert "***.159.265-**" in html
    assert "314.159.265-90" not in html
    assert "Link enviado por e-mail" in html


def test_verification_tells_the_public_what_a_code_is(requerente: Any, anonimo: Any) -> None:
    """Kind, municipality, date, hash, whether current; no personal data; unknown 404, malformed 422."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    velho = {d.especie: d for d in acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)}["oficio"]
    adesoes.preencher(adesao, por=requerente.ator, agora=AGORA, mudancas={"oficio": {"oficio_numero": "300/2026"}})
    novo = {d.especie: d for d in acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA + dt.timedelta(hours=1))}[
        "oficio"
    ]
    endereco = reverse("verificar")
    assert "Versão antiga" in anonimo.cliente.get(endereco, {"codigo": velho.codigo}).content.decode()
    resposta = anonimo.cliente.get(endereco, {"codigo": f" {novo.codigo.lower().replace('-', ' ')} "}).content.decode()
    assert "Versão atual" in resposta
    assert "Bofete" in resposta
    for segredo in ("Davi", "Maria Aparecida", "141.421", "Clara"):
        assert segredo not in resposta
    assert anonimo.cliente.get(endereco, {"codigo": "ACDE-FGHJ"}).status_code == 404
    assert anonimo.cliente.get(endereco, {"codigo": "<script>"}).status_code == 422
    vazio = anonimo.cliente.get(endereco, {"codigo": " "})
    assert (vazio.status_code, "Digite o código" in vazio.content.decode()) == (422, True)
    assert "Nenhum código tem 0, 2 nem O." in anonimo.cliente.get(endereco, {"codigo": "7F3K-O02M"}).content.decode()
    assert "Digite o código que está" not in anonimo.cliente.get(endereco).content.decode()


def test_verification_is_limited_by_address(anonimo: Any, db: None) -> None:
    """Nobody walks through the codes: 429 with Retry-After past the limit."""
    respostas = [anonimo.cliente.get(reverse("verificar"), {"codigo": "ACDE-FGHJ"}, REMOTE_ADDR="203.0.113.9") for _ in range(22)]
    assert respostas[0].status_code == 404
    assert respostas[-1].status_code == 429
    assert respostas[-1]["Retry-After"] == "60"


def test_the_printable_page_stands_in_for_the_pdf(requerente: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pango the portal still runs: the download leads to a page to print."""
    monkeypatch.setattr("documentos.pdf.disponivel", lambda: False)
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    documento = acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)[0]
    resposta = requerente.cliente.get(_url("baixar", adesao, documento.pk))
    assert resposta.url == _url("imprimir", adesao, documento.pk)
    pagina = requerente.cliente.get(resposta.url)
    assert "Solicitação de Adesão" in pagina.content.decode()
    assert "estatico:" not in pagina.content.decode()
    assert "página para imprimir" in requerente.cliente.get(_url("preencher", adesao, "assinados")).content.decode()


@pytest.mark.django_db
def test_a_form_posted_on_an_ended_session_comes_back_after_entering(requerente: Any, requerente_2: Any, settings: Any) -> None:
    """No JavaScript needed: the text waits on the server for the same person and the same form, once; nobody else sees it."""
    import time

    from django.test import Client

    adesao = acoes.iniciar(municipio_id=3506904, por=requerente.ator, agora=AGORA)
    endereco = _url("preencher", adesao, "oficio")

    def sessao_vencida() -> Client:
        cliente = Client()
        cliente.force_login(requerente.usuario, backend="contas.sessao.Autenticacao")
        sessao = cliente.session
        sessao["sessao_atividade"] = time.time() - settings.SESSAO_PARADA.total_seconds() - 5
        sessao.save()
        return cliente

    def entrar_de_novo(cliente: Client, quem: Any) -> None:
        cliente.force_login(quem.usuario, backend="contas.sessao.Autenticacao")

    cliente = sessao_vencida()
    resposta = cliente.post(endereco, {"versao": "0", "oficio_numero": "555/2026", "senha": "x", "acao": "continuar"})
    assert "/conta/entrar/" in resposta.url
    assert not adesao.rascunhos.exists()
    entrar_de_novo(cliente, requerente)
    html = cliente.get(endereco).content.decode()
    assert 'value="555/2026"' in html
    assert "Sua sessão terminou antes do envio. O seu texto está abaixo" in html
    assert 'value="555/2026"' not in cliente.get(endereco).content.decode()

    cliente = sessao_vencida()
    cliente.post(endereco, {"versao": "0", "oficio_numero": "666/2026"})
    entrar_de_novo(cliente, requerente_2)
    assert "666/2026" not in cliente.get(endereco).content.decode()
    entrar_de_novo(cliente, requerente)
    assert "666/2026" not in cliente.get(endereco).content.decode()


def test_whole_cpfs_are_shown_for_a_reason_that_is_written_down(requerente: Any, analista: Any, auditor: Any) -> None:
    """Settled question 6: POST with a reason, logged; without one 422 and nothing shown; an auditor has no such act."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    endereco = _url("revelar_cpf", adesao)
    assert auditor.cliente.get(endereco).status_code == 403
    assert "314.159.265-90" not in analista.cliente.get(_url("conferencia", adesao) + "?peca=anexo1").content.decode()
    vazio = analista.cliente.post(endereco, {"motivo": "  "})
    assert vazio.status_code == 422
    assert "314.159.265-90" not in vazio.content.decode()
    html = analista.cliente.post(endereco, {"motivo": "Conferir com o cadastro da Receita"}).content.decode()
    assert "314.159.265-90" in html
    assert "141.421.356-51" in html
    registro = adesao.historico.get(transicao="ver_cpf")
    assert (registro.por_nome, registro.comentario) == ("Graça Tavares", "Conferir com o cadastro da Receita")


def test_an_email_of_somebody_elses_account_is_found_before_sending(requerente: Any, responsavel_a1: Any) -> None:
    """ADS-11: access is personal; better told to the prefeitura than found by the approver."""
    from adesao import revisao

    adesao = adesoes.adesao_em_rascunho(por=requerente.ator, mudancas={"anexo1": {"r1_email": responsavel_a1.usuario.email.upper()}})
    assert [(f.campo, f.regra) for f in revisao.rever(adesao).faltas if f.tarefa == "anexo1"] == [("r1_email", "ADS-11")]
    adesoes.preencher(adesao, por=requerente.ator, agora=AGORA, mudancas={"anexo1": {"r1_cpf": responsavel_a1.usuario.cpf}})
    assert not [f for f in revisao.rever(adesao).faltas if f.tarefa == "anexo1"]
