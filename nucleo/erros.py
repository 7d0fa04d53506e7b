"""The refusals of the portal. Every one carries the sentence a person reads and, when there is one, the rule's number."""

from __future__ import annotations


class RegraViolada(Exception):
    """A rule of the domain refuses the act.

    ``mensagem`` is plain pt-BR, ready for the screen; ``regra`` is the number in ``nucleo.regras`` (``"ADS-10"``) or "";
    ``campo`` names the form field it belongs beside, or "". Answered with ``status`` (422). ``voltar``: path of the page that shows how
    things stand, for who did not come from one of ours.
    """

    status = 422
    voltar = ""

    def __init__(self, mensagem: str, *, regra: str = "", campo: str = "") -> None:
        super().__init__(mensagem)
        self.mensagem, self.regra, self.campo = mensagem, regra, campo


class TransicaoIndisponivel(RegraViolada):
    """The process is no longer in a state that allows the act (somebody acted first, or a stale page). Status 409."""

    status = 409


class SemPermissao(RegraViolada):
    """The person may see the object but not do this. Status 403."""

    status = 403


class ConflitoDeVersao(RegraViolada):
    """Two people changed the same thing at once; nothing of either is lost. Status 409."""

    status = 409


def texto_exigido(texto: str, *, frase: str, campo: str, maximo: int = 2000, regra: str = "") -> str:
    """The text without outer spaces, cut to ``maximo``. Raises ``RegraViolada`` beside ``campo`` when nothing is left."""
    limpo = texto.strip()[:maximo]
    if not limpo:
        raise RegraViolada(frase, regra=regra, campo=campo)
    return limpo
