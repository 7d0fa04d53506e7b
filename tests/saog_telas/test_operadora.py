"""The Operadora's pages: orders, one order with its acts, delivery with files, agenda (SS-03 to SS-05)."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documentos.models import Documento
from saog import acoes
from saog.estados import Estado
from saog.models import Entrega, Marco, SolicitacaoServico
from tests.apoio import adesoes, solicitacoes
from tests.apoio.elenco import AGORA, Pessoa
from tests.apoio.solicitacoes import DIA
from tests.documentos import fabrica

from .conftest import Gente, chave, url
from .test_prodesp import estado, texto

pytestmark = pytest.mark.django_db
ENTREGA = {"circuito": "BTU-SCM-004417", "equipamento": "Roteador 2 portas", "velocidade_medida": "7,95", "perda": "0", "atraso": "14,5"}


def pdf(nome: str = "testes.pdf") -> SimpleUploadedFile:
    """Test results as a browser sends them."""
    return SimpleUploadedFile(nome, adesoes.pdf_assinado(), content_type="application/pdf")


def foto(nome: str = "rack.jpg") -> SimpleUploadedFile:
    """A photo of a telephone."""
    return SimpleUploadedFile(nome, fabrica.imagem("JPEG", tamanho=(2400, 1800)), content_type="image/jpeg")


@pytest.fixture
def atendida(emitida: SolicitacaoServico, gente: Gente) -> SolicitacaoServico:
    """In attendance since AGORA + 1 day."""
    return acoes.atender(ss_id=emitida.pk, por=gente.operadora.ator, agora=AGORA + DIA)


# --- Lists --------------------------------------------------------------------------------------------------------
def test_an_operadora_lands_on_its_orders(gente: Gente, emitida: SolicitacaoServico):
    cliente = gente.operadora.cliente
    assert cliente.get(reverse("entrada")).headers["Location"] == url("ordens")
    pagina = texto(cliente.get(url("ordens")))
    assert emitida.numero in pagina
    assert "Ordens : 1" in pagina


def test_each_cut_holds_its_orders(gente: Gente, atendida: SolicitacaoServico):
    cliente, por = gente.operadora.cliente, gente.operadora.ator

    def corte() -> list[str]:
        cortes = ("novas", "atendimento", "pendentes", "recusadas", "aceite", "concluidas")
        return [c for c in cortes if atendida.numero in texto(cliente.get(url("ordens"), {"corte": c}))]

    assert corte() == ["atendimento"]
    acoes.pendenciar(ss_id=atendida.pk, texto="Liberem a sala.", por=por, agora=AGORA + DIA)
    assert corte() == ["pendentes"]
    acoes.retomar(ss_id=atendida.pk, texto="", por=por, agora=AGORA + DIA)
    dados = acoes.DadosDaEntrega(circuito="C", equipamento="E")
    acoes.entregar(ss_id=atendida.pk, dados=dados, por=por, agora=AGORA + DIA)
    assert corte() == ["aceite"]
    acoes.recusar(ss_id=atendida.pk, motivo="Sem sinal.", por=gente.ana.ator, agora=AGORA + DIA)
    assert corte() == ["recusadas"]
    solicitacoes.entregue(atendida, operadora=por, agora=AGORA + DIA)
    acoes.aceitar(ss_id=atendida.pk, por=gente.ana.ator, agora=AGORA + DIA)
    assert corte() == ["concluidas"]


def test_what_was_not_emitted_is_unknown_to_the_operadora(gente: Gente, enviada: SolicitacaoServico, validada: SolicitacaoServico):
    for endereco in (url("ordem", enviada), url("ordem_entregar", validada), url("ordem_ato", validada, "comecar")):
        assert gente.operadora.cliente.get(endereco).status_code == 404
    assert enviada.numero not in texto(gente.operadora.cliente.get(url("ordens")))


@pytest.mark.parametrize(
    ("quem", "le", "age"), [("operadora", 200, 302), ("auditor", 200, 403), ("analista", 403, 403), ("gestor", 403, 403), ("ana", 403, 403)]
)
def test_each_role_gets_what_the_table_says(gente: Gente, emitida: SolicitacaoServico, quem: str, le: int, age: int):
    cliente = getattr(gente, quem).cliente
    for endereco in (url("ordens"), url("ordem", emitida), url("agenda")):
        assert cliente.get(endereco).status_code == le, endereco
    assert cliente.post(url("ordem_ato", emitida, "comecar"), {"previsao": ""}).status_code == age
    assert estado(emitida) == ("EM_ATENDIMENTO" if age == 302 else "EMITIDA")
    assert cliente.post(url("ordem_entregar", emitida), {"acao": "entregar"}).status_code in (403, 422)


def test_the_orders_ask_the_same_number_of_queries_for_two_and_for_twelve(gente: Gente):
    contadas = []
    for primeira, ate in ((1, 3), (3, 13)):
        for n in range(primeira, ate):
            solicitacoes.emitida(solicitacoes.enviada(gente.ana.ator, n=n), analista=gente.analista.ator, responsavel=gente.ana.ator)
        gente.operadora.cliente.get(url("ordens"))
        with CaptureQueriesContext(connection) as consultas:
            gente.operadora.cliente.get(url("ordens"))
        contadas.append(len(consultas))
    assert contadas[0] == contadas[1]


def test_the_wished_day_comes_first(gente: Gente):
    for n, dia in ((1, ""), (2, "20/12/2026"), (3, "01/12/2026")):
        ss = solicitacoes.enviada(gente.ana.ator, n=n, mudancas={"data_desejada": dia})
        solicitacoes.emitida(ss, analista=gente.analista.ator, responsavel=gente.ana.ator)
    pagina = texto(gente.operadora.cliente.get(url("ordens")))
    assert pagina.index("Escola 3") < pagina.index("Escola 2") < pagina.index("Escola 1")


# --- One order ----------------------------------------------------------------------------------------------------
def test_the_order_has_every_fact_the_technician_needs(gente: Gente, emitida: SolicitacaoServico):
    pagina = texto(gente.operadora.cliente.get(url("ordem", emitida)))
    for fato in (
        "UBS Vila Maria",
        "Rua das Acácias",
        "18600-000",
        "Gerente da UBS",
        "(14) 3811-1400",
        "7h às 17h",
        "rack de parede",
        "8 Mbps",
    ):
        assert fato in pagina, fato
    assert "Começar o atendimento" in pagina
    assert "Ordem para imprimir" in pagina


def test_an_alteration_order_shows_the_site_as_it_stands(gente: Gente, em_servico: Any):
    ss = acoes.iniciar(
        municipio_id=em_servico.municipio_id, tipo="alteracao-titularidade", acesso_id=em_servico.pk, por=gente.ana.ator, agora=AGORA
    )
    acoes.salvar(ss_id=ss.pk, dados={"titular": "Secretaria de Saúde"}, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    solicitacoes.emitida(ss, analista=gente.analista.ator, responsavel=gente.ana.ator)
    pagina = texto(gente.operadora.cliente.get(url("ordem", ss)))
    for fato in ("Secretaria de Saúde", "Gerente da UBS, (14) 3811-1400", "BTU-SCM-004417", "Sala e rack"):
        assert fato in pagina, fato


def test_half_a_change_of_address_says_so_and_turning_off_asks_for_nothing_installed(gente: Gente, em_servico: Any):
    """The old link of a change of address, through every list to its delivery (SS-06)."""
    nova, velha = acoes.iniciar_mudanca(acesso_id=em_servico.pk, por=gente.ana.ator, agora=AGORA)
    dados = {"desligar_em": "30/11/2026", "justificativa": "Mudança."}
    acoes.salvar(ss_id=velha.pk, dados=dados, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=velha.pk, por=gente.ana.ator, agora=AGORA)
    assert "Mudança de endereço: UBS Vila Maria" in texto(gente.ana.cliente.get(url("para_fazer")))
    assert "da mudança de endereço" in texto(gente.analista.cliente.get(url("fila")))
    solicitacoes.emitida(velha, analista=gente.analista.ator, responsavel=gente.ana.ator)
    assert "Mudança de endereço: UBS Vila Maria" in texto(gente.ana.cliente.get(url("solicitacoes")))
    cliente = gente.operadora.cliente
    assert "da mudança de endereço" in texto(cliente.get(url("ordens")))
    onde = {"unidade_nome": "UBS Nova", "numero": "900"}
    acoes.salvar(ss_id=nova.pk, dados={**solicitacoes.UBS, **onde}, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=nova.pk, por=gente.ana.ator, agora=AGORA)
    solicitacoes.emitida(nova, analista=gente.analista.ator, responsavel=gente.ana.ator)
    assert f'<a href="{url("ordem", nova)}">Solicitação {nova.numero}</a>' in cliente.get(url("ordem", velha)).content.decode()
    acoes.atender(ss_id=velha.pk, por=gente.operadora.ator, agora=AGORA)
    assert texto(cliente.get(url("ordem", velha))).count("Rua das Acácias, 120") == 2  # in the change of address, and where to go
    pagina = texto(cliente.get(url("ordem_entregar", velha)))
    assert "O que foi feito" in pagina
    assert "Número do circuito" not in pagina
    assert cliente.post(url("ordem_entregar", velha), {"acao": "entregar", "observacao": "Desligado."}).status_code == 302
    assert estado(velha) == Estado.AGUARDANDO_ACEITE


def test_an_order_to_stop_another_leads_to_it(gente: Gente, atendida: SolicitacaoServico):
    fim = gente.ana.cliente.post(url("comecar"), {"alvo": atendida.slug})  # the kind is the portal's business
    ss = SolicitacaoServico.objects.get(alvo=atendida)
    assert fim.headers["Location"] == url("preencher", ss)
    acoes.salvar(ss_id=ss.pk, dados={"justificativa": "A unidade fechou."}, versao=0, por=gente.ana.ator, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=gente.ana.ator, agora=AGORA)
    solicitacoes.emitida(ss, analista=gente.analista.ator, responsavel=gente.ana.ator)
    pagina = gente.operadora.cliente.get(url("ordem", ss)).content.decode()
    assert f'<a href="{url("ordem", atendida)}">ordem {atendida.numero}</a>' in pagina


def test_the_order_is_started_once_with_the_expected_day(gente: Gente, emitida: SolicitacaoServico):
    cliente, endereco = gente.operadora.cliente, url("ordem_ato", emitida, "comecar")
    r = cliente.post(endereco, {"previsao": "01/01/2020"})
    assert r.status_code == 422
    assert 'value="01/01/2020"' in r.content.decode()
    uma = chave(cliente, endereco)
    for _ in range(2):
        assert cliente.post(endereco, {"previsao": "30/11/2026", "chave": uma}).status_code == 302
    assert emitida.historico.filter(transicao="atender").count() == 1
    r = cliente.post(endereco, {"previsao": ""})
    assert r.status_code == 409
    assert gente.operadora.usuario.nome in texto(r)
    assert cliente.get(endereco).headers["Location"] == url("ordem", emitida)
    assert "segunda-feira, 30/11/2026" in texto(cliente.get(url("ordem", emitida)))


def test_a_visit_is_scheduled_in_the_future_and_shown_in_the_agenda(gente: Gente, atendida: SolicitacaoServico):
    cliente, endereco = gente.operadora.cliente, url("ordem_ato", atendida, "agendar")
    for dados, frase in (
        ({"dia": "", "hora": "9"}, "Escreva a hora como em 14:30."),
        ({"dia": "11/11/2026", "hora": "00:01"}, "A visita precisa ser depois de agora."),
        ({"dia": "01/01/2026", "hora": "09:00"}, "11/11/2026"),
    ):
        r = cliente.post(endereco, dados)
        assert r.status_code == 422
        assert frase in texto(r)
    assert cliente.post(endereco, {"dia": "20/11/2026", "hora": "9h30", "texto": "Dois técnicos."}).status_code == 302
    agenda = texto(cliente.get(url("agenda")))
    assert "sexta-feira, 20/11/2026" in agenda
    assert "09h30: UBS Vila Maria, Botucatu" in agenda


def test_a_visit_whose_day_passed_stays_on_the_agenda_while_the_order_goes_on(gente: Gente, atendida: SolicitacaoServico, relogio: Any):
    acoes.agendar(ss_id=atendida.pk, visita_em=AGORA + 3 * DIA, texto="", por=gente.operadora.ator, agora=AGORA + DIA)
    relogio.move_to(AGORA + 30 * DIA)
    agenda = texto(gente.operadora.cliente.get(url("agenda")))
    assert "O dia já passou, e a ordem continua" in agenda
    assert "Nenhuma visita marcada" in agenda


def test_milestones_are_from_the_list_or_free(gente: Gente, atendida: SolicitacaoServico):
    cliente, endereco = gente.operadora.cliente, url("ordem_ato", atendida, "marco")
    for dados, frase in (
        ({"codigo": "outro", "nome": "", "situacao": "feito", "dia": "10/11/2026"}, "Diga o que foi feito."),
        ({"codigo": "projeto", "situacao": "feito", "dia": "20/11/2026"}, "não pode ter data futura"),
        ({"codigo": "projeto", "situacao": "previsto", "dia": "01/11/2026"}, "não pode ter data passada"),
        ({"codigo": "nada", "situacao": "feito", "dia": "10/11/2026"}, "Escolha uma opção da lista."),
    ):
        r = cliente.post(endereco, dados)
        assert r.status_code == 422
        assert frase in texto(r)
    assert cliente.post(endereco, {"codigo": "projeto", "situacao": "feito", "dia": "10/11/2026"}).status_code == 302
    previsto = {"codigo": "outro", "nome": "Poste trocado", "situacao": "previsto", "dia": "25/11/2026", "texto": "Com a CPFL."}
    assert cliente.post(endereco, previsto).status_code == 302
    assert list(Marco.objects.order_by("pk").values_list("codigo", flat=True)) == ["projeto", "outro-poste-trocado"]
    assert "Poste trocado Com a CPFL." in texto(cliente.get(url("ordem", atendida)))


def test_waiting_for_the_prefeitura_is_clocked(gente: Gente, atendida: SolicitacaoServico, relogio: Any):
    acoes.pendenciar(ss_id=atendida.pk, texto="Liberem a sala.", por=gente.operadora.ator, agora=AGORA + 2 * DIA)
    relogio.move_to(AGORA + 5 * DIA)
    cliente = gente.operadora.cliente
    pagina = texto(cliente.get(url("ordem", atendida)))
    assert "Esperando a prefeitura há 3 dias" in pagina
    assert "Liberem a sala." in pagina
    assert cliente.get(url("ordem_ato", atendida, "pedir")).status_code == 302  # one wait at a time
    assert cliente.post(url("ordem_ato", atendida, "retomar"), {"texto": ""}).status_code == 302
    assert "Já esperou pela prefeitura: 3 dias" in texto(cliente.get(url("ordem", atendida)))
    assert cliente.post(url("ordem_ato", atendida, "pedir"), {"texto": " "}).status_code == 422
    assert cliente.post(url("ordem_ato", atendida, "pedir"), {"texto": "Liberem de novo."}).status_code == 302


def test_impossible_needs_a_reason(gente: Gente, emitida: SolicitacaoServico):
    cliente, endereco = gente.operadora.cliente, url("ordem_ato", emitida, "inviavel")
    r = cliente.post(endereco, {"motivo": ""})
    assert r.status_code == 422
    assert "Escreva por que não é possível atender: a prefeitura vai ler." in texto(r)
    assert cliente.post(endereco, {"motivo": "Sem rede na rua."}).status_code == 302
    assert estado(emitida) == Estado.INVIAVEL
    assert "Sem rede na rua." in texto(cliente.get(url("ordem", emitida)))
    assert cliente.get(url("ordem_ato", emitida, "nada")).status_code == 404


# --- Delivery -----------------------------------------------------------------------------------------------------
def test_a_delivery_says_what_is_missing_and_keeps_what_was_typed(gente: Gente, atendida: SolicitacaoServico):
    r = gente.operadora.cliente.post(
        url("ordem_entregar", atendida), {**ENTREGA, "circuito": "", "velocidade_medida": "rápido", "perda": "101", "acao": "entregar"}
    )
    assert r.status_code == 422
    pagina = texto(r)
    for frase in ("Informe o número do circuito.", "Escreva o número como em 7,95.", "Confira."):
        assert frase in pagina, frase
    assert 'value="Roteador 2 portas"' in r.content.decode()
    assert estado(atendida) == Estado.EM_ATENDIMENTO


def test_files_are_put_in_and_taken_out_before_delivering(gente: Gente, atendida: SolicitacaoServico):
    cliente, endereco = gente.operadora.cliente, url("ordem_entregar", atendida)
    r = cliente.post(endereco, {**ENTREGA, "acao": "incluir"})
    assert r.status_code == 422
    assert "Escolha o arquivo" in texto(r)
    r = cliente.post(endereco, {**ENTREGA, "acao": "incluir", "arquivo": SimpleUploadedFile("v.exe", b"MZ" + b"0" * 99)})
    assert r.status_code == 422
    assert "brasão" not in texto(r)
    r = cliente.post(endereco, {**ENTREGA, "acao": "incluir", "arquivo": pdf()})
    assert r.status_code == 200
    assert 'value="BTU-SCM-004417"' in r.content.decode()
    cliente.post(endereco, {**ENTREGA, "acao": "incluir", "arquivo": foto()})
    dois = list(Documento.objects.filter(especie="entrega-1").order_by("criado_em", "pk"))
    assert {d.tipo_mime for d in dois} == {"application/pdf", "image/jpeg"}
    r = cliente.post(endereco, {**ENTREGA, "retirar": str(dois[0].pk)})
    assert r.status_code == 200
    assert Documento.objects.filter(especie="entrega-1").count() == 1
    assert cliente.post(endereco, {"retirar": "xyz"}).status_code == 404
    assert estado(atendida) == Estado.EM_ATENDIMENTO


def test_a_delivery_with_its_file_happens_once(gente: Gente, atendida: SolicitacaoServico):
    cliente, endereco = gente.operadora.cliente, url("ordem_entregar", atendida)
    uma = chave(cliente, endereco)
    for _ in range(2):
        r = cliente.post(endereco, {**ENTREGA, "acao": "entregar", "chave": uma, "arquivo": pdf()})
        assert r.status_code == 302
    entrega = Entrega.objects.get()
    assert (entrega.velocidade_medida, entrega.perda, entrega.atraso) == (Decimal("7.95"), Decimal(0), Decimal("14.50"))
    assert Documento.objects.filter(especie="entrega-1").count() == 1
    pagina = texto(cliente.get(url("ordem", atendida)))
    assert "Espere a resposta da prefeitura" in pagina
    assert "testes.pdf" in pagina
    assert "Emitida à Operadora" in pagina
    assert "Rascunho começado" not in pagina  # what came before the emission is the prefeitura's
    assert cliente.post(endereco, {**ENTREGA, "acao": "entregar"}).status_code == 409
    assert cliente.get(endereco).status_code == 302


def test_after_a_refusal_the_reason_is_read_and_the_order_starts_again(gente: Gente, entregue: SolicitacaoServico):
    acoes.recusar(ss_id=entregue.pk, motivo="Sem sinal na sala.", por=gente.ana.ator, agora=AGORA + DIA)
    cliente = gente.operadora.cliente
    pagina = texto(cliente.get(url("ordem", entregue)))
    assert "A prefeitura recusou a entrega" in pagina
    assert "Sem sinal na sala." in pagina
    assert cliente.post(url("ordem_ato", entregue, "comecar"), {"previsao": ""}).status_code == 302
    assert 'value="BTU-SCM-004417"' in cliente.get(url("ordem_entregar", entregue)).content.decode()


def test_a_page_drawn_before_the_refusal_delivers_nothing(gente: Gente, atendida: SolicitacaoServico):
    cliente, endereco = gente.operadora.cliente, url("ordem_entregar", atendida)
    lido = re.findall(r'name="lido" value="([^"]+)"', cliente.get(endereco).content.decode())[-1]
    acoes.entregar(
        ss_id=atendida.pk, dados=acoes.DadosDaEntrega(circuito="A", equipamento="B"), por=gente.operadora.ator, agora=AGORA + DIA
    )
    acoes.recusar(ss_id=atendida.pk, motivo="Não.", por=gente.ana.ator, agora=AGORA + DIA)
    acoes.atender(ss_id=atendida.pk, por=gente.operadora.ator, agora=AGORA + DIA)
    assert cliente.post(endereco, {**ENTREGA, "acao": "entregar", "lido": lido}).status_code == 409
    assert Entrega.objects.count() == 1


def test_the_order_prints_and_its_files_download(operadora: Pessoa, gente: Gente, atendida: SolicitacaoServico):
    documento = Documento.objects.get(dono=atendida.dono, especie="ordem")
    r = operadora.cliente.get(url("imprimir", atendida, documento.uuid))
    assert r.status_code == 200
    assert "UBS Vila Maria" in r.content.decode()
    gente.operadora.cliente.post(url("ordem_entregar", atendida), {"acao": "incluir", "arquivo": pdf()})
    arquivo = Documento.objects.get(especie="entrega-1")
    baixado = operadora.cliente.get(url("arquivo", atendida, arquivo.uuid))
    assert b"".join(baixado.streaming_content).startswith(b"%PDF-")
    assert gente.ana.cliente.get(url("arquivo", atendida, arquivo.uuid)).status_code == 404  # not before the delivery


def test_a_refused_file_and_wrong_fields_are_said_at_once(gente: Gente, atendida: SolicitacaoServico):
    pagina = url("ordem_entregar", atendida)
    ruim = SimpleUploadedFile("virus.exe", b"MZ nada", content_type="application/octet-stream")
    r = gente.operadora.cliente.post(pagina, {"acao": "entregar", "circuito": "", "equipamento": "", "arquivo": ruim})
    assert r.status_code == 422
    lida = r.content.decode()
    assert {"circuito", "equipamento"} <= set(r.context["form"].errors)
    assert 'href="#id_circuito"' in lida
    assert 'href="#id_arquivo"' in lida
    quantos = len(r.context["form"].errors) + 1
    assert f"Há {quantos} campos para corrigir" in lida
    so_o_arquivo = gente.operadora.cliente.post(pagina, {"acao": "incluir"}).content.decode()
    assert "Há 1 campo para corrigir" in so_o_arquivo
    assert 'href="#id_circuito"' not in so_o_arquivo


def test_the_address_says_the_city(gente: Gente, emitida: SolicitacaoServico):
    for pessoa, pagina in ((gente.operadora, url("ordem", emitida)), (gente.ana, url("solicitacao", emitida))):
        assert "Rua das Acácias, 120, Vila Maria, Botucatu, 18600-000" in texto(pessoa.cliente.get(pagina)), pagina


# --- The API's page -----------------------------------------------------------------------------------------------
def test_the_operadora_finds_the_api_in_its_menu_with_the_guide(gente: Gente, settings: Any):
    from saog.acoes import integracao

    sistema = integracao.registrar_sistema(nome="OSS", contato="oss@operadora.example", por=gente.gestor.ator, agora=AGORA)
    _, segredo = integracao.criar_token(
        sistema_id=sistema.pk, nome="Produção", escopos=["ler"], dias=365, por=gente.gestor.ator, agora=AGORA
    )
    cliente = gente.operadora.cliente
    assert f'href="{url("api")}"' in cliente.get(url("ordens")).content.decode()
    pagina = cliente.get(url("api")).content.decode()
    for parte in (f"{settings.ENDERECO_PUBLICO}/api/operadora/v1", "/api/operadora/v1/openapi.json", url("api_guia"), "OSS", "Produção"):
        assert parte in pagina, parte
    assert segredo not in pagina
    guia = cliente.get(url("api_guia"))
    assert guia["Content-Disposition"] == 'attachment; filename="api-operadora.md"'
    assert b"API da Operadora" in b"".join(guia.streaming_content)
    for pessoa in (gente.ana, gente.analista):
        assert [pessoa.cliente.get(url(n)).status_code for n in ("api", "api_guia")] == [403, 403]
    assert gente.auditor.cliente.get(url("api")).status_code == 200


def test_where_the_guide_is_not_installed_its_address_is_not_found(gente: Gente, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from saog.views import guia_da_api

    monkeypatch.setattr(guia_da_api, "GUIA", tmp_path / "nada.md")
    assert gente.operadora.cliente.get(url("api_guia")).status_code == 404
