"""The visible role × action table: what each role may do. Printed at ``/regras/`` exactly as it stands here (settled question 1).

A role of a prefeitura acts only inside that prefeitura; a role of a State body acts on every process. Which *state* a process must be in is
the business of its transitions, not of this table.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from contas.papeis import Papel
from nucleo.erros import SemPermissao

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nucleo.fluxo import Ator

#: Every act of the portal in this etapa: name → what a person reads.
ATOS: Mapping[str, str] = MappingProxyType(
    {
        "adesao.iniciar": "Começar a adesão da prefeitura",
        "adesao.preencher": "Preencher os formulários e anexar os documentos assinados",
        "adesao.enviar": "Enviar a adesão à PRODESP",
        "adesao.descartar": "Descartar o rascunho da adesão",
        "adesao.ver": "Ver a adesão",
        "adesao.autorizacoes": "Manter a situação das autorizações das aplicações",
        "pessoas.ver": "Ver as pessoas da prefeitura",
        "pessoas.convidar": "Convidar outra pessoa da prefeitura",
        "pessoas.aceitar": "Aceitar ou recusar quem pede para entrar",
        "fila.ver": "Ver a fila de conferência",
        "conferencia.assumir": "Assumir ou liberar um processo",
        "conferencia.passar": "Passar a outro analista um processo seu",
        "conferencia.passar_alheia": "Passar a outro analista um processo de um colega",
        "conferencia.conferir": "Conferir os documentos",
        "conferencia.devolver": "Devolver para correção",
        "conferencia.encaminhar": "Encaminhar para aprovação, com parecer",
        "cpf.revelar": "Ver um CPF por inteiro, com motivo registrado",
        "motivos.editar": "Editar os motivos de devolução",
        "calendario.editar": "Registrar dias sem expediente e quedas do portal",
        "configuracoes.ver": "Ver motivos, calendário, catálogo, sistemas da Operadora, equipes e pessoas das prefeituras",
        "equipe.gerir": "Gerir as contas das equipes do Estado e encerrar vínculos de requerentes",
        "contas.reativar": "Reativar uma conta desativada, com motivo",
        "aprovacao.ver": "Ver os processos encaminhados para aprovação",
        "aprovacao.decidir": "Aprovar, recusar ou perguntar à PRODESP",
        "dossie.ver": "Ver e baixar o dossiê",
        "ss.ver": "Ver as solicitações e os links da prefeitura",
        "ss.preencher": "Preencher uma Solicitação de Serviço",
        "ss.enviar": "Enviar uma Solicitação de Serviço à PRODESP",
        "ss.emitir": "Emitir à Operadora uma solicitação validada",
        "ss.cancelar": "Cancelar uma solicitação antes do atendimento",
        "ss.aceitar": "Aceitar ou recusar uma entrega",
        "fila_ss.ver": "Ver a fila de solicitações",
        "ss.validar": "Validar ou devolver uma solicitação",
        "ss.suspender": "Suspender ou retomar a validação de uma prefeitura",
        "ss.limites": "Conceder mais de 20 links de intranet e encerrar o que foi concedido",
        "ss.catalogo": "Editar tipos, velocidades, preços e motivos de devolução das solicitações",
        "api.gerir": "Gerir os sistemas da Operadora: tokens e endereços de aviso",
        "ordens.ver": "Ver as ordens emitidas à Operadora",
        "ordens.atender": "Atender as ordens: começar, agendar, entregar",
        "enderecos.ver": "Ver os sub-blocos da prefeitura e como usá-los",
        "tecnico.trocar": "Informar um novo responsável técnico",
        "trocas.confirmar": "Confirmar a troca de um sub-bloco",
        "blocos.ver": "Ver os blocos, o mapa e quem tem cada endereço",
        "blocos.atribuir": "Atribuir e receber de volta sub-blocos",
        "pools.gerir": "Registrar, ampliar e fechar blocos",
        "blocos.renumerar": "Trocar sub-blocos de prefeituras",
        "blocos.importar": "Importar as alocações que a PRODESP já tem",
        "sancoes.aplicar": "Aplicar e encerrar sanções",
        "processos.ver": "Ver todos os processos",
        "trilha.ver": "Ver a trilha de auditoria",
    }
)

_ANALISTA = frozenset(
    {
        "adesao.ver",
        "pessoas.aceitar",
        "fila.ver",
        "conferencia.assumir",
        "conferencia.passar",
        "conferencia.conferir",
        "conferencia.devolver",
        "conferencia.encaminhar",
        "cpf.revelar",
        "dossie.ver",
        "processos.ver",
        "ss.ver",
        "fila_ss.ver",
        "ss.validar",
        "blocos.ver",
        "blocos.atribuir",
    }
)

#: Role → acts. Nothing outside this table is allowed.
TABELA: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Papel.REQUERENTE.value: frozenset(
            {
                "adesao.iniciar",
                "adesao.preencher",
                "adesao.enviar",
                "adesao.descartar",
                "adesao.ver",
                "adesao.autorizacoes",
                "pessoas.ver",
                "pessoas.convidar",
                "pessoas.aceitar",
                "enderecos.ver",
                "tecnico.trocar",
            }
        ),
        Papel.RESPONSAVEL.value: frozenset(
            {
                "adesao.ver",
                "adesao.autorizacoes",
                "pessoas.ver",
                "ss.ver",
                "ss.preencher",
                "ss.enviar",
                "ss.emitir",
                "ss.cancelar",
                "ss.aceitar",
                "enderecos.ver",
                "tecnico.trocar",
                "trocas.confirmar",
            }
        ),
        Papel.ANALISTA.value: _ANALISTA,
        Papel.GESTOR.value: _ANALISTA
        | {
            "conferencia.passar_alheia",
            "motivos.editar",
            "calendario.editar",
            "configuracoes.ver",
            "equipe.gerir",
            "contas.reativar",
            "ss.suspender",
            "ss.limites",
            "ss.catalogo",
            "api.gerir",
            "pools.gerir",
            "blocos.renumerar",
            "blocos.importar",
            "sancoes.aplicar",
        },
        Papel.APROVADOR.value: frozenset({"adesao.ver", "aprovacao.ver", "aprovacao.decidir", "dossie.ver"}),
        Papel.OPERADORA.value: frozenset({"ordens.ver", "ordens.atender"}),
        Papel.AUDITOR.value: frozenset(
            {
                "adesao.ver",
                "fila.ver",
                "aprovacao.ver",
                "dossie.ver",
                "processos.ver",
                "trilha.ver",
                "configuracoes.ver",
                "ss.ver",
                "fila_ss.ver",
                "blocos.ver",
                "ordens.ver",
            }
        ),
        Papel.TECNICO.value: frozenset(),
    }
)


@cache
def papeis_com(ato: str) -> frozenset[str]:
    """The roles that may do ``ato``. Raises ``KeyError`` for an act that is not in ``ATOS``."""
    if ato not in ATOS:
        raise KeyError(ato)
    return frozenset(papel for papel, atos in TABELA.items() if ato in atos)


def pode(ator: Ator, ato: str, municipio_id: int | None = None) -> bool:
    """Whether ``ator`` may do ``ato``, on the process of the prefeitura ``municipio_id`` (IBGE code) when one is given.

    A prefeitura's role counts only for its own prefeitura; a State role for all. The portal itself (``SISTEMA``) may do anything.
    Raises ``KeyError`` for an act that is not in ``ATOS`` (a slip in the code, never a refusal).
    """
    if ator.e_sistema:
        return True
    papeis = papeis_com(ato)
    return any(p in papeis and (m is None or municipio_id is None or m == municipio_id) for p, m in ator.papeis)


def id_de(por: Ator) -> int:
    """The user's id. Raises ``SemPermissao`` for the portal itself and for visitors: some acts are only a person's."""
    if por.usuario_id is None:
        raise SemPermissao("Este ato é de uma pessoa que entrou no portal.")
    return por.usuario_id


def exigir(por: Ator, ato: str, municipio_id: int | None = None) -> int:
    """The user's id, when this person may do ``ato`` (for that prefeitura, when one is given). Raises ``SemPermissao``."""
    if not pode(por, ato, municipio_id):
        raise SemPermissao("Este ato não é do seu papel.")
    return id_de(por)
