"""Pages that say beforehand what would be refused, and the trail, in a real browser at both widths; labels keep to one line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from saog import acoes
from saog.models import PendenciaSS, Preco, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA
from tests.apoio.navegador import entrar
from tests.apoio.solicitacoes import DIA

from .conftest import Gente, url
from .test_navegador import olhar

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
NOME_COMPRIDO = "Centro Municipal de Educação Infantil e Ensino Fundamental Prof.ª Maria Antonieta de Souza"


def cena(gente: Gente) -> dict[str, SolicitacaoServico]:
    """A returned request, a draft at a taken address, a refused delivery, the only STI link, and a table of prices."""
    ana, analista, operadora = gente.ana.ator, gente.analista.ator, gente.operadora.ator
    Preco.objects.bulk_create(
        Preco(servico=s, mbps=m, mensal=Decimal(400 + 55 * m + 90 * i), vale_de=dt.date(2026, 1, 1), tabela="tabela de exemplo 2026")
        for i, s in enumerate(("SCM", "SCM_SAI", "SCM_STI"))
        for m in (2, 4, 8, 16)
    )
    gente_toda: dict[str, Any] = {"analista": analista, "operadora": operadora}
    solicitacoes.em_servico(ana, **gente_toda, n=9)
    solicitacoes.em_servico(ana, **gente_toda, n=8, mudancas={"servico": "SCM_STI"})
    devolvida = solicitacoes.devolvida(solicitacoes.enviada(ana), por=analista, agora=AGORA + DIA)
    repetida = solicitacoes.rascunho(ana, n=9, mudancas={"unidade_nome": "Escola nova"})
    recusada = solicitacoes.emitida(
        solicitacoes.enviada(ana, n=3, mudancas={"unidade_nome": NOME_COMPRIDO, "data_desejada": "20/11/2026"}),
        analista=analista,
        responsavel=ana,
    )
    solicitacoes.entregue(recusada, operadora=operadora, agora=AGORA)
    acoes.recusar(ss_id=recusada.pk, motivo="Sem sinal.", por=ana, agora=AGORA + DIA)
    for n in (4, 5):
        nova = solicitacoes.enviada(ana, n=n, mudancas={"unidade_nome": f"{NOME_COMPRIDO} {n}"[-100:], "data_desejada": "01/12/2026"})
        if n == 5:
            solicitacoes.emitida(nova, analista=analista, responsavel=ana)
    return {"devolvida": devolvida, "repetida": repetida, "recusada": recusada}


def rotulos_em_duas_linhas(pagina: Any) -> list[str]:
    """Labels on the page that are higher than one line."""
    achados: list[str] = pagina.evaluate(
        "() => [...document.querySelectorAll('main .ig-situacao, main .ig-prazo')]"
        ".filter(e => e.getBoundingClientRect().height > 30).map(e => e.textContent.trim())"
    )
    return achados


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_what_is_said_beforehand_is_accessible_and_labels_keep_to_one_line(
    largura: str, request: pytest.FixtureRequest, gente: Gente
) -> None:
    pagina = request.getfixturevalue(largura)
    s = cena(gente)
    pendencia = PendenciaSS.objects.get(envio__solicitacao=s["devolvida"])
    visitas = {
        "ana": {
            "para-fazer-recusada": url("para_fazer"),
            "mudanca-sti": url("escolher") + "?tipo=mudanca",
            "qual-servico-precos": url("qual_servico"),
            "preencher-precos": url("preencher", s["devolvida"]),
            "preencher-repetida": url("preencher", s["repetida"]),
            "conferir-repetida": url("conferir", s["repetida"]),
            "conferir-sem-correcao": url("conferir", s["devolvida"]),
            "responder-pendencia": url("responder_pendencia", s["devolvida"], pendencia.pk),
            "ajuda": "/ajuda/",
        },
        "analista": {"fila-ss-comprida": url("fila") + "?corte=todas", "prefeituras-390": url("prefeituras_ss")},
        "operadora": {"ordens-compridas": url("ordens"), "ordens-recusadas": url("ordens") + "?corte=recusadas", "api": url("api")},
        "auditor": {"trilha": "/trilha/", "trilha-links": "/trilha/?sobre=link"},
    }
    for quem, enderecos in visitas.items():
        entrar(pagina, getattr(gente, quem))
        for nome, endereco in enderecos.items():
            resposta = pagina.goto(endereco)
            assert resposta.status == 200, f"{nome}: {resposta.status}"
            olhar(pagina, nome)
            assert rotulos_em_duas_linhas(pagina) == [], nome
    entrar(pagina, gente.ana)
    pagina.goto(url("responder_pendencia", s["devolvida"], pendencia.pk))
    pagina.get_by_role("button", name="Guardar a resposta").click()
    pagina.get_by_text("Escreva por que está certo").first.wait_for()
    olhar(pagina, "responder-pendencia-erro")
    pagina.get_by_label("Sua resposta à PRODESP").fill("A UBS só abre nesse horário.")
    pagina.get_by_role("button", name="Guardar a resposta").click()
    pagina.get_by_role("button", name="Enviar de novo à PRODESP").click()
    pagina.get_by_role("heading", name="Correções enviadas").wait_for()
