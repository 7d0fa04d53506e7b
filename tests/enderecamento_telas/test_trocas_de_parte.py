"""Renumbering a part of a pool (IP-05): a network inside it, or from the first address to the last."""

from __future__ import annotations

import pytest

from .test_trocas import NOVA, Palco, _relogio, chave, palco, texto, url  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db


def test_a_part_of_a_pool_too_full_to_mark_one_by_one(
    palco: Palco,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("enderecamento.views.trocas_prodesp.PARA_MARCAR", 3)
    cliente, pagina = palco.gestor.cliente, url("renumerar") + f"?pool={palco.velho.slug}"
    assert f'href="{pagina}">Renumerar este bloco' in cliente.get(url("pool", palco.velho.slug)).content.decode()
    pagina += "&parte=10.64.16.0-26"
    aberta = cliente.get(pagina).content.decode()
    assert 'value="10.64.16.0/26"' in aberta
    assert "Só os que eu marcar" not in aberta
    pedido = NOVA | {"quais": "parte", "parte": "10.64.16.0 a 10.64.16.31"}
    for mudanca, frase in (
        ({"parte": ""}, "Escreva qual parte: uma rede, ou o primeiro e o último endereço."),
        ({"parte": "nada disso"}, "Escreva uma rede, como em 10.64.16.0/25, ou do primeiro ao último, como em 10.64.16.0 a 10.64.16.127."),
        ({"parte": "10.64.16.5/26"}, "A rede não começa neste endereço. Seria 10.64.16.0/26?"),
        ({"parte": "10.64.16.31 a 10.64.16.0"}, "O primeiro endereço vem depois do último."),
        ({"parte": "10.64.16.0/28, 10.64.16.32/28"}, "Há mais de uma rede aqui. Troque uma parte de cada vez."),
        ({"parte": "10.64.0.0/16"}, "10.64.0.0/16 passa do bloco, que vai de 10.64.16.0 a 10.64.16.255."),
        ({"parte": "10.65.0.0/28"}, "10.65.0.0/28 fica fora do bloco"),
        ({"parte": "10.64.16.128/25"}, "Nenhum sub-bloco de 10.64.16.128/25 está em uso."),
        ({"quais": "todos"}, "Você escreveu uma parte e escolheu outra coisa acima."),
        ({"quais": "todos", "parte": "", "destinos": [palco.velho.pk]}, "O bloco inteiro não cabe nele mesmo."),
    ):
        resposta = cliente.post(pagina, pedido | mudanca)
        assert resposta.status_code == 422, frase
        assert texto(resposta).count(frase[1:]) >= 2, frase
    previa = cliente.post(pagina, pedido)
    assert "Trocar 2 sub-blocos de 1 prefeitura?" in texto(previa)
    assert "Tudo o que está em uso em 10.64.16.0/27 ." in texto(previa)
    assert "10.64.16.0/28 → 10.64.16.64/28" in texto(previa)  # out of the part, in the same pool
    feita = texto(cliente.post(pagina, pedido | {"ato": "comecar", "chave": chave(previa)}, follow=True))
    assert "Tudo o que estava em uso em 10.64.16.0/27" in feita
    assert "Parte 10.64.16.0/27" in texto(cliente.get(url("renumeracoes")))
    inteiro = cliente.post(pagina, pedido | {"parte": "10.64.16.0/24"})
    assert "O bloco continua aberto" in texto(inteiro)
    assert "Ficam de fora 4 que já estão em outra troca" in texto(inteiro)
