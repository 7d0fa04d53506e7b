"""The conferência's table: the data sent and the signed document side by side, per paper, with what is marked and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adesao import consultas, guardas, pecas
from adesao.dossie import declaracoes_do
from adesao.estados import Estado
from adesao.models import Adesao, DeclaracaoAceita, Envio, EnvioPeca, ItemConferido, Pendencia
from documentos.models import Documento
from nucleo.fluxo import Ator

DECLARACOES_DA_PREFEITURA = "declaracoes"
COPIA = "Cópia assinada"


@dataclass(frozen=True, slots=True)
class Linha:
    """One field as sent: what is marked on it now, what was marked on the sending before, and its value then if it changed."""

    tarefa: str
    campo: str
    rotulo: str
    valor: str
    pendencia: Pendencia | None = None
    anterior: Pendencia | None = None
    mudou: bool = False
    antes: str = ""

    @property
    def ancora(self) -> str:
        """Id of the row on the page."""
        return f"linha-{self.tarefa}-{self.campo}"

    @property
    def sem_campo(self) -> bool:
        """Whether the prefeitura types nothing here: it can only answer in words."""
        return (self.tarefa, self.campo) in pecas.SEM_CAMPO

    @property
    def endereco(self) -> str:
        """The row in ``?marcar=``."""
        return f"{self.tarefa}.{self.campo}"

    @property
    def formulario(self) -> str:
        """What tells this row's form from those of the others: its fields share one big form."""
        return f"{self.tarefa}-{self.campo}"


@dataclass(frozen=True, slots=True)
class Aba:
    """One tab: a paper (or the declarations), its rows by group, its check-list and its signed copy."""

    codigo: str
    curto: str
    grupos: tuple[tuple[str, tuple[Linha, ...]], ...] = ()
    itens: tuple[tuple[str, str, bool], ...] = ()
    papel: EnvioPeca | None = None

    @property
    def pendencias(self) -> int:
        """How many rows are marked."""
        return sum(linha.pendencia is not None for _, linhas in self.grupos for linha in linhas)

    @property
    def em_palavras(self) -> str:
        """``2 pendências``."""
        return f"{self.pendencias} pendência{'s' if self.pendencias > 1 else ''}"

    @property
    def feitos(self) -> int:
        """How many items of the check-list are ticked."""
        return sum(feito for _, _, feito in self.itens)

    @property
    def conferida(self) -> bool:
        """Whether the whole check-list is ticked; a tab without one has nothing to tick."""
        return self.feitos == len(self.itens)


@dataclass(slots=True)
class Mesa:
    """Everything the screen needs about the last sending, read once."""

    envio: Envio
    abas: list[Aba]
    atual: Aba
    edita: bool
    declaracoes: list[tuple[str, DeclaracaoAceita]]

    @property
    def marcadas(self) -> int:
        """How many pendências are marked on the whole sending."""
        return sum(aba.pendencias for aba in self.abas)

    @property
    def faltam(self) -> list[str]:
        """Short names of the papers whose check-list is not all ticked."""
        return [aba.curto for aba in self.abas if not aba.conferida]

    @property
    def por_que_nao_encaminha(self) -> str:
        """Why it cannot be forwarded now, or ""."""
        if self.marcadas:
            return "Com pendência não se encaminha."
        if self.faltam:
            return f"Para encaminhar, falta conferir: {', '.join(self.faltam)}."
        return ""

    def linha(self, endereco: str) -> Linha | None:
        """The row of the current tab with this ``tarefa.campo``."""
        return next((li for _, linhas in self.atual.grupos for li in linhas if li.endereco == endereco), None)

    def aba_de(self, tarefa: str, campo: str) -> str:
        """Code of the tab that holds a row; the first tab for an unknown one."""
        for aba in self.abas:
            if any((li.tarefa, li.campo) == (tarefa, campo) for _, linhas in aba.grupos for li in linhas):
                return aba.codigo
        return self.abas[0].codigo


def confere_agora(adesao: Adesao, por: Ator) -> bool:
    """Whether this actor is checking this process now: sees CPFs whole and may mark, return and forward (settled question 6)."""
    return bool(adesao.estado == Estado.EM_CONFERENCIA and guardas.confere(adesao, por))


def montar(adesao: Adesao, envio: Envio, por: Ator, *, peca: str) -> Mesa:
    """Read the last sending for the screen (eight queries at most, whatever its size). An unknown ``peca`` is the first tab."""
    envio.adesao = adesao
    edita = confere_agora(adesao, por)
    leitura: list[dict[str, Any]] = envio.dados["leitura"] if edita else consultas.leitura_para(envio, por)
    papeis = consultas.pecas_do_envio(envio)
    todas = list(Pendencia.objects.filter(adesao=adesao, envio__ordem__gte=envio.ordem - 1).select_related("envio").order_by("pk"))
    atuais = {(p.tarefa, p.campo): p for p in todas if p.envio_id == envio.pk}
    anteriores = {(p.tarefa, p.campo): p for p in todas if p.envio_id != envio.pk}
    velha = _leitura_anterior(adesao, envio, por, edita=edita)
    pares = pecas.correspondencia(velha, leitura) if velha is not None else {}
    antes = pecas.campos_da_leitura(velha or [])
    ticados = set(ItemConferido.objects.filter(envio=envio).values_list("peca", "item"))

    def linha(tarefa: str, campo: str, rotulo: str, valor: str) -> Linha:
        chave = (tarefa, campo)
        if tarefa == "assinados" or velha is None:
            return Linha(tarefa, campo, rotulo, valor, atuais.get(chave), anteriores.get(chave))
        onde = pares.get(chave)  # an application may have stood in another row
        velho = antes[onde]["valor"] if onde else ""
        return Linha(
            tarefa, campo, rotulo, valor, atuais.get(chave), anteriores.get(onde) if onde else None, onde is None or velho != valor, velho
        )

    def da_copia(codigo: str) -> tuple[str, tuple[Linha, ...]]:
        return ("Documento assinado", (linha("assinados", codigo, COPIA, _da_copia(papeis.get(codigo))),))

    def aba(codigo: str, *grupos: tuple[str, tuple[Linha, ...]]) -> Aba:
        peca = pecas.CONFERIDAS[codigo]
        itens = tuple((i, texto, (codigo, i) in ticados) for i, texto in peca.itens)
        return Aba(codigo, peca.curto, (*grupos, da_copia(codigo)), itens, papeis.get(codigo))

    abas = []
    for parte in leitura:
        codigo = parte["peca"]
        grupos = [
            (g["titulo"], tuple(linha(c["tarefa"], c["campo"], c["rotulo"], c["valor"]) for c in g["campos"])) for g in parte["grupos"]
        ]
        abas.append(aba(codigo, *grupos))
    if pecas.DELEGACAO in papeis:
        abas.append(aba(pecas.DELEGACAO))
    abas.append(Aba(DECLARACOES_DA_PREFEITURA, "Declarações"))
    atual = next((a for a in abas if a.codigo == peca), abas[0])
    return Mesa(envio, abas, atual, edita, declaracoes_do(envio) if atual.codigo == DECLARACOES_DA_PREFEITURA else [])


def _leitura_anterior(adesao: Adesao, envio: Envio, por: Ator, *, edita: bool) -> list[dict[str, Any]] | None:
    """The reading of the sending before this one, or None for the first."""
    anterior = adesao.lista_de_envios.filter(ordem=envio.ordem - 1).first() if envio.ordem > 1 else None
    if anterior is None:
        return None
    anterior.adesao = adesao
    leitura: list[dict[str, Any]] = anterior.dados["leitura"] if edita else consultas.leitura_para(anterior, por)
    return leitura


def _da_copia(papel: EnvioPeca | None) -> str:
    if papel is None:
        return ""
    n = papel.assinado.paginas
    return f"{n} página{'s' if n != 1 else ''}, {assinaturas_em_palavras(papel.assinado)}"


def assinaturas_em_palavras(documento: Documento) -> str:
    """What is known of the signatures of a received PDF: digital ones found, or none, and then somebody has to look."""
    n = int(documento.dados.get("assinaturas", 0))
    if not n:
        return "sem assinatura digital: confira a assinatura à mão"
    return "1 assinatura digital" if n == 1 else f"{n} assinaturas digitais"


def por_conferir_a_olho(papel: EnvioPeca) -> list[str]:
    """What the portal could not check by itself on a signed copy, in words: nobody else will look at it."""
    if papel.peca == pecas.DELEGACAO:
        return ["O portal não tem modelo deste ato: leia por inteiro."]
    dados, avisos = papel.assinado.dados, []
    if not dados.get("tem_texto", True):
        avisos.append("O arquivo é só imagem: o portal não leu o texto.")
    elif not dados.get("assinaturas") and papel.gerado and papel.gerado.codigo in dados.get("codigos_no_texto", []):
        avisos.append("O texto é o do PDF do portal, e não há assinatura digital: confira se alguém assinou.")
    esperadas = papel.gerado.paginas if papel.gerado else 0
    if not esperadas:
        avisos.append("O portal não sabe quantas páginas o documento tem: confira se estão todas.")
    elif papel.assinado.paginas < esperadas:
        avisos.append(f"O documento tem {esperadas} páginas e esta cópia só {papel.assinado.paginas}: confira o que falta.")
    return avisos


def codigo_em_palavras(papel: EnvioPeca) -> tuple[str, str]:
    """Whether the code of the version made here was read in the signed copy, in words, and the code (settled question 3)."""
    if papel.gerado is None or not papel.gerado.codigo:
        return "", ""
    if papel.gerado.codigo in papel.assinado.dados.get("codigos_no_texto", []):
        return "Encontrado no texto o código", papel.gerado.codigo
    return "Código não encontrado no texto: confira se o rodapé traz", papel.gerado.codigo
