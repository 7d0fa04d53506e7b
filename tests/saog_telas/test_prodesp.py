"""PRODESP's pages of the requests: queue, analysis, several at once, catalogue (SS-02, INS-03)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adesao.models import Adesao, Responsavel
from nucleo.numeracao import formatar
from saog import acoes
from saog.estados import Estado
from saog.models import (
    MotivoDeDevolucao,
    PendenciaSS,
    SolicitacaoServico,
)
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa
from tests.apoio.solicitacoes import DIA

from .conftest import Gente, chave, url

pytestmark = pytest.mark.django_db


def texto(resposta: Any) -> str:
    """The words of a page: tags out, spaces folded."""
    sem_tags = re.sub(r"<[^>]+>", " ", resposta.content.decode())
    return re.sub(r"\s+", " ", sem_tags.replace("&quot;", '"'))


def estado(ss: SolicitacaoServico) -> str:
    return str(SolicitacaoServico.objects.values_list("estado", flat=True).get(pk=ss.pk))


@pytest.fixture
def muitas(gente: Gente) -> Callable[[int], None]:
    """``muitas(60)`` puts that many requests in the queue, over all states, straight in the table."""

    def criar(quantas: int) -> None:
        # Cancelled ones need no link of their own; for the open ones a link each would be 5,000 sites.
        from saog.models import Acesso, Unidade

        base = SolicitacaoServico.objects.count()
        unidades = Unidade.objects.bulk_create(
            Unidade(municipio_id=BOTUCATU, local=f"18600000|rua dois|{base + i}", nome=f"Posto {base + i}", logradouro="Rua Dois",
                    numero=str(base + i), cep="18600000", contato_nome="Chefia", contato_telefone="1438110000",
                    funcionamento="dias úteis", sala="Recepção")
            for i in range(quantas)
        )  # fmt: skip
        acessos = []
        for i, unidade in enumerate(unidades):
            novo = Acesso(municipio_id=BOTUCATU, unidade=unidade, desde=AGORA, servico="SCM", conexao="INTRANET", ordinal=1 + i % 20,
                          velocidade=4, circuito=f"X-{base + i}")  # fmt: skip
            novo.__dict__["estado"] = "LIBERADO"
            acessos.append(novo)
        Acesso.objects.bulk_create(acessos)
        linhas = []
        for i, acesso in enumerate(acessos):
            nova = SolicitacaoServico(
                municipio_id=BOTUCATU,
                numero=formatar(2025, base + i + 1),
                tipo_id="ativacao",
                natureza="ATIVACAO",
                desde=AGORA,
                criada_em=AGORA,
                criada_por=gente.ana.usuario,
                acesso=acesso,
                titulo=f"Posto {base + i}",
                servico="SCM",
                velocidade=4,
                envios=1,
                envio_em=AGORA,
                vence_em=AGORA + (i % 30 - 5) * DIA,
                emitida_em=AGORA if i % 3 else None,
            )
            nova.__dict__["estado"] = [Estado.EM_VALIDACAO, Estado.EMITIDA, Estado.EM_ATENDIMENTO][i % 3]
            linhas.append(nova)
        SolicitacaoServico.objects.bulk_create(linhas)

    return criar


# --- Queue --------------------------------------------------------------------------------------------------------
def test_the_queue_shows_each_request_under_who_acts_now(gente: Gente, enviada: SolicitacaoServico):
    segunda = solicitacoes.enviada(gente.bene.ator, n=1)
    solicitacoes.devolvida(segunda, por=gente.analista.ator)
    terceira = solicitacoes.emitida(solicitacoes.enviada(gente.ana.ator, n=2), analista=gente.analista.ator, responsavel=gente.ana.ator)
    quarta = solicitacoes.emitida(solicitacoes.enviada(gente.ana.ator, n=3), analista=gente.analista.ator, responsavel=gente.ana.ator)
    solicitacoes.entregue(quarta, operadora=gente.operadora.ator)
    esperado = {
        "": [enviada],
        "vencidas": [],
        "prefeitura": [segunda],
        "operadora": [terceira],
        "aceite": [quarta],
        "escaladas": [],
        "concluidas": [],
        "todas": [enviada, segunda, terceira, quarta],
    }
    for corte, numeros in esperado.items():
        pagina = texto(gente.analista.cliente.get(url("fila"), {"corte": corte}))
        achados = {ss.numero for ss in (enviada, segunda, terceira, quarta) if f"{ss.numero} " in pagina}
        assert achados == {ss.numero for ss in numeros}, corte
        assert "Em validação : 1" in pagina


def test_a_request_past_its_date_is_counted_as_overdue(gente: Gente, enviada: SolicitacaoServico, relogio: Any):
    relogio.move_to(AGORA + 60 * DIA)
    pagina = texto(gente.analista.cliente.get(url("fila"), {"corte": "vencidas"}))
    assert enviada.numero in pagina
    assert "vencida há" in pagina


@pytest.mark.parametrize(
    ("filtros", "acha"),
    [
        ({"busca": "botucatú"}, True),
        ({"busca": "Vila Maria"}, True),
        ({"busca": "BTU-SCM"}, True),
        ({"busca": "itapeva"}, False),
        ({"tipo": "desativacao"}, False),
        ({"tipo": "ativacao", "servico": "SCM"}, True),
        ({"servico": "SCM_STI"}, False),
        ({"regiao": "14"}, True),
        ({"regiao": "11"}, False),
        ({"regiao": "xyz", "servico": "nada"}, True),
        ({"busca": "%"}, False),
    ],
)
def test_the_filters_find_by_city_unit_circuit_kind_service_and_region(
    gente: Gente, entregue: SolicitacaoServico, filtros: dict[str, str], acha: bool
):
    pagina = texto(gente.analista.cliente.get(url("fila"), {"corte": "todas", **filtros}))
    assert (entregue.numero in pagina) is acha
    assert ("Nenhuma solicitação com estes filtros" in pagina) is not acha


def test_a_number_is_found_with_slash_or_hyphen(gente: Gente, enviada: SolicitacaoServico):
    for busca in (enviada.numero, enviada.slug, enviada.numero[:9]):
        assert enviada.titulo in texto(gente.analista.cliente.get(url("fila"), {"busca": busca}))


def test_the_queue_asks_the_same_number_of_queries_for_five_and_for_hundreds(gente: Gente, muitas: Callable[[int], None]):
    contadas = []
    for quantas in (5, 400):
        muitas(quantas)
        for corte in ("", "todas"):
            gente.analista.cliente.get(url("fila"), {"corte": corte})
            with CaptureQueriesContext(connection) as consultas:
                assert gente.analista.cliente.get(url("fila"), {"corte": corte}).status_code == 200
            contadas.append((corte, len(consultas)))
    assert contadas[:2] == contadas[2:]


def test_the_spreadsheet_has_the_filtered_rows_and_no_formula(gente: Gente):
    solicitacoes.enviada(gente.ana.ator, mudancas={"unidade_nome": "=HYPERLINK(1)"})
    resposta = gente.analista.cliente.get(url("fila_csv"))
    assert resposta.status_code == 200
    linhas = resposta.content.decode("utf-8-sig").splitlines()
    assert linhas[0].startswith("Número;Município;Região;Unidade")
    assert "'=HYPERLINK(1)" in linhas[1]
    assert len(linhas) == 2
    assert gente.analista.cliente.get(url("fila_csv") + "?tipo=desativacao").content.decode("utf-8-sig").count("\n") == 1


@pytest.mark.parametrize(
    ("quem", "fila", "valida", "catalogo", "edita"),
    [
        ("analista", 200, 302, 403, 403),
        ("gestor", 200, 302, 200, 200),
        ("auditor", 200, 403, 200, 403),
        ("ana", 403, 403, 403, 403),
        ("operadora", 403, 403, 403, 403),
    ],
)
def test_each_role_gets_what_the_table_says(
    gente: Gente, enviada: SolicitacaoServico, quem: str, fila: int, valida: int, catalogo: int, edita: int
):
    cliente = getattr(gente, quem).cliente
    for endereco in (url("fila"), url("fila_csv"), url("analise", enviada), url("prefeituras_ss"), url("prefeitura_ss", None, BOTUCATU)):
        assert cliente.get(endereco).status_code == fila, endereco
    for endereco in (url("catalogo"), url("configuracoes")):
        assert cliente.get(endereco).status_code == catalogo, endereco
    for endereco in (url("tipo", None, "ativacao"), url("tipo_novo"), url("preco_novo"), url("motivo_novo")):
        assert cliente.get(endereco).status_code == edita, endereco
    assert cliente.post(url("validar", enviada)).status_code == valida
    assert estado(enviada) == ("VALIDADA" if valida == 302 else "EM_VALIDACAO")


def test_a_draft_is_nobodys_but_the_prefeituras(gente: Gente, rascunho: SolicitacaoServico):
    assert gente.analista.cliente.get(url("analise", rascunho)).status_code == 404


# --- Analysis -----------------------------------------------------------------------------------------------------
def test_the_analysis_shows_the_request_and_the_prefeitura_in_view(gente: Gente, em_servico: Any):
    outra = solicitacoes.enviada(gente.bene.ator, n=1)
    ss = solicitacoes.enviada(gente.ana.ator, n=7)
    pagina = texto(gente.analista.cliente.get(url("analise", ss)))
    for trecho in ("Escola 7", "3 de 20", "1 em serviço, 2 pedidos", "Sem suspensão", outra.numero, "BTU-SCM-004417", "privado, /28"):
        assert trecho in pagina, trecho


def test_an_alteration_reads_before_and_after(gente: Gente, em_servico: Any):
    ss = acoes.iniciar(municipio_id=BOTUCATU, tipo="alteracao-capacidade", acesso_id=em_servico.pk, por=gente.ana.ator, agora=AGORA)
    acoes.salvar(ss_id=ss.pk, dados={"servico": "SCM", "velocidade": "16"}, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    resposta = gente.analista.cliente.get(url("analise", ss)).content.decode()
    assert "<del>8 Mbps</del>" in resposta
    assert "<ins>16 Mbps</ins>" in resposta


def test_a_pendencia_is_marked_changed_and_taken_back(gente: Gente, enviada: SolicitacaoServico):
    cliente, motivo = gente.analista.cliente, MotivoDeDevolucao.objects.get(titulo="Endereço incompleto")
    aberta = cliente.get(url("analise", enviada), {"marcar": "cep"}).content.decode()
    assert 'id="id_pendencia_motivo"' in aberta
    r = cliente.post(url("pendencia", enviada), {"marcar": "cep", "motivo": motivo.pk, "texto": ""})
    assert r.headers["Location"].endswith("#linha-cep")
    assert PendenciaSS.objects.get().texto == motivo.texto
    cliente.post(url("pendencia", enviada), {"marcar": "cep", "motivo": "", "texto": "CEP de outra rua."})
    p = PendenciaSS.objects.get()
    assert p.texto == "CEP de outra rua."
    assert "Devolver com 1 pendência" in texto(cliente.get(url("analise", enviada)))
    cliente.post(url("retirar_pendencia", enviada, p.pk), {"marcar": "cep"})
    assert not PendenciaSS.objects.exists()


def test_a_pendencia_without_words_opens_the_row_again_with_the_error(gente: Gente, enviada: SolicitacaoServico):
    r = gente.analista.cliente.post(url("pendencia", enviada), {"marcar": "cep", "motivo": "", "texto": ""})
    assert r.status_code == 422
    assert "Escolha um motivo ou escreva o que precisa ser corrigido." in texto(r)
    r = gente.analista.cliente.post(url("pendencia", enviada), {"marcar": "nada", "motivo": "", "texto": "x"})
    assert r.status_code == 422
    assert not PendenciaSS.objects.exists()


def test_returning_twice_with_one_key_returns_once(gente: Gente, enviada: SolicitacaoServico):
    cliente = gente.analista.cliente
    acoes.marcar_pendencia(ss_id=enviada.pk, campo="cep", motivo_id=None, texto="Confira.", por=gente.analista.ator, agora=AGORA)
    uma = chave(cliente, url("analise", enviada))
    for _ in range(2):
        assert cliente.post(url("devolver", enviada), {"chave": uma}).status_code == 302
    assert enviada.historico.filter(transicao="devolver").count() == 1
    r = cliente.post(url("devolver", enviada), {})
    assert r.status_code == 409
    assert gente.analista.usuario.nome in texto(r)


def test_returning_without_a_pendencia_is_refused(gente: Gente, enviada: SolicitacaoServico):
    assert gente.analista.cliente.post(url("devolver", enviada)).status_code == 422
    assert estado(enviada) == Estado.EM_VALIDACAO


def test_what_was_read_before_a_newer_sending_decides_nothing(gente: Gente, enviada: SolicitacaoServico):
    cliente = gente.analista.cliente
    pagina = cliente.get(url("analise", enviada)).content.decode()
    lido = re.findall(r'name="lido" value="([^"]+)"', pagina)[-1]
    solicitacoes.devolvida(enviada, por=gente.analista.ator)
    acoes.salvar(
        ss_id=enviada.pk,
        dados={**solicitacoes.UBS, "numero": "122", "funcionamento": "dias úteis"},
        versao=1,
        por=gente.ana.ator,
        agora=AGORA,
    )
    acoes.enviar(ss_id=enviada.pk, por=gente.ana.ator, agora=AGORA)
    r = cliente.post(url("validar", enviada), {"lido": lido})
    assert r.status_code == 409
    assert estado(enviada) == Estado.EM_VALIDACAO
    nova = texto(cliente.get(url("analise", enviada)))
    assert "Mudou. No envio anterior: 120" in nova
    assert "No 1º envio a PRODESP pediu: Falta o horário da UBS." in nova
    assert "O que mudou desde o 1º envio" in nova


# --- Several at once ------------------------------------------------------------------------------------------------
def test_several_are_validated_with_one_confirmation(gente: Gente, enviada: SolicitacaoServico):
    outra = solicitacoes.enviada(gente.vizinha.ator, municipio_id=3522406)
    cliente = gente.analista.cliente
    pagina = cliente.get(url("validar_varias"), {"ss": [enviada.slug, outra.slug]})
    assert "Validar 2 solicitações?" in texto(pagina)
    lidos = re.findall(r'name="lido" value="([^"]+)"', pagina.content.decode())
    dados = {"ss": [enviada.slug, outra.slug], "lido": lidos, "chave": chave(cliente, url("validar_varias") + f"?ss={enviada.slug}")}
    for _ in range(2):
        assert cliente.post(url("validar_varias"), dados).status_code == 302
    assert (estado(enviada), estado(outra)) == ("VALIDADA", "VALIDADA")
    assert enviada.historico.filter(transicao="validar").count() == 1


def test_if_one_changed_nothing_is_validated_and_the_page_says_which(gente: Gente, enviada: SolicitacaoServico):
    outra = solicitacoes.enviada(gente.ana.ator, n=1)
    acoes.validar(ss_id=outra.pk, por=gente.gestor.ator, agora=AGORA)
    r = gente.analista.cliente.post(url("validar_varias"), {"ss": [enviada.slug, outra.slug]})
    assert r.status_code == 409
    pagina = texto(r)
    assert "Nada foi validado." in pagina
    assert f"{outra.numero}: está em “Validada”" in pagina
    assert estado(enviada) == Estado.EM_VALIDACAO


def test_suspended_and_marked_requests_stay_out_of_the_confirmation(gente: Gente, enviada: SolicitacaoServico):
    acoes.marcar_pendencia(ss_id=enviada.pk, campo="cep", motivo_id=None, texto="Confira.", por=gente.analista.ator, agora=AGORA)
    assert "pendência marcada" in texto(gente.analista.cliente.get(url("fila")))
    assert "tem pendência marcada" in texto(gente.analista.cliente.get(url("validar_varias"), {"ss": enviada.slug}))
    acoes.suspender_validacao(municipio_id=BOTUCATU, motivo="Débito.", por=gente.gestor.ator, agora=AGORA)
    assert "está suspensa" in texto(gente.analista.cliente.get(url("validar_varias"), {"ss": enviada.slug}))
    assert gente.analista.cliente.post(url("validar_varias"), {"ss": enviada.slug}).status_code == 422


def test_ticking_nothing_goes_back_to_the_queue(gente: Gente):
    for dados in ({}, {"ss": "xyz"}, {"ss": "2026-00001-9"}):
        assert gente.analista.cliente.get(url("validar_varias"), dados).headers["Location"] == url("fila")


def test_the_analista_and_the_gestor_find_the_queue_in_the_navigation(
    analista: Pessoa, gestor_prodesp: Pessoa, enviada: SolicitacaoServico
):
    for pessoa in (analista, gestor_prodesp):
        assert "Solicitações : 1" in texto(pessoa.cliente.get(url("fila")))
    assert 'href="/configuracoes/" aria-current="page"' in gestor_prodesp.cliente.get("/motivos/").content.decode()


def test_ten_days_without_an_answer_are_red_and_say_whom_to_speak_to(gente: Gente, entregue: SolicitacaoServico):
    Responsavel.objects.create(
        adesao=Adesao.objects.get(municipio_id=entregue.municipio_id), ordem=1, nome=gente.ana.usuario.nome, cpf="39053344705",
        telefone="1438139000", ramal="214", celular="14991234567", email=gente.ana.usuario.email.upper(), cargo="Diretora",
    )  # fmt: skip
    SolicitacaoServico.objects.filter(pk=entregue.pk).update(estado=Estado.PRAZO_VENCIDO, silencio_em=AGORA)
    SolicitacaoServico.objects.filter(pk=entregue.pk).update(aceite_vence_em=AGORA - DIA)
    pagina = texto(gente.analista.cliente.get(url("analise", entregue)))
    assert "prazo da prefeitura" not in pagina
    assert "vencida há" in pagina
    assert "Fale com a prefeitura" in pagina
    assert gente.ana.usuario.email in pagina
    assert gente.bene.usuario.email in pagina
    assert "(14) 3813-9000 ramal 214" in pagina
    assert "(14) 99123-4567" in pagina
