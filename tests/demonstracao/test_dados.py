"""The demonstration's data: only in its mode, whole, true to the rules, the same each time, and never twice."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adesao import consultas, pecas
from adesao.acoes.comum import vence_em
from adesao.estados import Estado
from adesao.models import Adesao, CopiaAssinada, HistoricoAdesao, Pendencia
from comunicacao.models import MensagemSaida
from contas.models import Municipio, Papel, PedidoDeEntrada, Usuario, Vinculo
from demonstracao import carga, papeis, sorteio
from demonstracao.contas import SENHA, contas_da_demonstracao
from demonstracao.roteiro import ROTEIROS, SEM_ADESAO
from documentos import armazem, recebimento
from documentos.models import Documento
from nucleo.campos import validar_cpf
from nucleo.fluxo import SISTEMA
from tests.demonstracao.conftest import AGORA, retrato

#: Loaded once for the folder: one process runs it.
pytestmark = pytest.mark.xdist_group("demonstracao")


@pytest.fixture(scope="module")
def dados(carregada: dict[str, Any]) -> dict[str, Any]:
    """What the first page waits for."""
    return carregada


def test_the_command_refuses_outside_the_demonstration_and_writes_nothing(db: None) -> None:
    with pytest.raises(CommandError, match="MODO=demonstracao"):
        call_command("carregar_demonstracao")
    assert not Municipio.objects.exists()
    assert not Usuario.objects.exists()


@pytest.mark.parametrize("modo", ["producao", "demonstracao"])
def test_the_argument_of_the_tests_opens_no_other_mode(db: None, settings: Any, modo: str) -> None:
    settings.MODO, settings.DEMONSTRACAO = modo, False
    with pytest.raises(carga.ForaDaDemonstracao):
        carga.carregar(agora=AGORA, em_teste=True)
    assert not Usuario.objects.exists()


def test_a_migrated_database_has_no_account(db: None) -> None:
    assert Usuario.objects.count() == 0


def test_the_shared_password_passes_the_validators_for_every_account(aberto: Any) -> None:
    assert len(SENHA) >= 12
    for email, _, _ in contas_da_demonstracao():
        usuario = Usuario.objects.get(email=email)
        validate_password(SENHA, usuario)
        assert usuario.check_password(SENHA), email


def test_every_account_of_the_guide_is_confirmed_and_has_its_role(aberto: Any) -> None:
    emails = [email for email, _, _ in contas_da_demonstracao()]
    assert set(EmailAddress.objects.filter(email__in=emails, verified=True, primary=True).values_list("email", flat=True)) == set(emails)
    papeis_de = {v.usuario.email: v.papel for v in Vinculo.objects.filter(usuario__email__in=emails).select_related("usuario")}
    assert set(papeis_de) == set(emails)
    assert set(papeis_de.values()) == set(Papel.values)
    botucatu, lins = (
        {v.usuario.email for v in Vinculo.objects.filter(orgao__municipio__nome=n, papel=Papel.RESPONSAVEL)} for n in ("Botucatu", "Lins")
    )
    assert botucatu == {"responsavel1@demo.example", "responsavel2@demo.example"}
    assert "responsavel.outra@demo.example" in lins


def test_no_address_belongs_to_anybody(aberto: Any) -> None:
    enderecos = {*Usuario.objects.values_list("email", flat=True), *MensagemSaida.objects.values_list("para", flat=True)}
    assert not [e for e in enderecos if not e.endswith(("@demo.example", ".exemplo.sp.gov.br", "@correio.example"))]


def test_every_cpf_is_valid_and_nobody_shares_one(aberto: Any) -> None:
    cpfs = list(Usuario.objects.values_list("cpf", flat=True))
    assert [validar_cpf(c) for c in cpfs] == cpfs
    assert len(set(cpfs)) == len(cpfs)


def test_all_municipalities_and_every_region_with_an_adhesion(aberto: Any) -> None:
    assert Municipio.objects.count() == 645
    assert set(Adesao.objects.values_list("municipio__ddd", flat=True)) == {str(d) for d in range(11, 20)}


def test_about_sixty_adhesions_in_every_state(aberto: Any) -> None:
    assert aberto["resumo"].adesoes == Adesao.objects.count() == len(ROTEIROS)
    assert 60 <= len(ROTEIROS) <= 75
    por_estado = Counter(Adesao.objects.values_list("estado", flat=True))
    assert set(por_estado) == set(Estado.values)
    assert por_estado[Estado.APROVADA] >= 20
    assert Adesao.objects.filter(estado=Estado.ENVIADA, envios__gte=3).exists()
    assert Adesao.objects.filter(estado=Estado.EM_CONFERENCIA).exclude(pergunta="").count() == 2
    assert not Adesao.objects.filter(municipio__nome=SEM_ADESAO).exists()


def test_the_queue_shows_every_age_from_overdue_to_fresh(aberto: Any) -> None:
    from nucleo import prazos

    faltam = {
        prazos.faltam(a.vence_em, AGORA) for a in Adesao.objects.filter(estado__in=[Estado.ENVIADA, Estado.EM_CONFERENCIA]) if a.vence_em
    }
    assert {-2, 0, 1, 2, 5, 12, 19} <= faltam
    devolvidas = {prazos.faltam(a.vence_em, AGORA) for a in Adesao.objects.filter(estado=Estado.DEVOLVIDA) if a.vence_em}
    assert min(devolvidas) < 0 < max(devolvidas)


def test_the_requerente_finds_a_return_with_two_pendencias(aberto: Any) -> None:
    bofete = Adesao.objects.get(municipio__nome="Bofete")
    assert bofete.estado == Estado.DEVOLVIDA
    assert {(p.tarefa, p.campo) for p in consultas.pendencias_abertas(bofete)} == {("anexo1", "r2_cpf"), ("assinados", "anexo1")}
    assert PedidoDeEntrada.objects.filter(municipio__nome="Bofete", decidido_em__isnull=True).count() == 1


def test_each_state_is_where_its_history_leads(aberto: Any) -> None:
    for adesao in Adesao.objects.prefetch_related("historico"):
        estado = ""
        for r in sorted(adesao.historico.all(), key=lambda h: (h.em, h.pk)):
            assert r.de == (estado or Estado.RASCUNHO), (adesao.numero, r.transicao)
            estado = r.para
        assert estado == adesao.estado, adesao.numero


def test_no_act_is_in_the_future_and_numbers_follow_time(aberto: Any) -> None:
    assert not HistoricoAdesao.objects.filter(em__gt=AGORA).exists()
    assert not MensagemSaida.objects.filter(criada_em__gt=AGORA).exists()
    inicios = list(HistoricoAdesao.objects.filter(transicao="iniciar").order_by("processo__numero").values_list("em", flat=True))
    assert inicios == sorted(inicios)


def test_deadlines_are_those_that_the_rules_give_again(aberto: Any) -> None:
    for adesao in Adesao.objects.filter(vence_em__isnull=False):
        if adesao.estado == Estado.DEVOLVIDA:
            esperado = vence_em(adesao.desde, "correcao", municipio_id=adesao.municipio_id)
        elif adesao.estado == Estado.ENCAMINHADA:
            esperado = vence_em(adesao.desde, "decisao")
        elif adesao.pergunta:
            esperado = vence_em(adesao.historico.get(transicao="perguntar").em, "conferencia")
        else:
            esperado = vence_em(adesao.envio_em, "conferencia")  # type: ignore[arg-type]
        assert adesao.vence_em == esperado, adesao.numero
        assert adesao.limite_em == vence_em(adesao.primeiro_envio_em, "total"), adesao.numero  # type: ignore[arg-type]


def test_each_sending_has_signed_copies_whose_pages_can_be_seen_at_once(aberto: Any) -> None:
    for copia in CopiaAssinada.objects.select_related("documento"):
        documento = copia.documento
        assert documento.paginas_prontas
        assert documento.paginas >= 1
        assert armazem.ler(documento).startswith(b"%PDF")
        assert (armazem.raiz() / armazem.nome_da_pagina(documento, documento.paginas)).stat().st_size > 5000


@pytest.mark.parametrize("peca", list(papeis.TITULOS))
def test_the_gate_takes_a_drawn_copy_of_each_kind(aberto: Any, peca: str, settings: Any, tmp_path: Path) -> None:
    especie = f"{peca}-assinado"
    desenhado = Documento.objects.filter(especie=especie).order_by("criado_em").first()
    assert desenhado is not None
    conteudo = armazem.ler(desenhado)
    settings.ARQUIVOS_DIR = tmp_path
    aceito = recebimento.receber(
        arquivo=ContentFile(conteudo, name="x.pdf"), especie=especie, dono="teste:1", titulo="x", agora=AGORA, por_id=None
    )
    assert (aceito.paginas, aceito.dados) == (desenhado.paginas, desenhado.dados)
    assert aceito.sha256 == desenhado.sha256


def test_letters_of_the_past_have_left_with_their_own_dates(aberto: Any) -> None:
    mensagens = MensagemSaida.objects.all()
    assert mensagens.count() > 200
    assert not mensagens.exclude(situacao=MensagemSaida.Situacao.ENVIADA).exists()
    assert min(m.criada_em for m in mensagens) < AGORA - dt.timedelta(days=300)
    assert {"adesao_devolvida", "adesao_lembrete", "ativacao", "adesao_indeferida", "convite", "pedido_de_entrada"} <= {
        m.assunto_tipo for m in mensagens
    }


def test_the_sweep_finds_only_a_few_papers_and_none_at_the_start(aberto: Any) -> None:
    pendentes = Documento.objects.filter(situacao=Documento.Situacao.PENDENTE)
    assert pendentes.count() > 200
    marcados = sorted(d.tentar_em for d in pendentes.filter(tentar_em__isnull=False))  # type: ignore[type-var]
    assert 3 <= len(marcados) <= 40
    assert marcados[0] > AGORA
    assert all(b - a >= dt.timedelta(seconds=30) for a, b in itertools.pairwise(marcados))
    assert not Documento.objects.exclude(situacao=Documento.Situacao.PENDENTE).filter(tentar_em__isnull=False).exists()


def test_the_alphanumeric_example_of_the_receita_has_its_digits() -> None:
    assert sorteio.com_digitos_do_cnpj("12ABC34501DE") == "12ABC34501DE35"


def test_details_that_make_the_data_real(aberto: Any) -> None:
    assert any(not a.cnpj.isdigit() for a in Adesao.objects.exclude(cnpj=""))
    assert max(a.aplicacoes.count() for a in Adesao.objects.filter(envios__gte=1)) == 40
    autorizacoes = {a.autorizacao for adesao in Adesao.objects.filter(estado=Estado.APROVADA) for a in adesao.aplicacoes.all()}
    assert autorizacoes == {"pendente", "solicitada", "autorizada", "negada"}
    assert len({b.sha256 for b in Documento.objects.filter(especie="brasao")}) == 3
    assert Pendencia.objects.filter(resposta__gt="").exists()
    recusadas = set(Adesao.objects.filter(estado=Estado.INDEFERIDA).values_list("municipio_id", flat=True))
    assert Adesao.objects.filter(municipio_id__in=recusadas, estado=Estado.ENVIADA).exists()


def test_some_responsaveis_have_still_to_activate(aberto: Any) -> None:
    com_senha = Counter(
        (v.orgao.nome, v.usuario.has_usable_password())
        for v in Vinculo.objects.filter(papel=Papel.RESPONSAVEL).select_related("usuario", "orgao")
    )
    assert com_senha["Prefeitura de São Sebastião", False] == 2
    assert com_senha["Prefeitura de Avaré", False] == com_senha["Prefeitura de Avaré", True] == 1


def test_a_complete_draft_lacks_nothing(aberto: Any) -> None:
    from adesao import revisao

    assert revisao.rever(Adesao.objects.get(municipio__nome="Iguape")).pode_enviar
    assert not pecas.validar(consultas.brutos(Adesao.objects.get(municipio__nome="Ubatuba"))).certa("anexo1")


def test_a_second_run_changes_nothing(aberto: Any) -> None:
    Adesao.objects.filter(municipio__nome="Bofete").update(tocada=True)
    antes = (HistoricoAdesao.objects.count(), MensagemSaida.objects.count(), Usuario.objects.count(), Documento.objects.count())
    with CaptureQueriesContext(connection) as feitas:
        assert carga.carregar(agora=AGORA + dt.timedelta(days=1), em_teste=True) is None
    assert len(feitas) == 1
    assert antes == (HistoricoAdesao.objects.count(), MensagemSaida.objects.count(), Usuario.objects.count(), Documento.objects.count())
    assert Adesao.objects.get(municipio__nome="Bofete").tocada


def test_loading_asks_the_database_a_bounded_number_of_times(aberto: Any) -> None:
    assert aberto["consultas"] < 260 * len(ROTEIROS) + 160 * aberto["resumo"].solicitacoes


def test_two_loadings_tell_the_same_story(aberto: Any) -> None:
    assert aberto["primeira"] == retrato()


def test_the_accounts_are_printed_as_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("contas_da_demonstracao")
    texto = capsys.readouterr().out
    assert all(email in texto for email, _, _ in contas_da_demonstracao())
    assert SENHA in texto
    assert SISTEMA.usuario_id is None
