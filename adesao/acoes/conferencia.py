"""What PRODESP does: takes, checks, marks, returns, forwards (ADS-03, ADS-04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from adesao import consultas, notificacoes, pecas
from adesao.estados import Estado
from adesao.models import Adesao, Envio, ItemConferido, MotivoPadrao, Pendencia
from contas.permissoes import id_de, pode
from nucleo import fluxo
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator

from .comum import anotar, travada, vence_em

#: Letters of the opinion alone; questions and answers of earlier rounds stay in it.
MAXIMO_DO_PARECER = 12_000


@transaction.atomic
def assumir(*, adesao_id: int, por: Ator, agora: dt.datetime) -> Adesao:
    """An analista takes a process that nobody holds. Raises ``TransicaoIndisponivel`` naming who was faster (409)."""
    adesao, _ = fluxo.executar(Adesao, adesao_id, "assumir", por=por, agora=agora, analista_id=por.usuario_id)
    return adesao


@transaction.atomic
def passar(*, adesao_id: int, analista_id: int, por: Ator, agora: dt.datetime) -> Adesao:
    """Hand the process over. Raises ``RegraViolada`` for somebody who does not check adhesions."""
    nomes = dict(consultas.analistas())
    if analista_id not in nomes:
        raise RegraViolada("Escolha um analista da lista.", campo="analista")
    adesao, _ = fluxo.executar(
        Adesao, adesao_id, "passar", por=por, agora=agora, analista_id=analista_id, comentario=f"Para {nomes[analista_id]}"
    )
    return adesao


@transaction.atomic
def liberar(*, adesao_id: int, por: Ator, agora: dt.datetime) -> Adesao:
    """Put the process back in the queue; the deadline stays."""
    adesao, _ = fluxo.executar(Adesao, adesao_id, "liberar", por=por, agora=agora)
    return adesao


def devolver_a_fila(*, usuario_id: int, por: Ator, agora: dt.datetime) -> None:
    """Put back in the queue every process that this person is checking, because her work for PRODESP ended. Needs a transaction.

    Registered with ``contas.registros``. One door, one history row each; locks in order of pk. The deadline stays. Who ends somebody's
    link may release every process (the gestor), or is the portal itself.
    """
    dela = Adesao.objects.filter(analista_id=usuario_id, estado=Estado.EM_CONFERENCIA).order_by("pk").values_list("pk", flat=True)
    for pk in list(dela):
        fluxo.executar(Adesao, pk, "liberar", por=por, agora=agora, comentario="Quem conferia deixou a equipe")


def _em_conferencia(adesao_id: int, por: Ator) -> tuple[Adesao, Envio]:
    """The process under lock and its last sending, for whoever is checking it. Raises ``SemPermissao``, ``TransicaoIndisponivel``."""
    adesao = travada(adesao_id, por=por, ato="conferencia.conferir")
    if adesao.estado != Estado.EM_CONFERENCIA:
        raise TransicaoIndisponivel(f"A conferência não está aberta: o processo está em “{adesao.rotulo}”.")
    if adesao.analista_id != por.usuario_id and not pode(por, "conferencia.passar_alheia"):
        nome = adesao.analista.nome if adesao.analista else "outra pessoa"
        raise SemPermissao(f"Quem confere este processo agora é {nome}. Peça que passe para você.")
    envio = consultas.ultimo_envio(adesao)
    assert envio is not None  # the state guarantees it (constraint adesao_enviada_tem_envio)
    return adesao, envio


@transaction.atomic
def marcar_pendencia(
    *, adesao_id: int, tarefa: str, campo: str, motivo_id: int | None, texto: str, por: Ator, agora: dt.datetime
) -> Pendencia:
    """Mark (or change) a pendência on a field of the form or on a signed paper.

    Needs a standard reason or a text of one's own. Raises ``RegraViolada`` for a field that the sending does not have.
    """
    adesao, envio = _em_conferencia(adesao_id, por)
    rotulo = _rotulo_do_campo(envio, tarefa, campo)
    motivo = MotivoPadrao.objects.filter(pk=motivo_id, ativo=True).first() if motivo_id else None
    texto = texto.strip()[:500]
    if motivo is None and not texto:
        raise RegraViolada("Escolha um motivo ou escreva o que precisa ser corrigido.", regra="ADS-03", campo="texto")
    pendencia, _ = Pendencia.objects.update_or_create(
        envio=envio,
        tarefa=tarefa,
        campo=campo,
        defaults={
            "adesao": adesao,
            "rotulo": rotulo,
            "motivo": motivo,
            "titulo": motivo.titulo if motivo else _titulo_sem_motivo(tarefa, campo),
            "texto": texto or (motivo.texto if motivo else ""),
            "criada_em": agora,
            "criada_por_id": id_de(por),
        },
    )
    return pendencia


def _titulo_sem_motivo(tarefa: str, campo: str) -> str:
    if tarefa == "assinados":
        return "Envie uma nova cópia"
    return "Responda sobre este dado" if (tarefa, campo) in pecas.SEM_CAMPO else "Corrija este campo"


def _rotulo_do_campo(envio: Envio, tarefa: str, campo: str) -> str:
    if tarefa == "assinados":
        if campo in pecas.CONFERIDAS:
            return f"{pecas.CONFERIDAS[campo].curto}: documento assinado"
        raise RegraViolada("Este documento não faz parte do envio.")
    achado = pecas.campos_da_leitura(envio.dados["leitura"]).get((tarefa, campo))
    if achado is None:
        raise RegraViolada("Este campo não faz parte do envio.")
    quem = {"r1": " do 1º responsável", "r2": " do 2º responsável"}.get(campo[:2], "") if tarefa == "anexo1" else ""
    return f"{achado['rotulo']}{quem}"


@transaction.atomic
def retirar_pendencia(*, adesao_id: int, pendencia_id: int, por: Ator, agora: dt.datetime) -> None:
    """Take back a pendência that was not yet told to the prefeitura. One that is gone already is no error."""
    _, envio = _em_conferencia(adesao_id, por)
    envio.pendencias.filter(pk=pendencia_id, comunicada_em__isnull=True).delete()


@transaction.atomic
def conferir_item(*, adesao_id: int, peca: str, itens: list[str], por: Ator, agora: dt.datetime) -> None:
    """Tick the check-list of a paper: ``itens`` are the codes that are right; the others are unticked."""
    _, envio = _em_conferencia(adesao_id, por)
    if peca not in _pecas_a_conferir(envio):
        raise RegraViolada("Este documento não faz parte do envio.")
    validos = [codigo for codigo, _ in pecas.CONFERIDAS[peca].itens if codigo in itens]
    envio.conferidos.filter(peca=peca).exclude(item__in=validos).delete()
    feitos = set(envio.conferidos.filter(peca=peca).values_list("item", flat=True))
    ItemConferido.objects.bulk_create(
        [ItemConferido(envio=envio, peca=peca, item=i, em=agora, por_id=id_de(por)) for i in validos if i not in feitos]
    )


@transaction.atomic
def devolver(*, adesao_id: int, por: Ator, agora: dt.datetime) -> Adesao:
    """Return with the marked pendências (ADS-03); the prefeitura has 7 days (PRZ-05). Raises ``RegraViolada`` without any."""
    adesao, envio = _em_conferencia(adesao_id, por)
    marcadas = list(envio.pendencias.filter(comunicada_em__isnull=True))
    if not marcadas:
        raise RegraViolada("Marque ao menos uma pendência antes de devolver.", regra="ADS-03")
    adesao, registro = fluxo.executar(
        Adesao,
        adesao_id,
        "devolver",
        por=por,
        agora=agora,
        vence_em=vence_em(agora, "correcao", municipio_id=adesao.municipio_id),
        dados={"pendencias": len(marcadas), "envio": envio.ordem},
    )
    envio.pendencias.filter(pk__in=[p.pk for p in marcadas]).update(comunicada_em=agora)
    notificacoes.devolvida(adesao, envio, marcadas, registro.pk, resto=sobre_o_resto(envio, marcadas), agora=agora)
    return adesao


@transaction.atomic
def desfazer_devolucao(*, adesao_id: int, por: Ator, agora: dt.datetime) -> Adesao:
    """Take a wrong return back while the prefeitura has not touched it. Raises ``TransicaoIndisponivel`` (409) once it has."""
    if fluxo.travar(Adesao, adesao_id).tocada:
        raise TransicaoIndisponivel("A prefeitura já começou a corrigir. Não dá mais para desfazer a devolução.")
    adesao, registro = fluxo.executar(Adesao, adesao_id, "desfazer_devolucao", por=por, agora=agora)
    envio = consultas.ultimo_envio(adesao)
    assert envio is not None
    envio.pendencias.filter(encerrada_em__isnull=True).update(comunicada_em=None)
    notificacoes.devolucao_desfeita(adesao, envio, registro.pk, agora=agora)
    return adesao


@transaction.atomic
def encaminhar(*, adesao_id: int, parecer: str, por: Ator, agora: dt.datetime, resposta: str = "") -> Adesao:
    """Forward to the órgão aprovador with an opinion (ADS-04), and with the answer when it had asked something.

    Raises ``RegraViolada`` with a pendência, an incomplete check-list, no opinion, or a question left without answer.
    """
    adesao, envio = _em_conferencia(adesao_id, por)
    if envio.pendencias.filter(comunicada_em__isnull=True).exists():
        raise RegraViolada("Com pendência não se encaminha: devolva, ou retire as pendências marcadas.", regra="ADS-04")
    faltam = falta_conferir(envio)
    if faltam:
        raise RegraViolada(f"Falta conferir: {', '.join(faltam)}.", regra="ADS-04")
    parecer = parecer.strip()
    if not parecer:
        raise RegraViolada("Escreva o parecer para o órgão aprovador.", regra="ADS-04", campo="parecer")
    if len(parecer) > MAXIMO_DO_PARECER:
        raise RegraViolada(f"Encurte o parecer: são até {MAXIMO_DO_PARECER} letras.", regra="ADS-04", campo="parecer")
    if adesao.pergunta:
        resposta = resposta.strip()[:2000]
        if not resposta:
            raise RegraViolada("Responda à pergunta do órgão aprovador.", regra="ADS-04", campo="resposta")
        parecer = f"{parecer}\n\nPergunta recebida: {adesao.pergunta}\n\nResposta da PRODESP: {resposta}"
    adesao, registro = fluxo.executar(
        Adesao,
        adesao_id,
        "encaminhar",
        por=por,
        agora=agora,
        comentario=parecer,
        vence_em=vence_em(agora, "decisao"),
        parecer=parecer,
    )
    notificacoes.encaminhada(adesao, registro.pk, agora=agora)
    return adesao


def falta_conferir(envio: Envio) -> list[str]:
    """Short names of the papers whose check-list is not all ticked, the delegation act included when it came (two queries)."""
    feitos = set(envio.conferidos.values_list("peca", "item"))
    return [p.curto for p in _pecas_a_conferir(envio).values() if any((p.codigo, item) not in feitos for item, _ in p.itens)]


def sobre_o_resto(envio: Envio, pendencias: list[Pendencia]) -> str:
    """What may truly be said to the prefeitura of what was not pointed at: never that all is right before all was checked (two queries)."""
    faltam = falta_conferir(envio)
    if not faltam:
        return "O resto foi conferido, está certo e não precisa ser refeito."
    por_campo = {(c["tarefa"], c["campo"]): parte["peca"] for parte in envio.dados["leitura"] for g in parte["grupos"] for c in g["campos"]}
    apontadas = {p.campo if p.tarefa == "assinados" else por_campo.get((p.tarefa, p.campo), "") for p in pendencias}
    sem_apontar = {p.curto for codigo, p in _pecas_a_conferir(envio).items() if codigo not in apontadas}
    if not sem_apontar:
        return "A PRODESP ainda não terminou de conferir estes documentos. Pode haver outro pedido depois."
    outras = [nome for nome in faltam if nome in sem_apontar]
    if not outras:
        return "Os outros documentos foram conferidos, estão certos e não precisam ser refeitos."
    nomes = outras[0] if len(outras) == 1 else f"{', '.join(outras[:-1])} e {outras[-1]}"
    return f"Falta ainda a PRODESP terminar de conferir: {nomes}. Pode haver outro pedido depois."


def _pecas_a_conferir(envio: Envio) -> dict[str, pecas.Peca]:
    """The papers of this sending: the three models always, the delegation act when it came along."""
    vieram = set(envio.pecas.values_list("peca", flat=True))
    return {codigo: p for codigo, p in pecas.CONFERIDAS.items() if codigo in pecas.PECAS or codigo in vieram}


@transaction.atomic
def revelar_cpf(*, adesao_id: int, por: Ator, agora: dt.datetime, motivo: str) -> None:
    """Record that somebody saw whole CPFs of this process, and why (settled question 6). Opening the conferência counts, once a day per
    person.
    """
    adesao = travada(adesao_id, por=por, ato="cpf.revelar")
    hoje = timezone.localdate(agora)
    ja = adesao.historico.filter(transicao="ver_cpf", por_id=por.usuario_id, comentario=motivo, em__date=hoje).exists()
    if not ja:
        anotar(adesao, "ver_cpf", por=por, agora=agora, comentario=motivo)


@transaction.atomic
def salvar_motivo(*, motivo_id: int | None, dados: dict[str, Any], por: Ator) -> MotivoPadrao:
    """Create or change a standard reason. Raises ``SemPermissao``, and ``RegraViolada`` when the title is taken."""
    if not pode(por, "motivos.editar"):
        raise SemPermissao("Só o gestor edita os motivos.")
    outros = MotivoPadrao.objects.exclude(pk=motivo_id) if motivo_id is not None else MotivoPadrao.objects.all()
    if outros.filter(titulo__iexact=dados["titulo"]).exists():
        raise RegraViolada("Já existe um motivo com este título.", campo="titulo")
    motivo = MotivoPadrao.objects.get(pk=motivo_id) if motivo_id is not None else MotivoPadrao()
    for nome, valor in dados.items():
        setattr(motivo, nome, valor)
    motivo.save()
    return motivo
