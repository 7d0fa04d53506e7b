"""The browser of the tests: Debian's Chromium through Playwright, with axe and an observer of what the page must not do.

Mark such tests with ``navegador``; use ``pagina`` (1280 px) or ``pagina_390``. Both fail at the end of the test if the page broke its
Content-Security-Policy, threw in JavaScript, or reached for another host.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.apoio.ambiente import CI

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

    from tests.apoio.elenco import Pessoa

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
ARGUMENTOS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
CONTEXTO = {"locale": "pt-BR", "timezone_id": "America/Sao_Paulo"}
REGRAS_DO_AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Observador:
    """What a page did that it must not: filled while the test runs, judged at its end."""

    csp: list[str] = field(default_factory=list)
    erros: list[str] = field(default_factory=list)
    de_fora: list[str] = field(default_factory=list)

    def vigiar(self, pagina: Page) -> None:
        """Start listening to this page."""
        pagina.on("console", self._console)
        pagina.on("pageerror", lambda erro: self.erros.append(f"{pagina.url}: {erro}"))
        pagina.on("request", self._pedido)

    def _console(self, mensagem: ConsoleMessage) -> None:
        if "Content Security Policy" in mensagem.text:
            self.csp.append(f"{mensagem.location.get('url', '')}: {mensagem.text}")

    def _pedido(self, pedido: Request) -> None:
        partes = urlsplit(pedido.url)
        if partes.scheme in {"http", "https", "ws", "wss"} and partes.hostname not in {"localhost", "127.0.0.1"}:
            self.de_fora.append(pedido.url)

    def conferir(self) -> None:
        """Assert that nothing forbidden happened, naming what did."""
        achados = {"violações da CSP": self.csp, "erros de JavaScript": self.erros, "pedidos a outros servidores": self.de_fora}
        texto = "\n".join(f"{titulo}:\n  " + "\n  ".join(itens) for titulo, itens in achados.items() if itens)
        assert not texto, texto


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are skipped, except on the check machine, where they fail."""
    if Path(CHROMIUM).exists() or CI:
        return
    falta = pytest.mark.skip(reason=f"sem navegador em {CHROMIUM}")
    for item in items:
        if item.get_closest_marker("navegador"):
            item.add_marker(falta)


def _pagina(browser: Browser, endereco: str, **opcoes: Any) -> Iterator[Page]:
    contexto = browser.new_context(**CONTEXTO, base_url=endereco, **opcoes)
    contexto.set_default_timeout(15_000)
    observador = Observador()
    contexto.on("page", observador.vigiar)
    pagina = contexto.new_page()
    pagina.observador, pagina.endereco = observador, endereco  # type: ignore[attr-defined]
    yield pagina
    contexto.close()
    observador.conferir()


@pytest.fixture(scope="session")
def fontes_da_tela() -> None:
    """The portal's own font, so that widths in tests are those of a real screen."""
    from django.core.management import call_command

    call_command("preparar_fontes", verbosity=0)


@pytest.fixture
def pagina(browser: Browser, live_server: Any, fontes_da_tela: None) -> Iterator[Page]:
    """A page of 1280 x 900 on the live server; relative addresses work."""
    yield from _pagina(browser, live_server.url, viewport={"width": 1280, "height": 900})


@pytest.fixture
def pagina_390(browser: Browser, live_server: Any, fontes_da_tela: None) -> Iterator[Page]:
    """A telephone's page, 390 x 844."""
    yield from _pagina(browser, live_server.url, viewport={"width": 390, "height": 844})


@pytest.fixture
def pagina_sem_js(browser: Browser, live_server: Any, fontes_da_tela: None) -> Iterator[Page]:
    """A page of 1280 px with JavaScript off."""
    yield from _pagina(browser, live_server.url, viewport={"width": 1280, "height": 900}, java_script_enabled=False)


def entrar(pagina: Page, pessoa: Pessoa) -> None:
    """Put the person's session in the page's browser, without going through the login form."""
    from django.conf import settings

    valor = pessoa.cliente.cookies[settings.SESSION_COOKIE_NAME].value
    pagina.context.clear_cookies()
    pagina.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": valor, "url": pagina.endereco}])  # type: ignore[attr-defined]


def assentar(pagina: Page) -> None:
    """Wait for the page a click led to: loaded, and no htmx request under way (half a second less than waiting for a silent network)."""
    pagina.wait_for_load_state("load")
    pagina.evaluate(
        "() => new Promise(pronta => {"
        "  const ver = () => document.querySelector('.htmx-request') ? setTimeout(ver, 50) : pronta();"
        "  ver();"
        "})"
    )


def sem_violacoes(pagina: Page, *, exceto: tuple[str, ...] = ()) -> None:
    """Assert that axe finds nothing on the page as it stands (WCAG 2.2 AA and good practice). ``exceto`` names rules left out."""
    from axe_playwright_python.sync_playwright import Axe

    pagina.wait_for_load_state("load")  # a click returns when the next page has begun: axe may then find a document without <html>
    opcoes: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": REGRAS_DO_AXE},
        "rules": {r: {"enabled": False} for r in exceto},
        "preload": False,  # only for rules about sound and the turning of a telephone, which are not run
        "resultTypes": ["violations"],  # no paths and texts of the thousands of places where all is well
    }
    violacoes = Axe().run(pagina, options={**opcoes, "selectors": False}).response["violations"]
    if violacoes:  # once more, with the selectors of where they are
        violacoes = Axe().run(pagina, options=opcoes).response["violations"] or violacoes
    linhas = [
        f"{v['impact']}: {v['id']}: {v['help']}\n" + "\n".join(f"    {json.dumps(n['target'])}  {n['html'][:140]}" for n in v["nodes"][:5])
        for v in violacoes
    ]
    assert not linhas, f"{pagina.url}: axe achou {len(linhas)} problema(s)\n" + "\n".join(linhas)


def sem_rolagem_lateral(pagina: Page) -> None:
    """Assert that the page does not scroll sideways at its present width."""
    pagina.wait_for_load_state("load")
    sobra = pagina.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sobra <= 0, f"{pagina.url}: a página passa {sobra} px da largura"


def fotografar(pagina: Page, nome: str) -> None:
    """With ``TELAS=/some/folder``, keep a picture of the page there, to be looked at: ``nome-1280.png``."""
    pasta = os.environ.get("TELAS", "")
    if pasta and pagina.viewport_size:
        pagina.screenshot(path=str(Path(pasta) / f"{nome}-{pagina.viewport_size['width']}.png"), full_page=True)
