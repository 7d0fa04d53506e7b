"""How many queries each page makes, against a reviewed list: a page that asks more fails, one that asks less asks for a new list.

``ATUALIZAR_CONSULTAS=1`` writes ``consultas_por_pagina.txt`` anew; the difference is read in review.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adesao.dados.motivos import carregar_motivos
from adesao.models import Adesao
from tests.apoio.elenco import Pessoa

from .conftest import url

pytestmark = pytest.mark.django_db
LISTA = Path(__file__).with_name("consultas_por_pagina.txt")


def test_no_page_asks_more_than_the_reviewed_list(
    corrigida: Adesao,
    outra_encaminhada: Adesao,
    muitas: Callable[[int], None],
    analista: Pessoa,
    gestor_prodesp: Pessoa,
    aprovador: Pessoa,
    auditor: Pessoa,
) -> None:
    carregar_motivos()
    muitas(60)
    mesa = url("conferencia", corrigida)
    paginas = {
        "fila": (analista, url("fila")),
        "fila_csv": (analista, url("fila_csv")),
        "conferencia": (analista, mesa + "?peca=anexo1"),
        "conferencia_marcar": (analista, mesa + "?peca=anexo1&marcar=anexo1.r1_nome"),
        "conferencia_declaracoes": (analista, mesa + "?peca=declaracoes"),
        "conferencia_auditor": (auditor, mesa),
        "mudancas": (analista, url("mudancas", corrigida)),
        "passar": (analista, url("passar", corrigida)),
        "motivos": (gestor_prodesp, url("motivos")),
        "aprovacao": (aprovador, url("aprovacao")),
        "dossie": (aprovador, url("dossie", outra_encaminhada)),
        "decididas": (aprovador, url("decididas")),
        "processos": (auditor, url("processos")),
        "trilha": (auditor, url("trilha")),
    }
    contadas = {}
    for nome, (pessoa, endereco) in paginas.items():
        pessoa.cliente.get(endereco)  # the first opening writes the log of the day
        with CaptureQueriesContext(connection) as consultas:
            assert pessoa.cliente.get(endereco).status_code == 200
        contadas[nome] = len(consultas)
    texto = "".join(f"{nome} {n}\n" for nome, n in sorted(contadas.items()))
    if os.environ.get("ATUALIZAR_CONSULTAS"):
        LISTA.write_text(texto)
    assert texto == LISTA.read_text()
