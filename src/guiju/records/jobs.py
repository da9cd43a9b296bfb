"""Background jobs of the records; their arguments are ids only."""

from collections.abc import Callable, Collection
from concurrent.futures import BrokenExecutor
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from guiju.access import actors
from guiju.kit import clock
from guiju.records import storing
from guiju.records.exports import actions as export_actions
from guiju.records.exports import running as export_running
from guiju.records.gate import actions as gate_actions
from guiju.records.gate import running as gate_running
from guiju.records.models import Customer, ExportState, ImportBatch, ImportState
from guiju.vault import actions as vault_actions

UNDER_WAY = (ImportState.CHECKING, ImportState.RUNNING, ImportState.REVERTING, ExportState.RUNNING)


class StillUnderWay(Exception):
    """Another process carries this out; the job stays until that one has ended, for it may die."""


# What a job meets when the database goes away, a process dies or the worker stops: none of it is the job's fault.
GO_ON = RetryStrategy(
    max_attempts=100,
    wait=3,
    retry_exceptions=(
        OperationalError,
        InterfaceError,
        psycopg.OperationalError,
        psycopg.InterfaceError,
        BrokenExecutor,
        JobAborted,
        StillUnderWay,
    ),
)


@app.task(queue=gate_actions.QUEUE, name=gate_actions.RUN, retry=GO_ON, pass_context=True)
def run_import(context: JobContext, batch: str) -> None:
    """Check, write or take back an import, from where it stands."""
    _demand_end(gate_running.run(UUID(batch), tell=_unless_stopping(context)).state)


@app.task(queue=export_actions.QUEUE, name=export_actions.RUN, retry=GO_ON, pass_context=True)
def run_export(context: JobContext, export: str) -> None:
    """Write the file of an export."""
    _demand_end(export_running.run(UUID(export), tell=_unless_stopping(context)).state)


def _demand_end(state: str) -> None:
    if state in UNDER_WAY:
        raise StillUnderWay


def _unless_stopping(context: JobContext) -> Callable[[object], None]:
    """Return what is called after every stretch: it leaves the rest to the next worker where this one stops."""

    def tell(_batch: object) -> None:
        if context.should_abort():
            raise JobAborted

    return tell


@app.periodic(cron="17 * * * *")
@app.task(queue="housekeeping", name="records.sweep_keys", queueing_lock="records.sweep_keys")
def sweep_keys(timestamp: int) -> None:
    """Destroy data keys whose record never came to be, and finish shreds that a crash interrupted."""
    vault_actions.sweep_orphans(by=actors.system("keeper"), at=clock.now(), exists=_existing)


@app.periodic(cron="37 * * * *")
@app.task(queue="housekeeping", name="records.sweep_files", queueing_lock="records.sweep_files")
def sweep_files(timestamp: int) -> None:
    """Destroy sealed files whose time is over: expired exports, ended or forgotten imports, and strays."""
    storing.sweep(by=actors.system("keeper"), at=clock.now())


def _existing(ids: Collection[UUID]) -> set[UUID]:
    customers = Customer.objects.filter(pk__in=ids).values_list("pk", flat=True)
    batches = ImportBatch.objects.filter(pk__in=ids).values_list("pk", flat=True)
    return {*customers, *batches}
