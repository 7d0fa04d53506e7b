"""The whole path in a real browser: from "Quero aderir" to two responsáveis with access; a refusal; and once without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adesao.models import Adesao
from contas.models import Usuario
from documentos.models import Documento
from tests.apoio import adesoes
from tests.apoio.navegador import entrar, sem_rolagem_lateral, sem_violacoes

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
SENHA = "quatro cavalos e um grampo"


def _preencher(pagina: Page, dados: dict[str, str]) -> None:
    """Type every field of the page that ``dados`` names; boxes and radios by their value."""
    for nome, valor in dados.items():
        campo = pagina.locator(f'main [name="{nome}"]')
        tipo = campo.first.get_attribute("type")
        if tipo == "radio":
            pagina.locator(f'main [name="{nome}"][value="{valor}"]').check()
        elif tipo == "checkbox":
            campo.check()
        else:
            campo.fill(valor)


def _botao(pagina: Page, nome: str) -> None:
    pagina.get_by_role("button", name=nome).last.click()
    pagina.wait_for_load_state()


def _titulo(pagina: Page) -> str:
    return pagina.locator("h1").inner_text()


def _preencher_tarefas(pagina: Page, municipio: str, *, conferir_axe: bool = True) -> None:
    """From the task list through every form to the papers."""
    dados = adesoes.rascunho(municipio)
    pagina.get_by_role("link", name=re.compile("Prefeitura e representante legal")).click()
    for tarefa in ("prefeitura", "oficio", "anexo1", "anexo2", "timbre"):
        pagina.wait_for_load_state()
        if tarefa == "anexo2":
            while not pagina.locator('[name="aplicacao_2_nome"]').count():
                _botao(pagina, "Incluir outra aplicação")
        if conferir_axe:
            sem_violacoes(pagina)
        _preencher(pagina, dados[tarefa])
        _botao(pagina, "Salvar e continuar")


def _assinar_e_enviar_copias(pagina: Page, pasta: Path) -> None:
    """Download each paper as a person would, and send back a signed scan that carries the paper's own code."""
    _botao(pagina, "Gerar os PDFs para assinar")
    for ligacao in pagina.get_by_role("link", name=re.compile("para assinar")).all():
        with pagina.expect_download() as baixado:
            ligacao.click()
        assert Path(baixado.value.path()).read_bytes().startswith(b"%PDF-1.7")
    for peca in ("oficio", "anexo1", "anexo2"):
        codigo = Documento.objects.filter(especie=peca, origem="gerado").latest("criado_em").codigo
        arquivo = pasta / f"{peca} assinado.pdf"
        arquivo.write_bytes(adesoes.pdf_assinado(f"{peca} {codigo}"))
        pagina.set_input_files(f"#id_{peca}", arquivo)
        pagina.locator(f"form:has(#id_{peca})").get_by_role("button", name="Enviar").click()
        pagina.wait_for_load_state()
    assert pagina.get_by_text("Recebido", exact=True).count() == 3


def _declarar_e_enviar(pagina: Page) -> None:
    pagina.get_by_role("link", name="Continuar").click()
    _preencher(pagina, adesoes.declaracoes_marcadas())
    sem_violacoes(pagina)
    _botao(pagina, "Salvar e continuar")
    assert _titulo(pagina) == "Conferir e enviar"
    _botao(pagina, "Enviar à PRODESP")


def _sair(pagina: Page) -> None:
    pagina.context.clear_cookies()


@pytest.fixture
def cidade(municipios: Any) -> str:
    """The city of the journey, without any account."""
    return "Cunha"


def _criar_conta(pagina: Page, correio: Any, cidade: str) -> str:
    pagina.goto("/")
    sem_violacoes(pagina)
    pagina.get_by_role("link", name="Quero aderir").click()
    sem_violacoes(pagina)
    pagina.get_by_role("link", name=re.compile("conta", re.IGNORECASE)).first.click()
    email = "paula@cunha.sp.gov.br"
    _preencher(
        pagina,
        {"municipio": cidade.upper(), "nome": "Paula Andrade", "cpf": "390.533.447-05", "email": email, "cargo": "Chefe de gabinete"},
    )
    _preencher(pagina, {"senha": SENHA, "senha2": SENHA, "ciente": "on"})
    sem_violacoes(pagina)
    _botao(pagina, "Criar conta")
    pagina.goto(correio.endereco(email, contendo="confirmar"))
    pagina.locator("main form button").first.click()
    pagina.wait_for_load_state()
    return email


def _entrar_pela_porta(pagina: Page, email: str, senha: str = SENHA) -> None:
    pagina.goto("/conta/entrar/")
    pagina.get_by_label("E-mail").fill(email)
    pagina.get_by_label("Senha", exact=True).fill(senha)
    pagina.get_by_role("button", name="Entrar", exact=True).click()
    pagina.wait_for_load_state()


def test_from_quero_aderir_to_two_people_with_access(
    pagina: Page, correio: Any, fila_na_hora: Any, cidade: str, analista: Any, aprovador: Any, tmp_path: Path
) -> None:
    """Sign up → fill → PDFs → signed copies → send → returned with two pendências → correct → send → forward → approve → both enter."""
    email = _criar_conta(pagina, correio, cidade)
    if "/adesoes/" not in pagina.url:
        _entrar_pela_porta(pagina, email)
    pagina.goto("/adesoes/")
    _botao(pagina, "Começar a adesão")
    painel = pagina.url
    sem_violacoes(pagina)
    _preencher_tarefas(pagina, cidade)
    _assinar_e_enviar_copias(pagina, tmp_path)
    sem_violacoes(pagina)
    _declarar_e_enviar(pagina)
    assert _titulo(pagina) == "Adesão enviada"
    sem_violacoes(pagina)
    adesao = Adesao.objects.get()
    assert adesao.numero in pagina.locator("main").inner_text()
    assert correio.ultima(email).assunto_tipo == "adesao_enviada"

    # PRODESP returns it with two pendências
    _sair(pagina)
    entrar(pagina, analista)
    pagina.goto("/fila/")
    pagina.get_by_role("button", name=re.compile("Assumir")).click()
    pagina.wait_for_load_state()
    for endereco, texto in (("anexo1.r2_cpf", "O CPF é de outra pessoa."), ("assinados.anexo1", "A assinatura está cortada.")):
        pagina.goto(f"/fila/{adesao.slug}/?peca=anexo1&marcar={endereco}")
        pagina.locator("main textarea").fill(texto)
        _botao(pagina, "Marcar pendência")
    sem_violacoes(pagina)
    _botao(pagina, "Devolver com 2 pendências")
    assert Adesao.objects.get().estado == "DEVOLVIDA"

    # The prefeitura corrects only that
    _sair(pagina)
    _entrar_pela_porta(pagina, email)
    pagina.goto(painel)
    assert pagina.get_by_text("A PRODESP escreveu").count() == 2
    sem_violacoes(pagina)
    pagina.get_by_role("link", name=re.compile("Corrigir")).first.click()
    pagina.locator('[name="r2_cpf"]').fill("161.803.398-05")
    _botao(pagina, "Salvar e continuar")
    pagina.get_by_role("link", name="Documentos assinados", exact=True).click()
    _botao(pagina, "Gerar o que mudou")
    codigo = Documento.objects.filter(especie="anexo1", origem="gerado").latest("criado_em").codigo
    arquivo = tmp_path / "anexo1 novo.pdf"
    arquivo.write_bytes(adesoes.pdf_assinado(f"Anexo I {codigo}"))
    pagina.set_input_files("#id_anexo1", arquivo)
    pagina.locator("form:has(#id_anexo1)").get_by_role("button", name="Enviar").click()
    pagina.wait_for_load_state()
    pagina.goto(painel)
    pagina.get_by_role("link", name=re.compile("Conferir e enviar")).first.click()
    _botao(pagina, "Enviar de novo à PRODESP")
    assert _titulo(pagina) == "Correções enviadas"

    # PRODESP sees what changed and forwards
    _sair(pagina)
    entrar(pagina, analista)
    pagina.goto(f"/fila/{adesao.slug}/")
    _botao(pagina, "Assumir a conferência")
    pagina.goto(f"/fila/{adesao.slug}/mudancas/")
    texto = pagina.locator("main").inner_text()
    assert "271.828.182-05" in texto
    assert "161.803.398-05" in texto
    sem_violacoes(pagina)
    for peca in ("oficio", "anexo1", "anexo2"):
        pagina.goto(f"/fila/{adesao.slug}/?peca={peca}")
        _botao(pagina, "conferido por inteiro")
    pagina.get_by_role("link", name="Encaminhar para aprovação").click()
    pagina.locator("main textarea").fill("Documentos conferidos e de acordo.")
    _botao(pagina, "Encaminhar")
    assert Adesao.objects.get().estado == "ENCAMINHADA"

    # The Secretaria approves
    _sair(pagina)
    entrar(pagina, aprovador)
    pagina.goto("/aprovacao/")
    pagina.get_by_role("link", name=re.compile("Ver o dossiê")).click()
    sem_violacoes(pagina)
    with pagina.expect_download() as baixado:
        pagina.get_by_role("link", name=re.compile("um só PDF")).click()
    assert Path(baixado.value.path()).read_bytes().startswith(b"%PDF-")
    pagina.get_by_role("link", name="Aprovar a adesão").click()
    _botao(pagina, "Confirmar a aprovação")
    assert Adesao.objects.get().estado == "APROVADA"

    # Both responsáveis activate and enter
    for endereco in ("clara.goncalves@cunha.sp.gov.br", "mario.ferreira@cunha.sp.gov.br"):
        _sair(pagina)
        pagina.goto(correio.endereco(endereco, contendo="ativar"))
        sem_violacoes(pagina)
        _preencher(pagina, {"senha": SENHA, "senha2": SENHA})
        _botao(pagina, "Criar a senha")
        _entrar_pela_porta(pagina, endereco)
        pagina.goto("/adesoes/")
        assert "em vigor desde" in pagina.locator("main").inner_text()
        sem_violacoes(pagina)
    assert Usuario.objects.filter(vinculos__papel="responsavel").count() == 2


def test_the_secretaria_refuses_with_a_reason(pagina: Page, requerente: Any, analista: Any, aprovador: Any) -> None:
    """The prefeitura reads the reason and may begin again (ADS-04, ADS-10)."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    adesoes.encaminhada(adesoes.assumida(adesao, por=analista.ator), por=analista.ator)
    entrar(pagina, aprovador)
    pagina.goto(f"/aprovacao/{adesao.slug}/")
    pagina.get_by_role("link", name="Recusar e dizer o motivo").click()
    _botao(pagina, "Recusar")
    assert pagina.locator("[data-erros]").is_visible()
    sem_violacoes(pagina)
    pagina.locator("main textarea").fill("O Termo não cobre este pedido.")
    _botao(pagina, "Recusar")
    entrar(pagina, requerente)
    pagina.goto(f"/adesoes/{adesao.slug}/")
    assert "O Termo não cobre este pedido." in pagina.locator("main").inner_text()
    sem_violacoes(pagina)
    _botao(pagina, "Começar outra adesão")
    assert Adesao.objects.filter(estado="RASCUNHO").count() == 1


def test_without_javascript_the_prefeitura_still_gets_there(
    pagina_sem_js: Page, requerente: Any, fila_na_hora: Any, tmp_path: Path
) -> None:
    """Rows, files, papers and sending with plain forms."""
    pagina = pagina_sem_js
    entrar(pagina, requerente)
    pagina.goto("/adesoes/")
    _botao(pagina, "Começar a adesão")
    _preencher_tarefas(pagina, "Bofete", conferir_axe=False)
    _assinar_e_enviar_copias(pagina, tmp_path)
    _declarar_sem_axe(pagina)
    assert _titulo(pagina) == "Adesão enviada"
    assert Adesao.objects.get().estado == "ENVIADA"


def _declarar_sem_axe(pagina: Page) -> None:
    pagina.get_by_role("link", name="Continuar").click()
    _preencher(pagina, adesoes.declaracoes_marcadas())
    _botao(pagina, "Salvar e continuar")
    _botao(pagina, "Enviar à PRODESP")


def test_what_is_typed_is_saved_while_typing(pagina: Page, requerente: Any) -> None:
    """The draft line says when; another visit finds the text, nothing pressed."""
    entrar(pagina, requerente)
    pagina.goto("/adesoes/")
    _botao(pagina, "Começar a adesão")
    pagina.get_by_role("link", name="Ofício").click()
    pagina.locator('[name="oficio_numero"]').fill("214/2026")
    pagina.get_by_text(re.compile("Rascunho salvo às")).wait_for()
    sem_violacoes(pagina)
    pagina.reload()
    assert pagina.locator('[name="oficio_numero"]').input_value() == "214/2026"


def test_an_expired_login_loses_no_text(pagina: Page, requerente: Any) -> None:
    """The session ends while typing: the page says so; after entering again in another tab the text is saved."""
    entrar(pagina, requerente)
    pagina.goto("/adesoes/")
    _botao(pagina, "Começar a adesão")
    pagina.get_by_role("link", name="Ofício").click()
    pagina.context.clear_cookies()
    pagina.locator('[name="oficio_numero"]').fill("777/2026")
    pagina.get_by_text("Sua sessão terminou").wait_for()
    entrar(pagina, requerente)
    pagina.get_by_text(re.compile("Rascunho salvo às")).wait_for(timeout=20_000)
    assert Adesao.objects.get().rascunhos.get(tarefa="oficio").dados["oficio_numero"] == "777/2026"


@pytest.mark.parametrize("tarefa", ["prefeitura", "oficio", "anexo1", "anexo2", "timbre", "assinados", "declaracoes", "conferir"])
def test_every_task_fits_a_telephone(pagina_390: Page, requerente: Any, tarefa: str) -> None:
    """390 px: no sideways scroll, axe finds nothing, with and without errors."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    entrar(pagina_390, requerente)
    for sufixo in (f"preencher/{tarefa}/", f"preencher/{tarefa}/?erros=1", ""):
        pagina_390.goto(f"/adesoes/{adesao.slug}/{sufixo}")
        sem_rolagem_lateral(pagina_390)
        sem_violacoes(pagina_390)
