"""Renumbering (IP-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from adesao.models import Adesao
from comunicacao.caixa import Carta, enfileirar_varias
from comunicacao.consultas import chaves_existentes
from contas.consultas import do_estado, responsaveis_de
from contas.models import Papel
from enderecamento.models import Renumeracao, Troca
from nucleo import prazos

#: What a responsável does with an exchange, in order.
COMO_TROCAR = (
    "Configure o endereço novo nos equipamentos e teste. Até a data, o antigo e o novo valem juntos: nada para.",
    "Quando tudo funcionar com o novo, confirme no portal. Os links passam a constar com ele.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aviso:
    """One letter about a renumbering, to each responsável of one prefeitura."""

    adesao: Adesao
    evento: str
    tipo: str
    titulo: str
    paragrafos: Sequence[str]
    fatos: Sequence[tuple[str, str]]
    botao: str = "Ver as trocas"


def _avisar_varias(renumeracao: Renumeracao, avisos: Sequence[_Aviso], *, agora: dt.datetime) -> int:
    """Many prefeituras with one look-up of people and one INSERT; returns how many letters are new. Those written before are not made."""
    pessoas = responsaveis_de((a.adesao.municipio_id for a in avisos), agora)
    pares = {
        f"blocos:{a.adesao.pk}:troca:{renumeracao.pk}:{a.evento}:u{pessoa.pk}": (a, pessoa)
        for a in avisos
        for pessoa in pessoas.get(a.adesao.municipio_id, [])
    }
    ja = chaves_existentes(pares)
    return enfileirar_varias(
        (
            Carta(
                chave=chave,
                tipo=a.tipo,
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=a.titulo,
                paragrafos=a.paragrafos,
                fatos=a.fatos,
                botao=(a.botao, f"{settings.ENDERECO_PUBLICO}/trocas/"),
                dono=f"blocos:{a.adesao.pk}",
                rodape=f"Você recebe este e-mail porque é responsável pelos links da Prefeitura de {a.adesao.municipio.nome}.",
            )
            for chave, (a, pessoa) in pares.items()
            if chave not in ja
        ),
        agora=agora,
    )


def _quantos(n: int) -> str:
    return "1 sub-bloco" if n == 1 else f"{n} sub-blocos"


def _de_para(trocas: Iterable[Troca]) -> str:
    return "\n".join(f"{t.velho} → {t.novo}" for t in trocas)


def _fatos(renumeracao: Renumeracao, trocas: Sequence[Troca], *, motivo: str = "") -> list[tuple[str, str]]:
    return [
        ("Antigo → novo", _de_para(trocas)),
        ("Os dois valem até", prazos.dia_por_extenso(renumeracao.ultimo_dia)),
        ("Motivo", motivo or renumeracao.motivo),
        ("Renumeração", renumeracao.numero),
    ]


Grupos = Sequence[tuple[Adesao, Sequence[Troca]]]


def trocas_comecaram(renumeracao: Renumeracao, grupos: Grupos, *, agora: dt.datetime) -> int:
    """Each prefeitura is told what changes into what, until when both hold, why, and what to do."""
    dia = f"{renumeracao.ultimo_dia:%d/%m/%Y}"
    avisos = [
        _Aviso(
            adesao=adesao,
            evento="comecou",
            tipo="troca_de_blocos",
            titulo=f"Troque {_quantos(len(trocas))} de endereço até {dia}: Prefeitura de {adesao.municipio.nome}",
            paragrafos=[f"A PRODESP vai trocar {_quantos(len(trocas))} da sua rede. O novo já está atribuído a você.", *COMO_TROCAR],
            fatos=_fatos(renumeracao, trocas),
            botao="Ver e confirmar",
        )
        for adesao, trocas in grupos
    ]
    return _avisar_varias(renumeracao, avisos, agora=agora)


def trocas_adiadas(renumeracao: Renumeracao, grupos: Grupos, motivo: str, *, antes: dt.date, agora: dt.datetime) -> int:
    """There is more time: ``antes`` was the last day. Whoever confirmed everything is told so, and has nothing to do."""
    dia, avisos = renumeracao.ultimo_dia, []
    for adesao, trocas in grupos:
        faltam = [t for t in trocas if t.confirmada_em is None]
        quantos = _quantos(len(faltam or trocas))
        prazo = f"A PRODESP adiou a data da troca, de {antes:%d/%m/%Y} para {dia:%d/%m/%Y}. Até lá, o antigo e o novo valem juntos."
        resto = COMO_TROCAR[1] if faltam else "Você já confirmou tudo: não precisa fazer nada."
        avisos.append(
            _Aviso(
                adesao=adesao,
                evento=f"adiada:{dia:%Y%m%d}",
                tipo="troca_adiada",
                titulo=f"Adiada para {dia:%d/%m/%Y}: a troca de {quantos} da Prefeitura de {adesao.municipio.nome}",
                paragrafos=[prazo, resto],
                fatos=_fatos(renumeracao, faltam or trocas, motivo=motivo),
                botao="Ver e confirmar" if faltam else "Ver as trocas",
            )
        )
    return _avisar_varias(renumeracao, avisos, agora=agora)


def lembrar_trocas(renumeracao: Renumeracao, grupos: Grupos, *, degrau: int, agora: dt.datetime) -> int:
    """The date is near and these are not confirmed. Keyed by the step and the date: each goes once, again when the date moves."""
    faltam = prazos.faltam(renumeracao.vence_em, agora)
    quando = "hoje" if faltam == 0 else "amanhã" if faltam == 1 else f"em {faltam} dias"
    avisos = [
        _Aviso(
            adesao=adesao,
            evento=f"lembrete:{degrau}:{renumeracao.ultimo_dia:%Y%m%d}",
            tipo="troca_lembrete",
            titulo=f"Confirme a troca de {_quantos(len(trocas))}: o antigo deixa de valer {quando}",
            paragrafos=["O prazo está acabando. Depois dele, o que ainda usar o endereço antigo para de funcionar.", *COMO_TROCAR],
            fatos=_fatos(renumeracao, trocas),
            botao="Ver e confirmar",
        )
        for adesao, trocas in grupos
    ]
    return _avisar_varias(renumeracao, avisos, agora=agora)


def troca_terminou(renumeracao: Renumeracao, adesao: Adesao, trocas: Sequence[Troca], *, agora: dt.datetime) -> int:
    """The date came: the old ones hold no more; what was not confirmed is said."""
    faltaram = [t for t in trocas if t.confirmada_em is None]
    fatos = [("Não valem mais", "\n".join(str(t.velho) for t in trocas)), ("Valem agora", "\n".join(str(t.novo) for t in trocas))]
    if faltaram:
        titulo = f"Confirme a troca de {_quantos(len(faltaram))}: os endereços antigos deixaram de valer"
        paragrafos = [
            "O prazo acabou e não recebemos a sua confirmação. No cadastro, os links já passaram para o endereço novo.",
            "Se algum equipamento ainda usa o antigo, configure o novo agora. Depois, confirme no portal.",
        ]
        fatos.append(("Sem confirmação", _de_para(faltaram)))
    else:
        titulo = f"A troca de endereços terminou: Prefeitura de {adesao.municipio.nome}"
        paragrafos = ["Você confirmou todas as trocas. Os endereços antigos não são mais seus: não os use."]
    aviso = _Aviso(
        adesao=adesao,
        evento="terminou",
        tipo="troca_terminou",
        titulo=titulo,
        paragrafos=paragrafos,
        fatos=[*fatos, ("Renumeração", renumeracao.numero)],
    )
    return _avisar_varias(renumeracao, [aviso], agora=agora)


def troca_desfeita(renumeracao: Renumeracao, adesao: Adesao, trocas: Sequence[Troca], motivo: str, *, agora: dt.datetime) -> int:
    """The old ones stay; what was already changed has to be put back."""
    voltar = [t for t in trocas if t.confirmada_em is not None]
    paragrafos = ["A PRODESP desfez a troca. Continue com os endereços antigos e não use os novos."]
    if voltar:
        paragrafos.append(
            "Você já tinha confirmado: configure de novo o endereço antigo nos equipamentos. Os links já voltaram a constar com ele."
        )
    aviso = _Aviso(
        adesao=adesao,
        evento="desfeita",
        tipo="troca_desfeita",
        titulo=f"A troca de endereços foi desfeita: Prefeitura de {adesao.municipio.nome}",
        paragrafos=paragrafos,
        fatos=[
            ("Continuam valendo", "\n".join(str(t.velho) for t in trocas)),
            ("Não use", "\n".join(str(t.novo) for t in trocas)),
            ("Motivo", motivo),
            ("Renumeração", renumeracao.numero),
        ],
    )
    return _avisar_varias(renumeracao, [aviso], agora=agora)


def renumeracao_concluida(renumeracao: Renumeracao, *, total: int, atrasadas: int, agora: dt.datetime) -> int:
    """The gestores hear that the date came, and how many are overdue."""
    final = f"{atrasadas} sem confirmação" if atrasadas else "todas confirmadas"
    return enfileirar_varias(
        (
            Carta(
                chave=f"renumeracao:{renumeracao.pk}:concluida:u{pessoa.pk}",
                tipo="renumeracao_concluida",
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=f"A renumeração {renumeracao.numero} terminou: {total} {'troca' if total == 1 else 'trocas'}, {final}",
                paragrafos=[
                    "Os sub-blocos antigos estão em quarentena. Os links passaram para os novos, também os das trocas sem confirmação."
                ],
                fatos=[("Motivo", renumeracao.motivo)],
                botao=("Ver a renumeração", f"{settings.ENDERECO_PUBLICO}/renumeracoes/{renumeracao.slug}/"),
                dono=f"renumeracao:{renumeracao.pk}",
                rodape="Você recebe este e-mail porque é gestor da PRODESP.",
            )
            for pessoa in do_estado((Papel.GESTOR,), agora)
        ),
        agora=agora,
    )
