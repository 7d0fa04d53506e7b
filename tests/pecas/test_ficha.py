"""The technical sheet of a sub-block (IP-06), as its action orders it and the one door makes it: ordinary, and stretched to its limits."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pikepdf
import pypdfium2
import pytest

from documentos import pdf
from documentos.models import Documento
from enderecamento import acoes, registros
from enderecamento.models import SubBlocoCIDR
from enderecamento.registros import Uso
from tests.apoio.elenco import AGORA
from tests.apoio.trocas import renumerar
from tests.enderecamento.conftest import Cena, cena
from tests.pecas import dados, papeis

__all__ = ["cena"]
pytestmark = pytest.mark.django_db


def dar(cena: Cena, perfil: str) -> SubBlocoCIDR:
    (bloco,) = acoes.atribuir(cena.botucatu.pk, perfil=perfil, por=cena.analista, agora=AGORA)
    return bloco


def feita(ficha: Documento) -> bytes:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "unclosed file .*sRGB2014.icc", ResourceWarning)
        conteudo, _ = pdf.produzir(ficha)
    return conteudo


@pytest.fixture
def fichas(cena: Cena, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """One without link and person of contact; one that a link with a long name uses, in exchange, blocked twice, of a long person."""
    comum = feita(acoes.encomendar_ficha(dar(cena, "PUBLICO").pk, por=cena.ana, agora=AGORA))
    uso = Uso(f"{dados.SEM_ESPACO} {dados.NOME_80}"[:150], "Em serviço")
    monkeypatch.setattr(registros, "QUEM_USA", [lambda cidrs: dict.fromkeys(cidrs, uso)])
    cheio = dar(cena, "PRIVADO")
    renumerar(por=cena.gestor, blocos=[cheio])
    for especie, blocos in (("BLOQUEIO_PARCIAL", [cheio.pk]), ("BLOQUEIO_TOTAL", [])):
        acoes.aplicar_sancao(cena.botucatu.pk, especie=especie, motivo="Varredura.", blocos=blocos, por=cena.gestor, agora=AGORA)
    email = f"{'tecnologia.da.informacao.' * 5}rede@botucatu.exemplo.sp.gov.br"
    acoes.trocar_tecnico(cena.botucatu.pk, nome=dados.NOME_80, telefone="1438831122r2145", email=email, por=cena.ana, agora=AGORA)
    ficha = acoes.encomendar_ficha(cheio.pk, por=cena.ana, agora=AGORA)
    return {"comum": comum, "cheia": feita(ficha), "cheia de novo": feita(Documento.objects.get(pk=ficha.pk))}


def test_it_is_an_archival_tagged_paper_inside_its_margins_black_on_white(fichas: dict[str, bytes]) -> None:
    assert fichas["cheia"] == fichas["cheia de novo"]
    for caso, titulo, folhas in (("comum", "203.0.113.0/30", 2), ("cheia", "10.64.16.0/28", 3)):
        conteudo = fichas[caso]
        assert papeis.fora_das_margens(conteudo) == [], caso
        assert len(papeis.folhas(conteudo)) == folhas
        _examinar(conteudo, f"Ficha técnica {titulo}")
        with pypdfium2.PdfDocument(conteudo) as aberto:
            for folha in aberto:
                cores: Any = folha.render(scale=0.5).to_pil().convert("RGB").getcolors(maxcolors=1 << 20)
                assert all(max(cor) - min(cor) <= 2 for _, cor in cores)


def _examinar(conteudo: bytes, titulo: str) -> None:
    """PDF/A-2a, language, title, headings in order, header cells, and a description of the only image."""
    with pikepdf.open(io.BytesIO(conteudo)) as arquivo:
        raiz = arquivo.Root
        assert str(raiz.Lang) == "pt-BR"
        assert bool(raiz.MarkInfo.Marked)
        assert "/OutputIntents" in raiz
        with arquivo.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["dc:title"]) == ("2", "A", titulo)
        partes = [o for o in arquivo.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/StructElem"]
        tipos = [str(p.S) for p in partes]
        assert (tipos.count("/H1"), tipos.count("/H2")) == (1, 5)
        assert tipos.count("/TH") >= 10
        assert [str(p.Alt)[:10] for p in partes if p.S == "/Figure"] == ["Código QR "]


def test_it_says_the_network_the_contact_and_what_holds_it_up(fichas: dict[str, bytes]) -> None:
    cheia = papeis.corpo(fichas["cheia"])
    for trecho in (
        "Máscara 255.255.255.240 (/28)",
        "Bloqueado bloqueio total desde segunda-feira, 09/11/2026, até a PRODESP encerrar",
        "Bloqueado bloqueio parcial desde segunda-feira, 09/11/2026",
        "Em troca, vale até sexta-feira, 08/01/2027",
        dados.NOME_80,
        "ip address 10.64.16.1 255.255.255.240",
    ):
        assert trecho in cheia
    comum = papeis.corpo(fichas["comum"])
    assert "nenhum link por enquanto" in comum
    assert "Bloqueado" not in comum
