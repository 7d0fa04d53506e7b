"""A request as a ServiceOrder of TMF641: read whole from what was prefetched, no query, no CPF."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.conf import settings
from django.utils import timezone

from contas.papeis import Papel
from nucleo import campos, prazos
from saog import pecas
from saog.consultas.integracao import estado_tmf, natureza_em_acao
from saog.estados import ABERTAS, CONEXAO_DO_SERVICO, Conexao, Estado, Natureza, Servico
from saog.models import Entrega, SolicitacaoServico

RAIZ = "/api/operadora/v1"


def endereco(slug: str) -> str:
    """The address of an order."""
    return f"{settings.ENDERECO_PUBLICO}{RAIZ}/serviceOrder/{slug}"


def instante(quando: dt.datetime) -> str:
    """RFC 3339 in São Paulo time."""
    return timezone.localtime(quando).isoformat(timespec="seconds")


def dia(data: dt.date) -> str:
    """A day as the instant it begins, in São Paulo."""
    return instante(dt.datetime.combine(data, dt.time(), tzinfo=timezone.get_default_timezone()))


def retratar(ss: SolicitacaoServico, *, campos: frozenset[str] | None = None) -> dict[str, Any]:
    """The order as JSON; ``campos`` keeps only those attributes, besides ``id`` and ``href``."""
    inteiro = _inteiro(ss)
    if campos is None:
        return inteiro
    return {n: v for n, v in inteiro.items() if n in campos or n in ("id", "href")}


def marca(ss: SolicitacaoServico) -> str:
    """The order's ETag: the same while it reads the same, whoever or whatever changed it. Of the whole order, also where only some
    attributes are read, so that any reading may guard a change.
    """
    texto = json.dumps(_inteiro(ss), sort_keys=True, ensure_ascii=False)
    return f'"{hashlib.sha256(texto.encode()).hexdigest()[:32]}"'


def _inteiro(ss: SolicitacaoServico) -> dict[str, Any]:
    cancelamento = getattr(ss, "cancelamento_estado", None)
    estado = estado_tmf(ss, cancelamento=cancelamento)
    assert ss.emitida_em is not None  # only emitted requests are orders
    ordem: dict[str, Any] = {
        "@type": "ServiceOrder",
        "id": ss.slug,
        "href": endereco(ss.slug),
        "externalId": ss.numero,
        "category": ss.tipo_id,
        "description": pecas.resumo(ss),
        "state": str(estado),
        "orderDate": instante(ss.emitida_em),
    }
    ordem |= _datas(ss)
    ordem["serviceOrderItem"] = [_item(ss, str(estado))]
    if ss.alvo is not None:
        ordem["serviceOrderRelationship"] = [{"id": ss.alvo.slug, "href": endereco(ss.alvo.slug), "relationshipType": "cancels"}]
    ordem["relatedParty"] = [
        {
            "id": str(ss.municipio_id),
            "name": f"Prefeitura de {ss.municipio.nome}",
            "role": "solicitante",
            "@referredType": "Organization",
        },
        {"id": "prodesp", "name": "PRODESP", "role": "gestora", "@referredType": "Organization"},
    ]
    ordem["milestone"] = _marcos(ss)
    if erros := _erros(ss):
        ordem["errorMessage"] = erros
    ordem["note"] = _notas(ss)
    return ordem


def _datas(ss: SolicitacaoServico) -> dict[str, str]:
    datas: dict[str, str] = {}
    if ss.data_desejada:
        datas["requestedStartDate"] = dia(ss.data_desejada)
    if ss.previsao:
        datas["expectedCompletionDate"] = dia(ss.previsao)
    if ss.atendimento_em:
        datas["startDate"] = instante(ss.atendimento_em)
    if ss.concluida_em and ss.estado == Estado.ACEITA:
        datas["completionDate"] = instante(ss.concluida_em)
    if ss.concluida_em and ss.estado == Estado.CANCELADA:
        datas["cancellationDate"] = instante(ss.concluida_em)
        datas["cancellationReason"] = ss.motivo or "Sem motivo informado."
    return datas


def _item(ss: SolicitacaoServico, estado: str) -> dict[str, Any]:
    servico = Servico(ss.servico).label if ss.servico else "link"
    return {
        "id": "1",
        "action": natureza_em_acao(ss.natureza),
        "state": estado,
        "service": {
            "name": ss.titulo or (ss.acesso.unidade.nome if ss.acesso else ss.numero),
            "serviceType": str(servico),
            "serviceCharacteristic": [
                {"name": nome, "valueType": "integer" if isinstance(valor, int) else "string", "value": valor}
                for nome, valor in _caracteristicas(ss)
                if valor not in (None, "")
            ],
        },
    }


def _sub_bloco(ss: SolicitacaoServico, pedido: dict[str, Any]) -> str:
    """While the order is open, the network the link has now (an exchange may have changed it, IP-05); then the one it was ordered with."""
    do_link = ss.acesso.sub_bloco if ss.acesso else ""
    return str((do_link if ss.estado in ABERTAS else "") or pedido.get("sub_bloco") or do_link)


def _caracteristicas(ss: SolicitacaoServico) -> list[tuple[str, str | int | None]]:
    """What is ordered, as the last sending froze it (SS-10), over what the link is; then what the last delivery reported."""
    envio = max(ss.lista_de_envios.all(), key=lambda e: e.ordem, default=None)
    pedido: dict[str, Any] = envio.dados["limpos"] if envio else {}
    acesso = ss.acesso
    servico, conexao = ss.servico, ""
    if servico:
        conexao = CONEXAO_DO_SERVICO[servico]
    lista: list[tuple[str, str | int | None]] = [
        ("servico", str(Servico(servico).label) if servico else ""),
        ("velocidadeMbps", ss.velocidade),
        ("conexao", str(Conexao(conexao).label) if conexao else ""),
        ("tipoDeEndereco", pecas.endereco_privado_ou_publico(acesso)),
        ("subBloco", _sub_bloco(ss, pedido)),
        ("municipio", ss.municipio.nome),
        ("codigoIBGE", ss.municipio_id),
    ]
    if acesso is not None:
        unidade = acesso.unidade

        def do_pedido(nome: str, campo: str = "") -> str:
            return str(pedido.get(nome) or getattr(unidade, campo or nome))

        lista += [
            ("unidade", str(pedido.get("unidade_nome") or unidade.nome)),
            ("logradouro", do_pedido("logradouro")),
            ("numero", do_pedido("numero")),
            ("complemento", do_pedido("complemento")),
            ("bairro", do_pedido("bairro")),
            ("cep", campos.formatar_cep(do_pedido("cep"))),
            ("contatoNome", do_pedido("contato_nome")),
            ("contatoTelefone", campos.formatar_telefone(do_pedido("contato_telefone"))),
            ("funcionamento", do_pedido("funcionamento")),
            ("sala", do_pedido("sala")),
        ]
        if ss.natureza != Natureza.ATIVACAO:
            lista += [("velocidadeAtualMbps", acesso.velocidade), ("circuitoAtual", acesso.circuito)]
    lista += [
        (nome, pedido.get(chave))
        for nome, chave in (
            ("titular", "titular"),
            ("configuracao", "configuracao"),
            ("desligarEm", "desligar_em"),
            ("retirada", "retirada"),
            ("justificativa", "justificativa"),
        )
    ]
    ultima = _ultima_entrega(ss)
    if ultima is not None:
        lista += [("circuito", ultima.circuito), ("equipamento", ultima.equipamento)]
        medidas = (("velocidadeMedida", ultima.velocidade_medida), ("perda", ultima.perda), ("atraso", ultima.atraso))
        lista += [(n, str(v)) for n, v in medidas if v is not None]
    return lista


def _ultima_entrega(ss: SolicitacaoServico) -> Entrega | None:
    return max(ss.lista_de_entregas.all(), key=lambda e: e.ordem, default=None)


def _marcos(ss: SolicitacaoServico) -> list[dict[str, str]]:
    """What the Operadora reported, then the deliveries and the answers: TMF641 has no "delivered, not yet accepted"."""
    lista = [
        _marco(m.codigo, m.nome, "reached" if m.atingido_em else "expected", quando, m.texto)
        for m in ss.marcos.all()
        if (quando := m.atingido_em or m.previsto_em) is not None
    ]
    ultima = _ultima_entrega(ss)
    if ultima is not None:
        situacao = "refused" if ultima.aceita is False else "reached"
        lista.append(_marco("entregue", "Entregue, em aceite", situacao, ultima.em, ultima.observacao))
        if ultima.aceita:
            assert ultima.respondida_em is not None  # constraint saog_entrega_respondida_tem_data
            lista.append(_marco("aceite", "Aceita pela prefeitura", "reached", ultima.respondida_em, ""))
        elif ultima.aceita is None:
            ultimo_dia = prazos.dia_por_extenso(prazos.ultimo_dia(ultima.aceite_vence_em))
            lista.append(_marco("aceite", "Resposta da prefeitura", "expected", ultima.aceite_vence_em, f"Até {ultimo_dia}."))
    return lista


def _marco(codigo: str, nome: str, situacao: str, quando: dt.datetime, texto: str) -> dict[str, str]:
    return {"id": codigo, "name": nome, "status": situacao, "milestoneDate": instante(quando), "description": texto}


def _erros(ss: SolicitacaoServico) -> list[dict[str, str]]:
    erros = [
        {"code": "SS-05", "reason": "Entrega recusada", "message": e.motivo, "timestamp": instante(e.respondida_em)}
        for e in ss.lista_de_entregas.all()
        if e.aceita is False and e.respondida_em is not None
    ]
    if ss.estado == Estado.INVIAVEL and ss.concluida_em is not None:
        erros.append({"code": "LNK-07", "reason": "Inviável", "message": ss.motivo, "timestamp": instante(ss.concluida_em)})
    return erros


def _notas(ss: SolicitacaoServico) -> list[dict[str, str]]:
    """What was said since the emission, signed by the side that said it: the people of the prefeitura and of PRODESP are not named."""
    return [
        {"id": str(linha.pk), "author": _autor(ss, linha.por_papel, linha.por_nome), "date": instante(linha.em), "text": linha.comentario}
        for linha in ss.notas  # type: ignore[attr-defined]  # consultas.integracao.com_tudo
        if ss.emitida_em is not None and linha.em >= ss.emitida_em
    ]


def _autor(ss: SolicitacaoServico, papel: str, nome: str) -> str:
    if papel == Papel.OPERADORA:
        return nome
    if papel == Papel.RESPONSAVEL:
        return f"Prefeitura de {ss.municipio.nome}"
    return "PRODESP" if papel else "Portal INTRAGOV"
