"""The worker of the ten days killed with kill -9 in the middle of its sweep: each request ends once, whole, with its letters (PRZ-02).

2 kills by default, 20 with ``PROVAS=1``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from comunicacao.models import MensagemSaida
from saog import acoes
from saog.estados import Estado, EstadoDoAcesso
from saog.models import SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa
from tests.comunicacao.test_operario import Operario
from tests.provas.mundo import DIA

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lento]


class Varredor(Operario):
    """The worker of the sweep: same start and same death."""

    aplicacao = "tests.provas.operario_ss"


@pytest.fixture
def varredor(tmp_path: Path) -> Iterator[Varredor]:
    """Dead at the end whatever happens."""
    (tmp_path / "static").mkdir()
    trabalhador = Varredor(tmp_path, 0)
    yield trabalhador
    trabalhador.matar()


def esperar(condicao: Callable[[], bool], trabalhador: Varredor, segundos: float = 120) -> None:
    """Wait until it holds; fail with the worker's log when it dies by itself or does nothing."""
    fim = time.monotonic() + segundos
    while not condicao():
        assert trabalhador.processo is not None, "sem operário"
        assert trabalhador.processo.poll() is None, trabalhador.diario()
        assert time.monotonic() < fim, trabalhador.diario()
        time.sleep(0.03)


def restam() -> int:
    """Due and not yet ended."""
    return SolicitacaoServico.objects.filter(estado=Estado.AGUARDANDO_ACEITE).count()


@pytest.mark.parametrize("efeito", ["escalar", "aceite_tacito"])
def test_killed_in_the_middle_each_request_ends_once(
    varredor: Varredor,
    efeito: str,
    responsavel_a1: Pessoa,
    responsavel_a2: Pessoa,
    analista: Pessoa,
    operadora: Pessoa,
    gestor_prodesp: Pessoa,
    provas: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: False)
    mortes, sorte = (20 if provas else 2), random.Random(20261122)
    entrega = AGORA - 40 * DIA
    solicitacoes.em_vigor(responsavel_a1, BOTUCATU, agora=entrega)
    acoes.conceder_limite(municipio_id=BOTUCATU, links=200, vale_ate=None, motivo="Prova.", por=gestor_prodesp.ator, agora=entrega)
    for n in range(4 + 4 * mortes):
        ss = solicitacoes.enviada(responsavel_a1.ator, n=n + 1, agora=entrega)
        solicitacoes.emitida(ss, analista=analista.ator, responsavel=responsavel_a1.ator, agora=entrega)
        solicitacoes.entregue(ss, operadora=operadora.ator, agora=entrega)
    # Due long ago by the machine's own clock, which the worker reads, whatever it says.
    SolicitacaoServico.objects.update(aceite_vence_em=timezone.now() - DIA)
    varredor.ambiente |= {"EFEITO_DO_SILENCIO": efeito}
    for _ in range(mortes):
        antes = restam()
        varredor.comecar()
        esperar(lambda antes=antes: restam() < antes, varredor)
        time.sleep(sorte.uniform(0, 0.4))
        varredor.matar()
    varredor.comecar()
    esperar(lambda: restam() == 0, varredor)
    varredor.matar()
    transicao, tipo = {"escalar": ("vencer", "ss_vencida"), "aceite_tacito": ("aceitar_pelo_silencio", "ss_aceita")}[efeito]
    for ss in SolicitacaoServico.objects.order_by("pk"):
        assert ss.historico.filter(transicao=transicao).count() == 1
        for pessoa in (responsavel_a1, responsavel_a2):
            assert MensagemSaida.objects.filter(dono=ss.dono, assunto_tipo=tipo, para=pessoa.usuario.email).count() == 1
        assert ss.acesso is not None
        esperado = EstadoDoAcesso.EM_SERVICO if efeito == "aceite_tacito" else EstadoDoAcesso.EM_IMPLANTACAO
        assert ss.acesso.estado == esperado
        assert ss.acesso.historico.filter(transicao="ativar").count() == (efeito == "aceite_tacito")
