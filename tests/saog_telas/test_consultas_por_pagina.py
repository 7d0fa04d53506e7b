"""How many queries each list of the requests makes, against a reviewed list, the same with few rows and with many.

``ATUALIZAR_CONSULTAS=1`` writes ``consultas_por_pagina.txt`` anew; the difference is read in review.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nucleo.numeracao import formatar
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa
from tests.apoio.solicitacoes import DIA

from .conftest import Gente, url

pytestmark = pytest.mark.django_db
LISTA = Path(__file__).with_name("consultas_por_pagina.txt")


def muitos(gente: Gente, links: list[Acesso]) -> None:
    """A request for each link, in every state that a list shows, straight in the table."""
    estados = ["EM_VALIDACAO", "DEVOLVIDA", "VALIDADA", "EMITIDA", "EM_ATENDIMENTO", "AGUARDANDO_ACEITE", "ACEITA", "RASCUNHO"]
    linhas = []
    for i, link in enumerate(links):
        nova = SolicitacaoServico(
            municipio_id=BOTUCATU,
            numero=formatar(2025, i + 1),
            tipo_id="ativacao",
            natureza="ATIVACAO",
            desde=AGORA,
            criada_em=AGORA,
            criada_por=gente.ana.usuario,
            acesso=link,
            titulo=f"Posto {i}",
            servico="SCM",
            velocidade=4,
            envios=1,
            envio_em=AGORA,
            vence_em=AGORA + 20 * DIA,
            emitida_em=AGORA,
            entregas=1,
            aceite_vence_em=AGORA + 10 * DIA,
            salvo_em=AGORA,
            salvo_por=gente.ana.usuario,
        )
        nova.__dict__["estado"] = estados[i % len(estados)]
        linhas.append(nova)
    SolicitacaoServico.objects.bulk_create(linhas)


def contar(pessoa: Pessoa, endereco: str) -> int:
    pessoa.cliente.get(endereco)  # the first opening writes the log of the day
    with CaptureQueriesContext(connection) as consultas:
        assert pessoa.cliente.get(endereco).status_code == 200
    return len(consultas)


def test_no_page_asks_more_than_the_reviewed_list(gente: Gente, entregue: SolicitacaoServico, encher: Callable[..., list[Acesso]]) -> None:
    solicitacoes.rascunho(gente.ana.ator, n=1)
    links = encher(19, do_lugar=2)
    muitos(gente, links)
    paginas = {
        "para_fazer": (gente.ana, url("para_fazer")),
        "solicitacoes": (gente.ana, url("solicitacoes")),
        "solicitacoes_auditor": (gente.auditor, url("solicitacoes")),
        "nova": (gente.ana, url("nova")),
        "escolher": (gente.ana, url("escolher") + "?tipo=desativacao"),
        "links": (gente.ana, url("links")),
        "link": (gente.ana, url("link", None, links[0].pk)),
        "solicitacao": (gente.ana, url("solicitacao", entregue)),
        "fila_ss": (gente.analista, url("fila")),
        "fila_ss_todas": (gente.analista, url("fila") + "?corte=todas"),
        "fila_ss_csv": (gente.analista, url("fila_csv")),
        "analise": (gente.analista, url("analise", entregue)),
        "prefeituras_ss": (gente.gestor, url("prefeituras_ss")),
        "prefeitura_ss": (gente.gestor, url("prefeitura_ss", None, BOTUCATU)),
        "catalogo": (gente.gestor, url("catalogo")),
        "ordens": (gente.operadora, url("ordens")),
        "ordem": (gente.operadora, url("ordem", entregue)),
        "agenda": (gente.operadora, url("agenda")),
    }
    contadas = {nome: contar(*onde) for nome, onde in paginas.items()}
    texto = "".join(f"{nome} {n}\n" for nome, n in sorted(contadas.items()))
    if os.environ.get("ATUALIZAR_CONSULTAS"):
        LISTA.write_text(texto)
    assert texto == LISTA.read_text()
