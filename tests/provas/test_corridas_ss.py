"""Requests raced with real threads and connections on PostgreSQL: the limits hold, each act has one effect, and controls that show the race
without its fence (LNK-01 to LNK-07, PRZ-02). 5 rounds by default, 200 with ``PROVAS=1``.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from comunicacao.models import MensagemSaida
from nucleo import fluxo
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from saog import acoes
from saog.acoes import LimiteAtingido, envio
from saog.estados import OCUPAM, Estado
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.corrida import ao_mesmo_tempo
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa
from tests.apoio.solicitacoes import DIA

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

JUNTOS, LIMITE = 40, 20
VENCIDO = AGORA + 20 * DIA
STI = {"servico": "SCM_STI", "declara_lnk_05": ""}


@pytest.fixture
def rodadas(provas: bool) -> range:
    """How many times each race is run."""
    return range(200 if provas else 5)


@pytest.fixture(autouse=True)
def _sem_fila(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: True)


@pytest.fixture
def ana(responsavel_a1: Pessoa, responsavel_a2: Pessoa) -> Ator:
    """One of the two responsáveis of Botucatu, whose adhesion is in force."""
    solicitacoes.em_vigor(responsavel_a1, BOTUCATU)
    return responsavel_a1.ator


@pytest.fixture
def bene(responsavel_a2: Pessoa) -> Ator:
    return responsavel_a2.ator


@pytest.fixture
def entregue(ana: Ator, analista: Pessoa, operadora: Pessoa) -> Callable[[], SolicitacaoServico]:
    """Makes a delivered request, each at another address."""
    numero = itertools.count(1)

    def fazer() -> SolicitacaoServico:
        ss = solicitacoes.emitida(solicitacoes.enviada(ana, n=next(numero)), analista=analista.ator, responsavel=ana)
        return solicitacoes.entregue(ss, operadora=operadora.ator)

    return fazer


def enviar(ss: SolicitacaoServico, por: Ator) -> Callable[[], int]:
    return lambda: acoes.enviar(ss_id=ss.pk, por=por, agora=AGORA).ordem


def de_volta() -> None:
    """Every request a draft again and no link, straight in the tables, for the next round."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE saog_historicoacesso, saog_historicoss, comunicacao_mensagemsaida")
        cursor.execute(
            "UPDATE saog_solicitacaoservico SET estado='RASCUNHO', acesso_id=NULL, envios=0, envio_em=NULL, vence_em=NULL, servico='';"
            "DELETE FROM saog_envioss; DELETE FROM saog_acesso"
        )


def ordinais() -> list[int]:
    return sorted(Acesso.objects.filter(estado__in=OCUPAM).values_list("ordinal", flat=True))


# --- 40 at once (LNK-01, LNK-07) ---------------------------------------------------------------------------------------
@pytest.fixture
def quarenta(ana: Ator) -> list[SolicitacaoServico]:
    return [solicitacoes.rascunho(ana, n=n) for n in range(1, JUNTOS + 1)]


def test_forty_requests_at_once_never_pass_twenty(rodadas: range, quarenta: list[SolicitacaoServico], ana: Ator, bene: Ator) -> None:
    for _ in rodadas:
        feitos = ao_mesmo_tempo(*(enviar(ss, por) for ss, por in zip(quarenta, itertools.cycle((ana, bene)), strict=False)))
        assert ordinais() == list(range(1, LIMITE + 1))
        assert sum(f == 1 for f in feitos) == LIMITE, feitos
        assert sum(isinstance(f, LimiteAtingido) for f in feitos) == JUNTOS - LIMITE, feitos
        assert SolicitacaoServico.objects.filter(estado=Estado.EM_VALIDACAO).count() == LIMITE
        de_volta()


@pytest.fixture
def sem_indice() -> Iterator[None]:
    """The unique index on the place is gone for one test."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX saog_um_lugar_por_link")
    yield
    de_volta()
    restricao = next(c for c in Acesso._meta.constraints if c.name == "saog_um_lugar_por_link")
    with connection.schema_editor() as editor:
        editor.add_constraint(Acesso, restricao)


def test_counting_and_then_inserting_would_let_forty_in(
    quarenta: list[SolicitacaoServico], ana: Ator, sem_indice: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: no lock of the adhesion, no index, a count and then an insert. Everybody counts before anybody writes."""
    encontro = threading.Barrier(JUNTOS)

    def contar_e_inserir(municipio_id: int, conexao: Any, campos: dict[str, Any], *, por: Ator, agora: Any) -> Acesso:
        usados = Acesso.objects.filter(municipio_id=municipio_id, conexao=conexao, estado__in=OCUPAM).count()
        encontro.wait(60)
        if usados >= LIMITE:
            raise LimiteAtingido("Não há mais lugar.")
        return Acesso.objects.create(municipio_id=municipio_id, conexao=conexao, ordinal=usados + 1, desde=agora, **campos)

    monkeypatch.setattr(envio, "_reservar", contar_e_inserir)
    monkeypatch.setattr(envio, "adesao_em_vigor", lambda *a, **k: None)
    feitos = ao_mesmo_tempo(*(enviar(ss, ana) for ss in quarenta))
    assert [f for f in feitos if f != 1] == []
    assert len(ordinais()) == JUNTOS > LIMITE


def test_with_the_lock_gone_the_index_alone_still_holds_the_limit(
    quarenta: list[SolicitacaoServico], ana: Ator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last fence by itself: some are refused that could have had a place, none gets in that may not."""
    original = envio.adesao_em_vigor
    monkeypatch.setattr(envio, "adesao_em_vigor", lambda municipio_id, **_: original(municipio_id))
    feitos = ao_mesmo_tempo(*(enviar(ss, ana) for ss in quarenta))
    assert len(ordinais()) == len(set(ordinais())) <= LIMITE
    assert all(f == 1 or isinstance(f, RegraViolada) for f in feitos), feitos


def test_two_internet_links_at_once_are_one(rodadas: range, ana: Ator, bene: Ator) -> None:
    pedidos = [solicitacoes.rascunho(ana, n=n, mudancas=STI) for n in (1, 2)]
    for _ in rodadas:
        feitos = ao_mesmo_tempo(enviar(pedidos[0], ana), enviar(pedidos[1], bene))
        assert sorted(type(f).__name__ for f in feitos) == ["LimiteAtingido", "int"], feitos
        assert ordinais() == [1]
        de_volta()


def test_two_links_for_one_site_at_once_are_one(rodadas: range, ana: Ator, bene: Ator) -> None:
    """LNK-04: the same address spelled in two ways."""
    pedidos = [solicitacoes.rascunho(ana), solicitacoes.rascunho(ana, mudancas={"logradouro": "R. das Acacias", "servico": "SCM_SAI"})]
    for _ in rodadas:
        feitos = ao_mesmo_tempo(enviar(pedidos[0], ana), enviar(pedidos[1], bene))
        recusas = [f for f in feitos if isinstance(f, RegraViolada)]
        assert [r.regra for r in recusas] == ["LNK-04"], feitos
        assert ordinais() == [1]
        de_volta()


# --- Two people at one request -----------------------------------------------------------------------------------------
def test_accepting_against_refusing_has_one_winner(rodadas: range, entregue: Any, ana: Ator, bene: Ator) -> None:
    for _ in rodadas:
        ss = entregue()
        feitos = ao_mesmo_tempo(
            lambda ss=ss: acoes.aceitar(ss_id=ss.pk, por=ana, agora=AGORA + DIA).estado,
            lambda ss=ss: acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=bene, agora=AGORA + DIA).estado,
        )
        venceu = [f for f in feitos if isinstance(f, str)]
        assert [f.status for f in feitos if isinstance(f, RegraViolada)] == [409], feitos
        ss = SolicitacaoServico.objects.get(pk=ss.pk)
        assert venceu == [ss.estado]
        entrega = ss.lista_de_entregas.get()
        assert entrega.aceita == (ss.estado == Estado.ACEITA)
        assert ss.historico.filter(transicao__in=("aceitar", "recusar")).count() == 1
        assert ss.acesso is not None
        assert ss.acesso.estado == ("EM_SERVICO" if entrega.aceita else "EM_IMPLANTACAO")
        Acesso.objects.filter(pk=ss.acesso_id).update(estado="LIBERADO")


def test_two_analysts_deciding_at_once_have_one_winner(rodadas: range, ana: Ator, analista: Pessoa, analista_2: Pessoa) -> None:
    graca, helio = analista.ator, analista_2.ator
    for volta in rodadas:
        ss = solicitacoes.enviada(ana, n=1)
        outro = (
            (lambda ss=ss: acoes.validar(ss_id=ss.pk, por=helio, agora=AGORA).estado)
            if volta % 2
            else (lambda ss=ss: solicitacoes.devolvida(ss, por=helio).estado)
        )
        feitos = ao_mesmo_tempo(lambda ss=ss: acoes.validar(ss_id=ss.pk, por=graca, agora=AGORA).estado, outro)
        venceu = [f for f in feitos if isinstance(f, str)]
        assert len(venceu) == 1, feitos
        assert [f.status for f in feitos if isinstance(f, RegraViolada)] in ([409], [422]), feitos  # 422: a pendência was marked first
        ss = SolicitacaoServico.objects.get(pk=ss.pk)
        assert venceu == [ss.estado]
        assert ss.historico.filter(transicao__in=("validar", "devolver")).count() == 1
        acoes.cancelar(ss_id=ss.pk, motivo="", por=ana, agora=AGORA)


# --- The sweep (PRZ-02) ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("efeito", ["escalar", "aceite_tacito"])
def test_acceptance_against_the_sweep_accepts_once(rodadas: range, entregue: Any, ana: Ator, settings: Any, efeito: str) -> None:
    settings.EFEITO_DO_SILENCIO = efeito
    for volta in rodadas:
        ss = entregue()

        def aceitar(ss: SolicitacaoServico = ss, volta: int = volta) -> str:
            time.sleep(0.01 * (volta % 5))  # sometimes before, sometimes after
            return acoes.aceitar(ss_id=ss.pk, por=ana, agora=VENCIDO).estado

        feitos = ao_mesmo_tempo(aceitar, lambda: acoes.vencer_prazos(agora=VENCIDO))
        ss = SolicitacaoServico.objects.get(pk=ss.pk)
        assert ss.estado == Estado.ACEITA
        assert ss.acesso is not None
        assert ss.acesso.historico.filter(transicao="ativar").count() == 1
        assert ss.historico.filter(para=Estado.ACEITA).count() == 1
        assert ss.historico.filter(transicao="vencer").count() == (feitos[1].feitas if efeito == "escalar" else 0)
        if efeito == "aceite_tacito":
            assert isinstance(feitos[0], RegraViolada) == (feitos[1].feitas == 1), feitos
        assert MensagemSaida.objects.filter(dono=ss.dono, assunto_tipo="ss_aceita", para="aparecida@botucatu.sp.gov.br").count() == 1
        Acesso.objects.filter(pk=ss.acesso_id).update(estado="DESATIVADO")


@pytest.mark.parametrize("efeito", ["escalar", "aceite_tacito", "pendente"])
def test_two_beats_at_once_end_each_request_once(entregue: Any, settings: Any, efeito: str) -> None:
    settings.EFEITO_DO_SILENCIO = efeito
    todas = [entregue() for _ in range(8)]
    feitos = ao_mesmo_tempo(*[lambda: acoes.vencer_prazos(agora=VENCIDO)] * 3)
    assert sum(f.feitas for f in feitos) == len(todas), feitos
    assert sum(f.falhas for f in feitos) == 0, feitos
    transicao = {"escalar": "vencer", "aceite_tacito": "aceitar_pelo_silencio", "pendente": "anotar_silencio"}[efeito]
    for ss in todas:
        assert ss.historico.filter(transicao=transicao).count() == 1
        assert MensagemSaida.objects.filter(dono=ss.dono, assunto_tipo="ss_vencida").count() == (2 if efeito == "escalar" else 0)


def test_the_sweep_does_not_wait_for_a_row_that_somebody_holds(entregue: Any) -> None:
    """``skip_locked``: the one being answered is left for the next sweep, the others end now."""
    presa, livre = entregue(), entregue()
    segura, solta = threading.Event(), threading.Event()

    def segurar() -> None:
        from django.db import transaction

        with transaction.atomic():
            fluxo.travar(SolicitacaoServico, presa.pk)
            segura.set()
            solta.wait(60)

    def varrer() -> Any:
        segura.wait(60)
        try:
            return acoes.vencer_prazos(agora=VENCIDO)
        finally:
            solta.set()

    _, feito = ao_mesmo_tempo(segurar, varrer)
    assert (feito.feitas, feito.deixadas, feito.falhas) == (1, 1, 0)
    assert SolicitacaoServico.objects.get(pk=livre.pk).estado == Estado.PRAZO_VENCIDO
    assert acoes.vencer_prazos(agora=VENCIDO).feitas == 1


def test_without_the_lock_and_the_fence_it_would_be_recorded_twice(entregue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: two sweeps that read without the lock, and write without asking for the state they read."""
    from django.db.models import QuerySet

    ss = entregue()
    encontro = threading.Barrier(2)
    original, atualizar = fluxo._agrupar, QuerySet.update

    def agrupar_juntos(*args: Any) -> None:
        original(*args)
        encontro.wait(30)

    def sem_cerca(self: Any, **campos: Any) -> int:
        return atualizar(SolicitacaoServico.objects.filter(pk=ss.pk) if "silencio_em" in campos else self, **campos)

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self.all())
    monkeypatch.setattr(QuerySet, "update", sem_cerca)
    monkeypatch.setattr(fluxo, "_agrupar", agrupar_juntos)
    feitos = ao_mesmo_tempo(*[lambda: acoes.vencer_prazos(agora=VENCIDO)] * 2)
    assert [f.feitas for f in feitos] == [1, 1], feitos
    assert ss.historico.filter(transicao="vencer").count() == 2
    assert MensagemSaida.objects.filter(dono=ss.dono, assunto_tipo="ss_vencida").count() == 2  # the outbox key still holds
