"""Good and bad files, made when asked for: nothing binary is kept in the repository."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

Feito = tuple[bool, str, bytes]


def simples(*, texto: bytes = b"OFICIO", paginas: int = 1, mexer: Callable[[pikepdf.Pdf], None] | None = None, **gravar: Any) -> bytes:
    """A plain PDF with this text on each page; ``mexer`` spoils it before it is saved."""
    pdf = pikepdf.new()
    for _ in range(paginas):
        pdf.add_blank_page(page_size=(595, 842))
        pagina = pdf.pages[-1]
        pagina.Contents = Stream(pdf, b"BT /F1 12 Tf 72 700 Td (" + texto + b") Tj ET")
        pagina.Resources = Dictionary(Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
    if mexer is not None:
        mexer(pdf)
    saida = io.BytesIO()
    gravar.setdefault("deterministic_id", "encryption" not in gravar)
    pdf.save(saida, **gravar)
    return saida.getvalue()


def assinado(base: bytes, vezes: int = 1) -> bytes:
    """The shape of a signed PDF: each signature an incremental update with a /Sig dictionary and its own end (the contents are zeros)."""
    atual = base
    for _ in range(vezes):
        pdf = pikepdf.open(io.BytesIO(atual))
        n = len(pdf.objects) + 1
        raiz = pdf.Root.objgen[0]
        paginas = pdf.Root.Pages.objgen[0]
        anterior = int(atual.rpartition(b"startxref")[2].split()[0])
        corpo = bytearray(atual if atual.endswith(b"\n") else atual + b"\n")
        posicoes = {}
        objetos = {
            n: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 10 20 30] /Contents <"
            + b"00" * 64
            + b"> >>",
            n + 1: b"<< /FT /Sig /T (Assinatura%d) /V %d 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 132 >>" % (n, n),
            raiz: b"<< /Type /Catalog /Pages %d 0 R /AcroForm << /SigFlags 3 /Fields [%d 0 R] >> >>" % (paginas, n + 1),
        }
        for numero, objeto in objetos.items():
            posicoes[numero] = len(corpo)
            corpo += b"%d 0 obj\n" % numero + objeto + b"\nendobj\n"
        inicio = len(corpo)
        corpo += b"xref\n0 0\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (k, v) for k, v in sorted(posicoes.items()))
        corpo += b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (n + 2, raiz, anterior, inicio)
        atual = bytes(corpo)
    return atual


def cru(conteudo: bytes, *filtros: bytes, extra: bytes = b"") -> bytes:
    """A PDF written by hand, with one stream under these filters, untouched by any library."""
    objetos = [
        b"<< /Type /Catalog /Pages 2 0 R /L 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        b"<< /Length %d /Filter [%s] %s >>\nstream\n" % (len(conteudo), b" ".join(filtros), extra) + conteudo + b"\nendstream",
    ]
    saida = bytearray(b"%PDF-1.7\n")
    posicoes = []
    for numero, objeto in enumerate(objetos, 1):
        posicoes.append(len(saida))
        saida += b"%d 0 obj\n" % numero + objeto + b"\nendobj\n"
    inicio = len(saida)
    saida += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objetos) + 1) + b"".join(b"%010d 00000 n \n" % p for p in posicoes)
    saida += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objetos) + 1, inicio)
    return bytes(saida)


def em_zip(comentario: bytes = b"") -> bytes:
    """A small ZIP, to be glued where it should not."""
    saida = io.BytesIO()
    with zipfile.ZipFile(saida, "w") as pacote:
        pacote.writestr("a.txt", "x" * 50)
        pacote.comment = comentario
    return saida.getvalue()


def imagem(formato: str = "PNG", *, tamanho: tuple[int, int] = (80, 100), modo: str = "RGB", cor: Any = "red", **gravar: Any) -> bytes:
    """An image of one colour."""
    saida = io.BytesIO()
    Image.new(modo, tamanho, cor).save(saida, formato, **gravar)
    return saida.getvalue()


def _js(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def _js_nos_nomes(pdf: pikepdf.Pdf) -> None:
    acao = Dictionary(S=Name.JavaScript, JS=String("1"))
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), acao])))


def _abre_programa(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("cmd.exe")))


def _embute(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["x.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ..", filename="x.exe")


def _anotacao(subtipo: str) -> Callable[[pikepdf.Pdf], None]:
    def mexer(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name("/" + subtipo), Rect=Array([0, 0, 9, 9]))])

    return mexer


def _acao(tipo: str) -> Callable[[pikepdf.Pdf], None]:
    def mexer(pdf: pikepdf.Pdf) -> None:
        acao = Dictionary(S=Name("/" + tipo), F=String("x"))
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=acao)])

    return mexer


def _xfa(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(pdf, b"<xdp/>"))


def _link_e_salto(pdf: pikepdf.Pdf) -> None:
    acao = Dictionary(S=Name.URI, URI=String("https://www.sp.gov.br"))
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=acao)])
    pdf.Root.OpenAction = Array([pdf.pages[0].obj, Name.Fit])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([])))
    pdf.pages[0].AA = Dictionary()


def _laco(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)


def casos() -> dict[str, tuple[tuple[str, ...], Callable[[], bytes]]]:
    """The table of the gate: name → (codes of the refusal, any of which is right; empty = accepted, how to make the file)."""
    bomba = zlib.compress(b"\0" * (200 << 20), 9)
    repetido = b"\x81\0" * (2 << 20) + b"\x80"
    enorme = b"/Subtype /Image /Width 40000 /Height 40000"
    senha = pikepdf.Encryption(owner="a", user="b")
    dono = pikepdf.Encryption(owner="a", user="")
    objstm = pikepdf.ObjectStreamMode.generate
    return {
        "a plain PDF": ((), simples),
        "visible text that says /JavaScript": ((), lambda: simples(texto=b"sei /JavaScript e /Launch e /EmbeddedFile")),
        "60 pages": ((), lambda: simples(paginas=60)),
        "one signature": ((), lambda: assinado(simples())),
        "two signatures": ((), lambda: assinado(simples(), 2)),
        "web links, a destination on opening, empty /AA": ((), lambda: simples(mexer=_link_e_salto)),
        "an honest Flate of 5 MiB": ((), lambda: cru(zlib.compress(os.urandom(5 << 20)), b"/FlateDecode")),
        "white space after the end": ((), lambda: simples() + b"\r\n \0\n"),
        "61 pages": (("paginas",), lambda: simples(paginas=61)),
        "JavaScript on opening": (("javascript",), lambda: simples(mexer=_js)),
        "JavaScript inside an object stream": (("javascript",), lambda: simples(mexer=_js, object_stream_mode=objstm)),
        "JavaScript under an escaped name": (
            ("javascript",),
            lambda: cru(b"0", b"/ASCIIHexDecode", extra=b"/X << /#53 /J#61vaScrip#74 /J#53 (1) >>"),
        ),
        "JavaScript in the tree of names": (("javascript",), lambda: simples(mexer=_js_nos_nomes)),
        "a program opened on turning the page": (("acao_automatica", "programa"), lambda: simples(mexer=_abre_programa)),
        "a file inside": (("embutido",), lambda: simples(mexer=_embute)),
        "a file pinned to the page": (("embutido",), lambda: simples(mexer=_anotacao("FileAttachment"))),
        "a film": (("midia",), lambda: simples(mexer=_anotacao("Movie"))),
        "a form that is sent": (("envio",), lambda: simples(mexer=_acao("SubmitForm"))),
        "a jump to another file": (("outro_arquivo",), lambda: simples(mexer=_acao("GoToR"))),
        "XFA": (("xfa",), lambda: simples(mexer=_xfa)),
        "a password": (("senha",), lambda: simples(encryption=senha)),
        "an owner's password only": (("senha",), lambda: simples(encryption=dono)),
        "HTML before the PDF": (("antes",), lambda: b"<html><script>alert(1)</script>\n" + simples()),
        "a ZIP after the PDF": (("depois",), lambda: simples() + em_zip()),
        "a ZIP whose comment ends in %%EOF": (("depois",), lambda: simples() + em_zip(b"startxref\n0\n%%EOF\n")),
        "8 KiB after the end": (("depois",), lambda: simples() + b"x" * 8192),
        "HTML named .pdf": (("outro_tipo",), lambda: b"<!doctype html><script>alert(1)</script>"),
        "a program named .pdf": (("outro_tipo",), lambda: b"MZ" + b"\x90" * 3000),
        "half a PDF": (("cortado",), lambda: simples()[: len(simples()) // 2]),
        "a PDF whose middle is gone": (("estragado",), lambda: simples()[:120] + simples()[-60:]),
        "nothing": (("vazio",), lambda: b""),
        "more than 15 MiB": (("grande",), lambda: b"%PDF-1.7\n" + b"0" * (15 << 20)),
        "a Flate bomb of 200 MiB": (("bomba",), lambda: cru(bomba, b"/FlateDecode")),
        "Flate over Flate, 200 MiB in 1 KB": (("bomba",), lambda: cru(zlib.compress(bomba, 9), b"/FlateDecode", b"/FlateDecode")),
        "a RunLength bomb of 256 MiB": (("bomba",), lambda: cru(zlib.compress(repetido, 9), b"/FlateDecode", b"/RunLengthDecode")),
        "eight filters in a row": (("complexo",), lambda: cru(b"0" * 9, *[b"/ASCIIHexDecode"] * 8)),
        "a picture of a billion points": (("imagem_enorme",), lambda: cru(b"0", b"/CCITTFaxDecode", extra=enorme)),
        "a stream kept in another file": (("outro_arquivo",), lambda: cru(b"0", extra=b"/F (/etc/passwd)")),
        "a loop in the tree of pages": (("estragado", "nao_lido"), lambda: simples(mexer=_laco)),
        "brackets 5,000 deep": (("estragado", "complexo"), lambda: cru(b"0", extra=b"/X " + b"[" * 5000 + b"]" * 5000)),
    }
