"""The list of sub-blocks in the form, and the way from a link to its block (IP-04 to IP-06)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from adesao.models import Adesao
from enderecamento import acoes as enderecos_acoes
from saog import acoes
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import enderecos, solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU
from tests.apoio.solicitacoes import UBS

from .conftest import Gente, url

pytestmark = pytest.mark.django_db
NOVO = {"sub_bloco": "10.64.16.0/28"}


@pytest.fixture
def com_blocos(gente: Gente) -> Gente:
    """Botucatu has 10.64.16.0/28, .16/28 and 203.0.113.0/30."""
    enderecos.pool("10.64.16.0/24", por=gente.gestor.ator)
    enderecos.pool("203.0.113.0/28", por=gente.gestor.ator, perfil="PUBLICO")
    Adesao.objects.filter(municipio_id=BOTUCATU).update(blocos_privados=20, blocos_publicos=1)
    adesao = Adesao.objects.get(municipio_id=BOTUCATU)
    for perfil, n in (("PRIVADO", 2), ("PUBLICO", 1)):
        enderecos_acoes.atribuir(adesao.pk, perfil=perfil, quantidade=n, por=gente.analista.ator, agora=AGORA)
    return gente


def lista(gente: Gente, ss: SolicitacaoServico) -> list[tuple[str, str]]:
    """(attributes, text) of each option of the sub-block's list."""
    texto = gente.ana.cliente.get(url("preencher", ss)).content.decode()
    caixa = re.search(r'<select name="sub_bloco".*?</select>', texto, re.DOTALL)
    assert caixa is not None
    return [(a.strip(), t.strip()) for a, t in re.findall(r"<option([^>]*)>([^<]*)</option>", caixa[0])]


def test_i_do_not_know_yet_comes_first_then_the_free_ones_and_the_used_only_to_be_read(com_blocos: Gente) -> None:
    solicitacoes.enviada(com_blocos.ana.ator, mudancas=NOVO)
    opcoes = lista(com_blocos, solicitacoes.rascunho(com_blocos.ana.ator, n=1))
    assert [t for _, t in opcoes] == ["Ainda não sei", "10.64.16.16/28", "10.64.16.0/28 (usado por UBS Vila Maria)", "203.0.113.0/30"]
    assert ["disabled" in a for a, _ in opcoes] == [False, False, True, False]


def test_a_text_typed_before_stays_in_the_list_and_is_refused_beside_the_field(com_blocos: Gente) -> None:
    ss = solicitacoes.rascunho(com_blocos.ana.ator, mudancas={"sub_bloco": "10.99.0.0/28"})
    assert ("selected", "10.99.0.0/28 (digitado antes)") in [(a.split()[-1], t) for a, t in lista(com_blocos, ss)]
    resposta = com_blocos.ana.cliente.post(
        url("preencher", ss), {**UBS, "sub_bloco": "10.99.0.0/28", "versao": str(ss.versao), "acao": "continuar"}
    )
    texto = resposta.content.decode()
    assert resposta.status_code == 422
    assert "Há 1 campo para corrigir" in texto
    assert texto.count("sub-bloco 10.99.0.0/28 não está com a prefeitura") == 2
    ss.refresh_from_db()
    assert ss.rascunho["sub_bloco"] == "10.99.0.0/28"


def test_a_chosen_one_that_a_link_took_meanwhile_is_shown_chosen_and_refused(com_blocos: Gente) -> None:
    ss = solicitacoes.rascunho(com_blocos.ana.ator, n=1, mudancas=NOVO)
    solicitacoes.enviada(com_blocos.bene.ator, mudancas=NOVO)
    atributos = {t: a for a, t in lista(com_blocos, ss)}["10.64.16.0/28 (usado por UBS Vila Maria)"]
    assert "selected" in atributos
    assert "disabled" not in atributos
    resposta = com_blocos.ana.cliente.post(url("enviar", ss))
    assert resposta.url == url("preencher", ss) + "?erros=1"
    assert "O link UBS Vila Maria já usa o sub-bloco" in com_blocos.ana.cliente.get(resposta.url).content.decode()


def test_a_prefeitura_without_blocks_asks_all_the_same(gente: Gente, rascunho: SolicitacaoServico) -> None:
    assert [t for _, t in lista(gente, rascunho)] == ["Ainda não sei"]
    acoes.enviar(ss_id=rascunho.pk, por=gente.ana.ator, agora=AGORA)
    assert Acesso.objects.get().sub_bloco == ""


def test_the_page_of_a_link_leads_to_its_block_and_an_old_text_stays_readable(com_blocos: Gente) -> None:
    ss = solicitacoes.enviada(com_blocos.ana.ator, mudancas=NOVO)
    assert ss.acesso is not None
    pagina = url("link", None, ss.acesso.pk)
    para = reverse("enderecamento:endereco", args=["10.64.16.0-28"])
    assert f'<a href="{para}">10.64.16.0/28</a>' in com_blocos.ana.cliente.get(pagina).content.decode()
    assert para not in com_blocos.analista.cliente.get(pagina).content.decode()
    Acesso.objects.update(sub_bloco="10.99.0.0/28")
    texto = com_blocos.ana.cliente.get(pagina).content.decode()
    assert "10.99.0.0/28" in texto
    assert "/enderecos/10" not in texto


def test_several_drafts_are_judged_with_the_blocks_read_once(com_blocos: Gente) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def contar(n: int) -> int:
        marcadas = {"ss": [ss.slug for ss in SolicitacaoServico.objects.order_by("pk")[:n]]}
        com_blocos.ana.cliente.get(url("enviar_varias"), marcadas)
        with CaptureQueriesContext(connection) as feitas:
            assert com_blocos.ana.cliente.get(url("enviar_varias"), marcadas).status_code == 200
        return len(feitas)

    for i in range(1, 7):
        solicitacoes.rascunho(com_blocos.ana.ator, n=i)
    assert contar(6) == contar(2)


def test_a_link_asked_for_without_a_sub_block_is_told_one_after_the_emission(com_blocos: Gente) -> None:
    ana, analista = com_blocos.ana, com_blocos.analista
    solicitacoes.enviada(ana.ator, mudancas=NOVO)  # takes 10.64.16.0/28
    ss = solicitacoes.enviada(com_blocos.bene.ator, n=1)
    link, pagina = url("link", None, ss.acesso_id), url("link_sub_bloco", None, ss.acesso_id)
    assert pagina not in ana.cliente.get(link).content.decode()
    assert ana.cliente.get(pagina).url == link  # until then the request itself says it
    assert ana.cliente.post(pagina, {"sub_bloco": "10.64.16.16/28"}).status_code == 409
    solicitacoes.emitida(ss, analista=analista.ator, responsavel=ana.ator)
    for pessoa in (ana, analista):
        assert f'href="{pagina}">Informar o sub-bloco' in pessoa.cliente.get(link).content.decode()
    assert pagina not in com_blocos.operadora.cliente.get(link).content.decode()
    opcoes = re.findall(r'<option value="([^"]*)"', analista.cliente.get(pagina).content.decode())
    assert opcoes == ["", "10.64.16.16/28"]  # neither the used one nor the public one
    errada = ana.cliente.post(pagina, {"sub_bloco": "10.64.16.0/28"})
    assert (errada.status_code, "não está mais livre" in errada.content.decode()) == (422, True)
    assert ana.cliente.post(pagina, {"sub_bloco": "10.64.16.16/28"}).url == link
    acesso = Acesso.objects.get(pk=ss.acesso_id)
    ato = acesso.historico.order_by("-pk")[0]
    assert (acesso.sub_bloco, ato.transicao, ato.por_nome) == ("10.64.16.16/28", "informar_bloco", ana.usuario.nome)
    assert "Sub-bloco informado" in ana.cliente.get(link).content.decode()
    assert analista.cliente.post(pagina, {"sub_bloco": "10.64.16.16/28"}).status_code == 409
    assert analista.cliente.get(pagina).url == link


def test_without_a_free_sub_block_the_page_says_so_and_where_to_go(gente: Gente, emitida: SolicitacaoServico) -> None:
    pagina = gente.ana.cliente.get(url("link_sub_bloco", None, emitida.acesso_id)).content.decode()
    assert "não tem sub-bloco privado /28 livre" in pagina
    assert reverse("enderecamento:enderecos") in pagina
