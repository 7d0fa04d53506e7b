"""The door of the API: tokens, scopes, limits, repeats, and what is refused before anything is read."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from contas import limites
from contas.segredos import resumo
from nucleo.erros import RegraViolada, SemPermissao
from saog.acoes import integracao
from saog.models import ChaveDeIdempotencia, HistoricoSistema, SistemaDaOperadora, TokenDeSistema
from tests.apoio.elenco import AGORA, Pessoa
from tests.saog.conftest import Atores

from .conftest import RAIZ, Ordens, Sistema, token_com

pytestmark = pytest.mark.django_db


# --- Tokens -----------------------------------------------------------------------------------------------------------------
def test_only_the_digest_of_a_token_is_kept(linha: SistemaDaOperadora, atores: Atores):
    texto = token_com(linha, atores, "ler")
    guardado = TokenDeSistema.objects.get()
    assert (guardado.sha256, guardado.comeco) == (resumo(texto), texto[:9])
    assert len(texto) >= 48  # 256 bits and what it begins with
    assert texto not in str(list(TokenDeSistema.objects.values())) + str(list(HistoricoSistema.objects.values()))


@pytest.mark.parametrize(
    "cabecalho", ["", "Bearer", "Bearer ", "Bearer igop_errado", "Basic igop_x", "Bearer " + "igop_" + "x" * 5000, "Bearer \xe9"]
)
def test_without_a_valid_token_nothing_is_read(cabecalho: str, sistema: Sistema):
    resposta = Client().get(f"{RAIZ}/serviceOrder", headers={"Authorization": cabecalho} if cabecalho else {})
    assert (resposta.status_code, resposta["Content-Type"]) == (401, "application/problem+json")
    assert resposta["WWW-Authenticate"].startswith("Bearer")
    assert resposta.json()["title"] == "Falta um token válido"


def test_a_session_opens_nothing_and_no_cookie_is_given(operadora: Pessoa, gestor_prodesp: Pessoa, sistema: Sistema):
    for pessoa in (operadora, gestor_prodesp):
        resposta = pessoa.cliente.get(f"{RAIZ}/serviceOrder")
        assert resposta.status_code == 401
        assert not resposta.cookies
    assert not sistema.ler("/serviceOrder").cookies


def test_a_token_does_what_its_scopes_say_and_no_more(linha: SistemaDaOperadora, atores: Atores, ordens: Ordens, relogio: Any):
    ss = ordens.em("EMITIDA")
    pedidos = {
        "ler": lambda s: s.ler("/serviceOrder"),
        "atender": lambda s: s.mudar(ss, {"note": [{"text": "Oi."}]}),
        "hub": lambda s: s.apagar("/hub/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
    }
    for escopo in pedidos:
        so_um = Sistema(token_com(linha, atores, escopo))
        for pedido, fazer in pedidos.items():
            esperado = 403 if pedido != escopo else 404 if escopo == "hub" else 200
            assert fazer(so_um).status_code == esperado, (escopo, pedido)


def test_a_token_ends_by_its_date_by_revocation_and_with_its_system(linha: SistemaDaOperadora, atores: Atores, relogio: Any):
    curto, revogado, do_sistema = (Sistema(token_com(linha, atores, "ler", dias=d)) for d in (30, 365, 365))
    relogio.move_to(AGORA + dt.timedelta(days=30, seconds=-1))
    assert curto.ler("/serviceOrder").status_code == 200
    relogio.move_to(AGORA + dt.timedelta(days=30))
    assert curto.ler("/serviceOrder").status_code == 401
    integracao.revogar_token(token_id=TokenDeSistema.objects.get(sha256=resumo(revogado.token)).pk, por=atores.gestor, agora=AGORA)
    assert revogado.ler("/serviceOrder").status_code == 401
    assert do_sistema.ler("/serviceOrder").status_code == 200
    integracao.desligar_sistema(sistema_id=linha.pk, por=atores.gestor, agora=AGORA)
    assert do_sistema.ler("/serviceOrder").status_code == 401
    assert [h.transicao for h in linha.historico.order_by("pk")][-2:] == ["revogar_token", "desligar"]


def test_the_last_use_is_written_once_a_minute(sistema: Sistema, relogio: Any):
    vistos = []
    for segundos in (0, 30, 59, 60):
        relogio.move_to(AGORA + dt.timedelta(seconds=segundos))
        sistema.ler("/serviceOrder")
        vistos.append((TokenDeSistema.objects.get().ultimo_uso_em - AGORA).total_seconds())
    assert vistos == [0, 0, 0, 60]
    assert TokenDeSistema.objects.get().ultimo_ip == "127.0.0.1"


def test_the_account_of_a_system_cannot_enter_and_has_no_role_on_the_screens(linha: SistemaDaOperadora):
    conta = linha.usuario
    assert (conta.is_active, conta.has_usable_password(), conta.vinculos.count()) == (False, False, 0)
    assert conta.email.endswith(".invalid")


def test_past_the_limit_the_answer_is_429_and_another_token_goes_on(linha: SistemaDaOperadora, atores: Atores, relogio: Any, settings: Any):
    settings.PEDIDOS_POR_MINUTO_TOKEN, settings.PEDIDOS_POR_MINUTO_IP = 25, 25
    limites.do_portal.esquecer()
    um, outro = (Sistema(token_com(linha, atores, "ler")) for _ in range(2))
    assert {um.ler("/serviceOrder").status_code for _ in range(25)} == {200}
    resposta = um.ler("/serviceOrder")
    assert (resposta.status_code, resposta["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(resposta["Retry-After"]) <= 60
    assert outro.ler("/serviceOrder").status_code == 200
    for caminho in ("openapi.json", "nada"):
        assert [Client().get(f"{RAIZ}/{caminho}").status_code for _ in range(26)][-1] == 429
        relogio.shift(60)
    errado = Sistema("igop_errado")
    assert [errado.ler("/serviceOrder").status_code for _ in range(26)] == [401] * 25 + [429]
    relogio.shift(60)
    assert um.ler("/serviceOrder").status_code == 200


@pytest.mark.parametrize("quem", ["analista", "operadora", "ana"])
def test_only_the_gestor_registers_and_creates(quem: str, linha: SistemaDaOperadora, atores: Atores):
    por = getattr(atores, quem)
    for ato in (
        lambda: integracao.registrar_sistema(nome="Outro", contato="a@b.example", por=por, agora=AGORA),
        lambda: integracao.criar_token(sistema_id=linha.pk, nome="x", escopos=["ler"], dias=30, por=por, agora=AGORA),
        lambda: integracao.permitir_endereco(sistema_id=linha.pk, url="https://a.example/", por=por, agora=AGORA),
        lambda: integracao.desligar_sistema(sistema_id=linha.pk, por=por, agora=AGORA),
    ):
        with pytest.raises(SemPermissao):
            ato()


def test_what_the_gestor_gets_wrong_is_said_beside_the_field(linha: SistemaDaOperadora, atores: Atores):
    def token(**mudancas: Any) -> Any:
        base: dict[str, Any] = {"nome": "x", "escopos": ["ler"], "dias": 30}
        return integracao.criar_token(sistema_id=linha.pk, **(base | mudancas), por=atores.gestor, agora=AGORA)

    for campo, fazer in (
        ("nome", lambda: integracao.registrar_sistema(nome="CAMPO", contato="a@b.example", por=atores.gestor, agora=AGORA)),
        ("nome", lambda: token(nome=" ")),
        ("escopos", lambda: token(escopos=[])),
        ("escopos", lambda: token(escopos=["ler", "tudo"])),
        ("dias", lambda: token(dias=10_000)),
    ):
        with pytest.raises(RegraViolada) as recusa:
            fazer()
        assert recusa.value.campo == campo
    for _ in range(10):
        token()
    with pytest.raises(RegraViolada, match="até 10 tokens"):
        token()


# --- Bodies -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("corpo", "tipo", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 422),
        (b"\xff{}", "application/json", 400),
        (b'{"note": NaN}', "application/json", 400),
        (b'{"state": "inProgress", "state": "completed"}', "application/json", 400),
        (b"[" * 30_000 + b"]" * 30_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "application/json", 422),
        (b'"x"', "application/json", 422),
        (b'{"note": [{"text": "\\ud800"}]}', "application/json", 422),
        (b"{}" + b" " * 65_536, "application/json", 413),
        (b"state=inProgress", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
)
def test_only_small_well_formed_json_comes_in(corpo: bytes, tipo: str, status: int, sistema: Sistema, ordens: Ordens):
    ss = ordens.em("EMITIDA")
    resposta = sistema.cliente.patch(
        f"{RAIZ}/serviceOrder/{ss.slug}", data=corpo, content_type=tipo, headers={"Authorization": f"Bearer {sistema.token}"}
    )
    assert (resposta.status_code, resposta["Content-Type"]) == (status, "application/problem+json"), resposta.content[:200]
    assert ss.historico.order_by("-pk")[0].transicao == "emitir"


def test_what_is_not_an_address_or_a_method_of_the_api_is_said_in_json(sistema: Sistema):
    for caminho in ("/", "/x", "/serviceOrder/", "/serviceOrder/2026-00001-2/x", "/hub"):
        resposta = Client().get(f"{RAIZ}{caminho}", headers={"Accept": "text/html"})
        assert resposta.status_code in (404, 405), caminho
        assert resposta["Content-Type"] == "application/problem+json"
    assert Client().get(f"{RAIZ}/hub")["Allow"] == "POST"
    assert Client().put(f"{RAIZ}/serviceOrder/2026-00001-2")["Allow"] == "GET, PATCH"
    for slug in ("nada", "%00", "2026-00001-2%0A", "2026-00001-%C2%B2"):
        assert sistema.ler(f"/serviceOrder/{slug}").status_code == 422
    assert sistema.ler("/serviceOrder/2026-99999-9").status_code == 404


def test_a_failure_of_the_portal_says_nothing_of_its_inside(sistema: Sistema, monkeypatch: pytest.MonkeyPatch):
    from saog.api import rotas

    def falhar(*_: Any, **__: Any) -> None:
        raise RuntimeError("segredo do banco")

    monkeypatch.setattr(rotas, "emitidas", falhar)
    resposta = sistema.ler("/serviceOrder")
    assert resposta.status_code == 500
    assert "segredo" not in resposta.content.decode()


def test_answers_are_not_kept_by_anybody(sistema: Sistema):
    assert sistema.ler("/serviceOrder")["Cache-Control"] == "no-store"


# --- Repeats ----------------------------------------------------------------------------------------------------------------
def test_the_same_key_gets_the_same_answer_and_acts_once(sistema: Sistema, ordens: Ordens, relogio: Any):
    ss = ordens.em("EM_ATENDIMENTO")
    corpo = {"note": [{"text": "Equipe a caminho."}]}
    primeira = sistema.mudar(ss, corpo, **{"Idempotency-Key": "a-1"})
    segunda = sistema.mudar(ss, corpo, **{"Idempotency-Key": "a-1"})
    assert primeira.status_code == segunda.status_code == 200
    assert primeira.content == segunda.content
    assert ss.historico.filter(transicao="nota").count() == 1
    outro_corpo = sistema.mudar(ss, {"note": [{"text": "Outra."}]}, **{"Idempotency-Key": "a-1"})
    assert (outro_corpo.status_code, ss.historico.filter(transicao="nota").count()) == (422, 1)
    outro_endereco = sistema.mudar(ordens.em("EM_ATENDIMENTO"), corpo, **{"Idempotency-Key": "a-1"})
    assert outro_endereco.status_code == 422
    relogio.shift(dt.timedelta(hours=24))
    assert sistema.mudar(ss, corpo, **{"Idempotency-Key": "a-1"}).status_code == 200
    assert ss.historico.filter(transicao="nota").count() == 2
    relogio.shift(dt.timedelta(hours=24))
    assert integracao.limpar_chaves(agora=AGORA + dt.timedelta(days=2)) == 1
    assert not ChaveDeIdempotencia.objects.exists()


def test_a_refusal_leaves_the_key_free_and_keys_of_two_systems_do_not_meet(
    sistema: Sistema, ordens: Ordens, atores: Atores, linha: SistemaDaOperadora
):
    ss = ordens.em("EMITIDA")
    chave = {"Idempotency-Key": "k"}
    corpo = {"note": [{"text": "Oi."}]}
    assert sistema.mudar(ss, {"state": "completed"}, **chave).status_code in (409, 422)
    assert sistema.mudar(ss, corpo, **chave).status_code == 200
    outra = integracao.registrar_sistema(nome="Outro", contato="a@b.example", por=atores.gestor, agora=AGORA)
    assert Sistema(token_com(outra, atores, "atender")).mudar(ss, corpo, **chave).status_code == 200
    assert ss.historico.filter(transicao="nota").count() == 2


@pytest.mark.parametrize("chave", ["", "x" * 101, "com espaço", "é"])
def test_a_key_has_a_sane_form(chave: str, sistema: Sistema, ordens: Ordens):
    resposta = sistema.mudar(ordens.em("EMITIDA"), {"note": [{"text": "Oi."}]}, **{"Idempotency-Key": chave})
    assert resposta.status_code == 422


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_repeats_at_once_act_once(sistema: Sistema, ordens: Ordens):
    assert connection.vendor == "postgresql"
    ss = ordens.em("EM_ATENDIMENTO")
    largada, respostas = threading.Barrier(8), []

    def pedir() -> None:
        largada.wait()
        respostas.append(Sistema(sistema.token).mudar(ss, {"note": [{"text": "Oi."}]}, **{"Idempotency-Key": "junto"}))
        connections.close_all()

    fios = [threading.Thread(target=pedir) for _ in range(8)]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join()
    assert {r.status_code for r in respostas} == {200}
    assert len({r.content for r in respostas}) == 1
    assert ss.historico.filter(transicao="nota").count() == 1
