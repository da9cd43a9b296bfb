"""Who has looked at a customer and what was done: the ledger's entries in sentences."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from guiju.access import policy
from guiju.access import queries as access
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.access.purposes import BASES, PURPOSES
from guiju.kit.errors import Words
from guiju.ledger import queries as ledger
from guiju.ledger.events import CATALOGUE
from guiju.ledger.models import Entry
from guiju.records import queries, standard
from guiju.records.actions import ERASE_REASONS, RELATIONS
from guiju.records.models import Customer
from guiju.records.queries import REASONS
from guiju.records.showing import envelope
from guiju.records.wording import COLUMNS

PAGE = 50
CLAUSES = re.compile(r"(; |；)")
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


def recent(*, customer: Customer, actor: Actor, size: int) -> list[Told]:
    """Return the newest entries about a record that was found; none out of reach for reading its trail."""
    if not policy.reach(actor, Permission.TRAIL_READ).covers(envelope(customer)):
        return []
    return tell(ledger.trail(customer.pk, limit=size).entries, reader=actor)


def tell(entries: Iterable[Entry], *, reader: Actor | None = None) -> list[Told]:
    """Put entries in sentences of the reader's language; one query for the names of the others who acted."""
    rows = list(entries)
    names = {reader.ref: reader.label} if reader is not None else {}
    names |= access.labels({entry.actor for entry in rows} - names.keys())
    return [
        Told(
            entry=entry,
            sentence=sentence(entry, actor=names.get(entry.actor, entry.actor)),
            purpose=str(PURPOSES[entry.purpose].title) if entry.purpose in PURPOSES else "",
            icon=ICONS.get(entry.kind, "activity"),
        )
        for entry in rows
    ]


def sentence(entry: Entry, *, actor: str) -> str:
    """Return what an entry says, with the words of the collection standard for its codes."""
    event = CATALOGUE.get(entry.kind)
    if event is None:
        return ledger.sentence(entry, actor=actor)
    facts = ledger.facts(entry)
    told = _without(str(event.sentence), [name for name, value in facts.items() if value in ("", None, [])])
    values = {name: _words(value, _vocabulary(name)) for name, value in facts.items()}
    return told.format_map(_Gaps(values, actor=actor))


def _without(sentence: str, empty: Iterable[str]) -> str:
    """Leave out the clauses of a sentence that have nothing to say."""
    first, *rest = CLAUSES.split(sentence)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    unsaid = [f"{{{name}}}" for name in empty]
    return first + "".join(mark + clause for mark, clause in pairs if not any(name in clause for name in unsaid))


def _vocabulary(fact: str) -> Mapping[str, Words]:
    """Return the words of the codes that a fact of an event may hold."""
    words = _VOCABULARIES.get("fields" if fact in ("columns", "clear", "masked", "tokenised") else fact)
    return words() if words else {}


_VOCABULARIES: dict[str, Callable[[], Mapping[str, Words]]] = {
    "fields": lambda: COLUMNS | {key: str(spec.label) for key, spec in standard.load().fields.items()},
    "reason": lambda: REASONS | ERASE_REASONS,
    "relation": lambda: RELATIONS,
    "retention_classes": lambda: {code: str(entry.title) for code, entry in standard.load().retention_classes.items()},
    "purposes": lambda: {code: str(purpose.title) for code, purpose in PURPOSES.items()},
    "basis": lambda: {code: str(basis.title) for code, basis in BASES.items()},
}


class _Gaps(dict[str, str]):
    """Values of a sentence; what an entry of an older version did not record reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _words(value: Any, known: Mapping[str, Words]) -> str:
    if isinstance(value, list):
        return _(", ").join(_words(one, known) for one in value) or _("nothing")
    if value in ("", None):
        return _("none given")
    return str(known.get(value, value)) if isinstance(value, str) else str(value)
