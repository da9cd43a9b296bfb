"""Takes an import back, stretch by stretch: created records go with their keys, merged fields are emptied again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import NotFound
from guiju.records import changing, standard
from guiju.records.exports import withdrawing
from guiju.records.exports.wording import REVERTED
from guiju.records.filing import Values
from guiju.records.holding import Erased, Held, hold
from guiju.records.models import Customer, ImportBatch, Note, Relationship, Revision
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
    ties = Relationship.objects.exclude(batch=batch, ended_at=None)
    tied = Exists(ties.filter(subject=OuterRef("pk"))) | Exists(ties.filter(related=OuterRef("pk")))
    created = created.annotate(worked_on=changed | noted | tied)
    rows = list(created.order_by("pk").select_for_update(of=("self",))[:size])
    reach = policy.reach(by, Permission.CUSTOMER_IMPORT)
    gone = [row.pk for row in rows if not row.worked_on and reach.covers(envelope(row))]
    if gone:
        withdrawing.holding(customers=gone, reason=REVERTED, by=by, at=at)
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
    revisions = list(Revision.objects.filter(batch=batch, pk__gt=after).order_by("pk")[:size])
    restored = [one.customer_id for one in revisions if _restore(one, by=by, at=at)]
    return Undone(
        customers=tuple(restored),
        restored=len(restored),
        kept=len(revisions) - len(restored),
        seen=len(revisions),
        after=f"{MERGES}{revisions[-1].pk if revisions else after}",
        more=len(revisions) == size,
    )


def _restore(revision: Revision, *, by: Actor, at: datetime) -> bool:
    """Empty the fields again that a merge filled; False where none is as it was or the record is out of reach."""
    try:
        held = hold(customer=revision.customer_id, by=by, permission=Permission.CUSTOMER_IMPORT)
    except (NotFound, Erased):
        return False
    changes: Values = dict.fromkeys(_still_merged(held, revision))
    if changes:
        work = changing.Work(by=by, at=at, purpose=revision.purpose)
        changing.change(held, changes, work=work, rules=standard.load())
    return bool(changes)


def _still_merged(held: Held, revision: Revision) -> list[str]:
    """Return the fields that still hold what the merge wrote: sealed at the version right after it."""
    written = revision.version + 1
    versions: dict[str, int] = {}
    for packed in held.contents.packed.values():
        versions.update({key: version for key, (version, _ciphertext) in sealing.unpack(packed).items()})
    public = held.record.public if held.record.version == written else {}
    return [key for key in revision.fields if versions.get(key) == written or key in public]
