"""Random calls of every action by every role on two cities, valid or not: the invariants hold after each (figure 6, fault F15 of B3).

300 steps by default, 10,000 with ``PROVAS=1``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adesao import acoes, consultas
from adesao.estados import ABERTAS, OCUPAM, Estado
from adesao.models import Adesao, Envio, Pendencia
from comunicacao.models import MensagemSaida
from contas.models import Usuario, Vinculo
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from tests.apoio import adesoes
from tests.apoio.ambiente import PROVAS
from tests.apoio.elenco import AGORA, BOFETE, CUNHA, Pessoa
from tests.provas.maquinas import rodar, sorte_do_passo
from tests.provas.somas import alheias, somas

CIDADES = (BOFETE, CUNHA)
REQUERENTES = {BOFETE: ("requerente", "requerente_2"), CUNHA: ("requerente_outra",)}
CAMPOS = [("anexo1", "r1_nome"), ("anexo1", "r2_cpf"), ("assinados", "oficio"), ("anexo1", "nao_existe"), ("", ""), ("assinados", "xx")]
TEXTOS = ["", "   ", "Confira.", "x" * 600, "\u202e<script>alert(1)</script>", "'; DROP TABLE adesao_adesao; --"]
#: Transition → where it starts and ends, from the model itself.
TABELA = {(t.name, str(t.source), str(t.target)) for t in Adesao._meta.get_field("estado").get_all_transitions(Adesao)}
SEM_MUDANCA = {"ver_cpf", "autorizacao"}
#: Filled by the test before the machine runs: the cast, and what happened.
ELENCO: dict[str, Pessoa] = {}
CONTAGEM: Counter[str] = Counter()


class Desfazer(Exception):
    """Ends an example's savepoint."""


class Maquina(RuleBasedStateMachine):
    """Two cities, everybody, and a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.ponto = transaction.atomic()
        self.ponto.__enter__()
        self.agora = AGORA
        self.passos = 0
        self.mexidos: set[int] = set()
        self.atores: dict[str, Ator] = {nome: p.ator for nome, p in ELENCO.items() if p.usuario is not None}
        self.atores["anonimo"] = Ator(usuario_id=None, nome="Visitante")

    def teardown(self) -> None:
        """Take the whole example back."""
        self.ponto.__exit__(Desfazer, Desfazer(), None)

    @initialize()
    def comecar(self) -> None:
        """Both cities free."""
        assert not Adesao.objects.exists()

    # --- Steps ------------------------------------------------------------------------------------------------------
    @rule(semente=st.integers(0, 2**32))
    def passo(self, semente: int) -> None:
        """One step. A seed decides all of it, so that Hypothesis neither favours small numbers nor leaves acts out of a whole example."""
        self.passos += 1
        sorte = sorte_do_passo(self.passos, semente)
        cidade, n, qual = sorte.choice(CIDADES), sorte.randrange(10), sorte.random()
        if qual < 0.62:
            self.certo(cidade, n, sorte.randrange(6))
        elif qual < 0.97:
            self.qualquer(sorte.choice(sorted(ATOS)), sorte.choice(sorted(self.atores)), cidade, n)
        else:
            self.agora += dt.timedelta(days=sorte.randint(1, 30))

    def certo(self, cidade: int, n: int, pressa: int) -> None:
        """The next sensible act, by the right person; it must not be refused."""
        adesao = Adesao.objects.filter(municipio_id=cidade, estado__in=OCUPAM).first()
        quem, nome = self._proximo(adesao, cidade, n, pressa)
        self._tentar(nome, quem, adesao.pk if adesao else 0, cidade, n, deve_poder=True)

    def qualquer(self, nome: str, quem: str, cidade: int, n: int) -> None:
        """Any act by anybody on the city's newest process (or on none)."""
        adesao = Adesao.objects.filter(municipio_id=cidade).order_by("-pk").first()
        self._tentar(nome, quem, adesao.pk if adesao else 10**9, cidade, n)

    def _tentar(self, nome: str, quem: str, pk: int, cidade: int, n: int, *, deve_poder: bool = False) -> None:
        self.agora += dt.timedelta(minutes=1)
        antes, dos_outros = somas(), alheias(pk)
        try:
            with transaction.atomic():
                ATOS[nome](self, pk, self.atores[quem], cidade, n)
        except (RegraViolada, Adesao.DoesNotExist) as recusa:
            if deve_poder and nome != "salvar":  # two people typing at once is a refusal that may always come
                pytest.fail(f"{nome} por {quem}: {recusa}")
            assert somas() == antes, f"{nome} por {quem} foi recusado e mudou algo"
            CONTAGEM["recusas"] += 1
        else:
            CONTAGEM[nome] += 1
            novo = nome == "iniciar"
            assert novo or alheias(pk) == dos_outros, f"{nome} por {quem} mexeu noutro processo"
            self.mexidos = {Adesao.objects.latest("pk").pk} if novo else {pk}

    def _proximo(self, adesao: Adesao | None, cidade: int, n: int, pressa: int) -> tuple[str, str]:
        req = REQUERENTES[cidade][n % len(REQUERENTES[cidade])]
        if adesao is None:
            return req, "iniciar"
        if adesao.estado == Estado.RASCUNHO:
            if pressa == 0:
                return req, "descartar" if n == 0 else "salvar"
            passos = ("preencher", "anexar", "enviar")
            return req, passos[2 if self._completa(adesao) else 1 if adesao.rascunhos.count() >= 6 else 0]
        if adesao.estado == Estado.ENVIADA:
            return ("analista", "analista_2")[n % 2], "assumir"
        if adesao.estado == Estado.EM_CONFERENCIA:
            return self._da_prodesp(adesao, n, pressa)
        if adesao.estado == Estado.DEVOLVIDA:
            if n == 0 and not adesao.tocada:
                return "gestor_prodesp", "desfazer"
            return req, "enviar" if self._completa(adesao) else "corrigir"
        if adesao.estado == Estado.ENCAMINHADA:
            return "aprovador", ("aprovar", "indeferir", "perguntar", "perguntar")[n % 4]
        return "analista", "revelar_cpf"

    def _completa(self, adesao: Adesao) -> bool:
        from adesao import revisao

        return bool(revisao.rever(adesao).pode_enviar)

    def _da_prodesp(self, adesao: Adesao, n: int, pressa: int) -> tuple[str, str]:
        dono = next(nome for nome, a in self.atores.items() if a.usuario_id == adesao.analista_id)
        envio = consultas.ultimo_envio(adesao)
        assert envio is not None
        marcadas = envio.pendencias.filter(comunicada_em__isnull=True).exists()
        if pressa == 0:
            return dono, ("passar_certo", "liberar", "conferir")[n % 3]
        if marcadas:
            return dono, "devolver" if n else "retirar"
        if n % 3 == 0:
            return dono, "marcar_certo"
        from adesao.acoes.conferencia import falta_conferir

        return dono, "conferir" if falta_conferir(envio) else "encaminhar_certo"

    # --- What must always hold ----------------------------------------------------------------------------------------
    @invariant()
    def tudo_em_ordem(self) -> None:
        """Counted once per step. A process is looked at when an act was done on it: a refused act changed nothing, and an act on one
        left the others as they were; both are asserted with every act.
        """
        CONTAGEM["passos"] += 1
        lista = list(Adesao.objects.order_by("pk"))
        por_cidade = Counter(a.municipio_id for a in lista if a.estado in OCUPAM)
        assert max(por_cidade.values(), default=0) <= 1, "ADS-10"
        for adesao in lista:
            CONTAGEM[f"em {adesao.estado}"] += 1
            if adesao.pk in self.mexidos:
                linhas = list(adesao.historico.order_by("pk"))
                _historico(adesao, linhas)
                _prazos(adesao)
                _envios(adesao, linhas)
                _pendencias(adesao, linhas)
                _correio(adesao, linhas)
        self.mexidos = set()


def _historico(adesao: Adesao, linhas: list[Any]) -> None:
    """The state is the fold of the history, and each row starts where the one before it ended."""
    assert (linhas[0].transicao, linhas[0].de, linhas[0].para) == ("iniciar", Estado.RASCUNHO, Estado.RASCUNHO)
    for antes, depois in itertools.pairwise(linhas):
        assert depois.de == antes.para
        assert depois.em >= antes.em
        if depois.transicao in SEM_MUDANCA:
            assert depois.de == depois.para
        else:
            assert (depois.transicao, depois.de, depois.para) in TABELA, depois.transicao
        assert depois.por_id is not None
    assert linhas[-1].para == adesao.estado
    ultima_mudanca = [x for x in linhas if x.transicao not in {*SEM_MUDANCA, "passar"}][-1]
    assert adesao.desde == ultima_mudanca.em


def _prazos(adesao: Adesao) -> None:
    """PRZ-05: a deadline exactly while somebody has to act on what was sent."""
    assert (adesao.vence_em is not None) == (adesao.estado in ABERTAS)
    assert (adesao.limite_em is not None) == (adesao.envios > 0) == (adesao.primeiro_envio_em is not None)
    assert (adesao.decidida_em is not None) == (adesao.estado in (Estado.APROVADA, Estado.INDEFERIDA))
    if adesao.estado == Estado.EM_CONFERENCIA:
        assert adesao.analista_id is not None
        assert adesao.vence_em == adesao.conferencia_vence_em
    if adesao.estado in (Estado.RASCUNHO, Estado.ENVIADA, Estado.DESCARTADA):
        assert adesao.analista_id is None


def _envios(adesao: Adesao, linhas: list[Any]) -> None:
    """One frozen sending per act of sending, numbered without a gap, each with its papers, receipt and declarations."""
    envios = list(Envio.objects.filter(adesao=adesao).order_by("ordem").prefetch_related("pecas", "declaracoes"))
    atos = [r for r in linhas if r.transicao == "enviar"]
    assert [e.ordem for e in envios] == list(range(1, adesao.envios + 1)) == [a.dados["envio"] for a in atos]
    for envio, ato in zip(envios, atos, strict=True):
        assert (envio.em, envio.por_id) == (ato.em, ato.por_id)
        assert {p.peca for p in envio.pecas.all()} >= {"oficio", "anexo1", "anexo2"}
        assert envio.recibo_id is not None
        assert envio.declaracoes.all()


def _pendencias(adesao: Adesao, linhas: list[Any]) -> None:
    """The prefeitura knows of a pendência only by a return that stands; a closed one was followed by a sending."""
    devolucoes = {(r.em, r.dados["envio"]) for r in linhas if r.transicao == "devolver"}
    for p in Pendencia.objects.filter(adesao=adesao).select_related("envio"):
        if p.comunicada_em is not None:
            assert (p.comunicada_em, p.envio.ordem) in devolucoes, "ADS-03"
        if p.encerrada_em is not None:
            assert Envio.objects.filter(adesao=adesao, em=p.encerrada_em, ordem__gt=p.envio.ordem).exists()
        if adesao.estado == Estado.ENCAMINHADA:
            assert p.comunicada_em is not None, "encaminhada com pendência"
        if adesao.estado in (Estado.EM_CONFERENCIA, Estado.ENVIADA) and p.envio.ordem == adesao.envios:
            assert p.comunicada_em is None
        if adesao.estado == Estado.DEVOLVIDA and p.envio.ordem == adesao.envios:
            assert p.comunicada_em is not None


def _correio(adesao: Adesao, linhas: list[Any]) -> None:
    """Exactly one message per event and person: every event has its own, and there is no other."""
    requerentes = [
        v.usuario_id for v in Vinculo.objects.filter(orgao__municipio_id=adesao.municipio_id, papel="requerente", fim_em__isnull=True)
    ]
    aprovadores = [ELENCO["aprovador"].usuario.pk]
    esperadas: Counter[str] = Counter()
    analista = 0
    for r in linhas:
        if r.transicao == "assumir":
            analista = r.por_id or 0
        if r.transicao == "passar":
            analista = _para_quem(r.comentario)
        eventos: list[tuple[str, list[int]]] = {
            "enviar": [(f"enviada:{r.dados.get('envio')}", requerentes)],
            "devolver": [(f"devolvida:{r.dados.get('envio')}:{r.pk}", requerentes)],
            "desfazer_devolucao": [(f"desfeita:{_ordem_em(linhas, r)}:{r.pk}", requerentes)],
            "encaminhar": [(f"encaminhada:{r.pk}", requerentes), (f"para_aprovar:{r.pk}", aprovadores)],
            "perguntar": [(f"pergunta:{r.pk}", [analista])],
            "aprovar": [("aprovada", requerentes)],
            "indeferir": [("indeferida", requerentes)],
        }.get(r.transicao, [])
        esperadas.update(f"{adesao.dono}:{evento}:u{quem}" for evento, pessoas in eventos for quem in pessoas)
    assert Counter(MensagemSaida.objects.filter(dono=adesao.dono).values_list("chave", flat=True)) == esperadas
    if adesao.estado == Estado.APROVADA:
        contas = Usuario.objects.filter(cpf__in=adesao.responsaveis.values("cpf"))  # an account that existed keeps its own e-mail
        avisados = set(MensagemSaida.objects.filter(criada_em=adesao.decidida_em).values_list("para", flat=True))
        assert len(contas) == 2, "ADS-11"
        assert {u.email for u in contas} <= avisados, "ADS-11"


def _para_quem(comentario: str) -> int:
    return next(p.usuario.pk for p in ELENCO.values() if p.usuario is not None and comentario == f"Para {p.usuario.nome}")


def _ordem_em(linhas: list[Any], registro: Any) -> int:
    return sum(r.transicao == "enviar" and r.pk < registro.pk for r in linhas)


# --- The acts: each takes (machine, pk, actor, city, a number to vary by) --------------------------------------------
Ato = Callable[[Maquina, int, Ator, int, int], Any]


def _adesao(pk: int) -> Adesao:
    return Adesao.objects.select_related("municipio").get(pk=pk)


def _pendencia(pk: int, n: int) -> int:
    lista = list(Pendencia.objects.filter(adesao_id=pk).order_by("pk").values_list("pk", flat=True))
    return lista[n % len(lista)] if lista else 10**9


def _corrigir(m: Maquina, pk: int, por: Ator, n: int) -> None:
    adesao = _adesao(pk)
    if n % 2 and adesao.estado == Estado.DEVOLVIDA:
        cpf = ("161.803.398-05", "271.828.182-05")[adesao.envios % 2]
        adesoes.preencher(adesao, por=por, agora=m.agora, mudancas={"anexo1": {"r2_cpf": cpf}})
    for p in consultas.pendencias_abertas(adesao):
        acoes.responder_pendencia(adesao_id=pk, pendencia_id=p.pk, resposta="Está certo assim.", por=por, agora=m.agora)
    adesoes.anexar(adesao, por=por, agora=m.agora, pecas=("oficio", "anexo1", "anexo2"))


def _marcar(m: Maquina, pk: int, por: Ator, campo: tuple[str, str], texto: str) -> None:
    acoes.marcar_pendencia(adesao_id=pk, tarefa=campo[0], campo=campo[1], motivo_id=None, texto=texto, por=por, agora=m.agora)


def _salvar(m: Maquina, pk: int, por: Ator, n: int) -> None:
    dados = {"oficio_numero": TEXTOS[n % len(TEXTOS)][:60], "estado": "APROVADA", "municipio_id": "1"}
    acoes.salvar_tarefa(adesao_id=pk, tarefa="oficio", dados=dados, versao=n, por=por, agora=m.agora)


def _passar(m: Maquina, pk: int, por: Ator, n: int) -> None:
    pessoas = sorted(p.usuario.pk for p in ELENCO.values() if p.usuario is not None)
    acoes.passar(adesao_id=pk, analista_id=[*pessoas, 0, 10**9][n % (len(pessoas) + 2)], por=por, agora=m.agora)


def _passar_certo(m: Maquina, pk: int, por: Ator, n: int) -> None:
    alvo = ("analista", "analista_2", "gestor_prodesp")[n % 3]
    acoes.passar(adesao_id=pk, analista_id=ELENCO[alvo].usuario.pk, por=por, agora=m.agora)


ATOS: dict[str, Ato] = {
    "iniciar": lambda m, pk, por, cidade, n: acoes.iniciar(municipio_id=cidade, por=por, agora=m.agora),
    "salvar": lambda m, pk, por, cidade, n: _salvar(m, pk, por, n),
    "preencher": lambda m, pk, por, cidade, n: adesoes.preencher(
        _adesao(pk), por=por, agora=m.agora, mudancas=adesoes.rascunho(_adesao(pk).municipio.nome)
    ),
    "gerar": lambda m, pk, por, cidade, n: acoes.gerar_pecas(adesao_id=pk, por=por, agora=m.agora),
    "anexar": lambda m, pk, por, cidade, n: adesoes.anexar(_adesao(pk), por=por, agora=m.agora),
    "remover_assinado": lambda m, pk, por, cidade, n: acoes.remover_assinado(adesao_id=pk, peca="oficio", por=por, agora=m.agora),
    "corrigir": lambda m, pk, por, cidade, n: _corrigir(m, pk, por, n),
    "enviar": lambda m, pk, por, cidade, n: acoes.enviar(adesao_id=pk, por=por, agora=m.agora),
    "descartar": lambda m, pk, por, cidade, n: acoes.descartar(adesao_id=pk, por=por, agora=m.agora),
    "responder": lambda m, pk, por, cidade, n: acoes.responder_pendencia(
        adesao_id=pk, pendencia_id=_pendencia(pk, n), resposta=TEXTOS[n % len(TEXTOS)], por=por, agora=m.agora
    ),
    "assumir": lambda m, pk, por, cidade, n: acoes.assumir(adesao_id=pk, por=por, agora=m.agora),
    "liberar": lambda m, pk, por, cidade, n: acoes.liberar(adesao_id=pk, por=por, agora=m.agora),
    "passar": lambda m, pk, por, cidade, n: _passar(m, pk, por, n),
    "passar_certo": lambda m, pk, por, cidade, n: _passar_certo(m, pk, por, n),
    "marcar": lambda m, pk, por, cidade, n: _marcar(m, pk, por, CAMPOS[n % len(CAMPOS)], TEXTOS[n % len(TEXTOS)]),
    "marcar_certo": lambda m, pk, por, cidade, n: _marcar(m, pk, por, CAMPOS[n % 3], "Corrija isto."),
    "retirar": lambda m, pk, por, cidade, n: acoes.retirar_pendencia(adesao_id=pk, pendencia_id=_pendencia(pk, n), por=por, agora=m.agora),
    "conferir": lambda m, pk, por, cidade, n: adesoes.conferida(_adesao(pk), por=por, agora=m.agora),
    "devolver": lambda m, pk, por, cidade, n: acoes.devolver(adesao_id=pk, por=por, agora=m.agora),
    "desfazer": lambda m, pk, por, cidade, n: acoes.desfazer_devolucao(adesao_id=pk, por=por, agora=m.agora),
    "encaminhar": lambda m, pk, por, cidade, n: acoes.encaminhar(
        adesao_id=pk, parecer=TEXTOS[n % len(TEXTOS)], resposta="Confere.", por=por, agora=m.agora
    ),
    "encaminhar_certo": lambda m, pk, por, cidade, n: acoes.encaminhar(
        adesao_id=pk, parecer="De acordo.", resposta="Confere.", por=por, agora=m.agora
    ),
    "perguntar": lambda m, pk, por, cidade, n: acoes.perguntar(adesao_id=pk, pergunta="Quem assina?", por=por, agora=m.agora),
    "aprovar": lambda m, pk, por, cidade, n: acoes.aprovar(adesao_id=pk, por=por, agora=m.agora),
    "indeferir": lambda m, pk, por, cidade, n: acoes.indeferir(adesao_id=pk, motivo="Sem orçamento.", por=por, agora=m.agora),
    "revelar_cpf": lambda m, pk, por, cidade, n: acoes.revelar_cpf(adesao_id=pk, motivo="Prova", por=por, agora=m.agora),
}


@pytest.mark.django_db
@pytest.mark.parametrize("parte", range(4 if PROVAS else 1))  # each core takes the next one that is free
def test_no_sequence_of_acts_breaks_the_house(parte: int, elenco: dict[str, Pessoa], provas: bool, capsys: Any) -> None:
    ELENCO.clear()
    ELENCO.update({nome: p for nome, p in elenco.items() if nome != "anonimo"})
    CONTAGEM.clear()
    exemplos, passos = (25, 100) if provas else (5, 60)
    precisa = {"recusas", *(f"em {e}" for e in Estado.values)} if provas else {"recusas"}
    faltou = rodar(Maquina, exemplos=exemplos, passos=passos, falta=lambda: precisa - set(CONTAGEM))
    with capsys.disabled():
        sys.stdout.write(f"\nmáquina: {CONTAGEM['passos']} passos, {CONTAGEM['recusas']} recusas, {dict(sorted(CONTAGEM.items()))}\n")
    assert CONTAGEM["passos"] >= exemplos * passos
    assert not faltou, "algum estado nunca foi alcançado"
