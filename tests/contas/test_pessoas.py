"""People of a prefeitura and of the State's teams: invitations, ending links, the last gestor."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from contas import acoes
from contas.models import Convite, Orgao, Usuario, Vinculo
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from tests.apoio.elenco import BOFETE, BOTUCATU, Pessoa, criar_pessoa
from tests.contas.conftest import SENHA

NAIR = "nair@bofete.sp.gov.br"
ACEITE = {"nome": "Nair Prado", "cpf": "111.444.777-35", "cargo": "Chefe", "senha": SENHA, "senha2": SENHA}


def convite(correio: Any, email: str = NAIR) -> str:
    """The address in the invitation."""
    return correio.endereco(email, contendo="/conta/convite/")


def test_the_first_requerente_invites_and_the_person_creates_the_account(requerente: Pessoa, correio: Any):
    assert requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": NAIR}).status_code == 302
    assert "Nair Prado" in requerente.cliente.get("/pessoas/").content.decode()
    assert Client().get(convite(correio), follow=True).status_code == 200
    assert Client().post(convite(correio), ACEITE)["Location"] == "/conta/entrar/"
    nair = Usuario.objects.get(email=NAIR)
    assert [(v.papel, v.orgao.municipio_id) for v in nair.vinculos.all()] == [("requerente", BOFETE)]
    assert Client().post("/conta/entrar/", {"login": NAIR, "password": SENHA}).status_code == 302


def test_an_invitation_works_once(requerente: Pessoa, correio: Any):
    requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": NAIR})
    Client().post(convite(correio), ACEITE)
    assert Client().post(convite(correio), ACEITE).status_code == 410


def test_an_invitation_waits_seven_days(requerente: Pessoa, correio: Any, relogio: Any):
    requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": NAIR})
    relogio.shift(dt.timedelta(days=7))
    assert Client().get(convite(correio), follow=True).status_code == 410


def test_the_answer_to_the_inviter_does_not_tell_whether_the_email_has_an_account(requerente: Pessoa, responsavel_a1: Pessoa, correio: Any):
    respostas = [
        requerente.cliente.post("/pessoas/", {"nome": "Alguém", "email": e}, follow=True) for e in (NAIR, responsavel_a1.usuario.email)
    ]
    assert [r.status_code for r in respostas] == [200, 200]
    assert all("Convite enviado por e-mail." in r.content.decode() for r in respostas)


def test_somebody_with_an_account_accepts_with_it_and_no_other_account_can(
    requerente: Pessoa, responsavel_a1: Pessoa, correio: Any, responsavel_b: Pessoa
):
    email = responsavel_a1.usuario.email
    requerente.cliente.post("/pessoas/", {"nome": "Aparecida", "email": email})
    caminho = convite(correio, email)
    assert "Entre com ela" in Client().get(caminho, follow=True).content.decode()
    assert Client().post(caminho, ACEITE).status_code == 200
    assert "outra conta" in responsavel_b.cliente.post(caminho).content.decode()
    assert not Vinculo.objects.filter(usuario=responsavel_b.usuario, orgao__municipio_id=BOFETE).exists()
    assert responsavel_a1.cliente.post(caminho)["Location"] == "/entrada/"
    assert responsavel_a1.ator.municipios("requerente") == {BOFETE}


def test_a_taken_cpf_refuses_the_invitation_without_naming_anybody(requerente: Pessoa, correio: Any):
    requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": NAIR})
    resposta = Client().post(convite(correio), ACEITE | {"cpf": requerente.usuario.cpf})
    assert resposta.status_code == 422
    assert requerente.usuario.nome not in resposta.content.decode()
    assert not Usuario.objects.filter(email=NAIR).exists()
    assert Convite.objects.get().usado_em is None


def test_inviting_again_kills_the_earlier_invitation(requerente: Pessoa, correio: Any):
    requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": NAIR})
    primeiro = convite(correio)
    requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": NAIR})
    assert Client().get(primeiro, follow=True).status_code == 410
    assert Client().get(convite(correio), follow=True).status_code == 200


def test_a_cancelled_invitation_does_not_work(requerente: Pessoa, requerente_outra: Pessoa, correio: Any):
    requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": NAIR})
    pk = Convite.objects.get().pk
    assert requerente_outra.cliente.post(f"/pessoas/convites/{pk}/cancelar/").status_code == 404
    assert requerente.cliente.post(f"/pessoas/convites/{pk}/cancelar/")["Location"] == "/pessoas/"
    assert Client().get(convite(correio), follow=True).status_code == 410
    assert requerente.cliente.post(f"/pessoas/convites/{pk}/cancelar/").status_code == 409


def test_only_the_first_requerente_invites(requerente: Pessoa, requerente_2: Pessoa, responsavel_a1: Pessoa):
    for pessoa in (requerente_2, responsavel_a1):
        pagina = pessoa.cliente.get("/pessoas/")
        assert "Enviar convite" not in pagina.content.decode()
        pessoa.cliente.post("/pessoas/", {"nome": "Nair", "email": NAIR})
    assert not Convite.objects.exists()


def test_a_responsavel_is_never_made_by_invitation(requerente: Pessoa, agora: dt.datetime):
    orgao = Orgao.objects.get(municipio_id=BOFETE)
    with pytest.raises(SemPermissao):
        acoes.convidar_pessoa(orgao_id=orgao.pk, email=NAIR, nome="Nair", papel="responsavel", por=requerente.ator, agora=agora)


@pytest.mark.parametrize("papel", ["gestor", "analista"])
def test_a_state_role_does_not_fit_a_prefeitura(requerente: Pessoa, gestor_prodesp: Pessoa, agora: dt.datetime, papel: str):
    orgao = Orgao.objects.get(municipio_id=BOFETE)
    with pytest.raises(RegraViolada):
        acoes.convidar_pessoa(orgao_id=orgao.pk, email=NAIR, nome="Nair", papel=papel, por=gestor_prodesp.ator, agora=agora)


@pytest.mark.parametrize("papel", ["analista", "gestor", "aprovador", "operadora", "auditor", "tecnico"])
def test_a_gestor_invites_to_each_team_of_the_state(gestor_prodesp: Pessoa, correio: Any, papel: str):
    gestor_prodesp.cliente.post("/equipe/", {"papel": papel, "nome": "Rui Alves", "email": "rui@orgao.sp.gov.br"})
    dados = {k: v for k, v in ACEITE.items() if k != "cpf"} | {"nome": "Rui Alves"}
    assert Client().post(convite(correio, "rui@orgao.sp.gov.br"), dados).status_code == 302
    vinculo = Vinculo.objects.get(usuario__email="rui@orgao.sp.gov.br")
    assert vinculo.papel == papel
    assert vinculo.orgao.municipio_id is None


@pytest.mark.parametrize("papel", ["requerente", "responsavel", "deus", ""])
def test_a_gestor_cannot_give_a_role_that_is_not_of_the_state(gestor_prodesp: Pessoa, papel: str):
    assert gestor_prodesp.cliente.post("/equipe/", {"papel": papel, "nome": "Rui", "email": "rui@x.sp.gov.br"}).status_code == 422


def test_an_analista_cannot_invite_to_the_team(analista: Pessoa, gestor_prodesp: Pessoa, agora: dt.datetime):
    prodesp = Orgao.objects.get(tipo="prodesp")
    with pytest.raises(SemPermissao):
        acoes.convidar_pessoa(orgao_id=prodesp.pk, email=NAIR, nome="Nair", papel="gestor", por=analista.ator, agora=agora)
    with pytest.raises(SemPermissao):
        acoes.conceder_vinculo(usuario_id=analista.usuario.pk, orgao_id=prodesp.pk, papel="gestor", por=analista.ator, agora=agora)


def test_a_body_that_its_role_already_names_is_shown_once(
    gestor_prodesp: Pessoa, operadora: Pessoa, analista: Pessoa, tecnico: Pessoa, aprovador: Pessoa, requerente: Pessoa
):
    def dito(pessoa: Pessoa) -> str:
        return Vinculo.objects.get(usuario=pessoa.usuario).em_palavras

    assert [dito(p) for p in (operadora, analista, tecnico)] == ["Operadora", "Analista da PRODESP", "Técnico, PRODESP"]
    assert [dito(p) for p in (aprovador, requerente)] == ["Aprovador, Órgão aprovador", "Requerente, Prefeitura de Bofete"]
    assert "Operadora, Operadora" not in gestor_prodesp.cliente.get("/equipe/").content.decode()


def test_the_last_gestor_cannot_be_removed(gestor_prodesp: Pessoa, agora: dt.datetime):
    vinculo = Vinculo.objects.get(usuario=gestor_prodesp.usuario)
    assert gestor_prodesp.cliente.post(f"/pessoas/vinculos/{vinculo.pk}/encerrar/").status_code == 422
    with pytest.raises(RegraViolada):
        acoes.desativar_conta(usuario_id=gestor_prodesp.usuario.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=agora)
    vinculo.refresh_from_db()
    assert vinculo.fim_em is None


def test_with_two_gestores_one_may_leave(gestor_prodesp: Pessoa, agora: dt.datetime):
    outra = criar_pessoa("Olga Meireles", "olga@prodesp.sp.gov.br", cpf="", papel="gestor", onde="prodesp")
    do_primeiro = Vinculo.objects.get(usuario=gestor_prodesp.usuario)
    acoes.encerrar_vinculo(vinculo_id=do_primeiro.pk, motivo="", por=outra.ator, agora=agora)
    with pytest.raises(RegraViolada):
        acoes.encerrar_vinculo(vinculo_id=Vinculo.objects.get(usuario=outra.usuario).pk, motivo="", por=outra.ator, agora=agora)


def test_ending_a_link_ends_the_role_and_the_sessions(gestor_prodesp: Pessoa, analista: Pessoa, agora: dt.datetime):
    assert analista.cliente.get("/pessoas/pedidos/").status_code == 200
    vinculo = Vinculo.objects.get(usuario=analista.usuario)
    assert gestor_prodesp.cliente.get(f"/pessoas/vinculos/{vinculo.pk}/encerrar/").status_code == 200
    gestor_prodesp.cliente.post(f"/pessoas/vinculos/{vinculo.pk}/encerrar/", {"motivo": "Mudou de área"})
    vinculo.refresh_from_db()
    assert vinculo.motivo_do_fim == "Mudou de área"
    assert analista.cliente.get("/pessoas/pedidos/").status_code in (302, 403)
    assert not analista.ator.papeis
    assert gestor_prodesp.cliente.post(f"/pessoas/vinculos/{vinculo.pk}/encerrar/").status_code == 409


def test_a_gestor_ends_the_sessions_of_the_team_only(gestor_prodesp: Pessoa, analista: Pessoa, requerente: Pessoa):
    analista.cliente.get("/conta/")
    requerente.cliente.get("/conta/")
    assert "precisa entrar de novo" in gestor_prodesp.cliente.get(f"/equipe/{analista.usuario.pk}/sessoes/encerrar/").content.decode()
    assert analista.cliente.get("/conta/").status_code == 200  # asking ends nothing
    assert gestor_prodesp.cliente.post(f"/equipe/{analista.usuario.pk}/sessoes/encerrar/").status_code == 302
    assert gestor_prodesp.cliente.post(f"/equipe/{requerente.usuario.pk}/sessoes/encerrar/").status_code == 404
    assert requerente.cliente.get("/conta/").status_code == 200


def test_a_requerente_cannot_touch_people_of_another_prefeitura(requerente: Pessoa, responsavel_a1: Pessoa, requerente_outra: Pessoa):
    for alheia in (responsavel_a1, requerente_outra):
        pk = Vinculo.objects.get(usuario=alheia.usuario).pk
        assert requerente.cliente.post(f"/pessoas/vinculos/{pk}/encerrar/").status_code == 404
        assert requerente.cliente.get(f"/pessoas/vinculos/{pk}/encerrar/").status_code == 404


def test_responsaveis_change_only_by_anexo_i(responsavel_a1: Pessoa, gestor_prodesp: Pessoa, agora: dt.datetime):
    vinculo = Vinculo.objects.get(usuario=responsavel_a1.usuario)
    with pytest.raises(SemPermissao):
        acoes.encerrar_vinculo(vinculo_id=vinculo.pk, motivo="", por=gestor_prodesp.ator, agora=agora)


def test_a_page_of_people_shows_only_the_own_prefeitura(requerente: Pessoa, responsavel_a1: Pessoa, requerente_2: Pessoa):
    corpo = requerente.cliente.get("/pessoas/").content.decode()
    assert requerente_2.usuario.nome in corpo
    assert responsavel_a1.usuario.nome not in corpo
    assert responsavel_a1.usuario.cpf not in corpo


def test_cpf_is_masked_on_the_account_page(requerente: Pessoa):
    corpo = requerente.cliente.get("/conta/").content.decode()
    assert "882.883" in corpo or "***" in corpo
    assert "862.883.667-57" not in corpo
    assert requerente.usuario.cpf not in corpo


def test_the_page_of_people_asks_the_same_number_of_queries_for_two_or_twenty(requerente: Pessoa, django_assert_max_num_queries: Any):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    requerente.cliente.get("/pessoas/")
    with CaptureQueriesContext(connection) as poucas:
        requerente.cliente.get("/pessoas/")
    for i in range(18):
        criar_pessoa(f"Pessoa {i}", f"p{i}@bofete.sp.gov.br", cpf="", papel="requerente", onde=BOFETE)
    with CaptureQueriesContext(connection) as muitas:
        requerente.cliente.get("/pessoas/")
    assert len(muitas) == len(poucas)


def test_giving_a_role_twice_is_one_link_and_one_letter(gestor_prodesp: Pessoa, responsavel_b: Pessoa, correio: Any, agora: dt.datetime):
    prodesp = Orgao.objects.get(tipo="prodesp")
    for _ in range(2):
        acoes.conceder_vinculo(
            usuario_id=responsavel_b.usuario.pk, orgao_id=prodesp.pk, papel="tecnico", por=gestor_prodesp.ator, agora=agora
        )
    assert Vinculo.objects.filter(usuario=responsavel_b.usuario, papel="tecnico").count() == 1
    assert len(correio.mensagens(responsavel_b.usuario.email)) == 1


def test_an_ended_link_stays_as_history_and_may_be_given_again(gestor_prodesp: Pessoa, analista: Pessoa, agora: dt.datetime):
    vinculo = Vinculo.objects.get(usuario=analista.usuario)
    acoes.encerrar_vinculo(vinculo_id=vinculo.pk, motivo="", por=gestor_prodesp.ator, agora=agora)
    novo = acoes.conceder_vinculo(
        usuario_id=analista.usuario.pk, orgao_id=vinculo.orgao_id, papel="analista", por=gestor_prodesp.ator, agora=agora
    )
    assert novo.pk != vinculo.pk
    with pytest.raises(TransicaoIndisponivel):
        acoes.encerrar_vinculo(vinculo_id=vinculo.pk, motivo="", por=gestor_prodesp.ator, agora=agora)
    assert BOTUCATU not in analista.ator.municipios("analista")


@pytest.mark.django_db(transaction=True)
def test_two_gestores_cannot_remove_each_other_at_once():
    from tests.contas.test_cadastro import _dois_ao_mesmo_tempo

    duas = [criar_pessoa(f"Gestora {i}", f"g{i}@prodesp.sp.gov.br", cpf="", papel="gestor", onde="prodesp") for i in range(2)]
    atores = {p.usuario.pk: outra.ator for p, outra in zip(duas, reversed(duas), strict=True)}
    agora = dt.datetime.now(dt.UTC)

    def remover(pk: int) -> bool:
        try:
            acoes.encerrar_vinculo(vinculo_id=Vinculo.objects.get(usuario_id=pk).pk, motivo="", por=atores[pk], agora=agora)
        except RegraViolada:
            return False
        return True

    assert sorted(_dois_ao_mesmo_tempo(remover, list(atores))) == [False, True]
    assert Vinculo.objects.filter(papel="gestor", fim_em__isnull=True).count() == 1
