"""Who is told of a prefeitura's blocks, and the letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from adesao.models import Adesao
from comunicacao.caixa import Carta, enfileirar_varias
from contas.consultas import Destinatario, responsaveis_de

#: Whom to ask about the network and its addresses (INS-02: technical matters and clauses of the contract).
CONTATO_DA_REDE = "redeip@intragov.sp.gov.br"


def endereco(sufixo: str = "") -> str:
    """Absolute address of the prefeitura's page of addresses, for e-mails."""
    return f"{settings.ENDERECO_PUBLICO}/enderecos/{sufixo}"


def avisar(
    adesao: Adesao,
    *,
    evento: str,
    tipo: str,
    titulo: str,
    paragrafos: Sequence[str],
    fatos: Sequence[tuple[str, str]] = (),
    botao: tuple[str, str] | None = None,
    pessoas: Sequence[Destinatario] | None = None,
    agora: dt.datetime,
) -> int:
    """One event about a prefeitura's blocks, told to each of its responsáveis (``pessoas``, when they have been read already); returns how
    many letters are new.
    """
    if pessoas is None:
        pessoas = responsaveis_de([adesao.municipio_id], agora).get(adesao.municipio_id, [])
    dono = f"blocos:{adesao.pk}"
    return enfileirar_varias(
        (
            Carta(
                chave=f"{dono}:{evento}:u{pessoa.pk}",
                tipo=tipo,
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=titulo,
                paragrafos=paragrafos,
                fatos=fatos,
                botao=botao or ("Ver os endereços", endereco()),
                dono=dono,
                rodape=f"Você recebe este e-mail porque é responsável pelos links da Prefeitura de {adesao.municipio.nome}.",
            )
            for pessoa in pessoas
        ),
        agora=agora,
    )
