"""How much one may ask: of the whole portal in a minute, of exports in an hour (B1.7, ASVS 2.4.1, settled question 14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from django.core.cache import cache
from django.test import Client

from contas import limites
from contas.limites import BLOCO, Contador
from tests.apoio.elenco import AGORA, Pessoa

INSTANTE = AGORA.timestamp()
LIMITE = 300


@pytest.fixture(autouse=True)
def _do_zero() -> Iterator[None]:
    """This process has counted nothing."""
    limites.do_portal.esquecer()
    yield
    limites.do_portal.esquecer()


@pytest.fixture
def limite_de_30(settings: Any) -> None:
    """30 requests a minute for a session, 60 for an address."""
    settings.PEDIDOS_POR_MINUTO_SESSAO, settings.PEDIDOS_POR_MINUTO_IP = 30, 60


def passam(contadores: list[Contador], vezes: int, *, agora: float = INSTANTE, limite: int = LIMITE) -> int:
    """How many of ``vezes`` requests, spread over the processes in turn, pass."""
    return sum(contadores[i % len(contadores)].passa("a", limite=limite, agora=agora) for i in range(vezes))


# --- The counter ----------------------------------------------------------------------------------------------------
def test_one_process_lets_exactly_the_limit_through():
    assert passam([Contador()], 1000) == LIMITE


@pytest.mark.parametrize("processos", [2, 4, 8])
def test_processes_share_the_limit_but_for_less_than_a_block_each(processos: int, cache_do_banco: None):
    assert LIMITE - BLOCO * processos < passam([Contador() for _ in range(processos)], 4000) <= LIMITE + (BLOCO - 1) * (processos - 1)


def test_without_the_shared_cache_each_process_would_give_the_whole_limit(monkeypatch: pytest.MonkeyPatch):
    """The control: the same run with a cache that never says that a block is taken."""
    monkeypatch.setattr(limites, "cache", SimpleNamespace(add=lambda *_: True))
    assert passam([Contador() for _ in range(4)], 4000) == 4 * LIMITE


def test_threads_of_one_process_lose_no_request():
    contador = Contador()
    with ThreadPoolExecutor(8) as fios:
        passaram = sum(fios.map(lambda _: contador.passa("a", limite=LIMITE, agora=INSTANTE), range(2000)))
    assert passaram == LIMITE


def test_the_next_minute_starts_again_and_the_old_one_is_forgotten():
    contador = Contador()
    assert passam([contador], 400) == LIMITE
    assert passam([contador], 400, agora=INSTANTE + 60) == LIMITE
    assert len(contador._contas) == 1


def test_keys_do_not_share_a_limit():
    contador = Contador()
    passam([contador], 400)
    assert contador.passa("b", limite=LIMITE, agora=INSTANTE)


def test_the_shared_cache_is_visited_once_in_a_block(cache_do_banco: None, monkeypatch: pytest.MonkeyPatch):
    contador, visitas = Contador(), []
    monkeypatch.setattr(limites, "cache", SimpleNamespace(add=lambda *a: (visitas.append(a), cache.add(*a))[1]))
    passam([contador], BLOCO - 1)
    assert visitas == []
    passam([contador], 1)
    assert len(visitas) == 1
    passam([contador], 4000)
    assert len(visitas) == LIMITE / BLOCO  # a refused flood costs the cache nothing


def test_without_a_cache_the_portal_goes_on_and_each_process_keeps_its_own_limit(monkeypatch: pytest.MonkeyPatch):
    def cair(*_: Any) -> bool:
        raise ConnectionError("recusada")

    monkeypatch.setattr(limites, "cache", SimpleNamespace(add=cair))
    with structlog.testing.capture_logs() as linhas:
        assert passam([Contador()], 1000) == LIMITE
    assert {linha["event"] for linha in linhas} == {"limite_sem_cache"}


def test_no_session_key_is_readable_in_the_cache():
    assert "abc" not in limites.resumo_da_chave("sessao", "abc")


# --- The whole portal -----------------------------------------------------------------------------------------------
def test_past_the_limit_a_session_reads_the_429_page_in_our_look(requerente: Pessoa, limite_de_30: None, relogio: Any):
    assert {requerente.cliente.get("/conta/").status_code for _ in range(30)} == {200}
    resposta = requerente.cliente.get("/conta/")
    assert resposta.status_code == 429
    assert resposta["Retry-After"] == "60"
    texto = resposta.content.decode()
    assert "Espere um minuto e tente de novo" in texto
    assert "portal/tema.css" in texto
    for cabecalho in ("Content-Security-Policy", "Permissions-Policy", "Cross-Origin-Embedder-Policy", "X-Frame-Options"):
        assert resposta.headers[cabecalho]
    assert resposta["Cache-Control"] == "no-store"


def test_who_waits_the_minute_goes_on(requerente: Pessoa, limite_de_30: None, relogio: Any):
    for _ in range(31):
        ultima = requerente.cliente.get("/conta/")
    assert ultima.status_code == 429
    relogio.shift(dt.timedelta(seconds=int(ultima["Retry-After"])))
    assert requerente.cliente.get("/conta/").status_code == 200


def test_somebody_elses_session_and_visitors_stay_free(requerente: Pessoa, analista: Pessoa, limite_de_30: None, relogio: Any):
    for _ in range(31):
        requerente.cliente.get("/conta/")
    assert requerente.cliente.get("/conta/").status_code == 429
    assert analista.cliente.get("/conta/").status_code == 200
    assert Client().get("/conta/entrar/").status_code == 200


def test_posts_and_addresses_that_do_not_exist_count_too(requerente: Pessoa, limite_de_30: None, relogio: Any):
    for i in range(15):
        requerente.cliente.post("/conta/trocar-vinculo/", {"orgao": "0"})
        requerente.cliente.get(f"/nada-{i}/")
    assert requerente.cliente.get("/conta/").status_code == 429


def test_visitors_are_counted_by_address_and_invented_cookies_do_not_help(db: None, limite_de_30: None, relogio: Any, settings: Any):
    vistos = []
    for i in range(61):
        cliente = Client(HTTP_X_FORWARDED_FOR=f"6.6.6.{i}")
        cliente.cookies[settings.SESSION_COOKIE_NAME] = f"{i:032}"
        vistos.append(cliente.get("/conta/entrar/").status_code)
    assert vistos == [200] * 60 + [429]
    assert Client(REMOTE_ADDR="198.51.100.7").get("/conta/entrar/").status_code == 200


def test_who_entered_does_not_pay_for_the_visitors_of_the_same_address(requerente: Pessoa, limite_de_30: None, relogio: Any):
    for _ in range(61):
        ultima = Client().get("/ajuda/")
    assert ultima.status_code == 429
    assert requerente.cliente.get("/conta/").status_code == 200


@pytest.mark.parametrize("caminho", ["/saude", "/pronto"])
def test_the_health_checks_are_outside(caminho: str, db: None, limite_de_30: None, relogio: Any):
    assert 429 not in {Client().get(caminho).status_code for _ in range(70)}
    assert Client().get("/ajuda/").status_code == 200


def test_an_autosave_past_the_limit_is_told_in_json_and_htmx_in_a_notice(requerente: Pessoa, limite_de_30: None, relogio: Any):
    for _ in range(30):
        requerente.cliente.get("/conta/")
    resposta = requerente.cliente.post("/conta/trocar-vinculo/", HTTP_ACCEPT="application/json")
    assert (resposta.status_code, resposta.json()["erro"]) == (429, True)
    resposta = requerente.cliente.get("/conta/", HTTP_HX_REQUEST="true")
    assert resposta.status_code == 429
    assert resposta.content.decode().strip().startswith('<div class="ig-aviso')


def test_the_refusal_is_one_log_line_without_the_session(requerente: Pessoa, limite_de_30: None, relogio: Any):
    for _ in range(30):
        requerente.cliente.get("/conta/")
    with structlog.testing.capture_logs() as linhas:
        requerente.cliente.get("/conta/")
    (linha,) = [linha for linha in linhas if linha["event"] == "limite_do_portal"]
    assert linha["usuario"] == requerente.usuario.pk
    assert requerente.cliente.session.session_key not in str(linha)


def test_production_and_the_demonstration_have_the_numbers_of_the_rule(tmp_path: Any):
    import json

    from scripts.testar import PRODUCAO_DE_TESTE
    from tests.infra.test_configuracoes import rodar

    codigo = "import json; from django.conf import settings as s; print(json.dumps([s.PEDIDOS_POR_MINUTO_SESSAO, s.PEDIDOS_POR_MINUTO_IP]))"
    for ambiente in (PRODUCAO_DE_TESTE, {"MODO": "demonstracao"}):
        assert json.loads(rodar(codigo, **ambiente, VAR_DIR=str(tmp_path)).stdout) == [300, 600]  # B1.7


# --- Exports --------------------------------------------------------------------------------------------------------
def test_the_queue_is_exported_ten_times_an_hour_per_person(analista: Pessoa, analista_2: Pessoa, relogio: Any):
    with structlog.testing.capture_logs() as linhas:
        respostas = [analista.cliente.get("/fila/csv/") for _ in range(11)]
    assert [r.status_code for r in respostas] == [200] * 10 + [429]
    assert "baixou a fila 10 vezes" in respostas[-1].content.decode()
    assert respostas[-1]["Retry-After"] == "3600"
    assert [linha["event"] for linha in linhas].count("fila_exportada") == 10
    assert analista_2.cliente.get("/fila/csv/").status_code == 200
    assert analista.cliente.get("/fila/").status_code == 200
    for _ in range(3):
        relogio.shift(dt.timedelta(minutes=20, seconds=1))
        analista.cliente.get("/conta/")  # the session stays alive
    assert analista.cliente.get("/fila/csv/").status_code == 200


def test_an_export_that_is_refused_for_the_role_does_not_count(requerente: Pessoa, relogio: Any):
    assert {requerente.cliente.get("/fila/csv/").status_code for _ in range(12)} == {403}


def test_an_unknown_limit_is_noticed_when_the_view_is_written():
    with pytest.raises(KeyError):
        limites.limitada("nao_existe", texto="x")
