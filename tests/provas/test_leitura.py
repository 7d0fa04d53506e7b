"""Reading writes nothing: every address opened twice by every role, all tables equal (ASVS 3.5.3). Left out: sessions, the cache, and the
``ver_cpf`` row that opening a conferência writes on purpose (settled question 6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from documentos import pdf
from tests.apoio.elenco import AGORA
from tests.conftest import falta
from tests.provas import mundo as provas_mundo
from tests.provas.mundo import DIA, ESTADOS, PAPEIS, em_rodizio
from tests.provas.rotas import ROTAS
from tests.provas.somas import somas, tabelas
from tests.provas.test_acessos import todos_entram

#: A query string with everything that some page reads.
FILTROS = "?pagina=2&busca=bofete&situacao=ENVIADA&peca=anexo1&pag=2&marcar=anexo1.r2_cpf&erros=1&aprovar=1&codigo=7F3K-9QAM&para=x"


#: How many read each page besides the gestor, who sees most of it; all twelve with PROVAS=1.
LEITORES = 3


@pytest.mark.django_db
@pytest.mark.parametrize("estado", ESTADOS)
def test_opening_every_page_twice_as_everybody_changes_no_table(
    estado: str, relogio: Any, provas: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adesao.dossie.em_pdf", lambda *a, **k: b"%PDF-1.7")
    mundo = provas_mundo.montar(estado)
    relogio.move_to(AGORA + 2 * DIA)
    todos_entram(mundo)
    rotas = [r for r in ROTAS if (r.estado == estado or ("numero" in r.argumentos and estado != "nenhuma" and r.existe_em(mundo)))]
    if not provas:
        rotas = [r for r in rotas if r.estado == estado]
    antes = somas(sem_ver_cpf=True)
    assert len(antes) == len(tabelas())
    culpados = []
    for rota in rotas:
        caminho = rota.endereco(mundo)
        for papel in PAPEIS if provas else ["gestor", *em_rodizio([p for p in PAPEIS if p != "gestor"], rota.chave, LEITORES)]:
            if rota.nome == "account_logout":
                continue
            for volta in ("", FILTROS):
                cache.clear()
                r = mundo.pessoas[papel].cliente.get(caminho + volta)
                b"".join(r.streaming_content) if r.streaming else None
        depois = somas(sem_ver_cpf=True)
        if depois != antes:
            culpados.append(f"{rota.chave}: {[t for t in antes if antes[t] != depois[t]]}")
            antes = depois
    assert not culpados, "\n".join(culpados)


@pytest.mark.django_db
def test_opening_the_conferencia_leaves_its_trace_and_nothing_else(relogio: Any) -> None:
    mundo = provas_mundo.montar("em_conferencia")
    assert mundo.adesao is not None
    relogio.move_to(AGORA + 2 * DIA)
    todos_entram(mundo)
    antes = somas()
    caminho = f"/fila/{mundo.slug}/"
    for papel in ("analista", "colega", "auditor"):
        assert mundo.pessoas[papel].cliente.get(caminho).status_code == 200
    depois = somas()
    assert {t for t in antes if antes[t] != depois[t]} == {"adesao_historicoadesao"}
    registro = mundo.adesao.historico.get(transicao="ver_cpf")
    assert (registro.por_id, registro.de, registro.para) == (mundo.pessoas["analista"].usuario.pk, mundo.adesao.estado, mundo.adesao.estado)


@pytest.mark.django_db
def test_the_first_download_of_a_paper_makes_its_file_and_nothing_of_the_process(relogio: Any) -> None:
    """The one reading that may write: an ordered paper is made when it is first opened, only its own row changes."""
    if not pdf.disponivel():
        falta(pdf.motivo_indisponivel())
    mundo = provas_mundo.montar("rascunho")
    todos_entram(mundo)
    antes = somas()
    r = mundo.pessoas["requerente"].cliente.get(f"/adesoes/{mundo.slug}/arquivos/{mundo.valores['gerado']}/")
    assert b"".join(r.streaming_content)[:5] == b"%PDF-"
    depois = somas()
    assert {t for t in antes if antes[t] != depois[t]} == {"documentos_documento"}
