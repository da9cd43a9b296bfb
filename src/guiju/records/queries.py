"""The only place that reads across customer records: reach, field policy and a read entry, every time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.fields import Visibility
from guiju.access.permissions import Permission
from guiju.kit.errors import Invalid, NotFound, NotPermitted, Problem
from guiju.ledger import journal
from guiju.records import events, finding, reaching, standard
from guiju.records.finding import Filters
from guiju.records.holding import Held
from guiju.records.models import Customer, Lookup, Note, Relationship, Revision
from guiju.records.showing import Shown, envelope, show, with_keys
from guiju.records.standard import FieldSpec, Kind

NAMES = ("organisation-name", "person-name")
DEFAULT_COLUMNS = ("phones", "emails", "job-title")
COUNT_UP_TO = 10_000


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One page of a list: rows as the actor may see them, the columns shown, and cursors to the pages around."""

    rows: list[Shown]
    columns: list[FieldSpec]
    newer: UUID | None
    older: UUID | None
    filters: Filters


def listing(
    *,
    actor: Actor,
    purpose: str,
    at: datetime,
    filters: Filters,
    after: UUID | None = None,
    before: UUID | None = None,
    size: int = finding.PAGE,
    columns: Iterable[str] = DEFAULT_COLUMNS,
) -> Listing:
    """Return one page of the customers the actor reaches, and record who was shown with which columns."""
    _demand(actor, Permission.CUSTOMER_READ)
    rules = standard.load()
    specs = _columns(columns)
    found = finding.matching(actor=actor, filters=filters, purpose=purpose)
    cut = finding.page(found, sort=filters.sort, after=after, before=before, size=size)
    names = [rules.field(key) for key in NAMES]
    rows = show(customers=cut.customers, specs=[*names, *specs], actor=actor, purpose=purpose, standard=rules)
    shown = [row.customer for row in rows]
    record_listed(
        shown, [spec.key for spec in specs], actor=actor, purpose=purpose, at=at, searched=bool(filters.text)
    )
    return Listing(rows=rows, columns=specs, newer=cut.newer, older=cut.older, filters=filters)


def record_listed(
    customers: list[Customer],
    columns: Iterable[str],
    *,
    actor: Actor,
    purpose: str,
    at: datetime,
    searched: bool = False,
) -> None:
    """Record that some columns of these customers were shown in a list."""
    if customers:
        event = events.CustomersListed(
            customers=tuple(one.pk for one in customers),
            count=len(customers),
            columns=tuple(columns),
            searched=searched,
        )
        journal.record(event, by=actor, at=at, purpose=purpose)


def _columns(keys: Iterable[str]) -> list[FieldSpec]:
    fields = standard.load().fields
    unknown = [key for key in keys if key not in fields]
    if unknown:
        message = _("The collection standard has no such field.")
        raise Invalid(problems=[Problem(field=key, rule="columns", message=message) for key in unknown])
    return [fields[key] for key in keys if key not in NAMES]


def count(*, actor: Actor, filters: Filters, purpose: str = "") -> int:
    """Return how many customers match, counting no further than one past ``COUNT_UP_TO``."""
    found = finding.matching(actor=actor, filters=filters, purpose=purpose)
    return found.order_by().values("pk")[: COUNT_UP_TO + 1].count()


def opened(
    *,
    customer: UUID,
    actor: Actor,
    purpose: str,
    at: datetime,
    reveal: Iterable[str] = (),
    reason: str = "",
    only: Iterable[str] | None = None,
    permission: Permission = Permission.CUSTOMER_READ,
    held: Held | None = None,
    seen: Shown | None = None,
) -> Shown:
    """Return one customer with every field the actor may see, and record the look; ``reveal`` opens masked fields.

    ``only`` limits the look to some fields, as a page does that shows nothing but the name; ``permission`` is what
    the look is for. ``held`` is the record where the caller holds it for a change; ``seen`` is what this request has
    shown of it already, so that a look which shows no more is the same look. Raises NotFound out of reach,
    NotPermitted where a field to reveal does not open further for this actor under this purpose, Invalid where
    revealing a sensitive field lacks a reason.
    """
    rules = standard.load()
    if held is None or not policy.reach(actor, permission).covers(envelope(held.record)):
        found = reaching.find_with_sealed(customer=customer, actor=actor, permission=permission)
        record = found.record
        contents = with_keys(found.packed, customers=[customer], keys_of=rules.retention_classes)
    else:
        record, contents = held.record, held.contents
    wanted = None if only is None else frozenset(only)
    specs = [spec for spec in rules.fields_of(Kind(record.kind)) if wanted is None or spec.key in wanted]
    asked = frozenset(reveal)
    if asked:
        lens = policy.lens(actor, purpose=purpose, fields=[spec.protected for spec in specs])
        _check_reveal(record, specs, asked, lens, reason)
    (shown,) = show(
        customers=[record],
        specs=specs,
        actor=actor,
        purpose=purpose,
        standard=rules,
        revealed=asked,
        held=contents,
    )
    if asked:
        revealed = events.FieldRevealed(customer=record.pk, fields=tuple(sorted(asked)), reason=reason[:200])
        journal.record(revealed, by=actor, at=at, purpose=purpose)
    elif seen is None or not _same_look(shown, seen):
        look = events.CustomerOpened(
            customer=record.pk,
            clear=shown.seen_as(Visibility.CLEAR),
            masked=shown.seen_as(Visibility.MASKED),
            tokenised=shown.seen_as(Visibility.TOKENISED),
        )
        journal.record(look, by=actor, at=at, purpose=purpose)
    return shown


def _same_look(shown: Shown, seen: Shown) -> bool:
    return shown.customer.pk == seen.customer.pk and all(
        set(shown.seen_as(visibility)) <= set(seen.seen_as(visibility)) for visibility in Visibility
    )


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """How much hangs on a record: earlier versions, notes, lookup digests, relationships."""

    versions: int
    notes: int
    lookups: int
    ties: int


def holdings(*, customer: UUID, actor: Actor) -> Holdings:
    """Return how much hangs on a record, for the page that erases it."""
    reaching.find(customer=customer, actor=actor, permission=Permission.CUSTOMER_ERASE)
    either = Q(subject_id=customer) | Q(related_id=customer)
    return Holdings(
        versions=Revision.objects.filter(customer_id=customer).count(),
        notes=Note.objects.filter(customer_id=customer).count(),
        lookups=Lookup.objects.filter(customer_id=customer).count(),
        ties=Relationship.objects.filter(either, ended_at=None).count(),
    )


REASONS = {
    "call-back": _("call or write to the customer"),
    "verify-identity": _("verify the customer's identity"),
    "correct": _("correct the record"),
    "complaint": _("answer a complaint"),
    "duty": _("meet a legal duty"),
}


def _check_reveal(
    record: Customer, specs: Iterable[FieldSpec], asked: frozenset[str], lens: policy.Lens, reason: str
) -> None:
    known = {spec.key: spec for spec in specs}
    place = envelope(record)
    for key in sorted(asked):
        if key not in known or not lens.may_reveal(known[key].protected, place):
            raise NotPermitted(
                _("This field does not open further for your role under this purpose."),
                remedy=_("Switch to a purpose that needs it, or ask a colleague who works with it."),
            )
        if known[key].field_class == "sensitive" and reason not in REASONS:
            raise Invalid(
                problems=[
                    Problem(
                        field="reason",
                        rule="required",
                        message=_("Revealing sensitive personal data needs a reason."),
                        remedy=_("Choose one of: %(codes)s.") % {"codes": ", ".join(REASONS)},
                    )
                ]
            )


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A relationship seen from one customer, with the other one as the actor may see it; ``forward`` from subject."""

    relationship: Relationship
    other: Shown
    forward: bool


def ties(*, customer: UUID, actor: Actor, purpose: str, at: datetime) -> list[Tie]:
    """Return the current relationships of a customer to customers within the actor's reach, and record the look."""
    reaching.find(customer=customer, actor=actor)
    found = Relationship.objects.filter(ended_at=None)
    forward = list(found.filter(subject_id=customer).order_by("created_at")[: finding.PAGE])
    backward = list(found.filter(related_id=customer).order_by("created_at")[: finding.PAGE])
    ids = {tie.related_id for tie in forward} | {tie.subject_id for tie in backward}
    reach = policy.reach(actor, Permission.CUSTOMER_READ).q()
    others = list(Customer.objects.filter(reach, pk__in=ids).select_related("unit", "owner").order_by("id"))
    rules = standard.load()
    names = [rules.field(key) for key in (*NAMES, "job-title")]
    shown = {
        one.customer.pk: one
        for one in show(customers=others, specs=names, actor=actor, purpose=purpose, standard=rules)
    }
    record_listed(others, [spec.key for spec in names], actor=actor, purpose=purpose, at=at)
    pairs = [(tie, tie.related_id, True) for tie in forward] + [(tie, tie.subject_id, False) for tie in backward]
    return [
        Tie(relationship=tie, other=shown[other], forward=is_forward)
        for tie, other, is_forward in pairs
        if other in shown
    ]


def explain(*, customer: UUID, field: str, actor: Actor, purpose: str) -> list[str]:
    """Say in sentences why the actor sees a field of a customer the way it is shown."""
    record = reaching.find(customer=customer, actor=actor)
    spec = standard.load().fields.get(field)
    if spec is None or record.kind not in spec.kinds:
        raise NotFound(_("The collection standard has no such field."))
    return policy.explain(actor, purpose=purpose, one=spec.protected, envelope=envelope(record), label=str(spec.label))


def _demand(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission):
        raise NotPermitted(_("Your role does not allow this (%(permission)s).") % {"permission": permission.value})
