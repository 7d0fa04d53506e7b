"""Edges of an adhesion found by reading the code against the rules: what vanishes, what is renamed, what is thrown away."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from adesao import acoes, consultas, revisao, tarefas
from adesao.models import Adesao
from comunicacao.models import MensagemSaida
from contas import acoes as da_conta
from contas.models import Vinculo
from documentos import armazem, validacao
from documentos.models import Documento
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, BOFETE
from tests.documentos import fabrica

DEPOIS = AGORA + dt.timedelta(hours=3)


def _devolvida(requerente: Any, analista: Any, *onde: tuple[str, str], mudancas: Any = None) -> Adesao:
    adesao = adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator, mudancas=mudancas), por=analista.ator)
    marcas = tuple({"tarefa": t, "campo": c, "texto": "Corrija, por favor."} for t, c in onde)
    return adesoes.devolvida(adesao, por=analista.ator, pendencias=marcas)


def _faltas(adesao: Adesao) -> list[tuple[str, str]]:
    atual = Adesao.objects.get(pk=adesao.pk)
    return [(f.tarefa, f.campo) for f in revisao.rever(atual).faltas if f.regra == "ADS-03"]


def _brasao() -> SimpleUploadedFile:
    return SimpleUploadedFile("brasao.png", fabrica.imagem("PNG", tamanho=(64, 64)), content_type="image/png")


# --- Files -------------------------------------------------------------------------------------------------------
def test_a_discarded_draft_leaves_no_signed_copy_behind(requerente: Any, ao_confirmar: Any) -> None:
    """Uploads stay until the draft is sent or discarded (issue 2); scans carry CPFs and signatures."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    adesoes.anexar(adesao, por=requerente.ator, agora=AGORA)
    caminhos = [armazem.caminho_de(d) for d in adesoes.documentos_assinados(adesao)]
    assert len(caminhos) == 3
    with ao_confirmar():
        acoes.descartar(adesao_id=adesao.pk, por=requerente.ator, agora=DEPOIS)
    assert adesoes.documentos_assinados(adesao) == []
    assert not any(c.exists() for c in caminhos)


def test_a_copy_that_was_replaced_or_removed_before_being_sent_frees_its_place(requerente: Any, ao_confirmar: Any) -> None:
    """The quota says "remova os que não usa": removing must help (ASVS 5.2.4)."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    for _ in range(2):
        with ao_confirmar():
            acoes.anexar_assinado(
                adesao_id=adesao.pk,
                peca="oficio",
                arquivo=SimpleUploadedFile("oficio.pdf", adesoes.pdf_assinado()),
                por=requerente.ator,
                agora=AGORA,
            )
    (unico,) = adesoes.documentos_assinados(adesao)
    assert adesao.copias.get().documento == unico
    with ao_confirmar():
        acoes.remover_assinado(adesao_id=adesao.pk, peca="oficio", por=requerente.ator, agora=DEPOIS)
    assert adesoes.documentos_assinados(adesao) == []


def test_a_copy_that_was_sent_is_never_erased(requerente: Any, analista: Any, ao_confirmar: Any) -> None:
    """Freeze (pitfall 19): the first sending keeps its files whatever the correction removes."""
    adesao = _devolvida(requerente, analista, ("assinados", "oficio"))
    enviados = adesoes.documentos_assinados(adesao)
    with ao_confirmar():
        acoes.remover_assinado(adesao_id=adesao.pk, peca="oficio", por=requerente.ator, agora=DEPOIS)
    assert adesoes.documentos_assinados(adesao) == enviados
    assert all(armazem.caminho_de(d).exists() for d in enviados)


@pytest.mark.django_db(transaction=True)
def test_the_coat_of_arms_is_examined_before_the_process_is_locked(requerente: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits behind a lock for the jail."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    abertas: list[bool] = []
    original = validacao.refazer_imagem
    monkeypatch.setattr(validacao, "refazer_imagem", lambda *x: abertas.append(connection.in_atomic_block) or original(*x))
    documento = acoes.guardar_brasao(adesao_id=adesao.pk, arquivo=_brasao(), por=requerente.ator, agora=AGORA)
    assert abertas == [False]
    assert Adesao.objects.get(pk=adesao.pk).brasao == documento


# --- Pendências of what changed its place --------------------------------------------------------------------------
def test_another_coat_of_arms_answers_the_pendencia_on_it(requerente: Any, analista: Any) -> None:
    """The reading shows when it was sent, so that replacing it is a change (ADS-03), for the pre-check and for the analista."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    acoes.guardar_brasao(adesao_id=adesao.pk, arquivo=_brasao(), por=requerente.ator, agora=AGORA)
    adesoes.preencher(adesao, por=requerente.ator, agora=AGORA)
    adesoes.anexar(Adesao.objects.get(pk=adesao.pk), por=requerente.ator, agora=AGORA)
    acoes.enviar(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    adesoes.assumida(adesao, por=analista.ator)
    marca = {"tarefa": "timbre", "campo": "brasao", "texto": "Este não é o brasão do município."}
    adesoes.devolvida(adesao, por=analista.ator, pendencias=(marca,))
    assert ("timbre", "brasao") in _faltas(adesao)
    acoes.guardar_brasao(adesao_id=adesao.pk, arquivo=_brasao(), por=requerente.ator, agora=DEPOIS)
    assert _faltas(adesao) == []


def test_a_delegation_act_no_longer_needed_is_not_asked_for(requerente: Any, analista: Any) -> None:
    """When the prefeito signs after all, a pendência on the act of delegation has nothing left to correct."""
    delegado = {
        "quem_assina": "delegado",
        "representante_nome": "Ivo Prado",
        "representante_cargo": "Secretário de Administração",
    }
    adesao = _devolvida(requerente, analista, ("assinados", "delegacao"), mudancas={"prefeitura": delegado})
    assert ("assinados", "delegacao") in _faltas(adesao)
    adesoes.preencher(adesao, por=requerente.ator, agora=DEPOIS, mudancas={"prefeitura": {"quem_assina": "prefeito"}})
    assert _faltas(adesao) == []


TRES = {
    "anexo2": {
        "aplicacao_1_nome": "A", "aplicacao_1_orgao": "X",
        "aplicacao_2_nome": "B", "aplicacao_2_orgao": "X",
        "aplicacao_3_nome": "C", "aplicacao_3_orgao": "X",
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("linhas", "faltas", "ao_lado"),
    [
        (("B", "C"), [("anexo2", "aplicacao_1_nome")], ["aplicacao_1_nome"]),  # another row was removed: B moved up, still as it was
        (("A", "C"), [], []),  # the row itself was removed
        (("A", "Bê", "C"), [], ["aplicacao_2_nome"]),  # corrected
        (("A", "C", "B"), [("anexo2", "aplicacao_3_nome")], ["aplicacao_3_nome"]),  # only moved
    ],
)
def test_a_pendencia_on_an_application_follows_it_when_rows_move(
    requerente: Any, analista: Any, linhas: tuple[str, ...], faltas: list[tuple[str, str]], ao_lado: list[str]
) -> None:
    """ADS-03: taking out another row must not pass for a correction of this one."""
    adesao = _devolvida(requerente, analista, ("anexo2", "aplicacao_2_nome"), mudancas=TRES)
    dados = {n: v for n, v in consultas.brutos(adesao)["anexo2"].items() if not n.startswith("aplicacao_")}
    for i, nome in enumerate(linhas, 1):
        dados |= {f"aplicacao_{i}_nome": nome, f"aplicacao_{i}_orgao": "X"}
    versao = adesao.rascunhos.get(tarefa="anexo2").versao
    acoes.salvar_tarefa(adesao_id=adesao.pk, tarefa="anexo2", dados=dados, versao=versao, por=requerente.ator, agora=DEPOIS)
    assert _faltas(adesao) == faltas
    assert list(revisao.ao_lado_de(adesao, consultas.pendencias_abertas(adesao), dados)) == ao_lado


@pytest.mark.parametrize(
    ("antes", "depois", "situacao"),
    [
        ("Consulta de veiculos 2", "Consulta de Veículos 2", "autorizada"),
        ("Consulta de veículos 2", "Consulta de veículos 3", "pendente"),
    ],
)
def test_the_same_application_written_better_keeps_its_authorisation_and_another_does_not(
    requerente: Any, analista: Any, antes: str, depois: str, situacao: str
) -> None:
    """ADS-08: an accent is no other application; an authorisation never passes to another one."""
    adesao = adesoes.adesao_enviada(por=requerente.ator, mudancas={"anexo2": {"aplicacao_2_nome": antes}})
    aplicacao = adesao.aplicacoes.get(ordem=2)
    acoes.registrar_autorizacao(
        adesao_id=adesao.pk, aplicacao_id=aplicacao.pk, autorizacao="autorizada", data=AGORA.date(), documento="Ofício 8/2026",
        por=requerente.ator, agora=AGORA,
    )  # fmt: skip
    marca = ({"tarefa": "anexo2", "campo": "aplicacao_2_nome", "texto": "Confira o nome."},)
    adesoes.devolvida(adesoes.assumida(adesao, por=analista.ator), por=analista.ator, pendencias=marca)
    adesoes.corrigida(adesao, por=requerente.ator, agora=DEPOIS, mudancas={"anexo2": {"aplicacao_2_nome": depois}})
    assert [(a.ordem, a.nome) for a in adesao.aplicacoes.all()] == [(1, "SAM Patrimônio"), (2, depois)]
    assert adesao.aplicacoes.get(ordem=2).autorizacao == situacao


# --- Verification, letters, text -------------------------------------------------------------------------------------
def test_the_paper_that_was_sent_is_the_current_one_even_when_a_newer_trial_exists(requerente: Any) -> None:
    """Settled question 3: data changed and changed back; the first paper is the one that was signed and sent."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    adesoes.preencher(adesao, por=requerente.ator, agora=AGORA, mudancas={"oficio": {"oficio_numero": "999/2026"}})
    acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=DEPOIS)
    adesoes.preencher(adesao, por=requerente.ator, agora=DEPOIS, mudancas={"oficio": {"oficio_numero": "214/2026"}})
    adesoes.anexar(adesao, por=requerente.ator, agora=DEPOIS)
    envio = acoes.enviar(adesao_id=adesao.pk, por=requerente.ator, agora=DEPOIS)
    enviado = consultas.pecas_do_envio(envio)["oficio"].gerado
    assert enviado is not None
    outro = Documento.objects.exclude(pk=enviado.pk).get(dono=adesao.dono, especie="oficio")
    situacao = {d.codigo: (consultas.verificar_codigo(d.codigo or "") or {})["atual"] for d in (enviado, outro)}
    assert situacao == {enviado.codigo: True, outro.codigo: False}


def test_whoever_checks_papers_slowly_is_never_stopped(anonimo: Any, cache_do_banco: Any, relogio: Any) -> None:
    """Twenty a minute, not twenty in all: the count of a minute ends with it (settled question 14)."""
    for n in range(25):
        relogio.move_to(AGORA + dt.timedelta(seconds=50 * n))
        assert anonimo.cliente.get("/verificar/", {"codigo": "7F3K-9QAM"}).status_code == 404
    assert [anonimo.cliente.get("/verificar/", {"codigo": "7F3K-9QAM"}).status_code for _ in range(20)] == [*[404] * 19, 429]


def test_a_late_reminder_says_how_many_days_are_really_left(requerente: Any, analista: Any) -> None:
    """PRZ-03: the beat slept through the day of "2 dias"; one day is left."""
    _devolvida(requerente, analista, ("anexo1", "r2_cpf"))  # due on Monday 16/11
    tarefas.lembrar_em(dt.datetime(2026, 11, 15, 9, tzinfo=AGORA.tzinfo))
    assert "vence amanhã" in MensagemSaida.objects.get(assunto_tipo="adesao_lembrete").assunto


def test_a_question_about_a_process_of_somebody_who_left_reaches_the_gestores(
    requerente: Any, analista: Any, aprovador: Any, gestor_prodesp: Any
) -> None:
    """Nobody else could act on it: the letter goes to who can hand it over."""
    adesao = adesoes.encaminhada(adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator), por=analista.ator)
    Vinculo.objects.filter(usuario=analista.usuario).update(fim_em=AGORA)
    acoes.perguntar(adesao_id=adesao.pk, pergunta="Quem vai operar?", por=aprovador.ator, agora=DEPOIS)
    assert [m.para for m in MensagemSaida.objects.filter(assunto_tipo="adesao_pergunta")] == [gestor_prodesp.usuario.email]


def test_a_nul_byte_in_a_draft_never_reaches_the_database(requerente: Any) -> None:
    """PostgreSQL refuses it in JSON with an error page; nobody types it."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    salvo = acoes.salvar_tarefa(
        adesao_id=adesao.pk, tarefa="oficio", dados={"oficio_numero": "2\x0014/2026"}, versao=0, por=requerente.ator, agora=AGORA
    )
    assert salvo.rascunho.dados == {"oficio_numero": "214/2026"}


# --- Deciding on what was read ------------------------------------------------------------------------------------------
def _campos_ocultos(html: str, acao: str) -> dict[str, str]:
    """The hidden fields of the form that posts to an address ending in ``acao``, without the CSRF token."""
    (formulario,) = [f for f in re.findall(r"<form[^>]*method=\"post\".*?</form>", html, re.S) if f'{acao}"' in f.partition(">")[0]]
    ocultos = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', formulario))
    return {nome: valor for nome, valor in ocultos.items() if nome != "csrfmiddlewaretoken"}


def test_an_approval_never_falls_on_a_sending_that_was_not_read(requerente: Any, analista: Any, aprovador: Any) -> None:
    """The page was open while the process went back to the prefeitura and came again with other papers: 409, read it first."""
    adesao = adesoes.encaminhada(adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator), por=analista.ator)
    endereco = f"/aprovacao/{adesao.slug}/"
    velhos = _campos_ocultos(aprovador.cliente.get(endereco, {"aprovar": "1"}).content.decode(), "aprovar/")
    acoes.perguntar(adesao_id=adesao.pk, pergunta="Este CPF confere?", por=aprovador.ator, agora=AGORA)
    adesoes.devolvida(adesao, por=analista.ator, agora=AGORA)
    adesoes.corrigida(adesao, por=requerente.ator, agora=DEPOIS)
    adesoes.encaminhada(adesoes.assumida(adesao, por=analista.ator, agora=DEPOIS), por=analista.ator, agora=DEPOIS)
    assert aprovador.cliente.post(f"{endereco}aprovar/", velhos).status_code == 409
    assert Adesao.objects.get(pk=adesao.pk).estado == "ENCAMINHADA"
    novos = _campos_ocultos(aprovador.cliente.get(endereco, {"aprovar": "1"}).content.decode(), "aprovar/")
    assert aprovador.cliente.post(f"{endereco}aprovar/", novos).status_code == 302
    assert Adesao.objects.get(pk=adesao.pk).estado == "APROVADA"
    assert aprovador.cliente.post(f"{endereco}aprovar/", novos).status_code == 302  # a double click gets the first result


def test_a_nul_byte_in_an_address_or_a_form_is_no_error_page(requerente: Any, requerente_2: Any, aprovador: Any) -> None:
    """PostgreSQL refuses it in any text; what nobody types finds nothing or is dropped."""
    assert aprovador.cliente.get("/aprovacao/varias/", {"adesao": "2026\x00-00042-7"}).status_code == 302
    vinculo = Vinculo.objects.get(usuario=requerente_2.usuario)
    resposta = requerente.cliente.post(f"/pessoas/vinculos/{vinculo.pk}/encerrar/", {"motivo": "Saiu\x00 da prefeitura"})
    assert resposta.status_code == 302
    vinculo.refresh_from_db()
    assert vinculo.motivo_do_fim == "Saiu da prefeitura"


def test_a_deactivated_account_of_a_responsavel_is_found_before_sending_and_at_the_approval(
    requerente: Any, responsavel_a1: Any, analista: Any, aprovador: Any, gestor_prodesp: Any
) -> None:
    """ADS-11: the account was closed on purpose, so the prefeitura names somebody else or asks PRODESP; nothing is linked in silence."""
    pessoa = responsavel_a1.usuario
    mudancas = {"anexo1": {"r1_email": pessoa.email, "r1_cpf": pessoa.cpf}}
    adesao = adesoes.adesao_enviada(por=requerente.ator, mudancas=mudancas)
    adesoes.encaminhada(adesoes.assumida(adesao, por=analista.ator), por=analista.ator)
    da_conta.desativar_conta(usuario_id=pessoa.pk, motivo="Saiu", por=gestor_prodesp.ator, agora=AGORA)
    (falta,) = [f for f in revisao.rever(adesao).faltas if f.tarefa == "anexo1"]
    assert (falta.campo, falta.regra) == ("r1_email", "ADS-11")
    assert falta.texto.startswith("E-mail do 1º responsável: a conta desta pessoa no portal está desativada.")
    resposta = aprovador.cliente.post(f"/aprovacao/{adesao.slug}/aprovar/", {"chave": str(uuid.uuid4())})
    assert resposta.status_code == 422
    assert "está desativada" in resposta.content.decode()
    adesao.refresh_from_db()
    assert adesao.estado == "ENCAMINHADA"
    assert not pessoa.vinculos.filter(orgao__municipio_id=adesao.municipio_id).exists()
