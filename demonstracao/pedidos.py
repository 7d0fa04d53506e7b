"""What the prefeituras of the demonstration asked for: one ``Local`` per site, with its requests in order of time.

Ages are days before the reference instant, so the script fits any day. `ordens` plays it through the real actions.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from saog.estados import Estado, Servico

CAPACIDADE, TITULARIDADE, EQUIPAMENTO = "alteracao-capacidade", "alteracao-titularidade", "alteracao-equipamento"
ATIVACAO, DESATIVACAO, CANCELAMENTO, MUDANCA = "ativacao", "desativacao", "cancelamento", "mudanca"

BAIRROS = (
    "Vila Maria", "Jardim Paraíso", "Centro", "Vila São Luís", "Jardim das Flores", "Vila Nova", "Parque dos Ipês", "Jardim Bela Vista",
    "Vila Aparecida", "Conjunto Habitacional Mário Covas", "Jardim América", "Vila Operária", "Distrito Industrial", "Jardim Primavera",
    "Vila Santa Catarina", "Parque das Nações", "Jardim São José", "Vila Esperança", "Jardim Planalto", "Chácara do Visconde",
)  # fmt: skip
UNIDADES = (
    "UBS {b}", "Escola Municipal {b}", "Creche {b}", "CRAS {b}", "Secretaria de Finanças", "UBS {b}", "Escola Municipal {b}",
    "Biblioteca Municipal", "Conselho Tutelar", "Almoxarifado Central", "Pronto-Socorro Municipal", "Escola Municipal {b}",
    "Casa da Agricultura", "Guarda Civil Municipal", "CREAS", "Secretaria de Educação", "UBS {b}", "Creche {b}", "Garagem Municipal",
    "Ginásio de Esportes", "Centro de Especialidades", "Secretaria de Obras", "Farmácia Municipal", "Posto do Trabalhador", "UBS {b}",
    "Escola Municipal {b}", "Centro Cultural", "Defesa Civil",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pedido:
    """One request: its kind, where it is left, and how many days ago it got there.

    For ``AGUARDANDO_ACEITE`` ``idade`` counts the days left to answer; for ``EM_VALIDACAO`` and ``DEVOLVIDA`` a negative one the days past
    the deadline. ``marcas``: ``devolvida`` (returned once), ``recusada`` (refused once, delivered again), ``tarde`` (answered after the ten
    days), ``visita``, ``pendente`` (the Operadora waits), ``respondida`` (it waited), ``varias`` (a draft with gaps), ``longo``, ``cedo``
    (cancelled before PRODESP looked), ``arquivos`` (delivered, or refused, with files).
    """

    tipo: str
    fim: Estado
    idade: int
    marcas: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Local:
    """A site: what was asked for there, oldest first. ``velocidade`` in Mbps, of the first request."""

    municipio: str
    ordem: int
    unidade: str
    bairro: str
    servico: str
    velocidade: int
    pedidos: tuple[Pedido, ...]


@dataclass(frozen=True, slots=True)
class Decisao:
    """What PRODESP decided about a prefeitura, so many days ago: ``links`` granted (LNK-06), or a suspension (SS-08) when 0."""

    municipio: str
    idade: int
    motivo: str
    links: int = 0
    retomada: int = 0


def p(tipo: str, fim: Estado, idade: int, *marcas: str) -> Pedido:
    """Short for ``Pedido``."""
    return Pedido(tipo, fim, idade, frozenset(marcas))


E = Estado
#: The city of the guide, name by name: 15 intranet links in service, 2 ordered, the Internet link, and something of everything to do.
BOTUCATU: tuple[tuple[str, str, str, int, tuple[Pedido, ...]], ...] = (
    ("Paço Municipal", "Centro", "SCM_STI", 12, (p(ATIVACAO, E.ACEITA, 262), p(CAPACIDADE, E.ACEITA, 118))),
    ("UBS Vila Maria", "Vila Maria", "SCM", 8, (p(ATIVACAO, E.AGUARDANDO_ACEITE, 3, "devolvida", "visita", "arquivos"),)),
    ("Escola do Jardim Paraíso", "Jardim Paraíso", "SCM_SAI", 10, (p(ATIVACAO, E.VALIDADA, 3),)),
    ("Centro de Convivência", "Vila Nova", "SCM", 4, (p(ATIVACAO, E.ACEITA, 255), p(CAPACIDADE, E.DEVOLVIDA, 5))),
    ("Almoxarifado Central", "Distrito Industrial", "SCM", 2, (p(ATIVACAO, E.ACEITA, 250), p(TITULARIDADE, E.EM_VALIDACAO, 16))),
    ("Creche do Centro", "Centro", "SCM_SAI", 6, (p(ATIVACAO, E.ACEITA, 231, "recusada"), p(CAPACIDADE, E.EM_ATENDIMENTO, 5, "visita"))),
    ("Posto da Rodoviária", "Vila São Luís", "SCM", 2, (p(ATIVACAO, E.ACEITA, 228), p(DESATIVACAO, E.EM_ATENDIMENTO, 4))),
    ("Biblioteca Municipal", "Centro", "SCM_SAI", 8, (p(ATIVACAO, E.ACEITA, 214), p(EQUIPAMENTO, E.EM_ATENDIMENTO, 6, "pendente"))),
    ("UBS Jardim Planalto", "Jardim Planalto", "SCM", 4, (p(ATIVACAO, E.ACEITA, 205, "tarde"), p(CAPACIDADE, E.RECUSADA, 2, "arquivos"))),
    ("Secretaria de Saúde", "Centro", "SCM_SAI", 10, (p(ATIVACAO, E.ACEITA, 198), p(CAPACIDADE, E.ACEITA, 61),
                                                       p(TITULARIDADE, E.ACEITA, 21))),
    ("Pronto-Socorro Municipal", "Vila dos Médicos", "SCM_SAI", 8, (p(ATIVACAO, E.ACEITA, 190, "devolvida"),
                                                                   p(CAPACIDADE, E.ACEITA, 77, "recusada"))),
    ("CRAS Vila Aparecida", "Vila Aparecida", "SCM", 4, (p(ATIVACAO, E.ACEITA, 172), p(EQUIPAMENTO, E.EMITIDA, 2))),
    ("Conselho Tutelar", "Jardim América", "SCM", 2, (p(ATIVACAO, E.ACEITA, 160), p(CAPACIDADE, E.CANCELADA, 52))),
    ("Escola Municipal Rubião Júnior", "Rubião Júnior", "SCM_SAI", 6, (p(ATIVACAO, E.ACEITA, 149, "visita"), p(CAPACIDADE, E.ACEITA, 33))),
    ("Guarda Civil Municipal", "Vila Operária", "SCM", 4, (p(ATIVACAO, E.ACEITA, 121, "respondida"), p(CAPACIDADE, E.RASCUNHO, 1))),
    ("Casa da Agricultura", "Jardim Bela Vista", "SCM", 2, (p(ATIVACAO, E.ACEITA, 105),)),
    ("Farmácia Municipal", "Centro", "SCM", 4, (p(ATIVACAO, E.ACEITA, 88, "devolvida"),)),
    ("Centro de Especialidades", "Vila Santa Catarina", "SCM_SAI", 10, (p(ATIVACAO, E.ACEITA, 42),)),
    ("Ginásio de Esportes", "Jardim Primavera", "SCM", 2, (p(ATIVACAO, E.ACEITA, 240), p(DESATIVACAO, E.ACEITA, 66))),
    ("Distrito de Vitoriana", "Vitoriana", "SCM", 4, (p(ATIVACAO, E.INVIAVEL, 95),)),
    ("Posto Fiscal", "Centro", "SCM", 4, (p(ATIVACAO, E.EM_ATENDIMENTO, 60), p(CANCELAMENTO, E.ACEITA, 44))),
    ("Garagem Municipal", "Distrito Industrial", "SCM", 1, (p(ATIVACAO, E.CANCELADA, 130, "cedo"),)),
    ("Cemitério Portal das Cruzes", "Vila São Luís", "SCM", 1, (p(ATIVACAO, E.DESCARTADA, 74),)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cidade:
    """A drawn city: how many sites with a link in service, whether one of them is the Internet link, and what else there is.

    ``sobre_links`` are requests on links in service (one per site, from the first on); ``novos`` are ativações at other sites, each with
    what came after. ``entre`` are the ages of the oldest and newest acceptance.
    """

    nome: str
    links: int
    entre: tuple[int, int]
    internet: bool = True
    historia: float = 0.55
    sobre_links: tuple[Pedido, ...] = ()
    novos: tuple[tuple[Pedido, ...], ...] = ()


CIDADES: tuple[Cidade, ...] = (
    Cidade("Campinas", 20, (340, 60), historia=0.5,
        sobre_links=(p(CAPACIDADE, E.AGUARDANDO_ACEITE, 0), p(CAPACIDADE, E.EM_VALIDACAO, 12), p(EQUIPAMENTO, E.VALIDADA, 2),
                     p(TITULARIDADE, E.EM_ATENDIMENTO, 3), p(CAPACIDADE, E.PRAZO_VENCIDO, 4)),
        novos=((p(ATIVACAO, E.RASCUNHO, 1),), (p(ATIVACAO, E.RASCUNHO, 6, "varias"),))),
    Cidade("Sorocaba", 24, (350, 52), historia=0.5,
        sobre_links=(p(CAPACIDADE, E.AGUARDANDO_ACEITE, 6), p(EQUIPAMENTO, E.EM_VALIDACAO, 18), p(CAPACIDADE, E.EMITIDA, 1)),
        novos=((p(ATIVACAO, E.EM_ATENDIMENTO, 7, "visita"),), (p(ATIVACAO, E.EM_VALIDACAO, 9),))),
    Cidade("Santos", 11, (300, 70),
        sobre_links=(p(CAPACIDADE, E.EM_VALIDACAO, 15), p(DESATIVACAO, E.VALIDADA, 2), p(EQUIPAMENTO, E.AGUARDANDO_ACEITE, 4)),
        novos=((p(ATIVACAO, E.EM_VALIDACAO, 11),), (p(ATIVACAO, E.EM_VALIDACAO, 14),))),
    Cidade("Bauru", 12, (285, 40),
        sobre_links=(p(CAPACIDADE, E.PRAZO_VENCIDO, 9), p(EQUIPAMENTO, E.ACEITA, 20, "tarde"), p(DESATIVACAO, E.ACEITA, 30)),
        novos=((p(ATIVACAO, E.PRAZO_VENCIDO, 2, "visita", "arquivos"),), (p(ATIVACAO, E.RECUSADA, 1),), (p(ATIVACAO, E.INVIAVEL, 25),))),
    Cidade("Lins", 8, (190, 45),
        sobre_links=(p(MUDANCA, E.EM_ATENDIMENTO, 5), p(CAPACIDADE, E.AGUARDANDO_ACEITE, 8)),
        novos=((p(ATIVACAO, E.DEVOLVIDA, -4),), (p(ATIVACAO, E.EM_ATENDIMENTO, 15), p(CANCELAMENTO, E.EM_VALIDACAO, 17)))),
    Cidade("Araçatuba", 9, (245, 35),
        sobre_links=(p(MUDANCA, E.ACEITA, 12), p(CAPACIDADE, E.EMITIDA, 2)),
        novos=((p(ATIVACAO, E.EM_VALIDACAO, -1),), (p(ATIVACAO, E.CANCELADA, 60, "cedo"),))),
    Cidade("Jundiaí", 10, (225, 38),
        sobre_links=(p(CAPACIDADE, E.EM_ATENDIMENTO, 8, "pendente"), p(TITULARIDADE, E.ACEITA, 9)),
        novos=((p(ATIVACAO, E.AGUARDANDO_ACEITE, 2),), (p(ATIVACAO, E.EM_ATENDIMENTO, 30), p(CANCELAMENTO, E.EM_ATENDIMENTO, 4)))),
    Cidade("Franca", 9, (205, 32),
        sobre_links=(p(CAPACIDADE, E.RECUSADA, 3), p(EQUIPAMENTO, E.DEVOLVIDA, 2)),
        novos=((p(ATIVACAO, E.EMITIDA, 1),), (p(ATIVACAO, E.CANCELADA, 48),))),
    Cidade("Taubaté", 9, (185, 30), internet=False,
        sobre_links=(p(DESATIVACAO, E.AGUARDANDO_ACEITE, 7), p(CAPACIDADE, E.VALIDADA, 1)),
        novos=((p(ATIVACAO, E.EM_VALIDACAO, 3),), (p(ATIVACAO, E.RASCUNHO, 2),))),
    Cidade("São José do Rio Preto", 10, (165, 28),
        sobre_links=(p(MUDANCA, E.EM_VALIDACAO, 13), p(CAPACIDADE, E.EM_ATENDIMENTO, 6)),
        novos=((p(ATIVACAO, E.AGUARDANDO_ACEITE, 9),), (p(ATIVACAO, E.INVIAVEL, 14),))),
    Cidade("Presidente Prudente", 8, (150, 26),
        sobre_links=(p(CAPACIDADE, E.PRAZO_VENCIDO, 1), p(DESATIVACAO, E.EMITIDA, 3)),
        novos=((p(ATIVACAO, E.EM_VALIDACAO, 19),), (p(ATIVACAO, E.DESCARTADA, 40),))),
    Cidade("Registro", 7, (130, 24), internet=False,
        sobre_links=(p(CAPACIDADE, E.AGUARDANDO_ACEITE, 1), p(EQUIPAMENTO, E.EM_VALIDACAO, 0)),
        novos=((p(ATIVACAO, E.RECUSADA, 4),),)),
    Cidade("Piracicaba", 7, (118, 22),
        sobre_links=(p(CAPACIDADE, E.EMITIDA, 4), p(TITULARIDADE, E.DEVOLVIDA, 6)),
        novos=((p(ATIVACAO, E.EM_ATENDIMENTO, 2, "visita"),), (p(ATIVACAO, E.CANCELADA, 20, "cedo"),))),
    Cidade("Guaratinguetá", 6, (96, 20), internet=False,
        sobre_links=(p(CAPACIDADE, E.EM_VALIDACAO, 8), p(EQUIPAMENTO, E.VALIDADA, 5)),
        novos=((p(ATIVACAO, E.INVIAVEL, 6),), (p(ATIVACAO, E.AGUARDANDO_ACEITE, 5),))),
    Cidade("Assis", 5, (78, 18),
        sobre_links=(p(CAPACIDADE, E.EM_ATENDIMENTO, 3),),
        novos=((p(ATIVACAO, E.VALIDADA, 1),), (p(ATIVACAO, E.CANCELADA, 15),))),
    Cidade("Mogi das Cruzes", 5, (58, 16), internet=False,
        sobre_links=(p(CAPACIDADE, E.EM_VALIDACAO, 17),),
        novos=((p(ATIVACAO, E.EM_ATENDIMENTO, 9, "pendente"),), (p(ATIVACAO, E.EMITIDA, 2),), (p(ATIVACAO, E.DEVOLVIDA, 4),))),
    Cidade("Itapetininga", 3, (36, 12), historia=0,
        novos=((p(ATIVACAO, E.AGUARDANDO_ACEITE, 8, "visita"),), (p(ATIVACAO, E.EM_ATENDIMENTO, 5),), (p(ATIVACAO, E.VALIDADA, 4),))),
    Cidade("Santa Bárbara d'Oeste", 1, (18, 14), internet=False, historia=0,
        novos=((p(ATIVACAO, E.EM_ATENDIMENTO, 10),), (p(ATIVACAO, E.EMITIDA, 6),), (p(ATIVACAO, E.RASCUNHO, 3, "varias"),))),
    Cidade("Barretos", 0, (0, 0), internet=False,
        novos=((p(ATIVACAO, E.EM_VALIDACAO, 12),), (p(ATIVACAO, E.EM_VALIDACAO, 13, "longo"),), (p(ATIVACAO, E.DEVOLVIDA, 3),))),
    Cidade("Avaré", 0, (0, 0), internet=False, novos=((p(ATIVACAO, E.EM_VALIDACAO, 16),), (p(ATIVACAO, E.RASCUNHO, 2),))),
)  # fmt: skip

#: Whose requests are there at the first page: the cities of the accounts. The others follow, in the order of ``CIDADES``.
PRIMEIRAS = ("Botucatu", "Lins")
#: Sorocaba's grant has to come before its 21st link is sent (LNK-06): its sites are spread from 350 to 52 days ago.
DECISOES: tuple[Decisao, ...] = (
    Decisao("Sorocaba", 215, "Sorocaba atende 26 unidades de saúde e assistência social com as aplicações do Estado.", links=26),
    Decisao("Santos", 5, "Duas faturas do contrato em aberto. A validação volta com o pagamento."),
    Decisao("Bauru", 150, "Uma fatura do contrato em aberto.", retomada=139),
)


def locais() -> list[Local]:
    """Every site of the demonstration, always the same."""
    saida = [Local("Botucatu", n, *resto) for n, resto in enumerate(BOTUCATU)]
    for cidade in CIDADES:
        saida += _desenhar(cidade)
    return saida


def _desenhar(c: Cidade) -> list[Local]:
    r = random.Random(f"intragov:links:{c.nome}")  # noqa: S311 invented data, not a secret
    saida: list[Local] = []
    velha, nova = c.entre
    em_servico = c.links + c.internet
    for n in range(em_servico):
        idade = velha - round(n * (velha - nova) / max(1, em_servico - 1))
        pedidos = [p(ATIVACAO, E.ACEITA, idade, *_acaso(r))]
        aberto = c.sobre_links[n] if n < len(c.sobre_links) else None
        depois = 60 if aberto else 12  # days that the next request may take
        while idade > depois + 70 and r.random() < c.historia:
            idade -= r.randint(55, 85)
            pedidos.append(p(r.choice((CAPACIDADE, CAPACIDADE, CAPACIDADE, TITULARIDADE, EQUIPAMENTO)), E.ACEITA, idade, *_acaso(r)))
        if aberto:
            pedidos.append(aberto)
        internet = c.internet and n == em_servico - 1
        saida.append(_local(c, n, r, tuple(pedidos), internet=internet))
    for n, pedidos_novos in enumerate(c.novos, em_servico):
        saida.append(_local(c, n, r, pedidos_novos))
    return saida


def _acaso(r: random.Random) -> list[str]:
    """Now and then a return, a refusal, a visit, a late answer."""
    return [
        marca
        for marca, chance in (("devolvida", 0.14), ("recusada", 0.1), ("visita", 0.3), ("respondida", 0.07), ("tarde", 0.06))
        if r.random() < chance
    ]


def _local(c: Cidade, n: int, r: random.Random, pedidos: tuple[Pedido, ...], *, internet: bool = False) -> Local:
    bairro = BAIRROS[(n * 7 + len(c.nome)) % len(BAIRROS)]
    nome = "Paço Municipal" if internet else UNIDADES[n % len(UNIDADES)].format(b=bairro)
    servico = Servico.SCM_STI if internet else r.choice((Servico.SCM, Servico.SCM, Servico.SCM_SAI))
    return Local(c.nome, n, nome, bairro, servico.value, r.choice((2, 4, 4, 6, 8, 10)), pedidos)
