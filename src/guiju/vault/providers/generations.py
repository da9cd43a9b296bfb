"""Key-encryption keys in memory: the active generation wraps, every generation unwraps."""

import hashlib
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from guiju.vault.providers.base import UnknownKey
from guiju.vault.sealing import KEY_BYTES, NONCE_BYTES, Tampered

FORMAT: Final = "guiju-key-encryption-keys/1"
PROTECTED_FORMAT: Final = "guiju-protected-key-encryption-keys/1"
_HEADER = b"\x11"
_FINGERPRINT = b"guiju key-encryption key id"


@dataclass(frozen=True)
class Generations:
    """All generations of the key-encryption key by id, and the id of the active one."""

    active: str
    keys: Mapping[str, AESGCM]

    def wrap_many(self, keys: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Return keys wrapped by the active generation, each given with its ``aad``."""
        encrypt = self.keys[self.active].encrypt
        nonces = os.urandom(NONCE_BYTES * len(keys))
        wrapped = []
        for index, (key, aad) in enumerate(keys):
            nonce = nonces[index * NONCE_BYTES : (index + 1) * NONCE_BYTES]
            wrapped.append(_HEADER + nonce + encrypt(nonce, key, _HEADER + aad))
        return wrapped

    def unwrap(self, wrapped: bytes, *, key_id: str, aad: bytes) -> bytes:
        """Return the key that generation ``key_id`` wrapped; raises UnknownKey and Tampered."""
        aead = self.keys.get(key_id)
        if aead is None:
            raise UnknownKey
        if wrapped[:1] != _HEADER:
            raise Tampered
        try:
            return aead.decrypt(wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :], _HEADER + aad)
        except (InvalidTag, ValueError):
            raise Tampered from None


def fingerprint(key: bytes) -> str:
    """Return the id of a key-encryption key, computed from the key so that a damaged one is noticed."""
    return "kek-" + hashlib.sha256(_FINGERPRINT + key).hexdigest()[:16]


def new_document(*, at: datetime) -> dict[str, Any]:
    """Return the document of one new random key."""
    key = secrets.token_bytes(KEY_BYTES)
    entry = {"id": fingerprint(key), "created_at": at.isoformat(), "key": b64encode(key).decode()}
    return {"format": FORMAT, "active": entry["id"], "keys": [entry]}


def parse(document: dict[str, Any]) -> Generations:
    """Return what a document holds; raises ValueError, KeyError or TypeError where it is none of ours."""
    if document["format"] != FORMAT:
        raise ValueError(document["format"])
    keys = {}
    for entry in document["keys"]:
        key = b64decode(entry["key"], validate=True)
        if len(key) != KEY_BYTES or entry["id"] != fingerprint(key):
            raise ValueError(entry["id"])
        keys[entry["id"]] = AESGCM(key)
    if document["active"] not in keys:
        raise ValueError(document["active"])
    return Generations(active=document["active"], keys=keys)
