"""Sanctions (IP-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from comunicacao.caixa import Carta, enfileirar_varias
from contas.consultas import responsaveis_de
from contas.models import Papel
from enderecamento.models import Sancao, SubBlocoCIDR
from nucleo import prazos

from .comum import endereco


def sancao_aplicada(sancao: Sancao, blocos: Sequence[SubBlocoCIDR], *, agora: dt.datetime) -> None:
    """A sanction began (IP-07)."""
    fatos = [("Sanção", sancao.get_especie_display()), ("Motivo", sancao.motivo)]
    if blocos:
        fatos.append(("Sub-bloco" if len(blocos) == 1 else "Sub-blocos", "\n".join(b.rede.cidr for b in blocos)))
    fatos.append(("Até quando", prazos.dia_por_extenso(sancao.ultimo_dia) if sancao.ultimo_dia else "Até a PRODESP encerrar"))
    _da_sancao(
        sancao,
        "aplicada",
        titulo=f"{sancao.get_especie_display()} à Prefeitura de {sancao.adesao.municipio.nome}",
        paragrafos=["A PRODESP aplicou uma sanção pelo uso da rede. Leia o motivo e fale com a PRODESP para resolver."],
        fatos=fatos,
        agora=agora,
    )


def sancao_encerrada(sancao: Sancao, *, agora: dt.datetime) -> None:
    """A sanction ended, lifted or by its term (IP-07)."""
    _da_sancao(
        sancao,
        "encerrada",
        titulo=f"Terminou a sanção à Prefeitura de {sancao.adesao.municipio.nome}: {sancao.get_especie_display().lower()}",
        paragrafos=["A sanção não vale mais. Ela continua no histórico da prefeitura."],
        fatos=[("Sanção", sancao.get_especie_display()), ("Por que terminou", sancao.fim_motivo)],
        agora=agora,
    )


def _da_sancao(
    sancao: Sancao, evento: str, *, titulo: str, paragrafos: Sequence[str], fatos: Sequence[tuple[str, str]], agora: dt.datetime
) -> None:
    municipio = sancao.adesao.municipio
    pessoas = responsaveis_de([municipio.pk], agora, papeis=(Papel.RESPONSAVEL, Papel.REQUERENTE)).get(municipio.pk, [])
    enfileirar_varias(
        (
            Carta(
                chave=f"{sancao.dono}:{evento}:u{pessoa.pk}",
                tipo=f"sancao_{evento}",
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=titulo,
                paragrafos=paragrafos,
                fatos=fatos,
                botao=("Ver a sanção", endereco("sancoes/")),
                dono=sancao.dono,
                rodape=f"Você recebe este e-mail porque responde no portal pela Prefeitura de {municipio.nome}.",
            )
            for pessoa in pessoas
        ),
        agora=agora,
    )
