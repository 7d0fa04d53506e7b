"""The jail: strangers' files are opened only here, by a child process with a ceiling on memory, time and writing.

The child is ``python -I -B documentos/dentro`` (it never imports Django or our settings), with an empty environment, no writable file,
and the limits it sets on itself before loading any parser. The file comes on its standard input; the answer is one JSON line and the
bytes it announces. Evidence behind the numbers: ``seguranca.md`` B1.5.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PASTA = Path(__file__).resolve().parent / "dentro"
ESPERA = 15.0
SAIDA_MAXIMA = 96 << 20


class JaulaInterrompida(Exception):
    """The child gave no answer: killed by a limit, crashed, too slow, or its answer made no sense. ``motivo`` is one word for the log."""

    def __init__(self, motivo: str) -> None:
        super().__init__(motivo)
        self.motivo = motivo


@dataclass(frozen=True, slots=True)
class Resposta:
    """What the child answered: a dictionary of plain values, and byte strings (page images, a merged PDF)."""

    dados: dict[str, Any]
    anexos: list[bytes] = field(default_factory=list)


def executar(
    operacao: str,
    *,
    entradas: Sequence[Path | bytes],
    argumentos: dict[str, Any] | None = None,
    espera: float = ESPERA,
    saida_maxima: int = SAIDA_MAXIMA,
) -> Resposta:
    """Run one operation of ``documentos/dentro`` on these inputs (paths or bytes) and return its answer.

    ``espera`` in seconds of wall clock, ``saida_maxima`` in bytes. Raises ``JaulaInterrompida`` when there is no good answer.
    """
    with contextlib.ExitStack() as pilha:
        descritor, tamanhos = _entrada(entradas, pilha)
        pedido = json.dumps({"operacao": operacao, "tamanhos": tamanhos, **(argumentos or {})})
        processo = subprocess.Popen(  # noqa: S603  fixed program, no shell; the request is one JSON argument made here
            [sys.executable, "-I", "-B", "-X", "utf8", str(PASTA), pedido],
            stdin=descritor,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            saida = _ler(processo, time.monotonic() + espera, saida_maxima)
        finally:
            _encerrar(processo)
    return _interpretar(saida, processo.returncode)


def _entrada(entradas: Sequence[Path | bytes], pilha: contextlib.ExitStack) -> tuple[int, list[int]]:
    """One read-only descriptor with all inputs one after the other. A single path is handed over as it is, the rest through memory."""
    if len(entradas) == 1 and isinstance(entradas[0], Path):
        arquivo = pilha.enter_context(entradas[0].open("rb"))
        return arquivo.fileno(), [os.fstat(arquivo.fileno()).st_size]
    memoria = pilha.enter_context(os.fdopen(os.memfd_create("jaula", os.MFD_CLOEXEC), "w+b"))
    tamanhos = []
    for entrada in entradas:
        conteudo = entrada if isinstance(entrada, bytes) else entrada.read_bytes()
        memoria.write(conteudo)
        tamanhos.append(len(conteudo))
    memoria.flush()
    leitura = os.open(f"/proc/self/fd/{memoria.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
    pilha.callback(os.close, leitura)
    return leitura, tamanhos


def _ler(processo: subprocess.Popen[bytes], ate: float, maximo: int) -> bytes:
    assert processo.stdout is not None
    saida = bytearray()
    with selectors.DefaultSelector() as seletor:
        seletor.register(processo.stdout, selectors.EVENT_READ)
        while True:
            resta = ate - time.monotonic()
            if resta <= 0 or not seletor.select(resta):
                raise JaulaInterrompida("tempo")
            pedaco = os.read(processo.stdout.fileno(), 1 << 20)
            if not pedaco:
                break
            saida += pedaco
            if len(saida) > maximo:
                raise JaulaInterrompida("saida")
    with contextlib.suppress(subprocess.TimeoutExpired):
        processo.wait(max(0.1, ate - time.monotonic()))
    return bytes(saida)


def _encerrar(processo: subprocess.Popen[bytes]) -> None:
    if processo.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(processo.pid, signal.SIGKILL)
    processo.wait()
    if processo.stdout is not None:
        processo.stdout.close()


def _interpretar(saida: bytes, codigo: int) -> Resposta:
    if codigo != 0:
        raise JaulaInterrompida(f"saiu_{codigo}")
    try:
        linha, _, resto = saida.partition(b"\n")
        cabecalho = json.loads(linha)
        tamanhos = [int(t) for t in cabecalho["tamanhos"]]
        dados = dict(cabecalho["dados"])
    except (ValueError, KeyError, TypeError) as erro:
        raise JaulaInterrompida("resposta") from erro
    if any(t < 0 for t in tamanhos) or sum(tamanhos) != len(resto):
        raise JaulaInterrompida("resposta")
    anexos, inicio = [], 0
    for tamanho in tamanhos:
        anexos.append(resto[inicio : inicio + tamanho])
        inicio += tamanho
    return Resposta(dados, anexos)
