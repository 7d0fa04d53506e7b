"""Login, lock-out, enumeration, ``next``, and the life of a session."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from contas import acoes, adaptador
from contas.models import Usuario
from nucleo.fluxo import SISTEMA
from tests.apoio.elenco import AGORA, Pessoa
from tests.contas.conftest import SENHA

ENTRAR = "/conta/entrar/"


def entrar(email: str, senha: str = SENHA, cliente: Client | None = None, **outros: Any) -> Any:
    """Post the login form."""
    return (cliente or Client()).post(ENTRAR, {"login": email, "password": senha, **outros})


def sem_segredos(resposta: Any) -> str:
    """The body without what changes on every answer (CSRF token) and without the typed e-mail."""
    corpo = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", resposta.content.decode())
    return re.sub(r'content="[A-Za-z0-9]{64}"|[\w.]+@[\w.]+', "", corpo)


def test_the_right_password_leads_to_the_first_page(pessoa_com_senha: Pessoa):
    resposta = entrar("Davi@Bofete.SP.gov.br")
    assert resposta.status_code == 302
    assert resposta["Location"] == "/entrada/"


def test_login_says_the_same_for_a_known_and_an_unknown_email(pessoa_com_senha: Pessoa):
    conhecido, desconhecido = entrar("davi@bofete.sp.gov.br", "errada"), entrar("ninguem@bofete.sp.gov.br", "errada")
    assert conhecido.status_code == desconhecido.status_code == 200
    assert sem_segredos(conhecido) == sem_segredos(desconhecido)
    assert "E-mail ou senha não conferem" in conhecido.content.decode()


def test_login_of_an_account_that_waits_for_activation_says_the_same_too(requerente: Pessoa):
    assert sem_segredos(entrar(requerente.usuario.email, "errada")) == sem_segredos(entrar("ninguem@bofete.sp.gov.br", "errada"))


def test_an_unknown_email_costs_one_hash_too(db: None, monkeypatch: pytest.MonkeyPatch):
    feitos: list[str] = []
    original = Usuario.set_password
    monkeypatch.setattr(Usuario, "set_password", lambda eu, senha: (feitos.append(senha), original(eu, senha))[1])
    entrar("ninguem@bofete.sp.gov.br", "errada")
    assert feitos == ["errada"]


@pytest.mark.parametrize("email", ["davi@bofete.sp.gov.br", "ninguem@bofete.sp.gov.br"])
def test_the_sixth_try_is_refused_with_429_even_with_the_right_password(pessoa_com_senha: Pessoa, email: str, cache_do_banco: None):
    assert [entrar(email, "errada").status_code for _ in range(5)] == [200] * 5
    resposta = entrar(email, SENHA)
    assert resposta.status_code == 429
    assert resposta["Retry-After"] == "900"


def test_the_lock_belongs_to_the_account_whatever_the_host_or_the_case(pessoa_com_senha: Pessoa):
    for i in range(5):
        Client(HTTP_HOST=f"h{i}.example").post(ENTRAR, {"login": "DAVI@bofete.sp.gov.br", "password": "errada"})
    assert entrar("davi@bofete.sp.gov.br").status_code == 429


def test_the_lock_opens_after_fifteen_minutes(pessoa_com_senha: Pessoa, relogio: Any):
    for _ in range(6):
        entrar("davi@bofete.sp.gov.br", "errada")
    relogio.shift(dt.timedelta(minutes=15, seconds=1))
    assert entrar("davi@bofete.sp.gov.br").status_code == 302


def test_twenty_failures_of_one_address_lock_it_for_every_account(pessoa_com_senha: Pessoa):
    for i in range(20):
        entrar(f"x{i}@bofete.sp.gov.br", "errada")
    assert entrar("davi@bofete.sp.gov.br").status_code == 429


def test_forging_x_forwarded_for_does_not_escape_the_lock(pessoa_com_senha: Pessoa):
    for i in range(20):
        Client(HTTP_X_FORWARDED_FOR=f"6.6.6.{i}").post(ENTRAR, {"login": f"x{i}@bofete.sp.gov.br", "password": "errada"})
    assert entrar("davi@bofete.sp.gov.br").status_code == 429


def test_other_accounts_stay_open_while_one_is_locked(pessoa_com_senha: Pessoa):
    for _ in range(6):
        entrar("ninguem@bofete.sp.gov.br", "errada")
    assert entrar("davi@bofete.sp.gov.br").status_code == 302


def test_password_recovery_says_the_same_for_a_known_and_an_unknown_email(pessoa_com_senha: Pessoa, correio: Any):
    respostas = [Client().post("/conta/senha/recuperar/", {"email": e}) for e in ("davi@bofete.sp.gov.br", "ninguem@bofete.sp.gov.br")]
    assert {(r.status_code, r["Location"]) for r in respostas} == {(302, "/conta/senha/recuperar/pedido/")}
    assert correio.ultima("davi@bofete.sp.gov.br").assunto_tipo == "password_reset_key"
    assert correio.ultima("ninguem@bofete.sp.gov.br").assunto_tipo == "unknown_account"


def test_password_recovery_is_limited_to_three_an_hour_per_account(pessoa_com_senha: Pessoa, correio: Any):
    feitas = [Client().post("/conta/senha/recuperar/", {"email": "davi@bofete.sp.gov.br"}).status_code for _ in range(4)]
    assert feitas == [302, 302, 302, 429]
    assert len(correio.mensagens("davi@bofete.sp.gov.br")) == 3


def test_the_recovery_letter_points_to_the_public_address_whatever_the_host(pessoa_com_senha: Pessoa, correio: Any, settings: Any):
    settings.ENDERECO_PUBLICO = "https://portal.example"
    Client(HTTP_HOST="mal.example").post("/conta/senha/recuperar/", {"email": "davi@bofete.sp.gov.br"})
    texto = correio.ultima("davi@bofete.sp.gov.br").texto
    assert "https://portal.example/conta/senha/nova/" in texto
    assert "mal.example" not in texto


def test_the_recovery_link_changes_the_password_once_and_tells_the_person(pessoa_com_senha: Pessoa, correio: Any):
    cliente, nova = Client(), "outra frase bem comprida"
    cliente.post("/conta/senha/recuperar/", {"email": "davi@bofete.sp.gov.br"})
    caminho = correio.endereco("davi@bofete.sp.gov.br", contendo="/conta/senha/nova/")
    formulario = cliente.get(caminho, follow=True)
    assert caminho not in formulario.request["PATH_INFO"]  # the key leaves the address
    resposta = cliente.post(formulario.request["PATH_INFO"], {"password1": nova, "password2": nova})
    assert resposta["Location"] == "/conta/senha/nova/pronta/"
    assert correio.ultima("davi@bofete.sp.gov.br").assunto_tipo == "conta_mudou"
    assert entrar("davi@bofete.sp.gov.br", nova).status_code == 302
    assert "não funciona mais" in Client().get(caminho, follow=True).content.decode()


BONS = ["/conta/", "/conta/sessoes/?a=b", "/"]
MAUS = [
    "", "http://mal.example", "https://mal.example/", "//mal.example", "///mal.example", "////mal.example/x", "/\\mal.example",
    "\\\\mal.example", "\\/mal.example", "/\\/mal.example", "http:mal.example", "http:/mal.example", "https:///mal.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "ftp://mal.example", "mal.example", "@mal.example",
    "http://testserver@mal.example", "http://testserver.mal.example", "http://mal.example?testserver", "http://testserver/conta/",
    " //mal.example", "\t//mal.example", "/\t/mal.example", "/\n/mal.example", "/conta/\r\nX-A: b", "\x00/conta/", "//[::1]/", "../conta/",
]  # fmt: skip


@pytest.mark.parametrize("destino", MAUS)
def test_next_never_leads_out_of_the_portal(destino: str):
    assert len(MAUS) >= 30
    assert not adaptador.endereco_local(destino)  # ASVS 1.2.2, 3.7.2


@pytest.mark.parametrize("destino", BONS)
def test_next_leads_back_to_a_page_of_the_portal(destino: str):
    assert adaptador.endereco_local(destino)


@pytest.mark.parametrize("destino", MAUS[1:12])
def test_login_ignores_a_next_that_leads_out(pessoa_com_senha: Pessoa, destino: str):
    assert entrar("davi@bofete.sp.gov.br", next=destino)["Location"] == "/entrada/"


def test_login_goes_to_the_page_that_was_asked_for(pessoa_com_senha: Pessoa):
    assert entrar("davi@bofete.sp.gov.br", next="/pessoas/")["Location"] == "/pessoas/"


def test_login_gives_the_session_a_new_id(pessoa_com_senha: Pessoa):
    cliente = Client()
    sessao = cliente.session
    sessao["algo"] = 1
    sessao.save()
    cliente.cookies["sessao"] = sessao.session_key
    entrar("davi@bofete.sp.gov.br", cliente=cliente)
    assert cliente.session.session_key != sessao.session_key  # ASVS 7.2.3, fixation


def test_logout_kills_the_session_on_the_server(pessoa_com_senha: Pessoa):
    cliente = Client()
    entrar("davi@bofete.sp.gov.br", cliente=cliente)
    chave = cliente.session.session_key
    cliente.post("/conta/sair/")
    assert not Session.objects.filter(session_key=chave).exists()
    cliente.cookies["sessao"] = chave
    assert cliente.get("/conta/").status_code == 302


def test_leaving_needs_a_post(pessoa_com_senha: Pessoa):
    assert pessoa_com_senha.cliente.get("/conta/sair/").status_code == 200
    assert pessoa_com_senha.cliente.get("/conta/").status_code == 200


def test_a_deactivated_person_loses_every_session_at_once(requerente: Pessoa, gestor_prodesp: Pessoa, agora: dt.datetime):
    assert requerente.cliente.get("/conta/").status_code == 200
    acoes.desativar_conta(usuario_id=requerente.usuario.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=agora)
    assert requerente.cliente.get("/conta/").status_code == 302


def test_sessions_of_a_person_are_ended_on_the_server(pessoa_com_senha: Pessoa):
    outros = [Client(), Client()]
    for cliente in outros:
        entrar("davi@bofete.sp.gov.br", cliente=cliente)
    assert acoes.encerrar_sessoes(pessoa_com_senha.usuario.pk) == 2
    assert [c.get("/conta/").status_code for c in outros] == [302, 302]
    assert not UserSession.objects.filter(user=pessoa_com_senha.usuario).exists()


def test_thirty_minutes_without_use_end_the_session(relogio: Any, requerente: Pessoa):
    assert requerente.cliente.get("/conta/").status_code == 200
    relogio.shift(dt.timedelta(minutes=29))
    assert requerente.cliente.get("/conta/").status_code == 200
    relogio.shift(dt.timedelta(minutes=30))
    resposta = requerente.cliente.get("/conta/", follow=True)
    assert resposta.redirect_chain[-1][0] == "/conta/entrar/?next=/conta/"
    assert "tempo sem uso" in resposta.content.decode()
    assert "tempo sem uso" not in requerente.cliente.get("/conta/entrar/").content.decode()


def test_ten_hours_end_the_session_even_in_use(relogio: Any, requerente: Pessoa):
    requerente.cliente.get("/conta/")
    for _ in range(29):
        relogio.shift(dt.timedelta(minutes=20))
        assert requerente.cliente.get("/conta/").status_code == 200
    relogio.shift(dt.timedelta(minutes=20))
    resposta = requerente.cliente.get("/conta/", follow=True)
    assert "tempo máximo" in resposta.content.decode()


def test_polling_does_not_keep_an_idle_session_alive(relogio: Any, requerente: Pessoa):
    requerente.cliente.get("/conta/")
    for _ in range(3):
        relogio.shift(dt.timedelta(minutes=11))
        ultima = requerente.cliente.get("/conta/", HTTP_X_SEM_ATIVIDADE="1")
    assert ultima.status_code == 302  # settled question 7


def test_an_autosave_keeps_the_session_alive(relogio: Any, requerente: Pessoa):
    requerente.cliente.get("/conta/")
    for _ in range(4):
        relogio.shift(dt.timedelta(minutes=11))
        resposta = requerente.cliente.post("/conta/trocar-vinculo/", {"orgao": "0"}, HTTP_X_REQUESTED_WITH="fetch")
    assert resposta["Location"] == "/conta/trocar-vinculo/"


def test_the_dead_session_is_gone_from_the_server(relogio: Any, requerente: Pessoa):
    requerente.cliente.get("/conta/")
    chave = requerente.cliente.session.session_key
    relogio.shift(dt.timedelta(minutes=31))
    requerente.cliente.get("/conta/")
    assert not Session.objects.filter(session_key=chave).exists()


@pytest.mark.parametrize(
    ("papel", "destino"),
    [("requerente", "/conta/"), ("operadora", "/ordens/"), ("tecnico", "/conta/")],
)
def test_each_role_is_sent_to_a_page_that_exists(papel: str, destino: str, request: pytest.FixtureRequest):
    resposta = request.getfixturevalue(papel).cliente.get("/entrada/", follow=True)
    assert resposta.status_code == 200
    assert resposta.redirect_chain[0][0] == destino or resposta.redirect_chain[0][0].startswith("/adesoes")


def test_changing_the_password_ends_the_other_sessions(pessoa_com_senha: Pessoa):
    aqui, la = Client(), Client()
    for cliente in (aqui, la):
        entrar("davi@bofete.sp.gov.br", cliente=cliente)
    nova = "outra frase bem comprida"
    resposta = aqui.post("/conta/senha/", {"oldpassword": SENHA, "password1": nova, "password2": nova})
    assert resposta["Location"] == "/conta/"
    assert la.get("/conta/").status_code == 302
    assert aqui.get("/conta/").status_code == 200


@pytest.mark.parametrize("metodo", ["get", "post"])
def test_who_has_no_password_yet_is_sent_to_the_page_that_sends_a_link(requerente: Pessoa, correio: Any, metodo: str):
    assert not requerente.usuario.has_usable_password()
    resposta = getattr(requerente.cliente, metodo)("/conta/senha/", follow=True)
    assert resposta.redirect_chain == [("/conta/senha/recuperar/", 302)]
    assert "ainda não tem senha" in resposta.content.decode()
    assert resposta.context["form"]["email"].value() == requerente.usuario.email
    requerente.cliente.post("/conta/senha/recuperar/", {"email": requerente.usuario.email})
    formulario = Client().get(correio.endereco(requerente.usuario.email, contendo="/conta/senha/nova/"), follow=True)
    assert formulario.context["form"].fields


def test_the_account_page_says_when_there_is_no_password_yet(requerente: Pessoa):
    assert "Criar uma senha" in requerente.cliente.get("/conta/").content.decode()


@pytest.mark.parametrize(
    "fraca", ["curta1234", "prefeitura2026", "Intragov-2026!", "prodesp prodesp", "bofete bofete 1", "password1234", "davi@bofete.sp"]
)
def test_passwords_that_are_easy_to_guess_here_are_refused(pessoa_com_senha: Pessoa, fraca: str):
    cliente = pessoa_com_senha.cliente
    resposta = cliente.post("/conta/senha/", {"oldpassword": SENHA, "password1": fraca, "password2": fraca})
    assert resposta.status_code == 200
    assert resposta.context["form"].errors["password1"]


@pytest.mark.parametrize("boa", ["a prefeitura de bofete tem um ipê", "x" * 64 + " é longa", "çãé ñandú 日本語 frase"])
def test_long_phrases_are_welcome_and_never_cut(pessoa_com_senha: Pessoa, boa: str):
    pessoa_com_senha.cliente.post("/conta/senha/", {"oldpassword": SENHA, "password1": boa, "password2": boa})
    assert entrar("davi@bofete.sp.gov.br", boa).status_code == 302
    assert entrar("davi@bofete.sp.gov.br", boa[:-1]).status_code == 200


def test_passwords_are_kept_with_argon2(pessoa_com_senha: Pessoa):
    assert pessoa_com_senha.usuario.password.startswith("argon2$argon2id$")


def test_each_login_each_refusal_and_each_denial_is_one_log_line_without_personal_data(pessoa_com_senha: Pessoa):
    import structlog

    with structlog.testing.capture_logs() as linhas:
        entrar("davi@bofete.sp.gov.br", "errada")
        cliente = Client()
        entrar("davi@bofete.sp.gov.br", cliente=cliente)
        cliente.get("/equipe/")
    assert [e["event"] for e in linhas if e["event"] in {"entrou", "entrada_recusada", "acesso_negado"}] == [
        "entrada_recusada",
        "entrou",
        "acesso_negado",
    ]
    assert "davi@" not in str([e for e in linhas if "request" not in e])
    assert "errada" not in str(linhas)


def test_no_account_exists_without_somebody_creating_it(db: None):
    assert not Usuario.objects.exists()  # ASVS 6.3.2


def test_the_command_creates_the_first_gestor_and_prints_nothing_secret(db: None, correio: Any, capsys: pytest.CaptureFixture[str]):
    from django.core.management import call_command

    call_command("criar_gestor", "chefe@prodesp.sp.gov.br", "Olga", "Meireles")
    assert correio.endereco("chefe@prodesp.sp.gov.br", contendo="/conta/ativar/")
    saida = capsys.readouterr().out
    assert "ativar" not in saida
    assert "chefe@" not in saida
    gestora = Usuario.objects.get()
    assert not gestora.has_usable_password()
    assert gestora.vinculos.get().papel == "gestor"


def test_old_links_and_sign_ups_are_thrown_away(requerente: Pessoa, agora: dt.datetime, dados_do_cadastro: Any):
    from django.db import transaction

    from contas.acoes.limpeza import limpar
    from contas.models import CadastroPendente, LinkDeAcesso

    with transaction.atomic():
        acoes.criar_link_de_acesso(requerente.usuario, agora=agora, por=SISTEMA)
    Client().post("/conta/cadastro/", dados_do_cadastro())
    CadastroPendente.objects.update(expira_em=AGORA)
    limpar(agora=AGORA + dt.timedelta(seconds=1))
    assert not CadastroPendente.objects.exists()
    assert LinkDeAcesso.objects.count() == 1
    limpar(agora=AGORA + dt.timedelta(days=32))
    assert not LinkDeAcesso.objects.exists()
