"""Data keys of customers: made before the record that needs them, opened for one request, never cached longer.

Every pair is ``(customer id, retention class)``. Keys are committed in the keyring database at once, so that a crash
leaves at worst a key without a customer, which ``actions.sweep_orphans`` destroys.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Conflict
from guiju.vault import database, orders, providers
from guiju.vault.making import Pair, Wrapped, make, purpose_of
from guiju.vault.providers.current import current
from guiju.vault.sealing import Dek, open_

__all__ = ["ERASED", "Erased", "Pair", "Wrapped", "make"]


class Erased(Enum):
    """The one thing a shredded key or an absent key row gives back."""

    ERASED = "erased"


ERASED: Final = Erased.ERASED


class AlreadyKeyed(Conflict):
    """One of the pairs has a key already."""

    code = "already-keyed"
    message = _("This customer already has a data key of that retention class.")


_COPY = """
    COPY vault_datakey (customer_id, retention_class, key_id, wrapped, created_at, batch, settled)
    FROM STDIN (FORMAT binary)
"""
_COPIED = ["uuid", "varchar", "varchar", "bytea", "timestamptz", "uuid", "bool"]
_INSERT_MISSING = """
    INSERT INTO vault_datakey (customer_id, retention_class, key_id, wrapped, created_at, batch, settled)
    SELECT made.customer_id, made.retention_class, made.key_id, made.wrapped, %s, %s, false
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bytea[])
        AS made (customer_id, retention_class, key_id, wrapped)
    ON CONFLICT DO NOTHING RETURNING customer_id, retention_class
"""


def insert_wrapped(rows: Sequence[Wrapped], *, batch: UUID | None = None, at: datetime) -> None:
    """Commit wrapped keys in one statement; raises AlreadyKeyed, with nothing inserted, where one of them exists."""
    if not rows:
        return
    try:
        with database.committing() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(_COPIED)
            for row in rows:
                copy.write_row((*row, at, batch, False))
    except IntegrityError:
        raise AlreadyKeyed from None


def create_many(pairs: Iterable[Pair], *, batch: UUID | None = None, at: datetime) -> dict[Pair, Dek]:
    """Make and commit the keys of new customers, and return them; raises AlreadyKeyed where one exists."""
    deks, rows = make(list(dict.fromkeys(pairs)), provider=current())
    insert_wrapped(rows, batch=batch, at=at)
    return deks


def ensure_many(pairs: Iterable[Pair], *, batch: UUID | None = None, at: datetime) -> dict[Pair, Dek | Erased]:
    """Return the keys of ``pairs``, making the missing ones; a shredded one stays ERASED. Safe to repeat."""
    wanted = list(dict.fromkeys(pairs))
    if not wanted:
        return {}
    opened = open_many(wanted)
    missing = [pair for pair in wanted if not opened.knows(*pair)]
    if not missing:
        return {pair: opened.dek(*pair) for pair in wanted}
    deks, rows = make(missing, provider=current())
    with database.committing() as cursor:
        cursor.execute(_INSERT_MISSING, _columns(rows, batch=batch, at=at))
        inserted = {(row[0], row[1]) for row in cursor.fetchall()}
    if len(inserted) < len(missing):
        opened = open_many(wanted)
    return {pair: deks[pair] if pair in inserted else opened.dek(*pair) for pair in wanted}


def ensure(customer: UUID, retention_class: str, *, at: datetime) -> Dek | Erased:
    """Return the key of one pair, making it where it is missing."""
    pair = (customer, retention_class)
    return ensure_many([pair], at=at)[pair]


def _columns(rows: Sequence[Wrapped], *, batch: UUID | None, at: datetime) -> list[Any]:
    customers, classes, key_ids, blobs = (list(column) for column in zip(*rows, strict=True))
    return [at, batch, customers, classes, key_ids, blobs]


class Opened:
    """The data keys of one request: fetched together, unwrapped one by one when first needed."""

    def __init__(self, *, asked: Sequence[Pair], found: dict[Pair, Wrapped | Erased]) -> None:
        self._asked = set(asked)
        self._found = found
        self._deks: dict[Pair, Dek] = {}
        self._provider: providers.KeyProvider | None = None

    def knows(self, customer: UUID, retention_class: str) -> bool:
        """Say whether the keyring has a row for this pair, shredded or not."""
        return (customer, retention_class) in self._found

    def learn(self, made: Mapping[Pair, Dek | Erased]) -> None:
        """Know further keys, such as those made meanwhile."""
        for pair, dek in made.items():
            self._asked.add(pair)
            self._found[pair] = ERASED
            if dek is not ERASED:
                self._deks[pair] = dek

    def dek(self, customer: UUID, retention_class: str) -> Dek | Erased:
        """Return the key, or ERASED where it was shredded or its row is gone; KeyError for a pair not asked for."""
        pair = (customer, retention_class)
        known = self._deks.get(pair)
        if known is not None:
            return known
        if pair not in self._asked:
            raise KeyError(pair)
        found = self._found.get(pair, ERASED)
        if found is ERASED:
            return ERASED
        if self._provider is None:
            self._provider = current()
        dek = Dek(self._provider.unwrap(found.wrapped, key_id=found.key_id, aad=purpose_of(*pair)))
        self._deks[pair] = dek
        return dek

    def open(
        self, customer: UUID, retention_class: str, *, field: str, version: int, ciphertext: bytes
    ) -> bytes | Erased:
        """Return one sealed value in clear, or ERASED; raises Tampered where it does not match its place."""
        dek = self.dek(customer, retention_class)
        if dek is ERASED:
            return ERASED
        return open_(dek, customer=customer, field=field, version=version, ciphertext=ciphertext)


_SELECT = """
    SELECT customer_id, retention_class, key_id, wrapped, shred_order FROM vault_datakey
    WHERE customer_id = ANY(%s) AND retention_class = ANY(%s)
"""


def open_many(pairs: Iterable[Pair]) -> Opened:
    """Fetch the keys of ``pairs`` with one query; a second one only while a shred is being carried out."""
    asked = list(pairs)
    found: dict[Pair, Wrapped | Erased] = {}
    ordered: dict[UUID, list[Pair]] = {}
    if asked:
        customers, classes = {pair[0] for pair in asked}, {pair[1] for pair in asked}
        with database.reading() as cursor:
            cursor.execute(_SELECT, [list(customers), list(classes)])
            rows = cursor.fetchall()
        for customer, retention_class, key_id, wrapped, order in rows:
            pair = (customer, retention_class)
            found[pair] = ERASED if wrapped is None else Wrapped(*pair, key_id, bytes(wrapped))
            if order is not None:
                ordered.setdefault(order, []).append(pair)
    for order, condemned in ordered.items():
        if orders.is_binding(order, customer=condemned[0][0]):
            found.update(dict.fromkeys(condemned, ERASED))
    return Opened(asked=asked, found=found)
