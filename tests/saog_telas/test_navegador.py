"""Every page of the prefeitura's requests in a real browser: axe finds nothing, nothing scrolls sideways, the whole way works.

``TELAS=/some/folder`` keeps a picture of each page, to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from saog import acoes
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU
from tests.apoio.navegador import assentar, entrar, sem_rolagem_lateral, sem_violacoes
from tests.apoio.solicitacoes import DIA

from .conftest import Gente, url

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
TELAS = os.environ.get("TELAS", "")


def olhar(pagina: Any, nome: str) -> None:
    """The page as it stands: a picture when asked, no sideways scroll, nothing for axe."""
    assentar(pagina)
    if TELAS:
        largura = pagina.viewport_size["width"]
        pagina.screenshot(path=str(Path(TELAS) / f"{nome}-{largura}.png"), full_page=True)
    sem_rolagem_lateral(pagina)
    sem_violacoes(pagina)


def cena(gente: Gente) -> dict[str, SolicitacaoServico]:
    """One request of Botucatu in each state that a page shows."""
    ana, analista, operadora = gente.ana.ator, gente.analista.ator, gente.operadora.ator
    link = solicitacoes.em_servico(ana, analista=analista, operadora=operadora, n=9)
    entregue = solicitacoes.emitida(solicitacoes.enviada(ana), analista=analista, responsavel=ana)
    entregue = solicitacoes.entregue(entregue, operadora=operadora, agora=AGORA + DIA)
    devolvida = solicitacoes.devolvida(solicitacoes.enviada(ana, n=1), por=analista, agora=AGORA + DIA)
    validada = acoes.validar(ss_id=solicitacoes.enviada(ana, n=2).pk, por=analista, agora=AGORA + DIA)
    espera = solicitacoes.emitida(solicitacoes.enviada(ana, n=3), analista=analista, responsavel=ana)
    acoes.atender(ss_id=espera.pk, por=operadora, agora=AGORA)
    espera = acoes.pendenciar(ss_id=espera.pk, texto="Quem abre a sala no sábado?", por=operadora, agora=AGORA + DIA)
    alteracao = acoes.iniciar(municipio_id=link.municipio_id, tipo="alteracao-capacidade", acesso_id=link.pk, por=ana, agora=AGORA)
    acoes.salvar(ss_id=alteracao.pk, dados={"servico": "SCM_SAI", "velocidade": "16"}, versao=0, por=ana, agora=AGORA)
    acoes.enviar(ss_id=alteracao.pk, por=ana, agora=AGORA)
    outro = solicitacoes.em_servico(ana, analista=analista, operadora=operadora, n=8)
    nova, velha = acoes.iniciar_mudanca(acesso_id=outro.pk, por=ana, agora=AGORA)
    acoes.salvar(ss_id=nova.pk, dados={**solicitacoes.UBS, "numero": "77", "data_desejada": "01/12/2026"}, versao=0, por=ana, agora=AGORA)
    acoes.salvar(ss_id=velha.pk, dados={"desligar_em": "10/12/2026", "justificativa": "Mudou."}, versao=0, por=ana, agora=AGORA)
    return {
        "entregue": entregue,
        "devolvida": devolvida,
        "validada": validada,
        "espera": espera,
        "alteracao": SolicitacaoServico.objects.get(pk=alteracao.pk),
        "mudanca": SolicitacaoServico.objects.get(pk=nova.pk),
        "velha": SolicitacaoServico.objects.get(pk=velha.pk),
        "em_servico": link.solicitacoes.order_by("pk")[0],
    }


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_every_page_is_accessible(largura: str, request: pytest.FixtureRequest, gente: Gente) -> None:
    pagina = request.getfixturevalue(largura)
    entrar(pagina, gente.ana)
    pagina.goto(url("para_fazer"))
    olhar(pagina, "para-fazer-vazio")
    s = cena(gente)
    enderecos = {
        "para-fazer": url("para_fazer"),
        "solicitacoes": url("solicitacoes"),
        "solicitacoes-filtro-vazio": url("solicitacoes") + "?busca=xyz",
        "nova": url("nova"),
        "escolher": url("escolher") + "?tipo=desativacao",
        "escolher-cancelamento": url("escolher") + "?tipo=cancelamento",
        "qual-servico": url("qual_servico"),
        "mais-links": url("mais_links"),
        "links": url("links"),
        "link": url("link", None, s["em_servico"].acesso_id),
        "solicitacao-entregue": url("solicitacao", s["entregue"]),
        "solicitacao-devolvida": url("solicitacao", s["devolvida"]),
        "solicitacao-validada": url("solicitacao", s["validada"]),
        "solicitacao-espera": url("solicitacao", s["espera"]),
        "solicitacao-alteracao": url("solicitacao", s["alteracao"]),
        "solicitacao-mudanca": url("solicitacao", s["mudanca"]),
        "solicitacao-aceita": url("solicitacao", s["em_servico"]),
        "preencher-devolvida": url("preencher", s["devolvida"]),
        "preencher-mudanca": url("preencher", s["velha"]),
        "conferir-mudanca": url("conferir", s["mudanca"]),
        "descartar": url("descartar", s["mudanca"]),
        "cancelar": url("cancelar", s["validada"]),
        "emitir": url("emitir", s["validada"]),
        "emitir-varias": url("emitir_varias") + f"?ss={s['validada'].slug}",
        "enviar-varias": url("enviar_varias") + f"?ss={s['mudanca'].slug}&ss={s['velha'].slug}",
        "aceitar": url("aceitar", s["entregue"]),
        "recusar": url("recusar", s["entregue"]),
        "responder": url("responder", s["espera"]),
        "historico": url("historico", s["entregue"]),
        "enviada": url("enviada", s["devolvida"], 1),
        "envio": url("envio", s["alteracao"], 1),
    }
    for nome, endereco in enderecos.items():
        resposta = pagina.goto(endereco)
        assert resposta.status == 200, f"{nome}: {resposta.status}"
        olhar(pagina, nome)
    pagina.goto(url("preencher", s["devolvida"]))
    pagina.get_by_label("CEP").fill("123")
    pagina.get_by_role("button", name="Salvar e conferir").click()
    pagina.get_by_text("Há 1 campo para corrigir").wait_for()
    olhar(pagina, "preencher-com-erro")
    pagina.goto(url("recusar", s["entregue"]))
    pagina.get_by_role("button", name="Recusar a entrega").click()
    pagina.get_by_text("Há 1 campo para corrigir").wait_for()
    olhar(pagina, "recusar-com-erro")


def preencher_a_ubs(pagina: Any) -> None:
    """Type an ativação as a person would."""
    for rotulo, valor in (
        ("Nome da unidade", "UBS Vila Maria"),
        ("Rua, avenida ou praça", "Rua das Acácias"),
        ("Nº", "120"),
        ("CEP", "18600-000"),
        ("Contato no local", "Gerente da UBS"),
        ("Telefone do contato", "(14) 3811-1400"),
        ("Dias e horários de funcionamento", "segunda a sexta, 7h às 17h"),
        ("Sala e rack", "Térreo, sala da TI"),
    ):
        pagina.get_by_label(rotulo, exact=True).fill(valor)
    pagina.get_by_label("SCM: Só as aplicações").check()
    pagina.get_by_label("Velocidade").select_option("8")
    pagina.get_by_label("O link será usado só com").check()


def pedir(pagina: Any) -> SolicitacaoServico:
    """From *Nova solicitação* to the confirmation."""
    pagina.goto(url("nova"))
    pagina.get_by_role("button", name="Ativação").click()
    pagina.get_by_label("Nome da unidade").wait_for()
    preencher_a_ubs(pagina)
    pagina.get_by_role("button", name="Salvar e conferir").click()
    pagina.get_by_role("button", name="Enviar à PRODESP").click()
    pagina.get_by_role("heading", name="Solicitação enviada").wait_for()
    return SolicitacaoServico.objects.order_by("-pk")[0]


def test_an_activation_from_the_first_page_to_the_accepted_delivery(pagina: Any, gente: Gente) -> None:
    entrar(pagina, gente.ana)
    pagina.goto("/entrada/")
    pagina.get_by_role("heading", name="Para fazer agora", exact=True).wait_for()
    ss = pedir(pagina)
    assert pagina.get_by_text(ss.numero).first.is_visible()
    with pagina.expect_download() as recibo:
        pagina.get_by_role("link", name="Baixar o recibo (PDF)").first.click()
    assert Path(recibo.value.path()).read_bytes().startswith(b"%PDF-")
    acoes.validar(ss_id=ss.pk, por=gente.analista.ator, agora=AGORA + 2 * DIA)
    pagina.goto(url("para_fazer"))
    pagina.locator(".ig-afazeres .btn", has_text="Emitir").click()
    pagina.get_by_role("button", name="Emitir à Operadora").click()
    pagina.get_by_text("A Operadora foi avisada e vai começar.").wait_for()
    solicitacoes.entregue(ss, operadora=gente.operadora.ator, agora=AGORA + 2 * DIA)
    pagina.goto(url("para_fazer"))
    pagina.locator(".ig-afazeres .btn", has_text="Conferir a entrega").click()
    pagina.get_by_role("link", name="Aceitar a entrega").click()
    pagina.get_by_role("button", name="Aceitar a entrega").click()
    pagina.get_by_text("Entrega aceita: UBS Vila Maria.").wait_for()
    pagina.get_by_role("link", name="Ver o link").click()
    pagina.get_by_text("BTU-SCM-004417").wait_for()
    sem_violacoes(pagina)


def test_returned_corrected_refused_with_a_photo_delivered_again_and_accepted(pagina: Any, gente: Gente, tmp_path: Path) -> None:
    ss = solicitacoes.devolvida(solicitacoes.enviada(gente.ana.ator), por=gente.analista.ator, agora=AGORA + DIA)
    entrar(pagina, gente.bene)
    pagina.goto(url("para_fazer"))
    pagina.locator(".ig-afazeres .btn", has_text="Corrigir").click()
    pagina.get_by_text("A PRODESP escreveu:").wait_for()
    pagina.get_by_label("Dias e horários de funcionamento").fill("todos os dias, 6h às 20h")
    pagina.get_by_text("Rascunho salvo às").wait_for()
    pagina.get_by_role("button", name="Salvar e conferir").click()
    pagina.get_by_role("button", name="Enviar de novo à PRODESP").click()
    pagina.get_by_role("heading", name="Correções enviadas").wait_for()
    solicitacoes.emitida(ss, analista=gente.analista.ator, responsavel=gente.bene.ator, agora=AGORA + 2 * DIA)
    solicitacoes.entregue(ss, operadora=gente.operadora.ator, agora=AGORA + 2 * DIA)
    pagina.goto(url("solicitacao", ss))
    pagina.get_by_role("link", name="Recusar e dizer o motivo").click()
    pagina.get_by_label("O que está errado").fill("Sem sinal na sala da TI.")
    from PIL import Image

    Image.new("RGB", (80, 60), "#8F1607").save(tmp_path / "rack.png")
    pagina.get_by_label("Juntar um arquivo").set_input_files(tmp_path / "rack.png")
    pagina.get_by_role("button", name="Juntar o arquivo").click()
    pagina.get_by_role("link", name="rack.png").wait_for()
    assert pagina.get_by_label("O que está errado").input_value() == "Sem sinal na sala da TI."
    pagina.get_by_role("button", name="Recusar a entrega").click()
    pagina.get_by_text("A Operadora vai ler o motivo e entregar de novo.").wait_for()
    solicitacoes.entregue(ss, operadora=gente.operadora.ator, agora=AGORA + 2 * DIA)
    pagina.goto(url("solicitacao", ss))
    pagina.get_by_text("Recusada em 11/11/2026.").wait_for()
    olhar(pagina, "solicitacao-segunda-entrega")
    pagina.get_by_role("link", name="Aceitar a entrega").click()
    pagina.get_by_role("button", name="Aceitar a entrega").click()
    pagina.get_by_text("Entrega aceita").first.wait_for()
    assert SolicitacaoServico.objects.get(pk=ss.pk).estado == "ACEITA"


def test_the_limit_of_twenty_is_reached_and_the_way_out_is_shown(pagina: Any, gente: Gente, encher: Callable[..., list[Acesso]]) -> None:
    encher(20)
    entrar(pagina, gente.ana)
    pagina.goto(url("nova"))
    pagina.get_by_role("heading", name="Você usa 20 de 20 links de intranet").wait_for()
    pagina.get_by_role("button", name="Ativação").click()
    pagina.get_by_label("Nome da unidade").wait_for()
    preencher_a_ubs(pagina)
    pagina.get_by_role("button", name="Salvar e conferir").click()
    pagina.get_by_text("A prefeitura já usa os seus 20 links de intranet.").wait_for()
    assert pagina.get_by_role("button", name="Enviar à PRODESP").count() == 0
    olhar(pagina, "limite-atingido")
    pagina.get_by_role("link", name="Como pedir mais").click()
    pagina.get_by_role("link", name="redeip@intragov.sp.gov.br").wait_for()
    acoes.conceder_limite(
        municipio_id=BOTUCATU, links=21, vale_ate=None, motivo="Rede de saúde.", por=gente.gestor.ator, agora=AGORA + 2 * DIA
    )
    pagina.goto(url("conferir", SolicitacaoServico.objects.get()))
    pagina.get_by_role("button", name="Enviar à PRODESP").click()
    pagina.get_by_role("heading", name="Solicitação enviada").wait_for()


def test_the_whole_request_without_javascript(pagina_sem_js: Any, gente: Gente, tmp_path: Path) -> None:
    pagina = pagina_sem_js
    entrar(pagina, gente.ana)
    ss = pedir(pagina)
    solicitacoes.emitida(ss, analista=gente.analista.ator, responsavel=gente.ana.ator, agora=AGORA + 2 * DIA)
    solicitacoes.entregue(ss, operadora=gente.operadora.ator, agora=AGORA + 2 * DIA)
    pagina.goto(url("recusar", ss))
    pagina.get_by_label("O que está errado").fill("Não liga.")
    (tmp_path / "nota.txt").write_text("nada")
    pagina.get_by_label("Juntar um arquivo").set_input_files(tmp_path / "nota.txt")
    pagina.get_by_role("button", name="Juntar o arquivo").click()
    pagina.get_by_text("Há 1 campo para corrigir").wait_for()
    assert pagina.get_by_label("O que está errado").input_value() == "Não liga."
    pagina.locator("button[value=recusar]").last.click()
    pagina.get_by_text("A Operadora vai ler o motivo e entregar de novo.").wait_for()
