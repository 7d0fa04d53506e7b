"""The page of the papers: making the PDFs, sending the signed copies, the coat of arms."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from adesao import acoes
from adesao.models import Adesao
from documentos.models import Documento
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA
from tests.apoio.navegador import entrar, fotografar, sem_rolagem_lateral, sem_violacoes
from tests.documentos import fabrica


def _url(nome: str, adesao: Adesao, *args: Any) -> str:
    return reverse(f"adesao:{nome}", args=[adesao.slug, *args])


def test_after_a_minute_without_the_pdfs_the_page_says_so_and_offers_other_ways(
    requerente: Any, relogio: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """The worker may be down: what was typed is saved, one may ask again, or print each paper's page from the browser."""
    acordados: list[str] = []
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: acordados.append(nome))
    monkeypatch.setattr("adesao.pecas.gera_pdf", lambda: True)
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator, agora=AGORA)
    requerente.cliente.post(_url("gerar", adesao))
    for endereco in (_url("andamento", adesao), _url("preencher", adesao, "assinados")):
        html = requerente.cliente.get(endereco).content.decode()
        assert "Leva menos de 10 segundos" in html
        assert "Tentar de novo" not in html
    relogio.shift(dt.timedelta(seconds=59))
    assert "Leva menos de 10 segundos" in requerente.cliente.get(_url("andamento", adesao)).content.decode()
    relogio.shift(dt.timedelta(seconds=1))
    for endereco in (_url("andamento", adesao), _url("preencher", adesao, "assinados")):
        html = requerente.cliente.get(endereco).content.decode()
        assert "Está demorando mais que o normal." in html
        assert "O que você digitou está salvo." in html
        assert "10 segundos" not in html
        assert html.count("página para imprimir") == 3
        assert 'hx-trigger="every 15s"' in html
    with django_capture_on_commit_callbacks(execute=True):
        resposta = requerente.cliente.post(_url("gerar", adesao))
    assert resposta.url == _url("preencher", adesao, "assinados")
    assert acordados == ["documentos.gerar"] * 3
    imprimir = re.search(r'href="([^"]+/imprimir/)"', html)
    assert imprimir is not None
    assert "Ofício" in requerente.cliente.get(imprimir[1]).content.decode()
    Documento.objects.update(situacao="pronto", arquivo="x", sha256="x")
    assert "demorando" not in requerente.cliente.get(_url("andamento", adesao)).content.decode()


def _com_brasao(requerente: Any) -> Adesao:
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator, agora=AGORA)
    arquivo = SimpleUploadedFile("brasao.png", fabrica.imagem("PNG", tamanho=(300, 380)), content_type="image/png")
    acoes.guardar_brasao(adesao_id=adesao.pk, arquivo=arquivo, por=requerente.ator, agora=AGORA)
    return Adesao.objects.get(pk=adesao.pk)


def test_the_coat_of_arms_received_is_shown_beside_its_field(
    requerente: Any, requerente_2: Any, requerente_outra: Any, analista: Any
) -> None:
    """Our own image, to the people of the prefeitura only; what was sent itself is never shown (settled question 9)."""
    adesao = _com_brasao(requerente)
    html = requerente.cliente.get(_url("preencher", adesao, "timbre")).content.decode()
    assert f'src="{_url("ver_brasao", adesao)}"' in html
    for pessoa in (requerente, requerente_2):
        resposta = pessoa.cliente.get(_url("ver_brasao", adesao))
        assert (resposta.status_code, resposta["Content-Type"]) == (200, "image/png")
        assert resposta["Content-Disposition"].startswith("inline")
        assert resposta["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in resposta["Content-Security-Policy"]
        assert hashlib.sha256(resposta.content).hexdigest() == adesao.brasao.sha256  # type: ignore[union-attr]
    assert requerente_outra.cliente.get(_url("ver_brasao", adesao)).status_code == 404
    assert analista.cliente.get(_url("ver_brasao", adesao)).status_code == 403
    acoes.remover_brasao(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    assert requerente.cliente.get(_url("ver_brasao", adesao)).status_code == 404
    assert "<img class" not in requerente.cliente.get(_url("preencher", adesao, "timbre")).content.decode()


def test_only_an_image_that_was_made_again_is_ever_shown(requerente: Any) -> None:
    adesao = _com_brasao(requerente)
    Documento.objects.update(antivirus="limpo")
    assert requerente.cliente.get(_url("ver_brasao", adesao)).status_code == 404


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_the_page_of_the_letterhead_shows_the_image(largura: str, request: pytest.FixtureRequest):
    requerente = request.getfixturevalue("requerente")
    adesao = _com_brasao(requerente)
    pagina = request.getfixturevalue(largura)
    entrar(pagina, requerente)
    pagina.goto(_url("preencher", adesao, "timbre"))
    imagem = pagina.get_by_alt_text("O brasão recebido, como sai nos documentos")
    assert imagem.evaluate("i => i.complete && i.naturalWidth > 0 && i.clientHeight <= 120")
    sem_violacoes(pagina)
    sem_rolagem_lateral(pagina)
    fotografar(pagina, "timbre-brasao")


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_the_slow_page_of_the_papers_is_accessible_and_fits(largura: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adesao.pecas.gera_pdf", lambda: True)
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: None)
    requerente = request.getfixturevalue("requerente")
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator, agora=AGORA)
    acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    pagina = request.getfixturevalue(largura)
    entrar(pagina, requerente)
    pagina.goto(_url("preencher", adesao, "assinados"))
    assert pagina.get_by_text("Está demorando mais que o normal.").is_visible()
    sem_violacoes(pagina)
    sem_rolagem_lateral(pagina)
    fotografar(pagina, "papeis-demorando")
    pagina.get_by_role("button", name="Tentar de novo").click()
    pagina.get_by_text("Está demorando mais que o normal.").wait_for()


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_the_summary_of_a_refused_file_names_its_paper_and_leads_to_it(largura: str, request: pytest.FixtureRequest):
    requerente = request.getfixturevalue("requerente")
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator, agora=AGORA)
    acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    Documento.objects.update(situacao="pronto", arquivo="x", sha256="x")
    pagina = request.getfixturevalue(largura)
    entrar(pagina, requerente)
    pagina.goto(_url("preencher", adesao, "assinados"))
    pagina.get_by_role("button", name="Enviar Anexo I", exact=True).click()
    elo = pagina.get_by_role("link", name="Anexo I assinado: escolha o arquivo PDF do documento assinado.")
    sem_violacoes(pagina)
    sem_rolagem_lateral(pagina)
    fotografar(pagina, "papeis-recusado")
    elo.click()
    assert pagina.url.endswith("#id_anexo1")
