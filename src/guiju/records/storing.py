"""Sealed files do not stay for ever: which of those on the disk have had their time, and their destruction."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import Exists, OuterRef

from guiju.access import standing
from guiju.access.actors import Actor
from guiju.kit.ids import parse_uuid
from guiju.records.exports import actions as exports
from guiju.records.exports import queries as export_queries
from guiju.records.exports import running as export_running
from guiju.records.exports.wording import DIED, NOT_ALLOWED
from guiju.records.gate import actions as gate
from guiju.records.models import ExportBatch, ExportedCustomer, ExportState, ImportBatch, ImportState, QuarantinedRow
from guiju.vault import files

IDLE = timedelta(days=30)
"""How long an upload waits for somebody to go on with it, and a refused row for somebody to mend it (a policy of the
product, not of the law)."""
DEAD = timedelta(hours=1)
"""How old an export must be that nobody writes: one at the command line begins a moment after it was asked for."""
STRAY = timedelta(days=1)
"""How old a file must be that no import or export knows of: its row may be written a moment later."""

OVER = (ImportState.DONE, ImportState.CANCELLED, ImportState.REVERTED)
WAITING = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)


def sweep(*, by: Actor, at: datetime) -> None:
    """Look at every sealed file once and destroy those whose time is over."""
    for path in files.folder().iterdir():
        file_id = parse_uuid(path.name.removesuffix(files.PARTIAL))
        if file_id is None:
            continue
        if path.name.endswith(files.PARTIAL):
            if _is_old(path, at):
                files.discard_partial(file_id)
        else:
            _judge(file_id, path, by=by, at=at)
    _give_up_dead(by=by, at=at)
    _forget_lists(by=by, at=at)
    _forget_quarantine(by=by, at=at)


def _give_up_dead(*, by: Actor, at: datetime) -> None:
    """Withdraw exports that nobody writes any more; nobody could go on with half a file."""
    running = ExportBatch.objects.filter(state=ExportState.RUNNING, started_at__lte=at - DEAD)
    for export in running.order_by("pk"):
        # In this order: it may have ended since it was found.
        if not export_running.is_at_work(export.pk) and running.filter(pk=export.pk).exists():
            exports.withdraw(export=export.pk, reason=DIED, by=by, at=at)


def _forget_lists(*, by: Actor, at: datetime) -> None:
    """Forget who was in exports whose file went before its time was over."""
    in_it = ExportedCustomer.objects.filter(export=OuterRef("pk"))
    over = ExportBatch.objects.filter(state=ExportState.DONE, expires_at__lte=at)
    for export in over.filter(Exists(in_it)).order_by("pk"):
        exports.expire(export=export.pk, by=by, at=at)


def _forget_quarantine(*, by: Actor, at: datetime) -> None:
    """Destroy quarantined rows that nobody mended within the time after their import ended."""
    waiting = QuarantinedRow.objects.filter(batch=OuterRef("pk"))
    ended = ImportBatch.objects.filter(state__in=(*OVER, ImportState.FAILED), ended_at__lte=at - IDLE)
    for batch in ended.filter(Exists(waiting)).order_by("pk"):
        gate.delete_quarantine(batch=batch.pk, by=by, at=at)


def _judge(file_id: UUID, path: Path, *, by: Actor, at: datetime) -> None:
    batch = ImportBatch.objects.filter(pk=file_id).first()
    if batch is not None:
        if batch.state in OVER:
            files.delete(file_id)
        elif batch.state in WAITING and (batch.ended_at or batch.started_at or batch.uploaded_at) + IDLE <= at:
            gate.delete_file(batch=file_id, by=by, at=at)
        return
    export = ExportBatch.objects.filter(pk=file_id).first()
    if export is not None:
        _judge_export(export, by=by, at=at)
    elif _is_old(path, at):
        files.delete(file_id)


def _judge_export(export: ExportBatch, *, by: Actor, at: datetime) -> None:
    """Destroy the file of an export that is over, or whose asker may no longer export under its purpose."""
    if export.state == ExportState.RUNNING:
        return
    if export.state != ExportState.DONE:
        files.delete(export.pk)
    elif export.expires_at <= at:
        exports.expire(export=export.pk, by=by, at=at)
    elif export.purpose not in export_queries.purposes(actor=standing.actor_of(ref=export.actor, at=at)):
        exports.withdraw(export=export.pk, reason=NOT_ALLOWED, by=by, at=at)


def _is_old(path: Path, at: datetime) -> bool:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC) + STRAY <= at
