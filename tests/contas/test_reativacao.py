"""An account is closed and opened again: by a gestor, with a reason, told to the person and to the trail of audit."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from contas import acoes
from contas.models import Usuario, Vinculo
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from tests.apoio.elenco import PESSOAS, Pessoa, criar_pessoa, semear_municipios
from tests.apoio.navegador import entrar, fotografar, sem_rolagem_lateral, sem_violacoes
from tests.contas.conftest import SENHA

ENTRADA = "/conta/entrar/"


def test_a_gestor_closes_an_account_from_the_team_and_the_person_is_out_at_once(
    gestor_prodesp: Pessoa, analista: Pessoa, tecnico: Pessoa, auditor: Pessoa, correio: Any
):
    pagina = f"/pessoas/contas/{tecnico.usuario.pk}/desativar/"
    assert pagina in gestor_prodesp.cliente.get("/equipe/").content.decode()
    assert pagina not in auditor.cliente.get("/equipe/").content.decode()
    assert analista.cliente.post(pagina, {"motivo": "x"}).status_code == 403
    assert "Técnico, PRODESP" in gestor_prodesp.cliente.get(pagina).content.decode()
    vazio = gestor_prodesp.cliente.post(pagina, {"motivo": " "})
    assert (vazio.status_code, "Escreva o motivo" in vazio.content.decode()) == (422, True)
    assert tecnico.cliente.get("/conta/").status_code == 200

    assert gestor_prodesp.cliente.post(pagina, {"motivo": "Mudou de órgão"})["Location"] == "/pessoas/desativadas/"
    assert tecnico.cliente.get("/conta/")["Location"].startswith(ENTRADA)
    carta = correio.ultima(tecnico.usuario.email)
    assert (carta.assunto, "Mudou de órgão" in carta.texto) == ("Sua conta no Portal INTRAGOV foi desativada", True)
    assert "Mudou de órgão" in auditor.cliente.get("/trilha/", {"sobre": "conta"}).content.decode()
    de_novo = gestor_prodesp.cliente.post(pagina, {"motivo": "Outra vez"})
    assert (de_novo.status_code, "já está desativada" in de_novo.content.decode()) == (409, True)
    assert "já está desativada" in gestor_prodesp.cliente.get(pagina).content.decode()


def test_a_double_click_closes_and_reopens_once(gestor_prodesp: Pessoa, tecnico: Pessoa, correio: Any):
    for ato in ("desativar", "reativar"):
        pagina = f"/pessoas/contas/{tecnico.usuario.pk}/{ato}/"
        chave = re.search(r'name="chave" value="([^"]+)"', gestor_prodesp.cliente.get(pagina).content.decode())
        assert chave
        idas = [gestor_prodesp.cliente.post(pagina, {"motivo": "Licença", "chave": chave[1]}) for _ in range(2)]
        assert [(r.status_code, r["Location"]) for r in idas] == [(302, "/pessoas/desativadas/")] * 2
        assert len(correio.mensagens(tecnico.usuario.email, tipo=f"conta_{ato.removesuffix('r')}da")) == 1


def test_nobody_closes_the_own_account_nor_that_of_a_system(gestor_prodesp: Pessoa, agora: dt.datetime):
    criar_pessoa("Olga Meireles", "olga@prodesp.sp.gov.br", cpf="", papel="gestor", onde="prodesp")
    propria = f"/pessoas/contas/{gestor_prodesp.usuario.pk}/desativar/"
    assert propria not in gestor_prodesp.cliente.get("/equipe/").content.decode()
    assert "peça a outro gestor" in gestor_prodesp.cliente.get(propria).content.decode()
    assert gestor_prodesp.cliente.post(propria, {"motivo": "Vou embora"}).status_code == 422
    sistema = Usuario.objects.create_user("sistema-2@sistemas.invalid", nome="Sistema da Operadora: OSS")
    assert "é de um sistema" in gestor_prodesp.cliente.get(f"/pessoas/contas/{sistema.pk}/desativar/").content.decode()
    with pytest.raises(RegraViolada, match="é de um sistema"):
        acoes.desativar_conta(usuario_id=sistema.pk, motivo="x", por=gestor_prodesp.ator, agora=agora)
    for conta in (gestor_prodesp.usuario, sistema):
        conta.refresh_from_db()
        assert conta.is_active


def test_a_gestor_reopens_an_account_and_what_had_ended_stays_ended(
    gestor_prodesp: Pessoa, analista: Pessoa, pessoa_com_senha: Pessoa, auditor: Pessoa, correio: Any, agora: dt.datetime
):
    pessoa = pessoa_com_senha.usuario
    vinculo = Vinculo.objects.get(usuario=pessoa)
    acoes.encerrar_vinculo(vinculo_id=vinculo.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=agora)
    acoes.desativar_conta(usuario_id=pessoa.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=agora)
    pagina = f"/pessoas/contas/{pessoa.pk}/reativar/"
    assert pagina in gestor_prodesp.cliente.get("/pessoas/desativadas/", {"busca": pessoa.email}).content.decode()
    da_auditoria = auditor.cliente.get("/pessoas/desativadas/").content.decode()
    assert pessoa.email in da_auditoria
    assert pagina not in da_auditoria
    assert analista.cliente.post(pagina, {"motivo": "x"}).status_code == 403
    assert "continuam assim" in gestor_prodesp.cliente.get(pagina).content.decode()
    vazio = gestor_prodesp.cliente.post(pagina, {"motivo": " "})
    assert (vazio.status_code, "Escreva o motivo" in vazio.content.decode()) == (422, True)

    assert gestor_prodesp.cliente.post(pagina, {"motivo": "Voltou da licença"})["Location"] == "/pessoas/desativadas/"
    assert Client().post(ENTRADA, {"login": pessoa.email, "password": SENHA}).status_code == 302
    vinculo.refresh_from_db()
    assert vinculo.fim_em is not None
    assert not pessoa.vinculos.vigentes(agora + dt.timedelta(days=1)).exists()
    carta = correio.ultima(pessoa.email)
    assert carta.assunto == "Sua conta no Portal INTRAGOV foi reativada"
    assert "Voltou da licença" in carta.texto
    assert "não voltam com a conta" in carta.texto
    trilha = auditor.cliente.get("/trilha/", {"sobre": "conta", "busca": pessoa.nome[:10]}).content.decode()
    assert trilha.index("Conta reativada") < trilha.index("Conta desativada")
    assert all(t in trilha for t in ("Voltou da licença", gestor_prodesp.usuario.nome, pessoa.nome))
    de_novo = gestor_prodesp.cliente.post(pagina, {"motivo": "Outra vez"})
    assert (de_novo.status_code, "Esta conta já está ativa." in de_novo.content.decode()) == (409, True)
    assert "já está ativa" in gestor_prodesp.cliente.get(pagina).content.decode()


def test_roles_that_were_not_ended_count_again_and_who_never_had_a_password_gets_a_link(
    gestor_prodesp: Pessoa, tecnico: Pessoa, correio: Any, agora: dt.datetime
):
    """Also: the team's list says that the account is closed; without a role of the gestor nothing opens."""
    pessoa = tecnico.usuario
    pessoa.set_unusable_password()
    pessoa.save(update_fields=["password"])
    acoes.desativar_conta(usuario_id=pessoa.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=agora)
    equipe = gestor_prodesp.cliente.get("/equipe/").content.decode()
    assert "Conta desativada<" in equipe
    assert f"/pessoas/contas/{pessoa.pk}/reativar/" in equipe
    with pytest.raises(SemPermissao):
        acoes.reativar_conta(usuario_id=pessoa.pk, motivo="x", por=tecnico.ator, agora=agora)
    acoes.reativar_conta(usuario_id=pessoa.pk, motivo="Engano nosso", por=gestor_prodesp.ator, agora=agora)
    assert pessoa.vinculos.vigentes(agora).exists()
    assert "/conta/ativar/" in correio.endereco(pessoa.email, contendo="/conta/ativar/")
    with pytest.raises(TransicaoIndisponivel):
        acoes.reativar_conta(usuario_id=pessoa.pk, motivo="x", por=gestor_prodesp.ator, agora=agora)


def test_the_account_of_a_system_is_not_listed_and_does_not_open(gestor_prodesp: Pessoa, agora: dt.datetime):
    sistema = Usuario.objects.create_user("sistema-1@sistemas.invalid", nome="Sistema da Operadora: NMS", is_active=False)
    assert "NMS" not in gestor_prodesp.cliente.get("/pessoas/desativadas/").content.decode()
    assert "é de um sistema" in gestor_prodesp.cliente.get(f"/pessoas/contas/{sistema.pk}/reativar/").content.decode()
    with pytest.raises(RegraViolada, match="é de um sistema"):
        acoes.reativar_conta(usuario_id=sistema.pk, motivo="x", por=gestor_prodesp.ator, agora=agora)
    sistema.refresh_from_db()
    assert not sistema.is_active


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_a_gestor_closes_and_reopens_an_account_in_the_browser(largura: str, request: pytest.FixtureRequest):
    semear_municipios()
    quem = {
        n: criar_pessoa(*PESSOAS[n][:2], cpf=PESSOAS[n][2], papel=PESSOAS[n][3], onde=PESSOAS[n][4]) for n in ("gestor_prodesp", "tecnico")
    }
    pagina = request.getfixturevalue(largura)

    def olhar(nome: str) -> None:
        sem_violacoes(pagina)
        sem_rolagem_lateral(pagina)
        fotografar(pagina, nome)

    entrar(pagina, quem["gestor_prodesp"])
    pagina.goto("/equipe/")
    olhar("equipe-com-contas")
    nome = quem["tecnico"].usuario.nome
    pagina.get_by_role("link", name=f"Desativar conta de {nome}").click()
    olhar("desativar-conta")
    pagina.get_by_role("button", name="Desativar a conta").click()
    olhar("desativar-conta-erro")
    pagina.get_by_label("Motivo").fill("Mudou de órgão")
    pagina.get_by_role("button", name="Desativar a conta").click()
    pagina.get_by_text(f"Conta de {nome} desativada. A pessoa foi avisada por e-mail.").wait_for()
    assert not Usuario.objects.get(nome=nome).is_active
    olhar("contas-desativadas")
    pagina.get_by_role("link", name=f"Reativar a conta de {nome}").click()
    olhar("reativar-conta")
    pagina.get_by_label("Motivo").fill("Voltou")
    pagina.get_by_role("button", name="Reativar a conta").click()
    pagina.get_by_text(f"Conta de {nome} reativada.").wait_for()
    assert Usuario.objects.get(nome=nome).is_active
