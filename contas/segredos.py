"""One-use links: 256 random bits in the address, only their SHA-256 in the database (ASVS 6.4.1, 11.5.1)."""

from __future__ import annotations

import hashlib
import secrets


def novo_token() -> tuple[str, str]:
    """A fresh token (43 characters, URL-safe) and its digest, the only part that is stored."""
    token = secrets.token_urlsafe(32)
    return token, resumo(token)


def resumo(token: str) -> str:
    """SHA-256 of a token, in hexadecimal. Longer input than any token of ours is cut: it cannot match."""
    return hashlib.sha256(token[:200].encode()).hexdigest()
