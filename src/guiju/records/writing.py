"""How a change to one record is checked against standard and policy, and written. Only ``actions`` calls this."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.fields import Visibility
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.kit.errors import Invalid, NotPermitted, Problem, Refused
from guiju.records import filing, placing, taken
from guiju.records.filing import Values
from guiju.records.models import Customer, Lookup, State
from guiju.records.showing import envelope
from guiju.records.standard import Kind, Standard


def _required(field_key: str, rules: Standard) -> Problem:
    label = rules.field(field_key).label
    return Problem(
        field=field_key,
        rule="required",
        message=_("%(field)s is required by the collection standard.") % {"field": label},
    )


class Duplicate(Refused):
    """Another customer already has a value that nobody may share."""

    code = "duplicate"
    status = 409
    message = _("Another customer already has this value.")
    remedy = _("Open that record instead, or correct the value.")


class LiftRefused(NotPermitted):
    """Whoever a restriction keeps out cannot lift it."""

    code = "restricted"
    message = _("Processing of this record is restricted, and this purpose does not lift it.")
    remedy = _("Complaint handling, legal or security work may lift the restriction.")


def missing(kind: Kind, values: Values, rules: Standard) -> list[Problem]:
    """Return fields the standard does not know for this kind, and required ones that are empty."""
    allowed = {spec.key: spec for spec in rules.fields_of(kind)}
    unknown = [
        Problem(
            field=key,
            rule="collection-standard",
            message=_("The collection standard has no such field for this kind of customer."),
            remedy=_("Leave it out, or have the standard extended first."),
        )
        for key in values
        if key not in allowed
    ]
    return unknown + [_required(key, rules) for key, spec in allowed.items() if spec.required and not values.get(key)]


def missing_after(record: Customer, changes: Mapping[str, object], rules: Standard) -> list[Problem]:
    """Return the required fields that a change would leave empty."""
    specs = rules.fields_of(Kind(record.kind))
    return [_required(one.key, rules) for one in specs if one.required and one.key in changes and not changes[one.key]]


def not_changeable(
    record: Customer, changes: Mapping[str, object], purpose: str, by: Actor, rules: Standard
) -> list[Problem]:
    """Return the fields of a change that the actor may not see, and so may not change."""
    specs = {spec.key: spec for spec in rules.fields_of(Kind(record.kind)) if spec.key in changes}
    lens = policy.lens(by, purpose=purpose, fields=[spec.protected for spec in specs.values()])
    seen = lens.map_for(envelope(record))
    return [
        Problem(
            field=key,
            rule="field-policy",
            message=_("Under this purpose your role does not reach this field."),
            remedy=_("Switch to a purpose that needs it, or ask a colleague who works with it."),
        )
        for key in changes
        if key not in specs or seen[key] in (Visibility.ABSENT, Visibility.TOKENISED)
    ]


def may_lift(by: Actor, purpose: str) -> bool:
    """Say whether work under ``purpose`` may lift a restriction: only work that may see restricted records."""
    return purpose in by.purposes and PURPOSES[purpose].inherent


COLUMNS = {"unit_id", "owner_id", "jurisdiction", "tags", "reference", "state"}


def replace_columns(record: Customer, columns: Mapping[str, object], by: Actor, purpose: str) -> dict[str, object]:
    """Change envelope columns; return what they held before. Raises LiftRefused where ``purpose`` is kept out."""
    unknown = columns.keys() - COLUMNS
    if unknown:
        raise Invalid(
            problems=[Problem(field=key, rule="columns", message=_("This cannot be changed.")) for key in unknown]
        )
    if columns.get("state", State.ACTIVE) not in (State.ACTIVE, State.RESTRICTED):
        message = _("A record is erased by destroying its keys, not by changing its state.")
        raise Invalid(problems=[Problem(field="state", rule="state", message=message)])
    lifts = record.state == State.RESTRICTED and columns.get("state", State.RESTRICTED) != State.RESTRICTED
    if lifts and not may_lift(by, purpose):
        raise LiftRefused
    before = {}
    for name, value in columns.items():
        held = getattr(record, name)
        if held != value:
            before[name] = str(held) if name == "owner_id" and held else held
            setattr(record, name, value)
    if before.keys() & {"unit_id", "owner_id"}:
        problems = placing.problems(
            unit_id=record.unit_id, owner_id=record.owner_id, by=by, permission=Permission.CUSTOMER_UPDATE
        )
        if problems:
            raise Invalid(problems=problems)
    return before


def insert_lookups(customer: UUID, digests: Iterable[filing.Digest], *, by: Actor, at: datetime) -> None:
    """Insert lookup digests; raises what ``unique`` does."""
    given = list(digests)
    with unique(given, by=by, at=at):
        Lookup.objects.bulk_create(
            Lookup(customer_id=customer, field=one.field, digest=one.digest, exclusive=one.exclusive) for one in given
        )


@contextmanager
def unique(digests: Iterable[filing.Digest], *, by: Actor, at: datetime) -> Iterator[None]:
    """Turn the database's refusal of an exclusive digest that another customer holds into Duplicate.

    Where that customer is out of reach it raises NotAccepted, which tells nothing of it, and soon TooOften.
    """
    exclusive = [one.digest for one in digests if one.exclusive]
    if not exclusive:
        yield
        return
    taken.check(by=by, at=at)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise _shared(exclusive, by) from error


def _shared(digests: list[bytes], by: Actor) -> Refused:
    held = Lookup.objects.filter(digest__in=digests, exclusive=True).select_related("customer").order_by("field")
    reach = policy.reach(by, Permission.CUSTOMER_READ)
    beyond = [one.field for one in held if not reach.covers(envelope(one.customer))]
    if beyond:
        return taken.refusal(beyond, by=by)
    return Duplicate(problems=[Problem(field=one.field, rule="unique", message=Duplicate.message) for one in held])
