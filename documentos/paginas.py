"""Page images of a PDF for reading side by side on the screen: our own PNG, made in the jail, kept privately (settled question 9)."""

from __future__ import annotations

from documentos import armazem, jaula
from documentos.models import Documento

DPI = 110
LADO_MAXIMO = 2000
PAGINAS_MAXIMAS = 60
POR_VEZ = 6


def desenhar(documento: Documento) -> int:
    """Make the images that are missing and return how many pages there are (60 at most).

    A few pages per child, so that each has its own ceiling of time and memory and what is done stays done. Two workers at once write the
    same bytes. Raises ``jaula.JaulaInterrompida`` when a page cannot be drawn, ``armazem.ArquivoAusente`` and ``armazem.SemEspaco``.
    """
    caminho = armazem.caminho_de(documento)
    total = min(documento.paginas or PAGINAS_MAXIMAS, PAGINAS_MAXIMAS)
    por_vez = POR_VEZ if documento.tentativas <= 2 else 1  # after two failures, one by one
    n = 1
    while n <= total:
        if (armazem.raiz() / armazem.nome_da_pagina(documento, n)).exists():
            n += 1
            continue
        resposta = jaula.executar(
            "paginas",
            entradas=[caminho],
            argumentos={"de": n, "ate": min(n + por_vez - 1, total), "dpi": DPI, "lado_maximo": LADO_MAXIMO},
            espera=30.0,
        )
        total = min(total, int(resposta.dados["paginas"]))
        if not resposta.anexos:
            break
        for imagem in resposta.anexos:
            with armazem.escrever([imagem]) as escrito:
                armazem.guardar(escrito, armazem.nome_da_pagina(documento, n))
            n += 1
    return total
