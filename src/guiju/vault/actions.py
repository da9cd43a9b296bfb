"""Destroying keys: on somebody's order, when an import is taken back, and where no customer came of a key."""

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.door import action
from guiju.access.permissions import Permission
from guiju.kit.errors import Conflict
from guiju.ledger import journal
from guiju.vault import database, orders
from guiju.vault.events import KeyringSwept, NothingToShred, ShredOrdered

PER_ORDER: Final = 500
"""Customers in one order: its entry must stay far below the largest leaf."""

ORPHAN_AFTER: Final = timedelta(hours=1)
"""No transaction that writes a record may stay open as long as this after its keys were made."""


class BeingShredded(Conflict):
    """Somebody else is destroying keys of this customer in this moment."""

    code = "being-shredded"
    message = _("Somebody else is destroying keys of this customer right now.")
    remedy = _("Wait a moment and look again.")


@action(needs=Permission.CUSTOMER_ERASE)
def shred(*, customer: UUID, retention_class: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Destroy the key of one retention class of a customer; its contents then read as erased, everywhere and for good.

    Returns the classes whose keys this order destroys: none where that was done before.
    """
    return _order([customer], retention_class, by, at)


@action(needs=Permission.CUSTOMER_ERASE)
def shred_all(*, customer: UUID, by: Actor, at: datetime) -> tuple[str, ...]:
    """Destroy the keys of all retention classes of a customer; returns the classes."""
    return _order([customer], None, by, at)


@action(needs=Permission.CUSTOMER_IMPORT)
def shred_many(*, customers: Collection[UUID], by: Actor, at: datetime) -> tuple[str, ...]:
    """Destroy all keys of customers that an import made and its revert takes out again; returns the classes."""
    classes: set[str] = set()
    for some in itertools.batched(sorted(customers), PER_ORDER):
        classes.update(_order(some, None, by, at))
    return tuple(sorted(classes))


@action(needs=Permission.SYSTEM_RUN)
def shred_expired(*, customers: Collection[UUID], by: Actor, at: datetime) -> tuple[str, ...]:
    """Destroy all keys of what the product itself lets die when its time is over; returns the classes."""
    return _order(sorted(customers), None, by, at)


def _order(customers: Sequence[UUID], retention_class: str | None, by: Actor, at: datetime) -> tuple[str, ...]:
    for left_over, customer in orders.unfinished(customers=customers):
        if orders.is_of_this_transaction(left_over, customer=customer):
            continue
        if _settle(left_over, customer, by, at) is None:
            raise BeingShredded
    order = uuid4()
    orders.lock(order)
    keys = orders.mark(order, customers=customers, retention_class=retention_class)
    if not keys:
        journal.record(NothingToShred(customers=tuple(customers)), by=by, at=at)
        return ()
    classes = tuple(sorted({key[1] for key in keys}))
    event = ShredOrdered(
        customers=tuple(dict.fromkeys(key[0] for key in keys)),
        order=order,
        classes=classes,
        key_ids=tuple(sorted({key[2] for key in keys})),
    )
    journal.record(event, by=by, at=at)
    transaction.on_commit(partial(_carry_out, order, by, at), robust=True)
    return classes


def _carry_out(order: UUID, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        orders.lock(order)
        orders.carry_out(order, by=by, at=at)


def _settle(order: UUID, customer: UUID, by: Actor, at: datetime) -> bool | None:
    """Finish an order that a crash or a rollback left behind: True carried out, False released, None in work now."""
    if not orders.try_lock(order):
        return None
    if orders.is_binding(order, customer=customer):
        orders.carry_out(order, by=by, at=at)
        return True
    orders.release(order)
    return False


@action(needs=Permission.SYSTEM_RUN)
def sweep_orphans(*, by: Actor, at: datetime, exists: Callable[[Collection[UUID]], Collection[UUID]]) -> KeyringSwept:
    """Finish orders that a crash left behind, and destroy keys over an hour old whose customer never came to be.

    ``exists`` returns those of the given customer ids that exist; the vault does not know customers. Keys of customers
    that exist are settled and not looked at again.
    """
    settled = [_settle(order, customer, by, at) for order, customer in orders.unfinished()]
    orphans = 0
    for found in _unsettled(before=at - ORPHAN_AFTER):
        alive = set(exists(found))
        _settled(alive)
        orphans += _destroy_on_commit([customer for customer in found if customer not in alive], at)
    event = KeyringSwept(orphans=orphans, finished=settled.count(True), released=settled.count(False))
    journal.record(event, by=by, at=at)
    return event


_UNSETTLED = """
    SELECT DISTINCT customer_id FROM vault_datakey
    WHERE NOT settled AND created_at < %s AND wrapped IS NOT NULL AND shred_order IS NULL AND customer_id > %s
    ORDER BY customer_id LIMIT 1000
"""
_SETTLE = "UPDATE vault_datakey SET settled = true WHERE customer_id = ANY(%s) AND NOT settled"
_COUNT = "SELECT count(*) FROM vault_datakey WHERE customer_id = ANY(%s) AND NOT settled AND wrapped IS NOT NULL"
_DESTROY = """
    UPDATE vault_datakey SET wrapped = NULL, shredded_at = %s, settled = true
    WHERE customer_id = ANY(%s) AND NOT settled AND wrapped IS NOT NULL AND shred_order IS NULL
"""


def _unsettled(*, before: datetime) -> Iterator[list[UUID]]:
    last = UUID(int=0)
    while True:
        with database.reading() as cursor:
            cursor.execute(_UNSETTLED, [before, last])
            found = [row[0] for row in cursor.fetchall()]
        if not found:
            return
        yield found
        last = found[-1]


def _settled(customers: Collection[UUID]) -> None:
    with database.committing() as cursor:
        cursor.execute(_SETTLE, [list(customers)])


def _destroy_on_commit(customers: Collection[UUID], at: datetime) -> int:
    """Count the keys of ``customers`` and destroy them once the entry that says so is committed."""
    if not customers:
        return 0
    with database.reading() as cursor:
        cursor.execute(_COUNT, [list(customers)])
        count = int(cursor.fetchone()[0])
    transaction.on_commit(partial(_destroy, list(customers), at), robust=True)
    return count


def _destroy(customers: list[UUID], at: datetime) -> None:
    with database.committing() as cursor:
        cursor.execute(_DESTROY, [at, customers])
