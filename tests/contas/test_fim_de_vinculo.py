"""The end of a link: a squatter of a free municipality is taken out by PRODESP and does not come back by herself (settled question 2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from adesao import acoes as da_adesao
from adesao.models import Adesao
from contas import acoes, registros
from contas.models import Convite, PedidoDeEntrada, Vinculo
from nucleo.erros import RegraViolada, SemPermissao
from tests.apoio.elenco import AGORA, BOFETE, CUNHA, PESSOAS, Pessoa, criar_pessoa, semear_municipios
from tests.apoio.navegador import entrar, fotografar, sem_rolagem_lateral, sem_violacoes

MOTIVO = "Não trabalha na prefeitura."


def _encerrar(pessoa: Pessoa) -> str:
    return f"/pessoas/vinculos/{Vinculo.objects.get(usuario=pessoa.usuario).pk}/encerrar/"


def test_a_gestor_finds_the_people_of_a_prefeitura_by_its_name(gestor_prodesp: Pessoa, requerente: Pessoa, responsavel_a1: Pessoa):
    cliente = gestor_prodesp.cliente
    assert cliente.get("/pessoas/prefeituras/").status_code == 200
    assert cliente.get("/pessoas/prefeituras/?municipio=bofete")["Location"] == f"/pessoas/prefeituras/{BOFETE}/"
    sem_nome = cliente.get("/pessoas/prefeituras/?municipio=")
    assert sem_nome.status_code == 422
    assert "Digite o nome do município." in sem_nome.content.decode()
    assert cliente.get("/pessoas/prefeituras/?municipio=xyzw").status_code == 422
    corpo = cliente.get(f"/pessoas/prefeituras/{BOFETE}/").content.decode()
    assert requerente.usuario.nome in corpo
    assert _encerrar(requerente) in corpo
    assert requerente.usuario.cpf not in corpo
    de_botucatu = cliente.get(f"/pessoas/prefeituras/{responsavel_a1.usuario.vinculos.get().orgao.municipio_id}/").content.decode()
    assert _encerrar(responsavel_a1) not in de_botucatu  # ADS-13: by Anexo I
    assert "Ninguém atua por esta prefeitura" in cliente.get(f"/pessoas/prefeituras/{CUNHA}/").content.decode()
    assert cliente.get("/pessoas/prefeituras/1/").status_code == 404


@pytest.mark.parametrize("quem", ["analista", "requerente", "responsavel_a1"])
def test_only_a_gestor_sees_the_people_of_any_prefeitura(quem: str, request: pytest.FixtureRequest):
    cliente = request.getfixturevalue(quem).cliente
    assert [cliente.get(c).status_code for c in ("/pessoas/prefeituras/", f"/pessoas/prefeituras/{BOFETE}/")] == [403, 403]


def test_the_auditor_reads_the_people_and_changes_nothing(auditor: Pessoa, requerente: Pessoa):
    corpo = auditor.cliente.get(f"/pessoas/prefeituras/{BOFETE}/").content.decode()
    assert requerente.usuario.nome in corpo
    assert _encerrar(requerente) not in corpo
    assert auditor.cliente.post(_encerrar(requerente), {"motivo": MOTIVO}).status_code == 403
    assert Vinculo.objects.get(usuario=requerente.usuario).fim_em is None


def test_a_gestor_ends_the_link_of_a_requerente_with_a_reason_the_person_reads(
    relogio: Any, gestor_prodesp: Pessoa, requerente: Pessoa, correio: Any
):
    assert requerente.cliente.get("/pessoas/").status_code == 200
    caminho = _encerrar(requerente)
    assert "fica guardado para quem a PRODESP aceitar depois" in gestor_prodesp.cliente.get(caminho).content.decode()
    sem_motivo = gestor_prodesp.cliente.post(caminho, {"motivo": " "})
    assert sem_motivo.status_code == 422
    assert 'id="id_motivo_error"' in sem_motivo.content.decode()
    longo = gestor_prodesp.cliente.post(caminho, {"motivo": "x" * 201})
    assert longo.status_code == 422
    assert "x" * 201 in longo.content.decode()  # nothing typed is lost
    assert gestor_prodesp.cliente.post(caminho, {"motivo": MOTIVO})["Location"] == f"/pessoas/prefeituras/{BOFETE}/"
    vinculo = Vinculo.objects.get(usuario=requerente.usuario)
    assert (vinculo.fim_em, vinculo.motivo_do_fim, vinculo.encerrado_por) == (AGORA, MOTIVO, gestor_prodesp.usuario)
    carta = correio.ultima(requerente.usuario.email)
    assert carta.assunto_tipo == "vinculo_encerrado"
    assert MOTIVO in carta.texto
    assert requerente.cliente.get("/pessoas/").status_code in (302, 403)  # no session, or (force_login lists none) no role
    assert gestor_prodesp.cliente.post(caminho, {"motivo": MOTIVO}).status_code == 409


def test_without_a_reason_the_action_refuses_too(gestor_prodesp: Pessoa, requerente: Pessoa, analista: Pessoa, agora: dt.datetime):
    pk = Vinculo.objects.get(usuario=requerente.usuario).pk
    with pytest.raises(RegraViolada, match="motivo"):
        acoes.encerrar_vinculo(vinculo_id=pk, motivo=" ", por=gestor_prodesp.ator, agora=agora)
    with pytest.raises(SemPermissao):
        acoes.encerrar_vinculo(vinculo_id=pk, motivo=MOTIVO, por=analista.ator, agora=agora)


def test_the_first_requerente_still_ends_a_colleagues_link_without_a_reason(requerente: Pessoa, requerente_2: Pessoa, correio: Any):
    assert requerente.cliente.post(_encerrar(requerente_2))["Location"] == "/pessoas/"
    assert correio.ultima(requerente_2.usuario.email).assunto_tipo == "vinculo_encerrado"


def test_who_was_taken_out_does_not_come_back_by_herself(
    relogio: Any, gestor_prodesp: Pessoa, requerente: Pessoa, requerente_outra: Pessoa, agora: dt.datetime
):
    acoes.encerrar_vinculo(
        vinculo_id=Vinculo.objects.get(usuario=requerente.usuario).pk, motivo=MOTIVO, por=gestor_prodesp.ator, agora=agora
    )
    caminho = f"/conta/prefeitura/{BOFETE}/"
    cliente = Pessoa(requerente.usuario).cliente
    corpo = cliente.get(caminho).content.decode()
    assert MOTIVO in corpo
    assert "Representar esta prefeitura" not in corpo
    cliente.post(caminho, {"ato": "representar"})
    assert not requerente.ator.papeis
    cliente.post(caminho, {"ato": "pedir"})
    pedido = PedidoDeEntrada.objects.get()
    assert f"/pessoas/prefeituras/{BOFETE}/" in gestor_prodesp.cliente.get("/pessoas/pedidos/").content.decode()
    # whoever comes next is the first; the one taken out may be let in again by PRODESP only
    assert acoes.ingressar(usuario_id=requerente_outra.usuario.pk, municipio_id=BOFETE, agora=agora) is not None
    acoes.aceitar_pedido(pedido_id=pedido.pk, por=gestor_prodesp.ator, agora=agora)
    assert requerente.ator.municipios("requerente") == {BOFETE}


def test_who_left_by_herself_may_begin_again(requerente: Pessoa, agora: dt.datetime):
    vinculo = Vinculo.objects.get(usuario=requerente.usuario)
    acoes.encerrar_vinculo(vinculo_id=vinculo.pk, motivo="", por=requerente.ator, agora=agora)
    assert acoes.ingressar(usuario_id=requerente.usuario.pk, municipio_id=BOFETE, agora=agora) is not None


def test_the_draft_stays_for_whoever_is_accepted_next(
    gestor_prodesp: Pessoa, requerente: Pessoa, requerente_outra: Pessoa, agora: dt.datetime
):
    adesao = da_adesao.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=agora)
    vinculo = Vinculo.objects.get(usuario=requerente.usuario)
    acoes.encerrar_vinculo(vinculo_id=vinculo.pk, motivo=MOTIVO, por=gestor_prodesp.ator, agora=agora)
    assert Adesao.objects.get(pk=adesao.pk).estado == "RASCUNHO"
    assert registros.ha_adesao(BOFETE)
    nova = requerente_outra.usuario.pk
    assert acoes.ingressar(usuario_id=nova, municipio_id=BOFETE, agora=agora) is None  # so PRODESP looks at who asks
    pedido = acoes.pedir_entrada(usuario_id=nova, municipio_id=BOFETE, agora=agora)
    acoes.aceitar_pedido(pedido_id=pedido.pk, por=gestor_prodesp.ator, agora=agora)
    da_adesao.descartar(adesao_id=adesao.pk, por=requerente_outra.ator, agora=agora)
    assert not registros.ha_adesao(BOFETE)


def test_invitations_of_who_was_taken_out_stop_working(gestor_prodesp: Pessoa, requerente: Pessoa, correio: Any):
    requerente.cliente.post("/pessoas/", {"nome": "Nair Prado", "email": "nair@bofete.sp.gov.br"})
    gestor_prodesp.cliente.post("/equipe/", {"papel": "auditor", "nome": "Rui", "email": "rui@controle.sp.gov.br"})
    gestor_prodesp.cliente.post(_encerrar(requerente), {"motivo": MOTIVO})
    assert Client().get(correio.endereco("nair@bofete.sp.gov.br", contendo="/conta/convite/"), follow=True).status_code == 410
    assert Client().get(correio.endereco("rui@controle.sp.gov.br", contendo="/conta/convite/"), follow=True).status_code == 200
    assert Convite.objects.count() == 2


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("largura", ["pagina", "pagina_390"])
def test_a_gestor_takes_a_squatter_out_in_the_browser(largura: str, request: pytest.FixtureRequest):
    semear_municipios()
    quem = {
        n: criar_pessoa(*PESSOAS[n][:2], cpf=PESSOAS[n][2], papel=PESSOAS[n][3], onde=PESSOAS[n][4])
        for n in ("gestor_prodesp", "requerente", "operadora")
    }
    pagina = request.getfixturevalue(largura)

    def olhar(nome: str) -> None:
        sem_violacoes(pagina)
        sem_rolagem_lateral(pagina)
        fotografar(pagina, nome)

    entrar(pagina, quem["gestor_prodesp"])
    pagina.goto("/equipe/")
    olhar("equipe")
    pagina.get_by_role("link", name="Pessoas de uma prefeitura").click()
    pagina.get_by_role("button", name="Ver as pessoas").click()
    olhar("prefeituras-erro")
    pagina.get_by_role("combobox", name="Município").fill("Bofete")
    pagina.get_by_role("button", name="Ver as pessoas").click()
    olhar("da-prefeitura")
    pagina.get_by_role("link", name="Encerrar vínculo de Davi Moreira").click()
    pagina.get_by_role("button", name="Encerrar o vínculo").click()
    olhar("encerrar-erro")
    pagina.get_by_label("Motivo").fill(MOTIVO)
    pagina.get_by_role("button", name="Encerrar o vínculo").click()
    pagina.get_by_text("Ninguém atua por esta prefeitura").wait_for()
    assert not Vinculo.objects.filter(usuario=quem["requerente"].usuario, fim_em__isnull=True).exists()
    olhar("da-prefeitura-vazia")
    entrar(pagina, Pessoa(quem["requerente"].usuario))
    pagina.goto(f"/conta/prefeitura/{BOFETE}/")
    assert pagina.get_by_text(MOTIVO).is_visible()
    olhar("prefeitura-fim")
