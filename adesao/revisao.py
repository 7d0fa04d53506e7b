"""The pre-check before sending: every rule for which an analista would return the papers, each with its number (research, 6.1 idea 24)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from adesao import consultas, fichas, pecas
from adesao.models import Adesao, Pendencia
from contas.consultas import impedimentos_de_acesso
from contas.municipios import dobrar
from documentos.models import Documento
from nucleo import prazos
from nucleo.campos import minuscula

_REGRA_DA_TAREFA = {
    "prefeitura": "ADS-05",
    "oficio": "ADS-05",
    "anexo1": "ADS-06",
    "anexo2": "ADS-07",
    "timbre": "ADS-02",
    "declaracoes": "ADS-09",
}


@dataclass(frozen=True, slots=True)
class Falta:
    """One thing missing: task where it is mended, field (or ""), the sentence, and the rule it serves."""

    tarefa: str
    campo: str
    texto: str
    regra: str
    #: The pendência it leaves open, or None.
    pendencia: int | None = None

    @property
    def ancora(self) -> str:
        """Id of the place on the task's page where it is mended: the field, the pendência when it has none, or ""."""
        if self.pendencia is not None and (self.tarefa, self.campo) in pecas.SEM_CAMPO:
            return f"pendencia-{self.pendencia}"
        return f"id_{self.campo}" if self.campo else ""


@dataclass(frozen=True, slots=True)
class Revisao:
    """A draft looked at whole: its validation, its papers, what is open and what is missing."""

    validacao: pecas.Validacao
    situacao: list[pecas.SituacaoDaPeca]
    pendencias: list[Pendencia]
    faltas: list[Falta]
    avisos: list[Falta]
    brutos: dict[str, dict[str, str]]
    salvos_em: dict[str, dt.datetime]

    @property
    def pode_enviar(self) -> bool:
        """Whether nothing is missing."""
        return not self.faltas

    def faltas_de(self, tarefa: str) -> list[Falta]:
        """What is missing in one task."""
        return [f for f in self.faltas if f.tarefa == tarefa]

    def pendencias_de(self, tarefa: str) -> list[Pendencia]:
        """What PRODESP asked for in one task."""
        return [p for p in self.pendencias if p.tarefa == tarefa]


def rever(adesao: Adesao, *, agora: dt.datetime | None = None) -> Revisao:
    """Look at the whole draft (seven queries, whatever its size). ``agora``: when it is looked at, now unless said."""
    quando = agora or timezone.now()
    rascunhos = {r.tarefa: r for r in adesao.rascunhos.all()}
    brutos = {tarefa: r.dados for tarefa, r in rascunhos.items()}
    validacao = pecas.validar(brutos, hoje=prazos.dia_local(quando))
    situacao = pecas.situacao_das_pecas(adesao, validacao)
    pendencias = consultas.pendencias_abertas(adesao)
    faltas = [
        *_dos_campos(brutos, validacao),
        *_das_contas(adesao, validacao, quando),
        *_das_pecas(situacao),
        *_das_pendencias(adesao, validacao, situacao, pendencias),
    ]
    avisos = list(_avisos(adesao, validacao))
    return Revisao(validacao, situacao, pendencias, faltas, avisos, brutos, {t: r.salvo_em for t, r in rascunhos.items()})


def _dos_campos(brutos: dict[str, dict[str, str]], validacao: pecas.Validacao) -> Iterable[Falta]:
    for tarefa in fichas.COM_FICHA:
        erros = validacao.erros.get(tarefa.slug, {})
        if not any(str(v).strip() for n, v in brutos.get(tarefa.slug, {}).items() if n != "linhas") and erros:
            primeiro = next(iter(erros))
            yield Falta(tarefa.slug, primeiro, f"Preencha “{tarefa.titulo}”.", _REGRA_DA_TAREFA[tarefa.slug])
            continue
        for campo, frases in erros.items():
            rotulo = validacao.rotulos.get((tarefa.slug, campo), tarefa.curto)
            yield Falta(tarefa.slug, campo, f"{rotulo}: {minuscula(frases[0])}", _REGRA_DA_TAREFA[tarefa.slug])


def _avisos(adesao: Adesao, validacao: pecas.Validacao) -> Iterable[Falta]:
    """What may well be right and keeps nothing from being sent, but deserves a second look."""
    prefeitura, oficio, anexo1 = (validacao.limpos.get(t, {}) for t in ("prefeitura", "oficio", "anexo1"))
    cidade = prefeitura.get("cidade", "")
    if cidade and dobrar(cidade) != adesao.municipio.busca:
        texto = f"Cidade: você escreveu {cidade}, e a adesão é de {adesao.municipio.nome}. Está certo?"
        yield Falta("prefeitura", "cidade", texto, "ADS-05")
    numero = oficio.get("oficio_numero", "")
    if numero and numero == anexo1.get("oficio_numero"):
        texto = f"O ofício e o Anexo I estão com o mesmo número, {numero}. O Anexo I costuma ter número próprio. Está certo?"
        yield Falta("anexo1", "oficio_numero", texto, "ADS-06")


def _das_contas(adesao: Adesao, validacao: pecas.Validacao, agora: dt.datetime) -> Iterable[Falta]:
    """What would keep the approval from giving access to a responsável (ADS-11): better told to the prefeitura than found by the
    approver.
    """
    anexo1 = validacao.limpos.get("anexo1")
    if anexo1 is None:
        return
    pessoas = [(anexo1[f"r{n}_cpf"], anexo1[f"r{n}_email"]) for n in (1, 2)]
    motivos = impedimentos_de_acesso(pessoas, municipio_id=adesao.municipio_id, agora=agora)
    for n, motivo in enumerate(motivos, 1):
        if motivo:
            yield Falta("anexo1", f"r{n}_email", f"E-mail do {n}º responsável: {motivo}", "ADS-11")


def _das_pecas(situacao: list[pecas.SituacaoDaPeca]) -> Iterable[Falta]:
    vistos: dict[str, str] = {}
    for s in situacao:
        resumo = s.copia.documento.sha256 if s.copia else ""
        if resumo in vistos:
            yield Falta("assinados", s.peca, f"{s.curto}: este arquivo é o mesmo de {vistos[resumo]}. Envie o arquivo certo.", "ADS-02")
            continue
        if resumo:
            vistos[resumo] = s.curto
        if s.copia is not None and s.copia.documento.situacao == Documento.Situacao.INFECTADO:
            yield Falta("assinados", s.peca, f"{s.curto}: o antivírus recusou o arquivo. Digitalize e envie de novo.", "ADS-02")
        elif s.copia is not None and s.copia.documento.situacao == Documento.Situacao.EM_VERIFICACAO:
            yield Falta("assinados", s.peca, f"{s.curto}: o arquivo ainda está em verificação. Aguarde alguns minutos.", "ADS-02")
        elif s.copia_velha:
            yield Falta(
                "assinados",
                s.peca,
                f"{s.curto}: os dados mudaram depois da assinatura. Gere o PDF de novo, assine e envie a cópia.",
                "ADS-02",
            )
        elif s.copia is None:
            yield Falta("assinados", s.peca, f"{s.curto}: falta a cópia assinada.", "ADS-02")


def _das_pendencias(
    adesao: Adesao, validacao: pecas.Validacao, situacao: list[pecas.SituacaoDaPeca], pendencias: list[Pendencia]
) -> Iterable[Falta]:
    envio = consultas.ultimo_envio(adesao) if pendencias else None
    antes = pecas.campos_da_leitura(envio.dados["leitura"]) if envio else {}
    agora = pecas.campos_da_leitura(pecas.leitura(adesao, validacao.limpos)) if len(validacao.limpos) == len(fichas.COM_FICHA) else None
    por_peca = {s.peca: s for s in situacao}
    for p in pendencias:
        if p.resposta:
            continue
        if p.tarefa == "assinados":
            if p.campo not in por_peca:  # the act of delegation, when no delegate signs any more
                continue
            copia = por_peca[p.campo].copia
            if copia is None or p.comunicada_em is None or copia.em <= p.comunicada_em:
                yield Falta("assinados", p.campo, f"{p.rotulo}: envie uma nova cópia assinada, como a PRODESP pediu.", "ADS-03", p.pk)
        elif agora is not None and p.tarefa in validacao.limpos:
            campo = _onde_continua(p, antes, agora)
            if campo:
                texto = (
                    f"{p.rotulo}: este dado não se muda aqui. Responda à PRODESP."
                    if (p.tarefa, campo) in pecas.SEM_CAMPO
                    else f"{p.rotulo}: continua como estava. Corrija, ou responda à PRODESP por que está certo."
                )
                yield Falta(p.tarefa, campo, texto, "ADS-03", p.pk)


_Campos = dict[tuple[str, str], dict[str, Any]]


def _onde_continua(p: Pendencia, antes: _Campos, agora: _Campos) -> str:
    """The field where what PRODESP pointed at stands as it was sent, or "". An application is looked for in every row: rows move up."""
    enviado = antes.get((p.tarefa, p.campo), {}).get("valor", "")
    if not p.campo.startswith("aplicacao_"):
        return p.campo if agora.get((p.tarefa, p.campo), {}).get("valor", "") == enviado else ""
    return next((nome for (_, nome), c in agora.items() if nome.startswith("aplicacao_") and c["valor"] == enviado), "")


def mudou_desde_o_envio(adesao: Adesao, validacao: pecas.Validacao, tarefa: str) -> bool:
    """Whether what is typed in a task differs from the last sending (one query). A draft not yet whole counts as changed."""
    envio = consultas.ultimo_envio(adesao)
    if envio is None or len(validacao.limpos) < len(fichas.COM_FICHA):
        return True
    antes, agora = (
        {chave: c["valor"] for chave, c in pecas.campos_da_leitura(partes).items() if chave[0] == tarefa}
        for partes in (envio.dados["leitura"], pecas.leitura(adesao, validacao.limpos))
    )
    return antes != agora


def ao_lado_de(adesao: Adesao, pendencias: list[Pendencia], dados: dict[str, str]) -> dict[str, Pendencia]:
    """Field of a task's draft → the pendência to show beside it; that of an application beside the row where it stands now, if any.

    ``dados`` is the raw text of the task. One query when an application is pointed at, else none.
    """
    fixas = {p.campo: p for p in pendencias if not p.campo.startswith("aplicacao_")}
    moveis = [p for p in pendencias if p.campo.startswith("aplicacao_")]
    envio = consultas.ultimo_envio(adesao) if moveis else None
    if envio is None:
        return fixas
    enviadas = {
        nome: c["valor"] for (_, nome), c in pecas.campos_da_leitura(envio.dados["leitura"]).items() if nome.startswith("aplicacao_")
    }
    linhas = {
        f"aplicacao_{i}_nome": f"{dados.get(f'aplicacao_{i}_nome', '').strip()} ({dados.get(f'aplicacao_{i}_orgao', '').strip()})"
        for i in range(1, fichas.linhas_de_aplicacao(dados) + 1)
    }
    for p in moveis:
        no_lugar = linhas.get(p.campo)
        corrigida = p.campo if no_lugar is not None and no_lugar not in enviadas.values() else ""
        campo = next((nome for nome, valor in linhas.items() if valor == enviadas.get(p.campo)), corrigida)
        if campo:
            fixas[campo] = p
    return fixas
