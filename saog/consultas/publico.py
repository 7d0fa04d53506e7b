"""What anybody may know of requests and links: whether a receipt or an order is genuine, and how many links a prefeitura has in service."""

from __future__ import annotations

from adesao.registros import Verificado
from documentos.models import Documento
from saog.estados import Estado, EstadoDoAcesso
from saog.models import Acesso, SolicitacaoServico

#: Why the order of a request that ended like this does not hold any more.
SEM_EFEITO = {
    Estado.CANCELADA: "A solicitação foi cancelada: esta ordem não vale mais.",
    Estado.INVIAVEL: "A Operadora informou que não era possível atender: esta ordem não vale mais.",
}


def verificar_da_solicitacao(documento: Documento) -> Verificado | None:
    """Of a receipt or an order (settled question 3); None for anything else of a request. No address and no personal data.

    A receipt tells of one sending and always is current; an order is, unless its request ended without being done.
    """
    especie = _especie(documento.especie)
    if especie is None:
        return None
    ss = SolicitacaoServico.objects.filter(pk=documento.dono.removeprefix("ss:")).select_related("municipio").first()
    if ss is None:
        return None
    sem_efeito = SEM_EFEITO.get(Estado(ss.estado), "") if documento.especie == "ordem" else ""
    return {
        "especie": especie,
        "municipio": ss.municipio.nome,
        "processo": ss.numero,
        "em": documento.criado_em,
        "sha256": documento.sha256,
        "atual": not sem_efeito,
        "sem_efeito": sem_efeito,
    }


def _especie(especie: str) -> str | None:
    nome, _, numero = especie.partition("-")
    if nome == "recibo" and numero.isdecimal():
        return f"Recibo do {numero}º envio da Solicitação de Serviço"
    return "Ordem à Operadora" if especie == "ordem" else None


def links_em_servico(municipio_id: int) -> int:
    """How many links a prefeitura has in service, of both connection types."""
    return Acesso.objects.filter(municipio_id=municipio_id, estado=EstadoDoAcesso.EM_SERVICO).count()
