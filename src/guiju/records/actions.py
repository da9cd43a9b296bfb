"""The only place that changes customer records."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.door import action
from guiju.access.permissions import Permission
from guiju.kit.errors import Conflict, Invalid, NotFound, Problem
from guiju.kit.ids import uuid7
from guiju.ledger import journal
from guiju.records import changing, events, filing, placing, standard, writing
from guiju.records.declaring import Declaration
from guiju.records.exports import withdrawing
from guiju.records.exports.wording import ERASED as ERASED_EXPORT
from guiju.records.filing import Values
from guiju.records.gate import leftovers
from guiju.records.holding import Erased, Held, hold, lock
from guiju.records.models import Customer, Lookup, Note, Relationship, Revision, Sealed, State
from guiju.records.showing import envelope
from guiju.records.standard import Kind
from guiju.vault import actions as vault_actions
from guiju.vault import keyring, lookups
from guiju.vault.keyring import ERASED

RELATIONS = {
    "contact": _("contact"),
    "employee": _("employee"),
    "director": _("director"),
    "legal-representative": _("legal representative"),
    "beneficial-owner": _("beneficial owner"),
    "spouse": _("spouse"),
    "guardian": _("guardian"),
    "parent-organisation": _("parent organisation"),
    "referrer": _("referrer"),
}
ERASE_REASONS = {
    "request": _("request of the customer"),
    "retention": _("retention period over"),
    "withdrawal": _("consent withdrawn"),
    "unlawful": _("no lawful basis"),
}


class Stale(Conflict):
    """The record changed since it was read."""

    message = _("Somebody changed this record meanwhile; nothing was saved.")
    remedy = _("Load the record again and repeat your change.")


@action(needs=Permission.CUSTOMER_CREATE)
def create(*, kind: Kind, values: Values, declaration: Declaration, purpose: str, by: Actor, at: datetime) -> Customer:
    """Open a record with canonical ``values``. Raises Invalid, Duplicate, NotAccepted, TooOften."""
    rules = standard.load()
    problems = declaration.problems() + writing.missing(kind, values, rules)
    problems += placing.problems(
        unit_id=declaration.unit_id, owner_id=declaration.owner_id, by=by, permission=Permission.CUSTOMER_CREATE
    )
    if problems:
        raise Invalid(problems=problems)
    customer = Customer(
        id=uuid7(),
        kind=kind,
        unit_id=declaration.unit_id,
        owner_id=declaration.owner_id,
        jurisdiction=declaration.jurisdiction,
        basis=declaration.basis,
        purposes=list(declaration.purposes),
        source=declaration.source.strip(),
        reference=declaration.reference,
        tags=list(declaration.tags),
        standard=rules.version,
        created_at=at,
        updated_at=at,
    )
    deks = keyring.create_many([(customer.pk, one) for one in filing.retention_classes(values, rules)], at=at)
    filed = filing.file_values(
        customer=customer.pk,
        version=1,
        values=values,
        standard=rules,
        dek_of=lambda retention: deks[customer.pk, retention],
        keys=lookups.keys(),
    )
    customer.name, customer.public = filed.name, filed.public
    customer.initial, customer.names = filed.initial, filed.names
    Customer.objects.bulk_create([customer])
    Sealed.objects.bulk_create(
        Sealed(customer=customer, retention_class=retention, packed=packed)
        for retention, packed in filed.packed().items()
    )
    writing.insert_lookups(customer.pk, filed.digests, by=by, at=at)
    journal.record(
        events.CustomerCreated(
            customer=customer.pk,
            fields=tuple(values),
            basis=declaration.basis,
            purposes=declaration.purposes,
        ),
        by=by,
        at=at,
        purpose=purpose,
    )
    return customer


@action(needs=Permission.CUSTOMER_UPDATE)
def update(
    *,
    customer: UUID,
    changes: Mapping[str, object],
    version: int,
    purpose: str,
    by: Actor,
    at: datetime,
    columns: Mapping[str, object] | None = None,
    held: Held | None = None,
) -> Customer:
    """Change fields of a record: canonical values, None to remove one. ``columns`` changes envelope columns.

    ``held`` is the record where the caller holds it in this transaction; it then shows what it became. Raises NotFound
    out of reach, Stale where ``version`` is not the record's, Invalid for a field the actor may not see or the kind
    does not have, Duplicate, NotAccepted, TooOften, Erased.
    """
    rules = standard.load()
    if held is None or held.record.pk != customer or not _reaches(held.record, by):
        held = hold(customer=customer, by=by, permission=Permission.CUSTOMER_UPDATE)
    if held.record.version != version:
        raise Stale
    problems = writing.not_changeable(held.record, changes, purpose, by, rules)
    problems += writing.missing_after(held.record, changes, rules)
    if problems:
        raise Invalid(problems=problems)
    work = changing.Work(by=by, at=at, purpose=purpose)
    changed = changing.change(held, dict(changes), work=work, rules=rules, columns=columns)
    record = held.record
    event = events.CustomerUpdated(customer=record.pk, fields=changed, version=record.version)
    journal.record(event, by=by, at=at, purpose=purpose)
    return record


def _reaches(record: Customer, by: Actor) -> bool:
    return policy.reach(by, Permission.CUSTOMER_UPDATE).covers(envelope(record))


@action(needs=Permission.CUSTOMER_UPDATE)
def add_note(*, customer: UUID, text: str, purpose: str, by: Actor, at: datetime) -> Note:
    """Write a note about a customer, sealed under the customer's own key."""
    record = lock(customer=customer, by=by, permission=Permission.CUSTOMER_UPDATE)
    if not text.strip():
        raise Invalid(problems=[Problem(field="text", rule="required", message=_("A note needs some text."))])
    dek = keyring.ensure(record.pk, "core", at=at)
    if dek is ERASED:
        raise Erased
    note = Note(id=uuid7(), customer=record, author=by.ref, at=at)
    note.sealed = filing.seal(dek, customer=record.pk, field=f"note:{note.pk}", version=1, value=text.strip())
    Note.objects.bulk_create([note])
    journal.record(events.NoteAdded(customer=record.pk, note=note.pk), by=by, at=at, purpose=purpose)
    return note


@action(needs=Permission.CUSTOMER_UPDATE)
def relate(*, subject: UUID, related: UUID, kind: str, purpose: str, by: Actor, at: datetime) -> Relationship:
    """Record that ``related`` is the ``kind`` (contact, employee, …) of ``subject``. Both must be in reach."""
    if kind not in RELATIONS:
        raise Invalid(problems=[Problem(field="kind", rule="choice", message=_("There is no such relationship."))])
    # In the order of their ids: two who relate the same customers the other way round wait, and neither for ever.
    ends = {
        one: lock(customer=one, by=by, permission=Permission.CUSTOMER_UPDATE) for one in sorted({subject, related})
    }
    one, other = ends[subject], ends[related]
    if one.pk == other.pk:
        message = _("A customer cannot be related to itself.")
        raise Invalid(problems=[Problem(field="related", rule="distinct", message=message)])
    tie, fresh = Relationship.objects.get_or_create(
        subject=one, related=other, kind=kind, ended_at=None, defaults={"created_at": at}
    )
    if not fresh:
        raise writing.Duplicate(_("This relationship is recorded already."))
    journal.record(events.CustomersRelated(customers=(one.pk, other.pk), relation=kind), by=by, at=at, purpose=purpose)
    return tie


@action(needs=Permission.CUSTOMER_UPDATE)
def end_relationship(*, relationship: UUID, purpose: str, by: Actor, at: datetime) -> Relationship:
    """End a relationship; it stays in the history."""
    tie = Relationship.objects.select_for_update().filter(pk=relationship, ended_at=None).first()
    if tie is None:
        raise NotFound(_("There is no such customer."))
    lock(customer=tie.subject_id, by=by, permission=Permission.CUSTOMER_UPDATE)
    tie.ended_at = at
    tie.save()
    event = events.RelationshipEnded(customers=(tie.subject_id, tie.related_id), relation=tie.kind)
    journal.record(event, by=by, at=at, purpose=purpose)
    return tie


@action(needs=Permission.CUSTOMER_ERASE)
def erase(*, customer: UUID, reason: str, purpose: str, by: Actor, at: datetime) -> Customer:
    """Destroy the keys of all contents of a record, its lookups and its clear values; the envelope stays as a stone.

    History and notes are sealed under the same keys and go with them; exports that hold the customer are withdrawn.
    """
    if reason not in ERASE_REASONS:
        raise Invalid(problems=[Problem(field="reason", rule="choice", message=_("There is no such reason."))])
    record = lock(customer=customer, by=by, permission=Permission.CUSTOMER_ERASE)
    withdrawing.holding(customers=[record.pk], reason=ERASED_EXPORT, by=by, at=at)
    classes = vault_actions.shred_all(customer=record.pk, by=by, at=at)
    Lookup.objects.filter(customer=record).delete()
    leftovers.erase(record.pk, by=by, at=at)
    Revision.objects.filter(customer=record).update(public={})
    record.state = State.ERASED
    record.name, record.public, record.initial = "", {}, ""
    record.names, record.reference, record.tags = [], "", []
    record.updated_at = at
    record.version += 1
    record.save()
    journal.record(
        events.CustomerErased(customer=record.pk, reason=reason, retention_classes=tuple(classes)),
        by=by,
        at=at,
        purpose=purpose,
    )
    return record
