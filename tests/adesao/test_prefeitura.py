"""What the prefeitura does: begins, fills in, attaches, sends. The actions, without pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from celery.schedules import crontab
from django.core.files.uploadedfile import SimpleUploadedFile

from adesao import acoes, consultas, pecas, revisao
from adesao.acoes.envio import FaltaAlgo
from adesao.acoes.prefeitura import RascunhoDeOutraPessoa
from adesao.estados import Estado
from adesao.models import Adesao, RascunhoAnterior
from comunicacao.models import MensagemSaida
from documentos import pdf
from documentos.models import Documento
from intragov_portal.celery import app
from nucleo import numeracao, prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, BOFETE, CUNHA

DIA = dt.timedelta(days=1)
DEPOIS = AGORA + dt.timedelta(hours=3)


def _arquivo(conteudo: bytes | None = None, nome: str = "oficio.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nome, conteudo or adesoes.pdf_assinado(), content_type="application/pdf")


def test_a_draft_begins_with_its_number_and_its_first_history_row(requerente: Any) -> None:
    """Settled question 3: the number comes with the draft, so that the papers carry it."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    assert numeracao.valido(adesao.numero)
    assert adesao.numero.startswith("2026/")
    registro = adesao.historico.get()
    assert (registro.transicao, registro.para, registro.por_nome, registro.por_papel) == (
        "iniciar",
        "RASCUNHO",
        "Davi Moreira",
        "requerente",
    )


def test_a_second_process_never_starts_while_one_is_open(requerente: Any, requerente_2: Any) -> None:
    """ADS-10, with the number of the rule in the refusal."""
    acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    with pytest.raises(RegraViolada) as recusa:
        acoes.iniciar(municipio_id=BOFETE, por=requerente_2.ator, agora=AGORA)
    assert recusa.value.regra == "ADS-10"
    assert Adesao.objects.count() == 1


@pytest.mark.parametrize("quem", ["requerente_outra", "responsavel_a1", "analista", "gestor_prodesp", "auditor"])
def test_nobody_else_begins_for_a_prefeitura(request: pytest.FixtureRequest, quem: str) -> None:
    """Only its own requerente (settled question 1)."""
    with pytest.raises(SemPermissao):
        acoes.iniciar(municipio_id=BOFETE, por=request.getfixturevalue(quem).ator, agora=AGORA)


def test_a_discarded_draft_frees_the_municipality(requerente: Any) -> None:
    """Another adhesion, another number."""
    primeira = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    acoes.descartar(adesao_id=primeira.pk, por=requerente.ator, agora=DEPOIS)
    segunda = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=DEPOIS)
    assert segunda.numero != primeira.numero
    assert consultas.da_prefeitura(requerente.ator) == segunda


def test_wrong_typing_is_kept_as_typed(requerente: Any) -> None:
    """Nothing is lost: a wrong CPF stays in the draft, with its version."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    salvo = acoes.salvar_tarefa(
        adesao_id=adesao.pk, tarefa="anexo1", dados={"r1_cpf": "123", "r1_nome": "  Ana  "}, versao=0, por=requerente.ator, agora=AGORA
    )
    assert salvo.rascunho.dados == {"r1_cpf": "123", "r1_nome": "  Ana  "}
    assert salvo.rascunho.versao == 1


def test_the_same_text_again_changes_nothing(requerente: Any) -> None:
    """An autosave without news does not raise the version."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    for _ in range(2):
        salvo = acoes.salvar_tarefa(
            adesao_id=adesao.pk, tarefa="oficio", dados={"oficio_numero": "1/2026"}, versao=1, por=requerente.ator, agora=AGORA
        )
    assert salvo.rascunho.versao == 1


def test_in_two_tabs_of_one_person_the_newer_save_wins_and_the_older_text_is_kept(requerente: Any) -> None:
    """Settled question 7."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)

    def salvar(texto: str, versao: int) -> Any:
        return acoes.salvar_tarefa(
            adesao_id=adesao.pk, tarefa="oficio", dados={"oficio_numero": texto}, versao=versao, por=requerente.ator, agora=AGORA
        )

    salvar("1/2026", 0)
    assert not salvar("2/2026", 1).passou_por_cima
    assert salvar("3/2026", 1).passou_por_cima
    assert consultas.brutos(adesao)["oficio"] == {"oficio_numero": "3/2026"}
    assert RascunhoAnterior.objects.get().dados == {"oficio_numero": "2/2026"}


def test_an_overtaken_text_is_deleted_past_its_days_once_the_process_is_sent(requerente: Any, settings: Any) -> None:
    """LGPD, art. 15. While the prefeitura has the process it stays: the page of the task shows it."""
    settings.GUARDA_DOS_RASCUNHOS_DIAS = 30
    adesao = adesoes.adesao_em_rascunho(BOFETE, por=requerente.ator)
    for n in (29, 31, 32):
        RascunhoAnterior.objects.create(
            adesao=adesao, tarefa="oficio", dados={}, versao=1, salvo_em=AGORA - n * DIA, salvo_por=requerente.usuario
        )
    for estado, enviada, apagados in (("RASCUNHO", None, 0), ("DESCARTADA", None, 0), ("DEVOLVIDA", AGORA, 0), ("ENVIADA", AGORA, 2)):
        Adesao.objects.filter(pk=adesao.pk).update(
            estado=estado, primeiro_envio_em=enviada, envio_em=enviada, envios=1, vence_em=AGORA + 20 * DIA
        )
        assert acoes.esquecer_rascunhos(agora=AGORA, pedaco=1) == apagados, estado
    assert RascunhoAnterior.objects.get().salvo_em == AGORA - 29 * DIA
    assert app.conf.beat_schedule["adesao.esquecer_rascunhos"]["schedule"] == crontab(hour=3, minute=40)


def test_of_two_people_the_second_is_shown_both_texts(requerente: Any, requerente_2: Any) -> None:
    """Settled questions 2 and 7: nothing is silently lost; saving again from the newer version goes through."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)

    def salvar(texto: str, versao: int, quem: Any) -> Any:
        return acoes.salvar_tarefa(
            adesao_id=adesao.pk, tarefa="oficio", dados={"oficio_numero": texto}, versao=versao, por=quem.ator, agora=AGORA
        )

    salvar("1/2026", 0, requerente)
    with pytest.raises(RascunhoDeOutraPessoa) as conflito:
        salvar("2/2026", 0, requerente_2)
    assert conflito.value.atual.dados == {"oficio_numero": "1/2026"}
    assert conflito.value.meus == {"oficio_numero": "2/2026"}
    assert consultas.brutos(adesao)["oficio"] == {"oficio_numero": "1/2026"}
    assert salvar("2/2026", 1, requerente_2).rascunho.versao == 2


def test_gaps_between_applications_close_on_a_full_save(requerente: Any) -> None:
    """The row number is the anchor of a pendência: it must be the order read by the analista."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    dados = {"aplicacao_2_nome": "B", "aplicacao_2_orgao": "Y", "aplicacao_5_nome": "A", "aplicacao_5_orgao": "X", "linhas": "9"}
    salvo = acoes.salvar_tarefa(
        adesao_id=adesao.pk, tarefa="anexo2", dados=dados, versao=0, por=requerente.ator, agora=AGORA, compactar=True
    )
    assert salvo.rascunho.dados == {
        "aplicacao_1_nome": "B", "aplicacao_1_orgao": "Y", "aplicacao_2_nome": "A", "aplicacao_2_orgao": "X",
    }  # fmt: skip


def test_the_pre_check_lists_everything_with_its_rule(requerente: Any) -> None:
    """An empty draft: five tasks to fill in (letterhead is optional) and three signed copies."""
    adesao = acoes.iniciar(municipio_id=BOFETE, por=requerente.ator, agora=AGORA)
    faltas = revisao.rever(adesao).faltas
    assert [(f.tarefa, f.regra) for f in faltas] == [
        ("prefeitura", "ADS-05"), ("oficio", "ADS-05"), ("anexo1", "ADS-06"), ("anexo2", "ADS-07"), ("declaracoes", "ADS-09"),
        ("assinados", "ADS-02"), ("assinados", "ADS-02"), ("assinados", "ADS-02"),
    ]  # fmt: skip


def test_the_same_refusal_comes_past_the_screen(requerente: Any) -> None:
    """A script that sends an incomplete draft reads what the screen says; nothing is written."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    with pytest.raises(FaltaAlgo) as recusa:
        acoes.enviar(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    assert len(recusa.value.faltas) == 3
    assert not adesao.lista_de_envios.exists()
    assert not MensagemSaida.objects.exists()
    assert Adesao.objects.get().estado == Estado.RASCUNHO


def test_papers_are_made_once_per_content(requerente: Any) -> None:
    """The same data are the same row and code; another number of ofício makes another ofício and nothing else."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    primeiros = {d.especie: d for d in acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)}
    outros = {d.especie: d for d in acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=DEPOIS)}
    assert {e: d.pk for e, d in primeiros.items()} == {e: d.pk for e, d in outros.items()}
    adesoes.preencher(adesao, por=requerente.ator, agora=DEPOIS, mudancas={"oficio": {"oficio_numero": "300/2026"}})
    novos = {d.especie: d for d in acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=DEPOIS)}
    assert {e for e in novos if novos[e].pk != primeiros[e].pk} == {"oficio"}
    assert novos["oficio"].codigo != primeiros["oficio"].codigo


def test_a_signed_copy_needs_the_pdf_first(requerente: Any) -> None:
    """Nobody signs what was not made."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    with pytest.raises(RegraViolada) as recusa:
        acoes.anexar_assinado(adesao_id=adesao.pk, peca="oficio", arquivo=_arquivo(), por=requerente.ator, agora=AGORA)
    assert recusa.value.campo == "oficio"


def _pdf_com_texto(texto: str) -> bytes:
    return adesoes.pdf_assinado(texto)


@pytest.mark.parametrize("caso", ["velha", "outra peca", "outro processo", "certa", "desconhecida"])
def test_the_code_in_the_scan_must_be_of_the_current_version(requerente: Any, requerente_outra: Any, caso: str) -> None:
    """Settled question 3: an older version, another paper or another process is refused with the reason."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    antigos = {d.especie: d for d in acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)}
    adesoes.preencher(adesao, por=requerente.ator, agora=DEPOIS, mudancas={"oficio": {"oficio_numero": "300/2026"}})
    atuais = {d.especie: d for d in acoes.gerar_pecas(adesao_id=adesao.pk, por=requerente.ator, agora=DEPOIS)}
    outro = adesoes.adesao_em_rascunho(CUNHA, por=requerente_outra.ator)
    alheio = acoes.gerar_pecas(adesao_id=outro.pk, por=requerente_outra.ator, agora=AGORA)[0]
    codigo = {
        "velha": antigos["oficio"].codigo,
        "outra peca": atuais["anexo1"].codigo,
        "outro processo": alheio.codigo,
        "certa": atuais["oficio"].codigo,
        "desconhecida": "ACDE-FGHJ",
    }[caso]

    def anexar() -> Any:
        arquivo = _arquivo(_pdf_com_texto(f"Oficio codigo {codigo}"))
        return acoes.anexar_assinado(adesao_id=adesao.pk, peca="oficio", arquivo=arquivo, por=requerente.ator, agora=DEPOIS)

    if caso in ("certa", "desconhecida"):
        assert anexar().gerado == atuais["oficio"]
        return
    with pytest.raises(RegraViolada) as recusa:
        anexar()
    assert recusa.value.campo == "oficio"
    palavras = {"velha": "versão antiga", "outra peca": "outro documento", "outro processo": "outro processo"}
    assert palavras[caso] in recusa.value.mensagem
    assert not adesao.copias.exists()
    assert not Documento.objects.filter(origem="recebido", dono=adesao.dono).exists()


def test_changed_data_ask_for_a_new_signature_only_where_printed(requerente: Any) -> None:
    """Settled question 8."""
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator)
    adesoes.anexar(adesao, por=requerente.ator, agora=AGORA)
    assert revisao.rever(adesao).pode_enviar
    adesoes.preencher(adesao, por=requerente.ator, agora=DEPOIS, mudancas={"anexo1": {"r2_nome": "Mário Ferreira Neto"}})
    rev = revisao.rever(adesao)
    assert [s.peca for s in rev.situacao if not s.copia_vale] == ["anexo1"]
    assert ["dados mudaram" in f.texto for f in rev.faltas] == [True]


def test_a_delegate_brings_the_act(requerente: Any) -> None:
    """Vocabulary: a delegate with the act attached is accepted on Anexos I and II."""
    delegado = {"quem_assina": "delegado", "representante_nome": "Ana Lima", "representante_cargo": "Secretária de Governo"}
    adesao = adesoes.adesao_em_rascunho(por=requerente.ator, mudancas={"prefeitura": delegado})
    adesoes.anexar(adesao, por=requerente.ator, agora=AGORA, pecas=("oficio", "anexo1", "anexo2"))
    assert [(f.tarefa, f.campo) for f in revisao.rever(adesao).faltas] == [("assinados", "delegacao")]
    acoes.anexar_assinado(adesao_id=adesao.pk, peca="delegacao", arquivo=_arquivo(), por=requerente.ator, agora=AGORA)
    envio = acoes.enviar(adesao_id=adesao.pk, por=requerente.ator, agora=AGORA)
    assert set(consultas.pecas_do_envio(envio)) == {"oficio", "anexo1", "anexo2", "delegacao"}


def test_sending_freezes_starts_the_clocks_and_tells(requerente: Any, requerente_2: Any) -> None:
    """ADS-02, PRZ-05: 20 days for PRODESP from each sending, 120 from the first; typed rows, receipt, one message per requerente."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    assert (adesao.estado, adesao.envios, adesao.cnpj, adesao.blocos_privados, adesao.blocos_publicos) == (
        "ENVIADA", 1, "12ABC34501DE35", 5, 1,
    )  # fmt: skip
    assert adesao.primeiro_envio_em == adesao.envio_em == AGORA
    assert prazos.ultimo_dia(adesao.vence_em) == dt.date(2026, 11, 30)  # 29/11 is a Sunday
    assert prazos.ultimo_dia(adesao.limite_em) == dt.date(2027, 3, 9)
    envio = adesao.lista_de_envios.get()
    assert set(consultas.pecas_do_envio(envio)) == {"oficio", "anexo1", "anexo2"}
    assert envio.declaracoes.count() == len(envio.dados["declaracoes"]) > 5
    assert {d.por_id for d in envio.declaracoes.all()} == {requerente.usuario.pk}
    assert [(r.ordem, r.cpf, r.ramal) for r in adesao.responsaveis.all()] == [(1, "31415926590", "214"), (2, "27182818205", "")]
    assert [a.nome for a in adesao.aplicacoes.all()] == ["SAM Patrimônio", "Consulta de veículos"]
    assert envio.recibo is not None
    assert envio.recibo.especie == "recibo-1"
    mensagens = MensagemSaida.objects.order_by("para")
    assert [(m.assunto_tipo, m.para) for m in mensagens] == [
        ("adesao_enviada", "davi@bofete.sp.gov.br"),
        ("adesao_enviada", "elza@bofete.sp.gov.br"),
    ]
    assert adesao.numero in mensagens[0].texto
    assert "segunda-feira, 30/11/2026" in mensagens[0].texto


def test_the_receipt_says_what_was_sent(requerente: Any) -> None:
    """Hashes of the signed copies, who acts and until when; the QR code leads to the public verification of this very receipt."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    recibo = adesao.lista_de_envios.get().recibo
    assert recibo is not None
    assert {d["sha256"] for d in recibo.dados["documentos"]} == {d.sha256 for d in adesoes.documentos_assinados(adesao)}
    assert recibo.dados["ate_quando"] == "segunda-feira, 30/11/2026"
    pronto = pdf.garantir(recibo)
    assert pronto.situacao == Documento.Situacao.PRONTO
    assert pronto.paginas == 1


@pytest.mark.parametrize("estado", ["ENVIADA", "EM_CONFERENCIA", "ENCAMINHADA", "APROVADA"])
def test_after_sending_nothing_can_be_edited(requerente: Any, analista: Any, aprovador: Any, estado: str) -> None:
    """Until it is returned: every edit is refused with 409, and the draft stays as sent."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    if estado != "ENVIADA":
        adesoes.assumida(adesao, por=analista.ator)
    if estado in ("ENCAMINHADA", "APROVADA"):
        adesoes.encaminhada(adesao, por=analista.ator)
    if estado == "APROVADA":
        acoes.aprovar(adesao_id=adesao.pk, por=aprovador.ator, agora=DEPOIS)
    antes = consultas.brutos(adesao)
    comuns = {"adesao_id": adesao.pk, "por": requerente.ator, "agora": DEPOIS}
    for ato in (
        lambda: acoes.salvar_tarefa(tarefa="oficio", dados={"oficio_numero": "9/2026"}, versao=1, **comuns),
        lambda: acoes.gerar_pecas(**comuns),
        lambda: acoes.anexar_assinado(peca="oficio", arquivo=_arquivo(), **comuns),
        lambda: acoes.remover_assinado(peca="oficio", **comuns),
        lambda: acoes.remover_brasao(**comuns),
        lambda: acoes.enviar(**comuns),
        lambda: acoes.descartar(**comuns),
    ):
        with pytest.raises(TransicaoIndisponivel):
            ato()
    assert consultas.brutos(adesao) == antes
    assert Adesao.objects.get(pk=adesao.pk).estado == estado


def test_the_status_of_an_authorisation_is_kept_with_its_date(requerente: Any, responsavel_a1: Any) -> None:
    """ADS-08: recorded in the history; anything but *ainda não pedida* has a date; nobody from elsewhere writes it."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    aplicacao = adesao.aplicacoes.first()
    assert aplicacao is not None
    comuns = {"adesao_id": adesao.pk, "aplicacao_id": aplicacao.pk, "documento": "Ofício 12/2026", "agora": DEPOIS}
    with pytest.raises(RegraViolada) as recusa:
        acoes.registrar_autorizacao(autorizacao="autorizada", data=None, por=requerente.ator, **comuns)
    assert recusa.value.campo == "data"
    with pytest.raises(SemPermissao):
        acoes.registrar_autorizacao(autorizacao="autorizada", data=DEPOIS.date(), por=responsavel_a1.ator, **comuns)
    acoes.registrar_autorizacao(autorizacao="autorizada", data=DEPOIS.date(), por=requerente.ator, **comuns)
    aplicacao.refresh_from_db()
    assert (aplicacao.autorizacao, aplicacao.autorizacao_data) == ("autorizada", DEPOIS.date())
    assert adesao.historico.filter(transicao="autorizacao").count() == 1


def test_what_is_known_of_an_authorisation_survives_a_correction(requerente: Any, analista: Any) -> None:
    """The rows are matched by name and órgão, not made anew."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    aplicacao = adesao.aplicacoes.get(ordem=2)
    acoes.registrar_autorizacao(
        adesao_id=adesao.pk, aplicacao_id=aplicacao.pk, autorizacao="solicitada", data=AGORA.date(), documento="", por=requerente.ator,
        agora=AGORA,
    )  # fmt: skip
    adesoes.devolvida(adesoes.assumida(adesao, por=analista.ator), por=analista.ator)
    troca = {"aplicacao_1_nome": "SIAFEM", "aplicacao_1_orgao": "Fazenda"}
    adesoes.corrigida(adesao, por=requerente.ator, agora=DEPOIS, mudancas={"anexo2": troca, "anexo1": {"r2_cpf": "161.803.398-05"}})
    assert [(a.nome, a.autorizacao) for a in adesao.aplicacoes.all()] == [("SIAFEM", "pendente"), ("Consulta de veículos", "solicitada")]


def test_every_paper_of_a_sending_keeps_its_bytes(requerente: Any, analista: Any) -> None:
    """A correction replaces the copy in the draft; the first sending still shows the first file."""
    adesao = adesoes.adesao_enviada(por=requerente.ator)
    primeiro = {p: x.assinado_id for p, x in consultas.pecas_do_envio(adesao.lista_de_envios.get(ordem=1)).items()}
    adesoes.devolvida(adesoes.assumida(adesao, por=analista.ator), por=analista.ator)
    adesoes.corrigida(adesao, por=requerente.ator, agora=DEPOIS)
    assert {p: x.assinado_id for p, x in consultas.pecas_do_envio(adesao.lista_de_envios.get(ordem=1)).items()} == primeiro
    segundo = {p: x.assinado_id for p, x in consultas.pecas_do_envio(adesao.lista_de_envios.get(ordem=2)).items()}
    assert {p for p in pecas.PECAS if primeiro[p] != segundo[p]} == {"anexo1"}
