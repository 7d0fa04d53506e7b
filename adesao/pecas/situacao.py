"""How the papers of a draft stand, and the door to their PDFs."""

from __future__ import annotations

from dataclasses import dataclass

from adesao.fichas import TAREFAS
from adesao.models import Adesao, CopiaAssinada
from documentos import pdf
from documentos.models import Documento

from .conteudo import DELEGACAO, PECAS, PRECISA, TITULO_DELEGACAO, Validacao, conteudo


@dataclass(frozen=True, slots=True)
class SituacaoDaPeca:
    """How one paper stands: can it be made, the current version made here, the signed copy, and whether that copy answers to the
    current version.
    """

    peca: str
    titulo: str
    curto: str
    pronta_para_gerar: bool
    gerado: Documento | None
    copia: CopiaAssinada | None
    falta_preencher: tuple[str, ...] = ()

    @property
    def copia_vale(self) -> bool:
        """Whether the signed copy answers to what the form says now."""
        if self.copia is None:
            return False
        if self.peca == DELEGACAO:
            return True
        return self.gerado is not None and self.copia.gerado_id == self.gerado.uuid

    @property
    def copia_velha(self) -> bool:
        """A signed copy is there, but of an older version."""
        return self.copia is not None and not self.copia_vale


def situacao_das_pecas(adesao: Adesao, validacao: Validacao) -> list[SituacaoDaPeca]:
    """The papers of a draft in order, the delegation act last when a delegate signs. Two queries."""
    gerados: dict[tuple[str, str], Documento] = {
        (d.especie, d.dados_sha256): d
        for d in Documento.objects.filter(dono=adesao.dono, origem=Documento.Origem.GERADO, especie__in=PECAS)
    }
    copias = {c.peca: c for c in adesao.copias.filter(substituida_em__isnull=True).select_related("documento")}
    titulos = {t.slug: t.curto for t in TAREFAS}
    saida = []
    for codigo, peca in PECAS.items():
        faltam = tuple(titulos[t] for t in PRECISA[codigo] if t not in validacao.limpos)
        gerado = None
        if not faltam:
            gerado = gerados.get((codigo, pdf.resumo(modelo=codigo, dados=conteudo(adesao, validacao.limpos, codigo))))
        saida.append(SituacaoDaPeca(codigo, peca.titulo, peca.curto, not faltam, gerado, copias.get(codigo), faltam))
    if validacao.limpos.get("prefeitura", {}).get("quem_assina") == "delegado":
        saida.append(SituacaoDaPeca(DELEGACAO, TITULO_DELEGACAO, "Ato de delegação", True, None, copias.get(DELEGACAO)))
    return saida


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
