"""Photos and PDFs that go with a delivery or with its refusal (SS-04, SS-05)."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import partial

from django.core.files.base import File
from django.db import transaction

from documentos import recebimento, validacao
from documentos.models import Documento
from nucleo.erros import RegraViolada, TransicaoIndisponivel
from nucleo.fluxo import Ator
from saog.estados import EM_ACEITE, Estado
from saog.models import SolicitacaoServico

from .comum import travada

ENTREGA, RECUSA = "entrega", "recusa"
#: Per delivery and per refusal.
MAXIMO = 10
_ATO = {ENTREGA: "ordens.atender", RECUSA: "ss.aceitar"}


def anexar(*, ss_id: int, arquivo: File[bytes], qual: str, por: Ator, agora: dt.datetime) -> Documento:
    """Keep a PDF or a photo (PNG, JPEG): of the delivery being prepared (``ENTREGA``), or of the refusal being written (``RECUSA``).

    Raises ``RegraViolada`` beside ``arquivo`` with what is wrong with the file, ``TransicaoIndisponivel`` outside its moment.
    """
    e_pdf = _comeca_como_pdf(arquivo)
    conferir = recebimento.conferir if e_pdf else partial(recebimento.conferir_imagem, medidas=validacao.FOTO)
    with conferir(arquivo=arquivo, agora=agora, por_id=por.usuario_id, campo="arquivo") as conferido, transaction.atomic():
        ss = _no_momento(ss_id, qual, por)
        especie = especie_de(ss, qual)
        if Documento.objects.filter(dono=ss.dono, especie=especie).count() >= MAXIMO:  # under the lock of the request
            raise RegraViolada(f"São até {MAXIMO} arquivos. Retire um para incluir outro.", campo="arquivo")
        receber = recebimento.receber if e_pdf else recebimento.receber_imagem  # with the measures it was checked by
        titulo = "Arquivo da entrega" if qual == ENTREGA else "Arquivo da recusa"
        return receber(
            arquivo=conferido,  # type: ignore[arg-type]  # each with its own
            especie=especie,
            dono=ss.dono,
            titulo=f"{titulo} {ss.numero}",
            agora=agora,
            por_id=por.usuario_id,
            campo="arquivo",
        )


@transaction.atomic
def retirar_anexo(*, ss_id: int, documento: uuid.UUID, qual: str, por: Ator, agora: dt.datetime) -> None:
    """Take back a file while its delivery or refusal is not sent. One that is gone already is no error."""
    ss = _no_momento(ss_id, qual, por)
    achados = Documento.objects.filter(dono=ss.dono, especie=especie_de(ss, qual), pk=documento)
    recebimento.apagar([d.pk for d in achados])


def especie_de(ss: SolicitacaoServico, qual: str) -> str:
    """The kind of ``Documento``: with the number of the delivery it belongs to (the next one, while it is being prepared)."""
    return f"{qual}-{ss.entregas + 1 if qual == ENTREGA else ss.entregas}"


def _no_momento(ss_id: int, qual: str, por: Ator) -> SolicitacaoServico:
    ss = travada(ss_id, por=por, ato=_ATO[qual])
    estados = (Estado.EM_ATENDIMENTO,) if qual == ENTREGA else EM_ACEITE
    if ss.estado not in estados:
        raise TransicaoIndisponivel(f"Não dá mais para mudar os arquivos: a solicitação está em “{ss.rotulo}”.")
    return ss


def _comeca_como_pdf(arquivo: File[bytes]) -> bool:
    arquivo.seek(0)
    comeco = arquivo.read(1024)
    arquivo.seek(0)
    return b"%PDF-" in comeco
