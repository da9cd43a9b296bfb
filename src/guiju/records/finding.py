"""Which records a list shows: filters, search over sealed values, order and keyset pages, all as one query."""

import re
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import Invalid, Problem
from guiju.records import filing, standard
from guiju.records.models import Customer, Lookup, State
from guiju.records.standard import Kind
from guiju.vault import lookups

PAGE = 50
MOST = 200
MAX_TOKENS = 6
INDEXED_PART = re.compile("[A-Za-z0-9]{3}")
"""What the index of parts of names can look for; parts of Chinese names are found by their pairs of characters."""
PERSONS_NAME = "person-name"
NOWHERE = Q(pk__in=())
SORTS = {
    "newest": ("-id",),
    "oldest": ("id",),
    "updated": ("-updated_at", "-id"),
    "unchanged": ("updated_at", "id"),
    "name": ("name", "id"),
    "name-down": ("-name", "-id"),
}
SORT_TITLES = {
    "newest": _("newest first"),
    "oldest": _("oldest first"),
    "updated": _("last changed first"),
    "unchanged": _("longest unchanged first"),
    "name": _("name A to Z"),
    "name-down": _("name Z to A"),
}


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What narrows a list. Empty means no narrowing; ``text`` is searched for and never stored or logged."""

    kind: str = ""
    state: str = ""
    unit: int | None = None
    owner: UUID | None = None
    tag: str = ""
    basis: str = ""
    purpose: str = ""
    jurisdiction: str = ""
    batch: UUID | None = None
    initial: str = ""
    created_from: datetime | None = None
    created_until: datetime | None = None
    text: str = ""
    sort: str = "newest"

    def told(self) -> dict[str, str]:
        """Return the filters in use, without the text searched for: safe to keep and to show."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) for name, value in named.items() if value and name not in ("text", "sort")}


PLAIN = {
    "kind": "kind",
    "state": "state",
    "unit": "unit_id",
    "owner": "owner_id",
    "basis": "basis",
    "jurisdiction": "jurisdiction",
    "batch": "batch_id",
    "created_from": "created_at__gte",
    "created_until": "created_at__lt",
}


def matching(
    *, actor: Actor, filters: Filters, permission: Permission = Permission.CUSTOMER_READ, purpose: str = ""
) -> "QuerySet[Customer]":
    """Return the customers within the actor's reach that match; unordered and unsliced.

    A sealed value is found only in records of which it shows to the actor under ``purpose``: a hit would tell it.
    """
    found = Customer.objects.filter(policy.reach(actor, permission).q())
    for name, column in PLAIN.items():
        value = getattr(filters, name)
        if value:
            found = found.filter(**{column: value})
    if not filters.state:
        found = found.exclude(state=State.ERASED)
    if filters.tag:
        found = found.filter(tags__contains=[filters.tag])
    if filters.purpose:
        found = found.filter(purposes__contains=[filters.purpose])
    text = filters.text.strip()
    if text or filters.initial:
        shown = shows(actor, purpose=purpose, permission=permission)
        if text:
            found = found.filter(_text(text, shown))
        if filters.initial:
            found = found.filter(_named(Q(initial=filters.initial), shown))
    return found


class _OneOf(Func):
    """Whether the first expression is in the array that is the second; an index serves it, beside others in an OR."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


type Shows = list[tuple[frozenset[str], Q]]
"""Searchable fields, and the records of which the reader sees more than a token of them."""


def shows(actor: Actor, *, purpose: str, permission: Permission = Permission.CUSTOMER_READ) -> Shows:
    """Return of which records the actor sees the searchable fields under ``purpose``."""
    fields = [spec.protected for spec in standard.load().entries if spec.searchable]
    return policy.lens(actor, purpose=purpose, fields=fields, permission=permission).shown()


def holding(digests: list[bytes], shown: Shows) -> Q:
    """Return the customers that hold a value with one of ``digests`` where the reader sees it."""
    found = NOWHERE
    for keys, where in shown:
        holders = Lookup.objects.filter(digest__in=digests, field__in=keys).values("customer_id")
        found |= Q(_OneOf(F("pk"), ArraySubquery(holders))) & where
    return found


def _named(hit: Q, shown: Shows) -> Q:
    """Return the hits in names where the reader sees them; an organisation's name is public."""
    found = hit & Q(kind=Kind.ORGANISATION)
    for keys, where in shown:
        if PERSONS_NAME in keys:
            found |= hit & where
    return found


def _text(text: str, shown: Shows) -> Q:
    found = Q(reference=text)
    digests = lookups.exact_digests(text)
    if digests:
        found |= holding(digests, shown)
    tokens = lookups.name_digests(text)[:MAX_TOKENS]
    if tokens:
        found |= _named(Q(names__contains=[filing.word_of(digest) for digest in tokens]), shown)
    if INDEXED_PART.search(text):
        found |= Q(name__icontains=text)
    return found


@dataclass(frozen=True)
class Slice:
    """One page of customers, and the cursors to the pages around it."""

    customers: list[Customer]
    newer: UUID | None
    older: UUID | None


def page(
    found: "QuerySet[Customer]", *, sort: str, after: UUID | None = None, before: UUID | None = None, size: int = PAGE
) -> Slice:
    """Cut one page out of ``found``: the rows after one row, or before one. Raises Invalid for an unknown sort."""
    if sort not in SORTS:
        raise Invalid(problems=[Problem(field="sort", rule="choice", message=_("There is no such order."))])
    size = max(1, min(size, MOST))
    order = SORTS[sort]
    edge = after or before
    if edge is not None:
        found = found.filter(_beyond(order, edge, forward=after is not None))
    going = order if before is None else tuple(_turned(key) for key in order)
    rows = list(found.select_related("unit", "owner").order_by(*going)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if before is not None:
        rows.reverse()
    first, last = (rows[0].pk, rows[-1].pk) if rows else (None, None)
    has_newer = more if before is not None else after is not None
    has_older = more if before is None else True
    return Slice(rows, newer=first if has_newer else None, older=last if has_older else None)


def _turned(key: str) -> str:
    return key.removeprefix("-") if key.startswith("-") else f"-{key}"


def _beyond(order: tuple[str, ...], edge: UUID, *, forward: bool) -> Q:
    down = order[0].startswith("-") == forward
    comparison = "lt" if down else "gt"
    if len(order) == 1:
        return Q(**{f"pk__{comparison}": edge})
    column = order[0].removeprefix("-")
    value = Customer.objects.filter(pk=edge).values(column)[:1]
    return Q(**{f"{column}__{comparison}": value}) | Q(**{column: value, f"pk__{comparison}": edge})
