"""Writes an export: page by page through the field policy into a sealed file, every record on the ledger."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

import structlog
from django.utils import translation

from guiju.access import actors, queries
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit import clock, sheets
from guiju.kit.errors import Refused
from guiju.kit.ids import parse_uuid
from guiju.records import alone, finding, standard
from guiju.records.exports import actions
from guiju.records.finding import Filters
from guiju.records.models import Customer, ExportBatch, ExportState
from guiju.records.showing import Shown, show
from guiju.records.standard import FieldSpec
from guiju.records.wording import KINDS
from guiju.vault import files

PAGE = 500
FIXED = ("id", "kind", "unit", "owner", "basis", "purposes", "source", "reference", "created")

WRITERS: dict[str, Callable[[BinaryIO], sheets.SheetWriter]] = {"csv": sheets.CsvWriter, "xlsx": sheets.XlsxWriter}

log = structlog.get_logger()

type Told = Callable[[ExportBatch], None]


def run(export: UUID, *, by: Actor | None = None, tell: Told = lambda _batch: None) -> ExportBatch:
    """Write the file of an export from its beginning and return the export as it ended.

    ``by`` is who runs it at the command line; a background job acts as whoever asked. ``tell`` is called after every
    page. Where another process is at it, nothing happens.
    """
    with alone.alone(export) as free:
        batch = ExportBatch.objects.get(pk=export)
        return _run(batch, by, tell) if free and batch.state == ExportState.RUNNING else batch


def _run(batch: ExportBatch, by: Actor | None, tell: Told) -> ExportBatch:
    export = batch.pk
    actor = by or _asker(batch)
    try:
        actions.restart(export=export, by=actor, at=clock.now())
        with translation.override((batch.person.language if batch.person else "") or translation.get_language()):
            state, size, digest = _write(batch, actor, tell)
    except Refused as refusal:
        log.warning("export stopped", export=str(export), code=refusal.code)
        state, size, digest = ExportState.FAILED, 0, ""
    if state != ExportState.DONE:
        files.delete(export)
    return actions.end(export=export, state=state, by=actor, at=clock.now(), size=size, sha256=digest)


def _asker(batch: ExportBatch) -> Actor:
    if batch.person is None:
        return actors.operator(batch.actor.partition(":")[2])
    actor = queries.actor_for(person=batch.person, at=clock.now(), mfa=True)
    return replace(actor, ref=batch.actor)


class _Hashing(io.RawIOBase):
    """A binary file that hashes what passes through it on its way to the sealed one."""

    def __init__(self, sink: BinaryIO) -> None:
        super().__init__()
        self.sink, self.size, self.digest = sink, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, content: Any, /) -> int:
        taken = bytes(content)
        self.size += len(taken)
        self.digest.update(taken)
        self.sink.write(taken)
        return len(taken)


def _write(batch: ExportBatch, by: Actor, tell: Told) -> tuple[ExportState, int, str]:
    rules = standard.load()
    specs = [rules.field(key) for key in batch.columns]
    with ExitStack() as stack:
        sink = _Hashing(stack.enter_context(files.writer(batch.pk)))
        sheet = stack.enter_context(WRITERS[batch.format](cast(BinaryIO, sink)))
        sheet.write([*FIXED, *headings(specs)])
        for rows in _pages(batch, specs, by):
            if not actions.put_in(export=batch.pk, customers=_ids(rows), by=by, at=clock.now()):
                return ExportState.CANCELLED, 0, ""
            for shown in rows:
                sheet.write(_line(shown, specs))
            tell(ExportBatch.objects.get(pk=batch.pk))
    return ExportState.DONE, sink.size, sink.digest.hexdigest()


def headings(specs: list[FieldSpec]) -> list[str]:
    """Return the names of the columns; two of one name say which kind of customer each is of."""
    labels = [str(spec.label) for spec in specs]
    return [
        label if labels.count(label) == 1 else f"{label} ({', '.join(str(KINDS[kind]) for kind in spec.kinds)})"
        for label, spec in zip(labels, specs, strict=True)
    ]


def _ids(rows: list[Shown]) -> tuple[UUID, ...]:
    return tuple(shown.customer.pk for shown in rows)


def _pages(batch: ExportBatch, specs: list[FieldSpec], by: Actor) -> Iterator[list[Shown]]:
    found = finding.matching(actor=by, filters=restore(batch.filters), permission=Permission.CUSTOMER_EXPORT)
    revealed = batch.columns if batch.clear else ()
    after: UUID | None = None
    while True:
        page = found if after is None else found.filter(pk__lt=after)
        customers: list[Customer] = list(page.select_related("unit", "owner").order_by("-pk")[:PAGE])
        if not customers:
            return
        after = customers[-1].pk
        yield show(
            customers=customers,
            specs=specs,
            actor=by,
            purpose=batch.purpose,
            standard=standard.load(),
            revealed=revealed,
        )


def restore(told: dict[str, str]) -> Filters:
    """Return the filters that an export keeps as words."""
    said: dict[str, Any] = dict(told)
    if "unit" in said:
        said["unit"] = int(said["unit"])
    for name in ("owner", "batch"):
        if name in said:
            said[name] = parse_uuid(said[name])
    for name in ("created_from", "created_until"):
        if name in said:
            said[name] = datetime.fromisoformat(said[name])
    return Filters(**said)


def _line(shown: Shown, specs: list[FieldSpec]) -> list[str]:
    customer = shown.customer
    fixed = [
        str(customer.pk),
        customer.kind,
        customer.unit.name,
        customer.owner.name if customer.owner else "",
        customer.basis,
        ", ".join(customer.purposes),
        customer.source,
        customer.reference,
        customer.created_at.date().isoformat(),
    ]
    cells = (shown.cells.get(spec.key) for spec in specs)
    return fixed + ["\n".join(cell.lines) if cell and not cell.erased else "" for cell in cells]
