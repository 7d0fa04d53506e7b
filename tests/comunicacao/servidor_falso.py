"""A small SMTP server that can misbehave (fault F10 of `seguranca.md`): accepts, refuses with 4xx or 5xx, hangs, or drops after DATA."""

from __future__ import annotations

import email
import socketserver
import threading
from contextlib import suppress
from email.message import Message
from types import TracebackType
from typing import Any


class ServidorFalso:
    """Listens on a free port of loopback, one thread per conversation.

    ``modo``: ``aceita`` · ``mail 550``, ``rcpt 450``, ``rcpt 550``, ``data 451``, ``data 554`` (that answer at that step) · ``abre 554``,
    ``abre 421`` (greeting) · ``cala`` (never greets) · ``cai`` (takes the message, drops without answering) · ``segura`` (holds the answer
    to DATA until the client goes away, then forgets the message). ``recebidas`` holds what was taken for good, plus what ``cai`` took.
    """

    def __init__(self) -> None:
        self.modo = "aceita"
        self.recebidas: list[Message] = []
        self.chegou_ao_fim_do_data = threading.Event()
        self.fim = threading.Event()
        falso = self

        class Conversa(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    falso._conversar(self)

        class Servidor(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._servidor = Servidor(("127.0.0.1", 0), Conversa)
        self.porta: int = self._servidor.server_address[1]
        self._fio = threading.Thread(target=self._servidor.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def identidades(self) -> list[str]:
        """Message-IDs in order of arrival."""
        return [str(m["Message-ID"]) for m in self.recebidas]

    def __enter__(self) -> ServidorFalso:
        self._fio.start()
        return self

    def __exit__(self, tipo: type[BaseException] | None, erro: BaseException | None, pilha: TracebackType | None) -> None:
        self.fim.set()
        self._servidor.shutdown()
        self._servidor.server_close()
        self._fio.join(5)

    def _conversar(self, conversa: Any) -> None:
        modo = self.modo

        def diz(linha: str) -> None:
            conversa.wfile.write(linha.encode() + b"\r\n")

        def erro_em(passo: str) -> str:
            nome, _, codigo = modo.partition(" ")
            return f"{codigo} recusado para fulano@segredo.sp.gov.br" if nome == passo else ""

        if modo == "cala":
            self.fim.wait(5)
            return
        diz(erro_em("abre") or "220 falso")
        while linha := conversa.rfile.readline():
            comando = linha[:4].decode().upper()
            if comando == "DATA":
                if self._dados(conversa, diz, modo=modo, erro=erro_em("data")):
                    return
            elif comando == "QUIT":
                diz("221 tchau")
                return
            else:
                diz(erro_em(comando.lower()) or "250 ok")

    def _dados(self, conversa: Any, diz: Any, *, modo: str, erro: str) -> bool:
        """Read the message; return whether the conversation ends here."""
        diz("354 mande")
        corpo = b""
        while (linha := conversa.rfile.readline()) != b".\r\n":
            if not linha.endswith(b"\n"):  # the client went away in the middle: nobody takes half a message
                return True
            corpo += linha
        self.chegou_ao_fim_do_data.set()
        if modo == "segura":
            conversa.rfile.read(1)
            return True
        if not erro:
            self.recebidas.append(email.message_from_bytes(corpo))
        if modo == "cai":
            return True
        diz(erro or "250 fica comigo")
        return False
