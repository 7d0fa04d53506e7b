"""First access by one-use link, and the access of the two responsáveis after approval (ADS-11)."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from contas import acoes
from contas.models import LinkDeAcesso, Papel, Usuario
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from nucleo.fluxo import SISTEMA
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA, Pessoa, criar_pessoa, semear_municipios, vincular
from tests.contas.conftest import SENHA

NOVA = {"senha": SENHA, "senha2": SENHA}
EMAIL = "nair@botucatu.sp.gov.br"


def ativar(**outros: Any) -> Any:
    """The approval's call, in a transaction of its own."""
    dados = {
        "municipio_id": BOTUCATU,
        "nome": "Nair Prado",
        "cpf": "15350946056",
        "email": EMAIL,
        "cargo": "Diretora",
        "por": SISTEMA,
    } | outros
    with transaction.atomic():
        return acoes.ativar_responsavel(agora=dados.pop("agora", AGORA), **dados)


def link(correio: Any, email: str = EMAIL) -> str:
    """The activation address in the last letter."""
    return correio.endereco(email, contendo="/conta/ativar/")


@pytest.fixture
def nova(municipios: Any, relogio: Any) -> Usuario:
    """A responsável just created by an approval."""
    return ativar()[0]


def test_a_new_responsavel_gets_an_account_without_password_and_one_link(nova: Usuario, correio: Any):
    assert not nova.has_usable_password()
    assert [(v.papel, v.orgao.municipio_id) for v in nova.vinculos.all()] == [("responsavel", BOTUCATU)]
    assert len(correio.mensagens(EMAIL)) == 1
    assert "senha" not in correio.ultima(EMAIL).assunto.lower()


def test_opening_the_link_consumes_nothing(nova: Usuario, correio: Any):
    for _ in range(3):
        assert Client().get(link(correio), follow=True).status_code == 200
    assert LinkDeAcesso.objects.get().usado_em is None


def test_the_token_leaves_the_address_as_soon_as_the_page_opens(nova: Usuario, correio: Any):
    cliente = Client()
    resposta = cliente.get(link(correio))
    assert resposta["Location"] == "/conta/ativar/"
    assert cliente.post("/conta/ativar/", {"senha": "curta", "senha2": "curta"}).status_code == 422
    assert cliente.post("/conta/ativar/", NOVA)["Location"] == "/conta/entrar/"


def test_the_password_is_created_once_and_nobody_is_logged_in_by_it(nova: Usuario, correio: Any):
    cliente = Client()
    resposta = cliente.post(link(correio), NOVA)
    assert resposta["Location"] == "/conta/entrar/"
    assert cliente.get("/conta/").status_code == 302
    assert cliente.post("/conta/entrar/", {"login": EMAIL, "password": SENHA}).status_code == 302
    assert cliente.get("/conta/").status_code == 200


def test_the_link_works_once(nova: Usuario, correio: Any):
    Client().post(link(correio), NOVA)
    outra = "frase diferente e comprida"
    assert Client().post(link(correio), {"senha": outra, "senha2": outra}).status_code == 410
    nova.refresh_from_db()
    assert nova.check_password(SENHA)


def test_a_weak_password_does_not_consume_the_link(nova: Usuario, correio: Any):
    assert Client().post(link(correio), {"senha": "botucatu 2026", "senha2": "botucatu 2026"}).status_code == 422
    assert Client().post(link(correio), NOVA).status_code == 302


@pytest.mark.parametrize(("passado", "status"), [(dt.timedelta(hours=23, minutes=59), 200), (dt.timedelta(hours=24), 410)])
def test_the_link_lives_24_hours(nova: Usuario, correio: Any, relogio: Any, passado: dt.timedelta, status: int):
    relogio.shift(passado)
    assert Client().get(link(correio), follow=True).status_code == status


def test_an_expired_link_offers_another_one_to_the_same_address(nova: Usuario, correio: Any, relogio: Any):
    velho = link(correio)
    relogio.shift(dt.timedelta(hours=30))
    assert "Enviar outro link" in Client().get(velho, follow=True).content.decode()
    Client().post(velho, {"ato": "reenviar"})
    assert len(correio.mensagens(EMAIL)) == 2
    assert link(correio) != velho
    assert Client().post(link(correio), NOVA).status_code == 302


def test_asking_for_another_link_kills_the_earlier_one(nova: Usuario, correio: Any):
    velho = link(correio)
    Client().post(velho, {"ato": "reenviar"})
    assert Client().get(velho, follow=True).status_code == 410


def test_asking_for_another_link_answers_the_same_for_any_token(nova: Usuario, correio: Any):
    import re

    def corpo(caminho: str) -> str:
        return re.sub(r'value="[^"]{64}"', "", Client().post(caminho, {"ato": "reenviar"}).content.decode())

    assert corpo(link(correio)) == corpo("/conta/ativar/nao-existe/")


def test_a_link_is_sent_again_three_times_an_hour_at_most(nova: Usuario, correio: Any):
    caminho = link(correio)
    respostas = [Client().post(caminho, {"ato": "reenviar"}).status_code for _ in range(5)]
    assert respostas == [200] * 5
    assert len(correio.mensagens(EMAIL)) == 1 + 3


def test_an_activated_account_gets_no_further_link(nova: Usuario, correio: Any):
    caminho = link(correio)
    Client().post(caminho, NOVA)
    Client().post(caminho, {"ato": "reenviar"})
    assert len(correio.mensagens(EMAIL)) == 1


def test_repeating_the_approval_changes_and_sends_nothing(nova: Usuario, correio: Any):
    assert ativar()[0] == nova
    assert nova.vinculos.count() == 1
    assert len(correio.mensagens(EMAIL)) == 1


def test_an_account_that_merely_typed_this_cpf_is_not_taken_for_the_person(pessoa_com_senha: Pessoa, correio: Any):
    """A CPF is not proved at sign-up: without anybody vouching for it, another e-mail is another person until PRODESP says otherwise."""
    with pytest.raises(RegraViolada, match="este CPF já tem conta"):
        ativar(cpf=pessoa_com_senha.usuario.cpf, email="outro@botucatu.sp.gov.br")
    assert pessoa_com_senha.ator.municipios("responsavel") == frozenset()
    assert not correio.mensagens()


@pytest.mark.parametrize("email", ["davi@bofete.sp.gov.br", "outro@botucatu.sp.gov.br"])
def test_somebody_known_by_cpf_gets_a_notice_and_not_a_second_activation(pessoa_com_senha: Pessoa, correio: Any, email: str):
    vincular(pessoa_com_senha.usuario, "responsavel", ITAPEVA)
    usuario, vinculo = ativar(cpf=pessoa_com_senha.usuario.cpf, email=email)
    assert usuario == pessoa_com_senha.usuario
    assert vinculo.papel == Papel.RESPONSAVEL
    assert [m.assunto_tipo for m in correio.mensagens("davi@bofete.sp.gov.br")] == ["novo_vinculo"]
    assert not LinkDeAcesso.objects.exists()


def test_the_mailbox_of_anexo_1_is_told_when_the_access_went_to_another_account(pessoa_com_senha: Pessoa, correio: Any):
    """The owner of the mailbox the prefeitura signed for must be able to object."""
    vincular(pessoa_com_senha.usuario, "responsavel", ITAPEVA)
    ativar(cpf=pessoa_com_senha.usuario.cpf, email="outro@botucatu.sp.gov.br")
    (aviso,) = correio.mensagens("outro@botucatu.sp.gov.br")
    assert aviso.assunto_tipo == "acesso_em_outra_conta"
    assert "d***@bofete.sp.gov.br" in aviso.texto
    assert "davi@" not in aviso.texto
    ativar(cpf=pessoa_com_senha.usuario.cpf, email="outro@botucatu.sp.gov.br")
    assert len(correio.mensagens("outro@botucatu.sp.gov.br")) == 1


def test_access_is_never_given_to_another_person_with_the_same_email(pessoa_com_senha: Pessoa):
    with pytest.raises(RegraViolada) as erro:
        ativar(email="davi@bofete.sp.gov.br")
    assert erro.value.campo == "email"
    assert pessoa_com_senha.ator.municipios("responsavel") == frozenset()


def test_an_account_without_cpf_is_recognised_by_its_email(municipios: Any):
    antiga = acoes.criar_usuario(email=EMAIL, nome="Nair Prado")
    usuario, _ = ativar()
    assert usuario == antiga
    assert Usuario.objects.get().cpf == "15350946056"


def test_a_person_not_yet_active_gets_a_fresh_link_with_the_second_role(nova: Usuario, correio: Any):
    ativar(municipio_id=ITAPEVA)
    assert len(correio.mensagens(EMAIL)) == 2
    assert nova.vinculos.count() == 2
    assert "Itapeva" in correio.ultima(EMAIL).texto


def test_a_refused_transaction_leaves_no_account_and_no_letter(municipios: Any, correio: Any):
    def aprovar_e_desistir() -> None:
        with transaction.atomic():
            ativar()
            raise RegraViolada("desistência")

    with pytest.raises(RegraViolada):
        aprovar_e_desistir()
    assert not Usuario.objects.exists()
    assert not correio.mensagens()


def test_a_deactivated_account_cannot_use_its_link(nova: Usuario, gestor_prodesp: Pessoa, correio: Any):
    ativacao = link(correio)
    acoes.desativar_conta(usuario_id=nova.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=AGORA)
    assert Client().post(ativacao, NOVA).status_code == 410
    Client().post(ativacao, {"ato": "reenviar"})
    assert len(correio.mensagens(EMAIL, tipo="conta_desativada")) == 1
    assert len(correio.mensagens(EMAIL)) == 2


@pytest.mark.parametrize("achada_por", ["cpf e e-mail", "cpf", "e-mail"])
def test_a_deactivated_account_gets_no_access_and_the_refusal_says_why(
    nova: Usuario, gestor_prodesp: Pessoa, correio: Any, achada_por: str
):
    """ADS-11: a gestor closed the account on purpose; an Anexo I does not open it again, in this prefeitura or in another."""
    acoes.desativar_conta(usuario_id=nova.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=AGORA)
    cartas = len(correio.mensagens())
    dados = {"cpf e e-mail": {}, "cpf": {"email": "outro@botucatu.sp.gov.br"}, "e-mail": {}}[achada_por]
    if achada_por == "e-mail":
        Usuario.objects.filter(pk=nova.pk).update(cpf="")
    for municipio_id in (BOTUCATU, ITAPEVA):
        with pytest.raises(RegraViolada, match="Nair Prado: a conta desta pessoa no portal está desativada") as recusa:
            ativar(municipio_id=municipio_id, **dados)
        assert (recusa.value.regra, recusa.value.campo) == ("ADS-11", "email")
    nova.refresh_from_db()
    assert not nova.is_active
    assert nova.vinculos.count() == 1
    assert len(correio.mensagens()) == cartas


@pytest.mark.django_db(transaction=True)
def test_two_posts_at_once_use_the_link_once(provas: bool):
    for volta in range(50 if provas else 2):
        semear_municipios()
        pessoa = criar_pessoa("Nair Prado", f"n{volta}@botucatu.sp.gov.br", cpf="", papel="responsavel", onde=BOTUCATU)
        with transaction.atomic():
            acoes.criar_link_de_acesso(pessoa.usuario, agora=AGORA, por=SISTEMA)
        from comunicacao.models import MensagemSaida

        texto = MensagemSaida.objects.order_by("-pk")[0].texto
        token = texto.split("/conta/ativar/")[1].split("/")[0]
        largada, certos, recusados = threading.Barrier(2), [], []

        def usar(senha: str, token: str = token, largada: Any = largada, certos: Any = certos, recusados: Any = recusados) -> None:
            try:
                largada.wait(10)
                certos.append((acoes.ativar_conta(token=token, senha=senha, agora=AGORA), senha))
            except TransicaoIndisponivel:
                recusados.append(senha)
            finally:
                connection.close()

        fios = [threading.Thread(target=usar, args=(f"frase número {i} comprida",)) for i in range(2)]
        for fio in fios:
            fio.start()
        for fio in fios:
            fio.join(30)
        assert (len(certos), len(recusados)) == (1, 1)
        pessoa.usuario.refresh_from_db()
        assert pessoa.usuario.check_password(certos[0][1])
