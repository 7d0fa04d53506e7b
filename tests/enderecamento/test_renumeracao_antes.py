"""Renumbering (IP-05): postponing and undoing before the date."""

from __future__ import annotations

import pytest

from enderecamento import acoes
from enderecamento.consultas import renumeracao as leitura
from enderecamento.estados import Situacao
from enderecamento.models import Alocacao, PoolCIDR, SubBlocoCIDR
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from tests.apoio.elenco import AGORA, BOTUCATU
from tests.apoio.trocas import DIA, FIM, ULTIMO, renumerar
from tests.enderecamento.conftest import Cena

from .test_renumeracao import HOJE, bloco, cartas, dar, movidos, outro

__all__ = ["movidos", "outro"]
pytestmark = pytest.mark.django_db


def test_the_date_may_be_postponed_before_it_comes_and_everybody_is_told(cena: Cena, outro: PoolCIDR) -> None:
    velho = dar(cena)[0]
    feita = renumerar(por=cena.gestor, blocos=[velho], destinos=(outro.pk,))
    with pytest.raises(RegraViolada, match="precisa ser depois de") as erro:
        acoes.adiar_renumeracao(feita.pk, ultimo_dia=ULTIMO, motivo="Mais tempo", por=cena.gestor, agora=AGORA)
    assert erro.value.campo == "ultimo_dia"
    feita = acoes.adiar_renumeracao(feita.pk, ultimo_dia=ULTIMO + 30 * DIA, motivo="Equipamento atrasou", por=cena.gestor, agora=AGORA)
    assert feita.ultimo_dia == ULTIMO + 30 * DIA
    assert SubBlocoCIDR.objects.get(pk=velho.pk).vale_ate == ULTIMO + 30 * DIA
    carta = cartas("troca_adiada")[0]
    assert "Equipamento atrasou" in carta.texto
    assert f"de {ULTIMO:%d/%m/%Y} para {ULTIMO + 30 * DIA:%d/%m/%Y}" in carta.texto
    assert carta.assunto.startswith(f"Adiada para {ULTIMO + 30 * DIA:%d/%m/%Y}: a troca de 1 sub-bloco")
    assert "confirme no portal" in carta.texto
    assert acoes.trocar(agora=FIM)["prefeituras"] == 0
    assert acoes.trocar(agora=FIM + 30 * DIA)["prefeituras"] == 1


def test_whoever_confirmed_everything_is_told_of_a_later_date_and_asked_for_nothing(cena: Cena, outro: PoolCIDR) -> None:
    velho = dar(cena)[0]
    feita = renumerar(por=cena.gestor, blocos=[velho], destinos=(outro.pk,))
    acoes.confirmar_trocas(feita.pk, municipio_id=cena.botucatu.municipio_id, por=cena.ana, agora=AGORA)
    acoes.adiar_renumeracao(feita.pk, ultimo_dia=ULTIMO + DIA, motivo="Equipamento atrasou", por=cena.gestor, agora=AGORA)
    carta = cartas("troca_adiada")[0]
    assert "Você já confirmou tudo: não precisa fazer nada." in carta.texto
    assert "confirme no portal" not in carta.texto


def test_undone_before_the_date_the_old_ones_get_their_places_back_and_links_too(
    cena: Cena, outro: PoolCIDR, movidos: list[tuple[int, str, str]]
) -> None:
    blocos = dar(cena, 2)
    feita = renumerar(por=cena.gestor, blocos=blocos, destinos=(outro.pk,))
    acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, trocas=[feita.trocas.order_by("pk")[0].pk], por=cena.ana, agora=AGORA + DIA)
    movidos.clear()
    feita = acoes.desfazer_renumeracao(feita.pk, motivo="O equipamento não chegou", por=cena.gestor, agora=AGORA + 2 * DIA)
    assert feita.rotulo == "Desfeita"
    assert (BOTUCATU, "10.64.32.0/28", "10.64.16.0/28") in movidos
    for n, velho in enumerate(SubBlocoCIDR.objects.filter(pk__in=[b.pk for b in blocos]).order_by("inicio"), start=1):
        assert (velho.ordinal, velho.troca_ate, velho.adesao_id) == (n, None, cena.botucatu.pk)
    novo = bloco("10.64.32.0/28")
    assert novo.situacao(HOJE + 2 * DIA) == Situacao.QUARENTENA
    assert Alocacao.objects.get(sub_bloco=novo).fim_motivo == "Troca desfeita: renumeração 2026/00001-2"
    assert Alocacao.objects.get(sub_bloco=blocos[0]).ate is None
    (carta,) = cartas("troca_desfeita")
    assert "configure de novo o endereço antigo" in carta.texto
    assert "O equipamento não chegou" in carta.texto
    with pytest.raises(TransicaoIndisponivel, match="desfez esta troca"):
        acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, por=cena.ana, agora=AGORA + 3 * DIA)
    with pytest.raises(TransicaoIndisponivel, match="Desfeita"):
        acoes.desfazer_renumeracao(feita.pk, motivo="De novo", por=cena.gestor, agora=AGORA + 3 * DIA)
    assert renumerar(por=cena.gestor, blocos=blocos, destinos=(outro.pk,), agora=AGORA + 3 * DIA).em_curso


def test_after_the_date_it_can_be_neither_postponed_nor_undone(cena: Cena, outro: PoolCIDR) -> None:
    feita = renumerar(por=cena.gestor, blocos=dar(cena), destinos=(outro.pk,))
    with pytest.raises(TransicaoIndisponivel, match="já passou"):
        acoes.adiar_renumeracao(feita.pk, ultimo_dia=ULTIMO + 90 * DIA, motivo="Mais tempo", por=cena.gestor, agora=FIM)
    with pytest.raises(TransicaoIndisponivel, match="já passou"):
        acoes.desfazer_renumeracao(feita.pk, motivo="Engano", por=cena.gestor, agora=FIM)


def test_a_large_undo_is_left_to_the_worker_one_prefeitura_at_a_time(cena: Cena, outro: PoolCIDR, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enderecamento.acoes.renumeracao.NA_HORA", 1)
    dar(cena)
    dar(cena, adesao=cena.itapeva)
    feita = renumerar(por=cena.gestor, pool=cena.privado)
    feita = acoes.desfazer_renumeracao(feita.pk, motivo="Engano", por=cena.gestor, agora=AGORA + DIA)
    assert (feita.rotulo, leitura.progresso(feita).abertas) == ("Desfeita", 2)
    with pytest.raises(TransicaoIndisponivel, match="desfez"):
        acoes.confirmar_trocas(feita.pk, municipio_id=BOTUCATU, por=cena.ana, agora=AGORA + DIA)
    assert acoes.trocar(agora=AGORA + DIA) == {"prefeituras": 2, "falhas": 0, "concluidas": 0}
    assert leitura.progresso(feita).abertas == 0
    assert len(cartas("troca_desfeita")) == 2
