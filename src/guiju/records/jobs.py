"""Background jobs of the records; their arguments are ids only."""

from collections.abc import Collection
from uuid import UUID

from procrastinate.contrib.django import app

from guiju.access import actors
from guiju.kit import clock
from guiju.records import storing
from guiju.records.exports import actions as export_actions
from guiju.records.exports import running as export_running
from guiju.records.gate import actions as gate_actions
from guiju.records.gate import running as gate_running
from guiju.records.models import Customer, ImportBatch
from guiju.vault import actions as vault_actions


@app.task(queue=gate_actions.QUEUE, name=gate_actions.RUN)
def run_import(batch: str) -> None:
    """Check, write or take back an import, from where it stands."""
    gate_running.run(UUID(batch))


@app.task(queue=export_actions.QUEUE, name=export_actions.RUN)
def run_export(export: str) -> None:
    """Write the file of an export."""
    export_running.run(UUID(export))


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
