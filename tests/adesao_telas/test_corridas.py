"""Two people at once: one wins, the other reads who and when, nothing is recorded twice; and a control without the lock (PostgreSQL)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django_fsm import ConcurrentTransitionMixin

from adesao import acoes
from adesao.models import Adesao
from nucleo import fluxo
from tests.apoio.corrida import ao_mesmo_tempo
from tests.apoio.elenco import AGORA, Pessoa

from .conftest import DIA, url

pytestmark = pytest.mark.django_db(transaction=True)


def _postar(cliente: Client, endereco: str) -> Callable[[], int]:
    return lambda: cliente.post(endereco).status_code


@pytest.mark.postgres
def test_two_analysts_take_it_at_once_and_one_wins(enviada: Adesao, analista: Pessoa, analista_2: Pessoa, provas: bool) -> None:
    clientes = [analista.cliente, analista_2.cliente]
    for volta in range(200 if provas else 5):
        status = ao_mesmo_tempo(*(_postar(c, url("assumir", enviada)) for c in clientes))
        assert sorted(status) == [302, 409], status
        assert enviada.historico.filter(transicao="assumir").count() == volta + 1
        dono = next(p for p in (analista, analista_2) if p.usuario.pk == Adesao.objects.get(pk=enviada.pk).analista_id)
        acoes.liberar(adesao_id=enviada.pk, por=dono.ator, agora=AGORA + DIA)


@pytest.mark.postgres
def test_without_the_lock_it_would_be_recorded_twice(
    enviada: Adesao, analista: Pessoa, analista_2: Pessoa, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same two acts, reading without the lock and saving without the compare of the mixin."""
    encontro = threading.Barrier(2)

    def travar_sem_trava(modelo: Any, pk: Any) -> Any:
        lido = modelo._default_manager.get(pk=pk)
        encontro.wait(10)
        return lido

    monkeypatch.setattr(fluxo, "travar", travar_sem_trava)
    monkeypatch.setattr(Adesao, "_do_update", lambda self, *a, **k: super(ConcurrentTransitionMixin, self)._do_update(*a, **k))

    def assumir(pessoa: Pessoa) -> Callable[[], Any]:
        ator = pessoa.ator

        def fazer() -> Any:
            with transaction.atomic():
                return acoes.assumir(adesao_id=enviada.pk, por=ator, agora=AGORA + DIA).pk

        return fazer

    resultados = ao_mesmo_tempo(assumir(analista), assumir(analista_2))
    assert resultados == [enviada.pk, enviada.pk], resultados
    assert enviada.historico.filter(transicao="assumir").count() == 2


@pytest.mark.postgres
def test_a_double_click_on_return_is_recorded_once(em_conferencia: Adesao, analista: Pessoa) -> None:
    import uuid

    comum = {"adesao_id": em_conferencia.pk, "motivo_id": None, "por": analista.ator, "agora": AGORA + DIA}
    acoes.marcar_pendencia(tarefa="anexo1", campo="r2_cpf", texto="Confira.", **comum)
    dados, endereco = {"chave": str(uuid.uuid4())}, url("devolver", em_conferencia)
    outro = Client()
    outro.cookies.update(analista.cliente.cookies)
    status = ao_mesmo_tempo(*(lambda c=c: c.post(endereco, dados).status_code for c in (analista.cliente, outro)))
    assert status == [302, 302]
    assert em_conferencia.historico.filter(transicao="devolver").count() == 1


@pytest.mark.postgres
def test_two_approvers_with_the_same_list_never_wait_for_each_other(
    encaminhada: Adesao, outra_encaminhada: Adesao, aprovador: Pessoa
) -> None:
    outro = Client()
    outro.cookies.update(aprovador.cliente.cookies)
    slugs = [encaminhada.slug, outra_encaminhada.slug]
    pedidos = [(aprovador.cliente, slugs), (outro, slugs[::-1])]
    status = ao_mesmo_tempo(*(lambda c=c, s=s: c.post(url("aprovar_varias"), {"adesao": s}).status_code for c, s in pedidos))
    assert sorted(status) == [302, 409]
    for adesao in (encaminhada, outra_encaminhada):
        assert adesao.historico.filter(transicao="aprovar").count() == 1
