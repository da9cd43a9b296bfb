"""The one way into the ledger: ``record`` inserts an entry in the writer's transaction and tells the subscribers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from guiju.ledger.events import Event
from guiju.ledger.models import Entry


class Acting(Protocol):
    """Whoever acts: all the ledger needs is a reference such as ``person:<id>``."""

    @property
    def ref(self) -> str: ...


class Outcome(StrEnum):
    """How the recorded act ended."""

    DONE = "done"
    REFUSED = "refused"


@dataclass
class Count:
    """How many entries the current action has recorded."""

    entries: int = 0


_count: ContextVar[Count | None] = ContextVar("guiju_ledger_count", default=None)


@contextmanager
def counting() -> Iterator[Count]:
    """Count the entries recorded inside; an outer count sees them too."""
    outer = _count.get()
    count = Count()
    token = _count.set(count)
    try:
        yield count
    finally:
        _count.reset(token)
        if outer is not None:
            outer.entries += count.entries


def record(
    event: Event, *, by: Acting, at: datetime, purpose: str = "", outcome: Outcome = Outcome.DONE
) -> Entry:
    """Insert ``event`` as an entry of the current transaction and run its in-transaction subscribers."""
    entry = Entry.objects.create(
        kind=event.kind,
        at=at,
        actor=by.ref,
        subjects=event.subjects(),
        purpose=purpose,
        outcome=outcome.value,
        payload=json.dumps(event.payload(), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
    )
    count = _count.get()
    if count is not None:
        count.entries += 1
    return entry
