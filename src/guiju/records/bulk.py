"""Changing many records at once: owner, unit or tags; with a preview before and an undo after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.door import action
from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.kit.errors import Invalid, NotFound, Problem
from guiju.kit.ids import parse_number, parse_uuid, uuid7
from guiju.ledger import journal
from guiju.records import events
from guiju.records.models import Customer, Revision, State
from guiju.records.showing import envelope
from guiju.vault import sealing

MOST = 1_000
LONGEST_TAG = 40


class Change(StrEnum):
    """What can be done to many records at once."""

    OWNER = "owner"
    UNIT = "unit"
    ADD_TAG = "add-tag"
    REMOVE_TAG = "remove-tag"


COLUMN = {Change.OWNER: "owner_id", Change.UNIT: "unit_id", Change.ADD_TAG: "tags", Change.REMOVE_TAG: "tags"}


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a change would do: how many records it changes, leaves as they are, and cannot reach."""

    changes: int
    unchanged: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a change did; ``bulk`` names it for the undo."""

    bulk: UUID
    changed: int


def preview(*, customers: Iterable[UUID], change: Change, value: str, by: Actor) -> Preview:
    """Return what ``bulk_change`` would do; raises Invalid where the value is none."""
    wanted = list(dict.fromkeys(customers))
    new = _value(change, value, by)
    records = list(_reached(wanted, by))
    changes = sum(1 for one in records if _after(one, change, new) != getattr(one, COLUMN[change]))
    return Preview(changes=changes, unchanged=len(records) - changes, refused=len(wanted) - len(records))


@action(needs=Permission.CUSTOMER_UPDATE)
def bulk_change(
    *, customers: Iterable[UUID], change: Change, value: str, purpose: str, by: Actor, at: datetime
) -> Done:
    """Change owner, unit or tags of the records within reach that it changes at all; one entry for all of them."""
    new = _value(change, value, by)
    column = COLUMN[change]
    records = list(_reached(list(customers), by).select_for_update(of=("self",)))
    after = {one.pk: _after(one, change, new) for one in records}
    changing = [one for one in records if after[one.pk] != getattr(one, column)]
    return _write(records=changing, column=column, after=after, purpose=purpose, by=by, at=at)


@action(needs=Permission.CUSTOMER_UPDATE)
def undo_bulk(*, bulk: UUID, purpose: str, by: Actor, at: datetime) -> Done:
    """Put back what a bulk change of the same actor replaced, where nothing was changed since.

    Records whose former unit the actor no longer reaches stay where they are.
    """
    past = {one.customer_id: one for one in Revision.objects.filter(bulk=bulk, actor=by.ref)}
    if not past:
        raise NotFound(_("There is no such change of yours."))
    column = next(iter(past.values())).fields[0]
    held = {pk: _held(column, revision.public.get(column)) for pk, revision in past.items()}
    reached = _reached(list(past), by).select_for_update(of=("self",))
    records = [one for one in reached if one.version == past[one.pk].version + 1]
    if column == COLUMN[Change.UNIT]:
        mine = policy.reach(by, Permission.CUSTOMER_UPDATE)
        records = [one for one in records if mine.covers(replace(envelope(one), unit_id=held[one.pk]))]
    return _write(records=records, column=column, after=held, purpose=purpose, by=by, at=at)


def _held(column: str, kept: Any) -> Any:
    return parse_uuid(kept or "") if column == "owner_id" else kept


def _reached(customers: list[UUID], by: Actor) -> Any:
    if len(customers) > MOST:
        problem = Problem(field="picked", rule="too-many", message=_("Too many records for one change."))
        raise Invalid(problems=[problem])
    within = Customer.objects.filter(policy.reach(by, Permission.CUSTOMER_UPDATE).q(), pk__in=customers)
    return within.exclude(state=State.ERASED).order_by("id")


def _value(change: Change, value: str, by: Actor) -> Any:
    if change is Change.OWNER:
        owner = parse_uuid(value)
        if value and (owner is None or not Person.objects.filter(pk=owner, is_active=True).exists()):
            raise _invalid(_("There is no such person."))
        return owner
    if change is Change.UNIT:
        unit = parse_number(value) or 0
        place = policy.Envelope(unit_id=unit)
        if not policy.reach(by, Permission.CUSTOMER_UPDATE).covers(place) or not Unit.objects.filter(pk=unit).exists():
            raise _invalid(_("You cannot move customers to this unit."))
        return unit
    tag = value.strip()
    if not tag or len(tag) > LONGEST_TAG or "," in tag:
        raise _invalid(_("A tag is a short word without commas."))
    return tag


def _invalid(message: Any) -> Invalid:
    return Invalid(problems=[Problem(field="value", rule="choice", message=message)])


def _after(record: Customer, change: Change, new: Any) -> Any:
    if change is Change.ADD_TAG:
        return record.tags if new in record.tags else [*record.tags, new]
    if change is Change.REMOVE_TAG:
        return [tag for tag in record.tags if tag != new]
    return new


def _write(
    *, records: list[Customer], column: str, after: Mapping[UUID, Any], purpose: str, by: Actor, at: datetime
) -> Done:
    if not records:
        problem = Problem(field="picked", rule="nothing", message=_("There is nothing to change."))
        raise Invalid(problems=[problem])
    bulk = uuid7()
    revisions = []
    for one in records:
        before = getattr(one, column)
        revisions.append(
            Revision(
                customer=one,
                version=one.version,
                at=at,
                actor=by.ref,
                purpose=purpose,
                fields=[column],
                packed=sealing.pack({}),
                public={column: str(before) if isinstance(before, UUID) else before},
                bulk=bulk,
            )
        )
        setattr(one, column, after[one.pk])
        one.version += 1
        one.updated_at = at
    Revision.objects.bulk_create(revisions)
    Customer.objects.bulk_update(records, [column.removesuffix("_id"), "version", "updated_at"])
    event = events.CustomersChanged(
        customers=tuple(one.pk for one in records), fields=(column,), count=len(records), bulk=bulk
    )
    journal.record(event, by=by, at=at, purpose=purpose)
    return Done(bulk=bulk, changed=len(records))
