"""Each page by role: 200, 403 for a page of another role, 404 for what the person may not know of (settled question 1)."""

from __future__ import annotations

import pytest

from adesao import acoes
from adesao.models import Adesao
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, CUNHA, Pessoa

from .conftest import url

pytestmark = pytest.mark.django_db

#: page → who opens it; everybody else of the cast gets 403.
LISTAS = {
    "fila": {"analista", "analista_2", "gestor_prodesp", "auditor"},
    "fila_csv": {"analista", "analista_2", "gestor_prodesp", "auditor"},
    "motivos": {"gestor_prodesp", "auditor"},
    "motivo_novo": {"gestor_prodesp"},
    "aprovacao": {"aprovador", "auditor"},
    "decididas": {"aprovador", "auditor"},
    "processos": {"analista", "analista_2", "gestor_prodesp", "auditor"},
    "trilha": {"auditor"},
}
#: page of a forwarded process → who opens it (a redirect counts as opening).
DO_PROCESSO = {
    "conferencia": {"analista", "analista_2", "gestor_prodesp", "auditor"},
    "mudancas": {"analista", "analista_2", "gestor_prodesp", "auditor", "aprovador"},
    "dossie": {"analista", "analista_2", "gestor_prodesp", "auditor", "aprovador"},
    "previa": {"analista", "analista_2", "gestor_prodesp"},
    "encaminhar": {"analista", "analista_2", "gestor_prodesp"},
    "passar": {"analista", "analista_2", "gestor_prodesp"},
    "recusar": {"aprovador"},
    "perguntar": {"aprovador"},
}
ATOS = ("assumir", "liberar", "passar", "devolver", "desfazer", "encaminhar", "pendencia", "aprovar", "recusar", "perguntar")


def test_lists_open_only_for_their_roles(elenco: dict[str, Pessoa], encaminhada: Adesao) -> None:
    for nome, pessoa in elenco.items():
        for pagina, podem in LISTAS.items():
            esperado = 302 if nome == "anonimo" else 200 if nome in podem else 403
            assert pessoa.cliente.get(url(pagina)).status_code == esperado, f"{nome} em {pagina}"


def test_pages_of_a_process_open_only_for_their_roles(elenco: dict[str, Pessoa], encaminhada: Adesao) -> None:
    for nome, pessoa in elenco.items():
        for pagina, podem in DO_PROCESSO.items():
            status = pessoa.cliente.get(url(pagina, encaminhada)).status_code
            esperados = (302,) if nome == "anonimo" else (200, 302) if nome in podem else (403,)
            assert status in esperados, f"{nome} em {pagina}"


def test_nobody_without_the_role_runs_an_act(elenco: dict[str, Pessoa], encaminhada: Adesao) -> None:
    da_prodesp = {"analista", "analista_2", "gestor_prodesp"}
    for nome, pessoa in elenco.items():
        for ato in ATOS:
            if nome not in ({"aprovador"} if ato in ("aprovar", "recusar", "perguntar") else da_prodesp):
                status = pessoa.cliente.post(url(ato, encaminhada)).status_code
                assert status == (302 if nome == "anonimo" else 403), f"{nome} em {ato}"
    assert Adesao.objects.get(pk=encaminhada.pk).estado == encaminhada.estado


def test_acts_do_not_answer_to_get(analista: Pessoa, aprovador: Pessoa, em_conferencia: Adesao) -> None:
    for ato in ("assumir", "liberar", "devolver", "desfazer", "pendencia"):
        assert analista.cliente.get(url(ato, em_conferencia)).status_code == 405
    assert aprovador.cliente.get(url("aprovar", em_conferencia)).status_code == 405


def test_a_draft_is_not_found_by_staff(requerente_outra: Pessoa, analista: Pessoa, auditor: Pessoa) -> None:
    rascunho = adesoes.adesao_em_rascunho(CUNHA, por=requerente_outra.ator)
    for pagina in ("conferencia", "dossie", "mudancas"):
        assert analista.cliente.get(url(pagina, rascunho)).status_code == 404
        assert auditor.cliente.get(url(pagina, rascunho)).status_code == 404


def test_the_approver_does_not_find_what_was_never_forwarded(aprovador: Pessoa, em_conferencia: Adesao) -> None:
    assert aprovador.cliente.get(url("dossie", em_conferencia)).status_code == 404
    assert aprovador.cliente.post(url("aprovar", em_conferencia)).status_code == 404


def test_the_auditor_reads_the_conferencia_and_finds_no_way_to_change_it(auditor: Pessoa, em_conferencia: Adesao) -> None:
    html = auditor.cliente.get(url("conferencia", em_conferencia)).content.decode()
    assert "Pendência<" not in html
    assert "Devolver" not in html
    assert "Salvar a conferência" not in html


def test_whole_cpfs_only_for_whoever_checks_and_it_is_written_down(
    analista: Pessoa, analista_2: Pessoa, auditor: Pessoa, em_conferencia: Adesao
) -> None:
    pagina = url("conferencia", em_conferencia) + "?peca=anexo1"
    assert "314.159.265-90" in analista.cliente.get(pagina).content.decode()
    for outro in (analista_2, auditor):
        html = outro.cliente.get(pagina).content.decode()
        assert "314.159.265-90" not in html
        assert "***.159.265-**" in html
    registros = em_conferencia.historico.filter(transicao="ver_cpf")
    assert [(r.por_id, r.comentario) for r in registros] == [(analista.usuario.pk, "Conferência")]


def test_opening_it_again_the_same_day_writes_one_row(analista: Pessoa, em_conferencia: Adesao) -> None:
    for _ in range(3):
        analista.cliente.get(url("conferencia", em_conferencia))
    assert em_conferencia.historico.filter(transicao="ver_cpf").count() == 1


def test_the_dossier_masks_cpfs(aprovador: Pessoa, encaminhada: Adesao) -> None:
    html = aprovador.cliente.get(url("dossie", encaminhada)).content.decode()
    assert "314.159.265-90" not in html
    assert "***.159.265-**" in html


def test_a_colleague_sees_who_holds_it_and_cannot_mark(analista_2: Pessoa, em_conferencia: Adesao) -> None:
    assert "com Graça Tavares" in analista_2.cliente.get(url("conferencia", em_conferencia)).content.decode()
    resposta = analista_2.cliente.post(url("pendencia", em_conferencia), {"marcar": "anexo1.r1_nome", "anexo1-r1_nome-texto": "x"})
    assert resposta.status_code == 403
    assert "Graça Tavares" in resposta.content.decode()
    assert not em_conferencia.pendencias.exists()


def test_after_approval_the_dossier_stays_readable(aprovador: Pessoa, encaminhada: Adesao) -> None:
    acoes.aprovar(adesao_id=encaminhada.pk, por=aprovador.ator, agora=AGORA)
    assert "Em vigor" in aprovador.cliente.get(url("dossie", encaminhada)).content.decode()
