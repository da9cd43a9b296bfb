"""Merges a row into the customer it duplicates: fills what is empty, overwrites nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.fields import FieldClass
from guiju.access.permissions import Permission
from guiju.records import writing
from guiju.records.filing import Values
from guiju.records.gate.checking import CheckedRow
from guiju.records.gate.preparing import Row
from guiju.records.models import Customer, ImportBatch, Revision, Sealed, State
from guiju.records.standard import Kind, Standard
from guiju.vault import sealing


@dataclass(frozen=True)
class Merger:
    """Knows how to read a row again and what the standard keeps."""

    check: Callable[[list[str]], CheckedRow]
    standard: Standard

    def merge(self, customer: UUID, row: Row, *, batch: ImportBatch, by: Actor, at: datetime) -> bool:
        """Fill the empty fields of ``customer`` from ``row``; return False where it is out of reach or erased."""
        reach = policy.reach(by, Permission.CUSTOMER_IMPORT).q()
        record = Customer.objects.filter(reach, pk=customer).exclude(state=State.ERASED).select_for_update().first()
        if record is None:
            return False
        draft = self.check(row[1]).parties[0]
        held = _held(record)
        allowed = {spec.key for spec in self.standard.fields_of(Kind(record.kind))}
        fresh: Values = {key: value for key, value in draft.values.items() if key not in held and key in allowed}
        if fresh:
            apply(record, fresh, self.standard, purpose=batch.purposes[0], batch=batch, by=by, at=at)
        return True


def _held(record: Customer) -> set[str]:
    held = set(record.public)
    for packed in Sealed.objects.filter(customer=record).values_list("packed", flat=True):
        held.update(sealing.unpack(bytes(packed)))
    return held


def apply(
    record: Customer,
    changes: Values,
    rules: Standard,
    *,
    purpose: str,
    batch: ImportBatch | None,
    by: Actor,
    at: datetime,
) -> None:
    """Change fields of a locked record, leaving a revision that names the import that merged them, if one did."""
    old_public = {key: record.public.get(key) for key in changes if rules.field(key).field_class is FieldClass.PUBLIC}
    old = writing.replace_sealed(record, changes, rules, at)
    writing.replace_public(record, changes, rules)
    writing.replace_lookups(record, changes, rules)
    Revision.objects.create(
        customer=record,
        version=record.version,
        at=at,
        actor=by.ref,
        purpose=purpose,
        fields=list(changes),
        packed=sealing.pack(old),
        public={key: value for key, value in old_public.items() if value is not None},
        batch=batch,
    )
    record.version += 1
    record.updated_at = at
    record.save()
