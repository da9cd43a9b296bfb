"""Secrets for tokens and sign-in links: 256 random bits, shown once, kept only as a SHA-256."""

import hashlib
import secrets

TOKEN_PREFIX = "gj_"  # noqa: S105
SHOWN = 8


def mint(prefix: str = "") -> str:
    """Return a new secret of 256 random bits, safe in URLs."""
    return prefix + secrets.token_urlsafe(32)


def digest(raw: str) -> bytes:
    """Return what is kept of a secret. A plain hash is enough: the secret cannot be guessed."""
    return hashlib.sha256(raw.encode()).digest()
