"""Sanctions: applied with reason and evidence, told, ended with a reason or by their term, and what a total blocking stops (IP-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comunicacao.models import MensagemSaida
from contas.models import Municipio
from contas.municipios import dobrar
from enderecamento import acoes, consultas
from enderecamento.models import HistoricoSancao, Sancao
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from saog import acoes as saog
from saog.models import SolicitacaoServico
from tests.apoio import enderecos, solicitacoes
from tests.apoio.elenco import AGORA, BOTUCATU, Pessoa, vincular
from tests.documentos import fabrica
from tests.enderecamento.conftest import Cena

pytestmark = pytest.mark.django_db
DIA = dt.timedelta(days=1)
HOJE = AGORA.date()


def aplicar(cena: Cena, **mudancas: Any) -> Sancao:
    dados = {"especie": "ADVERTENCIA", "motivo": "Varredura de portas.", "por": cena.gestor, "agora": AGORA}
    return acoes.aplicar_sancao(cena.botucatu.pk, **(dados | mudancas))


def cartas(tipo: str) -> list[MensagemSaida]:
    return list(MensagemSaida.objects.filter(assunto_tipo=tipo).order_by("pk"))


def test_a_warning_is_recorded_with_history_and_told_to_each_person_of_the_prefeitura_once(
    cena: Cena, requerente: Pessoa, responsavel_a1: Pessoa
) -> None:
    vincular(requerente.usuario, "requerente", BOTUCATU)
    vincular(responsavel_a1.usuario, "requerente", BOTUCATU)  # one person, two roles
    sancao = aplicar(cena, evidencia="IDS 4411")
    assert (sancao.estado, sancao.vence_em, sancao.aplicada_por_nome) == ("VIGENTE", None, cena.gestor.nome)
    linha = HistoricoSancao.objects.get()
    assert (linha.transicao, linha.para, linha.por_papel, linha.comentario) == ("aplicar", "VIGENTE", "gestor", "Varredura de portas.")
    assert sorted(c.para for c in cartas("sancao_aplicada")) == ["aparecida@botucatu.sp.gov.br", "davi@bofete.sp.gov.br"]
    assert "Varredura de portas." in cartas("sancao_aplicada")[0].texto
    assert "IDS 4411" not in cartas("sancao_aplicada")[0].texto
    assert "escreva à PRODESP: redeip@intragov.sp.gov.br" in cartas("sancao_aplicada")[0].texto  # as the page says


def test_a_partial_blocking_names_its_sub_blocks(cena: Cena) -> None:
    meus = acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA)
    (alheio,) = acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", quantidade=1, por=cena.analista, agora=AGORA)
    for blocos in ([], [alheio.pk], [meus[0].pk, alheio.pk]):
        with pytest.raises(RegraViolada, match="Escolha os sub-blocos") as erro:
            aplicar(cena, especie="BLOQUEIO_PARCIAL", blocos=blocos)
        assert erro.value.campo == "blocos"
    assert not Sancao.objects.exists()
    sancao = aplicar(cena, especie="BLOQUEIO_PARCIAL", blocos=[meus[1].pk])
    assert [str(b) for b in sancao.sub_blocos.all()] == ["10.64.16.16/28"]
    assert "10.64.16.16/28" in cartas("sancao_aplicada")[0].texto
    assert HistoricoSancao.objects.get().dados["sub_blocos"] == ["10.64.16.16/28"]


def test_choices_that_contradict_each_other_or_add_nothing_are_refused_beside_their_field(cena: Cena) -> None:
    primeiro, segundo = (b.pk for b in acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA))

    def recusa(especie: str, *blocos: int) -> tuple[str | None, str]:
        with pytest.raises(RegraViolada) as erro:
            aplicar(cena, especie=especie, blocos=blocos)
        assert (erro.value.regra, erro.value.status) == ("IP-07", 422)
        return erro.value.campo, erro.value.mensagem

    so_do_parcial = ("blocos", "Os sub-blocos são só do bloqueio parcial: desmarque-os ou escolha o bloqueio parcial.")
    for especie in ("ADVERTENCIA", "BLOQUEIO_TOTAL"):
        assert recusa(especie, primeiro) == so_do_parcial
    assert not Sancao.objects.exists()
    parcial = aplicar(cena, especie="BLOQUEIO_PARCIAL", blocos=[primeiro])
    campo, frase = recusa("BLOQUEIO_PARCIAL", primeiro)
    assert (campo, frase) == ("blocos", "Este sub-bloco já está bloqueado. Escolha outro, ou encerre antes a sanção em vigor.")
    acoes.levantar_sancao(parcial.pk, motivo="Fim.", por=cena.gestor, agora=AGORA)
    aplicar(cena, especie="BLOQUEIO_PARCIAL", blocos=[primeiro])  # the ended one stands in nobody's way
    aplicar(cena, especie="BLOQUEIO_PARCIAL", blocos=[primeiro, segundo])
    aplicar(cena, especie="BLOQUEIO_TOTAL")
    assert recusa("BLOQUEIO_TOTAL")[0] == "especie"
    assert recusa("BLOQUEIO_PARCIAL", primeiro, segundo)[1].startswith("Estes sub-blocos já estão bloqueados.")
    assert Sancao.objects.filter(estado="VIGENTE").count() == 3
    acoes.aplicar_sancao(cena.itapeva.pk, especie="BLOQUEIO_TOTAL", motivo="x", por=cena.gestor, agora=AGORA)


@pytest.mark.parametrize(
    ("mudanca", "campo"),
    [
        ({"motivo": "  "}, "motivo"),
        ({"especie": "MULTA"}, "especie"),
        ({"vale_ate": HOJE - DIA}, "vale_ate"),
        ({"vale_ate": HOJE + 2000 * DIA}, "vale_ate"),
        ({"arquivo": SimpleUploadedFile("x.pdf", b"%PDF-1.7 nada")}, "arquivo"),
    ],
)
def test_what_is_wrong_is_refused_beside_its_field(cena: Cena, mudanca: dict[str, Any], campo: str) -> None:
    with pytest.raises(RegraViolada) as erro:
        aplicar(cena, **mudanca)
    assert erro.value.campo == campo
    assert not Sancao.objects.exists()


def test_the_evidence_may_be_a_file(cena: Cena) -> None:
    sancao = aplicar(cena, arquivo=SimpleUploadedFile("captura.pdf", fabrica.simples()))
    assert sancao.documento is not None
    assert (sancao.documento.dono, sancao.documento.especie, sancao.documento.nome_original) == (sancao.dono, "evidencia", "captura.pdf")


def test_only_a_prefeitura_in_force_is_sanctioned_and_only_by_the_gestor(cena: Cena) -> None:
    for por in (cena.analista, cena.ana):
        with pytest.raises(SemPermissao):
            aplicar(cena, por=por)
    sancao = aplicar(cena)
    for por in (cena.analista, cena.ana):
        with pytest.raises(SemPermissao):
            acoes.levantar_sancao(sancao.pk, motivo="x", por=por, agora=AGORA)


def test_it_is_lifted_once_with_a_reason_that_the_prefeitura_reads(cena: Cena) -> None:
    sancao = aplicar(cena)
    with pytest.raises(RegraViolada, match="Escreva por que a sanção termina"):
        acoes.levantar_sancao(sancao.pk, motivo="", por=cena.gestor, agora=AGORA)
    fim = acoes.levantar_sancao(sancao.pk, motivo="Máquina retirada.", por=cena.gestor, agora=AGORA + DIA)
    assert (fim.estado, fim.fim_motivo, fim.desde) == ("ENCERRADA", "Máquina retirada.", AGORA + DIA)
    assert "Máquina retirada." in cartas("sancao_encerrada")[0].texto
    with pytest.raises(TransicaoIndisponivel, match="Ação já realizada"):
        acoes.levantar_sancao(sancao.pk, motivo="De novo.", por=cena.gestor, agora=AGORA + DIA)
    assert list(sancao.historico.values_list("transicao", flat=True)) == ["aplicar", "levantar"]


def test_its_term_ends_it_at_midnight_once_however_often_the_sweep_runs(cena: Cena) -> None:
    sancao, eterna = aplicar(cena, vale_ate=HOJE), aplicar(cena)
    assert sancao.ultimo_dia == HOJE
    assert sancao.vence_em is not None
    assert acoes.encerrar_sancoes(agora=sancao.vence_em - dt.timedelta(seconds=1)) == 0
    assert [acoes.encerrar_sancoes(agora=sancao.vence_em) for _ in range(3)] == [1, 0, 0]
    sancao = Sancao.objects.get(pk=sancao.pk)
    eterna = Sancao.objects.get(pk=eterna.pk)
    assert (sancao.estado, sancao.fim_motivo, eterna.estado) == ("ENCERRADA", "O prazo terminou.", "VIGENTE")
    fim = sancao.historico.get(transicao="vencer")
    assert (fim.por_id, fim.por_nome) == (None, "Portal (automático)")
    assert len(cartas("sancao_encerrada")) == 1


def test_many_end_with_as_many_queries_as_one(cena: Cena) -> None:
    def terminar(quantas: int) -> int:
        novas = [aplicar(cena, vale_ate=HOJE) for _ in range(quantas)]
        with CaptureQueriesContext(connection) as feitas:
            assert acoes.encerrar_sancoes(agora=novas[0].vence_em or AGORA) == quantas
        return sum("SELECT" in q["sql"] or "INSERT" in q["sql"] for q in feitas.captured_queries)

    assert terminar(1) == terminar(5)
    assert len(cartas("sancao_encerrada")) == 6


def test_the_list_is_filtered_and_those_in_force_come_first(cena: Cena) -> None:
    velha = aplicar(cena)
    acoes.levantar_sancao(velha.pk, motivo="Fim.", por=cena.gestor, agora=AGORA)
    total = aplicar(cena, especie="BLOQUEIO_TOTAL")
    de_itapeva = acoes.aplicar_sancao(cena.itapeva.pk, especie="ADVERTENCIA", motivo="x", por=cena.gestor, agora=AGORA + DIA)
    assert list(consultas.sancoes({})) == [de_itapeva, total]
    assert list(consultas.sancoes({"situacao": "encerradas"})) == [velha]
    assert list(consultas.sancoes({"situacao": "todas", "busca": "Botucatu"})) == [total, velha]
    assert list(consultas.sancoes({"especie": "bloqueio_total"})) == [total]
    assert consultas.sancoes_de([BOTUCATU]) == [total, velha]
    assert consultas.sancoes_de([BOTUCATU], so_vigentes=True) == [total]


def test_the_prefeituras_to_choose_from_are_in_alphabetical_order_whatever_the_accents(cena: Cena, responsavel_b: Pessoa) -> None:
    for codigo, nome in ((3552205, "Sorocaba"), (3549805, "São José do Rio Preto"), (3503208, "Araraquara")):
        Municipio.objects.create(codigo_ibge=codigo, nome=nome, busca=dobrar(nome))
        enderecos.em_vigor(responsavel_b, codigo)
    nomes = ["Araraquara", "Botucatu", "Itapeva", "São José do Rio Preto", "Sorocaba"]
    assert [a.municipio.nome for a in consultas.sancionaveis()] == nomes


# --- What a total blocking stops ----------------------------------------------------------------------------------------
def validada(cena: Cena) -> SolicitacaoServico:
    ss = solicitacoes.enviada(cena.ana)
    saog.validar(ss_id=ss.pk, por=cena.analista, agora=AGORA)
    return ss


def emitir(cena: Cena, ss: SolicitacaoServico) -> str:
    return str(saog.emitir(ss_id=ss.pk, por=cena.ana, agora=AGORA).estado)


def test_by_default_a_blocked_prefeitura_may_still_emit(cena: Cena) -> None:
    ss = validada(cena)
    aplicar(cena, especie="BLOQUEIO_TOTAL")
    assert emitir(cena, ss) == "EMITIDA"


def test_with_the_setting_off_only_a_total_blocking_in_force_stops_emitting(cena: Cena, settings: Any) -> None:
    settings.BLOQUEADA_PODE_EMITIR = False
    ss = validada(cena)
    aplicar(cena)
    acoes.aplicar_sancao(cena.itapeva.pk, especie="BLOQUEIO_TOTAL", motivo="x", por=cena.gestor, agora=AGORA)
    total = aplicar(cena, especie="BLOQUEIO_TOTAL")
    with pytest.raises(RegraViolada, match="Enquanto durar o bloqueio, ela não emite") as erro:
        emitir(cena, ss)
    assert erro.value.regra == "IP-07"
    acoes.levantar_sancao(total.pk, motivo="Resolvido.", por=cena.gestor, agora=AGORA)
    assert emitir(cena, ss) == "EMITIDA"
