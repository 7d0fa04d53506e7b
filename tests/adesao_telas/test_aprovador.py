"""The órgão aprovador: dossier, its single PDF, approve, refuse, ask, several at once (ADS-01, ADS-04)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from django.db import connection

from adesao import acoes, dossie
from adesao.estados import Estado
from adesao.models import Adesao
from documentos.models import Documento
from tests.apoio import adesoes
from tests.apoio.correio import CaixaDeSaida
from tests.apoio.elenco import AGORA, Pessoa
from tests.conftest import falta

from .conftest import DIA, chave, url
from .leitura import de_novo, texto

pytestmark = pytest.mark.django_db


def test_the_dossier_has_opinion_documents_data_history_and_declarations(aprovador: Pessoa, encaminhada: Adesao) -> None:
    pagina = texto(aprovador.cliente.get(url("dossie", encaminhada)))
    for trecho in (
        "Documentos conferidos e de acordo com o manual de adesão.",
        "Graça Tavares, 10/11/2026",
        "ANEXO II - Formulário Técnico",
        "SAM Patrimônio",
        "12.ABC.345/01DE-35",
        "A prefeitura paga todas as taxas",
        "Encaminhada para aprovação",
    ):
        assert trecho in pagina
    for papel in encaminhada.lista_de_envios.get().pecas.all():
        assert papel.assinado.sha256 in pagina


def test_approving_asks_once_more_and_puts_it_in_force(aprovador: Pessoa, encaminhada: Adesao, correio: CaixaDeSaida) -> None:
    pergunta = aprovador.cliente.get(url("dossie", encaminhada) + "?aprovar=1")
    assert "Aprovar a adesão de Bofete?" in texto(pergunta)
    uma = chave(aprovador.cliente, url("dossie", encaminhada) + "?aprovar=1")
    for _ in range(2):
        assert aprovador.cliente.post(url("aprovar", encaminhada), {"chave": uma}).status_code == 302
    assert de_novo(encaminhada).estado == Estado.APROVADA
    assert encaminhada.historico.filter(transicao="aprovar").count() == 1
    assert len(correio.mensagens(tipo="adesao_aprovada")) == 1
    depois = texto(aprovador.cliente.get(url("dossie", encaminhada)))
    assert "Recusar e dizer o motivo" not in depois


def test_refusing_needs_a_reason(aprovador: Pessoa, encaminhada: Adesao) -> None:
    vazia = aprovador.cliente.post(url("recusar", encaminhada), {"motivo": "  "})
    assert vazia.status_code == 422
    assert "Escreva o motivo da recusa" in texto(vazia)
    aprovador.cliente.post(url("recusar", encaminhada), {"motivo": "Fora do Termo."})
    assert de_novo(encaminhada).estado == Estado.INDEFERIDA
    assert "Fora do Termo." in texto(aprovador.cliente.get(url("dossie", encaminhada)))
    assert "Bofete" in texto(aprovador.cliente.get(url("decididas")))


def test_a_question_needs_words_and_sends_it_back(aprovador: Pessoa, encaminhada: Adesao) -> None:
    assert aprovador.cliente.post(url("perguntar", encaminhada), {"pergunta": ""}).status_code == 422
    aprovador.cliente.post(url("perguntar", encaminhada), {"pergunta": "Por que cinco blocos?"})
    assert de_novo(encaminhada).estado == Estado.EM_CONFERENCIA


def test_a_stale_decision_says_what_happened(aprovador: Pessoa, encaminhada: Adesao) -> None:
    acoes.indeferir(adesao_id=encaminhada.pk, motivo="Não.", por=aprovador.ator, agora=AGORA + DIA)
    resposta = aprovador.cliente.post(url("aprovar", encaminhada))
    assert resposta.status_code == 409
    assert "Recusada" in texto(resposta)


def test_several_are_listed_by_name_and_approved_together(aprovador: Pessoa, encaminhada: Adesao, outra_encaminhada: Adesao) -> None:
    pedido = {"adesao": [encaminhada.slug, outra_encaminhada.slug]}
    confirmacao = texto(aprovador.cliente.get(url("aprovar_varias"), pedido))
    assert "Aprovar 2 adesões?" in confirmacao
    assert "Bofete" in confirmacao
    assert "Cunha" in confirmacao
    assert "2 adesões aprovadas." in texto(aprovador.cliente.post(url("aprovar_varias"), pedido, follow=True))
    assert {de_novo(a).estado for a in (encaminhada, outra_encaminhada)} == {Estado.APROVADA}


def test_if_one_changed_nothing_is_approved_and_the_page_says_which(
    aprovador: Pessoa, encaminhada: Adesao, outra_encaminhada: Adesao
) -> None:
    acoes.perguntar(adesao_id=outra_encaminhada.pk, pergunta="Certo?", por=aprovador.ator, agora=AGORA + 2 * DIA)
    resposta = aprovador.cliente.post(url("aprovar_varias"), {"adesao": [encaminhada.slug, outra_encaminhada.slug]})
    assert resposta.status_code == 409
    pagina = texto(resposta)
    assert "Nada foi aprovado. Enquanto você conferia, uma adesão mudou." in pagina
    assert "Cunha , 2026/00002-0: está em “Em conferência”" in pagina
    assert de_novo(encaminhada).estado == Estado.ENCAMINHADA
    assert "Aprovar 1 adesão" in pagina


def test_nothing_ticked_goes_back_with_a_word(aprovador: Pessoa, encaminhada: Adesao) -> None:
    for pedido in ({}, {"adesao": ["inventada"]}, {"adesao": ["2026-99999-9"]}):
        assert "Marque na lista" in texto(aprovador.cliente.get(url("aprovar_varias"), pedido, follow=True))


def test_reading_the_dossier_writes_nothing(aprovador: Pessoa, encaminhada: Adesao) -> None:
    cliente = aprovador.cliente  # entering writes, and is over before the counting
    antes = Documento.objects.count()
    historico = encaminhada.historico.count()
    with connection.execute_wrapper(_so_leitura):
        assert cliente.get(url("dossie", encaminhada)).status_code == 200
    assert (Documento.objects.count(), encaminhada.historico.count()) == (antes, historico)


def _so_leitura(executar: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Log and session tables are left out (settled question 15)."""
    verbo = sql.lstrip().split(" ")[0].upper()
    assert verbo in {"SELECT", "SAVEPOINT", "RELEASE", "BEGIN"} or "session" in sql, sql[:200]
    return executar(sql, params, many, context)


def test_the_cover_says_everything_and_masks_cpfs(aprovador: Pessoa, encaminhada: Adesao) -> None:
    lido = dossie.ler(encaminhada, encaminhada.lista_de_envios.get(), aprovador.ator)
    dados = dossie.dados_da_capa(lido, por=aprovador.ator, agora=AGORA + 2 * DIA)
    assert dados["emitido_em"] == "11/11/2026, 10h12"
    assert dados["parecer"]["por"] == "Graça Tavares, PRODESP"
    assert len(dados["documentos"]) == 3
    assert "31415926590" not in str(dados).replace(".", "").replace("-", "")


def test_one_pdf_with_the_cover_and_the_three_originals(aprovador: Pessoa, encaminhada: Adesao) -> None:
    from documentos import pdf

    if not pdf.disponivel():
        falta(pdf.motivo_indisponivel())
    resposta = aprovador.cliente.get(url("dossie_pdf", encaminhada))
    assert resposta.status_code == 200
    assert resposta["Content-Disposition"] == 'attachment; filename="dossie-2026-00001-2.pdf"'
    assert "sandbox" in resposta["Content-Security-Policy"]
    assert resposta["X-Content-Type-Options"] == "nosniff"
    with pikepdf.open(io.BytesIO(resposta.content)) as junto, junto.open_outline() as indice:
        assert len(junto.pages) > 6
        assert len(indice.root) == 4


def test_without_the_libraries_the_page_says_so(aprovador: Pessoa, encaminhada: Adesao, monkeypatch: pytest.MonkeyPatch) -> None:
    from documentos import pdf

    monkeypatch.setattr(pdf, "disponivel", lambda: False)
    assert "Baixar em um só PDF" not in texto(aprovador.cliente.get(url("dossie", encaminhada)))
    assert aprovador.cliente.get(url("dossie_pdf", encaminhada)).status_code == 503


def test_the_trail_shows_each_act_and_finds_by_person(auditor: Pessoa, encaminhada: Adesao) -> None:
    pagina = texto(auditor.cliente.get(url("trilha")))
    assert "Encaminhada para aprovação" in pagina
    assert "Analista da PRODESP" in pagina
    assert "Encaminhada para aprovação" in texto(auditor.cliente.get(url("trilha") + "?busca=graça"))
    assert "Nenhum ato com esta busca" in texto(auditor.cliente.get(url("trilha") + "?busca=ninguém"))


def test_processes_are_found_by_state(auditor: Pessoa, encaminhada: Adesao, outra_encaminhada: Adesao, aprovador: Pessoa) -> None:
    acoes.aprovar(adesao_id=encaminhada.pk, por=aprovador.ator, agora=AGORA + DIA)
    pagina = texto(auditor.cliente.get(url("processos") + "?situacao=APROVADA"))
    assert "Bofete" in pagina
    assert "Cunha" not in pagina


def test_a_decision_over_papers_that_were_replaced_is_refused(
    aprovador: Pessoa, analista: Pessoa, requerente: Pessoa, encaminhada: Adesao, outra_encaminhada: Adesao
) -> None:
    """The page was opened; meanwhile PRODESP returned, the prefeitura corrected, and the process stands forwarded again."""

    def escondidos(endereco: str, pedido: dict[str, Any]) -> list[str]:
        return re.findall(r'name="lido" value="([^"]+)"', aprovador.cliente.get(endereco, pedido).content.decode())

    varias = {"adesao": [encaminhada.slug, outra_encaminhada.slug]}
    lidos, lido = escondidos(url("aprovar_varias"), varias), escondidos(url("dossie", encaminhada), {"aprovar": "1"})
    assert lidos == [f"{encaminhada.slug}:1", f"{outra_encaminhada.slug}:1"]
    assert set(lido) == {"1"}
    antes, depois = AGORA + 1.5 * DIA, AGORA + 2 * DIA
    acoes.perguntar(adesao_id=encaminhada.pk, pergunta="Quem assina?", por=aprovador.ator, agora=antes)
    adesoes.devolvida(encaminhada, por=analista.ator, agora=antes)
    adesoes.assumida(adesoes.corrigida(encaminhada, por=requerente.ator, agora=depois), por=analista.ator, agora=depois)
    adesoes.encaminhada(encaminhada, por=analista.ator, agora=depois)

    assert aprovador.cliente.post(url("aprovar", encaminhada), {"lido": lido[0]}).status_code == 409
    resposta = aprovador.cliente.post(url("aprovar_varias"), {**varias, "lido": lidos})
    assert resposta.status_code == 409
    assert "chegaram documentos corrigidos, leia o dossiê de novo" in texto(resposta)
    assert "Aprovar 1 adesão" in texto(resposta)
    assert {de_novo(a).estado for a in (encaminhada, outra_encaminhada)} == {Estado.ENCAMINHADA}
    aprovador.cliente.post(url("aprovar_varias"), {**varias, "lido": [f"{encaminhada.slug}:2", lidos[1]]})
    assert {de_novo(a).estado for a in (encaminhada, outra_encaminhada)} == {Estado.APROVADA}
