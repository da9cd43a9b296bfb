"""Orders to destroy keys, across two databases: see docs/decisions on shredding.

An order is a mark on the keys (keyring), an entry that makes it binding (ledger), the destruction (keyring), an entry
that reports it (ledger), and the removal of the mark (keyring). Whoever works on an order holds its advisory lock in
the main database until that transaction ends, so an order without lock and without entry never took effect.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from guiju.ledger import journal
from guiju.ledger.journal import Acting
from guiju.ledger.models import CurrentTransaction, Entry
from guiju.vault import database
from guiju.vault.events import KeysShredded, ShredOrdered

LOCK: Final = "SELECT pg_advisory_xact_lock(%s)"
TRY_LOCK: Final = "SELECT pg_try_advisory_xact_lock(%s)"

_MARK = """
    UPDATE vault_datakey SET shred_order = %s
    WHERE customer_id = ANY(%s) AND (%s::text IS NULL OR retention_class = %s)
        AND wrapped IS NOT NULL AND shred_order IS NULL
    RETURNING customer_id, retention_class, key_id
"""
_DESTROY = """
    UPDATE vault_datakey SET wrapped = NULL, shredded_at = %s WHERE shred_order = %s AND wrapped IS NOT NULL
"""
_MARKED = "SELECT customer_id, retention_class FROM vault_datakey WHERE shred_order = %s ORDER BY 1, 2"
_UNMARK = "UPDATE vault_datakey SET shred_order = NULL WHERE shred_order = %s"
_OPEN = """
    SELECT shred_order, min(customer_id::text)::uuid FROM vault_datakey
    WHERE shred_order IS NOT NULL AND (%s::uuid[] IS NULL OR customer_id = ANY(%s::uuid[]))
    GROUP BY shred_order ORDER BY shred_order
"""


def lock(order: UUID) -> None:
    """Take the order's lock until the current transaction of the main database ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [_number(order)])


def try_lock(order: UUID) -> bool:
    """Take the order's lock, or return False where somebody else is working on it."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, [_number(order)])
        return bool(cursor.fetchone()[0])


def _number(order: UUID) -> int:
    return int.from_bytes(order.bytes[8:], signed=True)


def mark(order: UUID, *, customers: Sequence[UUID], retention_class: str | None) -> list[tuple[UUID, str, str]]:
    """Mark the live keys of ``customers`` with the order; return customer, class and key id of each."""
    with database.committing() as cursor:
        cursor.execute(_MARK, [order, list(customers), retention_class, retention_class])
        return sorted(cursor.fetchall())


def unfinished(*, customers: Sequence[UUID] | None = None) -> list[tuple[UUID, UUID]]:
    """Return every order that still marks keys, with one of its customers."""
    wanted = None if customers is None else list(customers)
    with database.reading() as cursor:
        cursor.execute(_OPEN, [wanted, wanted])
        return list(cursor.fetchall())


def carry_out(order: UUID, *, by: Acting, at: datetime) -> None:
    """Destroy the marked keys and report it; the caller holds the lock. Safe to repeat after a crash anywhere."""
    with database.committing() as cursor:
        cursor.execute(_DESTROY, [at, order])
        cursor.execute(_MARKED, [order])
        keys = cursor.fetchall()
    if not keys:
        return
    customers = tuple(dict.fromkeys(customer for customer, _ in keys))
    if not _recorded(KeysShredded.kind, order=order, customer=customers[0]):
        classes = tuple(sorted({retention_class for _, retention_class in keys}))
        journal.record(KeysShredded(customers=customers, order=order, classes=classes), by=by, at=at)
    transaction.on_commit(partial(release, order))


def release(order: UUID) -> None:
    """Remove the marks of an order that is done or never took effect."""
    with database.committing() as cursor:
        cursor.execute(_UNMARK, [order])


def is_binding(order: UUID, *, customer: UUID) -> bool:
    """Say whether the ledger holds the order to destroy keys of this customer."""
    return _recorded(ShredOrdered.kind, order=order, customer=customer)


def is_of_this_transaction(order: UUID, *, customer: UUID) -> bool:
    """Say whether the current transaction itself gave the order, so that it may still be rolled back."""
    return _recorded(ShredOrdered.kind, order=order, customer=customer, tx=CurrentTransaction())


def _recorded(kind: str, *, order: UUID, customer: UUID, **further: Any) -> bool:
    return Entry.objects.filter(
        kind=kind, subjects__contains=[customer], payload__contains=f'"order":"{order}"', **further
    ).exists()
