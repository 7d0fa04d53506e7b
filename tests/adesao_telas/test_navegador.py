"""Every page of PRODESP, of the approver and of the auditor in a real browser: axe finds nothing, nothing scrolls sideways, acts work.

``TELAS=/some/folder`` keeps a picture of each page, to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adesao import acoes
from adesao.dados.motivos import carregar_motivos
from adesao.estados import Estado
from adesao.models import Adesao, MotivoPadrao
from tests.apoio import adesoes
from tests.apoio.elenco import Pessoa
from tests.apoio.navegador import assentar, entrar, fotografar, sem_rolagem_lateral, sem_violacoes

from .conftest import url

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cena(corrigida: Adesao, outra_encaminhada: Adesao, analista: Pessoa, muitas: Callable[[int], None]) -> tuple[Adesao, Adesao]:
    """Bofete in its second conferência with two pendências marked; Cunha forwarded; a full queue; the standard reasons."""
    carregar_motivos()
    adesoes.desenhar_paginas(corrigida)
    adesoes.desenhar_paginas(outra_encaminhada)
    motivo = MotivoPadrao.objects.get(titulo="E-mail não é da pessoa")
    comum: dict[str, Any] = {"adesao_id": corrigida.pk, "por": analista.ator, "agora": corrigida.desde}
    acoes.marcar_pendencia(tarefa="anexo1", campo="r1_email", motivo_id=motivo.pk, texto="", **comum)
    acoes.marcar_pendencia(tarefa="assinados", campo="anexo1", motivo_id=None, texto="A assinatura está cortada.", **comum)
    acoes.conferir_item(peca="oficio", itens=["timbre", "completo", "igual", "assinatura"], **comum)
    acoes.conferir_item(peca="anexo2", itens=["timbre"], **comum)
    muitas(14)
    return corrigida, outra_encaminhada


def _olhar(pagina: Any, nome: str, endereco: str) -> None:
    resposta = pagina.goto(endereco)
    assert resposta.status == 200, f"{nome}: {resposta.status}"
    assentar(pagina)
    fotografar(pagina, nome)
    sem_rolagem_lateral(pagina)
    sem_violacoes(pagina)


def _paginas(cena: tuple[Adesao, Adesao]) -> dict[str, list[tuple[str, str]]]:
    bofete, cunha = cena
    mesa = url("conferencia", bofete)
    motivo = MotivoPadrao.objects.get(titulo="Falta página")
    return {
        "analista": [
            ("fila", url("fila")),
            ("fila-vazia", url("fila") + "?busca=xyz&situacao=CORRIGIDA"),
            ("conferencia-anexo1", mesa + "?peca=anexo1"),
            ("conferencia-oficio", mesa + "?peca=oficio"),
            ("conferencia-declaracoes", mesa + "?peca=declaracoes"),
            ("conferencia-marcar", mesa + "?peca=anexo1&marcar=anexo1.r2_nome"),
            ("conferencia-alheia", url("conferencia", cunha)),
            ("mudancas", url("mudancas", bofete)),
            ("previa", url("previa", bofete)),
            ("passar", url("passar", bofete)),
        ],
        "gestor_prodesp": [("motivos", url("motivos")), ("motivo", f"/motivos/{motivo.pk}/"), ("motivo-novo", url("motivo_novo"))],
        "aprovador": [
            ("aprovacao", url("aprovacao")),
            ("varias", url("aprovar_varias") + f"?adesao={cunha.slug}"),
            ("dossie", url("dossie", cunha)),
            ("dossie-confirmar", url("dossie", cunha) + "?aprovar=1"),
            ("recusar", url("recusar", cunha)),
            ("perguntar", url("perguntar", cunha)),
            ("decididas", url("decididas")),
        ],
        "auditor": [("processos", url("processos")), ("trilha", url("trilha")), ("conferencia-auditor", mesa)],
    }


@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_every_page_is_accessible(
    largura: str, request: pytest.FixtureRequest, cena: tuple[Adesao, Adesao], gestor_prodesp: Pessoa, aprovador: Pessoa, auditor: Pessoa
) -> None:
    pagina = request.getfixturevalue(largura)
    for quem, enderecos in _paginas(cena).items():
        entrar(pagina, request.getfixturevalue(quem))
        for nome, endereco in enderecos:
            _olhar(pagina, nome, endereco)


def test_a_pendencia_is_marked_in_place_and_the_process_returned(pagina: Any, analista: Pessoa, em_conferencia: Adesao) -> None:
    carregar_motivos()
    adesoes.desenhar_paginas(em_conferencia)
    entrar(pagina, analista)
    pagina.goto(url("conferencia", em_conferencia) + "?peca=anexo1")
    pagina.get_by_role("link", name="Próxima").click()
    pagina.get_by_alt_text("Anexo I assinado, página 2 de 2").wait_for()
    linha = pagina.locator("#linha-anexo1-r2_cpf")
    linha.get_by_role("button", name="Pendência").click()
    linha.get_by_label("Motivo").select_option(label="CPF não confere com o nome")
    assert "peca=anexo1" in pagina.url, "htmx opens the row without leaving the page"
    assert linha.get_by_label("Motivo").evaluate("el => el === document.activeElement")
    linha.get_by_role("button", name="Marcar pendência").click()
    pagina.get_by_role("link", name="Ver o que a prefeitura lerá").click()
    pagina.get_by_text("CPF do 2º responsável: CPF não confere com o nome.").wait_for()
    pagina.get_by_role("button", name="Devolver com 1 pendência").click()
    pagina.get_by_role("button", name="Desfazer a devolução").wait_for()
    assert Adesao.objects.get(pk=em_conferencia.pk).estado == Estado.DEVOLVIDA


def test_two_rows_open_at_once_keep_their_texts_and_ticks(pagina: Any, analista: Pessoa, em_conferencia: Adesao) -> None:
    """Marking one row swaps only that row; every id is on the page once; the focus stays beside what was marked."""
    adesoes.desenhar_paginas(em_conferencia)
    entrar(pagina, analista)
    pagina.goto(url("conferencia", em_conferencia) + "?peca=anexo1")
    cpf, nome = pagina.locator("#linha-anexo1-r2_cpf"), pagina.locator("#linha-anexo1-r2_nome")
    for linha in (cpf, nome):
        linha.get_by_role("button", name="Pendência").click()
        linha.get_by_label("O que a prefeitura lê").wait_for()
    repetidos = (
        "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.filter((x, i) => ids.indexOf(x) !== i); }"
    )
    assert pagina.evaluate(repetidos) == []
    cpf.get_by_label("O que a prefeitura lê").fill("Confira o CPF.")
    nome.get_by_label("O que a prefeitura lê").fill("Nome incompleto, ainda pensando")
    pagina.get_by_label("Está em papel timbrado da prefeitura").check()
    sem_violacoes(pagina)
    cpf.get_by_role("button", name="Marcar pendência").click()
    cpf.get_by_text("Confira o CPF.").wait_for()
    assert cpf.evaluate("el => el.contains(document.activeElement)")
    assert nome.get_by_label("O que a prefeitura lê").input_value() == "Nome incompleto, ainda pensando"
    assert pagina.get_by_label("Está em papel timbrado da prefeitura").is_checked()
    pagina.get_by_role("button", name="Devolver com 1 pendência").wait_for()
    pagina.get_by_role("button", name="Salvar a conferência").locator("visible=true").click()
    pagina.get_by_text("Conferência salva: 1 de 5 itens").wait_for()
    assert nome.get_by_label("O que a prefeitura lê").input_value() == "Nome incompleto, ainda pensando"
    nome.get_by_label("O que a prefeitura lê").fill(" ")
    nome.get_by_role("button", name="Marcar pendência").click()
    nome.get_by_text("Escolha um motivo ou escreva").wait_for()
    sem_violacoes(pagina)


def test_the_whole_conferencia_without_javascript(pagina_sem_js: Any, analista: Pessoa, enviada: Adesao) -> None:
    pagina = pagina_sem_js
    entrar(pagina, analista)
    pagina.goto(url("fila"))
    pagina.get_by_role("button", name="Assumir Bofete").click()
    for peca, curto in (("oficio", "Ofício"), ("anexo1", "Anexo I"), ("anexo2", "Anexo II")):
        pagina.goto(url("conferencia", enviada) + f"?peca={peca}")
        pagina.get_by_role("button", name=f"{curto} conferido por inteiro").click()
    linha = pagina.locator("#linha-anexo2-tecnico_nome")
    linha.get_by_role("button", name="Pendência").click()
    pagina.get_by_label("O que a prefeitura lê").fill("Quem é?")
    pagina.get_by_role("button", name="Marcar pendência").click()
    pagina.locator("#linha-anexo2-tecnico_nome").get_by_role("button", name="Retirar").click()
    pagina.get_by_role("link", name="Encaminhar para aprovação").click()
    pagina.get_by_role("button", name="Encaminhar para aprovação").click()
    pagina.get_by_text("foi encaminhada para aprovação").wait_for()
    assert Adesao.objects.get(pk=enviada.pk).estado == Estado.ENCAMINHADA


def test_the_approver_approves_two_with_one_confirmation(
    pagina: Any, aprovador: Pessoa, encaminhada: Adesao, outra_encaminhada: Adesao
) -> None:
    entrar(pagina, aprovador)
    pagina.goto(url("aprovacao"))
    for nome in ("Bofete", "Cunha"):
        pagina.get_by_label(f"Escolher {nome}").check()
    pagina.get_by_role("button", name="Aprovar as marcadas").click()
    pagina.get_by_role("button", name="Aprovar 2 adesões").click()
    pagina.get_by_text("2 adesões aprovadas.").wait_for()
    assert set(Adesao.objects.values_list("estado", flat=True)) == {Estado.APROVADA}
    sem_violacoes(pagina)
