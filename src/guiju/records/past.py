"""What a record held before, and what was noted about it: read through the same policy as the present."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.fields import FieldClass, Visibility
from guiju.ledger import journal
from guiju.records import events, filing, reaching, showing, standard
from guiju.records.models import Note, Revision
from guiju.records.showing import Cell, envelope
from guiju.records.standard import FieldSpec
from guiju.vault import keyring, sealing
from guiju.vault.keyring import ERASED

MOST = 50


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of a record: when, who, under which purpose, and what the changed fields held before."""

    revision: Revision
    before: dict[str, Cell | None]
    columns: dict[str, Any]


def history(*, customer: UUID, actor: Actor, purpose: str, at: datetime) -> list[Change]:
    """Return the changes of a customer, newest first, with old values as the actor may see them; records the look."""
    record = reaching.find(customer=customer, actor=actor)
    revisions = list(Revision.objects.filter(customer=record).order_by("-version")[:MOST])
    rules = standard.load()
    lens = policy.lens(actor, purpose=purpose, fields=rules.protected_fields())
    seen = lens.map_for(envelope(record))
    opened = keyring.open_many([(record.pk, one) for one in rules.retention_classes]) if revisions else None
    changes = []
    for revision in revisions:
        parts = sealing.unpack(bytes(revision.packed))
        before: dict[str, Cell | None] = {}
        for spec in (rules.fields[key] for key in revision.fields if key in rules.fields):
            value = _value_before(revision, spec, parts, opened)
            before[spec.key] = None if value is None else showing.cell(record, spec, seen[spec.key], value, lens)
        columns = {key: value for key, value in revision.public.items() if key not in rules.fields}
        changes.append(Change(revision=revision, before=before, columns=columns))
    if changes:
        event = events.HistoryOpened(customer=record.pk, versions=len(changes))
        journal.record(event, by=actor, at=at, purpose=purpose)
    return changes


def _value_before(
    revision: Revision, spec: FieldSpec, parts: dict[str, sealing.Part], opened: keyring.Opened | None
) -> Any:
    if spec.field_class is FieldClass.PUBLIC:
        return revision.public.get(spec.key)
    part = parts.get(f"{spec.retention}/{spec.key}")
    if part is None or opened is None:
        return None
    dek = opened.dek(revision.customer_id, spec.retention)
    if dek is ERASED:
        return ERASED
    return filing.unseal(dek, customer=revision.customer_id, field=spec.key, part=part)


@dataclass(frozen=True, kw_only=True)
class Meanwhile:
    """What others changed since a version: the last of them, when, and the codes of the fields."""

    actor: str
    at: datetime | None
    fields: frozenset[str]


def meanwhile(*, customer: UUID, actor: Actor, version: int) -> Meanwhile:
    """Return what changed since ``version``: codes and moments, no values."""
    record = reaching.find(customer=customer, actor=actor)
    since = list(Revision.objects.filter(customer=record, version__gte=version).order_by("-version")[:MOST])
    return Meanwhile(
        actor=since[0].actor if since else "",
        at=since[0].at if since else None,
        fields=frozenset(key for revision in since for key in revision.fields),
    )


@dataclass(frozen=True, kw_only=True)
class NoteShown:
    """One note: its text where the actor may see notes, else empty."""

    note: Note
    text: str
    erased: bool = False


def notes(*, customer: UUID, actor: Actor, purpose: str) -> list[NoteShown]:
    """Return the notes of a customer, newest first. Call it together with ``opened``, whose entry records the look."""
    record = reaching.find(customer=customer, actor=actor)
    spec = standard.load().field("notes")
    lens = policy.lens(actor, purpose=purpose, fields=[spec.protected], revealed=[spec.key])
    if lens.map_for(envelope(record))[spec.key] is not Visibility.CLEAR:
        return []
    found = list(Note.objects.filter(customer=record).order_by("-at", "-id")[:MOST])
    if not found:
        return []
    dek = keyring.open_many([(record.pk, "core")]).dek(record.pk, "core")
    if dek is ERASED:
        return [NoteShown(note=note, text="", erased=True) for note in found]
    return [NoteShown(note=note, text=_text(dek, record.pk, note)) for note in found]


def _text(dek: sealing.Dek, customer: UUID, note: Note) -> str:
    part = (1, bytes(note.sealed))
    return str(filing.unseal(dek, customer=customer, field=f"note:{note.pk}", part=part))
