"""Access: functions that return the object or refuse (404 foreign, 403 own but forbidden)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from contas.models import Municipio, Papel
from contas.permissoes import pode
from documentos.models import Documento
from nucleo.erros import SemPermissao
from nucleo.fluxo import Ator
from nucleo.numeracao import NUMERO
from saog.estados import EM_ACEITE
from saog.models import Acesso, SolicitacaoServico


def visiveis(por: Ator) -> QuerySet[SolicitacaoServico]:
    """The requests this actor may see: of the own prefeituras; PRODESP and auditor what was sent; the Operadora what was emitted."""
    condicao = Q(municipio_id__in=por.municipios(Papel.RESPONSAVEL))
    if pode(por, "fila_ss.ver"):
        condicao |= Q(envios__gte=1)
    if pode(por, "ordens.ver"):
        condicao |= Q(emitida_em__isnull=False)
    return SolicitacaoServico.objects.filter(condicao)


def obter(por: Ator, slug: str, ato: str) -> SolicitacaoServico:
    """The request with this number, when the actor may see it (``Http404`` otherwise) and do ``ato`` on it (``SemPermissao``
    otherwise).
    """
    achado = NUMERO.fullmatch(slug[:20])
    if achado is None:
        raise Http404("número malformado")
    numero = f"{achado[1]}/{achado[2]}-{achado[3]}"
    ss = visiveis(por).filter(numero=numero).select_related("municipio", "tipo", "acesso__unidade", "alvo").first()
    if ss is None:
        raise Http404("solicitação não encontrada")
    if not pode(por, ato, ss.municipio_id):
        raise SemPermissao("Você pode ver esta solicitação, mas este ato não é do seu papel.")
    return ss


def acesso_de(por: Ator, acesso_id: int) -> Acesso:
    """A link that the actor may see: of the own prefeituras, or any for PRODESP, auditor and Operadora. Raises ``Http404``."""
    lista = Acesso.objects.select_related("municipio", "unidade")
    if not pode(por, "fila_ss.ver") and not pode(por, "ordens.ver"):
        lista = lista.filter(municipio_id__in=por.municipios(Papel.RESPONSAVEL))
    acesso = lista.filter(pk=acesso_id).first()
    if acesso is None:
        raise Http404("link não encontrado")
    return acesso


def documento_para(ss: SolicitacaoServico, uuid: Any, por: Ator) -> Documento:
    """A file of this request that the actor may open. What is being prepared (a delivery, a refusal) is its author's side's only, until it
    is sent. Raises ``Http404``.
    """
    documento = Documento.objects.filter(dono=ss.dono, uuid=uuid).first()
    if documento is None:
        raise Http404("arquivo não encontrado")
    qual, _, ordem = documento.especie.partition("-")
    n = int(ordem) if ordem.isdecimal() else 0
    em_preparo = (qual == "entrega" and n > ss.entregas) or (qual == "recusa" and n == ss.entregas and ss.estado in EM_ACEITE)
    ato = "ordens.atender" if qual == "entrega" else "ss.aceitar"
    if em_preparo and not pode(por, ato, ss.municipio_id):
        raise Http404("arquivo ainda não enviado")
    return documento


def arquivos(ss: SolicitacaoServico, especie: str) -> list[Documento]:
    """The files of a delivery or refusal, ``entrega-1`` or ``recusa-1``, oldest first."""
    return list(Documento.objects.filter(dono=ss.dono, especie=especie).order_by("criado_em", "pk"))


def municipio_de(por: Ator) -> Municipio | None:
    """The municipality whose requests the actor makes."""
    return Municipio.objects.filter(pk__in=por.municipios(Papel.RESPONSAVEL)).order_by("pk").first()
