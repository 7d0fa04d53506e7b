"""The requests of the demonstration, all played at once in order of time, and what PRODESP did about prefeituras meanwhile: decisions,
renumberings, sanctions.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections.abc import Iterator

from adesao.estados import Estado as EstadoDaAdesao
from adesao.models import Adesao
from contas.acesso import ator_do_usuario
from contas.models import Papel, Vinculo
from demonstracao import atendimento, enderecos, sancoes, trocas
from demonstracao.elenco import Elenco
from demonstracao.ordens import Obra
from demonstracao.pedidos import DECISOES, PRIMEIRAS, Decisao, Local, locais
from demonstracao.sorteio import Sorteio
from demonstracao.tempo import Relogio
from nucleo import prazos
from nucleo.fluxo import Ator
from saog import acoes
from saog.models import MotivoDeDevolucao, Preco

Peca = Iterator[dt.datetime]
DIA = dt.timedelta(days=1)


class Quadro:
    """Who asks, who answers, and since when: read once, so that four hundred requests ask the database for none of it."""

    def __init__(self, *, elenco: Elenco, relogio: Relogio) -> None:
        self.elenco, self.relogio = elenco, relogio
        self.operadora: Ator = elenco.ator("operadora")
        self.analistas = (elenco.ator("analista"), elenco.ator("analista2"))
        self.motivos = dict(MotivoDeDevolucao.objects.values_list("titulo", "pk"))
        em_vigor = Adesao.objects.filter(estado=EstadoDaAdesao.APROVADA).values_list("municipio__nome", "decidida_em")
        self.inicios = {nome: em + DIA for nome, em in em_vigor if em is not None}
        self.atores: dict[str, list[Ator]] = {}
        for v in Vinculo.objects.filter(papel=Papel.RESPONSAVEL).select_related("usuario", "orgao__municipio").order_by("pk"):
            if v.orgao.municipio is not None and v.usuario.has_usable_password():
                ip = f"203.0.113.{v.usuario.pk % 250 + 1}"
                self.atores.setdefault(v.orgao.municipio.nome, []).append(ator_do_usuario(v.usuario, ip, relogio.agora, vinculos=[v]))
        self.blocos = enderecos.dos_municipios()
        self.suspensoes: dict[str, tuple[dt.datetime, dt.datetime]] = {}

    def comeco(self, municipio: str) -> dt.datetime:
        """The first instant at which this prefeitura may ask: the day after its approval, and in the past in any case."""
        return min(self.inicios[municipio], self.relogio.agora - dt.timedelta(hours=6))

    def municipio_id(self, nome: str) -> int:
        """IBGE code of a municipality by name. Raises ``KeyError``."""
        return self.elenco.municipio(nome).pk

    def responsavel(self, municipio: str, r: random.Random) -> Ator:
        """One of the responsáveis who have created their password, drawn (SS-01)."""
        return r.choice(self.atores[municipio])

    def analista(self, r: random.Random) -> Ator:
        """One of PRODESP's two."""
        return r.choice(self.analistas)

    def quando_valida(self, municipio: str, t: dt.datetime) -> dt.datetime:
        """``t``, or the morning after a suspension that holds validations then (SS-08)."""
        de, ate = self.suspensoes.get(municipio, (t, t))
        return ate + dt.timedelta(minutes=40) if de <= t < ate else t

    def encenar(self, quais: frozenset[str] | None = None) -> None:
        """Play every request, or those of the municipalities in ``quais``, always resuming the one whose next act is the earliest."""
        carregar_precos(self.relogio.agora)
        em_ordem(self.pecas(quais))

    def pecas(self, quais: frozenset[str] | None = None) -> list[Peca]:
        """The play of every site and of every decision, not yet begun; renumberings and sanctions go with the cities of the accounts."""
        decisoes = [self._decidir(d) for d in DECISOES if quais is None or d.municipio in quais]
        cidades: dict[str, int] = {}
        ceps: dict[str, str] = {}
        obras: list[Peca] = []
        for local in locais():
            cidade = cidades.setdefault(local.municipio, len(cidades) + 1)
            if quais is not None and local.municipio not in quais:
                continue
            if local.municipio not in ceps:
                ceps[local.municipio] = self._sorteio(local.municipio).cep()
            obras.append(self._obra(local, cidade=cidade, cep=ceps[local.municipio]).encenar())
        da_rede = [*trocas.pecas(self), *sancoes.pecas(self)] if quais is None or quais.issuperset(PRIMEIRAS) else []
        return [*decisoes, *da_rede, *obras]

    def _sorteio(self, municipio: str) -> Sorteio:
        return self.elenco.sorteio(municipio, -3)

    def _obra(self, local: Local, *, cidade: int, cep: str) -> Obra:
        r = random.Random(f"intragov:{local.municipio}:link:{local.ordem}")  # noqa: S311 invented data, not a secret
        ddd = self.elenco.municipio(local.municipio).ddd
        blocos = self.blocos.get(local.municipio, {})
        escrita = atendimento.Escrita(local, cidade=cidade, ddd=ddd, cep=cep, r=r, blocos=blocos)
        return Obra(local, quadro=self, escrita=escrita, r=r)

    def _decidir(self, d: Decisao) -> Peca:
        """A decision and, when it was lifted, its end. The instants are fixed now, before any request is played."""
        r = random.Random(f"intragov:{d.municipio}:decisao")  # noqa: S311 invented data, not a secret
        comeco = self.relogio.ha(d.idade, r=r, depois_de=self.comeco(d.municipio))
        fim = self.relogio.ha(d.retomada, r=r, depois_de=comeco) if d.retomada else self.relogio.agora
        if not d.links:
            self.suspensoes[d.municipio] = (comeco, fim)
        return self._executar(d, comeco, fim)

    def _executar(self, d: Decisao, comeco: dt.datetime, fim: dt.datetime) -> Peca:
        por, pk = self.elenco.ator("gestor"), self.municipio_id(d.municipio)
        yield comeco
        if d.links:
            acoes.conceder_limite(municipio_id=pk, links=d.links, vale_ate=None, motivo=d.motivo, por=por, agora=comeco)
            return
        acoes.suspender_validacao(municipio_id=pk, motivo=d.motivo, por=por, agora=comeco)
        if d.retomada:
            yield fim
            acoes.retomar_validacao(municipio_id=pk, motivo="A fatura foi paga.", por=por, agora=fim)


def carregar_precos(agora: dt.datetime) -> None:
    """The sample price tables of the years of the play."""
    ano = prazos.dia_local(agora).year
    Preco.objects.bulk_create(atendimento.precos((ano - 2, ano - 1, ano)), ignore_conflicts=True)


def em_ordem(pecas: list[Peca]) -> None:
    """Resume plays in order of time until all have ended."""
    proximos = [(t, n) for n, peca in enumerate(pecas) if (t := next(peca, None)) is not None]
    heapq.heapify(proximos)
    while proximos:
        _, n = proximos[0]
        seguinte = next(pecas[n], None)
        if seguinte is None:
            heapq.heappop(proximos)
        else:
            heapq.heapreplace(proximos, (seguinte, n))
