"""A blocking is told on every page of what it blocks, and follows its sub-block through an exchange (IP-05, IP-07)."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comunicacao.models import MensagemSaida
from enderecamento import acoes, consultas
from enderecamento.models import Renumeracao, Sancao, SubBlocoCIDR
from saog.models import Acesso
from tests.apoio import enderecos, solicitacoes
from tests.apoio.elenco import AGORA, Pessoa
from tests.apoio.trocas import DIA, FIM, renumerar
from tests.enderecamento.conftest import Cena

pytestmark = pytest.mark.django_db
PILULA = ">Bloqueado<"
MOTIVO = "Varredura de portas."
VELHO, NOVO = "10.64.16.16/28", "10.64.32.0/28"


def dar(cena: Cena, quantos: int = 2) -> list[SubBlocoCIDR]:
    return acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=quantos, por=cena.analista, agora=AGORA, pool_id=cena.privado.pk)


def bloquear(cena: Cena, *blocos: SubBlocoCIDR, agora: Any = AGORA) -> Sancao:
    especie = "BLOQUEIO_PARCIAL" if blocos else "BLOQUEIO_TOTAL"
    return acoes.aplicar_sancao(
        cena.botucatu.pk, especie=especie, motivo=MOTIVO, blocos=[b.pk for b in blocos], por=cena.gestor, agora=agora
    )


def texto(pessoa: Pessoa, endereco: str) -> str:
    resposta = pessoa.cliente.get(endereco)
    assert resposta.status_code == 200, endereco
    return " ".join(resposta.content.decode().split())


def pedir(cena: Cena, bloco: SubBlocoCIDR, n: int = 0) -> Acesso:
    """A link of Botucatu that uses this sub-block."""
    acesso = solicitacoes.enviada(cena.ana, n=n).acesso
    assert acesso is not None
    Acesso.objects.filter(pk=acesso.pk).update(sub_bloco=str(bloco))
    return acesso


def novo_de(velho: SubBlocoCIDR) -> SubBlocoCIDR:
    return velho.trocas_de_saida.order_by("-pk")[0].novo


def trocar(cena: Cena, velho: SubBlocoCIDR) -> Renumeracao:
    destino = enderecos.pool("10.64.32.0/24", por=cena.gestor)
    return renumerar(por=cena.gestor, blocos=[velho], destinos=(destino.pk,))


# --- Through an exchange ------------------------------------------------------------------------------------------------
def test_a_partial_blocking_follows_its_sub_block_to_the_new_one(cena: Cena, gestor_prodesp: Pessoa, responsavel_a1: Pessoa) -> None:
    outro, velho = dar(cena)
    acesso = pedir(cena, velho)
    sancao = bloquear(cena, velho)
    trocar(cena, velho)
    assert consultas.bloqueados([sancao], [outro.pk, velho.pk, novo_de(velho).pk]) == {velho.pk, novo_de(velho).pk}
    assert texto(responsavel_a1, "/enderecos/").count(PILULA) == 2
    frase = f"{NOVO}, no lugar de {VELHO}"
    assert frase in texto(gestor_prodesp, f"/sancoes/{sancao.pk}/")
    assert frase in texto(responsavel_a1, "/enderecos/sancoes/")
    acoes.trocar(agora=FIM)
    assert consultas.bloqueados([sancao], [novo_de(velho).pk]) == {novo_de(velho).pk}
    acesso.refresh_from_db()
    assert acesso.sub_bloco == NOVO
    assert PILULA in texto(responsavel_a1, f"/links/{acesso.pk}/")


def test_it_follows_a_second_exchange_too(cena: Cena) -> None:
    _, velho = dar(cena)
    sancao = bloquear(cena, velho)
    for rede, quando in (("10.64.32.0/24", AGORA), ("10.64.40.0/24", FIM)):
        destino = enderecos.pool(rede, por=cena.gestor)
        atual = SubBlocoCIDR.objects.get(adesao=cena.botucatu, ordinal=2)
        dia = (quando + 60 * DIA).date()
        renumerar(por=cena.gestor, blocos=[atual], destinos=(destino.pk,), agora=quando, ultimo_dia=dia)
        acoes.trocar(agora=quando + 62 * DIA)
    ultimo = SubBlocoCIDR.objects.get(adesao=cena.botucatu, ordinal=2)
    assert str(ultimo) == "10.64.40.0/28"
    assert consultas.bloqueados([sancao], [ultimo.pk]) == {ultimo.pk}


def test_an_exchange_that_is_undone_gives_the_blocking_back(cena: Cena) -> None:
    _, velho = dar(cena)
    sancao = bloquear(cena, velho)
    feita = trocar(cena, velho)
    acoes.desfazer_renumeracao(feita.pk, motivo="Engano.", por=cena.gestor, agora=AGORA + DIA)
    assert consultas.bloqueados([sancao], [velho.pk, novo_de(velho).pk]) == {velho.pk}
    assert consultas.substitutos([sancao]) == {}


def test_one_that_names_the_new_one_goes_back_to_the_old_one_with_it(cena: Cena) -> None:
    _, velho = dar(cena)
    feita = trocar(cena, velho)
    sancao = bloquear(cena, novo_de(velho))
    assert consultas.bloqueados([sancao], [velho.pk]) == set()
    acoes.desfazer_renumeracao(feita.pk, motivo="Engano.", por=cena.gestor, agora=AGORA + DIA)
    assert consultas.bloqueados([sancao], [velho.pk]) == {velho.pk}


def test_one_applied_during_an_exchange_reaches_both_and_the_letter_says_so(cena: Cena, analista: Pessoa) -> None:
    _, velho = dar(cena)
    trocar(cena, velho)
    sancao = bloquear(cena, velho)
    assert consultas.bloqueados([sancao], [velho.pk, novo_de(velho).pk]) == {velho.pk, novo_de(velho).pk}
    assert f"{NOVO}, no lugar de {VELHO}" in MensagemSaida.objects.get(assunto_tipo="sancao_aplicada").texto
    assert texto(analista, f"/blocos/prefeituras/{cena.botucatu.municipio_id}/").count(PILULA) == 2


def test_exchanges_before_it_or_after_its_end_are_not_its_own(cena: Cena) -> None:
    _, velho = dar(cena)
    encerrada = acoes.levantar_sancao(bloquear(cena, velho).pk, motivo="Fim.", por=cena.gestor, agora=AGORA)
    renumerar(por=cena.gestor, blocos=[velho])
    assert consultas.substitutos([encerrada]) == {}


# --- Where it is told ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("total", [True, False])
def test_the_pages_of_a_blocked_sub_block_and_its_link_say_so(total: bool, cena: Cena, analista: Pessoa, responsavel_a1: Pessoa) -> None:
    livre, bloqueado = dar(cena)
    acesso = pedir(cena, bloqueado)
    link = f"/links/{acesso.pk}/"
    mapa = f"/blocos/{cena.privado.slug}/?sub="
    paginas = [
        (responsavel_a1, f"/enderecos/{bloqueado.slug}/"),
        (responsavel_a1, "/links/"),
        (responsavel_a1, link),
        (analista, link),
        (analista, "/links/"),
        (analista, f"/blocos/sub-blocos/{bloqueado.slug}/"),
        (analista, f"{mapa}{bloqueado.slug}"),
    ]
    for pessoa, endereco in paginas:
        assert PILULA not in texto(pessoa, endereco)
    sancao = bloquear(cena, *([] if total else [bloqueado]))
    for pessoa, endereco in paginas:
        pagina = texto(pessoa, endereco)
        assert PILULA in pagina, endereco
        if endereco not in ("/links/", f"{mapa}{bloqueado.slug}"):
            assert MOTIVO in pagina
    do_livre = [
        (responsavel_a1, f"/enderecos/{livre.slug}/"),
        (analista, f"/blocos/sub-blocos/{livre.slug}/"),
        (analista, f"{mapa}{livre.slug}"),
    ]
    for pessoa, endereco in do_livre:
        assert (PILULA in texto(pessoa, endereco).partition('id="sub-blocos"')[0]) == total
    lista = texto(analista, f"/blocos/{cena.privado.slug}/").partition('id="sub-blocos"')[2]
    assert lista.count(PILULA) == (2 if total else 1)
    acoes.levantar_sancao(sancao.pk, motivo="Fim.", por=cena.gestor, agora=AGORA)
    for pessoa, endereco in paginas:
        assert PILULA not in texto(pessoa, endereco)


@pytest.mark.parametrize("total", [True, False])
def test_the_spreadsheets_and_the_technical_sheet_say_so(total: bool, cena: Cena, analista: Pessoa, responsavel_a1: Pessoa) -> None:
    livre, bloqueado = dar(cena)
    acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", quantidade=1, por=cena.analista, agora=AGORA, pool_id=cena.privado.pk)
    bloquear(cena, *([] if total else [bloqueado]))
    for endereco in ("/blocos/dados/alocacoes.csv", f"/blocos/{cena.privado.slug}/csv/"):
        resposta = analista.cliente.get(endereco)
        linhas = csv.DictReader(b"".join(resposta.streaming_content).decode("utf-8-sig").splitlines(), delimiter=";")
        assert [linha["Bloqueio"] for linha in linhas] == ["Bloqueado" if total else "", "Bloqueado", ""]
    for bloco, dito in ((livre, total), (bloqueado, True)):
        ficha = acoes.encomendar_ficha(bloco.pk, por=cena.ana, agora=AGORA)
        especie = "bloqueio total" if total else "bloqueio parcial"
        frase = f"{especie} desde segunda-feira, 09/11/2026, até a PRODESP encerrar"
        assert ficha.dados["bloqueios"] == ([frase] if dito else [])
        assert (frase in texto(responsavel_a1, f"/enderecos/{bloco.slug}/ficha/{ficha.pk}/imprimir/")) == dito


def test_the_list_of_links_marks_only_the_blocked_and_asks_as_much_for_many(cena: Cena, analista: Pessoa, responsavel_a1: Pessoa) -> None:
    blocos = dar(cena, 6)
    contas = []
    for n, bloco in enumerate(blocos[:5]):
        pedir(cena, bloco, n)
        if n == 0:
            bloquear(cena, bloco)
        responsavel_a1.cliente.get("/links/")
        with CaptureQueriesContext(connection) as feitas:
            assert texto(analista, "/links/").count(PILULA) == 1
        contas.append(len(feitas))
    assert contas[-1] <= contas[1]
