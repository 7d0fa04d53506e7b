"""Renumbering (IP-05): both hold until the date, places and ceilings stay, confirming moves the links, undo and postpone before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from comunicacao.models import MensagemSaida
from contas.models import Municipio
from contas.municipios import dobrar
from enderecamento import acoes, consultas, registros
from enderecamento.acoes import PoolEsgotado
from enderecamento.consultas import renumeracao as leitura
from enderecamento.estados import Situacao
from enderecamento.models import Alocacao, LimiteConcedido, PoolCIDR, Renumeracao, SubBlocoCIDR, Troca
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from tests.apoio import enderecos
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA, Pessoa
from tests.apoio.trocas import DIA, FIM, ULTIMO, renumerar
from tests.enderecamento.conftest import Cena

pytestmark = pytest.mark.django_db
HOJE = prazos.dia_local(AGORA)


def dar(cena: Cena, n: int = 1, **opcoes: Any) -> list[SubBlocoCIDR]:
    """Blocks for Botucatu from the first pool, unless told otherwise."""
    dados = {"perfil": "PRIVADO", "quantidade": n, "por": cena.analista, "agora": AGORA, "pool_id": cena.privado.pk}
    return acoes.atribuir(opcoes.pop("adesao", cena.botucatu).pk, **(dados | opcoes))


@pytest.fixture
def outro(cena: Cena) -> PoolCIDR:
    """Where the new ones come from: 16 free slots."""
    return enderecos.pool("10.64.32.0/24", por=cena.gestor, nome="Região de Bauru", regiao="14")


@pytest.fixture
def movidos() -> Iterator[list[tuple[int, str, str]]]:
    """What floors above were told to move: (municipality, from, to)."""
    lista: list[tuple[int, str, str]] = []

    def mover(*, municipio_id: int, pares: dict[str, str], por: Any, agora: dt.datetime) -> None:
        lista.extend((municipio_id, de, para) for de, para in pares.items())

    registros.AO_TROCAR.append(mover)
    yield lista
    registros.AO_TROCAR.remove(mover)


def bloco(cidr: str) -> SubBlocoCIDR:
    achado = consultas.sub_bloco_por_slug(cidr.replace("/", "-"))
    assert achado is not None
    return achado


def cartas(tipo: str) -> list[MensagemSaida]:
    return list(MensagemSaida.objects.filter(assunto_tipo=tipo).order_by("pk"))


# --- Beginning --------------------------------------------------------------------------------------------------------
def test_a_whole_pool_gets_new_slots_and_both_hold(cena: Cena, outro: PoolCIDR) -> None:
    dar(cena, 2)
    dar(cena, adesao=cena.itapeva)
    feita = renumerar(por=cena.gestor, pool=cena.privado)
    assert (feita.numero, feita.rotulo, feita.vence_em, feita.ultimo_dia) == ("2026/00001-2", "Em andamento", FIM, ULTIMO)
    assert [(str(t.velho), str(t.novo), t.adesao_id) for t in feita.trocas.order_by("velho__inicio")] == [
        ("10.64.16.0/28", "10.64.32.0/28", cena.botucatu.pk),
        ("10.64.16.16/28", "10.64.32.16/28", cena.botucatu.pk),
        ("10.64.16.32/28", "10.64.32.32/28", cena.itapeva.pk),
    ]
    velho, novo = bloco("10.64.16.16/28"), bloco("10.64.32.16/28")
    assert (velho.situacao(HOJE), velho.ordinal, velho.vale_ate) == (Situacao.EM_TROCA, None, ULTIMO)
    assert (novo.situacao(HOJE), novo.ordinal, novo.adesao_id) == (Situacao.EM_USO, 2, cena.botucatu.pk)
    abertas = Alocacao.objects.filter(adesao=cena.botucatu, ate__isnull=True).order_by("sub_bloco__inicio")
    assert len(abertas) == 4
    assert "no lugar de 10.64.16.16/28" in abertas[3].motivo
    assert [h.transicao for h in feita.historico.all()] == ["comecar"]


def test_the_prefeituras_of_a_renumbering_are_in_alphabetical_order_whatever_the_accents(
    cena: Cena, outro: PoolCIDR, responsavel_b: Pessoa
) -> None:
    for codigo, nome in ((3552205, "Sorocaba"), (3549805, "São José do Rio Preto")):
        Municipio.objects.create(codigo_ibge=codigo, nome=nome, busca=dobrar(nome))
        dar(cena, adesao=enderecos.em_vigor(responsavel_b, codigo))
    dar(cena)
    nomes = ["Botucatu", "São José do Rio Preto", "Sorocaba"]
    pedido = acoes.Pedido(pool_id=cena.privado.pk, motivo="x", ultimo_dia=ULTIMO)
    plano = acoes.prever_renumeracao(pedido, por=cena.gestor, agora=AGORA)
    assert [adesao.municipio.nome for adesao, _ in plano.por_prefeitura] == nomes
    feita = renumerar(por=cena.gestor, pool=cena.privado)
    linhas: Any = leitura.por_prefeitura(feita)
    assert [(li["nome"], li["total"]) for li in linhas] == [(nome, 1) for nome in nomes]
    assert leitura.por_prefeitura(feita, "faltam").count() == 3


def test_each_prefeitura_is_told_what_becomes_what_until_when_and_why(cena: Cena, outro: PoolCIDR) -> None:
    dar(cena, 2)
    renumerar(por=cena.gestor, pool=cena.privado)
    (carta,) = cartas("troca_de_blocos")
    assert carta.assunto == f"Troque 2 sub-blocos de endereço até {ULTIMO:%d/%m/%Y}: Prefeitura de Botucatu"
    for trecho in ("10.64.16.0/28 → 10.64.32.0/28", prazos.dia_por_extenso(ULTIMO), "Troca do equipamento central", "/trocas/"):
        assert trecho in carta.texto


def test_twenty_blocks_and_a_granted_one_above_are_renumbered_at_once_under_the_ceiling(cena: Cena, outro: PoolCIDR) -> None:
    enderecos.pool("10.64.40.0/23", por=cena.gestor)
    LimiteConcedido.objects.create(
        municipio_id=BOTUCATU, links=22, vale_de=HOJE, motivo="Escolas", concedido_em=AGORA, concedido_por_id=cena.gestor.usuario_id
    )
    acoes.registrar_anexo_ii(cena.botucatu.pk, privados=2, publicos=0, referencia="Anexo II", por=cena.analista, agora=AGORA)
    blocos = dar(cena, 22, pool_id=None)
    antes = consultas.quantidades(cena.botucatu, "PRIVADO", HOJE)
    feita = renumerar(por=cena.gestor, blocos=blocos)
    assert consultas.quantidades(cena.botucatu, "PRIVADO", HOJE) == antes
    novos = SubBlocoCIDR.objects.filter(adesao=cena.botucatu, ordinal__isnull=False).order_by("ordinal")
    assert [(b.ordinal, b.excedente_id is not None) for b in novos] == [(n, n > 20) for n in range(1, 23)]
    assert SubBlocoCIDR.objects.filter(adesao=cena.botucatu).count() == 44
    acoes.desfazer_renumeracao(feita.pk, motivo="Engano", por=cena.gestor, agora=AGORA + DIA)
    velhos = SubBlocoCIDR.objects.filter(adesao=cena.botucatu).order_by("ordinal")
    assert [(b.pk, b.ordinal, b.excedente_id is not None) for b in velhos] == [(v.pk, n, n > 20) for n, v in enumerate(blocos, start=1)]


def test_without_enough_free_slots_nothing_starts_and_the_missing_are_counted(cena: Cena, outro: PoolCIDR) -> None:
    dar(cena, 16)
    dar(cena, 14, adesao=cena.itapeva, pool_id=outro.pk)
    antes = list(SubBlocoCIDR.objects.order_by("pk").values())
    with pytest.raises(PoolEsgotado, match="Faltam 14 sub-blocos livres: é preciso 16 privados, e há só 2") as erro:
        renumerar(por=cena.gestor, pool=cena.privado)
    assert (erro.value.campo, erro.value.regra) == ("destinos", "IP-05")
    assert list(SubBlocoCIDR.objects.order_by("pk").values()) == antes
    assert not Renumeracao.objects.exists()
    with pytest.raises(PoolEsgotado, match="não há nenhum"):
        renumerar(por=cena.gestor, pool=cena.privado, destinos=(cena.privado.pk,))


def test_the_destination_may_be_pools_or_a_region_and_never_the_pool_being_emptied(cena: Cena, outro: PoolCIDR) -> None:
    alto = enderecos.pool("10.64.48.0/24", por=cena.gestor, regiao="15")
    blocos = dar(cena, 4)
    assert renumerar(por=cena.gestor, blocos=blocos[:1], destinos=(alto.pk,)).trocas.get().novo.pool_id == alto.pk
    assert renumerar(por=cena.gestor, blocos=blocos[1:2], regiao="14").trocas.get().novo.pool_id == outro.pk
    assert renumerar(por=cena.gestor, blocos=blocos[2:3]).trocas.get().novo.pool_id == cena.privado.pk
    acoes.fechar_pool(outro.pk, motivo="Aposentado", por=cena.gestor, agora=AGORA)
    assert {t.novo.pool_id for t in renumerar(por=cena.gestor, pool=cena.privado).trocas.all()} == {alto.pk}


def test_a_part_of_a_pool_goes_out_of_it_and_the_rest_stays(cena: Cena) -> None:
    dar(cena, 5)
    dentro = dar(cena, 2, escolhidos=[bloco("10.64.16.128/28").inicio, bloco("10.64.16.160/28").inicio])
    parte = (dentro[0].inicio, dentro[0].inicio + 128)
    pedido = {"pool_id": cena.privado.pk, "parte": parte}
    feita = renumerar(por=cena.gestor, **pedido)
    assert [(str(t.velho), str(t.novo)) for t in feita.trocas.select_related("velho", "novo")] == [
        ("10.64.16.128/28", "10.64.16.80/28"),
        ("10.64.16.160/28", "10.64.16.96/28"),
    ]
    assert (feita.pool, leitura.renumeracoes().get().parte) == (None, "10.64.16.128/25")
    for ha, frase in ((parte, "já está em outra troca"), ((parte[1] - 32, parte[1]), "Nenhum sub-bloco de 10.64.16.224/27 está em uso")):
        with pytest.raises(RegraViolada, match=frase) as erro:
            renumerar(por=cena.gestor, **pedido | {"parte": ha})
        assert erro.value.campo == "parte"
    with pytest.raises(PoolEsgotado):  # of the nine free ones none is inside
        renumerar(por=cena.gestor, pool_id=cena.privado.pk, parte=(cena.privado.inicio, parte[0] - 16), destinos=(cena.publico.pk,))


def test_private_and_public_ones_are_renumbered_together_each_in_its_kind(cena: Cena) -> None:
    blocos = [*dar(cena, 2), *dar(cena, perfil="PUBLICO", pool_id=cena.publico.pk)]
    trocas = renumerar(por=cena.gestor, blocos=blocos).trocas.select_related("velho", "novo")
    assert sorted((t.velho.perfil, t.novo.perfil, t.lugar) for t in trocas) == [
        ("PRIVADO", "PRIVADO", 1),
        ("PRIVADO", "PRIVADO", 2),
        ("PUBLICO", "PUBLICO", 1),
    ]


def test_blocks_of_another_exchange_are_left_out(cena: Cena, outro: PoolCIDR) -> None:
    blocos = dar(cena, 3)
    primeira = renumerar(por=cena.gestor, blocos=blocos[:1])
    segunda = renumerar(por=cena.gestor, pool=cena.privado)
    assert {t.velho_id for t in segunda.trocas.all()} == {blocos[1].pk, blocos[2].pk}
    with pytest.raises(RegraViolada, match="já estão em outra troca"):
        renumerar(por=cena.gestor, blocos=[blocos[0], primeira.trocas.get().novo])


def test_what_is_missing_or_out_of_range_is_refused_beside_its_field(cena: Cena, outro: PoolCIDR) -> None:
    blocos = dar(cena)
    livre = bloco("10.64.16.240/28")
    for mudancas, campo in (
        ({"motivo": "  "}, "motivo"),
        ({"ultimo_dia": HOJE}, "ultimo_dia"),
        ({"ultimo_dia": HOJE + 731 * DIA}, "ultimo_dia"),
        ({"escolhidos": ()}, "blocos"),
        ({"escolhidos": (livre.inicio,)}, "blocos"),
    ):
        with pytest.raises(RegraViolada) as erro:
            renumerar(por=cena.gestor, blocos=blocos, **mudancas)
        assert erro.value.campo == campo
    assert not Renumeracao.objects.exists()


def test_only_the_gestor_begins_postpones_and_undoes(cena: Cena, outro: PoolCIDR) -> None:
    blocos = dar(cena)
    for por in (cena.analista, cena.ana):
        with pytest.raises(SemPermissao):
            renumerar(por=por, blocos=blocos)
        with pytest.raises(SemPermissao):
            acoes.prever_renumeracao(acoes.Pedido(escolhidos=(blocos[0].inicio,), motivo="Motivo", ultimo_dia=ULTIMO), por=por, agora=AGORA)
    feita = renumerar(por=cena.gestor, blocos=blocos)
    for por in (cena.analista, cena.ana):
        with pytest.raises(SemPermissao):
            acoes.adiar_renumeracao(feita.pk, ultimo_dia=ULTIMO + DIA, motivo="Mais tempo", por=por, agora=AGORA)
        with pytest.raises(SemPermissao):
            acoes.desfazer_renumeracao(feita.pk, motivo="Engano", por=por, agora=AGORA)


def test_the_preview_tells_what_would_happen_and_changes_nothing(cena: Cena, outro: PoolCIDR) -> None:
    dar(cena, 2)
    dar(cena, adesao=cena.itapeva)
    antes = list(SubBlocoCIDR.objects.order_by("pk").values())
    plano = acoes.prever_renumeracao(
        acoes.Pedido(pool_id=cena.privado.pk, motivo="Motivo", ultimo_dia=ULTIMO), por=cena.gestor, agora=AGORA
    )
    assert [(a.municipio.nome, [(str(v), str(n)) for v, n in pares]) for a, pares in plano.por_prefeitura] == [
        ("Botucatu", [("10.64.16.0/28", "10.64.32.0/28"), ("10.64.16.16/28", "10.64.32.16/28")]),
        ("Itapeva", [("10.64.16.32/28", "10.64.32.32/28")]),
    ]
    assert list(SubBlocoCIDR.objects.order_by("pk").values()) == antes


# --- Meanwhile --------------------------------------------------------------------------------------------------------
def test_neither_side_can_be_given_back_and_new_blocks_take_the_next_place(cena: Cena, outro: PoolCIDR) -> None:
    velho = dar(cena)[0]
    novo = renumerar(por=cena.gestor, blocos=[velho], destinos=(outro.pk,)).trocas.get().novo
    for pk, frase in ((velho.pk, "sai sozinho na data"), (novo.pk, "entra no lugar de 10.64.16.0/28, na renumeração 2026/00001-2")):
        with pytest.raises(RegraViolada, match=frase):
            acoes.devolver(pk, motivo="Sem uso", por=cena.analista, agora=AGORA)
    assert dar(cena)[0].ordinal == 2
    with pytest.raises(TransicaoIndisponivel, match="já está em uso"):
        dar(cena, escolhidos=[novo.inicio])


def test_the_database_refuses_the_place_held_by_both_and_two_open_exchanges_of_one_block(cena: Cena, outro: PoolCIDR) -> None:
    velho = dar(cena)[0]
    troca = renumerar(por=cena.gestor, blocos=[velho], destinos=(outro.pk,)).trocas.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        SubBlocoCIDR.objects.filter(pk=velho.pk).update(ordinal=1, troca_ate=None)
    for lado in ({"velho": velho, "novo": bloco("10.64.32.240/28")}, {"velho": bloco("10.64.16.240/28"), "novo": troca.novo}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Troca.objects.create(renumeracao=troca.renumeracao, adesao=cena.botucatu, lugar=2, **lado)


# --- Confirming -------------------------------------------------------------------------------------------------------
def test_a_responsavel_confirms_one_or_all_and_the_links_move(cena: Cena, outro: PoolCIDR, movidos: list[tuple[int, str, str]]) -> None:
    feita = renumerar(por=cena.gestor, blocos=dar(cena, 3), destinos=(outro.pk,))
    primeira = feita.trocas.order_by("lugar")[0]
    _, feitas = acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, trocas=[primeira.pk], por=cena.ana, agora=AGORA + DIA)
    assert [t.pk for t in feitas] == [primeira.pk]
    assert movidos == [(BOTUCATU, "10.64.16.0/28", "10.64.32.0/28")]
    primeira.refresh_from_db()
    assert (primeira.confirmada_em, primeira.confirmada_por_nome) == (AGORA + DIA, cena.ana.nome)
    with pytest.raises(TransicaoIndisponivel, match="já está confirmada"):
        acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, trocas=[primeira.pk], por=cena.ana, agora=AGORA + DIA)
    assert len(acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, por=cena.ana, agora=AGORA + 2 * DIA)[1]) == 2
    assert len(movidos) == 3
    assert (leitura.progresso(feita).confirmadas, leitura.progresso(feita).prefeituras_prontas) == (3, 1)
    assert [h.transicao for h in feita.historico.all()] == ["comecar", "confirmar", "confirmar"]


def test_nobody_confirms_for_another_prefeitura_and_prodesp_does_not_confirm(cena: Cena, outro: PoolCIDR) -> None:
    feita = renumerar(por=cena.gestor, blocos=dar(cena), destinos=(outro.pk,))
    for por in (cena.gestor, cena.analista):
        with pytest.raises(SemPermissao):
            acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, por=por, agora=AGORA)
    with pytest.raises(SemPermissao):
        acoes.confirmar_trocas(feita.pk, municipio_id=ITAPEVA, por=cena.ana, agora=AGORA)
    assert not feita.trocas.filter(confirmada_em__isnull=False).exists()


# --- The date ---------------------------------------------------------------------------------------------------------
def test_at_the_date_the_old_ones_rest_and_the_unconfirmed_stay_listed_as_overdue(
    cena: Cena, outro: PoolCIDR, movidos: list[tuple[int, str, str]]
) -> None:
    blocos = dar(cena, 2)
    dar(cena, adesao=cena.itapeva)
    feita = renumerar(por=cena.gestor, pool=cena.privado)
    acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, trocas=[feita.trocas.order_by("pk")[0].pk], por=cena.ana, agora=AGORA + DIA)
    assert acoes.trocar(agora=FIM - dt.timedelta(seconds=1)) == {"prefeituras": 0, "falhas": 0, "concluidas": 0}
    assert acoes.trocar(agora=FIM) == {"prefeituras": 2, "falhas": 0, "concluidas": 1}
    assert acoes.trocar(agora=FIM) == {"prefeituras": 0, "falhas": 0, "concluidas": 0}
    feita = Renumeracao.objects.get(pk=feita.pk)
    assert (feita.rotulo, feita.desde) == ("Concluída", FIM)
    velho = SubBlocoCIDR.objects.get(pk=blocos[1].pk)
    assert (velho.situacao(prazos.dia_local(FIM)), velho.adesao_id, velho.troca_ate) == (Situacao.QUARENTENA, None, None)
    assert [b.ordinal for b in consultas.da_prefeitura(cena.botucatu.pk)] == [1, 2]
    posse = Alocacao.objects.get(sub_bloco=velho)
    assert (posse.ate, posse.fim_por_nome) == (FIM, "Portal (automático)")
    assert (BOTUCATU, "10.64.16.16/28", "10.64.32.16/28") in movidos
    assert (ITAPEVA, "10.64.16.32/28", "10.64.32.32/28") in movidos
    progresso = leitura.progresso(feita)
    assert (progresso.abertas, progresso.atrasadas, progresso.confirmadas) == (0, 2, 1)
    assert [linha["nome"] for linha in leitura.por_prefeitura(feita, "faltam")] == ["Botucatu", "Itapeva"]
    assert "Confirme a troca de 1 sub-bloco: os endereços antigos" in cartas("troca_terminou")[0].assunto
    assert "3 trocas, 2 sem confirmação" in cartas("renumeracao_concluida")[0].assunto


def test_an_overdue_one_can_still_be_confirmed_and_leaves_the_list(
    cena: Cena, outro: PoolCIDR, movidos: list[tuple[int, str, str]]
) -> None:
    feita = renumerar(por=cena.gestor, blocos=dar(cena), destinos=(outro.pk,))
    acoes.trocar(agora=FIM)
    assert [g.atrasada for g in consultas.trocas_abertas([BOTUCATU])] == [True]
    movidos.clear()
    acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, por=cena.ana, agora=FIM + DIA)
    assert movidos == []
    assert consultas.trocas_abertas([BOTUCATU]) == []
    assert not leitura.por_prefeitura(feita, "faltam")


def test_a_prefeitura_that_fails_is_tried_again_and_the_others_go_on(cena: Cena, outro: PoolCIDR) -> None:
    dar(cena)
    dar(cena, adesao=cena.itapeva)
    feita = renumerar(por=cena.gestor, pool=cena.privado)

    def quebrar(*, municipio_id: int, **_: Any) -> None:
        if municipio_id == BOTUCATU:
            raise RegraViolada("O link mudou.")

    registros.AO_TROCAR.append(quebrar)
    try:
        assert acoes.trocar(agora=FIM) == {"prefeituras": 1, "falhas": 1, "concluidas": 0}
        assert [t.adesao_id for t in feita.trocas.filter(encerrada_em__isnull=True)] == [cena.botucatu.pk]
    finally:
        registros.AO_TROCAR.remove(quebrar)
    assert acoes.trocar(agora=FIM + DIA) == {"prefeituras": 1, "falhas": 0, "concluidas": 1}


# --- Reminders --------------------------------------------------------------------------------------------------------
def test_reminders_go_15_5_and_1_days_before_each_once_to_those_that_have_not_confirmed(cena: Cena, outro: PoolCIDR) -> None:
    dar(cena)
    dar(cena, adesao=cena.itapeva)
    feita = renumerar(por=cena.gestor, pool=cena.privado)
    manha = prazos.meia_noite(ULTIMO) + dt.timedelta(hours=9)
    assert acoes.lembrar_trocas(agora=manha - 16 * DIA) == 0
    assert acoes.lembrar_trocas(agora=prazos.meia_noite(ULTIMO) - 15 * DIA) == 0  # at night
    assert acoes.lembrar_trocas(agora=manha - 15 * DIA) == 2
    assert acoes.lembrar_trocas(agora=manha - 14 * DIA) == 0
    acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, por=cena.ana, agora=manha - 13 * DIA)
    assert acoes.lembrar_trocas(agora=manha - 5 * DIA) == 1
    assert acoes.lembrar_trocas(agora=manha - DIA) == 1
    assert [c.assunto for c in cartas("troca_lembrete")][-1] == ("Confirme a troca de 1 sub-bloco: o antigo deixa de valer amanhã")
    acoes.adiar_renumeracao(feita.pk, ultimo_dia=ULTIMO + 10 * DIA, motivo="Mais tempo", por=cena.gestor, agora=manha)
    assert acoes.lembrar_trocas(agora=manha) == 0  # fifteen days are past, but the letter of the new date has just gone
    assert acoes.lembrar_trocas(agora=manha + 5 * DIA) == 1
