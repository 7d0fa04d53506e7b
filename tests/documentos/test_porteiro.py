"""The gate for PDFs and images (ASVS 5.1.1, 5.2.1, 5.2.2; seguranca.md B1.5)."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from documentos import jaula, validacao
from tests.documentos import fabrica

CASOS = fabrica.casos()


@pytest.mark.parametrize("nome", list(CASOS))
def test_the_gate_gives_the_right_verdict_on(nome: str) -> None:
    esperados, fazer = CASOS[nome]
    exame = validacao.conferir_pdf(fazer())
    if esperados:
        assert not exame.aceito
        assert set(exame.motivos) & set(esperados), exame.motivos
    else:
        assert exame.aceito, exame.motivos


def test_every_refusal_says_why_and_what_to_do_in_plain_words() -> None:
    verbos = ("Salve", "Envie", "envie", "Digitalize", "Baixe", "Reduza", "Confira")
    for codigo, frase in validacao.FRASES.items():
        assert frase.endswith("."), codigo
        assert any(v in frase for v in verbos), codigo
        assert "!" not in frase
        assert len(frase) < 240


def test_pages_signatures_and_revisions_are_counted() -> None:
    um = validacao.conferir_pdf(fabrica.assinado(fabrica.simples(paginas=3), 2))
    assert (um.paginas, um.assinaturas, um.revisoes) == (3, 2, 3)
    assert validacao.conferir_pdf(fabrica.simples()).assinaturas == 0


def test_the_verification_codes_in_the_text_are_found_and_nothing_else() -> None:
    texto = b"Verifique com o codigo 7F3K-9QAM ou XY34-67KM; nao 0O1L-2Z5S, nem A7F3K-9QAM1, nem 12345-678"
    exame = validacao.conferir_pdf(fabrica.simples(texto=texto))
    assert exame.codigos_no_texto == ("7F3K-9QAM", "XY34-67KM")
    assert exame.tem_texto


def test_a_scan_without_text_has_no_code_and_says_so() -> None:
    saida = io.BytesIO()
    Image.new("L", (600, 800), 255).save(saida, "PDF")
    exame = validacao.conferir_pdf(saida.getvalue())
    assert exame.aceito
    assert (exame.codigos_no_texto, exame.tem_texto) == ((), False)


def test_a_mutated_pdf_always_gets_an_answer(provas: bool) -> None:
    bases = [
        fabrica.simples(paginas=2),
        fabrica.assinado(fabrica.simples()),
        fabrica.simples(object_stream_mode=fabrica.pikepdf.ObjectStreamMode.generate),
    ]
    sorteio = random.Random(20261109)
    for rodada in range(1000 if provas else 60):
        conteudo = bytearray(sorteio.choice(bases))
        for _ in range(sorteio.randint(1, 12)):
            onde = sorteio.randrange(8, len(conteudo))
            match sorteio.randrange(4):
                case 0:
                    conteudo[onde] = sorteio.randrange(256)
                case 1:
                    del conteudo[onde : onde + sorteio.randint(1, 40)]
                case 2:
                    conteudo[onde:onde] = sorteio.randbytes(sorteio.randint(1, 40))
                case _:
                    outro = sorteio.randrange(8, len(conteudo))
                    conteudo[onde:onde] = conteudo[outro : outro + 60]
            if len(conteudo) < 20:
                break
        exame = validacao.conferir_pdf(bytes(conteudo))
        assert exame.aceito or exame.frases, rodada
        assert not exame.aceito or exame.paginas >= 1


def test_the_gate_does_not_change_the_file(tmp_path: Path) -> None:
    caminho = tmp_path / "x.pdf"
    caminho.write_bytes(fabrica.assinado(fabrica.simples()))
    antes = caminho.read_bytes()
    assert validacao.conferir_pdf(caminho).aceito
    assert caminho.read_bytes() == antes


def test_a_child_that_takes_too_long_is_ended_and_the_file_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    original = jaula.executar
    monkeypatch.setattr(jaula, "executar", lambda *a, **k: original(*a, **{**k, "espera": 0.001}))
    assert validacao.conferir_pdf(fabrica.simples()).motivos == ("nao_lido",)


def test_the_child_cannot_write_files_nor_hold_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pasta = tmp_path / "dentro"
    pasta.mkdir()
    for nome in ("__main__.py", "__init__.py"):
        (pasta / nome).write_text((jaula.PASTA / nome).read_text())
    alvo = tmp_path / "fuga.txt"
    (pasta / "porteiro.py").write_text(
        "import os, sys\n"
        "def executar(entradas, pedido):\n"
        "    r = {}\n"
        f"    try:\n        f = open({str(alvo)!r}, 'w'); f.write('x'); f.close()\n        r['escreveu'] = True\n"
        "    except OSError: r['escreveu'] = False\n"
        "    try:\n        bytearray(800 << 20)\n        r['memoria'] = True\n    except MemoryError: r['memoria'] = False\n"
        "    r['ambiente'] = sorted(os.environ)\n"
        "    r['django'] = 'django' in sys.modules\n"
        "    return r, []\n"
    )
    monkeypatch.setattr(jaula, "PASTA", pasta)
    monkeypatch.setenv("SECRET_KEY", "nao-deve-passar")
    dados = jaula.executar("conferir", entradas=[b"x"]).dados
    assert dados["escreveu"] is False
    assert dados["memoria"] is False
    assert dados["django"] is False
    assert "SECRET_KEY" not in dados["ambiente"]
    assert not alvo.exists() or alvo.stat().st_size == 0


@pytest.mark.parametrize(
    "corpo",
    [
        "import os; os._exit(0)",
        "print('lixo')",
        'print(\'{"dados": {}, "tamanhos": [5]}\')',
        "raise SystemExit(3)",
        "while True: print('x' * 65536)",
    ],
)
def test_an_answer_that_makes_no_sense_is_an_interruption(corpo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "__main__.py").write_text(corpo)
    monkeypatch.setattr(jaula, "PASTA", tmp_path)
    with pytest.raises(jaula.JaulaInterrompida):
        jaula.executar("conferir", entradas=[b"x"], saida_maxima=1 << 20)


@pytest.mark.parametrize(
    ("conteudo", "motivo"),
    [
        (b"", "vazio"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "imagem_tipo"),
        (fabrica.imagem("GIF"), "imagem_tipo"),
        (fabrica.imagem("TIFF"), "imagem_tipo"),
        (fabrica.imagem("PNG")[:60], "imagem_estragada"),
        (fabrica.imagem(tamanho=(8, 8)), "imagem_pequena"),
        (fabrica.imagem(tamanho=(5000, 5000), modo="1", cor=0), "imagem_enorme"),
        (b"\0" * (2 << 20) + b"\0", "imagem_grande"),
    ],
)
def test_an_image_that_is_not_a_small_png_or_jpeg_is_refused(conteudo: bytes, motivo: str) -> None:
    exame = validacao.refazer_imagem(conteudo)
    assert exame.motivos == (motivo,)
    assert exame.frases


def test_a_coat_of_arms_is_made_again_flat_small_and_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "segredo do fotografo"
    exif[0x0112] = 6  # turned a quarter
    foto = validacao.refazer_imagem(fabrica.imagem("JPEG", tamanho=(1500, 900), exif=exif.tobytes()))
    assert foto.aceito
    assert (foto.largura, foto.altura) == (360, 600)
    assert b"segredo" not in foto.conteudo
    transparente = validacao.refazer_imagem(fabrica.imagem("PNG", modo="RGBA", cor=(0, 0, 0, 0)))
    with Image.open(io.BytesIO(transparente.conteudo)) as plana:
        assert plana.mode == "RGB"
        assert plana.format == "PNG"
        assert plana.getpixel((5, 5)) == (255, 255, 255)
        assert not plana.info


def test_a_mutated_image_always_gets_an_answer(provas: bool) -> None:
    bases = [fabrica.imagem(), fabrica.imagem("JPEG"), fabrica.imagem(modo="P", cor=3), fabrica.imagem(modo="RGBA", cor=(1, 2, 3, 4))]
    sorteio = random.Random(20261110)
    for rodada in range(200 if provas else 12):
        conteudo = bytearray(sorteio.choice(bases))
        for _ in range(sorteio.randint(1, 8)):
            conteudo[sorteio.randrange(len(conteudo))] = sorteio.randrange(256)
        exame = validacao.refazer_imagem(bytes(conteudo))
        assert exame.aceito or exame.frases, rodada
        assert not exame.aceito or exame.conteudo.startswith(b"\x89PNG")
