"""What a walk through the portal found: files that repeat, dates that cannot be, words that were not true, work that was lost."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import html
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from adesao import acoes, consultas, pecas, revisao
from adesao.estados import Estado
from adesao.fichas import FichaOficio, FichaPrefeitura
from adesao.models import Adesao, RascunhoTarefa
from nucleo import campos
from nucleo.erros import RegraViolada
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, Pessoa

from .conftest import DIA, url

pytestmark = pytest.mark.django_db


def texto(resposta: Any) -> str:
    """The page as a person reads it."""
    corpo = re.sub(r"<(script|style).*?</\1>", " ", resposta.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", corpo)).split())


def _pdf(conteudo: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", conteudo, content_type="application/pdf")


# --- Signed copies that cannot be what they are sent as -----------------------------------------------------------
def test_the_same_file_cannot_be_two_papers(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    comum: dict[str, Any] = {"adesao_id": adesao.pk, "por": requerente.ator, "agora": AGORA}
    acoes.anexar_assinado(peca="oficio", arquivo=_pdf(adesoes.pdf_assinado("Um")), **comum)
    with pytest.raises(RegraViolada, match="o mesmo que já está em “Ofício”") as recusa:
        acoes.anexar_assinado(peca="anexo1", arquivo=_pdf(adesoes.pdf_assinado("Um")), **comum)
    assert recusa.value.campo == "anexo1"
    acoes.anexar_assinado(peca="oficio", arquivo=_pdf(adesoes.pdf_assinado("Um")), **comum)
    assert [c.peca for c in adesao.copias.filter(substituida_em__isnull=True)] == ["oficio"]


def test_the_returned_copy_is_not_the_corrected_one(requerente: Pessoa, devolvida: Adesao) -> None:
    adesoes.preencher(devolvida, por=requerente.ator, agora=AGORA + 2 * DIA, mudancas={"anexo1": {"r2_cpf": "271.828.182-05"}})
    velha = consultas.pecas_do_envio(devolvida.lista_de_envios.get())["anexo1"].assinado
    from documentos import armazem

    comum: dict[str, Any] = {"adesao_id": devolvida.pk, "peca": "anexo1", "por": requerente.ator, "agora": AGORA + 2 * DIA}
    with pytest.raises(RegraViolada, match="mesma cópia que a PRODESP devolveu"):
        acoes.anexar_assinado(arquivo=_pdf(armazem.caminho_de(velha).read_bytes()), **comum)
    assert acoes.anexar_assinado(arquivo=_pdf(adesoes.pdf_assinado("Outra")), **comum).documento.sha256 != velha.sha256


def test_the_portals_own_pdf_sent_back_unsigned_is_refused_with_what_to_do(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    oficio = acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)[0]
    conteudo = adesoes.pdf_assinado("Ainda sem assinatura")
    oficio.sha256 = hashlib.sha256(conteudo).hexdigest()
    oficio.save()
    comum: dict[str, Any] = {"adesao_id": adesao.pk, "peca": "oficio", "por": requerente.ator, "agora": AGORA}
    with pytest.raises(RegraViolada, match="PDF que o portal gerou, ainda sem assinatura"):
        acoes.anexar_assinado(arquivo=_pdf(conteudo), **comum)
    assert not adesao.copias.exists()
    acoes.anexar_assinado(arquivo=_pdf(adesoes.pdf_assinado("Assinado")), **comum)


def test_a_copy_with_fewer_pages_than_the_paper_is_refused(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    oficio = acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)[0]
    oficio.paginas = 3
    oficio.save()
    comum: dict[str, Any] = {"adesao_id": adesao.pk, "peca": "oficio", "por": requerente.ator, "agora": AGORA}
    with pytest.raises(RegraViolada, match="tem 3 páginas e este arquivo só tem 2"):
        acoes.anexar_assinado(arquivo=_pdf(adesoes.pdf_assinado("Curta")), **comum)
    assert acoes.anexar_assinado(arquivo=_pdf(adesoes.pdf_assinado("Inteira", paginas=3)), **comum).documento.paginas == 3


def test_the_analyst_reads_what_the_portal_could_not_check(analista: Pessoa, em_conferencia: Adesao) -> None:
    assert "O portal não sabe quantas páginas o documento tem" in texto(analista.cliente.get(url("conferencia", em_conferencia)))
    gerado = consultas.pecas_do_envio(em_conferencia.lista_de_envios.get())["oficio"].gerado
    assert gerado is not None
    type(gerado).objects.filter(pk=gerado.pk).update(paginas=3)
    assert "tem 3 páginas e esta cópia só 2" in texto(analista.cliente.get(url("conferencia", em_conferencia)))


# --- Dates, names, numbers ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("dia", "frase"),
    [
        ("18/08/2024", "O Termo 001/2024 é de 19/08/2024"),
        ("10/11/2026", "Esta data ainda não chegou. Hoje é 09/11/2026."),
        ("08/11/2025", "O número do ofício é 214/2026, mas a data é de 2025"),
        ("09/11/2026", ""),
    ],
)
def test_the_date_of_a_paper_is_possible(dia: str, frase: str) -> None:
    ficha = FichaOficio({"oficio_numero": "214/2026", "oficio_data": dia}, hoje=dt.date(2026, 11, 9))
    assert frase in " ".join(ficha.errors.get("oficio_data", []))
    assert ficha.is_valid() == (not frase)


def test_a_date_to_come_is_refused_beside_the_field_and_before_sending(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator, mudancas={"oficio": {"oficio_data": "25/12/2026"}})
    resposta = requerente.cliente.get(url("preencher", adesao, "oficio") + "?erros=1")
    assert "Esta data ainda não chegou. Hoje é 11/11/2026." in texto(resposta)
    assert next((f.tarefa, f.campo) for f in revisao.rever(adesao).faltas) == ("oficio", "oficio_data")


def test_equal_numbers_and_another_city_are_only_warned_of(requerente: Pessoa) -> None:
    outros = {"anexo1": {"oficio_numero": "214/2026"}, "prefeitura": {"cidade": "Botucatu"}}
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator, mudancas=outros)
    adesoes.anexar(adesao, por=requerente.ator, agora=AGORA)
    rev = revisao.rever(adesao)
    assert rev.pode_enviar
    assert [a.campo for a in rev.avisos] == ["cidade", "oficio_numero"]
    tela = texto(requerente.cliente.get(url("preencher", adesao, "conferir")))
    assert "você escreveu Botucatu, e a adesão é de Bofete" in tela
    assert "com o mesmo número, 214/2026" in tela


@pytest.mark.parametrize("nome", ["Maria", "Maria 🙂 Souza", "Maria S0uza", "☎ Maria Souza", "Maria —"])
def test_a_name_is_a_full_name_without_drawings(nome: str) -> None:
    with pytest.raises(campos.ValorInvalido):
        campos.validar_nome_de_pessoa(nome)


@pytest.mark.parametrize("nome", ["Maria Aparecida de Souza", "José d'Ávila", "Ana Sá", "J. Lima", "João Paulo II"])
def test_real_names_pass(nome: str) -> None:
    assert campos.validar_nome_de_pessoa(nome) == nome


@pytest.mark.parametrize(
    ("escrito", "guardado"),
    [("45", "45"), ("45A", "45-A"), ("45 - b", "45-B"), ("S/N", "s/n"), ("s/nº", "s/n"), ("sn", "s/n"), ("1.250", "1250")],
)
def test_the_number_of_the_address(escrito: str, guardado: str) -> None:
    assert campos.validar_numero_do_endereco(escrito) == guardado


@pytest.mark.parametrize("escrito", ["quarenta", "45 fundos", "🙂", "45-AB", "12345678"])
def test_what_is_no_number_goes_to_the_complemento(escrito: str) -> None:
    with pytest.raises(campos.ValorInvalido, match="complemento"):
        campos.validar_numero_do_endereco(escrito)


def test_the_ficha_names_the_field_with_the_drawing() -> None:
    ficha = FichaPrefeitura({**adesoes.RASCUNHO["prefeitura"], "logradouro": "Rua 🌳 Verde", "prefeito_nome": "Maria"})
    assert set(ficha.errors) == {"logradouro", "prefeito_nome"}


# --- What is said of the rest -----------------------------------------------------------------------------------
def test_the_rest_is_right_only_when_it_was_checked(analista: Pessoa, em_conferencia: Adesao) -> None:
    envio = em_conferencia.lista_de_envios.get()
    comum: dict[str, Any] = {"adesao_id": em_conferencia.pk, "por": analista.ator, "agora": AGORA + DIA}
    p = acoes.marcar_pendencia(tarefa="anexo1", campo="r2_cpf", motivo_id=None, texto="Confira.", **comum)
    assert acoes.sobre_o_resto(envio, [p]) == (
        "Falta ainda a PRODESP terminar de conferir: Ofício e Anexo II. Pode haver outro pedido depois."
    )
    assert "terminar de conferir: Ofício e Anexo II" in texto(analista.cliente.get(url("previa", em_conferencia)))
    for codigo in ("oficio", "anexo2"):
        acoes.conferir_item(peca=codigo, itens=[i for i, _ in pecas.PECAS[codigo].itens], **comum)
    assert "Os outros documentos foram conferidos" in acoes.sobre_o_resto(envio, [p])
    adesoes.conferida(em_conferencia, por=analista.ator)
    assert "O resto foi conferido, está certo" in acoes.sobre_o_resto(envio, [p])


def test_the_prefeitura_reads_the_same_and_how_late_it_is(requerente: Pessoa, devolvida: Adesao) -> None:
    tela = texto(requerente.cliente.get(url("painel", devolvida)))
    assert "A PRODESP pediu 2 correções. Falta ainda a PRODESP terminar de conferir: Ofício e Anexo II." in tela
    assert "não precisa ser refeito" not in tela
    Adesao.objects.filter(pk=devolvida.pk).update(vence_em=AGORA - 3 * DIA)
    assert re.search(
        r"O prazo venceu há \d+ dias; você ainda pode corrigir e enviar\.", texto(requerente.cliente.get(url("painel", devolvida)))
    )


# --- Correcting -------------------------------------------------------------------------------------------------
def _post(pessoa: Pessoa, adesao: Adesao, tarefa: str, **mudancas: str) -> Any:
    rascunho = adesao.rascunhos.get(tarefa=tarefa)
    corpo = {**rascunho.dados, **mudancas, "versao": str(rascunho.versao), "acao": "continuar"}
    return pessoa.cliente.post(url("preencher", adesao, tarefa), corpo, follow=True)


def test_a_save_that_corrects_nothing_says_so(requerente: Pessoa, devolvida: Adesao) -> None:
    parado = _post(requerente, devolvida, "anexo1")
    assert "Ainda falta corrigir. CPF do 2º responsável: continua como estava." in texto(parado)
    assert parado.redirect_chain[0][0].endswith("/anexo1/#id_r2_cpf")
    assert "Nada mudou nesta tarefa, e nada precisava mudar." in texto(_post(requerente, devolvida, "oficio"))
    mudou = _post(requerente, devolvida, "anexo1", r2_cpf="161.803.398-05")
    assert "Correção salva. Agora precisa de nova assinatura: Anexo I." in texto(mudou)


def test_what_was_right_is_folded_and_says_what_a_change_costs(requerente: Pessoa, devolvida: Adesao) -> None:
    corpo = requerente.cliente.get(url("preencher", devolvida, "anexo1")).content.decode()
    assert corpo.count('<details class="ig-dobra">') == 17
    assert "Ao mudar este campo, precisa de nova assinatura: Anexo I." in html.unescape(corpo)
    cidade = texto(requerente.cliente.get(url("preencher", devolvida, "prefeitura")))
    assert "Se mudar, precisa de nova assinatura: Ofício, Anexo I, Anexo II." in cidade
    errado = _post(requerente, devolvida, "prefeitura", cep="1")
    assert errado.status_code == 422
    campo = re.search(r'<details class="ig-dobra">(?:(?!</details>).)*id="id_cep"', errado.content.decode(), re.S)
    assert campo is None, "a field with an error is open"


def test_the_text_of_the_other_tab_is_shown_and_can_be_taken_back(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    comum = {"acao": "continuar", "versao": "1", "oficio_data": "08/11/2026"}
    requerente.cliente.post(url("preencher", adesao, "oficio"), {**comum, "oficio_numero": "300/2026"})
    depois = requerente.cliente.post(url("preencher", adesao, "oficio"), {**comum, "oficio_numero": "400/2026"}, follow=True)
    assert depois.redirect_chain[-1][0] == url("preencher", adesao, "oficio") + "?comparar=1"
    assert "“Ofício” estava aberta em outra aba" in texto(depois)
    assert {"300/2026", "400/2026"} <= set(re.findall(r"\d00/2026", texto(depois)))
    assert 'value="400/2026"' in depois.content.decode()
    trazido = requerente.cliente.get(url("preencher", adesao, "oficio") + "?comparar=1&trazer=1")
    assert 'value="300/2026"' in trazido.content.decode()
    assert adesao.rascunhos.get(tarefa="oficio").dados["oficio_numero"] == "400/2026", "a page that is read changes nothing"


def test_the_autosave_of_an_old_tab_points_at_the_other_text(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    comum = {"versao": "1", "oficio_data": "08/11/2026"}
    primeira = requerente.cliente.post(url("rascunho", adesao, "oficio"), {**comum, "oficio_numero": "300/2026"})
    assert "ver" not in primeira.json()
    segunda = requerente.cliente.post(url("rascunho", adesao, "oficio"), {**comum, "oficio_numero": "400/2026"})
    assert segunda.json()["ver"].endswith("/oficio/?comparar=1")


def test_no_other_text_no_comparison(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    resposta = requerente.cliente.get(url("preencher", adesao, "oficio") + "?comparar=1", follow=True)
    assert "Não há outro texto guardado desta tarefa." in texto(resposta)


def test_one_more_application_goes_to_its_row_and_an_empty_one_is_filled_first(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    rascunho = adesao.rascunhos.get(tarefa="anexo2")
    corpo = {**rascunho.dados, "versao": "1", "acao": "adicionar"}
    primeira = requerente.cliente.post(url("preencher", adesao, "anexo2"), corpo)
    assert primeira["Location"].endswith("#id_aplicacao_3_nome")
    assert 'id="id_aplicacao_3_nome"' in requerente.cliente.get(primeira["Location"]).content.decode()
    vazia = {"aplicacao_3_nome": "", "aplicacao_3_orgao": ""}
    segunda = requerente.cliente.post(url("preencher", adesao, "anexo2"), {**corpo, **vazia, "versao": "2"}, follow=True)
    assert segunda.redirect_chain[0][0].endswith("#id_aplicacao_3_nome")
    assert "A aplicação 3 ainda está em branco." in texto(segunda)
    assert 'id="id_aplicacao_4_nome"' not in segunda.content.decode()


# --- Authorisations, refusal, spreadsheet --------------------------------------------------------------------------
def test_the_authorisations_are_saved_together_or_not_at_all(requerente: Pessoa, enviada: Adesao) -> None:
    a, b = enviada.aplicacoes.all()
    endereco = url("autorizacoes", enviada)
    corpo = {
        f"a{a.pk}-autorizacao": "solicitada", f"a{a.pk}-data": "09/11/2026", f"a{a.pk}-documento": "Ofício 88",
        f"a{b.pk}-autorizacao": "autorizada", f"a{b.pk}-data": "30/11/2026", f"a{b.pk}-documento": "Ofício 99",
    }  # fmt: skip
    recusa = requerente.cliente.post(endereco, corpo)
    assert recusa.status_code == 422
    assert "Esta data ainda não chegou. Hoje é 11/11/2026." in texto(recusa)
    assert "Ofício 88" in recusa.content.decode(), "what was typed for the other is kept"
    assert {x.autorizacao for x in enviada.aplicacoes.all()} == {"pendente"}
    certo = requerente.cliente.post(endereco, {**corpo, f"a{b.pk}-data": "10/11/2026"}, follow=True)
    assert "Situação de 2 aplicações salva." in texto(certo)
    assert [x.autorizacao for x in enviada.aplicacoes.all()] == ["solicitada", "autorizada"]
    assert "Nada mudou." in texto(requerente.cliente.post(endereco, {**corpo, f"a{b.pk}-data": "10/11/2026"}, follow=True))
    with pytest.raises(RegraViolada, match="ainda não chegou"):
        acoes.registrar_autorizacao(
            adesao_id=enviada.pk,
            aplicacao_id=a.pk,
            autorizacao="negada",
            data=dt.date(2027, 1, 1),
            documento="",
            por=requerente.ator,
            agora=AGORA,
        )


def test_after_a_refusal_the_reason_is_first_and_the_typing_comes_along(requerente: Pessoa, aprovador: Pessoa, encaminhada: Adesao) -> None:
    acoes.indeferir(adesao_id=encaminhada.pk, motivo="Falta lei municipal.", por=aprovador.ator, agora=AGORA + DIA)
    tela = texto(requerente.cliente.get(url("minha")))
    assert "Por que foi recusada Falta lei municipal." in tela
    assert "Aproveitar os dados do processo anterior" in tela
    requerente.cliente.post(url("comecar"), {"aproveitar": "sim"})
    nova = Adesao.objects.get(estado=Estado.RASCUNHO)
    assert set(nova.rascunhos.values_list("tarefa", flat=True)) == {"prefeitura", "oficio", "anexo1", "anexo2", "timbre"}
    assert nova.rascunhos.get(tarefa="anexo1").dados == encaminhada.rascunhos.get(tarefa="anexo1").dados
    assert not nova.copias.exists()
    assert nova.brasao is None


def test_beginning_again_without_it_is_empty(requerente: Pessoa, aprovador: Pessoa, encaminhada: Adesao) -> None:
    acoes.indeferir(adesao_id=encaminhada.pk, motivo="Não.", por=aprovador.ator, agora=AGORA + DIA)
    requerente.cliente.post(url("comecar"))
    assert not RascunhoTarefa.objects.filter(adesao__estado=Estado.RASCUNHO).exists()


def test_a_late_process_has_a_negative_number_in_the_spreadsheet(analista: Pessoa, enviada: Adesao, relogio: Any) -> None:
    relogio.move_to(AGORA + 60 * DIA)
    linhas = list(csv.reader(io.StringIO(analista.cliente.get(url("fila_csv")).content.decode("utf-8-sig")), delimiter=";"))
    assert int(linhas[1][8]) < 0


# --- Smaller things ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("inicio", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"\x00\x00\x00\x18ftypheic"])
def test_a_photograph_is_refused_with_the_way_to_a_pdf(inicio: bytes, requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    foto = SimpleUploadedFile("oficio.jpg", inicio + b"x" * 100, content_type="image/jpeg")
    resposta = requerente.cliente.post(url("assinado", adesao, "oficio"), {"arquivo": foto})
    assert resposta.status_code == 422
    assert "escolha Imprimir e depois Salvar como PDF" in texto(resposta)


def test_the_list_says_that_a_paper_has_to_be_signed_again(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    adesoes.anexar(adesao, por=requerente.ator, agora=AGORA)
    adesoes.preencher(adesao, por=requerente.ator, agora=AGORA + DIA, mudancas={"anexo1": {"r2_nome": "Mário Ferreira Neto"}})
    assert "2 de 3 recebidos Precisa de nova assinatura" in texto(requerente.cliente.get(url("painel", adesao)))


def test_a_masked_cpf_that_changed_says_so(auditor: Pessoa, corrigida: Adesao) -> None:
    linhas = [
        {"rotulo": "CPF", "antes": "271.828.182-05", "depois": "161.828.182-96"},
        {"rotulo": "CPF", "antes": "271.828.182-05", "depois": "161.803.398-05"},
    ]
    from adesao.views.prodesp import _sem_cpf

    assert _sem_cpf(linhas[0])["depois"] == "***.828.182-** (mudou nos números ocultos)"
    assert _sem_cpf(linhas[1])["depois"] == "***.803.398-**"
    assert "161.803.398-05" not in auditor.cliente.get(url("mudancas", corrigida)).content.decode()


def test_the_auditor_reads_every_entry_request_and_answers_none(auditor: Pessoa, requerente_2: Pessoa, municipios: dict[int, Any]) -> None:
    from contas.models import PedidoDeEntrada
    from tests.apoio.elenco import BOTUCATU

    pedido = PedidoDeEntrada.objects.create(usuario=requerente_2.usuario, municipio_id=BOTUCATU, pedido_em=AGORA)
    tela = texto(auditor.cliente.get("/pessoas/pedidos/"))
    assert requerente_2.usuario.nome in tela
    assert "Aceitar" not in tela
    assert auditor.cliente.post(f"/pessoas/pedidos/{pedido.pk}/aceitar/").status_code == 403


# --- Typed while somebody else sent ---------------------------------------------------------------------------------
def test_a_text_that_comes_after_the_sending_is_shown_to_be_copied(requerente: Pessoa, enviada: Adesao) -> None:
    endereco, corpo = url("preencher", enviada, "oficio"), {"oficio_numero": "777/2026", "oficio_data": "08/11/2026", "versao": "1"}
    sozinho = requerente.cliente.post(url("rascunho", enviada, "oficio"), corpo)
    assert (sozinho.status_code, "Salve para ver o seu texto" in sozinho.json()["erro"]) == (409, True)
    resposta = requerente.cliente.post(endereco, {**corpo, "acao": "continuar"})
    assert resposta.status_code == 409
    assert all(dito in texto(resposta) for dito in ("O que você digitou não foi salvo", "777/2026", "08/11/2026"))
    assert RascunhoTarefa.objects.get(adesao=enviada, tarefa="oficio").dados["oficio_numero"] != "777/2026"
    assert requerente.cliente.get(endereco)["Location"] == url("painel", enviada)
    marcadas = requerente.cliente.post(url("preencher", enviada, "declaracoes"), adesoes.declaracoes_marcadas())
    assert (marcadas.status_code, "marcada" in texto(marcadas)) == (409, True)
