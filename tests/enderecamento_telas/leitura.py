"""How the tests read the pages of PRODESP."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from django.urls import reverse

from enderecamento.models import SubBlocoCIDR
from nucleo.redes import ler_rede


def url(nome: str, *args: Any) -> str:
    return reverse(f"enderecamento:{nome}", args=args)


def texto(resposta: Any) -> str:
    """The words of a page: tags out, spaces folded."""
    conteudo = re.sub(r"<title>[^<]*</title>", "", resposta.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", conteudo))


def planilha(resposta: Any) -> list[list[str]]:
    bruto = b"".join(resposta.streaming_content).decode()
    assert bruto.startswith("\ufeff")
    return list(csv.reader(io.StringIO(bruto[1:]), delimiter=";"))


def inicio(rede: str) -> int:
    return ler_rede(rede)[0]


def dono(rede: str) -> int | None:
    return SubBlocoCIDR.objects.values_list("adesao_id", flat=True).get(inicio=inicio(rede))
