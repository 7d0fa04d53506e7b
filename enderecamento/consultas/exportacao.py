"""What leaves for other systems: allocations by filter, reverse DNS of a pool, and its WHOIS-like text. No personal data in any of them."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Iterator, Mapping

from django.db.models import OuterRef, Q, QuerySet, Subquery

from contas.municipios import procurar as procurar_municipios
from enderecamento.models import Alocacao, ImportacaoDeBlocos, PoolCIDR, SubBlocoCIDR
from nucleo import prazos
from nucleo.redes import Rede, ip

from .blocos import na_situacao
from .planilha import sem_acentos
from .posse import procurar as procurar_posses
from .posse import sub_blocos_em

#: Rows read from the database at a time.
LOTE = 2000
#: First address of a /24 of which the last number is 0.
_UM_24 = 256


def importadas() -> list[ImportacaoDeBlocos]:
    """The files that were written, newest first, without their text (one query)."""
    return list(ImportacaoDeBlocos.objects.filter(gravada_em__isnull=False).defer("texto").order_by("-gravada_em", "-pk")[:20])


def alocacoes(filtros: Mapping[str, str]) -> QuerySet[Alocacao]:
    """Allocations by address, then by date: those of today, the ended ones, or all (``quando``); by ``tipo``; of what ``busca`` names."""
    lista = Alocacao.objects.select_related("sub_bloco__pool", "adesao__municipio").order_by("sub_bloco__inicio", "de", "pk")
    if filtros.get("quando", "") in ("", "encerradas"):
        lista = lista.filter(ate__isnull=filtros.get("quando") != "encerradas")
    if filtros.get("tipo"):
        lista = lista.filter(sub_bloco__perfil=filtros["tipo"].upper())
    if busca := filtros.get("busca", ""):
        lista = lista.filter(_do_texto(busca))
    return lista


def _do_texto(busca: str) -> Q:
    """An address or network, else a municipality."""
    if re.match(r"[0-9]{1,3}\.|[0-9]{1,3}$", busca):
        try:
            posses = procurar_posses(busca)
        except ValueError:
            return Q(pk__in=[])
        return Q(pk__in=posses.order_by().values("pk"))
    return Q(adesao__municipio__in=[m.pk for m in procurar_municipios(busca)])


def em_uso(pool: PoolCIDR) -> Iterator[tuple[SubBlocoCIDR, dt.datetime]]:
    """The sub-blocks of a pool that somebody holds, by address, with since when; read in lots."""
    abertas = (
        Alocacao.objects.filter(sub_bloco__pool=pool, ate__isnull=True)
        .select_related("sub_bloco", "adesao__municipio")
        .order_by("sub_bloco__inicio")
    )
    for posse in abertas.iterator(chunk_size=LOTE):
        posse.sub_bloco.adesao = posse.adesao
        yield posse.sub_bloco, posse.de


def sub_blocos(
    *, municipio: int | None = None, perfil: str = "", situacao: str = "", faixa: tuple[int, int] | None = None, hoje: dt.date
) -> QuerySet[SubBlocoCIDR]:
    """Sub-blocks by address, with ``desde`` (since when its holder has it): of a municipality, of a kind, that stand so, inside a range."""
    lista = SubBlocoCIDR.objects.all()
    if municipio is not None:
        lista = lista.filter(adesao__municipio_id=municipio)
    if perfil:
        lista = lista.filter(perfil=perfil)
    if situacao:
        lista = lista.filter(na_situacao(situacao, hoje))
    if faixa is not None:
        lista = lista.filter(pk__in=sub_blocos_em(*faixa).order_by().values("pk"))
    posse = Alocacao.objects.filter(sub_bloco=OuterRef("pk"), ate__isnull=True).values("de")
    return lista.select_related("pool", "adesao__municipio").annotate(desde=Subquery(posse[:1])).order_by("inicio")


# --- Reverse DNS ----------------------------------------------------------------------------------------------------------
def nome_reverso(endereco: int) -> str:
    """The name of an address in the reverse tree: ``97.18.64.10.in-addr.arpa.``."""
    return f"{ipaddress.IPv4Address(endereco).reverse_pointer}."


def zona_reversa(pool: PoolCIDR, *, agora: dt.datetime, delegar: bool = False) -> Iterator[str]:
    """Lines of a zone file (RFC 1035, to be included: without SOA and NS), one part for each /24 that has something in use.

    Each sub-block is a comment that says whose it is and its PTR records, commented: the names are the prefeitura's to tell. With
    ``delegar``, RFC 2317: NS (commented: whose server it is, the prefeitura tells) and CNAMEs into a zone named by the sub-block.
    """
    yield f"; DNS reverso de {pool.rede} ({_ascii(pool.nome)}), Portal INTRAGOV, {_instante(agora)}\n"
    yield "; Sem SOA nem NS: inclua em cada zona com $INCLUDE. Linhas com ; sao para completar.\n"
    atual = -1
    for bloco, desde in em_uso(pool):
        if bloco.inicio // _UM_24 != atual:
            atual = bloco.inicio // _UM_24
            yield f"\n$ORIGIN {nome_reverso(atual * _UM_24).split('.', 1)[1]}\n$TTL 86400\n"
        yield f"\n; {bloco} {_titular(bloco)}, desde {prazos.dia_local(desde):%d/%m/%Y}{_troca(bloco)}\n"
        yield from _delegada(bloco) if delegar else _nomeada(bloco)
    if atual == -1:
        yield "\n; Nenhum sub-bloco em uso.\n"


def _nomeada(bloco: SubBlocoCIDR) -> Iterator[str]:
    for endereco in range(bloco.inicio + 1, bloco.rede.fim - 1):
        yield f";{endereco % _UM_24}\tIN PTR\tnome-em-{ip(endereco).replace('.', '-')}.exemplo.sp.gov.br.\n"


def _delegada(bloco: SubBlocoCIDR) -> Iterator[str]:
    zona = f"{bloco.inicio % _UM_24}/{bloco.rede.prefixo}"
    yield f";{zona}\tIN NS\tservidor-da-prefeitura.sp.gov.br.\n"
    for endereco in range(bloco.inicio + 1, bloco.rede.fim - 1):
        ultimo = endereco % _UM_24
        yield f"{ultimo}\tIN CNAME\t{ultimo}.{zona}\n"


# --- WHOIS-like ----------------------------------------------------------------------------------------------------------
def whois(pool: PoolCIDR, *, agora: dt.datetime) -> Iterator[str]:
    """RPSL-like objects: the pool, then each sub-block in use. Plain ASCII."""
    yield f"% Blocos da INTRAGOV: {pool.rede}, em {_instante(agora)}\n% Administracao: PRODESP. Sem dados pessoais.\n"
    estado = "FECHADO PARA NOVAS ENTREGAS" if pool.fechado_em else "ABERTO"
    yield _objeto(
        ("inetnum", _faixa(pool.rede)),
        ("netname", f"INTRAGOV-{pool.rede.cidr.replace('.', '-').replace('/', '-')}"),
        ("descr", _ascii(pool.nome)),
        ("descr", f"Bloco {'privado' if pool.perfil == 'PRIVADO' else 'publico'}, sub-blocos /{pool.prefixo_da_vaga}"),
        ("country", "BR"),
        ("status", "ALLOCATED"),
        ("remarks", _ascii(f"{estado}. Origem: {pool.origem}")),
        ("created", _dia_iso(pool.criado_em)),
        ("mnt-by", "MNT-PRODESP"),
        ("source", "INTRAGOV"),
    )
    for bloco, desde in em_uso(pool):
        assert bloco.adesao is not None  # somebody holds it
        yield _objeto(
            ("inetnum", _faixa(bloco.rede)),
            ("netname", f"INTRAGOV-{bloco.adesao.municipio_id}-{bloco.rede.rede.replace('.', '-')}"),
            ("descr", _titular(bloco)),
            ("country", "BR"),
            ("status", "ASSIGNED"),
            ("remarks", _ascii(f"{bloco.rede.cidr}, {bloco.get_perfil_display().lower()}{_troca(bloco)}")),
            ("created", _dia_iso(desde)),
            ("mnt-by", "MNT-PRODESP"),
            ("source", "INTRAGOV"),
        )


def _objeto(*linhas: tuple[str, str]) -> str:
    return "\n" + "".join(f"{nome + ':':<16}{valor}\n" for nome, valor in linhas)


def _faixa(rede: Rede) -> str:
    return f"{rede.rede} - {rede.difusao}"


def _titular(bloco: SubBlocoCIDR) -> str:
    assert bloco.adesao is not None
    return _ascii(f"Prefeitura de {bloco.adesao.municipio.nome}")


def _troca(bloco: SubBlocoCIDR) -> str:
    return f", em troca ate {bloco.vale_ate:%d/%m/%Y}" if bloco.vale_ate else ""


def _ascii(texto: str) -> str:
    """One line of plain ASCII: what these old formats take everywhere, and nothing that could begin a line of its own."""
    return " ".join(sem_acentos(texto).encode("ascii", "replace").decode().split())


def _instante(agora: dt.datetime) -> str:
    return f"{agora.astimezone(prazos.FUSO):%d/%m/%Y %H:%M}"


def _dia_iso(instante: dt.datetime) -> str:
    return prazos.dia_local(instante).isoformat()
