"""Random acts of every role on the requests of two prefeituras, valid or not: after each the invariants hold. Limits never passed, a place
taken exactly while it must be, histories without a gap, the link where its requests put it, a due date only while an answer is awaited, one
effect of silence per delivery, and what was refused changed nothing (SS-01 to SS-10, LNK-01 to LNK-07, PRZ-01 to PRZ-04).

300 steps by default, 10,000 with ``PROVAS=1``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sys
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from comunicacao.models import MensagemSaida
from documentos.models import Documento
from enderecamento.models import FimDoLimite, LimiteConcedido
from nucleo import prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from saog import acoes
from saog.estados import ABERTAS, CONCLUIDAS, EM_ACEITE, EMITIDAS, OCUPAM, EfeitoDoSilencio, Estado, Natureza
from saog.models import (
    Acesso,
    Entrega,
    EnvioSS,
    HistoricoAcesso,
    HistoricoSS,
    Marco,
    PendenciaSS,
    SolicitacaoServico,
    SuspensaoDeValidacao,
    Unidade,
)
from tests.apoio import solicitacoes
from tests.apoio.ambiente import PROVAS
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA, Pessoa
from tests.provas.atos_ss import ELENCO, RESPONSAVEIS, Atos, como_foi
from tests.provas.maquinas import rodar, sorte_do_passo

#: Links in service before the first step: both stand near their ceiling, Itapeva's a granted one.
JA_TEM = {BOTUCATU: 18, ITAPEVA: 20}
CONCEDIDO = 21
CONTAGEM: Counter[str] = Counter()
ANTIGOS: set[int] = set()
#: (transition, from, to), from the models themselves.
TABELA = {
    (t.name, str(t.source), str(t.target)) for m in (SolicitacaoServico, Acesso) for t in m._meta.get_field("estado").get_all_transitions(m)
}
SEM_MUDANCA = {"marco", "prorrogar"}
DO_SISTEMA = {"vencer", "anotar_silencio", "aceitar_pelo_silencio", "interromper", "ativar", "alterar", "desativar", "liberar"}
#: State of the ativação → where its link stands (LNK-07); ACEITA is in service until a desativação is accepted.
DO_LINK = {
    **dict.fromkeys((Estado.EM_VALIDACAO, Estado.DEVOLVIDA, Estado.VALIDADA), "RESERVADO"),
    **dict.fromkeys((Estado.EMITIDA, Estado.EM_ATENDIMENTO, Estado.RECUSADA, *EM_ACEITE), "EM_IMPLANTACAO"),
    **dict.fromkeys((Estado.CANCELADA, Estado.INVIAVEL), "LIBERADO"),
    Estado.ACEITA: "EM_SERVICO",
}
#: State → the acts that are sensible then, each with who does it; ``p`` is a responsável of the prefeitura.
CERTOS: dict[str, tuple[tuple[str, str], ...]] = {
    Estado.RASCUNHO: (("enviar", "p"),) * 8 + (("descartar", "p"), ("salvar", "p")),
    Estado.EM_VALIDACAO: (("validar", "a"),) * 5 + (("devolver", "a"),) * 4 + (("cancelar", "p"),),
    Estado.DEVOLVIDA: (("corrigir", "p"),) * 8 + (("cancelar", "p"),),
    Estado.VALIDADA: (("emitir", "p"),) * 9 + (("cancelar", "p"),),
    Estado.EMITIDA: (("atender", "o"),) * 9 + (("inviavel", "o"), ("cancelar", "p")),
    Estado.EM_ATENDIMENTO: (("entregar", "o"),) * 8
    + (("agendar", "o"), ("marco", "o"), ("pendenciar", "o"), ("retomar", "p"), ("retomar", "o"), ("inviavel", "o"))
    + (("parar", "p"),) * 4,
    Estado.AGUARDANDO_ACEITE: (("aceitar", "p"), ("recusar", "p")) * 2 + (("vencer_dela", "s"), ("vencer_dela", "s"), ("cair", "g")),
    Estado.PRAZO_VENCIDO: (("aceitar", "p"), ("recusar", "p"), ("cair", "g")),
    Estado.RECUSADA: (("atender", "o"),) * 4 + (("parar", "p"),) * 2,
}
#: Acts that nothing may refuse to the right person in those states, whatever else happened.
SEM_RECUSA = {"descartar", "cancelar", "atender", "agendar", "marco", "aceitar", "recusar", "devolver"}
SEMPRE = ("iniciar", "mudar", "varrer", "lembrar", "suspender", "liberar", "conceder", "encerrar", "enviar_varias", "validar_varias")
MODELOS = (
    Unidade, SuspensaoDeValidacao, LimiteConcedido, FimDoLimite, EnvioSS, PendenciaSS, Entrega, Marco, HistoricoSS, HistoricoAcesso,
    MensagemSaida, Documento,
)  # fmt: skip


def _adiante(ss: SolicitacaoServico) -> int:
    """The nearest to its end goes first: else all would stay where they began."""
    return (Estado.RASCUNHO, *ABERTAS).index(Estado(ss.estado))


class Desfazer(Exception):
    """Ends an example's savepoint."""


class Maquina(Atos, RuleBasedStateMachine):
    """Two prefeituras, everybody, and a clock that goes forward; only the sweep's own may stand an hour off."""

    def __init__(self) -> None:
        super().__init__()
        self.ponto = transaction.atomic()
        self.ponto.__enter__()
        self.agora = AGORA
        self.retrato = self._retrato()
        self.mexidos: set[int] = set()
        self.usados = self._usados()
        self.congelados = {}
        self.feitos: Counter[str] = Counter()
        self.passos = 0

    def teardown(self) -> None:
        """Take the whole example back."""
        self.ponto.__exit__(Desfazer, Desfazer(), None)

    @initialize()
    def comecar(self) -> None:
        """Links in service, no request yet."""
        assert not SolicitacaoServico.objects.exists()

    # --- Steps ------------------------------------------------------------------------------------------------------
    @rule(semente=st.integers(0, 2**32))
    def passo(self, semente: int) -> None:
        """One step, decided by a seed."""
        self.passos += 1
        sorte = sorte_do_passo(self.passos, semente)
        self.agora += dt.timedelta(minutes=sorte.randint(1, 200))
        qual = sorte.random()
        abertas = list(SolicitacaoServico.objects.filter(estado__in=[Estado.RASCUNHO, *ABERTAS]).order_by("pk"))
        if qual < 0.04:
            self.agora += dt.timedelta(days=sorte.randint(1, 15))
        elif qual < 0.2 or not abertas:
            self._tentar(sorte.choices(SEMPRE, (5, 1, 1, 1, 1, 1, 1, 1, 1, 1))[0], None, None, sorte)
        elif qual < 0.86:
            param = [ss for ss in abertas if ss.natureza == Natureza.CANCELAMENTO]
            if sorte.random() < 0.35:
                self._o_menos_feito(abertas, sorte)
                return
            ss = sorte.choice(param) if param and sorte.random() < 0.5 else max(sorte.choices(abertas, k=3), key=_adiante)
            espera = ss.pendente_desde is not None and sorte.random() < 0.5  # rare otherwise
            ato, lado = ("retomar", sorte.choice("op")) if espera else sorte.choice(CERTOS[ss.estado])
            self._tentar(ato, ss, self._do_lado(lado, ss, sorte), sorte, certo=True)
        else:
            ato = sorte.choice(sorted({ato for linha in CERTOS.values() for ato, _ in linha}))
            ss = sorte.choice(list(SolicitacaoServico.objects.order_by("pk")))
            self._tentar(ato, ss, ELENCO[sorte.choice(sorted(ELENCO))], sorte)

    @precondition(lambda self: not self.feitos["encher"])
    @rule(semente=st.integers(0, 2**32))
    def encher(self, semente: int) -> None:
        """Once in an example Botucatu asks for link after link until the limit answers (LNK-01)."""
        sorte = random.Random(semente)
        self.feitos["encher"] += 1
        quem, antes = ELENCO["responsavel_a1"], CONTAGEM["no limite"]
        for n in range(100, 100 + CONCEDIDO):
            with transaction.atomic():
                ss = acoes.iniciar(municipio_id=BOTUCATU, tipo="ativacao", por=quem, agora=self.agora)
                ficha = {**solicitacoes.UBS, "unidade_nome": f"Creche {n}", "numero": str(n)}
                acoes.salvar(ss_id=ss.pk, dados=ficha, versao=0, por=quem, agora=self.agora)
            ss.refresh_from_db()
            self.retrato, self.mexidos = self._retrato(), self.mexidos | {ss.pk}
            self._tentar("enviar", ss, quem, sorte, certo=True)
            if CONTAGEM["no limite"] > antes:
                return
        pytest.fail("LNK-01: o limite nunca respondeu")

    def _o_menos_feito(self, abertas: list[SolicitacaoServico], sorte: random.Random) -> None:
        """The sensible act this example has done least: the rare ones (an answer to the Operadora's question) would else wait for luck."""
        quais = [(self.feitos[ato], ss.pk, ato, lado, ss) for ss in abertas for ato, lado in CERTOS[ss.estado]]
        menos = min(quais)[0]
        _, _, ato, lado, ss = sorte.choice([x for x in quais if x[0] == menos])
        self._tentar(ato, ss, self._do_lado(lado, ss, sorte), sorte, certo=True)

    def _do_lado(self, lado: str, ss: SolicitacaoServico, sorte: random.Random) -> Ator:
        if lado == "p":
            return ELENCO[sorte.choice(RESPONSAVEIS[ss.municipio_id])]
        return ELENCO[{"a": "analista", "o": "operadora", "g": "gestor_prodesp", "s": "gestor_prodesp"}[lado]]

    def _tentar(self, ato: str, ss: SolicitacaoServico | None, por: Ator | None, sorte: random.Random, *, certo: bool = False) -> None:
        pode = self._pode_enviar(ss) if ato == "enviar" and certo and ss is not None else None
        try:
            with transaction.atomic():
                getattr(self, f"_{ato}")(ss, por, sorte)
        except RegraViolada as recusa:
            if pode or (certo and ato in SEM_RECUSA):
                pytest.fail(f"{ato}: {recusa}")
            assert self._retrato() == self.retrato, f"{ato} foi recusado e mudou algo"
            CONTAGEM.update({"recusas": 1, "no limite": isinstance(recusa, acoes.LimiteAtingido)})
            return
        assert pode is not False, f"{ato} passou do limite"
        CONTAGEM[ato] += 1
        self.feitos[ato] += 1
        antes, self.retrato = self.retrato, self._retrato()
        pedidos, links = ({pk for pk, linha in self.retrato[i].items() if antes[i].get(pk) != linha} for i in (0, 1))
        if ss is not None and ato not in ("vencer_dela", "cair"):
            novos = pedidos - set(antes[0])
            assert pedidos - novos <= {ss.pk, ss.alvo_id}, f"{ato} mexeu noutro pedido"
            assert len(novos) <= 1
        self.mexidos |= pedidos | set(SolicitacaoServico.objects.filter(acesso__in=links).values_list("pk", flat=True))

    def _pode_enviar(self, ss: SolicitacaoServico) -> bool | None:
        """What the machine itself believes of sending this draft: None when more than the limit decides."""
        if ss.natureza != Natureza.ATIVACAO or ss.estado != Estado.RASCUNHO or ss.rascunho["velocidade"] == "32":
            return None
        conexao = "INTERNET" if ss.rascunho["servico"] == "SCM_STI" else "INTRANET"
        no_local = Acesso.objects.filter(
            municipio_id=ss.municipio_id, unidade__nome=ss.rascunho["unidade_nome"], conexao=conexao, estado__in=OCUPAM
        )
        return self._usados()[ss.municipio_id, conexao] < self._limite(ss.municipio_id, conexao) and not no_local.exists()

    def _limite(self, municipio_id: int, conexao: str) -> int:
        if conexao == "INTERNET":
            return 1
        hoje = prazos.dia_local(self.agora)
        extra = LimiteConcedido.objects.filter(municipio_id=municipio_id, retirado_em__isnull=True).first()
        return extra.links if extra is not None and (extra.vale_ate is None or extra.vale_ate >= hoje) else 20

    def _usados(self) -> Counter[tuple[int, str]]:
        return Counter(Acesso.objects.filter(estado__in=OCUPAM).order_by("pk").values_list("municipio_id", "conexao"))

    def _retrato(self) -> Any:
        return (
            *({x[0]: x for x in m._default_manager.order_by("pk").values_list()} for m in (SolicitacaoServico, Acesso)),
            *(list(m._default_manager.order_by("pk").values_list()) for m in MODELOS),
        )

    # --- The clock ------------------------------------------------------------------------------------------------------
    def _vencer_dela(self, ss: SolicitacaoServico, _: Any, sorte: random.Random) -> None:
        """Its ten days end: the clock goes to the midnight, then the sweep comes."""
        if ss.aceite_vence_em is None:
            raise RegraViolada("Sem prazo.")
        self.agora = max(self.agora, ss.aceite_vence_em - dt.timedelta(minutes=5))
        self._varrer(ss, None, sorte)
        self.agora += dt.timedelta(minutes=5)
        self._varrer(ss, None, sorte)

    def _varrer(self, _: Any, __: Any, sorte: random.Random) -> None:
        """The sweep with one of the three settings, an hour early or late now and then, and once more: what is due, once."""
        self.agora += dt.timedelta(hours=sorte.choice((0, 0, 0, 1)))
        devidas = SolicitacaoServico.objects.filter(
            estado=Estado.AGUARDANDO_ACEITE, silencio_em__isnull=True, aceite_vence_em__lte=self.agora
        )
        esperadas = list(devidas.order_by("pk").values_list("pk", flat=True))
        efeito = sorte.choices(EfeitoDoSilencio.values, (6, 2, 2))[0]
        with override_settings(EFEITO_DO_SILENCIO=efeito):
            assert acoes.vencer_prazos(agora=self.agora - dt.timedelta(days=30), simular=True).vencidas == []
            feito = acoes.vencer_prazos(agora=self.agora)
            assert (feito.feitas, feito.deixadas, feito.falhas) == (len(esperadas), 0, 0), efeito
            for relogio in (self.agora, self.agora - dt.timedelta(hours=1)):
                assert acoes.vencer_prazos(agora=relogio).feitas == 0
        CONTAGEM[f"silêncio: {efeito}"] += len(esperadas)

    def _lembrar(self, _: Any, __: Any, sorte: random.Random) -> None:
        acoes.lembrar_aceite(agora=self.agora)
        assert acoes.lembrar_aceite(agora=self.agora) == {"cartas": 0, "falhas": 0}, "PRZ-03"

    # --- What must always hold -------------------------------------------------------------------------------------------
    @invariant()
    def limites(self) -> None:
        """Never above 20, 1, or the grant; above it, after a grant ended, never more than before (LNK-01 to LNK-04)."""
        links = list(Acesso.objects.filter(estado__in=OCUPAM).order_by("pk"))
        agora = Counter((a.municipio_id, a.conexao) for a in links)
        for (cidade, conexao), quantos in agora.items():
            assert quantos <= max(self._limite(cidade, conexao), self.usados[cidade, conexao]), "LNK-01, LNK-03"
        self.usados = agora
        assert max(Counter((a.unidade_id, a.conexao) for a in links).values()) == 1, "LNK-04"
        assert max(Counter((a.municipio_id, a.conexao, a.ordinal) for a in links).values()) == 1
        assert all(a.velocidade <= 16 for a in links), "LNK-02"

    @invariant()
    def links_seguem_os_pedidos(self) -> None:
        """The place is taken exactly while it must be, and the link is what its last accepted request made of it (LNK-07, SS-06)."""
        pedidos: dict[int | None, list[SolicitacaoServico]] = {}
        for ss in SolicitacaoServico.objects.exclude(natureza=Natureza.CANCELAMENTO).order_by("pk"):
            pedidos.setdefault(ss.acesso_id, []).append(ss)
        for link in Acesso.objects.order_by("pk"):
            dele = pedidos.get(link.pk, [])
            ativacao = next((ss for ss in dele if ss.natureza == Natureza.ATIVACAO), None)
            estado = "EM_SERVICO" if link.pk in ANTIGOS else DO_LINK[ativacao.estado] if ativacao else "LIBERADO"  # changed its type
            if any(ss.natureza == Natureza.DESATIVACAO and ss.estado == Estado.ACEITA for ss in dele):
                estado = "DESATIVADO"
            assert link.estado == estado, (link, [str(ss.estado) for ss in dele])
            assert sum(ss.estado in ABERTAS for ss in dele) <= 1
            feitas = [ss for ss in dele if ss.estado == Estado.ACEITA and ss.natureza != Natureza.DESATIVACAO]
            if feitas:
                ultima = max(feitas, key=lambda ss: (ss.concluida_em, ss.pk))
                assert (link.servico, link.velocidade) == (ultima.servico, ultima.velocidade)

    @invariant()
    def cada_pedido_em_ordem(self) -> None:
        """History, clocks, sendings, deliveries and letters of each request an act touched; of the others nothing changed."""
        CONTAGEM["passos"] += 1
        CONTAGEM.update(f"em {estado}" for estado in SolicitacaoServico.objects.order_by("pk").values_list("estado", flat=True))
        for ss in SolicitacaoServico.objects.filter(pk__in=self.mexidos).order_by("pk"):
            linhas = list(ss.historico.order_by("pk"))
            _historia(ss, linhas, comeca="iniciar")
            if ss.acesso is not None and ss.acesso_id not in ANTIGOS:
                _historia(ss.acesso, list(ss.acesso.historico.order_by("pk")), comeca="reservar")
            _relogios(ss)
            _envios_e_entregas(ss, linhas, self.congelados)
            _silencio(ss, linhas)
        self.mexidos = set()


def _historia(obj: Any, linhas: list[Any], *, comeca: str) -> None:
    """Each row starts where the one before it ended, by a transition that exists; the state is the last one's end (SS-10)."""
    assert linhas[0].transicao == comeca
    assert linhas[0].de == linhas[0].para
    for antes, depois in itertools.pairwise(linhas):
        assert depois.de == antes.para
        assert depois.em >= antes.em
        assert (depois.transicao, depois.de, depois.para) in TABELA or (depois.transicao in SEM_MUDANCA and depois.de == depois.para)
    assert linhas[-1].para == obj.estado
    assert all(x.por_id is not None or x.transicao in DO_SISTEMA for x in linhas)


def _relogios(ss: SolicitacaoServico) -> None:
    """A due date only while an answer is awaited, PRODESP's and the correction's only in theirs (PRZ-01, PRZ-05)."""
    assert (ss.aceite_vence_em is not None) == (ss.estado in EM_ACEITE)
    assert (ss.vence_em is not None) == (ss.estado in (Estado.EM_VALIDACAO, Estado.DEVOLVIDA))
    assert ss.pendente_desde is None or ss.estado in (Estado.EM_ATENDIMENTO, Estado.INVIAVEL, Estado.CANCELADA)
    assert (ss.concluida_em is not None) == (ss.estado in CONCLUIDAS)
    assert ss.estado not in EMITIDAS or ss.emitida_em is not None, "SS-03"


def _envios_e_entregas(ss: SolicitacaoServico, linhas: list[Any], congelados: dict[int, str]) -> None:
    """Numbered without a gap, frozen as sent; a delivery unanswered exactly while an answer is awaited (SS-04, SS-10)."""
    envios, entregas = list(ss.lista_de_envios.order_by("ordem")), list(ss.lista_de_entregas.order_by("ordem"))
    assert [e.ordem for e in envios] == list(range(1, ss.envios + 1)) == [x.dados["envio"] for x in linhas if x.transicao == "enviar"]
    assert all(como_foi(e) == congelados[e.pk] for e in envios), "SS-10"
    assert [e.ordem for e in entregas] == list(range(1, ss.entregas + 1))
    assert [e.ordem for e in entregas if e.aceita is None] == ([ss.entregas] if ss.estado in EM_ACEITE else [])
    assert (ss.estado == Estado.ACEITA) == any(e.aceita for e in entregas)


def _silencio(ss: SolicitacaoServico, linhas: list[Any]) -> None:
    """One effect of silence per delivery, one more after an outage gave it more days; each end is told once (PRZ-02, PRZ-04)."""
    por_entrega = Counter(x.dados["entrega"] for x in linhas if x.transicao in ("vencer", "anotar_silencio"))
    a_mais = sum(x.transicao in ("reabrir_prazo", "prorrogar") for x in linhas)
    assert all(n <= 1 + a_mais for n in por_entrega.values())
    fins = sum(x.transicao == "vencer" for x in linhas)
    cartas = MensagemSaida.objects.filter(dono=ss.dono, assunto_tipo="ss_vencida").count()
    assert cartas == fins * len(RESPONSAVEIS[ss.municipio_id])


@pytest.mark.django_db
@pytest.mark.parametrize("parte", range(4 if PROVAS else 1))  # each core takes the next one that is free
def test_no_sequence_of_acts_passes_a_limit_or_loses_a_place(
    parte: int, elenco: dict[str, Pessoa], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: None)
    for nome, cidade in (("responsavel_a1", BOTUCATU), ("responsavel_b", ITAPEVA)):
        solicitacoes.em_vigor(elenco[nome], cidade)
    ELENCO.clear()
    ELENCO.update({nome: p.ator for nome, p in elenco.items() if p.usuario is not None})
    acoes.conceder_limite(municipio_id=ITAPEVA, links=CONCEDIDO, vale_ate=None, motivo="Rede.", por=ELENCO["gestor_prodesp"], agora=AGORA)
    ANTIGOS.clear()
    ANTIGOS.update(_em_servico(cidade, n) for cidade, quantos in JA_TEM.items() for n in range(1, quantos + 1))
    CONTAGEM.clear()
    exemplos, passos = (25, 100) if PROVAS else (5, 60)
    precisa = {"recusas", "no limite", "emitir", "entregar", "aceitar", "recusar", "vencer_dela"}
    if PROVAS:
        precisa |= {f"em {e}" for e in Estado.values} | {nome for linha in CERTOS.values() for nome, _ in linha}
    faltou = rodar(Maquina, exemplos=exemplos, passos=passos, falta=lambda: {nome for nome in precisa if not CONTAGEM[nome]})
    with capsys.disabled():
        sys.stdout.write(f"\nmáquina de SS: {CONTAGEM['passos']} passos, {CONTAGEM['recusas']} recusas, {dict(sorted(CONTAGEM.items()))}\n")
    assert CONTAGEM["passos"] >= exemplos * passos
    assert not faltou, "algum ato nunca foi feito, ou algum estado nunca foi alcançado"


def _em_servico(cidade: int, n: int) -> int:
    campos = {"nome": f"Posto {n}", "logradouro": "Rua", "numero": str(n), "cep": "18600000", "sala": "x"}
    contato = {"contato_nome": "x", "contato_telefone": "1438111400", "funcionamento": "x"}
    unidade = Unidade.objects.create(municipio_id=cidade, local=f"posto|{n}", **campos, **contato)
    em = {"estado": "EM_SERVICO", "desde": AGORA, "em_servico_desde": AGORA}
    do_link = {"servico": "SCM", "conexao": "INTRANET", "ordinal": n, "velocidade": 4}
    return Acesso.objects.create(municipio_id=cidade, unidade=unidade, **em, **do_link).pk
