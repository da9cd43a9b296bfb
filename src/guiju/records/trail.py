"""Who has looked at a customer and what was done: the ledger's entries in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from guiju.access import queries as access
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.kit.errors import Words
from guiju.ledger import queries as ledger
from guiju.ledger.events import CATALOGUE
from guiju.ledger.models import Entry
from guiju.records import queries, standard
from guiju.records.actions import ERASE_REASONS, RELATIONS
from guiju.records.queries import REASONS
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
    queries.reached(customer=customer, actor=actor, permission=Permission.TRAIL_READ)
    found = ledger.trail(customer, before=before, limit=size)
    return Trail(told=tell(found.entries), older=found.before)


def tell(entries: Iterable[Entry]) -> list[Told]:
    """Put entries in sentences of the reader's language; one query for the names of all who acted."""
    rows = list(entries)
    names = access.labels({entry.actor for entry in rows})
    return [
        Told(
            entry=entry,
            sentence=sentence(entry, actor=names.get(entry.actor, entry.actor)),
            purpose=PURPOSES[entry.purpose].title if entry.purpose in PURPOSES else "",
            icon=ICONS.get(entry.kind, "activity"),
        )
        for entry in rows
    ]


def sentence(entry: Entry, *, actor: str) -> str:
    """Return what an entry says, with the words of the collection standard for its codes."""
    event = CATALOGUE.get(entry.kind)
    if event is None:
        return ledger.sentence(entry, actor=actor)
    values = {name: _words(value) for name, value in ledger.facts(entry).items()}
    return str(event.sentence).format_map(_Gaps(values, actor=actor))


class _Gaps(dict[str, str]):
    """Values of a sentence; what an entry of an older version did not record reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return _(", ").join(_words(one) for one in value) or _("nothing")
    if value in ("", None):
        return _("none given")
    return str(_word(value)) if isinstance(value, str) else str(value)


def _word(code: str) -> Words:
    rules = standard.load()
    if code in rules.fields:
        return str(rules.fields[code].label)
    if code in rules.retention_classes:
        return str(rules.retention_classes[code].title)
    for known in (COLUMNS, REASONS, RELATIONS, ERASE_REASONS):
        if code in known:
            return known[code]
    return code
