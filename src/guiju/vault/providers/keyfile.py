"""The key-encryption key in a local file, readable by its owner alone."""

import hashlib
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Unavailable, Words
from guiju.vault.providers.base import UnknownKey
from guiju.vault.sealing import KEY_BYTES, NONCE_BYTES, Tampered

FORMAT: Final = "guiju-key-encryption-keys/1"
_HEADER = b"\x11"
_FINGERPRINT = b"guiju key-encryption key id"


class KeyFileMissing(Unavailable):
    """There is no key file."""

    message = _("The key file is missing; sealed data cannot be read and nothing was changed.")
    remedy = _("Put the key file back from its backup.")


class KeyFileUnsafe(Unavailable):
    """Others than the owner may read or change the key file."""

    remedy = _("Run: chmod 600 on the key file; if others may have read it, plan a new key.")


class KeyFileDamaged(Unavailable):
    """The key file is not one that Guiju wrote."""

    remedy = _("Put the key file back from its backup.")


class KeyFile:
    """Key-encryption keys from one JSON file: the active generation wraps, every generation unwraps."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key_id, self._keys = _load(path)

    def __repr__(self) -> str:
        return f"<KeyFile {self.key_id}>"

    def __reduce__(self) -> tuple[type["KeyFile"], tuple[Path]]:
        return KeyFile, (self.path,)

    @classmethod
    def create(cls, path: Path, *, at: datetime) -> "KeyFile":
        """Write a new file with one random key, mode 0600; where another process was faster, take its file."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = secrets.token_bytes(KEY_BYTES)
        entry = {"id": fingerprint(key), "created_at": at.isoformat(), "key": b64encode(key).decode()}
        document = {"format": FORMAT, "active": entry["id"], "keys": [entry]}
        _write_once(path, json.dumps(document, indent=2).encode() + b"\n")
        return cls(path)

    def wrap(self, key: bytes, *, aad: bytes) -> bytes:
        """Return ``key`` wrapped by the active generation."""
        return self.wrap_many([(key, aad)])[0]

    def wrap_many(self, keys: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Return many keys wrapped by the active generation, each given with its ``aad``."""
        encrypt = self._keys[self.key_id].encrypt
        nonces = os.urandom(NONCE_BYTES * len(keys))
        wrapped = []
        for index, (key, aad) in enumerate(keys):
            nonce = nonces[index * NONCE_BYTES : (index + 1) * NONCE_BYTES]
            wrapped.append(_HEADER + nonce + encrypt(nonce, key, _HEADER + aad))
        return wrapped

    def unwrap(self, wrapped: bytes, *, key_id: str, aad: bytes) -> bytes:
        """Return the key that generation ``key_id`` wrapped; a generation added to the file meanwhile is found."""
        if key_id not in self._keys:
            self.key_id, self._keys = _load(self.path)
        aead = self._keys.get(key_id)
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


def _write_once(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        _sync_folder(path.parent)
    finally:
        draft.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _load(path: Path) -> tuple[str, dict[str, AESGCM]]:
    try:
        mode = path.stat().st_mode
        text = path.read_bytes()
    except FileNotFoundError:
        raise KeyFileMissing from None
    except OSError:
        raise Unavailable(_("The key file %(path)s cannot be read.") % {"path": path}) from None
    if mode & 0o077:
        raise KeyFileUnsafe(_("The key file %(path)s is open to other accounts of this machine.") % {"path": path})
    try:
        return _parse(json.loads(text))
    except (ValueError, KeyError, TypeError):
        raise KeyFileDamaged(_damaged(path)) from None


def _parse(document: dict[str, Any]) -> tuple[str, dict[str, AESGCM]]:
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
    return document["active"], keys


def _damaged(path: Path) -> Words:
    return _("The key file %(path)s is damaged or was not written by Guiju.") % {"path": path}
