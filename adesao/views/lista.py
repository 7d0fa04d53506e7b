"""The task list: status and summary of each task of a draft, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adesao import fichas, revisao
from adesao.models import Adesao, Pendencia
from nucleo import prazos


@dataclass(frozen=True, slots=True)
class Linha:
    """One row of the list: task, label (tone, icon, words), grey summary, and PRODESP's words when something was returned."""

    tarefa: fichas.Tarefa
    tom: str
    icone: str
    rotulo: str
    resumo: str
    pendencias: tuple[Pendencia, ...] = ()
    trancada: bool = False
    #: Nothing has to be done here and nothing was: neither done nor next.
    opcional: bool = False

    @property
    def concluida(self) -> bool:
        """Whether the task counts as done."""
        return self.tom == "concluido"


def linhas(adesao: Adesao, rev: revisao.Revisao) -> list[Linha]:
    """The eight rows, in order."""
    return [_linha(adesao, rev, tarefa) for tarefa in fichas.TAREFAS]


def _linha(adesao: Adesao, rev: revisao.Revisao, tarefa: fichas.Tarefa) -> Linha:
    resumo = _resumo(adesao, rev, tarefa.slug)
    if tarefa.slug == "conferir":
        return _conferir(adesao, rev, tarefa)
    pendencias = tuple(rev.pendencias_de(tarefa.slug))
    faltas = rev.faltas_de(tarefa.slug)
    if pendencias and faltas:
        n = len(pendencias)
        return Linha(tarefa, "correcao", "voltar", f"{n} pendência{'s' if n > 1 else ''}", resumo, pendencias)
    if pendencias:
        return Linha(tarefa, "concluido", "certo", "Corrigido", resumo)
    if not faltas and tarefa.slug == "timbre" and not _timbre_decidido(adesao, rev):
        return Linha(tarefa, "sem-efeito", "lapis", "Opcional", resumo, opcional=True)
    if not faltas:
        return Linha(tarefa, "concluido", "certo", "Concluído", resumo)
    return Linha(tarefa, *_por_terminar(rev, tarefa.slug), resumo)


def _timbre_decidido(adesao: Adesao, rev: revisao.Revisao) -> bool:
    """Whether somebody saved the letterhead, or made a paper with it as it is: until then a new draft has nothing concluded."""
    return "timbre" in rev.brutos or bool(adesao.brasao_id) or any(s.gerado or s.copia for s in rev.situacao)


def _por_terminar(rev: revisao.Revisao, slug: str) -> tuple[str, str, str]:
    """Tone, icon and label of a task that lacks something."""
    comecada = any(str(v).strip() for n, v in rev.brutos.get(slug, {}).items() if n != "linhas")
    if slug == "assinados":
        if any(s.copia_velha for s in rev.situacao):
            return "correcao", "voltar", "Precisa de nova assinatura"
        comecada = any(s.copia for s in rev.situacao)
    return ("parado", "lapis", "Falta algo") if comecada else ("sem-efeito", "lapis", "Por fazer")


def _conferir(adesao: Adesao, rev: revisao.Revisao, tarefa: fichas.Tarefa) -> Linha:
    if rev.pode_enviar:
        return Linha(tarefa, "curso", "enviar", "Pronto para enviar", "Confira tudo numa página só e envie à PRODESP.")
    n = len(rev.faltas)
    texto = "Libera quando não faltar nada: falta 1 coisa." if n == 1 else f"Libera quando não faltar nada: faltam {n} coisas."
    return Linha(tarefa, "sem-efeito", "cadeado", "Ainda não", texto, trancada=True)


_A_FAZER = {
    "prefeitura": "CNPJ, endereço e quem assina",
    "oficio": "Número e data do ofício",
    "anexo1": "Quem vai pedir os links e acompanhar os serviços",
    "anexo2": "Aplicações, sub-blocos de endereços e responsável técnico",
    "declaracoes": "O que a prefeitura declara saber",
}


def _resumo(adesao: Adesao, rev: revisao.Revisao, slug: str) -> str:
    """The grey line: what is there, else what the task is for."""
    dados: dict[str, Any] = rev.validacao.limpos.get(slug, {})
    if slug == "timbre":
        return _do_timbre(adesao, dados)
    if slug == "assinados":
        return f"{sum(s.copia_vale for s in rev.situacao)} de {len(rev.situacao)} recebidos"
    if not dados:
        return _A_FAZER.get(slug, "")
    feitos: dict[str, Callable[[], str]] = {
        "prefeitura": lambda: f"{dados['logradouro']}, {dados['numero']}, {dados['prefeito_nome']}",
        "oficio": lambda: f"Ofício nº {dados['oficio_numero']}",
        "anexo1": lambda: f"{dados['r1_nome']} e {dados['r2_nome']}",
        "anexo2": lambda: _do_anexo2(dados),
        "declaracoes": lambda: f"Aceitas em {prazos.dia_local(rev.salvos_em['declaracoes']):%d/%m/%Y}",
    }
    return feitos[slug]() if slug in feitos else ""


def _do_timbre(adesao: Adesao, dados: dict[str, Any]) -> str:
    n = sum(bool(dados.get(f"linha_{i}")) for i in (1, 2, 3))
    partes = [p for p in ("brasão" if adesao.brasao_id else "", f"{n} linha{'s' if n > 1 else ''} de cabeçalho" if n else "") if p]
    return " e ".join(partes).capitalize() if partes else f"Cabeçalho simples: Prefeitura do Município de {adesao.municipio.nome}"


def _do_anexo2(dados: dict[str, Any]) -> str:
    n = len(dados["aplicacoes"])
    partes = [f"{n} aplicaç{'ões' if n > 1 else 'ão'}"]
    if dados["blocos_privados"]:
        q = dados["blocos_privados"]
        partes.append(f"{q} sub-bloco{'s' if q > 1 else ''} /28")
    if dados["blocos_publicos"]:
        partes.append("1 sub-bloco /30")
    return ", ".join(partes)
