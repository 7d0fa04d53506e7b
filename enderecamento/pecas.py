"""What a sub-block says on paper and in equipment: the router texts to copy, and the technical sheet (IP-06).

Router texts carry plain ASCII only, and nothing that a router's command line would take for something else: names are folded and cut.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

from django.conf import settings

from adesao.registros import Verificado
from documentos import pdf
from documentos.models import Documento
from enderecamento.consultas import Tecnico, dono_da_ficha
from enderecamento.estados import REGRA_DO_PERFIL, Perfil
from enderecamento.models import Alocacao, Sancao, SubBlocoCIDR
from enderecamento.registros import Uso
from nucleo import prazos
from nucleo.fluxo import Ator
from nucleo.redes import Rede, ip

#: Sub-blocks with fewer hosts than this get no DHCP text: the gateway takes one and little is left.
_MINIMO_PARA_DHCP = 3


def sem_acentos(texto: str, *, maximo: int = 60) -> str:
    """``UBS São João, nº 2?`` → ``UBS Sao Joao n 2``: letters, figures, space, dot, dash and underline, safe in any router's line."""
    plano = "".join(c for c in unicodedata.normalize("NFD", texto) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^A-Za-z0-9._-]+", " ", plano).split())[:maximo].strip()


def _apelido(rede: Rede) -> str:
    """``10-64-18-96``: the network as a name inside a configuration."""
    return rede.rede.replace(".", "-")


def roteiro_cisco(rede: Rede, *, municipio: str, uso: str = "") -> str:
    """The lines of Cisco IOS for this network: interface, DHCP as an option (a /28 only), and the route as a comment."""
    onde = f" {sem_acentos(uso)}" if uso else ""
    linhas = [
        f"! INTRAGOV: sub-bloco {rede.cidr} da Prefeitura de {sem_acentos(municipio)}",
        "! Troque GigabitEthernet0/1 pela interface da sua rede local",
        "interface GigabitEthernet0/1",
        f" description INTRAGOV {rede.cidr}{onde}",
        f" ip address {rede.gateway} {rede.mascara}",
        " no shutdown",
        "!",
    ]
    if rede.hosts >= _MINIMO_PARA_DHCP:
        linhas += [
            "! Opcional: enderecos automaticos (DHCP) para a rede local",
            f"ip dhcp excluded-address {rede.gateway}",
            f"ip dhcp pool INTRAGOV-{_apelido(rede)}",
            f" network {rede.rede} {rede.mascara}",
            f" default-router {rede.gateway}",
            "!",
        ]
    linhas += [
        "! Rota: so se houver outro roteador entre este e a INTRAGOV.",
        "! Nele, tire o ! da linha abaixo e troque 192.0.2.1 pelo endereco",
        "! deste roteador do lado da INTRAGOV",
        f"! ip route {rede.rede} {rede.mascara} 192.0.2.1",
    ]
    return "\n".join(linhas)


def roteiro_mikrotik(rede: Rede, *, municipio: str, uso: str = "") -> str:
    """The same for MikroTik RouterOS."""
    nome, onde = f"intragov-{_apelido(rede)}", f" {sem_acentos(uso)}" if uso else ""
    linhas = [
        f"# INTRAGOV: sub-bloco {rede.cidr} da Prefeitura de {sem_acentos(municipio)}",
        "# Troque ether2 pela interface da sua rede local",
        f'/ip address add address={rede.gateway}/{rede.prefixo} interface=ether2 comment="INTRAGOV{onde}"',
    ]
    if rede.hosts >= _MINIMO_PARA_DHCP:
        linhas += [
            "# Opcional: enderecos automaticos (DHCP) para a rede local",
            f"/ip pool add name={nome} ranges={ip(rede.inicio + 2)}-{rede.ultimo}",
            f"/ip dhcp-server network add address={rede.cidr} gateway={rede.gateway}",
            f"/ip dhcp-server add name={nome} interface=ether2 address-pool={nome} disabled=no",
        ]
    linhas += [
        "# Rota: so se houver outro roteador entre este e a INTRAGOV.",
        "# Nele, tire o # da linha abaixo e troque 192.0.2.1 pelo endereco",
        "# deste roteador do lado da INTRAGOV",
        f"# /ip route add dst-address={rede.cidr} gateway=192.0.2.1",
    ]
    return "\n".join(linhas)


def roteiros(bloco: SubBlocoCIDR, uso: Uso | None) -> list[dict[str, str]]:
    """Both texts ready for the page: ``codigo``, ``nome`` and ``texto``."""
    municipio = bloco.adesao.municipio.nome if bloco.adesao else ""
    titulo = uso.titulo if uso else ""
    return [
        {"codigo": "cisco", "nome": "Cisco (IOS)", "texto": roteiro_cisco(bloco.rede, municipio=municipio, uso=titulo)},
        {"codigo": "mikrotik", "nome": "MikroTik (RouterOS)", "texto": roteiro_mikrotik(bloco.rede, municipio=municipio, uso=titulo)},
    ]


# --- The technical sheet ----------------------------------------------------------------------------------------------
def encomendar_ficha(
    bloco: SubBlocoCIDR,
    posse: Alocacao,
    *,
    uso: Uso | None,
    tecnico: Tecnico | None,
    bloqueios: Sequence[Sancao],
    por: Ator,
    agora: dt.datetime,
) -> Documento:
    """Order the paper of one holding; ``bloqueios`` are the sanctions in force that block it (IP-07). Needs a transaction; ``bloco`` with
    its adhesion and municipality read.
    """
    assert bloco.adesao is not None  # who holds it was checked by the action
    rede, base, hoje = bloco.rede, settings.ENDERECO_PUBLICO, prazos.dia_local(agora)
    privado = bloco.perfil == Perfil.PRIVADO
    return pdf.encomendar(
        especie="ficha",
        modelo="ficha_bloco",
        dados={
            "processo": bloco.adesao.numero,
            "municipio": bloco.adesao.municipio.nome,
            "cidr": rede.cidr,
            "tipo": "Privado, para aplicações da intranet" if privado else "Público, para aplicações na internet",
            "regra": REGRA_DO_PERFIL[bloco.perfil],
            "fatos": [
                ["Rede", rede.rede],
                ["Máscara", f"{rede.mascara} (/{rede.prefixo})"],
                ["Primeiro host", rede.primeiro],
                ["Último host", rede.ultimo],
                ["Difusão (broadcast)", rede.difusao],
                ["Gateway sugerido", rede.gateway],
                ["Quantos hosts", str(rede.hosts)],
            ],
            "atribuido_em": prazos.dia_por_extenso(prazos.dia_local(posse.de)),
            "vale_ate": prazos.dia_por_extenso(bloco.vale_ate) if bloco.vale_ate else "",
            "bloqueios": [_bloqueio(s) for s in bloqueios],
            "uso": f"{uso.titulo} ({uso.situacao.lower()})" if uso else "",
            "tecnico": [tecnico.nome, tecnico.telefone, tecnico.email] if tecnico else [],
            "roteiros": [{"nome": r["nome"], "texto": r["texto"]} for r in roteiros(bloco, uso)],
            "emitida_em": prazos.dia_por_extenso(hoje),
            "endereco_verificar": base.split("://", 1)[-1] + "/verificar",
            "qr": f"{base}/verificar/?codigo={{codigo}}",
        },
        dono=dono_da_ficha(posse),
        titulo=f"Ficha técnica {rede.cidr}",
        agora=agora,
        por_id=por.usuario_id,
    )


def _bloqueio(sancao: Sancao) -> str:
    """``bloqueio parcial desde segunda-feira, 23/11/2026, até sábado, 19/12/2026``."""
    desde = prazos.dia_por_extenso(prazos.dia_local(sancao.aplicada_em))
    ate = f"até {prazos.dia_por_extenso(sancao.ultimo_dia)}" if sancao.ultimo_dia else "até a PRODESP encerrar"
    return f"{sancao.get_especie_display().lower()} desde {desde}, {ate}"


def verificar_da_ficha(documento: Documento) -> Verificado | None:
    """What anybody may know of a technical sheet (settled question 3): no address and no personal data. None for anything else."""
    posse = (
        Alocacao.objects.filter(pk=documento.dono.removeprefix("bloco:")).select_related("adesao__municipio").first()
        if documento.especie == "ficha"
        else None
    )
    if posse is None:
        return None
    mais_nova = Documento.objects.filter(dono=documento.dono, especie="ficha", criado_em__gt=documento.criado_em).exists()
    return {
        "especie": "Ficha técnica de um sub-bloco de endereços",
        "municipio": posse.adesao.municipio.nome,
        "processo": posse.adesao.numero,
        "em": documento.criado_em,
        "sha256": documento.sha256,
        "atual": posse.ate is None and not mais_nova,
        "sem_efeito": "" if posse.ate is None else "O sub-bloco já não está com esta prefeitura: não use mais estes endereços.",
    }


# --- The door to PDFs, for pages: they never import it themselves ------------------------------------------------------
def gera_pdf() -> bool:
    """Whether this machine makes PDFs; without it pages offer the printable page."""
    return pdf.disponivel()


def pronto(documento: Documento) -> Documento:
    """The same paper, made now when it was still to be made. Raises ``PdfIndisponivel`` (503)."""
    return pdf.garantir(documento)


def para_imprimir(documento: Documento) -> str:
    """The paper as an HTML page to print from the browser."""
    return pdf.html_imprimivel(documento)
