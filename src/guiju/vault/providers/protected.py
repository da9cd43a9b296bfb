"""The key-encryption key in a file that opens with a passphrase: stolen alone, the file is worth nothing.

The document of a plain key file is encrypted with AES-256-GCM under a key that scrypt (RFC 7914) makes of the
passphrase; format, cost and salt are bound to it as associated data.
"""

import json
import os
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Unavailable
from guiju.vault.providers import files, generations
from guiju.vault.providers.files import PassphraseMissing
from guiju.vault.providers.generations import Generations
from guiju.vault.providers.keyfile import KeyFile
from guiju.vault.sealing import KEY_BYTES, NONCE_BYTES

COST: Final = {"n": 2**17, "r": 8, "p": 1}
"""128 MiB and about half a second for each guess (OWASP asks for at least this)."""
SHORTEST: Final = 16
_SALT_BYTES = 16
_DEAREST = 2**23


class PassphraseShort(Unavailable):
    """The passphrase is too short to protect a key."""

    message = _("The passphrase of a key file has at least 16 characters.")
    remedy = _("Take six random words.")


class PassphraseWrong(Unavailable):
    """The passphrase does not open the key file, or the file was changed."""

    message = _("The passphrase does not open the key file, or the key file was changed.")
    remedy = _(
        "Compare the passphrase with the one that was written down; else put the key file back from its backup."
    )


class NotProtected(Unavailable):
    """A passphrase is set, but the key file opens without one."""

    message = _("A passphrase is set, but the key file is not protected by one.")
    remedy = _("Unset GUIJU_KEY_PASSPHRASE_FILE, or name another key file with GUIJU_KEY_FILE.")


class ProtectedKeyFile(KeyFile):
    """Key-encryption keys from a file that opens with the passphrase in another, private file."""

    def __init__(self, path: Path, passphrase_file: Path) -> None:
        self.passphrase_file = passphrase_file
        super().__init__(path)

    def __reduce__(self) -> tuple[type[KeyFile], tuple[Path, ...]]:
        return type(self), (self.path, self.passphrase_file)

    @classmethod
    def protect(cls, path: Path, passphrase_file: Path, *, at: datetime) -> "ProtectedKeyFile":
        """Write a new file with one random key; where another process was faster, take its file."""
        document = generations.new_document(at=at)
        files.write_once(path, lock(document, _passphrase(passphrase_file)))
        return cls(path, passphrase_file)

    def _parse(self, content: bytes) -> Generations:
        document = json.loads(content)
        if document["format"] == generations.FORMAT:
            raise NotProtected
        return generations.parse(unlock(document, _passphrase(self.passphrase_file)))


def _passphrase(path: Path) -> bytes:
    try:
        words = files.read(path).strip()
    except files.KeyFileMissing:
        raise PassphraseMissing from None
    if not words:
        raise PassphraseMissing
    if len(words.decode(errors="replace")) < SHORTEST:
        raise PassphraseShort
    return words


def lock(document: dict[str, Any], passphrase: bytes) -> bytes:
    """Return the protected form of a document of keys."""
    header = {
        "format": generations.PROTECTED_FORMAT,
        "scrypt": COST | {"salt": b64encode(os.urandom(_SALT_BYTES)).decode()},
    }
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + _aead(header, passphrase).encrypt(nonce, json.dumps(document).encode(), _bound(header))
    return json.dumps(header | {"sealed": b64encode(sealed).decode()}, indent=2).encode() + b"\n"


def unlock(content: dict[str, Any], passphrase: bytes) -> dict[str, Any]:
    """Return the document that ``lock`` protected; raises PassphraseWrong, and ValueError, KeyError or TypeError."""
    header = {"format": content["format"], "scrypt": content["scrypt"]}
    _check(header)
    sealed = b64decode(content["sealed"], validate=True)
    try:
        opened = _aead(header, passphrase).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(header))
    except InvalidTag:
        raise PassphraseWrong from None
    document: dict[str, Any] = json.loads(opened)
    return document


def _check(header: dict[str, Any]) -> None:
    """Refuse a cost that no file of ours has, before it is paid."""
    cost = header["scrypt"]
    if header["format"] != generations.PROTECTED_FORMAT or not 0 < cost["n"] * cost["r"] * cost["p"] <= _DEAREST:
        raise ValueError(header["format"])


def _aead(header: dict[str, Any], passphrase: bytes) -> AESGCM:
    cost = header["scrypt"]
    salt = b64decode(cost["salt"], validate=True)
    scrypt = Scrypt(salt=salt, length=KEY_BYTES, n=cost["n"], r=cost["r"], p=cost["p"])
    return AESGCM(scrypt.derive(passphrase))


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
