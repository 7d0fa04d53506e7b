"""Pages of renumbering in a real browser: axe finds nothing, nothing scrolls sideways, the acts work, also without script.

``TELAS=/some/folder`` keeps a picture of each page, to be looked at.
"""

from __future__ import annotations

from typing import Any

import pytest

from enderecamento import acoes
from enderecamento.models import Renumeracao
from tests.apoio.elenco import AGORA, ITAPEVA, Pessoa
from tests.apoio.navegador import assentar, entrar, fotografar, sem_rolagem_lateral, sem_violacoes
from tests.apoio.trocas import DIA, ULTIMO, renumerar

from .test_trocas import Palco, _relogio, palco, url, usos  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def olhar(pagina: Any, nome: str, endereco: str) -> None:
    """Open, judge and photograph."""
    resposta = pagina.goto(endereco)
    assert resposta.status == 200, f"{nome}: {resposta.status}"
    julgar(pagina, nome)


def julgar(pagina: Any, nome: str) -> None:
    """The page as it stands."""
    assentar(pagina)
    sem_violacoes(pagina)
    sem_rolagem_lateral(pagina)
    fotografar(pagina, nome)


def percorrer(pagina: Any, palco: Palco, relogio: Any) -> None:  # noqa: F811
    """Every page of both sides, from choosing the pool to the overdue list."""
    entrar(pagina, palco.gestor)
    olhar(pagina, "renumeracoes-vazia", url("renumeracoes"))
    olhar(pagina, "renumerar-escolher", url("renumerar"))
    pagina.goto(url("renumerar") + f"?pool={palco.velho.slug}")
    pagina.click("button[value=conferir]")
    julgar(pagina, "renumerar-erro")
    pagina.fill("textarea[name=motivo]", "Troca do equipamento central da região de Sorocaba")
    pagina.check(f"input[name=destinos][value='{palco.novo.pk}']")
    julgar(pagina, "renumerar")
    pagina.click("button[value=conferir]")
    assert "Trocar 4 sub-blocos de 2 prefeituras?" in pagina.inner_text("h1")
    julgar(pagina, "renumerar-conferir")
    pagina.click("button[value=comecar]")
    feita = Renumeracao.objects.get()
    assert pagina.url.endswith(url("renumeracao", feita.slug))
    primeira = feita.trocas.order_by("velho__inicio")[0]
    acoes.confirmar_trocas(feita.pk, municipio_id=ITAPEVA, por=palco.vizinha.ator, agora=AGORA + 2 * DIA)
    olhar(pagina, "renumeracao", url("renumeracao", feita.slug))
    olhar(pagina, "renumeracoes", url("renumeracoes"))
    olhar(pagina, "renumeracao-adiar", url("adiar_renumeracao", feita.slug))
    pagina.fill("input[name=ultimo_dia]", "01/01/2020")
    pagina.click("main button[type=submit]")
    julgar(pagina, "renumeracao-adiar-erro")
    olhar(pagina, "renumeracao-desfazer", url("desfazer_renumeracao", feita.slug))
    entrar(pagina, palco.ana)
    olhar(pagina, "trocas", url("trocas"))
    olhar(pagina, "trocas-confirmar", url("confirmar_trocas", feita.slug))
    pagina.goto(f"{url('confirmar_trocas', feita.slug)}?troca={primeira.pk}")
    pagina.click("main button[type=submit]")
    julgar(pagina, "trocas-uma-confirmada")
    relogio.move_to(feita.vence_em + DIA)
    acoes.trocar(agora=feita.vence_em)
    entrar(pagina, Pessoa(palco.ana.usuario))
    olhar(pagina, "trocas-vencida", url("trocas"))
    entrar(pagina, Pessoa(palco.gestor.usuario))
    olhar(pagina, "renumeracao-vencida", url("renumeracao", feita.slug))


def test_every_page_is_clean_on_a_computer(pagina: Any, palco: Palco, relogio: Any, usos: None) -> None:  # noqa: F811
    percorrer(pagina, palco, relogio)


def test_every_page_is_clean_on_a_telephone(pagina_390: Any, palco: Palco, relogio: Any, usos: None) -> None:  # noqa: F811
    percorrer(pagina_390, palco, relogio)


def test_without_script_the_gestor_begins_and_the_prefeitura_confirms(pagina_sem_js: Any, palco: Palco) -> None:  # noqa: F811
    pagina = pagina_sem_js
    entrar(pagina, palco.gestor)
    pagina.goto(url("renumerar") + f"?bloco={palco.blocos[0].slug}")
    pagina.fill("textarea[name=motivo]", "Endereço repetido na rede")
    pagina.fill("input[name=ultimo_dia]", f"{ULTIMO:%d/%m/%Y}")
    pagina.click("button[value=conferir]")
    pagina.click("button[value=comecar]")
    feita = Renumeracao.objects.get()
    entrar(pagina, palco.ana)
    pagina.goto(url("trocas"))
    pagina.click("text=Confirmar a troca >> nth=0")
    pagina.click("main button[type=submit]")
    assert "Troca confirmada." in pagina.inner_text("main")
    assert feita.trocas.filter(confirmada_em__isnull=False).count() == 1


def test_an_empty_page_of_exchanges_is_clean(pagina: Any, palco: Palco) -> None:  # noqa: F811
    entrar(pagina, palco.ana)
    olhar(pagina, "trocas-vazia", url("trocas"))
    renumerar(por=palco.gestor.ator, blocos=palco.blocos[:1], destinos=(palco.novo.pk,))
    acoes.confirmar_trocas(Renumeracao.objects.get().pk, municipio_id=palco.blocos[0].adesao.municipio_id, por=palco.ana.ator, agora=AGORA)
    olhar(pagina, "trocas-confirmadas", url("trocas"))
