"""The letter of a sign-up goes again, without a hint whether the address is known."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from contas import acoes
from contas.models import CadastroPendente
from tests.apoio.elenco import Pessoa

Dados = Callable[..., dict[str, str]]
#: What differs in every page: the form's token and the policy's nonce.
SEM_SEGREDO = re.compile(r'(value|nonce)="[A-Za-z0-9_=+/-]{16,}"')


def test_the_letter_goes_again_and_the_page_says_the_same_for_a_known_address(
    municipios: Any, correio: Any, dados_do_cadastro: Dados, requerente: Pessoa
):
    """B1.7. Both links work until one is used; from the third letter in an hour on nothing is sent, and the page does not say so."""
    pagina = "/conta/confira-seu-email/"
    assert "Enviar de novo" not in Client().get(pagina).content.decode()
    assert Client().post(pagina)["Location"] == pagina
    vistos = []
    for email in ("nair@bofete.sp.gov.br", requerente.usuario.email):
        cliente = Client()
        cliente.post("/conta/cadastro/", dados_do_cadastro(email=email))
        assert "Enviar de novo" in cliente.get(pagina).content.decode()
        respostas = [cliente.post(pagina, follow=True) for _ in range(4)]
        assert [r.redirect_chain for r in respostas] == [[(pagina, 302)]] * 4
        vistos.append([SEM_SEGREDO.sub("", r.content.decode()) for r in respostas])
        assert len(correio.mensagens(email)) == 3
    assert len({texto for textos in vistos for texto in textos}) == 1
    enderecos = {re.findall(r"/conta/cadastro/confirmar/[^/]+/", m.texto)[0] for m in correio.mensagens("nair@bofete.sp.gov.br")}
    assert len(enderecos) == 3
    primeiro, segundo, _ = (re.findall(r"/conta/\S+", m.texto)[0] for m in correio.mensagens("nair@bofete.sp.gov.br"))
    assert Client().post(primeiro)["Location"] == "/conta/entrar/"
    assert Client().post(segundo).status_code == 410


def test_the_letter_of_a_sign_up_that_is_over_does_not_go_again(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    Client().post("/conta/cadastro/", dados_do_cadastro())
    cadastro = CadastroPendente.objects.get()
    acoes.reenviar_confirmacao(email=cadastro.email, cadastro_id=cadastro.pk, agora=cadastro.expira_em)
    assert len(correio.mensagens(cadastro.email)) == 1
