"""Random acts on pools, sub-blocks and exchanges, valid or not: after each the invariants hold. No overlap, ceilings, the history tells
the truth of every day, free + used + in exchange + quarantine = total, only an exchange leaves two, and what was refused changed nothing
(IP-02 to IP-08).

250 steps by default, 10,000 with ``PROVAS=1``.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from adesao.models import Adesao
from enderecamento import acoes, consultas
from enderecamento.estados import ENDERECOS, TETO
from enderecamento.models import Alocacao, LimiteConcedido, PoolCIDR, Renumeracao, SubBlocoCIDR, Troca
from nucleo import prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from tests.apoio import enderecos
from tests.apoio.ambiente import PROVAS
from tests.apoio.elenco import AGORA, BOTUCATU, CUNHA, ITAPEVA, Pessoa
from tests.provas.maquinas import rodar, sorte_do_passo

PASSOS = 50
#: Networks that pools are made of: small, side by side, some over others, some of the wrong kind.
REDES = ["10.0.0.0/26", "10.0.0.64/26", "10.0.0.0/25", "10.0.0.0/23", "10.0.2.0/27", "203.0.113.0/29", "203.0.113.8/30", "203.0.113.0/28"]
ELENCO: dict[str, Ator] = {}
CONTAGEM: Counter[str] = Counter()
#: Act → how often it is tried; the rare ones oftener at full count, where each part has to reach them.
_PESOS = {
    "registrar": 3,
    "ampliar": 2,
    "fechar": 1,
    "reabrir": 3,
    "apagar": 1,
    "atribuir": 16,
    "devolver": 6,
    "pedir": 2,
    "esperar": 3,
    "renumerar": 6,
    "confirmar": 8 if PROVAS else 2,
    "adiar": 8 if PROVAS else 1,
    "desfazer": 2,
    "trocar": 3,
}


class Desfazer(Exception):
    """Ends an example's savepoint."""


class Maquina(RuleBasedStateMachine):
    """Three prefeituras, PRODESP, and a clock that only goes forward. ``dono`` is what the machine itself believes: slot → adhesion."""

    def __init__(self) -> None:
        super().__init__()
        self.ponto = transaction.atomic()
        self.ponto.__enter__()
        self.agora = AGORA
        self.dono: dict[int, int] = {}
        self.repousa: dict[int, dt.date] = {}
        self.passado: list[tuple[dt.datetime, dict[int, int]]] = []

    def teardown(self) -> None:
        """Take the whole example back."""
        self.ponto.__exit__(Desfazer, Desfazer(), None)

    @initialize()
    def comecar(self) -> None:
        """Three prefeituras that ask for 20 and 1, one of them with a granted limit; a private pool of 16 and a public one of 2."""
        self.adesoes = list(Adesao.objects.order_by("pk").values_list("pk", flat=True))
        assert not PoolCIDR.objects.exists()
        for rede, perfil in (("10.0.0.0/24", "PRIVADO"), ("203.0.113.0/29", "PUBLICO")):
            enderecos.pool(rede, por=ELENCO["gestor"], perfil=perfil, agora=self.agora)

    @property
    def hoje(self) -> dt.date:
        return prazos.dia_local(self.agora)

    @rule(semente=st.integers(0, 2**32))
    def passo(self, semente: int) -> None:
        """One step, decided by a seed."""
        sorte = sorte_do_passo(len(self.passado), semente)
        self.agora += dt.timedelta(minutes=sorte.randint(1, 90))
        ato = sorte.choices((*_PESOS,), (*_PESOS.values(),))[0]
        antes = self._retrato()
        try:
            with transaction.atomic():
                getattr(self, f"_{ato}")(sorte)
        except (RegraViolada, PoolCIDR.DoesNotExist, SubBlocoCIDR.DoesNotExist, Renumeracao.DoesNotExist):
            assert self._retrato() == antes, f"{ato} foi recusado e mudou algo"
            CONTAGEM["recusas"] += 1
        else:
            CONTAGEM[ato] += 1
        self.passado.append((self.agora, dict(self.dono)))

    def _quem(self, sorte: random.Random, certo: str) -> Ator:
        return ELENCO[sorte.choice(sorted(ELENCO)) if sorte.random() < 0.1 else certo]

    def _registrar(self, sorte: random.Random) -> None:
        rede = sorte.choice(REDES)
        perfil = "PUBLICO" if rede.startswith("203") != (sorte.random() < 0.1) else "PRIVADO"
        regiao = sorte.choice(("", "14", "15"))
        pool = acoes.registrar_pool(
            rede=rede, perfil=perfil, nome="Bloco", origem="PRODESP", regiao=regiao, por=self._quem(sorte, "gestor"), agora=self.agora
        )
        if sorte.random() < 0.9:
            acoes.criar_vagas(pool.pk, agora=self.agora, pedaco=sorte.choice((1, 3, 100)))

    def _pool(self, sorte: random.Random) -> int:
        return sorte.choice([*PoolCIDR.objects.order_by("pk").values_list("pk", flat=True), 10**9])

    def _ampliar(self, sorte: random.Random) -> None:
        pool = acoes.ampliar_pool(self._pool(sorte), rede=sorte.choice(REDES), por=self._quem(sorte, "gestor"), agora=self.agora)
        acoes.criar_vagas(pool.pk, agora=self.agora, pedaco=sorte.choice((1, 3, 100)))

    def _fechar(self, sorte: random.Random) -> None:
        acoes.fechar_pool(self._pool(sorte), motivo="Mudança", por=self._quem(sorte, "gestor"), agora=self.agora)

    def _reabrir(self, sorte: random.Random) -> None:
        acoes.reabrir_pool(self._pool(sorte), por=self._quem(sorte, "gestor"), agora=self.agora)

    def _apagar(self, sorte: random.Random) -> None:
        acoes.apagar_pool(self._pool(sorte), por=self._quem(sorte, "gestor"), agora=self.agora)

    def _atribuir(self, sorte: random.Random) -> None:
        opcoes: dict[str, Any] = {"quantidade": sorte.choice((1, 1, 1, 2, 2, 3, 5, 0, 21))}
        qual = sorte.random()
        if qual < 0.2:
            alvo = list(SubBlocoCIDR.objects.order_by("inicio").values_list("inicio", flat=True)) or [0]
            opcoes["escolhidos"] = sorte.sample(alvo, min(len(alvo), sorte.randint(1, 3)))
        elif qual < 0.4:
            opcoes["pool_id"] = self._pool(sorte)
        elif qual < 0.6:
            opcoes["seguidos"] = True
        elif qual < 0.7:
            opcoes["regiao"] = sorte.choice(("14", "99"))
        adesao = sorte.choice(self.adesoes)
        perfil = sorte.choice(("PRIVADO", "PRIVADO", "PRIVADO", "PUBLICO"))
        for bloco in acoes.atribuir(adesao, perfil=perfil, por=self._quem(sorte, "analista"), agora=self.agora, **opcoes):
            assert bloco.inicio not in self.dono
            assert self.repousa.get(bloco.inicio, dt.date.min) <= self.hoje, "saiu da quarentena antes da hora"
            assert bloco.pool.fechado_em is None
            self.dono[bloco.inicio] = adesao

    def _devolver(self, sorte: random.Random) -> None:
        pks = list(SubBlocoCIDR.objects.filter(adesao__isnull=False).order_by("pk").values_list("pk", flat=True))
        pk = sorte.choice(pks or [10**9]) if sorte.random() < 0.9 else 10**9
        bloco = acoes.devolver(pk, motivo=sorte.choice(("Fechou", "Fechou", "  ")), por=self._quem(sorte, "analista"), agora=self.agora)
        del self.dono[bloco.inicio]
        self.repousa[bloco.inicio] = bloco.livre_desde

    def _pedir(self, sorte: random.Random) -> None:
        acoes.registrar_anexo_ii(
            sorte.choice(self.adesoes),
            privados=sorte.choice((0, 1, 3)),
            publicos=sorte.choice((0, 0, 1)),
            referencia="Anexo II",
            por=self._quem(sorte, "analista"),
            agora=self.agora,
        )

    def _esperar(self, sorte: random.Random) -> None:
        self.agora += dt.timedelta(days=sorte.randint(1, 40))

    # --- Renumbering (IP-05) ------------------------------------------------------------------------------------------
    def _renumerar(self, sorte: random.Random) -> None:
        em_uso = list(SubBlocoCIDR.objects.filter(adesao__isnull=False).order_by("pk").values_list("inicio", flat=True))
        inteiro = sorte.random() < 0.4
        pedido = acoes.Pedido(
            pool_id=self._pool(sorte) if inteiro else None,
            escolhidos=() if inteiro else tuple(sorte.sample(em_uso, min(len(em_uso), sorte.randint(0, 5)))),
            destinos=(self._pool(sorte),) if sorte.random() < 0.2 else (),
            motivo=sorte.choice(("Mudança na rede", "Mudança na rede", " ")),
            ultimo_dia=self.hoje + dt.timedelta(days=sorte.randint(0, 30)),
        )
        feita = acoes.renumerar(pedido, por=self._quem(sorte, "gestor"), agora=self.agora)
        for troca in feita.trocas.select_related("velho", "novo__pool"):
            novo = troca.novo.inicio
            assert novo not in self.dono
            assert self.repousa.get(novo, dt.date.min) <= self.hoje, "saiu da quarentena antes da hora"
            assert troca.novo.pool.fechado_em is None
            assert not inteiro or troca.novo.pool_id != pedido.pool_id, "voltou ao bloco que se esvazia"
            self.dono[novo] = self.dono[troca.velho.inicio]

    def _renumeracao(self, sorte: random.Random) -> int:
        abertas = Renumeracao.objects.filter(estado="EM_CURSO") if sorte.random() < 0.9 else Renumeracao.objects.all()
        return sorte.choice(list(abertas.order_by("pk").values_list("pk", flat=True)) or [10**9])

    def _confirmar(self, sorte: random.Random) -> None:
        acoes.confirmar_trocas(self._renumeracao(sorte), municipio_id=BOTUCATU, por=self._quem(sorte, "responsavel"), agora=self.agora)

    def _adiar(self, sorte: random.Random) -> None:
        dia = self.hoje + dt.timedelta(days=sorte.randint(1, 60))
        acoes.adiar_renumeracao(
            self._renumeracao(sorte), ultimo_dia=dia, motivo="Mais tempo", por=self._quem(sorte, "gestor"), agora=self.agora
        )

    def _desfazer(self, sorte: random.Random) -> None:
        feita = acoes.desfazer_renumeracao(self._renumeracao(sorte), motivo="Engano", por=self._quem(sorte, "gestor"), agora=self.agora)
        self._soltar(feita.trocas.values_list("novo__inicio", "novo__livre_desde"))

    def _trocar(self, sorte: random.Random) -> None:
        vencidas = list(Troca.objects.filter(encerrada_em__isnull=True, renumeracao__vence_em__lte=self.agora).values_list("pk", flat=True))
        feito = acoes.trocar(agora=self.agora)
        assert feito["falhas"] == 0
        assert (feito["prefeituras"] > 0) == bool(vencidas)
        self._soltar(Troca.objects.filter(pk__in=vencidas).values_list("velho__inicio", "velho__livre_desde"))

    def _soltar(self, linhas: Any) -> None:
        for inicio, livre_desde in linhas.order_by("pk"):
            del self.dono[inicio]
            self.repousa[inicio] = livre_desde

    def _retrato(self) -> Any:
        return (
            list(Renumeracao.objects.order_by("pk").values_list()),
            list(Troca.objects.order_by("pk").values_list()),
            list(PoolCIDR.objects.order_by("pk").values_list()),
            list(SubBlocoCIDR.objects.order_by("pk").values_list()),
            list(Alocacao.objects.order_by("pk").values_list()),
        )

    # --- What must always hold ----------------------------------------------------------------------------------------
    @invariant()
    def ninguem_se_sobrepoe(self) -> None:
        """Pools side by side; every slot inside its pool, of its size, none over another (IP-04)."""
        pools = list(PoolCIDR.objects.order_by("inicio"))
        assert all(a.fim <= b.inicio for a, b in pairwise(pools))
        por_pk = {p.pk: p for p in pools}
        ultimo = -1
        for bloco in SubBlocoCIDR.objects.order_by("inicio"):
            pool, tamanho = por_pk[bloco.pool_id], ENDERECOS[bloco.perfil]
            assert pool.perfil == bloco.perfil
            assert pool.inicio <= bloco.inicio <= pool.fim - tamanho
            assert bloco.inicio % tamanho == 0
            assert bloco.inicio >= ultimo
            ultimo = bloco.inicio + tamanho

    @invariant()
    def ninguem_passa_do_teto(self) -> None:
        """At most what was asked for, 20 and 1, or the granted limit (IP-02, IP-03, ADS-13)."""
        if not hasattr(self, "adesoes"):
            return
        for adesao in Adesao.objects.order_by("pk"):
            for perfil in TETO:
                tem = consultas.quantidades(adesao, perfil, self.hoje)
                assert tem.atribuidos <= min(tem.teto, tem.pedidos), (tem, adesao)

    @invariant()
    def o_historico_diz_a_verdade(self) -> None:
        """Who holds what now, and who held it at an earlier instant, is what the machine saw happen."""
        assert dict(SubBlocoCIDR.objects.filter(adesao__isnull=False).values_list("inicio", "adesao").order_by("inicio")) == self.dono
        assert dict(Alocacao.objects.filter(ate__isnull=True).values_list("sub_bloco__inicio", "adesao").order_by("pk")) == self.dono
        if self.passado:
            em, dono = self.passado[len(self.passado) // 2]
            quando = {p.sub_bloco.inicio: p.adesao_id for p in consultas.posses(0, 2**32) if p.de <= em and (p.ate is None or p.ate > em)}
            assert quando == dono

    @invariant()
    def so_a_troca_deixa_dois(self) -> None:
        """What is in exchange is the old side of an open exchange with its date, and its new side has its place (IP-05)."""
        abertas = Troca.objects.filter(encerrada_em__isnull=True).select_related("velho", "novo", "renumeracao").order_by("pk")
        em_troca = SubBlocoCIDR.objects.filter(troca_ate__isnull=False).order_by("pk").values_list("pk", flat=True)
        assert sorted(t.velho_id for t in abertas) == list(em_troca)
        for troca in abertas:
            assert troca.renumeracao.em_curso
            assert (troca.velho.troca_ate, troca.velho.adesao_id) == (troca.renumeracao.vence_em, troca.adesao_id)
            assert (troca.novo.ordinal, troca.novo.adesao_id, troca.novo.perfil) == (troca.lugar, troca.adesao_id, troca.velho.perfil)

    @invariant()
    def as_contas_fecham(self) -> None:
        """Free + in use + in exchange + quarantine = what exists, and no more than fits."""
        total = consultas.ocupacao(SubBlocoCIDR.objects.all(), self.hoje)
        assert total.total == SubBlocoCIDR.objects.count()
        assert total.em_uso + total.em_troca == len(self.dono)
        for pool in PoolCIDR.objects.order_by("pk"):
            assert pool.sub_blocos.count() <= pool.vagas
            assert not pool.pronto or pool.sub_blocos.count() == pool.vagas


@pytest.mark.django_db
@pytest.mark.parametrize("parte", range(4 if PROVAS else 1))  # each core takes the next one that is free
def test_random_acts_never_break_an_invariant(
    parte: int,
    responsavel_a1: Pessoa,
    responsavel_b: Pessoa,
    analista: Pessoa,
    gestor_prodesp: Pessoa,
    auditor: Pessoa,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: None)
    settings.QUARENTENA_DIAS = 6
    for pessoa, cidade in ((responsavel_a1, BOTUCATU), (responsavel_b, ITAPEVA), (responsavel_a1, CUNHA)):
        enderecos.em_vigor(pessoa, cidade, privados=18 if cidade == CUNHA else 20, publicos=0 if cidade == CUNHA else 1)
    LimiteConcedido.objects.create(
        municipio_id=ITAPEVA,
        links=23,
        vale_de=AGORA.date(),
        motivo="Rede de escolas",
        concedido_em=AGORA,
        concedido_por_id=gestor_prodesp.usuario.pk,
    )
    pessoas = {"analista": analista, "gestor": gestor_prodesp, "auditor": auditor, "responsavel": responsavel_a1}
    ELENCO.clear()
    ELENCO.update({nome: p.ator for nome, p in pessoas.items()})
    CONTAGEM.clear()
    precisa = {"registrar", "atribuir", "devolver", "recusas", "pedir", "esperar", "renumerar", "desfazer", "trocar"}
    if PROVAS:
        precisa |= {"confirmar", "adiar"}
    faltou = rodar(Maquina, exemplos=50 if PROVAS else 5, passos=PASSOS, falta=lambda: precisa - set(CONTAGEM))
    assert not faltou, CONTAGEM
    assert CONTAGEM["atribuir"] > 10, CONTAGEM
