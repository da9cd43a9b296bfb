"""Looking sealed values up: the installation's lookup keys, and the digests and terms of values as people write them.

The root key of all digests lies wrapped in the keyring database.
"""

import functools
import secrets
from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import connections

from guiju.kit import clock
from guiju.vault import database, normalising
from guiju.vault.digests import Kind, LookupKeys
from guiju.vault.names import tokens_of_name, tokens_of_query
from guiju.vault.providers.current import current
from guiju.vault.sealing import KEY_BYTES

__all__ = ["Kind", "LookupKeys", "keys", "normalise", "terms", "tokens_of_name", "tokens_of_query"]

GENERATION: Final = 1

_SELECT = "SELECT wrapped, key_id FROM vault_indexkey WHERE generation = %s"
_INSERT = """
    INSERT INTO vault_indexkey (generation, wrapped, key_id, created_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (generation) DO UPDATE SET generation = excluded.generation
    RETURNING wrapped, key_id
"""


def keys() -> LookupKeys:
    """Return the lookup keys, made on the first use of the installation; kept per process once they are committed."""
    if connections[database.DATABASE].in_atomic_block:
        return _fetched()
    return _kept()


@functools.cache
def _kept() -> LookupKeys:
    return _fetched()


def forget() -> None:
    """Drop the keys that this process keeps, so that the next use reads them from the keyring."""
    _kept.cache_clear()


def _fetched() -> LookupKeys:
    wrapped, key_id = _stored() or _made()
    return LookupKeys(root=current().unwrap(wrapped, key_id=key_id, aad=_PURPOSE))


_PURPOSE = b"guiju lookup root key"


def _stored() -> tuple[bytes, str] | None:
    with database.reading() as cursor:
        cursor.execute(_SELECT, [GENERATION])
        row = cursor.fetchone()
    return None if row is None else (bytes(row[0]), row[1])


def _made() -> tuple[bytes, str]:
    """Make the root key; where another process was faster, take its key."""
    provider = current()
    wrapped = provider.wrap(secrets.token_bytes(KEY_BYTES), aad=_PURPOSE)
    with database.committing() as cursor:
        cursor.execute(_INSERT, [GENERATION, wrapped, provider.key_id, clock.now()])
        row = cursor.fetchone()
    return bytes(row[0]), row[1]


_NORMAL: Final[dict[str, Callable[[str], str]]] = {
    Kind.EMAIL: normalising.email,
    Kind.ID_NUMBER: normalising.id_number,
    Kind.NAME: normalising.name,
    Kind.PINYIN: normalising.name,
}


def normalise(kind: str, value: str, *, region: str = normalising.REGION) -> str:
    """Return the one form of ``value``; empty where nothing in it counts. ``region`` is for national phone numbers."""
    if kind == Kind.PHONE:
        return normalising.phone(value, region=region)
    return _NORMAL[kind](value)


def terms(kind: str, value: str, *, region: str = normalising.REGION) -> list[str]:
    """Return the normalised terms under which ``value`` is found: all tokens of a name, else the value itself."""
    if kind in (Kind.NAME, Kind.PINYIN):
        return tokens_of_name(value)
    normal = normalise(kind, value, region=region)
    return [normal] if normal else []


def digest(kind: str, value: str, *, region: str = normalising.REGION) -> bytes:
    """Return the digest of one value as it is written; ValueError where nothing in it counts."""
    normal = normalise(kind, value, region=region)
    if not normal:
        raise ValueError("There is nothing to look up")
    return keys().digest(kind, normal)


SHORTEST_NUMBER: Final = 5


def exact_digests(text: str, *, region: str = normalising.REGION) -> list[bytes]:
    """Return the digests a search must try for ``text`` as an e-mail address, a phone or an identity number."""
    asked = keys()
    if "@" in text:
        return [asked.digest(Kind.EMAIL, normalising.email(text))]
    if sum(char.isdigit() for char in text) < SHORTEST_NUMBER:
        return []
    number = asked.digest(Kind.ID_NUMBER, normalising.id_number(text))
    return [asked.digest(Kind.PHONE, normalising.phone(text, region=region)), number]


def name_digests(text: str) -> list[bytes]:
    """Return the digests that must all be among a name's digests for it to match ``text``."""
    return keys().digests(Kind.NAME, tokens_of_query(text))


def token(customer: UUID, field: str, value: str) -> str:
    """Return the pseudonym of a value, as ``LookupKeys.token`` does."""
    return keys().token(customer, field, value)
