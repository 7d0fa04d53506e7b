"""The trail of audit tells the acts of every process in one list (SS-10, PRZ-02)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adesao import acoes as adesoes
from adesao.registros import FONTES_DA_TRILHA
from enderecamento import acoes as dos_blocos
from enderecamento.models import Alocacao
from saog import acoes
from saog.acoes import integracao as acoes_da_api
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOFETE, BOTUCATU, ITAPEVA, Pessoa
from tests.apoio.solicitacoes import DIA
from tests.apoio.trocas import renumerar
from tests.enderecamento.conftest import Cena, cena

from .conftest import Gente

__all__ = ["cena"]
pytestmark = pytest.mark.django_db
TRILHA = "/trilha/"


def texto(resposta: Any) -> str:
    """The page's text, spaces folded."""
    return " ".join(resposta.content.decode().split())


def atos(pagina: str) -> list[str]:
    """What the rows say was done, in their order."""
    return re.findall(r'<td class="ig-inteira"><strong>([^<]+)</strong>', pagina)


def test_each_process_registered_its_own_source() -> None:
    assert set(FONTES_DA_TRILHA) == {
        *("adesao", "bloco", "bloco-fim", "renumeracao", "sancao", "ss", "link", "sistema"),
        *("suspensao", "suspensao-fim", "limite", "limite-fim", "conta"),
    }


def test_the_acts_of_requests_and_links_are_told_newest_first(gente: Gente, entregue: SolicitacaoServico) -> None:
    acoes.aceitar(ss_id=entregue.pk, por=gente.ana.ator, agora=AGORA + 2 * DIA)
    pagina = texto(gente.auditor.cliente.get(TRILHA))
    feitos = atos(pagina)
    assert feitos[:2] == ["Link: em serviço", "Entrega aceita"]
    assert feitos.index("Entregue para aceite") < feitos.index("Validada") < feitos.index("Enviada à PRODESP")
    assert f"Solicitação {entregue.numero}" in pagina
    assert reverse("saog:historico", args=[entregue.slug]) in pagina
    assert gente.ana.usuario.nome in pagina
    assert gente.auditor.cliente.get(reverse("saog:link", args=[entregue.acesso_id])).status_code == 200


def test_one_search_and_one_filter_serve_every_process(gente: Gente, enviada: SolicitacaoServico) -> None:
    outra = solicitacoes.enviada(gente.vizinha.ator, municipio_id=ITAPEVA)
    busca = lambda **p: texto(gente.auditor.cliente.get(TRILHA, p))  # noqa: E731
    assert outra.numero not in busca(busca=enviada.numero)
    assert enviada.numero in busca(busca=enviada.numero)
    assert "Botucatu" not in busca(busca="itapeva")
    assert outra.numero in busca(busca="itapeva")
    assert enviada.numero in busca(busca=gente.ana.usuario.nome)
    so_links = busca(sobre="link")
    assert set(atos(so_links)) == {"Link: pedido"}
    assert "Nenhum ato com esta busca" in busca(busca="ninguém", sobre="ss")
    assert atos(busca(sobre="nada disso"))  # an unknown value filters nothing


def test_renumberings_and_sanctions_are_told_and_found_by_municipality(auditor: Pessoa, cena: Cena) -> None:
    blocos = dos_blocos.atribuir(cena.botucatu.pk, perfil="PRIVADO", por=cena.analista, agora=AGORA)
    renumeracao = renumerar(por=cena.gestor, blocos=blocos)
    dos_blocos.confirmar_trocas(renumeracao.pk, municipio_id=BOTUCATU, por=cena.ana, agora=AGORA + DIA)
    sancao = dos_blocos.aplicar_sancao(cena.botucatu.pk, especie="ADVERTENCIA", motivo="Varredura.", por=cena.gestor, agora=AGORA + DIA)
    tudo, dela = (texto(auditor.cliente.get(TRILHA, {"sobre": "bloco", "busca": b})) for b in ("", "botucatu"))
    assert {"Renumeração: começou", "Renumeração: trocas confirmadas", "Sanção aplicada"} <= set(atos(tudo))
    assert {"Renumeração: trocas confirmadas", "Sanção aplicada"} <= set(atos(dela))
    for caminho in (f"/renumeracoes/{renumeracao.slug}/", f"/sancoes/{sancao.pk}/"):
        assert caminho in dela
        assert auditor.cliente.get(caminho).status_code == 200
    assert not atos(texto(auditor.cliente.get(TRILHA, {"sobre": "bloco", "busca": "itapeva"})))
    dos_blocos.desfazer_renumeracao(renumeracao.pk, motivo="Engano.", por=cena.gestor, agora=AGORA + 2 * DIA)
    velho, novo = blocos[0], renumeracao.trocas.get().novo
    for endereco in (velho.rede.cidr, str(novo).split("/")[0]):
        achados = atos(texto(auditor.cliente.get(TRILHA, {"busca": endereco})))
        assert {f"Bloco {velho} atribuído", f"Bloco {novo} atribuído"} & set(achados)
        assert "Renumeração: trocas confirmadas" in achados
        assert "Sanção aplicada" not in achados
    assert atos(texto(auditor.cliente.get(TRILHA, {"busca": "zzzz"}))) == []  # it folds to one letter, which is in every name


def test_acts_on_blocks_say_in_which_role_and_from_where(auditor: Pessoa, cena: Cena) -> None:
    analista, gestor, ana = (
        replace(p, ip=ip) for p, ip in ((cena.analista, "192.0.2.1"), (cena.gestor, "192.0.2.2"), (cena.ana, "192.0.2.3"))
    )
    blocos = dos_blocos.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=6, por=analista, agora=AGORA)
    dos_blocos.devolver(blocos[5].pk, motivo="Sobrou.", por=analista, agora=AGORA)
    renumeracao = renumerar(por=gestor, blocos=blocos[:1])
    dos_blocos.confirmar_trocas(renumeracao.pk, municipio_id=BOTUCATU, por=ana, agora=AGORA + DIA)
    dos_blocos.desfazer_renumeracao(renumeracao.pk, motivo="Engano.", por=gestor, agora=AGORA + 2 * DIA)
    comecos = set(Alocacao.objects.values_list("por_papel", "ip"))
    fins = set(Alocacao.objects.filter(ate__isnull=False).values_list("fim_por_papel", "fim_ip"))
    assert comecos == fins == {("analista", "192.0.2.1"), ("gestor", "192.0.2.2")}
    confirmada = renumeracao.historico.get(transicao="confirmar")
    assert (confirmada.por_papel, confirmada.ip) == ("responsavel", "192.0.2.3")
    pagina = texto(auditor.cliente.get(TRILHA, {"sobre": "bloco"}))
    assert all(ip in pagina for ip in ("192.0.2.1", "192.0.2.2", "192.0.2.3"))


def test_what_prodesp_decided_about_a_prefeitura_is_told_as_it_was(gente: Gente) -> None:
    aqui: dict[str, Any] = {"municipio_id": BOTUCATU, "motivo": "Rede de creches.", "por": gente.gestor.ator}
    acoes.suspender_validacao(agora=AGORA, **aqui)
    acoes.retomar_validacao(agora=AGORA + DIA, **aqui)
    acoes.conceder_limite(links=25, vale_ate=dt.date(2027, 12, 31), agora=AGORA + DIA, **aqui)
    acoes.encerrar_limite(ultimo_dia=dt.date(2027, 1, 31), agora=AGORA + 2 * DIA, **aqui)
    acoes.encerrar_limite(ultimo_dia=None, agora=AGORA + 3 * DIA, **aqui)
    pagina = texto(gente.auditor.cliente.get(TRILHA, {"sobre": "decisao", "busca": gente.gestor.usuario.nome}))
    assert atos(pagina) == [
        "Limite de 25 links encerrado",
        "Limite de 25 links só até 31/01/2027",
        "Limite de 25 links concedido, até 31/12/2027",
        "Validação retomada",
        "Validação suspensa",
    ]
    assert pagina.count("Rede de creches.") == 5
    assert gente.auditor.cliente.get(reverse("saog:prefeitura_ss", args=[BOTUCATU])).status_code == 200
    assert atos(texto(gente.auditor.cliente.get(TRILHA, {"sobre": "decisao", "busca": "itapeva"}))) == []


def test_a_draft_is_told_without_a_way_into_it(gente: Gente, rascunho: SolicitacaoServico, requerente: Pessoa) -> None:
    adesao = adesoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    pagina = texto(gente.auditor.cliente.get(TRILHA))
    assert f"Adesão {adesao.numero}" in pagina
    assert adesao.slug not in pagina
    assert f"Solicitação {rascunho.numero}" in pagina
    assert rascunho.slug not in pagina


def test_a_page_of_the_trail_reads_each_process_at_once(gente: Gente, entregue: SolicitacaoServico, em_servico_2: Acesso) -> None:
    gente.auditor.cliente.get(TRILHA)
    with CaptureQueriesContext(connection) as poucas:
        primeira = gente.auditor.cliente.get(TRILHA)
    for n in range(3, 12):
        solicitacoes.enviada(gente.ana.ator, n=n)
    with CaptureQueriesContext(connection) as muitas:
        segunda = gente.auditor.cliente.get(TRILHA)
    assert len(atos(segunda.content.decode())) > len(atos(primeira.content.decode()))
    assert len(muitas) == len(poucas) <= 12
    assert any("UNION ALL" in c["sql"] and "LIMIT" in c["sql"] for c in muitas.captured_queries)


@pytest.fixture
def em_servico_2(gente: Gente) -> Acesso:
    """A second link, in service."""
    return solicitacoes.em_servico(gente.ana.ator, analista=gente.analista.ator, operadora=gente.operadora.ator, n=2)


def test_only_who_may_see_the_trail_sees_it(gente: Gente, operadora: Pessoa) -> None:
    for pessoa in (gente.ana, gente.analista, operadora):
        assert pessoa.cliente.get(TRILHA).status_code == 403


def test_a_system_is_said_to_be_of_whoever_has_it(gente: Gente) -> None:
    acoes_da_api.registrar_sistema(nome="Inventário", contato="rede@example.org", de="PRODESP", por=gente.gestor.ator, agora=AGORA)
    pagina = texto(gente.auditor.cliente.get(TRILHA, {"sobre": "sistema"}))
    assert "Sistema da PRODESP" in pagina
    assert "Sistema da Operadora" not in pagina
