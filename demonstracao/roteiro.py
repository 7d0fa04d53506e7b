"""What happens in the demonstration: one line per adhesion, in relative days. `encenacao` plays it through the real actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Fim(StrEnum):
    """Where the play leaves an adhesion."""

    VAZIO = "rascunho vazio"
    METADE = "rascunho pela metade"
    COMPLETO = "rascunho completo, sem cópias"
    PRONTO = "rascunho pronto para enviar"
    DESCARTADA = "descartada"
    RECEBIDA = "recebida ou corrigida"
    EM_CONFERENCIA = "em conferência"
    DEVOLVIDA = "devolvida"
    ENCAMINHADA = "em aprovação"
    PERGUNTADA = "de volta com pergunta"
    APROVADA = "em vigor"
    INDEFERIDA = "recusada"


RASCUNHOS = frozenset({Fim.VAZIO, Fim.METADE, Fim.COMPLETO, Fim.PRONTO, Fim.DESCARTADA})
DECIDIDAS = frozenset({Fim.APROVADA, Fim.INDEFERIDA})

#: Kinds of pendência (see `encenacao.DEFEITOS`).
Defeitos = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roteiro:
    """One adhesion. ``dias`` are the days left to whoever acts now, or the age of a draft or of a decision.

    ``voltas``: the pendências of each earlier return. ``agora``: those marked now (in conferência) or told now (devolvida).
    ``analista``: 1 Rita, 2 Davi. ``marcas`` turn details on: ``brasao``, ``longo``, ``quarenta``, ``delegado``, ``letras`` (alphanumeric
    CNPJ), ``liberada``, ``passada``, ``tocada``, ``lista_cheia``, ``fora_do_gov``, ``desfeita``, ``sem_acesso``
    (responsáveis still to activate), ``meio_acesso`` (one of them), ``autorizacoes``.
    """

    municipio: str
    fim: Fim
    dias: int
    voltas: tuple[Defeitos, ...] = ()
    agora: Defeitos = ()
    analista: int = 1
    marcas: frozenset[str] = field(default_factory=frozenset)


def _r(
    municipio: str, fim: Fim, dias: int, *marcas: str, voltas: tuple[Defeitos, ...] = (), agora: Defeitos = (), analista: int = 1
) -> Roteiro:
    return Roteiro(municipio, fim, dias, voltas, agora, analista, frozenset(marcas))


ROTEIROS: tuple[Roteiro, ...] = (
    # Drafts, discarded ones and what came after
    _r("Borá", Fim.VAZIO, 1),
    _r("Ilha Solteira", Fim.VAZIO, 34),
    _r("Ubatuba", Fim.METADE, 4, "brasao"),
    _r("Jales", Fim.METADE, 12),
    _r("Tambaú", Fim.COMPLETO, 6),
    _r("Iguape", Fim.PRONTO, 3, "brasao"),
    _r("Rancharia", Fim.DESCARTADA, 70),
    _r("Rancharia", Fim.RECEBIDA, 13),
    _r("Piedade", Fim.DESCARTADA, 21),
    # Received: on PRODESP's table without anybody
    _r("Presidente Epitácio", Fim.RECEBIDA, -1, voltas=(("cpf",),)),
    _r("Itanhaém", Fim.RECEBIDA, 0),
    _r("Santa Rita do Passa Quatro", Fim.RECEBIDA, 5),
    _r("Nhandeara", Fim.RECEBIDA, 12),
    _r("São Luiz do Paraitinga", Fim.RECEBIDA, 12, "longo", "brasao"),
    _r("Pederneiras", Fim.RECEBIDA, 15, "letras"),
    _r("Estrela d'Oeste", Fim.RECEBIDA, 16, "fora_do_gov"),
    _r("Barueri", Fim.RECEBIDA, 19, "delegado"),
    _r("Cajamar", Fim.RECEBIDA, 18),
    _r("Pariquera-Açu", Fim.RECEBIDA, 8, voltas=(("cep", "assinatura"),)),
    _r("Dracena", Fim.RECEBIDA, 17, voltas=(("data",), ("assinatura",)), analista=2),
    _r("Capivari", Fim.RECEBIDA, 10, "liberada", analista=2),
    # Being checked
    _r("Itapeva", Fim.EM_CONFERENCIA, -2, "brasao", agora=("telefone",)),
    _r("Apiaí", Fim.EM_CONFERENCIA, 1, analista=2, agora=("orgao", "assinatura")),
    _r("Mirante do Paranapanema", Fim.EM_CONFERENCIA, 2, "lista_cheia"),
    _r("Ilha Comprida", Fim.EM_CONFERENCIA, 4, voltas=(("blocos", "cargo"), ("assinatura",))),
    _r("São Carlos", Fim.EM_CONFERENCIA, 9, "passada", analista=2),
    _r("Ribeirão Preto", Fim.EM_CONFERENCIA, 11, "quarenta", "brasao"),
    _r("Socorro", Fim.EM_CONFERENCIA, 14, analista=2, voltas=(("cpf", "cep"),)),
    _r("Araraquara", Fim.EM_CONFERENCIA, 17, "delegado", "letras"),
    # Back with the prefeitura
    _r("Bofete", Fim.DEVOLVIDA, 2, "brasao", agora=("cpf", "assinatura")),
    _r("Jacupiranga", Fim.DEVOLVIDA, 3, agora=("cep",), analista=2),
    _r("Vera Cruz", Fim.DEVOLVIDA, 5, "tocada", voltas=(("data",),), agora=("telefone", "orgao"), analista=2),
    _r("Andradina", Fim.DEVOLVIDA, -4, agora=("cargo", "assinatura", "blocos")),
    _r("Mococa", Fim.DEVOLVIDA, 0, agora=("assinatura",)),
    # With the approver
    _r("Guararema", Fim.ENCAMINHADA, -1),
    _r("Votuporanga", Fim.ENCAMINHADA, 3, voltas=(("cpf",),)),
    _r("Batatais", Fim.ENCAMINHADA, 9, "brasao", analista=2),
    _r("Tatuí", Fim.ENCAMINHADA, 14),
    _r("Lorena", Fim.ENCAMINHADA, 18, analista=2),
    _r("Cananéia", Fim.PERGUNTADA, 13),
    _r("Penápolis", Fim.PERGUNTADA, 18, analista=2, voltas=(("blocos",),)),
    # In force
    _r("Botucatu", Fim.APROVADA, 320, "brasao", "autorizacoes", voltas=(("assinatura",),)),
    _r("Lins", Fim.APROVADA, 250, "autorizacoes"),
    _r("Sorocaba", Fim.APROVADA, 410, "quarenta", "autorizacoes"),
    _r("Campinas", Fim.APROVADA, 395, "autorizacoes", "letras"),
    _r("Santos", Fim.APROVADA, 360, voltas=(("cep",),), analista=2),
    _r("Bauru", Fim.APROVADA, 345),
    _r("Araçatuba", Fim.APROVADA, 300, analista=2),
    _r("Jundiaí", Fim.APROVADA, 280, "delegado"),
    _r("Franca", Fim.APROVADA, 262, voltas=(("cpf", "data"), ("assinatura",))),
    _r("Taubaté", Fim.APROVADA, 240, analista=2),
    _r("São José do Rio Preto", Fim.APROVADA, 222, "autorizacoes"),
    _r("Presidente Prudente", Fim.APROVADA, 201),
    _r("Registro", Fim.APROVADA, 180, voltas=(("cargo",),)),
    _r("Piracicaba", Fim.APROVADA, 166, analista=2),
    _r("Guaratinguetá", Fim.APROVADA, 141),
    _r("Assis", Fim.APROVADA, 120, "desfeita"),
    _r("Mogi das Cruzes", Fim.APROVADA, 98, voltas=(("telefone",),), analista=2),
    _r("Itapetininga", Fim.APROVADA, 77),
    _r("Santa Bárbara d'Oeste", Fim.APROVADA, 55, "meio_acesso"),
    _r("Barretos", Fim.APROVADA, 33, analista=2),
    _r("Avaré", Fim.APROVADA, 12, "meio_acesso", voltas=(("assinatura",),)),
    _r("São Sebastião", Fim.APROVADA, 0, "sem_acesso"),
    # Refused
    _r("Peruíbe", Fim.INDEFERIDA, 150, analista=2),
    _r("Peruíbe", Fim.RECEBIDA, 14, "brasao"),
    _r("Queluz", Fim.INDEFERIDA, 48),
    _r("Valparaíso", Fim.INDEFERIDA, 9, voltas=(("cpf",),)),
)

#: A municipality with a requerente and no adhesion yet.
SEM_ADESAO = "Cunha"
