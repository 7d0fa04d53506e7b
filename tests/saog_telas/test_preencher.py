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
from tests.apoio.elenco import AGORA, Pessoa
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


def test_a_change_of_a_link_is_copied_to_the_link_that_is_chosen(
    gente: Gente, em_servico: Acesso, encher: Callable[..., list[Acesso]]
) -> None:
    (outro,) = encher(1, do_lugar=2)
    comecar(gente, tipo="desativacao", acesso=em_servico.pk)
    pedida = SolicitacaoServico.objects.get(natureza="DESATIVACAO")
    dados = {"desligar_em": "30/11/2026", "justificativa": "O posto fechou."}
    acoes.salvar(ss_id=pedida.pk, dados=dados, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=pedida.pk, por=gente.ana.ator, agora=AGORA)
    acoes.cancelar(ss_id=pedida.pk, motivo="Era o outro posto.", por=gente.ana.ator, agora=AGORA)

    escolha = f"{url('escolher')}?tipo=desativacao&copia_de={pedida.slug}"
    for pagina in (url("nova"), url("solicitacao", pedida)):
        assert escolha.replace("&", "&amp;") in gente.ana.cliente.get(pagina).content.decode()
    texto = gente.ana.cliente.get(escolha).content.decode()
    assert f"O pedido vem preenchido como o {pedida.numero}." in texto
    assert f'value="{em_servico.pk}" id="acesso-{em_servico.pk}" checked' in texto
    assert gente.vizinha.cliente.get(escolha).status_code == 404

    sem_link = comecar(gente, tipo="desativacao", copia_de=pedida.slug)
    assert sem_link.status_code == 422
    assert f'name="copia_de" value="{pedida.slug}"' in sem_link.content.decode()
    comecar(gente, tipo="desativacao", copia_de=pedida.slug, acesso=outro.pk)
    nova = SolicitacaoServico.objects.exclude(pk=pedida.pk).get(natureza="DESATIVACAO")
    assert (nova.acesso, nova.rascunho["justificativa"]) == (outro, "O posto fechou.")
    assert "desligar_em" not in nova.rascunho


def test_what_another_kind_asked_for_is_not_offered_as_a_copy(gente: Gente, em_servico: Acesso) -> None:
    enviada = em_servico.solicitacoes.get()
    texto = gente.ana.cliente.get(f"{url('escolher')}?tipo=desativacao&copia_de={enviada.slug}").content.decode()
    assert f'id="acesso-{em_servico.pk}"' in texto
    assert "vem preenchido" not in texto
    assert "copia_de" not in texto


def test_drafts_that_exclude_one_another_say_so_before_they_are_sent(gente: Gente, em_servico: Acesso) -> None:
    for tipo in ("desativacao", "alteracao-capacidade"):
        comecar(gente, tipo=tipo, acesso=em_servico.pk)
    velha, nova = SolicitacaoServico.objects.filter(acesso=em_servico, estado=Estado.RASCUNHO).order_by("pk")
    for uma, outra in ((velha, nova), (nova, velha)):
        texto = gente.ana.cliente.get(url("preencher", uma)).content.decode()
        assert "Há outro rascunho para este link." in texto
        assert f'<a href="{url("solicitacao", outra)}">{outra.numero}</a>' in texto
    dados = {"desligar_em": "30/11/2026", "justificativa": "Fechou."}
    acoes.salvar(ss_id=velha.pk, dados=dados, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=velha.pk, por=gente.ana.ator, agora=AGORA)
    assert "Já há um pedido em andamento para este link." in gente.ana.cliente.get(url("preencher", nova)).content.decode()
    acoes.descartar(ss_id=nova.pk, por=gente.ana.ator, agora=AGORA)
    assert "este link." not in gente.ana.cliente.get(url("solicitacao", velha)).content.decode()


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
    pagina = url("conferir", rascunho)
    aberta_antes = chave(gente.ana.cliente, pagina)  # a page from before the last place went; after, there is no button to press
    encher(20)
    antes = gente.ana.cliente.get(pagina).content.decode()
    assert "já usa os seus 20 links de intranet" in antes
    resposta = gente.ana.cliente.post(url("enviar", rascunho), {"chave": aberta_antes})
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


@pytest.mark.parametrize(
    ("campo", "lixo", "frase"),
    [
        ("unidade_nome", "😀 UBS", "Tire os desenhos e emojis"),
        ("unidade_nome", "<b>UBS</b>", "Tire os sinais &lt; e &gt;"),
        ("logradouro", "123", "Escreva com palavras"),
        ("numero", "-1", "Escreva só o número, como 45 ou 45-A"),
        ("complemento", "😀", "Tire os desenhos e emojis"),
        ("contato_nome", "1", "O nome não tem números."),
        ("contato_nome", "?", "Escreva com palavras"),
        ("funcionamento", "x", "Escreva com palavras"),
        ("sala", "...", "Escreva com palavras"),
    ],
)
def test_what_cannot_stand_on_paper_or_says_nothing_is_refused_beside_its_field(
    gente: Gente, rascunho: SolicitacaoServico, campo: str, lixo: str, frase: str
) -> None:
    resposta = gente.ana.cliente.post(url("preencher", rascunho), {**UBS, campo: lixo, "versao": "1", "acao": "continuar"})
    assert resposta.status_code == 422
    assert frase in resposta.content.decode()
    assert list(resposta.context["form"].errors) == [campo]


def test_every_written_field_of_every_form_refuses_drawings() -> None:
    from nucleo.campos import CampoTexto
    from saog import fichas

    oferta = fichas.Oferta(velocidades=(8,), hoje=dt.date(2026, 11, 9))
    classes = [c for c in vars(fichas).values() if isinstance(c, type) and issubclass(c, fichas.Ficha) and c is not fichas.Ficha]
    assert len(classes) == 6
    for classe in classes:
        nomes = [n for n, campo in classe.base_fields.items() if type(campo) is CampoTexto]
        ficha = classe(dict.fromkeys(nomes, "Texto 😀 aqui"), oferta=oferta)
        assert set(nomes) <= set(ficha.errors), classe


# --- What will be refused is said before it is asked for -------------------------------------------------------------
def test_the_only_internet_link_is_not_offered_a_change_of_address_and_the_way_out_is_said(gente: Gente) -> None:
    sti = solicitacoes.em_servico(
        gente.ana.ator, analista=gente.analista.ator, operadora=gente.operadora.ator, mudancas={"servico": "SCM_STI"}
    )
    scm = solicitacoes.em_servico(gente.ana.ator, analista=gente.analista.ator, operadora=gente.operadora.ator, n=2)
    ana = gente.ana.cliente
    pagina = ana.get(url("escolher") + "?tipo=mudanca").content.decode()
    assert f'id="acesso-{scm.pk}"' in pagina
    assert f'id="acesso-{sti.pk}"' not in pagina
    for frase in ("na mudança seriam dois ao mesmo tempo", "Peça primeiro a desativação deste link.", "LNK-03", url("link", None, sti.pk)):
        assert frase in pagina
    antes = SolicitacaoServico.objects.count()
    recusa = comecar(gente, tipo="mudanca", acesso=str(sti.pk))
    assert recusa.status_code == 422
    assert "Peça primeiro a desativação deste link." in recusa.content.decode()
    assert SolicitacaoServico.objects.count() == antes
    do_link = ana.get(url("link", None, sti.pk)).content.decode()
    assert 'value="mudanca"' not in do_link
    assert "Peça primeiro a desativação deste link." in do_link
    assert 'value="mudanca"' in ana.get(url("link", None, scm.pk)).content.decode()
    assert "na mudança seriam dois" not in ana.get(url("escolher") + "?tipo=desativacao").content.decode()


def test_with_every_place_taken_no_change_of_address_is_offered(gente: Gente, encher: Callable[..., list[Acesso]]) -> None:
    encher(20)
    pagina = gente.ana.cliente.get(url("escolher") + "?tipo=mudanca").content.decode()
    assert "na mudança seria mais um" in pagina
    assert 'name="acesso"' not in pagina
    assert "Continuar" not in pagina
    assert url("mais_links") in pagina


def test_a_second_link_of_a_type_at_an_address_is_told_where_it_is_typed_and_before_it_is_sent(gente: Gente, em_servico: Acesso) -> None:
    ana = gente.ana.cliente
    frase = "UBS Vila Maria já tem um link de intranet neste endereço, e não há redundância."
    outro = solicitacoes.rascunho(gente.ana.ator, mudancas={"logradouro": "R. das Acacias", "unidade_nome": "UBS nova"})
    for pagina in (url("preencher", outro), url("conferir", outro)):
        lida = ana.get(pagina).content.decode()
        assert frase in lida, pagina
        assert "LNK-04" in lida
    recusa = ana.post(url("enviar", outro))
    assert recusa.status_code == 422
    assert recusa.content.decode().count(frase) == 2  # the summary, and beside the field
    longe = solicitacoes.rascunho(gente.ana.ator, n=3)
    internet = solicitacoes.rascunho(gente.ana.ator, mudancas={"servico": "SCM_STI"})
    for ss in (longe, internet):
        assert "redundância" not in ana.get(url("preencher", ss)).content.decode()
        assert "redundância" not in ana.get(url("conferir", ss)).content.decode()


def test_the_prices_are_on_the_form_and_where_the_service_is_chosen(gente: Gente, rascunho: SolicitacaoServico, em_servico: Acesso) -> None:
    ana = gente.ana.cliente
    assert "A PRODESP informa o valor de cada velocidade." in ana.get(url("preencher", rascunho)).content.decode()
    precos = [("SCM", 8, "400.00"), ("SCM_SAI", 8, "1412.60"), ("SCM_STI", 16, "2000.00")]
    Preco.objects.bulk_create(
        Preco(servico=s, mbps=m, mensal=Decimal(v), vale_de=dt.date(2026, 1, 1), tabela="tabela 2026") for s, m, v in precos
    )
    Preco.objects.create(servico="SCM", mbps=8, mensal=Decimal(1), vale_de=dt.date(2025, 1, 1), tabela="velha")
    Preco.objects.create(servico="SCM", mbps=8, mensal=Decimal(2), vale_de=dt.date(2027, 1, 1), tabela="nova")
    for pagina in (url("preencher", rascunho), url("qual_servico")):
        lida = ana.get(pagina).content.decode()
        for valor in ("R$ 400,00", "R$ 1.412,60", "R$ 2.000,00", "a PRODESP informa", "INS-03"):
            assert valor in lida, (pagina, valor)
        assert "R$ 1,00" not in lida
        assert "R$ 2,00" not in lida
    ss = acoes.iniciar(
        municipio_id=em_servico.municipio_id, tipo="alteracao-capacidade", acesso_id=em_servico.pk, por=gente.ana.ator, agora=AGORA
    )
    lida = ana.get(url("preencher", ss)).content.decode()
    assert "R$ 1.412,60" in lida
    assert "R$ 2.000,00" not in lida  # another type of connection is another link


def test_what_keeps_a_link_from_being_turned_off_says_what_to_do(gente: Gente, em_servico: Acesso) -> None:
    ana, por = gente.ana.cliente, gente.ana.ator
    outra = acoes.iniciar(municipio_id=em_servico.municipio_id, tipo="alteracao-capacidade", acesso_id=em_servico.pk, por=por, agora=AGORA)
    acoes.salvar(ss_id=outra.pk, dados={"servico": "SCM", "velocidade": "16"}, versao=0, por=por, agora=AGORA)
    acoes.enviar(ss_id=outra.pk, por=por, agora=AGORA)
    escolha, do_link = url("escolher") + "?tipo=desativacao", url("link", None, em_servico.pk)

    def frases() -> list[str]:
        recusa = comecar(gente, tipo="desativacao", acesso=str(em_servico.pk))
        assert recusa.status_code == 422
        return [ana.get(escolha).content.decode(), ana.get(do_link).content.decode(), recusa.content.decode()]

    for lida, frase in zip(frases(), ("abra e cancele esse pedido", "abra o pedido e cancele-o", "Cancele-o antes"), strict=True):
        assert frase in lida
        assert url("solicitacao", outra) in lida
    solicitacoes.emitida(outra, analista=gente.analista.ator, responsavel=por)
    acoes.atender(ss_id=outra.pk, por=gente.operadora.ator, agora=AGORA)
    for lida in frases():
        assert "peça à Operadora que pare" in lida.replace("Peça", "peça")
    dados = acoes.DadosDaEntrega(circuito="C", equipamento="E")
    acoes.entregar(ss_id=outra.pk, dados=dados, por=gente.operadora.ator, agora=AGORA)
    for lida in frases():
        assert "esponda à entrega" in lida


def test_the_help_answers_about_requests_emission_and_the_ten_days(anonimo: Pessoa) -> None:
    pagina = anonimo.cliente.get("/ajuda/").content.decode()
    for pergunta in ("Quem pode pedir links?", "O que é emitir?", "O que são os 10 dias?", "Como mudo um link de endereço?"):
        assert pergunta in pagina
