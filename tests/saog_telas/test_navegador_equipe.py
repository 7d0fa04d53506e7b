"""PRODESP's and the Operadora's pages in a real browser: axe finds nothing, nothing scrolls sideways, the acts work, also without script.

``TELAS=/some/folder`` keeps a picture of each page, to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from saog import acoes
from saog.estados import Estado
from saog.models import Acesso, Entrega, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA
from tests.apoio.navegador import assentar, entrar, sem_rolagem_lateral, sem_violacoes
from tests.apoio.solicitacoes import DIA
from tests.documentos import fabrica

from .conftest import Gente, url
from .test_prodesp import estado

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
TELAS = os.environ.get("TELAS", "")


@pytest.fixture
def cena(gente: Gente, encher: Callable[..., list[Acesso]]) -> dict[str, SolicitacaoServico]:
    """Botucatu with 17 links and requests in every queue; Itapeva suspended, with an alteração of its own."""
    ana, analista, operadora, gestor = gente.ana.ator, gente.analista.ator, gente.operadora.ator, gente.gestor.ator
    encher(12)
    corrigida = solicitacoes.devolvida(solicitacoes.enviada(ana, mudancas={"data_desejada": "15/12/2026"}), por=analista, agora=AGORA)
    acoes.salvar(ss_id=corrigida.pk, dados={**solicitacoes.UBS, "funcionamento": "7h às 19h"}, versao=1, por=ana, agora=AGORA + DIA)
    acoes.enviar(ss_id=corrigida.pk, por=ana, agora=AGORA + DIA)
    acoes.marcar_pendencia(ss_id=corrigida.pk, campo="sala", motivo_id=None, texto="Diga se há tomada.", por=analista, agora=AGORA + DIA)
    feitas = {n: solicitacoes.enviada(ana, n=n, mudancas={"data_desejada": "01/12/2026"} if n % 2 else {}) for n in range(1, 7)}
    for n in (3, 4, 5, 6):
        solicitacoes.emitida(feitas[n], analista=analista, responsavel=ana, agora=AGORA + DIA)
    for n in (4, 5):
        acoes.atender(ss_id=feitas[n].pk, por=operadora, agora=AGORA + DIA)
    acoes.agendar(ss_id=feitas[4].pk, visita_em=AGORA + 6 * DIA, texto="Dois técnicos.", por=operadora, agora=AGORA + DIA)
    acoes.registrar_marco(
        ss_id=feitas[4].pk, codigo="projeto", nome="Projeto do circuito concluído", atingido_em=AGORA, por=operadora, agora=AGORA + DIA
    )
    acoes.pendenciar(ss_id=feitas[5].pk, texto="Liberem a sala do rack.", por=operadora, agora=AGORA + DIA)
    solicitacoes.entregue(feitas[6], operadora=operadora, agora=AGORA + DIA)
    acoes.recusar(ss_id=feitas[6].pk, motivo="Sem sinal na sala.", por=ana, agora=AGORA + 2 * DIA)
    acoes.suspender_validacao(municipio_id=ITAPEVA, motivo="Faturas de 08 e 09/2026 sem pagamento.", por=gestor, agora=AGORA)
    presa = solicitacoes.enviada(gente.vizinha.ator, municipio_id=ITAPEVA)
    acoes.conceder_limite(municipio_id=BOTUCATU, links=25, vale_ate=None, motivo="Creches novas.", por=gestor, agora=AGORA)
    acoes.salvar_preco(
        preco_id=None,
        dados={"servico": "SCM", "mbps": 8, "mensal": 412, "vale_de": AGORA.date(), "vale_ate": None, "tabela": "tabela 2026"},
        por=gestor,
    )
    velha = Acesso.objects.filter(estado="EM_SERVICO").order_by("pk")[0]
    alteracao = acoes.iniciar(municipio_id=BOTUCATU, tipo="alteracao-capacidade", acesso_id=velha.pk, por=ana, agora=AGORA)
    acoes.salvar(ss_id=alteracao.pk, dados={"servico": "SCM_SAI", "velocidade": "16"}, versao=0, por=ana, agora=AGORA)
    acoes.enviar(ss_id=alteracao.pk, por=ana, agora=AGORA)
    return {
        "corrigida": corrigida,
        "nova": feitas[1],
        "outra": feitas[2],
        "emitida": feitas[3],
        "atendida": feitas[4],
        "pendente": feitas[5],
        "recusada": feitas[6],
        "presa": presa,
        "alteracao": alteracao,
    }


def _olhar(pagina: Any, nome: str, endereco: str) -> None:
    resposta = pagina.goto(endereco)
    assert resposta.status == 200, f"{nome}: {resposta.status}"
    assentar(pagina)
    _conferir(pagina, nome)


def _conferir(pagina: Any, nome: str) -> None:
    if TELAS:
        largura = pagina.viewport_size["width"]
        pagina.screenshot(path=str(Path(TELAS) / f"{nome}-{largura}.png"), full_page=True)
    sem_rolagem_lateral(pagina)
    sem_violacoes(pagina)


def _paginas(c: dict[str, SolicitacaoServico]) -> dict[str, list[tuple[str, str]]]:
    return {
        "analista": [
            ("fila-ss", url("fila")),
            ("fila-ss-todas", url("fila") + "?corte=todas"),
            ("fila-ss-vazia", url("fila") + "?busca=xyz&servico=SCM_STI"),
            ("analise", url("analise", c["corrigida"])),
            ("analise-marcar", url("analise", c["nova"]) + "?marcar=cep"),
            ("analise-suspensa", url("analise", c["presa"])),
            ("analise-alteracao", url("analise", c["alteracao"])),
            ("validar-varias", url("validar_varias") + f"?ss={c['nova'].slug}&ss={c['outra'].slug}&ss={c['presa'].slug}"),
            ("prefeituras-ss", url("prefeituras_ss")),
        ],
        "gestor": [
            ("prefeitura-ss", url("prefeitura_ss", None, BOTUCATU)),
            ("prefeitura-ss-suspensa", url("prefeitura_ss", None, ITAPEVA)),
            ("configuracoes", url("configuracoes")),
            ("catalogo", url("catalogo")),
            ("catalogo-tipo", url("tipo", None, "ativacao")),
            ("catalogo-preco", url("preco_novo")),
            ("catalogo-tipo", url("tipo_novo")),
        ],
        "operadora": [
            ("ordens", url("ordens")),
            ("ordens-pendentes", url("ordens") + "?corte=pendentes"),
            ("ordens-vazia", url("ordens") + "?corte=concluidas"),
            ("ordem-nova", url("ordem", c["emitida"])),
            ("api", url("api")),
            ("ordem-atendida", url("ordem", c["atendida"])),
            ("ordem-pendente", url("ordem", c["pendente"])),
            ("ordem-recusada", url("ordem", c["recusada"])),
            ("ordem-marco", url("ordem_ato", c["atendida"], "marco")),
            ("ordem-agendar", url("ordem_ato", c["atendida"], "agendar")),
            ("ordem-inviavel", url("ordem_ato", c["emitida"], "inviavel")),
            ("ordem-entregar", url("ordem_entregar", c["atendida"])),
            ("agenda", url("agenda")),
        ],
    }


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_every_page_of_the_team_is_accessible(
    largura: str, request: pytest.FixtureRequest, gente: Gente, cena: dict[str, SolicitacaoServico]
) -> None:
    pagina = request.getfixturevalue(largura)
    for quem, enderecos in _paginas(cena).items():
        entrar(pagina, getattr(gente, quem))
        for nome, endereco in enderecos:
            _olhar(pagina, nome, endereco)
    pagina.goto(url("ordem_entregar", cena["atendida"]))
    pagina.get_by_role("button", name="Entregar e pedir o aceite").click()
    pagina.get_by_text("Informe o número do circuito.").first.wait_for()
    _conferir(pagina, "ordem-entregar-erros")
    entrar(pagina, gente.gestor)
    pagina.goto(url("prefeitura_ss", None, BOTUCATU))
    pagina.get_by_role("button", name="Conceder o limite").click()
    pagina.get_by_text("Informe quantos links.").first.wait_for()
    _conferir(pagina, "prefeitura-ss-erros")


def test_prodesp_marks_in_place_and_returns(pagina: Any, gente: Gente, enviada: SolicitacaoServico) -> None:
    entrar(pagina, gente.analista)
    pagina.goto(url("fila"))
    pagina.get_by_role("link", name="Analisar").click()
    linha = pagina.locator("#linha-funcionamento")
    linha.get_by_role("link", name="Pendência").click()
    linha.get_by_label("Motivo").select_option(label="Falta o horário de funcionamento")
    assert "marcar=" not in pagina.url, "htmx opens the row without leaving the page"
    linha.get_by_role("button", name="Marcar pendência").click()
    pagina.get_by_text("Com pendência não se valida.").wait_for()
    pagina.get_by_role("button", name="Devolver com 1 pendência").click()
    pagina.get_by_text("Devolvida. A prefeitura foi avisada").wait_for()
    assert estado(enviada) == Estado.DEVOLVIDA


def test_a_row_half_typed_is_not_lost_by_returning_the_request(pagina: Any, gente: Gente, enviada: SolicitacaoServico) -> None:
    """Somebody marked one row and is typing in another: the browser asks before the second is lost; once marked, it does not."""
    entrar(pagina, gente.analista)
    pagina.goto(url("analise", enviada))
    perguntas: list[str] = []

    def ficar(dialogo: Any) -> None:
        perguntas.append(dialogo.type)
        dialogo.dismiss()

    pagina.on("dialog", ficar)
    marcar = pagina.get_by_role("link", name="Pendência")
    marcar.nth(0).click()
    pagina.get_by_label("O que a prefeitura lê").fill("Confira o nome.")
    pagina.get_by_role("button", name="Marcar pendência").click()
    pagina.get_by_role("button", name="Devolver com 1 pendência").wait_for()
    assert perguntas == []
    marcar.nth(1).click()
    pagina.get_by_label("O que a prefeitura lê").fill("Ainda pensando")
    pagina.get_by_role("button", name="Devolver com 1 pendência").click()
    pagina.wait_for_timeout(300)
    assert perguntas == ["beforeunload"]
    assert pagina.get_by_label("O que a prefeitura lê").input_value() == "Ainda pensando"
    assert SolicitacaoServico.objects.get(pk=enviada.pk).estado == "EM_VALIDACAO"


def test_prodesp_validates_one_and_then_several(pagina: Any, gente: Gente, enviada: SolicitacaoServico) -> None:
    outras = [solicitacoes.enviada(gente.ana.ator, n=n) for n in (1, 2)]
    entrar(pagina, gente.analista)
    pagina.goto(url("analise", enviada))
    pagina.get_by_role("button", name="Validar").click()
    pagina.get_by_text(f"Solicitação {enviada.numero} validada.").wait_for()
    for ss in outras:
        pagina.get_by_role("checkbox", name=f"Escolher {ss.titulo}").check()
    pagina.get_by_role("button", name="Validar as marcadas").click()
    pagina.get_by_role("heading", name="Validar 2 solicitações?").wait_for()
    pagina.get_by_role("button", name="Validar 2 solicitações").click()
    pagina.get_by_text("2 solicitações validadas.").wait_for()
    assert {estado(ss) for ss in (enviada, *outras)} == {Estado.VALIDADA}


def test_the_queue_and_a_whole_analysis_without_javascript(pagina_sem_js: Any, gente: Gente, enviada: SolicitacaoServico) -> None:
    pagina = pagina_sem_js
    entrar(pagina, gente.analista)
    pagina.goto(url("fila"))
    pagina.get_by_label("Município, número, unidade ou circuito").fill("botucatu")
    pagina.get_by_role("button", name="Filtrar").click()
    pagina.get_by_role("link", name="Analisar").click()
    pagina.locator("#linha-cep").get_by_role("link", name="Pendência").click()
    pagina.get_by_label("O que a prefeitura lê").fill("CEP de outra rua.")
    pagina.get_by_role("button", name="Marcar pendência").click()
    pagina.get_by_role("button", name="Retirar").click()
    pagina.get_by_text("Sem pendência não se devolve.").wait_for()
    pagina.goto(url("fila"))
    pagina.get_by_role("checkbox").check()
    pagina.get_by_role("button", name="Validar as marcadas").click()
    pagina.get_by_role("button", name="Validar 1 solicitação").click()
    pagina.get_by_text("1 solicitação validada.").wait_for()
    assert estado(enviada) == Estado.VALIDADA


@pytest.mark.parametrize("qual", ["pagina", "pagina_sem_js"])
def test_an_order_goes_from_new_to_delivered_with_a_photo(
    qual: str, request: pytest.FixtureRequest, gente: Gente, emitida: SolicitacaoServico
) -> None:
    pagina = request.getfixturevalue(qual)
    entrar(pagina, gente.operadora)
    pagina.goto(url("ordens"))
    pagina.get_by_role("link", name="Atender").click()
    pagina.get_by_role("link", name="Começar o atendimento").click()
    pagina.get_by_label("Dia em que espera concluir").fill("30/11/2026")
    pagina.get_by_role("button", name="Começar o atendimento").click()
    pagina.get_by_text("Atendimento começado.").wait_for()
    pagina.get_by_role("link", name="Agendar visita").click()
    pagina.get_by_label("Dia da visita").fill("20/11/2026")
    pagina.get_by_label("Hora").fill("09:30")
    pagina.get_by_role("button", name="Agendar a visita").click()
    pagina.get_by_text("Visita agendada.").wait_for()
    pagina.get_by_role("link", name="Pedir algo à prefeitura").click()
    pagina.get_by_label("O que você precisa da prefeitura").fill("Liberem a sala.")
    pagina.get_by_role("button", name="Pedir à prefeitura").click()
    pagina.get_by_role("link", name="Retomar o atendimento").click()
    pagina.get_by_role("button", name="Retomar").click()
    pagina.get_by_role("link", name="Entregar e pedir o aceite").click()
    pagina.get_by_label("Número do circuito").fill("BTU-SCM-004417")
    pagina.get_by_label("Equipamento instalado").fill("Roteador 2 portas")
    pagina.get_by_label("Velocidade medida").fill("7,95")
    foto = {"name": "rack.jpg", "mimeType": "image/jpeg", "buffer": fabrica.imagem("JPEG", tamanho=(2400, 1800))}
    pagina.get_by_label("Incluir arquivo").set_input_files(foto)
    pagina.get_by_role("button", name="Incluir o arquivo").click()
    pagina.get_by_role("link", name="rack.jpg").wait_for()
    assert pagina.get_by_label("Número do circuito").input_value() == "BTU-SCM-004417"
    pagina.get_by_role("button", name="Entregar e pedir o aceite").click()
    pagina.get_by_text("Entregue. A prefeitura foi avisada").wait_for()
    assert estado(emitida) == Estado.AGUARDANDO_ACEITE
    assert Entrega.objects.get().circuito == "BTU-SCM-004417"
