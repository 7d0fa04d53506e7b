"""Secrets. One-use links: 256 random bits in the address, only their SHA-256 in the database (ASVS 6.4.1, 11.5.1). What has to be read
again is sealed.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def novo_token() -> tuple[str, str]:
    """A fresh token (43 characters, URL-safe) and its digest, the only part that is stored."""
    token = secrets.token_urlsafe(32)
    return token, resumo(token)


def resumo(token: str) -> str:
    """SHA-256 of a token, in hexadecimal. Longer input than any token of ours is cut: it cannot match."""
    return hashlib.sha256(token[:200].encode()).hexdigest()


#: What a sealed secret begins with; what does not begin so was kept before sealing.
_SELO = "v1."


def selar(texto: str) -> str:
    """A secret that has to be read again (the key of an application of codes), sealed with a key that is not in the database: a copy of the
    database alone enters nowhere (ASVS 11.3.2, 13.3.1).
    """
    return _SELO + _cofre(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(texto.encode()).decode()


def abrir(guardado: str) -> str:
    """What ``selar`` was given; a value from before sealing comes back as it is. Raises ``InvalidToken`` when no key of the settings
    (``SECRET_KEY`` and its fallbacks) sealed it.
    """
    if not guardado.startswith(_SELO):
        return guardado
    return _cofre(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(guardado.removeprefix(_SELO).encode()).decode()


@lru_cache(maxsize=4)
def _cofre(*chaves: str) -> MultiFernet:
    """Seals with the first key, opens with any. Each is derived from the settings' key for this use alone."""
    return MultiFernet([Fernet(_derivada(chave)) for chave in chaves])


def _derivada(chave: str) -> bytes:
    derivar = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"portal-intragov/segredos")
    return base64.urlsafe_b64encode(derivar.derive(chave.encode()))
