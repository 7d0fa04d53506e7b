"""Sanctions (IP-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comunicacao.caixa import Carta, enfileirar_varias
from contas.consultas import responsaveis_de
from contas.models import Papel
from enderecamento.models import Sancao, SubBlocoCIDR
from nucleo import prazos

from .comum import CONTATO_DA_REDE, endereco


def sancao_aplicada(
    sancao: Sancao, blocos: Sequence[SubBlocoCIDR], trocados: Sequence[tuple[SubBlocoCIDR, SubBlocoCIDR]], *, agora: dt.datetime
) -> None:
    """A sanction began (IP-07). ``trocados``: (new, old) of an exchange under way, where both are blocked."""
    fatos = [("Sanção", sancao.get_especie_display()), ("Motivo", sancao.motivo)]
    if blocos:
        linhas = [*(str(b) for b in blocos), *(f"{novo}, no lugar de {velho}" for novo, velho in trocados)]
        fatos.append(("Sub-bloco" if len(linhas) == 1 else "Sub-blocos", "\n".join(linhas)))
    fatos.append(("Até quando", prazos.dia_por_extenso(sancao.ultimo_dia) if sancao.ultimo_dia else "Até a PRODESP encerrar"))
    nova = _Noticia(
        sancao,
        "aplicada",
        titulo=f"{sancao.get_especie_display()} à Prefeitura de {sancao.adesao.municipio.nome}",
        paragrafos=[f"A PRODESP aplicou uma sanção pelo uso da rede. Leia o motivo. Para resolver, escreva à PRODESP: {CONTATO_DA_REDE}"],
        fatos=fatos,
    )
    _contar([nova], agora=agora)


def sancoes_encerradas(sancoes: Iterable[Sancao], *, agora: dt.datetime) -> None:
    """Sanctions ended, lifted or by their term (IP-07): two queries however many they are."""
    noticias = [
        _Noticia(
            sancao,
            "encerrada",
            titulo=f"Terminou a sanção à Prefeitura de {sancao.adesao.municipio.nome}: {sancao.get_especie_display().lower()}",
            paragrafos=["A sanção não vale mais. Ela continua no histórico da prefeitura."],
            fatos=[("Sanção", sancao.get_especie_display()), ("Por que terminou", sancao.fim_motivo)],
        )
        for sancao in sancoes
    ]
    _contar(noticias, agora=agora)


@dataclass(frozen=True, slots=True)
class _Noticia:
    """What is told of one sanction."""

    sancao: Sancao
    evento: str
    titulo: str
    paragrafos: Sequence[str]
    fatos: Sequence[tuple[str, str]]


def _contar(noticias: Sequence[_Noticia], *, agora: dt.datetime) -> None:
    municipios = {n.sancao.municipio_id for n in noticias}
    pessoas_de = responsaveis_de(municipios, agora, papeis=(Papel.RESPONSAVEL, Papel.REQUERENTE))
    enfileirar_varias(
        (
            Carta(
                chave=f"{n.sancao.dono}:{n.evento}:u{pessoa.pk}",
                tipo=f"sancao_{n.evento}",
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=n.titulo,
                paragrafos=n.paragrafos,
                fatos=n.fatos,
                botao=("Ver a sanção", endereco("sancoes/")),
                dono=n.sancao.dono,
                rodape=f"Você recebe este e-mail porque responde no portal pela Prefeitura de {n.sancao.adesao.municipio.nome}.",
            )
            for n in noticias
            for pessoa in pessoas_de.get(n.sancao.municipio_id, [])
        ),
        agora=agora,
    )
