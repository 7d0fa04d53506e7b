"""The address blocks of the demonstration: sample pools, and what each prefeitura in force received, through the real actions."""

from __future__ import annotations

import datetime as dt
import itertools
import random

from adesao.estados import Estado
from adesao.models import Adesao
from demonstracao.elenco import Elenco
from demonstracao.tempo import Relogio
from enderecamento import acoes
from enderecamento.acoes import Lote
from enderecamento.estados import Perfil
from enderecamento.models import PoolCIDR, SubBlocoCIDR

DIA = dt.timedelta(days=1)
#: (network, kind, name, area code, where it comes from): private ones of RFC 1918, public ones of the ranges for documentation (RFC 5737).
POOLS = (
    ("10.64.0.0/16", "PRIVADO", "Prefeituras", "", "Faixa de exemplo, plano de endereços da demonstração"),
    ("10.80.0.0/20", "PRIVADO", "Região de Bauru", "14", "Faixa de exemplo, plano de endereços da demonstração"),
    ("10.80.16.0/20", "PRIVADO", "Região de Sorocaba", "15", "Faixa de exemplo, plano de endereços da demonstração"),
    ("203.0.113.0/24", "PUBLICO", "Internet das prefeituras", "", "Faixa de documentação (RFC 5737), no lugar de uma do CGI.br"),
    ("198.51.100.0/24", "PUBLICO", "Reserva", "", "Faixa de documentação (RFC 5737), no lugar de uma do CGI.br"),
)
FECHADO, POR_QUE_FECHADO = "198.51.100.0/24", "Guardado para a troca dos blocos públicos."
#: How many of the newest adhesions still wait for all they asked for; of the others, one in so many waits for the rest.
ESPERAM, UMA_EM = 5, 7
#: Whose last private block went back: prefeitura → days ago. The first two still rest (IP-08).
DEVOLVERAM = {"Campinas": 6, "Jundiaí": 17, "Franca": 64}
POR_QUE_DEVOLVEU = "A unidade que usaria o sub-bloco fechou."


def encenar(elenco: Elenco, relogio: Relogio) -> None:
    """Register the pools and attribute to every prefeitura in force a few hours after its approval, oldest first; some still wait."""
    gestor = elenco.ator("gestor")
    todas = Adesao.objects.filter(estado=Estado.APROVADA, decidida_em__isnull=False).select_related("municipio")
    adesoes = sorted(todas, key=lambda a: (a.decidida_em, a.pk))
    comeco = min([relogio.agora, *(a.decidida_em for a in adesoes if a.decidida_em)]) - 30 * DIA
    for rede, perfil, nome, regiao, origem in POOLS:
        pool = acoes.registrar_pool(rede=rede, perfil=perfil, nome=nome, origem=origem, regiao=regiao, por=gestor, agora=comeco)
        while acoes.criar_vagas(pool.pk, agora=comeco):
            pass
        if rede == FECHADO:
            acoes.fechar_pool(pool.pk, motivo=POR_QUE_FECHADO, por=gestor, agora=comeco + DIA)
    regioes = set(PoolCIDR.objects.exclude(regiao="").values_list("regiao", flat=True))
    analistas = itertools.cycle((elenco.ator("analista"), elenco.ator("analista2")))
    atos = [(a.decidida_em + dt.timedelta(hours=3), a.pk, a, n) for n, a in enumerate(adesoes[:-ESPERAM]) if a.decidida_em]
    for quando, _, adesao, n in atos:
        parte = 2 if n % UMA_EM == UMA_EM - 1 else 1
        privados, publicos = (adesao.blocos_privados or 0) // parte, adesao.blocos_publicos or 0
        ddd = adesao.municipio.ddd
        lotes = [
            *([Lote(Perfil.PRIVADO.value, privados, regiao=ddd if ddd in regioes else "")] if privados else []),
            *([Lote(Perfil.PUBLICO.value, publicos)] if publicos and parte == 1 else []),
        ]
        if lotes:
            acoes.atribuir_juntos(adesao.pk, lotes=lotes, por=next(analistas), agora=min(quando, relogio.agora))
    _devolver(elenco, relogio)


def _devolver(elenco: Elenco, relogio: Relogio) -> None:
    for nome, dias in DEVOLVERAM.items():
        deles = SubBlocoCIDR.objects.filter(adesao__municipio__nome=nome, perfil=Perfil.PRIVADO).order_by("-ordinal")
        ultimo = deles.first()
        if ultimo is not None and ultimo.ordinal and ultimo.ordinal > 1:
            r = random.Random(f"intragov:{nome}:devolucao")  # noqa: S311 invented data, not a secret
            quando = relogio.ha(dias, r=r, expediente=True)
            acoes.devolver(ultimo.pk, motivo=POR_QUE_DEVOLVEU, por=elenco.ator("analista"), agora=quando)


def dos_municipios() -> dict[str, dict[str, list[str]]]:
    """Name of the municipality → kind → the sub-blocks it holds, in their order (one query)."""
    saida: dict[str, dict[str, list[str]]] = {}
    blocos = SubBlocoCIDR.objects.filter(adesao__isnull=False, ordinal__isnull=False).select_related("adesao__municipio")
    for b in blocos.order_by("adesao", "perfil", "ordinal"):
        assert b.adesao is not None
        saida.setdefault(b.adesao.municipio.nome, {}).setdefault(b.perfil, []).append(b.rede.cidr)
    return saida
