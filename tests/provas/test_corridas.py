"""Two people at once, with real threads and connections on PostgreSQL: one effect each time, and controls that show the race without its
fence (figure 7, faults F6 and F7 of B3). 5 rounds by default, 200 with ``PROVAS=1``.

Two analistas taking one process, two approvers and the double return are in ``tests/adesao_telas/test_corridas.py``.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django_fsm import ConcurrentTransitionMixin

from adesao import acoes
from adesao.estados import OCUPAM
from adesao.models import Adesao, Envio, RascunhoTarefa
from comunicacao.models import MensagemSaida
from contas.models import Municipio
from nucleo import fluxo
from nucleo.unicidade import uma_vez
from tests.adesao_telas.test_corridas import ao_mesmo_tempo
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, BOFETE, Pessoa
from tests.provas.mundo import DIA, endereco

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def rodadas(provas: bool) -> range:
    """How many times each race is run."""
    return range(200 if provas else 5)


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    """The pages' clock stands two days after the sending."""
    relogio.move_to(AGORA + 2 * DIA)


@pytest.fixture(autouse=True)
def _sem_fila(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker is asked: waking workers is not what races here."""
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: True)


def url(nome: str, adesao: Adesao) -> str:
    """Address of a page of the process."""
    return endereco(f"adesao:{nome}", {"numero": adesao.slug})


def copia(pessoa: Pessoa) -> Client:
    """The same session in a second window."""
    outro = Client()
    pessoa.cliente.get("/ajuda/")
    outro.cookies.update(pessoa.cliente.cookies)
    return outro


def postar(cliente: Client, caminho: str, **dados: str) -> Callable[[], int]:
    """A POST to be run in a thread; gives the status."""
    return lambda: cliente.post(caminho, dados).status_code


def limpar(adesao: Adesao) -> None:
    """Take the process and what hangs on it out of the database, as no page can, so that the next round starts from nothing."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE adesao_historicoadesao DISABLE TRIGGER USER")
        for tabela, coluna in (
            ("adesao_historicoadesao", "processo_id"),
            ("adesao_rascunhotarefa", "adesao_id"),
            ("adesao_rascunhoanterior", "adesao_id"),
        ):
            cursor.execute(f'DELETE FROM "{tabela}" WHERE "{coluna}" = %s', [adesao.pk])
        cursor.execute("DELETE FROM adesao_adesao WHERE id = %s", [adesao.pk])
        cursor.execute("ALTER TABLE adesao_historicoadesao ENABLE TRIGGER USER")


# --- Two people of one prefeitura begin at once (ADS-10) --------------------------------------------------------------


def test_two_requerentes_begin_at_once_and_one_process_exists(rodadas: range, requerente: Pessoa, requerente_2: Pessoa) -> None:
    clientes = [requerente.cliente, requerente_2.cliente]
    for _ in rodadas:
        status = ao_mesmo_tempo(*(postar(c, "/adesoes/comecar/", chave=str(uuid.uuid4())) for c in clientes))
        assert sorted(status) == [302, 422], status
        nova = Adesao.objects.get(municipio_id=BOFETE, estado__in=OCUPAM)
        assert nova.historico.filter(transicao="iniciar").count() == 1
        acoes.descartar(adesao_id=nova.pk, por=requerente.ator, agora=AGORA + DIA)


def test_without_the_constraint_and_the_lock_two_processes_would_begin(
    requerente: Pessoa, requerente_2: Pessoa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: no unique index, and a read that both do before either writes."""
    encontro = threading.Barrier(2)
    original = Adesao.objects.filter

    def esperar_o_outro(*args: Any, **kwargs: Any) -> Any:
        achado = original(*args, **kwargs)
        if "estado__in" in kwargs:
            ha = achado.exists()
            encontro.wait(10)
            return type("Lido", (), {"exists": lambda self: ha})()
        return achado

    monkeypatch.setattr(Municipio.objects, "select_for_update", lambda **_: Municipio.objects.all())
    monkeypatch.setattr(Adesao.objects, "filter", esperar_o_outro)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX adesao_uma_por_municipio")
    atores = [requerente.ator, requerente_2.ator]
    try:
        feitos = ao_mesmo_tempo(*(lambda a=a: acoes.iniciar(municipio_id=BOFETE, por=a, agora=AGORA).pk for a in atores))
        assert all(isinstance(f, int) for f in feitos), feitos
        assert len(set(feitos)) == 2
    finally:
        monkeypatch.undo()
        for adesao in Adesao.objects.filter(municipio_id=BOFETE):
            limpar(adesao)
        restricao = next(c for c in Adesao._meta.constraints if c.name == "adesao_uma_por_municipio")
        with connection.schema_editor() as editor:
            editor.add_constraint(Adesao, restricao)


def test_with_the_lock_gone_the_unique_index_still_refuses(
    requerente: Pessoa, requerente_2: Pessoa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last fence alone: two rows for one city cannot be written, whatever the code reads first."""
    acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adesao.objects.create(municipio_id=BOFETE, numero="2026/99999-9", desde=AGORA, criada_em=AGORA, criada_por=requerente_2.usuario)


# --- Sending ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pronta(requerente: Pessoa, requerente_2: Pessoa) -> Adesao:
    """A draft that may be sent."""
    adesao = adesoes.adesao_em_rascunho(BOFETE, por=requerente.ator)
    adesoes.anexar(adesao, por=requerente.ator, agora=AGORA)
    return adesao


def _devolver_de_novo(adesao: Adesao, requerente: Pessoa, analista: Pessoa) -> None:
    """From ENVIADA back to where it can be sent again."""
    agora = AGORA + 2 * DIA
    adesoes.assumida(adesao, por=analista.ator, agora=agora)
    adesoes.devolvida(adesao, por=analista.ator, agora=agora, pendencias=adesoes.PENDENCIAS[1:])
    adesoes.anexar(adesao, por=requerente.ator, agora=agora + DIA / 24, pecas=("anexo1",))


def _um_envio(adesao: Adesao, ordem: int) -> None:
    assert Envio.objects.filter(adesao=adesao).count() == ordem
    assert adesao.historico.filter(transicao="enviar").count() == ordem
    for quem in ("davi@bofete.sp.gov.br", "elza@bofete.sp.gov.br"):
        assert MensagemSaida.objects.filter(dono=adesao.dono, para=quem, chave__contains=f":enviada:{ordem}:").count() == 1


def test_a_double_click_on_send_is_one_sending_and_both_see_its_receipt(
    rodadas: range, pronta: Adesao, requerente: Pessoa, analista: Pessoa
) -> None:
    clientes = [requerente.cliente, copia(requerente)]
    for volta in rodadas:
        chave = str(uuid.uuid4())
        status = ao_mesmo_tempo(*(postar(c, url("enviar", pronta), chave=chave) for c in clientes))
        assert status == [302, 302], status
        _um_envio(pronta, volta + 1)
        _devolver_de_novo(pronta, requerente, analista)


def test_two_people_send_at_once_and_the_second_reads_who_was_first(
    rodadas: range, pronta: Adesao, requerente: Pessoa, requerente_2: Pessoa, analista: Pessoa
) -> None:
    clientes = [requerente.cliente, requerente_2.cliente]
    for volta in rodadas:
        status = ao_mesmo_tempo(*(postar(c, url("enviar", pronta), chave=str(uuid.uuid4())) for c in clientes))
        assert sorted(status) == [302, 409], status
        _um_envio(pronta, volta + 1)
        _devolver_de_novo(pronta, requerente, analista)


def test_without_the_key_and_the_lock_it_would_be_sent_twice(
    pronta: Adesao, requerente: Pessoa, requerente_2: Pessoa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both read the draft before either writes. Only the numbering's unique index is left, and it is what refuses."""
    encontro = threading.Barrier(2)

    def travar_sem_trava(modelo: Any, pk: Any) -> Any:
        lido = modelo._default_manager.get(pk=pk)
        if not getattr(linha, "ja", False):
            linha.ja = True
            encontro.wait(10)
        return lido

    linha = threading.local()
    monkeypatch.setattr(fluxo, "travar", travar_sem_trava)
    monkeypatch.setattr(Adesao, "_do_update", lambda self, *a, **k: super(ConcurrentTransitionMixin, self)._do_update(*a, **k))
    monkeypatch.setattr(acoes.envio, "_gravar_tipados", lambda adesao, limpos: None)
    atores = [requerente.ator, requerente_2.ator]
    feitos = ao_mesmo_tempo(*(lambda a=a: acoes.enviar(adesao_id=pronta.pk, por=a, agora=AGORA).ordem for a in atores))
    assert sum(f == 1 for f in feitos) == 1, feitos
    assert sum(isinstance(f, IntegrityError) for f in feitos) == 1, feitos


def test_send_against_discard_has_one_winner(rodadas: range, requerente: Pessoa, requerente_2: Pessoa, analista: Pessoa) -> None:
    vencedores = set()
    for _ in rodadas:
        adesao = adesoes.adesao_em_rascunho(BOFETE, por=requerente.ator)
        adesoes.anexar(adesao, por=requerente.ator, agora=AGORA)
        status = ao_mesmo_tempo(
            postar(requerente.cliente, url("enviar", adesao), chave=str(uuid.uuid4())),
            postar(requerente_2.cliente, url("descartar", adesao)),
        )
        assert sorted(status) == [302, 409], status
        estado = Adesao.objects.get(pk=adesao.pk).estado
        vencedores.add(estado)
        assert (estado == "ENVIADA") == (status[0] == 302)
        assert Envio.objects.filter(adesao=adesao).count() == (1 if estado == "ENVIADA" else 0)
        if estado == "ENVIADA":
            fora_do_caminho(adesao)


def fora_do_caminho(adesao: Adesao) -> None:
    """Refused, so that the city may begin again: straight in the table, as only a test may."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE adesao_adesao SET estado='INDEFERIDA', motivo='x', decidida_em=now() WHERE id=%s", [adesao.pk])


# --- PRODESP and the approver -----------------------------------------------------------------------------------------


def test_return_against_forward_has_one_winner(rodadas: range, pronta: Adesao, requerente: Pessoa, analista: Pessoa) -> None:
    """The same analista in two windows: a pendência is marked and the process returned, while the other window forwards it."""
    acoes.enviar(adesao_id=pronta.pk, por=requerente.ator, agora=AGORA)
    for _ in rodadas:
        adesoes.assumida(pronta, por=analista.ator, agora=AGORA + DIA)
        adesoes.conferida(pronta, por=analista.ator, agora=AGORA + DIA)
        ator = analista.ator
        status = ao_mesmo_tempo(
            lambda ator=ator: adesoes.devolvida(pronta, por=ator, agora=AGORA + 2 * DIA, pendencias=adesoes.PENDENCIAS[1:]).estado,
            lambda ator=ator: acoes.encaminhar(adesao_id=pronta.pk, parecer="De acordo.", por=ator, agora=AGORA + 2 * DIA).estado,
        )
        venceu = [s for s in status if isinstance(s, str)]
        perdeu = [s for s in status if not isinstance(s, str)]
        agora = Adesao.objects.get(pk=pronta.pk)
        assert venceu == [agora.estado], status
        assert [getattr(p, "status", 0) for p in perdeu] in ([409], [422]), status
        if agora.estado == "ENCAMINHADA":
            assert not agora.pendencias.filter(comunicada_em__isnull=True).exists()
        voltar(agora)


def voltar(adesao: Adesao) -> None:
    """Back to ENVIADA without pendências, straight in the table, for the next round."""
    adesao.pendencias.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE adesao_adesao SET estado='ENVIADA', analista_id=NULL, decidida_em=NULL, vence_em=conferencia_vence_em WHERE id=%s",
            [adesao.pk],
        )


def test_approve_against_ask_has_one_winner(
    rodadas: range, pronta: Adesao, requerente: Pessoa, analista: Pessoa, aprovador: Pessoa
) -> None:
    acoes.enviar(adesao_id=pronta.pk, por=requerente.ator, agora=AGORA)
    outra_janela = copia(aprovador)
    antes = 0
    for _ in rodadas:
        adesoes.assumida(pronta, por=analista.ator, agora=AGORA + DIA)
        adesoes.encaminhada(pronta, por=analista.ator, agora=AGORA + DIA)
        status = ao_mesmo_tempo(
            postar(aprovador.cliente, url("aprovar", pronta), chave=str(uuid.uuid4())),
            postar(outra_janela, url("perguntar", pronta), chave=str(uuid.uuid4()), pergunta="Quem assina?"),
        )
        assert sorted(status) == [302, 409], status
        agora = Adesao.objects.get(pk=pronta.pk)
        assert agora.estado == ("APROVADA" if status[0] == 302 else "EM_CONFERENCIA")
        decisoes = agora.historico.filter(transicao__in=("aprovar", "perguntar")).count()
        assert decisoes == antes + 1
        antes = decisoes
        voltar(agora)


# --- Two saves of one draft (settled question 7) ----------------------------------------------------------------------


def test_two_saves_of_one_draft_at_once_lose_nothing(rodadas: range, requerente: Pessoa, requerente_2: Pessoa) -> None:
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    caminho = endereco("adesao:rascunho", {"numero": adesao.slug, "tarefa": "oficio"})
    for volta in rodadas:
        atual = RascunhoTarefa.objects.filter(adesao=adesao, tarefa="oficio").first()
        versao = str(atual.versao if atual else 0)
        textos = [f"{volta}/A", f"{volta}/B"]
        clientes = [requerente.cliente, requerente_2.cliente]
        status = ao_mesmo_tempo(*(postar(c, caminho, oficio_numero=t, versao=versao) for c, t in zip(clientes, textos, strict=True)))
        assert sorted(status) == [200, 409], status
        guardado = RascunhoTarefa.objects.get(adesao=adesao, tarefa="oficio")
        assert guardado.versao == int(versao) + 1
        assert guardado.dados["oficio_numero"] == textos[status.index(200)]


def test_without_the_lock_one_text_would_be_silently_lost(
    requerente: Pessoa, requerente_2: Pessoa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both are told that it was saved, and only one text is there."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    acoes.salvar_tarefa(adesao_id=adesao.pk, tarefa="oficio", dados={}, versao=0, por=requerente.ator, agora=AGORA)
    encontro = threading.Barrier(2)
    original = RascunhoTarefa.save

    def salvar_junto(self: RascunhoTarefa, *args: Any, **kwargs: Any) -> None:
        encontro.wait(10)
        original(self, *args, **kwargs)

    monkeypatch.setattr(fluxo, "travar", lambda modelo, pk: modelo._default_manager.get(pk=pk))
    monkeypatch.setattr(RascunhoTarefa, "save", salvar_junto)
    atores = [requerente.ator, requerente_2.ator]
    feitos = ao_mesmo_tempo(
        *(
            lambda a=a, t=t: (
                acoes.salvar_tarefa(
                    adesao_id=adesao.pk, tarefa="oficio", dados={"oficio_numero": t}, versao=1, por=a, agora=AGORA
                ).rascunho.versao
            )
            for a, t in zip(atores, ("A", "B"), strict=True)
        )
    )
    assert feitos == [2, 2], feitos
    assert not adesao.rascunhos_anteriores.exists()


# --- The key itself ---------------------------------------------------------------------------------------------------


def test_the_same_key_at_once_runs_the_act_once(rodadas: range, requerente: Pessoa) -> None:
    ator = requerente.ator
    for _ in rodadas:
        chave, vezes = uuid.uuid4(), []

        def fazer(vezes: list[int] = vezes) -> dict[str, int]:
            vezes.append(1)
            return {"n": len(vezes)}

        feitos = ao_mesmo_tempo(*(lambda c=chave, f=fazer: uma_vez(c, ato="prova", por=ator, fazer=f) for _ in range(3)))
        assert feitos == [{"n": 1}] * 3, feitos
