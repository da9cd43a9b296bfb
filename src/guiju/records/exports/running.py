"""Writes an export: page by page through the field policy into a sealed file, every record on the ledger."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils import translation

from guiju.access import actors, policy, standing
from guiju.access.actors import Actor
from guiju.access.fields import Visibility
from guiju.access.permissions import Permission
from guiju.kit import clock, sheets
from guiju.kit.errors import NotPermitted, Refused
from guiju.kit.ids import parse_uuid
from guiju.records import alone, finding, standard
from guiju.records.exports import actions
from guiju.records.exports.wording import NOT_ALLOWED
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
type Asker = Callable[[], Actor]


def run(export: UUID, *, by: Actor | None = None, tell: Told = lambda _batch: None) -> ExportBatch:
    """Write the file of an export from its beginning and return the export as it ended.

    ``by`` is who runs it at the command line; a background job acts as whoever asked for it, page by page with what
    they hold at that moment. ``tell`` is called after every page. Where another process is at it, nothing happens.
    """
    with alone.alone(export) as free:
        batch = ExportBatch.objects.get(pk=export)
        return _run(batch, by, tell) if free and batch.state == ExportState.RUNNING else batch


def is_at_work(export: UUID) -> bool:
    """Say whether a job waits for a run or a process carries it out; an export that nobody carries out has died."""
    return alone.at_work(export, task=actions.RUN, name="export")


def _run(batch: ExportBatch, by: Actor | None, tell: Told) -> ExportBatch:
    export = batch.pk

    def asker() -> Actor:
        return by or standing.actor_of(ref=batch.actor, at=clock.now())

    try:
        actions.restart(export=export, by=asker(), at=clock.now())
        with translation.override((batch.person.language if batch.person else "") or translation.get_language()):
            written = _write(batch, asker, tell)
        return actions.end(export=export, by=asker(), at=clock.now(), **written)
    except Refused as refusal:
        log.warning("export stopped", export=str(export), code=refusal.code)
        files.delete(export)
        return _stopped(export, asker(), refusal)


def _stopped(export: UUID, asker: Actor, refusal: Refused) -> ExportBatch:
    """End an export that was refused half-way; one that was withdrawn meanwhile has ended."""
    batch = ExportBatch.objects.get(pk=export)
    if batch.state != ExportState.RUNNING:
        return batch
    if isinstance(refusal, NotPermitted):
        keeper = actors.system("exporter")
        return actions.withdraw(export=export, reason=NOT_ALLOWED, by=keeper, at=clock.now())
    return actions.end(export=export, state=ExportState.FAILED, by=asker, at=clock.now())


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


def _write(batch: ExportBatch, asker: Asker, tell: Told) -> dict[str, Any]:
    """Write the file and return how the export ended, as ``actions.end`` takes it."""
    seen: dict[str, Visibility] = {}
    rules = standard.load()
    specs = [rules.field(key) for key in batch.columns]
    with ExitStack() as stack:
        sink = _Hashing(stack.enter_context(files.writer(batch.pk)))
        sheet = stack.enter_context(WRITERS[batch.format](cast(BinaryIO, sink)))
        sheet.write([*FIXED, *headings(specs)])
        for ids, by in _pages(batch, asker):
            if not actions.put_in(export=batch.pk, customers=ids, by=by, at=clock.now()):
                return {"state": ExportState.CANCELLED}
            for shown in _shown(batch, ids, specs, by):
                _look(seen, shown)
                sheet.write(_line(shown, specs))
            tell(ExportBatch.objects.get(pk=batch.pk))
    return {"state": ExportState.DONE, "size": sink.size, "sha256": sink.digest.hexdigest(), "seen": seen}


def _look(seen: dict[str, Visibility], shown: Shown) -> None:
    """Keep the most that was shown of each field."""
    for key, cell in shown.cells.items():
        seen[key] = max(seen.get(key, cell.visibility), cell.visibility, key=policy.ORDER.index)


def headings(specs: list[FieldSpec]) -> list[str]:
    """Return the names of the columns; two of one name say which kind of customer each is of."""
    labels = [str(spec.label) for spec in specs]
    return [
        label if labels.count(label) == 1 else f"{label} ({', '.join(str(KINDS[kind]) for kind in spec.kinds)})"
        for label, spec in zip(labels, specs, strict=True)
    ]


def _pages(batch: ExportBatch, asker: Asker) -> Iterator[tuple[tuple[UUID, ...], Actor]]:
    """Yield the customers page by page, each page with who asks as they stand then."""
    after: UUID | None = None
    while True:
        by = asker()
        found = _matching(batch, by)
        page = found if after is None else found.filter(pk__lt=after)
        ids = tuple(page.order_by("-pk").values_list("pk", flat=True)[:PAGE])
        if not ids:
            return
        after = ids[-1]
        yield ids, by


def _matching(batch: ExportBatch, by: Actor) -> "QuerySet[Customer]":
    return finding.matching(
        actor=by, filters=restore(batch.filters), permission=Permission.CUSTOMER_EXPORT, purpose=batch.purpose
    )


def _shown(batch: ExportBatch, ids: tuple[UUID, ...], specs: list[FieldSpec], by: Actor) -> list[Shown]:
    """Read and show the customers of a page anew: only since they were put in does erasing one reach this export."""
    customers = _matching(batch, by).filter(pk__in=ids).select_related("unit", "owner").order_by("-pk")
    return show(
        customers=list(customers),
        specs=specs,
        actor=by,
        purpose=batch.purpose,
        standard=standard.load(),
        revealed=batch.columns if batch.clear else (),
        permission=Permission.CUSTOMER_EXPORT,
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
