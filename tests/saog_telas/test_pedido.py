"""The page of one request, for everybody who may read it (SS-10)."""

from __future__ import annotations

import pytest

from saog.models import SolicitacaoServico

from .conftest import Gente, url

pytestmark = pytest.mark.django_db


def test_the_page_says_the_state_who_acts_and_until_when(gente: Gente, entregue: SolicitacaoServico) -> None:
    texto = gente.ana.cliente.get(url("solicitacao", entregue)).content.decode()
    for frase in ("Aguardando aceite", "a prefeitura", "Aceitar a entrega", "BTU-SCM-004417"):
        assert frase in texto


def test_who_may_read_it_and_who_may_not(gente: Gente, enviada: SolicitacaoServico, rascunho: SolicitacaoServico) -> None:
    pagina, no_rascunho = url("solicitacao", enviada), url("solicitacao", rascunho)
    for pessoa in (gente.ana, gente.bene, gente.analista, gente.auditor):
        assert pessoa.cliente.get(pagina).status_code == 200
    assert gente.vizinha.cliente.get(pagina).status_code == 404
    assert gente.operadora.cliente.get(pagina).status_code == 403
    assert gente.analista.cliente.get(no_rascunho).status_code == 404
