"""Photos of evidence: bigger than a coat of arms, made again in the jail all the same, refused in their own words."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from documentos import armazem, entrega, recebimento, validacao
from documentos.models import Documento
from documentos.validacao import BRASAO, FOTO
from nucleo.erros import RegraViolada
from tests.apoio.elenco import AGORA
from tests.documentos import fabrica


def ruido(largura: int, altura: int) -> bytes:
    """A JPEG that does not compress: what a camera makes of leaves."""
    saida = io.BytesIO()
    pontos = random.Random(7).randbytes(largura * altura * 3)
    Image.frombytes("RGB", (largura, altura), pontos).save(saida, "JPEG", quality=95)
    return saida.getvalue()


def test_a_photo_is_made_again_smaller_upright_and_without_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010E] = "segredo do fotografo"
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8825)[2] = (22.0, 53.0, 9.0)  # where it was taken
    exame = validacao.refazer_imagem(fabrica.imagem("JPEG", tamanho=(4000, 3000), exif=exif.tobytes()), FOTO)
    assert exame.aceito
    assert (exame.largura, exame.altura) == (1200, 1600)
    assert b"segredo" not in exame.conteudo
    assert b"Exif" not in exame.conteudo
    with Image.open(io.BytesIO(exame.conteudo)) as feita:
        assert (feita.format, feita.mode) == ("JPEG", "RGB")
        assert not feita.getexif()


def test_a_photo_between_two_and_ten_mebibytes_is_taken_and_a_coat_of_arms_is_not() -> None:
    grande = ruido(2400, 1600)
    assert validacao.IMAGEM_BYTES < len(grande) < validacao.FOTO_BYTES
    assert validacao.refazer_imagem(grande, FOTO).aceito
    assert validacao.refazer_imagem(grande, BRASAO).motivos == ("imagem_grande",)


@pytest.mark.parametrize(
    ("conteudo", "motivo"),
    [
        (b"", "vazio"),
        (b"MZ\x90\x00" + b"\0" * 200, "imagem_tipo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "imagem_tipo"),
        (fabrica.imagem("GIF"), "imagem_tipo"),
        (fabrica.imagem("TIFF"), "imagem_tipo"),
        (fabrica.imagem("JPEG", tamanho=(900, 900))[:300], "imagem_estragada"),
        (fabrica.imagem(tamanho=(8, 8)), "imagem_pequena"),
        (fabrica.imagem(tamanho=(7200, 7200), modo="1", cor=0), "imagem_enorme"),  # a bomb: 6 kB of file, 52 million pixels
        (b"\0" * (10 << 20) + b"\0", "imagem_grande"),
    ],
)
def test_what_is_no_photo_is_refused_without_a_word_of_coats_of_arms(conteudo: bytes, motivo: str) -> None:
    exame = validacao.refazer_imagem(conteudo, FOTO)
    assert exame.motivos == (motivo,)
    assert exame.frases
    assert "brasão" not in " ".join(exame.frases)
    assert "2 MB" not in " ".join(exame.frases)


def test_every_sentence_about_photos_leaves_the_coat_of_arms_out() -> None:
    da_foto = [frase for codigo, frase in FOTO.frases.items() if codigo.startswith("imagem")]
    assert da_foto
    assert not [f for f in da_foto if "brasão" in f or "2 MB" in f]
    assert "brasão" in BRASAO.frases["imagem_tipo"]


def test_nothing_of_a_polyglot_survives() -> None:
    comum = fabrica.imagem("JPEG", tamanho=(800, 600))
    poliglota = comum + b"PK\x03\x04<script>alert(1)</script>%PDF-1.7 trailer"
    exame = validacao.refazer_imagem(poliglota, FOTO)
    assert exame.aceito
    for resto in (b"PK\x03\x04", b"<script>", b"%PDF-"):
        assert resto not in exame.conteudo


def test_the_largest_photo_the_gate_takes_fits_in_the_jail() -> None:
    exame = validacao.refazer_imagem(fabrica.imagem("JPEG", tamanho=(8000, 6000), cor=(120, 130, 140)), FOTO)
    assert (exame.motivos, exame.largura, exame.altura) == ((), 1600, 1200)


@pytest.mark.django_db
def test_a_photo_is_kept_as_a_jpeg_and_leaves_as_an_attachment() -> None:
    enviada = SimpleUploadedFile("rack.jpg", fabrica.imagem("JPEG", tamanho=(2000, 1500)), content_type="image/jpeg")
    with recebimento.conferir_imagem(arquivo=enviada, agora=AGORA, por_id=None, campo="arquivo", medidas=FOTO) as conferida:
        documento = recebimento.receber_imagem(
            arquivo=conferida, especie="entrega-1", dono="ss:1", titulo="Arquivo da entrega 2026/00001-2", agora=AGORA, por_id=None
        )
    assert (documento.tipo_mime, documento.situacao, documento.nome_original) == ("image/jpeg", Documento.Situacao.PRONTO, "rack.jpg")
    assert (documento.dados["largura"], documento.dados["altura"]) == (1600, 1200)
    assert armazem.ler(documento).startswith(b"\xff\xd8\xff")
    resposta = entrega.anexo(documento)
    assert b"".join(resposta.streaming_content)  # type: ignore[arg-type]
    resposta.close()
    assert resposta["Content-Disposition"] == 'attachment; filename="arquivo-da-entrega-2026-00001-2.jpg"'


@pytest.mark.django_db
def test_a_photo_that_is_too_big_is_refused_beside_its_field() -> None:
    enorme: Any = SimpleUploadedFile("rack.jpg", b"\xff\xd8\xff" + b"\0" * (10 << 20), content_type="image/jpeg")
    with (
        pytest.raises(RegraViolada, match="A foto passa de 10 MB") as recusa,
        recebimento.conferir_imagem(arquivo=enorme, agora=AGORA, por_id=None, campo="arquivo", medidas=FOTO),
    ):
        pass
    assert recusa.value.campo == "arquivo"
    assert not Documento.objects.exists()
