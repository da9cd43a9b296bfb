"""The one way into the ledger: ``record`` inserts an entry in the writer's transaction and tells the subscribers."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from django.db import connection, transaction

from guiju.ledger import subscriptions
from guiju.ledger.events import Event
from guiju.ledger.models import MAX_PAYLOAD, SUBJECT_BYTES, Entry

_MANY = 20
_INSERT = """INSERT INTO ledger_entry (at, kind, actor, subjects, purpose, outcome, payload)
    VALUES (%s, %s, %s, %s::uuid[], %s, %s, %s) RETURNING id, tx"""
_COPY = "COPY ledger_entry (id, at, kind, actor, subjects, purpose, outcome, payload) FROM STDIN (FORMAT binary)"
_TYPES = ["int8", "timestamptz", "varchar", "varchar", "uuid[]", "varchar", "varchar", "text"]
_RESERVE = """SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)"""


class Acting(Protocol):
    """Whoever acts: all the ledger needs is a reference such as ``person:<id>``."""

    @property
    def ref(self) -> str:
        """Return the reference."""
        ...


class Outcome(StrEnum):
    """How the recorded act ended."""

    DONE = "done"
    REFUSED = "refused"


class TooLarge(ValueError):
    """The event holds more than a leaf of the tree can carry: record several events instead."""


@dataclass
class Count:
    """How many entries the current action has recorded."""

    entries: int = 0


_count: ContextVar[Count | None] = ContextVar("guiju_ledger_count", default=None)


@contextmanager
def counting() -> Iterator[Count]:
    """Count the entries recorded inside; an outer count sees them too, unless an error undoes them."""
    count = Count()
    token = _count.set(count)
    try:
        yield count
    finally:
        _count.reset(token)
    _counted(count.entries)


def record(event: Event, *, by: Acting, at: datetime, purpose: str = "", outcome: Outcome = Outcome.DONE) -> Entry:
    """Insert ``event`` as an entry of the current transaction and run its in-transaction subscribers.

    Raises TooLarge. Whatever a subscriber raises passes through and undoes the transaction.
    """
    subscribers = subscriptions.subscribers(type(event))
    if subscribers and not connection.in_atomic_block:
        with transaction.atomic():
            return record(event, by=by, at=at, purpose=purpose, outcome=outcome)
    subjects, payload = _contents(event)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [at, event.kind, by.ref, subjects, purpose, outcome.value, payload])
        identifier, tx = cursor.fetchone()
    entry = Entry(
        id=identifier, tx=tx, at=at, kind=event.kind, actor=by.ref, subjects=subjects, purpose=purpose,
        outcome=outcome.value, payload=payload,
    )  # fmt: skip
    entry._state.adding = False
    _counted(1)
    for function in subscribers:
        function(event=event, entry=entry, by=by, at=at)
    return entry


def record_many(
    events: Iterable[tuple[Event, str]], *, by: Acting, at: datetime, outcome: Outcome = Outcome.DONE
) -> list[int]:
    """Insert many events, each with its purpose, as entries of the current transaction; return their ids in order.

    A subscriber is told of each of its events after all are inserted. Raises TooLarge.
    """
    pairs = list(events)
    if len(pairs) < _MANY or any(subscriptions.subscribers(type(event)) for event, _ in pairs):
        with transaction.atomic():
            return [record(event, by=by, at=at, purpose=purpose, outcome=outcome).id for event, purpose in pairs]
    rows = [(event.kind, *_contents(event), purpose) for event, purpose in pairs]
    return _copy(rows, actor=by.ref, at=at, outcome=outcome)


def _copy(
    rows: Sequence[tuple[str, list[UUID], str, str]], *, actor: str, at: datetime, outcome: Outcome
) -> list[int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RESERVE, [len(rows)])
        ids = [identifier for (identifier,) in cursor.fetchall()]
        with cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for identifier, (kind, subjects, payload, purpose) in zip(ids, rows, strict=True):
                copy.write_row((identifier, at, kind, actor, subjects, purpose, outcome.value, payload))
    _counted(len(rows))
    return ids


def _contents(event: Event) -> tuple[list[UUID], str]:
    subjects = event.subjects()
    payload = json.dumps(event.payload(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    size = len(payload.encode()) + SUBJECT_BYTES * len(subjects)
    if size > MAX_PAYLOAD:
        raise TooLarge(f"The event {event.kind} takes {size} bytes; an entry has room for {MAX_PAYLOAD}")
    return subjects, payload


def _counted(entries: int) -> None:
    count = _count.get()
    if count is not None:
        count.entries += entries
