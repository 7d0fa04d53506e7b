"""How the tests of the conferência read its pages and mark its rows."""

from __future__ import annotations

import html
import re
from typing import Any

from adesao.models import Adesao
from tests.apoio.elenco import Pessoa

from .conftest import url


def de_novo(adesao: Adesao) -> Adesao:
    return Adesao.objects.get(pk=adesao.pk)


def texto(resposta: Any) -> str:
    """The page as a person reads it: tags gone, spaces folded."""
    corpo = re.sub(r"<(script|style).*?</\1>", " ", resposta.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", corpo)).split())


def marcar(pessoa: Pessoa, adesao: Adesao, campo: str = "anexo1.r2_cpf", **dados: Any) -> Any:
    linha = campo.replace(".", "-")
    campos = {f"{linha}-{nome}": valor for nome, valor in {"motivo": "", "texto": "Confira o número.", **dados}.items()}
    return pessoa.cliente.post(url("pendencia", adesao), {"marcar": campo, **campos})
