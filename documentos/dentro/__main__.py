"""Door of the jail: take the limits, then read the request and run one operation.

The limits come before any parser is loaded: 700 MiB of address space, 10 s of processor, no file may grow, few descriptors, no new process.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys

MEMORIA = 700 << 20
PROCESSADOR = 10
OPERACOES = {"conferir": "porteiro", "texto": "texto", "paginas": "paginas", "imagem": "imagem", "juntar": "juncao"}


def _limitar() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSADOR, PROCESSADOR))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _principal() -> None:
    _limitar()
    pedido = json.loads(sys.argv[1])
    operacao = importlib.import_module(OPERACOES[pedido["operacao"]])
    entradas = [sys.stdin.buffer.read(tamanho) for tamanho in pedido["tamanhos"]]
    dados, anexos = operacao.executar(entradas, pedido)
    cabecalho = json.dumps({"dados": dados, "tamanhos": [len(a) for a in anexos]})
    saida = sys.stdout.buffer
    saida.write(cabecalho.encode() + b"\n")
    for anexo in anexos:
        saida.write(anexo)
    saida.flush()


if __name__ == "__main__":
    _principal()
