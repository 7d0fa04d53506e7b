"""Handing out and taking back: lowest free first, ceilings, quantities, quarantine, history (IP-02 to IP-04, IP-08, ADS-13)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from comunicacao.models import MensagemSaida
from enderecamento import acoes, consultas, registros
from enderecamento.estados import Situacao
from enderecamento.models import Alocacao, LimiteConcedido, SubBlocoCIDR
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.redes import ler_rede
from tests.apoio import enderecos
from tests.apoio.elenco import AGORA
from tests.enderecamento.conftest import Cena

pytestmark = pytest.mark.django_db
DIA = dt.timedelta(days=1)


def dar(cena: Cena, n: int = 1, **opcoes: Any) -> list[SubBlocoCIDR]:
    return acoes.atribuir(
        opcoes.pop("adesao", cena.botucatu).pk, **({"perfil": "PRIVADO", "quantidade": n, "por": cena.analista, "agora": AGORA} | opcoes)
    )


def inicio(cidr: str) -> int:
    return ler_rede(cidr)[0]


def test_the_lowest_free_ones_are_handed_out_with_history_and_a_letter(cena: Cena) -> None:
    blocos = dar(cena, 2)
    assert [str(b) for b in blocos] == ["10.64.16.0/28", "10.64.16.16/28"]
    assert [str(b) for b in dar(cena, adesao=cena.itapeva)] == ["10.64.16.32/28"]
    assert [b.ordinal for b in consultas.da_prefeitura(cena.botucatu.pk)] == [1, 2]
    posse = Alocacao.objects.get(sub_bloco=blocos[0])
    assert (posse.adesao_id, posse.de, posse.ate, posse.por_nome) == (cena.botucatu.pk, AGORA, None, cena.analista.nome)
    carta = MensagemSaida.objects.filter(assunto_tipo="blocos_atribuidos").order_by("pk").first()
    assert carta is not None
    assert "2 sub-blocos" in carta.assunto
    assert "10.64.16.16/28" in carta.texto


def test_more_than_the_anexo_ii_asked_for_is_refused_until_an_update_adds_to_it(cena: Cena) -> None:
    cena.botucatu.blocos_privados = 1
    cena.botucatu.save(update_fields=["blocos_privados"])
    dar(cena)
    with pytest.raises(RegraViolada, match="pediu 1 e já tem 1") as erro:
        dar(cena)
    assert erro.value.regra == "ADS-13"
    acoes.registrar_anexo_ii(cena.botucatu.pk, privados=2, publicos=0, referencia="Anexo II de 03/11/2026", por=cena.analista, agora=AGORA)
    assert consultas.quantidades(cena.botucatu, "PRIVADO", AGORA.date()).a_atribuir == 2
    assert len(dar(cena, 2)) == 2


def test_an_update_cannot_pass_the_ceiling(cena: Cena) -> None:
    for privados, publicos, campo in ((1, 0, "privados"), (0, 1, "publicos")):
        with pytest.raises(RegraViolada, match="no máximo") as erro:
            acoes.registrar_anexo_ii(
                cena.botucatu.pk, privados=privados, publicos=publicos, referencia="Anexo II", por=cena.analista, agora=AGORA
            )
        assert erro.value.campo == campo
    with pytest.raises(RegraViolada, match="quantos"):
        acoes.registrar_anexo_ii(cena.botucatu.pk, privados=0, publicos=0, referencia="Anexo II", por=cena.analista, agora=AGORA)


def test_the_ceilings_are_20_and_1_and_a_granted_limit_lifts_only_the_first(cena: Cena) -> None:
    enderecos.pool("10.64.20.0/23", por=cena.gestor)
    dar(cena, 20)
    dar(cena, perfil="PUBLICO")
    for perfil, regra in (("PRIVADO", "IP-02"), ("PUBLICO", "IP-03")):
        with pytest.raises(RegraViolada, match="máximo") as erro:
            dar(cena, perfil=perfil)
        assert erro.value.regra == regra
    limite = LimiteConcedido.objects.create(
        municipio_id=cena.botucatu.municipio_id,
        links=22,
        vale_de=AGORA.date(),
        motivo="Rede de escolas",
        concedido_em=AGORA,
        concedido_por_id=cena.gestor.usuario_id,
    )
    acoes.registrar_anexo_ii(cena.botucatu.pk, privados=2, publicos=0, referencia="Anexo II", por=cena.analista, agora=AGORA)
    novos = dar(cena, 2)
    assert [(b.ordinal, b.excedente_id) for b in SubBlocoCIDR.objects.filter(pk__in=[b.pk for b in novos]).order_by("ordinal")] == [
        (21, limite.pk),
        (22, limite.pk),
    ]
    with pytest.raises(RegraViolada, match="limite concedido a esta prefeitura é de 22"):
        dar(cena)


def test_the_database_refuses_a_21st_a_second_public_and_a_place_taken_twice(cena: Cena) -> None:
    dar(cena, 2)
    livre = SubBlocoCIDR.objects.filter(adesao__isnull=True, perfil="PRIVADO").order_by("inicio").first()
    publico = SubBlocoCIDR.objects.filter(perfil="PUBLICO").order_by("inicio").first()
    assert livre is not None
    assert publico is not None
    for bloco, ordinal in ((livre, 21), (livre, 2), (livre, None), (publico, 2)):
        with pytest.raises(IntegrityError), transaction.atomic():
            SubBlocoCIDR.objects.filter(pk=bloco.pk).update(adesao=cena.botucatu, ordinal=ordinal)


def test_chosen_slots_runs_and_regions(cena: Cena) -> None:
    regional = enderecos.pool("10.64.32.0/24", por=cena.gestor, regiao="14")
    assert [str(b) for b in dar(cena, escolhidos=[inicio("10.64.16.48/28")])] == ["10.64.16.48/28"]
    with pytest.raises(TransicaoIndisponivel, match="já está em uso"):
        dar(cena, escolhidos=[inicio("10.64.16.48/28")])
    with pytest.raises(RegraViolada, match="não existe"):
        dar(cena, escolhidos=[inicio("10.99.0.0/28")])
    assert [str(b) for b in dar(cena, 4, seguidos=True)] == [f"10.64.16.{n}/28" for n in (64, 80, 96, 112)]
    assert dar(cena, regiao="14")[0].pool_id == regional.pk
    assert str(dar(cena, 1, pool_id=regional.pk)[0]) == "10.64.32.16/28"


def test_a_run_never_crosses_from_one_pool_to_the_next(cena: Cena) -> None:
    enderecos.pool("10.64.17.0/28", por=cena.gestor)
    dar(cena, 14)
    with pytest.raises(acoes.PoolEsgotado, match="seguidos"):
        dar(cena, 3, seguidos=True)


def test_nothing_free_is_said_and_changes_nothing(cena: Cena) -> None:
    dar(cena, 15)
    with pytest.raises(acoes.PoolEsgotado, match="Só há 1 livre onde"):
        dar(cena, 2, adesao=cena.itapeva)
    assert not SubBlocoCIDR.objects.filter(adesao=cena.itapeva).exists()


def test_one_given_back_rests_and_its_place_is_free_at_once(cena: Cena, settings: Any) -> None:
    settings.QUARENTENA_DIAS = 30
    blocos = dar(cena, 3)
    acoes.devolver(blocos[1].pk, motivo="Posto fechou", por=cena.analista, agora=AGORA + DIA)
    bloco = SubBlocoCIDR.objects.get(pk=blocos[1].pk)
    devolvido = AGORA.date() + DIA
    assert bloco.situacao(devolvido) == Situacao.QUARENTENA
    assert bloco.situacao(devolvido + 29 * DIA) == Situacao.QUARENTENA
    assert bloco.situacao(devolvido + 30 * DIA) == Situacao.LIVRE
    posse = Alocacao.objects.get(sub_bloco=bloco)
    assert (posse.ate, posse.fim_motivo, posse.fim_por_nome) == (AGORA + DIA, "Posto fechou", cena.analista.nome)
    assert consultas.quantidades(cena.botucatu, "PRIVADO", devolvido) == consultas.Quantidades("PRIVADO", 19, 2, 20)
    novo = dar(cena, agora=AGORA + 2 * DIA)[0]
    assert str(novo) == "10.64.16.48/28"  # not the one that rests
    assert novo.ordinal == 2  # but in its place
    with pytest.raises(RegraViolada, match="quarentena até 09/12/2026"):
        dar(cena, escolhidos=[bloco.inicio], agora=AGORA + 2 * DIA)
    assert str(dar(cena, adesao=cena.itapeva, agora=AGORA + 31 * DIA)[0]) == "10.64.16.16/28"


def test_one_that_a_link_uses_is_not_taken_back(cena: Cena, monkeypatch: pytest.MonkeyPatch) -> None:
    (bloco,) = dar(cena)
    uso = registros.Uso("UBS Vila Maria", "Em serviço")
    monkeypatch.setattr(registros, "QUEM_USA", [lambda cidrs: {"10.64.16.0/28": uso}])
    with pytest.raises(RegraViolada, match="UBS Vila Maria usa"):
        acoes.devolver(bloco.pk, motivo="x", por=cena.analista, agora=AGORA)
    monkeypatch.setattr(registros, "QUEM_USA", [])
    acoes.devolver(bloco.pk, motivo="x", por=cena.analista, agora=AGORA)
    with pytest.raises(TransicaoIndisponivel):
        acoes.devolver(bloco.pk, motivo="x", por=cena.analista, agora=AGORA)


def test_only_prodesp_hands_out_and_only_to_an_adhesion_in_force(cena: Cena) -> None:
    with pytest.raises(SemPermissao):
        dar(cena, por=cena.ana)
    cena.botucatu.__class__.objects.filter(pk=cena.botucatu.pk).update(estado="ENCAMINHADA", vence_em=AGORA)
    with pytest.raises(TransicaoIndisponivel, match="não está em vigor"):
        dar(cena)


def test_who_had_an_address_on_a_day_is_found_however_it_is_typed(cena: Cena) -> None:
    (bloco,) = dar(cena)
    acoes.devolver(bloco.pk, motivo="Não usa", por=cena.analista, agora=AGORA + 10 * DIA)
    dar(cena, adesao=cena.itapeva, escolhidos=[bloco.inicio], agora=AGORA + 60 * DIA)
    for texto in (
        "10.64.16.5",
        "10.64.16.0/28",
        "10.64.16.0 255.255.255.240",
        "10.64.16",
        "010.064.016.005",
        "10.64.16.*",
        "10.64.16.9-10.64.16.12",
        "10.64.0.0/12",
    ):
        achadas = [p.adesao_id for p in consultas.procurar(texto)]
        assert achadas == [cena.itapeva.pk, cena.botucatu.pk], texto
    assert [p.adesao_id for p in consultas.procurar("10.64.16.15", dia=AGORA.date())] == [cena.botucatu.pk]
    assert not consultas.procurar("10.64.16.15", dia=AGORA.date() - DIA)
    assert not consultas.procurar("10.64.16.15", dia=AGORA.date() + 30 * DIA)
    assert [p.adesao_id for p in consultas.procurar("10.64.16.15", dia=AGORA.date() + 60 * DIA)] == [cena.itapeva.pk]
    assert not consultas.procurar("10.64.16.16")
    for texto in ("", "rede", "10.64.16.300", "10.64.16.0/40", "10.64.16.9-10.64.16.2", "1" * 300):
        with pytest.raises(ValueError):  # noqa: PT011  whatever sentence Python gives
            consultas.procurar(texto)


def test_those_that_wait_for_blocks_are_a_query(cena: Cena) -> None:
    dar(cena, 15)
    espera = {a.pk: (a.faltam_privados, a.faltam_publicos) for a in consultas.a_atribuir()}  # type: ignore[attr-defined]
    assert espera == {cena.botucatu.pk: (5, 1), cena.itapeva.pk: (20, 1)}
