"""Acts raced with real threads and connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connections


def ao_mesmo_tempo(*funcoes: Callable[[], Any]) -> list[Any]:
    """Run them together, each in its own thread and connection; their results, or what they raised, in order. Waiting for a lock longer
    than the database allows is no answer: it tries again, as a person would.
    """
    largada = threading.Barrier(len(funcoes))
    resultados: list[Any] = [None] * len(funcoes)

    def correr(i: int, funcao: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()
            largada.wait(60)
            for _ in range(20):
                try:
                    resultados[i] = funcao()
                    break
                except OperationalError as erro:
                    resultados[i] = erro
        except Exception as erro:  # the test looks at it
            resultados[i] = erro
        finally:
            connections.close_all()

    linhas = [threading.Thread(target=correr, args=(i, f)) for i, f in enumerate(funcoes)]
    for linha in linhas:
        linha.start()
    for linha in linhas:
        linha.join(300)
    return resultados
