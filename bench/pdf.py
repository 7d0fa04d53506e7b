"""Seconds of the paper mill: `MODO=teste VAR_DIR=/tmp/bench .venv/bin/python bench/pdf.py` (no database is read or written)."""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("MODO", "teste")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intragov_portal.settings")


def medir(nome: str, vezes: int, fazer: Callable[[], object]) -> None:
    """Print the first, the median and the worst time."""
    tempos = []
    for _ in range(vezes):
        inicio = time.perf_counter()
        fazer()
        tempos.append((time.perf_counter() - inicio) * 1000)
    depois = tempos[1:] or tempos
    print(f"{nome:44s} first {tempos[0]:7.0f} ms   median {statistics.median(depois):6.0f} ms   worst {max(depois):6.0f} ms   n={vezes}")


def principal() -> None:
    """Render each paper, pass files through the gate, draw pages, merge."""
    import django

    django.setup()
    from documentos import jaula, pdf, validacao
    from documentos.juntar import juntar
    from documentos.models import Documento
    from tests.documentos import fabrica
    from tests.pecas import dados

    feitos = []
    for modelo, conteudo in dados.ORDINARIOS.items():
        timbre = {**conteudo.get("timbre", {}), "brasao": False}
        documento = Documento(
            uuid=uuid.uuid4(),
            origem="gerado",
            modelo=modelo,
            titulo=modelo,
            codigo="7F3K-9QAM",
            dados={**conteudo, "timbre": timbre, "qr": "https://exemplo.sp.gov.br/verificar/?codigo={codigo}"},
            dados_sha256="0" * 64,
            criado_em=dt.datetime(2026, 11, 9, tzinfo=dt.UTC),
        )
        medir(f"paper {modelo}", 6, lambda d=documento: pdf.produzir(d))  # type: ignore[misc]
        feitos.append(pdf.produzir(documento)[0])
    medir("gate: our own paper", 8, lambda: validacao.conferir_pdf(feitos[0]))
    assinado = fabrica.assinado(fabrica.simples(paginas=60), 2)
    medir("gate: 60 pages, two signatures", 8, lambda: validacao.conferir_pdf(assinado))
    bomba = fabrica.casos()["a Flate bomb of 200 MiB"][1]()
    medir("gate: bomb of 200 MiB", 4, lambda: validacao.conferir_pdf(bomba))
    paginas = {"de": 1, "ate": 2, "dpi": 110, "lado_maximo": 2000}
    medir("two page images", 6, lambda: jaula.executar("paginas", entradas=[feitos[0]], argumentos=paginas))
    medir("coat of arms", 6, lambda: validacao.refazer_imagem(fabrica.imagem(tamanho=(1500, 1800))))
    medir(f"merge of {len(feitos)} papers", 6, lambda: juntar(feitos))


if __name__ == "__main__":
    principal()
