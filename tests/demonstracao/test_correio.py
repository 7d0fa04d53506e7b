"""The demonstration's mail: follow the links, see the e-mail as it is sent, and nothing of it in any other mode."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from comunicacao import caixa
from comunicacao.models import MensagemSaida
from demonstracao import views
from tests.apoio.elenco import AGORA
from tests.comunicacao.conftest import CARTA

pytestmark = pytest.mark.django_db

ATIVAR = "http://127.0.0.1:8000/conta/ativar/abc-123_XYZ/?proximo=1"


@pytest.fixture
def demonstracao(settings: Any) -> None:
    """The mode of `make demo`."""
    settings.DEMONSTRACAO = True


def escrever(quantas: int = 1, **mudancas: Any) -> list[MensagemSaida]:
    """Letters in the outbox, the last one the newest."""
    with transaction.atomic():
        for i in range(quantas):
            carta = {**CARTA, "chave": f"carta:{i}:{mudancas.get('para', '')}", "titulo": f"Mensagem {i}", **mudancas}
            caixa.enfileirar(**carta, agora=AGORA + dt.timedelta(minutes=i))
    return list(MensagemSaida.objects.order_by("pk"))


@pytest.mark.parametrize("caminho", ["/demo/correio/", "/demo/correio/1/", "/demo/correio/1/html"])
def test_outside_the_demonstration_it_does_not_exist_even_if_routed(caminho: str, client: Client, settings: Any) -> None:
    escrever()
    assert settings.DEMONSTRACAO is False
    assert client.get(caminho).status_code == 404


def test_each_view_names_its_access_and_asks_no_login(demonstracao: None, client: Client) -> None:
    assert {v.acesso for v in (views.correio, views.mensagem, views.mensagem_html)} == {"demonstracao"}
    assert client.get("/demo/correio/").status_code == 200


@pytest.mark.parametrize("caminho", ["/demo/correio/", "/demo/correio/{pk}/", "/demo/correio/{pk}/html"])
def test_it_only_reads(caminho: str, demonstracao: None, client: Client) -> None:
    (mensagem,) = escrever()
    assert client.post(caminho.format(pk=mensagem.pk)).status_code == 405
    assert client.get("/demo/correio/999999/").status_code == 404


def test_messages_come_newest_first_fifty_a_page(demonstracao: None, client: Client) -> None:
    escrever(53)
    primeira, segunda = (client.get(f"/demo/correio/?pagina={n}").content.decode() for n in (1, 2))
    titulos = re.findall(r">(Mensagem [0-9]+)</a>", primeira)
    assert titulos == [f"Mensagem {i}" for i in range(52, 2, -1)]
    assert re.findall(r">(Mensagem [0-9]+)</a>", segunda) == ["Mensagem 2", "Mensagem 1", "Mensagem 0"]
    assert client.get("/demo/correio/?pagina=quarenta").status_code == 200


def test_a_page_costs_the_same_for_one_message_and_for_fifty(
    demonstracao: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    escrever(60)
    with django_assert_max_num_queries(2):
        client.get("/demo/correio/")


def test_search_by_recipient_keeps_only_theirs_and_survives_anything(demonstracao: None, client: Client) -> None:
    escrever(1, para="davi@bofete.sp.gov.br", titulo="Para Davi")
    escrever(1, para="elza@cunha.sp.gov.br", titulo="Para Elza")
    achado = client.get("/demo/correio/", {"para": "DAVI@"}).content.decode()
    assert "Para Davi" in achado
    assert "Para Elza" not in achado
    for busca in ("%", "\x00", "'; --", "<script>alert(1)</script>", "x" * 5000):
        resposta = client.get("/demo/correio/", {"para": busca})
        assert resposta.status_code == 200
        assert b"<script>alert" not in resposta.content


def test_an_empty_mailbox_says_what_will_come(demonstracao: None, client: Client) -> None:
    assert "Nenhuma mensagem ainda" in client.get("/demo/correio/").content.decode()
    assert "Nenhuma mensagem encontrada" in client.get("/demo/correio/?para=ninguem").content.decode()


def test_the_activation_link_of_a_message_can_be_followed(demonstracao: None, client: Client) -> None:
    (mensagem,) = escrever(botao=("Criar minha senha", ATIVAR))
    pagina = client.get(f"/demo/correio/{mensagem.pk}/").content.decode()
    assert f'href="{ATIVAR}"' in pagina
    assert "O portal nunca pede sua senha por e-mail." in pagina


def test_what_people_wrote_cannot_become_markup_on_the_page(demonstracao: None, client: Client) -> None:
    (mensagem,) = escrever(paragrafos=['<img src=x onerror=alert(1)> http://a.example/"onmouseover="x'], titulo="<b>Título</b>")
    for caminho in ("", "html"):
        corpo = client.get(f"/demo/correio/{mensagem.pk}/{caminho}").content.decode()
        assert "<img src=x" not in corpo
        assert "<b>Título" not in corpo
        assert not re.search(r'<[^>]*"\s*onmouseover=', corpo)


def test_the_page_keeps_the_strict_policy_and_no_inline_style(demonstracao: None, client: Client) -> None:
    (mensagem,) = escrever()
    for caminho in ("/demo/correio/", f"/demo/correio/{mensagem.pk}/"):
        resposta = client.get(caminho)
        assert "unsafe" not in resposta["Content-Security-Policy"]
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", resposta.content.decode())


def test_the_html_face_is_alone_in_a_sandbox_that_runs_and_loads_nothing(demonstracao: None, client: Client) -> None:
    (mensagem,) = escrever()
    resposta = client.get(f"/demo/correio/{mensagem.pk}/html")
    assert resposta.content.decode() == mensagem.html
    politica = {p.split()[0]: set(p.split()[1:]) for p in resposta["Content-Security-Policy"].split(";") if p.strip()}
    assert politica == {
        "default-src": {"'none'"},
        "style-src": {"'unsafe-inline'"},
        "img-src": {"data:"},
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
        "frame-ancestors": {"'none'"},
        "sandbox": {"allow-popups", "allow-top-navigation-by-user-activation"},
    }
    assert resposta["X-Frame-Options"] == "DENY"
    assert "no-store" in resposta["Cache-Control"]
