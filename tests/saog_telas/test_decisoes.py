"""What the prefeitura decides on the screens: emit, accept, refuse, answer, cancel (SS-03 to SS-05)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from documentos.models import Documento
from saog import acoes, consultas
from saog.estados import Estado
from saog.models import Acesso, Entrega, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA, Pessoa
from tests.apoio.solicitacoes import DIA

from .conftest import Gente, chave, url

pytestmark = pytest.mark.django_db


def foto(nome: str = "rack.png") -> SimpleUploadedFile:
    """A small picture as a browser sends it."""
    from io import BytesIO

    from PIL import Image

    saida = BytesIO()
    Image.new("RGB", (60, 40), "#1351B4").save(saida, "PNG")
    return SimpleUploadedFile(nome, saida.getvalue(), content_type="image/png")


def estado(ss: SolicitacaoServico) -> str:
    return str(SolicitacaoServico.objects.values_list("estado", flat=True).get(pk=ss.pk))


def baixar(pessoa: Pessoa, endereco: str) -> tuple[int, bytes]:
    """Status and bytes of a file, the stream closed."""
    resposta = pessoa.cliente.get(endereco)
    conteudo = b"".join(resposta.streaming_content) if resposta.streaming else resposta.content
    return resposta.status_code, conteudo


def decidir(gente: Gente, nome: str, ss: SolicitacaoServico, **dados: Any) -> Any:
    cliente = gente.ana.cliente
    return cliente.post(url(nome, ss), {"chave": chave(cliente, url(nome, ss)), "lido": f"{ss.envios}.{ss.entregas}", **dados})


def test_either_responsavel_emits_and_accepts(gente: Gente, validada: SolicitacaoServico) -> None:
    decidir(gente, "emitir", validada)
    assert estado(validada) == Estado.EMITIDA
    entregue = solicitacoes.entregue(validada, operadora=gente.operadora.ator, agora=AGORA + DIA)
    assert decidir(gente, "aceitar", entregue).url == url("solicitacao", entregue)
    assert estado(entregue) == Estado.ACEITA
    assert Acesso.objects.get().circuito == "BTU-SCM-004417"


def test_a_second_click_of_acceptance_is_the_first(gente: Gente, entregue: SolicitacaoServico) -> None:
    corpo = {"chave": chave(gente.ana.cliente, url("aceitar", entregue))}
    assert [gente.ana.cliente.post(url("aceitar", entregue), corpo).status_code for _ in range(2)] == [302, 302]
    assert entregue.historico.filter(transicao="aceitar").count() == 1


def test_a_stale_page_says_who_and_when(gente: Gente, entregue: SolicitacaoServico) -> None:
    acoes.recusar(ss_id=entregue.pk, motivo="Sem sinal.", por=gente.bene.ator, agora=AGORA + DIA)
    resposta = gente.ana.cliente.post(url("aceitar", entregue), {"chave": ""})
    assert resposta.status_code == 409
    assert "por Benedito Prado" in resposta.content.decode()
    solicitacoes.entregue(entregue, operadora=gente.operadora.ator, agora=AGORA + 2 * DIA)
    resposta = gente.ana.cliente.post(url("aceitar", entregue), {"lido": "1.1"})
    assert resposta.status_code == 409
    assert "mudou depois que você abriu esta página" in resposta.content.decode()
    assert estado(entregue) == Estado.AGUARDANDO_ACEITE


def test_a_refusal_needs_words_and_keeps_the_photos(gente: Gente, entregue: SolicitacaoServico) -> None:
    pagina = url("recusar", entregue)
    resposta = decidir(gente, "recusar", entregue, acao="anexar", motivo="Sem sinal na sala.", arquivo=foto())
    assert resposta.status_code == 200
    assert "Sem sinal na sala." in resposta.content.decode()
    documento = consultas.arquivos(entregue, "recusa-1")[0]
    assert str(documento.pk) in resposta.content.decode()
    assert baixar(gente.bene, url("arquivo", entregue, documento.pk))[0] == 200
    assert gente.analista.cliente.get(url("arquivo", entregue, documento.pk)).status_code == 404  # not sent yet
    assert decidir(gente, "recusar", entregue, motivo="  ").status_code == 422
    decidir(gente, "recusar", entregue, acao=f"retirar-{documento.pk}")
    assert consultas.arquivos(entregue, "recusa-1") == []
    assert decidir(gente, "recusar", entregue, motivo="Sem sinal na sala.", arquivo=foto()).status_code == 302
    assert estado(entregue) == Estado.RECUSADA
    assert len(consultas.arquivos(entregue, "recusa-1")) == 1
    texto = gente.analista.cliente.get(url("solicitacao", entregue)).content.decode()
    assert "Sem sinal na sala." in texto
    assert gente.ana.cliente.get(pagina).url == url("solicitacao", entregue)


def test_a_file_that_is_no_photo_is_refused_beside_the_field(gente: Gente, entregue: SolicitacaoServico) -> None:
    texto = SimpleUploadedFile("virus.exe", b"MZ nada", content_type="image/png")
    resposta = decidir(gente, "recusar", entregue, motivo="Não liga.", arquivo=texto)
    assert resposta.status_code == 422
    assert "id_arquivo_error" in resposta.content.decode()
    assert "Não liga." in resposta.content.decode()
    assert estado(entregue) == Estado.AGUARDANDO_ACEITE


def test_what_the_operadora_asked_is_answered(gente: Gente, emitida: SolicitacaoServico) -> None:
    acoes.atender(ss_id=emitida.pk, por=gente.operadora.ator, agora=AGORA + DIA)
    acoes.pendenciar(ss_id=emitida.pk, texto="Quem abre a sala?", por=gente.operadora.ator, agora=AGORA + DIA)
    assert decidir(gente, "responder", emitida, texto="").status_code == 422
    assert decidir(gente, "responder", emitida, texto="O zelador abre.").status_code == 302
    assert emitida.historico.get(transicao="retomar").comentario == "O zelador abre."
    emitida.refresh_from_db()
    assert emitida.pendente_desde is None


def test_cancelling_frees_the_place_and_after_attendance_it_takes_a_request(gente: Gente, emitida: SolicitacaoServico) -> None:
    outra = solicitacoes.enviada(gente.ana.ator, n=1)
    decidir(gente, "cancelar", outra, motivo="Não precisa mais.")
    assert estado(outra) == Estado.CANCELADA
    assert consultas.uso(outra.municipio_id, AGORA)["INTRANET"].usados == 1
    acoes.atender(ss_id=emitida.pk, por=gente.operadora.ator, agora=AGORA + DIA)
    assert gente.ana.cliente.post(url("cancelar", emitida), {"motivo": ""}).status_code == 409
    assert "Pedir à Operadora que pare" in gente.ana.cliente.get(url("solicitacao", emitida)).content.decode()
    resposta = gente.ana.cliente.post(url("comecar"), {"tipo": "cancelamento", "alvo": emitida.slug})
    assert resposta.url == url("preencher", SolicitacaoServico.objects.get(natureza="CANCELAMENTO"))


def test_several_validated_go_to_the_operadora_together(gente: Gente, validada: SolicitacaoServico) -> None:
    outra = acoes.validar(ss_id=solicitacoes.enviada(gente.ana.ator, n=1).pk, por=gente.analista.ator, agora=AGORA)
    corpo = {"ss": [validada.slug, outra.slug]}
    assert "Emitir 2 solicitações?" in gente.ana.cliente.get(url("emitir_varias"), corpo).content.decode()
    terceira = acoes.validar(ss_id=solicitacoes.enviada(gente.ana.ator, n=2).pk, por=gente.analista.ator, agora=AGORA)
    acoes.emitir(ss_id=terceira.pk, por=gente.bene.ator, agora=AGORA)
    resposta = gente.ana.cliente.post(url("emitir_varias"), {"ss": [*corpo["ss"], terceira.slug]})
    assert resposta.status_code == 409
    assert "Nada foi emitido" in resposta.content.decode()
    assert estado(validada) == Estado.VALIDADA
    assert "2 solicitações emitidas" in gente.ana.cliente.post(url("emitir_varias"), corpo, follow=True).content.decode()
    assert {estado(validada), estado(outra)} == {Estado.EMITIDA}


def test_the_receipt_is_made_when_asked_and_only_for_who_may(gente: Gente, enviada: SolicitacaoServico) -> None:
    recibo = enviada.lista_de_envios.get().recibo_id
    endereco = url("arquivo", enviada, recibo)
    status, conteudo = baixar(gente.ana, endereco)
    assert (status, conteudo[:5]) == (200, b"%PDF-")
    assert Documento.objects.get(pk=recibo).situacao == Documento.Situacao.PRONTO
    assert baixar(gente.auditor, endereco)[0] == 200
    assert gente.vizinha.cliente.get(endereco).status_code == 404
    assert gente.operadora.cliente.get(endereco).status_code == 404  # not emitted yet


def test_without_the_pdf_libraries_the_receipt_is_a_page_to_print(
    gente: Gente, enviada: SolicitacaoServico, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saog.pecas.pdf.disponivel", lambda: False)
    recibo = enviada.lista_de_envios.get().recibo_id
    resposta = gente.ana.cliente.get(url("arquivo", enviada, recibo))
    assert resposta.url == url("imprimir", enviada, recibo)
    assert enviada.numero in gente.ana.cliente.get(resposta.url).content.decode()


def test_a_foreign_link_is_not_there(gente: Gente, em_servico: Acesso) -> None:
    pagina = url("link", None, em_servico.pk)
    assert gente.ana.cliente.get(pagina).status_code == 200
    assert gente.auditor.cliente.get(pagina).status_code == 200
    assert gente.vizinha.cliente.get(pagina).status_code == 404


def test_the_reason_of_a_refusal_is_not_shown_as_the_reason_of_the_acceptance(gente: Gente, entregue: SolicitacaoServico) -> None:
    acoes.recusar(ss_id=entregue.pk, motivo="Sem sinal.", por=gente.ana.ator, agora=AGORA + DIA)
    assert "<strong>Motivo:</strong> Sem sinal." in gente.ana.cliente.get(url("solicitacao", entregue)).content.decode()
    solicitacoes.entregue(entregue, operadora=gente.operadora.ator, agora=AGORA + 2 * DIA)
    acoes.aceitar(ss_id=entregue.pk, por=gente.ana.ator, agora=AGORA + 2 * DIA)
    pagina = gente.ana.cliente.get(url("solicitacao", entregue)).content.decode()
    assert "A prefeitura aceitou a entrega." in pagina
    assert "Motivo:" not in pagina
    assert "Sem sinal." in pagina  # with the delivery that was refused
    assert SolicitacaoServico.objects.get(pk=entregue.pk).motivo == ""
    with pytest.raises(IntegrityError), transaction.atomic():  # the database holds it too
        SolicitacaoServico.objects.filter(pk=entregue.pk).update(motivo="Sem sinal.")


def test_a_speed_measured_well_below_the_order_is_said_before_accepting(gente: Gente, emitida: SolicitacaoServico) -> None:
    solicitacoes.entregue(emitida, operadora=gente.operadora.ator, velocidade_medida=Decimal("7.20"))
    for nome in ("solicitacao", "aceitar"):
        assert "ficou abaixo da pedida" not in gente.ana.cliente.get(url(nome, emitida)).content.decode()
    Entrega.objects.update(velocidade_medida=Decimal("2.10"))
    for nome in ("solicitacao", "aceitar"):
        pagina = gente.ana.cliente.get(url(nome, emitida)).content.decode()
        assert "2,10 Mbps medidos, 8 Mbps pedidos" in pagina
        assert pagina.index("ficou abaixo da pedida") < pagina.index("Aceitar a entrega</")
