"""One-time keys of forms: a double click, a resend or the back button returns the first result (pitfall 17 of `modelos.md`)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from nucleo.fluxo import Ator
from nucleo.gravacao import inserir_se_nova
from nucleo.models import ChaveDeFormulario
from nucleo.preparadas import mudanca_preparada


def uma_vez(chave: str | uuid.UUID | None, *, ato: str, por: Ator, fazer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run ``fazer`` once for this key and return its result (JSON values); a repeat returns the stored one.

    The key's row and the effect share one transaction, so a failure leaves the key free. A missing or malformed key just runs ``fazer``.
    Two posts at once: the second waits on the unique row and then finds the result.
    """
    try:
        identificador = uuid.UUID(str(chave))
    except ValueError:
        identificador = uuid.uuid4()
    with transaction.atomic():
        nova = inserir_se_nova(ChaveDeFormulario(chave=identificador, usuario_id=por.usuario_id, ato=ato))
        if not nova:
            feita = ChaveDeFormulario.objects.get(chave=identificador)
            if feita.usuario_id == por.usuario_id and feita.ato == ato:
                return feita.resultado
        resultado = fazer()
        if nova:
            _guardar.fazer(chave=identificador, resultado=resultado)
        return resultado


@mudanca_preparada
def _guardar(*, chave: Any, resultado: Any) -> tuple[QuerySet[ChaveDeFormulario], dict[str, Any]]:
    return ChaveDeFormulario.objects.filter(chave=chave), {"resultado": resultado}
