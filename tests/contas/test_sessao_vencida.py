"""What was being sent when the session ended: the text comes back, the page of the button comes back, and the login page says the truth."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from adesao.models import Adesao
from enderecamento import acoes as do_endereco
from tests.apoio import adesoes, solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa
from tests.enderecamento.conftest import Cena, cena

__all__ = ["cena"]
pytestmark = pytest.mark.django_db

FUNDO = "contas.sessao.Autenticacao"
DE_VOLTA = "Sua sessão terminou antes do envio. O seu texto está abaixo: confira e envie de novo."


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    relogio.move_to(AGORA)


@pytest.fixture
def vencida(settings: Any) -> Any:
    """Makes a browser whose session has been idle for too long."""

    def fazer(pessoa: Pessoa) -> Client:
        cliente = Client()
        cliente.force_login(pessoa.usuario, backend=FUNDO)
        sessao = cliente.session
        sessao["sessao_atividade"] = time.time() - settings.SESSAO_PARADA.total_seconds() - 5
        sessao.save()
        return cliente

    return fazer


def entrar(cliente: Client, pessoa: Pessoa) -> None:
    cliente.force_login(pessoa.usuario, backend=FUNDO)


def enviada(por: Pessoa) -> Adesao:
    return adesoes.adesao_enviada(por=por.ator)


def _volta(cliente: Client, pessoa: Pessoa, endereco: str, dados: dict[str, Any], *, pagina: str = "") -> str:
    """Post on an ended session, read the login page, enter again and follow ``next``: the page one lands on."""
    de = {"HTTP_REFERER": f"http://testserver{pagina or endereco}"}
    resposta = cliente.post(endereco, dados, **de)
    assert urlsplit(resposta.url).path == "/conta/entrar/"
    assert "entre de novo e ele volta" in cliente.get(resposta.url).content.decode()
    entrar(cliente, pessoa)
    return str(cliente.get(endereco, follow=True, HTTP_REFERER=f"http://testserver{resposta.url}").content.decode())


def test_the_approvers_words_come_back_after_an_ended_session(
    requerente: Pessoa, analista: Pessoa, aprovador: Pessoa, vencida: Any
) -> None:
    adesao = adesoes.encaminhada(adesoes.assumida(enviada(requerente), por=analista.ator), por=analista.ator)
    for nome, campo in (("recusar", "motivo"), ("perguntar", "pergunta")):
        endereco = reverse(f"adesao:{nome}", args=[adesao.slug])
        html = _volta(vencida(aprovador), aprovador, endereco, {campo: "Um texto longo do aprovador"})
        assert "Um texto longo do aprovador" in html
        assert DE_VOLTA in html


def test_the_opinion_comes_back_after_an_ended_session(requerente: Pessoa, analista: Pessoa, vencida: Any) -> None:
    adesao = adesoes.assumida(enviada(requerente), por=analista.ator)
    adesoes.conferida(adesao, por=analista.ator)
    html = _volta(vencida(analista), analista, reverse("adesao:encaminhar", args=[adesao.slug]), {"parecer": "Meu parecer inteiro"})
    assert "Meu parecer inteiro" in html


def test_a_half_typed_pendencia_comes_back_in_its_open_row(requerente: Pessoa, analista: Pessoa, vencida: Any) -> None:
    adesao = adesoes.assumida(enviada(requerente), por=analista.ator)
    endereco = reverse("adesao:pendencia", args=[adesao.slug])
    pagina = reverse("adesao:conferencia", args=[adesao.slug]) + "?peca=anexo1&marcar=anexo1.r2_cpf"
    dados = {"marcar": "anexo1.r2_cpf", "aberta": "anexo1.r2_cpf", "anexo1-r2_cpf-texto": "O CPF é de outra pessoa"}
    html = _volta(vencida(analista), analista, endereco, dados, pagina=pagina)
    assert 'name="aberta" value="anexo1.r2_cpf"' in html
    assert "O CPF é de outra pessoa" in html
    assert DE_VOLTA in html
    assert not adesao.pendencias.exists()


def test_the_pendencia_waits_for_its_page_when_the_way_back_is_not_known(requerente: Pessoa, analista: Pessoa, vencida: Any) -> None:
    """After an error the page stands at the button's own address: the row is opened on its tab when the person gets to the conferência."""
    adesao = adesoes.assumida(enviada(requerente), por=analista.ator)
    endereco = reverse("adesao:pendencia", args=[adesao.slug])
    cliente = vencida(analista)
    dados = {"marcar": "anexo2.tecnico_nome", "anexo2-tecnico_nome-texto": "Falta o sobrenome"}
    cliente.post(endereco, dados, HTTP_REFERER=f"http://testserver{endereco}")
    entrar(cliente, analista)
    assert cliente.get(endereco).status_code == 405
    html = cliente.get(reverse("adesao:conferencia", args=[adesao.slug])).content.decode()
    assert "Falta o sobrenome" in html
    assert 'name="aberta" value="anexo2.tecnico_nome"' in html


def test_the_operadoras_delivery_and_the_responsavels_refusal_come_back_without_their_files(
    responsavel_a1: Pessoa, analista: Pessoa, operadora: Pessoa, vencida: Any
) -> None:
    solicitacoes.em_vigor(responsavel_a1, BOTUCATU)
    ss = solicitacoes.emitida(solicitacoes.enviada(responsavel_a1.ator), analista=analista.ator, responsavel=responsavel_a1.ator)
    from saog import acoes

    acoes.atender(ss_id=ss.pk, por=operadora.ator, agora=AGORA, previsao=None)
    foto = SimpleUploadedFile("teste.pdf", b"%PDF-1.4", content_type="application/pdf")
    dados = {"circuito": "SPO-99", "observacao": "Instalado na sala do servidor", "arquivo": foto}
    html = _volta(vencida(operadora), operadora, reverse("saog:ordem_entregar", args=[ss.slug]), dados)
    assert "Instalado na sala do servidor" in html
    assert "SPO-99" in html
    assert "Arquivos não ficam guardados: escolha de novo." in html
    ss = solicitacoes.emitida(solicitacoes.enviada(responsavel_a1.ator, n=1), analista=analista.ator, responsavel=responsavel_a1.ator)
    solicitacoes.entregue(ss, operadora=operadora.ator)
    recusa = {"motivo": "O link cai toda tarde", "acao": "recusar"}
    html = _volta(vencida(responsavel_a1), responsavel_a1, reverse("saog:recusar", args=[ss.slug]), recusa)
    assert "O link cai toda tarde" in html
    assert "Arquivos não ficam" not in html


def test_prodesps_pendencia_on_a_request_comes_back(responsavel_a1: Pessoa, analista: Pessoa, vencida: Any) -> None:
    solicitacoes.em_vigor(responsavel_a1, BOTUCATU)
    ss = solicitacoes.enviada(responsavel_a1.ator)
    pagina = reverse("saog:analise", args=[ss.slug])
    dados = {"marcar": "funcionamento", "texto": "Diga o horário inteiro"}
    html = _volta(vencida(analista), analista, reverse("saog:pendencia", args=[ss.slug]), dados, pagina=pagina)
    assert "Diga o horário inteiro" in html


def test_after_entering_again_a_button_leads_back_to_its_page(requerente: Pessoa, analista: Pessoa, vencida: Any) -> None:
    """The address of the button answers only to POST: the person lands where the button was, told to press it again, once."""
    adesao = enviada(requerente)
    botao, pagina = (reverse(f"adesao:{nome}", args=[adesao.slug]) for nome in ("assumir", "conferencia"))
    cliente = vencida(analista)
    para = cliente.post(botao, HTTP_REFERER=f"http://testserver{pagina}?peca=anexo1").url
    assert "nada foi gravado" in cliente.get(para).content.decode()
    entrar(cliente, analista)
    resposta = cliente.get(botao, follow=True)
    assert resposta.redirect_chain == [(f"{pagina}?peca=anexo1", 302)]
    assert "Sua sessão terminou antes do envio. Confira e envie de novo." in resposta.content.decode()
    assert cliente.get(botao).status_code == 405


def test_the_page_of_a_button_never_points_back_at_the_login_page(analista: Pessoa, requerente: Pessoa) -> None:
    botao = reverse("adesao:assumir", args=[enviada(requerente).slug])
    html = analista.cliente.get(botao, HTTP_REFERER=f"http://testserver/conta/entrar/?next={botao}").content.decode()
    assert "/conta/entrar/?next" not in html
    assert "Ir para o início" in html


def test_with_the_cookie_gone_the_login_page_promises_nothing(requerente: Pessoa, analista: Pessoa) -> None:
    """There is no session to keep the text in: the page says that nothing was saved, not that one goes on from there."""
    adesao = adesoes.assumida(enviada(requerente), por=analista.ator)
    cliente = Client()
    para = cliente.post(reverse("adesao:encaminhar", args=[adesao.slug]), {"parecer": "Perdido"}).url
    html = cliente.get(para).content.decode()
    assert "nada foi gravado" in html
    assert "de onde parou" not in html


# --- Every other form with something to retype ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("quem", "endereco", "pagina", "dados", "voltam"),
    [
        (
            "gestor_prodesp",
            "/blocos/registrar/",
            "",
            {"perfil": "PRIVADO", "rede": "10.99.0.0/20", "nome": "Vale"},
            ["10.99.0.0/20", "Vale"],
        ),
        ("gestor_prodesp", "/blocos/{pool}/ampliar/", "", {"rede": "10.64.0.0/15"}, ["10.64.0.0/15"]),
        ("gestor_prodesp", "/blocos/{pool}/fechar/", "", {"motivo": "Faixa para 2027"}, ["Faixa para 2027"]),
        ("analista", "/blocos/sub-blocos/{bloco}/devolver/", "", {"motivo": "A unidade fechou"}, ["A unidade fechou"]),
        (
            "analista",
            "/blocos/prefeituras/{cidade}/atribuir/",
            "/blocos/prefeituras/{cidade}/",
            {"privados": "3", "publicos": "", "onde": "", "escolhidos": "10.64.16.64/28"},
            ['value="3"', "10.64.16.64/28"],
        ),
        (
            "analista",
            "/blocos/prefeituras/{cidade}/anexo-ii/",
            "/blocos/prefeituras/{cidade}/",
            {"privados": "2", "referencia": "Anexo II de 12/10/2026"},
            ["Anexo II de 12/10/2026"],
        ),
        (
            "gestor_prodesp",
            "/renumeracoes/nova/?pool={pool}",
            "",
            {"quais": "marcados", "blocos": ["{a}", "{b}"], "motivo": "Troca do equipamento", "ultimo_dia": "31/12/2026"},
            ["Troca do equipamento", "31/12/2026"],
        ),
        (
            "gestor_prodesp",
            "/sancoes/aplicar/?prefeitura={cidade}",
            "",
            {"especie": "ADVERTENCIA", "motivo": "Varredura", "evidencia": "IDS 88"},
            ["Varredura", "IDS 88"],
        ),
        ("gestor_prodesp", "/sancoes/{sancao}/encerrar/", "/sancoes/{sancao}/", {"motivo": "Já resolvido"}, ["Já resolvido"]),
        ("responsavel_a1", "/enderecos/tecnico/", "", {"nome": "Téo Prado", "email": "teo@botucatu.sp.gov.br"}, ["Téo Prado"]),
        ("gestor_prodesp", "/calendario/", "", {"ato": "queda", "inicio": "20/11/2026", "motivo": "Falta de luz"}, ["Falta de luz"]),
        ("gestor_prodesp", "/calendario/", "", {"ato": "dia", "data": "24/12/2027", "descricao": "Véspera"}, ["Véspera"]),
        ("gestor_prodesp", "/equipe/", "", {"papel": "auditor", "nome": "Rui Sá", "email": "rui@sp.gov.br"}, ["Rui Sá"]),
        (
            "responsavel_a1",
            "/conta/dados/",
            "",
            {"nome": "Aparecida N. Cardoso", "cargo": "Diretora"},
            ["Aparecida N. Cardoso", "Diretora"],
        ),
    ],
)
def test_what_was_typed_in_any_form_comes_back(
    quem: str,
    endereco: str,
    pagina: str,
    dados: dict[str, Any],
    voltam: list[str],
    vencida: Any,
    request: pytest.FixtureRequest,
    cena: Cena,
) -> None:
    blocos = do_endereco.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA)
    sancao = do_endereco.aplicar_sancao(cena.botucatu.pk, especie="BLOQUEIO_TOTAL", motivo="x", por=cena.gestor, agora=AGORA)
    partes = {
        "pool": cena.privado.slug,
        "bloco": blocos[0].slug,
        "cidade": BOTUCATU,
        "sancao": sancao.pk,
        "a": blocos[0].inicio,
        "b": blocos[1].inicio,
    }
    dados = {nome: [v.format(**partes) for v in valor] if isinstance(valor, list) else valor for nome, valor in dados.items()}
    pessoa = request.getfixturevalue(quem)
    html = _volta(vencida(pessoa), pessoa, endereco.format(**partes), dados, pagina=pagina.format(**partes))
    assert DE_VOLTA in html
    for texto in voltam:
        assert texto.format(**partes) in html
    marcados = {v for nome, v in re.findall(r'<input type="checkbox" name="(\w+)" value="(\d+)"[^>]* checked', html) if nome == "blocos"}
    assert marcados == set(dados.get("blocos", []))


def test_the_whole_of_a_repeated_field_counts_for_what_is_kept(vencida: Any, gestor_prodesp: Pessoa) -> None:
    for valor, fica in (("x" * 40_000, True), ("x" * 60_000, False)):
        cliente = vencida(gestor_prodesp)
        assert urlsplit(cliente.post("/blocos/registrar/", {"nome": [valor, valor]}).url).path == "/conta/entrar/"
        assert ("texto_guardado" in cliente.session) is fica
