"""Who has looked at a customer and what was done: the ledger's entries in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access import policy, telling
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.access.purposes import BASES, PURPOSES
from guiju.kit.errors import NotFound, NotPermitted, Words
from guiju.ledger import queries as ledger
from guiju.ledger.models import Entry
from guiju.records import reaching, standard
from guiju.records.actions import ERASE_REASONS, RELATIONS
from guiju.records.exports.wording import ENDINGS
from guiju.records.exports.wording import STATES as EXPORTS
from guiju.records.gate.wording import LEFTOVER_REASONS
from guiju.records.gate.wording import STATES as IMPORTS
from guiju.records.models import Customer
from guiju.records.queries import REASONS
from guiju.records.showing import envelope
from guiju.records.wording import COLUMNS

PAGE = 50
ICONS = {
    "records.customer.created": "plus",
    "records.customer.updated": "pencil",
    "records.customers.changed": "pencil",
    "records.field.revealed": "eye",
    "records.customer.erased": "flame",
    "records.note.added": "note",
    "records.customers.exported": "file-export",
    "records.export.withdrawn": "file-export",
    "records.customers.imported": "file-import",
    "records.history.opened": "history",
    "records.customers.listed": "list",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One entry as people read it."""

    entry: Entry
    sentence: str
    purpose: Words
    icon: str


@dataclass(frozen=True, kw_only=True)
class Trail:
    """One page of the entries about a customer, newest first; ``older`` is the cursor to the next page."""

    told: list[Told]
    older: int | None


def trail(*, customer: UUID, actor: Actor, before: int | None = None, size: int = PAGE) -> Trail:
    """Return the entries about a customer that are older than ``before``.

    Raises NotFound where the customer is out of reach for reading its trail.
    """
    reaching.find(customer=customer, actor=actor, permission=Permission.TRAIL_READ)
    found = ledger.trail(customer, before=before, limit=size)
    return Trail(told=tell(found.entries), older=found.before)


def recent(*, customer: Customer, actor: Actor, size: int) -> list[Told]:
    """Return the newest entries about a record that was found; none out of reach for reading its trail."""
    if not policy.reach(actor, Permission.TRAIL_READ).covers(envelope(customer)):
        return []
    return tell(ledger.trail(customer.pk, limit=size).entries)


class OthersNamed(NotPermitted):
    """The leaf of an entry is its whole content, so that its proof names every customer the entry is about."""

    code = "others-named"
    message = _("This entry is about other customers too whom your role does not reach; its proof would name them.")
    remedy = _("Ask somebody who reads the ledger for the proof.")


def provable(entries: Iterable[Entry], *, actor: Actor) -> set[int]:
    """Return the entries whose proof tells the actor of no customer they do not reach: one query for all."""
    found = list(entries)
    if actor.may(Permission.LEDGER_READ):
        return {entry.pk for entry in found}
    named = {subject for entry in found for subject in entry.subjects}
    reach = policy.reach(actor, Permission.TRAIL_READ).q()
    within = set(Customer.objects.filter(reach, pk__in=named).values_list("pk", flat=True)) if named else set()
    return {entry.pk for entry in found if within.issuperset(entry.subjects)}


def proof(*, customer: UUID, entry: int, actor: Actor) -> ledger.Proof:
    """Return the proof of one entry about a customer.

    Raises NotFound where there is none for this actor, OthersNamed where it would name customers out of reach.
    """
    reaching.find(customer=customer, actor=actor, permission=Permission.TRAIL_READ)
    found = ledger.entry(entry)
    if found is None or customer not in found.subjects:
        raise NotFound(_("There is no such entry about this customer."))
    if not provable([found], actor=actor):
        raise OthersNamed
    proven = ledger.proof(found)
    if proven is None:
        raise NotFound(_("This entry is not sealed yet."), remedy=_("Try again in a few seconds."))
    return proven


def tell(entries: Iterable[Entry], *, reader: Actor | None = None) -> list[Told]:
    """Put entries in sentences of the reader's language; one query for the names of the others who acted."""
    known = {reader.ref: reader.label} if reader is not None else {}
    return [
        Told(
            entry=one.entry,
            sentence=one.sentence,
            purpose=str(PURPOSES[one.entry.purpose].title) if one.entry.purpose in PURPOSES else "",
            icon=ICONS.get(one.entry.kind, "activity"),
        )
        for one in telling.tell(list(entries), known=known)
    ]


def _fields() -> dict[str, Words]:
    return COLUMNS | {key: str(spec.label) for key, spec in standard.load().fields.items()}


def _classes() -> dict[str, Words]:
    return {code: str(entry.title) for code, entry in standard.load().retention_classes.items()}


ledger.teach(
    "records",
    "vault",
    words={
        **dict.fromkeys(("fields", "columns", "clear", "masked", "tokenised"), _fields),
        **dict.fromkeys(("classes", "retention_classes"), _classes),
        "reason": lambda: REASONS | ERASE_REASONS | ENDINGS | LEFTOVER_REASONS,
        "relation": lambda: RELATIONS,
        "purposes": lambda: {code: str(purpose.title) for code, purpose in PURPOSES.items()},
        "basis": lambda: {code: str(basis.title) for code, basis in BASES.items()},
        "state": lambda: {code: words for code, (_tone, words) in (EXPORTS | IMPORTS).items()},
    },
)
