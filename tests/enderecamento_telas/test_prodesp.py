"""PRODESP's pages of addresses: pools, map, sub-blocks, attribution, search (IP-01 to IP-08, ADS-13)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comunicacao.models import MensagemSaida
from enderecamento import acoes, consultas, registros
from enderecamento.consultas.mapa import faixa, quadros, somar
from enderecamento.models import Alocacao, PoolCIDR, SubBlocoCIDR
from nucleo.redes import ler_rede
from tests.apoio import enderecos
from tests.apoio.elenco import AGORA, BOFETE, Pessoa

from .conftest import Cena
from .leitura import dono, inicio, texto, url

pytestmark = pytest.mark.django_db
DIA = dt.timedelta(days=1)


# --- Pools -----------------------------------------------------------------------------------------------------------
def test_the_list_says_how_full_each_pool_is_and_who_waits(cena: Cena, analista: Pessoa) -> None:
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=3, por=cena.analista, agora=AGORA)
    acoes.fechar_pool(cena.publico.pk, motivo="Reserva.", por=cena.gestor, agora=AGORA)
    pagina = texto(analista.cliente.get(url("blocos")))
    assert "10.64.16.0/24 Região de Sorocaba, todo o Estado Privado sub-blocos /28 3 em uso 13 livres de 16 Aberto" in pagina
    assert "203.0.113.0/28" in pagina
    assert "Fechado desde 09/11/2026" in pagina
    assert "A atribuir : 2" in pagina
    assert "Registrar bloco" not in pagina, "only the gestor registers"


def test_without_pools_the_list_says_who_registers_the_first(analista: Pessoa, gestor_prodesp: Pessoa) -> None:
    assert "O gestor da PRODESP registra os blocos." in texto(analista.cliente.get(url("blocos")))
    assert "Registre o primeiro bloco." in texto(gestor_prodesp.cliente.get(url("blocos")))


def test_the_gestor_registers_a_pool_and_sees_it_being_made(gestor_prodesp: Pessoa) -> None:
    dados = {"perfil": "PRIVADO", "rede": "10.64.0.0/12", "nome": "Estado", "regiao": "", "origem": "Plano de 2026"}
    resposta = gestor_prodesp.cliente.post(url("pool_novo"), dados, follow=True)
    assert "registrado. O portal está criando os 65.536 sub-blocos dele." in texto(resposta)
    novo = PoolCIDR.objects.get()
    assert acoes.criar_vagas(novo.pk, agora=AGORA), "a piece of them"
    pagina = gestor_prodesp.cliente.get(url("pool", novo.slug))
    assert "Criando os sub-blocos: 8.192 de 65.536" in texto(pagina)
    assert '<progress max="65536" value="8192"' in pagina.content.decode()
    assert "criando sub-blocos: 8.192 de 65.536" in texto(gestor_prodesp.cliente.get(url("blocos")))
    andamento = gestor_prodesp.cliente.get(url("pool_andamento", novo.slug))
    assert "8.192 de 65.536" in texto(andamento)
    assert "HX-Refresh" not in andamento
    while acoes.criar_vagas(novo.pk, agora=AGORA):
        pass
    pronto = gestor_prodesp.cliente.get(url("pool_andamento", novo.slug))
    assert pronto["HX-Refresh"] == "true"
    assert "Criando" not in texto(pronto)


@pytest.mark.parametrize(
    ("rede", "perfil", "frase"),
    [
        ("", "PRIVADO", "Escreva a rede e o prefixo."),
        ("dez ponto zero", "PRIVADO", "Escreva a rede e o prefixo."),
        ("11.0.0.0/12", "PRIVADO", "Um bloco privado fica dentro de 10.0.0.0/8"),
        ("10.0.0.0/16", "PUBLICO", "Um bloco público não pode usar endereços privados nem reservados."),
        ("10.0.0.0/8", "PRIVADO", "O tamanho de um bloco deste tipo vai de /12 a /28."),
        ("10.64.16.128/25", "PRIVADO", "Esta rede se sobrepõe a 10.64.16.0/24"),
    ],
)
def test_a_wrong_network_is_refused_beside_its_field_and_the_typing_stays(
    cena: Cena, gestor_prodesp: Pessoa, rede: str, perfil: str, frase: str
) -> None:
    antes = PoolCIDR.objects.count()
    dados = {"perfil": perfil, "rede": rede, "nome": "Um nome raro", "regiao": "15", "origem": "CGI.br"}
    resposta = gestor_prodesp.cliente.post(url("pool_novo"), dados)
    assert resposta.status_code == 422
    assert frase in texto(resposta)
    assert 'value="Um nome raro"' in resposta.content.decode()
    assert "<title>Erro: " in resposta.content.decode()
    assert PoolCIDR.objects.count() == antes


def test_a_pool_is_extended_closed_reopened_and_never_removed_with_history(cena: Cena, gestor_prodesp: Pessoa) -> None:
    cliente, slug = gestor_prodesp.cliente, cena.privado.slug
    menor = cliente.post(url("pool_ampliar", slug), {"rede": "10.64.16.0/25"})
    assert menor.status_code == 422
    assert "precisa conter 10.64.16.0/24 inteira" in texto(menor)
    assert "Hoje tem 16 sub-blocos, 16 livres." in texto(cliente.get(url("pool_ampliar", slug)))
    maior = cliente.post(url("pool_ampliar", slug), {"rede": "10.64.16.0/23"}, follow=True)
    assert "O bloco agora é 10.64.16.0/23, com 32 sub-blocos." in texto(maior)
    slug = "10.64.16.0-23"
    sem_motivo = cliente.post(url("pool_fechar", slug), {"motivo": " "})
    assert sem_motivo.status_code == 422
    assert "Escreva por que o bloco fecha." in texto(sem_motivo)
    fechado = cliente.post(url("pool_fechar", slug), {"motivo": "Reserva de 2027."}, follow=True)
    assert "Fechado para novas atribuições em 09/11/2026. Reserva de 2027." in texto(fechado)
    assert cliente.post(url("pool_fechar", slug), {"motivo": "De novo."}).status_code == 409
    assert "aberto para novas atribuições" in texto(cliente.post(url("pool_reabrir", slug), follow=True))
    assert cliente.post(url("pool_reabrir", slug)).status_code == 409
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)
    assert "Este bloco não se apaga" in texto(cliente.get(url("pool_apagar", slug)))
    assert cliente.post(url("pool_apagar", slug)).status_code == 422
    assert "Apagar o bloco 203.0.113.0/28?" in texto(cliente.get(url("pool_apagar", cena.publico.slug)))
    assert "Bloco 203.0.113.0/28 apagado." in texto(cliente.post(url("pool_apagar", cena.publico.slug), follow=True))
    assert list(PoolCIDR.objects.values_list("prefixo", flat=True)) == [23]


def test_registering_twice_with_one_key_makes_one_pool(gestor_prodesp: Pessoa) -> None:
    chave = re.findall(r'name="chave" value="([0-9a-f-]{36})"', gestor_prodesp.cliente.get(url("pool_novo")).content.decode())[-1]
    dados = {"perfil": "PRIVADO", "rede": "10.0.0.0/24", "nome": "Um", "regiao": "", "origem": "Plano", "chave": chave}
    for _ in range(2):
        assert gestor_prodesp.cliente.post(url("pool_novo"), dados).status_code == 302
    assert PoolCIDR.objects.count() == 1


# --- The map ---------------------------------------------------------------------------------------------------------
def test_the_map_shows_each_sub_block_as_a_named_link_and_the_same_numbers_as_a_table(cena: Cena, analista: Pessoa) -> None:
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=4, por=cena.analista, agora=AGORA)
    devolvido = SubBlocoCIDR.objects.get(inicio=inicio("10.64.16.16/28"))
    acoes.devolver(devolvido.pk, motivo="Sem uso.", por=cena.analista, agora=AGORA)
    trocado = SubBlocoCIDR.objects.filter(inicio=inicio("10.64.16.32/28"))
    trocado.update(ordinal=None, troca_ate=AGORA + 10 * DIA)
    resposta = analista.cliente.get(url("pool", cena.privado.slug))
    html = resposta.content.decode()
    assert html.count('class="ig-quadro ig-quadro-em_uso" x="1') >= 2
    for nome in (
        "10.64.16.0/28: em uso, Botucatu",
        "10.64.16.16/28: quarentena",
        "10.64.16.32/28: em troca, Botucatu",
        "10.64.16.240/28: livre",
    ):
        assert f'aria-label="{nome}"' in html
        assert f"<title>{nome}</title>" in html
    assert " style=" not in html
    palavras = texto(resposta)
    assert re.search(r"Em uso 2 12,5 %.*Em troca 1 6,2 %.*Quarentena 1 6,2 %.*Livre 12 75 %.*Total 16 100 %", palavras)
    assert "Cada linha é um /24; cada quadro, um /28" in palavras


def test_the_chosen_square_says_who_has_it_and_which_link_uses_it(
    cena: Cena, analista: Pessoa, auditor: Pessoa, monkeypatch: pytest.MonkeyPatch
) -> None:
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA)
    monkeypatch.setattr(
        registros, "QUEM_USA", [lambda cidrs: {"10.64.16.0/28": registros.Uso("UBS Vila Maria", "em serviço", "/links/7/")}]
    )
    endereco = url("pool", cena.privado.slug)
    palavras = texto(analista.cliente.get(f"{endereco}?sub=10.64.16.0-28"))
    assert re.search(r"Selecionado 10.64.16.0/28.*Em uso desde 09/11/2026.*Botucatu.*UBS Vila Maria.*\.1 a \.14", palavras)
    assert "Devolver" not in palavras, "a link uses it"
    assert "Devolver 10.64.16.16/28" in texto(analista.cliente.get(f"{endereco}?sub=10.64.16.16-28"))
    assert "Devolver 10.64.16.16/28" not in texto(auditor.cliente.get(f"{endereco}?sub=10.64.16.16-28"))
    assert "Atribuir este 10.64.16.32/28" in texto(analista.cliente.get(f"{endereco}?sub=10.64.16.32-28"))
    assert "Escolha um quadro do mapa" in texto(analista.cliente.get(f"{endereco}?sub=10.99.0.0-28"))


def test_a_12_drills_to_a_16_and_a_20(cena: Cena, gestor_prodesp: Pessoa, analista: Pessoa) -> None:
    acoes.apagar_pool(cena.privado.pk, por=cena.gestor, agora=AGORA)
    grande = enderecos.pool("10.64.0.0/12", por=cena.gestor, vagas=8704)
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", escolhidos=[inicio("10.66.18.96/28")], por=cena.analista, agora=AGORA)
    acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", quantidade=20, por=cena.analista, agora=AGORA)
    cima = analista.cliente.get(url("pool", grande.slug)).content.decode()
    assert 'aria-label="10.64.0.0/20: 20 de 256 em uso"' in cima
    assert 'aria-label="10.66.16.0/20: 1 de 256 em uso"' in cima
    assert cima.count('href="/blocos/10.64.0.0-12/10.') >= 256 + 16
    assert "Cada linha é um /16; cada quadro, um /20" in cima
    meio = analista.cliente.get(url("faixa", grande.slug, "10.66.0.0-16"))
    assert 'aria-label="10.66.18.0/24: 1 de 16 em uso"' in meio.content.decode()
    assert "Deslize o mapa para ver o resto." in texto(meio)
    desenhado = re.search(r"<svg class=\"ig-mapa-blocos\".*?</svg>", meio.content.decode(), re.DOTALL)
    assert desenhado is not None
    assert desenhado[0].count("<a ") - desenhado[0].count('tabindex="-1"') == 16, "one stop for each row, whose squares lead where it does"
    assert 'tabindex="-1" aria-label="10.' not in cima, "each of those leads to a place of its own"
    assert "Cada linha é um /20; cada quadro, um /24" in texto(meio)
    assert "4.096 sub-blocos /28" in texto(meio)
    baixo = analista.cliente.get(url("faixa", grande.slug, "10.66.16.0-20"))
    assert 'aria-label="10.66.18.96/28: em uso, Botucatu"' in baixo.content.decode()
    assert re.search(r"Endereços 10.64.0.0/12 10.66.0.0/16 10.66.16.0/20", texto(baixo))
    for fora in ("10.66.16.0-21", "10.80.0.0-16", "10.66.16.0-12"):
        assert analista.cliente.get(f"/blocos/{grande.slug}/{fora}/").status_code == 404


def test_a_12_is_drawn_in_few_queries(cena: Cena, analista: Pessoa) -> None:
    acoes.apagar_pool(cena.privado.pk, por=cena.gestor, agora=AGORA)
    grande = enderecos.pool("10.64.0.0/12", por=cena.gestor, vagas=512)
    analista.cliente.get(url("pool", grande.slug))
    with CaptureQueriesContext(connection) as antes:
        analista.cliente.get(url("pool", grande.slug))
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=20, por=cena.analista, agora=AGORA)
    with CaptureQueriesContext(connection) as depois:
        analista.cliente.get(url("pool", grande.slug))
    assert len(antes) <= 10
    assert len(depois) <= len(antes) + 4  # which links use them, who held them, what is in exchange, what is blocked


def test_a_public_pool_is_drawn_in_30s(cena: Cena, analista: Pessoa) -> None:
    acoes.atribuir(cena.botucatu.pk, perfil="PUBLICO", por=cena.analista, agora=AGORA)
    resposta = analista.cliente.get(url("pool", cena.publico.slug))
    assert 'aria-label="203.0.113.0/30: em uso, Botucatu"' in resposta.content.decode()
    assert "Cada linha é um /26; cada quadro, um /30" in texto(resposta)


@pytest.mark.parametrize(
    ("rede", "perfil", "prefixos"),
    [
        ("10.0.0.0/13", "PRIVADO", [20, 24, 28]),
        ("10.0.0.0/18", "PRIVADO", [24, 28]),
        ("10.0.0.0/22", "PRIVADO", [28]),
        ("198.51.100.0/24", "PUBLICO", [30]),
    ],
)
def test_a_map_never_has_more_than_256_squares_and_they_cover_the_range(
    gestor_prodesp: Pessoa, rede: str, perfil: str, prefixos: list[int]
) -> None:
    inicio_, prefixo = ler_rede(rede)
    pool = PoolCIDR(perfil=perfil, inicio=inicio_, prefixo=prefixo, nome="Um", origem="Outro", criado_em=AGORA)
    onde = faixa(pool)
    assert onde is not None
    for esperado in prefixos:
        assert onde.celula == esperado
        if not onde.e_folha:
            partes = quadros(onde, AGORA.date())
            assert len(partes) <= 256
            assert next(q.rede.inicio for q in partes) == onde.rede.inicio
            assert partes[-1].rede.fim == onde.rede.fim
            assert somar(partes).total == 0
            onde = consultas.faixa_de(pool, inicio_, prefixo=onde.linha if onde.linha > onde.rede.prefixo else None)
    assert onde.e_folha


def test_the_list_below_the_map_filters_and_pages(cena: Cena, analista: Pessoa) -> None:
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA)
    acoes.devolver(SubBlocoCIDR.objects.get(inicio=inicio("10.64.16.0/28")).pk, motivo="Sem uso.", por=cena.analista, agora=AGORA)
    endereco = url("pool", cena.privado.slug)
    assert re.search(r"10.64.16.0/28 Quarentena era de Botucatu .* livre em 09/12/2026", texto(analista.cliente.get(endereco)))
    so = texto(analista.cliente.get(f"{endereco}?mostrar=quarentena"))
    assert "1 a 1 de 1" in so
    assert "1 a 16 de 16" in texto(analista.cliente.get(f"{endereco}?mostrar=todos"))
    assert "Nenhum sub-bloco assim nesta faixa" in texto(analista.cliente.get(f"{endereco}?mostrar=em_troca"))


# --- The forecast ----------------------------------------------------------------------------------------------------
def _posses(cena: Cena, quantas: int, *, ha: int, devolvidas: int = 0) -> consultas.Previsao:
    """That many holdings, the first so many days ago, straight in the table."""
    vagas = list(SubBlocoCIDR.objects.filter(pool=cena.privado).order_by("inicio"))
    Alocacao.objects.bulk_create(
        Alocacao(
            sub_bloco=vagas[n % 16],
            adesao=cena.botucatu,
            de=AGORA - ha * DIA,
            por_nome="Ana",
            motivo="Pedido",
            ate=AGORA - DIA if n >= 1 or devolvidas else None,
            fim_motivo="Fim" if n >= 1 or devolvidas else "",
        )
        for n in range(quantas)
    )
    onde = faixa(cena.privado)
    assert onde is not None
    return consultas.previsao(onde, consultas.Ocupacao(4, 0, 2, 10), AGORA)


def test_with_little_history_there_is_no_forecast(cena: Cena) -> None:
    assert _posses(cena, 3, ha=200).frase == "ainda sem previsão"


def test_with_a_short_history_there_is_no_forecast(cena: Cena) -> None:
    assert _posses(cena, 14, ha=30).frase == "ainda sem previsão"


def test_a_pool_that_gets_back_as_much_as_it_gives_is_not_filling_up(cena: Cena) -> None:
    dito = _posses(cena, 14, ha=200, devolvidas=14)
    assert dito.frase == "não está enchendo"
    assert dito.porque == "14 atribuídos e 14 devolvidos nos últimos 7 meses."


def test_the_forecast_is_a_straight_line_from_the_last_12_months(cena: Cena) -> None:
    dito = _posses(cena, 16, ha=365)
    assert dito.frase == "há lugar para mais de 10 anos", "one more a year, twelve to go"
    onde = faixa(cena.privado)
    assert onde is not None
    Alocacao.objects.all().delete()
    vagas = list(SubBlocoCIDR.objects.filter(pool=cena.privado).order_by("inicio"))
    Alocacao.objects.bulk_create(
        Alocacao(sub_bloco=v, adesao=cena.botucatu, de=AGORA - 365 * DIA, por_nome="Ana", motivo="Pedido") for v in vagas[:12]
    )
    dito = consultas.previsao(onde, consultas.Ocupacao(12, 0, 1, 3), AGORA)
    assert dito.frase == "cheio por volta de mar/2027", "four to go at twelve a year: four months"
    assert consultas.previsao(onde, consultas.Ocupacao(8, 4, 1, 3), AGORA).frase == "cheio por volta de nov/2027", "exchanges come back"
    assert consultas.previsao(onde, consultas.Ocupacao(16, 0, 0, 0), AGORA).frase == "cheio"


def test_a_pool_that_is_being_made_is_not_called_full(gestor_prodesp: Pessoa) -> None:
    novo = acoes.registrar_pool(rede="10.64.0.0/12", perfil="PRIVADO", nome="Estado", origem="Plano", por=gestor_prodesp.ator, agora=AGORA)
    endereco = url("pool", novo.slug)
    for feitos in ("0", "8.192"):
        resposta = gestor_prodesp.cliente.get(endereco)
        palavras = texto(resposta)
        assert f"Ocupação criando sub-blocos: {feitos} de 65.536" in palavras
        assert "A previsão começa quando todos existirem." in palavras
        assert "cheio</p>" not in resposta.content.decode()
        assert "Não há sub-bloco livre" not in palavras
        assert f"Já criados {feitos}" in palavras
        assert 'aria-label="10.79.240.0/20: sub-blocos ainda sendo criados"' in resposta.content.decode()
        assert "Ver os 0 em tabela" not in palavras
        assert resposta.content.decode().count('<rect class="ig-quadro ig-quadro-criando"') == 257 - int(feitos.replace(".", "")) // 256, (
            "and the legend"
        )
        assert "ainda está criando" in texto(gestor_prodesp.cliente.get(url("pool_fechar", novo.slug))) or feitos != "0"
        acoes.criar_vagas(novo.pk, agora=AGORA)


def test_a_pool_that_is_being_extended_has_no_forecast_either(cena: Cena) -> None:
    maior = acoes.ampliar_pool(cena.privado.pk, rede="10.64.16.0/23", por=cena.gestor, agora=AGORA)
    onde = faixa(maior)
    assert onde is not None
    assert consultas.previsao(onde, consultas.Ocupacao(16, 0, 0, 0), AGORA).frase == "criando sub-blocos: 0 de 32"


def test_a_closed_pool_offers_no_attribution(cena: Cena, analista: Pessoa) -> None:
    endereco = url("pool", cena.privado.slug)
    assert "Atribuir sub-blocos" in texto(analista.cliente.get(endereco))
    acoes.fechar_pool(cena.privado.pk, motivo="Reserva.", por=cena.gestor, agora=AGORA)
    fechado = texto(analista.cliente.get(endereco))
    assert "Atribuir sub-blocos" not in fechado
    assert "Fechado para novas atribuições em 09/11/2026. Reserva." in fechado


# --- One sub-block ---------------------------------------------------------------------------------------------------
def test_the_page_of_a_sub_block_tells_its_facts_and_all_its_history(cena: Cena, analista: Pessoa, relogio: Any) -> None:
    vaga = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)[0]
    acoes.devolver(vaga.pk, motivo="A unidade fechou.", por=cena.analista, agora=AGORA + DIA)
    relogio.move_to(AGORA + 40 * DIA)
    acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", escolhidos=[vaga.inicio], por=cena.analista, agora=AGORA + 40 * DIA)
    palavras = texto(analista.cliente.get(url("sub_bloco", vaga.slug)))
    for fato in ("Máscara 255.255.255.240", "Primeiro host 10.64.16.1", "Último host 10.64.16.14", "10.64.16.15", "Hosts 14"):
        assert fato in palavras
    assert re.search(r"Quem tem e quem tinha.*Itapeva.*até hoje.*Botucatu.*de 09/11/2026.*10/11/2026.*Fim: A unidade fechou\.", palavras)


def test_giving_back_asks_for_the_reason_and_tells_the_prefeitura(cena: Cena, analista: Pessoa) -> None:
    vaga = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)[0]
    endereco = url("devolver", vaga.slug)
    vazio = analista.cliente.post(endereco, {"motivo": ""})
    assert vazio.status_code == 422
    assert "Escreva por que o sub-bloco foi devolvido." in texto(vazio)
    antes = MensagemSaida.objects.count()
    feita = analista.cliente.post(endereco, {"motivo": "A unidade fechou."}, follow=True)
    assert "10.64.16.0/28 devolvido. A prefeitura foi avisada. Ele descansa e fica livre em 09/12/2026." in texto(feita)
    assert MensagemSaida.objects.count() > antes
    assert dono("10.64.16.0/28") is None
    outra = analista.cliente.post(endereco, {"motivo": "De novo."})
    assert outra.status_code == 409
    assert "já não está com nenhuma prefeitura" in texto(outra)
    assert "De novo." in texto(outra), "the typing stays"


def test_a_sub_block_that_a_link_uses_is_not_given_back(cena: Cena, analista: Pessoa, monkeypatch: pytest.MonkeyPatch) -> None:
    vaga = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)[0]
    monkeypatch.setattr(registros, "QUEM_USA", [lambda cidrs: {c: registros.Uso("UBS", "em serviço") for c in cidrs}])
    assert "Com um link em cima não se devolve" in texto(analista.cliente.get(url("sub_bloco", vaga.slug)))
    recusa = analista.cliente.post(url("devolver", vaga.slug), {"motivo": "Sem uso."})
    assert recusa.status_code == 422
    assert "O link UBS usa este sub-bloco." in texto(recusa)


def test_what_cannot_be_given_back_says_why_before_anything_is_typed(cena: Cena, analista: Pessoa, monkeypatch: pytest.MonkeyPatch) -> None:
    vagas = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=4, por=cena.analista, agora=AGORA)
    acoes.devolver(vagas[0].pk, motivo="Sem uso.", por=cena.analista, agora=AGORA)
    SubBlocoCIDR.objects.filter(pk=vagas[1].pk).update(ordinal=None, troca_ate=AGORA + 10 * DIA)
    usado = vagas[2].rede.cidr
    monkeypatch.setattr(registros, "QUEM_USA", [lambda cidrs: {usado: registros.Uso("UBS Vila Maria", "em serviço", "/links/7/")}])
    for slug, frase in (
        ("10.64.16.240-28", "Este sub-bloco já não está com nenhuma prefeitura."),
        (vagas[0].slug, "Este sub-bloco já não está com nenhuma prefeitura."),
        (vagas[1].slug, "Este sub-bloco está em troca e sai sozinho na data dela."),
        (vagas[2].slug, "O link UBS Vila Maria usa este sub-bloco."),
    ):
        recusa = analista.cliente.get(url("devolver", slug))
        assert recusa.status_code == 409, slug
        assert frase in texto(recusa)
        assert 'name="motivo"' not in recusa.content.decode()
    assert 'href="/links/7/"' in recusa.content.decode()
    pode = analista.cliente.get(url("devolver", vagas[3].slug))
    assert pode.status_code == 200
    assert 'name="motivo"' in pode.content.decode()


def test_addresses_that_name_nothing_are_not_found(cena: Cena, analista: Pessoa) -> None:
    for endereco in ("/blocos/10.99.0.0-16/", "/blocos/999.0.0.0-16/", "/blocos/10.64.16.0-20/", "/blocos/sub-blocos/10.64.16.8-28/"):
        assert analista.cliente.get(endereco).status_code == 404, endereco
    assert analista.cliente.get(url("atribuicao", BOFETE)).status_code == 404
