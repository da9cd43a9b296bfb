"""Keyed digests for exact search, uniqueness and duplicates, and pseudonyms for tokenised values.

A digest is the first 16 bytes of HMAC-SHA-256 under a key of its kind; the keys of the kinds are derived (HKDF) from
one random root key. Without that key nobody can test a guess. Needs no database and none of Django's models.
"""

import base64
import hmac
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guiju.vault.sealing import KEY_BYTES

DIGEST_BYTES: Final = 16
TOKEN_CHARACTERS: Final = 12


class Kind(StrEnum):
    """What a digest is of. Pinyin shares the key of names: whoever types Latin letters may mean either."""

    PHONE = "phone"
    EMAIL = "email"
    ID_NUMBER = "id-number"
    NAME = "name"
    PINYIN = "pinyin"
    TOKEN = "token"  # noqa: S105


_SAME_KEY: Final = {Kind.PINYIN: Kind.NAME}


class LookupKeys:
    """The keys of all kinds. Worker processes may be given one; it holds no database and does not print its keys."""

    __slots__ = ("_keys",)

    def __init__(self, *, root: bytes) -> None:
        self._keys: dict[str, bytes] = {kind: _derive(root, _SAME_KEY.get(kind, kind)) for kind in Kind}

    def __repr__(self) -> str:
        return "<LookupKeys>"

    def digest(self, kind: str, term: str) -> bytes:
        """Return the digest of one normalised term."""
        return hmac.digest(self._keys[kind], term.encode(), "sha256")[:DIGEST_BYTES]

    def digests(self, kind: str, values: Iterable[str]) -> list[bytes]:
        """Return the digests of many normalised terms, in their order."""
        key, digest = self._keys[kind], hmac.digest
        return [digest(key, term.encode(), "sha256")[:DIGEST_BYTES] for term in values]

    def token(self, customer: UUID, field: str, value: str) -> str:
        """Return a pseudonym such as ``tok_4kz…``: the same for the same value of the same customer and field only.

        It shows whether a value changed, and links nobody to anybody.
        """
        place = customer.bytes + json.dumps([field, value], ensure_ascii=False).encode()
        code = base64.b32encode(hmac.digest(self._keys[Kind.TOKEN], place, "sha256")).decode().lower()
        return f"tok_{code[:TOKEN_CHARACTERS]}"


def _derive(root: bytes, kind: str) -> bytes:
    info = b"guiju lookup 1 " + kind.encode()
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info).derive(root)
