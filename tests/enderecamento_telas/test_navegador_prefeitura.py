"""The prefeitura's pages of its addresses in a real browser, wide and narrow; copying works with JavaScript, reading without it.

``TELAS=/some/folder`` keeps a picture of each page, to be looked at.
"""

from __future__ import annotations

from typing import Any

import pytest

from enderecamento import acoes
from enderecamento.models import SubBlocoCIDR
from nucleo import prazos
from tests.apoio import enderecos, solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA, Pessoa
from tests.apoio.navegador import assentar, entrar, fotografar, sem_rolagem_lateral, sem_violacoes
from tests.saog_telas.conftest import url

from .test_prefeitura import NOVO, anexo_ii

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
DIA = solicitacoes.DIA


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    relogio.move_to(AGORA + 2 * DIA)


@pytest.fixture
def cenario(
    responsavel_a1: Pessoa, responsavel_b: Pessoa, analista: Pessoa, gestor_prodesp: Pessoa, operadora: Pessoa, requerente: Pessoa
) -> dict[str, Any]:
    """Botucatu asked for 8 private and 1 public, has 6 and 1, one of them in exchange, two with links; Itapeva has none yet."""
    adesao = enderecos.em_vigor(responsavel_a1, BOTUCATU, privados=8)
    enderecos.em_vigor(responsavel_b, ITAPEVA, privados=4)
    enderecos.pool("10.64.16.0/20", por=gestor_prodesp.ator)
    enderecos.pool("203.0.113.0/28", por=gestor_prodesp.ator, perfil="PUBLICO")
    quem: dict[str, Any] = {"por": analista.ator, "agora": AGORA}
    blocos = acoes.atribuir(adesao.pk, perfil="PRIVADO", quantidade=6, **quem)
    acoes.atribuir(adesao.pk, perfil="PUBLICO", **quem)
    partes: dict[str, Any] = {"analista": analista.ator, "operadora": operadora.ator}
    solicitacoes.em_servico(responsavel_a1.ator, mudancas={"sub_bloco": "10.64.16.0/28"}, **partes)
    solicitacoes.enviada(responsavel_a1.ator, n=3, mudancas={"sub_bloco": "10.64.16.16/28", "unidade_nome": "Escola Municipal Prof. João"})
    SubBlocoCIDR.objects.filter(pk=blocos[5].pk).update(ordinal=None, troca_ate=prazos.meia_noite(AGORA.date() + 37 * DIA))
    anexo_ii(adesao)
    return {"adesao": adesao, "blocos": blocos, "ana": responsavel_a1, "vizinha": responsavel_b, "requerente": requerente}


def olhar(pagina: Any, nome: str) -> None:
    assentar(pagina)
    fotografar(pagina, nome)
    sem_rolagem_lateral(pagina)
    sem_violacoes(pagina)


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_every_page_is_accessible(largura: str, request: pytest.FixtureRequest, cenario: dict[str, Any], analista: Pessoa) -> None:
    pagina = request.getfixturevalue(largura)
    entrar(pagina, cenario["ana"])
    rascunho = solicitacoes.rascunho(cenario["ana"].ator, n=7, mudancas={"sub_bloco": "10.64.16.16/28"})
    for nome, endereco in {
        "enderecos": "/enderecos/",
        "bloco": "/enderecos/10.64.16.0-28/",
        "bloco-publico": "/enderecos/203.0.113.0-30/",
        "bloco-em-troca": f"/enderecos/{cenario['blocos'][5].slug}/",
        "tecnico": "/enderecos/tecnico/",
        "preencher-com-blocos": url("preencher", rascunho) + "?erros=1",
    }.items():
        assert pagina.goto(endereco).status == 200, nome
        olhar(pagina, nome)
    pagina.goto("/enderecos/tecnico/")
    pagina.get_by_label("Nome").fill(NOVO["nome"])
    pagina.get_by_label("Telefone").fill("123")
    pagina.get_by_role("button", name="Informar à PRODESP").click()
    pagina.get_by_text("campos para corrigir").wait_for()
    olhar(pagina, "tecnico-com-erro")
    for campo, rotulo in (("telefone", "Telefone"), ("email", "E-mail")):
        pagina.get_by_label(rotulo).fill(NOVO[campo])
    pagina.get_by_role("button", name="Informar à PRODESP").click()
    pagina.get_by_text("Marta Lins é o novo responsável técnico").wait_for()
    pagina.get_by_text("Quem era antes").click()
    olhar(pagina, "enderecos-com-tecnico-novo")
    entrar(pagina, cenario["vizinha"])
    pagina.goto("/enderecos/")
    olhar(pagina, "enderecos-nenhum-ainda")
    entrar(pagina, cenario["requerente"])
    pagina.goto("/enderecos/")
    olhar(pagina, "enderecos-sem-adesao")
    entrar(pagina, analista)
    pagina.goto("/responsaveis-tecnicos/")
    olhar(pagina, "tecnicos")
    pagina.get_by_role("button", name="Marcar como lida a troca da Prefeitura de Botucatu").click()
    pagina.get_by_text("Troca da Prefeitura de Botucatu marcada como lida").wait_for()
    olhar(pagina, "tecnicos-lida")


def test_the_router_text_is_copied_with_a_button(pagina: Any, cenario: dict[str, Any]) -> None:
    pagina.context.grant_permissions(["clipboard-read", "clipboard-write"])
    entrar(pagina, cenario["ana"])
    pagina.goto("/enderecos/10.64.16.0-28/")
    pagina.get_by_role("button", name="Copiar a configuração de MikroTik (RouterOS)").click()
    pagina.get_by_role("button", name="Copiado").wait_for()
    copiado = pagina.evaluate("navigator.clipboard.readText()")
    assert copiado == pagina.locator("#roteiro-mikrotik").text_content()
    assert copiado.startswith("# INTRAGOV: sub-bloco 10.64.16.0/28 da Prefeitura de Botucatu\n")


def test_without_javascript_the_text_is_there_and_no_dead_button(pagina_sem_js: Any, cenario: dict[str, Any]) -> None:
    entrar(pagina_sem_js, cenario["ana"])
    pagina_sem_js.goto("/enderecos/10.64.16.0-28/")
    assert "ip address 10.64.16.1 255.255.255.240" in pagina_sem_js.locator("#roteiro-cisco").inner_text()
    assert not pagina_sem_js.locator("[data-copiar]").first.is_visible()
    with pagina_sem_js.expect_download() as descarga:
        pagina_sem_js.get_by_role("button", name="Baixar a ficha técnica (PDF)").click()
    assert descarga.value.suggested_filename == "ficha-tecnica-10-64-16-0-28.pdf"
