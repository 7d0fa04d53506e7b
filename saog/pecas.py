"""What a request says, ready to read and to print: the frozen reading, the receipt, the order to the Operadora."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from documentos import pdf
from documentos.models import Documento
from nucleo import campos, prazos
from nucleo.fluxo import Ator
from saog import fichas
from saog.estados import CONEXAO_DO_SERVICO, Conexao, Natureza, Servico
from saog.models import Acesso, EnvioSS, Preco, SolicitacaoServico

#: Forms whose fields are shown under another title than the field's own label.
_SIM = "Declarado"


def leitura(ss: SolicitacaoServico, limpos: dict[str, Any]) -> list[dict[str, Any]]:
    """The request as people read it: groups of fields (``campo``, ``rotulo``, ``valor``). JSON values only; frozen in each sending.

    An alteração has ``antes`` beside each field that the link knows, for the side by side.
    """
    ficha = fichas.ficha_de(ss.tipo.comportamento)
    grupos = [
        {
            "titulo": titulo or "O pedido",
            "campos": [_campo(ss, ficha, nome, limpos.get(nome)) for nome in nomes if _mostra(nome, limpos)],
        }
        for titulo, nomes in ficha.grupos
    ]
    return [_objeto(ss), *(g for g in grupos if g["campos"])] if ss.natureza != Natureza.ATIVACAO else [g for g in grupos if g["campos"]]


def _mostra(nome: str, limpos: dict[str, Any]) -> bool:
    return nome != "declara_lnk_05" or bool(limpos.get(nome))


def _campo(ss: SolicitacaoServico, ficha: type[fichas.Ficha], nome: str, valor: Any) -> dict[str, Any]:
    rotulo = str(ficha.base_fields[nome].label)
    lido: dict[str, Any] = {
        "campo": nome,
        "rotulo": "Uso do link" if nome == "declara_lnk_05" else rotulo,
        "valor": em_palavras(nome, valor),
    }
    if nome == "declara_lnk_05":
        lido["valor"] = fichas.LNK_05
    if ss.natureza == Natureza.ALTERACAO and ss.acesso is not None and nome in ("servico", "velocidade", "titular", "configuracao"):
        lido["antes"] = em_palavras(nome, getattr(ss.acesso, nome))
    return lido


#: Fields of the reading that say which link a request acts on.
SOBRE_O_LINK = frozenset({"unidade", "endereco", "link", "circuito"})


def _objeto(ss: SolicitacaoServico) -> dict[str, Any]:
    """What the request acts on, first."""
    if ss.acesso is not None:
        unidade = ss.acesso.unidade
        pares = [
            ("unidade", "Unidade", unidade.nome),
            ("endereco", "Endereço", f"{unidade.endereco}, {campos.formatar_cep(unidade.cep)}"),
            ("link", "Link", f"{ss.acesso.get_servico_display()}, {ss.acesso.velocidade} Mbps"),
            ("circuito", "Circuito", ss.acesso.circuito),
        ]
    else:
        assert ss.alvo is not None  # constraint saog_cancelamento_tem_alvo
        pares = [("alvo", "Solicitação a interromper", f"{ss.alvo.numero}, {ss.alvo.tipo.nome}, {ss.alvo.titulo}")]
    return {"titulo": "Sobre o quê", "campos": [{"campo": c, "rotulo": r, "valor": v} for c, r, v in pares]}


def em_palavras(nome: str, valor: Any) -> str:
    """One cleaned value as people read it; "" stays ""."""
    if valor in (None, "", False):
        return ""
    if isinstance(valor, dt.date):
        return f"{valor:%d/%m}/{valor.year:04d}"
    formatos = {
        "cep": campos.formatar_cep,
        "contato_telefone": campos.formatar_telefone,
        "servico": lambda v: str(Servico(v).label),
        "velocidade": lambda v: f"{v} Mbps",
    }
    return formatos[nome](valor) if nome in formatos else str(valor)


def em_json(limpos: dict[str, Any]) -> dict[str, Any]:
    """Cleaned values as JSON: days as ISO text."""
    return {n: v.isoformat() if isinstance(v, dt.date) else v for n, v in limpos.items()}


def preco_congelado(preco: Preco | None) -> dict[str, str] | None:
    """The estimate as it was when it was sent (INS-03): ``valor`` ready to read, and which table."""
    return {"valor": em_reais(preco), "tabela": preco.tabela} if preco else None


def tabela_de_precos(vigentes: dict[tuple[str, int], Preco], velocidades: Iterable[int], servicos: Iterable[str]) -> dict[str, Any] | None:
    """What each service costs a month at each speed, for people to read before they choose (INS-03); None while there is no price.

    ``servicos``: column titles; ``linhas``: (speed in Mbps, one ``R$ …`` or "" per service); ``tabelas``: the names of the price tables.
    """
    colunas = [Servico(s) for s in servicos]
    linhas = [(mbps, [em_reais(p) if (p := vigentes.get((s.value, mbps))) else "" for s in colunas]) for mbps in velocidades]
    if not any(valor for _, valores in linhas for valor in valores):
        return None
    tabelas = sorted({p.tabela for (servico, _), p in vigentes.items() if servico in colunas})
    return {"servicos": [str(s.label) for s in colunas], "linhas": linhas, "tabelas": ", ".join(tabelas)}


def em_reais(preco: Preco) -> str:
    """``R$ 1.412,60``."""
    inteiro = f"{preco.mensal:,.2f}"
    return "R$ " + inteiro.replace(",", "\0").replace(".", ",").replace("\0", ".")


def resumo(ss: SolicitacaoServico) -> str:
    """What is ordered, in a few words: ``ativação de link SCM, 8 Mbps``."""
    if ss.natureza == Natureza.CANCELAMENTO:
        return f"cancelamento da solicitação {ss.alvo.numero}" if ss.alvo else "cancelamento"
    partes = [ss.tipo.nome.lower()]
    if ss.servico:
        partes[0] += f" de link {Servico(ss.servico).label}"
    if ss.velocidade and ss.natureza != Natureza.DESATIVACAO:
        partes.append(f"{ss.velocidade} Mbps")
    return ", ".join(partes)


def endereco_privado_ou_publico(acesso: Acesso | None) -> str:
    """The kind of address the link uses (LNK-01, LNK-03)."""
    if acesso is None:
        return ""
    return "público" if CONEXAO_DO_SERVICO[acesso.servico] == Conexao.INTERNET else "privado"


def recibo(ss: SolicitacaoServico, envio: EnvioSS, por: Ator) -> dict[str, Any]:
    """Data of the receipt of a sending."""
    assert ss.vence_em is not None  # constraint saog_validacao_tem_prazo
    base = settings.ENDERECO_PUBLICO
    return {
        "processo": ss.numero,
        "envio": envio.ordem,
        "municipio": ss.municipio.nome,
        "o_que": resumo(ss),
        "titulo": ss.titulo,
        "enviado_em": f"{prazos.dia_por_extenso(prazos.dia_local(envio.em))}, {prazos.hora(envio.em)}",
        "por": por.nome,
        "grupos": envio.dados["leitura"],
        "preco": envio.dados["preco"],
        "resumo_sha256": envio.dados_sha256,
        "ate_quando": prazos.dia_por_extenso(prazos.ultimo_dia(ss.vence_em)),
        "endereco_verificar": base.split("://", 1)[-1] + "/verificar",
        "qr": f"{base}/verificar/?codigo={{codigo}}",
    }


def encomendar_ordem(ss: SolicitacaoServico, *, por: Ator, agora: dt.datetime) -> None:
    """Order the printed order for the Operadora, with what the prefeitura asked for and PRODESP validated."""
    envio = ss.lista_de_envios.get(ordem=ss.envios)
    base = settings.ENDERECO_PUBLICO
    pdf.encomendar(
        especie="ordem",
        modelo="ordem_ss",
        dados={
            "processo": ss.numero,
            "municipio": ss.municipio.nome,
            "o_que": resumo(ss),
            "titulo": ss.titulo,
            "emitida_em": f"{prazos.dia_por_extenso(prazos.dia_local(agora))}, {prazos.hora(agora)}",
            "por": por.nome,
            "grupos": envio.dados["leitura"],
            "resumo_sha256": envio.dados_sha256,
            "endereco_verificar": base.split("://", 1)[-1] + "/verificar",
            "qr": f"{base}/verificar/?codigo={{codigo}}",
        },
        dono=ss.dono,
        titulo=f"Ordem {ss.numero}",
        agora=agora,
        por_id=por.usuario_id,
    )


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
