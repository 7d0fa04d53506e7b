"""A worker killed with kill -9 while it makes papers and page images: after the sweep all are made, once, and whole (faults F1 and F9,
figure 9). 3 kills by default, 20 with ``PROVAS=1``. The outbox has its own in ``tests/comunicacao``."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from documentos import armazem, pdf
from documentos.models import Documento
from tests.apoio import adesoes
from tests.apoio.elenco import BOFETE, Pessoa
from tests.comunicacao.test_operario import Operario
from tests.conftest import falta

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lento]


class Desenhista(Operario):
    """The worker of papers and images: same start and same death, another list of tasks."""

    aplicacao = "tests.provas.operario"
    extras = ("-Q", "padrao,pdf")


@pytest.fixture
def desenhista(tmp_path: Path) -> Iterator[Desenhista]:
    """Dead at the end whatever happens."""
    (tmp_path / "static").mkdir()
    trabalhador = Desenhista(tmp_path, 0)
    trabalhador.ambiente |= {"ARQUIVOS_DIR": str(settings.ARQUIVOS_DIR)}
    yield trabalhador
    trabalhador.matar()


def esperar(condicao: Callable[[], Any], trabalhador: Desenhista, segundos: float = 120) -> None:
    """Wait until it holds; fail with the worker's log when nothing at all was done for ``segundos`` (20 kills leave some 60 papers)."""
    fim, restam = time.monotonic() + segundos, a_fazer()
    while not condicao():
        if (agora_restam := a_fazer()) < restam:
            fim, restam = time.monotonic() + segundos, agora_restam
        assert trabalhador.processo is not None, "sem operário"
        assert trabalhador.processo.poll() is None, trabalhador.diario()
        assert time.monotonic() < fim, trabalhador.diario()
        time.sleep(0.05)


def encomendas(volta: int) -> None:
    """Papers to make and received files to draw."""
    for i in range(4):
        pdf.encomendar(
            especie=f"prova-{i}",
            modelo="recibo",
            dados=RECIBO | {"processo": f"2026/{volta:05d}-{i}"},
            dono=f"prova:{volta}",
            titulo=f"Recibo {volta} {i}",
            agora=timezone.now(),
            por_id=None,
        )


RECIBO: dict[str, Any] = {
    "envio": 1,
    "municipio": "Bofete",
    "cnpj": "12.ABC.345/01DE-35",
    "enviado_em": "segunda-feira, 09/11/2026, 10h12",
    "por": "Davi Moreira",
    "documentos": [{"titulo": "Ofício", "paginas": 2, "tamanho": "12 KB", "sha256": "0" * 64, "codigo": "7F3K-9QAM"}],
    "resumo_sha256": "0" * 64,
    "proximo_passo": "A PRODESP confere os documentos e avisa por e-mail.",
    "quem_age": "a PRODESP",
    "ate_quando": "domingo, 29/11/2026",
    "endereco_verificar": "portal.example/verificar",
    "qr": "https://portal.example/verificar/?codigo={codigo}",
}


def a_fazer() -> int:
    """Rows with work left."""
    return Documento.objects.exclude(situacao="pronto", paginas_prontas=True).exclude(situacao="pronto", origem="gerado").count()


def test_killed_at_random_moments_every_paper_and_every_image_is_made(
    desenhista: Desenhista, requerente: Pessoa, provas: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not pdf.disponivel():
        falta(pdf.motivo_indisponivel())
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: False)  # every wake-up is lost: only the sweep is left
    mortes, sorte = (20 if provas else 3), random.Random(20261122)
    adesao = adesoes.adesao_em_rascunho(BOFETE, por=requerente.ator, agora=timezone.now())
    adesoes.anexar(adesao, por=requerente.ator, agora=timezone.now())
    for volta in range(mortes):
        encomendas(volta)
        antes = a_fazer()
        desenhista.comecar()
        esperar(lambda antes=antes: a_fazer() < antes, desenhista)
        time.sleep(sorte.uniform(0, 0.8))
        desenhista.matar()
    desenhista.comecar()
    esperar(lambda: a_fazer() == 0, desenhista)
    desenhista.matar()
    prontos = list(Documento.objects.order_by("pk"))
    assert len(prontos) >= 4 * mortes + 6
    for documento in prontos:
        conteudo = armazem.caminho_de(documento).read_bytes()
        assert (documento.situacao, hashlib.sha256(conteudo).hexdigest(), len(conteudo)) == ("pronto", documento.sha256, documento.tamanho)
        if documento.origem == "recebido":
            for n in range(1, documento.paginas + 1):
                assert (armazem.raiz() / armazem.nome_da_pagina(documento, n)).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
