"""Takes an import back, stretch by stretch: created records go with their keys, merged fields are emptied again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.records import standard
from guiju.records.gate import merging
from guiju.records.models import Customer, ImportBatch, Note, Revision, Sealed
from guiju.records.showing import envelope
from guiju.vault import actions as vault_actions
from guiju.vault import sealing

MERGES = "merges:"
"""How ``revert_after`` says that the created records are done, with the last merge taken back."""


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What one stretch took back. ``after`` is the last record looked at.

    ``kept`` ones were worked on since, or lie out of the actor's reach.
    """

    customers: tuple[UUID, ...]
    removed: int = 0
    restored: int = 0
    kept: int
    seen: int
    after: str
    more: bool = True


def stretch(batch: ImportBatch, *, size: int, by: Actor, at: datetime) -> Undone:
    """Take back the next ``size`` records of ``batch``: first those it created, then those it merged into."""
    after = str(batch.report.get("revert_after", ""))
    if after.startswith(MERGES):
        return _merges(batch, after=int(after.removeprefix(MERGES)), size=size, by=by, at=at)
    created = Customer.objects.filter(batch=batch)
    if after:
        created = created.filter(pk__gt=after)
    changed = Exists(Revision.objects.filter(customer=OuterRef("pk")).exclude(batch=batch))
    noted = Exists(Note.objects.filter(customer=OuterRef("pk")))
    rows = list(created.annotate(worked_on=changed | noted).order_by("pk").select_for_update(of=("self",))[:size])
    reach = policy.reach(by, Permission.CUSTOMER_IMPORT)
    gone = [row.pk for row in rows if not row.worked_on and reach.covers(envelope(row))]
    if gone:
        vault_actions.shred_many(customers=gone, by=by, at=at)
        Customer.objects.filter(pk__in=gone).delete()
    return Undone(
        customers=tuple(gone),
        removed=len(gone),
        kept=len(rows) - len(gone),
        seen=len(rows),
        after=str(rows[-1].pk) if len(rows) == size else f"{MERGES}0",
    )


def _merges(batch: ImportBatch, *, after: int, size: int, by: Actor, at: datetime) -> Undone:
    rules = standard.load()
    revisions = list(Revision.objects.filter(batch=batch, pk__gt=after).order_by("pk")[:size])
    records = Customer.objects.in_bulk([revision.customer_id for revision in revisions])
    reach = policy.reach(by, Permission.CUSTOMER_IMPORT)
    restored = []
    for revision in revisions:
        record = records[revision.customer_id]
        changes = dict.fromkeys(_still_merged(record, revision)) if reach.covers(envelope(record)) else {}
        if changes:
            merging.apply(record, changes, rules, purpose=revision.purpose, batch=None, by=by, at=at)
            restored.append(record.pk)
    return Undone(
        customers=tuple(restored),
        restored=len(restored),
        kept=len(revisions) - len(restored),
        seen=len(revisions),
        after=f"{MERGES}{revisions[-1].pk if revisions else after}",
        more=len(revisions) == size,
    )


def _still_merged(record: Customer, revision: Revision) -> list[str]:
    """Return the fields that still hold what the merge wrote: sealed at the version right after it."""
    written = revision.version + 1
    held: dict[str, int] = {}
    for packed in Sealed.objects.filter(customer=record).values_list("packed", flat=True):
        held.update({key: version for key, (version, _ciphertext) in sealing.unpack(bytes(packed)).items()})
    unchanged = record.version == written
    return [key for key in revision.fields if held.get(key) == written or (unchanged and key in record.public)]
