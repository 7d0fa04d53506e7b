"""The letters of the requests: each kind renders, says the four facts, and names the day where there is one (PRZ-03)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from comunicacao.models import MensagemSaida
from nucleo import prazos
from nucleo.prazos import dia_por_extenso
from saog import acoes
from saog.models import Acesso, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import AGORA
from tests.apoio.solicitacoes import DIA

from .conftest import Atores

pytestmark = pytest.mark.django_db

PASTA = Path(__file__).resolve().parents[2] / "saog" / "notificacoes"
#: Kinds whose reader has something to do until a day.
COM_DIA = {"ss_enviada", "ss_devolvida", "ss_entregue", "ss_lembrete", "ss_vencida", "ss_vencida_prodesp"}
#: Proved where they are made: a deadline moved by an outage, and what a sweep of many sends to PRODESP in one letter.
NOUTRO_TESTE = {"ss_prorrogada", "ss_vencidas_prodesp"}


def tipos_do_codigo() -> set[str]:
    """Every kind of letter that the code can write."""
    textos = [n.value for f in PASTA.glob("*.py") for n in ast.walk(ast.parse(f.read_text())) if isinstance(n, ast.Constant)]
    return {t for t in textos if isinstance(t, str) and re.fullmatch(r"ss_[a-z_]+", t)}


def _tudo(a: Atores) -> dict[str, str]:
    """Play enough for one letter of each kind; kind → a day that it has to name."""
    dias: dict[str, str] = {}
    ss = solicitacoes.devolvida(solicitacoes.enviada(a.ana), por=a.analista)
    dias["ss_devolvida"] = dia_por_extenso(prazos.ultimo_dia(ss.vence_em))  # type: ignore[arg-type]
    acoes.salvar(
        ss_id=ss.pk, dados={**solicitacoes.UBS, "velocidade": "10", "funcionamento": "dias úteis"}, versao=1, por=a.ana, agora=AGORA
    )
    acoes.enviar(ss_id=ss.pk, por=a.ana, agora=AGORA)
    ss.refresh_from_db(fields=["vence_em"])
    dias["ss_enviada"] = dia_por_extenso(prazos.ultimo_dia(ss.vence_em))  # type: ignore[arg-type]
    solicitacoes.emitida(ss, analista=a.analista, responsavel=a.ana)
    acoes.atender(ss_id=ss.pk, por=a.operadora, agora=AGORA, previsao=(AGORA + 9 * DIA).date())
    acoes.agendar(ss_id=ss.pk, visita_em=AGORA + DIA, texto="", por=a.operadora, agora=AGORA)
    acoes.pendenciar(ss_id=ss.pk, texto="Quem abre a sala?", por=a.operadora, agora=AGORA)
    acoes.retomar(ss_id=ss.pk, texto="O vigilante.", por=a.ana, agora=AGORA)
    dados = acoes.DadosDaEntrega(circuito="BTU-1", equipamento="Roteador")
    acoes.entregar(ss_id=ss.pk, dados=dados, por=a.operadora, agora=AGORA)
    acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=a.ana, agora=AGORA)
    acoes.atender(ss_id=ss.pk, por=a.operadora, agora=AGORA)
    entrega = acoes.entregar(ss_id=ss.pk, dados=dados, por=a.operadora, agora=AGORA)
    ultimo = prazos.ultimo_dia(entrega.aceite_vence_em)
    dias |= dict.fromkeys(("ss_entregue", "ss_lembrete", "ss_vencida"), dia_por_extenso(ultimo))
    acoes.lembrar_aceite(agora=prazos.meia_noite(ultimo) + DIA / 2)
    acoes.vencer_prazos(agora=entrega.aceite_vence_em + DIA)
    acoes.aceitar(ss_id=ss.pk, por=a.ana, agora=entrega.aceite_vence_em + 2 * DIA)
    acoes.cancelar(ss_id=solicitacoes.enviada(a.ana, n=1).pk, motivo="", por=a.ana, agora=AGORA)
    outra = solicitacoes.emitida(solicitacoes.enviada(a.ana, n=2), analista=a.analista, responsavel=a.ana)
    acoes.declarar_inviavel(ss_id=outra.pk, motivo="Sem rede na rua.", por=a.operadora, agora=AGORA)
    acoes.suspender_validacao(municipio_id=ss.municipio_id, motivo="Fatura em aberto.", por=a.gestor, agora=AGORA)
    acoes.retomar_validacao(municipio_id=ss.municipio_id, motivo="A fatura foi paga.", por=a.gestor, agora=AGORA + DIA)
    acoes.conceder_limite(municipio_id=ss.municipio_id, links=26, vale_ate=None, motivo="Muitas unidades.", por=a.gestor, agora=AGORA)
    acoes.encerrar_limite(municipio_id=ss.municipio_id, ultimo_dia=None, motivo="As unidades fecharam.", por=a.gestor, agora=AGORA)
    return dias


def test_each_kind_renders_and_names_the_day_where_there_is_one(atores: Atores) -> None:
    dias = _tudo(atores)
    cartas = list(MensagemSaida.objects.filter(assunto_tipo__startswith="ss_").order_by("pk"))
    assert tipos_do_codigo() - NOUTRO_TESTE <= {c.assunto_tipo for c in cartas}
    for carta in cartas:
        texto, pagina = carta.texto, carta.html
        assert texto.startswith("INTRAGOV"), carta.assunto_tipo
        assert carta.assunto in texto
        assert "None" not in texto
        assert "!" not in texto.replace("http://", "")
        assert "<" not in texto
        assert "Você recebe este e-mail porque" in texto
        assert "VARI" not in pagina
    for tipo in COM_DIA & set(dias):
        ultima = [c for c in cartas if c.assunto_tipo == tipo][-1]
        assert dias[tipo] in ultima.texto, tipo


def test_what_somebody_else_wrote_is_said_to_be_theirs(atores: Atores) -> None:
    _tudo(atores)
    texto = {c.assunto_tipo: c.texto for c in MensagemSaida.objects.filter(assunto_tipo__startswith="ss_").order_by("pk")}
    assert "A Operadora escreveu: Quem abre a sala?" in texto["ss_pendente"]
    assert "A prefeitura escreveu: O vigilante." in texto["ss_retomada"]
    assert "O lugar do link voltou a ficar livre." in texto["ss_inviavel"]
    assert "eles esperam na fila" in texto["ss_suspensa"]


def test_an_alteration_that_cannot_be_done_frees_no_place(atores: Atores) -> None:
    acesso: Acesso = solicitacoes.em_servico(atores.ana, analista=atores.analista, operadora=atores.operadora)
    ss: SolicitacaoServico = acoes.iniciar(
        municipio_id=acesso.municipio_id, tipo="alteracao-capacidade", acesso_id=acesso.pk, por=atores.ana, agora=AGORA
    )
    acoes.salvar(ss_id=ss.pk, dados={"servico": "SCM", "velocidade": "16"}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
    acoes.declarar_inviavel(ss_id=ss.pk, motivo="A rede da rua não chega a 16.", por=atores.operadora, agora=AGORA)
    carta = MensagemSaida.objects.filter(assunto_tipo="ss_inviavel").order_by("pk")[0]
    assert "Tudo continua como estava" in carta.texto
    assert "lugar" not in carta.texto


def test_an_accepted_cancellation_says_what_ended(atores: Atores) -> None:
    alvo = solicitacoes.emitida(solicitacoes.enviada(atores.ana), analista=atores.analista, responsavel=atores.ana)
    acoes.atender(ss_id=alvo.pk, por=atores.operadora, agora=AGORA)
    ss = acoes.iniciar(municipio_id=alvo.municipio_id, tipo="cancelamento", alvo_id=alvo.pk, por=atores.ana, agora=AGORA)
    acoes.salvar(ss_id=ss.pk, dados={"justificativa": "A escola fechou."}, versao=0, por=atores.ana, agora=AGORA)
    acoes.enviar(ss_id=ss.pk, por=atores.ana, agora=AGORA)
    solicitacoes.emitida(ss, analista=atores.analista, responsavel=atores.ana)
    solicitacoes.entregue(ss, operadora=atores.operadora)
    acoes.aceitar(ss_id=ss.pk, por=atores.ana, agora=AGORA + DIA)
    assert all(f"a solicitação {alvo.numero} está cancelada" in c.texto for c in MensagemSaida.objects.filter(assunto_tipo="ss_aceita"))
