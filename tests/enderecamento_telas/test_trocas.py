"""Pages of renumbering (IP-05): the gestor begins, follows, postpones and undoes; the prefeitura sees old and new and confirms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enderecamento import acoes, registros
from enderecamento.consultas import trocas_abertas
from enderecamento.models import PoolCIDR, Renumeracao, SubBlocoCIDR
from enderecamento.registros import Uso
from tests.apoio import enderecos
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA, Pessoa
from tests.apoio.trocas import DIA, FIM, ULTIMO, renumerar

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Palco:
    """Botucatu with three blocks and Itapeva with one in the first pool; the second is free."""

    ana: Pessoa
    vizinha: Pessoa
    analista: Pessoa
    gestor: Pessoa
    auditor: Pessoa
    requerente: Pessoa
    velho: PoolCIDR
    novo: PoolCIDR
    blocos: list[SubBlocoCIDR]


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    """The clock of the pages stands two days after the beginning."""
    relogio.move_to(AGORA + 2 * DIA)


@pytest.fixture
def palco(
    responsavel_a1: Pessoa, responsavel_b: Pessoa, analista: Pessoa, gestor_prodesp: Pessoa, auditor: Pessoa, requerente: Pessoa
) -> Palco:
    """See ``Palco``."""
    gestor = gestor_prodesp.ator
    velho = enderecos.pool("10.64.16.0/24", por=gestor, regiao="15")
    novo = enderecos.pool("10.64.32.0/24", por=gestor, nome="Região de Bauru", regiao="14")
    dados: dict[str, Any] = {"perfil": "PRIVADO", "por": analista.ator, "agora": AGORA, "pool_id": velho.pk}
    blocos = acoes.atribuir(enderecos.em_vigor(responsavel_a1, BOTUCATU).pk, quantidade=3, **dados)
    acoes.atribuir(enderecos.em_vigor(responsavel_b, ITAPEVA).pk, quantidade=1, **dados)
    return Palco(responsavel_a1, responsavel_b, analista, gestor_prodesp, auditor, requerente, velho, novo, blocos)


@pytest.fixture
def em_curso(palco: Palco) -> Renumeracao:
    """The whole pool in exchange."""
    return renumerar(por=palco.gestor.ator, pool=palco.velho)


@pytest.fixture
def usos(palco: Palco) -> Iterator[None]:
    """A link uses Botucatu's first old block."""

    def quem(cidrs: Any) -> dict[str, Uso]:
        return {c: Uso("UBS Vila Maria", "Em serviço", "/links/1/") for c in cidrs if c == "10.64.16.0/28"}

    registros.QUEM_USA.append(quem)
    yield
    registros.QUEM_USA.remove(quem)


def url(nome: str, *args: Any) -> str:
    return reverse(f"enderecamento:{nome}", args=args)


def texto(resposta: Any) -> str:
    """What a person reads: tags out, spaces single."""
    return " ".join(re.sub(r"<[^>]+>", " ", resposta.content.decode()).split())


def de_novo(pessoa: Pessoa) -> Client:
    """The same person entering again, after the clock went far ahead."""
    return Pessoa(pessoa.usuario).cliente


def chave(resposta: Any) -> str:
    return str(re.findall(r'name="chave" value="([0-9a-f-]{36})"', resposta.content.decode())[-1])


NOVA = {"quais": "todos", "motivo": "Troca do equipamento", "ultimo_dia": f"{ULTIMO:%d/%m/%Y}", "ato": "conferir"}


# --- Beginning --------------------------------------------------------------------------------------------------------
def test_the_gestor_chooses_a_pool_sees_the_preview_and_begins(palco: Palco) -> None:
    cliente, pagina = palco.gestor.cliente, url("renumerar")
    assert "?pool=10.64.16.0-24" in cliente.get(pagina).content.decode()
    pagina += f"?pool={palco.velho.slug}"
    formulario = texto(cliente.get(pagina))
    assert "O bloco inteiro: 4 sub-blocos em uso" in formulario
    assert "10.64.32.0/24, Região de Bauru: 16 livres" in formulario
    assert f'value="{AGORA + 62 * DIA:%d/%m/%Y}"' in cliente.get(pagina).content.decode()
    previa = cliente.post(pagina, NOVA)
    assert previa.status_code == 200
    assert "Trocar 4 sub-blocos de 2 prefeituras?" in texto(previa)
    assert "10.64.16.0/28 → 10.64.32.0/28" in texto(previa)
    assert not Renumeracao.objects.exists()
    dados = NOVA | {"ato": "comecar", "chave": chave(previa)}
    feita = cliente.post(pagina, dados, follow=True)
    assert "começou. Cada prefeitura recebeu a lista por e-mail." in texto(feita)
    assert cliente.post(pagina, dados).status_code == 302
    assert Renumeracao.objects.get().trocas.count() == 4


def test_some_blocks_of_a_pool_or_of_the_map_only(palco: Palco) -> None:
    cliente = palco.gestor.cliente
    pagina = url("renumerar") + f"?pool={palco.velho.slug}"
    vazia = cliente.post(pagina, NOVA | {"quais": "marcados"})
    assert vazia.status_code == 422
    assert texto(vazia).count("arque ao menos um sub-bloco.") == 2  # above and beside
    previa = cliente.post(pagina, NOVA | {"quais": "marcados", "blocos": [palco.blocos[1].inicio], "destinos": [palco.novo.pk]})
    assert "10.64.16.16/28 → 10.64.32.0/28" in texto(previa)
    do_mapa = url("renumerar") + f"?bloco={palco.blocos[0].slug}&bloco={palco.blocos[2].slug}"
    assert "Renumerar 2 sub-blocos" in texto(cliente.get(do_mapa))
    dados = NOVA | {"blocos": [palco.blocos[0].inicio, palco.blocos[2].inicio], "regiao": "14"}
    assert "Trocar 2 sub-blocos de 1 prefeitura?" in texto(cliente.post(do_mapa, dados))
    for errado in ("?pool=10.99.0.0-24", "?bloco=10.64.16.0-27", "?bloco=nada"):
        assert cliente.get(url("renumerar") + errado).status_code == 404


def test_refusals_come_beside_the_field_and_the_typing_stays(palco: Palco) -> None:
    pagina = url("renumerar") + f"?pool={palco.velho.slug}"
    for mudanca, frase in (
        ({"motivo": ""}, "Escreva o motivo da troca. As prefeituras vão ler."),
        ({"ultimo_dia": "01/01/2020"}, "Escolha um dia depois de hoje, até dois anos à frente."),
        ({"ultimo_dia": ""}, "Informe a data."),
        ({"destinos": ["999999"]}, "já não recebe novas entregas"),
    ):
        resposta = palco.gestor.cliente.post(pagina, NOVA | mudanca)
        assert resposta.status_code == 422
        assert texto(resposta).count(frase[1:]) == 2, frase
    acoes.atribuir(
        palco.blocos[0].adesao_id or 0, perfil="PRIVADO", quantidade=14, pool_id=palco.novo.pk, por=palco.analista.ator, agora=AGORA
    )
    cheia = palco.gestor.cliente.post(pagina, NOVA | {"motivo": "Fica na tela"})
    assert cheia.status_code == 422
    assert "Faltam 2 sub-blocos livres: é preciso 4 privados, e há só 2 onde você escolheu. Nada começou." in texto(cheia)
    assert "Fica na tela" in texto(cheia)


def test_blocks_already_in_exchange_are_said_to_be_left_out(palco: Palco) -> None:
    renumerar(por=palco.gestor.ator, blocos=palco.blocos[:1], destinos=(palco.novo.pk,))
    assert "1 sub-bloco fica de fora: já está em outra troca" in texto(
        palco.gestor.cliente.get(url("renumerar") + f"?pool={palco.velho.slug}")
    )
    so_ela = texto(palco.gestor.cliente.get(url("renumerar") + f"?bloco={palco.blocos[0].slug}"))
    assert "Nada para renumerar aqui" in so_ela
    assert "Renumerar 0" not in so_ela


# --- Following --------------------------------------------------------------------------------------------------------
def test_prodesp_sees_who_confirmed_who_did_not_and_who_is_late(palco: Palco, em_curso: Renumeracao, relogio: Any) -> None:
    acoes.confirmar_trocas(em_curso.pk, municipio_id=ITAPEVA, por=palco.vizinha.ator, agora=AGORA + DIA)
    pagina = url("renumeracao", em_curso.slug)
    for pessoa in (palco.gestor, palco.analista, palco.auditor):
        tudo = texto(pessoa.cliente.get(pagina))
        assert "1 de 4 trocas confirmadas" in tudo
        assert "Todas : 2" in tudo
    assert "Itapeva" not in texto(palco.analista.cliente.get(pagina + "?corte=faltam"))
    assert "Botucatu" not in texto(palco.analista.cliente.get(pagina + "?corte=prontas"))
    assert "Nenhuma prefeitura aqui" in texto(palco.analista.cliente.get(pagina + "?busca=Avaré"))
    lista = texto(palco.analista.cliente.get(url("renumeracoes")))
    assert "4 sub-blocos de 2 prefeituras" in lista
    assert "1 de 4" in lista
    relogio.move_to(FIM)
    acoes.trocar(agora=FIM)
    depois = texto(de_novo(palco.analista).get(pagina))
    assert "3 trocas sem confirmação." in depois
    assert "Venceu sem confirmar" in depois
    assert "1 de 4 confirmadas Sem confirmar" in texto(de_novo(palco.analista).get(url("renumeracoes")))
    assert "Adiar a data" not in texto(de_novo(palco.gestor).get(pagina))


def test_only_the_gestor_has_the_acts(palco: Palco, em_curso: Renumeracao) -> None:
    assert "Desfazer" not in texto(palco.analista.cliente.get(url("renumeracao", em_curso.slug)))
    for nome, args in (("renumerar", ()), ("adiar_renumeracao", (em_curso.slug,)), ("desfazer_renumeracao", (em_curso.slug,))):
        for pessoa in (palco.analista, palco.auditor, palco.ana):
            assert pessoa.cliente.get(url(nome, *args)).status_code == 403
    for nome, args in (("renumeracoes", ()), ("renumeracao", (em_curso.slug,))):
        assert palco.ana.cliente.get(url(nome, *args)).status_code == 403
    assert palco.gestor.cliente.get(url("renumeracao", "2026-99999-9")).status_code == 404


def test_the_gestor_postpones_and_undoes(palco: Palco, em_curso: Renumeracao, relogio: Any) -> None:
    cliente, pagina = palco.gestor.cliente, url("adiar_renumeracao", em_curso.slug)
    errada = cliente.post(pagina, {"ultimo_dia": f"{ULTIMO:%d/%m/%Y}", "motivo": "Mais tempo"})
    assert errada.status_code == 422
    assert texto(errada).count(" nova data precisa ser depois de") == 2
    certa = {"ultimo_dia": f"{ULTIMO + 9 * DIA:%d/%m/%Y}", "motivo": "Mais tempo", "chave": chave(cliente.get(pagina))}
    assert "A data mudou." in texto(cliente.post(pagina, certa, follow=True))
    pagina = url("desfazer_renumeracao", em_curso.slug)
    assert cliente.post(pagina, {"motivo": ""}).status_code == 422
    feita = texto(cliente.post(pagina, {"motivo": "Engano", "chave": chave(cliente.get(pagina))}, follow=True))
    assert "A renumeração foi desfeita." in feita
    assert "Engano" in feita
    tarde = cliente.post(pagina, {"motivo": "De novo"})
    assert tarde.status_code == 409
    dia = Renumeracao.objects.get(pk=em_curso.pk).desde
    for nome in ("adiar_renumeracao", "desfazer_renumeracao"):
        aberta = cliente.get(url(nome, em_curso.slug))
        assert aberta.status_code == 409
        assert f"Esta renumeração foi desfeita em {dia:%d/%m/%Y}." in texto(aberta)
        assert f'href="{url("renumeracao", em_curso.slug)}"' in aberta.content.decode()
    esta, lista = texto(cliente.get(url("renumeracao", em_curso.slug))), texto(cliente.get(url("renumeracoes")))
    assert f"Desfeita em {dia:%d/%m/%Y}" in esta
    assert "Sem confirmar" not in esta
    assert f"desfeita em {dia:%d/%m/%Y}" in lista
    for pagina_ in (esta, lista):
        assert "valeram" not in pagina_
        assert f"{ULTIMO + 9 * DIA:%d/%m/%Y}" not in pagina_.replace("Data adiada", "")


# --- The prefeitura ---------------------------------------------------------------------------------------------------
def test_the_prefeitura_sees_old_and_new_side_by_side_with_what_to_do(palco: Palco, em_curso: Renumeracao, usos: None) -> None:
    pagina = texto(palco.ana.cliente.get(url("trocas")))
    for trecho in (
        "Troque 3 sub-blocos de endereço",
        "faltam 58 dias",
        "10.64.16.0/28",
        "10.64.32.0/28",
        "255.255.255.240",
        "UBS Vila Maria",
    ):
        assert trecho in pagina
    assert "Configure o endereço novo" in pagina
    assert "10.64.16.48/28" not in pagina  # the neighbour's


def test_a_responsavel_confirms_one_and_then_all(palco: Palco, em_curso: Renumeracao) -> None:
    cliente, pagina = palco.ana.cliente, url("confirmar_trocas", em_curso.slug)
    primeira = em_curso.trocas.order_by("velho__inicio")[0]
    uma = cliente.get(f"{pagina}?troca={primeira.pk}")
    assert "Confirmar a troca?" in texto(uma)
    dados = {"troca": primeira.pk, "chave": chave(uma)}
    depois = texto(cliente.post(pagina, dados, follow=True))
    assert "Troca confirmada." in depois
    assert "O link consta" not in depois  # no link uses it
    assert cliente.post(pagina, dados).status_code == 302  # the same form twice
    assert cliente.post(pagina, {"troca": primeira.pk}).status_code == 409
    todas = cliente.get(pagina)
    assert "Confirmar 2 trocas?" in texto(todas)
    assert "2 trocas confirmadas." in texto(cliente.post(pagina, {"chave": chave(todas)}, follow=True))
    assert cliente.get(pagina).status_code == 409
    assert "Você confirmou tudo" in texto(cliente.get(url("trocas")))


def test_nobody_confirms_for_others(palco: Palco, em_curso: Renumeracao) -> None:
    pagina = url("confirmar_trocas", em_curso.slug)
    da_vizinha = em_curso.trocas.get(adesao__municipio_id=ITAPEVA)
    assert palco.ana.cliente.get(f"{pagina}?troca={da_vizinha.pk}").status_code == 404
    assert palco.ana.cliente.post(pagina, {"troca": da_vizinha.pk}).status_code == 404
    assert palco.ana.cliente.get(url("confirmar_trocas", "2026-99999-9")).status_code == 404
    for pessoa in (palco.gestor, palco.analista, palco.requerente):
        assert pessoa.cliente.get(pagina).status_code == 403
    assert not em_curso.trocas.filter(confirmada_em__isnull=False).exists()


def test_an_overdue_exchange_stays_on_the_page_until_confirmed(palco: Palco, em_curso: Renumeracao, relogio: Any) -> None:
    relogio.move_to(FIM + DIA)
    acoes.trocar(agora=FIM)
    cliente = de_novo(palco.ana)
    pagina = texto(cliente.get(url("trocas")))
    assert "Confirme 3 sub-blocos que já mudaram de endereço" in pagina
    assert "vencida há 2 dias" in pagina
    cliente.post(url("confirmar_trocas", em_curso.slug))
    assert "Nenhuma troca em andamento" in texto(cliente.get(url("trocas")))


def test_after_undoing_a_stale_confirmation_says_so(palco: Palco, em_curso: Renumeracao) -> None:
    acoes.desfazer_renumeracao(em_curso.pk, motivo="Engano", por=palco.gestor.ator, agora=AGORA + DIA)
    resposta = palco.ana.cliente.post(url("confirmar_trocas", em_curso.slug))
    assert resposta.status_code == 409
    assert "A PRODESP desfez esta troca" in texto(resposta)
    aberta = palco.ana.cliente.get(url("confirmar_trocas", em_curso.slug))
    assert aberta.status_code == 409
    assert "Venceu sem confirmar" not in texto(aberta)
    assert "Nenhuma troca em andamento" in texto(palco.ana.cliente.get(url("trocas")))


def test_an_undone_exchange_is_told_for_a_month_with_what_to_put_back(palco: Palco, em_curso: Renumeracao, relogio: Any) -> None:
    primeira = em_curso.trocas.filter(adesao__municipio_id=BOTUCATU).order_by("velho__inicio")[0]
    acoes.confirmar_trocas(em_curso.pk, municipio_id=BOTUCATU, trocas=[primeira.pk], por=palco.ana.ator, agora=AGORA)
    acoes.desfazer_renumeracao(em_curso.pk, motivo="Engano", por=palco.gestor.ator, agora=AGORA)
    frase = f"A PRODESP desfez a renumeração {em_curso.numero} em {AGORA:%d/%m/%Y}."
    for nome in ("trocas", "enderecos"):
        pagina = texto(palco.ana.cliente.get(url(nome)))
        assert frase in pagina
        assert "Nos 1 que você já tinha confirmado" in pagina
        assert pagina.count("configure de novo") == 2
    sub_bloco = texto(palco.gestor.cliente.get(url("sub_bloco", primeira.novo.slug)))
    assert f"Última prefeitura Botucatu, até {AGORA:%d/%m/%Y}" in sub_bloco
    assert "Troca desfeita" in sub_bloco
    assert "evolvido por" not in sub_bloco
    assert primeira.novo.alocacoes.get().fim_por_nome == palco.gestor.usuario.nome
    relogio.move_to(AGORA + 31 * DIA)
    assert frase not in texto(de_novo(palco.ana).get(url("trocas")))


def test_each_side_of_an_exchange_names_the_other(palco: Palco, em_curso: Renumeracao) -> None:
    troca = em_curso.trocas.filter(adesao__municipio_id=BOTUCATU).order_by("velho__inicio")[0]
    assert f"O novo é {troca.novo} ." in texto(palco.ana.cliente.get(url("endereco", troca.velho.slug)))
    assert f"entra no lugar de {troca.velho} ," in texto(palco.ana.cliente.get(url("endereco", troca.novo.slug)))
    assert f"O novo {troca.novo} , renumeração {em_curso.numero}" in texto(palco.gestor.cliente.get(url("sub_bloco", troca.velho.slug)))
    assert f"Entra no lugar de {troca.velho} ," in texto(palco.gestor.cliente.get(url("sub_bloco", troca.novo.slug)))


def test_the_card_for_other_pages_says_what_to_do_and_until_when(palco: Palco, em_curso: Renumeracao) -> None:
    def cartao(pode_confirmar: bool) -> str:
        contexto = {"trocas": trocas_abertas([BOTUCATU]), "agora": AGORA + 2 * DIA, "pode_confirmar": pode_confirmar}
        html = render_to_string("enderecamento/partes/trocas.html", contexto)
        return " ".join(re.sub(r"<[^>]+>", " ", html).split())

    assert "Troque 3 sub-blocos de endereço" in cartao(True)
    assert "faltam 58 dias" in cartao(True)
    assert "Ver e confirmar" in cartao(True)
    assert "Ver e confirmar" not in cartao(False)
    acoes.confirmar_trocas(em_curso.pk, municipio_id=BOTUCATU, por=palco.ana.ator, agora=AGORA)
    assert "3 trocas confirmadas" in cartao(True)
    assert trocas_abertas([999]) == []


def test_an_exchange_is_something_to_do_until_it_is_confirmed(palco: Palco, em_curso: Renumeracao) -> None:
    def inicio() -> tuple[str, int]:
        resposta = palco.ana.cliente.get(reverse("saog:para_fazer"))
        contagem = next(item.contagem for item in resposta.context["navegacao"] if item.nome == "saog:para_fazer")
        return texto(resposta), contagem

    pagina, contagem = inicio()
    assert "Troque 3 sub-blocos de endereço" in pagina
    assert "Nada para fazer agora" not in pagina
    assert contagem == 1
    acoes.confirmar_trocas(em_curso.pk, municipio_id=BOTUCATU, por=palco.ana.ator, agora=AGORA)
    pagina, contagem = inicio()
    assert "sub-blocos de endereço" not in pagina
    assert "Nada para fazer agora" in pagina
    assert contagem == 0


def test_the_page_of_addresses_shows_the_card_and_the_map_leads_to_the_exchange(palco: Palco, em_curso: Renumeracao) -> None:
    assert "Troque 3 sub-blocos de endereço" in texto(palco.ana.cliente.get(url("enderecos")))
    novo = em_curso.trocas.order_by("pk")[0].novo
    acoes.desfazer_renumeracao(em_curso.pk, motivo="Engano", por=palco.gestor.ator, agora=AGORA)
    assert "Troque" not in texto(palco.ana.cliente.get(url("enderecos")))
    pagina = palco.gestor.cliente.get(url("sub_bloco", palco.blocos[0].slug)).content.decode()
    assert f"{url('renumerar')}?bloco={palco.blocos[0].slug}" in pagina
    assert f"?bloco={novo.slug}" not in pagina


# --- Queries ----------------------------------------------------------------------------------------------------------
def contar(pessoa: Pessoa, endereco: str) -> int:
    pessoa.cliente.get(endereco)  # the first opening writes the log of the day
    with CaptureQueriesContext(connection) as consultas:
        assert pessoa.cliente.get(endereco).status_code == 200
    return len(consultas)


def test_lists_ask_the_same_with_one_row_and_with_many(palco: Palco) -> None:
    um = renumerar(por=palco.gestor.ator, blocos=palco.blocos[:1], destinos=(palco.novo.pk,))
    paginas = [
        (palco.ana, url("trocas")),
        (palco.ana, url("confirmar_trocas", um.slug)),
        (palco.gestor, url("renumeracoes")),
        (palco.gestor, url("renumeracao", um.slug)),
        (palco.gestor, url("renumerar") + f"?pool={palco.velho.slug}"),
    ]
    antes = [contar(*p) for p in paginas]
    muitos = renumerar(por=palco.gestor.ator, pool=palco.velho)
    paginas[1] = (palco.ana, url("confirmar_trocas", muitos.slug))
    paginas[3] = (palco.gestor, url("renumeracao", muitos.slug))
    depois = [contar(*p) for p in paginas]
    assert depois == antes
    assert max(depois) <= 22
