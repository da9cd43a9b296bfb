"""Rows in PostgreSQL's binary COPY format, made where rows are prepared, so that writing only passes them on.

Format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"; values as their types' ``send``.
"""

import json
import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"

_TEXT_OID: Final = 1043
"""varchar, the element type of every text array here."""
_INT8_OID: Final = 20
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_COUNT = struct.Struct(">h")
_LENGTH = struct.Struct(">i")
_INT4 = struct.Struct(">ii")
_INT8 = struct.Struct(">iq")
_ARRAY = struct.Struct(">iiiii")


def row(fields: Sequence[bytes]) -> bytes:
    """Return one whole row of encoded fields."""
    return _COUNT.pack(len(fields)) + b"".join(fields)


def head(count: int) -> bytes:
    """Return the beginning of a row of ``count`` fields, for rows that are put together of parts."""
    return _COUNT.pack(count)


def raw(value: bytes) -> bytes:
    """Encode bytea."""
    return _LENGTH.pack(len(value)) + value


def text(value: str) -> bytes:
    """Encode text or varchar."""
    return raw(value.encode())


def uuid(value: UUID | None) -> bytes:
    """Encode uuid."""
    return NULL if value is None else raw(value.bytes)


def jsonb(value: Any) -> bytes:
    """Encode jsonb, whose binary form is version 1 and text."""
    return raw(b"\x01" + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def integer(value: int) -> bytes:
    """Encode integer (four bytes)."""
    return _INT4.pack(4, value)


def bigint(value: int) -> bytes:
    """Encode bigint (eight bytes)."""
    return _INT8.pack(8, value)


def boolean(value: bool) -> bytes:  # noqa: FBT001
    """Encode boolean."""
    return raw(b"\x01" if value else b"\x00")


def moment(value: datetime) -> bytes:
    """Encode timestamptz: microseconds since the beginning of 2000."""
    past = value - _EPOCH
    return bigint((past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds)


def bigints(values: Sequence[int]) -> bytes:
    """Encode bigint[]."""
    return _array(_INT8_OID, len(values), struct.pack(">" + "iq" * len(values), *_with_lengths(values)))


def texts(values: Sequence[str]) -> bytes:
    """Encode varchar[]."""
    return _array(_TEXT_OID, len(values), b"".join(text(value) for value in values))


def _with_lengths(values: Sequence[int]) -> Iterable[int]:
    for value in values:
        yield 8
        yield value


def _array(oid: int, count: int, elements: bytes) -> bytes:
    if not count:
        return raw(struct.pack(">iii", 0, 0, oid))
    return raw(_ARRAY.pack(1, 0, oid, count, 1) + elements)
