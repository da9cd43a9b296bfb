"""Identifiers: made so that they sort by time before the row exists (RFC 9562, version 7), and read out of text."""

import os
import time
from uuid import UUID

LONGEST = 18
"""Every whole number of so many digits fits into a column of 64 bits."""


def uuid7(*, at_ms: int | None = None) -> UUID:
    """Return a UUID version 7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=value)


def parse_uuid(text: str) -> UUID | None:
    """Return the UUID that ``text`` spells, or None."""
    try:
        return UUID(text)
    except (ValueError, AttributeError):
        return None


def parse_number(text: str) -> int | None:
    """Return the whole number that ``text`` spells, None where it spells none or one that no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
