"""Merges a row into the customer it duplicates: fills what is empty, overwrites nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import NotFound
from guiju.records import changing
from guiju.records.filing import Values
from guiju.records.gate.checking import CheckedRow
from guiju.records.gate.preparing import Row
from guiju.records.holding import Erased, Held, hold
from guiju.records.models import ImportBatch
from guiju.records.standard import Kind, Standard
from guiju.vault import sealing


@dataclass(frozen=True)
class Merger:
    """Knows how to read a row again and what the standard keeps."""

    check: Callable[[list[str]], CheckedRow]
    standard: Standard

    def merge(self, customer: UUID, row: Row, *, batch: ImportBatch, by: Actor, at: datetime) -> bool:
        """Fill the empty fields of ``customer`` from ``row``; return False where it is out of reach or erased."""
        try:
            held = hold(customer=customer, by=by, permission=Permission.CUSTOMER_IMPORT)
        except (NotFound, Erased):
            return False
        draft = self.check(row[1]).parties[0]
        there = _fields(held)
        allowed = {spec.key for spec in self.standard.fields_of(Kind(held.record.kind))}
        fresh: Values = {key: value for key, value in draft.values.items() if key not in there and key in allowed}
        if fresh:
            work = changing.Work(by=by, at=at, purpose=batch.purposes[0], batch=batch)
            changing.change(held, fresh, work=work, rules=self.standard)
        return True


def _fields(held: Held) -> set[str]:
    found = set(held.record.public)
    for packed in held.contents.packed.values():
        found.update(sealing.unpack(packed))
    return found
