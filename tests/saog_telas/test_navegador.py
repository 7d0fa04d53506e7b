"""Every page of the prefeitura's requests in a real browser: axe finds nothing, nothing scrolls sideways, the whole way works.

``TELAS=/some/folder`` keeps a picture of each page, to be looked at.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from saog import acoes
from saog.models import SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA
from tests.apoio.navegador import entrar, sem_rolagem_lateral, sem_violacoes
from tests.apoio.solicitacoes import DIA

from .conftest import Gente, url

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
TELAS = os.environ.get("TELAS", "")


def olhar(pagina: Any, nome: str) -> None:
    """The page as it stands: a picture when asked, no sideways scroll, nothing for axe."""
    pagina.wait_for_load_state("networkidle")
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
