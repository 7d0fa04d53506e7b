"""The dossier the órgão aprovador reads: on the screen, and as one PDF with the signed papers after it (ADS-04)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from adesao import consultas
from adesao.models import Adesao, DeclaracaoAceita, Envio, EnvioPeca, HistoricoAdesao
from adesao.pecas import DELEGACAO, PECAS, TITULO_DELEGACAO
from documentos import armazem, jaula, juntar, pdf
from documentos.models import Documento
from nucleo import campos, prazos
from nucleo.declaracoes import DECLARACOES
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator


class DossieIndisponivel(RegraViolada):
    """The single PDF cannot be put together now; the papers can be downloaded one by one. Status 503."""

    status = 503


@dataclass(frozen=True, slots=True)
class Dossie:
    """What the dossier shows of the last sending; CPFs masked for whoever is not of the prefeitura (settled question 6)."""

    adesao: Adesao
    envio: Envio
    partes: list[dict[str, Any]]
    papeis: list[tuple[str, EnvioPeca]]
    declaracoes: list[tuple[str, DeclaracaoAceita]]
    encaminhamento: HistoricoAdesao | None


def ler(adesao: Adesao, envio: Envio, por: Ator) -> Dossie:
    """Read the dossier (four queries)."""
    envio.adesao = adesao
    por_peca = consultas.pecas_do_envio(envio)
    titulos = {**{codigo: peca.titulo for codigo, peca in PECAS.items()}, DELEGACAO: TITULO_DELEGACAO}
    return Dossie(
        adesao=adesao,
        envio=envio,
        partes=consultas.leitura_para(envio, por),
        papeis=[(titulo, por_peca[codigo]) for codigo, titulo in titulos.items() if codigo in por_peca],
        declaracoes=declaracoes_do(envio),
        encaminhamento=adesao.historico.filter(transicao="encaminhar").order_by("-em", "-pk").first(),
    )


def declaracoes_do(envio: Envio) -> list[tuple[str, DeclaracaoAceita]]:
    """The declarations of a sending with their texts, in the order of the form (one query)."""
    aceitas = {d.codigo: d for d in envio.declaracoes.select_related("por")}
    return [(d.texto, aceitas[d.codigo]) for d in DECLARACOES if d.codigo in aceitas]


def dados_da_capa(dossie: Dossie, *, por: Ator, agora: dt.datetime) -> dict[str, Any]:
    """What ``templates/pdf/dossie.html`` receives: JSON values ready to print. CPFs masked."""
    adesao, quem = dossie.adesao, dossie.encaminhamento
    parecer = {"texto": adesao.parecer, "por": f"{quem.por_nome}, PRODESP", "em": _instante(quem.em)} if quem and adesao.parecer else None
    return {
        "processo": adesao.numero,
        "municipio": adesao.municipio.nome,
        "cnpj": campos.formatar_cnpj(adesao.cnpj),
        "situacao": adesao.rotulo,
        "emitido_em": _instante(agora),
        "parecer": parecer,
        "documentos": [
            {
                "titulo": f"{titulo}, cópia assinada",
                "paginas": papel.assinado.paginas,
                "codigo": (papel.gerado.codigo or "") if papel.gerado else "",
                "sha256": papel.assinado.sha256,
            }
            for titulo, papel in dossie.papeis
        ],
        "dados_por_parte": [
            {"titulo": f"{parte['titulo']}: {grupo['titulo']}", "linhas": [(c["rotulo"], c["valor"]) for c in grupo["campos"]]}
            for parte in dossie.partes
            for grupo in parte["grupos"]
        ],
        "declaracoes": [{"texto": texto, "por": d.por.nome, "em": _instante(d.em)} for texto, d in dossie.declaracoes],
        "historico": [
            {"o_que": e["titulo"], "quem": e["quem"], "quando": e["quando"], "comentario": e["texto"]}
            for e in consultas.linha_do_tempo(adesao, por)["todos"]
        ],
    }


def capa(dossie: Dossie, *, por: Ator, agora: dt.datetime) -> Documento:
    """The cover as a document that is never kept: a page that only reads leaves no row behind."""
    dados = dados_da_capa(dossie, por=por, agora=agora)
    return Documento(
        origem=Documento.Origem.GERADO,
        especie="dossie",
        dono=dossie.adesao.dono,
        titulo=f"Dossiê {dossie.adesao.numero}",
        modelo="dossie",
        dados=dados,
        dados_sha256=hashlib.sha256(repr(sorted(dados.items())).encode()).hexdigest(),
        criado_em=agora,
    )


def em_pdf(dossie: Dossie, *, por: Ator, agora: dt.datetime) -> bytes:
    """The cover and the signed originals as one PDF. Raises ``pdf.PdfIndisponivel`` and ``DossieIndisponivel`` (both 503)."""
    folha, _ = pdf.produzir(capa(dossie, por=por, agora=agora))
    prontos = [(titulo, p.assinado) for titulo, p in dossie.papeis if p.assinado.situacao == Documento.Situacao.PRONTO]
    try:
        return juntar.juntar(
            [folha, *(armazem.caminho_de(documento) for _, documento in prontos)],
            titulos=["Dossiê", *(titulo for titulo, _ in prontos)],
            titulo=f"Dossiê {dossie.adesao.numero}",
        )
    except (jaula.JaulaInterrompida, armazem.ArquivoAusente) as erro:
        raise DossieIndisponivel("Não foi possível juntar os documentos em um só PDF. Baixe um por um, nesta mesma página.") from erro


def _instante(em: dt.datetime) -> str:
    return f"{prazos.dia_local(em):%d/%m/%Y}, {prazos.hora(em)}"
