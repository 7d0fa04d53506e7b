"""The door to WeasyPrint: order, render, same bytes, PDF/A-2a, printable page, and what the fetcher may reach (settled question 11)."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from documentos import armazem, pdf, recebimento
from documentos.models import Documento
from nucleo import numeracao
from tests.documentos import fabrica
from tests.documentos.conftest import AGORA


def texto_de(conteudo: bytes) -> str:
    with pypdfium2.PdfDocument(conteudo) as aberto:
        return " ".join(pagina.get_textpage().get_text_bounded() for pagina in aberto)


def test_the_web_process_does_not_load_weasyprint_until_a_paper_is_made() -> None:
    codigo = (
        "import django, sys; django.setup()\n"
        "import documentos.pdf, documentos.recebimento, documentos.entrega, documentos.tarefas, documentos.juntar\n"
        "documentos.pdf.disponivel()\n"
        "print([m for m in ('weasyprint', 'pikepdf', 'pypdfium2', 'PIL', 'qrcode') if m in sys.modules and m != 'qrcode'])"
    )
    saida = subprocess.run([sys.executable, "-c", codigo], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert "weasyprint" not in saida.stdout
    assert "pikepdf" not in saida.stdout
    assert "pypdfium2" not in saida.stdout


def test_the_same_data_of_the_same_owner_is_the_same_order(encomenda: Any) -> None:
    primeiro = encomenda(b=1, a="é")
    assert encomenda(a="é", b=1).pk == primeiro.pk
    assert encomenda(a="e", b=1).pk != primeiro.pk
    assert encomenda(a="é", b=1, dono="adesao:2").pk != primeiro.pk
    assert primeiro.situacao == Documento.Situacao.PENDENTE
    assert re.fullmatch(rf"[{numeracao.ALFABETO}]{{4}}-[{numeracao.ALFABETO}]{{4}}", primeiro.codigo)


def test_an_order_wakes_the_worker_after_the_commit_and_only_the_first_time(
    encomenda: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    acordados: list[Any] = []
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: acordados.append((nome, ids)))
    with django_capture_on_commit_callbacks(execute=True):
        documento = encomenda()
        encomenda()
        assert acordados == []
    assert acordados == [("documentos.gerar", {"uuid": str(documento.pk)})]


def test_a_code_that_is_taken_is_drawn_again(encomenda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    codigos = iter(["AAAA-AAAA", "AAAA-AAAA", "CCCC-CCCC"])
    monkeypatch.setattr(numeracao, "codigo", lambda: next(codigos))
    assert encomenda(a=1).codigo == "AAAA-AAAA"
    assert encomenda(a=2).codigo == "CCCC-CCCC"


def test_what_json_has_not_and_odd_template_names_are_refused(encomenda: Any) -> None:
    with pytest.raises(TypeError):
        encomenda(quando=AGORA)
    for modelo in ("../segredo", "oficio.html", "", "A", "a/b"):
        with pytest.raises(ValueError, match="modelo"):
            pdf.encomendar(especie="x", modelo=modelo, dados={}, dono="a", titulo="t", agora=AGORA, por_id=None)


def test_the_database_refuses_a_ready_document_without_its_file(encomenda: Any) -> None:
    documento = encomenda()
    with pytest.raises(IntegrityError), transaction.atomic():
        Documento.objects.filter(pk=documento.pk).update(situacao="pronto")


@pytest.mark.usefixtures("pango")
def test_a_paper_is_made_once_and_the_row_tells_of_its_bytes(encomenda: Any) -> None:
    documento = pdf.garantir(encomenda(itens=["uma linha", "<b>outra & mais</b>"]), agora=AGORA)
    conteudo = armazem.ler(documento)
    assert documento.situacao == Documento.Situacao.PRONTO
    assert documento.sha256 == hashlib.sha256(conteudo).hexdigest()
    assert (documento.tamanho, documento.paginas, documento.pronto_em) == (len(conteudo), 1, AGORA)
    texto = texto_de(conteudo)
    assert documento.codigo in texto
    assert "São João do Pau d'Alho" in texto
    assert "<b>outra & mais</b>" in texto  # escaped, so it prints as it was written
    caminho = armazem.caminho_de(documento)
    marca = caminho.stat().st_mtime_ns
    assert pdf.garantir(documento).sha256 == documento.sha256
    assert caminho.stat().st_mtime_ns == marca
    assert caminho.stat().st_mode & 0o777 == 0o640
    assert list(armazem.pasta_temporaria().iterdir()) == []


@pytest.mark.usefixtures("pango")
def test_the_same_data_gives_the_same_bytes_whenever_and_wherever_it_is_made(encomenda: Any, pessoa: Any, time_machine: Any) -> None:
    brasao = recebimento.receber_imagem(
        arquivo=ContentFile(fabrica.imagem(), "b.png"), especie="brasao", dono="adesao:1", titulo="Brasão", agora=AGORA, por_id=pessoa.pk
    )
    documento = encomenda(itens=["x"] * 90, imagens={"brasao": str(brasao.pk)}, qr="https://exemplo.sp.gov.br/verificar/7F3K-9QAM")
    primeiro, paginas = pdf.produzir(documento)
    time_machine.move_to("2031-05-05T12:00:00Z")
    pdf._fontes.cache_clear()
    pdf._folha.cache_clear()
    segundo, _ = pdf.produzir(Documento.objects.get(pk=documento.pk))
    assert primeiro == segundo
    assert paginas == 4
    assert not re.search(rb"D:2031|2031-05", primeiro)  # no date of making; "2031" alone may be an offset


@pytest.mark.usefixtures("pango")
def test_a_paper_has_the_structure_of_pdf_a_2a(encomenda: Any, pessoa: Any) -> None:
    brasao = recebimento.receber_imagem(
        arquivo=ContentFile(fabrica.imagem(modo="RGBA", cor=(1, 2, 3, 90)), "b.png"),
        especie="brasao",
        dono="adesao:1",
        titulo="Brasão",
        agora=AGORA,
        por_id=pessoa.pk,
    )
    documento = encomenda(imagens={"brasao": str(brasao.pk)}, qr="https://exemplo.sp.gov.br/v")
    conteudo, _ = pdf.produzir(documento)
    with pikepdf.open(io.BytesIO(conteudo)) as aberto:
        raiz = aberto.Root
        assert bool(raiz.MarkInfo.Marked)
        assert str(raiz.Lang) == "pt-BR"
        assert "/StructTreeRoot" in raiz
        assert str(raiz.OutputIntents[0].S) == "/GTS_PDFA1"
        assert "/DestOutputProfile" in raiz.OutputIntents[0]
        assert bool(raiz.ViewerPreferences.DisplayDocTitle)
        assert "/Names" not in raiz or "/EmbeddedFiles" not in raiz.Names
        assert not aberto.is_encrypted
        with aberto.open_metadata() as xmp:
            assert xmp["pdfaid:part"] == "2"
            assert xmp["pdfaid:conformance"] == "A"
            assert "Ofício 2026/00042-7" in xmp["dc:title"]
            assert xmp["xmp:CreateDate"].startswith("2026-11-09T13:12:00")
        assert str(aberto.docinfo.Title) == "Ofício 2026/00042-7"
        fontes = [f for o in aberto.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor" for f in [o]]
        assert fontes
        assert all(any(k in f for k in ("/FontFile", "/FontFile2", "/FontFile3")) for f in fontes)
        figuras = [o for o in aberto.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        assert {str(f.Alt) for f in figuras} == {"Brasão do município", "Código QR do endereço de verificação"}
        imagens = [o for o in aberto.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        assert imagens
        assert all("/SMask" not in i and not bool(i.get("/Interpolate", False)) for i in imagens)


@pytest.mark.usefixtures("pango")
def test_a_missing_image_stops_the_paper_instead_of_leaving_it_out(modelos: None, db: None) -> None:
    documento = pdf.encomendar(especie="x", modelo="prova_sem_brasao", dados={}, dono="a", titulo="t", agora=AGORA, por_id=None)
    with pytest.raises(pdf.RecursoAusente, match="brasao"):
        pdf.garantir(documento)
    assert Documento.objects.get(pk=documento.pk).situacao == Documento.Situacao.PENDENTE


@pytest.mark.usefixtures("pango")
def test_two_processes_that_make_the_same_paper_at_once_agree(encomenda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    documento = encomenda()
    original = pdf.produzir
    dentro: list[Documento] = []

    def produzir_devagar(alvo: Documento) -> tuple[bytes, int]:
        resultado = original(alvo)
        if not dentro:  # while this one renders, another process begins and ends
            dentro.append(alvo)
            dentro[0] = pdf.garantir(alvo)
        return resultado

    monkeypatch.setattr(pdf, "produzir", produzir_devagar)
    de_fora = pdf.garantir(documento)
    assert de_fora.situacao == Documento.Situacao.PRONTO
    assert de_fora.sha256 == dentro[0].sha256
    assert de_fora.pronto_em == dentro[0].pronto_em
    assert len([c for c in armazem.raiz().rglob("*") if c.is_file()]) == 1
    armazem.ler(de_fora)


@pytest.mark.usefixtures("pango")
def test_a_process_with_another_library_version_does_not_spoil_the_first_file(encomenda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    documento = encomenda()
    original = pdf.produzir
    feitos: list[Documento] = []

    def produzir(alvo: Documento) -> tuple[bytes, int]:
        conteudo, paginas = original(alvo)
        if feitos:
            return conteudo, paginas
        feitos.append(alvo)
        feitos[0] = pdf.garantir(alvo)
        return conteudo + b"% outra versao\n", paginas

    monkeypatch.setattr(pdf, "produzir", produzir)
    final = pdf.garantir(documento)
    assert final.sha256 == feitos[0].sha256
    armazem.ler(final)
    assert len([c for c in armazem.raiz().rglob("*") if c.is_file()]) == 1


@pytest.mark.usefixtures("pango")
def test_only_one_thread_draws_at_a_time(encomenda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    documento, dentro, juntos = encomenda(), [], []
    desenhar = pdf._desenhar  # Pango's fonts are shared: two threads in it at once may stand still for ever

    def espiar(*args: Any) -> Any:
        dentro.append(1)
        juntos.append(len(dentro))
        try:
            return desenhar(*args)
        finally:
            dentro.pop()

    monkeypatch.setattr(pdf, "_desenhar", espiar)
    with ThreadPoolExecutor(4) as fios:
        list(fios.map(pdf.produzir, [documento] * 4))
    assert juntos == [1, 1, 1, 1]


@pytest.mark.postgres
@pytest.mark.usefixtures("pango")
@pytest.mark.django_db(transaction=True)
def test_many_threads_that_make_the_same_paper_leave_one_file_and_one_truth(encomenda: Any) -> None:
    from django.db import connection

    documento = encomenda()
    partida = threading.Barrier(4)
    vistos: list[str] = []

    def correr() -> None:
        partida.wait()
        try:
            vistos.append(pdf.garantir(documento).sha256)
        finally:
            connection.close()

    fios = [threading.Thread(target=correr) for _ in range(4)]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join()
    assert len(vistos) == 4
    assert len(set(vistos)) == 1
    armazem.ler(Documento.objects.get(pk=documento.pk))


def test_without_the_libraries_the_printable_page_takes_the_place_of_the_pdf(
    encomenda: Any, pessoa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    brasao = recebimento.receber_imagem(
        arquivo=ContentFile(fabrica.imagem(), "b.png"), especie="brasao", dono="adesao:1", titulo="Brasão", agora=AGORA, por_id=pessoa.pk
    )
    documento = encomenda(imagens={"brasao": str(brasao.pk)}, itens=['<img src="memoria:brasao">', "estatico:x"])
    monkeypatch.setattr(pdf, "BIBLIOTECAS", ("libinexistente.so.9",))
    pdf.motivo_indisponivel.cache_clear()
    try:
        assert not pdf.disponivel()
        assert "apt-get install" in pdf.motivo_indisponivel()
        with pytest.raises(pdf.PdfIndisponivel) as recusa:
            pdf.garantir(documento)
        assert recusa.value.status == 503
    finally:
        monkeypatch.undo()
        pdf.motivo_indisponivel.cache_clear()
    html = pdf.html_imprimivel(documento)
    assert 'href="/static/prova/papel.css"' in html or 'href="static/prova/papel.css"' in html
    imagens = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    assert len(imagens) == 1
    assert base64.b64decode(imagens[0]) == armazem.ler(brasao)
    assert "&lt;img src=&quot;memoria:brasao&quot;&gt;" in html
    assert documento.codigo in html


# --- the fetcher -----------------------------------------------------------------------------------------------------


class Isca:
    """A server on loopback that counts who touches it, and a secret file on disk."""

    def __init__(self, endereco: str, segredo: Path) -> None:
        self.endereco, self.segredo, self.toques = endereco, segredo, []


@pytest.fixture
def isca(tmp_path: Path) -> Iterator[Isca]:
    segredo = tmp_path / "segredo.txt"
    segredo.write_text("SEGREDO-DO-SERVIDOR-12345")
    toques: list[str] = []

    class Atende(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            toques.append(self.path)
            if self.path.startswith("/pula"):
                self.send_response(302)
                self.send_header("Location", "/alvo")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if "css" in self.path else "image/svg+xml")
            self.end_headers()
            self.wfile.write(b"<svg xmlns='http://www.w3.org/2000/svg'/>")

        def log_message(self, *_: Any) -> None: ...

    servidor = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Atende)
    fio = threading.Thread(target=servidor.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    fio.start()
    isca = Isca(f"http://127.0.0.1:{servidor.server_port}", segredo)
    isca.toques = toques
    yield isca
    servidor.shutdown()
    servidor.server_close()
    fio.join()


CANAIS = {
    "img http": '<img src="U/img.svg">',
    "img file": '<img src="file://S">',
    "link stylesheet": '<link rel=stylesheet href="U/a.css">',
    "@import": '<style>@import "U/b.css";</style>',
    "background url()": '<div style="background:url(U/c.svg)">x</div>',
    "@font-face": "<style>@font-face{font-family:z;src:url(U/d.woff)}p{font-family:z}</style><p>x",
    "link attachment http": '<link rel=attachment href="U/e.css">',
    "link attachment file": '<link rel=attachment href="file://S">',
    "a attachment file": '<a rel=attachment href="file://S">x</a>',
    "object": '<object data="U/f.svg"></object>',
    "embed": '<embed src="U/g.svg">',
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<image xlink:href="U/h.svg" width="9" height="9"/></svg>',
    "list-style-image": '<ul style="list-style-image:url(U/i.svg)"><li>x</ul>',
    "redirect": '<img src="U/pula">',
    "base href": '<base href="U/"><img src="j.svg">',
    "content url()": "<style>p::before{content:url(U/k.svg)}</style><p>x",
    "svg use": '<svg xmlns="http://www.w3.org/2000/svg"><use href="U/l.svg#a"/></svg>',
    "data with a link inside": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='U/m.svg'/></svg>\">",
    "upper case scheme": '<img src="HTTP://M/n.svg"><img src="FILE://S">',
}


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("canal", list(CANAIS))
def test_a_page_reaches_nothing_outside_by(canal: str, isca: Isca) -> None:
    html = CANAIS[canal].replace("U/", f"{isca.endereco}/").replace("//M/", f"//{isca.endereco[7:]}/").replace("//S", f"//{isca.segredo}")
    pagina = pdf._pagina(f"<html lang=pt-BR><title>t</title>{html}", {})
    saida = pagina.write_pdf(uncompressed_pdf=True)
    assert isca.toques == []
    assert b"SEGREDO-DO-SERVIDOR" not in saida


@pytest.mark.usefixtures("pango")
def test_the_decoy_is_touched_without_our_fetcher(isca: Isca) -> None:
    """The control: the decoy works, so the silence above means something."""
    import weasyprint

    weasyprint.HTML(string=f'<html lang=pt-BR><title>t</title><img src="{isca.endereco}/img.svg">').write_pdf()
    assert isca.toques == ["/img.svg"]


@pytest.mark.parametrize(
    "nome",
    [
        "../settings.py",
        "prova/../../x.css",
        "/etc/passwd",
        "prova/papel.css?x",
        "prova//papel.css",
        "prova/%2e%2e/x.css",
        ".env",
        "prova",
        "a\0.css",
        "",
    ],
)
def test_static_names_never_leave_our_folders(nome: str, modelos: None) -> None:
    with pytest.raises(pdf.RecursoAusente):
        pdf._arquivo_estatico(nome)


def test_a_link_in_the_static_folder_that_points_outside_is_not_followed(settings: Any, tmp_path: Path) -> None:
    pasta, fora = tmp_path / "static", tmp_path / "segredo.css"
    pasta.mkdir()
    fora.write_text("x")
    (pasta / "a.css").symlink_to(fora)
    settings.STATICFILES_DIRS = [pasta]
    with pytest.raises(pdf.RecursoAusente):
        pdf._arquivo_estatico("a.css")
