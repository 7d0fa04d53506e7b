"""What a prefeitura sees of its sub-blocks, the technical sheet, and the responsável técnico (IP-05, IP-06, ADS-15)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adesao.models import Adesao, Envio
from comunicacao.models import MensagemSaida
from documentos.models import Documento
from enderecamento import acoes, consultas, pecas
from enderecamento.models import Alocacao, ResponsavelTecnico, SubBlocoCIDR
from nucleo import prazos
from nucleo.erros import SemPermissao, TransicaoIndisponivel
from nucleo.redes import Rede, ler_rede
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, Pessoa
from tests.enderecamento.conftest import Cena
from tests.saog_telas.conftest import chave

pytestmark = pytest.mark.django_db
DIA = solicitacoes.DIA
ENDERECOS = "/enderecos/"
NOVO = {"nome": "Marta Lins", "telefone": "(14) 3811-2233 ramal 12", "email": "marta@botucatu.sp.gov.br"}


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    relogio.move_to(AGORA + 2 * DIA)


def dar(cena: Cena, n: int = 1, perfil: str = "PRIVADO") -> list[SubBlocoCIDR]:
    return acoes.atribuir(cena.botucatu.pk, perfil=perfil, quantidade=n, por=cena.analista, agora=AGORA)


def em_troca(bloco: SubBlocoCIDR) -> None:
    """As an exchange leaves the old one: its place is the new one's."""
    SubBlocoCIDR.objects.filter(pk=bloco.pk).update(ordinal=None, troca_ate=prazos.meia_noite(AGORA.date() + 37 * DIA))


def anexo_ii(adesao: Adesao, nome: str = "Otávio Reis") -> None:
    """A sending whose Anexo II names the first responsável técnico."""
    campos = [("tecnico_nome", nome), ("tecnico_telefone", "(14) 3811-1000"), ("tecnico_email", "otavio@botucatu.sp.gov.br")]
    leitura = [{"grupos": [{"campos": [{"tarefa": "anexo2", "campo": c, "rotulo": c, "valor": v} for c, v in campos]}]}]
    Envio.objects.create(
        adesao=adesao, ordem=1, em=AGORA - 100 * DIA, por=adesao.criada_por, dados={"leitura": leitura}, dados_sha256="0" * 64
    )


def pagina(pessoa: Pessoa, endereco: str = ENDERECOS, status: int = 200) -> str:
    resposta = pessoa.cliente.get(endereco)
    assert resposta.status_code == status
    return resposta.content.decode()


# --- The list ---------------------------------------------------------------------------------------------------------
def test_each_block_comes_with_its_facts_and_the_link_that_uses_it(cena: Cena, responsavel_a1: Pessoa, operadora: Pessoa) -> None:
    dar(cena, 2)
    dar(cena, perfil="PUBLICO")
    link = solicitacoes.em_servico(
        cena.ana, analista=cena.analista, operadora=operadora.ator, mudancas={"sub_bloco": "10.64.16.0/28"}, agora=AGORA + DIA
    )
    texto = pagina(responsavel_a1)
    for parte in ("10.64.16.0/28", "255.255.255.240", "10.64.16.1", "10.64.16.14", "10.64.16.15", "203.0.113.0/30", "255.255.255.252"):
        assert parte in texto
    linha = texto[texto.index("10.64.16.0/28") :].split("</tr>")[0]
    assert f'href="{reverse("saog:link", args=[link.pk])}">UBS Vila Maria</a>' in linha
    assert "nenhum link" in texto[texto.index("10.64.16.16/28") :].split("</tr>")[0]
    assert "pediu 20: 2 já estão com ela e 18 ainda vão chegar" in texto
    for codigo in ("IP-05", "IP-06", "IP-09", "IP-10"):
        assert f"#{codigo}" in texto


def test_one_in_exchange_says_until_when_and_stays_out_of_the_count(cena: Cena, responsavel_a1: Pessoa) -> None:
    blocos = dar(cena, 2)
    em_troca(blocos[0])
    texto = pagina(responsavel_a1)
    assert "Em troca" in texto
    assert "vale até 15/12/2026" in texto
    assert "1 em troca fica fora da conta" in texto
    assert "este sub-bloco está em troca" in pagina(responsavel_a1, f"{ENDERECOS}{blocos[0].slug}/").lower()


def test_before_the_adhesion_is_in_force_the_page_says_when_blocks_come(requerente: Pessoa, responsavel_a1: Pessoa, cena: Cena) -> None:
    assert "ainda não começou a adesão" in pagina(requerente)
    Adesao.objects.filter(pk=cena.botucatu.pk).update(estado="ENCAMINHADA", vence_em=AGORA)
    texto = pagina(responsavel_a1)
    assert "Os endereços chegam depois da adesão" in texto
    assert "Seus sub-blocos" not in texto


def test_in_force_and_none_attributed_yet_is_said_with_what_is_to_come(cena: Cena, responsavel_a1: Pessoa) -> None:
    texto = pagina(responsavel_a1)
    assert "Nenhum sub-bloco atribuído ainda" in texto
    assert "A prefeitura pediu 20 e a PRODESP ainda vai atribuir" in texto


def test_the_list_asks_the_same_number_of_queries_with_one_block_and_with_ten(cena: Cena, responsavel_a1: Pessoa) -> None:
    def contar() -> int:
        pagina(responsavel_a1)
        with CaptureQueriesContext(connection) as feitas:
            pagina(responsavel_a1)
        return len(feitas)

    dar(cena)
    um = contar()
    dar(cena, 9)
    assert contar() == um <= 18


# --- One block --------------------------------------------------------------------------------------------------------
def test_the_router_texts_say_that_they_slide(cena: Cena, responsavel_a1: Pessoa) -> None:
    vaga = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)[0]
    assert '<p class="ig-nota ig-deslize">Deslize cada texto' in pagina(responsavel_a1, f"{ENDERECOS}{vaga.slug}/")


def test_a_block_of_somebody_else_or_given_back_is_not_found(cena: Cena, responsavel_a1: Pessoa, responsavel_b: Pessoa) -> None:
    (bloco,) = dar(cena)
    endereco = f"{ENDERECOS}{bloco.slug}/"
    assert "10.64.16.14" in pagina(responsavel_a1, endereco)
    pagina(responsavel_b, endereco, 404)
    pagina(responsavel_a1, f"{ENDERECOS}10.64.16.16-28/", 404)
    pagina(responsavel_a1, f"{ENDERECOS}10.64.16.1-28/", 404)
    acoes.devolver(bloco.pk, motivo="Não usa", por=cena.analista, agora=AGORA + DIA)
    pagina(responsavel_a1, endereco, 404)


def test_the_history_never_tells_who_had_the_block_before(cena: Cena, responsavel_b: Pessoa) -> None:
    (bloco,) = dar(cena)
    acoes.devolver(bloco.pk, motivo="Posto de Botucatu fechou", por=cena.analista, agora=AGORA + DIA)
    SubBlocoCIDR.objects.filter(pk=bloco.pk).update(livre_desde=AGORA.date())
    acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", escolhidos=[bloco.inicio], por=cena.analista, agora=AGORA + DIA)
    texto = pagina(responsavel_b, f"{ENDERECOS}{bloco.slug}/")
    assert "Atribuído à prefeitura" in texto
    assert "Botucatu" not in texto


CISCO = """! INTRAGOV: sub-bloco 10.64.18.96/28 da Prefeitura de Sao Jose
! Troque GigabitEthernet0/1 pela interface da sua rede local
interface GigabitEthernet0/1
 description INTRAGOV 10.64.18.96/28 UBS Joao XXIII n 2
 ip address 10.64.18.97 255.255.255.240
 no shutdown
!
! Opcional: enderecos automaticos (DHCP) para a rede local
ip dhcp excluded-address 10.64.18.97
ip dhcp pool INTRAGOV-10-64-18-96
 network 10.64.18.96 255.255.255.240
 default-router 10.64.18.97
!
! Rota: so se houver outro roteador entre este e a INTRAGOV.
! Nele, tire o ! da linha abaixo e troque 192.0.2.1 pelo endereco
! deste roteador do lado da INTRAGOV
! ip route 10.64.18.96 255.255.255.240 192.0.2.1"""
MIKROTIK = """# INTRAGOV: sub-bloco 203.0.113.4/30 da Prefeitura de Sao Jose
# Troque ether2 pela interface da sua rede local
/ip address add address=203.0.113.5/30 interface=ether2 comment="INTRAGOV Site da prefeitura"
# Rota: so se houver outro roteador entre este e a INTRAGOV.
# Nele, tire o # da linha abaixo e troque 192.0.2.1 pelo endereco
# deste roteador do lado da INTRAGOV
# /ip route add dst-address=203.0.113.4/30 gateway=192.0.2.1"""


def test_the_router_texts_are_exact() -> None:
    assert pecas.roteiro_cisco(Rede(*ler_rede("10.64.18.96/28")), municipio="São José", uso="UBS João XXIII, nº 2?") == CISCO
    assert pecas.roteiro_mikrotik(Rede(*ler_rede("203.0.113.4/30")), municipio="São José", uso="Site da prefeitura") == MIKROTIK


@pytest.mark.parametrize("nome", ["a\n no shutdown", 'x" ; /system reset', "$(x)`y`", "fim?\r\nenable", "ção Õ ü", "!" * 80, "z" * 200])
def test_no_name_of_a_unit_reaches_the_router_as_a_command(nome: str) -> None:
    rede = Rede(*ler_rede("10.0.0.0/28"))
    for roteiro in (pecas.roteiro_cisco, pecas.roteiro_mikrotik):
        normal = roteiro(rede, municipio="Bofete", uso="UBS")
        texto = roteiro(rede, municipio=nome, uso=nome)
        assert texto.isascii()
        assert len(texto.splitlines()) == len(normal.splitlines())
        assert texto.count('"') == normal.count('"')
        assert not set("?;$`\\\t") & set(texto)
        assert max(len(linha) for linha in texto.splitlines()) < 200


def test_a_28_has_dhcp_for_the_hosts_after_the_gateway_and_a_30_has_none() -> None:
    texto = pecas.roteiro_mikrotik(Rede(*ler_rede("10.0.0.16/28")), municipio="Bofete")
    assert "ranges=10.0.0.18-10.0.0.30" in texto
    assert "dhcp" not in pecas.roteiro_cisco(Rede(*ler_rede("203.0.113.4/30")), municipio="Bofete").lower()


# --- The technical sheet ----------------------------------------------------------------------------------------------
def pedir_ficha(pessoa: Pessoa, bloco: SubBlocoCIDR) -> Any:
    endereco = f"{ENDERECOS}{bloco.slug}/"
    return pessoa.cliente.post(f"{endereco}ficha/", {"chave": chave(pessoa.cliente, endereco)})


def test_the_sheet_is_one_row_per_day_and_its_pdf_comes_at_once(cena: Cena, responsavel_a1: Pessoa, responsavel_a2: Pessoa) -> None:
    (bloco,) = dar(cena)
    idas = {pedir_ficha(p, bloco).url for p in (responsavel_a1, responsavel_a1, responsavel_a2)}
    assert len(idas) == 1
    documento = Documento.objects.get(especie="ficha")
    assert documento.situacao == Documento.Situacao.PENDENTE
    if pecas.gera_pdf():
        resposta = responsavel_a1.cliente.get(idas.pop())
        assert resposta["Content-Type"] == "application/pdf"
        assert "ficha-tecnica-10-64-16-0-28.pdf" in resposta["Content-Disposition"]
        assert b"".join(resposta.streaming_content).startswith(b"%PDF")


def test_without_the_pdf_libraries_the_printable_page_opens(cena: Cena, responsavel_a1: Pessoa, monkeypatch: pytest.MonkeyPatch) -> None:
    (bloco,) = dar(cena)
    monkeypatch.setattr(pecas.pdf, "disponivel", lambda: False)
    assert "Abrir a ficha técnica para imprimir" in pagina(responsavel_a1, f"{ENDERECOS}{bloco.slug}/")
    resposta = responsavel_a1.cliente.get(pedir_ficha(responsavel_a1, bloco).url, follow=True)
    texto = resposta.content.decode()
    assert resposta.redirect_chain
    for parte in ("Ficha técnica do sub-bloco 10.64.16.0/28", "10.64.16.14", "ip address 10.64.16.1", "nenhum link por enquanto"):
        assert parte in texto


def test_the_sheet_of_a_neighbour_or_of_an_older_holding_is_not_found(cena: Cena, responsavel_a1: Pessoa, responsavel_b: Pessoa) -> None:
    (bloco,) = dar(cena)
    url = pedir_ficha(responsavel_a1, bloco).url
    pagina(responsavel_b, url, 404)
    pagina(responsavel_a1, f"{url}imprimir/")
    acoes.devolver(bloco.pk, motivo="Não usa", por=cena.analista, agora=AGORA + DIA)
    SubBlocoCIDR.objects.filter(pk=bloco.pk).update(livre_desde=AGORA.date())
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", escolhidos=[bloco.inicio], por=cena.analista, agora=AGORA + DIA)
    pagina(responsavel_a1, url, 404)


def test_a_sheet_is_verified_while_the_block_is_held(cena: Cena, responsavel_a1: Pessoa, anonimo: Pessoa) -> None:
    (bloco,) = dar(cena)
    pedir_ficha(responsavel_a1, bloco)
    codigo = Documento.objects.get(especie="ficha").codigo
    texto = pagina(anonimo, f"/verificar/?codigo={codigo}")
    assert "Ficha técnica de um sub-bloco de endereços" in texto
    assert "10.64.16" not in texto
    acoes.devolver(bloco.pk, motivo="Não usa", por=cena.analista, agora=AGORA + DIA)
    assert "não use mais estes endereços" in pagina(anonimo, f"/verificar/?codigo={codigo}")


# --- Responsável técnico (ADS-15) -------------------------------------------------------------------------------------
def test_the_one_of_anexo_ii_is_shown_until_another_is_informed(cena: Cena, responsavel_a1: Pessoa) -> None:
    assert "Ainda não há responsável técnico informado" in pagina(responsavel_a1)
    anexo_ii(cena.botucatu)
    texto = pagina(responsavel_a1)
    assert "Otávio Reis" in texto
    assert "Informado no Anexo II" in texto


def informar(pessoa: Pessoa, **mudancas: str) -> Any:
    endereco = "/enderecos/tecnico/"
    return pessoa.cliente.post(endereco, {**NOVO, **mudancas, "chave": chave(pessoa.cliente, endereco)}, follow=True)


def test_a_new_one_is_told_to_prodesp_and_to_the_responsaveis_at_once(
    cena: Cena, responsavel_a1: Pessoa, responsavel_a2: Pessoa, analista: Pessoa, gestor_prodesp: Pessoa, operadora: Pessoa
) -> None:
    anexo_ii(cena.botucatu)
    texto = informar(responsavel_a1).content.decode()
    assert "Marta Lins é o novo responsável técnico. A PRODESP foi avisada." in texto
    assert "Quem era antes (1)" in texto
    assert "Otávio Reis" in texto
    cartas = MensagemSaida.objects.filter(assunto_tipo="tecnico_trocado")
    esperados = {p.usuario.email for p in (analista, gestor_prodesp, responsavel_a1, responsavel_a2)}
    assert set(cartas.values_list("para", flat=True)) == esperados
    carta = cartas.get(para=analista.usuario.email)
    assert carta.assunto == "Prefeitura de Botucatu: novo responsável técnico"
    for parte in ("Marta Lins", "(14) 3811-2233 ramal 12", "Otávio Reis", "/responsaveis-tecnicos/"):
        assert parte in carta.texto


def test_the_person_named_is_told_once_by_whom_for_whom_and_whom_to_ask(cena: Cena, responsavel_a1: Pessoa) -> None:
    assert "Quem entra agora recebe um aviso do portal." in pagina(responsavel_a1, "/enderecos/tecnico/")
    informar(responsavel_a1)
    carta = MensagemSaida.objects.get(assunto_tipo="tecnico_designado")
    assert (carta.para, carta.assunto) == (NOVO["email"], "Você responde pelos equipamentos da Prefeitura de Botucatu na INTRAGOV")
    for parte in ("Olá, Marta.", "Informado por: Aparecida Nunes", "(14) 3811-2233 ramal 12", "redeip@intragov.sp.gov.br"):
        assert parte in carta.texto
    assert "http" not in carta.texto
    informar(responsavel_a1, telefone="(14) 3811-9999")  # the same person with another telephone
    assert MensagemSaida.objects.filter(assunto_tipo="tecnico_designado").count() == 1
    informar(responsavel_a1, nome="Rui Prado", email="rui@botucatu.sp.gov.br")
    assert MensagemSaida.objects.get(assunto_tipo="tecnico_designado", para="rui@botucatu.sp.gov.br")


def test_what_is_wrong_is_said_beside_its_field_and_the_typing_stays(cena: Cena, responsavel_a1: Pessoa) -> None:
    resposta = informar(responsavel_a1, telefone="123", email="marta")
    texto = resposta.content.decode()
    assert resposta.status_code == 422
    assert "Há 2 campos para corrigir" in texto
    assert 'value="Marta Lins"' in texto
    assert not ResponsavelTecnico.objects.exists()


def test_the_same_data_again_is_refused_and_a_double_click_informs_once(cena: Cena, responsavel_a1: Pessoa) -> None:
    endereco = "/enderecos/tecnico/"
    corpo = {**NOVO, "chave": chave(responsavel_a1.cliente, endereco)}
    for _ in range(2):
        assert responsavel_a1.cliente.post(endereco, corpo).status_code == 302
    assert ResponsavelTecnico.objects.count() == 1
    resposta = informar(responsavel_a1)
    assert resposta.status_code == 422
    assert "já são os dados do responsável técnico" in resposta.content.decode()


def test_before_the_adhesion_is_in_force_nobody_is_informed(cena: Cena, responsavel_a1: Pessoa) -> None:
    Adesao.objects.filter(pk=cena.botucatu.pk).update(estado="ENCAMINHADA", vence_em=AGORA)
    assert "vai no Anexo II da adesão" in responsavel_a1.cliente.get("/enderecos/tecnico/", follow=True).content.decode()
    with pytest.raises(TransicaoIndisponivel):
        acoes.trocar_tecnico(cena.botucatu.pk, nome="A B", telefone="1438112233", email="a@b.sp.gov.br", por=cena.ana, agora=AGORA)


def test_only_the_prefeitura_itself_informs(cena: Cena, responsavel_b: Pessoa) -> None:
    for por in (responsavel_b.ator, cena.analista):
        with pytest.raises(SemPermissao):
            acoes.trocar_tecnico(cena.botucatu.pk, nome="A B", telefone="1438112233", email="a@b.sp.gov.br", por=por, agora=AGORA)


def test_prodesp_marks_a_change_as_read_once(cena: Cena, responsavel_a1: Pessoa, analista: Pessoa, auditor: Pessoa) -> None:
    lista = "/responsaveis-tecnicos/"
    assert "Nenhuma troca informada" in pagina(analista, lista)
    informar(responsavel_a1)
    linha = ResponsavelTecnico.objects.get()
    assert "Marcar como lida" in pagina(analista, lista)
    assert "Marcar como lida" not in pagina(auditor, lista)
    assert consultas.trocas_por_ler() == 1
    corpo = {"chave": chave(analista.cliente, lista)}
    assert "marcada como lida" in analista.cliente.post(f"{lista}{linha.pk}/lido/", corpo, follow=True).content.decode()
    linha.refresh_from_db()
    assert (linha.lido_em, linha.lido_por_id) == (AGORA + 2 * DIA, analista.usuario.pk)
    assert analista.cliente.post(f"{lista}{linha.pk}/lido/").status_code == 409
    assert analista.cliente.post(f"{lista}999999/lido/").status_code == 404
    assert consultas.trocas_por_ler() == 0


def test_the_list_of_changes_asks_the_same_number_of_queries_with_one_and_with_many(cena: Cena, analista: Pessoa) -> None:
    def contar() -> int:
        pagina(analista, "/responsaveis-tecnicos/")
        with CaptureQueriesContext(connection) as feitas:
            pagina(analista, "/responsaveis-tecnicos/")
        return len(feitas)

    def mais(n: int) -> None:
        for i in range(n):
            acoes.trocar_tecnico(
                cena.botucatu.pk, nome=f"Pessoa {n} {i}", telefone="1438112233", email="p@botucatu.sp.gov.br", por=cena.ana, agora=AGORA
            )

    mais(1)
    um = contar()
    mais(12)
    assert contar() == um


def test_the_sheet_names_the_technician_and_the_posse_of_the_block(cena: Cena) -> None:
    anexo_ii(cena.botucatu)
    (bloco,) = dar(cena)
    documento = acoes.encomendar_ficha(bloco.pk, por=cena.ana, agora=AGORA)
    assert documento.dono == f"bloco:{Alocacao.objects.get().pk}"
    assert documento.dados["tecnico"] == ["Otávio Reis", "(14) 3811-1000", "otavio@botucatu.sp.gov.br"]
    assert re.search(r"segunda-feira, 0?9/11/2026", documento.dados["atribuido_em"])
