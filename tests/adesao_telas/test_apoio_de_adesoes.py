"""The helper of the tests makes true adhesions."""

from __future__ import annotations

import datetime as dt

import pytest

from adesao.estados import Estado
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, Pessoa

pytestmark = pytest.mark.django_db
DIA = dt.timedelta(days=1)


def test_a_sent_adhesion_has_three_papers_and_twenty_days(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    envio = adesao.lista_de_envios.get()
    assert adesao.estado == Estado.ENVIADA
    assert {p.peca for p in envio.pecas.all()} == {"oficio", "anexo1", "anexo2"}
    assert adesao.vence_em is not None
    assert adesao.vence_em - AGORA > 20 * DIA


def test_the_whole_way_back_and_forth(requerente: Pessoa, analista: Pessoa) -> None:
    adesao = adesoes.assumida(adesoes.adesao_enviada(por=requerente.ator), por=analista.ator, agora=AGORA + DIA)
    adesao = adesoes.devolvida(adesao, por=analista.ator, agora=AGORA + 2 * DIA)
    assert adesao.estado == Estado.DEVOLVIDA
    adesao = adesoes.corrigida(adesao, por=requerente.ator, agora=AGORA + 4 * DIA)
    assert (adesao.rotulo, adesao.envios) == ("Corrigida", 2)
    adesao = adesoes.encaminhada(adesoes.assumida(adesao, por=analista.ator), por=analista.ator, agora=AGORA + 5 * DIA)
    assert adesao.estado == Estado.ENCAMINHADA


def test_the_gate_takes_the_copies_too(requerente: Pessoa) -> None:
    adesao = adesoes.adesao_enviada(por=requerente.ator, rapido=False, assinaturas=1)
    assinados = adesoes.documentos_assinados(adesao)
    assert [d.dados["assinaturas"] for d in assinados] == [1, 1, 1]
