"""Parent blocks: only of their kind, never overlapping, their slots made in pieces (IP-01 to IP-04)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from enderecamento import acoes
from enderecamento.models import PoolCIDR, SubBlocoCIDR
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from tests.apoio import enderecos
from tests.apoio.elenco import AGORA, Pessoa
from tests.enderecamento.conftest import Cena

pytestmark = pytest.mark.django_db


@pytest.fixture
def gestor(gestor_prodesp: Pessoa) -> Any:
    return gestor_prodesp.ator


def _registrar(rede: str, por: Any, perfil: str = "PRIVADO") -> PoolCIDR:
    return acoes.registrar_pool(rede=rede, perfil=perfil, nome="Bloco", origem="Faixa da PRODESP", por=por, agora=AGORA)


@pytest.mark.parametrize(
    ("rede", "perfil", "frase"),
    [
        ("abc", "PRIVADO", r"Escreva a rede e o prefixo\. Por exemplo: 10\.64\.0\.0/12\."),
        ("10.64.0.0", "PRIVADO", r"Falta o prefixo\. Escreva, por exemplo, 10\.64\.0\.0/24\."),
        ("10.90.0.7/24", "PRIVADO", r"A rede não começa neste endereço\. Seria 10\.90\.0\.0/24\?"),
        ("10.90.0.7 255.255.255.0", "PRIVADO", r"Seria 10\.90\.0\.0/24\?"),
        ("10.64.0.0/33", "PRIVADO", r"O prefixo /33 não existe: vai até /32\."),
        ("2001:db8::/32", "PRIVADO", "só IPv4"),
        ("10.64.0.0/24 10.65.0.0/24", "PRIVADO", r"Há mais de uma rede aqui\. Escreva uma só\."),
        ("10.64.0.0/24, 10.65.0.0", "PRIVADO", "mais de uma rede"),
        ("10.64.0.0 255.255.255.0 10.65.0.0 255.255.255.0", "PRIVADO", "mais de uma rede"),
        ("10.300.0.0/16", "PRIVADO", "de 0 a 255"),
        ("010.064.000.000/12", "PRIVADO", r"sem zeros à esquerda\. Seria 10\.64\.0\.0/12\?"),
        ("10.64/16", "PRIVADO", "quatro números"),
        ("10.64.0.0/255.0.255.0", "PRIVADO", "não é um prefixo nem uma máscara"),
        ("11.0.0.0/16", "PRIVADO", "privado fica dentro"),
        ("172.0.0.0/12", "PRIVADO", "privado fica dentro"),
        ("8.0.0.0/6", "PUBLICO", "públic"),
        ("10.0.0.0/16", "PUBLICO", "públic"),
        ("100.64.0.0/16", "PUBLICO", "públic"),
        ("10.0.0.0/8", "PRIVADO", "vai de /12 a /28"),
        ("10.0.0.0/29", "PRIVADO", "vai de /12 a /28"),
        ("200.144.0.0/13", "PUBLICO", "vai de /14 a /30"),
    ],
)
def test_a_network_that_is_not_of_its_kind_is_refused_beside_the_field(gestor: Any, rede: str, perfil: str, frase: str) -> None:
    with pytest.raises(RegraViolada, match=frase) as erro:
        _registrar(rede, gestor, perfil)
    assert erro.value.campo == "rede"
    assert not PoolCIDR.objects.exists()


def test_documentation_networks_serve_only_outside_production(gestor: Any, settings: Any) -> None:
    _registrar("203.0.113.0/24", gestor, "PUBLICO")
    settings.MODO = "producao"
    with pytest.raises(RegraViolada, match="reservados"):
        _registrar("198.51.100.0/24", gestor, "PUBLICO")


@pytest.mark.parametrize("rede", ["8.8.8.0/24", "200.144.0.0/16", "203.0.112.0/23", "10.0.0.0/24"])
def test_a_demonstration_takes_no_network_of_the_real_internet(gestor: Any, settings: Any, rede: str) -> None:
    settings.MODO = "demonstracao"
    with pytest.raises(RegraViolada, match=r"^Na demonstração, um bloco público fica dentro de 192\.0\.2\.0/24, ") as erro:
        _registrar(rede, gestor, "PUBLICO")
    assert (erro.value.campo, erro.value.regra) == ("rede", "IP-03")
    assert not PoolCIDR.objects.exists()
    assert str(_registrar("198.51.100.0/24", gestor, "PUBLICO")) == "198.51.100.0/24"
    assert str(_registrar("203.0.113.64/26", gestor, "PUBLICO")) == "203.0.113.64/26"
    settings.MODO = "producao"
    assert str(_registrar("200.144.0.0/16", gestor, "PUBLICO")) == "200.144.0.0/16"


@pytest.mark.parametrize("outra", ["10.64.0.0/16", "10.64.5.0/24", "10.64.0.0/12", "10.64.255.240/28"])
def test_no_two_pools_overlap_in_the_act_nor_in_the_table(gestor: Any, outra: str) -> None:
    primeiro = _registrar("10.64.0.0/16", gestor)
    with pytest.raises(RegraViolada, match=r"sobrepõe a 10\.64\.0\.0/16") as erro:
        _registrar(outra, gestor)
    assert erro.value.regra == "IP-04"
    from nucleo.redes import ler_rede

    inicio, prefixo = ler_rede(outra)
    with pytest.raises(IntegrityError), transaction.atomic():
        PoolCIDR(
            perfil="PRIVADO", inicio=inicio, prefixo=prefixo, nome="x", origem="x", criado_em=AGORA, criado_por_id=primeiro.criado_por_id
        ).save()
    vizinho = _registrar("10.65.0.0/16", gestor)
    vizinho.inicio, vizinho.prefixo = inicio, prefixo
    with pytest.raises(IntegrityError), transaction.atomic():
        vizinho.save()


def test_slots_are_made_in_pieces_and_go_on_after_an_interruption(gestor: Any) -> None:
    pool = _registrar("10.64.0.0/20", gestor)
    assert acoes.criar_vagas(pool.pk, agora=AGORA, pedaco=100) is True
    pool.refresh_from_db()
    assert (pool.prontas, pool.vagas, pool.pronto) == (100, 256, False)
    assert acoes.pools_por_criar() == [pool.pk]
    while acoes.criar_vagas(pool.pk, agora=AGORA, pedaco=100):
        pass
    assert SubBlocoCIDR.objects.filter(pool=pool).count() == 256
    assert [str(b) for b in SubBlocoCIDR.objects.order_by("inicio")[:2]] == ["10.64.0.0/28", "10.64.0.16/28"]
    assert acoes.pools_por_criar() == []
    assert acoes.criar_vagas(pool.pk, agora=AGORA) is False


def test_a_public_pool_is_cut_in_30s(gestor: Any) -> None:
    pool = enderecos.pool("203.0.113.0/24", por=gestor, perfil="PUBLICO")
    assert pool.vagas == pool.sub_blocos.count() == 64
    assert {str(b).split("/")[1] for b in pool.sub_blocos.all()} == {"30"}


@pytest.mark.parametrize(("de", "para"), [("10.64.0.0/24", "10.64.0.0/23"), ("10.64.1.0/24", "10.64.0.0/23")])
def test_a_pool_is_extended_on_either_side_and_keeps_what_it_had(gestor: Any, de: str, para: str) -> None:
    pool = enderecos.pool(de, por=gestor)
    antes = set(pool.sub_blocos.values_list("pk", flat=True))
    acoes.ampliar_pool(pool.pk, rede=para, por=gestor, agora=AGORA)
    while acoes.criar_vagas(pool.pk, agora=AGORA):
        pass
    pool.refresh_from_db()
    assert str(pool) == para
    assert pool.sub_blocos.count() == pool.vagas == 32
    assert antes < set(pool.sub_blocos.values_list("pk", flat=True))


@pytest.mark.parametrize("rede", ["10.64.1.0/24", "10.64.0.0/25", "10.64.2.0/23", "10.64.0.0/24"])
def test_an_extension_must_hold_the_whole_pool_and_be_larger(gestor: Any, rede: str) -> None:
    pool = enderecos.pool("10.64.0.0/24", por=gestor)
    with pytest.raises(RegraViolada) as erro:
        acoes.ampliar_pool(pool.pk, rede=rede, por=gestor, agora=AGORA)
    assert erro.value.campo == "rede"


def test_an_extension_does_not_run_over_the_neighbour(gestor: Any) -> None:
    pool = enderecos.pool("10.64.0.0/24", por=gestor)
    enderecos.pool("10.64.1.0/24", por=gestor)
    with pytest.raises(RegraViolada, match="sobrepõe"):
        acoes.ampliar_pool(pool.pk, rede="10.64.0.0/23", por=gestor, agora=AGORA)


def test_a_closed_pool_hands_out_nothing_and_opens_again(cena: Cena) -> None:
    acoes.fechar_pool(cena.privado.pk, motivo="Migração", por=cena.gestor, agora=AGORA)
    with pytest.raises(acoes.PoolEsgotado):
        acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)
    with pytest.raises(RegraViolada, match="fechado"):
        acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", escolhidos=[cena.privado.inicio], por=cena.analista, agora=AGORA)
    with pytest.raises(TransicaoIndisponivel):
        acoes.fechar_pool(cena.privado.pk, motivo="De novo", por=cena.gestor, agora=AGORA)
    acoes.reabrir_pool(cena.privado.pk, por=cena.gestor, agora=AGORA)
    assert len(acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)) == 1


def test_a_pool_with_history_is_never_deleted(cena: Cena) -> None:
    (bloco,) = acoes.atribuir(cena.botucatu.pk, perfil="PUBLICO", por=cena.analista, agora=AGORA)
    acoes.devolver(bloco.pk, motivo="Não usa", por=cena.analista, agora=AGORA)
    with pytest.raises(RegraViolada, match="não se apaga"):
        acoes.apagar_pool(cena.publico.pk, por=cena.gestor, agora=AGORA)
    acoes.apagar_pool(cena.privado.pk, por=cena.gestor, agora=AGORA)
    assert not PoolCIDR.objects.filter(pk=cena.privado.pk).exists()


def test_only_a_gestor_registers_pools(analista: Pessoa, responsavel_a1: Pessoa) -> None:
    for pessoa in (analista, responsavel_a1):
        with pytest.raises(SemPermissao):
            _registrar("10.64.0.0/16", pessoa.ator)
