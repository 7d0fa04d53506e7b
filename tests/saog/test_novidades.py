"""The news of a prefeitura that ask nothing of it, on both databases (the query joins four registers)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saog import acoes, consultas
from saog.acoes import integracao
from saog.consultas.tempo import ACONTECEU
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA
from tests.apoio.solicitacoes import DIA

from .conftest import Atores

pytestmark = pytest.mark.django_db


def lidas(atores: Atores, *, quem: str = "ana", agora: dt.datetime = AGORA + 9 * DIA) -> list[tuple[str, str]]:
    por = getattr(atores, quem)
    return [(n.titulo, n.onde) for n in consultas.novidades(BOTUCATU, para=por.usuario_id, agora=agora)]


def test_what_others_did_is_told_once_per_request_newest_first_in_one_query(atores: Atores):
    assert lidas(atores) == []
    a, ope = atores, atores.operadora
    primeira, segunda, terceira = (
        solicitacoes.emitida(solicitacoes.enviada(a.ana, n=n), analista=a.analista, responsavel=a.ana) for n in (1, 2, 3)
    )
    acoes.atender(ss_id=primeira.pk, por=ope, agora=AGORA + DIA, previsao=dt.date(2026, 12, 4))
    acoes.atender(ss_id=segunda.pk, por=ope, agora=AGORA + DIA)
    acoes.agendar(
        ss_id=segunda.pk, visita_em=dt.datetime(2026, 11, 13, 9, 30, tzinfo=AGORA.tzinfo), texto="", por=ope, agora=AGORA + 2 * DIA
    )
    acoes.declarar_inviavel(ss_id=terceira.pk, motivo="Sem rede na rua.", por=ope, agora=AGORA + 3 * DIA)
    aqui: dict[str, Any] = {"municipio_id": BOTUCATU, "motivo": "Creches.", "por": a.gestor}
    acoes.conceder_limite(links=25, vale_ate=None, agora=AGORA + 4 * DIA, **aqui)
    assert lidas(atores)[0] == ("A prefeitura pode ter 25 links de intranet", "")
    acoes.encerrar_limite(ultimo_dia=dt.date(2026, 12, 31), agora=AGORA + 5 * DIA, **aqui)
    acoes.suspender_validacao(municipio_id=ITAPEVA, motivo="Débito.", por=a.gestor, agora=AGORA)
    acoes.retomar_validacao(municipio_id=ITAPEVA, motivo="Pago.", por=a.gestor, agora=AGORA)
    with CaptureQueriesContext(connection) as feitas:
        todas = consultas.novidades(BOTUCATU, para=a.ana.usuario_id, agora=AGORA + 9 * DIA)
    assert len(feitas) == 1
    assert [(n.titulo, n.onde) for n in todas] == [
        ("O limite de 25 links vale só até 31/12/2026", ""),
        ("A Operadora não pode atender", "Escola 3"),
        ("Visita marcada", "Escola 2"),
        ("A Operadora começou", "Escola 1"),
    ]
    assert [n.texto for n in todas[1:]] == [
        "Sem rede na rua.",
        "sexta-feira, 13/11/2026, às 09h30.",
        "Previsão: sexta-feira, 04/12/2026.",
    ]
    assert lidas(atores, quem="bene") == [(n.titulo, n.onde) for n in todas]
    assert lidas(atores, agora=AGORA + 40 * DIA) == []  # no news any more


def test_what_waits_for_the_prefeitura_and_ones_own_acts_are_no_news(atores: Atores):
    ss = solicitacoes.emitida(solicitacoes.enviada(atores.ana), analista=atores.analista, responsavel=atores.ana)
    solicitacoes.entregue(ss, operadora=atores.operadora)
    assert lidas(atores) == []
    acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=atores.ana, agora=AGORA + DIA)
    assert lidas(atores) == []
    assert lidas(atores, quem="bene") == [("Aparecida Nunes recusou a entrega", "UBS Vila Maria")]


def test_every_act_on_a_request_has_its_words(atores: Atores):
    """The timeline and the trail would show the code of an act that has none."""
    codigo = "".join(p.read_text() for p in Path(acoes.__file__).parent.glob("*.py"))
    anotados = set(re.findall(r'anotar\(\s*ss, "([a-z_]+)"', codigo))
    assert {"marco", "nota", "prever", "prorrogar", "iniciar"} <= anotados
    assert anotados <= set(ACONTECEU)
    ss = solicitacoes.emitida(solicitacoes.enviada(atores.ana), analista=atores.analista, responsavel=atores.ana)
    for dia in (dt.date(2026, 12, 4), dt.date(2026, 12, 11)):
        integracao.prever(ss_id=ss.pk, previsao=dia, por=atores.operadora, agora=AGORA + DIA)
    ditas = consultas.andamento(ss, atores.ana).todos[-2:]
    assert [(e["titulo"], e["texto"]) for e in ditas] == [
        ("Previsão mudada", "Para sexta-feira, 04/12/2026"),
        ("Previsão mudada", "De sexta-feira, 04/12/2026 para sexta-feira, 11/12/2026"),
    ]
