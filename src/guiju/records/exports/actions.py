"""Everything that may be done at the export gate."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from guiju.access.actors import Actor
from guiju.access.door import action
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.kit.errors import Invalid, NotFound, NotPermitted, Problem, Refused, Words
from guiju.kit.ids import uuid7
from guiju.ledger import journal
from guiju.records import standard
from guiju.records.exports import events, queries, withdrawing
from guiju.records.finding import Filters
from guiju.records.models import ExportBatch, ExportedCustomer, ExportState
from guiju.records.queries import REASONS
from guiju.vault import files

RUN, QUEUE = "records.run_export", "exports"
FORMATS = ("csv", "xlsx")
KEPT = timedelta(days=7)
"""How long a finished export can be downloaded (a policy of the product, not of the law)."""


class Expired(Refused):
    """The file of an export is no longer there to download."""

    code = "expired"
    status = 410
    message = _("This export can no longer be downloaded.")
    remedy = _("Start a new export.")


class Withdrawn(Expired):
    """The file was destroyed before its time: a customer in it is gone, or whoever asked may no longer have it."""

    code = "withdrawn"
    message = _("This export was withdrawn and its file is destroyed.")


class NotReady(Refused):
    """The export is still being written, or was not finished."""

    code = "not-ready"
    status = 409
    message = _("This export has no file to download.")
    remedy = _("Wait until it is done, or start a new one.")


class NoLonger(NotPermitted):
    """The file holds more than whoever asked for it may export by now."""

    code = "no-longer-allowed"
    message = _("You may no longer export everything that is in this file.")
    remedy = _("Start a new export: it holds what you may export now.")


@action(needs=Permission.CUSTOMER_EXPORT)
def start(
    *,
    format: str,  # noqa: A002
    columns: Iterable[str],
    filters: Filters,
    clear: bool,
    purpose: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    inline: bool = False,
) -> ExportBatch:
    """Ask for the customers that match ``filters`` to leave as a file, with ``columns`` as the policy shows them.

    ``clear`` asks for masked columns in clear, as revealing does. The search text of a filter is not taken along: it
    would have to be kept. Raises Invalid naming format, column, purpose, or the ``reason`` that sensitive fields in
    clear need, NotPermitted where the role that exports under ``purpose`` does not reveal and ``clear`` is asked for.
    """
    wanted = tuple(dict.fromkeys(columns))
    why = reason if clear else ""
    problems = _problems(format, wanted, filters, purpose, by) + _unreasoned(wanted, why, clear=clear)
    if problems:
        raise Invalid(problems=problems)
    if clear and not queries.may_clear(actor=by, purpose=purpose):
        raise NotPermitted(_("Your role does not export in clear."), remedy=_("Export with masks instead."))
    batch = ExportBatch(
        id=uuid7(),
        format=format,
        purpose=purpose,
        columns=list(wanted),
        filters=replace(filters, text="").told() | {"sort": filters.sort},
        clear=clear,
        reason=why,
        person_id=by.person_id,
        actor=by.ref,
        started_at=at,
        expires_at=at + KEPT,
    )
    ExportBatch.objects.bulk_create([batch])
    started = events.ExportStarted(export=batch.pk, columns=wanted, format=format, clear=clear, reason=why)
    journal.record(started, by=by, at=at, purpose=purpose)
    if not inline:
        app.configure_task(RUN, queue=QUEUE).defer(export=str(batch.pk))
    return batch


def _problems(
    wanted_format: str, columns: tuple[str, ...], filters: Filters, purpose: str, by: Actor
) -> list[Problem]:
    found: list[Problem] = []
    message: Words
    if wanted_format not in FORMATS:
        message = _("Choose one of: %(codes)s.") % {"codes": ", ".join(FORMATS)}
        found.append(Problem(field="format", rule="choice", message=message))
    known = standard.load().fields
    message = _("The collection standard has no such field.")
    found += [Problem(field=f"columns.{key}", rule="columns", message=message) for key in columns if key not in known]
    if not columns:
        message = _("Choose at least one column.")
        found.append(Problem(field="columns", rule="required", message=message))
    if purpose not in PURPOSES or purpose not in queries.purposes(actor=by):
        message = _("Export needs a purpose that your role works under.")
        held = [code for code in PURPOSES if code in queries.purposes(actor=by)]
        remedy = _("Choose one of: %(codes)s.") % {"codes": ", ".join(held)} if held else ""
        found.append(Problem(field="purpose", rule="purpose", message=message, remedy=remedy))
    if filters.text:
        message = _("A list found by search text cannot be exported as such; use filters.")
        found.append(Problem(field="text", rule="no-text", message=message))
    return found


def _unreasoned(columns: tuple[str, ...], reason: str, *, clear: bool) -> list[Problem]:
    """Return what a reason lacks: sensitive fields leave in clear only for one, as they are revealed for one."""
    if reason in REASONS or (not reason and not (clear and queries.sensitive(columns))):
        return []
    message = _("Sensitive personal data leaves in clear only for a reason.")
    remedy = _("Choose one of: %(codes)s.") % {"codes": ", ".join(REASONS)}
    return [Problem(field="reason", rule="required", message=message, remedy=remedy)]


_HOLD = "SELECT id FROM records_customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


@action(needs=Permission.CUSTOMER_EXPORT)
def put_in(*, export: UUID, customers: tuple[UUID, ...], by: Actor, at: datetime) -> bool:
    """Record that ``customers`` go into an export, before a value of theirs is opened; False where it is cancelled.

    The customers are locked first: whoever erases one of them either waits for this and then finds the export that
    holds it, or has destroyed the values before they are opened.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(customers)])
        there = tuple(row[0] for row in cursor.fetchall())
    batch = _running(export, by)
    ExportedCustomer.objects.bulk_create([ExportedCustomer(customer_id=one, export=batch) for one in there])
    batch.rows_done += len(there)
    batch.save(update_fields=["rows_done"])
    event = events.CustomersExported(export=batch.pk, customers=there)
    journal.record(event, by=by, at=at, purpose=batch.purpose)
    return not batch.cancel_asked


@action(needs=Permission.CUSTOMER_EXPORT)
def end(
    *,
    export: UUID,
    state: ExportState,
    by: Actor,
    at: datetime,
    size: int = 0,
    sha256: str = "",
    seen: Mapping[str, str] | None = None,
) -> ExportBatch:
    """Close an export; its file is there only when it is done, and ``seen`` says how far each field shows in it.

    Raises NoLonger where the actor may not export by now what is in it.
    """
    batch = _running(export, by)
    if batch.cancel_asked and state == ExportState.DONE:
        state, sha256 = ExportState.CANCELLED, ""
    batch.state, batch.ended_at, batch.size, batch.sha256 = state, at, size, sha256
    batch.rows, batch.seen = batch.rows_done, dict(seen or {})
    if state != ExportState.DONE:
        withdrawing.forget(batch)
    elif queries.held_back(export=batch, actor=by):
        raise NoLonger
    batch.save()
    event = events.ExportEnded(export=batch.pk, state=state.value, rows=batch.rows, sha256=sha256)
    journal.record(event, by=by, at=at, purpose=batch.purpose)
    return batch


@action(needs=Permission.CUSTOMER_EXPORT)
def restart(*, export: UUID, by: Actor, at: datetime) -> ExportBatch:
    """Begin a run, or begin anew after a process died: half a file is no file."""
    batch = _running(export, by)
    ExportedCustomer.objects.filter(export=batch).delete()
    batch.rows_done = 0
    batch.save(update_fields=["rows_done"])
    journal.record(events.ExportBegun(export=batch.pk), by=by, at=at, purpose=batch.purpose)
    return batch


@action(needs=Permission.CUSTOMER_EXPORT)
def cancel(*, export: UUID, by: Actor, at: datetime) -> ExportBatch:
    """Ask a running export to stop; what was written of its file is deleted."""
    batch = _running(export, by)
    batch.cancel_asked = True
    batch.save(update_fields=["cancel_asked"])
    journal.record(events.ExportCancelAsked(export=batch.pk), by=by, at=at, purpose=batch.purpose)
    return batch


@action(needs=Permission.CUSTOMER_EXPORT)
def take(*, export: UUID, by: Actor, at: datetime) -> ExportBatch:
    """Hand a finished export to the person who asked for it; read the file with ``files.reader``.

    Raises NotFound, NotReady, Withdrawn, Expired, and NoLonger where the person may not export all of it by now.
    """
    batch = ExportBatch.objects.filter(pk=export, actor=by.ref).first()
    if batch is None:
        raise NotFound(_("There is no such export."))
    if batch.state == ExportState.WITHDRAWN:
        raise Withdrawn
    if batch.state != ExportState.DONE:
        raise NotReady
    if queries.held_back(export=batch, actor=by):
        raise NoLonger
    if batch.expires_at <= at or not files.exists(batch.pk):
        raise Expired
    journal.record(events.ExportTaken(export=batch.pk), by=by, at=at, purpose=batch.purpose)
    return batch


@action(needs=Permission.SYSTEM_RUN)
def expire(*, export: UUID, by: Actor, at: datetime) -> None:
    """Destroy the file of an export whose time is over."""
    batch = ExportBatch.objects.select_for_update().get(pk=export)
    if batch.expires_at > at:
        raise NotReady(_("This export can still be downloaded."))
    journal.record(events.ExportExpired(export=batch.pk), by=by, at=at, purpose=batch.purpose)
    withdrawing.forget(batch)


@action(needs=Permission.SYSTEM_RUN)
def withdraw(*, export: UUID, reason: str, by: Actor, at: datetime) -> ExportBatch:
    """Stop an export, or destroy its file before its time, and say why; one that is over stays as it is."""
    batch = ExportBatch.objects.select_for_update().get(pk=export)
    if batch.state not in withdrawing.ALIVE:
        raise NotReady(_("This export is over."))
    withdrawing.one(batch, reason=reason, by=by, at=at)
    return batch


def _running(export: UUID, by: Actor) -> ExportBatch:
    batch = ExportBatch.objects.select_for_update().filter(pk=export, actor=by.ref, state=ExportState.RUNNING).first()
    if batch is None:
        raise NotFound(_("There is no such export, or it is over."))
    return batch
