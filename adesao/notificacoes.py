"""What people are told, and when: one outbox row per event and person, in the transaction of the act itself."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from adesao.models import Adesao, Envio, Pendencia
from comunicacao.caixa import Carta, enfileirar_varias
from contas.models import Papel, Usuario, Vinculo
from nucleo import prazos


def _requerentes(adesao: Adesao, agora: dt.datetime) -> list[Usuario]:
    """Who is told for the prefeitura: its requerentes in force (one query)."""
    vinculos = (
        Vinculo.objects.filter(orgao__municipio_id=adesao.municipio_id, papel=Papel.REQUERENTE, usuario__is_active=True)
        .vigentes(agora)
        .select_related("usuario")
        .order_by("pk")
    )
    return [v.usuario for v in vinculos]


def _do_estado(papel: str, agora: dt.datetime) -> list[Usuario]:
    vinculos = Vinculo.objects.filter(papel=papel, usuario__is_active=True).vigentes(agora).select_related("usuario").order_by("pk")
    return [v.usuario for v in vinculos]


def endereco(adesao: Adesao, sufixo: str = "") -> str:
    """Absolute address of a process, for e-mails. No personal data in it."""
    return f"{settings.ENDERECO_PUBLICO}/adesoes/{adesao.slug}/{sufixo}"


def _fatos(adesao: Adesao) -> list[tuple[str, str]]:
    """The same four facts, same order, as on every screen."""
    fatos = [
        ("Processo", f"{adesao.numero}\nAdesão de {adesao.municipio.nome}"),
        ("Situação", adesao.rotulo),
    ]
    if adesao.quem_age:
        fatos.append(("Quem age agora", adesao.quem_age))
    if adesao.vence_em:
        fatos.append(("Até quando", prazos.dia_por_extenso(prazos.ultimo_dia(adesao.vence_em))))
    return fatos


def _avisar(
    adesao: Adesao,
    *,
    evento: str,
    tipo: str,
    pessoas: list[Usuario],
    titulo: str,
    paragrafos: list[str],
    agora: dt.datetime,
    botao: tuple[str, str] | None = None,
    rodape: str = "",
) -> None:
    enfileirar_varias(
        [
            Carta(
                chave=f"{adesao.dono}:{evento}:u{pessoa.pk}",
                tipo=tipo,
                para=pessoa.email,
                para_nome=pessoa.nome,
                titulo=titulo,
                paragrafos=paragrafos,
                fatos=_fatos(adesao),
                botao=botao or ("Ver a adesão", endereco(adesao)),
                dono=adesao.dono,
                rodape=rodape or f"Você recebe este e-mail porque cuida da adesão da Prefeitura de {adesao.municipio.nome} à INTRAGOV.",
            )
            for pessoa in pessoas
        ],
        agora=agora,
    )


def enviada(adesao: Adesao, envio: Envio, *, agora: dt.datetime) -> None:
    """To the prefeitura: received, with the protocol, what happens next and until when."""
    primeira = envio.ordem == 1
    _avisar(
        adesao,
        evento=f"enviada:{envio.ordem}",
        tipo="adesao_enviada" if primeira else "adesao_corrigida",
        pessoas=_requerentes(adesao, agora),
        titulo=f"A PRODESP recebeu {'a adesão' if primeira else 'as correções da adesão'} de {adesao.municipio.nome}",
        paragrafos=[
            f"{'Os documentos da adesão' if primeira else 'Os documentos corrigidos'} chegaram em "
            f"{prazos.dia_por_extenso(prazos.dia_local(agora))}. "
            f"O protocolo é {adesao.numero}, envio nº {envio.ordem}.",
            "A PRODESP vai conferir tudo. Você não precisa fazer nada agora: avisamos por e-mail quando houver novidade.",
        ],
        botao=("Ver o recibo", endereco(adesao, f"enviada/{envio.ordem}/")),
        agora=agora,
    )


def carta_da_devolucao(adesao: Adesao, pendencias: list[Pendencia], vence_em: dt.datetime, *, resto: str) -> tuple[str, list[str]]:
    """Title and paragraphs of the return's e-mail: the preview shows these very words (ADS-03). ``resto``: what is true of the rest."""
    n = len(pendencias)
    ate = prazos.dia_por_extenso(prazos.ultimo_dia(vence_em))
    titulo = f"Corrija até {ate}: a adesão de {adesao.municipio.nome} voltou com {n} pendência{'s' if n > 1 else ''}"
    lista = [f"{p.rotulo}: {p.titulo}. {p.texto}".strip() for p in pendencias]
    return titulo, [f"A PRODESP pediu correções nos documentos. {resto}", *lista]


BOTAO_DA_DEVOLUCAO = "Corrigir e enviar de novo"


def devolvida(adesao: Adesao, envio: Envio, pendencias: list[Pendencia], volta: int, *, resto: str, agora: dt.datetime) -> None:
    """To the prefeitura: what to correct, each with the analyst's words, and until when (ADS-03)."""
    titulo, paragrafos = carta_da_devolucao(adesao, pendencias, adesao.vence_em or agora, resto=resto)
    _avisar(
        adesao,
        evento=f"devolvida:{envio.ordem}:{volta}",
        tipo="adesao_devolvida",
        pessoas=_requerentes(adesao, agora),
        titulo=titulo,
        paragrafos=paragrafos,
        botao=(BOTAO_DA_DEVOLUCAO, endereco(adesao)),
        agora=agora,
    )


def devolucao_desfeita(adesao: Adesao, envio: Envio, volta: int, *, agora: dt.datetime) -> None:
    """To the prefeitura: the return was a mistake, nothing to correct for now."""
    _avisar(
        adesao,
        evento=f"desfeita:{envio.ordem}:{volta}",
        tipo="adesao_devolucao_desfeita",
        pessoas=_requerentes(adesao, agora),
        titulo=f"Desconsidere a devolução da adesão de {adesao.municipio.nome}",
        paragrafos=["A PRODESP desfez a devolução e voltou a conferir os documentos. Você não precisa fazer nada agora."],
        agora=agora,
    )


def encaminhada(adesao: Adesao, vez: int, *, agora: dt.datetime) -> None:
    """To the prefeitura and to the approvers (ADS-04)."""
    _avisar(
        adesao,
        evento=f"encaminhada:{vez}",
        tipo="adesao_encaminhada",
        pessoas=_requerentes(adesao, agora),
        titulo=f"A adesão de {adesao.municipio.nome} foi para aprovação",
        paragrafos=[f"A PRODESP terminou a conferência: os documentos estão certos. Falta a {settings.ORGAO_APROVADOR} aprovar."],
        agora=agora,
    )
    _avisar(
        adesao,
        evento=f"para_aprovar:{vez}",
        tipo="adesao_para_aprovar",
        pessoas=_do_estado(Papel.APROVADOR, agora),
        titulo=f"Para aprovar: adesão de {adesao.municipio.nome}",
        paragrafos=["A PRODESP conferiu os documentos e encaminhou a adesão com parecer favorável."],
        botao=("Ver o dossiê", f"{settings.ENDERECO_PUBLICO}/aprovacao/{adesao.slug}/"),
        rodape="Você recebe este e-mail porque decide adesões à INTRAGOV.",
        agora=agora,
    )


def perguntada(adesao: Adesao, vez: int, *, agora: dt.datetime) -> None:
    """To the analista who forwarded: the approver's question. To the gestores when that person has left, for nobody else could act."""
    quem_confere = Vinculo.objects.filter(usuario=adesao.analista, papel__in=(Papel.ANALISTA, Papel.GESTOR), usuario__is_active=True)
    pessoas = [adesao.analista] if adesao.analista and quem_confere.vigentes(agora).exists() else _do_estado(Papel.GESTOR, agora)
    _avisar(
        adesao,
        evento=f"pergunta:{vez}",
        tipo="adesao_pergunta",
        pessoas=pessoas,
        titulo=f"A {settings.ORGAO_APROVADOR} perguntou sobre a adesão de {adesao.municipio.nome}",
        paragrafos=[adesao.pergunta],
        botao=("Responder na conferência", f"{settings.ENDERECO_PUBLICO}/fila/{adesao.slug}/"),
        rodape="Você recebe este e-mail porque confere esta adesão.",
        agora=agora,
    )


def aprovada(adesao: Adesao, *, agora: dt.datetime) -> None:
    """To the prefeitura: in force; the two responsáveis get their own message (ADS-11)."""
    _avisar(
        adesao,
        evento="aprovada",
        tipo="adesao_aprovada",
        pessoas=_requerentes(adesao, agora),
        titulo=f"A adesão de {adesao.municipio.nome} está em vigor",
        paragrafos=[
            f"A {settings.ORGAO_APROVADOR} aprovou a adesão da prefeitura à INTRAGOV.",
            "Os dois responsáveis recebem, cada um no seu e-mail, um link para criar a senha. "
            "O link vale por 24 horas e pode ser pedido de novo.",
        ],
        agora=agora,
    )


def indeferida(adesao: Adesao, *, agora: dt.datetime) -> None:
    """To the prefeitura: refused, with the reason and the way on (ADS-04)."""
    _avisar(
        adesao,
        evento="indeferida",
        tipo="adesao_indeferida",
        pessoas=_requerentes(adesao, agora),
        titulo=f"A adesão de {adesao.municipio.nome} foi recusada",
        paragrafos=[
            f"A {settings.ORGAO_APROVADOR} recusou a adesão. O motivo: {adesao.motivo}",
            "A prefeitura pode começar uma nova adesão quando quiser. Em caso de dúvida, fale com a PRODESP.",
        ],
        agora=agora,
    )


def prorrogada(adesao: Adesao, *, agora: dt.datetime) -> None:
    """To the prefeitura: the portal was out on the last day of its correction, so there is more time (PRZ-04)."""
    assert adesao.vence_em is not None
    ate = prazos.dia_por_extenso(prazos.ultimo_dia(adesao.vence_em))
    _avisar(
        adesao,
        evento=f"prorrogada:{adesao.envios}:{adesao.vence_em:%Y%m%d}",
        tipo="adesao_prorrogada",
        pessoas=_requerentes(adesao, agora),
        titulo=f"Você tem até {ate} para corrigir a adesão de {adesao.municipio.nome}",
        paragrafos=["O portal ficou fora do ar no último dia do prazo. Por isso o prazo foi para o próximo dia com expediente."],
        agora=agora,
    )


def lembrete_de_correcao(adesao: Adesao, *, degrau: int, faltam: int, agora: dt.datetime) -> None:
    """To the prefeitura: a pending correction is near its date, or past it. One per sending and step, whatever the sweep does (PRZ-03).

    ``degrau`` is the step (days before, -1 past it); ``faltam`` the days really left, which a sweep that slept finds fewer.
    """
    assert adesao.vence_em is not None
    ate = prazos.dia_por_extenso(prazos.ultimo_dia(adesao.vence_em))
    quando = {0: "vence hoje", 1: "vence amanhã"}.get(faltam, f"vence em {faltam} dias" if faltam > 0 else "venceu")
    _avisar(
        adesao,
        evento=f"lembrete:{adesao.envios}:{adesao.vence_em:%Y%m%d}:{degrau}",
        tipo="adesao_lembrete",
        pessoas=_requerentes(adesao, agora),
        titulo=f"O prazo para corrigir a adesão de {adesao.municipio.nome} {quando}",
        paragrafos=[
            f"A PRODESP pediu correções e o prazo {'vai até' if faltam >= 0 else 'foi até'} {ate}.",
            "O que já foi digitado está salvo. Passado o prazo a adesão não é cancelada, mas só anda quando as correções chegarem.",
        ],
        botao=("Corrigir e enviar de novo", endereco(adesao)),
        agora=agora,
    )
