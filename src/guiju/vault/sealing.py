"""Sealing one field value: AES-256-GCM under the customer's own data key, bound to customer, field and version.

Layout of a ciphertext: one header byte (high half: format, low half: algorithm), 12 bytes nonce, the encrypted value,
16 bytes tag. The associated data is ``header || customer (16 bytes) || version (8 bytes) || field (UTF-8)``: all parts
but the last have a fixed length, so no two places share it. Pure functions; nothing here knows a database.

Many ciphertexts share one bytes column. Layout of a pack: one format byte, then for each field in ascending order of
its key: length of the key (1 byte), version (4 bytes), length of the ciphertext (4 bytes), key (UTF-8), ciphertext.
The same parts always give the same bytes, and the parser forgives nothing.
"""

import os
import struct
from collections.abc import Iterator, Mapping
from typing import Final, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Refused

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
AES_256_GCM: Final = b"\x11"
"""Header of format 1 with algorithm 1; SM4-GCM will be another low half."""

PACK_FORMAT: Final = b"\x01"

type Part = tuple[int, bytes]
"""The record version in which a value was written, and its ciphertext."""

_MAX_KEY_BYTES = 255
_OVERHEAD = 1 + NONCE_BYTES + TAG_BYTES
_PLACE = struct.Struct(">c16sQ")
_HEAD = struct.Struct(">BII")


class Tampered(Refused):
    """A sealed value was changed, cut or moved outside the product; it is not shown."""

    code = "tampered"
    status = 500
    message = _("A sealed value does not match its place: it was changed, cut or moved outside Guiju.")
    remedy = _("Compare with a backup and tell the security administrator; the access trail is not affected.")


class Dek:
    """A data key in clear, held in memory only: it does not print itself and cannot be pickled."""

    __slots__ = ("aead", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.aead = AESGCM(raw)

    def __repr__(self) -> str:
        return "<Dek>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A data key in clear stays in its process; pass its wrapped form instead.")


def new_dek() -> Dek:
    """Return a new random data key."""
    return Dek(os.urandom(KEY_BYTES))


def seal(dek: Dek, *, customer: UUID, field: str, version: int, plaintext: bytes) -> bytes:
    """Return ``plaintext`` sealed for this customer, field and record version."""
    nonce = os.urandom(NONCE_BYTES)
    place = _PLACE.pack(AES_256_GCM, customer.bytes, version) + field.encode()
    return AES_256_GCM + nonce + dek.aead.encrypt(nonce, plaintext, place)


def open_(dek: Dek, *, customer: UUID, field: str, version: int, ciphertext: bytes) -> bytes:
    """Return the value sealed for this customer, field and version; raises Tampered for anything else."""
    if len(ciphertext) < _OVERHEAD or ciphertext[:1] != AES_256_GCM:
        raise Tampered
    place = _PLACE.pack(AES_256_GCM, customer.bytes, version) + field.encode()
    try:
        return dek.aead.decrypt(ciphertext[1 : 1 + NONCE_BYTES], ciphertext[1 + NONCE_BYTES :], place)
    except InvalidTag:
        raise Tampered from None


def pack(parts: Mapping[str, Part]) -> bytes:
    """Return ``parts`` (field key to version and ciphertext) as one string of bytes."""
    pieces = [PACK_FORMAT]
    for field in sorted(parts):
        version, ciphertext = parts[field]
        key = field.encode()
        if not 0 < len(key) <= _MAX_KEY_BYTES:
            raise ValueError("A field key has 1 to 255 bytes")
        pieces += (_HEAD.pack(len(key), version, len(ciphertext)), key, ciphertext)
    return b"".join(pieces)


def unpack(packed: bytes) -> dict[str, Part]:
    """Return the parts of ``packed``; raises Tampered unless it is exactly what ``pack`` makes."""
    parts: dict[str, Part] = {}
    last = b""
    for length, version, start, end in _walk(packed):
        key = packed[start - length : start]
        if key <= last:
            raise Tampered
        last = key
        parts[_text(key)] = (version, packed[start:end])
    return parts


def unpack_one(packed: bytes, field: str) -> Part | None:
    """Return the part of one field, or None where ``packed`` holds none; reads no further than it must."""
    wanted = field.encode()
    for length, version, start, end in _walk(packed):
        if length == len(wanted) and packed[start - length : start] == wanted:
            return version, packed[start:end]
    return None


def _walk(packed: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Give the length of each key, the version, and where the ciphertext starts and ends; the key lies before it."""
    if packed[:1] != PACK_FORMAT:
        raise Tampered
    position, total, head, unpack_head = 1, len(packed), _HEAD.size, _HEAD.unpack_from
    while position < total:
        if total - position < head:
            raise Tampered
        length, version, size = unpack_head(packed, position)
        start = position + head + length
        position = start + size
        if not length or position > total:
            raise Tampered
        yield length, version, start, position


def _text(key: bytes) -> str:
    try:
        return key.decode()
    except UnicodeDecodeError:
        raise Tampered from None
