"""Pages mended after a walk through the portal, in a real browser, wide and narrow."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from adesao import acoes
from adesao.estados import Estado
from adesao.models import Adesao
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, Pessoa
from tests.apoio.navegador import assentar, entrar, sem_rolagem_lateral, sem_violacoes

from .conftest import DIA, url

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
TELAS = os.environ.get("TELAS", "")
LARGURAS = pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
MARCAS = (
    {"tarefa": "prefeitura", "campo": "municipio", "texto": "O ofício fala em outro município. Está certo?"},
    {"tarefa": "prefeitura", "campo": "cnpj", "texto": "Confira o CNPJ."},
    {"tarefa": "timbre", "campo": "brasao", "texto": "O brasão está borrado."},
)


def _olhar(pagina: Any, nome: str, endereco: str = "") -> None:
    if endereco:
        assert pagina.goto(endereco).status in (200, 422)
    assentar(pagina)
    if TELAS:
        pagina.screenshot(path=str(Path(TELAS) / f"{nome}-{pagina.viewport_size['width']}.png"), full_page=True)
    sem_rolagem_lateral(pagina)
    sem_violacoes(pagina)


@LARGURAS
def test_the_screens_of_a_pendencia_without_a_field(
    largura: str, request: pytest.FixtureRequest, em_conferencia: Adesao, analista: Pessoa, requerente: Pessoa
) -> None:
    """From /falta/ to the words, to the answer, and back."""
    pagina = request.getfixturevalue(largura)
    adesao = adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA + DIA, pendencias=MARCAS)
    imagem = io.BytesIO()
    Image.new("RGB", (60, 60), "navy").save(imagem, "PNG")
    arquivo = SimpleUploadedFile("brasao.png", imagem.getvalue(), content_type="image/png")
    acoes.guardar_brasao(adesao_id=adesao.pk, arquivo=arquivo, por=requerente.ator, agora=AGORA + 2 * DIA)
    entrar(pagina, requerente)
    _olhar(pagina, "emendas-falta", url("falta", adesao))
    pagina.get_by_role("link", name="Município: este dado não se muda aqui").click()
    _olhar(pagina, "emendas-prefeitura")
    pagina.get_by_role("link", name="Responder à PRODESP").click()
    pagina.get_by_role("button", name="Guardar a resposta").click()
    _olhar(pagina, "emendas-responder-erro")
    pagina.get_by_role("textbox").fill("O ofício foi corrigido.")
    pagina.get_by_role("button", name="Guardar a resposta").click()
    pagina.get_by_text("Resposta guardada").wait_for()
    _olhar(pagina, "emendas-timbre", url("preencher", adesao, "timbre"))
    pagina.get_by_role("button", name="Retirar o brasão").click()
    pagina.get_by_role("heading", name="Retirar o brasão?").wait_for()
    _olhar(pagina, "emendas-retirar-brasao")


@LARGURAS
def test_the_return_button_takes_the_open_row_along(
    largura: str, request: pytest.FixtureRequest, em_conferencia: Adesao, analista: Pessoa
) -> None:
    pagina = request.getfixturevalue(largura)
    comum: dict[str, Any] = {"adesao_id": em_conferencia.pk, "motivo_id": None, "por": analista.ator, "agora": AGORA + DIA}
    acoes.marcar_pendencia(tarefa="oficio", campo="oficio_data", texto="Confira a data.", **comum)
    entrar(pagina, analista)
    pagina.goto(url("conferencia", em_conferencia) + "?peca=oficio")
    pagina.get_by_role("button", name="Pendência em Município").click()
    pagina.get_by_label("O que a prefeitura lê").fill("Meio escri")
    _olhar(pagina, "emendas-linha-aberta")
    pagina.get_by_role("button", name="Devolver com 1 pendência").click()
    pagina.get_by_text("Nada foi devolvido ainda").wait_for()
    _olhar(pagina, "emendas-previa")
    assert Adesao.objects.get().estado == Estado.EM_CONFERENCIA
    assert em_conferencia.pendencias.count() == 2


@LARGURAS
def test_the_last_page_before_sending_shows_the_declarations(
    largura: str, request: pytest.FixtureRequest, devolvida: Adesao, requerente: Pessoa
) -> None:
    pagina = request.getfixturevalue(largura)
    adesoes.preencher(devolvida, por=requerente.ator, agora=AGORA + 2 * DIA, mudancas={"anexo1": {"r2_cpf": "161.803.398-05"}})
    adesoes.anexar(devolvida, por=requerente.ator, agora=AGORA + 2 * DIA)
    entrar(pagina, requerente)
    _olhar(pagina, "emendas-conferir", url("preencher", devolvida, "conferir"))
    pagina.get_by_role("heading", name="Declarações aceitas").wait_for()


@LARGURAS
def test_what_the_auditor_reads_of_the_gestors_pages(
    largura: str, request: pytest.FixtureRequest, em_conferencia: Adesao, gestor_prodesp: Pessoa, auditor: Pessoa
) -> None:
    from adesao.dados.motivos import carregar_motivos
    from tests.apoio import solicitacoes

    carregar_motivos()
    solicitacoes.catalogo()
    pagina = request.getfixturevalue(largura)
    entrar(pagina, auditor)
    for nome in ("saog:configuracoes", "saog:catalogo", "saog:sistemas", "adesao:motivos", "adesao:calendario", "contas:equipe"):
        _olhar(pagina, f"emendas-auditor-{nome.replace(':', '-')}", reverse(nome))
    _olhar(pagina, "emendas-fila", reverse("adesao:fila"))
    _olhar(pagina, "emendas-verificar", reverse("verificar") + "?codigo=7F3K-O02M")
