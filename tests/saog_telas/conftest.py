"""Requests in each state for the screens, made through the real actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA, Pessoa
from tests.apoio.solicitacoes import DIA


def url(nome: str, ss: SolicitacaoServico | None = None, *args: Any) -> str:
    """Address of a page of the requests, of ``ss`` when given."""
    return reverse(f"saog:{nome}", args=[ss.slug, *args] if ss is not None else args)


def chave(cliente: Any, endereco: str) -> str:
    """The one-time key of the last form on the page at ``endereco``."""
    achadas = re.findall(r'name="chave" value="([0-9a-f-]{36})"', cliente.get(endereco).content.decode())
    assert achadas, f"{endereco}: sem chave única"
    return str(achadas[-1])


@dataclass(frozen=True)
class Gente:
    """Who takes part: both responsáveis of Botucatu, one of Itapeva, PRODESP, the Operadora, the auditor."""

    ana: Pessoa
    bene: Pessoa
    vizinha: Pessoa
    analista: Pessoa
    gestor: Pessoa
    operadora: Pessoa
    auditor: Pessoa


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    """The clock of the pages stands two days after the sending."""
    relogio.move_to(AGORA + 2 * DIA)


@pytest.fixture
def gente(
    responsavel_a1: Pessoa,
    responsavel_a2: Pessoa,
    responsavel_b: Pessoa,
    analista: Pessoa,
    gestor_prodesp: Pessoa,
    operadora: Pessoa,
    auditor: Pessoa,
) -> Gente:
    """The cast; Botucatu's and Itapeva's adhesions are in force."""
    solicitacoes.em_vigor(responsavel_a1, BOTUCATU)
    solicitacoes.em_vigor(responsavel_b, ITAPEVA)
    return Gente(responsavel_a1, responsavel_a2, responsavel_b, analista, gestor_prodesp, operadora, auditor)


@pytest.fixture
def rascunho(gente: Gente) -> SolicitacaoServico:
    """A filled-in draft of an ativação."""
    return solicitacoes.rascunho(gente.ana.ator)


@pytest.fixture
def enviada(gente: Gente) -> SolicitacaoServico:
    """An ativação sent at AGORA."""
    return solicitacoes.enviada(gente.ana.ator)


@pytest.fixture
def devolvida(enviada: SolicitacaoServico, gente: Gente) -> SolicitacaoServico:
    """Returned with one pendência on the opening hours."""
    return solicitacoes.devolvida(enviada, por=gente.analista.ator, agora=AGORA + DIA)


@pytest.fixture
def validada(enviada: SolicitacaoServico, gente: Gente) -> SolicitacaoServico:
    """Validated, waits for the emission."""
    from saog import acoes

    return acoes.validar(ss_id=enviada.pk, por=gente.analista.ator, agora=AGORA + DIA)


@pytest.fixture
def emitida(validada: SolicitacaoServico, gente: Gente) -> SolicitacaoServico:
    """With the Operadora."""
    from saog import acoes

    return acoes.emitir(ss_id=validada.pk, por=gente.ana.ator, agora=AGORA + DIA)


@pytest.fixture
def entregue(emitida: SolicitacaoServico, gente: Gente) -> SolicitacaoServico:
    """Delivered, waits for the answer."""
    return solicitacoes.entregue(emitida, operadora=gente.operadora.ator, agora=AGORA + DIA)


@pytest.fixture
def em_servico(gente: Gente) -> Acesso:
    """A link in service."""
    return solicitacoes.em_servico(gente.ana.ator, analista=gente.analista.ator, operadora=gente.operadora.ator)


@pytest.fixture
def encher(gente: Gente) -> Callable[..., list[Acesso]]:
    """``encher(20)`` puts that many intranet links in service in Botucatu, straight in the table, from place ``do_lugar`` on."""

    def criar(quantos: int, *, municipio_id: int = BOTUCATU, do_lugar: int = 1) -> list[Acesso]:
        from saog.models import Unidade

        unidades = Unidade.objects.bulk_create(
            Unidade(
                municipio_id=municipio_id,
                local=f"18600000|rua um|{i}",
                nome=f"Posto {i}",
                logradouro="Rua Um",
                numero=str(i),
                cep="18600000",
                contato_nome="Chefia",
                contato_telefone="1438110000",
                funcionamento="dias úteis",
                sala="Recepção",
            )
            for i in range(1, quantos + 1)
        )
        linhas = []
        for i, unidade in enumerate(unidades, do_lugar):
            novo = Acesso(
                municipio_id=municipio_id,
                unidade=unidade,
                desde=AGORA,
                servico="SCM",
                conexao="INTRANET",
                ordinal=i,
                velocidade=4,
                em_servico_desde=AGORA,
                circuito=f"BTU-{i:03d}",
            )
            novo.__dict__["estado"] = "EM_SERVICO"
            linhas.append(novo)
        return Acesso.objects.bulk_create(linhas)

    return criar
