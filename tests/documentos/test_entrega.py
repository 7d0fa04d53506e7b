"""Handing over: attachment only, own name, closed headers, never before PRONTO (ASVS 3.2.1, 5.4.1, 5.4.2)."""

from __future__ import annotations

from typing import Any

import pytest
from csp.middleware import CSPMiddleware
from django.core.files.base import ContentFile
from django.http import Http404

from documentos import armazem, entrega, recebimento, tarefas
from documentos.models import Documento
from tests.documentos import fabrica
from tests.documentos.conftest import AGORA


@pytest.fixture
def recebido(pessoa: Any) -> Documento:
    return recebimento.receber(
        arquivo=ContentFile(fabrica.simples(paginas=2), 'x"\r\nSet-Cookie: a=b.pdf'),
        especie="oficio_assinado",
        dono="adesao:1",
        titulo="Ofício 2026/00042-7 assinado",
        agora=AGORA,
        por_id=pessoa.pk,
    )


def test_a_file_leaves_as_an_attachment_with_our_name_and_closed_headers(recebido: Documento) -> None:
    resposta = entrega.anexo(recebido)
    assert resposta["Content-Disposition"] == 'attachment; filename="oficio-2026-00042-7-assinado.pdf"'
    assert resposta["Content-Type"] == "application/pdf"
    assert resposta["X-Content-Type-Options"] == "nosniff"
    assert resposta["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in resposta["Cache-Control"]
    corpo = b"".join(resposta.streaming_content)
    resposta.close()
    assert corpo == fabrica.simples(paginas=2)
    assert resposta["Content-Length"] == str(len(corpo))


def test_the_portals_own_policy_does_not_replace_the_sandbox_of_a_file(recebido: Documento, rf: Any) -> None:
    resposta = CSPMiddleware(lambda _: entrega.anexo(recebido))(rf.get("/x"))
    resposta.close()
    assert resposta["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    "titulo",
    [
        'a"; filename="x.exe',
        "a\r\nSet-Cookie: x=1",
        "../../etc/passwd",
        "Ação\u202egpj.exe",
        "\0",
        "a" * 150,
        "%2e%2e%2f",
        "日本語",
        "a;b='c",
        "",
    ],
)
def test_no_title_can_inject_a_header_or_a_path(titulo: str) -> None:
    nome = entrega.nome_do_arquivo(Documento(titulo=titulo, tipo_mime="application/pdf"))
    assert nome.isascii()
    assert nome.endswith(".pdf")
    assert len(nome) <= 84
    assert not set(nome) & set("\"\\/;%\r\n\0' ")
    assert ".." not in nome


@pytest.mark.parametrize("situacao", [s for s in Documento.Situacao if s != Documento.Situacao.PRONTO])
def test_nothing_is_handed_over_before_it_is_ready(situacao: str) -> None:
    documento = Documento(situacao=situacao, titulo="x", arquivo="x", tipo_mime="application/pdf", paginas=1)
    for pedir in (lambda: entrega.anexo(documento), lambda: entrega.pagina(documento, 1)):
        with pytest.raises(entrega.AindaNaoPronto) as recusa:
            pedir()
        assert recusa.value.status == 409
        assert recusa.value.mensagem.endswith(".")


def test_a_file_that_is_missing_or_cut_on_the_disk_is_not_served_as_if_it_were_whole(recebido: Documento) -> None:
    caminho = armazem.caminho_de(recebido)
    caminho.chmod(0o640)
    caminho.write_bytes(caminho.read_bytes()[:-5])
    with pytest.raises(armazem.ArquivoAusente):
        entrega.anexo(recebido)
    caminho.unlink()
    with pytest.raises(armazem.ArquivoAusente):
        entrega.anexo(recebido)


def test_pages_are_our_own_png_and_only_those_that_exist(recebido: Documento) -> None:
    with pytest.raises(entrega.AindaNaoPronto, match="preparadas"):
        entrega.pagina(recebido, 1)
    assert tarefas.paginas_de(str(recebido.pk)) == "prontas"
    recebido.refresh_from_db()
    assert recebido.paginas_prontas
    resposta = entrega.pagina(recebido, 2)
    assert resposta.content.startswith(b"\x89PNG")
    assert resposta["Content-Type"] == "image/png"
    assert resposta["Content-Disposition"] == 'inline; filename="oficio-2026-00042-7-assinado-pagina-2.png"'
    assert resposta["X-Content-Type-Options"] == "nosniff"
    for n in (0, 3, -1, 10**9):
        with pytest.raises(Http404):
            entrega.pagina(recebido, n)
