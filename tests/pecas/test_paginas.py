"""The papers as objects: margins, pages, signature, footer, letterhead, archival structure, no address outside, no colour."""

from __future__ import annotations

import datetime as dt
import io
import socket
import warnings
from copy import deepcopy
from typing import Any

import pikepdf
import pypdfium2
import pytest

from documentos import pdf as porta
from documentos.models import Documento
from tests.pecas import dados, papeis

PARES = [(modelo, caso) for modelo in dados.MODELOS for caso in dados.CASOS]
DA_PREFEITURA = ("oficio", "anexo1", "anexo2")
#: Last body words and first words of the signature block: both must be on the same page.
JUNTOS = {
    "oficio": ("4.1. O signatário abaixo", "(Nome e assinatura do Prefeito)"),
    "anexo1": ("Departamento:", "(Nome e cargo por extenso)"),
    "anexo2": ("Para tratativas relacionadas", "(Nome e cargo por extenso)"),
}


@pytest.mark.parametrize(("modelo", "caso"), PARES)
def test_no_letter_leaves_the_margins_and_only_the_footer_is_in_its_strip(modelo: str, caso: str) -> None:
    conteudo = papeis.papel(modelo, caso)
    assert papeis.fora_das_margens(conteudo) == []
    d = dados.CASOS[caso](modelo)
    total = len(papeis.folhas(conteudo))
    for pagina in range(1, total + 1):
        esperado = (
            f"Gerado pelo Portal INTRAGOV · processo {d['processo']}"
            f"Verifique em {d['endereco_verificar']} com o código {d['codigo']}{pagina} de {total}"
        )
        assert papeis.no_rodape(conteudo, pagina) == "".join(esperado.split())


@pytest.mark.parametrize(("modelo", "caso"), PARES)
def test_no_template_asks_for_a_variable_that_the_context_does_not_bring(modelo: str, caso: str) -> None:
    assert "VARIÁVEL-INDEFINIDA" not in papeis.html(modelo, dados.CASOS[caso](modelo))


@pytest.mark.parametrize(
    ("modelo", "caso", "paginas"),
    [
        ("oficio", "ordinarios", 2),
        ("oficio", "vazios", 2),
        ("oficio", "longos", 2),
        ("anexo1", "ordinarios", 1),
        ("anexo1", "longos", 2),
        ("anexo2", "ordinarios", 2),
        ("anexo2", "longos", 5),
        ("recibo", "ordinarios", 1),
        ("dossie", "ordinarios", 2),
    ],
)
def test_the_papers_have_a_sane_number_of_pages(modelo: str, caso: str, paginas: int) -> None:
    assert len(papeis.folhas(papeis.papel(modelo, caso))) == paginas


def _assinatura_acompanhada(modelo: str, conteudo: bytes) -> bool:
    corpo, assinatura = JUNTOS[modelo]
    folhas = papeis.folhas(conteudo)
    return [n for n, f in enumerate(folhas) if assinatura in f] == [n for n, f in enumerate(folhas) if corpo in f] == [len(folhas) - 1]


@pytest.mark.parametrize("modelo", DA_PREFEITURA)
@pytest.mark.parametrize("caso", dados.CASOS)
def test_the_signature_never_stands_alone_on_a_page(modelo: str, caso: str) -> None:
    assert _assinatura_acompanhada(modelo, papeis.papel(modelo, caso))


@pytest.mark.parametrize("aplicacoes", [7, 13, 19, 29, 31, 33, 35, 37])
def test_the_signature_of_the_anexo_ii_is_accompanied_wherever_the_page_ends(aplicacoes: int) -> None:
    # Without .fecho { break-inside: avoid } the cases 29 to 35 fail (tried).
    d = deepcopy(dados.ORDINARIOS["anexo2"])
    d["aplicacoes"] = [{"nome": f"Sistema {n}", "orgao": "Secretaria da Saúde"} for n in range(aplicacoes)]
    conteudo = papeis.pdf("anexo2", d)
    assert _assinatura_acompanhada("anexo2", conteudo)
    assert papeis.fora_das_margens(conteudo) == []


def test_forty_applications_are_all_printed_once_each() -> None:
    texto = papeis.corpo(papeis.papel("anexo2", "longos"))
    assert [texto.count(f"Sistema {n:02} de acompanhamento") for n in range(1, 41)] == [1] * 40


@pytest.mark.parametrize("modelo", dados.MODELOS)
def test_the_page_to_print_from_the_browser_has_its_footer_once_and_at_the_end(modelo: str) -> None:
    pagina = papeis.html(modelo, {**dados.ORDINARIOS[modelo], "para_imprimir": True})
    assert pagina.count('class="rodape') == 1
    assert pagina.index("<h1>") < pagina.index('class="rodape ao-fim"')


def test_without_code_the_footer_does_not_send_anybody_to_verify() -> None:
    d = {**dados.ORDINARIOS["oficio"], "codigo": ""}
    folhas = papeis.folhas(papeis.pdf("oficio", d))
    assert all("Verifique em" not in folha and "processo 2026/00042-7" in folha for folha in folhas)


@pytest.mark.parametrize("modelo", DA_PREFEITURA)
def test_without_coat_and_lines_the_letterhead_is_the_name_of_the_prefeitura(modelo: str) -> None:
    pagina = papeis.html(modelo, dados.vazios(modelo))
    assert '<p class="primeira">PREFEITURA DO MUNICÍPIO DE BOFETE</p>' in pagina
    assert "<img" not in pagina


def test_the_coat_of_arms_says_whose_it_is_and_at_most_three_lines_are_printed() -> None:
    d = deepcopy(dados.ORDINARIOS["oficio"])
    d["timbre"]["linhas"] = ["um", "dois", "três", "quatro"]
    pagina = papeis.html("oficio", d)
    assert 'src="memoria:brasao" alt="Brasão do município de Bofete"' in pagina
    assert "três" in pagina
    assert "quatro" not in pagina


def test_what_people_type_is_text_and_never_markup() -> None:
    veneno = '<img src="http://10.0.0.1/x"><style>@import "file:///etc/passwd"</style>{{ codigo }}'
    d = {**deepcopy(dados.ORDINARIOS["oficio"]), "logradouro": veneno, "municipio": veneno}
    d["timbre"] = {"linhas": [veneno], "brasao": True}
    buscador = papeis.Buscador()
    conteudo = papeis.pdf("oficio", d, buscador=buscador)
    assert set(buscador.pedidos) == {"estatico:pdf/papel.css", "memoria:brasao"}
    assert "{{codigo}}" in "".join(papeis.corpo(conteudo).split())


@pytest.mark.parametrize("modelo", dados.MODELOS)
def test_no_paper_touches_the_network(modelo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def proibido(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("a rede foi procurada")

    monkeypatch.setattr(socket.socket, "connect", proibido)
    monkeypatch.setattr(socket, "getaddrinfo", proibido)
    buscador = papeis.Buscador()
    assert papeis.pdf(modelo, dados.ORDINARIOS[modelo], buscador=buscador).startswith(b"%PDF-1.7")
    assert set(buscador.pedidos) <= {"estatico:pdf/papel.css", "memoria:brasao", "memoria:qr"}


@pytest.mark.parametrize("modelo", dados.MODELOS)
def test_no_paper_has_inline_style_or_script(modelo: str) -> None:
    pagina = papeis.html(modelo, dados.ORDINARIOS[modelo])
    for proibido in ("style=", "<style", "<script", "http:", "https:", "javascript:"):
        assert proibido not in pagina


@pytest.mark.parametrize("modelo", dados.MODELOS)
def test_the_one_door_makes_the_same_words_and_no_variable_is_missing(modelo: str) -> None:
    d = deepcopy(dados.ORDINARIOS[modelo])
    d["timbre"]["brasao"] = False  # a coat of arms comes from the database
    d["qr"] = "https://intragov.sp.gov.br/verificar/" if modelo == "recibo" else ""
    documento = Documento(
        modelo=modelo,
        dados=d,
        codigo=d["codigo"],
        titulo=f"Papel {modelo}",
        dados_sha256="ab" * 32,
        criado_em=dt.datetime(2026, 11, 9, 13, 12, tzinfo=dt.UTC),
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "unclosed file .*sRGB2014.icc", ResourceWarning)
        conteudo, paginas = porta.produzir(documento)
    assert paginas == len(papeis.folhas(conteudo))
    assert papeis.corpo(conteudo) == papeis.corpo(papeis.papel(modelo, "ordinarios"))


def test_the_same_data_gives_the_same_bytes() -> None:
    assert papeis.pdf("anexo1", dados.ORDINARIOS["anexo1"]) == papeis.papel("anexo1", "ordinarios")


@pytest.mark.parametrize(
    ("modelo", "titulo"),
    [
        ("oficio", "Solicitação de Adesão ao Termo de Cooperação INTRAGOV - Prefeituras"),
        ("anexo1", "ANEXO I - Formulário de Designação de Responsáveis pelo uso do Sistema INTRAGOV"),
        ("anexo2", "ANEXO II - Formulário Técnico"),
        ("recibo", "Recibo do envio 1, processo 2026/00042-7"),
        ("dossie", "Dossiê do processo 2026/00042-7, Bofete"),
    ],
)
def test_every_paper_is_a_tagged_archival_file_with_language_title_and_described_images(modelo: str, titulo: str) -> None:
    with pikepdf.open(io.BytesIO(papeis.papel(modelo, "ordinarios"))) as arquivo:
        raiz = arquivo.Root
        assert str(raiz.Lang) == "pt-BR"
        assert bool(raiz.MarkInfo.Marked)
        assert "/StructTreeRoot" in raiz
        assert "/OutputIntents" in raiz
        with arquivo.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("2", "A")
            assert xmp["dc:title"] == titulo
        figuras = [o for o in arquivo.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        assert len(figuras) == (0 if modelo == "dossie" else 1)
        assert all(str(figura.Alt).startswith(("Brasão do município de", "Código QR")) for figura in figuras)


@pytest.mark.parametrize("modelo", dados.MODELOS)
def test_the_papers_are_black_on_white_with_no_colour(modelo: str) -> None:
    with pypdfium2.PdfDocument(papeis.papel(modelo, "ordinarios")) as documento:
        for folha in documento:
            imagem = folha.render(scale=0.5).to_pil().convert("RGB")
            cores = imagem.getcolors(maxcolors=1 << 20)
            assert cores is not None
            assert all(max(cor) - min(cor) <= 2 for _, cor in cores)
            assert imagem.getpixel((2, 2)) == (255, 255, 255)


@pytest.mark.parametrize("modelo", DA_PREFEITURA)
def test_the_prefeituras_paper_does_not_carry_the_name_of_the_state_as_a_band(modelo: str) -> None:
    assert 'class="faixa"' not in papeis.html(modelo, dados.ORDINARIOS[modelo])


def test_the_receipt_shows_hashes_whole_next_step_and_the_address_to_verify() -> None:
    texto = papeis.corpo(papeis.papel("recibo", "ordinarios"))
    assert texto.count(dados.SHA) == 4
    for trecho in (
        "Recibo do envio 1",
        "Enviado em segunda-feira, 09/11/2026, 10h12",
        "Quem age agora PRODESP",
        "digite o código 7F3K-9QAM",
    ):
        assert trecho in texto


def test_the_dossier_shows_opinion_declarations_documents_and_history() -> None:
    texto = papeis.corpo(papeis.papel("dossie", "ordinarios"))
    for trecho in ("Documentos conferidos e de acordo.", "Somos responsáveis pelo pagamento.", "Tudo conferido.", "Compl. –", dados.SHA):
        assert trecho in texto
    vazio = papeis.corpo(papeis.papel("dossie", "vazios"))
    for trecho in ("Ainda não há parecer.", "Nenhuma declaração registrada.", "Nenhum registro."):
        assert trecho in vazio
