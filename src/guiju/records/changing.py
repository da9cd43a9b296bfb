"""How a change to one held record is written: values, digests and history in one go. Only actions call this."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from guiju.access.actors import Actor
from guiju.access.fields import FieldClass
from guiju.records import filing, writing
from guiju.records.filing import Values
from guiju.records.holding import Erased, Held
from guiju.records.models import Customer, ImportBatch
from guiju.records.standard import FieldSpec, Kind, Standard
from guiju.vault import keyring, lookups, sealing
from guiju.vault.keyring import ERASED

# Exclusive digests that go have to go first: a number may move from one field to another that nobody may share.
_DROP_DIGESTS = "DELETE FROM records_lookup WHERE customer_id = %s AND field = ANY(%s)"
_WRITE = """
WITH sealed AS (
    INSERT INTO records_sealed (customer_id, retention_class, packed)
    SELECT %(customer)s, now.retention_class, now.packed
    FROM unnest(%(classes)s::text[], %(packs)s::bytea[]) AS now (retention_class, packed)
    ON CONFLICT (customer_id, retention_class) DO UPDATE SET packed = excluded.packed
), digests AS (
    SELECT * FROM unnest(%(fields)s::text[], %(digests)s::bytea[], %(exclusive)s::bool[])
        AS now (field, digest, exclusive)
), dropped AS (
    DELETE FROM records_lookup
    WHERE customer_id = %(customer)s AND field = ANY(%(changed)s)
        AND (field, digest) NOT IN (SELECT field, digest FROM digests)
), found AS (
    INSERT INTO records_lookup (customer_id, field, digest, exclusive)
    SELECT %(customer)s, field, digest, exclusive FROM digests
    ON CONFLICT (digest, customer_id, field) DO NOTHING
), revision AS (
    INSERT INTO records_revision (customer_id, version, at, actor, purpose, fields, packed, public, batch_id)
    VALUES (%(customer)s, %(version)s, %(at)s, %(actor)s, %(purpose)s, %(changed)s, %(old)s, %(before)s, %(batch)s)
)
UPDATE records_customer SET
    state = %(state)s, name = %(name)s, public = %(public)s, initial = %(initial)s, names = %(names)s,
    unit_id = %(unit)s, owner_id = %(owner)s, jurisdiction = %(jurisdiction)s, reference = %(reference)s,
    tags = %(tags)s, version = %(version)s + 1, updated_at = %(at)s
WHERE id = %(customer)s AND version = %(version)s
"""


@dataclass
class _Sealing:
    """The packs of the retention classes that a change touches, and the ciphertexts that it takes out of them."""

    packs: dict[str, bytes] = field(default_factory=dict)
    old: dict[str, sealing.Part] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Work:
    """On whose behalf and under which purpose a record is changed; ``batch`` is the import that changes it."""

    by: Actor
    at: datetime
    purpose: str
    batch: ImportBatch | None = None


def change(
    held: Held, changes: Values, *, work: Work, rules: Standard, columns: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """Change fields and envelope columns of a held record; return the fields and the columns that changed.

    Leaves a revision with the old ciphertexts. Raises Erased, and what ``writing.unique`` and
    ``writing.replace_columns`` raise; then ``held`` is as it was.
    """
    record = copy(held.record)
    before = {key: value for key, value in record.public.items() if key in changes}
    sealed = _seal(held, changes, rules, work.at)
    _replace_public(record, changes, rules)
    _replace_words(record, changes, held, rules)
    moved = writing.replace_columns(record, columns or {}, work.by, work.purpose)
    changed = (*changes, *moved)
    _write(record, sealed, _digests(changes, rules), changed=changed, before=before | moved, work=work)
    record.version += 1
    record.updated_at = work.at
    held.record = record
    held.contents.packed.update({(record.pk, retention): packed for retention, packed in sealed.packs.items()})
    return changed


def _seal(held: Held, changes: Values, rules: Standard, at: datetime) -> _Sealing:
    """Seal changed values at the next version."""
    record, done = held.record, _Sealing()
    by_class: dict[str, Values] = {}
    for key, value in changes.items():
        spec = rules.field(key)
        if spec.field_class is not FieldClass.PUBLIC:
            by_class.setdefault(spec.retention, {})[key] = value
    deks = _deks(held, by_class, at)
    for retention, changed in by_class.items():
        packed = held.contents.packed.get((record.pk, retention))
        parts = sealing.unpack(packed) if packed is not None else {}
        for key, value in changed.items():
            if key in parts:
                done.old[f"{retention}/{key}"] = parts.pop(key)
            if value is not None:
                version = record.version + 1
                sealed = filing.seal(deks[retention], customer=record.pk, field=key, version=version, value=value)
                parts[key] = (version, sealed)
        done.packs[retention] = sealing.pack(parts)
    return done


def _deks(held: Held, classes: Iterable[str], at: datetime) -> dict[str, sealing.Dek]:
    customer, keys = held.record.pk, held.contents.opened
    keys.learn(keyring.ensure_many([(customer, one) for one in classes if not keys.knows(customer, one)], at=at))
    found: dict[str, sealing.Dek] = {}
    for retention in classes:
        dek = keys.dek(customer, retention)
        if dek is ERASED:
            raise Erased
        found[retention] = dek
    return found


def _replace_public(record: Customer, changes: Values, rules: Standard) -> None:
    for key, value in changes.items():
        if rules.field(key).field_class is not FieldClass.PUBLIC:
            continue
        record.public = {name: kept for name, kept in record.public.items() if name != key}
        if value is not None:
            record.public[key] = value
    record.name = filing.public_name(record.public)


def _replace_words(record: Customer, changes: Values, held: Held, rules: Standard) -> None:
    """Work out anew by which words the record is found, where a name changes."""
    if not any(rules.field(key).searchable == "name" for key in changes):
        return
    known = filing.Words(lookups.keys())
    words: set[int] = set()
    for spec in rules.fields_of(Kind(record.kind)):
        value = _name_after(spec, changes, held) if spec.searchable == "name" else None
        if value is None or value is ERASED:
            continue
        words.update(known.of(spec, value))
        if spec.initial_in_clear:
            record.initial = filing.initial_of(spec, value)
    record.names = sorted(words)


def _name_after(spec: FieldSpec, changes: Values, held: Held) -> Any:
    if spec.key in changes:
        return changes[spec.key]
    if spec.field_class is FieldClass.PUBLIC:
        return held.record.public.get(spec.key)
    return held.contents.value(held.record.pk, spec)


def _digests(changes: Values, rules: Standard) -> list[filing.Digest]:
    keys = lookups.keys()
    given = [(rules.field(key), value) for key, value in changes.items() if value is not None]
    return [digest for spec, value in given for digest in filing.digests_of(spec, value, keys)]


def _write(
    record: Customer,
    sealed: _Sealing,
    digests: list[filing.Digest],
    *,
    changed: tuple[str, ...],
    before: Values,
    work: Work,
) -> None:
    given: dict[str, Any] = {
        "customer": record.pk, "classes": list(sealed.packs), "packs": list(sealed.packs.values()),
        "fields": [one.field for one in digests], "digests": [one.digest for one in digests],
        "exclusive": [one.exclusive for one in digests],
        "version": record.version, "at": work.at, "actor": work.by.ref, "purpose": work.purpose,
        "changed": list(changed), "old": sealing.pack(sealed.old), "before": Jsonb(before),
        "batch": work.batch and work.batch.pk,
        "state": record.state, "name": record.name, "public": Jsonb(record.public), "initial": record.initial,
        "names": record.names, "unit": record.unit_id, "owner": record.owner_id,
        "jurisdiction": record.jurisdiction, "reference": record.reference, "tags": record.tags,
    }  # fmt: skip
    with writing.unique(digests, by=work.by, at=work.at), connection.cursor() as cursor:
        if any(one.exclusive for one in digests):
            cursor.execute(_DROP_DIGESTS, [record.pk, list(changed)])
        cursor.execute(_WRITE, given)
