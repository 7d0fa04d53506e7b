"""Attributing, finding who has an address, and the spreadsheets, on PRODESP's screens."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comunicacao.models import MensagemSaida
from enderecamento import acoes, consultas
from enderecamento.models import Alocacao, QuantidadeDeBlocos, SubBlocoCIDR
from tests.apoio import enderecos
from tests.apoio.elenco import AGORA, BOFETE, BOTUCATU, ITAPEVA, Pessoa

from .conftest import Cena
from .leitura import dono, inicio, planilha, texto, url

pytestmark = pytest.mark.django_db
DIA = dt.timedelta(days=1)


def test_the_page_of_a_prefeitura_leads_each_role_to_its_pages(cena: Cena, analista: Pessoa, responsavel_a1: Pessoa, client: Any) -> None:
    pagina = reverse("prefeitura", args=[BOTUCATU])
    aberta, dela, vista = (p.get(pagina).content.decode() for p in (client, responsavel_a1.cliente, analista.cliente))
    assert "Você é desta prefeitura" in aberta
    assert "Desta prefeitura, no portal" not in aberta
    assert "A sua prefeitura" in dela
    assert "Você é desta prefeitura" not in dela + vista
    caminhos = re.findall(r'<li><a href="([^"]+)">', vista.split("Desta prefeitura, no portal")[1].split("</section>")[0])
    assert {url("atribuicao", BOTUCATU), reverse("saog:prefeitura_ss", args=[BOTUCATU])} <= set(caminhos)
    assert [analista.cliente.get(c.replace("&amp;", "&")).status_code for c in caminhos] == [200] * len(caminhos)


# --- Attribution -----------------------------------------------------------------------------------------------------
def test_the_queue_has_the_oldest_approval_first_and_filters(cena: Cena, analista: Pessoa) -> None:
    type(cena.itapeva).objects.filter(pk=cena.itapeva.pk).update(decidida_em=AGORA - 900 * DIA)
    palavras = texto(analista.cliente.get(url("a_atribuir")))
    assert re.search(r"Itapeva.*20 privados.*1 público.*Botucatu", palavras)
    so = texto(analista.cliente.get(url("a_atribuir") + "?busca=botu"))
    assert "Botucatu" in so
    assert "Itapeva" not in so
    assert "Nenhuma prefeitura com este nome esperando" in texto(analista.cliente.get(url("a_atribuir") + "?busca=xyz"))
    linhas = planilha(analista.cliente.get(url("a_atribuir_csv")))
    assert [li[0] for li in linhas] == ["Prefeitura", "Itapeva", "Botucatu"]
    assert linhas[1][-2:] == ["20", "1"]


def test_private_and_public_are_attributed_in_one_act_with_one_letter(cena: Cena, analista: Pessoa) -> None:
    endereco = url("atribuicao", BOTUCATU)
    tela = analista.cliente.get(endereco).content.decode()
    assert 'name="privados" value="20"' in tela, "what is missing is suggested"
    assert 'name="publicos" value="1"' in tela
    antes = MensagemSaida.objects.count()
    feita = analista.cliente.post(url("atribuir", BOTUCATU), {"privados": "2", "publicos": "1", "onde": "", "escolhidos": ""}, follow=True)
    assert "3 sub-blocos atribuídos a Botucatu: 10.64.16.0/28, 10.64.16.16/28 e 203.0.113.0/30." in texto(feita)
    cartas = list(MensagemSaida.objects.order_by("pk")[antes:])
    assert {c.assunto_tipo for c in cartas} == {"blocos_atribuidos"}
    assert len({c.para for c in cartas}) == len(cartas), "one each"


def test_when_one_kind_cannot_be_attributed_none_is_and_the_typing_stays(cena: Cena, analista: Pessoa) -> None:
    acoes.fechar_pool(cena.publico.pk, motivo="Reserva.", por=cena.gestor, agora=AGORA)
    resposta = analista.cliente.post(url("atribuir", BOTUCATU), {"privados": "3", "publicos": "1", "onde": "", "escolhidos": ""})
    assert resposta.status_code == 409
    assert "Não há sub-blocos livres onde você procurou." in texto(resposta)
    assert 'name="privados" value="3"' in resposta.content.decode()
    assert not SubBlocoCIDR.objects.filter(adesao__isnull=False).exists()
    assert not Alocacao.objects.exists()


def test_seeing_which_would_be_taken_takes_none(cena: Cena, analista: Pessoa) -> None:
    antes = MensagemSaida.objects.count()
    dados = {"privados": "2", "publicos": "1", "onde": "", "escolhidos": "", "acao": "ver"}
    resposta = analista.cliente.post(url("atribuir", BOTUCATU), dados)
    assert resposta.status_code == 200
    assert "Seriam estes 3: 10.64.16.0/28, 10.64.16.16/28, 203.0.113.0/30" in texto(resposta)
    assert "se outra pessoa atribuir antes, o portal pega os seguintes" in texto(resposta)
    escolhendo = texto(
        analista.cliente.post(url("atribuir", BOTUCATU), {**dados, "privados": "", "publicos": "", "escolhidos": "10.64.16.32/28"})
    )
    assert "Seria este: 10.64.16.32/28" in escolhendo
    assert "se outra pessoa atribuir um dos escolhidos antes, o portal avisa" in escolhendo
    assert not Alocacao.objects.exists()
    assert MensagemSaida.objects.count() == antes


def test_a_region_or_a_pool_narrows_only_the_kind_it_has(cena: Cena, analista: Pessoa) -> None:
    sul = enderecos.pool("10.80.0.0/24", por=cena.gestor, regiao="15", nome="Sul")
    cliente = analista.cliente
    cliente.post(url("atribuir", BOTUCATU), {"privados": "1", "publicos": "1", "onde": "regiao:15", "escolhidos": ""})
    assert dono("10.80.0.0/28") == cena.botucatu.pk == dono("203.0.113.0/30")
    cliente.post(url("atribuir", BOTUCATU), {"privados": "1", "onde": f"pool:{cena.privado.pk}", "escolhidos": ""})
    assert dono("10.64.16.0/28") == cena.botucatu.pk
    assert 'value="regiao:15" selected' in cliente.get(url("atribuicao", ITAPEVA)).content.decode(), "Itapeva is DDD 15"
    desconhecido = cliente.post(url("atribuir", BOTUCATU), {"privados": "1", "onde": "pool:999999", "escolhidos": ""})
    assert desconhecido.status_code == 422
    assert "Escolha da lista." in texto(desconhecido)
    assert sul.pronto


def test_a_place_without_the_kind_asked_for_is_refused_beside_it(cena: Cena, analista: Pessoa) -> None:
    enderecos.pool("10.80.0.0/24", por=cena.gestor, regiao="15", nome="Sul")
    cliente = analista.cliente
    publico, sul = f"pool:{cena.publico.pk}", "regiao:15"
    for dados, frase in (
        ({"privados": "1", "onde": publico}, "203.0.113.0/28 só tem públicos. Escolha outro lugar ou peça públicos."),
        ({"publicos": "1", "onde": sul}, "O DDD 15 só tem privados. Escolha outro lugar ou peça privados."),
        ({"publicos": "1", "onde": sul, "escolhidos": "10.64.16.0/28"}, "O DDD 15 só tem privados."),
        ({"privados": "1", "onde": publico, "acao": "ver"}, "203.0.113.0/28 só tem públicos."),
    ):
        recusa = cliente.post(url("atribuir", BOTUCATU), {"escolhidos": "", **dados})
        assert recusa.status_code == 422, dados
        assert frase in texto(recusa)
        assert re.search(r'<select name="onde"[^>]*aria-invalid="true"', recusa.content.decode())
    assert not Alocacao.objects.exists()
    assert "o outro tipo sai de qualquer bloco aberto" in texto(cliente.get(url("atribuicao", BOTUCATU)))
    trocados = {"privados": "9", "publicos": "1", "onde": publico, "escolhidos": "10.64.16.0/28"}
    assert cliente.post(url("atribuir", BOTUCATU), trocados).status_code == 302, "the chosen ones stand in for the quantity"


def test_the_region_is_suggested_only_while_it_serves(cena: Cena, analista: Pessoa) -> None:
    enderecos.pool("10.80.0.0/23", por=cena.gestor, regiao="15", nome="Sul")
    assert 'value="regiao:15" selected' in analista.cliente.get(url("atribuicao", ITAPEVA)).content.decode()
    acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", quantidade=20, por=cena.analista, agora=AGORA)
    assert 'value="regiao:15" selected' not in analista.cliente.get(url("atribuicao", ITAPEVA)).content.decode(), "only public is missing"


def test_chosen_and_contiguous_ones_are_attributed(cena: Cena, analista: Pessoa) -> None:
    cliente = analista.cliente
    escolhidos = "10.64.16.16/28\n203.0.113.4/30"
    feita = cliente.post(url("atribuir", BOTUCATU), {"privados": "", "publicos": "", "onde": "", "escolhidos": escolhidos}, follow=True)
    assert "2 sub-blocos atribuídos a Botucatu: 10.64.16.16/28 e 203.0.113.4/30." in texto(feita)
    cliente.post(url("atribuir", ITAPEVA), {"privados": "3", "onde": "", "seguidos": "on", "escolhidos": ""})
    assert [dono(f"10.64.16.{n}/28") for n in (0, 32, 48, 64)] == [None, *[cena.itapeva.pk] * 3], "the gap at .0 is too small"


@pytest.mark.parametrize(
    ("dados", "status", "frase"),
    [
        ({}, 422, "Diga quantos sub-blocos atribuir."),
        ({"privados": "21"}, 422, "São no máximo 20 sub-blocos privados por prefeitura"),
        ({"privados": "dois"}, 422, "Escreva só o número, como em 3."),
        ({"privados": "1.000"}, 422, "Escreva só o número, como em 3."),
        ({"privados": "٣"}, 422, "Escreva só o número, como em 3."),
        ({"publicos": "1.0"}, 422, "Escreva só o número, como em 3."),
        ({"publicos": "2"}, 422, "É no máximo 1 sub-bloco público por prefeitura, sem exceção."),
        ({"privados": "17"}, 409, "Só há 16 livres onde você procurou, e são precisos 17."),
        ({"escolhidos": "10.64.16.0"}, 422, "“10.64.16.0” não é um sub-bloco. Falta o prefixo. Escreva, por exemplo, 10.64.16.0/28."),
        ({"escolhidos": "10.64.16.5/28"}, 422, "A rede não começa neste endereço. Seria 10.64.16.0/28?"),
        ({"escolhidos": "10.64.16.0/28 10.64.16.16/28"}, 422, "Há mais de uma rede aqui. Escreva uma por linha."),
        ({"escolhidos": "2001:db8::/64"}, 422, "Aqui são só IPv4"),
        ({"escolhidos": "10.64.16.0/44"}, 422, "O prefixo /44 não existe: vai até /32."),
        ({"escolhidos": "o primeiro"}, 422, "“o primeiro” não é um sub-bloco. Escreva como em 10.64.18.96/28."),
        ({"escolhidos": "10.64.16.0/24"}, 422, "um sub-bloco é /28, privado, ou /30, público"),
        ({"escolhidos": "10.99.0.0/28"}, 422, "Um dos sub-blocos escolhidos não existe."),
        ({"escolhidos": "10.64.16.240/28"}, 409, "10.64.16.240/28 já está em uso. Escolha outro."),
    ],
)
def test_each_refusal_of_the_attribution_is_read_where_it_belongs(
    cena: Cena, analista: Pessoa, dados: dict[str, str], status: int, frase: str
) -> None:
    if status == 409 and "escolhidos" in dados:
        acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", escolhidos=[inicio("10.64.16.240/28")], por=cena.analista, agora=AGORA)
    resposta = analista.cliente.post(url("atribuir", BOTUCATU), {"privados": "", "publicos": "", "onde": "", "escolhidos": "", **dados})
    assert resposta.status_code == status
    assert frase in texto(resposta)
    assert not SubBlocoCIDR.objects.filter(adesao=cena.botucatu).exists()


def test_an_updated_anexo_ii_adds_its_quantities(cena: Cena, analista: Pessoa) -> None:
    pedida = enderecos.em_vigor(analista, BOFETE, privados=3, publicos=0)
    cliente = analista.cliente
    endereco = url("anexo_ii", BOFETE)
    for dados, frase in (
        ({"privados": "2", "referencia": ""}, "Diga qual é o documento."),
        ({"privados": "", "publicos": "", "referencia": "Anexo II"}, "Informe quantos sub-blocos a prefeitura pede a mais."),
        ({"privados": "18", "referencia": "Anexo II"}, "São no máximo 20 sub-blocos privados"),
    ):
        recusa = cliente.post(endereco, dados)
        assert recusa.status_code == 422
        assert frase in texto(recusa)
    assert not QuantidadeDeBlocos.objects.exists()
    feita = cliente.post(endereco, {"privados": "2", "publicos": "1", "referencia": "Anexo II de 01/11/2026"}, follow=True)
    assert "Anexo II de 01/11/2026 registrado. As quantidades foram somadas." in texto(feita)
    assert re.search(r"Pediu 5 1 .*Faltam 5 1", texto(feita))
    assert "+2 privados" in texto(feita)
    assert consultas.quantidades(pedida, "PRIVADO", AGORA.date()).pedidos == 5


def test_a_square_of_the_map_goes_to_the_prefeitura_that_is_chosen(cena: Cena, analista: Pessoa) -> None:
    fila = analista.cliente.get(url("a_atribuir") + "?sub=10.64.16.32-28")
    assert "Você escolheu 10.64.16.32/28 no mapa." in texto(fila)
    assert f"/blocos/prefeituras/{BOTUCATU}/?sub=10.64.16.32-28" in fila.content.decode()
    tela = analista.cliente.get(url("atribuicao", BOTUCATU) + "?sub=10.64.16.32-28")
    assert "10.64.16.32/28</textarea>" in tela.content.decode()


def test_who_only_looks_finds_no_forms(cena: Cena, auditor: Pessoa) -> None:
    tela = auditor.cliente.get(url("atribuicao", BOTUCATU))
    assert tela.status_code == 200
    assert '<form method="post" action="/blocos' not in tela.content.decode()
    assert auditor.cliente.post(url("atribuir", BOTUCATU), {"privados": "1"}).status_code == 403
    assert auditor.cliente.get(url("pool_novo")).status_code == 403


# --- Who has, and who had --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "digitado",
    [
        "10.64.16.3",
        "10.64.16.0/28",
        "10.64.16.0 255.255.255.240",
        "10.64.16",
        "10.64.16.0 a 10.64.16.9",
        "10.64.016.003",
        "010.064.016.003",
        "http://10.64.16.3/",
        "https://10.64.16.3:8443/painel?a=1",
        "10.64.16.3:8080",
        "10.64.16.3.",
        "IP 10.64.16.3",
        "ip: 10.64.16.3",
        "Endereço 10.64.16.3",
        "rede 10.64.16.0/28",
        "10.64.16.0-28",
        "10.64.16.0-24",
    ],
)
def test_an_address_is_found_however_it_is_typed(cena: Cena, auditor: Pessoa, digitado: str) -> None:
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)
    palavras = texto(auditor.cliente.get(url("procurar"), {"endereco": digitado}))
    assert re.search(r"Agora.*10.64.16.0/28 Em uso Botucatu.*Desde o começo.*Botucatu.*até hoje", palavras)


def test_a_day_tells_who_had_it_then(cena: Cena, analista: Pessoa, relogio: Any) -> None:
    vaga = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)[0]
    acoes.devolver(vaga.pk, motivo="Sem uso.", por=cena.analista, agora=AGORA + DIA)
    acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", escolhidos=[vaga.inicio], por=cena.analista, agora=AGORA + 40 * DIA)
    relogio.move_to(AGORA + 50 * DIA)
    for dia, quem in (("09/11/2026", "Botucatu"), ("20/12/2026", "Itapeva")):
        palavras = texto(analista.cliente.get(url("procurar"), {"endereco": "10.64.16.5", "dia": dia}))
        assert "Nesse dia" in palavras
        assert quem in palavras
        assert ({"Botucatu", "Itapeva"} - {quem}).pop() not in palavras
    vago = texto(analista.cliente.get(url("procurar"), {"endereco": "10.64.16.5", "dia": "25/11/2026"}))
    assert "Não era de ninguém nesse dia" in vago


@pytest.mark.parametrize(
    ("dados", "frase"),
    [
        ({"endereco": "Botucatu"}, "Aqui se procura só por endereço, não por nome. Escreva um IP (10.64.18.100)"),
        ({"endereco": "http://prefeitura.sp.gov.br/"}, "Aqui se procura só por endereço"),
        ({"endereco": "10.64.16.5-10"}, "Não entendi este endereço."),
        ({"endereco": "10.64.16.5:http"}, "Não entendi este endereço."),
        ({"endereco": "300.1.1.1"}, "Não entendi este endereço."),
        ({"endereco": ""}, "Escreva um endereço. Por exemplo: 10.64.18.100."),
        ({"endereco": "10.64.16.1", "dia": "31/02/2026"}, "Em que dia"),
        ({"endereco": "10.64.16.1", "dia": "01/01/2030"}, "Escolha um dia até hoje"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(analista: Pessoa, dados: dict[str, str], frase: str) -> None:
    resposta = analista.cliente.get(url("procurar"), dados)
    assert resposta.status_code == 422
    assert frase in texto(resposta)
    assert f'value="{dados["endereco"]}"' in resposta.content.decode() or not dados["endereco"]


def test_an_address_of_no_pool_and_one_never_handed_out_are_told_apart(cena: Cena, analista: Pessoa) -> None:
    fora = texto(analista.cliente.get(url("procurar"), {"endereco": "172.16.0.1"}))
    assert "Este endereço não está em nenhum bloco registrado" in fora
    nunca = texto(analista.cliente.get(url("procurar"), {"endereco": "10.64.16.1"}))
    assert "Nunca foi de ninguém" in nunca


# --- Spreadsheets and counts -----------------------------------------------------------------------------------------
def test_the_spreadsheet_of_a_pool_tells_what_the_list_does_and_no_cell_is_a_formula(cena: Cena, analista: Pessoa) -> None:
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, motivo="=cmd()", por=cena.analista, agora=AGORA)
    acoes.devolver(SubBlocoCIDR.objects.get(inicio=inicio("10.64.16.0/28")).pk, motivo="+fim", por=cena.analista, agora=AGORA)
    resposta = analista.cliente.get(url("pool_csv", cena.privado.slug))
    assert "sub-blocos-10.64.16.0-24-2026-11-09.csv" in resposta["Content-Disposition"]
    cabeca, primeira, segunda = planilha(resposta)
    assert cabeca[0] == "Sub-bloco"
    assert primeira[:5] == ["10.64.16.0/28", "255.255.255.240", "Privado", "Quarentena", ""]
    assert primeira[5] == "Botucatu"
    assert primeira[10:] == ["09/12/2026", "'+fim"]
    assert segunda[3:7] == ["Em uso", "", "Botucatu", str(BOTUCATU)]
    assert segunda[-1] == "'=cmd()"


def test_the_lists_ask_the_same_whatever_they_hold(cena: Cena, analista: Pessoa) -> None:
    paginas = [
        url("blocos"),
        url("a_atribuir"),
        url("pool", cena.privado.slug),
        url("atribuicao", BOTUCATU),
        url("procurar") + "?endereco=10.64",
    ]

    def contar() -> list[int]:
        contas = []
        for endereco in paginas:
            analista.cliente.get(endereco)
            with CaptureQueriesContext(connection) as consultas_:
                assert analista.cliente.get(endereco).status_code == 200
            contas.append(len(consultas_))
        return contas

    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)
    poucas = contar()
    for rede in ("10.70.0.0/24", "10.71.0.0/24", "10.72.0.0/24"):
        enderecos.pool(rede, por=cena.gestor)
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=8, por=cena.analista, agora=AGORA)
    acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", quantidade=6, por=cena.analista, agora=AGORA)
    muitas = contar()
    assert muitas == poucas
    assert max(poucas) <= 20
