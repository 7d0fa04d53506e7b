"""Sign-up of the requerente: picking the municipality, confirming, the second person, entry requests."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from contas import acoes, registros
from contas.acoes import vinculos
from contas.models import CadastroPendente, Municipio, PedidoDeEntrada, Usuario, Vinculo
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from tests.apoio.elenco import AGORA, BOFETE, BOTUCATU, CUNHA, Pessoa, criar_pessoa, semear_municipios
from tests.contas.conftest import SENHA

Dados = Callable[..., dict[str, str]]


@pytest.fixture
def adesao_em_andamento() -> Iterator[set[int]]:
    """Municipalities where a floor above says there is an adhesion."""
    quais: set[int] = set()
    pergunta = quais.__contains__
    registros.SITUACAO_DO_MUNICIPIO.append(pergunta)
    yield quais
    registros.SITUACAO_DO_MUNICIPIO.remove(pergunta)


def cadastrar(dados: dict[str, str]) -> Any:
    """Post the sign-up."""
    return Client().post("/conta/cadastro/", dados)


def confirmar(correio: Any, email: str) -> Any:
    """Open the letter's link and press the button."""
    return Client().post(correio.endereco(email, contendo="/conta/cadastro/confirmar/"))


def test_a_sign_up_becomes_the_first_requerente_after_the_email_is_confirmed(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    assert cadastrar(dados_do_cadastro())["Location"] == "/conta/confira-seu-email/"
    assert not Usuario.objects.exists()
    assert confirmar(correio, "nair@bofete.sp.gov.br")["Location"] == "/conta/entrar/"
    nair = Usuario.objects.get()
    assert (nair.nome, nair.cpf, nair.cargo, nair.email) == ("Nair Prado", "11144477735", "Chefe de gabinete", "nair@bofete.sp.gov.br")
    assert [(v.papel, v.orgao.municipio_id) for v in nair.vinculos.all()] == [("requerente", BOFETE)]
    cliente = Client()
    assert cliente.post("/conta/entrar/", {"login": nair.email, "password": SENHA}).status_code == 302
    assert cliente.get("/pessoas/").status_code == 200


def test_opening_the_link_creates_nothing(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    cadastrar(dados_do_cadastro())
    resposta = Client().get(correio.endereco("nair@bofete.sp.gov.br", contendo="/confirmar/"), follow=True)
    assert resposta.status_code == 200
    assert "Bofete" in resposta.content.decode()
    assert not Usuario.objects.exists()


def test_the_link_confirms_once(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    cadastrar(dados_do_cadastro())
    confirmar(correio, "nair@bofete.sp.gov.br")
    assert confirmar(correio, "nair@bofete.sp.gov.br").status_code == 410
    assert Usuario.objects.count() == 1


def test_the_link_dies_after_24_hours(municipios: Any, correio: Any, dados_do_cadastro: Dados, relogio: Any):
    cadastrar(dados_do_cadastro())
    relogio.shift(dt.timedelta(hours=24))
    assert confirmar(correio, "nair@bofete.sp.gov.br").status_code == 410
    assert not Usuario.objects.exists()


def test_sign_up_answers_the_same_for_a_known_and_an_unknown_email(pessoa_com_senha: Pessoa, correio: Any, dados_do_cadastro: Dados):
    novo, conhecido = cadastrar(dados_do_cadastro()), cadastrar(dados_do_cadastro(email="Davi@bofete.sp.gov.br"))
    assert (novo.status_code, novo["Location"], novo.content) == (conhecido.status_code, conhecido["Location"], conhecido.content)
    assert correio.ultima("davi@bofete.sp.gov.br").assunto_tipo == "ja_tem_conta"
    assert CadastroPendente.objects.count() == 1


def test_both_answers_cost_one_hash_and_one_letter(
    pessoa_com_senha: Pessoa, correio: Any, dados_do_cadastro: Dados, monkeypatch: pytest.MonkeyPatch
):
    from contas.acoes import contas as modulo

    feitos: list[str] = []
    original = modulo.make_password
    monkeypatch.setattr(modulo, "make_password", lambda s: (feitos.append(s), original(s))[1])
    for email in ("nair@bofete.sp.gov.br", "davi@bofete.sp.gov.br"):
        cadastrar(dados_do_cadastro(email=email))
    assert len(feitos) == 2
    assert len(correio.mensagens()) == 2


def test_a_cpf_with_another_account_is_refused_without_saying_so_and_its_owner_is_told(
    pessoa_com_senha: Pessoa, correio: Any, dados_do_cadastro: Dados
):
    assert cadastrar(dados_do_cadastro(cpf=pessoa_com_senha.usuario.cpf)).status_code == 302
    resposta = confirmar(correio, "nair@bofete.sp.gov.br")
    assert resposta.status_code == 409
    assert "CPF" not in resposta.content.decode()
    assert Usuario.objects.count() == 1
    assert correio.ultima("davi@bofete.sp.gov.br").assunto_tipo == "cpf_repetido"


def test_personal_data_of_the_sign_up_is_erased_once_confirmed(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    cadastrar(dados_do_cadastro())
    confirmar(correio, "nair@bofete.sp.gov.br")
    linha = CadastroPendente.objects.get()
    assert (linha.nome, linha.cpf, linha.cargo, linha.senha) == ("", "", "", "")


def test_the_token_itself_is_not_kept(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    cadastrar(dados_do_cadastro())
    token = correio.endereco("nair@bofete.sp.gov.br", contendo="/confirmar/").rstrip("/").rsplit("/", 1)[1]
    assert len(token) >= 43  # 256 bits
    assert token not in CadastroPendente.objects.get().token_sha256


@pytest.mark.parametrize("digitado", ["bofete", "BOFETE", " Bofete ", "bófete"])
def test_the_municipality_is_found_however_it_is_typed(municipios: Any, dados_do_cadastro: Dados, digitado: str):
    assert cadastrar(dados_do_cadastro(municipio=digitado)).status_code == 302
    assert CadastroPendente.objects.get().municipio_id == BOFETE


def test_a_partial_name_offers_choices_without_javascript(municipios: Any, dados_do_cadastro: Dados):
    resposta = cadastrar(dados_do_cadastro(municipio="Bo"))
    assert resposta.status_code == 422
    corpo = resposta.content.decode()
    assert 'type="radio"' in corpo
    assert "Botucatu" in corpo
    assert cadastrar(dados_do_cadastro(municipio="Bo", municipio_codigo=str(BOTUCATU))).status_code == 302
    assert CadastroPendente.objects.get().municipio_id == BOTUCATU


@pytest.mark.parametrize("codigo", ["1", "x", str(CUNHA)])
def test_a_choice_that_was_not_offered_is_refused(municipios: Any, dados_do_cadastro: Dados, codigo: str):
    assert cadastrar(dados_do_cadastro(municipio="Bo", municipio_codigo=codigo)).status_code == 422


def test_a_town_outside_sao_paulo_is_not_found(municipios: Any, dados_do_cadastro: Dados):
    resposta = cadastrar(dados_do_cadastro(municipio="Uberlândia"))
    assert "Não achamos este município" in resposta.content.decode()


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("cpf", "111.111.111-11"), ("cpf", ""), ("email", "nair@bofete"), ("nome", ""),
        ("nome", "123 <b>"), ("nome", "Nair"), ("cargo", ""), ("senha2", "outra"),
        ("ciente", ""), ("senha", "bofete bofete"), ("municipio", ""),
    ],
)  # fmt: skip
def test_a_wrong_field_is_told_beside_it_and_the_rest_is_kept(municipios: Any, dados_do_cadastro: Dados, campo: str, valor: str):
    resposta = cadastrar(dados_do_cadastro(**{campo: valor}))
    assert resposta.status_code == 422
    assert resposta.context["form"].errors
    assert campo in resposta.context["form"].errors or campo == "senha"
    assert not CadastroPendente.objects.exists()


def test_an_email_outside_gov_br_is_accepted_and_marked(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    resposta = Client().post("/conta/cadastro/", dados_do_cadastro(email="nair@provedor.example"), follow=True)
    assert "não termina em .gov.br" in resposta.content.decode()
    confirmar(correio, "nair@provedor.example")
    assert Usuario.objects.get().fora_do_gov  # settled question 2


def test_a_fourth_letter_to_the_same_mailbox_in_an_hour_is_not_sent(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    respostas = [cadastrar(dados_do_cadastro()) for _ in range(4)]
    assert {r.status_code for r in respostas} == {302}
    assert len(correio.mensagens("nair@bofete.sp.gov.br")) == 3


def test_too_many_sign_ups_from_one_address_get_429(municipios: Any, dados_do_cadastro: Dados):
    respostas = [cadastrar({}).status_code for _ in range(21)]
    assert respostas[-1] == 429


def test_a_second_sign_up_is_told_and_may_ask_to_enter(requerente: Pessoa, correio: Any, dados_do_cadastro: Dados):
    cadastrar(dados_do_cadastro())
    confirmar(correio, "nair@bofete.sp.gov.br")
    nair = Usuario.objects.get(email="nair@bofete.sp.gov.br")
    assert not nair.vinculos.exists()
    cliente = Client()
    cliente.post("/conta/entrar/", {"login": nair.email, "password": SENHA})
    pagina = cliente.get("/entrada/", follow=True)
    assert pagina.redirect_chain[-1][0] == f"/conta/prefeitura/{BOFETE}/"
    assert "Pedir para entrar" in pagina.content.decode()
    depois = cliente.post(f"/conta/prefeitura/{BOFETE}/", {"ato": "pedir"}, follow=True)
    assert "Pedido em análise" in depois.content.decode()
    assert correio.ultima(requerente.usuario.email).assunto_tipo == "pedido_de_entrada"


def test_the_first_requerente_accepts_and_the_person_is_told(requerente: Pessoa, municipios: Any, correio: Any, agora: dt.datetime):
    nair = acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado", cpf="11144477735")
    pedido = acoes.pedir_entrada(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora)
    assert requerente.cliente.post(f"/pessoas/pedidos/{pedido.pk}/aceitar/")["Location"] == "/pessoas/"
    assert acoes.ingressar(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora + dt.timedelta(days=400)).papel == "requerente"
    assert correio.ultima("nair@bofete.sp.gov.br").assunto_tipo == "pedido_decidido"
    assert requerente.cliente.post(f"/pessoas/pedidos/{pedido.pk}/aceitar/").status_code == 409


def test_an_analista_refuses_with_a_reason_the_person_reads(requerente: Pessoa, analista: Pessoa, correio: Any, agora: dt.datetime):
    nair = acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado")
    pedido = acoes.pedir_entrada(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora)
    caminho = f"/pessoas/pedidos/{pedido.pk}/recusar/"
    assert analista.cliente.post(caminho, {"motivo": ""}).status_code == 422
    assert analista.cliente.post(caminho, {"motivo": "Não trabalha na prefeitura."})["Location"] == "/pessoas/pedidos/"
    assert "Não trabalha na prefeitura." in correio.ultima("nair@bofete.sp.gov.br").texto
    assert not Vinculo.objects.filter(usuario=nair).exists()


def test_the_request_of_another_prefeitura_is_404(requerente: Pessoa, requerente_outra: Pessoa, agora: dt.datetime):
    nair = acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado")
    pedido = acoes.pedir_entrada(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora)
    assert requerente_outra.cliente.post(f"/pessoas/pedidos/{pedido.pk}/aceitar/").status_code == 404
    assert requerente_outra.cliente.get(f"/pessoas/pedidos/{pedido.pk}/recusar/").status_code == 404


def test_only_the_first_requerente_decides(requerente: Pessoa, requerente_2: Pessoa, agora: dt.datetime):
    nair = acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado")
    pedido = acoes.pedir_entrada(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora)
    with pytest.raises(SemPermissao):
        acoes.aceitar_pedido(pedido_id=pedido.pk, por=requerente_2.ator, agora=agora)
    acoes.aceitar_pedido(pedido_id=pedido.pk, por=requerente.ator, agora=agora)


def test_asking_twice_is_one_request(requerente: Pessoa, agora: dt.datetime):
    nair = acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado")
    for _ in range(2):
        acoes.pedir_entrada(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora)
    assert PedidoDeEntrada.objects.count() == 1


def _recusada(analista: Pessoa, agora: dt.datetime) -> Pessoa:
    nair = Pessoa(acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado"))
    pedido = acoes.pedir_entrada(usuario_id=nair.usuario.pk, municipio_id=BOFETE, agora=agora)
    acoes.recusar_pedido(pedido_id=pedido.pk, motivo="Engano.", por=analista.ator, agora=agora)
    return nair


def test_a_refused_person_may_ask_again_after_thirty_days(requerente: Pessoa, analista: Pessoa, agora: dt.datetime):
    nair = _recusada(analista, agora)
    (primeiro,) = PedidoDeEntrada.objects.all()
    livre = prazos.dias_depois(agora, 30)
    assert primeiro.novo_pedido_em == livre
    for antes in (agora, agora + dt.timedelta(days=20), livre - dt.timedelta(microseconds=1)):
        with pytest.raises(RegraViolada, match=r"a partir de quarta-feira, 09/12/2026") as recusa:
            acoes.pedir_entrada(usuario_id=nair.usuario.pk, municipio_id=BOFETE, agora=antes)
        assert recusa.value.regra == "ADS-10"
    segundo = acoes.pedir_entrada(usuario_id=nair.usuario.pk, municipio_id=BOFETE, agora=livre)
    assert segundo.pk != primeiro.pk
    with pytest.raises(TransicaoIndisponivel):
        acoes.aceitar_pedido(pedido_id=primeiro.pk, por=analista.ator, agora=agora)


def test_the_wait_after_a_refusal_is_of_that_prefeitura_only_and_an_invitation_ends_it(
    requerente: Pessoa, requerente_outra: Pessoa, analista: Pessoa, correio: Any, agora: dt.datetime
):
    nair = _recusada(analista, agora)
    assert acoes.pedir_entrada(usuario_id=nair.usuario.pk, municipio_id=CUNHA, agora=agora)
    requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": nair.usuario.email})
    nair.cliente.post(correio.endereco(nair.usuario.email, contendo="/conta/convite/"))
    assert nair.ator.municipios("requerente") == {BOFETE}


def test_the_page_and_the_letter_of_a_refusal_say_from_when_one_may_ask_again(
    relogio: Any, requerente: Pessoa, analista: Pessoa, correio: Any, agora: dt.datetime
):
    nair = _recusada(analista, agora)
    corpo = nair.cliente.get(f"/conta/prefeitura/{BOFETE}/").content.decode()
    assert "quarta-feira, 09/12/2026" in corpo
    assert "Engano." in corpo
    assert "Pedir para entrar" not in corpo
    assert "quarta-feira, 09/12/2026" in correio.ultima(nair.usuario.email).texto
    assert nair.cliente.post(f"/conta/prefeitura/{BOFETE}/", {"ato": "pedir"}).status_code == 422
    assert PedidoDeEntrada.objects.count() == 1
    relogio.shift(dt.timedelta(days=30))
    nair.cliente.logout()
    nair.cliente.force_login(nair.usuario, backend="contas.sessao.Autenticacao")
    assert "Pedir para entrar" in nair.cliente.get(f"/conta/prefeitura/{BOFETE}/").content.decode()


def test_the_database_keeps_the_wait_for_refusals_only(requerente: Pessoa, agora: dt.datetime):
    nair = acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado")
    acoes.pedir_entrada(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora)
    with pytest.raises(IntegrityError), transaction.atomic():
        PedidoDeEntrada.objects.update(novo_pedido_em=agora)


def test_who_already_represents_the_prefeitura_does_not_ask(requerente: Pessoa, agora: dt.datetime):
    with pytest.raises(RegraViolada):
        acoes.pedir_entrada(usuario_id=requerente.usuario.pk, municipio_id=BOFETE, agora=agora)


def test_a_municipality_with_an_adhesion_has_no_first_requerente_by_itself(
    municipios: Any, adesao_em_andamento: set[int], agora: dt.datetime
):
    adesao_em_andamento.add(BOFETE)
    nair = acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado")
    assert acoes.ingressar(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora) is None  # ADS-10
    assert acoes.ingressar(usuario_id=nair.pk, municipio_id=CUNHA, agora=agora) is not None


def test_a_person_with_an_account_may_represent_another_free_prefeitura(requerente: Pessoa):
    cliente = requerente.cliente
    assert cliente.get("/conta/cadastro/").status_code == 200
    assert cliente.post("/conta/cadastro/", {"municipio": "Cunha"})["Location"] == f"/conta/prefeitura/{CUNHA}/"
    cliente.post(f"/conta/prefeitura/{CUNHA}/", {"ato": "representar"})
    assert requerente.ator.municipios("requerente") == {BOFETE, CUNHA}


def test_a_prefeitura_that_does_not_exist_is_404(requerente: Pessoa):
    assert requerente.cliente.get("/conta/prefeitura/1/").status_code == 404


def test_a_municipality_is_free_again_when_its_last_requerente_leaves(requerente: Pessoa, gestor_prodesp: Pessoa, agora: dt.datetime):
    vinculo = Vinculo.objects.get(usuario=requerente.usuario)
    acoes.encerrar_vinculo(vinculo_id=vinculo.pk, motivo="Mudou de setor", por=gestor_prodesp.ator, agora=agora)
    nair = acoes.criar_usuario(email="nair@bofete.sp.gov.br", nome="Nair Prado")
    assert acoes.ingressar(usuario_id=nair.pk, municipio_id=BOFETE, agora=agora) is not None


def _dois_ao_mesmo_tempo(fazer: Callable[[int], Any], ids: list[int]) -> list[Any]:
    largada, feitos = threading.Barrier(len(ids)), []

    def correr(pk: int) -> None:
        try:
            largada.wait(10)
            feitos.append(fazer(pk))
        finally:
            connection.close()

    fios = [threading.Thread(target=correr, args=(pk,)) for pk in ids]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join(30)
    return feitos


def _pessoas_prontas(quantas: int) -> list[int]:
    semear_municipios()
    return [acoes.criar_usuario(email=f"p{i}@bofete.sp.gov.br", nome=f"Pessoa {i}").pk for i in range(quantas)]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_exactly_one_becomes_the_first_requerente(provas: bool):
    for _ in range(200 if provas else 3):
        ids = _pessoas_prontas(2)
        feitos = _dois_ao_mesmo_tempo(lambda pk: acoes.ingressar(usuario_id=pk, municipio_id=BOFETE, agora=AGORA), ids)
        assert [f is None for f in feitos].count(True) == 1
        assert Vinculo.objects.filter(orgao__municipio_id=BOFETE).count() == 1
        Vinculo.objects.all().delete()
        Usuario.objects.all().delete()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_two_first_requerentes_appear(monkeypatch: pytest.MonkeyPatch, provas: bool):
    """The race is real: with the row lock taken away, both become the first at least once."""
    monkeypatch.setattr(vinculos, "travar", lambda modelo, pk: modelo.objects.get(pk=pk))
    juntos = threading.Barrier(2)
    original = registros.ha_adesao

    def devagar(municipio_id: int) -> bool:
        juntos.wait(5)
        return original(municipio_id)

    monkeypatch.setattr(registros, "ha_adesao", devagar)
    ids = _pessoas_prontas(2)
    acoes.prefeitura_de(BOFETE)
    feitos = _dois_ao_mesmo_tempo(lambda pk: acoes.ingressar(usuario_id=pk, municipio_id=BOFETE, agora=AGORA), ids)
    assert [f is None for f in feitos].count(True) == 0
    assert Vinculo.objects.filter(orgao__municipio_id=BOFETE).count() == 2


def test_no_address_carries_personal_data(municipios: Any, correio: Any, dados_do_cadastro: Dados):
    cadastrar(dados_do_cadastro())
    caminho = correio.endereco("nair@bofete.sp.gov.br", contendo="/confirmar/")
    assert "11144477735" not in caminho
    assert "nair" not in caminho


def test_the_cast_has_a_municipality_each(db: None):
    semear_municipios()
    assert Municipio.objects.filter(pk=BOFETE).exists()
    pessoa = criar_pessoa("Zilda Pires", "zilda@cunha.sp.gov.br", cpf="52998224725", papel="requerente", onde=CUNHA)
    with transaction.atomic():
        assert acoes.prefeitura_de(CUNHA).pk == pessoa.usuario.vinculos.get().orgao_id
