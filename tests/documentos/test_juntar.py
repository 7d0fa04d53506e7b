"""The dossier's single PDF: pages only, a bookmark per part, nothing active left."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from documentos import jaula
from documentos.juntar import juntar
from documentos.validacao import conferir_pdf
from tests.documentos import fabrica


def test_parts_come_in_order_each_with_its_bookmark(tmp_path: Path) -> None:
    oficio = tmp_path / "oficio.pdf"
    oficio.write_bytes(fabrica.assinado(fabrica.simples(texto=b"OFICIO", paginas=2)))
    junto = juntar(
        [fabrica.simples(texto=b"CAPA"), oficio, fabrica.simples(texto=b"ANEXO")], titulos=["Capa", "Ofício assinado", "Anexo I"]
    )
    with pypdfium2.PdfDocument(junto) as aberto:
        textos = [pagina.get_textpage().get_text_bounded() for pagina in aberto]
    assert textos == ["CAPA", "OFICIO", "OFICIO", "ANEXO"]
    with pikepdf.open(io.BytesIO(junto)) as aberto, aberto.open_outline() as sumario:
        assert [item.title for item in sumario.root] == ["Capa", "Ofício assinado", "Anexo I"]
    assert conferir_pdf(junto).aceito


def test_the_same_parts_give_the_same_bytes() -> None:
    partes = [fabrica.simples(texto=b"A"), fabrica.simples(texto=b"B")]
    assert juntar(partes) == juntar(partes)


def test_nothing_active_goes_along() -> None:
    casos = fabrica.casos()
    nomes = [
        "JavaScript on opening",
        "a program opened on turning the page",
        "a file inside",
        "a film",
        "XFA",
        "JavaScript in the tree of names",
    ]
    junto = juntar([casos[nome][1]() for nome in nomes])
    exame = conferir_pdf(junto)
    assert exame.aceito, exame.motivos
    assert exame.paginas == len(nomes)
    for marca in (b"JavaScript", b"Launch", b"EmbeddedFile", b"XFA"):
        assert marca not in junto


def test_a_visible_signature_stays_visible() -> None:
    def assinar(pdf: pikepdf.Pdf) -> None:
        aparencia = pikepdf.Stream(pdf, b"BT /F1 12 Tf 5 5 Td (ASSINADO POR ANA) Tj ET")
        aparencia.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=pikepdf.Array([0, 0, 200, 30]),
            Resources=pdf.pages[0].Resources,
        )
        campo = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=pikepdf.String("a"),
            F=4,
            Rect=pikepdf.Array([72, 72, 272, 102]),
            AP=pikepdf.Dictionary(N=pdf.make_indirect(aparencia)),
        )
        indireto = pdf.make_indirect(campo)
        pdf.pages[0].Annots = pikepdf.Array([indireto])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([indireto]), SigFlags=3)

    junto = juntar([fabrica.simples(mexer=assinar)])
    with pypdfium2.PdfDocument(junto) as aberto:
        assert "ASSINADO POR ANA" in aberto[0].get_textpage().get_text_bounded()
    with pikepdf.open(io.BytesIO(junto)) as aberto:
        assert "/Annots" not in aberto.pages[0]
        assert "/AcroForm" not in aberto.Root


def test_no_part_another_number_of_titles_or_a_broken_part_is_an_error() -> None:
    with pytest.raises(ValueError, match="parte"):
        juntar([])
    with pytest.raises(ValueError, match="parte"):
        juntar([fabrica.simples()], titulos=["a", "b"])
    with pytest.raises(jaula.JaulaInterrompida):
        juntar([fabrica.simples(), b"lixo"])
