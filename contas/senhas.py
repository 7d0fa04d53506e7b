"""Words that make a password easy to guess here (ASVS 6.2.11)."""

from __future__ import annotations

import re
import unicodedata

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from contas.models import Usuario, Vinculo

#: Words of the context, folded. Short names (fewer than four letters) are left out: they would refuse honest passwords.
PALAVRAS = ("intragov", "prodesp", "prefeitura", "adesao", "municipio", "saopaulo")
MINIMO = 4


def _dobrar(texto: str) -> str:
    sem_acento = "".join(c for c in unicodedata.normalize("NFKD", texto.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[^0-9a-z]", "", sem_acento[:256])


class Curta(password_validation.MinimumLengthValidator):
    """A minimum of characters, in our words."""

    def get_error_message(self) -> str:
        """One whole sentence: several are read in a row in the error summary."""
        return f"A senha é muito curta. Use {self.min_length} letras, números ou sinais, ou mais."


class ParecidaComOsDados(password_validation.UserAttributeSimilarityValidator):
    """Refuses a password too much like the name or the e-mail, in our words."""

    def get_error_message(self) -> str:
        """One whole sentence."""
        return "A senha é muito parecida com o seu nome ou e-mail. Escolha outra."


class Comum(password_validation.CommonPasswordValidator):
    """Refuses the passwords that everybody uses, in our words."""

    def get_error_message(self) -> str:
        """One whole sentence."""
        return "A senha é muito comum. Escolha uma frase só sua."


class PalavrasDoContexto:
    """Refuses a password that is mostly a word of the portal, or the name of the person's municipality.

    "Mostly" = what remains without those words has fewer than eight letters or digits, so a long phrase may name the town.
    """

    RESTO_MINIMO = 8

    def validate(self, password: str, user: Usuario | None = None) -> None:
        """Raise ``ValidationError`` naming the word. ``user`` may carry ``municipio_nome`` before the account exists."""
        dobrada = _dobrar(password)
        palavras = sorted({*PALAVRAS, *self._do_usuario(user)}, key=lambda p: (-len(p), p))
        achadas = [p for p in palavras if len(p) >= MINIMO and p in dobrada]
        resto = dobrada
        for palavra in achadas:
            resto = resto.replace(palavra, "")
        if achadas and len(resto) < self.RESTO_MINIMO:
            raise ValidationError(
                f"Esta senha é fácil de adivinhar: tem “{achadas[0]}”. Escolha uma frase só sua.", code="palavra_do_contexto"
            )

    def get_help_text(self) -> str:
        """What the form says before anybody tries."""
        return "Não use o nome do portal, da PRODESP ou do seu município."

    @staticmethod
    def _do_usuario(user: Usuario | None) -> list[str]:
        if user is None:
            return []
        nomes = [getattr(user, "municipio_nome", "")]
        if user.pk:
            nomes += Vinculo.objects.filter(usuario_id=user.pk, orgao__municipio__isnull=False).values_list(
                "orgao__municipio__nome", flat=True
            )
        return [_dobrar(n) for n in nomes if n]
