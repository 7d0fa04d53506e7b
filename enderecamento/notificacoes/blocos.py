"""Sub-blocks handed out, taken back and imported, and the responsável técnico."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.conf import settings

from adesao.models import Adesao
from comunicacao.caixa import Carta, enfileirar, enfileirar_varias
from contas.consultas import Destinatario, do_estado, responsaveis_de
from contas.models import Papel
from enderecamento.models import ResponsavelTecnico, SubBlocoCIDR
from nucleo.campos.ramal import formatar_telefone_e_ramal

from .comum import CONTATO_DA_REDE, avisar, endereco


def atribuidos(adesao: Adesao, blocos: Sequence[SubBlocoCIDR], pessoas: Sequence[Destinatario], *, agora: dt.datetime) -> None:
    """New sub-blocks, to its responsáveis, whom the act has read. Keyed by the first and the instant: one slot may come back to the same
    prefeitura years later.
    """
    um = len(blocos) == 1
    avisar(
        adesao,
        evento=f"atribuidos:{blocos[0].inicio}:{agora:%Y%m%d%H%M%S%f}",
        tipo="blocos_atribuidos",
        titulo=f"A PRODESP atribuiu {'um sub-bloco' if um else f'{len(blocos)} sub-blocos'} à Prefeitura de {adesao.municipio.nome}",
        paragrafos=["A ficha técnica de cada um, com máscara, hosts e gateway, está no portal."],
        fatos=[("Sub-bloco" if um else "Sub-blocos", "\n".join(b.rede.cidr for b in blocos))],
        pessoas=pessoas,
        agora=agora,
    )


def devolvido(adesao: Adesao, bloco: SubBlocoCIDR, motivo: str, *, agora: dt.datetime) -> None:
    """A sub-block was taken back: it must not be used any more."""
    avisar(
        adesao,
        evento=f"devolvido:{bloco.inicio}:{agora:%Y%m%d%H%M%S%f}",
        tipo="bloco_devolvido",
        titulo=f"O sub-bloco {bloco} foi devolvido à PRODESP",
        paragrafos=["Não use mais estes endereços: depois de um tempo parados, eles podem ir para outra prefeitura."],
        fatos=[("Sub-bloco", bloco.rede.cidr), ("Motivo", motivo)],
        agora=agora,
    )


def tecnico_trocado(tecnico: ResponsavelTecnico, antes: str, *, avisa_o_novo: bool, agora: dt.datetime) -> None:
    """A new responsável técnico: PRODESP is told at once (ADS-15), and so are the responsáveis and, with ``avisa_o_novo``, that person.
    ``antes`` is who it was, or "".
    """
    nome = tecnico.adesao.municipio.nome
    titulo = f"Prefeitura de {nome}: novo responsável técnico"
    contato = f"{tecnico.nome}\n{formatar_telefone_e_ramal(tecnico.telefone)}\n{tecnico.email}"
    fatos = [("Novo responsável técnico", contato), *([("Antes", antes)] if antes else []), ("Informado por", tecnico.por_nome)]
    dono = f"blocos:{tecnico.adesao_id}"
    enfileirar_varias(
        (
            Carta(
                chave=f"{dono}:tecnico:{tecnico.pk}:u{pessoa.pk}",
                tipo="tecnico_trocado",
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=titulo,
                paragrafos=["A prefeitura informou a troca no portal. Não é preciso aprovar: marque como lida depois de tomar nota."],
                fatos=fatos,
                botao=("Ver as trocas", f"{settings.ENDERECO_PUBLICO}/responsaveis-tecnicos/"),
                dono=dono,
                rodape="Você recebe este e-mail porque cuida do endereçamento da INTRAGOV na PRODESP.",
            )
            for pessoa in do_estado((Papel.ANALISTA, Papel.GESTOR), agora)
        ),
        agora=agora,
    )
    if avisa_o_novo:
        _tecnico_designado(tecnico, agora=agora)
    avisar(
        tecnico.adesao,
        evento=f"tecnico:{tecnico.pk}",
        tipo="tecnico_trocado",
        titulo=titulo,
        paragrafos=["A PRODESP já foi avisada. Se a troca não estiver certa, informe o responsável técnico de novo no portal."],
        fatos=fatos,
        agora=agora,
    )


def _tecnico_designado(tecnico: ResponsavelTecnico, *, agora: dt.datetime) -> None:
    """The person named hears of it: by whom, for which prefeitura, and whom to ask. No button: this role needs no account."""
    nome = tecnico.adesao.municipio.nome
    dono = f"blocos:{tecnico.adesao_id}"
    enfileirar(
        chave=f"{dono}:tecnico:{tecnico.pk}:designado",
        tipo="tecnico_designado",
        para=tecnico.email,
        para_nome=tecnico.nome,
        titulo=f"Você responde pelos equipamentos da Prefeitura de {nome} na INTRAGOV",
        paragrafos=[
            "A prefeitura informou à PRODESP que você passa a ser o responsável técnico: quem cuida dos equipamentos ligados à INTRAGOV.",
            "É com você que a PRODESP fala sobre esses equipamentos. Você não precisa de conta no portal nem de responder a este e-mail.",
            f"Se não for com você, avise {tecnico.por_nome}, na prefeitura, para informar outra pessoa no portal.",
        ],
        fatos=[
            ("Prefeitura", nome),
            ("Informado por", tecnico.por_nome),
            ("Seu telefone no cadastro", formatar_telefone_e_ramal(tecnico.telefone)),
            ("Dúvidas sobre a rede", CONTATO_DA_REDE),
        ],
        dono=dono,
        rodape=f"Você recebe este e-mail porque a Prefeitura de {nome} informou este endereço como o do responsável técnico.",
        agora=agora,
    )


def importados(por_adesao: Mapping[int, Sequence[SubBlocoCIDR]], *, evento: str, agora: dt.datetime) -> int:
    """The sub-blocks that PRODESP's older records say each prefeitura has: one letter to each responsável, whatever the number of them."""
    adesoes = Adesao.objects.select_related("municipio").in_bulk(list(por_adesao))
    pessoas = responsaveis_de([a.municipio_id for a in adesoes.values()], agora)
    return enfileirar_varias(
        (
            Carta(
                chave=f"blocos:{pk}:importados:{evento}:u{pessoa.pk}",
                tipo="blocos_importados",
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=f"Confira os sub-blocos da Prefeitura de {adesoes[pk].municipio.nome}",
                paragrafos=[
                    "A PRODESP trouxe para o portal os sub-blocos que a prefeitura já tinha. Nada muda nos seus equipamentos.",
                    "Se algum não for seu, ou faltar algum, escreva à PRODESP.",
                ],
                fatos=[("Sub-bloco" if len(blocos) == 1 else "Sub-blocos", "\n".join(b.rede.cidr for b in blocos))],
                botao=("Ver os endereços", endereco()),
                dono=f"blocos:{pk}",
                rodape=f"Você recebe este e-mail porque é responsável pelos links da Prefeitura de {adesoes[pk].municipio.nome}.",
            )
            for pk, blocos in por_adesao.items()
            for pessoa in pessoas.get(adesoes[pk].municipio_id, [])
        ),
        agora=agora,
    )
