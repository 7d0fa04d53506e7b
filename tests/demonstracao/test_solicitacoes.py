"""The requests of the demonstration: every state and kind, inside the limits, true to the deadlines, brought in two parts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, Q

from comunicacao.models import MensagemSaida
from demonstracao import atendimento, carga, ordens, pedidos
from documentos.models import Documento
from enderecamento.acoes import encerrar_sancoes, lembrar_trocas, trocar
from enderecamento.consultas import do_municipio
from enderecamento.consultas.renumeracao import por_prefeitura as trocas_por_prefeitura
from enderecamento.models import Alocacao, LimiteConcedido, Renumeracao, Sancao
from nucleo import numeracao, prazos
from nucleo.calendario import calendario
from saog import acoes, consultas, fichas
from saog.acoes.comum import vence_em
from saog.estados import ABERTAS, OCUPAM, Conexao, Estado, EstadoDoAcesso, Natureza
from saog.models import Acesso, Entrega, HistoricoSS, Preco, SolicitacaoServico, SuspensaoDeValidacao
from tests.demonstracao.conftest import AGORA

#: Loaded once for the folder: one process runs it.
pytestmark = pytest.mark.xdist_group("demonstracao")
DIA = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def dados(carregada: dict[str, Any], django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The beginning, and then each other prefeitura as `make demo` brings it while people look. Taken away afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        comeco = set(SolicitacaoServico.objects.values_list("municipio__nome", flat=True))
        depois = []
        while (nome := carga.continuar(agora=AGORA, em_teste=True)) is not None:
            depois.append(nome)
        yield {"comeco": comeco, "depois": depois}
        transaction.set_rollback(True)


def _da(nome: str) -> Any:
    return SolicitacaoServico.objects.filter(municipio__nome=nome)


def test_the_first_page_has_the_cities_of_the_accounts_and_the_others_follow_in_order(aberto: Any) -> None:
    assert aberto["comeco"] == set(pedidos.PRIMEIRAS)
    assert aberto["depois"] == [c.nome for c in pedidos.CIDADES if c.nome not in pedidos.PRIMEIRAS]
    assert carga.continuar(agora=AGORA, em_teste=True) is None


def test_there_are_some_four_hundred_requests_over_every_state_and_kind(aberto: Any) -> None:
    assert 370 <= SolicitacaoServico.objects.count() <= 430
    por_estado = Counter(SolicitacaoServico.objects.values_list("estado", flat=True))
    assert set(por_estado) == set(Estado.values)
    assert all(por_estado[e] >= 3 for e in ABERTAS)
    assert por_estado[Estado.ACEITA] >= 250
    por_tipo = Counter(SolicitacaoServico.objects.values_list("tipo_id", flat=True))
    assert {"ativacao", "alteracao-capacidade", "alteracao-titularidade", "alteracao-equipamento", "desativacao", "cancelamento"} == set(
        por_tipo
    )
    assert set(Acesso.objects.values_list("estado", flat=True)) == set(EstadoDoAcesso.values)


def test_the_city_of_the_guide_has_something_of_everything_to_do(aberto: Any) -> None:
    botucatu = _da("Botucatu")
    uso = consultas.uso(botucatu.values_list("municipio_id", flat=True)[0], AGORA)
    intranet, internet = uso[Conexao.INTRANET], uso[Conexao.INTERNET]
    assert (intranet.em_servico, intranet.pedidos, intranet.limite) == (15, 2, 20)
    assert (internet.em_servico, internet.limite) == (1, 1)
    aceite = botucatu.get(estado=Estado.AGUARDANDO_ACEITE)
    assert prazos.faltam(aceite.aceite_vence_em, AGORA) == 2  # three days ahead is a Saturday: the nearest that can be
    assert aceite.titulo == "UBS Vila Maria"
    assert {"VALIDADA", "DEVOLVIDA", "EM_VALIDACAO", "EM_ATENDIMENTO", "EMITIDA", "RECUSADA", "RASCUNHO"} <= set(
        botucatu.values_list("estado", flat=True)
    )


def test_the_other_scenes_of_the_guide_are_there(aberto: Any) -> None:
    campinas = consultas.uso(_da("Campinas")[0].municipio_id, AGORA)[Conexao.INTRANET]
    assert (campinas.em_servico, campinas.restam) == (20, 0)
    sorocaba = consultas.uso(_da("Sorocaba")[0].municipio_id, AGORA)[Conexao.INTRANET]
    assert sorocaba.limite == LimiteConcedido.objects.get().links == 26
    assert sorocaba.usados > 20
    assert SuspensaoDeValidacao.objects.get(fim_em__isnull=True).municipio.nome == "Santos"
    assert SuspensaoDeValidacao.objects.filter(fim_em__isnull=False).count() == 1
    assert _da("Santos").filter(natureza=Natureza.DESATIVACAO, estado=Estado.VALIDADA).exists()  # never held (SS-08)
    assert _da("Lins").filter(mudanca__isnull=False).count() == 2
    assert SolicitacaoServico.objects.filter(estado=Estado.ACEITA, entregas__gte=2).exists()  # refused and delivered again
    assert SolicitacaoServico.objects.filter(estado=Estado.CANCELADA, cancelamentos__estado=Estado.ACEITA).exists()


def test_addresses_change_under_way_ended_and_undone_and_sanctions_of_each_kind_hold(aberto: Any) -> None:
    concluida, desfeita, em_curso = Renumeracao.objects.order_by("criada_em")
    assert [r.estado for r in (concluida, desfeita, em_curso)] == ["CONCLUIDA", "DESFEITA", "EM_CURSO"]
    assert [p["nome"] for p in trocas_por_prefeitura(concluida, "faltam")] == ["Assis"]  # overdue
    assert prazos.faltam(em_curso.vence_em, AGORA) == 4
    assert [(p["nome"], p["confirmadas"], p["total"]) for p in trocas_por_prefeitura(em_curso)] == [
        ("Bauru", 1, 1),
        ("Botucatu", 5, 10),
        ("Lins", 0, 5),
    ]
    sancoes = Sancao.objects.order_by("aplicada_em").values_list("adesao__municipio__nome", "especie", "estado")
    assert list(sancoes) == [
        ("Piracicaba", "BLOQUEIO_PARCIAL", "ENCERRADA"),
        ("Franca", "ADVERTENCIA", "VIGENTE"),
        ("Lins", "BLOQUEIO_PARCIAL", "VIGENTE"),
        ("Taubaté", "BLOQUEIO_TOTAL", "VIGENTE"),
    ]
    de_agora = (trocar(agora=AGORA), lembrar_trocas(agora=AGORA), encerrar_sancoes(agora=AGORA))
    assert de_agora == ({"prefeituras": 0, "falhas": 0, "concluidas": 0}, 0, 0)  # the sweeps of today find nothing left to do
    for acesso in Acesso.objects.filter(estado__in=OCUPAM).exclude(sub_bloco=""):  # each link on a network its prefeitura had by then
        posse = Alocacao.objects.get(sub_bloco=do_municipio(acesso.municipio_id, acesso.sub_bloco), ate__isnull=True)
        trocado = acesso.historico.filter(transicao="trocar_bloco").order_by("pk").last()
        assert posse.de < (trocado or acesso.historico.order_by("pk")[0]).em, str(acesso)


def test_no_limit_is_passed_and_no_site_has_two_links_of_a_kind(aberto: Any) -> None:
    por_cidade = Acesso.objects.filter(estado__in=OCUPAM).values("municipio_id", "conexao").order_by().annotate(n=Count("pk"))
    for linha in por_cidade:
        assert linha["n"] <= consultas.limite_de(linha["municipio_id"], linha["conexao"], AGORA)
    assert (
        not Acesso.objects.filter(estado__in=OCUPAM)
        .values("unidade", "conexao")
        .order_by()
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .exists()
    )
    for acesso in Acesso.objects.exclude(sub_bloco=""):
        assert fichas.conferir_sub_bloco(acesso.sub_bloco, acesso.conexao) == ""
    blocos = Acesso.objects.filter(estado__in=OCUPAM).exclude(sub_bloco="").values_list("sub_bloco", flat=True)
    assert len(set(blocos)) == len(blocos)


def test_each_state_is_where_its_history_leads_and_time_runs_forward(aberto: Any) -> None:
    for processo in (*SolicitacaoServico.objects.prefetch_related("historico"), *Acesso.objects.prefetch_related("historico")):
        linhas = sorted(processo.historico.all(), key=lambda h: h.pk)
        assert [h.em for h in linhas] == sorted(h.em for h in linhas), str(processo)
        estado = linhas[0].de
        for h in linhas:
            assert h.de == estado, (str(processo), h.transicao)
            estado = h.para
        assert estado == processo.estado, str(processo)
    assert not HistoricoSS.objects.filter(em__gt=AGORA).exists()
    assert not MensagemSaida.objects.filter(criada_em__gt=AGORA).exists()


def test_a_request_never_begins_before_the_adhesion(aberto: Any) -> None:
    from adesao.models import Adesao

    aprovada = dict(Adesao.objects.filter(estado="APROVADA").values_list("municipio_id", "decidida_em"))
    assert not [s.numero for s in SolicitacaoServico.objects.all() if s.criada_em <= aprovada[s.municipio_id]]


def test_deadlines_are_those_that_the_rules_give_again(aberto: Any) -> None:
    for entrega in Entrega.objects.select_related("solicitacao"):
        esperado = prazos.vence_em(entrega.em, 10, calendario=calendario(entrega.solicitacao.municipio_id))
        assert entrega.aceite_vence_em == esperado, str(entrega)
    for ss in SolicitacaoServico.objects.filter(estado=Estado.EM_VALIDACAO):
        assert ss.vence_em == vence_em(ss.envio_em, "conferencia"), ss.numero
    for ss in SolicitacaoServico.objects.filter(estado=Estado.DEVOLVIDA):
        assert ss.vence_em == vence_em(ss.desde, "correcao", municipio_id=ss.municipio_id), ss.numero


def test_a_sweep_of_today_finds_nothing_late_and_of_next_month_all_that_waits(aberto: Any) -> None:
    """What PRZ-02 asks of the data: silence has had its effect on every deadline that has passed."""
    assert acoes.vencer_prazos(agora=AGORA, simular=True).vencidas == []
    esperando = set(SolicitacaoServico.objects.filter(estado=Estado.AGUARDANDO_ACEITE).values_list("pk", flat=True))
    assert len(esperando) >= 8
    for ss in SolicitacaoServico.objects.filter(estado=Estado.PRAZO_VENCIDO):
        assert ss.aceite_vence_em <= ss.silencio_em < AGORA
        assert ss.historico.get(transicao="vencer").por_nome == "Portal (automático)"
    assert not Entrega.objects.filter(respondida_em__gt=F("aceite_vence_em")).exclude(solicitacao__historico__transicao="vencer").exists()
    daqui_a_um_mes = AGORA + 30 * DIA
    assert acoes.vencer_prazos(agora=daqui_a_um_mes).feitas == len(esperando)
    assert not SolicitacaoServico.objects.filter(pk__in=esperando).exclude(estado=Estado.PRAZO_VENCIDO, silencio_em=daqui_a_um_mes).exists()
    assert acoes.vencer_prazos(agora=daqui_a_um_mes).feitas == 0


def test_the_queue_of_validation_shows_overdue_and_fresh(aberto: Any) -> None:
    faltam = {prazos.faltam(s.vence_em, AGORA) for s in SolicitacaoServico.objects.filter(estado=Estado.EM_VALIDACAO)}
    assert min(faltam) < 0
    assert max(faltam) >= 18
    assert len(faltam) >= 8


def test_reminders_went_out_once_each(aberto: Any) -> None:
    lembretes = MensagemSaida.objects.filter(assunto_tipo="ss_lembrete")
    assert lembretes.exists()
    assert len(set(lembretes.values_list("chave", flat=True))) == lembretes.count()


def test_letters_have_left_and_papers_wait_for_whoever_opens_them(aberto: Any) -> None:
    """Also those of the prefeituras that came later, and nothing else was touched."""
    assert not MensagemSaida.objects.exclude(situacao=MensagemSaida.Situacao.ENVIADA).exists()
    do_saog = Documento.objects.filter(dono__startswith="ss:")
    assert do_saog.count() > 600
    assert not do_saog.filter(tentar_em__isnull=False).exists()


def test_numbers_have_their_digit_and_prices_say_that_they_are_samples(aberto: Any) -> None:
    assert all(numeracao.valido(n) for n in SolicitacaoServico.objects.values_list("numero", flat=True))
    assert Preco.objects.exists()
    assert not Preco.objects.exclude(tabela__startswith="tabela de exemplo ").exists()
    ultimo = _da("Botucatu").filter(natureza=Natureza.ATIVACAO, envios__gte=1).order_by("-criada_em")[0]
    assert ultimo.lista_de_envios.order_by("ordem")[0].dados["preco"]["tabela"] == f"tabela de exemplo {ultimo.envio_em.year}"


def test_a_delivered_activation_says_circuit_equipment_and_tests(aberto: Any) -> None:
    ativacoes = Entrega.objects.filter(solicitacao__natureza=Natureza.ATIVACAO)
    assert ativacoes.exists()
    assert not ativacoes.filter(Q(circuito="") | Q(equipamento="") | Q(velocidade_medida__isnull=True)).exists()
    circuitos = Acesso.objects.filter(estado=EstadoDoAcesso.EM_SERVICO).values_list("circuito", flat=True)
    assert len(set(circuitos)) == len(circuitos)


def test_some_deliveries_and_a_refusal_have_files_that_passed_the_gate(aberto: Any, settings: Any) -> None:
    recebidos = Documento.objects.filter(dono__startswith="ss:", origem=Documento.Origem.RECEBIDO)
    assert {d.situacao for d in recebidos} == {Documento.Situacao.PRONTO}
    ubs = _da("Botucatu").get(titulo="UBS Vila Maria")
    assert [d.tipo_mime for d in consultas.arquivos(ubs, "entrega-1")] == ["application/pdf", "image/jpeg", "image/jpeg"]
    recusada = _da("Botucatu").get(estado=Estado.RECUSADA)
    assert [d.nome_original for d in consultas.arquivos(recusada, "recusa-1")] == ["cabo-solto.jpg"]
    assert all((Path(settings.ARQUIVOS_DIR) / d.arquivo).is_file() for d in recebidos)
    assert 6 <= recebidos.count() <= 12  # few, so that the beginning stays quick


def test_a_long_name_and_a_long_room_go_through(aberto: Any) -> None:
    comprida = SolicitacaoServico.objects.get(titulo=atendimento.NOME_COMPRIDO)
    assert comprida.acesso is not None
    assert len(comprida.acesso.unidade.sala) == len(atendimento.SALA_COMPRIDA) > 280


def test_a_city_with_requests_is_left_alone(aberto: Any) -> None:
    antes = HistoricoSS.objects.count()
    assert carga.continuar(agora=AGORA + 3 * DIA, em_teste=True) is None
    assert carga.carregar(agora=AGORA + 3 * DIA, em_teste=True) is None
    assert HistoricoSS.objects.count() == antes


def test_the_script_is_drawn_the_same_each_time() -> None:
    assert pedidos.locais() == pedidos.locais()
    assert {p.fim for local in pedidos.locais() for p in local.pedidos} == set(Estado)
    assert ordens.atos(pedidos.p("ativacao", Estado.RECUSADA, 1)) == [
        "iniciar",
        "enviar",
        "validar",
        "emitir",
        "atender",
        "entregar",
        "recusar",
    ]


@pytest.mark.parametrize("modo", ["producao", "demonstracao"])
def test_the_rest_enters_only_in_the_demonstration(db: None, settings: Any, modo: str) -> None:
    settings.MODO, settings.DEMONSTRACAO = modo, False
    with pytest.raises(carga.ForaDaDemonstracao):
        carga.continuar(agora=AGORA, em_teste=True)
    assert not SolicitacaoServico.objects.exists()
