"""How a change to one record is checked against standard and policy, and written. Only ``actions`` calls this."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.fields import FieldClass, Visibility
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.kit.errors import Invalid, NotPermitted, Problem, Refused
from guiju.records import filing, placing
from guiju.records.filing import Values
from guiju.records.models import Customer, Lookup, Sealed, State
from guiju.records.showing import envelope, fetch
from guiju.records.standard import Kind, Standard
from guiju.vault import keyring, lookups, sealing
from guiju.vault.keyring import ERASED


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


class Erased(Refused):
    """The record's contents are destroyed."""

    code = "erased"
    status = 410
    message = _("The contents of this record have been erased; it cannot be changed.")


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
    specs = {spec.key: spec for spec in rules.fields_of(Kind(record.kind))}
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


def replace_sealed(
    record: Customer, changes: Mapping[str, object], rules: Standard, at: datetime
) -> dict[str, sealing.Part]:
    """Seal changed values at the next version; return the old ciphertexts as ``class/field`` parts."""
    by_class: dict[str, dict[str, object]] = {}
    for key, value in changes.items():
        spec = rules.field(key)
        if spec.field_class is not FieldClass.PUBLIC:
            by_class.setdefault(spec.retention, {})[key] = value
    old: dict[str, sealing.Part] = {}
    if not by_class:
        return old
    held = Sealed.objects.filter(customer=record, retention_class__in=list(by_class))
    packs = {retention: bytes(packed) for retention, packed in held.values_list("retention_class", "packed")}
    deks = keyring.ensure_many([(record.pk, retention) for retention in by_class], at=at)
    rows = []
    for retention, changed in by_class.items():
        parts = sealing.unpack(packs[retention]) if retention in packs else {}
        dek = deks[record.pk, retention]
        if dek is ERASED:
            raise Erased
        for key, value in changed.items():
            if key in parts:
                old[f"{retention}/{key}"] = parts.pop(key)
            if value is not None:
                sealed = filing.seal(dek, customer=record.pk, field=key, version=record.version + 1, value=value)
                parts[key] = (record.version + 1, sealed)
        rows.append(Sealed(customer=record, retention_class=retention, packed=sealing.pack(parts)))
    Sealed.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["customer_id", "retention_class"], update_fields=["packed"]
    )
    return old


def replace_public(record: Customer, changes: Mapping[str, object], rules: Standard) -> None:
    """Put changed public values in place."""
    for key, value in changes.items():
        if rules.field(key).field_class is not FieldClass.PUBLIC:
            continue
        record.public = {name: kept for name, kept in record.public.items() if name != key}
        if value is not None:
            record.public[key] = value
    record.name = filing.public_name(record.public)


def replace_lookups(record: Customer, changes: Mapping[str, object], rules: Standard) -> None:
    """Put the digests of changed values in place; call it when the values themselves are in place."""
    keys = lookups.keys()
    digests: list[filing.Digest] = []
    for key, value in changes.items():
        if value is not None:
            digests += filing.digests_of(rules.field(key), value, keys)
    Lookup.objects.filter(customer=record, field__in=list(changes)).delete()
    insert_lookups(record.pk, digests)
    if any(rules.field(key).searchable == "name" for key in changes):
        _replace_words(record, rules, keys)


def _replace_words(record: Customer, rules: Standard, keys: lookups.LookupKeys) -> None:
    words: set[int] = set()
    for key, value in _names(record, rules).items():
        spec = rules.field(key)
        words.update(filing.Words(keys).of(spec, value))
        if spec.initial_in_clear:
            record.initial = filing.initial_of(spec, value)
    record.names = sorted(words)


def _names(record: Customer, rules: Standard) -> Values:
    """Return the names a record has, for the digests of their words: nothing else leaves this module."""
    specs = [spec for spec in rules.fields_of(Kind(record.kind)) if spec.searchable == "name"]
    contents = fetch([record.pk], specs)
    found = {spec.key: contents.value(record.pk, spec) for spec in specs}
    found = {key: record.public.get(key) if value is None else value for key, value in found.items()}
    return {key: value for key, value in found.items() if value is not None and value is not ERASED}


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


def insert_lookups(customer: UUID, digests: Iterable[filing.Digest]) -> None:
    """Insert lookup digests; raises Duplicate where another customer holds an exclusive one."""
    rows = [
        Lookup(customer_id=customer, field=one.field, digest=one.digest, exclusive=one.exclusive) for one in digests
    ]
    if not any(row.exclusive for row in rows):
        Lookup.objects.bulk_create(rows)
        return
    try:
        with transaction.atomic():
            Lookup.objects.bulk_create(rows)
    except IntegrityError as error:
        shared = Lookup.objects.filter(
            digest__in=[one.digest for one in rows if one.exclusive], exclusive=True
        ).values_list("field", flat=True)
        problems = [Problem(field=name, rule="unique", message=Duplicate.message) for name in shared]
        raise Duplicate(problems=problems) from error
