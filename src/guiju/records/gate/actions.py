"""Everything that may be done at the import gate."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.door import action
from guiju.access.fields import FieldClass, Visibility
from guiju.access.permissions import Permission
from guiju.kit.errors import Invalid, NotFound, Problem, Refused
from guiju.kit.ids import uuid7
from guiju.ledger import journal
from guiju.records import events, placing, standard, taken
from guiju.records.declaring import Declaration
from guiju.records.gate import leftovers, loading, reading, undoing
from guiju.records.gate.loading import Stretch
from guiju.records.gate.mapping import Mapping
from guiju.records.gate.wording import TIME_OVER
from guiju.records.models import Duplicates, ImportBatch, ImportState, QuarantinedRow
from guiju.vault import actions as vault_actions
from guiju.vault import files

S = ImportState
RUN, QUEUE = "records.run_import", "imports"
OPEN = (S.UPLOADED, S.CHECKED)
RUNNER = "runner"
MET, MOST_MET = "met", 100
"""How many identifiers of customers out of reach an import met, and after how many it goes no further."""
FAILURE, HALTED = "failure", "halted"
"""Why a run was stopped, and what it was doing then."""
UNDER_WAY = (S.RUNNING, S.CHECKING, S.REVERTING)
ENDED = (S.DONE, S.CANCELLED, S.FAILED)


class WrongState(Refused):
    """The import is not at a point where this can be done."""

    code = "wrong-state"
    status = 409
    message = _("This import is not at a point where this can be done.")
    remedy = _("Load its page again to see where it stands.")


@action(needs=Permission.CUSTOMER_IMPORT)
def upload(*, content: bytes, filename: str, by: Actor, at: datetime) -> ImportBatch:
    """Take a file in: seal it at once, read its shape; of a large one the head only, for a web process waits.

    Raises Refused where it is no table the gate can read.
    """
    table = reading.describe(content, filename=filename, whole=False)
    batch = ImportBatch(
        id=uuid7(),
        filename=filename[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        person_id=by.person_id,
        actor=by.ref,
        standard=standard.load().version,
        report={
            "columns": table.columns,
            "encoding": table.encoding,
            "sheet": table.sheet,
            "sheets": list(table.origin.sheets),
        },
        rows=table.count,
        uploaded_at=at,
    )
    batch.mapping = Mapping.guess(table.columns, standard.load()).as_json()
    with files.writer(batch.pk) as sealed:
        sealed.write(content)
    ImportBatch.objects.bulk_create([batch])
    event = events.ImportUploaded(batch=batch.pk, sha256=batch.sha256, size=batch.size)
    journal.record(event, by=by, at=at)
    return batch


@action(needs=Permission.CUSTOMER_IMPORT)
def assign(*, batch: UUID, mapping: Mapping, by: Actor, at: datetime) -> ImportBatch:
    """Decide what becomes of each column. Raises Invalid naming the columns that nothing was decided on."""
    record = _locked(batch, by, *OPEN)
    problems = mapping.problems(record.report["columns"], standard.load())
    if problems:
        raise Invalid(problems=problems)
    record.mapping, record.state = mapping.as_json(), S.UPLOADED
    record.save()
    event = events.ImportMapped(batch=record.pk, columns=len(mapping.mapped()), dropped=len(mapping.dropped()))
    journal.record(event, by=by, at=at)
    return record


@action(needs=Permission.CUSTOMER_IMPORT)
def declare(
    *,
    batch: UUID,
    declaration: Declaration,
    mapping: Mapping,
    region: str,
    duplicates: Duplicates,
    by: Actor,
    at: datetime,
) -> ImportBatch:
    """Say basis, purposes, source, place and meaning of the columns. Raises Invalid naming what is missing."""
    record = _locked(batch, by, *OPEN)
    problems = declaration.problems() + mapping.problems(record.report["columns"], standard.load())
    problems += placing.problems(
        unit_id=declaration.unit_id, owner_id=declaration.owner_id, by=by, permission=Permission.CUSTOMER_IMPORT
    )
    if problems:
        raise Invalid(problems=problems)
    record.mapping = mapping.as_json()
    record.basis, record.purposes = declaration.basis, list(declaration.purposes)
    record.source, record.unit_id = declaration.source.strip(), declaration.unit_id
    record.region, record.duplicates = region, duplicates
    record.state = S.UPLOADED
    record.save()
    event = events.ImportDeclared(
        batch=record.pk,
        basis=record.basis,
        purposes=tuple(record.purposes),
        columns=len(mapping.mapped()),
        dropped=len(mapping.dropped()),
    )
    journal.record(event, by=by, at=at)
    return record


@action(needs=Permission.CUSTOMER_IMPORT)
def check(*, batch: UUID, by: Actor, at: datetime, inline: bool = False) -> ImportBatch:
    """Start the dry run: every row is checked, nothing is written. ``inline`` leaves the run to the caller."""
    return _begin(batch, S.CHECKING, by, at, inline=inline)


@action(needs=Permission.CUSTOMER_IMPORT)
def start(*, batch: UUID, by: Actor, at: datetime, inline: bool = False) -> ImportBatch:
    """Start writing. ``inline`` leaves the run to the caller, as the command line does."""
    return _begin(batch, S.RUNNING, by, at, inline=inline)


def _begin(batch: UUID, state: ImportState, by: Actor, at: datetime, *, inline: bool) -> ImportBatch:
    record = _locked(batch, by, *OPEN)
    _demand_declared(record)
    record.state, record.started_at, record.ended_at = state, at, None
    record.rows_done = record.created = record.merged = record.quarantined = record.duplicate_rows = 0
    record.cancel_asked = False
    _acts_for(record, by)
    record.save()
    QuarantinedRow.objects.filter(batch=record).delete()
    journal.record(events.ImportStarted(batch=record.pk), by=by, at=at)
    if not inline:
        app.configure_task(RUN, queue=QUEUE).defer(batch=str(record.pk))
    return record


@action(needs=Permission.CUSTOMER_IMPORT)
def resume(*, batch: UUID, by: Actor, at: datetime, inline: bool = False) -> ImportBatch:
    """Go on with what a run was doing when it died or failed: after the last acknowledged row, or taking back."""
    record = _locked(batch, by, *UNDER_WAY, S.FAILED)
    if record.state == S.FAILED:
        record.state, record.ended_at = record.report.get(HALTED, S.RUNNING), None
    record.cancel_asked = False
    record.report |= {"resumed_at": at.isoformat(), "resumed_after": record.rows_done}
    _acts_for(record, by)
    record.save()
    journal.record(events.ImportStarted(batch=record.pk), by=by, at=at)
    if not inline:
        app.configure_task(RUN, queue=QUEUE).defer(batch=str(record.pk))
    return record


@action(needs=Permission.CUSTOMER_IMPORT)
def cancel(*, batch: UUID, by: Actor, at: datetime) -> ImportBatch:
    """Ask a run to stop; what is written stays and can be reverted. A batch that has not begun ends at once."""
    record = _locked(batch, by, S.RUNNING, S.CHECKING, *OPEN)
    record.cancel_asked = True
    if record.state in OPEN:
        record.state, record.ended_at = S.CANCELLED, at
        leftovers.forget_file(record)
    record.save()
    journal.record(events.ImportCancelAsked(batch=record.pk), by=by, at=at)
    return record


@action(needs=Permission.CUSTOMER_IMPORT)
def write(*, stretch: Stretch, by: Actor, at: datetime) -> ImportBatch:
    """Write one stretch of checked rows in one transaction, with its progress and its ledger entry."""
    record = _locked(stretch.batch, by, S.RUNNING)
    if record.rows_done != stretch.after:
        raise WrongState
    if record.report.get(MET, 0) > MOST_MET:
        raise taken.TooOften
    loaded = loading.load(stretch, record, connection=connection, by=by, at=at)
    record.rows_done = stretch.last
    record.created += len(loaded.created)
    record.merged += len(loaded.merged)
    record.quarantined += loaded.quarantined
    record.duplicate_rows += loaded.duplicate_rows
    record.related += loaded.related
    if loaded.met:
        record.report = {**record.report, MET: record.report.get(MET, 0) + len(loaded.met)}
        fields = tuple(sorted(set(loaded.met)))
        met = events.TakenValueMet(fields=fields, count=len(loaded.met), batch=str(record.pk))
        journal.record(met, by=by, at=at, purpose=record.purposes[0])
    record.save()
    event = events.CustomersImported(
        batch=record.pk,
        first_row=stretch.after + 1,
        last_row=stretch.last,
        customers=(*loaded.created, *loaded.merged),
        merged=len(loaded.merged),
        quarantined=loaded.quarantined,
    )
    journal.record(event, by=by, at=at, purpose=record.purposes[0])
    return record


@action(needs=Permission.CUSTOMER_IMPORT)
def end(*, batch: UUID, state: ImportState, by: Actor, at: datetime, report: dict[str, Any]) -> ImportBatch:
    """Close a run: done, cancelled, or checked after a dry run."""
    record = _locked(batch, by, S.RUNNING, S.CHECKING)
    record.report = {**record.report, **report}
    checked = record.state == S.CHECKING and state == S.CHECKED
    record.state, record.ended_at = state, at
    if state in (S.DONE, S.CANCELLED):
        leftovers.forget_file(record)
    record.rows = record.rows_done if state == S.DONE else record.rows
    event: events.ImportChecked | events.ImportEnded
    if checked:
        counts = report["check"]
        record.rows = counts["rows"]
        event = events.ImportChecked(batch=record.pk, **counts)
    else:
        event = _ended(record)
    record.save()
    journal.record(event, by=by, at=at)
    return record


@action(needs=Permission.SYSTEM_RUN)
def halt(*, batch: UUID, failure: str, by: Actor, at: datetime) -> ImportBatch:
    """Stop a run that was refused, also where whoever set it going may no longer import; whoever may goes on."""
    record = ImportBatch.objects.select_for_update().get(pk=batch)
    if record.state not in UNDER_WAY:
        raise WrongState
    record.report = {**record.report, FAILURE: failure, HALTED: record.state}
    record.state, record.ended_at = S.FAILED, at
    record.save()
    if leftovers.brought_erased(record):
        leftovers.give_up(record, at)
    journal.record(_ended(record), by=by, at=at)
    return record


def _ended(record: ImportBatch) -> events.ImportEnded:
    return events.ImportEnded(
        batch=record.pk,
        state=str(record.state),
        created=record.created,
        merged=record.merged,
        quarantined=record.quarantined,
    )


@action(needs=Permission.CUSTOMER_IMPORT)
def revert(*, batch: UUID, by: Actor, at: datetime, inline: bool = False) -> ImportBatch:
    """Take an import back: untouched records go with their keys, merged fields are restored, later work is kept."""
    record = _locked(batch, by, *ENDED)
    record.state, record.ended_at = S.REVERTING, None
    record.rows_done = 0
    _acts_for(record, by)
    record.save()
    journal.record(events.ImportStarted(batch=record.pk), by=by, at=at)
    if not inline:
        app.configure_task(RUN, queue=QUEUE).defer(batch=str(record.pk))
    return record


@action(needs=Permission.CUSTOMER_IMPORT)
def take_back(*, batch: UUID, by: Actor, at: datetime, size: int = 500) -> bool:
    """Take back one stretch of a reverting import; return whether more may be left."""
    record = _locked(batch, by, S.REVERTING)
    undone = undoing.stretch(record, size=size, by=by, at=at)
    counts = record.report.get("revert", {"removed": 0, "restored": 0, "kept": 0})
    counts = {name: counts[name] + getattr(undone, name) for name in counts}
    record.report = {**record.report, "revert": counts, "revert_after": undone.after}
    record.rows_done += undone.seen
    if undone.customers:
        event = events.CustomersReverted(batch=record.pk, customers=undone.customers)
        journal.record(event, by=by, at=at)
    if not undone.more:
        record.state, record.ended_at = S.REVERTED, at
        leftovers.forget_file(record)
        journal.record(events.ImportReverted(batch=record.pk, **counts), by=by, at=at)
    elif not undone.customers:
        journal.record(events.CustomersReverted(batch=record.pk, customers=()), by=by, at=at)
    record.save()
    return undone.more


@action(needs=Permission.SYSTEM_RUN)
def delete_file(*, batch: UUID, by: Actor, at: datetime) -> None:
    """Destroy the file of an import that nobody goes on with, and end it as cancelled."""
    record = ImportBatch.objects.select_for_update().get(pk=batch)
    if record.state not in (*OPEN, S.FAILED):
        raise WrongState
    leftovers.give_up(record, record.ended_at or at)
    journal.record(events.ImportFileDeleted(batch=record.pk), by=by, at=at)


@action(needs=Permission.SYSTEM_RUN)
def delete_quarantine(*, batch: UUID, by: Actor, at: datetime) -> None:
    """Destroy the quarantined rows of an import whose time is over, with the key they are sealed under."""
    rows = QuarantinedRow.objects.filter(batch=batch).delete()[0]
    event = events.ImportLeftoversDestroyed(batch=batch, rows=rows, file=False, reason=TIME_OVER)
    journal.record(event, by=by, at=at)
    vault_actions.shred_expired(customers=[batch], by=by, at=at)


def _acts_for(record: ImportBatch, by: Actor) -> None:
    """Let the background job act as whoever set it going: an import never lends its uploader's rights."""
    kept = {key: value for key, value in record.report.items() if key not in (FAILURE, HALTED)}
    record.report = {**kept, RUNNER: by.ref}


def _demand_declared(record: ImportBatch) -> None:
    if not (record.basis and record.purposes and record.source and record.unit_id):
        message = _("Declare lawful basis, purpose and source of this file first.")
        raise Invalid(problems=[Problem(field="basis", rule="declared", message=message)])


def _locked(batch: UUID, by: Actor, *states: ImportState) -> ImportBatch:
    record = ImportBatch.objects.select_for_update().filter(pk=batch).first()
    if record is None or not _may_see(record, by):
        raise NotFound(_("There is no such import."))
    if record.state not in states:
        raise WrongState
    return record


def _may_see(record: ImportBatch, actor: Actor) -> bool:
    """Say whether an import is the actor's own, or went into a unit that the actor's import right reaches."""
    if record.actor == actor.ref:
        return True
    if record.unit_id is None:
        return False
    place = policy.Envelope(unit_id=record.unit_id, owner_id=record.person_id)
    return policy.reach(actor, Permission.CUSTOMER_IMPORT).covers(place)


def _may_open(record: ImportBatch, actor: Actor) -> bool:
    """Say whether the cells of an import are the actor's to read: its own file, or a role that reveals everything."""
    if record.actor == actor.ref:
        return True
    if record.unit_id is None:
        return False
    place = policy.Envelope(unit_id=record.unit_id, owner_id=record.person_id)
    holds = policy.reach(actor, Permission.CUSTOMER_IMPORT).covering(place)
    return any(hold.means.sees[FieldClass.SENSITIVE].revealed is Visibility.CLEAR for hold in holds)


@action(needs=Permission.CUSTOMER_IMPORT)
def take_quarantine(*, batch: UUID, by: Actor, at: datetime) -> ImportBatch:
    """Record that somebody takes the quarantined rows; ``refused.write`` then writes them."""
    record = ImportBatch.objects.filter(pk=batch).first()
    if record is None or not _may_open(record, by):
        raise NotFound(_("There is no such import."))
    count = QuarantinedRow.objects.filter(batch=record).count()
    journal.record(events.QuarantineTaken(batch=record.pk, rows=count), by=by, at=at)
    return record
