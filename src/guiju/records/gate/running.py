"""Drives one run of the gate: reads the sealed file, prepares chunks on all cores, writes them in order, resumes."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import batched, islice
from multiprocessing import get_context
from uuid import UUID

import structlog

from guiju.access import actors, standing
from guiju.access.actors import Actor
from guiju.kit import clock
from guiju.kit.errors import NotFound, NotPermitted, Refused
from guiju.records import alone, standard
from guiju.records.gate import actions, dry_run, loading, merging, preparing, reading
from guiju.records.gate.checking import check_row
from guiju.records.gate.mapping import Mapping
from guiju.records.gate.preparing import Desk, Prepared, Row
from guiju.records.models import ImportBatch, ImportState
from guiju.vault import files, keyring, lookups
from guiju.vault.providers.current import current

STRETCH = 500
SMALL = 2_000
"""Files with fewer rows are prepared in the running process: starting others would take longer."""

log = structlog.get_logger()

type Told = Callable[[ImportBatch], None]


def run(batch: UUID, *, by: Actor | None = None, tell: Told = lambda _batch: None) -> ImportBatch:
    """Carry out what the import's state asks for, from where it stands, and return it as it ended.

    ``by`` is who runs it at the command line; a background job acts as whoever set it going, with the roles
    they hold now. ``tell`` is called after every stretch.
    """
    with alone.alone(batch) as free:
        if free:
            _run(ImportBatch.objects.get(pk=batch), by, tell)
    return ImportBatch.objects.get(pk=batch)


def is_at_work(batch: UUID) -> bool:
    """Say whether a job waits for a run or a process carries it out; a run that nobody carries out has died."""
    return alone.at_work(batch, task=actions.RUN, name="batch")


def _run(record: ImportBatch, by: Actor | None, tell: Told) -> None:
    batch, actor = record.pk, by or _runner(record)
    try:
        if record.state == ImportState.REVERTING:
            while actions.take_back(batch=batch, by=actor, at=clock.now()):
                tell(ImportBatch.objects.get(pk=batch))
        elif record.state == ImportState.CHECKING:
            _check(record, actor, tell)
        elif record.state == ImportState.RUNNING:
            _write(record, actor, tell)
    except Refused as refusal:
        log.warning("import stopped", batch=str(batch), code=refusal.code)
        if record.state == ImportState.REVERTING and not isinstance(refusal, NotPermitted | NotFound):
            return  # half of it is gone: it is taken up again by the job, or by somebody who resumes it
        actions.halt(batch=batch, failure=refusal.code, by=actors.system("importer"), at=clock.now())


def _runner(record: ImportBatch) -> Actor:
    return standing.actor_of(ref=record.report.get(actions.RUNNER, record.actor), at=clock.now())


def _desk(record: ImportBatch) -> Desk:
    return Desk(
        mapping=Mapping.from_json(record.mapping),
        standard=standard.load(),
        region=record.region,
        source=record.source,
        keys=lookups.keys(),
        provider=current(),
    )


def _rows(record: ImportBatch) -> Iterator[Row]:
    with files.reader(record.pk) as content:
        report = record.report
        yield from reading.rows(content, columns=report["columns"], encoding=report["encoding"], sheet=report["sheet"])


def _check(record: ImportBatch, by: Actor, tell: Told) -> None:
    summary = dry_run.Summary(record, by)
    with _preparing(_desk(record), record, dry=True) as prepare:
        for chunk, prepared in prepare(_rows(record)):
            summary.add(chunk, prepared)
            if _cancelled(record):
                return _end(record, ImportState.CANCELLED, by)
            ImportBatch.objects.filter(pk=record.pk).update(rows_done=summary.rows)
            tell(ImportBatch.objects.get(pk=record.pk))
    return _end(record, ImportState.CHECKED, by, report=summary.report())


def _write(record: ImportBatch, by: Actor, tell: Told) -> None:
    desk = _desk(record)
    quarantine_key = keyring.ensure(record.pk, loading.QUARANTINE, at=clock.now())
    if quarantine_key is keyring.ERASED:
        raise actions.WrongState
    merger = merging.Merger(
        check=partial(check_row, mapping=desk.mapping, standard=desk.standard, region=desk.region),
        standard=desk.standard,
    )
    done = record.rows_done
    with _preparing(desk, record, dry=False) as prepare:
        for chunk, prepared in prepare(islice(_rows(record), done, None)):
            keys = [key for row in prepared for party in row.parties for key in party.keys]
            keyring.insert_wrapped(keys, batch=record.pk, at=clock.now())
            stretch = loading.Stretch(record.pk, done, chunk, prepared, quarantine_key, merger)
            written = actions.write(stretch=stretch, by=by, at=clock.now())
            done = stretch.last
            tell(written)
            if _cancelled(record):
                return _end(record, ImportState.CANCELLED, by)
    return _end(record, ImportState.DONE, by)


def _cancelled(record: ImportBatch) -> bool:
    return ImportBatch.objects.filter(pk=record.pk, cancel_asked=True).exists()


def _end(record: ImportBatch, state: ImportState, by: Actor, report: dict[str, object] | None = None) -> None:
    actions.end(batch=record.pk, state=state, by=by, at=clock.now(), report=report or {})


type Prepare = Callable[[Iterator[Row]], Iterator[tuple[list[Row], list[Prepared]]]]


@contextmanager
def _preparing(desk: Desk, record: ImportBatch, *, dry: bool) -> Iterator[Prepare]:
    """Offer a function that prepares chunks in order: in other processes where the file is long enough."""
    work = partial(desk.prepare, dry=dry)
    if record.rows is not None and record.rows < SMALL:
        yield lambda rows: ((list(chunk), work(chunk)) for chunk in batched(rows, STRETCH))
        return
    count = max(1, (os.cpu_count() or 2) - 1)
    with ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=preparing.settle, initargs=(desk, dry)
    ) as pool:
        yield partial(_in_order, pool, ahead=count + 1)


def _in_order(
    pool: ProcessPoolExecutor, rows: Iterator[Row], *, ahead: int
) -> Iterator[tuple[list[Row], list[Prepared]]]:
    waiting: deque[tuple[list[Row], Future[list[Prepared]]]] = deque()
    chunks = (list(chunk) for chunk in batched(rows, STRETCH))
    for chunk in chunks:
        waiting.append((chunk, pool.submit(preparing.prepare, chunk)))
        if len(waiting) > ahead:
            done, future = waiting.popleft()
            yield done, future.result()
    while waiting:
        done, future = waiting.popleft()
        yield done, future.result()
